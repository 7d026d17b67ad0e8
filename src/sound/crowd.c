// SPDX-License-Identifier: MIT
// The murmur of many people, far enough that no word is heard: there are none. Each voice is a train of pulses (G.
// Fant's source and filter, "Acoustic Theory of Speech Production", 1960) through two formants that wander at the pace
// of syllables; behind them is noise with the long-term spectrum of speech (D. Byrne et al., JASA 96, 1994).
#include "sound/bed.h"
#include "sound/echo.h"

#include <string.h>

#define VOICES 10

struct hall {
    const struct enl_sound_scene *scene;
    float *source, *formant, *echo, *pace, *first, *second, *work;
    size_t frames, count;
};

// Pulses whose pitch wanders as in talk; a whole number of them goes round the ring.
static void pulse_train(const struct hall *h, unsigned voice, double hz) {
    enl_control_drift(h->scene, enl_voice_seed(h->scene, "tune", voice), .3, 3, h->work, h->count);
    double sum = 0;
    for (size_t j = 0; j < h->count; j++) {
        h->work[j] = expf(.13f * enl_clampf(h->work[j], -2.5f, 2.5f));
        sum += (double)h->work[j];
    }
    double cycles = fmax(1, round(hz * h->scene->seconds)), step = cycles / sum;
    double phase = .5; // no pulse falls onto the seam, where rounding might lose it
    memset(h->source, 0, h->frames * sizeof *h->source);
    for (size_t j = 0; j < h->count; j++) {
        size_t i = enl_control_start(j, h->count, h->frames), end = enl_control_start(j + 1, h->count, h->frames);
        double each = step * (double)h->work[j] / (double)(end - i);
        for (; i < end; i++) {
            phase += each;
            if (phase < 1) continue;
            phase -= 1;
            float late = (float)enl_clampf((float)(phase / each), 0, 1); // it fell between two frames
            h->source[i] += 1 - late;
            h->source[(i + h->frames - 1) % h->frames] += late;
        }
    }
}

// A talker: syllables, four or five a second, in phrases with pauses.
static void talk(const struct hall *h, unsigned voice) {
    enl_control_drift(h->scene, enl_voice_seed(h->scene, "syll", voice), 2.5, 7, h->pace, h->count);
    enl_control_drift(h->scene, enl_voice_seed(h->scene, "phra", voice), .15, .9, h->work, h->count);
    for (size_t j = 0; j < h->count; j++)
        h->pace[j] = enl_clampf(h->pace[j] + .5f, 0, 2) * enl_smoothstep(-.9f, .3f, h->work[j]);
    enl_control_drift(h->scene, enl_voice_seed(h->scene, "vow1", voice), 1.5, 5, h->first, h->count);
    enl_control_drift(h->scene, enl_voice_seed(h->scene, "vow2", voice), 1.5, 5, h->second, h->count);
    for (size_t j = 0; j < h->count; j++) { // from ee to ah, from oo to ee
        h->first[j] = 460 * expf(.28f * enl_clampf(h->first[j], -2, 2));
        h->second[j] = 1250 * expf(.25f * enl_clampf(h->second[j], -2, 2));
    }
}

// Opens and shuts a ring along a control.
static void gate(const struct hall *h, const float *gain, float *ring) {
    for (size_t j = 0; j < h->count; j++) {
        size_t i = enl_control_start(j, h->count, h->frames), end = enl_control_start(j + 1, h->count, h->frames);
        float g = gain[j], step = (gain[(j + 1) % h->count] - g) / (float)(end - i);
        for (; i < end; i++, g += step) ring[i] *= g;
    }
}

static void add_voice(const struct hall *h, struct enl_random *random, unsigned voice, float *mix) {
    bool high = voice % 2;
    double hz = (high ? 185 : 105) * exp(.3 * (double)enl_random_unit(random));
    float place = (voice % 4 < 2 ? 1.f : -1.f) * (.15f + .85f * enl_random_unit(random));
    float loud = .5f + .5f * enl_random_unit(random), size = high ? 1.16f : 1; // shorter throats, higher formants
    struct enl_biquad throat[] = {enl_highpass(90, .7), enl_slope(220), enl_lowpass(2600, .6)};
    pulse_train(h, voice, hz);
    enl_filter(throat, 3, h->source, h->frames);
    talk(h, voice);
    for (size_t j = 0; j < h->count; j++) h->first[j] *= size, h->second[j] *= size;
    memcpy(h->formant, h->source, h->frames * sizeof *h->formant);
    enl_sweep(h->first, h->count, 4.5, h->formant, h->frames);
    enl_bed_even(h->formant, h->frames, .1f * loud);
    enl_sweep(h->second, h->count, 7, h->source, h->frames);
    enl_bed_even(h->source, h->frames, .055f * loud);
    for (size_t i = 0; i < h->frames; i++) h->formant[i] += h->source[i];
    gate(h, h->pace, h->formant);
    for (size_t i = 0; i < h->frames; i++) h->echo[i] += h->formant[i];
    enl_control_mix(h->formant, NULL, h->count, enl_pan_at(h->scene, place), mix, h->frames);
}

static bool render(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    static const struct enl_bed babble = {130, 2600, 420, false, .09f, 2, 7, .3f, 1};
    static const struct enl_echo hall = {.seconds = 1.1, .dull = 2200, .size = 1.3f, .loud = .3f};
    size_t count = enl_control_count(frames);
    float *memory = enl_alloc(3 * frames + 4 * count, sizeof *memory, error), *controls = memory + 3 * frames;
    if (!memory) return false;
    struct hall h = {scene,
                     memory,
                     memory + frames,
                     memory + 2 * frames,
                     controls,
                     controls + count,
                     controls + 2 * count,
                     controls + 3 * count,
                     frames,
                     count};
    struct enl_random random = {enl_voice_seed(scene, "crow", 0)};
    for (unsigned v = 0; v < VOICES; v++) add_voice(&h, &random, v, mix);
    bool good = enl_echo_add(&hall, h.echo, mix, frames, error) &&
                enl_bed_add(scene, "babb", &babble, NULL, mix, frames, error);
    enl_release(memory);
    return good;
}

static float level(const struct enl_scene *scene) {
    return scene->face_count >= 5 ? .5f : 0;
}

const struct enl_sound_info enl_sound_crowd = {
    .kind = {"crowd", "The murmur of many people, without words.", level, ENL_PERSON},
    .loudness = -15.5f, // heard at .5 by default
    .behind = 9,
    .render = render,
};
