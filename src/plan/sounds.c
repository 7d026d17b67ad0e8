// SPDX-License-Identifier: MIT
// The sounds of a plan: what the scene sounds like by itself, changed by the words.
#include "plan/arrows.h"
#include "plan/make.h"
#include "plan/say.h"

#include <stdio.h>
#include <string.h>

// What the words make of one sound.
struct verdict {
    float factor; // said about its level
    bool named;   // wanted by name
    bool refused;
};

#define MAX_KINDS 32 // more sounds than there are

// What comes of one sound in the end.
struct hearing {
    float level; // 0: not heard
    bool named;
};

static bool names_sound(const struct enl_wish *wish, const char *name) {
    if (!wish->item) return false;
    for (int i = 0; i < wish->item->sense_count; i++)
        if (wish->item->senses[i]->sense == ENL_SENSE_SOUND && !strcmp(wish->item->senses[i]->name, name)) return true;
    return false;
}

// A word that may mean several sounds ("water") means those that are heard here, else the first of them.
static bool means_sound(const struct enl_scene *scene, const struct enl_wish *wish, const struct enl_sound_kind *kind) {
    if (!names_sound(wish, kind->name)) return false;
    if (wish->negative || kind->level(scene) > 0) return true;
    const struct enl_phrase *first = enl_item_sense(wish->item, ENL_SENSE_SOUND);
    const struct enl_sound_kind *other;
    for (int i = 0; (other = enl_sound_kind_at(i)); i++)
        if (names_sound(wish, other->name) && other->level(scene) > 0) return false;
    return !strcmp(first->name, kind->name);
}

static struct verdict judge(const struct enl_scene *scene, const struct enl_wishes *wishes,
                            const struct enl_sound_kind *kind) {
    struct verdict verdict = {.factor = 1};
    bool all_refused = false;
    for (int i = 0; i < wishes->count; i++) {
        const struct enl_wish *wish = &wishes->list[i];
        if (!wish->sound) continue;
        if (!wish->item) {
            if (wish->negative) all_refused = true;
            else if (wish->level > 0) verdict.factor *= wish->level;
        } else if (means_sound(scene, wish, kind)) {
            verdict.named = !wish->negative;
            verdict.refused = wish->negative;
            if (wish->level > 0 && !wish->negative) verdict.factor *= wish->level;
        }
    }
    if (all_refused && !verdict.named) verdict.refused = true; // "no sound but the wind"
    if (wishes->only_sound && !verdict.named) verdict.refused = true;
    return verdict;
}

static bool comes_with_mood(const struct enl_wishes *wishes, const char *name) {
    for (int i = 0; i < 4 && wishes->mood_sounds[i]; i++)
        if (!strcmp(wishes->mood_sounds[i], name)) return true;
    return false;
}

// Wanted, but nothing makes it.
static void note_missing(const struct enl_wishes *wishes, struct enl_plan *plan) {
    for (int i = 0; i < wishes->count; i++) {
        const struct enl_wish *wish = &wishes->list[i];
        if (!wish->sound || wish->negative || !wish->item) continue;
        bool found = false;
        const struct enl_sound_kind *kind;
        for (int k = 0; (kind = enl_sound_kind_at(k)); k++) found |= names_sound(wish, kind->name);
        if (found) continue;
        char text[96];
        int length = snprintf(text, sizeof text, "There is no sound of %s yet.",
                              enl_item_sense(wish->item, ENL_SENSE_SOUND)->name);
        enl_list_add(plan->left_out, sizeof plan->left_out, " ", text, (size_t)length);
    }
}

// Whether anything moves of what a sound comes from: it is heard with what is seen. A camera takes all of the picture
// along, unless the words want all else still; what comes from everywhere is heard where anything moves.
static bool is_moving(const struct enl_work *work, enum enl_element where) {
    const struct enl_plan *plan = work->plan;
    for (int i = 0; i < plan->motion_count; i++) {
        const struct enl_motion_kind *kind = enl_motion_kind_find(plan->motions[i].motion);
        if (!kind) continue;
        bool camera = enl_is_camera(kind);
        if (camera && work->all_refused) continue;
        bool of_people = kind->region == ENL_FACE || kind->region == ENL_HAIR;
        if (where == ENL_ELEMENTS || kind->region == where || camera || (where == ENL_PERSON && of_people)) return true;
    }
    for (int i = 0; i < plan->arrow_count; i++)
        if (enl_arrow_element(work->scene, &plan->arrows[i]) == where) return true;
    return false;
}

