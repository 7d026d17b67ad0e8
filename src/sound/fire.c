// SPDX-License-Identifier: MIT
// Fire, after A. Farnell, "Designing Sound" (MIT Press 2010), practical 11: flames lap at about 30 Hz, gas escapes
// with a hiss, and wood crackles.
#include "sound/bed.h"
#include "sound/bubbles.h"
#include "sound/grain.h"

// What laps: noise around 30 Hz, and the roar over it that it opens and shuts, which small speakers can play.
// Gusts fan it.
static bool add_lapping(const struct enl_sound_scene *scene, float *gain, float *gust, float *mix, size_t frames,
                        struct enl_error *error) {
    static const struct enl_bed lap = {24, 58, 60, false, .22f, .3, 5, .35f, .4f};
    static const struct enl_bed roar = {75, 700, 260, false, .34f, .4, 6, .2f, .8f};
    size_t count = enl_control_count(frames);
    enl_control_drift(scene, enl_voice_seed(scene, "lapp", 0), 9, 32, gain, count);
    enl_control_curve(scene, ENL_WIND, .2, gust, count);
    for (size_t j = 0; j < count; j++) {
        gust[j] = .65f + .6f * gust[j];
        gain[j] = gust[j] * expf(.6f * enl_clampf(gain[j], -2, 2));
    }
    return enl_bed_add(scene, "fir0", &lap, gust, mix, frames, error) &&
           enl_bed_add(scene, "fir1", &roar, gain, mix, frames, error);
}

static bool add_hiss(const struct enl_sound_scene *scene, float *gain, float *mix, size_t frames,
                     struct enl_error *error) {
    static const struct enl_bed hiss = {1300, 9000, 4200, false, .07f, 1, 12, .3f, 1};
    size_t count = enl_control_count(frames);
    enl_control_drift(scene, enl_voice_seed(scene, "hiss", 0), .3, 2.2, gain, count);
    for (size_t j = 0; j < count; j++) { // comes and goes: the fourth power of slow noise
        float g = enl_clampf(.62f + .28f * gain[j], 0, 1.25f);
        gain[j] = .12f + 2.2f * g * g * g * g;
    }
    return enl_bed_add(scene, "fir2", &hiss, gain, mix, frames, error);
}

// One split of wood: a burst of two to seven cracks within 30 ms, from one place.
static void add_crackle(const struct enl_sound_scene *scene, struct enl_random *random, double seconds, float *mix,
                        size_t frames) {
    int cracks = 2 + (int)(enl_random_next(random) % 6);
    float place = enl_bubble_place(random), size = enl_random_unit(random);
    double loud = .8 + 9 * pow((double)size, 6), at = seconds;
    bool pop = enl_random_unit(random) < .12f; // a knot: lower, rounder
    for (int i = 0; i < cracks; i++) {
        double u = (double)enl_random_unit(random), v = (double)enl_random_unit(random);
        struct enl_ping ping = {.start = (size_t)(at * ENL_SOUND_RATE)};
        ping.hz = pop && !i ? 350 + 500 * u : 1000 * exp(1.61 * u); // 1 to 5 kHz
        ping.damping = ping.hz * (pop && !i ? .5 : .25 + .45 * v);
        ping.loud = loud * (.4 + .6 * v) * exp(-.35 * i);
        ping.pan = enl_pan_at(scene, .8f * place);
        enl_ping_add(&ping, mix, frames);
        at += .001 + .009 * u * u;
    }
}

static bool render(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    size_t count = enl_control_count(frames);
    float *gain = enl_alloc(2 * count, sizeof *gain, error);
    if (!gain) return false;
    bool good = add_lapping(scene, gain, gain + count, mix, frames, error) && add_hiss(scene, gain, mix, frames, error);
    // They come in flurries: the rate follows a slow drift around 9 a second.
    struct enl_random random = {enl_voice_seed(scene, "crac", 0)};
    enl_control_drift(scene, enl_voice_seed(scene, "crac", 1), .3, 3, gain, count);
    for (double t = 0; good && t < scene->seconds;) {
        size_t j = enl_control_at((size_t)(t * ENL_SOUND_RATE) % frames, count, frames);
        t -= log(1 - (double)enl_random_unit(&random)) / (9 * exp(.7 * (double)enl_clampf(gain[j], -2, 2)));
        if (t < scene->seconds) add_crackle(scene, &random, t, mix, frames);
    }
    enl_release(gain);
    return good;
}

static float level(const struct enl_scene *scene) { // a candle is heard less than a campfire
    if (!enl_sound_seen(scene, ENL_FLAMES, .002f)) return 0;
    return enl_mixf(.4f, 1, enl_smoothstep(.002f, .03f, scene->share[ENL_FLAMES]));
}

const struct enl_sound_info enl_sound_fire = {
    .kind = {"fire", "Fire that laps, hisses and crackles.", level, ENL_FLAMES},
    .loudness = -20.3f,
    .render = render,
};
