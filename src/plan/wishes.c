// SPDX-License-Identifier: MIT
// From clauses to wishes: which modifier goes with which target, what is negated, and what clauses share.
#include "plan/bind.h"
#include "plan/make.h"

#include <string.h>

bool enl_clauses_have(const struct enl_clauses *clauses, int from, int to, enum enl_role role) {
    for (int i = from; i < to; i++)
        if (clauses->nodes[i].role == role) return true;
    return false;
}

static bool is_person_part(const char *element) {
    return !strcmp(element, "person") || !strcmp(element, "hair") || !strcmp(element, "face");
}

static struct enl_wish *add_wish(struct enl_maker *maker, int clause, struct enl_item *item, bool sound) {
    struct enl_wishes *wishes = maker->wishes;
    if (wishes->count == ENL_MAX_WISHES) return NULL;
    struct enl_wish *wish = &wishes->list[wishes->count];
    *wish = (struct enl_wish){.item = item,
                              .sound = sound,
                              .clause = clause,
                              .group = wishes->count,
                              .direction = NAN,
                              .mood_speed = 1,
                              .mood_amount = 1};
    wishes->count++;
    return wish;
}

static bool targets_between(const struct enl_clauses *clauses, int from, int to) {
    for (int i = from; i < to; i++) {
        enum enl_role role = clauses->nodes[i].role;
        if (role == ENL_ROLE_TARGET || role == ENL_ROLE_HEARING || role == ENL_ROLE_SILENT || role == ENL_ROLE_MOOD)
            return true;
    }
    return false;
}

// Whether what stands at node `at` is negated by the words of its clause.
static bool is_negative(const struct enl_clauses *clauses, const struct enl_clause *clause, int at) {
    bool not = false, still = false;
    for (int i = clause->from; i < clause->to; i++) {
        const struct enl_node *node = &clauses->nodes[i];
        if (node->role == ENL_ROLE_STILL) still = true;
        // "Not" goes for what follows, or, with nothing there, for what came before.
        if (node->role == ENL_ROLE_NOT) not |= targets_between(clauses, i + 1, clause->to) ? at > i : at < i;
        if (node->role == ENL_ROLE_STILL || node->role == ENL_ROLE_EXCEPT || node->role == ENL_ROLE_NOT)
            node->item->used = true;
    }
    bool negative = not != still; // "not still" moves
    const struct enl_item *item = clauses->nodes[at].item;
    for (int i = 0; i < item->sense_count; i++)
        if (item->senses[i]->negated) return !negative;
    return negative;
}

static bool is_all(const struct enl_item *item) {
    const struct enl_phrase *element = enl_item_sense(item, ENL_SENSE_ELEMENT);
    return element && (!strcmp(element->name, "all") || !strcmp(element->name, "rest"));
}

// What an exception takes out: nodes [from, to). Behind it up to "everything", or in some languages the one before it.
static void exception_of(const struct enl_clauses *clauses, const struct enl_clause *clause, int at, int *ret_from,
                         int *ret_to) {
    const struct enl_phrase *phrase = enl_item_sense(clauses->nodes[at].item, ENL_SENSE_NEGATION);
    if (!strcmp(phrase->name, "except_back")) {
        int i = at;
        while (i > clause->from && clauses->nodes[i].wish < 0) i--;
        *ret_from = i, *ret_to = i + 1;
        return;
    }
    *ret_from = *ret_to = at + 1;
    while (*ret_to < clause->to && !is_all(clauses->nodes[*ret_to].item)) ++*ret_to;
}

// An exception is the opposite of what it is taken from: "nothing moves except the clouds".
static void turn_exceptions(struct enl_maker *maker, int index) {
    struct enl_clauses *clauses = maker->clauses;
    const struct enl_clause *clause = &clauses->list[index];
    int at = clause->from, from, to, whole = -1;
    while (at < clause->to && clauses->nodes[at].role != ENL_ROLE_EXCEPT) at++;
    if (at == clause->to) return;
    exception_of(clauses, clause, at, &from, &to);
    for (int i = clause->from; i < clause->to; i++)
        if (clauses->nodes[i].wish >= 0 && (i < from || i >= to)) whole = clauses->nodes[i].wish;
    bool stops = whole >= 0 && maker->wishes->list[whole].negative;
    if (whole < 0 && enl_clauses_have(clauses, clause->from, clause->to, ENL_ROLE_STILL)) {
        // "All but the sea still", with no word for all.
        struct enl_wish *wish = add_wish(maker, index, NULL, false);
        stops = wish != NULL;
        if (wish) wish->negative = true;
    }
    for (int i = from; i < to; i++)
        if (clauses->nodes[i].wish >= 0) maker->wishes->list[clauses->nodes[i].wish].negative = !stops;
}

