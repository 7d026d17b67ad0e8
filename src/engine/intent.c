// SPDX-License-Identifier: MIT
// What is meant to happen in this photo: the plan, and what of a given one can be seen here.
#include "engine/telling.h"
#include "plan/arrows.h"
#include "plan/reach.h"
#include "plan/say.h"

#include <string.h>

// Whether the given plan has another motion for this element that suits this scene better: one water either runs or
// rolls.
static bool has_better(const struct telling *t, const struct enl_reach *reach, enum enl_element region) {
    for (int i = 0; i < t->p->plan->motion_count; i++) {
        const struct enl_motion_info *other = enl_motion_find(t->p->plan->motions[i].motion);
        if (other && other->kind.region == region && !enl_reach_why_not(reach, &other->kind)) return true;
    }
    return false;
}

// Why a motion of a plan that came from outside cannot be seen here, or NULL.
static const char *why_unseen(const struct telling *t, const struct enl_reach *reach, const struct enl_motion *motion) {
    const struct enl_motion_info *info = enl_motion_find(motion->motion);
    if (!info) return "there is no such motion";
    if ((double)motion->start >= t->story->seconds) return "it would start after the end";
    enum enl_element region = info->kind.region;
    const char *why = enl_reach_why_not(reach, &info->kind);
    // What is there may be moved by a plan even where it is too little for one made here; faces have no mask.
    bool there = region == ENL_ELEMENTS || (region != ENL_FACE && reach->seen.masks[region]);
    return there && !(why && has_better(t, reach, region)) ? NULL : why;
}

// A plan may have been made for another photo: what cannot be seen in this one is left out, and said to be, and what
// would be heard of it too.
static void take_plan(const struct telling *t, const struct enl_reach *reach, struct enl_plan *plan) {
    int kept = 0;
    plan->left_out[0] = 0; // what was true of that photo
    for (int i = 0; i < plan->motion_count; i++) {
        const char *why = why_unseen(t, reach, &plan->motions[i]);
        if (!why) plan->motions[kept++] = plan->motions[i];
        else enl_plan_say(plan->left_out, "The motion %s is left out: %s.", plan->motions[i].motion, why);
    }
    if (kept < plan->motion_count) enl_plan_hush(plan, plan->motions + kept, t->p->plan);
    plan->motion_count = kept;
}

// The freeze mask of the params or else of the plan.
static bool take_freeze(struct telling *t, struct enl_error *error) {
    const struct enl_story_params *p = t->p;
    int width = t->photo->file_width, height = t->photo->file_height;
    const char *path = p->freeze ? p->freeze : p->plan && p->plan->freeze[0] ? p->plan->freeze : NULL;
    if (p->freeze_mask) t->freeze = enl_freeze_copy(p->freeze_mask, width, height, error);
    else if (!path) return true;
    else if (enl_freeze_check(path, error)) t->freeze = enl_freeze_load(path, width, height, error);
    return t->freeze != NULL;
}

// The plan that was given, with the arrows and the mask of the params, as far as it can be seen here.
static bool join_plan(struct telling *t, struct enl_plan *plan, const struct enl_reach *reach,
                      struct enl_error *error) {
    const struct enl_story_params *p = t->p;
    int own = p->plan->arrow_count;
    *plan = *p->plan;
    take_plan(t, reach, plan);
    if (reach->all_held) enl_plan_say(plan->notes, ENL_ALL_HELD);
    plan->arrow_count = 0;
    if (!enl_arrows_take(plan, p->plan->arrows, own, false, error) ||
        !enl_arrows_take(plan, p->arrows, p->arrow_count, false, error))
        return false;
    if (p->mute) plan->sound_count = 0;
    if (!enl_freeze_take(plan, p->freeze, error)) return false;
    enl_arrows_frame(plan, t->story->crop);
    enl_arrows_fit(plan, reach, NULL);
    enl_arrows_settle(plan, t->story->scene);
    return true;
}

bool enl_telling_plan(struct telling *t, struct enl_error *error) {
    const struct enl_story_params *p = t->p;
    if (!take_freeze(t, error)) return false;
    if (!p->plan) {
        t->story->plan = enl_plan_make(
            t->story->scene,
            enl_plan_params(.prompt = p->prompt, .lang = p->lang, .seconds = p->seconds, .only = p->only,
                            .without = p->without, .mute = p->mute, .arrows = p->arrows, .arrow_count = p->arrow_count,
                            .shown = t->story->crop, .width = t->width, .freeze = p->freeze, .held = t->freeze),
            error);
        return t->story->plan != NULL;
    }
    struct enl_reach *reach = enl_reach_new(t->story->scene, t->story->crop, t->width, t->freeze, error);
    t->story->plan = reach ? enl_alloc(1, sizeof *t->story->plan, error) : NULL;
    bool done = t->story->plan && join_plan(t, t->story->plan, reach, error);
    enl_release(reach);
    return done;
}
