// SPDX-License-Identifier: MIT
// Wishes: what a prompt asks for, before the scene has its say.
//
//     items ──clauses.c──▶ clauses of nodes ──wishes.c──▶ wishes ──make.c, sounds.c──▶ plan
#ifndef ENL_WISHES_H
#define ENL_WISHES_H

#include "plan/words.h"

enum enl_role {
    ENL_ROLE_NONE,   // said nothing in its clause
    ENL_ROLE_TARGET, // what moves, is heard, or both
    ENL_ROLE_MODIFIER,
    ENL_ROLE_MOOD,
    ENL_ROLE_NOT,
    ENL_ROLE_EXCEPT,
    ENL_ROLE_STILL,
    ENL_ROLE_MOVING,
    ENL_ROLE_ENLIVEN,
    ENL_ROLE_ONLY,
    ENL_ROLE_HEARING, // "sound" as such
    ENL_ROLE_SILENT
};

// A phrase in its clause.
struct enl_node {
    struct enl_item *item;
    enum enl_role role;
    bool moves, heard;               // of targets
    const struct enl_effect *effect; // of modifiers and moods
    bool standard;                   // what another target is compared with: "more than the trees"
    bool inverted;                   // "not too fast"
    float power;                     // "very": the effect to this power
    int wish;                        // of targets, while wishes are made; -1: none
};

// How a clause is joined to the one before, the loosest last.
enum enl_join { ENL_JOIN_COMMA, ENL_JOIN_AND, ENL_JOIN_WITH, ENL_JOIN_STOP };

struct enl_clause {
    int from, to; // nodes [from, to)
    enum enl_join join;
    bool hears;      // speaks of sound
    bool unknown;    // of something that no lexicon knows
    int first, last; // targets; -1: none
    int step;        // in the order of time; 0 first
};

struct enl_clauses {
    int node_count, count;
    struct enl_node nodes[ENL_MAX_PROMPT];
    struct enl_clause list[ENL_MAX_PROMPT];
};

// Cuts a reading at commas, full stops and joining words, and decides what each phrase means in its clause.
void enl_clauses_read(const struct enl_words *words, struct enl_reading *reading, struct enl_clauses *ret_clauses);
// The first half of that: the cutting, in cut.c.
void enl_clauses_cut(const struct enl_words *words, struct enl_reading *reading, struct enl_clauses *clauses);
// Whether an item names what can move; speaks of sound and of nothing else; either.
bool enl_is_target(const struct enl_item *item);
bool enl_is_about_sound(const struct enl_item *item);
bool enl_is_target_or_sound(const struct enl_item *item);
// The item's phrase in this section; NULL: none.
const struct enl_phrase *enl_item_sense(const struct enl_item *item, enum enl_sense sense);
// What sort of thing a target is: its element as in lexicons ("water" for "waves"), "air" for what comes over the whole
// picture (rain), "" when unknown.
const char *enl_target_element(const struct enl_item *item);

#define ENL_MAX_WISHES 256

struct enl_wish {
    struct enl_item *item;      // NULL: `element`, or all that moves, or all sounds
    const char *element;        // without an item: what it goes for, or NULL
    bool sound;                 // else motion
    bool negative;              // must not
    int step;                   // of its clause
    int clause, group;          // wishes of one group share what is said after them
    float speed, amount, level; // factors; 0: nothing said
    float direction;            // degrees or ENL_REVERSE; NAN: nothing said
    int redirected;             // how often another direction was said after one
    float mood_speed, mood_amount;
};

struct enl_wishes {
    int count;
    struct enl_wish list[ENL_MAX_WISHES];
    bool generic;                              // all that can move by itself should ("make this photo come alive")
    bool only;                                 // what is named moves alone, whatever else is said
    bool only_sound;                           // so with sounds
    int steps;                                 // one after the other; 1: all at once
    float mood_speed, mood_amount, mood_level; // of all, factors
    float weather_speed, weather_amount;       // of all but people, who smile no wider in a storm
    const char *mood_sounds[4];                // that moods and rain bring along; NULL: no more
};

void enl_wishes_read(struct enl_clauses *clauses, struct enl_wishes *ret_wishes);

#endif
