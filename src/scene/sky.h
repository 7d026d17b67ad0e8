// SPDX-License-Identifier: MIT
// What the files of the sky finder share.
#ifndef ENL_SCENE_SKY_H
#define ENL_SCENE_SKY_H

#include "scene/features.h"

// A level line that ends the sky, where it meets the sea: rows of the region map at the left and the right side.
struct enl_sky_line {
    bool there;
    float left, right;
};

// The soft mask, of the view's size, from the regions that are sky (sky_regions[i] != 0). NULL: no memory.
struct enl_plane *enl_sky_pixels(const struct enl_view *view, const uint8_t *sky_regions,
                                 const struct enl_sky_line *line, struct enl_error *error);

// 0..1: how sure we are that the mask is sky and not a wall, a backdrop or a street. False: no memory.
bool enl_sky_judge(const struct enl_view *view, const struct enl_plane *plane, float *ret_sure,
                   struct enl_error *error);

// Adds to sky[regions->count] the clouds and the glow beside it. False: no memory.
bool enl_sky_clouds(const struct enl_view *view, uint8_t *sky, struct enl_error *error);

#endif
