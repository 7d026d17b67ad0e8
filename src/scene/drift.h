// SPDX-License-Identifier: MIT
#ifndef ENL_SCENE_DRIFT_H
#define ENL_SCENE_DRIFT_H

#include <enliven/scene.h>

// As enl_scene_matte, of an element whose mask there is, for moving it: without what may not be of it. What stands
// still by mistake is not noticed, what drifts by mistake is.
struct enl_picture *enl_scene_drift(const struct enl_scene *scene, enum enl_element element,
                                    const struct enl_picture *photo, const float crop[4], struct enl_error *error);

#endif
