// SPDX-License-Identifier: MIT
// Grains: short tones laid around the ring. A ping is struck and dies away (a bubble, a drop, a crackle); a chirp is
// sung from one end to the other (a bird's syllable, a cricket's pulse).
#ifndef ENL_SOUND_GRAIN_H
#define ENL_SOUND_GRAIN_H

#include "sound/noise.h"

struct enl_ping {
    size_t start;       // frame, taken round the ring
    double hz, damping; // falls by e in 1 / damping seconds
    double rise;        // the pitch rises by this part of `hz` a second
    double loud;        // amplitude at its start
    struct enl_pan pan;
};

// Adds a ping, until it is lost (80 dB under 1) or the ring is full. It starts at a zero of its sine.
void enl_ping_add(const struct enl_ping *ping, float *mix, size_t frames);

struct enl_chirp {
    size_t start;
    double seconds;
    float from, middle, to; // Hz at its start, half-way and end; a parabola between
    float trill_hz, trill;  // vibrato: how fast, and how far as part of the pitch
    float attack;           // part of its length in which it swells; it fades over the rest
    float overtone;         // loudness of the octave, of 1
    float loud;
    struct enl_pan pan; // into stereo, unless ...
    bool mono;          // ... `mix` is a mono ring
};

// Adds a chirp, shortened to the ring's length. Starts and ends at amplitude 0.
void enl_chirp_add(const struct enl_chirp *chirp, float *mix, size_t frames);

#endif
