// SPDX-License-Identifier: MIT
// From clauses to wishes: which modifier goes with which target, what is negated, and what clauses share.
#include "plan/wishes.h"

#include <string.h>

// Everything the steps below need.
struct maker {
    struct enl_clauses *clauses;
    struct enl_wishes *wishes;
};

static bool is_person_part(const char *element) {
    return !strcmp(element, "person") || !strcmp(element, "hair") || !strcmp(element, "face");
}

static struct enl_wish *add_wish(struct maker *maker, int clause, struct enl_item *item, bool sound) {
    struct enl_wishes *wishes = maker->wishes;
    if (wishes->count == ENL_MAX_WISHES) return NULL;
    struct enl_wish *wish = &wishes->list[wishes->count];
    *wish = (struct enl_wish){.item = item, .sound = sound, .clause = clause, .group = wishes->count, .direction = NAN,
                              .mood_speed = 1, .mood_amount = 1};
    wishes->count++;
    return wish;
}

static float raise(float factor, const struct enl_node *node) {
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
    if (sense == ENL_SENSE_COUNT) { // only lids count
        const struct enl_phrase *motion = wish->item ? enl_item_sense(wish->item, ENL_SENSE_MOTION) : NULL;
        return motion && !strcmp(motion->name, "blink");
    }
    if (sense != ENL_SENSE_DIRECTION) return node->effect->speed > 0 || node->effect->amount > 0;
    if (!strcmp(element, "person") || !strcmp(element, "face") || !strcmp(element, "")) return false;
    const struct enl_phrase *motion = wish->item ? enl_item_sense(wish->item, ENL_SENSE_MOTION) : NULL;
    return !motion || strncmp(motion->name, "zoom", 4) != 0;
}

static void apply(struct enl_wish *wish, const struct enl_node *node) {
    const struct enl_effect *effect = node->effect;
    if (!suits(node, wish)) return;
    node->item->used = true;
    if (wish->sound) {
        wish->level = (wish->level > 0 ? wish->level : 1) * raise(effect->level, node);
    } else if (effect->sense == ENL_SENSE_DIRECTION) {
        wish->direction = effect->direction;
    } else if (effect->sense == ENL_SENSE_MOOD) {
        wish->mood_speed *= raise(effect->speed, node);
        wish->mood_amount *= raise(effect->amount, node);
    } else {
        // Twice the same sort multiplies: "slowly and gently".
        if (effect->speed > 0) wish->speed = (wish->speed > 0 ? wish->speed : 1) * raise(effect->speed, node);
        if (effect->amount > 0) wish->amount = (wish->amount > 0 ? wish->amount : 1) * raise(effect->amount, node);
    }
}

// "Very slowly": a degree before a modifier changes that one and stands no longer for itself.
static void join_degrees(struct enl_clauses *clauses, const struct enl_clause *clause) {
    for (int i = clause->from; i + 1 < clause->to; i++) {
        struct enl_node *node = &clauses->nodes[i], *next = node + 1;
        if (node->role != ENL_ROLE_MODIFIER || node->effect->sense != ENL_SENSE_DEGREE) continue;
        bool changes = next->effect && (next->role == ENL_ROLE_MODIFIER || next->role == ENL_ROLE_MOOD) &&
                       (next->effect->speed > 0 || next->effect->amount > 0 || next->effect->level > 0);
        if (changes) {
            next->power *= node->power * (!strcmp(node->effect->name, "slightly") ? .5f : 1.5f);
            node->role = ENL_ROLE_NONE;
            node->item->used = true;
        } else if (next->role == ENL_ROLE_STILL) {
            node->role = ENL_ROLE_NONE; // "very still" is still
            node->item->used = true;
        }
    }
}

