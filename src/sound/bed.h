// SPDX-License-Identifier: MIT
// Beds: bands of noise from left, middle and right that waver each for itself. What most sounds lie on.
#ifndef ENL_SOUND_BED_H
#define ENL_SOUND_BED_H

#include "sound/control.h"

struct enl_bed {
    double low, high, slope; // Hz: high-pass, low-pass, gentle low-pass
    bool pink;               // of noise that falls by 3 dB an octave, not of white noise
    float loud;              // effective value of each voice before it wavers
    double slow, fast;       // Hz, between which it wavers
    float waver;             // how far: a deviation, in e-folds
    float wide;              // where the outer voices stand, 0..1 (the sides of the element)
};

// Adds the bed to the mix, times `gain` (a control; NULL: 1). `name` makes its noise its own.
bool enl_bed_add(const struct enl_sound_scene *scene, const char name[4], const struct enl_bed *bed, const float *gain,
                 float *mix, size_t frames, struct enl_error *error);

// Scales a ring to the effective value `loud`; silence stays silent.
void enl_bed_even(float *ring, size_t frames, float loud);

#endif
