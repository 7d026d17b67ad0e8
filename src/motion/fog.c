// SPDX-License-Identifier: MIT
// Fog: what is far goes under a veil, share 1 - exp(-beta * distance) (Koschmieder 1924), thinner and thicker by noise
// that drifts with the wind.
#include "motion/weather.h"

struct fog {
    struct enl_weather weather;
    float light[3];
    float drift, grain; // pixels a second, pixels
    float share[256];   // of the veil, by the nearness in the depth mask
    struct enl_mist mist;
};

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct fog *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    enl_weather_fill(&s->weather, stage, motion);
    float side = sqrtf((float)stage->width * (float)stage->height);
    s->grain = .2f * side;
    s->drift = .035f * side * motion->speed * cosf(motion->direction * ENL_PI / 180);
    for (int c = 0; c < 3; c++) s->light[c] = fminf(.82f, .03f + 1.25f * s->weather.air[c]);
    for (int i = 0; i < 256; i++) {
        float far = 1 - (float)i / 255;
        s->share[i] = 1 - expf(-(.16f + 2.1f * far * far) * motion->amount);
    }
    enl_mist_fill(&s->mist, stage->seed + 81);
    enl_shade_all(field);
    return true;
}

// From the noise and the nearness of pixels to the veil's share. Where it is thick already, noise makes no holes.
ENL_CLONES static void thicken(float *restrict thick, const float *restrict near, const float *restrict share,
                               float ease) {
    const float most = .97f * ease;
    for (int i = 0; i < ENL_TILE_PIXELS; i++) {
        float part = share[(int)(near[i] * 255 + .5f)], own = part * (thick[i] + part * part * (ease - thick[i]));
        thick[i] = own < most ? own : most;
    }
}

static void shade(const void *state, double t, struct enl_tile *tile) {
    const struct fog *s = state;
    float near[ENL_TILE_PIXELS], thick[ENL_TILE_PIXELS], nodes[4];
    float ease = (float)enl_shade_ease(s->weather.stage, s->weather.start, 2.6, t);
    if (ease <= 0) return;
    for (int k = 0; k < 4; k++) { // banks of fog lie flat: finer from above to below than from side to side
        float x = tile->u + tile->du * (float)(k % 2 * ENL_TILE), y = tile->v + tile->dv * (float)(k / 2 * ENL_TILE);
        float moved = s->drift * (float)t, at = (x - moved) / s->grain, rise = .06f * s->weather.speed * (float)t;
        float far = enl_mist_octaves(&s->mist, at, 2.2f * y / s->grain + rise, 3);
        float close = enl_mist_octaves(&s->mist, .6f * at - .7f * moved / s->grain, 1.3f * y / s->grain - rise + 31, 2);
        nodes[k] = ease * enl_clampf(1 + 1.1f * (far + close - 1), .55f, 1.4f);
    }
    enl_tile_spread(nodes, ENL_TILE, thick);
    enl_weather_near(&s->weather, tile, .45f, near);
    thicken(thick, near, s->share, ease);
    enl_tile_blend(tile, thick, s->light);
}

const struct enl_motion_info enl_motion_fog = {
    .kind = {.name = "fog", .help = "fog comes up", .region = ENL_ELEMENTS, .direction = 0, .speed = 1, .amount = 1},
    .layer = ENL_LAYER_AIR,
    .prepare = prepare,
    .shade = shade,
    .release = enl_release};
