// SPDX-License-Identifier: MIT
// Day: a dusky photo is lifted, most in the middle tones. White stays white (Reinhard et al. 2002, equation 4, turned
// round), and what is nearly black is left there, for it holds noise rather than a picture.
#include "motion/dusk.h"

struct day {
    struct enl_dusk dusk;
    float gain;
    float balance[3]; // against the blue of dusk or the orange of lamps
};

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct day *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    enl_dusk_fill(&s->dusk, stage, motion);
    s->gain = 1 + (enl_clampf(.24f / s->dusk.mean, 1.12f, 3) - 1) * fmaxf(.2f, fminf(motion->amount, 1.5f));
    float light[3], most = 0;
    enl_mean_light(stage->picture, NULL, 0, 1, light);
    for (int c = 0; c < 3; c++) {
        s->balance[c] = sqrtf(sqrtf(enl_clampf(s->dusk.mean / fmaxf(light[c], 1e-3f), .4f, 2.5f)));
        most += s->balance[c] / 3;
    }
    for (int c = 0; c < 3; c++) s->balance[c] /= most;
    enl_shade_all(field);
    return true;
}

ENL_CLONES static void grade(float *restrict r, float *restrict g, float *restrict b, float more, const float by[3]) {
    const float balance[3] = {by[0], by[1], by[2]};
    for (int i = 0; i < ENL_TILE_PIXELS; i++) {
        float y = enl_luminance(r[i], g[i], b[i]), clean = y / (y + .006f), rise = more * clean;
        float gain = (1 + rise) / (1 + rise * y);
        r[i] *= gain * balance[0];
        g[i] *= gain * balance[1];
        b[i] *= gain * balance[2];
    }
}

static void shade(const void *state, double t, struct enl_tile *tile) {
    const struct day *s = state;
    float ease = enl_dusk_ease(&s->dusk, t), balance[3];
    if (ease <= 0) return;
    for (int c = 0; c < 3; c++) balance[c] = 1 + ease * (s->balance[c] - 1);
    grade(tile->light[0], tile->light[1], tile->light[2], ease * (s->gain - 1), balance);
}

const struct enl_motion_info enl_motion_day = {
    .kind = {.name = "day", .help = "it gets light", .region = ENL_ELEMENTS, .speed = 1, .amount = 1},
    .layer = ENL_LAYER_AIR,
    .prepare = prepare,
    .shade = shade,
    .release = enl_release};
