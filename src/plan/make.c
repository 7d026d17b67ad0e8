// SPDX-License-Identifier: MIT
// Makes a plan: prompt → words → clauses → wishes, and wishes and scene → motions and sounds.
#include "plan/arrows.h"
#include "plan/make.h"
#include "plan/say.h"

#include <stdio.h>
#include <string.h>

// Adds " as smile" to a misspelt word.
static size_t add_meant(char *text, size_t length, size_t size, const struct enl_words *words,
                        const struct enl_item *item) {
    for (int i = item->first; i <= item->last; i++) {
        const struct enl_token *token = &words->tokens[i];
        const char *gap = i == item->first ? " as " : " ";
        if (length + strlen(gap) + (size_t)token->length >= size) break;
        memcpy(text + length, gap, strlen(gap));
        memcpy(text + length + strlen(gap), token->text, (size_t)token->length);
        length += strlen(gap) + (size_t)token->length;
    }
    return length;
}

// Sorts the prompt's words into those that did something and those that did not.
static void list_words(struct enl_plan *plan, const struct enl_words *words, const struct enl_reading *reading) {
    for (int i = 0; i < reading->count; i++) {
        const struct enl_item *item = &reading->items[i];
        if (item->stop || item->comma) continue;
        if (item->used && (enl_item_sense(item, ENL_SENSE_FILLER) || enl_item_sense(item, ENL_SENSE_JOIN))) continue;
        char text[160];
        size_t length = 0;
        for (int at = item->start; at < item->end && length + 1 < sizeof text; at++) {
            char c = plan->prompt[at];
            text[length++] = c == '\n' || c == '\t' || c == '\r' ? ' ' : c;
        }
        while (length && ((unsigned char)plan->prompt[item->start + (int)length] & 0xc0) == 0x80)
            length--; // no half characters
        if (item->mended && item->used) length = add_meant(text, length, sizeof text, words, item);
        enl_list_add(item->used ? plan->understood : plan->not_understood, sizeof plan->understood, ", ", text, length);
    }
}

#define MAX_LEXICONS 32

// The prompt's language first: the one asked for, unless another knows clearly more of the words.
static void order_lexicons(const struct enl_words *words, struct enl_lexicon **lexicons, int count,
                           struct enl_reading *reading) {
    int best = 0, best_found = enl_match(words, lexicons, 1, reading) + 1;
    for (int i = 1; i < count; i++) {
        int found = enl_match(words, &lexicons[i], 1, reading);
        if (found <= best_found) continue;
        best = i;
        best_found = found;
    }
    struct enl_lexicon *first = lexicons[best];
    memmove(lexicons + 1, lexicons, (size_t)best * sizeof *lexicons);
    lexicons[0] = first;
}

// What one call works with; large, so off the stack.
struct desk {
    struct enl_lexicon *lexicons[MAX_LEXICONS];
    int lexicon_count;
    struct enl_words *words;
    struct enl_reading reading; // points into the lexicons
    struct enl_clauses clauses;
    struct enl_wishes wishes;
};

static void desk_free(struct desk *desk) {
    for (int i = 0; i < desk->lexicon_count; i++) enl_lexicon_free(&desk->lexicons[i]);
    enl_words_free(&desk->words);
    enl_release(desk);
}

static struct desk *desk_new(const char *prompt, const char *lang, struct enl_error *error) {
    struct desk *desk = enl_alloc(1, sizeof *desk, error);
    if (!desk) return NULL;
    int first = enl_lexicon_find(lang);
    bool ok = (desk->lexicons[desk->lexicon_count++] = enl_lexicon_parse(&enl_lexicon_files[first], error)) != NULL;
    for (int i = 0; ok && enl_lexicon_files[i].lang && desk->lexicon_count < MAX_LEXICONS; i++)
        if (i != first)
            ok = (desk->lexicons[desk->lexicon_count++] = enl_lexicon_parse(&enl_lexicon_files[i], error)) != NULL;
    if (!ok || !(desk->words = enl_words_new(prompt, error))) {
        desk_free(desk);
        return NULL;
    }
    order_lexicons(desk->words, desk->lexicons, desk->lexicon_count, &desk->reading);
    if (!enl_spell(desk->words, desk->lexicons, desk->lexicon_count, error)) {
        desk_free(desk);
        return NULL;
    }
    enl_match(desk->words, desk->lexicons, desk->lexicon_count, &desk->reading);
    enl_clauses_read(desk->words, &desk->reading, &desk->clauses);
    enl_wishes_read(&desk->clauses, &desk->wishes);
    return desk;
}

