// SPDX-License-Identifier: MIT
// What is meant to happen in this photo: the plan, and what of a given one can be seen here.
#include "engine/telling.h"
#include "plan/arrows.h"

#include <stdio.h>
#include <string.h>

// Why a motion of a plan that came from outside cannot be seen here, or NULL.
static const char *why_unseen(const struct telling *t, const struct enl_motion *motion) {
    const struct enl_motion_info *info = enl_motion_find(motion->motion);
    const struct enl_scene *scene = t->story->scene;
    if (!info) return "there is no such motion";
    if ((double)motion->start >= t->story->seconds) return "it would start after the end";
    enum enl_element region = info->kind.region;
    // Faces are known by their landmarks, not by a mask.
    bool there = region == ENL_ELEMENTS || (region != ENL_FACE && scene->masks[region]);
    return there ? NULL : enl_why_not(&info->kind, scene);
}

// A plan may have been made for another photo: what cannot be seen in this one is left out, and said to be.
static void take_plan(const struct telling *t, struct enl_plan *plan) {
    int kept = 0;
    size_t told = 0;
    plan->left_out[0] = 0; // what was true of that photo
    for (int i = 0; i < plan->motion_count; i++) {
        const char *why = why_unseen(t, &plan->motions[i]);
        if (!why) plan->motions[kept++] = plan->motions[i];
        else if (told < sizeof plan->left_out)
            told += (size_t)snprintf(plan->left_out + told, sizeof plan->left_out - told,
                                     "%sThe motion %s is left out: %s.", told ? " " : "", plan->motions[i].motion, why);
    }
    plan->motion_count = kept;
}

// The freeze mask of the params or else of the plan.
static bool take_freeze(struct telling *t, struct enl_error *error) {
    const struct enl_story_params *p = t->p;
    struct enl_plan *plan = t->story->plan;
    int width = t->photo->file_width, height = t->photo->file_height;
    if (p->freeze_mask) t->freeze = enl_freeze_copy(p->freeze_mask, width, height, error);
    else if (plan->freeze[0]) t->freeze = enl_freeze_load(plan->freeze, width, height, error);
    else return true;
    if (t->freeze && enl_freeze_is_all(t->freeze))
        enl_plan_say(plan->notes, "The freeze mask is white all over, so only camera, light and weather may change.");
    return t->freeze != NULL;
}

// The plan that was given, with the arrows and the mask of the params.
static bool join_plan(struct telling *t, struct enl_plan *plan, struct enl_error *error) {
    const struct enl_story_params *p = t->p;
    int own = p->plan->arrow_count;
    *plan = *p->plan;
    take_plan(t, plan);
    plan->arrow_count = 0;
    if (!enl_arrows_take(plan, p->plan->arrows, own, false, error) ||
        !enl_arrows_take(plan, p->arrows, p->arrow_count, false, error))
        return false;
    if (p->mute) plan->sound_count = 0;
    return enl_freeze_take(plan, p->freeze, error);
}

bool enl_telling_plan(struct telling *t, struct enl_error *error) {
    const struct enl_story_params *p = t->p;
    if (p->plan) {
        t->story->plan = enl_alloc(1, sizeof *t->story->plan, error);
        if (!t->story->plan || !join_plan(t, t->story->plan, error)) return false;
        enl_arrows_frame(t->story->plan, t->story->crop);
        enl_arrows_fit(t->story->plan, t->story->scene, NULL, NULL);
        enl_arrows_settle(t->story->plan, t->story->scene);
    } else {
        t->story->plan = enl_plan_make(t->story->scene,
                                       enl_plan_params(.prompt = p->prompt, .lang = p->lang, .seconds = p->seconds,
                                                       .only = p->only, .without = p->without, .mute = p->mute,
                                                       .arrows = p->arrows, .arrow_count = p->arrow_count,
                                                       .shown = t->story->crop, .freeze = p->freeze),
                                       error);
    }
    return t->story->plan && take_freeze(t, error);
}
