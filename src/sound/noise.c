// SPDX-License-Identifier: MIT
#include "sound/noise.h"

#define PI 3.14159265358979323846
// Before the ring is written a filter runs over its end, so that it starts in the state in which it will end. Half a
// second is more than 100 dB of decay for all filters here (the slowest: a high-pass at 25 Hz; a whistle, Q 20).
#define RUN_UP (ENL_SOUND_RATE / 2)

static size_t run_up_start(size_t frames) {
    return (frames - RUN_UP % frames) % frames;
}

struct enl_biquad enl_lowpass(double hz, double q) {
    double w = 2 * PI * hz / ENL_SOUND_RATE, c = cos(w), alpha = sin(w) / (2 * q), a0 = 1 + alpha;
    return (struct enl_biquad){(1 - c) / 2 / a0, (1 - c) / a0, (1 - c) / 2 / a0, -2 * c / a0, (1 - alpha) / a0};
}

struct enl_biquad enl_highpass(double hz, double q) {
    double w = 2 * PI * hz / ENL_SOUND_RATE, c = cos(w), alpha = sin(w) / (2 * q), a0 = 1 + alpha;
    return (struct enl_biquad){(1 + c) / 2 / a0, -(1 + c) / a0, (1 + c) / 2 / a0, -2 * c / a0, (1 - alpha) / a0};
}

struct enl_biquad enl_slope(double hz) {
    double g = tan(PI * hz / ENL_SOUND_RATE);
    return (struct enl_biquad){g / (1 + g), g / (1 + g), 0, (g - 1) / (g + 1), 0};
}

void enl_white(uint64_t seed, float *ret_noise, size_t frames) {
    struct enl_random random = {seed};
    for (size_t i = 0; i < frames; i += 2) {
        uint64_t bits = enl_random_next(&random);
        ret_noise[i] = (float)(int32_t)(bits >> 32) * 0x1p-31f;
        if (i + 1 < frames) ret_noise[i + 1] = (float)(int32_t)(uint32_t)bits * 0x1p-31f;
    }
}

// Transposed direct form II. Always inlined with a constant count: sections then overlap in the processor's pipeline,
// and four cost little more than one.
static inline __attribute__((always_inline)) void run(const struct enl_biquad *f, const int count, float *x,
                                                      size_t frames) {
    double s1[ENL_MAX_SECTIONS] = {0}, s2[ENL_MAX_SECTIONS] = {0};
    size_t i = run_up_start(frames);
    for (long k = -RUN_UP; k < (long)frames; k++) {
        double v = (double)x[i];
        for (int j = 0; j < count; j++) {
            double y = f[j].b0 * v + s1[j];
            s1[j] = (f[j].b1 * v + s2[j]) - f[j].a1 * y;
            s2[j] = f[j].b2 * v - f[j].a2 * y;
            v = y;
        }
        if (k >= 0) x[i] = (float)v;
        if (++i == frames) i = 0;
    }
}

void enl_filter(const struct enl_biquad *sections, int count, float *ring, size_t frames) {
    switch (count) {
    case 1: run(sections, 1, ring, frames); break;
    case 2: run(sections, 2, ring, frames); break;
    case 3: run(sections, 3, ring, frames); break;
    case 4: run(sections, 4, ring, frames); break;
    default: break;
    }
}

// The state variable filter in Simper's trapezoidal form ("Solving the continuous SVF equations", Cytomic 2013), which
// stays stable and free of clicks while its centre moves.
void enl_sweep(const float *hz, size_t controls, double q, float *ring, size_t frames) {
    double ic1 = 0, ic2 = 0, a1 = 0, a2 = 0, a3 = 0, r = 1 / q;
    size_t i = run_up_start(frames), end = i;
    for (long k = -RUN_UP; k < (long)frames; k++) {
        if (i == end || i == 0) {
            size_t at = enl_control_at(i, controls, frames);
            double g = tan(PI * (double)hz[at] / ENL_SOUND_RATE);
            a1 = 1 / (1 + g * (g + r)), a2 = g * a1, a3 = g * a2;
            end = enl_control_start(at + 1, controls, frames);
        }
        double v3 = (double)ring[i] - ic2, v1 = a1 * ic1 + a2 * v3, v2 = ic2 + a2 * ic1 + a3 * v3;
        ic1 = 2 * v1 - ic1, ic2 = 2 * v2 - ic2;
        if (k >= 0) ring[i] = (float)(r * v1);
        if (++i == frames) i = 0;
    }
}

struct enl_pan enl_pan_at(const struct enl_sound_scene *scene, float place) {
    const float degree = ENL_PI / 180;
    float spread = enl_mixf(22, 42, enl_clampf(scene->width, 0, 1));
    float angle = 45 + 18 * enl_clampf(scene->pan, -1, 1) + spread * place;
    angle = enl_clampf(angle, 0, 90) * degree; // equal power: cos^2 + sin^2 = 1
    return (struct enl_pan){cosf(angle), sinf(angle)};
}
