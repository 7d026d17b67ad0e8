// SPDX-License-Identifier: MIT
// Sparkles: glints on water and bright edges. Each flashes now and then as a small star of four rays, in nearly the
// colour of what it sits on.
#include "motion/shade.h"

#include "base/plane.h"
#include "base/srgb.h"

#define MOST 240
#define WAIT 4 // a glint is dark for most of its time: its swing to this power

struct sparkles {
    const struct enl_stage *stage;
    double start, hertz;
    float strength;
    struct enl_points *points;
};

// Where light breaks: bright against its surroundings; on water more readily, in the sky and on skin not.
static struct enl_plane *score_glints(const struct enl_stage *stage, struct enl_error *error) {
    struct enl_plane *light = enl_luminance_plane(stage->picture, error), *around = NULL;
    if (light) around = enl_plane_new(light->width, light->height, error);
    size_t pixels = (size_t)stage->width * (size_t)stage->height;
    const struct enl_picture *water = stage->matte[ENL_WATER], *sky = stage->matte[ENL_SKY],
                             *face = stage->matte[ENL_FACE];
    int side = stage->width < stage->height ? stage->width : stage->height;
    for (size_t i = 0; around && i < pixels; i++) around->data[i] = light->data[i];
    bool done = around && enl_plane_blur(around, 2 + side / 180, error);
    for (size_t i = 0; done && i < pixels; i++) {
        float wet = water ? (float)water->data[i] * (1 / 255.0f) : 0, dry = 1;
        if (sky) dry -= (float)sky->data[i] * (1 / 255.0f);
        if (face) dry -= (float)face->data[i] * (1 / 255.0f);
        float over = light->data[i] - around->data[i];
        light->data[i] = fmaxf(0, over) * light->data[i] * (fmaxf(0, dry) + 3 * wet);
    }
    enl_plane_free(&around);
    if (!done) enl_plane_free(&light);
    return light;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct sparkles *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    float scale = sqrtf((float)stage->width * (float)stage->height / (1080.0f * 1920));
    struct enl_plane *score = score_glints(stage, error);
    int count = 0, cell = enl_clampi((int)(30 * scale), 8, 60);
    int most = (int)(MOST * fminf(1.5f, .4f + .6f * motion->amount));
    struct enl_point *list = score ? enl_points_find(score, cell, .004f, most, &count, error) : NULL;
    struct enl_random random = {enl_mix(stage->seed + 55)};
    for (int i = 0; list && i < count; i++) {
        struct enl_point *p = &list[i];
        const uint8_t *pixel = stage->picture->data + 3 * ((size_t)p->y * (size_t)stage->width + (size_t)p->x);
        float chance = enl_random_unit(&random);
        p->size = enl_clampf((6 + 14 * chance * chance) * scale, 4, ENL_TILE);
        p->phase = enl_random_unit(&random);
        p->strength = (.5f + .5f * enl_random_unit(&random)) * enl_smoothstep(0, .06f, p->strength);
        for (int c = 0; c < 3; c++) p->colour[c] = .55f + .45f * enl_linear_of_srgb[pixel[c]];
    }
    enl_plane_free(&score);
    if (!list) return false;
    s->stage = stage;
    s->start = motion->start;
    s->hertz = .34 * (double)motion->speed;
    s->strength = fminf(1.6f, .3f + .7f * motion->amount);
    if (!(s->points = enl_points_new(stage, list, count, error))) return false;
    enl_points_support(s->points, field);
    return true;
}

// A core and four rays that thin out.
static void flash(const void *state, double t, struct enl_tile *tile, const struct enl_point *p, float x, float y) {
    const struct sparkles *s = state;
    float own = .7f + .6f * p->phase, turn = enl_swing((float)(s->hertz * t) * own + 5 * p->phase), bright = 1;
    if (turn <= 0) return;
    for (int k = 0; k < WAIT; k++) bright *= turn;
    bright *= s->strength * p->strength * (float)enl_shade_ease(s->stage, s->start, 1, t);
    if (bright < .004f) return;
    float size = p->size * (.6f + .4f * turn), inverse = 1 / size;
    for (int j = enl_clampi((int)(y - size), 0, ENL_TILE); j < ENL_TILE && (float)j < y + size; j++)
        for (int i = enl_clampi((int)(x - size), 0, ENL_TILE); i < ENL_TILE && (float)i < x + size; i++) {
            float dx = fabsf((float)i - x), dy = fabsf((float)j - y), far = (dx + dy) * inverse;
            if (far >= 1) continue;
            float in = (1 - far) * (1 - far), core = 1 / (1 + 2.2f * (dx * dx + dy * dy)), thin = dx < dy ? dx : dy;
            float light = bright * in * (core + .55f / (1 + 5 * thin * thin));
            for (int c = 0; c < 3; c++) {
                float *at = &tile->light[c][j * ENL_TILE + i];
                *at += 1.7f * light * p->colour[c] * fmaxf(0, 1.15f - *at);
            }
        }
}

static void shade(const void *state, double t, struct enl_tile *tile) {
    const struct sparkles *s = state;
    if (s->points) enl_points_draw(s->points, s, t, tile, flash);
}

static void release(void *state) {
    struct sparkles *s = state;
    if (s) enl_points_free(&s->points);
    enl_release(s);
}

const struct enl_motion_info enl_motion_sparkles = {.kind = {.name = "sparkles",
                                                             .help = "light glints on water and bright edges",
                                                             .region = ENL_ELEMENTS,
                                                             .speed = 1,
                                                             .amount = 1},
                                                    .layer = ENL_LAYER_AIR,
                                                    .prepare = prepare,
                                                    .shade = shade,
                                                    .release = release};