static void bring_sound(struct enl_wishes *wishes, const char *sound) {
    for (int i = 0; i < 4; i++) {
        if (wishes->mood_sounds[i] && strcmp(wishes->mood_sounds[i], sound)) continue;
        wishes->mood_sounds[i] = sound;
        return;
    }
}

// Rain that is seen is heard.
static void hear_what_comes(struct enl_wishes *wishes, const struct enl_item *item) {
    const struct enl_phrase *motion = enl_item_sense(item, ENL_SENSE_MOTION),
                            *sound = enl_item_sense(item, ENL_SENSE_SOUND);
    if (motion && sound && enl_comes_over(motion->name) && enl_motion_kind_find(motion->name))
        bring_sound(wishes, sound->name);
}

// "Look left": a phrase that says where to as well.
static void aim(struct enl_wish *wish) {
    const struct enl_phrase *direction = enl_item_sense(wish->item, ENL_SENSE_DIRECTION);
    if (direction) wish->direction = enl_effect_find(ENL_SENSE_DIRECTION, direction->name)->direction;
}

// Makes the wishes of a clause's own targets.
static void wish_for_targets(struct enl_maker *maker, int index) {
    struct enl_clauses *clauses = maker->clauses;
    struct enl_clause *clause = &clauses->list[index];
    bool moving = false, named_sound = false;
    for (int i = clause->from; i < clause->to; i++) {
        struct enl_node *node = &clauses->nodes[i];
        moving |= node->role == ENL_ROLE_TARGET && node->moves;
        named_sound |= node->role == ENL_ROLE_TARGET && node->heard;
    }
    for (int i = clause->from; i < clause->to; i++) {
        struct enl_node *node = &clauses->nodes[i];
        bool negative = is_negative(clauses, clause, i);
        struct enl_wish *wish = NULL;
        if (node->role == ENL_ROLE_TARGET && node->heard && (wish = add_wish(maker, index, node->item, true))) {
            wish->negative = negative && !(node->moves && moving);
            node->wish = (int)(wish - maker->wishes->list);
        }
        if (node->role == ENL_ROLE_TARGET && node->moves && (wish = add_wish(maker, index, node->item, false))) {
            wish->negative = negative;
            aim(wish);
            node->wish = (int)(wish - maker->wishes->list);
            if (!negative) hear_what_comes(maker->wishes, node->item);
        }
        bool all = (node->role == ENL_ROLE_HEARING || node->role == ENL_ROLE_SILENT) && !named_sound;
        if (all && (wish = add_wish(maker, index, NULL, true))) {
            wish->negative = negative != (node->role == ENL_ROLE_SILENT);
            node->wish = (int)(wish - maker->wishes->list);
        } else if (node->role == ENL_ROLE_SILENT && named_sound) {
            for (int w = 0; w < maker->wishes->count; w++)
                if (maker->wishes->list[w].clause == index && maker->wishes->list[w].sound)
                    maker->wishes->list[w].negative = true;
        }
        if (wish || node->role == ENL_ROLE_HEARING || node->role == ENL_ROLE_SILENT) node->item->used = true;
        if (node->role == ENL_ROLE_MOVING || node->role == ENL_ROLE_ENLIVEN) node->item->used = true;
    }
}

static bool has_wish(const struct enl_maker *maker, int clause) {
    for (int i = 0; i < maker->wishes->count; i++)
        if (maker->wishes->list[i].clause == clause) return true;
    return false;
}

