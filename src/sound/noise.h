// SPDX-License-Identifier: MIT
// Noise and filters that loop exactly: every filter treats its signal as a ring, the last sample leads to the first.
// Recursive filters that run up to speed on the end of the ring do this for any length and with cutoffs that move,
// which shaping by FFT does not; and they are plain C, so no SIMD level changes a sample.
#ifndef ENL_SOUND_NOISE_H
#define ENL_SOUND_NOISE_H

#include "sound/sound.h"

#define ENL_MAX_SECTIONS 4

// A control is a slow curve (a gain, a cutoff) around the ring: a value about every 64 frames, linear in between.
// How many values a ring of `frames` has; at least 1.
static inline size_t enl_control_count(size_t frames) { return (frames + 63) / 64; }
// The first frame of value `at`, and the value that holds at frame `i`.
static inline size_t enl_control_start(size_t at, size_t controls, size_t frames) {
    return (at * frames + controls - 1) / controls;
}
static inline size_t enl_control_at(size_t i, size_t controls, size_t frames) { return i * controls / frames; }

struct enl_biquad {
    double b0, b1, b2, a1, a2;
};
// Second order, after R. Bristow-Johnson's Audio EQ Cookbook; and a first-order low-pass.
struct enl_biquad enl_lowpass(double hz, double q);
struct enl_biquad enl_highpass(double hz, double q);
struct enl_biquad enl_slope(double hz);

// White noise, uniform in [-1, 1].
void enl_white(uint64_t seed, float *ret_noise, size_t frames);

// One filter after the other (at most ENL_MAX_SECTIONS), in place, around the ring.
void enl_filter(const struct enl_biquad *sections, int count, float *ring, size_t frames);

// A band-pass of unit gain at its centre, whose centre moves along the control `hz`.
void enl_sweep(const float *hz, size_t controls, double q, float *ring, size_t frames);

// How loud a voice is left and right. `place` is its place within the element, -1..1. Of three equal voices at -1, 0, 1
// left and right correlate by .81 (width 0) to .4 (width 1): wide, yet nothing is lost in mono.
struct enl_pan {
    float left, right;
};
struct enl_pan enl_pan_at(const struct enl_sound_scene *scene, float place);

// A seed of its own for each voice of each sound.
static inline uint64_t enl_voice_seed(const struct enl_sound_scene *scene, const char name[4], unsigned voice) {
    uint64_t tag = (uint64_t)(unsigned char)name[0] << 24 | (uint64_t)(unsigned char)name[1] << 16 |
                   (uint64_t)(unsigned char)name[2] << 8 | (uint64_t)(unsigned char)name[3];
    return enl_mix(scene->seed ^ enl_mix(tag << 16 | voice));
}

#endif
