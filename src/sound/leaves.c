// SPDX-License-Identifier: MIT
// Leaves that rustle in the wind: hiss between 1.5 and 9 kHz, broken up into the touches of single leaves.
#include "sound/control.h"

#include <string.h>

#define VOICES 3

static bool render(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    static const float places[VOICES] = {-1, 1, 0};
    static const double tones[VOICES] = {3600, 4600, 2700}; // twigs differ
    size_t count = enl_control_count(frames);
    float *memory = enl_alloc(frames + 3 * count, sizeof *memory, error);
    if (!memory) return false;
    float *noise = memory, *gust = memory + frames, *gain = gust + count, *knocks = gain + count;

    for (unsigned v = 0; v < VOICES; v++) {
        struct enl_biquad filter[] = {enl_highpass(.45 * tones[v], .7), enl_lowpass(2 * tones[v], .6),
                                      enl_slope(tones[v])};
        enl_white(enl_voice_seed(scene, "leaf", v), noise, frames);
        enl_filter(filter, 3, noise, frames);
        enl_control_curve(scene, ENL_WIND, .2 + .25 * (double)v, gust, count); // leaves answer late, not all at once
        enl_control_drift(scene, enl_voice_seed(scene, "leaf", v + 8), .6, 6, gain, count);
        enl_control_knocks(scene, enl_voice_seed(scene, "leaf", v + 16), 130, .016, knocks, count);
        for (size_t j = 0; j < count; j++) {
            float wind = enl_clampf(gust[j] * (1 + .3f * enl_clampf(gain[j], -2.5f, 2.5f)), 0, 1.3f);
            // In strong wind the touches blend into a rush.
            gain[j] = (.12f + wind * sqrtf(wind)) * enl_mixf(2 * knocks[j], .5f, .2f + .4f * enl_clampf(wind, 0, 1));
        }
        enl_control_mix(noise, gain, count, enl_pan_at(scene, places[v]), mix, frames);
    }
    enl_release(memory);
    return true;
}

static float level(const struct enl_scene *scene) {
    return enl_sound_seen(scene, ENL_PLANTS, .06f) ? .5f : 0;
}

const struct enl_sound_info enl_sound_leaves = {
    .kind = {"leaves", "Leaves that rustle in the wind.", level, ENL_PLANTS},
    .loudness = -15.5f, // heard at .5 by default
    .behind = 9,
    .render = render,
};