static void take_mood(struct enl_wishes *wishes, struct enl_node *node, bool negative, bool everywhere) {
    node->item->used = true;
    if (negative) return;
    if (everywhere) {
        wishes->generic = true;
        bool weather = node->effect->sound != NULL;
        *(weather ? &wishes->weather_speed : &wishes->mood_speed) *= enl_wish_raise(node->effect->speed, node);
        *(weather ? &wishes->weather_amount : &wishes->mood_amount) *= enl_wish_raise(node->effect->amount, node);
    }
    wishes->mood_level *= enl_wish_raise(node->effect->level, node);
    if (node->effect->sound) bring_sound(wishes, node->effect->sound);
}

// "No wind": the mood is not wanted, nor what is heard of it; "less wind": that is heard less.
static void refuse_mood(struct enl_maker *maker, int index, struct enl_node *node, bool all) {
    if (!enl_item_sense(node->item, ENL_SENSE_SOUND)) return;
    struct enl_wish *wish = add_wish(maker, index, node->item, true);
    if (wish && all) wish->negative = true;
    if (wish && !all) wish->level = .6f;
}

// "Her hair moves with the breeze": the breeze is hers, not of everything.
static bool lend_mood(struct enl_maker *maker, int index, struct enl_node *node) {
    bool lent = false;
    if (maker->clauses->list[index].join != ENL_JOIN_WITH) return false;
    for (int w = 0; w < maker->wishes->count; w++) {
        struct enl_wish *wish = &maker->wishes->list[w];
        if (wish->clause != index - 1 || wish->sound || wish->negative || !wish->item) continue;
        enl_wish_apply(wish, node);
        lent = true;
    }
    return lent;
}

static void take_moods(struct enl_maker *maker, int index) {
    struct enl_clauses *clauses = maker->clauses;
    struct enl_clause *clause = &clauses->list[index];
    bool targets = enl_clauses_have(clauses, clause->from, clause->to, ENL_ROLE_TARGET);
    for (int i = clause->from; i < clause->to; i++) {
        struct enl_node *node = &clauses->nodes[i];
        if (node->role != ENL_ROLE_MOOD) continue;
        bool negative = !targets && is_negative(clauses, clause, i);
        bool lent = !targets && !negative && lend_mood(maker, index, node);
        take_mood(maker->wishes, node, negative || node->inverted, !targets && !lent);
        if (negative || node->inverted) refuse_mood(maker, index, node, negative);
    }
}

// A clause without a target: "slowly", "but stays still", "make it come alive".
static void wish_without_target(struct enl_maker *maker, int index, int before) {
    struct enl_clauses *clauses = maker->clauses;
    struct enl_wishes *wishes = maker->wishes;
    struct enl_clause *clause = &clauses->list[index];
    bool enliven = enl_clauses_have(clauses, clause->from, clause->to, ENL_ROLE_ENLIVEN);
    bool stops = enl_clauses_have(clauses, clause->from, clause->to, ENL_ROLE_STILL) ||
                 enl_clauses_have(clauses, clause->from, clause->to, ENL_ROLE_NOT);
    bool moods = enl_clauses_have(clauses, clause->from, clause->to, ENL_ROLE_MOOD);
    bool modifiers = enl_clauses_have(clauses, clause->from, clause->to, ENL_ROLE_MODIFIER);
    bool moving = enl_clauses_have(clauses, clause->from, clause->to, ENL_ROLE_MOVING);
    if (clause->unknown && (stops || moving) && !moods && !enliven) return; // "the boat rocks": that, and not all
    if (stops && !moods) {
        bool person =
            before >= 0 && wishes->list[before].item && is_person_part(enl_target_element(wishes->list[before].item));
        if (before >= 0 && !person) return; // "clouds drift, not still": nothing to go by
        struct enl_wish *wish = add_wish(maker, index, NULL, false);
        if (wish)
            wish->negative = is_negative(clauses, clause, clause->from) ||
                             enl_clauses_have(clauses, clause->from, clause->to, ENL_ROLE_NOT);
        if (wish && person && before >= 0) { // "she smiles but keeps still": the rest of her
            wish->element = "person";
        }
        return;
    }
    if (enliven && !moods) wishes->generic = true;
    if (before >= 0 && !enliven && !moods && !wishes->list[before].negative) {
        int group = wishes->list[before].group;
        for (int w = 0; w <= before; w++)
            if (wishes->list[w].group == group) {
                for (int i = clause->from; i < clause->to; i++)
                    if (clauses->nodes[i].role == ENL_ROLE_MODIFIER)
                        enl_wish_apply(&wishes->list[w], &clauses->nodes[i]);
            }
        return;
    }
    if (!modifiers && !moving && !enliven) return;
    struct enl_wish *wish = clause->hears ? NULL : add_wish(maker, index, NULL, false);
    if (wish && !moods) wishes->generic = true;
    for (int i = clause->from; i < clause->to; i++)
        if (wish && clauses->nodes[i].role == ENL_ROLE_MODIFIER) enl_wish_apply(wish, &clauses->nodes[i]);
}

