// SPDX-License-Identifier: MIT
// Rain on wet ground: drops as a Poisson process, 200 to 2000 a second, over pink noise, which are the drops too far
// to tell apart. A drop ticks where it strikes; in a puddle some catch a bubble and plink (H. Pumphrey and L. Crum,
// "Free oscillations of near-surface bubbles as a source of the underwater noise of rain", JASA 87, 1990).
#include "sound/bed.h"
#include "sound/bubbles.h"
#include "sound/grain.h"

#define DROPS 700 // a second
#define PLINKS 16 // a second

// The seconds to the next of `rate` a second, in a Poisson process.
static double wait(struct enl_random *random, double rate) {
    return -log(1 - (double)enl_random_unit(random)) / rate;
}

static void add_drops(const struct enl_sound_scene *scene, float *mix, size_t frames) {
    struct enl_random random = {enl_voice_seed(scene, "drop", 0)};
    double t = 0;
    while ((t += wait(&random, DROPS)) < scene->seconds) {
        struct enl_ping ping = {.start = (size_t)(t * ENL_SOUND_RATE)};
        double u = (double)enl_random_unit(&random), v = (double)enl_random_unit(&random);
        double near = (double)enl_random_unit(&random);
        ping.hz = 1300 * exp(1.7 * u);           // 1.3 to 7 kHz: stone, leaf, water
        ping.damping = ping.hz * (.35 + .5 * v); // two or three turns
        ping.loud = .08 + .9 * pow(near, 5);     // loud as 1 / distance: few are near
        ping.pan = enl_pan_at(scene, enl_bubble_place(&random));
        enl_ping_add(&ping, mix, frames);
    }
}

static void add_plinks(const struct enl_sound_scene *scene, float *mix, size_t frames) {
    struct enl_random random = {enl_voice_seed(scene, "plin", 0)};
    double t = 0;
    while ((t += wait(&random, PLINKS)) < scene->seconds) {
        float u = enl_random_unit(&random), d = enl_random_unit(&random);
        struct enl_bubble bubble = {.start = (size_t)(t * ENL_SOUND_RATE), .depth = .3f + .7f * d, .gain = 2.2f};
        bubble.radius = .0009f * expf(.9f * u); // 0.9 to 2.2 mm: 3.3 to 1.4 kHz
        bubble.pan = enl_pan_at(scene, enl_bubble_place(&random));
        enl_bubble_add(&bubble, mix, frames);
    }
}

static bool render(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    static const struct enl_bed far = {250, 11000, 7000, true, .075f, .2, 2, .08f, 1};
    static const struct enl_bed wet = {2200, 10000, 6000, false, .055f, .5, 8, .15f, 1};
    size_t count = enl_control_count(frames);
    float *gust = enl_alloc(count, sizeof *gust, error);
    if (!gust) return false;
    enl_control_curve(scene, ENL_WIND, .3, gust, count); // gusts bring it down harder
    for (size_t j = 0; j < count; j++) gust[j] = .6f + .8f * gust[j];
    bool good = enl_bed_add(scene, "rai0", &far, gust, mix, frames, error) &&
                enl_bed_add(scene, "rai1", &wet, gust, mix, frames, error);
    enl_release(gust);
    if (!good) return false;
    add_drops(scene, mix, frames);
    add_plinks(scene, mix, frames);
    return true;
}

static float level(const struct enl_scene *scene) {
    (void)scene; // nothing finds rain in a photo
    return 0;
}

const struct enl_sound_info enl_sound_rain = {
    .kind = {"rain", "Rain: drops near and far.", level, ENL_ELEMENTS},
    .loudness = -20.3f,
    .render = render,
};
