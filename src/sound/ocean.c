// SPDX-License-Identifier: MIT
// Surf. Near-shore spectra have two broad peaks, 100-500 Hz and 1-7 kHz (Melville et al., ASA 1996): the body and roar
// of the breaking wave, and the hiss of its foam, which comes later and falls back slowly.
#include "sound/bubbles.h"
#include "sound/control.h"

#define ENGINES 3

// One band of noise that follows the swell.
struct band {
    double low, high, slope; // Hz: high-pass, low-pass, gentle low-pass
    float gain, trough;      // at the crest; and what is left of it between the waves, of 1
    float power;             // how steeply it grows with the swell
    double lag, attack, release; // seconds
    float knocks;            // how much of it is foam and pebbles rather than even hiss, 0..1
};

static const struct band bands[] = {
    {42, 400, 180, 1.0f, .30f, 1.5f, 0, .25, .9, 0},        // the body
    {220, 2100, 850, .95f, .10f, 2.2f, .08, .2, .7, 0},     // the roar of breaking
    {1150, 7500, 3800, .5f, .06f, 2.4f, .3, .25, 1.1, .35f}, // the hiss of foam
    {1100, 5200, 2600, .26f, .12f, 1.6f, 1.9, .5, 1.4, .8f}, // the water running back over sand
};
#define BANDS (sizeof bands / sizeof *bands)

struct work {
    float *noise, *gain, *extra;
    size_t frames, count;
};

// The gain of a band for one engine, whose waves break `shift` seconds after the others'.
static void shape(const struct enl_sound_scene *scene, const struct band *band, unsigned engine, double shift,
                  struct work *w) {
    enl_control_curve(scene, ENL_SWELL, band->lag + shift, w->gain, w->count);
    for (size_t j = 0; j < w->count; j++) w->gain[j] = powf(w->gain[j], band->power);
    enl_control_ease(scene, band->attack, band->release, w->gain, w->count);
    for (size_t j = 0; j < w->count; j++) w->gain[j] = band->gain * enl_mixf(band->trough, 1, w->gain[j]);
    // No two waves are alike, and none is even.
    enl_control_drift(scene, enl_voice_seed(scene, "wave", engine), .1, 2.5, w->extra, w->count);
    for (size_t j = 0; j < w->count; j++) w->gain[j] *= expf(.22f * enl_clampf(w->extra[j], -2.5f, 2.5f));
    if (band->knocks <= 0) return;
    uint64_t seed = enl_voice_seed(scene, "foam", engine * 8 + (unsigned)(band - bands));
    enl_control_knocks(scene, seed, 260, .012, w->extra, w->count);
    for (size_t j = 0; j < w->count; j++) w->gain[j] *= 1 - band->knocks + 2.2f * band->knocks * w->extra[j];
}

static void render_engine(const struct enl_sound_scene *scene, unsigned engine, struct work *w, float *mix) {
    static const float places[ENGINES] = {-1, 1, 0};
    static const double shifts[ENGINES] = {-.3, .4, 0};
    for (size_t b = 0; b < BANDS; b++) {
        struct enl_biquad filter[] = {enl_highpass(bands[b].low, .7), enl_lowpass(bands[b].high, .7),
                                      enl_slope(bands[b].slope)};
        // A noise for each band: where two bands of one noise overlap, their phases would cut a notch.
        enl_white(enl_voice_seed(scene, "surf", engine * (unsigned)BANDS + (unsigned)b), w->noise, w->frames);
        enl_filter(filter, 3, w->noise, w->frames);
        // Bands carry less the narrower they are; this makes their gains comparable.
        float even = sqrtf((float)(ENL_SOUND_RATE / 2 / (bands[b].slope - bands[b].low / 2)));
        shape(scene, &bands[b], engine, shifts[engine], w);
        for (size_t j = 0; j < w->count; j++) w->gain[j] *= even;
        enl_control_mix(w->noise, w->gain, w->count, enl_pan_at(scene, places[engine]), mix, w->frames);
    }
}

// The far rumble of the whole shore, felt more than heard, a little ahead of the crest.
static void render_rumble(const struct enl_sound_scene *scene, struct work *w, float *mix) {
    static const struct band rumble = {30, 218, 90, 1.6f, .4f, 1, -.25, .4, 1.2, 0};
    struct enl_biquad filter[] = {enl_highpass(rumble.low, .7), enl_lowpass(rumble.high, .7), enl_slope(rumble.slope)};
    enl_white(enl_voice_seed(scene, "rumb", 0), w->noise, w->frames);
    enl_filter(filter, 3, w->noise, w->frames);
    shape(scene, &rumble, ENGINES, 0, w);
    enl_control_mix(w->noise, w->gain, w->count, enl_pan_at(scene, 0), mix, w->frames);
}

// Small bubbles in the foam: they give the hiss its grain.
static void render_bubbles(const struct enl_sound_scene *scene, struct work *w, float *mix) {
    struct enl_random random = {enl_voice_seed(scene, "bubb", 0)};
    enl_control_curve(scene, ENL_SWELL, .5, w->gain, w->count);
    int tries = (int)(150 * scene->seconds);
    for (int i = 0; i < tries; i++) {
        struct enl_bubble bubble = {.gain = 2.2f};
        bubble.start = (size_t)(enl_random_unit(&random) * (float)w->count) * w->frames / w->count;
        bubble.start += (size_t)(enl_random_next(&random) % 64);
        float u = enl_random_unit(&random), d = enl_random_unit(&random), chance = enl_random_unit(&random);
        bubble.radius = .0009f * expf(1.3f * u * u); // 0.9 to 3.3 mm, mostly small
        bubble.depth = d * d;
        bubble.pan = enl_pan_at(scene, enl_bubble_place(&random));
        float swell = w->gain[enl_control_at(bubble.start % w->frames, w->count, w->frames)];
        if (chance < .1f + .9f * swell * swell) enl_bubble_add(&bubble, mix, w->frames);
    }
}

static bool render(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    size_t count = enl_control_count(frames);
    float *memory = enl_alloc(frames + 2 * count, sizeof *memory, error);
    if (!memory) return false;
    struct work work = {memory, memory + frames, memory + frames + count, frames, count};
    for (unsigned engine = 0; engine < ENGINES; engine++) render_engine(scene, engine, &work, mix);
    render_rumble(scene, &work, mix);
    render_bubbles(scene, &work, mix);
    enl_release(memory);
    return true;
}

static float level(const struct enl_scene *scene) {
    if (!enl_sound_seen(scene, ENL_WATER, .01f)) return 0;
    return scene->water == ENL_WATER_WAVES ? 1 : 0; // a lake only laps: gurgle
}

const struct enl_sound_info enl_sound_ocean = {
    .kind = {"ocean", "Surf: waves that roll in, break, hiss and run back.", level, ENL_WATER},
    .loudness = -20.3f,
    .render = render,
};
