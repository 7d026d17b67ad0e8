// SPDX-License-Identifier: MIT
// Sound: the meters against the standard's own values, and every sound against what is promised of it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/loudness.h"
#include "sound/sound.h"

#include <stdio.h>
#include <string.h>

static float *sine(double hz, double amplitude, double phase, size_t frames) {
    float *x = enl_alloc(2 * frames, sizeof *x, NULL);
    assert_non_null(x);
    for (size_t i = 0; i < frames; i++)
        x[2 * i] = x[2 * i + 1] = (float)(amplitude * sin(6.283185307179586 * hz * (double)i / ENL_SOUND_RATE + phase));
    return x;
}

// EBU Tech 3341, case 1: stereo 1 kHz at -23 dBFS a channel measures -23 LUFS. (BS.1770 calibrates with 997 Hz.)
static void loudness_of_reference(void **state) {
    (void)state;
    size_t frames = 20 * ENL_SOUND_RATE;
    float *x = sine(997, pow(10, -23.0 / 20), 0, frames);
    assert_true(fabs(enl_loudness(x, frames) + 23) < .1);
    for (size_t i = 0; i < frames; i++) x[2 * i + 1] = 0; // one channel has half the power
    assert_true(fabs(enl_loudness(x, frames) + 26.01) < .1);
    enl_release(x);
}

// EBU Tech 3341, case 3: quiet ends, 10 LU and more under the middle, are gated out.
static void loudness_gates(void **state) {
    (void)state;
    size_t part = 10 * ENL_SOUND_RATE, frames = 8 * part;
    float *x = sine(997, pow(10, -23.0 / 20), 0, frames);
    for (size_t i = 0; i < frames; i++)
        if (i < part || i >= 7 * part) x[2 * i] *= .19f, x[2 * i + 1] *= .19f;
    assert_true(fabs(enl_loudness(x, frames) + 23) < .1);
    memset(x, 0, 2 * frames * sizeof *x);
    assert_true(enl_loudness(x, frames) <= ENL_SILENT);
    assert_true(enl_loudness(x, 0) <= ENL_SILENT);
    enl_release(x);
}

// A quarter of the sampling rate at 45 degrees: no sample is over -3 dB, the peaks between are at 0 dB
// (Tech 3341, case 16).
static void true_peak_between_samples(void **state) {
    (void)state;
    size_t frames = 480;
    float *x = sine(12000, 1, 0.78539816339744831, frames);
    assert_true(fabsf(x[0]) < .7072f);
    double peak = enl_true_peak(x, frames, true);
    assert_true(peak > -.4 && peak < .2);
    enl_release(x);
    x = sine(997, .5, 0, frames);
    assert_true(fabs(enl_true_peak(x, frames, false) + 6.02) < .1);
    memset(x, 0, 2 * frames * sizeof *x);
    assert_true(enl_true_peak(x, frames, false) <= ENL_SILENT);
    enl_release(x);
}

static struct enl_plan *plan_of(const char *name, float level) {
    static struct enl_plan plan;
    memset(&plan, 0, sizeof plan);
    plan.sound_count = 1;
    snprintf(plan.sounds[0].sound, sizeof plan.sounds[0].sound, "%s", name);
    plan.sounds[0].level = level;
    return &plan;
}

static float *mixed(const struct enl_plan *plan, const struct enl_sound_scene *scene) {
    float *x = NULL;
    size_t frames = 0;
    struct enl_error error = {0};
    assert_true(enl_sound_mix(plan, scene, &x, &frames, &error));
    assert_non_null(x);
    assert_int_equal(frames, llround(scene->seconds * ENL_SOUND_RATE));
    return x;
}

// The largest step between neighbours in `count` frames from `from` on, around the ring, both channels.
static float largest_step(const float *x, size_t frames, size_t from, size_t count) {
    float largest = 0;
    for (size_t i = from; i < from + count; i++)
        for (size_t c = 0; c < 2; c++)
            largest = fmaxf(largest, fabsf(x[2 * ((i + 1) % frames) + c] - x[2 * (i % frames) + c]));
    return largest;
}

// As a click at the seam would show: the second difference there is no larger than anywhere else.
static float bend_at(const float *x, size_t frames, size_t i) {
    size_t a = (i + frames - 1) % frames, b = (i + 1) % frames;
    return fabsf(x[2 * a] - 2 * x[2 * i] + x[2 * b]);
}

