// SPDX-License-Identifier: MIT
// The course of running water: along the bed, from one end of it to the other.
#ifndef ENL_MOTION_COURSE_H
#define ENL_MOTION_COURSE_H

#include "base/plane.h"

// `bed` is the water on the grid, 0..1; it runs from its ends against `angle` (degrees, 90 is up) to those along it.
// way[n] becomes its direction, x to the right and y down, of length 1; 0 outside the bed.
// False without memory.
bool enl_course(const struct enl_plane *bed, float angle, float (*way)[2], struct enl_error *error);

#endif
