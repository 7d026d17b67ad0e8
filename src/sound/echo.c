// SPDX-License-Identifier: MIT
#include "sound/echo.h"

#define LINES 4
#define LONGEST 3203 // frames at size 1
#define MAX_SIZE 2.f

// A feedback delay network with a Hadamard matrix (J.-M. Jot and A. Chaigne, "Digital delay networks for designing
// artificial reverberators", AES 1991): lines of coprime lengths, mixed without loss, each damped as its length asks.
bool enl_echo_add(const struct enl_echo *echo, const float *ring, float *mix, size_t frames, struct enl_error *error) {
    static const float lengths[LINES] = {1559, 2011, 2579, LONGEST};
    const size_t stride = (size_t)(LONGEST * MAX_SIZE) + 1;
    float *memory = enl_alloc(LINES * stride, sizeof *memory, error);
    if (!memory) return false;
    size_t length[LINES], at[LINES] = {0};
    float keep[LINES], last[LINES] = {0}, dull = (float)(1 - exp(-2 * (double)ENL_PI * echo->dull / ENL_SOUND_RATE));
    for (int l = 0; l < LINES; l++) {
        length[l] = (size_t)(lengths[l] * enl_clampf(echo->size, .1f, MAX_SIZE));
        keep[l] = .5f * (float)pow(.001, (double)length[l] / ENL_SOUND_RATE / echo->seconds); // .5: the matrix's scale
    }
    long run_up = lround(1.2 * echo->seconds * ENL_SOUND_RATE); // what sounds at the end is heard at the start
    size_t i = (frames - (size_t)run_up % frames) % frames;
    for (long k = -run_up; k < (long)frames; k++) {
        float out[LINES], in = ring[i];
        for (size_t l = 0; l < LINES; l++) {
            last[l] += dull * (memory[l * stride + at[l]] - last[l]);
            out[l] = last[l] * keep[l];
        }
        float a = out[0] + out[1], b = out[0] - out[1], c = out[2] + out[3], d = out[2] - out[3];
        const float back[LINES] = {a + c, b + d, a - c, b - d};
        for (size_t l = 0; l < LINES; l++) {
            memory[l * stride + at[l]] = in + back[l];
            if (++at[l] == length[l]) at[l] = 0;
        }
        if (k >= 0) {
            mix[2 * i] += echo->loud * (last[0] + last[2]);
            mix[2 * i + 1] += echo->loud * (last[1] - last[3]);
        }
        if (++i == frames) i = 0;
    }
    enl_release(memory);
    return true;
}