// "Not too fast", "no big waves": the negation takes back a modifier, not the motion.
static void invert_modifiers(struct enl_clauses *clauses, const struct enl_clause *clause) {
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

static bool targets_between(const struct enl_clauses *clauses, int from, int to) {
    for (int i = from; i < to; i++) {
        enum enl_role role = clauses->nodes[i].role;
        if (role == ENL_ROLE_TARGET || role == ENL_ROLE_HEARING || role == ENL_ROLE_SILENT || role == ENL_ROLE_MOOD) return true;
    }
    return false;
}

static bool is_exception(const struct enl_item *item) {
    const struct enl_phrase *phrase = enl_item_sense(item, ENL_SENSE_NEGATION);
    return phrase && !strcmp(phrase->name, "except");
}

// Whether what stands at node `at` is negated by the words of its clause.
static bool is_negative(const struct enl_clauses *clauses, const struct enl_clause *clause, int at) {
    bool not = false, still = false;
    for (int i = clause->from; i < clause->to; i++) {
        const struct enl_node *node = &clauses->nodes[i];
        if (node->role == ENL_ROLE_STILL) still = true;
        // "Not" goes for what follows, or, with nothing there, for what came before.
        if (node->role == ENL_ROLE_NOT) not |= targets_between(clauses, i + 1, clause->to) ? at > i : at < i;
        if (node->role == ENL_ROLE_STILL || node->role == ENL_ROLE_EXCEPT || node->role == ENL_ROLE_NOT) node->item->used = true;
    }
    bool negative = not != still; // "not still" moves
    const struct enl_item *item = clauses->nodes[at].item;
    for (int i = 0; i < item->sense_count; i++)
        if (item->senses[i]->negated) return !negative;
    return negative;
}

// An exception is the opposite of what it is taken from: "nothing moves except the clouds".
static void turn_exceptions(struct maker *maker, const struct enl_clause *clause) {
    struct enl_clauses *clauses = maker->clauses;
    for (int i = clause->from, whole = -1; i < clause->to; i++) {
        const struct enl_node *node = &clauses->nodes[i];
        if (node->wish >= 0) whole = node->wish;
        if (!is_exception(node->item)) continue;
        for (int j = i + 1; j < clause->to; j++)
            if (clauses->nodes[j].wish >= 0)
                maker->wishes->list[clauses->nodes[j].wish].negative = whole < 0 || !maker->wishes->list[whole].negative;
        return;
    }
}

// Makes the wishes of a clause's own targets.
static void wish_for_targets(struct maker *maker, int index) {
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
            node->wish = (int)(wish - maker->wishes->list);
        }
        bool all = (node->role == ENL_ROLE_HEARING || node->role == ENL_ROLE_SILENT) && !named_sound;
        if (all && (wish = add_wish(maker, index, NULL, true))) {
            wish->negative = negative != (node->role == ENL_ROLE_SILENT);
            node->wish = (int)(wish - maker->wishes->list);
        } else if (node->role == ENL_ROLE_SILENT && named_sound) {
            for (int w = 0; w < maker->wishes->count; w++)
                if (maker->wishes->list[w].clause == index && maker->wishes->list[w].sound) maker->wishes->list[w].negative = true;
        }
        if (wish || node->role == ENL_ROLE_HEARING || node->role == ENL_ROLE_SILENT) node->item->used = true;
        if (node->role == ENL_ROLE_MOVING || node->role == ENL_ROLE_ENLIVEN) node->item->used = true;
    }
}

