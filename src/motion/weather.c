// SPDX-License-Identifier: MIT
#include "motion/weather.h"

void enl_weather_fill(struct enl_weather *w, const struct enl_stage *stage, const struct enl_motion *motion) {
    w->stage = stage;
    w->start = motion->start;
    w->amount = motion->amount;
    w->speed = motion->speed;
    w->scale = sqrtf((float)stage->width * (float)stage->height / (1080.0f * 1920));
    float light[3], mean = 0, wind = 0;
    enl_light_above(stage, light);
    mean = enl_luminance(light[0], light[1], light[2]);
    // Under clouds the light is nearly grey, with a trace of the photo's own tone.
    for (int c = 0; c < 3; c++) w->air[c] = enl_clampf(.7f * mean + .3f * light[c], .004f, .8f);
    for (int i = 0; i < stage->frames; i++) wind += stage->wind[i] / (float)stage->frames;
    w->wind_x = .55f * cosf(motion->direction * ENL_PI / 180) * (.6f + .8f * wind);
}

float enl_weather_ease(const struct enl_weather *w, double t) {
    return (float)enl_shade_ease(w->stage, w->start, 1.4, t);
}

ENL_CLONES static void cover(struct enl_tile *tile, const float *near, float dim, float grey, float veil,
                             const float *air) {
    float *r = tile->light[0], *g = tile->light[1], *b = tile->light[2];
    for (int i = 0; i < ENL_TILE_PIXELS; i++) {
        float mean = enl_luminance(r[i], g[i], b[i]) * dim * grey, keep = dim * (1 - grey);
        float far = 1 - near[i], share = veil * far * far;
        float red = r[i] * keep + mean, green = g[i] * keep + mean, blue = b[i] * keep + mean;
        r[i] = red + share * (air[0] - red);
        g[i] = green + share * (air[1] - green);
        b[i] = blue + share * (air[2] - blue);
    }
}

void enl_weather_cover(const struct enl_weather *w, float ease, struct enl_tile *tile,
                       float near[ENL_TILE_PIXELS]) {
    float much = fminf(w->amount, 1.6f) * ease;
    enl_tile_matte(tile, w->stage->matte[ENL_DEPTH], .6f, near);
    cover(tile, near, 1 - w->dim * much, w->grey * much, w->veil * much, w->air);
}
