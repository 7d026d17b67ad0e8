// SPDX-License-Identifier: MIT
// A waterfall: broad noise without pitch, heavier and lower than a stream. The plunging sheet carries large clouds of
// air down, which sound together at 50-500 Hz (Carey et al., "Measurement of the sound produced by a tipping trough",
// JASA 93, 1993); over it stand the single bubbles, and the spray.
#include "sound/bed.h"
#include "sound/bubbles.h"

static const struct enl_bed beds[] = {
    {38, 190, 110, false, .55f, .3, 3, .16f, .6f},  // the ground trembles
    {70, 900, 260, false, 1, .4, 6, .16f, 1},       // the plunge
    {350, 3200, 900, false, .42f, .6, 9, .2f, 1},   // the breaking of the sheet
    {1800, 9500, 3600, false, .16f, .5, 8, .2f, 1}, // spray
};

static void add_bubbles(const struct enl_sound_scene *scene, float *mix, size_t frames) {
    struct enl_random random = {enl_voice_seed(scene, "plun", 0)};
    int count = (int)(140 * scene->seconds);
    for (int i = 0; i < count; i++) {
        float u = enl_random_unit(&random), d = enl_random_unit(&random);
        struct enl_bubble bubble = {.gain = 1.5f, .depth = .9f * d * d}; // deep in the pool: none rises in pitch
        bubble.start = (size_t)((double)enl_random_unit(&random) * (double)frames);
        bubble.radius = .0025f * expf(1.55f * u); // 2.5 to 12 mm: 1200 down to 250 Hz
        bubble.gain *= .004f / (bubble.radius + .002f);
        bubble.pan = enl_pan_at(scene, enl_bubble_place(&random));
        enl_bubble_add(&bubble, mix, frames);
    }
}

static bool render(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    static const char names[][5] = {"fal0", "fal1", "fal2", "fal3"};
    for (size_t b = 0; b < sizeof beds / sizeof *beds; b++)
        if (!enl_bed_add(scene, names[b], &beds[b], NULL, mix, frames, error)) return false;
    add_bubbles(scene, mix, frames);
    return true;
}

static float level(const struct enl_scene *scene) {
    return scene->water == ENL_WATER_FALL && enl_sound_seen(scene, ENL_WATER, .01f) ? 1 : 0;
}

const struct enl_sound_info enl_sound_fall = {
    .kind = {"fall", "A waterfall: heavier and lower than a stream.", level, ENL_WATER},
    .loudness = -19.8f,
    .render = render,
};
