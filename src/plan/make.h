// SPDX-License-Identifier: MIT
// Between make.c and the files that do a part of its work.
#ifndef ENL_PLAN_MAKE_H
#define ENL_PLAN_MAKE_H

#include "plan/kinds.h"
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
    struct enl_wishes *wishes;
    struct enl_names only, without;
    struct enl_plan *plan;
    float seconds;    // of the video
    bool exclusive;   // only what is named moves
    bool all_refused; // "keep everything still"
};
// Fills the plan's motions, and its sentences on those that cannot be.
void enl_plan_motions(struct enl_work *work);
// Fills the plan's sounds. What must not move is not heard either, unless its sound was asked for.
void enl_plan_sounds(const struct enl_work *work);

// Appends to a list in a fixed buffer; leaves it alone where there is no room or it is in already.
void enl_list_add(char *list, size_t size, const char *separator, const char *text, size_t length);

const struct enl_motion_kind *enl_motion_kind_find(const char *name); // NULL: none
const struct enl_sound_kind *enl_sound_kind_find(const char *name);   // NULL: none

#endif
