// SPDX-License-Identifier: MIT
// What changes of the light of day have in common.
#ifndef ENL_MOTION_DUSK_H
#define ENL_MOTION_DUSK_H

#include "motion/shade.h"

struct enl_dusk {
    const struct enl_stage *stage;
    double start, ramp; // seconds
    float amount;
    float horizon;  // row
    float sky_mean; // luminance of the sky; of the whole where there is none
    float mean;     // luminance of the whole
};

void enl_dusk_fill(struct enl_dusk *dusk, const struct enl_stage *stage, const struct enl_motion *motion);
// How far it has come at `t`, 0..1.
float enl_dusk_ease(const struct enl_dusk *dusk, double t);
// 0 at the picture's top, 1 at the horizon and below, for a row of the tile.
float enl_dusk_height(const struct enl_dusk *dusk, const struct enl_tile *tile, int row);
// The sky's matte with the holes filled that are all surrounded by it, as by a burning cloud; NULL in *ret where no sky
// is sure. False without memory.
bool enl_whole_sky(const struct enl_stage *stage, struct enl_picture **ret, struct enl_error *error);
// Small bright warm things against what is darker: lamps, windows, candles. Not of a bright day's sky.
struct enl_picture *enl_lamp_matte(const struct enl_stage *stage, struct enl_error *error);

#endif
