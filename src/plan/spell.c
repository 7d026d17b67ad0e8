// SPDX-License-Identifier: MIT
// Misspellings: a word that no lexicon knows, one letter away from one that a lexicon does (Damerau 1964: a letter too
// many, too few, another, or two that changed places). Only where a single meaning fits; the plan says what it took.
#include "plan/words.h"

#include <string.h>

#define LEAST_LETTERS 5
#define LETTERS 40   // of words that are looked at
#define FREE_FIRST 6 // from this many letters on the first may be wrong too
#define ENDING 3     // letters that a star may stand for here

// A word as letters, so that a letter of two bytes is one.
struct letters {
    int count, starts[LETTERS + 1]; // bytes; one more: the end
    const char *text;
};

static bool spell_out(const char *text, int length, struct letters *ret_letters) {
    ret_letters->count = 0;
    ret_letters->text = text;
    for (int i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c & 0xc0) == 0x80) continue;
        if ((c < 'a' || c > 'z') && c < 0xc3) return false;           // figures, marks
        if (c >= 0xe0 || ret_letters->count == LETTERS) return false; // none of the scripts that have case
        ret_letters->starts[ret_letters->count++] = i;
    }
    ret_letters->starts[ret_letters->count] = length;
    return true;
}

static bool same(const struct letters *a, int i, const struct letters *b, int j) {
    int size = a->starts[i + 1] - a->starts[i];
    return size == b->starts[j + 1] - b->starts[j] &&
           !memcmp(a->text + a->starts[i], b->text + b->starts[j], (size_t)size);
}

static bool same_run(const struct letters *a, int i, const struct letters *b, int j, int count) {
    for (int k = 0; k < count; k++)
        if (!same(a, i + k, b, j + k)) return false;
    return true;
}

// Whether the first `count` letters of `a` are one slip away from all of `b`.
static bool is_a_slip(const struct letters *a, int count, const struct letters *b) {
    int at = 0, more = count - b->count;
    while (at < count && at < b->count && same(a, at, b, at)) at++;
    if (more == 1) return same_run(a, at + 1, b, at, b->count - at);
    if (more == -1) return same_run(a, at, b, at + 1, count - at);
    if (more || at == count) return false;
    if (same_run(a, at + 1, b, at + 1, count - at - 1)) return true;
    return at + 1 < count && same(a, at, b, at + 1) && same(a, at + 1, b, at) &&
           same_run(a, at + 2, b, at + 2, count - at - 2);
}

static bool first_is_kept(const struct letters *a, const struct letters *b) {
    if (a->count >= FREE_FIRST || same(a, 0, b, 0)) return true;
    return same(a, 1, b, 0) && same(a, 0, b, 1); // two that changed places
}

// What a word may be meant to be. Phrases that mean the same, or are written the same, are one; where a word that says
// something fits, words that carry nothing do not count.
struct guess {
    const struct enl_phrase *phrase;
    char text[4 * LETTERS + 64];
    int length;
    bool several;
};

static void offer(struct guess *guess, const struct letters *word, int used, const struct enl_phrase *phrase) {
    char text[sizeof guess->text] = {0};
    int stem = phrase->words[0].length, rest = word->starts[word->count] - word->starts[used];
    if (stem + rest > (int)sizeof text) return;
    memcpy(text, phrase->words[0].text, (size_t)stem);
    memcpy(text + stem, word->text + word->starts[used], (size_t)rest);
    bool says = phrase->sense != ENL_SENSE_FILLER;
    if (guess->phrase && !says && guess->phrase->sense != ENL_SENSE_FILLER) return;
    if (!guess->phrase || (says && guess->phrase->sense == ENL_SENSE_FILLER)) {
        guess->several = false;
        guess->phrase = phrase;
        guess->length = stem + rest;
        memcpy(guess->text, text, sizeof text);
        return;
    }
    bool same_text = guess->length == stem + rest && !memcmp(guess->text, text, (size_t)guess->length);
    const struct enl_phrase *other = guess->phrase;
    bool means_same = other->sense == phrase->sense && other->negated == phrase->negated &&
                      !strcmp(other->name, phrase->name);
    if (!same_text && !means_same) guess->several = true;
}

static void try_phrase(struct guess *guess, const struct letters *word, const struct enl_phrase *phrase) {
    struct letters meant;
    const char *text = phrase->words[0].text;
    int length = phrase->words[0].length;
    bool stem = phrase->words[0].stem;
    if (phrase->word_count != 1 || phrase->sense == ENL_SENSE_PLACE) return;
    if (!spell_out(text, length, &meant) || meant.count < LEAST_LETTERS - !stem || !first_is_kept(word, &meant)) return;
    bool says = phrase->sense <= ENL_SENSE_HEARING; // a small word that turns the sense round wants more letters
    if (!says && meant.count < LEAST_LETTERS) return;
    static const int order[] = {1, 0, -1}; // what leaves the shortest ending first
    for (int i = 0; i < 3; i++) {
        int used = stem ? meant.count + order[i] : word->count;
        if (used < 1 || used > word->count || word->count - used > ENDING) continue;
        if (!is_a_slip(word, used, &meant)) continue;
        offer(guess, word, used, phrase);
        return;
    }
}

// Whether this is a word of the lexicon, be it only within a phrase.
static bool is_known(const struct enl_lexicon *lexicon, const struct enl_token *token) {
    for (int i = 0; i < lexicon->count; i++)
        for (int w = 0; w < lexicon->phrases[i].word_count; w++) {
            int length = lexicon->phrases[i].words[w].length;
            bool fits = lexicon->phrases[i].words[w].stem ? token->length >= length : token->length == length;
            if (fits && !memcmp(token->text, lexicon->phrases[i].words[w].text, (size_t)length)) return true;
        }
    return false;
}

static bool mend(struct enl_words *words, struct enl_token *token, const struct enl_lexicon *lexicon, size_t *used,
                 size_t room) {
    struct letters word;
    struct guess guess = {0};
    if (!spell_out(token->text, token->length, &word) || word.count < LEAST_LETTERS) return false;
    for (int i = 0; i < lexicon->count; i++) try_phrase(&guess, &word, &lexicon->phrases[i]);
    if (!guess.phrase || guess.several || *used + (size_t)guess.length > room) return false;
    memcpy(words->mended + *used, guess.text, (size_t)guess.length);
    token->text = words->mended + *used;
    token->length = guess.length;
    token->mended = true;
    *used += (size_t)guess.length;
    return true;
}

bool enl_spell(struct enl_words *words, struct enl_lexicon *const *lexicons, int lexicon_count,
               struct enl_error *error) {
    size_t used = 0, room = 2 * strlen(words->prompt) + 64;
    for (int t = 0; t < words->count; t++) {
        struct enl_token *token = &words->tokens[t];
        bool known = token->kind != ENL_TOKEN_WORD || token->length < LEAST_LETTERS;
        for (int i = 0; i < lexicon_count && !known; i++) known = is_known(lexicons[i], token);
        if (known) continue;
        if (!words->mended && !(words->mended = enl_alloc(room, 1, error))) return false;
        // In the prompt's own language only: across languages everything is a letter from something.
        mend(words, token, lexicons[0], &used, room);
    }
    return true;
}
