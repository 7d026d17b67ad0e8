// SPDX-License-Identifier: MIT
#include "motion/flicker.h"

void enl_flicker_fill(struct enl_flicker *f, const struct enl_stage *stage, double start, float low, float high,
                      float depth, uint64_t seed) {
    struct enl_random random = {enl_mix(seed)};
    float total = 0;
    f->stage = stage;
    f->start = start;
    for (int k = 0; k < ENL_FLICKER_TONES; k++) {
        float hertz = low * powf(high / low, ((float)k + .8f * enl_random_unit(&random)) / ENL_FLICKER_TONES);
        f->omega[k] = 2 * 3.14159265358979 * enl_loop_frequency(stage, fmin((double)hertz, .45 * stage->fps));
        f->phase[k] = 2 * ENL_PI * enl_random_unit(&random);
        f->strength[k] = 1 / sqrtf(hertz);
        total += f->strength[k];
    }
    for (int k = 0; k < ENL_FLICKER_TONES; k++) f->strength[k] *= depth / total;
}

void enl_flicker_now(const struct enl_flicker *f, double t, float now[2 * ENL_FLICKER_TONES]) {
    double ease = enl_ease(t, f->start, .6);
    if (f->stage->loop) ease = enl_ease(t, 0, .5) * enl_ease(f->stage->seconds - t, 0, .5);
    for (int k = 0; k < ENL_FLICKER_TONES; k++) {
        float turn = (float)fmod(f->omega[k] * t, 2 * 3.14159265358979) + f->phase[k];
        now[2 * k] = (float)ease * cosf(turn);
        now[2 * k + 1] = (float)ease * sinf(turn);
    }
}

void enl_flicker_place(const struct enl_flicker *f, float late, float place[2 * ENL_FLICKER_TONES]) {
    for (int k = 0; k < ENL_FLICKER_TONES; k++) {
        float turn = late * (1 + .7f * (float)k); // quick tones part sooner than slow ones
        place[2 * k] = f->strength[k] * cosf(turn);
        place[2 * k + 1] = f->strength[k] * sinf(turn);
    }
}
