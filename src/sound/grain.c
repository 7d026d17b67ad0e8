// SPDX-License-Identifier: MIT
#include "sound/grain.h"

#define TURN 6.28318530717958647692
#define FAINTEST 1e-4 // where a ping is cut off
#define STEP 32       // frames of a chirp at one pitch: 0.7 ms

void enl_ping_add(const struct enl_ping *ping, float *mix, size_t frames) {
    if (!(ping->loud > FAINTEST)) return;
    double most = log(ping->loud / FAINTEST) / ping->damping * ENL_SOUND_RATE;
    size_t length = most < (double)frames ? (size_t)most : frames;

    // A phasor that shrinks and turns, turned itself a little faster each frame: no sine in the loop.
    const double turn = TURN / ENL_SOUND_RATE;
    double shrink = exp(-ping->damping / ENL_SOUND_RATE), angle = turn * ping->hz;
    double faster = angle * ping->rise / ENL_SOUND_RATE;
    double wx = shrink * cos(angle), wy = shrink * sin(angle), vx = cos(faster), vy = sin(faster);
    double x = ping->loud, y = 0, left = (double)ping->pan.left, right = (double)ping->pan.right;
    size_t i = ping->start % frames;
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

// The pitch at `u` (0..1) of a chirp.
static double pitch(const struct enl_chirp *chirp, double u) {
    double a = (double)chirp->from, m = (double)chirp->middle, b = (double)chirp->to;
    double hz = a + u * (4 * m - 3 * a - b + u * (2 * a + 2 * b - 4 * m));
    return hz * (1 + (double)chirp->trill * sin(TURN * (double)chirp->trill_hz * u * chirp->seconds));
}

static float envelope(float attack, float u) {
    float e = u < attack ? u / attack : (1 - u) / (1 - attack);
    return enl_smoothstep(0, 1, e);
}

void enl_chirp_add(const struct enl_chirp *chirp, float *mix, size_t frames) {
    size_t length = (size_t)(chirp->seconds * ENL_SOUND_RATE), at = chirp->start % frames;
    if (length > frames) length = frames;
    double x = 1, y = 0; // a phasor of length 1, turned by each step's pitch
    for (size_t i = 0; i < length; i += STEP) {
        size_t end = i + STEP < length ? i + STEP : length;
        double angle = TURN / ENL_SOUND_RATE * pitch(chirp, (double)i / (double)length), c = cos(angle), s = sin(angle);
        float e0 = envelope(chirp->attack, (float)i / (float)length);
        float e1 = envelope(chirp->attack, (float)end / (float)length);
        for (size_t k = i; k < end; k++) {
            float gain = chirp->loud * (e0 + (e1 - e0) * (float)(k - i) / (float)(end - i));
            float v = gain * (float)(y + (double)chirp->overtone * 2 * x * y); // sin 2a = 2 sin a cos a
            if (chirp->mono) {
                mix[at] += v;
            } else {
                mix[2 * at] += v * chirp->pan.left;
                mix[2 * at + 1] += v * chirp->pan.right;
            }
            double next = x * c - y * s;
            y = x * s + y * c, x = next;
            if (++at == frames) at = 0;
        }
    }
}
