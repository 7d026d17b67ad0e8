// SPDX-License-Identifier: MIT
#include "sound/bubbles.h"

#define LARGEST .012
#define FAINTEST 1e-4 // where ringing is cut off: 80 dB under the largest bubble

void enl_bubble_add(const struct enl_bubble *bubble, float *mix, size_t frames) {
    double r = (double)bubble->radius, size = r / LARGEST;
    // Section 3: f0 = 3 / r (Minnaert), damping d = .13 / r + .0072 r^-3/2, amplitude D r^3/2, f(t) = f0 (1 + xi d t).
    double hz = 3 / r, damping = .13 / r + .0072 / (r * sqrt(r));
    double loud = (double)bubble->gain * (double)bubble->depth * size * sqrt(size);
    double rise = bubble->depth > .9f ? .1 * damping : 0;
    if (!(loud > FAINTEST)) return;
    size_t length = (size_t)(log(loud / FAINTEST) / damping * ENL_SOUND_RATE);
    if (length > frames) length = frames;

    // A phasor that shrinks and turns, turned itself a little faster each frame: no sine in the loop.
    const double turn = 6.28318530717958647692 / ENL_SOUND_RATE;
    double shrink = exp(-damping / ENL_SOUND_RATE), angle = turn * hz, faster = angle * rise / ENL_SOUND_RATE;
    double wx = shrink * cos(angle), wy = shrink * sin(angle), vx = cos(faster), vy = sin(faster);
    double x = loud, y = 0, left = (double)bubble->pan.left, right = (double)bubble->pan.right;
    size_t i = bubble->start % frames;
    while (length > 0) {
        size_t part = length < frames - i ? length : frames - i;
        for (float *out = mix + 2 * i, *end = out + 2 * part; out < end; out += 2) {
            out[0] += (float)(y * left);
            out[1] += (float)(y * right);
            double next = x * wx - y * wy, next_w = wx * vx - wy * vy;
            y = x * wy + y * wx, x = next;
            wy = wx * vy + wy * vx, wx = next_w;
        }
        length -= part;
        i = 0; // the ring goes on
    }
}

float enl_bubble_place(struct enl_random *random) {
    float u = 2 * enl_random_unit(random) - 1;
    return u < 0 ? -sqrtf(-u) : sqrtf(u);
}
