// SPDX-License-Identifier: MIT
// Birds by day: a handful of them at their own places and distances, each with the song of its kind, sung seldom.
// Songs are syllables of 60 to 150 ms that glide between 2.5 and 6 kHz (C. Catchpole and P. Slater, "Bird Song",
// Cambridge 2008); what is drawn here are likenesses, not recordings.
#include "sound/bed.h"
#include "sound/echo.h"
#include "sound/grain.h"

struct syllable {
    float from, middle, to; // Hz
    float seconds, rest;    // sounding; silent after it
};

struct kind {
    struct syllable a, b;
    bool shuffled;         // the two in any order; else by turns
    int least, most;       // syllables of a phrase
    float sinks;           // the pitch of each next one, e-folds lower
    float wanders;         // or differs by up to so many e-folds
    float trill_hz, trill; // vibrato
    double every;          // seconds between two phrases
};

static const struct kind kinds[] = {
    // Like a chiffchaff, great tit, chaffinch, blackbird, sparrow, wren.
    {{5600, 4700, 4400, .09f, .13f}, {4700, 4000, 3800, .1f, .14f}, true, 4, 8, 0, .02f, 0, 0, 5},
    {{4500, 4450, 4300, .1f, .05f}, {3350, 3300, 3200, .13f, .07f}, false, 6, 10, 0, 0, 0, 0, 5.5},
    {{5400, 4500, 3900, .07f, .03f}, {5400, 4500, 3900, .065f, .02f}, false, 7, 10, .045f, 0, 0, 0, 6},
    {{2600, 2850, 2750, .15f, .05f}, {3200, 2700, 3000, .14f, .04f}, true, 4, 6, 0, .06f, 28, .015f, 6},
    {{3500, 4800, 3700, .075f, .2f}, {3700, 4600, 3500, .085f, .26f}, true, 1, 3, 0, .04f, 0, 0, 2.6},
    {{5300, 4900, 4300, .06f, .012f}, {5600, 5000, 4400, .06f, .012f}, false, 11, 16, .005f, 0, 0, 0, 7},
};
#define KINDS (sizeof kinds / sizeof *kinds)
#define BIRDS 4 // of a story, each of another kind

struct wood {
    const struct enl_sound_scene *scene;
    float *mix, *ring; // what is heard at once; what the trees give back
    size_t frames;
};

static void sing(const struct wood *wood, const struct kind *kind, struct enl_random *random, double seconds,
                 float place, float distance) {
    int count = kind->least + (int)(enl_random_next(random) % (uint64_t)(kind->most - kind->least + 1));
    for (int i = 0; i < count; i++) {
        bool second = kind->shuffled ? enl_random_unit(random) < .5f : i % 2;
        float u = enl_random_unit(random), v = enl_random_unit(random);
        const struct syllable *s = second ? &kind->b : &kind->a;
        float key = expf(kind->wanders * (2 * u - 1) - kind->sinks * (float)i);
        struct enl_chirp chirp = {.from = s->from * key,
                                  .middle = s->middle * key,
                                  .to = s->to * key,
                                  .seconds = (double)s->seconds,
                                  .trill_hz = kind->trill_hz,
                                  .trill = kind->trill,
                                  .attack = .2f,
                                  .overtone = .06f / distance,
                                  .loud = (.75f + .25f * v) / distance};
        double at = seconds / wood->scene->seconds;
        chirp.start = (size_t)((at - floor(at)) * (double)wood->frames);
        chirp.pan = enl_pan_at(wood->scene, place);
        enl_chirp_add(&chirp, wood->mix, wood->frames);
        // Distance takes the direct sound, not the echo.
        chirp.loud *= .6f + .4f * distance;
        chirp.mono = true;
        enl_chirp_add(&chirp, wood->ring, wood->frames);
        seconds += (double)(s->seconds + s->rest * (.9f + .2f * v));
    }
}

static bool render(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    static const struct enl_bed air = {180, 2600, 480, true, .004f, .2, 1.5, .15f, 1}; // or there is nothing between
    static const struct enl_echo trees = {.seconds = .9, .dull = 4200, .size = 1.5f, .loud = .1f};
    float *ring = enl_alloc(frames, sizeof *ring, error);
    if (!ring) return false;
    struct wood wood = {scene, mix, ring, frames};
    struct enl_random random = {enl_voice_seed(scene, "bird", 0)};
    size_t nearest = (size_t)(enl_random_next(&random) % KINDS);
    float side = enl_random_unit(&random) < .5f ? 1 : -1;
    for (size_t b = 0; b < BIRDS; b++) {
        const struct kind *kind = &kinds[(b + nearest) % KINDS];
        float distance = 1 + (float)b; // the next one sings farther off
        // To both sides by turns; the nearest, which is heard most, not far from the middle.
        float place = (b % 2 ? side : -side) * (b ? .4f + .6f * enl_random_unit(&random) : .2f);
        int phrases = (int)fmax(1, round(scene->seconds / kind->every));
        double first = (double)enl_random_unit(&random);
        for (int p = 0; p < phrases; p++) {
            double late = .5 * (double)enl_random_unit(&random) + first;
            sing(&wood, kind, &random, (p + late) / phrases * scene->seconds, place, distance);
        }
    }
    bool good = enl_echo_add(&trees, ring, mix, frames, error) &&
                enl_bed_add(scene, "bair", &air, NULL, mix, frames, error);
    enl_release(ring);
    return good;
}

static float level(const struct enl_scene *scene) {
    bool outdoors = enl_sound_seen(scene, ENL_SKY, .03f) || enl_sound_seen(scene, ENL_PLANTS, .3f);
    return !scene->night && outdoors && enl_sound_seen(scene, ENL_PLANTS, .12f) ? .5f : 0;
}

const struct enl_sound_info enl_sound_birds = {
    .kind = {"birds", "Birds that sing now and then, by day.", level, ENL_PLANTS},
    .loudness = -17.5f, // heard at .5 by default
    .behind = 7,
    .render = render,
};
