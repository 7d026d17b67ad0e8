// SPDX-License-Identifier: MIT
#include "plan/words.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

static bool is_blank(utf8proc_int32_t c) {
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CF: // zero-width marks: nothing to see either
        return true;
    default:
        return c == '\t' || c == '\n' || c == '\r';
    }
}

bool enl_prompt_check(const char *text, const char *what, bool *ret_blank, struct enl_error *error) {
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    bool blank = true;
    for (int count = 0; *at; count++) {
        if (count == ENL_MAX_PROMPT)
            return enl_fail(error, ENL_USAGE, "%s is longer than %d characters.", what, ENL_MAX_PROMPT);
        utf8proc_int32_t c;
        // strnlen: never look past the end, even where the last character is cut off.
        utf8proc_ssize_t size = utf8proc_iterate(at, (utf8proc_ssize_t)strnlen((const char *)at, 4), &c);
        if (size <= 0) return enl_fail(error, ENL_USAGE, "%s is not valid UTF-8 (character %d).", what, count + 1);
        bool line_end = c == '\r' && at[size] == '\n'; // web forms send these
        if ((c < 0x20 && c != '\t' && c != '\n' && !line_end) || (c >= 0x7f && c < 0xa0))
            return enl_fail(error, ENL_USAGE,
                            "%s has a control character (character %d); only tabs and new lines may be in it.", what,
                            count + 1);
        if (!is_blank(c)) blank = false;
        at += size;
    }
    if (ret_blank) *ret_blank = blank;
    return true;
}

char *enl_quote(char *to, size_t size, const char *text, size_t length) {
    size_t used = 0;
    for (size_t at = 0; at < length && text[at];) {
        utf8proc_int32_t c;
        size_t most = strnlen(text + at, length - at < 4 ? length - at : 4);
        utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)text + at, (utf8proc_ssize_t)most, &c);
        bool shown =
            bytes > 0 && utf8proc_category(c) != UTF8PROC_CATEGORY_CC && utf8proc_category(c) != UTF8PROC_CATEGORY_CF;
        size_t step = bytes > 0 ? (size_t)bytes : 1, room = shown ? step : 1;
        if (used + room + 1 > size) break;
        if (shown)
            memcpy(to + used, text + at, step);
        else
            to[used] = '?';
        used += room;
        at += step;
    }
    to[used] = 0;
    return to;
}

enum part { PART_NONE, PART_WORD, PART_SYMBOL, PART_COMMA, PART_STOP };

static enum part part_of(utf8proc_int32_t c) {
    static const utf8proc_int32_t commas[] = {',', 0x3001, 0xff0c, 0x60c, '(', ')', '/'},
                                  stops[] = {'.',    ';',   ':',   '!',   '?',    '\n',   0x3002, 0xff1b, 0xff01,
                                             0xff1f, 0x61b, 0x61f, 0x964, 0x2013, 0x2014, 0x2026, 0x2028, 0x2029};
    for (size_t i = 0; i < sizeof commas / sizeof *commas; i++)
        if (c == commas[i]) return PART_COMMA;
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
        if (c == stops[i]) return PART_STOP;
    utf8proc_category_t category = utf8proc_category(c);
    if (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO)
        return PART_WORD; // letters, marks, numbers
    if (category >= UTF8PROC_CATEGORY_SM && category <= UTF8PROC_CATEGORY_SO) return PART_SYMBOL; // emoji and the like
    return PART_NONE;
}

// Scripts without spaces between words: kana, and the characters of Chinese and Japanese.
static bool is_alone(utf8proc_int32_t c) {
    return c == 0x3005 || (c >= 0x3041 && c <= 0x30ff && c != 0x30fb) || (c >= 0x31f0 && c <= 0x31ff) ||
           (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
}

static int first_of(const char *text, utf8proc_int32_t *ret_c) {
    int size = (int)utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)strnlen(text, 4), ret_c);
    return size > 0 ? size : 1;
}

bool enl_stands_alone(const char *text) {
    utf8proc_int32_t c = 0;
    first_of(text, &c);
    return is_alone(c);
}

// Whether `length` bytes are an article or the like that French and Italian join to the next word: "l'" of "l'eau".
static bool is_joined(const char *text, int length) {
    static const char *const joined[] = {"l",    "d",    "j",     "m",     "t",     "s",     "n",
                                         "c",    "v",    "qu",    "un",    "dell",  "all",   "nell",
                                         "dall", "sull", "quest", "quell", "jusqu", "lorsqu"};
    for (size_t i = 0; i < sizeof joined / sizeof *joined; i++) {
        int size = (int)strlen(joined[i]), same = 0;
        while (size == length && same < size && (text[same] | 0x20) == joined[i][same]) same++;
        if (size == length && same == size) return true;
    }
    return false;
}

int enl_word_length(const char *text) {
    utf8proc_int32_t c = 0;
    int length = first_of(text, &c);
    if (is_alone(c)) return length;
    while (text[length] && !enl_stands_alone(text + length)) {
        bool joined = text[length] == '\'' && is_joined(text, length);
        length += first_of(text + length, &c);
        if (joined && text[length] && text[length] != '*') break;
    }
    return length;
}

