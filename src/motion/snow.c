// SPDX-License-Identifier: MIT
// Snow: four depths of flakes, far ones small and slow, near ones large and out of focus. Each depth is a lattice that
// falls and is driven by the wind; a cell has one flake or none, which swings about its place, so a tile looks at a few
// cells and nothing is stored or repeated.
#include "motion/weather.h"

#define DEPTHS 4

struct depth {
    float cell, radius, fall, swing; // pixels, pixels a second
    float strength, chance;
    float behind; // how much of it is hidden by what is near
    uint64_t seed;
};

struct snow {
    struct enl_weather weather;
    float light[3];
    float *driven; // how far the wind has blown by each frame, for a fall of 1 a second
    struct depth depths[DEPTHS];
};

static const struct depth kinds[DEPTHS] = {
    {.cell = 22, .radius = 1.7f, .fall = 70, .swing = 3, .strength = .8f, .chance = .8f, .behind = .75f},
    {.cell = 42, .radius = 2.7f, .fall = 120, .swing = 7, .strength = .9f, .chance = .75f, .behind = .3f},
    {.cell = 92, .radius = 4.6f, .fall = 190, .swing = 13, .strength = .92f, .chance = .65f},
    {.cell = 260, .radius = 10, .fall = 320, .swing = 24, .strength = .62f, .chance = .4f}};

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct snow *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    enl_weather_fill(&s->weather, stage, motion);
    s->weather.dim = .1f, s->weather.grey = .4f, s->weather.veil = .46f;
    s->driven = enl_alloc((size_t)stage->frames + 2, sizeof *s->driven, error);
    if (!s->driven) return false;
    float across = cosf(motion->direction * ENL_PI / 180);
    for (int i = 0; i <= stage->frames; i++) {
        float wind = stage->wind[i < stage->frames ? i : stage->frames - 1];
        s->driven[i + 1] = s->driven[i] + across * (.3f + 1.1f * wind) / (float)stage->fps;
    }
    for (int c = 0; c < 3; c++) s->light[c] = fminf(.95f, .1f + 1.6f * s->weather.air[c]);
    float scale = s->weather.scale, dense = enl_clampf(motion->amount, .05f, 3);
    for (int k = 0; k < DEPTHS; k++) {
        struct depth *d = &s->depths[k];
        *d = kinds[k];
        // No flake is smaller than a pixel; the fewer of them there are in a small picture.
        float own = fmaxf(scale, 1.1f / d->radius);
        d->cell *= own / sqrtf(fmaxf(1, dense));
        d->chance *= fminf(1, dense);
        d->radius *= own;
        d->swing *= own;
        d->fall *= own * motion->speed;
        d->seed = enl_mix(stage->seed + 71 + (uint64_t)k);
    }
    enl_shade_all(field);
    return true;
}

// A soft disc: full in the middle, nothing at the radius.
static void draw_flake(float x, float y, float radius, float strength, float *share) {
    int left = enl_clampi((int)ceilf(x - radius), 0, ENL_TILE), right = enl_clampi((int)ceilf(x + radius), 0, ENL_TILE);
    int top = enl_clampi((int)ceilf(y - radius), 0, ENL_TILE), bottom = enl_clampi((int)ceilf(y + radius), 0, ENL_TILE);
    float inverse = 1 / (radius * radius);
    for (int j = top; j < bottom; j++)
        for (int i = left; i < right; i++) {
            float dx = (float)i - x, dy = (float)j - y, in = fmaxf(0, 1 - (dx * dx + dy * dy) * inverse);
            float cover = strength * fminf(1, 1.9f * in * in), *p = &share[j * ENL_TILE + i];
            *p += cover * (1 - *p);
        }
}

// The flakes of one depth that touch the tile; false where there are none.
static bool add_depth(const struct snow *s, const struct depth *d, double t, const struct enl_tile *tile,
                      float *share) {
    double frame = t * s->weather.stage->fps;
    int whole = enl_clampi((int)frame, 0, s->weather.stage->frames);
    float driven = enl_mixf(s->driven[whole], s->driven[whole + 1], (float)(frame - whole)) * d->fall;
    float left = (float)tile->x - driven, top = (float)((double)tile->y - (double)d->fall * t);
    float reach = d->radius * 1.3f + d->swing, inverse = 1 / d->cell;
    bool any = false;
    int i0 = (int)floorf((left - reach) * inverse), i1 = (int)floorf((left + ENL_TILE + reach) * inverse);
    int j0 = (int)floorf((top - reach) * inverse), j1 = (int)floorf((top + ENL_TILE + reach) * inverse);
    for (int j = j0; j <= j1; j++)
        for (int i = i0; i <= i1; i++) {
            uint64_t h = enl_mix(d->seed ^ ((uint64_t)(uint32_t)i << 32 | (uint32_t)j));
            float unit[5]; // presence, place, size, phase
            for (int k = 0; k < 5; k++) unit[k] = (float)(h >> (12 * k) & 4095) * (1 / 4096.0f);
            if (unit[0] >= d->chance) continue;
            float radius = d->radius * (.7f + .6f * unit[3]), y = ((float)j + unit[2]) * d->cell - top;
            if (y < -reach || y > ENL_TILE + reach) continue;
            float rate = .18f + .3f * unit[3], turns = (float)t * rate + unit[4];
            float x = ((float)i + unit[1]) * d->cell - left + d->swing * enl_swing(turns);
            y += .35f * d->swing * enl_swing(1.7f * turns);
            if (x < -radius || y < -radius || x > ENL_TILE + radius || y > ENL_TILE + radius) continue;
            draw_flake(x, y, radius, d->strength * (.65f + .35f * unit[4]), share);
            any = true;
        }
    return any;
}

// Puts one depth's flakes before what lies behind them, and clears its share.
ENL_CLONES static void put_before(float *restrict all, float *restrict share, const float *restrict near, float ease,
                                  float behind) {
    for (int i = 0; i < ENL_TILE_PIXELS; i++) {
        float seen = share[i] * ease * (1 - behind * near[i]);
        all[i] += seen * (1 - all[i]);
        share[i] = 0;
    }
}

static void shade(const void *state, double t, struct enl_tile *tile) {
    const struct snow *s = state;
    float near[ENL_TILE_PIXELS], share[ENL_TILE_PIXELS] = {0}, all[ENL_TILE_PIXELS] = {0};
    float ease = enl_weather_ease(&s->weather, t);
    if (ease <= 0) return;
    enl_weather_cover(&s->weather, ease, tile, near);
    for (int k = 0; k < DEPTHS; k++)
        if (add_depth(s, &s->depths[k], t, tile, share)) put_before(all, share, near, ease, s->depths[k].behind);
    enl_tile_blend(tile, all, s->light);
}

static void release(void *state) {
    struct snow *s = state;
    if (s) enl_release(s->driven);
    enl_release(s);
}

const struct enl_motion_info enl_motion_snow = {
    .kind = {.name = "snow", .help = "it snows", .region = ENL_ELEMENTS, .direction = 290, .speed = 1, .amount = 1},
    .layer = ENL_LAYER_AIR,
    .prepare = prepare,
    .shade = shade,
    .release = release};
