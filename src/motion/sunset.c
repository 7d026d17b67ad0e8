// SPDX-License-Identifier: MIT
// Sunset: the light sinks and warms, the sky most at the horizon, where the air is thickest.
#include "motion/dusk.h"

struct sunset {
    struct enl_dusk dusk;
    struct enl_picture *matte;
    float sky;        // how far the sky is painted: a gap between leaves keeps the light of the rest
    float sun, reach; // where the sky is brightest: column, and how far its glow goes, pixels
};

// The column where the sky above the horizon is brightest, not too near the edge.
static float brightest_column(const struct enl_dusk *d) {
    const struct enl_picture *photo = d->stage->picture, *sky = enl_sure_matte(d->stage, ENL_SKY);
    float best = 0, at = .5f * (float)photo->width;
    for (int x = photo->width / 8; sky && x < photo->width - photo->width / 8; x += 8) {
        float sum = 0, weight = 60;
        for (int y = (int)(.35f * d->horizon); y < (int)d->horizon && y < photo->height; y += 4) {
            size_t i = (size_t)y * (size_t)photo->width + (size_t)x;
            sum += (float)sky->data[i] * (float)photo->data[3 * i + 1];
            weight += (float)sky->data[i];
        }
        if (sum / weight > best) best = sum / weight, at = (float)x;
    }
    return at;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct sunset *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    enl_dusk_fill(&s->dusk, stage, motion);
    s->sky = enl_smoothstep(.02f, .1f, stage->scene->share[ENL_SKY]);
    s->sun = brightest_column(&s->dusk);
    s->reach = .42f * sqrtf((float)stage->width * (float)stage->height);
    enl_shade_all(field);
    return enl_whole_sky(stage, &s->matte, error);
}

// The sky's colour from above (0) to the horizon (1): violet blue, rose, orange.
static void sky_tint(float height, float tint[3]) {
    static const float stops[4][3] = {{.20f, .23f, .40f}, {.46f, .31f, .40f}, {.95f, .46f, .27f}, {1.25f, .62f, .22f}};
    float at = height * height * 2.999f;
    int k = (int)at;
    for (int c = 0; c < 3; c++) tint[c] = enl_mixf(stops[k][c], stops[k + 1][c], at - (float)k);
}

static const float ground[3] = {.82f, .54f, .36f}, haze[3] = {1, .47f, .16f};

// One row: the sky keeps its shapes and takes new colours, the rest is lit by it, and what is far lies in its haze.
ENL_CLONES static void grade(float *restrict r, float *restrict g, float *restrict b, const float *restrict sky,
                             const float *restrict near, float from, float step, float y2, const float colour[3],
                             float ease, float bright, float inverse) {
    const float tint[3] = {colour[0], colour[1], colour[2]};
    for (int i = 0; i < ENL_TILE; i++) {
        float y = enl_luminance(r[i], g[i], b[i]), shape = bright * (.35f + .5f * y * inverse), far = 1 - near[i];
        float x = from + step * (float)i, wide = 1 + x * x + y2, glow = 1 / (wide * wide); // about the sun
        float air = .34f * glow * (.25f + .75f * far * far) * bright, own = .3f;
        // As bright as the sky, an edge is more sky than the matte says: no fringe is left.
        float edge = sky[i] * (1 + y * inverse), m = edge > 1 ? 1 : edge, rest = 1 - m;
        float red = m * (tint[0] * (own * r[i] + (1 - own) * shape)) + rest * r[i] * ground[0];
        float green = m * (tint[1] * (own * g[i] + (1 - own) * shape)) + rest * (.85f * g[i] + .15f * y) * ground[1];
        float blue = m * (tint[2] * (own * b[i] + (1 - own) * shape)) + rest * (.7f * b[i] + .3f * y) * ground[2];
        // What the sun is behind takes its colour; nothing is washed out.
        red += air * haze[0] * (1 - .6f * red), green += air * haze[1] * (1 - .6f * green);
        blue += air * haze[2] * (1 - .6f * blue);
        r[i] += ease * (red - r[i]);
        g[i] += ease * (green - g[i]);
        b[i] += ease * (blue - b[i]);
    }
}

static void shade(const void *state, double t, struct enl_tile *tile) {
    const struct sunset *s = state;
    const struct enl_stage *stage = s->dusk.stage;
    float sky[ENL_TILE_PIXELS], near[ENL_TILE_PIXELS], tint[3], ease = enl_dusk_ease(&s->dusk, t);
    if (ease <= 0) return;
    enl_tile_matte(tile, s->matte, 0, sky);
    for (int i = 0; i < ENL_TILE_PIXELS; i++) sky[i] *= s->sky;
    enl_tile_matte(tile, stage->matte[ENL_DEPTH], .7f, near);
    float inverse = 1 / s->reach, bright = enl_clampf(.9f * s->dusk.sky_mean, .08f, .45f);
    for (int j = 0; j < ENL_TILE; j++) {
        float y = (tile->v + tile->dv * (float)j - s->dusk.horizon) * 1.5f * inverse;
        sky_tint(enl_dusk_height(&s->dusk, tile, j), tint);
        int k = j * ENL_TILE;
        grade(tile->light[0] + k, tile->light[1] + k, tile->light[2] + k, sky + k, near + k,
              (tile->u - s->sun) * inverse, tile->du * inverse, y * y, tint, ease, bright, 1 / s->dusk.sky_mean);
    }
}

static void release(void *state) {
    struct sunset *s = state;
    if (s) enl_picture_free(&s->matte);
    enl_release(s);
}

const struct enl_motion_info enl_motion_sunset = {
    .kind = {.name = "sunset", .help = "the light turns to sunset", .region = ENL_ELEMENTS, .speed = 1, .amount = 1},
    .layer = ENL_LAYER_AIR,
    .prepare = prepare,
    .shade = shade,
    .release = release};
