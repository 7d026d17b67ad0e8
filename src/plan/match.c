// SPDX-License-Identifier: MIT
// Finds a lexicon's phrases in a prompt: the longest first, and of those the one that leaves least to a star.
#include "plan/words.h"

#include <string.h>

// How well a phrase fits; larger is better.
struct fit {
    int words, letters; // letters that had to be there
    bool gapless;
};

static bool word_fits(const struct enl_token *token, const struct enl_phrase *phrase, int i, struct fit *fit) {
    int length = phrase->words[i].length;
    if (token->kind != ENL_TOKEN_WORD || token->length < length || (token->length > length && !phrase->words[i].stem))
        return false;
    if (memcmp(token->text, phrase->words[i].text, (size_t)length)) return false;
    fit->words++;
    fit->letters += 2 * length + !phrase->words[i].stem;
    return true;
}

// Where the phrase fits from token `at` on: `ret_end` past its first run, `ret_second` where the run after the "..."
// begins (-1: it has none).
static bool phrase_fits(const struct enl_words *words, const bool *taken, int at, const struct enl_phrase *phrase,
                        struct fit *ret_fit, int *ret_end, int *ret_second) {
    struct fit fit = {.gapless = !phrase->gap};
    int first_run = phrase->gap ? phrase->gap : phrase->word_count, second_run = phrase->word_count - first_run;
    if (at + phrase->word_count > words->count) return false;
    for (int i = 0; i < first_run; i++)
        if (taken[at + i] || !word_fits(&words->tokens[at + i], phrase, i, &fit)) return false;
    int second = -1;
    for (int skip = 1; phrase->gap && skip <= phrase->gap_most && second < 0; skip++) {
        int from = at + first_run + skip;
        struct fit more = fit;
        if (from + second_run > words->count || words->tokens[from - 1].kind != ENL_TOKEN_WORD) return false;
        int i = 0;
        while (i < second_run && !taken[from + i] && word_fits(&words->tokens[from + i], phrase, first_run + i, &more))
            i++;
        if (i < second_run) continue;
        second = from;
        fit = more;
    }
    if (phrase->gap && second < 0) return false;
    *ret_fit = fit;
    *ret_end = at + first_run;
    *ret_second = second;
    return true;
}

static int compare(struct fit a, struct fit b) {
    if (a.words != b.words) return a.words - b.words;
    if (a.gapless != b.gapless) return a.gapless - b.gapless;
    return a.letters - b.letters;
}

static int second_count(const struct enl_phrase *phrase) { return phrase->gap ? phrase->word_count - phrase->gap : 0; }

// The best phrases of one lexicon at a token.
struct best {
    struct fit fit;
    int count, end, second;
    const struct enl_phrase *senses[ENL_ITEM_SENSES];
};

static void offer(struct best *best, const struct enl_phrase *phrase, struct fit fit, int end, int second) {
    int order = compare(fit, best->fit);
    if (order < 0 || (order == 0 && (end != best->end || second != best->second))) return;
    if (order > 0) *best = (struct best){.fit = fit, .end = end, .second = second};
    if (best->count == ENL_ITEM_SENSES) return;
    // The chains run backwards: put this one first, so that a file's first name comes first.
    memmove(best->senses + 1, best->senses, (size_t)best->count++ * sizeof *best->senses);
    best->senses[0] = phrase;
}

