// SPDX-License-Identifier: MIT
#include "sound/loudness.h"
#include "sound/sound.h"

#include <string.h>

#define WANTED (-20.0)      // LUFS of a story with sounds at their natural levels
#define QUIETEST (-22.8)    // how far words can change it: -23 is what broadcasters play at
#define LOUDEST (-18.2)
#define PEAK (-1.5)         // dBTP, never reached
#define KNEE .45f           // peaks over this are bent
#define CEILING .80f        // to stay under this
#define FADE_SECONDS .25

static float decibels(double db) { return (float)pow(10, db / 20); }

// What the whole should measure when its sounds add up to `sum` LUFS: each step quieter or louder is heard, and none
// leaves the limits.
static double target(double sum) {
    double room = sum > WANTED ? LOUDEST - WANTED : QUIETEST - WANTED, steps = fabs(sum - WANTED) / 9;
    return WANTED + room * (1 - exp(-steps));
}

static void centre(float *samples, size_t frames) { // no DC
    double sum[2] = {0};
    for (size_t i = 0; i < frames; i++) sum[0] += (double)samples[2 * i], sum[1] += (double)samples[2 * i + 1];
    float left = (float)(sum[0] / (double)frames), right = (float)(sum[1] / (double)frames);
    for (size_t i = 0; i < frames; i++) samples[2 * i] -= left, samples[2 * i + 1] -= right;
}

static float fade_gain(size_t i, size_t frames) {
    size_t length = (size_t)(FADE_SECONDS * ENL_SOUND_RATE), end = i < frames - 1 - i ? i : frames - 1 - i;
    if (length > frames / 2) length = frames / 2;
    return end < length ? .5f - .5f * cosf(ENL_PI * (float)end / (float)length) : 1;
}

static void fade(float *samples, size_t frames) {
    double sum[2] = {0}, weight = 1e-9;
    for (size_t i = 0; i < frames; i++) {
        float gain = fade_gain(i, frames);
        for (size_t c = 0; c < 2; c++) sum[c] += (double)(samples[2 * i + c] *= gain);
        weight += (double)gain;
    }
    // Fading tilts what was centred; what the tilt left is taken away under the same window, so the ends stay 0.
    float left = (float)(sum[0] / weight), right = (float)(sum[1] / weight);
    for (size_t i = 0; i < frames; i++) {
        float gain = fade_gain(i, frames);
        samples[2 * i] -= left * gain, samples[2 * i + 1] -= right * gain;
    }
}

// Bends the rare peaks over the knee, smoothly. Without memory, so a loop stays one; on noise it is not heard.
static float bend(float x) {
    float over = fabsf(x) - KNEE, room = CEILING - KNEE;
    return over <= 0 ? x : copysignf(KNEE + room * over / (room + over), x);
}

static void level_out(float *samples, size_t frames, bool loop, double wanted) {
    for (int round = 0; round < 4; round++) { // what bending takes from the peaks is given back
        double loudness = enl_loudness(samples, frames);
        if (loudness <= ENL_SILENT || fabs(wanted - loudness) < .02) break;
        float gain = decibels(wanted - loudness);
        for (size_t i = 0; i < 2 * frames; i++) samples[i] = bend(gain * samples[i]);
    }
    double peak = enl_true_peak(samples, frames, loop);
    if (peak <= PEAK) return;
    float less = decibels(PEAK - peak - .01);
    for (size_t i = 0; i < 2 * frames; i++) samples[i] *= less;
}

// The sound in the foreground, if any, makes the others step back.
static bool has_foreground(const struct enl_plan *plan) {
    for (int i = 0; i < plan->sound_count; i++) {
        const struct enl_sound_info *info = enl_sound_find(plan->sounds[i].sound);
        if (info && info->behind <= 0 && plan->sounds[i].level > 0) return true;
    }
    return false;
}

// The scene as one sound has it: with its own place.
static struct enl_sound_scene scene_of(const struct enl_sound_scene *scene, const struct enl_sound_info *info) {
    struct enl_sound_scene own = *scene;
    if (!scene->places) return own;
    bool everywhere = info->kind.where == ENL_ELEMENTS;
    own.pan = everywhere ? 0 : scene->places[info->kind.where].pan;
    own.width = everywhere ? 1 : scene->places[info->kind.where].width;
    return own;
}

// Adds all sounds to the mix; `*ret_wanted` is what it should then measure, LUFS.
static bool add_sounds(const struct enl_plan *plan, const struct enl_sound_scene *scene, float *mix, float *alone,
                       size_t frames, double *ret_wanted, struct enl_error *error) {
    bool foreground = has_foreground(plan), quiet = true;
    double power = 0;
    for (int i = 0; i < plan->sound_count; i++) {
        const struct enl_sound_info *info = enl_sound_find(plan->sounds[i].sound);
        float level = enl_clampf(plan->sounds[i].level, 0, 2);
        if (!(level > 0)) continue;
        memset(alone, 0, 2 * frames * sizeof *alone);
        struct enl_sound_scene own = scene_of(scene, info);
        if (!info->render(&own, alone, frames, error)) return false;
        centre(alone, frames);
        double loudness = enl_loudness(alone, frames);
        if (loudness <= ENL_SILENT) continue;
        double wanted = (double)info->loudness - (foreground ? (double)info->behind : 0) + 20 * log10((double)level);
        float gain = decibels(wanted - loudness);
        for (size_t k = 0; k < 2 * frames; k++) mix[k] += gain * alone[k];
        power += pow(10, wanted / 10);
        quiet = quiet && info->quiet;
    }
    double sum = power > 0 ? 10 * log10(power) : ENL_SILENT;
    *ret_wanted = quiet ? sum : target(sum);
    return true;
}

static bool check(const struct enl_plan *plan, const struct enl_sound_scene *scene, struct enl_error *error) {
    if (!(scene->seconds >= 0 && scene->seconds <= ENL_SOUND_MAX_SECONDS))
        return enl_fail(error, ENL_USAGE, "Sound can be 0 to %d seconds long.", ENL_SOUND_MAX_SECONDS);
    if (plan->sound_count > ENL_MAX_SOUNDS)
        return enl_fail(error, ENL_USAGE, "The plan has %d sounds; at most %d fit.", plan->sound_count, ENL_MAX_SOUNDS);
    for (int i = 0; i < plan->sound_count; i++)
        if (!enl_sound_find(plan->sounds[i].sound))
            return enl_fail(error, ENL_USAGE, "There is no sound named \"%.15s\".", plan->sounds[i].sound);
    return true;
}

bool enl_sound_mix(const struct enl_plan *plan, const struct enl_sound_scene *scene, float **ret_samples,
                   size_t *ret_frames, struct enl_error *error) {
    if (!check(plan, scene, error)) return false;
    size_t frames = (size_t)llround(scene->seconds * ENL_SOUND_RATE);
    float *mix = NULL;
    double wanted = ENL_SILENT;
    if (frames > 0 && plan->sound_count > 0) {
        mix = enl_alloc(2 * frames, sizeof *mix, error);
        float *alone = mix ? enl_alloc(2 * frames, sizeof *alone, error) : NULL;
        bool good = alone && add_sounds(plan, scene, mix, alone, frames, &wanted, error);
        enl_release(alone);
        if (!good) {
            enl_release(mix);
            return false;
        }
    }
    if (mix && wanted > ENL_SILENT) {
        if (!scene->loop) fade(mix, frames);
        level_out(mix, frames, scene->loop, wanted);
    } else { // nothing to hear
        enl_release(mix);
        mix = NULL, frames = 0;
    }
    *ret_samples = mix;
    *ret_frames = frames;
    return true;
}
