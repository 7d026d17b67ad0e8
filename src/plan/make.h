// SPDX-License-Identifier: MIT
// Between make.c and the files that do a part of its work.
#ifndef ENL_PLAN_MAKE_H
#define ENL_PLAN_MAKE_H

#include "plan/kinds.h"
#include "plan/reach.h"
#include "plan/wishes.h"

// A comma-separated list of elements and motions ("sky, waves"), as in --only. `text` NULL is the empty list.
struct enl_names {
    bool given;
    int count;
    char names[ENL_MAX_MOTIONS][16];
};
// ENL_USAGE, naming what is unknown and listing the valid names; `option` begins the sentence: "only".
bool enl_names_read(const char *text, const char *option, struct enl_names *ret_names, struct enl_error *error);
bool enl_names_have(const struct enl_names *names, const struct enl_motion_kind *kind);

const char *enl_region_name(const struct enl_motion_kind *kind); // "sky" ... "all"
// How closely the name of an element or motion means this motion: 0 not at all, 4 by its own name.
int enl_name_means(const char *name, const struct enl_motion_kind *kind);

#define ENL_SURE_ENOUGH .4f // elements below this confidence move only when named

// What choose.c works with.
struct enl_work {
    const struct enl_scene *scene;
    const struct enl_reach *reach; // what of it can move
    struct enl_wishes *wishes;
    struct enl_names only, without;
    struct enl_plan *plan;
    float seconds;    // of the video
    bool exclusive;   // only what is named moves
    bool all_refused; // "keep everything still"
};
// Why a motion cannot be, as a clause, or NULL.
static inline const char *enl_work_why_not(const struct enl_work *work, const struct enl_motion_kind *kind) {
    return enl_reach_why_not(work->reach, kind);
}
// How closely a wish goes for a motion, 0..4.
int enl_wish_level(const struct enl_work *work, const struct enl_wish *wish, const struct enl_motion_kind *kind);
// Whether the words want this element still by its name, and nothing of it to move.
bool enl_words_hold(const struct enl_work *work, enum enl_element element);
// Says where the words ask for a motion and against it, or send one more than one way.
void enl_plan_clashes(const struct enl_work *work);
// Fills the plan's motions, and its sentences on those that cannot be.
void enl_plan_motions(struct enl_work *work);
// Fills the plan's sounds. What does not move is not heard either, unless its sound was asked for.
void enl_plan_sounds(const struct enl_work *work);


const struct enl_motion_kind *enl_motion_kind_find(const char *name); // NULL: none
const struct enl_sound_kind *enl_sound_kind_find(const char *name);   // NULL: none

#endif
