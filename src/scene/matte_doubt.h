// SPDX-License-Identifier: MIT
#ifndef ENL_SCENE_MATTE_DOUBT_H
#define ENL_SCENE_MATTE_DOUBT_H

#include "scene/features.h"

// Takes out of a coarse mask (0..1, of the small picture's size) what along its edge looks like what is outside. False:
// no memory.
bool enl_doubt_edge(struct enl_plane *mask, const struct enl_picture *small, struct enl_error *error);
// Takes out of a sky's mask what lies between the skyline and the mask's lower edge: slopes in haze or evening light,
// which look like neither. False: no memory.
bool enl_doubt_skyline(struct enl_plane *mask, const struct enl_picture *small, struct enl_error *error);

#endif
