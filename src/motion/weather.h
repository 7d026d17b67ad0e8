// SPDX-License-Identifier: MIT
// What bad weather has in common: a covered sky takes colour and light away, and what is far is veiled.
#ifndef ENL_MOTION_WEATHER_H
#define ENL_MOTION_WEATHER_H

#include "motion/shade.h"

struct enl_weather {
    const struct enl_stage *stage;
    double start;
    float amount, speed;
    float dim, grey, veil;            // how much light and colour go, and how much of what is farthest is veiled, 0..1
    float cover;                      // how far clouds change anything: less at night
    float air[3];                     // the light in the air, linear
    float scale;                      // pixels of this picture for one of a story (1080x1920)
    const struct enl_picture *person; // a portrait's, who stands nearer than the depth says; else NULL
    float wind_x;                     // how far it is driven sideways while falling by one
};

void enl_weather_fill(struct enl_weather *weather, const struct enl_stage *stage, const struct enl_motion *motion);
// How much of it there is at `t`.
float enl_weather_ease(const struct enl_weather *weather, double t);
// The nearness of the tile's pixels, 0..1; `none` where nothing is known.
void enl_weather_near(const struct enl_weather *weather, const struct enl_tile *tile, float none,
                      float ret_near[ENL_TILE_PIXELS]);
// Shades the tile and gives the nearness of its pixels, 0..1.
void enl_weather_cover(const struct enl_weather *weather, float ease, struct enl_tile *tile,
                       float ret_near[ENL_TILE_PIXELS]);

#endif
