// SPDX-License-Identifier: MIT
#include "plan/wishes.h"

#include <string.h>

// The role of all that is no target.
static void give_role(struct enl_node *node) {
    static const struct {
        enum enl_sense sense;
        const char *name; // NULL: any
        enum enl_role role;
    } roles[] = {
        {ENL_SENSE_NEGATION, "not", ENL_ROLE_NOT},       {ENL_SENSE_NEGATION, NULL, ENL_ROLE_EXCEPT},
        {ENL_SENSE_ONLY, NULL, ENL_ROLE_ONLY},           {ENL_SENSE_STILL, NULL, ENL_ROLE_STILL},
        {ENL_SENSE_HEARING, "sound", ENL_ROLE_HEARING},  {ENL_SENSE_HEARING, "silent", ENL_ROLE_SILENT},
        {ENL_SENSE_HEARING, NULL, ENL_ROLE_MODIFIER},    {ENL_SENSE_MOVING, "move", ENL_ROLE_MOVING},
        {ENL_SENSE_MOVING, "enliven", ENL_ROLE_ENLIVEN}, {ENL_SENSE_MOOD, NULL, ENL_ROLE_MOOD},
        {ENL_SENSE_DIRECTION, NULL, ENL_ROLE_MODIFIER},  {ENL_SENSE_SPEED, NULL, ENL_ROLE_MODIFIER},
        {ENL_SENSE_AMOUNT, NULL, ENL_ROLE_MODIFIER},     {ENL_SENSE_MANNER, NULL, ENL_ROLE_MODIFIER},
        {ENL_SENSE_DEGREE, NULL, ENL_ROLE_MODIFIER},     {ENL_SENSE_COUNT, NULL, ENL_ROLE_MODIFIER},
    };
    node->role = ENL_ROLE_NONE;
    node->moves = node->heard = false;
    node->effect = NULL;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        const struct enl_phrase *phrase = enl_item_sense(node->item, roles[i].sense);
        if (!phrase || (roles[i].name && strcmp(roles[i].name, phrase->name))) continue;
        node->role = roles[i].role;
        node->effect = enl_effect_find(phrase->sense, phrase->name);
        return;
    }
}

// Whether `owner` only says whose, where or of what `part` is: "her" of "smile", "water" of "waves".
static bool is_narrowed_by(const struct enl_item *owner, const struct enl_item *part) {
    const struct enl_phrase *element = enl_item_sense(owner, ENL_SENSE_ELEMENT);
    if (!element) return false;
    const char *of = enl_target_element(part);
    bool motion = enl_item_sense(part, ENL_SENSE_MOTION) != NULL;
    if (!strcmp(element->name, "all")) return !strcmp(of, "camera") || !strcmp(of, "air");
    if (!strcmp(of, "air")) return !strcmp(element->name, "sky"); // where it falls from
    if (!strcmp(element->name, "person"))
        return !strcmp(of, "hair") || !strcmp(of, "face") || (motion && !strcmp(of, "person"));
    return motion && !enl_item_sense(part, ENL_SENSE_ELEMENT) && !strcmp(of, element->name);
}

static bool is_everywhere(const struct enl_item *item) {
    const char *element = enl_target_element(item);
    return !strcmp(element, "camera") || !strcmp(element, "air");
}

// "Orbit around her": about people it goes by itself.
static bool is_its_subject(const struct enl_item *target, const struct enl_item *camera) {
    const struct enl_phrase *motion = enl_item_sense(camera, ENL_SENSE_MOTION);
    const char *element = enl_target_element(target);
    return motion && !strcmp(motion->name, "orbit") && (!strcmp(element, "person") || !strcmp(element, "face"));
}

// Drops targets that only narrow or aim another one in the clause.
static void narrow(struct enl_clauses *clauses, struct enl_clause *clause) {
    for (int i = clause->from; i < clause->to; i++) {
        struct enl_node *node = &clauses->nodes[i];
        for (int j = clause->from; node->role == ENL_ROLE_TARGET && j < clause->to; j++) {
            const struct enl_node *other = &clauses->nodes[j];
            if (j == i || !other->moves) continue;
            if (is_narrowed_by(node->item, other->item)) {
                node->role = ENL_ROLE_NONE;
                node->item->used = true;
            } else if (j < i && is_everywhere(other->item) && enl_item_sense(node->item, ENL_SENSE_ELEMENT) &&
                       strcmp(enl_target_element(node->item), "camera")) {
                node->role = ENL_ROLE_NONE; // where the camera goes, or the rain falls; a plan cannot say that
                node->item->used |= is_its_subject(node->item, other->item);
            }
        }
    }
}

