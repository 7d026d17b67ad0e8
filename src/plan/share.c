// SPDX-License-Identifier: MIT
// Lists: "a, b and c" share what is said before the first or behind the last.
#include "plan/bind.h"

#include <string.h>

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
    return !enl_clauses_have(clauses, clause->first, clause->to, ENL_ROLE_MOVING) &&
           !enl_clauses_have(clauses, clause->first, clause->to, ENL_ROLE_ENLIVEN);
}

static void share(struct enl_maker *maker, int from, int to, int clause, bool other_polarity) {
    struct enl_wishes *wishes = maker->wishes;
    for (int w = 0; w < wishes->count; w++) {
        struct enl_wish *wish = &wishes->list[w];
        if (wish->clause != clause) continue;
        for (int i = from; i < to; i++) {
            struct enl_node *node = &maker->clauses->nodes[i];
            if (node->role == ENL_ROLE_MODIFIER || node->role == ENL_ROLE_MOOD) enl_wish_apply(wish, node);
        }
        if (other_polarity) wish->negative = !wish->negative;
    }
}

static bool last_wish_negative(const struct enl_maker *maker, int clause) {
    bool negative = false;
    for (int w = 0; w < maker->wishes->count; w++)
        if (maker->wishes->list[w].clause == clause) negative = maker->wishes->list[w].negative;
    return negative;
}

static void join_group(struct enl_maker *maker, int clause, int with) {
    int group = -1;
    for (int w = 0; w < maker->wishes->count; w++)
        if (maker->wishes->list[w].clause == with) group = maker->wishes->list[w].group;
    for (int w = 0; w < maker->wishes->count; w++)
        if (maker->wishes->list[w].clause == clause && group >= 0) maker->wishes->list[w].group = group;
}

// "Slowly move the clouds and the water", "don't move the water or the trees": what stands before the first goes for
// all.
static bool share_from_front(struct enl_maker *maker, int index, int front) {
    struct enl_clauses *clauses = maker->clauses;
    struct enl_clause *clause = &clauses->list[index], *before = &clauses->list[front];
    if (before->first < 0 || clause->join > ENL_JOIN_AND || sort_of(clauses, clause) != sort_of(clauses, before))
        return false;
    if (sort_of(clauses, clause) && clause->join != ENL_JOIN_AND) return false; // "no smile, blink"
    if (clause->hears != before->hears) return false;
    if (enl_clauses_have(clauses, clause->from, clause->to, ENL_ROLE_MOVING))
        return false; // "still water, moving clouds"
    if (!says_between(clauses, before->from, before->first)) return false;
    if (says_between(clauses, before->last, before->to) ||
        enl_clauses_have(clauses, before->first, before->to, ENL_ROLE_MOVING))
        return false;
    bool negative = last_wish_negative(maker, front), own = last_wish_negative(maker, index);
    share(maker, before->from, before->first, index, negative != own);
    join_group(maker, index, front);
    return true;
}

// "Clouds, waves and trees move slowly": what stands behind the last goes for all.
static bool share_from_back(struct enl_maker *maker, int index) {
    struct enl_clauses *clauses = maker->clauses;
    struct enl_clause *clause = &clauses->list[index], *after = clause + 1;
    if (index + 1 >= clauses->count || after->join > ENL_JOIN_AND || after->first < 0 || clause->hears != after->hears)
        return false;
    if (sort_of(clauses, clause) || sort_of(clauses, after)) return false; // a smile and a zoom are whole by themselves
    if (says_between(clauses, after->from, after->first)) return false;
    bool negative = last_wish_negative(maker, index + 1), own = last_wish_negative(maker, index);
    bool for_all = enl_clauses_have(clauses, after->first, after->to, ENL_ROLE_STILL) ||
                   enl_clauses_have(clauses, after->first, after->to, ENL_ROLE_NOT);
    share(maker, after->first, after->to, index, for_all && negative != own);
    join_group(maker, index, index + 1);
    return true;
}

// Sharing among the bare clauses of a list. Back to front first, so that a chain hands its end's words along.
void enl_share_lists(struct enl_maker *maker) {
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
