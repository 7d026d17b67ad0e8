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
    // Under clouds the light is nearly grey, with a trace of the photo's own tone; at night it is that of the lamps.
    float day = enl_smoothstep(.03f, .15f, mean), own = 1 - .7f * day;
    for (int c = 0; c < 3; c++) w->air[c] = enl_clampf(enl_mixf(mean, light[c], own), .004f, .8f);
    w->cover = .25f + .75f * day;
    if (stage->face_count && stage->faces[0].height > .12f * (float)stage->height) w->person = stage->matte[ENL_PERSON];
    for (int i = 0; i < stage->frames; i++) wind += stage->wind[i] / (float)stage->frames;
    w->wind_x = .55f * cosf(motion->direction * ENL_PI / 180) * (.6f + .8f * wind);
}

float enl_weather_ease(const struct enl_weather *w, double t) {
    return (float)enl_shade_ease(w->stage, w->start, 1.4, t);
}

ENL_CLONES static void cover(float *restrict r, float *restrict g, float *restrict b, const float *restrict near,
                             float dim, float grey, float veil, const float *air) {
    const float to_red = air[0], to_green = air[1], to_blue = air[2];
    for (int i = 0; i < ENL_TILE_PIXELS; i++) {
        float mean = enl_luminance(r[i], g[i], b[i]) * dim * grey, keep = dim * (1 - grey);
        float far = 1 - near[i], share = veil * far * far;
        float red = r[i] * keep + mean, green = g[i] * keep + mean, blue = b[i] * keep + mean;
        r[i] = red + share * (to_red - red);
        g[i] = green + share * (to_green - green);
        b[i] = blue + share * (to_blue - blue);
    }
}

void enl_weather_near(const struct enl_weather *w, const struct enl_tile *tile, float none,
                      float near[ENL_TILE_PIXELS]) {
    float person[ENL_TILE_PIXELS];
    enl_tile_matte(tile, w->stage->matte[ENL_DEPTH], none, near);
    if (!w->person) return;
    enl_tile_matte(tile, w->person, 0, person);
    for (int i = 0; i < ENL_TILE_PIXELS; i++)
        if (near[i] < .88f * person[i]) near[i] = .88f * person[i];
}

void enl_weather_cover(const struct enl_weather *w, float ease, struct enl_tile *tile, float near[ENL_TILE_PIXELS]) {
    float much = fminf(w->amount, 1.6f) * ease * w->cover;
    enl_weather_near(w, tile, .6f, near);
    cover(tile->light[0], tile->light[1], tile->light[2], near, 1 - w->dim * much, w->grey * much, w->veil * much,
          w->air);
}
