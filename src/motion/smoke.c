// SPDX-License-Identifier: MIT
// Smoke: haze that rises and is torn by noise, from flames where there are some, else from the ground. A procedural
// volume seen from the side: noise carried up by the draught and along by the wind, denser near its source.
#include "motion/weather.h"

#include "base/plane.h"

#define STEP 8 // pixels between the places where the noise is asked

struct smoke {
    struct enl_weather weather;
    float light[3];
    float rise, drift, grain; // pixels a second, pixels
    float strength;
    struct enl_picture *where;
    struct enl_mist mist;
};

// What flames send up: each row takes over the one below, spread a little, blown aside, and thinner.
static void rise_from(struct enl_plane *plume, float lean) {
    int w = plume->width, h = plume->height;
    float keep = powf(.18f, 1 / (.55f * (float)h));
    for (int y = h - 2; y >= 0; y--)
        for (int x = 0; x < w; x++) {
            float at = (float)x - lean, *own = &plume->data[y * w + x];
            float below = enl_plane_at(plume, at, (float)(y + 1));
            float sides = enl_plane_at(plume, at - 1.5f, (float)(y + 1)) +
                          enl_plane_at(plume, at + 1.5f, (float)(y + 1));
            *own = fmaxf(*own, keep * (.5f * below + .25f * sides));
        }
}

static struct enl_picture *find_where(const struct smoke *s, const struct enl_motion *motion, struct enl_error *error) {
    const struct enl_stage *stage = s->weather.stage;
    const struct enl_picture *flames = stage->matte[ENL_FLAMES], *person = stage->matte[ENL_PERSON];
    int w = stage->width / 8 + 1, h = stage->height / 8 + 1;
    struct enl_plane *plume = enl_plane_new(w, h, error), *full = NULL;
    for (int n = 0; plume && n < w * h; n++) {
        int x = enl_clampi(n % w * 8, 0, stage->width - 1), y = enl_clampi(n / w * 8, 0, stage->height - 1);
        size_t i = (size_t)y * (size_t)stage->width + (size_t)x;
        float height = 1 - (float)(n / w) / (float)h, over = flames ? (float)flames->data[i] * (1 / 255.0f) : 0;
        plume->data[n] = flames ? .9f * over :
                                  enl_smoothstep(.95f, .2f, height) * (1 - .5f * enl_smoothstep(.12f, 0, height));
    }
    if (plume && flames) {
        rise_from(plume, .25f * cosf(motion->direction * ENL_PI / 180));
        for (int n = 0; n < w * h; n++) plume->data[n] = enl_clampf(2.4f * plume->data[n], 0, 1);
    }
    bool done = plume && enl_plane_blur(plume, 2, error);
    if (done) full = enl_plane_resize(plume, stage->width, stage->height, error);
    for (int i = 0; full && person && i < stage->width * stage->height; i++)
        full->data[i] *= 1 - .85f * (float)person->data[i] * (1 / 255.0f); // it rises behind people
    for (int i = 0; full && flames && i < stage->width * stage->height; i++)
        full->data[i] *= 1 - .9f * (float)flames->data[i] * (1 / 255.0f); // fire shines through
    struct enl_picture *where = full ? enl_plane_to_mask(full, error) : NULL;
    enl_plane_free(&plume);
    enl_plane_free(&full);
    return where;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct smoke *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    enl_weather_fill(&s->weather, stage, motion);
    float side = sqrtf((float)stage->width * (float)stage->height);
    s->grain = .16f * side;
    s->rise = .085f * side * motion->speed;
    s->drift = .3f * s->rise * cosf(motion->direction * ENL_PI / 180);
    s->strength = (stage->matte[ENL_FLAMES] ? .8f : .6f) * fminf(motion->amount, 1.6f);
    for (int c = 0; c < 3; c++) s->light[c] = enl_clampf(.06f + .85f * s->weather.air[c], 0, .7f);
    enl_mist_fill(&s->mist, stage->seed + 85);
    if (!(s->where = find_where(s, motion, error))) return false;
    for (int j = 0; j < field->rows; j++)
        for (int i = 0; i < field->columns; i++)
            if (enl_matte_at_node(s->where, i, j) > 0) field->support[j * field->columns + i] = 1;
    return true;
}

// Billows: two layers of noise that pass each other, the finer one faster, bent by a slow third.
static float billow(const struct smoke *s, float x, float y, float t) {
    float inverse = 1 / s->grain, up = s->rise * t, along = s->drift * t;
    float bend = enl_mist_at(&s->mist, .6f * x * inverse, .6f * (y + .6f * up) * inverse) - .5f;
    float u = (x - along) * inverse + 1.1f * bend, v = .95f * (y + up) * inverse;
    float large = enl_mist_octaves(&s->mist, u, v, 2);
    float small = enl_mist_octaves(&s->mist, 1.8f * u + 9, 1.8f * v + .35f * up * inverse + 3, 2);
    return enl_smoothstep(.2f, .95f, .6f * large + .4f * small);
}

static void shade(const void *state, double t, struct enl_tile *tile) {
    const struct smoke *s = state;
    float where[ENL_TILE_PIXELS], share[ENL_TILE_PIXELS], nodes[(ENL_TILE / STEP + 1) * (ENL_TILE / STEP + 1)], any = 0;
    float ease = (float)enl_shade_ease(s->weather.stage, s->weather.start, 2, t);
    if (ease <= 0) return;
    enl_tile_matte(tile, s->where, 0, where);
    for (int i = 0; i < ENL_TILE_PIXELS; i += 5) any += where[i];
    if (any <= 0) return;
    for (int k = 0, across = ENL_TILE / STEP + 1; k < across * across; k++) {
        float x = tile->u + tile->du * (float)(k % across * STEP), y = tile->v + tile->dv * (float)(k / across * STEP);
        nodes[k] = ease * s->strength * billow(s, x, y, (float)t);
    }
    enl_tile_spread(nodes, STEP, share);
    for (int i = 0; i < ENL_TILE_PIXELS; i++) share[i] *= where[i];
    enl_tile_blend(tile, share, s->light);
}

static void release(void *state) {
    struct smoke *s = state;
    if (s) enl_picture_free(&s->where);
    enl_release(s);
}

const struct enl_motion_info enl_motion_smoke = {
    .kind = {.name = "smoke", .help = "smoke rises", .region = ENL_ELEMENTS, .direction = 75, .speed = 1, .amount = 1},
    .layer = ENL_LAYER_AIR,
    .prepare = prepare,
    .shade = shade,
    .release = release};
