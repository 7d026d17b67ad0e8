// SPDX-License-Identifier: MIT
// What shading motions share: masks and noise on a tile, the photo's mean light, points that shine. All of it is plain
// sums a pixel, the same on every machine.
#ifndef ENL_MOTION_SHADE_H
#define ENL_MOTION_SHADE_H

#include "motion/motion.h"

#define ENL_TILE_PIXELS (ENL_TILE * ENL_TILE)

// One copy for AVX2, one for what every x86-64 has; of static functions only.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define ENL_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define ENL_CLONES
#endif

// 0 in the first frame, 1 after `ramp` seconds; a loop comes back to 0.
double enl_shade_ease(const struct enl_stage *stage, double start, double ramp, double t);
// Marks the whole picture.
void enl_shade_all(struct enl_field *field);

// A matte (one channel, the photo's size) under the tile's pixels, 0..1; `none` everywhere where it is NULL.
void enl_tile_matte(const struct enl_tile *tile, const struct enl_picture *matte, float none,
                    float out[ENL_TILE_PIXELS]);
// Values at nodes `step` pixels apart (4, 8 or 16; ENL_TILE / step + 1 a row), spread over the pixels.
void enl_tile_spread(const float *nodes, int step, float out[ENL_TILE_PIXELS]);
// light += share * (colour - light)
void enl_tile_blend(struct enl_tile *tile, const float share[ENL_TILE_PIXELS], const float colour[3]);

static inline float enl_luminance(float r, float g, float b) {
    return .2126f * r + .7152f * g + .0722f * b;
} // BT.709

// An element's matte where it is surely there, else NULL: a grade must not take a wall for sky.
static inline const struct enl_picture *enl_sure_matte(const struct enl_stage *stage, enum enl_element element) {
    return stage->scene->confidence[element] >= .4f ? stage->matte[element] : NULL;
}

// The mean linear light of a picture's rows [top, bottom), fractions of its height, weighed by a matte if not NULL.
void enl_mean_light(const struct enl_picture *picture, const struct enl_picture *matte, float top, float bottom,
                    float ret[3]);
// The light that comes from above: of the sky where it is seen, else of the upper half.
void enl_light_above(const struct enl_stage *stage, float ret[3]);
// The photo's luminance, 0..1 linear.
struct enl_plane *enl_luminance_plane(const struct enl_picture *picture, struct enl_error *error);

// Noise that repeats every ENL_MIST units: a table of random values, smooth between them (value noise, Perlin 1985).
#define ENL_MIST 64
struct enl_mist {
    float at[ENL_MIST][ENL_MIST]; // 0..1
};
void enl_mist_fill(struct enl_mist *mist, uint64_t seed);
float enl_mist_at(const struct enl_mist *mist, float x, float y);                   // 0..1, mean .5
float enl_mist_octaves(const struct enl_mist *mist, float x, float y, int octaves); // the same, rougher

// Up to about one: sin(2 pi turns) within .001 without libm (Bhaskara's parabola, refined once).
static inline float enl_swing(float turns) {
    int whole = (int)turns - (turns < 0);                                 // floorf is a call where there is no SSE4
    float x = turns - (float)whole - .5f, y = 8 * x * (1 - 2 * fabsf(x)); // -sin on [0, 1)
    return -(.775f * y + .225f * y * fabsf(y));
}

// Points of the photo, sorted into tiles.
struct enl_points {
    int columns, rows, count;
    int *first; // of each tile of the photo; one more at the end
    struct enl_point {
        float x, y, size, strength, phase, colour[3];
    } * list;
};
// Takes `list` over (also on failure); fills first and sorts. A point reaches `size` pixels.
struct enl_points *enl_points_new(const struct enl_stage *stage, struct enl_point *list, int count,
                                  struct enl_error *error);
void enl_points_free(struct enl_points **points);
// Marks the nodes that the points reach.
void enl_points_support(const struct enl_points *points, struct enl_field *field);
// Calls draw for every point that reaches the tile, with its place in the tile's pixels and how much larger it is seen.
void enl_points_draw(const struct enl_points *points, const void *state, double t, struct enl_tile *tile,
                     void (*draw)(const void *state, double t, struct enl_tile *tile, const struct enl_point *point,
                                  float x, float y));

// The brightest place of each cell of `cell` pixels where `score` is over `least`, the `most` best of them; NULL
// without memory. Sets x, y and strength (the score).
struct enl_point *enl_points_find(const struct enl_plane *score, int cell, float least, int most, int *ret_count,
                                  struct enl_error *error);

#endif
