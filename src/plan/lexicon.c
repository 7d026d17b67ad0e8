// SPDX-License-Identifier: MIT
// Reads lexicon files. They are parsed anew for each plan (a fraction of a millisecond each), so nothing is shared.
#include "plan/words.h"

#include <stdio.h>
#include <string.h>

static const char *const sections[ENL_SENSES] = {
    [ENL_SENSE_ELEMENT] = "[elements]", [ENL_SENSE_MOTION] = "[motions]",  [ENL_SENSE_DIRECTION] = "[directions]",
    [ENL_SENSE_SPEED] = "[speeds]",     [ENL_SENSE_AMOUNT] = "[amounts]",  [ENL_SENSE_MANNER] = "[manners]",
    [ENL_SENSE_DEGREE] = "[degrees]",   [ENL_SENSE_COUNT] = "[counts]",    [ENL_SENSE_MOOD] = "[moods]",
    [ENL_SENSE_SOUND] = "[sounds]",     [ENL_SENSE_HEARING] = "[hearing]", [ENL_SENSE_NEGATION] = "[negations]",
    [ENL_SENSE_STILL] = "[stills]",     [ENL_SENSE_MOVING] = "[moving]",   [ENL_SENSE_ONLY] = "[only]",
    [ENL_SENSE_JOIN] = "[joins]",       [ENL_SENSE_ORDER] = "[order]",     [ENL_SENSE_COMPARISON] = "[comparisons]",
    [ENL_SENSE_PLACE] = "[places]",     [ENL_SENSE_FILLER] = "[filler]",
};

#define RAW_SECTION (-2) // the label and suggestions: no words to find

// How the parser stands.
struct reader {
    struct enl_lexicon *lexicon;
    const char *lang;
    int line, section; // an enl_sense, RAW_SECTION, or -1 before the first
    const char *name;  // of the entry that goes on
    bool negated;
    bool begun, comma; // a list has begun; its last line ended with a comma
};

static bool broken(const struct reader *reader, const char *what, struct enl_error *error) {
    return enl_fail(error, ENL_INTERNAL, "Lexicon %s.txt, line %d: %s.", reader->lang, reader->line, what);
}

int enl_lexicon_bucket(const char *folded, int length) {
    unsigned hash = 0;
    for (int i = 0; i < length && i < 4; i++) { // the first character and nothing more: stems may be that short
        if (i && ((unsigned char)folded[i] & 0xc0) != 0x80) break;
        hash = hash * 31 + (unsigned char)folded[i];
    }
    return (int)(hash % ENL_LEXICON_BUCKETS);
}

static char *trim(char *text) {
    while (*text == ' ' || *text == '\t') text++;
    size_t length = strlen(text);
    while (length && (text[length - 1] == ' ' || text[length - 1] == '\t' || text[length - 1] == '\r'))
        text[--length] = 0;
    return text;
}

// Adds one word of a phrase; "*" at its end stands for any ending.
static bool add_word(struct reader *reader, struct enl_phrase *phrase, char *word, int length,
                     struct enl_error *error) {
    if (phrase->word_count == ENL_PHRASE_WORDS) return broken(reader, "a phrase of more than twelve words", error);
    bool stem = length > 1 && word[length - 1] == '*';
    int i = phrase->word_count++;
    phrase->words[i].text = word;
    phrase->words[i].length = length - stem;
    phrase->words[i].stem = stem;
    return true;
}

// One phrase of a list: words apart by spaces (or hyphens, as in prompts) or cut as prompts are, "..." between.
static bool add_phrase(struct reader *reader, char *text, struct enl_error *error) {
    struct enl_lexicon *lexicon = reader->lexicon;
    struct enl_phrase *phrase = &lexicon->phrases[lexicon->count];
    *phrase =
        (struct enl_phrase){.sense = (enum enl_sense)reader->section, .negated = reader->negated, .name = reader->name};
    char *rest = NULL;
    for (char *piece = strtok_r(text, " \t-", &rest); piece; piece = strtok_r(NULL, " \t-", &rest)) {
        if (!strcmp(piece, "...")) {
            if (phrase->gap || !phrase->word_count) return broken(reader, "misplaced \"...\"", error);
            phrase->gap = phrase->word_count;
            continue;
        }
        for (int length; *piece; piece += length) {
            length = enl_word_length(piece);
            if (!add_word(reader, phrase, piece, length, error)) return false;
        }
    }
    if (phrase->gap && phrase->gap == phrase->word_count) return broken(reader, "misplaced \"...\"", error);
    if (!phrase->word_count) return true; // the comma at a line's end
    phrase->gap_most = enl_stands_alone(phrase->words[0].text) ? ENL_PHRASE_GAP_ALONE : ENL_PHRASE_GAP;
    int *bucket = &lexicon->buckets[enl_lexicon_bucket(phrase->words[0].text, phrase->words[0].length)];
    phrase->next = *bucket;
    *bucket = lexicon->count++;
    return true;
}

static bool add_list(struct reader *reader, char *list, bool goes_on, struct enl_error *error) {
    if (goes_on && !reader->comma)
        return broken(reader, "the line before must end with a comma for this one to go on", error);
    size_t length = strlen(list);
    reader->begun = true;
    reader->comma = length && list[length - 1] == ',';
    char *rest = NULL;
    for (char *text = strtok_r(list, ",", &rest); text; text = strtok_r(NULL, ",", &rest))
        if (!add_phrase(reader, trim(text), error)) return false;
    return true;
}