// The wish of this clause that a modifier stands nearest to; of two as near the one that has no such word yet.
static struct enl_wish *nearest(struct maker *maker, const struct enl_clause *clause, int at) {
    struct enl_clauses *clauses = maker->clauses;
    struct enl_wish *best = NULL;
    int best_distance = 0;
    for (int w = 0; w < maker->wishes->count; w++) {
        struct enl_wish *wish = &maker->wishes->list[w];
        if (&clauses->list[wish->clause] != clause || !suits(&clauses->nodes[at], wish)) continue;
        int place = clause->from;
        while (place < clause->to && clauses->nodes[place].item != wish->item && clauses->nodes[place].wish != w) place++;
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

static bool has_role(const struct enl_clauses *clauses, int from, int to, enum enl_role role) {
    for (int i = from; i < to; i++)
        if (clauses->nodes[i].role == role) return true;
    return false;
}

static bool has_wish(const struct maker *maker, int clause) {
    for (int i = 0; i < maker->wishes->count; i++)
        if (maker->wishes->list[i].clause == clause) return true;
    return false;
}

static void bind_own_modifiers(struct maker *maker, const struct enl_clause *clause) {
    for (int i = clause->from; i < clause->to; i++) {
        struct enl_node *node = &maker->clauses->nodes[i];
        if (node->role != ENL_ROLE_MODIFIER && node->role != ENL_ROLE_MOOD) continue;
        struct enl_wish *wish = nearest(maker, clause, i);
        if (wish) apply(wish, node);
    }
}

// Sort of a clause's targets, for "a, b and c": things share what is said of the last, doings do not mix with others.
static int sort_of(const struct enl_clauses *clauses, const struct enl_clause *clause) {
    const struct enl_node *node = &clauses->nodes[clause->last];
    if (!node->moves) return 3;
    if (enl_item_sense(node->item, ENL_SENSE_ELEMENT)) return 0;
    const char *element = enl_target_element(node->item);
    return !strcmp(element, "camera") ? 2 : !strcmp(element, "face") || !strcmp(element, "person") ? 1 : 0;
}

static bool says_something(const struct enl_node *node) {
    return node->role == ENL_ROLE_MODIFIER || node->role == ENL_ROLE_MOOD || node->role == ENL_ROLE_NOT ||
           node->role == ENL_ROLE_STILL || node->role == ENL_ROLE_EXCEPT || node->role == ENL_ROLE_ONLY;
}

static bool says_between(const struct enl_clauses *clauses, int from, int to) {
    for (int i = from; i < to; i++)
        if (says_something(&clauses->nodes[i])) return true;
    return false;
}

static bool is_bare(const struct enl_clauses *clauses, const struct enl_clause *clause) {
    if (clause->first < 0 || says_between(clauses, clause->from, clause->to)) return false;
    return !has_role(clauses, clause->first, clause->to, ENL_ROLE_MOVING) && !has_role(clauses, clause->first, clause->to, ENL_ROLE_ENLIVEN);
}

static void share(struct maker *maker, int from, int to, int clause, bool other_polarity) {
    struct enl_wishes *wishes = maker->wishes;
    for (int w = 0; w < wishes->count; w++) {
        struct enl_wish *wish = &wishes->list[w];
        if (wish->clause != clause) continue;
        for (int i = from; i < to; i++) {
            struct enl_node *node = &maker->clauses->nodes[i];
            if (node->role == ENL_ROLE_MODIFIER || node->role == ENL_ROLE_MOOD) apply(wish, node);
        }
        if (other_polarity) wish->negative = !wish->negative;
    }
}

static bool last_wish_negative(const struct maker *maker, int clause) {
    bool negative = false;
    for (int w = 0; w < maker->wishes->count; w++)
        if (maker->wishes->list[w].clause == clause) negative = maker->wishes->list[w].negative;
    return negative;
}

static void join_group(struct maker *maker, int clause, int with) {
    int group = -1;
    for (int w = 0; w < maker->wishes->count; w++)
        if (maker->wishes->list[w].clause == with) group = maker->wishes->list[w].group;
    for (int w = 0; w < maker->wishes->count; w++)
        if (maker->wishes->list[w].clause == clause && group >= 0) maker->wishes->list[w].group = group;
}

// "Slowly move the clouds and the water", "don't move the water or the trees": what stands before the first goes for all.
static bool share_from_front(struct maker *maker, int index, int front) {
    struct enl_clauses *clauses = maker->clauses;
    struct enl_clause *clause = &clauses->list[index], *before = &clauses->list[front];
    if (before->first < 0 || clause->join > ENL_JOIN_AND || sort_of(clauses, clause) != sort_of(clauses, before)) return false;
    if (sort_of(clauses, clause) && clause->join != ENL_JOIN_AND) return false; // "no smile, blink"
    if (clause->hears != before->hears) return false;
    if (has_role(clauses, clause->from, clause->to, ENL_ROLE_MOVING)) return false; // "still water, moving clouds"
    if (!says_between(clauses, before->from, before->first)) return false;
    if (says_between(clauses, before->last, before->to) || has_role(clauses, before->first, before->to, ENL_ROLE_MOVING)) return false;
    bool negative = last_wish_negative(maker, front), own = last_wish_negative(maker, index);
    share(maker, before->from, before->first, index, negative != own);
    join_group(maker, index, front);
    return true;
}

// "Clouds, waves and trees move slowly": what stands behind the last goes for all.
static bool share_from_back(struct maker *maker, int index) {
    struct enl_clauses *clauses = maker->clauses;
    struct enl_clause *clause = &clauses->list[index], *after = clause + 1;
    if (index + 1 >= clauses->count || after->join > ENL_JOIN_AND || after->first < 0 || clause->hears != after->hears) return false;
    if (sort_of(clauses, clause) || sort_of(clauses, after)) return false; // a smile and a zoom are whole by themselves
    if (says_between(clauses, after->from, after->first)) return false;
    bool negative = last_wish_negative(maker, index + 1), own = last_wish_negative(maker, index);
    bool for_all = has_role(clauses, after->first, after->to, ENL_ROLE_STILL) || has_role(clauses, after->first, after->to, ENL_ROLE_NOT);
    share(maker, after->first, after->to, index, for_all && negative != own);
    join_group(maker, index, index + 1);
    return true;
}

// Sharing among the bare clauses of a list. Back to front first, so that a chain hands its end's words along.
static void share_lists(struct maker *maker) {
    struct enl_clauses *clauses = maker->clauses;
    for (int i = 0, front = -1; i < clauses->count; i++) {
        if (!is_bare(clauses, &clauses->list[i]) || front < 0 || !share_from_front(maker, i, front)) {
            front = i;
            continue;
        }
        clauses->list[i].join = ENL_JOIN_STOP; // done: nothing from behind any more
    }
    for (int i = clauses->count - 2; i >= 0; i--) {
        if (!is_bare(clauses, &clauses->list[i]) || !share_from_back(maker, i)) continue;
        // The next one forward sees the words through this clause: lend them their place.
        clauses->list[i].to = clauses->list[i + 1].to;
    }
}

static void take_mood(struct enl_wishes *wishes, struct enl_node *node, bool negative, bool everywhere) {
    node->item->used = true;
    if (negative) return;
    if (everywhere) {
        wishes->generic = true;
        wishes->mood_speed *= raise(node->effect->speed, node);
        wishes->mood_amount *= raise(node->effect->amount, node);
    }
    wishes->mood_level *= raise(node->effect->level, node);
    for (int i = 0; node->effect->sound && i < 4; i++) {
        if (wishes->mood_sounds[i] && strcmp(wishes->mood_sounds[i], node->effect->sound)) continue;
        wishes->mood_sounds[i] = node->effect->sound;
        break;
    }
}

// "No wind": the mood is not wanted, nor what is heard of it.
static void refuse_mood(struct maker *maker, int index, struct enl_node *node) {
    if (!enl_item_sense(node->item, ENL_SENSE_SOUND)) return;
    struct enl_wish *wish = add_wish(maker, index, node->item, true);
    if (wish) wish->negative = true;
}

static void take_moods(struct maker *maker, int index) {
    struct enl_clauses *clauses = maker->clauses;
    struct enl_clause *clause = &clauses->list[index];
    bool targets = has_role(clauses, clause->from, clause->to, ENL_ROLE_TARGET);
    for (int i = clause->from; i < clause->to; i++) {
        struct enl_node *node = &clauses->nodes[i];
        if (node->role != ENL_ROLE_MOOD) continue;
        bool negative = !targets && is_negative(clauses, clause, i);
        take_mood(maker->wishes, node, negative, !targets);
        if (negative) refuse_mood(maker, index, node);
    }
}

// A clause without a target: "slowly", "but stays still", "make it come alive".
static void wish_without_target(struct maker *maker, int index, int before) {
    struct enl_clauses *clauses = maker->clauses;
    struct enl_wishes *wishes = maker->wishes;
    struct enl_clause *clause = &clauses->list[index];
    bool enliven = has_role(clauses, clause->from, clause->to, ENL_ROLE_ENLIVEN);
    bool stops = has_role(clauses, clause->from, clause->to, ENL_ROLE_STILL) || has_role(clauses, clause->from, clause->to, ENL_ROLE_NOT);
    bool moods = has_role(clauses, clause->from, clause->to, ENL_ROLE_MOOD);
    bool modifiers = has_role(clauses, clause->from, clause->to, ENL_ROLE_MODIFIER);
    bool moving = has_role(clauses, clause->from, clause->to, ENL_ROLE_MOVING);
    if (stops && !moods) {
        bool person = before >= 0 && wishes->list[before].item && is_person_part(enl_target_element(wishes->list[before].item));
        if (before >= 0 && !person) return; // "clouds drift, not still": nothing to go by
        struct enl_wish *wish = add_wish(maker, index, NULL, false);
        if (wish) wish->negative = is_negative(clauses, clause, clause->from) || has_role(clauses, clause->from, clause->to, ENL_ROLE_NOT);
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
                int own = wishes->list[w].clause;
                for (int i = clause->from; i < clause->to; i++)
                    if (clauses->nodes[i].role == ENL_ROLE_MODIFIER) apply(&wishes->list[w], &clauses->nodes[i]);
                wishes->list[w].clause = own;
            }
        return;
    }
    if (!modifiers && !moving && !enliven) return;
    struct enl_wish *wish = clause->hears ? NULL : add_wish(maker, index, NULL, false);
    if (wish && !moods) wishes->generic = true;
    for (int i = clause->from; i < clause->to; i++)
        if (wish && clauses->nodes[i].role == ENL_ROLE_MODIFIER) apply(wish, &clauses->nodes[i]);
}

// "Louder", with no sound named: all of them.
static void wish_for_loudness(struct maker *maker, int index) {
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

static void note_only(struct maker *maker, const struct enl_clause *clause) {
    for (int i = clause->from; i < clause->to; i++) {
        struct enl_node *node = &maker->clauses->nodes[i];
        if (node->role != ENL_ROLE_ONLY || clause->first < 0) continue;
        const struct enl_node *target = &maker->clauses->nodes[clause->last];
        bool negative = target->wish >= 0 && maker->wishes->list[target->wish].negative;
        if (negative) maker->wishes->generic = true; // "only the water stays still": all else moves
        else if (target->moves) maker->wishes->only = true;
        else maker->wishes->only_sound = true;
        node->item->used = true;
    }
}

void enl_wishes_read(struct enl_clauses *clauses, struct enl_wishes *wishes) {
    struct maker maker = {clauses, wishes};
    *wishes = (struct enl_wishes){.mood_speed = 1, .mood_amount = 1, .mood_level = 1};
    for (int i = 0; i < clauses->count; i++) {
        struct enl_clause *clause = &clauses->list[i];
        join_degrees(clauses, clause);
        invert_modifiers(clauses, clause);
        wish_for_targets(&maker, i);
        turn_exceptions(&maker, clause);
        wish_for_loudness(&maker, i);
        bind_own_modifiers(&maker, clause);
        take_moods(&maker, i);
        note_only(&maker, clause);
    }
    int own_wishes = wishes->count;
    share_lists(&maker);
    for (int i = 0; i < clauses->count; i++) {
        if (has_wish(&maker, i)) continue;
        int before = -1;
        for (int w = 0; w < own_wishes; w++)
            if (wishes->list[w].clause < i && !wishes->list[w].sound) before = w;
        wish_without_target(&maker, i, before);
    }
}
