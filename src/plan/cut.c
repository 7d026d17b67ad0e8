// SPDX-License-Identifier: MIT
// Cuts a reading into clauses, and puts the clauses in order of time.
#include "plan/wishes.h"

#include <string.h>

static bool any_after(const struct enl_reading *reading, int at, bool (*test)(const struct enl_item *)) {
    for (int i = at + 1; i < reading->count; i++) {
        const struct enl_item *item = &reading->items[i];
        if (item->stop || item->comma || enl_item_sense(item, ENL_SENSE_JOIN)) return false;
        if (test(item)) return true;
    }
    return false;
}

// How far cut() has come.
struct cutter {
    const struct enl_reading *reading;
    struct enl_clauses *clauses;
    enum enl_join join; // to the clause before
    bool open, has_target, only_person;
    bool unknown;        // before its first node
    int step, next_step; // of this clause and, after its end, of the next
};

static void close_clause(struct cutter *c, enum enl_join join) {
    c->join = c->open || join > c->join ? join : c->join;
    c->open = c->has_target = c->only_person = c->unknown = false;
    c->step = c->next_step;
}

static void add_node(struct cutter *c, struct enl_item *item) {
    struct enl_clauses *clauses = c->clauses;
    if (!c->open) {
        clauses->list[clauses->count++] = (struct enl_clause){.from = clauses->node_count,
                                                              .join = c->join,
                                                              .unknown = c->unknown,
                                                              .first = -1,
                                                              .last = -1,
                                                              .step = c->step};
        c->join = ENL_JOIN_COMMA;
    }
    c->open = true;
    bool person = enl_is_target(item) && !strcmp(enl_target_element(item), "person");
    if (enl_is_target_or_sound(item)) c->only_person = person && (!c->has_target || c->only_person);
    c->has_target |= enl_is_target_or_sound(item);
    clauses->nodes[clauses->node_count++] = (struct enl_node){.item = item, .power = 1, .wish = -1};
    clauses->list[clauses->count - 1].to = clauses->node_count;
}

// Symbols (four bytes, or three from U+2000 on) are more often a decoration than a thing.
static bool is_unknown_thing(const struct enl_words *words, const struct enl_item *item) {
    const struct enl_phrase *place = enl_item_sense(item, ENL_SENSE_PLACE);
    unsigned char first = (unsigned char)words->tokens[item->first].text[0];
    if (place) return !strcmp(place->name, "things");
    return !item->sense_count && (first < 0xe2 || enl_stands_alone(words->tokens[item->first].text));
}

static void note_unknown(struct cutter *c) {
    c->unknown = true;
    if (c->open) c->clauses->list[c->clauses->count - 1].unknown = true;
}

static void set_step(struct cutter *c, int step) {
    c->step = c->next_step = step;
    if (c->open) c->clauses->list[c->clauses->count - 1].step = step;
}

// "Then" begins a clause where something stands before and after; "she then smiles" and "she smiles first" speak of
// their own.
static void take_order(struct cutter *c, const char *name, int at) {
    bool infix = c->open && c->has_target && !c->only_person && any_after(c->reading, at, enl_is_target_or_sound);
    int step = c->next_step;
    if (!strcmp(name, "first")) return;
    if (infix) close_clause(c, ENL_JOIN_STOP);
    if (!strcmp(name, "together")) return;
    if (!strcmp(name, "then") || (!strcmp(name, "before") && infix)) {
        set_step(c, step + 1);
    } else if (!strcmp(name, "before")) { // "before she smiles, the clouds"
        c->step = step + 1;
    } else if (infix) { // "she smiles after the clouds"
        c->clauses->list[c->clauses->count - 1].step = step + 1;
        c->next_step = step + 1;
    } else { // "after the clouds, she smiles"
        c->next_step = step + 1;
    }
}

// Cuts into clauses. "Without" and "only" begin one of their own where something else stands before and after.
void enl_clauses_cut(const struct enl_words *words, struct enl_reading *reading, struct enl_clauses *clauses) {
    struct cutter c = {.reading = reading, .clauses = clauses, .join = ENL_JOIN_STOP};
    for (int i = 0; i < reading->count; i++) {
        struct enl_item *item = &reading->items[i];
        const struct enl_phrase *joiner = enl_item_sense(item, ENL_SENSE_JOIN),
                                *order = enl_item_sense(item, ENL_SENSE_ORDER);
        bool says = enl_is_target(item);
        // "Ni": and not, which a negation before it goes on in; without one a negation itself.
        if (joiner && enl_item_sense(item, ENL_SENSE_NEGATION) && !c.has_target) joiner = NULL;
        if (joiner) item->used = true;
        if (order && says) add_node(&c, item); // a word that is both: "looks, and then"
        if (order) {
            item->used = true;
            take_order(&c, order->name, i);
            continue;
        }
        if ((enl_item_sense(item, ENL_SENSE_NEGATION) && !joiner && c.has_target &&
             any_after(reading, i, enl_is_about_sound)) ||
            (enl_item_sense(item, ENL_SENSE_ONLY) && c.has_target && any_after(reading, i, enl_is_target_or_sound)))
            close_clause(&c, ENL_JOIN_WITH);
        if (item->stop || item->comma || joiner) {
            close_clause(&c, item->comma                   ? ENL_JOIN_COMMA :
                             item->stop                    ? ENL_JOIN_STOP :
                             !strcmp(joiner->name, "and")  ? ENL_JOIN_AND :
                             !strcmp(joiner->name, "with") ? ENL_JOIN_WITH :
                                                             ENL_JOIN_STOP);
            continue;
        }
        if (is_unknown_thing(words, item)) note_unknown(&c);
        if (enl_item_sense(item, ENL_SENSE_FILLER)) item->used = true;
        bool compares = enl_item_sense(item, ENL_SENSE_COMPARISON) != NULL;
        if (!item->sense_count || (enl_item_sense(item, ENL_SENSE_FILLER) && !compares) ||
            enl_item_sense(item, ENL_SENSE_PLACE))
            continue;
        add_node(&c, item);
    }
}
