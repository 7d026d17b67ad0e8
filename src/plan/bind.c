// SPDX-License-Identifier: MIT
// Modifiers: what they change, and in which wish.
#include "plan/bind.h"
#include "plan/make.h"

#include <string.h>

float enl_wish_raise(float factor, const struct enl_node *node) {
    if (factor <= 0) return 0;
    if (node->inverted) return factor > 1 ? .7f : factor < 1 ? 1.3f : 1;
    return powf(factor, node->power);
}

// Whether this modifier can mean anything to a wish.
static bool suits(const struct enl_node *node, const struct enl_wish *wish) {
    enum enl_sense sense = node->effect->sense;
    const char *element = wish->item ? enl_target_element(wish->item) : "all";
    if (wish->sound) return node->effect->level > 0 && sense != ENL_SENSE_MOOD;
    if (sense == ENL_SENSE_HEARING) return false;
    if (sense == ENL_SENSE_COUNT) { // only lids and nods count
        const struct enl_phrase *motion = wish->item ? enl_item_sense(wish->item, ENL_SENSE_MOTION) : NULL;
        return motion && (!strcmp(motion->name, "blink") || !strcmp(motion->name, "nod"));
    }
    if (sense != ENL_SENSE_DIRECTION) return node->effect->speed > 0 || node->effect->amount > 0;
    for (int i = 0; wish->item && i < wish->item->sense_count; i++) {
        const struct enl_phrase *phrase = wish->item->senses[i];
        const struct enl_motion_kind *kind = phrase->sense == ENL_SENSE_MOTION ? enl_motion_kind_find(phrase->name) :
                                                                                 NULL;
        if (kind) return enl_takes_direction(kind); // the first that there is
    }
    return strcmp(element, "person") && strcmp(element, "face") && strcmp(element, "");
}

void enl_wish_apply(struct enl_wish *wish, const struct enl_node *node) {
    const struct enl_effect *effect = node->effect;
    if (!suits(node, wish)) return;
    node->item->used = true;
    if (wish->sound) {
        wish->level = (wish->level > 0 ? wish->level : 1) * enl_wish_raise(effect->level, node);
    } else if (effect->sense == ENL_SENSE_DIRECTION) {
        wish->redirected += !isnan(wish->direction) && wish->direction != effect->direction;
        wish->direction = effect->direction;
    } else if (effect->sense == ENL_SENSE_MOOD) {
        wish->mood_speed *= enl_wish_raise(effect->speed, node);
        wish->mood_amount *= enl_wish_raise(effect->amount, node);
    } else {
        // Twice the same sort multiplies: "slowly and gently".
        if (effect->speed > 0) wish->speed = (wish->speed > 0 ? wish->speed : 1) * enl_wish_raise(effect->speed, node);
        if (effect->amount > 0)
            wish->amount = (wish->amount > 0 ? wish->amount : 1) * enl_wish_raise(effect->amount, node);
    }
}

// "Slower, a bit", and in Chinese always: a degree behind a modifier softens that one.
static bool soften_before(struct enl_clauses *clauses, const struct enl_clause *clause, int at) {
    int i = at - 1;
    while (i >= clause->from && clauses->nodes[i].role == ENL_ROLE_MOVING) i--;
    if (i < clause->from || clauses->nodes[i].role != ENL_ROLE_MODIFIER) return false;
    enum enl_sense sense = clauses->nodes[i].effect->sense;
    if (sense == ENL_SENSE_DIRECTION || sense == ENL_SENSE_COUNT) return false;
    clauses->nodes[i].power *= .75f;
    return true;
}

void enl_bind_degrees(struct enl_clauses *clauses, const struct enl_clause *clause) {
    struct enl_node none = {0};
    for (int i = clause->from; i < clause->to; i++) {
        struct enl_node *node = &clauses->nodes[i], *next = i + 1 < clause->to ? node + 1 : &none;
        if (node->role != ENL_ROLE_MODIFIER || node->effect->sense != ENL_SENSE_DEGREE) continue;
        bool changes = next->effect && (next->role == ENL_ROLE_MODIFIER || next->role == ENL_ROLE_MOOD) &&
                       (next->effect->speed > 0 || next->effect->amount > 0 || next->effect->level > 0);
        if (changes) {
            bool less = !strcmp(node->effect->name, "less"); // "less fast" is slower
            next->inverted ^= less;
            if (!less) next->power *= node->power * (!strcmp(node->effect->name, "slightly") ? .5f : 1.5f);
            node->role = ENL_ROLE_NONE;
            node->item->used = true;
        } else if (next->role == ENL_ROLE_STILL ||
                   (!strcmp(node->effect->name, "slightly") && soften_before(clauses, clause, i))) {
            node->role = ENL_ROLE_NONE; // "very still" is still
            node->item->used = true;
        }
    }
}

void enl_bind_negations(struct enl_clauses *clauses, const struct enl_clause *clause) {
    for (int i = clause->from; i < clause->to; i++) {
        if (clauses->nodes[i].role != ENL_ROLE_NOT) continue;
        bool took = false;
        for (int j = i + 1; j < clause->to; j++) {
            struct enl_node *node = &clauses->nodes[j];
            if (node->role != ENL_ROLE_MODIFIER) continue;
            if (node->effect->speed <= 0 && node->effect->amount <= 0 && node->effect->level <= 0) continue;
            if (node->effect->sense == ENL_SENSE_COUNT) continue;
            node->inverted = took = true;
        }
        if (took) {
            clauses->nodes[i].role = ENL_ROLE_NONE;
            clauses->nodes[i].item->used = true;
        }
    }
}

// The wish of this clause that a modifier stands nearest to; of two as near the one that has no such word yet.
static struct enl_wish *nearest(struct enl_maker *maker, const struct enl_clause *clause, int at) {
    struct enl_clauses *clauses = maker->clauses;
    struct enl_wish *best = NULL;
    int best_distance = 0;
    for (int w = 0; w < maker->wishes->count; w++) {
        struct enl_wish *wish = &maker->wishes->list[w];
        if (&clauses->list[wish->clause] != clause || !suits(&clauses->nodes[at], wish)) continue;
        int place = clause->from;
        while (place < clause->to && clauses->nodes[place].item != wish->item && clauses->nodes[place].wish != w)
            place++;
        if (place < clause->to && clauses->nodes[place].standard) continue;
        int distance = place > at ? place - at : at - place;
        // What is loud or soft in a clause about sound is the sound.
        if (clause->hears && !wish->sound && clauses->nodes[at].effect->level > 0) distance += 100;
        bool has = clauses->nodes[at].effect->speed > 0 ? best && best->speed > 0 : best && best->amount > 0;
        if (best && (distance > best_distance || (distance == best_distance && !has))) continue;
        best = wish;
        best_distance = distance;
    }
    return best;
}

void enl_bind_modifiers(struct enl_maker *maker, const struct enl_clause *clause) {
    for (int i = clause->from; i < clause->to; i++) {
        struct enl_node *node = &maker->clauses->nodes[i];
        if (node->role != ENL_ROLE_MODIFIER && node->role != ENL_ROLE_MOOD) continue;
        struct enl_wish *wish = nearest(maker, clause, i);
        if (wish) enl_wish_apply(wish, node);
    }
}
