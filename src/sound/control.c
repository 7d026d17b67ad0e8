// SPDX-License-Identifier: MIT
#include "sound/control.h"

#include <string.h>

#define TURN 6.28318530717958647692

// Catmull-Rom through four neighbours: smooth, through every value.
static float spline(const float p[4], float t) {
    float a = p[3] - p[0] + 3 * (p[1] - p[2]), b = 2 * p[0] - 5 * p[1] + 4 * p[2] - p[3], c = p[2] - p[0];
    return p[1] + .5f * t * (c + t * (b + t * a));
}

static float neighbour(const float *curve, long length, long i, bool loop) {
    if (loop) return curve[((i % length) + length) % length];
    return curve[i < 0 ? 0 : i >= length ? length - 1 : i];
}

static void sample_curve(const struct enl_sound_scene *scene, const float *curve, double lag, float *ret,
                         size_t count) {
    long length = scene->curve_length;
    float low = curve[0], high = curve[0];
    for (long i = 1; i < length; i++) {
        low = fminf(low, curve[i]);
        high = fmaxf(high, curve[i]);
    }
    float gain = high > low ? enl_clampf(1 / (high - low), 1, 2) : 1, middle = (low + high) / 2;
    float centre = enl_clampf(middle, .5f * gain * (high - low), 1 - .5f * gain * (high - low));
    double rate = scene->loop ? (double)length / scene->seconds : scene->curve_rate;
    for (size_t j = 0; j < count; j++) {
        double at = ((double)j / (double)count * scene->seconds - lag) * rate;
        if (!scene->loop) at = fmin(fmax(at, 0), (double)(length - 1));
        double whole = floor(at);
        float p[4];
        for (int k = 0; k < 4; k++) p[k] = neighbour(curve, length, (long)whole + k - 1, scene->loop);
        ret[j] = enl_clampf(centre + gain * (spline(p, (float)(at - whole)) - middle), 0, 1);
    }
}

// A whole number of waves about 7.2 s long (a sea's usual swell).
static void own_swell(const struct enl_sound_scene *scene, double lag, float *ret, size_t count) {
    double waves = fmax(1, round(scene->seconds / 7.2)), shift = (double)(enl_mix(scene->seed) >> 40) * 0x1p-24;
    for (size_t j = 0; j < count; j++) {
        double turn = TURN * (waves * ((double)j / (double)count - lag / scene->seconds) + shift);
        ret[j] = (float)(.5 - .5 * cos(turn));
    }
}

static void drift(const struct enl_sound_scene *scene, uint64_t seed, double low, double high, double lag, float *ret,
                  size_t count) {
    struct enl_random random = {seed};
    // Only waves that fit a whole number of times keep the ring closed; some 40 of them are enough to sound random.
    int first = (int)fmax(1, ceil(low * scene->seconds)), last = (int)fmax(first, floor(high * scene->seconds));
    int step = 1 + (last - first) / 40;
    double power = 0;
    memset(ret, 0, count * sizeof *ret);
    for (int k = first; k <= last; k += step) {
        int wave = k + (int)(enl_random_unit(&random) * (float)step);
        double size = 1 / sqrt((double)k), late = wave * lag / scene->seconds;
        double phase = TURN * ((double)enl_random_unit(&random) - late), x = cos(phase) * size, y = sin(phase) * size;
        double turn = TURN * wave / (double)count, c = cos(turn), s = sin(turn);
        power += size * size / 2;
        for (size_t j = 0; j < count; j++) {
            ret[j] += (float)y;
            double next = x * c - y * s;
            y = x * s + y * c, x = next;
        }
    }
    for (size_t j = 0; j < count; j++) ret[j] *= (float)(1 / sqrt(power));
}

static void own_wind(const struct enl_sound_scene *scene, double lag, float *ret, size_t count) {
    drift(scene, enl_voice_seed(scene, "gust", 0), .08, .7, lag, ret, count);
    for (size_t j = 0; j < count; j++) ret[j] = enl_smoothstep(-2, 2, ret[j]);
}

void enl_control_curve(const struct enl_sound_scene *scene, enum enl_curve curve, double lag, float *ret_values,
                       size_t count) {
    const float *values = curve == ENL_SWELL ? scene->swell : scene->wind;
    if (values && scene->curve_length > 1 && scene->curve_rate > 0)
        sample_curve(scene, values, lag, ret_values, count);
    else if (curve == ENL_SWELL)
        own_swell(scene, lag, ret_values, count);
    else
        own_wind(scene, lag, ret_values, count);
}

void enl_control_ease(const struct enl_sound_scene *scene, double attack, double release, float *values, size_t count) {
    double dt = scene->seconds / (double)count;
    float up = (float)(1 - exp(-dt / attack)), down = (float)(1 - exp(-dt / release)), y = values[count - 1];
    for (int round = 0; round < 2; round++) // the first time round only finds the state to start from
        for (size_t j = 0; j < count; j++) {
            float next = values[j];
            y += (next > y ? up : down) * (next - y);
            if (round == 1) values[j] = y;
        }
}

void enl_control_drift(const struct enl_sound_scene *scene, uint64_t seed, double low, double high, float *ret_values,
                       size_t count) {
    drift(scene, seed, low, high, 0, ret_values, count);
}

void enl_control_knocks(const struct enl_sound_scene *scene, uint64_t seed, double rate, double decay,
                        float *ret_values, size_t count) {
    struct enl_random random = {seed};
    double dt = scene->seconds / (double)count;
    float chance = (float)(rate * dt), keep = (float)exp(-dt / decay), y = 0;
    for (size_t j = 0; j < count; j++) {
        float size = enl_random_unit(&random);
        ret_values[j] = enl_random_unit(&random) < chance ? size * size : 0;
    }
    for (int round = 0; round < 2; round++)
        for (size_t j = 0; j < count; j++) {
            y = fmaxf(y * keep, ret_values[j]);
            if (round == 1) ret_values[j] = y;
        }
}

void enl_control_mix(const float *ring, const float *gain, size_t count, struct enl_pan pan, float *mix,
                     size_t frames) {
    for (size_t at = 0; at < count; at++) {
        size_t i = enl_control_start(at, count, frames), end = enl_control_start(at + 1, count, frames);
        float g = gain ? gain[at] : 1, next = gain ? gain[(at + 1) % count] : 1;
        float step = (next - g) / (float)(end - i);
        for (size_t k = 0; i + k < end; k++) {
            float x = ring[i + k] * (g + step * (float)k);
            mix[2 * (i + k)] += x * pan.left;
            mix[2 * (i + k) + 1] += x * pan.right;
        }
    }
}
