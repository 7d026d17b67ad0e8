// SPDX-License-Identifier: MIT
// What a prompt says twice and differently: a motion that is asked for and forbidden, or sent more than one way. One of
// the two is done; a sentence says which.
#include "plan/arrows.h"
#include "plan/make.h"
#include "plan/say.h"

#include <stdio.h>
#include <string.h>

// What the words ask for by one motion: its closest wish each way; 0: none.
struct sides {
    int wanted, refused;
    const struct enl_wish *yes, *no;
};

static const char *name_of(const struct enl_wish *wish) {
    if (!wish->item) return wish->element ? wish->element : "all";
    const struct enl_phrase *element = enl_item_sense(wish->item, ENL_SENSE_ELEMENT),
                            *motion = enl_item_sense(wish->item, ENL_SENSE_MOTION);
    return motion ? motion->name : element ? element->name : "all";
}

// "She smiles but keeps still" is the rest of her; who nods does not keep still.
static bool moves_all_of_her(const struct enl_motion_kind *kind) {
    return !strcmp(kind->name, "nod") || !strcmp(kind->name, "turn") || !strcmp(kind->name, "head");
}

static struct sides sides_of(const struct enl_work *work, const struct enl_motion_kind *kind) {
    struct sides sides = {0};
    for (int i = 0; i < work->wishes->count; i++) {
        const struct enl_wish *wish = &work->wishes->list[i];
        int level = enl_wish_level(work, wish, kind), least = wish->negative && moves_all_of_her(kind) ? 2 : 3;
        if (level < least || (level == 2 && !wish->item)) continue;
        if (wish->negative ? level < sides.refused : level < sides.wanted) continue;
        if (wish->negative) sides.refused = level, sides.no = wish;
        else sides.wanted = level, sides.yes = wish;
    }
    return sides;
}

static const char *spoken(const char *name, char ret[24]) {
    snprintf(ret, 24, "%s", name);
    for (char *c = ret; *c; c++)
        if (*c == '_') *c = ' ';
    return ret;
}

static bool is_in(const struct enl_plan *plan, const char *name) {
    for (int i = 0; i < plan->motion_count; i++)
        if (!strcmp(plan->motions[i].motion, name)) return true;
    return false;
}

// Whether two wishes speak of one motion against each other, and not of an exception ("nothing of the water but the
// waves") or of two steps of an order.
static bool is_contradiction(const struct enl_work *work, const struct sides *sides) {
    if (!sides->yes || !sides->no || sides->refused > sides->wanted || work->wishes->only) return false;
    return sides->yes->clause != sides->no->clause && sides->yes->step == sides->no->step;
}

static void say_contradiction(const struct enl_work *work, const struct enl_motion_kind *kind) {
    struct sides sides = sides_of(work, kind);
    char yes[24], no[24];
    if (!is_contradiction(work, &sides)) return;
    const char *other = name_of(sides.no);
    bool same = !strcmp(other, kind->name), moves = is_in(work->plan, kind->name);
    enl_plan_say(work->plan->notes, "The words ask for %s and %s%s%s; %s is %s.", spoken(kind->name, yes),
                 same ? "against it" : "want the ", same ? "" : spoken(other, no), same ? "" : " still", yes,
                 moves ? "kept" : "left out");
}

// How many ways the wishes that count send a motion.
static int count_ways(const struct enl_work *work, const struct enl_motion_kind *kind) {
    int best = 0, ways = 0;
    float last = NAN;
    for (int i = 0; i < work->wishes->count; i++) {
        const struct enl_wish *wish = &work->wishes->list[i];
        int level = wish->negative || isnan(wish->direction) ? 0 : enl_wish_level(work, wish, kind);
        if (!level || level < best) continue;
        if (level > best) ways = 0;
        if (!ways || wish->direction != last) ways++;
        best = level;
        last = wish->direction;
        ways += wish->redirected;
    }
    return ways;
}

void enl_plan_clashes(const struct enl_work *work) {
    const struct enl_motion_kind *kind;
    char name[24], torn[120] = "";
    for (int i = 0; (kind = enl_motion_kind_at(i)); i++) {
        if (enl_work_why_not(work, kind)) continue;
        say_contradiction(work, kind);
        if (!is_in(work->plan, kind->name) || !enl_takes_direction(kind) || count_ways(work, kind) < 2) continue;
        spoken(kind->name, name);
        enl_list_add(torn, sizeof torn, ", ", name, strlen(name));
    }
    if (torn[0])
        enl_plan_say(work->plan->notes,
                     "The words send more than one way what can go only one: %s; the last one counts.", torn);
}

bool enl_words_hold(const struct enl_work *work, enum enl_element element) {
    bool held = false;
    for (int i = 0; element < ENL_DEPTH && i < work->wishes->count; i++) {
        const struct enl_wish *wish = &work->wishes->list[i];
        if (wish->sound || !wish->item || strcmp(enl_target_element(wish->item), enl_element_name(element)) != 0)
            continue;
        if (!wish->negative) return false;
        held |= enl_item_sense(wish->item, ENL_SENSE_ELEMENT) != NULL;
    }
    return held;
}
