// SPDX-License-Identifier: MIT
// Flicker of what burns: tones between 2 and 12 Hz whose power falls as 1/f.
#ifndef ENL_MOTION_FLICKER_H
#define ENL_MOTION_FLICKER_H

#include "motion/motion.h"

#define ENL_FLICKER_TONES 6

struct enl_flicker {
    const struct enl_stage *stage;
    double start, omega[ENL_FLICKER_TONES];
    float phase[ENL_FLICKER_TONES], strength[ENL_FLICKER_TONES];
};

// Between `low` and `high` hertz; the largest swing is `depth` of the light.
void enl_flicker_fill(struct enl_flicker *flicker, const struct enl_stage *stage, double start, float low, float high,
                      float depth, uint64_t seed);
// What its cos and sin weigh at `t`, so that a place's gain is enl_flicker_at of its own phases.
void enl_flicker_now(const struct enl_flicker *flicker, double t, float now[2 * ENL_FLICKER_TONES]);
// The cos and sin of a place that is `late` behind, 0 = not; strengths included.
void enl_flicker_place(const struct enl_flicker *flicker, float late, float place[2 * ENL_FLICKER_TONES]);
static inline float enl_flicker_at(const float place[2 * ENL_FLICKER_TONES], const float now[2 * ENL_FLICKER_TONES]) {
    float sum = 0;
    for (int k = 0; k < 2 * ENL_FLICKER_TONES; k++) sum += place[k] * now[k];
    return sum;
}

#endif
