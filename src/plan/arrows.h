// SPDX-License-Identifier: MIT
// Arrows painted over the photo: what they begin on, how fast they are, and what they do to a plan.
#ifndef ENL_PLAN_ARROWS_H
#define ENL_PLAN_ARROWS_H

#include "base/base.h"

#include <enliven/plan.h>

struct enl_work; // plan/make.h
struct enl_reach;

#define ENL_ARROW_SECONDS 6 // in which content travels as far as its arrow is long

// What an arrow begins on: an element that flows, ENL_HAIR, ENL_PERSON for all else of people, or ENL_ELEMENTS for
// nothing of these.
enum enl_element enl_arrow_element(const struct enl_scene *scene, const struct enl_arrow *arrow);

// Pixels a second in a photo of this size, at most what the element bears; `ret_capped` (may be NULL): it was faster.
float enl_arrow_speed(const struct enl_arrow *arrow, enum enl_element element, float width, float height,
                      bool *ret_capped);

// Appends arrows to the plan's, in the precision that JSON keeps. ENL_USAGE for more than fit or one that begins
// outside the photo, named "Arrow 1", or "Plan: arrows[0]" where they come from JSON.
bool enl_arrows_take(struct enl_plan *plan, const struct enl_arrow *arrows, int count, bool from_json,
                     struct enl_error *error);
// Whether a freeze mask's name can stand in a plan; ENL_USAGE.
bool enl_freeze_check(const char *path, struct enl_error *error);
// Writes the name of a freeze mask into the plan; NULL leaves it alone. ENL_USAGE for a name that JSON cannot hold.
bool enl_freeze_take(struct enl_plan *plan, const char *path, struct enl_error *error);
// Leaves out, and says so, what points nowhere, begins on people, or on what must not move by words, lists or mask.
// `work` has the words and lists; NULL: there are none.
void enl_arrows_fit(struct enl_plan *plan, const struct enl_reach *reach, const struct enl_work *work);
// Leaves out what lies wholly outside the part of the photo that is shown: x, y, width, height as fractions.
void enl_arrows_frame(struct enl_plan *plan, const float crop[4]);
// Puts the motion "arrows" in, and takes out those whose place it takes.
void enl_arrows_settle(struct enl_plan *plan, const struct enl_scene *scene);


#endif