static void check_seam(const float *x, size_t frames) {
    assert_true(largest_step(x, frames, frames - 1, 1) <= largest_step(x, frames, 0, frames - 1));
    float most = 0, seam = fmaxf(bend_at(x, frames, 0), bend_at(x, frames, frames - 1));
    for (size_t i = 1; i + 1 < frames; i++) most = fmaxf(most, bend_at(x, frames, i));
    assert_true(seam <= most);
    // Nor does the level jump: 30 ms before and after are alike, within what noise does anyway.
    double before = 0, after = 0;
    for (size_t i = 0; i < 1440; i++) {
        after += (double)(x[2 * i] * x[2 * i]);
        before += (double)(x[2 * (frames - 1 - i)] * x[2 * (frames - 1 - i)]);
    }
    assert_true(fabs(10 * log10((before + 1e-12) / (after + 1e-12))) < 20);
}

static void check_samples(const float *x, size_t frames, bool loop) {
    double sum[2] = {0};
    for (size_t i = 0; i < 2 * frames; i++) {
        assert_true(isfinite(x[i]));
        sum[i % 2] += (double)x[i];
    }
    if (frames > ENL_SOUND_RATE) // under that a deep tone is no DC yet
        assert_true(fabs(sum[0]) / (double)frames < 1e-4 && fabs(sum[1]) / (double)frames < 1e-4);
    assert_true(enl_true_peak(x, frames, loop) <= -1.5);
    if (loop) check_seam(x, frames);
    else assert_true(fabsf(x[0]) < 1e-4f && fabsf(x[2 * frames - 1]) < 1e-4f);
}

static void every_sound(void **state) {
    (void)state;
    static const double lengths[] = {3, 15, .1, 4.56789};
    for (int s = 0; enl_sounds[s]; s++)
        for (int k = 0; k < 8; k++) {
            struct enl_sound_scene scene = {.seconds = lengths[k / 2], .loop = k % 2, .seed = 7, .width = .5f};
            size_t frames = (size_t)llround(scene.seconds * ENL_SOUND_RATE);
            float *x = mixed(plan_of(enl_sounds[s]->kind.name, 1), &scene);
            check_samples(x, frames, scene.loop);
            double loudness = enl_loudness(x, frames), usual = strcmp(enl_sounds[s]->kind.name, "room") ? -20 : -45;
            if (frames > ENL_SOUND_RATE) assert_true(fabs(loudness - usual) < (usual < -20 ? 1 : 2));
            enl_release(x);
        }
}

static void default_mixes(void **state) {
    (void)state;
    struct enl_sound_scene scene = {.seconds = 10, .loop = true, .seed = 3, .width = 1};
    struct enl_plan plan = {.sound_count = 3, .sounds = {{"ocean", 1}, {"gurgle", 1}, {"wind", .5f}}};
    struct enl_plan forest = {.sound_count = 2, .sounds = {{"wind", .5f}, {"leaves", .5f}}};
    const struct enl_plan *plans[] = {&plan, &forest, plan_of("wind", .5f)};
    for (int i = 0; i < 3; i++) {
        float *x = mixed(plans[i], &scene);
        size_t frames = 10 * ENL_SOUND_RATE;
        check_samples(x, frames, true);
        assert_true(fabs(enl_loudness(x, frames) + 20) < 1);
        double ll = 0, rr = 0, lr = 0;
        for (size_t k = 0; k < frames; k++) {
            ll += (double)(x[2 * k] * x[2 * k]), rr += (double)(x[2 * k + 1] * x[2 * k + 1]);
            lr += (double)(x[2 * k] * x[2 * k + 1]);
        }
        double correlation = lr / sqrt(ll * rr);
        assert_true(correlation > .2 && correlation < .9);
        enl_release(x);
    }
}

static void levels_act(void **state) {
    (void)state;
    static const float levels[] = {.1f, .25f, .5f, 1, 2};
    struct enl_sound_scene scene = {.seconds = 5, .loop = true, .seed = 3};
    for (int s = 0; enl_sounds[s]; s++) {
        double last = ENL_SILENT;
        for (int i = 0; i < 5; i++) {
            float *x = mixed(plan_of(enl_sounds[s]->kind.name, levels[i]), &scene);
            double loudness = enl_loudness(x, 5 * ENL_SOUND_RATE);
            assert_true(loudness > last + .5);
            last = loudness;
            enl_release(x);
        }
    }
}

static void same_seed_same_sound(void **state) {
    (void)state;
    struct enl_sound_scene scene = {.seconds = 2, .loop = true, .seed = 11};
    size_t size = 2 * 2 * ENL_SOUND_RATE * sizeof(float);
    for (int s = 0; enl_sounds[s]; s++) {
        const struct enl_plan *plan = plan_of(enl_sounds[s]->kind.name, 1);
        float *a = mixed(plan, &scene), *b = mixed(plan, &scene);
        assert_memory_equal(a, b, size);
        enl_release(b);
        scene.seed++;
        b = mixed(plan, &scene);
        assert_true(memcmp(a, b, size) != 0);
        enl_release(a);
        enl_release(b);
    }
}

