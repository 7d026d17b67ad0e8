// SPDX-License-Identifier: MIT
// Wind: a band of noise around 150-350 Hz that rises with the gusts, a faint whistle at 300-600 Hz, and air.
#include "sound/control.h"

#include <string.h>

#define VOICES 3

struct work {
    float *noise, *white, *gust, *hz, *gain;
    size_t frames, count;
};

// Turbulence: gusts are rough, the rougher the stronger.
static void roughen(const struct enl_sound_scene *scene, unsigned voice, struct work *w) {
    enl_control_curve(scene, ENL_WIND, .12 * (double)voice, w->gust, w->count);
    enl_control_drift(scene, enl_voice_seed(scene, "turb", voice), .5, 5, w->gain, w->count);
    for (size_t j = 0; j < w->count; j++)
        w->gust[j] = enl_clampf(w->gust[j] * (1 + .18f * enl_clampf(w->gain[j], -2.5f, 2.5f)), 0, 1.2f);
}

static void render_voice(const struct enl_sound_scene *scene, unsigned voice, struct work *w, float *mix) {
    static const float places[VOICES] = {-1, 1, 0};
    static const double keys[VOICES] = {1, 1.27, .86}; // each hollow whistles its own note
    struct enl_pan pan = enl_pan_at(scene, places[voice]);
    enl_white(enl_voice_seed(scene, "wind", voice), w->white, w->frames);
    roughen(scene, voice, w);

    memcpy(w->noise, w->white, w->frames * sizeof *w->noise);
    for (size_t j = 0; j < w->count; j++) {
        w->hz[j] = 150 + 200 * w->gust[j];
        w->gain[j] = .2f + .8f * w->gust[j] * sqrtf(w->gust[j]);
    }
    struct enl_biquad dull = enl_lowpass(750, .6);
    enl_sweep(w->hz, w->count, .9, w->noise, w->frames);
    enl_filter(&dull, 1, w->noise, w->frames);
    enl_control_mix(w->noise, w->gain, w->count, pan, mix, w->frames);

    memcpy(w->noise, w->white, w->frames * sizeof *w->noise);
    for (size_t j = 0; j < w->count; j++) {
        w->hz[j] = (float)(keys[voice] * (double)(330 + 210 * w->gust[j]));
        w->gain[j] = .55f * w->gust[j] * w->gust[j];
    }
    enl_sweep(w->hz, w->count, 18, w->noise, w->frames);
    enl_control_mix(w->noise, w->gain, w->count, pan, mix, w->frames);

    // Of its own noise: one noise in two bands would cut a notch where they overlap.
    enl_white(enl_voice_seed(scene, "wair", voice), w->white, w->frames);
    struct enl_biquad air[] = {enl_highpass(450, .6), enl_lowpass(4000, .6), enl_slope(900)};
    enl_filter(air, 3, w->white, w->frames);
    for (size_t j = 0; j < w->count; j++) w->gain[j] = .03f + .15f * w->gust[j] * w->gust[j];
    enl_control_mix(w->white, w->gain, w->count, pan, mix, w->frames);
}

// The buffeting of strong gusts at the ear.
static void render_buffets(const struct enl_sound_scene *scene, struct work *w, float *mix) {
    struct enl_biquad low[] = {enl_highpass(32, .7), enl_lowpass(110, .7)};
    enl_white(enl_voice_seed(scene, "buff", 0), w->noise, w->frames);
    enl_filter(low, 2, w->noise, w->frames);
    roughen(scene, VOICES, w);
    for (size_t j = 0; j < w->count; j++) w->gain[j] = 1.4f * w->gust[j] * w->gust[j];
    enl_control_mix(w->noise, w->gain, w->count, enl_pan_at(scene, 0), mix, w->frames);
}

static bool render(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    size_t count = enl_control_count(frames);
    float *memory = enl_alloc(2 * frames + 3 * count, sizeof *memory, error);
    if (!memory) return false;
    float *controls = memory + 2 * frames;
    struct work work = {memory, memory + frames, controls, controls + count, controls + 2 * count, frames, count};
    for (unsigned voice = 0; voice < VOICES; voice++) render_voice(scene, voice, &work, mix);
    render_buffets(scene, &work, mix);
    enl_release(memory);
    return true;
}

static float level(const struct enl_scene *scene) {
    return enl_sound_seen(scene, ENL_SKY, .03f) || enl_sound_seen(scene, ENL_PLANTS, .03f) ? .5f : 0;
}

const struct enl_sound_info enl_sound_wind = {
    .kind = {"wind", "Wind that rises and falls with its gusts.", level, ENL_ELEMENTS},
    .loudness = -14.5f, // it is heard at .5 by default
    .behind = 9,
    .render = render,
};
