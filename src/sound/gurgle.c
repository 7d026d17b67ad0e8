// SPDX-License-Identifier: MIT
// Water that laps and gurgles between stones or under a boat: bursts of bubbles, most of them after a crest, over a
// soft wash.
#include "sound/bubbles.h"
#include "sound/control.h"

// A burst: many bubbles from one hollow, near each other in size and place.
struct burst {
    double start, seconds, rate;
    float radius, drift; // metres; how much smaller (or larger) they are at its end, in e-folds
    float place, gain;
};

static float bend(float u) { // 0..1, denser in the middle, to spread radii
    return u * u * (3 - 2 * u);
}

static void add_bubble(const struct enl_sound_scene *scene, struct enl_random *random, double seconds, float radius,
                       float spread, float place, float gain, float *mix, size_t frames) {
    float u = enl_random_unit(random), d = enl_random_unit(random), p = enl_bubble_place(random);
    double at = seconds / scene->seconds;
    struct enl_bubble bubble = {.gain = gain};
    bubble.start = (size_t)((at - floor(at)) * (double)frames);
    bubble.radius = enl_clampf(radius * expf(spread * (2 * bend(u) - 1)), .002f, .012f);
    // Few are near enough to the surface to be loud; those over .9 rise in pitch, which is what makes "blub". Large
    // ones lie deeper, and are held back further: one of 10 mm would drown all others.
    bubble.depth = powf(d, 1 + bubble.radius / .003f);
    bubble.gain *= .004f / (bubble.radius + .001f);
    bubble.pan = enl_pan_at(scene, enl_clampf(place + .35f * p, -1, 1));
    enl_bubble_add(&bubble, mix, frames);
}

static void add_burst(const struct enl_sound_scene *scene, struct enl_random *random, const struct burst *burst,
                      float *mix, size_t frames) {
    for (double t = 0; t < burst->seconds;) {
        float part = (float)(t / burst->seconds);
        // Swells fast, ends slowly.
        float gain = burst->gain * enl_smoothstep(0, .25f, part) * (1 - .8f * enl_smoothstep(.4f, 1, part));
        float radius = burst->radius * expf(-burst->drift * part);
        add_bubble(scene, random, burst->start + t, radius, .55f, burst->place, gain, mix, frames);
        t -= log(1 - (double)enl_random_unit(random)) / burst->rate;
    }
}

// What the bubbles float in: without it they would seem to ring in a jar.
static void add_wash(const struct enl_sound_scene *scene, float *noise, float *gain, float *drift, size_t count,
                     float *mix, size_t frames) {
    struct enl_biquad filter[] = {enl_highpass(280, .6), enl_lowpass(3200, .6), enl_slope(1100)};
    for (unsigned v = 0; v < 2; v++) {
        enl_white(enl_voice_seed(scene, "wash", v), noise, frames);
        enl_filter(filter, 3, noise, frames);
        enl_control_curve(scene, ENL_SWELL, .5, gain, count);
        enl_control_drift(scene, enl_voice_seed(scene, "wash", v + 8), .5, 7, drift, count);
        for (size_t j = 0; j < count; j++)
            gain[j] = .11f * enl_mixf(.15f, 1, gain[j]) * expf(.4f * enl_clampf(drift[j], -2.5f, 2.5f));
        enl_control_mix(noise, gain, count, enl_pan_at(scene, v ? .8f : -.8f), mix, frames);
    }
}

static bool render(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    size_t count = enl_control_count(frames);
    float *memory = enl_alloc(frames + 2 * count, sizeof *memory, error), *swell = memory;
    if (!memory) return false;
    add_wash(scene, memory + 2 * count, memory, memory + count, count, mix, frames);
    enl_control_curve(scene, ENL_SWELL, .6, swell, count);
    struct enl_random random = {enl_voice_seed(scene, "gurg", 0)};

    int slots = (int)fmax(1, round(scene->seconds / .38)); // a burst may start in each
    for (int i = 0; i < slots; i++) {
        struct burst burst = {.start = (i + .9 * (double)enl_random_unit(&random)) * scene->seconds / slots};
        float chance = enl_random_unit(&random), u = enl_random_unit(&random), v = enl_random_unit(&random);
        burst.seconds = .22 + .6 * (double)u * (double)u;
        burst.rate = 90 + 110 * (double)v;
        burst.radius = .0023f * expf(.85f * enl_random_unit(&random)); // 2.3 to 5.4 mm
        burst.drift = 1.1f * enl_random_unit(&random) - .4f; // a hollow fills: smaller bubbles, higher pitch
        burst.place = .8f * enl_bubble_place(&random);
        burst.gain = .7f + .3f * enl_random_unit(&random);
        size_t frame = (size_t)(burst.start / scene->seconds * (double)frames) % frames;
        float crest = swell[enl_control_at(frame, count, frames)];
        burst.gain *= enl_mixf(.4f, 1, crest);
        if (chance < .15f + .8f * crest) add_burst(scene, &random, &burst, mix, frames);
    }
    // The trickle in between.
    int single = (int)(40 * scene->seconds);
    for (int i = 0; i < single; i++) {
        // One after the other: compilers may call the arguments of one function in any order.
        double start = scene->seconds * (double)enl_random_unit(&random);
        float place = enl_bubble_place(&random);
        add_bubble(scene, &random, start, .0028f, .5f, place, .7f, mix, frames);
    }
    enl_release(memory);
    return true;
}

static float level(const struct enl_scene *scene) {
    if (!enl_sound_seen(scene, ENL_WATER, .01f)) return 0;
    return scene->water == ENL_WATER_WAVES ? 1 : scene->water == ENL_WATER_STILL ? .7f : 0;
}

const struct enl_sound_info enl_sound_gurgle = {
    .kind = {"gurgle", "Water that laps and gurgles: bubbles in bursts.", level, ENL_WATER},
    .loudness = -21,
    .behind = 11,
    .render = render,
};
