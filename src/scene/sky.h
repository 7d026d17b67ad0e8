// SPDX-License-Identifier: MIT
// What the files of the sky finder share.
#ifndef ENL_SCENE_SKY_H
#define ENL_SCENE_SKY_H

#include "scene/features.h"

// 0..1: how sure we are that the mask is sky and not a wall, a backdrop or a street. False: no memory.
bool enl_sky_judge(const struct enl_view *view, const struct enl_plane *plane, float *ret_sure,
                   struct enl_error *error);

// Adds to sky[regions->count] the clouds and the glow beside it. False: no memory.
bool enl_sky_clouds(const struct enl_view *view, uint8_t *sky, struct enl_error *error);

#endif
