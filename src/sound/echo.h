// SPDX-License-Identifier: MIT
// Distance: what comes back from trees, walls and houses.
#ifndef ENL_SOUND_ECHO_H
#define ENL_SOUND_ECHO_H

#include "sound/noise.h"

struct enl_echo {
    double seconds; // until it is 60 dB down, at most 2
    double dull;    // Hz: over this it dies sooner
    float size;     // of the place, 1 = paths of 11 to 23 m
    float loud;
};

// Adds the echo of a mono ring to the mix, the same in all directions. Around the ring, to about -70 dB of the echo.
bool enl_echo_add(const struct enl_echo *echo, const float *ring, float *mix, size_t frames, struct enl_error *error);

#endif
