// SPDX-License-Identifier: MIT
// What the files of the plants finder share.
#ifndef ENL_SCENE_PLANTS_H
#define ENL_SCENE_PLANTS_H

#include "scene/features.h"

// The share of the edges about each pixel that run straight on, 0..1, of the view's size. NULL: no memory.
struct enl_plane *enl_plants_lines(const struct enl_view *view, struct enl_error *error);

#endif