// Whether --without or --only keeps still what it comes from.
static bool is_kept_still(const struct enl_work *work, enum enl_element where) {
    bool out = false, in = !work->only.given || where == ENL_ELEMENTS;
    for (int i = 0; where != ENL_ELEMENTS && i < work->without.count; i++)
        out |= !strcmp(work->without.names[i], enl_element_name(where)) || !strcmp(work->without.names[i], "all");
    const struct enl_motion_kind *kind;
    for (int i = 0; (kind = enl_motion_kind_at(i)); i++)
        if (kind->region == where) in |= enl_names_have(&work->only, kind);
    return out || !in;
}

// Which of the kinds are heard and how loud; the number of those that were named.
static int hear_all(const struct enl_work *work, struct hearing *ret_heard) {
    const struct enl_scene *scene = work->scene;
    const struct enl_wishes *wishes = work->wishes;
    const struct enl_sound_kind *kind;
    int named = 0;
    for (int i = 0; i < MAX_KINDS && (kind = enl_sound_kind_at(i)); i++) {
        struct verdict verdict = judge(scene, wishes, kind);
        float level = kind->level(scene);
        bool asked = verdict.named || comes_with_mood(wishes, kind->name);
        if (verdict.refused || (!verdict.named && is_kept_still(work, kind->where))) continue;
        if (!asked && !is_moving(work, kind->where)) continue;
        if (verdict.named && level <= 0) level = 1;
        if (asked && !verdict.named) level = fmaxf(level, .6f);
        ret_heard[i].level = enl_clampf(level * verdict.factor * wishes->mood_level, 0, 2);
        ret_heard[i].named = verdict.named && ret_heard[i].level > 0;
        named += ret_heard[i].named;
    }
    return named;
}

static void note_full(const char *name, struct enl_plan *plan) {
    char text[96];
    int length = snprintf(text, sizeof text, "No more than %d sounds fit: %s is left out.", ENL_MAX_SOUNDS, name);
    enl_list_add(plan->left_out, sizeof plan->left_out, " ", text, (size_t)length);
}

void enl_plan_sounds(const struct enl_work *work) {
    struct enl_plan *plan = work->plan;
    struct hearing heard[MAX_KINDS] = {{0}};
    int spare = ENL_MAX_SOUNDS - hear_all(work, heard); // for those that nobody asked for
    for (int i = 0; i < MAX_KINDS; i++) {
        if (heard[i].level <= 0 || (!heard[i].named && spare-- <= 0)) continue;
        const char *name = enl_sound_kind_at(i)->name;
        if (plan->sound_count == ENL_MAX_SOUNDS) {
            note_full(name, plan);
            continue;
        }
        struct enl_sound *sound = &plan->sounds[plan->sound_count++];
        snprintf(sound->sound, sizeof sound->sound, "%s", name);
        sound->level = heard[i].level;
    }
    note_missing(work->wishes, plan);
}

// Whether any of the motions before `end` moves this element; ENL_ELEMENTS: any at all.
static bool moves_any(const struct enl_motion *motions, const struct enl_motion *end, enum enl_element element) {
    for (const struct enl_motion *m = motions; m < end; m++) {
        const struct enl_motion_kind *kind = enl_motion_kind_find(m->motion);
        if (element == ENL_ELEMENTS || (kind && kind->region == element)) return true;
    }
    return false;
}

void enl_plan_hush(struct enl_plan *plan, const struct enl_motion *end, const struct enl_plan *given) {
    int kept = 0;
    for (int i = 0; i < plan->sound_count; i++) {
        const struct enl_sound_kind *kind = enl_sound_kind_find(plan->sounds[i].sound);
        enum enl_element where = kind ? kind->where : ENL_ELEMENTS;
        if (moves_any(plan->motions, end, where) ||
            !moves_any(given->motions, given->motions + given->motion_count, where))
            plan->sounds[kept++] = plan->sounds[i];
        else enl_plan_say(plan->left_out, "The sound %s is left out with it.", plan->sounds[i].sound);
    }
    plan->sound_count = kept;
}
