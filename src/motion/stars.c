// SPDX-License-Identifier: MIT
// Stars twinkle: points of the night sky that are brighter than what is about them, each in its own time.
#include "motion/shade.h"

#include "base/plane.h"

#define MOST 900
#define SIZE 3.5f // pixels about a star that shine with it

struct stars {
    const struct enl_stage *stage;
    double start, slow, quick; // hertz
    float depth;
    struct enl_points *points;
};

static const char *why_not(const struct enl_scene *scene) {
    if (!scene->masks[ENL_SKY]) return "no sky was found";
    return scene->night ? NULL : "the sky is too bright for stars";
}

// How much each pixel of the sky stands out as a star: bright against a dark ring.
static struct enl_plane *score_stars(const struct enl_stage *stage, struct enl_error *error) {
    struct enl_plane *light = enl_luminance_plane(stage->picture, error), *around = NULL;
    if (light) around = enl_plane_new(light->width, light->height, error);
    size_t pixels = (size_t)stage->width * (size_t)stage->height;
    for (size_t i = 0; around && i < pixels; i++) around->data[i] = light->data[i];
    bool done = around && enl_plane_blur(around, 4, error);
    for (size_t i = 0; done && i < pixels; i++) {
        float dark = 1 - enl_smoothstep(.06f, .2f, around->data[i]), over = light->data[i] - 1.6f * around->data[i];
        light->data[i] = fmaxf(0, over) * dark * (stage->matte[ENL_SKY]->data[i] > 160);
    }
    enl_plane_free(&around);
    if (!done) enl_plane_free(&light);
    return light;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    if (!stage->matte[ENL_SKY]) return true;
    struct stars *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    struct enl_plane *score = score_stars(stage, error);
    int count = 0;
    struct enl_point *list = score ? enl_points_find(score, 8, .012f, MOST, &count, error) : NULL;
    struct enl_random random = {enl_mix(stage->seed + 51)};
    for (int i = 0; list && i < count; i++) {
        list[i].size = SIZE;
        list[i].phase = enl_random_unit(&random);
        list[i].strength = .55f + .45f * enl_random_unit(&random);
    }
    enl_plane_free(&score);
    if (!list) return false;
    s->stage = stage;
    s->start = motion->start;
    s->slow = enl_loop_frequency(stage, .7 * (double)motion->speed);
    s->quick = enl_loop_frequency(stage, 2.3 * (double)motion->speed);
    s->depth = fminf(.9f, .55f * motion->amount);
    if (!(s->points = enl_points_new(stage, list, count, error))) return false;
    enl_points_support(s->points, field);
    return true;
}

static void twinkle(const void *state, double t, struct enl_tile *tile, const struct enl_point *star, float x,
                    float y) {
    const struct stars *s = state;
    float ease = (float)enl_shade_ease(s->stage, s->start, 1, t);
    float turn = .6f * enl_swing((float)(s->slow * t) + star->phase) +
                 .4f * enl_swing((float)(s->quick * t) + 7 * star->phase);
    float gain = ease * s->depth * star->strength * turn;
    for (int j = enl_clampi((int)(y - SIZE), 0, ENL_TILE); j < ENL_TILE && (float)j < y + SIZE; j++)
        for (int i = enl_clampi((int)(x - SIZE), 0, ENL_TILE); i < ENL_TILE && (float)i < x + SIZE; i++) {
            float dx = (float)i - x, dy = (float)j - y, in = 1 - (dx * dx + dy * dy) * (1 / (SIZE * SIZE));
            if (in <= 0) continue;
            for (int c = 0; c < 3; c++) tile->light[c][j * ENL_TILE + i] *= 1 + gain * in;
        }
}

static void shade(const void *state, double t, struct enl_tile *tile) {
    const struct stars *s = state;
    if (s->points) enl_points_draw(s->points, s, t, tile, twinkle);
}

static void release(void *state) {
    struct stars *s = state;
    if (s) enl_points_free(&s->points);
    enl_release(s);
}

const struct enl_motion_info enl_motion_stars = {.kind = {.name = "stars",
                                                          .help = "stars twinkle",
                                                          .region = ENL_SKY,
                                                          .by_default = true,
                                                          .speed = 1,
                                                          .amount = 1,
                                                          .why_not = why_not},
                                                 .layer = ENL_LAYER_AIR,
                                                 .prepare = prepare,
                                                 .shade = shade,
                                                 .release = release};