static bool check_lang(const char *lang, struct enl_error *error) {
    if (enl_lexicon_find(lang) >= 0 && strlen(lang) < sizeof(((struct enl_plan *)0)->lang)) return true;
    char langs[120];
    enl_lexicon_langs(langs, sizeof langs);
    return enl_fail(error, ENL_USAGE, "This language is not known; there are %s.", langs);
}

// Arrows and the freeze mask's name, before the motions, which may be none with them.
static bool take_painted(struct enl_plan *plan, const struct enl_plan_params *params, const struct enl_work *work,
                         struct enl_error *error) {
    if (!enl_freeze_take(plan, params->freeze, error) ||
        !enl_arrows_take(plan, params->arrows, params->arrow_count, false, error))
        return false;
    if (params->shown) enl_arrows_frame(plan, params->shown);
    enl_arrows_fit(plan, work->reach, work);
    return true;
}

// Faces beyond those that move at once.
static void note_faces(struct enl_plan *plan, struct enl_reach *reach) {
    int most = 0;
    for (int i = 0; i < plan->motion_count; i++) {
        const struct enl_motion_kind *kind = enl_motion_kind_find(plan->motions[i].motion);
        int able = kind && kind->region == ENL_FACE ? enl_reach_faces(reach, kind) : 0;
        most = able > most ? able : most;
    }
    if (most > ENL_FACES_MOVED)
        enl_plan_say(plan->notes, "Only the %d largest of %d faces move.", ENL_FACES_MOVED, most);
}

struct enl_plan *enl_plan_make(const struct enl_scene *scene, const struct enl_plan_params *params,
                               struct enl_error *error) {
    static const struct enl_plan_params none = {0};
    if (!params) params = &none;
    const char *prompt = params->prompt ? params->prompt : ENL_DEFAULT_PROMPT,
               *lang = params->lang ? params->lang : "en";
    bool blank = false;
    struct enl_work work = {.scene = scene, .seconds = params->seconds > 0 ? (float)params->seconds : 5};
    if (!enl_prompt_check(prompt, "The prompt", &blank, error) || !check_lang(lang, error)) return NULL;
    if (blank) {
        enl_fail(error, ENL_USAGE, "The prompt is empty: say what should move, or leave it out for \"%s\".",
                 ENL_DEFAULT_PROMPT);
        return NULL;
    }
    if (!enl_names_read(params->only, "only", &work.only, error)) return NULL;
    if (!enl_names_read(params->without, "without", &work.without, error)) return NULL;
    struct desk *desk = desk_new(prompt, lang, error);
    struct enl_reach *reach = desk ? enl_reach_new(scene, params->shown, params->width, params->held, error) : NULL;
    struct enl_plan *plan = reach ? enl_alloc(1, sizeof *plan, error) : NULL;
    if (plan) {
        snprintf(plan->prompt, sizeof plan->prompt, "%s", prompt);
        snprintf(plan->lang, sizeof plan->lang, "%s", lang);
        work.wishes = &desk->wishes;
        work.plan = plan;
        work.reach = reach;
        if (take_painted(plan, params, &work, error)) {
            enl_plan_motions(&work);
            enl_plan_clashes(&work);
            note_faces(plan, reach);
            enl_arrows_settle(plan, scene);
            if (!params->mute) enl_plan_sounds(&work);
            list_words(plan, desk->words, &desk->reading);
        } else {
            enl_plan_free(&plan);
        }
    }
    enl_release(reach);
    if (desk) desk_free(desk);
    return plan;
}

void enl_plan_free(struct enl_plan **plan) {
    enl_release(*plan);
    *plan = NULL;
}
