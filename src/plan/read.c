// SPDX-License-Identifier: MIT
// Reads plans from JSON, strictly: a person edits them, and a slip should be told, not guessed at.
#include "plan/arrows.h"
#include "plan/make.h"
#include "plan/say.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#define MAX_JSON (1u << 20) // bytes

#define SHOWN 44 // bytes of a stranger's text that a message quotes
#define QUOTED(text) enl_quote((char[SHOWN]){0}, SHOWN, text, strlen(text))

// A field that may stand in an object.
struct field {
    const char *name;
    enum { STRING, NUMBER, ARRAY } type;
    bool needed;
};

static bool is_type(const json_t *value, const struct field *field) {
    return field->type == STRING   ? json_is_string(value)
           : field->type == NUMBER ? json_is_number(value)
                                   : json_is_array(value);
}

static const char *const type_names[] = {[STRING] = "text in quotes", [NUMBER] = "a number", [ARRAY] = "a list"};

// Whether an object has just these fields, of these types. `path` is "" or "motions[2]."; fields end with a NULL name.
static bool check_fields(const json_t *object, const char *path, const struct field *fields, struct enl_error *error) {
    if (!json_is_object(object))
        return enl_fail(error, ENL_USAGE, "Plan: %.*s must be an object in {}.", path[0] ? (int)strlen(path) - 1 : 9,
                        path[0] ? path : "the whole");
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value) { // NOLINT: jansson's macro takes no const
        const struct field *field = fields;
        while (field->name && strcmp(field->name, key)) field++;
        if (!field->name) return enl_fail(error, ENL_USAGE, "Plan: %s%s is unknown.", path, QUOTED(key));
        if (!is_type(value, field))
            return enl_fail(error, ENL_USAGE, "Plan: %s%s must be %s.", path, key, type_names[field->type]);
    }
    for (const struct field *field = fields; field->name; field++)
        if (field->needed && !json_object_get(object, field->name))
            return enl_fail(error, ENL_USAGE, "Plan: %s%s is missing.", path, field->name);
    return true;
}

// Reads a number, brought within limits, which is noted; leaves `ret_value` (its default) where there is none.
static void read_number(const json_t *object, const char *path, const char *name, double low, double high,
                        float *ret_value, struct enl_plan *plan) {
    const json_t *json = json_object_get(object, name);
    if (!json) return;
    double value = json_number_value(json), near = value < low ? low : value > high ? high : value;
    if (near != value)
        enl_plan_say(plan->notes, "%s%s is %g, beyond the limits, and was taken as %g.", path, name, value, near);
    *ret_value = (float)near;
}

static bool read_direction(const json_t *json, const char *path, float *ret_direction, struct enl_error *error) {
    const json_t *number = json_object_get(json, "direction");
    double value = number ? json_number_value(number) : (double)*ret_direction;
    if (!(value >= -360 && value <= 360))
        return enl_fail(error, ENL_USAGE, "Plan: %sdirection is %g, but must be from -360 to 360.", path, value);
    *ret_direction = (float)value;
    if (*ret_direction < 0) *ret_direction += 360;
    if (*ret_direction >= 360) *ret_direction -= 360;
    return true;
}

static bool read_motion(const json_t *json, const char *path, struct enl_plan *plan, struct enl_motion *motion,
                        struct enl_error *error) {
    static const struct field fields[] = {
        {"motion", STRING, true},  {"region", STRING, false}, {"direction", NUMBER, false}, {"speed", NUMBER, false},
        {"amount", NUMBER, false}, {"start", NUMBER, false},  {NULL, STRING, false}};
    if (!check_fields(json, path, fields, error)) return false;
    const char *name = json_string_value(json_object_get(json, "motion"));
    const struct enl_motion_kind *kind = enl_motion_kind_find(name);
    if (!kind) return enl_fail(error, ENL_USAGE, "Plan: %smotion \"%s\" is unknown.", path, QUOTED(name));
    const char *region = json_string_value(json_object_get(json, "region")), *own = enl_region_name(kind);
    if (region && strcmp(region, own))
        return enl_fail(error, ENL_USAGE, "Plan: %sregion is \"%s\", but %s moves \"%s\".", path, QUOTED(region),
                        kind->name, own);
    snprintf(motion->motion, sizeof motion->motion, "%s", kind->name);
    snprintf(motion->region, sizeof motion->region, "%s", own);
    motion->direction = kind->direction;
    motion->speed = kind->speed;
    motion->amount = kind->amount;
    motion->start = kind->start;
    read_number(json, path, "speed", .1, 4, &motion->speed, plan);
    read_number(json, path, "amount", 0, 3, &motion->amount, plan);
    read_number(json, path, "start", 0, 15, &motion->start, plan);
    return read_direction(json, path, &motion->direction, error);
}