// "Louder", with no sound named: all of them.
static void wish_for_loudness(struct enl_maker *maker, int index) {
    struct enl_clause *clause = &maker->clauses->list[index];
    for (int i = clause->from; i < clause->to; i++) {
        struct enl_node *node = &maker->clauses->nodes[i];
        if (node->role != ENL_ROLE_MODIFIER || node->effect->sense != ENL_SENSE_HEARING) continue;
        bool heard = false;
        for (int w = 0; w < maker->wishes->count; w++)
            heard |= maker->wishes->list[w].clause == index && maker->wishes->list[w].sound;
        if (heard) return;
        add_wish(maker, index, NULL, true);
    }
}

static void note_only(struct enl_maker *maker, const struct enl_clause *clause) {
    for (int i = clause->from; i < clause->to; i++) {
        struct enl_node *node = &maker->clauses->nodes[i];
        if (node->role != ENL_ROLE_ONLY || clause->first < 0) continue;
        const struct enl_node *target = &maker->clauses->nodes[clause->last];
        bool negative = target->wish >= 0 && maker->wishes->list[target->wish].negative;
        if (negative)
            maker->wishes->generic = true; // "only the water stays still": all else moves
        else if (target->moves)
            maker->wishes->only = true;
        else
            maker->wishes->only_sound = true;
        node->item->used = true;
    }
}

// Gives each wish its clause's place in time, counted without gaps.
static void put_in_order(const struct enl_clauses *clauses, struct enl_wishes *wishes) {
    int most = 0;
    for (int w = 0; w < wishes->count; w++) {
        int step = wishes->list[w].step = clauses->list[wishes->list[w].clause].step;
        most = step > most ? step : most;
    }
    wishes->steps = 0;
    for (int step = 0; step <= most; step++) {
        bool any = false;
        for (int w = 0; w < wishes->count; w++) {
            struct enl_wish *wish = &wishes->list[w];
            if (wish->step != step || wish->sound || wish->negative) continue;
            wish->step = wishes->steps; // never more than `step`, so none is counted twice
            any = true;
        }
        wishes->steps += any;
    }
}

void enl_wishes_read(struct enl_clauses *clauses, struct enl_wishes *wishes) {
    struct enl_maker maker = {clauses, wishes};
    *wishes = (struct enl_wishes){
        .mood_speed = 1, .mood_amount = 1, .mood_level = 1, .weather_speed = 1, .weather_amount = 1};
    for (int i = 0; i < clauses->count; i++) {
        struct enl_clause *clause = &clauses->list[i];
        enl_bind_degrees(clauses, clause);
        enl_bind_negations(clauses, clause);
        wish_for_targets(&maker, i);
        turn_exceptions(&maker, i);
        wish_for_loudness(&maker, i);
        enl_bind_modifiers(&maker, clause);
        take_moods(&maker, i);
        note_only(&maker, clause);
    }
    int own_wishes = wishes->count;
    enl_share_lists(&maker);
    for (int i = 0; i < clauses->count; i++) {
        if (has_wish(&maker, i)) continue;
        int before = -1;
        for (int w = 0; w < own_wishes; w++)
            if (wishes->list[w].clause < i && !wishes->list[w].sound) before = w;
        wish_without_target(&maker, i, before);
    }
    put_in_order(clauses, wishes);
}