static bool open_section(struct reader *reader, const char *title, struct enl_error *error) {
    reader->name = "";
    reader->negated = reader->begun = reader->comma = false;
    if (!strcmp(title, "[label]") || !strcmp(title, "[suggestions]")) {
        reader->section = RAW_SECTION;
        return true;
    }
    for (int i = 0; i < ENL_SENSES; i++)
        if (!strcmp(sections[i], title)) {
            reader->section = i;
            return true;
        }
    return broken(reader, "unknown section", error);
}

static bool read_line(struct reader *reader, char *line, struct enl_error *error) {
    bool goes_on = line[0] == ' ' || line[0] == '\t';
    char *text = trim(line);
    if (!*text || *text == '#') return true;
    if (*text == '[') return open_section(reader, text, error);
    if (reader->section == RAW_SECTION) return true; // see enl_lexicon_label, enl_lexicon_suggestion
    if (reader->section < 0) return broken(reader, "words before the first [section]", error);
    char *colon = goes_on ? NULL : strchr(text, ':');
    if (reader->section != ENL_SENSE_FILLER && !goes_on) {
        if (!colon) return broken(reader, "a name and a colon are missing (or spaces, where a list goes on)", error);
        *colon = 0;
        char *name = trim(text);
        reader->negated = !strncmp(name, "no ", 3);
        reader->name = trim(reader->negated ? name + 3 : name);
        text = colon + 1;
    }
    if (!enl_sense_has((enum enl_sense)reader->section, reader->name)) return broken(reader, "unknown name", error);
    if (reader->section == ENL_SENSE_FILLER) goes_on = reader->begun;
    return add_list(reader, text, goes_on, error);
}

struct enl_lexicon *enl_lexicon_parse(const struct enl_lexicon_file *file, struct enl_error *error) {
    struct enl_lexicon *lexicon = enl_alloc(1, sizeof *lexicon, error);
    if (!lexicon) return NULL;
    for (int i = 0; i < ENL_LEXICON_BUCKETS; i++) lexicon->buckets[i] = -1;
    lexicon->lang = file->lang;
    struct reader reader = {.lexicon = lexicon, .lang = file->lang, .section = -1, .name = ""};
    size_t size = strlen(file->text) + 1;
    lexicon->text = enl_alloc(size, 1, error);
    if (!lexicon->text) {
        enl_lexicon_free(&lexicon);
        return NULL;
    }
    memcpy(lexicon->text, file->text, size);
    size_t most = 1; // phrases: one more than commas and lines
    for (const char *c = lexicon->text; *c; c++) most += *c == ',' || *c == '\n';
    lexicon->phrases = enl_alloc(most, sizeof *lexicon->phrases, error);
    bool ok = lexicon->phrases != NULL;
    char *next = lexicon->text;
    while (ok && next) {
        char *line = next;
        next = strchr(line, '\n');
        if (next) *next++ = 0;
        reader.line++;
        ok = read_line(&reader, line, error);
    }
    if (!ok) enl_lexicon_free(&lexicon);
    return lexicon;
}

void enl_lexicon_free(struct enl_lexicon **lexicon) {
    if (!*lexicon) return;
    enl_release((*lexicon)->text);
    enl_release((*lexicon)->phrases);
    enl_release(*lexicon);
    *lexicon = NULL;
}

int enl_lexicon_find(const char *lang) {
    for (int i = 0; enl_lexicon_files[i].lang; i++)
        if (!strcmp(enl_lexicon_files[i].lang, lang)) return i;
    return -1;
}

const char *enl_lexicon_lang(int index) {
    for (int i = 0; enl_lexicon_files[i].lang; i++)
        if (i == index) return enl_lexicon_files[i].lang;
    return NULL;
}

// Where a section's lines begin in a language's file; NULL: there is none.
static const char *section_of(const char *lang, const char *title) {
    int index = enl_lexicon_find(lang);
    const char *text = index < 0 ? NULL : strstr(enl_lexicon_files[index].text, title);
    return text ? text + strlen(title) : NULL;
}

static bool copy(char *to, size_t size, const char *text, size_t length) {
    if (!length || length >= size) return false;
    memcpy(to, text, length);
    to[length] = 0;
    return true;
}

bool enl_lexicon_label(const char *lang, char *ret_label, size_t size) {
    const char *text = section_of(lang, "\n[label]\n");
    return text && copy(ret_label, size, text, strcspn(text, "\r\n"));
}

bool enl_lexicon_suggestion(const char *lang, int index, char *ret_names, size_t names_size, char *ret_text,
                            size_t text_size) {
    const char *line = section_of(lang, "\n[suggestions]\n");
    for (int at = 0; line && *line && *line != '['; line++) {
        size_t length = strcspn(line, "\n"), names = strcspn(line, ":\n");
        if (names + 2 < length && at++ == index)
            return copy(ret_names, names_size, line, names) &&
                   copy(ret_text, text_size, line + names + 2, length - names - 2);
        line += length;
        if (!*line) break;
    }
    return false;
}

void enl_lexicon_langs(char *ret_list, size_t size) {
    size_t used = 0;
    ret_list[0] = 0;
    for (int i = 0; enl_lexicon_files[i].lang && used < size; i++)
        used += (size_t)snprintf(ret_list + used, size - used, "%s%s", i ? ", " : "", enl_lexicon_files[i].lang);
}