// A motion twice would move twice as far, or against itself, a sound be twice as loud: the first one counts.
static void say_twice(struct enl_plan *plan, const char *path, const char *name) {
    enl_plan_say(plan->notes, "%.*s is %s a second time and was left out.", (int)strlen(path) - 1, path, name);
}

// Keeps the motion that was read behind the last one.
static void keep_motion(struct enl_plan *plan, const char *path) {
    const char *name = plan->motions[plan->motion_count].motion;
    for (int i = 0; i < plan->motion_count; i++)
        if (!strcmp(plan->motions[i].motion, name)) {
            say_twice(plan, path, name);
            return;
        }
    plan->motion_count++;
}

static void keep_sound(struct enl_plan *plan, const char *path) {
    const char *name = plan->sounds[plan->sound_count].sound;
    for (int i = 0; i < plan->sound_count; i++)
        if (!strcmp(plan->sounds[i].sound, name)) {
            say_twice(plan, path, name);
            return;
        }
    plan->sound_count++;
}

static bool read_point(const json_t *arrow, const char *path, const char *name, float ret_point[2],
                       struct enl_error *error) {
    const json_t *list = json_object_get(arrow, name);
    const json_t *x = json_array_get(list, 0), *y = json_array_get(list, 1);
    if (json_array_size(list) != 2 || !json_is_number(x) || !json_is_number(y))
        return enl_fail(error, ENL_USAGE, "Plan: %s%s must be two numbers, [x, y].", path, name);
    ret_point[0] = (float)json_number_value(x), ret_point[1] = (float)json_number_value(y);
    return true;
}

static bool read_arrows(const json_t *root, struct enl_plan *plan, struct enl_error *error) {
    static const struct field fields[] = {
        {"from", ARRAY, true}, {"to", ARRAY, true}, {"speed", NUMBER, false}, {NULL, STRING, false}};
    const json_t *list = json_object_get(root, "arrows");
    struct enl_arrow arrows[ENL_MAX_ARROWS];
    char path[32];
    if (json_array_size(list) > ENL_MAX_ARROWS)
        return enl_fail(error, ENL_USAGE, "Plan: arrows has more than %d entries.", ENL_MAX_ARROWS);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *json = json_array_get(list, i);
        snprintf(path, sizeof path, "arrows[%zu].", i);
        arrows[i].speed = 1;
        if (!check_fields(json, path, fields, error) || !read_point(json, path, "from", arrows[i].from, error) ||
            !read_point(json, path, "to", arrows[i].to, error))
            return false;
        read_number(json, path, "speed", .1, 4, &arrows[i].speed, plan);
    }
    return enl_arrows_take(plan, arrows, (int)json_array_size(list), true, error);
}

static bool read_sound(const json_t *json, const char *path, struct enl_plan *plan, struct enl_sound *sound,
                       struct enl_error *error) {
    static const struct field fields[] = {{"sound", STRING, true}, {"level", NUMBER, false}, {NULL, STRING, false}};
    if (!check_fields(json, path, fields, error)) return false;
    const char *name = json_string_value(json_object_get(json, "sound"));
    const struct enl_sound_kind *kind = enl_sound_kind_find(name);
    if (!kind) return enl_fail(error, ENL_USAGE, "Plan: %ssound \"%s\" is unknown.", path, QUOTED(name));
    snprintf(sound->sound, sizeof sound->sound, "%s", kind->name);
    sound->level = 1;
    read_number(json, path, "level", 0, 2, &sound->level, plan);
    return true;
}

