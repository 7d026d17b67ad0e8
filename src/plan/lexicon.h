// SPDX-License-Identifier: MIT
// Lexicons: what words of a language mean to a plan. One text file a language, data/lexicon/*.txt, embedded when built.
#ifndef ENL_LEXICON_H
#define ENL_LEXICON_H

#include "base/base.h"

struct enl_lexicon_file {
    const char *lang, *text; // words folded (NFKC, case), the label as written
};
extern const struct enl_lexicon_file enl_lexicon_files[]; // ends with NULL; made by embed_lexicon.py

// The sections of a lexicon file, in the order of the table in lexicon.c.
enum enl_sense {
    ENL_SENSE_ELEMENT,
    ENL_SENSE_MOTION,
    ENL_SENSE_DIRECTION,
    ENL_SENSE_SPEED,
    ENL_SENSE_AMOUNT,
    ENL_SENSE_MANNER,
    ENL_SENSE_DEGREE,
    ENL_SENSE_COUNT,
    ENL_SENSE_MOOD,
    ENL_SENSE_SOUND,
    ENL_SENSE_HEARING,
    ENL_SENSE_NEGATION,
    ENL_SENSE_STILL,
    ENL_SENSE_MOVING,
    ENL_SENSE_ONLY,
    ENL_SENSE_JOIN,
    ENL_SENSE_ORDER,
    ENL_SENSE_COMPARISON,
    ENL_SENSE_PLACE,
    ENL_SENSE_FILLER,
    ENL_SENSES
};

#define ENL_PHRASE_WORDS 12    // where words are single characters, a phrase has many
#define ENL_PHRASE_GAP 3       // other words that "..." may stand for
#define ENL_PHRASE_GAP_ALONE 8 // and where each character is a word

// One phrase under one name.
struct enl_phrase {
    enum enl_sense sense;
    bool negated;        // listed as "no NAME"
    const char *name;    // within the section: "sky", "very_slow" ...
    int word_count, gap; // "..." stands before this word; 0: nowhere
    int gap_most;        // other words that it may stand for
    struct {
        const char *text; // folded
        int length;       // bytes
        bool stem;        // any ending
    } words[ENL_PHRASE_WORDS];
    int next; // with the same first character; -1: none
};

#define ENL_LEXICON_BUCKETS 64

struct enl_lexicon {
    const char *lang; // borrowed
    int count;
    struct enl_phrase *phrases;
    char *text; // a copy; owns names and words
    int buckets[ENL_LEXICON_BUCKETS];
};

// Indexes one file. ENL_INTERNAL naming the line for an unknown section or name. Free with enl_lexicon_free.
struct enl_lexicon *enl_lexicon_parse(const struct enl_lexicon_file *file, struct enl_error *error);
void enl_lexicon_free(struct enl_lexicon **lexicon);
int enl_lexicon_bucket(const char *folded, int length); // of a word

const char *enl_lexicon_lang(int index); // "en", "de" ...; NULL past the last
int enl_lexicon_find(const char *lang);  // its index; -1: no such language
// The visible label in this language, UTF-8, into `ret_label`; false for an unknown language.
bool enl_lexicon_label(const char *lang, char *ret_label, size_t size);
// The `index`th suggestion of a language: a sentence and the names of the motions that it is about ("clouds+waves").
// False past the last.
bool enl_lexicon_suggestion(const char *lang, int index, char *ret_names, size_t names_size, char *ret_text,
                            size_t text_size);
// "en, de, ..." for messages.
void enl_lexicon_langs(char *ret_list, size_t size);

// What the names in a lexicon do, the same in every language. Factors; 0 = says nothing about it.
struct enl_effect {
    enum enl_sense sense;
    const char *name;
    float speed, amount, level;
    float direction;   // degrees; only of ENL_SENSE_DIRECTION
    const char *sound; // a mood brings this sound along, or NULL
};
#define ENL_REVERSE 1000.f // the direction against the usual one

const struct enl_effect *enl_effect_find(enum enl_sense sense, const char *name); // NULL: none
// Whether a section may have this name; motions and sounds may have any, their registries decide later.
bool enl_sense_has(enum enl_sense sense, const char *name);

#endif
