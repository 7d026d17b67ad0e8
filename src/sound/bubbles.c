// SPDX-License-Identifier: MIT
#include "sound/bubbles.h"

#include "sound/grain.h"

#define LARGEST .012

void enl_bubble_add(const struct enl_bubble *bubble, float *mix, size_t frames) {
    double r = (double)bubble->radius, size = r / LARGEST;
    // Section 3: f0 = 3 / r (Minnaert), damping d = .13 / r + .0072 r^-3/2, amplitude D r^3/2, f(t) = f0 (1 + xi d t).
    struct enl_ping ping = {.start = bubble->start, .hz = 3 / r, .pan = bubble->pan};
    ping.damping = .13 / r + .0072 / (r * sqrt(r));
    ping.loud = (double)bubble->gain * (double)bubble->depth * size * sqrt(size);
    ping.rise = bubble->depth > .9f ? .1 * ping.damping : 0;
    enl_ping_add(&ping, mix, frames);
}

float enl_bubble_place(struct enl_random *random) {
    float u = 2 * enl_random_unit(random) - 1;
    return u < 0 ? -sqrtf(-u) : sqrtf(u);
}
