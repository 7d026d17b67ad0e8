// SPDX-License-Identifier: MIT
// A city from afar: the hum of many engines, low because air and walls take the rest, and now and then a car that
// passes. Tyres are loudest around 1 kHz (U. Sandberg, "The multi-coincidence peak around 1000 Hz in tyre/pavement
// noise spectra", Euronoise 2003).
#include "sound/bed.h"

#define TURN 6.28318530717958647692

struct pass {
    double when, near; // 0..1 around the ring; seconds from the nearest point until it is 3 dB down
    bool to_left;
    float loud;
};

// A point that passes on a straight line: power as 1 / (1 + (t / near)^2), left to right as the angle turns.
static void trace_pass(const struct enl_sound_scene *scene, const struct pass *pass, float *left, float *right,
                       size_t count) {
    for (size_t j = 0; j < count; j++) {
        // The ring's distance to the pass; the far side is faded so that both ways round meet.
        double u = (double)j / (double)count - pass->when;
        u -= round(u);
        double t = u * scene->seconds / pass->near, bearing = atan(t) * (2 / (double)ENL_PI);
        float fade = (float)(.5 + .5 * cos(TURN * u)), gain = pass->loud * fade / sqrtf((float)(1 + t * t));
        struct enl_pan pan = enl_pan_at(scene, (float)(pass->to_left ? -bearing : bearing));
        left[j] = gain * pan.left, right[j] = gain * pan.right;
    }
}

static bool add_passes(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    static const struct enl_pan left = {1, 0}, right = {0, 1};
    size_t count = enl_control_count(frames);
    float *ring = enl_alloc(frames + 2 * count, sizeof *ring, error), *gains = ring + frames;
    if (!ring) return false;
    struct enl_random random = {enl_voice_seed(scene, "pass", 0)};
    int passes = (int)fmax(1, round(scene->seconds / 3.5));
    double first = (double)enl_random_unit(&random);
    for (int p = 0; p < passes; p++) {
        float u = enl_random_unit(&random), v = enl_random_unit(&random), w = enl_random_unit(&random);
        struct pass pass = {(p + first + .4 * (double)u) / passes, .45 + .5 * (double)v, enl_random_unit(&random) < .5f,
                            .24f + .3f * w * w};
        // Nearer ones are brighter.
        struct enl_biquad filter[] = {enl_highpass(170, .6), enl_lowpass(1300 + 900 * (double)w, .7), enl_slope(800)};
        enl_white(enl_voice_seed(scene, "pass", (unsigned)p + 1), ring, frames);
        enl_filter(filter, 3, ring, frames);
        enl_bed_even(ring, frames, 1);
        trace_pass(scene, &pass, gains, gains + count, count);
        enl_control_mix(ring, gains, count, left, mix, frames);
        enl_control_mix(ring, gains + count, count, right, mix, frames);
    }
    enl_release(ring);
    return true;
}

static bool render(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    static const struct enl_bed hum = {52, 420, 150, true, .17f, .15, 1.2, .12f, 1};
    static const struct enl_bed engines = {85, 240, 160, false, .09f, .3, 7, .3f, .8f};
    static const struct enl_bed streets = {300, 2200, 650, true, .075f, .15, 2, .16f, 1};
    return enl_bed_add(scene, "cit0", &hum, NULL, mix, frames, error) &&
           enl_bed_add(scene, "cit1", &engines, NULL, mix, frames, error) &&
           enl_bed_add(scene, "cit2", &streets, NULL, mix, frames, error) && add_passes(scene, mix, frames, error);
}

static float level(const struct enl_scene *scene) {
    (void)scene; // nothing finds streets in a photo
    return 0;
}

const struct enl_sound_info enl_sound_city = {
    .kind = {"city", "The hum of a city, and cars that pass far off.", level, ENL_ELEMENTS},
    .loudness = -20.3f,
    .behind = 6,
    .render = render,
};
