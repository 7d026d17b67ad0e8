// SPDX-License-Identifier: MIT
// Glow: the bright part of the sky breathes, a little warmer as it brightens.
#include "motion/dusk.h"

struct glow {
    struct enl_dusk dusk;
    double hertz;
    float strength, from; // over which luminance the sky counts as bright
};

static const char *why_not(const struct enl_scene *scene) {
    return scene->masks[ENL_SKY] && scene->share[ENL_SKY] >= .01f ? NULL : "no sky was found";
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    if (!stage->matte[ENL_SKY]) return true;
    struct glow *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    enl_dusk_fill(&s->dusk, stage, motion);
    s->hertz = enl_loop_frequency(stage, .22 * (double)motion->speed);
    s->strength = .34f * motion->amount;
    s->from = .55f * s->dusk.sky_mean;
    for (int j = 0; j < field->rows; j++)
        for (int i = 0; i < field->columns; i++)
            if (enl_matte_about_node(stage->matte[ENL_SKY], i, j)) field->support[j * field->columns + i] = 1;
    return true;
}

ENL_CLONES static void brighten(float *restrict r, float *restrict g, float *restrict b, const float *restrict sky,
                                float much, float from) {
    const float inverse = 1 / (from + .02f);
    for (int i = 0; i < ENL_TILE_PIXELS; i++) {
        float y = enl_luminance(r[i], g[i], b[i]), over = (y - from) * inverse;
        float bright = over < 0 ? 0 : over > 1 ? 1 : over, room = y > 1 ? 0 : 1 - .7f * y; // white has no room
        float gain = much * sky[i] * bright * bright * (3 - 2 * bright) * room;
        r[i] *= 1 + gain;
        g[i] *= 1 + .84f * gain;
        b[i] *= 1 + .58f * gain;
    }
}

static void shade(const void *state, double t, struct enl_tile *tile) {
    const struct glow *s = state;
    float sky[ENL_TILE_PIXELS];
    double since = s->dusk.stage->loop ? t : fmax(0, t - s->dusk.start);
    float breath = (float)(.5 - .5 * cos(2 * 3.14159265358979 * s->hertz * since));
    if (breath <= 0) return;
    enl_tile_matte(tile, s->dusk.stage->matte[ENL_SKY], 0, sky);
    brighten(tile->light[0], tile->light[1], tile->light[2], sky, s->strength * breath, s->from);
}

const struct enl_motion_info enl_motion_glow = {
    .kind = {.name = "glow", .help = "the sky glows", .region = ENL_SKY, .speed = 1, .amount = 1, .why_not = why_not},
    .layer = ENL_LAYER_AIR,
    .prepare = prepare,
    .shade = shade,
    .release = enl_release};