// The curves that drive the picture are heard: the second half of a rising swell and wind is louder.
static void curves_act(void **state) {
    (void)state;
    static const char *const names[] = {"ocean", "gurgle", "wind", "leaves"};
    float curve[300];
    for (int i = 0; i < 300; i++) curve[i] = i >= 150 ? .95f : .05f;
    for (int s = 0; s < 4; s++) {
        struct enl_sound_scene scene = {.seconds = 10, .seed = 5, .wind = curve, .swell = curve, .curve_length = 300,
                                        .curve_rate = 30};
        float *x = mixed(plan_of(names[s], 1), &scene);
        size_t part = 4 * ENL_SOUND_RATE;
        assert_true(enl_loudness(x + 2 * (part + 2 * ENL_SOUND_RATE), part) > enl_loudness(x, part) + 6);
        enl_release(x);
    }
}

static void pan_acts(void **state) {
    (void)state;
    for (int s = 0; enl_sounds[s]; s++) {
        struct enl_sound_scene scene = {.seconds = 5, .loop = true, .seed = 5, .pan = 1, .width = .3f};
        float *x = mixed(plan_of(enl_sounds[s]->kind.name, 1), &scene);
        double left = 0, right = 0;
        for (size_t i = 0; i < 5 * ENL_SOUND_RATE; i++)
            left += (double)(x[2 * i] * x[2 * i]), right += (double)(x[2 * i + 1] * x[2 * i + 1]);
        assert_true(right > 1.5 * left);
        enl_release(x);
    }
}

static void silence_and_errors(void **state) {
    (void)state;
    float *x = (float *)state;
    size_t frames = 1;
    struct enl_error error = {0};
    struct enl_plan none = {0};
    struct enl_sound_scene scene = {.seconds = 3};
    assert_true(enl_sound_mix(&none, &scene, &x, &frames, &error));
    assert_null(x);
    assert_int_equal(frames, 0);
    assert_true(enl_sound_mix(plan_of("ocean", 0), &scene, &x, &frames, &error));
    assert_null(x);
    frames = 5;
    assert_false(enl_sound_mix(plan_of("trumpet", 1), &scene, &x, &frames, &error));
    assert_int_equal(error.code, ENL_USAGE);
    assert_non_null(strstr(error.text, "trumpet"));
    assert_int_equal(frames, 5);
    scene.seconds = (double)NAN;
    assert_false(enl_sound_mix(plan_of("ocean", 1), &scene, &x, &frames, &error));
    for (size_t n = 1; n < 200; n += 13) { // lengths under one control, one run-up
        scene = (struct enl_sound_scene){.seconds = (double)n / ENL_SOUND_RATE, .loop = n % 2};
        for (int s = 0; enl_sounds[s]; s++) {
            assert_true(enl_sound_mix(plan_of(enl_sounds[s]->kind.name, 1), &scene, &x, &frames, &error));
            for (size_t i = 0; i < 2 * frames; i++) assert_true(isfinite(x[i]));
            enl_release(x);
        }
    }
}

static void registry(void **state) {
    (void)state;
    int count = 0;
    for (; enl_sounds[count]; count++) {
        const struct enl_sound_info *info = enl_sounds[count];
        assert_ptr_equal(enl_sound_find(info->kind.name), info);
        assert_ptr_equal(enl_sound_kind_at(count), &info->kind);
        assert_true(strlen(info->kind.name) < sizeof(((struct enl_sound *)0)->sound) && info->kind.help);
        assert_non_null(info->kind.level);
    }
    assert_null(enl_sound_kind_at(count));
    assert_null(enl_sound_kind_at(-1));
    assert_null(enl_sound_find("trumpet"));

    static struct enl_scene beach, cellar;
    beach.water = ENL_WATER_WAVES;
    beach.share[ENL_WATER] = beach.share[ENL_SKY] = .4f;
    beach.confidence[ENL_WATER] = beach.confidence[ENL_SKY] = .9f;
    assert_true(enl_sound_find("ocean")->kind.level(&beach) == 1 && enl_sound_find("wind")->kind.level(&beach) == .5f);
    assert_true(enl_sound_find("stream")->kind.level(&beach) == 0 && enl_sound_find("room")->kind.level(&beach) == 0);
    assert_true(enl_sound_find("room")->kind.level(&cellar) == 1 && enl_sound_find("ocean")->kind.level(&cellar) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loudness_of_reference), cmocka_unit_test(loudness_gates),
        cmocka_unit_test(true_peak_between_samples), cmocka_unit_test(every_sound), cmocka_unit_test(default_mixes),
        cmocka_unit_test(levels_act), cmocka_unit_test(same_seed_same_sound), cmocka_unit_test(curves_act),
        cmocka_unit_test(pan_acts), cmocka_unit_test(silence_and_errors), cmocka_unit_test(registry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
