// SPDX-License-Identifier: MIT
#ifndef ENL_SCENE_MATTE_THIN_H
#define ENL_SCENE_MATTE_THIN_H

#include "scene/features.h"

// Takes thin things and a few pixels about them out of the sky's matte, or with `water` what stands upright out of the
// water's. It has the guide's size. False: no memory.
bool enl_hold_thin(struct enl_picture *matte, const struct enl_picture *guide, bool water, struct enl_error *error);

#endif
