// SPDX-License-Identifier: MIT
// Crickets at night. A field cricket chirps three or four pulses of a pure tone between 4 and 5 kHz, the faster the
// warmer it is: 40 + 4 (F - 50) chirps a minute at F degrees Fahrenheit (A. Dolbear, "The cricket as a thermometer",
// The American Naturalist 31, 1897). Behind the near ones stands the trill of the meadow.
#include "sound/bed.h"
#include "sound/echo.h"
#include "sound/grain.h"

#define NEAR 4
#define FAR 3

struct night {
    const struct enl_sound_scene *scene;
    double chirps, pulses; // a second
    float *mix, *ring, *gain, *hz;
    size_t frames, count;
};

static void add_cricket(const struct night *night, struct enl_random *random, int index, float side) {
    double seconds = night->scene->seconds;
    float tone = 4250 + 750 * enl_random_unit(random), distance = 1 + .6f * (float)index;
    float place = (index % 2 ? side : -side) * (index ? .3f + .7f * enl_random_unit(random) : .2f);
    double first = (double)enl_random_unit(random), own = .9 + .2 * (double)enl_random_unit(random);
    int chirps = (int)fmax(1, round(night->chirps * own * seconds)), pulses = 3 + index % 2;
    for (int c = 0; c < chirps; c++) {
        double start = (c + first + .05 * (double)enl_random_unit(random)) / chirps;
        for (int p = 0; p < pulses; p++) {
            double at = start + p / night->pulses / seconds;
            struct enl_chirp chirp = {
                .from = 1.01f * tone, .middle = tone, .to = .97f * tone, .attack = .35f, .overtone = .08f / distance};
            chirp.seconds = .62 / night->pulses;
            chirp.start = (size_t)((at - floor(at)) * (double)night->frames);
            chirp.loud = (p ? 1 : .7f) / distance; // the first pulse is the softest
            chirp.pan = enl_pan_at(night->scene, place);
            enl_chirp_add(&chirp, night->mix, night->frames);
            chirp.mono = true;
            enl_chirp_add(&chirp, night->ring, night->frames);
        }
    }
}

// So many far ones that only their common tone and the beat of their pulses are left.
static void add_meadow(const struct night *night, unsigned voice) {
    static const float tones[FAR] = {4480, 4820, 4630};
    double beats = fmax(1, round((40 + 3.0 * voice) * night->scene->seconds)); // a whole number around the ring
    enl_control_drift(night->scene, enl_voice_seed(night->scene, "mead", voice + 8), .2, 1.5, night->gain,
                      night->count);
    for (size_t j = 0; j < night->count; j++) {
        double turn = 2 * (double)ENL_PI * beats * (double)j / (double)night->count;
        night->gain[j] = expf(.2f * enl_clampf(night->gain[j], -2.5f, 2.5f)) * (.6f + .4f * (float)sin(turn));
        night->hz[j] = tones[voice];
    }
    enl_white(enl_voice_seed(night->scene, "mead", voice), night->ring, night->frames);
    enl_sweep(night->hz, night->count, 18, night->ring, night->frames);
    enl_bed_even(night->ring, night->frames, .06f);
    enl_control_mix(night->ring, night->gain, night->count, enl_pan_at(night->scene, (float)voice - 1), night->mix,
                    night->frames);
}

static bool render(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    static const struct enl_bed air = {120, 1500, 300, true, .004f, .2, 1, .12f, 1};
    static const struct enl_echo meadow = {.seconds = .5, .dull = 5000, .size = 1.2f, .loud = .06f};
    size_t count = enl_control_count(frames);
    float *memory = enl_alloc(frames + 2 * count, sizeof *memory, error);
    if (!memory) return false;
    struct enl_random random = {enl_voice_seed(scene, "cric", 0)};
    double warm = 16 + 7 * (double)enl_random_unit(&random); // degrees Celsius
    struct night night = {scene,
                          (40 + 4 * (1.8 * warm + 32 - 50)) / 60,
                          18 + 1.1 * (warm - 12),
                          mix,
                          memory,
                          memory + frames,
                          memory + frames + count,
                          frames,
                          count};
    float side = enl_random_unit(&random) < .5f ? 1 : -1;
    for (int i = 0; i < NEAR; i++) add_cricket(&night, &random, i, side);
    bool good = enl_echo_add(&meadow, memory, mix, frames, error);
    for (unsigned v = 0; good && v < FAR; v++) add_meadow(&night, v);
    good = good && enl_bed_add(scene, "nair", &air, NULL, mix, frames, error);
    enl_release(memory);
    return good;
}

static float level(const struct enl_scene *scene) {
    return scene->night && enl_sound_seen(scene, ENL_PLANTS, .06f) ? .5f : 0;
}

const struct enl_sound_info enl_sound_crickets = {
    .kind = {"crickets", "Crickets in the grass, by night.", level, ENL_PLANTS},
    .loudness = -16.5f, // heard at .5 by default
    .behind = 8,
    .render = render,
};