// Fills `item` with the best phrases of one lexicon at a token; false when there is none. What a word sounds like is
// found apart from what else it means, so that "water" in one list does not hide "water*" in another.
static bool match_at(const struct enl_words *words, bool *taken, int at, const struct enl_lexicon *lexicon,
                     struct enl_item *item) {
    const struct enl_token *token = &words->tokens[at];
    struct best means = {0}, heard = {0};
    for (int i = lexicon->buckets[enl_lexicon_bucket(token->text, token->length)]; i >= 0;
         i = lexicon->phrases[i].next) {
        const struct enl_phrase *phrase = &lexicon->phrases[i];
        struct fit fit;
        int end, second;
        if (phrase_fits(words, taken, at, phrase, &fit, &end, &second))
            offer(phrase->sense == ENL_SENSE_SOUND ? &heard : &means, phrase, fit, end, second);
    }
    if (!means.count && !heard.count) return false;
    bool by_sound = heard.fit.words > means.fit.words,
         both = heard.fit.words == means.fit.words && heard.second == means.second;
    const struct best *best = by_sound ? &heard : &means;
    item->sense_count = 0;
    for (int i = 0; i < best->count; i++) item->senses[item->sense_count++] = best->senses[i];
    for (int i = 0; both && i < heard.count && item->sense_count < ENL_ITEM_SENSES; i++)
        item->senses[item->sense_count++] = heard.senses[i];
    item->last = best->end - 1;
    for (int i = 0; best->second >= 0 && i < second_count(best->senses[0]); i++) taken[best->second + i] = true;
    return true;
}

// Whether a word may be taken from a language that the prompt is not in: one that says something, and no short one,
// as those mean something else everywhere. English is mixed into all languages, so less is asked of it.
static bool may_be_foreign(const struct enl_words *words, const struct enl_item *item, bool english) {
    int length = 0;
    for (int i = item->first; i <= item->last; i++) length += words->tokens[i].length;
    if (length < (english ? 3 : enl_stands_alone(words->tokens[item->first].text) ? 6 : 4)) return false;
    for (int i = 0; i < item->sense_count; i++)
        if (english || item->senses[i]->sense <= ENL_SENSE_HEARING) return true;
    return false;
}

static bool match_in(const struct enl_words *words, bool *taken, int at, struct enl_lexicon *const *lexicons,
                     int lexicon_count, struct enl_item *item) {
    for (int i = 0; i < lexicon_count; i++) {
        struct enl_item found = *item;
        if (!match_at(words, taken, at, lexicons[i], &found)) continue;
        if (i && !may_be_foreign(words, &found, !strcmp(lexicons[i]->lang, "en"))) continue;
        *item = found;
        return true;
    }
    return false;
}

// Unknown characters that are a word each are told as they were written, side by side.
static bool goes_on(const struct enl_words *words, const struct enl_reading *reading, const struct enl_item *item) {
    const struct enl_item *before = reading->count ? &reading->items[reading->count - 1] : NULL;
    return before && !before->sense_count && !before->stop && !before->comma && before->end == item->start &&
           enl_stands_alone(words->prompt + before->start) && enl_stands_alone(words->prompt + item->start);
}

static void add_item(const struct enl_words *words, struct enl_reading *reading, const struct enl_item *item) {
    if (!item->sense_count && !item->stop && !item->comma && goes_on(words, reading, item)) {
        reading->items[reading->count - 1].last = item->last;
        reading->items[reading->count - 1].end = item->end;
        return;
    }
    reading->items[reading->count++] = *item;
}

int enl_match(const struct enl_words *words, struct enl_lexicon *const *lexicons, int lexicon_count,
              struct enl_reading *reading) {
    bool taken[ENL_MAX_PROMPT + 1] = {false}; // words that a "..." has reached over to
    int found = 0;
    reading->count = 0;
    for (int at = 0; at < words->count;) {
        const struct enl_token *token = &words->tokens[at];
        struct enl_item item = {.first = at, .last = at};
        item.stop = token->kind == ENL_TOKEN_STOP;
        item.comma = token->kind == ENL_TOKEN_COMMA;
        bool known = taken[at];
        if (token->kind == ENL_TOKEN_WORD && !known) known = match_in(words, taken, at, lexicons, lexicon_count, &item);
        item.start = token->start;
        item.end = words->tokens[item.last].end;
        for (int i = item.first; i <= item.last; i++) item.mended |= words->tokens[i].mended;
        if (!taken[at]) add_item(words, reading, &item);
        if (known) found += item.last - at + 1;
        at = item.last + 1;
    }
    return found;
}