static bool is_modifier(const struct enl_clauses *clauses, const struct enl_clause *clause, int at) {
    return at >= clause->from && clauses->nodes[at].role == ENL_ROLE_MODIFIER;
}

// "More" or "less".
static bool is_comparative(const struct enl_clauses *clauses, const struct enl_clause *clause, int at) {
    if (!is_modifier(clauses, clause, at)) return false;
    const struct enl_effect *effect = clauses->nodes[at].effect;
    return effect->sense == ENL_SENSE_DEGREE && (!strcmp(effect->name, "much") || !strcmp(effect->name, "less"));
}

// Whether the word at `at` compares, and in which direction what it compares with stands: 1, -1, or 0 for neither.
static int compares_with(const struct enl_clauses *clauses, const struct enl_clause *clause, int at) {
    const struct enl_phrase *phrase = enl_item_sense(clauses->nodes[at].item, ENL_SENSE_COMPARISON);
    if (!phrase) return 0;
    if (!strcmp(phrase->name, "behind")) return -1;
    if (!strcmp(phrase->name, "against")) return 1;
    // "Of" and "than" mean much else: only behind "slower", or behind "more" and "more slowly".
    if (!strcmp(phrase->name, "of"))
        return is_comparative(clauses, clause, at - 1) || is_comparative(clauses, clause, at - 2);
    return is_modifier(clauses, clause, at) || is_modifier(clauses, clause, at - 1);
}

// "Clouds faster than the waves": the waves move too, and nothing else is said about them.
static void mark_standards(struct enl_clauses *clauses, const struct enl_clause *clause) {
    for (int i = clause->from; i < clause->to; i++) {
        int step = compares_with(clauses, clause, i), at = i + step;
        while (step && at >= clause->from && at < clause->to && clauses->nodes[at].role != ENL_ROLE_TARGET) at += step;
        if (!step || at < clause->from || at >= clause->to) continue;
        clauses->nodes[at].standard = true;
        clauses->nodes[i].item->used = true;
    }
}

// "Todo menos el mar", "menos viento": the same word takes out of all, or means less.
static void except_or_less(struct enl_clauses *clauses, const struct enl_clause *clause, int at) {
    struct enl_node *node = &clauses->nodes[at];
    const struct enl_phrase *degree = enl_item_sense(node->item, ENL_SENSE_DEGREE);
    if (node->role != ENL_ROLE_EXCEPT || !degree) return;
    bool all = false, then = at + 1 < clause->to && enl_is_target(clauses->nodes[at + 1].item);
    for (int i = clause->from; i < at; i++) {
        const struct enl_phrase *element = enl_item_sense(clauses->nodes[i].item, ENL_SENSE_ELEMENT);
        all |= element && !strcmp(element->name, "all");
    }
    if (all && then) return;
    node->role = ENL_ROLE_MODIFIER;
    node->effect = enl_effect_find(ENL_SENSE_DEGREE, degree->name);
}

static bool has_other_mover(const struct enl_clauses *clauses, const struct enl_clause *clause, int but) {
    for (int i = clause->from; i < clause->to; i++)
        if (i != but && enl_is_target(clauses->nodes[i].item) &&
            !enl_item_sense(clauses->nodes[i].item, ENL_SENSE_MOVING))
            return true;
    return false;
}

// "Niente vento": the word for nothing, before the name of something, is "no".
static bool is_mere_no(const struct enl_clauses *clauses, const struct enl_clause *clause, int at) {
    const struct enl_item *item = clauses->nodes[at].item;
    const struct enl_phrase *all = enl_item_sense(item, ENL_SENSE_ELEMENT);
    if (!all || !all->negated || !enl_item_sense(item, ENL_SENSE_NEGATION) || at + 1 >= clause->to) return false;
    const struct enl_item *next = clauses->nodes[at + 1].item;
    return enl_is_target_or_sound(next) || enl_item_sense(next, ENL_SENSE_MOOD);
}

