// SPDX-License-Identifier: MIT
// Night: dark, blue and nearly without colour, as eyes see it by moonlight (the Purkinje shift; Thompson et al., "A
// Spatial Post-Processing Algorithm for Images of Night Scenes", 2002). Lamps and lit windows stay and seem brighter.
#include "motion/dusk.h"

struct night {
    struct enl_dusk dusk;
    struct enl_picture *lamps, *sky;
    float much; // less of it where it is night already
    float lit;  // how much what looks like a lamp is one: by day nothing is lit
};

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct night *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    enl_dusk_fill(&s->dusk, stage, motion);
    s->much = .3f + .7f * enl_smoothstep(.02f, .09f, s->dusk.mean);
    s->lit = 1 - enl_smoothstep(.09f, .17f, s->dusk.mean);
    enl_shade_all(field);
    return enl_whole_sky(stage, &s->sky, error) && (s->lamps = enl_lamp_matte(stage, error)) != NULL;
}

static const float moonlight[3] = {.56f, .80f, 1.38f}, night_sky[3] = {.022f, .036f, .082f};

ENL_CLONES static void grade(float *restrict r, float *restrict g, float *restrict b, const float *restrict sky,
                             const float *restrict lamp, float ease, float gain, float inverse, float height) {
    for (int i = 0; i < ENL_TILE; i++) {
        float y = enl_luminance(r[i], g[i], b[i]), l = lamp[i], held = gain / (1 + .9f * y);
        float edge = sky[i] * (1 + y * inverse), m = edge > 1 ? 1 : edge; // no bright fringe is left
        float shape = (.35f + .6f * y * inverse) * (.7f + .9f * height * height);
        float share[3] = {r[i], g[i], b[i]}, to[3];
        for (int c = 0; c < 3; c++) {
            float dark = (.38f * share[c] + .62f * y) * held * moonlight[c] + .0012f * moonlight[c];
            dark += m * (night_sky[c] * shape - dark);
            to[c] = dark + l * (1.05f * share[c] - dark);
        }
        r[i] += ease * (to[0] - r[i]);
        g[i] += ease * (to[1] - g[i]);
        b[i] += ease * (to[2] - b[i]);
    }
}

static void shade(const void *state, double t, struct enl_tile *tile) {
    const struct night *s = state;
    float sky[ENL_TILE_PIXELS], lamp[ENL_TILE_PIXELS], ease = s->much * enl_dusk_ease(&s->dusk, t);
    if (ease <= 0) return;
    enl_tile_matte(tile, s->sky, 0, sky);
    enl_tile_matte(tile, s->lit > 0 ? s->lamps : NULL, 0, lamp);
    for (int i = 0; i < ENL_TILE_PIXELS; i++) lamp[i] *= s->lit;
    // A dark photo needs less darkening than a bright one.
    float gain = enl_clampf(.032f / s->dusk.mean, .13f, .6f);
    for (int j = 0; j < ENL_TILE; j++) {
        int k = j * ENL_TILE;
        grade(tile->light[0] + k, tile->light[1] + k, tile->light[2] + k, sky + k, lamp + k, ease, gain,
              1 / s->dusk.sky_mean, enl_dusk_height(&s->dusk, tile, j));
    }
}

static void release(void *state) {
    struct night *s = state;
    if (s) enl_picture_free(&s->lamps);
    if (s) enl_picture_free(&s->sky);
    enl_release(s);
}

const struct enl_motion_info enl_motion_night = {
    .kind = {.name = "night", .help = "night falls", .region = ENL_ELEMENTS, .speed = 1, .amount = 1},
    .layer = ENL_LAYER_AIR,
    .prepare = prepare,
    .shade = shade,
    .release = release};
