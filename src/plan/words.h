// SPDX-License-Identifier: MIT
// Prompts as words: checked, cut at word boundaries, folded.
#ifndef ENL_WORDS_H
#define ENL_WORDS_H

#include "plan/lexicon.h"

#include <enliven/plan.h>

enum enl_token_kind { ENL_TOKEN_WORD, ENL_TOKEN_COMMA, ENL_TOKEN_STOP };

struct enl_token {
    enum enl_token_kind kind;
    int start, end;   // bytes of the prompt
    const char *text; // folded (NFKC, case), for words
    int length;       // bytes of it
    bool mended;      // `text` is what the word was taken for (spell.c)
};

struct enl_words {
    const char *prompt; // borrowed
    int count;
    struct enl_token tokens[ENL_MAX_PROMPT];
    char *pool;   // the folded words
    char *mended; // those that were misspelt; NULL: none
};

// ENL_USAGE unless `text` is UTF-8 of at most ENL_MAX_PROMPT characters without control characters other than tab and
// newline. `what` begins the sentence: "The prompt". `ret_blank` (may be NULL): nothing but white space.
bool enl_prompt_check(const char *text, const char *what, bool *ret_blank, struct enl_error *error);

// Copies what a stranger wrote for a message: whole characters, as many as have room; what is no UTF-8 or a control
// character becomes '?'. Returns `to`.
char *enl_quote(char *to, size_t size, const char *text, size_t length);

// Whether UTF-8 text starts with a character of a script that is written without spaces: a word by itself, so that
// phrases are found in it as in words elsewhere, the longest first.
bool enl_stands_alone(const char *text);
// Bytes of the first word in UTF-8 text without blanks: one such character, or all up to the next.
int enl_word_length(const char *text);

// The words of a prompt that enl_prompt_check let pass. `prompt` must outlive them. Free with enl_words_free.
struct enl_words *enl_words_new(const char *prompt, struct enl_error *error);
void enl_words_free(struct enl_words **words);

// What a run of words means: all phrases that match it best.
#define ENL_ITEM_SENSES 6
struct enl_item {
    int first, last; // tokens; a word within a "..." is an item of its own
    int start, end;  // bytes of the prompt
    int sense_count; // 0: in no lexicon
    const struct enl_phrase *senses[ENL_ITEM_SENSES];
    bool stop, comma; // punctuation
    bool mended;      // misspelt
    bool used;        // something in the plan came of it
};

struct enl_reading {
    int count;
    struct enl_item items[ENL_MAX_PROMPT];
};

// Takes words of five letters or more that no lexicon knows for the one word of `lexicon` that is a letter away, where
// only one meaning is. ENL_NO_MEMORY.
bool enl_spell(struct enl_words *words, struct enl_lexicon *const *lexicons, int lexicon_count,
               struct enl_error *error);

// Finds phrases, trying `lexicons` in this order at every word. Returns how many words were found in any.
int enl_match(const struct enl_words *words, struct enl_lexicon *const *lexicons, int lexicon_count,
              struct enl_reading *reading);

#endif