static bool read_lists(const json_t *root, struct enl_plan *plan, struct enl_error *error) {
    const json_t *motions = json_object_get(root, "motions"), *sounds = json_object_get(root, "sounds");
    char path[32];
    if (json_array_size(motions) > ENL_MAX_MOTIONS)
        return enl_fail(error, ENL_USAGE, "Plan: motions has more than %d entries.", ENL_MAX_MOTIONS);
    if (json_array_size(sounds) > ENL_MAX_SOUNDS)
        return enl_fail(error, ENL_USAGE, "Plan: sounds has more than %d entries.", ENL_MAX_SOUNDS);
    for (size_t i = 0; i < json_array_size(motions); i++) {
        snprintf(path, sizeof path, "motions[%zu].", i);
        if (!read_motion(json_array_get(motions, i), path, plan, &plan->motions[plan->motion_count], error))
            return false;
        keep_motion(plan, path);
    }
    for (size_t i = 0; i < json_array_size(sounds); i++) {
        snprintf(path, sizeof path, "sounds[%zu].", i);
        if (!read_sound(json_array_get(sounds, i), path, plan, &plan->sounds[plan->sound_count], error)) return false;
        keep_sound(plan, path);
    }
    return true;
}

// A text without control characters that has room in the plan.
static bool read_text(const json_t *root, const char *name, char *ret_text, size_t size, struct enl_error *error) {
    const char *text = json_string_value(json_object_get(root, name));
    char what[40];
    if (!text) return true;
    snprintf(what, sizeof what, "Plan: %s", name);
    if (!enl_prompt_check(text, what, NULL, error)) return false;
    if (strlen(text) >= size) return enl_fail(error, ENL_USAGE, "%s is longer than %zu bytes.", what, size - 1);
    memcpy(ret_text, text, strlen(text) + 1);
    return true;
}

static bool read_plan(const json_t *root, struct enl_plan *plan, struct enl_error *error) {
    static const struct field fields[] = {
        {"enliven_plan", NUMBER, false},   {"prompt", STRING, false},   {"lang", STRING, false},
        {"motions", ARRAY, false},         {"sounds", ARRAY, false},    {"understood", STRING, false},
        {"not_understood", STRING, false}, {"left_out", STRING, false}, {"notes", STRING, false},
        {"arrows", ARRAY, false},          {"freeze", STRING, false},   {NULL, STRING, false}};
    if (!check_fields(root, "", fields, error)) return false;
    if (!json_object_get(root, "motions") && !json_object_get(root, "arrows")) // without sounds it is silent
        return enl_fail(error, ENL_USAGE, "Plan: motions is missing.");
    const json_t *version = json_object_get(root, "enliven_plan");
    if (version && !(json_is_integer(version) && json_integer_value(version) == 1))
        return enl_fail(error, ENL_USAGE,
                        "Plan: enliven_plan is the version and must be 1; this one is from another Enliven.");
    if (!read_text(root, "prompt", plan->prompt, sizeof plan->prompt, error)) return false;
    snprintf(plan->lang, sizeof plan->lang, "en");
    if (!read_text(root, "lang", plan->lang, sizeof plan->lang, error)) return false;
    if (enl_lexicon_find(plan->lang) < 0) {
        char langs[120];
        enl_lexicon_langs(langs, sizeof langs);
        return enl_fail(error, ENL_USAGE, "Plan: lang \"%s\" is unknown; there are %s.", plan->lang, langs);
    }
    return read_lists(root, plan, error) && read_arrows(root, plan, error) &&
           read_text(root, "freeze", plan->freeze, sizeof plan->freeze, error) &&
           read_text(root, "understood", plan->understood, sizeof plan->understood, error) &&
           read_text(root, "not_understood", plan->not_understood, sizeof plan->not_understood, error) &&
           read_text(root, "left_out", plan->left_out, sizeof plan->left_out, error);
}

struct enl_plan *enl_plan_from_json(const char *json, struct enl_error *error) {
    if (!strncmp(json, "\xef\xbb\xbf", 3)) json += 3; // the mark that some editors put before text
    size_t length = strnlen(json, MAX_JSON + 1);
    if (length > MAX_JSON) {
        enl_fail(error, ENL_USAGE, "The plan is larger than %u bytes.", MAX_JSON);
        return NULL;
    }
    json_error_t wrong;
    json_t *root = json_loadb(json, length, JSON_REJECT_DUPLICATES, &wrong);
    if (!root) {
        enl_fail(error, json_error_code(&wrong) == json_error_out_of_memory ? ENL_NO_MEMORY : ENL_USAGE,
                 "The plan is no JSON, line %d: %s.", wrong.line,
                 enl_quote((char[200]){0}, 200, wrong.text, strlen(wrong.text)));
        return NULL;
    }
    struct enl_plan *plan = enl_alloc(1, sizeof *plan, error);
    if (plan && !read_plan(root, plan, error)) enl_plan_free(&plan);
    json_decref(root);
    return plan;
}
