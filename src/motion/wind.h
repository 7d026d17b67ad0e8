// SPDX-License-Identifier: MIT
// What the wind does to anything that is held at one side and free at the other: leaves, grass, hair.
#ifndef ENL_MOTION_WIND_H
#define ENL_MOTION_WIND_H

#include "base/plane.h"
#include "motion/motion.h"

#define ENL_WIND_BANDS 3

struct enl_wind_params {
    const struct enl_plane *moves; // on the grid, 0..1: what the wind takes
    const struct enl_plane *open;  // on the grid, 0..1: where it may swing out into; the rest holds it fast
    float amplitude;               // pixels at the free end
    float hertz[ENL_WIND_BANDS];   // trunk, branch, leaf
    float grain[ENL_WIND_BANDS];   // size of what swings as one, pixels
    float share[ENL_WIND_BANDS];   // of the amplitude
    float direction;               // degrees, where the wind blows to
    double start;
    uint64_t seed;
};

struct enl_wind;
struct enl_wind *enl_wind_new(const struct enl_stage *stage, const struct enl_wind_params *params,
                              struct enl_field *field, struct enl_error *error);
void enl_wind_displace(const void *wind, double t, struct enl_field *field, int first, int last);
void enl_wind_free(void *wind);

#endif
