// SPDX-License-Identifier: MIT
// Bubbles in water: K. van den Doel, "Physically based models for liquid sounds", ACM Transactions on Applied
// Perception 2(4), 2005.
#ifndef ENL_SOUND_BUBBLES_H
#define ENL_SOUND_BUBBLES_H

#include "sound/noise.h"

struct enl_bubble {
    size_t start;  // frame
    float radius;  // metres, 0.0008..0.012
    float depth;   // 0..1: how near the surface (D in the paper); sets the loudness, over .9 the pitch rises
    float gain;
    struct enl_pan pan;
};

// Adds one ringing bubble to the ring; a bubble of 12 mm at depth 1 and gain 1 starts at amplitude 1.
void enl_bubble_add(const struct enl_bubble *bubble, float *mix, size_t frames);

// A place within the element, denser toward its sides, so that left and right differ enough.
float enl_bubble_place(struct enl_random *random);

#endif
