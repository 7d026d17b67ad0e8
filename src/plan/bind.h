// SPDX-License-Identifier: MIT
// Between wishes.c, bind.c and share.c: the steps from clauses to wishes.
#ifndef ENL_PLAN_BIND_H
#define ENL_PLAN_BIND_H

#include "plan/wishes.h"

struct enl_maker {
    struct enl_clauses *clauses;
    struct enl_wishes *wishes;
};

// Whether a node in [from, to) plays this role.
bool enl_clauses_have(const struct enl_clauses *clauses, int from, int to, enum enl_role role);

// "Very slowly": a degree before a modifier changes that one and stands no longer for itself.
void enl_bind_degrees(struct enl_clauses *clauses, const struct enl_clause *clause);
// "Not too fast", "no big waves": the negation takes back a modifier, not the motion.
void enl_bind_negations(struct enl_clauses *clauses, const struct enl_clause *clause);
// Gives each modifier of a clause to the wish of that clause that it stands nearest to.
void enl_bind_modifiers(struct enl_maker *maker, const struct enl_clause *clause);

// A factor as a node says it: "very" raises it, "not too" turns it round. 0 stays 0.
float enl_wish_raise(float factor, const struct enl_node *node);
// Changes a wish by a modifier or mood, if that can mean anything to it.
void enl_wish_apply(struct enl_wish *wish, const struct enl_node *node);

// Lets lists share their words; every clause's own wishes and modifiers must be there.
void enl_share_lists(struct enl_maker *maker);

#endif