// Decides the role of every phrase in a clause, knowing whether it speaks of sound.
static void understand(struct enl_clauses *clauses, struct enl_clause *clause) {
    bool moving = false, only = false;
    for (int i = clause->from; i < clause->to; i++) {
        const struct enl_item *item = clauses->nodes[i].item;
        moving |= enl_item_sense(item, ENL_SENSE_MOVING) || enl_item_sense(item, ENL_SENSE_DIRECTION) ||
                  enl_item_sense(item, ENL_SENSE_SPEED);
        only |= enl_item_sense(item, ENL_SENSE_ONLY) != NULL;
    }
    clause->first = clause->last = -1;
    for (int i = clause->from; i < clause->to; i++) {
        struct enl_node *node = &clauses->nodes[i];
        bool sound = enl_item_sense(node->item, ENL_SENSE_SOUND), target = enl_is_target(node->item);
        // "Trees sway": a verb; "sway gently": a motion.
        if (target && enl_item_sense(node->item, ENL_SENSE_MOVING) && has_other_mover(clauses, clause, i))
            target = false;
        if (is_mere_no(clauses, clause, i)) target = false;
        give_role(node);
        except_or_less(clauses, clause, i);
        if (node->role == ENL_ROLE_SILENT || node->role == ENL_ROLE_HEARING) continue;
        node->heard = sound && (clause->hears || (!target && node->role != ENL_ROLE_MOOD) || (only && !target));
        node->moves = target && (!node->heard || moving);
        if (node->moves || node->heard) node->role = ENL_ROLE_TARGET;
    }
    narrow(clauses, clause);
    mark_standards(clauses, clause);
    for (int i = clause->from; i < clause->to; i++) {
        if (clauses->nodes[i].role != ENL_ROLE_TARGET) continue;
        if (clause->first < 0) clause->first = i;
        clause->last = i;
    }
}

// "The sound of waves and wind", "waves and wind sounds": a clause that is nothing but names goes with its neighbour.
static bool only_names_sounds(const struct enl_clauses *clauses, const struct enl_clause *clause) {
    for (int i = clause->from; i < clause->to; i++) {
        const struct enl_item *item = clauses->nodes[i].item;
        bool more = i > clause->from && enl_item_sense(item, ENL_SENSE_DEGREE) &&
                    !enl_is_target(clauses->nodes[i - 1].item); // "the waves are louder, the wind less"
        if (!more && !enl_item_sense(item, ENL_SENSE_SOUND)) return false;
    }
    return true;
}

static bool names_sound(const struct enl_clauses *clauses, const struct enl_clause *clause) {
    return clause->hears && clause->first >= 0 && clauses->nodes[clause->last].heard;
}

void enl_clauses_read(const struct enl_words *words, struct enl_reading *reading, struct enl_clauses *clauses) {
    clauses->node_count = clauses->count = 0;
    enl_clauses_cut(words, reading, clauses);
    for (int i = 0; i < clauses->count; i++) {
        struct enl_clause *clause = &clauses->list[i];
        for (int j = clause->from; j < clause->to; j++) clause->hears |= enl_is_about_sound(clauses->nodes[j].item);
        const struct enl_clause *before = i ? clause - 1 : NULL;
        if (before && clause->join <= ENL_JOIN_AND && names_sound(clauses, before) &&
            only_names_sounds(clauses, clause))
            clause->hears = true;
        understand(clauses, clause);
    }
    for (int i = clauses->count - 2; i >= 0; i--) {
        struct enl_clause *clause = &clauses->list[i], *after = clause + 1;
        bool sound_is_last = names_sound(clauses, after) && enl_is_about_sound(clauses->nodes[after->to - 1].item) &&
                             after->first == after->from;
        if (clause->hears || after->join > ENL_JOIN_AND || !sound_is_last || !only_names_sounds(clauses, clause))
            continue;
        clause->hears = true;
        understand(clauses, clause);
    }
}
