// SPDX-License-Identifier: MIT
// What of a scene a video can move: what lies in the part that is shown, is large enough there, and is not under the
// freeze mask.
#ifndef ENL_PLAN_REACH_H
#define ENL_PLAN_REACH_H

#include "plan/kinds.h"

#include <enliven/picture.h>
#include <enliven/plan.h>

#define ENL_ALL_HELD "The freeze mask is white all over, so only camera, light and weather may change."

struct enl_reach {
    const struct enl_scene *scene;
    const struct enl_picture *held; // the freeze mask; NULL: none
    bool all_held;
    bool is_held[ENL_ELEMENTS]; // in view, but wholly under the mask; also of faces
    // The scene as the video shows it: without the masks of what it cannot move, and with the faces that are left, in
    // fractions of the frame.
    struct enl_scene seen;
};

// `shown` may be NULL for all of the photo; `width` of the video in pixels, 0: the photo's own. Free with enl_release.
struct enl_reach *enl_reach_new(const struct enl_scene *scene, const float *shown, int width,
                                const struct enl_picture *held, struct enl_error *error);
// Why a motion cannot act in this video, as a clause, or NULL.
const char *enl_reach_why_not(const struct enl_reach *reach, const struct enl_motion_kind *kind);
// Whether it could, but for the mask.
bool enl_reach_holds(const struct enl_reach *reach, const struct enl_motion_kind *kind);
// How many faces a motion of faces can move, be they more than move at once.
int enl_reach_faces(struct enl_reach *reach, const struct enl_motion_kind *kind);
// Whether the mask leaves nothing to flow where an arrow lies that begins on `element`.
bool enl_reach_holds_arrow(const struct enl_reach *reach, const struct enl_arrow *arrow, enum enl_element element);

// Takes out the sounds of what moved in the plan that was `given` and is no longer among the motions before `end`, and
// all of them where nothing is left.
void enl_plan_hush(struct enl_plan *plan, const struct enl_motion *end, const struct enl_plan *given);

#endif
