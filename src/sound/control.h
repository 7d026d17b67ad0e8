// SPDX-License-Identifier: MIT
// Controls: slow curves (gains, cutoffs) around the ring of sound. Where their values stand, noise.h tells.
#ifndef ENL_SOUND_CONTROL_H
#define ENL_SOUND_CONTROL_H

#include "sound/noise.h"

enum enl_curve { ENL_SWELL, ENL_WIND };

// The scene's curve, `lag` seconds late, 0..1. Curves that use little of 0..1 are stretched up to twofold: the ear
// needs more contrast than the eye. Made up from the seed where the scene has none.
void enl_control_curve(const struct enl_sound_scene *scene, enum enl_curve curve, double lag, float *ret_values,
                       size_t count);

// Rises with time constant `attack` and falls with `release`, seconds.
void enl_control_ease(const struct enl_sound_scene *scene, double attack, double release, float *values, size_t count);

// Random waves between two frequencies (Hz), falling by 3 dB an octave; mean 0, deviation 1.
void enl_control_drift(const struct enl_sound_scene *scene, uint64_t seed, double low, double high, float *ret_values,
                       size_t count);

// Many small random knocks a second, each fading with `decay` seconds; 0..1, at most one a value. What makes foam,
// pebbles and leaves out of hiss.
void enl_control_knocks(const struct enl_sound_scene *scene, uint64_t seed, double rate, double decay,
                        float *ret_values, size_t count);

// Adds a mono ring to the mix, times the gain (NULL: 1), times the pan.
void enl_control_mix(const float *ring, const float *gain, size_t count, struct enl_pan pan, float *mix, size_t frames);

#endif
