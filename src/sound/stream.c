// SPDX-License-Identifier: MIT
// A stream: bubbles so dense that they blend, over the even noise of white water.
#include "sound/bubbles.h"
#include "sound/control.h"

#include <string.h>

#define VOICES 3

static void add_bubbles(const struct enl_sound_scene *scene, uint64_t seed, int count, float smallest, float range,
                        float gain, float *mix, size_t frames) {
    struct enl_random random = {seed};
    for (int i = 0; i < count; i++) {
        float u = enl_random_unit(&random), d = enl_random_unit(&random);
        struct enl_bubble bubble = {.gain = gain, .depth = d * d};
        bubble.start = (size_t)((double)enl_random_unit(&random) * (double)frames);
        bubble.radius = smallest * expf(range * powf(u, 1.6f));
        bubble.pan = enl_pan_at(scene, enl_bubble_place(&random));
        enl_bubble_add(&bubble, mix, frames);
    }
}

static bool render(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    static const float places[VOICES] = {-1, 1, 0};
    size_t count = enl_control_count(frames);
    float *memory = enl_alloc(2 * frames + count, sizeof *memory, error);
    if (!memory) return false;
    float *white = memory, *noise = memory + frames, *gain = memory + 2 * frames;

    add_bubbles(scene, enl_voice_seed(scene, "rill", 0), (int)(330 * scene->seconds), .0009f, 1.4f, 1, mix, frames);
    add_bubbles(scene, enl_voice_seed(scene, "pool", 0), (int)(45 * scene->seconds), .0028f, 1.0f, .3f, mix, frames);

    for (unsigned v = 0; v < VOICES; v++) {
        struct enl_biquad splash[] = {enl_highpass(650, .6), enl_lowpass(6500, .6), enl_slope(2600)};
        struct enl_biquad flow[] = {enl_highpass(110, .6), enl_lowpass(900, .6), enl_slope(320)};
        enl_white(enl_voice_seed(scene, "flow", v), white, frames);
        memcpy(noise, white, frames * sizeof *noise);
        enl_filter(splash, 3, noise, frames);
        enl_control_drift(scene, enl_voice_seed(scene, "flow", v + 8), .4, 9, gain, count);
        for (size_t j = 0; j < count; j++) gain[j] = .07f * expf(.28f * enl_clampf(gain[j], -2.5f, 2.5f));
        enl_control_mix(noise, gain, count, enl_pan_at(scene, places[v]), mix, frames);
        enl_filter(flow, 3, white, frames);
        for (size_t j = 0; j < count; j++) gain[j] *= 1.1f;
        enl_control_mix(white, gain, count, enl_pan_at(scene, places[v]), mix, frames);
    }
    enl_release(memory);
    return true;
}

static float level(const struct enl_scene *scene) {
    if (!enl_sound_seen(scene, ENL_WATER, .01f)) return 0;
    return scene->water == ENL_WATER_STREAM ? 1 : 0;
}

const struct enl_sound_info enl_sound_stream = {
    .kind = {"stream", "Running water: a brook, a river.", level, ENL_WATER},
    .loudness = -20.3f,
    .render = render,
};