// What only changes the symbol before it: variation selectors, tones of skin, joiners.
static bool is_trailing(utf8proc_int32_t c) {
    return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0x1f3fb && c <= 0x1f3ff) || c == 0x200d || c == 0x20e3;
}

static bool is_mark(utf8proc_int32_t c) {
    utf8proc_category_t category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC;
}

static bool is_apostrophe(utf8proc_int32_t c) { return c == '\'' || c == 0x2019 || c == 0x2bc; }

// Folds one word to the pool's end; the apostrophes that people type become one.
static bool fold(struct enl_token *token, const char *prompt, char **pool, const char *pool_end) {
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t length = utf8proc_map(
        (const utf8proc_uint8_t *)prompt + token->start, token->end - token->start, &folded,
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
    if (length < 0) return length != UTF8PROC_ERROR_NOMEM; // cannot be folded: a word that nobody knows
    char *to = *pool;
    token->text = to;
    for (utf8proc_ssize_t i = 0; i < length && to < pool_end;) {
        bool curly = length - i >= 3 && !memcmp(folded + i, "\xe2\x80\x99", 3);
        bool modifier = length - i >= 2 && !memcmp(folded + i, "\xca\xbc", 2);
        *to++ = curly || modifier ? '\'' : (char)folded[i];
        i += curly ? 3 : modifier ? 2 : 1;
    }
    token->length = (int)(to - *pool);
    *pool = to;
    free(folded);
    return true;
}

// Whether character `c` goes on with the token that ended before it.
static bool goes_on(utf8proc_int32_t before, enum part part_before, utf8proc_int32_t c, enum part part) {
    if (part_before == PART_SYMBOL) return is_trailing(c) || (before == 0x200d && part == PART_SYMBOL);
    if (part_before != PART_WORD || part != PART_WORD) return false;
    return is_mark(c) || (!is_alone(before) && !is_alone(c));
}

// Cuts the prompt; words are folded later. Symbols, and the characters of scripts without spaces, are a word each.
static void cut(struct enl_words *words) {
    const utf8proc_uint8_t *prompt = (const utf8proc_uint8_t *)words->prompt;
    enum part part_before = PART_NONE;
    utf8proc_int32_t before = 0;
    for (int at = 0; prompt[at];) {
        utf8proc_int32_t c, next = 0;
        int size = (int)utf8proc_iterate(prompt + at, -1, &c);
        if (size <= 0) break;
        enum part part = part_of(c);
        if (prompt[at + size]) utf8proc_iterate(prompt + at + size, -1, &next);
        bool inside = part_before == PART_WORD && !is_alone(before) && part_of(next) == PART_WORD;
        if (inside && (is_apostrophe(c) || utf8proc_category(c) == UTF8PROC_CATEGORY_CF)) part = PART_WORD;
        // Every number is read whole: the point in 1.5 ends no sentence.
        if (inside && (c == '.' || c == ',') && utf8proc_category(next) == UTF8PROC_CATEGORY_ND &&
            prompt[at - 1] >= '0' && prompt[at - 1] <= '9')
            part = PART_WORD;
        if (goes_on(before, part_before, c, part)) {
            struct enl_token *token = &words->tokens[words->count - 1];
            bool joined = is_apostrophe(c) && is_joined((const char *)prompt + token->start, token->end - token->start);
            token->end = at + size;
            part = joined ? PART_NONE : part_before; // the next character begins a word
        } else if (part != PART_NONE) {
            words->tokens[words->count++] = (struct enl_token){.kind = part == PART_COMMA  ? ENL_TOKEN_COMMA
                                                                       : part == PART_STOP ? ENL_TOKEN_STOP
                                                                                           : ENL_TOKEN_WORD,
                                                               .start = at,
                                                               .end = at + size};
        }
        part_before = part;
        before = c;
        at += size;
    }
}

struct enl_words *enl_words_new(const char *prompt, struct enl_error *error) {
    struct enl_words *words = enl_alloc(1, sizeof *words, error);
    if (!words) return NULL;
    words->prompt = prompt;
    size_t room = 12 * strlen(prompt) + 16; // NFKC makes 11 times as much of U+FDFA, the worst there is
    words->pool = enl_alloc(room, 1, error);
    bool ok = words->pool != NULL;
    if (ok) cut(words);
    char *pool = words->pool;
    for (int i = 0; ok && i < words->count; i++)
        if (words->tokens[i].kind == ENL_TOKEN_WORD && !fold(&words->tokens[i], prompt, &pool, words->pool + room))
            ok = enl_fail(error, ENL_NO_MEMORY, "Not enough memory to read the prompt.");
    if (!ok) enl_words_free(&words);
    return words;
}

void enl_words_free(struct enl_words **words) {
    if (!*words) return;
    enl_release((*words)->pool);
    enl_release((*words)->mended);
    enl_release(*words);
    *words = NULL;
}
