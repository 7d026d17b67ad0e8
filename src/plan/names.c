// SPDX-License-Identifier: MIT
// Names of elements, motions and sounds, and lists of them.
#include "plan/make.h"
#include "plan/say.h"

#include <stdio.h>
#include <string.h>

const struct enl_motion_kind *enl_motion_kind_find(const char *name) {
    const struct enl_motion_kind *kind;
    for (int i = 0; (kind = enl_motion_kind_at(i)); i++)
        if (!strcmp(kind->name, name)) return kind;
    return NULL;
}

const struct enl_sound_kind *enl_sound_kind_find(const char *name) {
    const struct enl_sound_kind *kind;
    for (int i = 0; (kind = enl_sound_kind_at(i)); i++)
        if (!strcmp(kind->name, name)) return kind;
    return NULL;
}

static bool is_one_of(const char *name, const char *const *names) {
    while (*names && strcmp(*names, name)) names++;
    return *names != NULL;
}

bool enl_is_camera(const struct enl_motion_kind *kind) {
    static const char *const names[] = {"zoom_in", "zoom_out", "pan", "orbit", "dolly", "handheld", NULL};
    return kind->region == ENL_ELEMENTS && is_one_of(kind->name, names);
}

bool enl_comes_over(const char *name) {
    static const char *const names[] = {"rain", "snow", "fog", "sunset", "night", "day", NULL};
    return is_one_of(name, names);
}

bool enl_takes_direction(const struct enl_motion_kind *kind) {
    static const char *const turning[] = {"gaze", "turn", NULL};
    if (kind->region == ENL_FACE || kind->region == ENL_PERSON || kind->region == ENL_ANIMAL)
        return is_one_of(kind->name, turning);
    return strncmp(kind->name, "zoom", 4) != 0;
}

const char *enl_region_name(const struct enl_motion_kind *kind) {
    return kind->region == ENL_ELEMENTS ? "all" : enl_element_name(kind->region);
}

int enl_name_means(const char *name, const struct enl_motion_kind *kind) {
    if (!strcmp(name, kind->name)) return 4;
    if (!strcmp(name, "camera")) return enl_is_camera(kind) ? 3 : 0;
    if (!strcmp(name, "all")) return 1;
    if (kind->region == ENL_ELEMENTS) return 0;
    if (!strcmp(name, enl_element_name(kind->region))) return 3;
    // Hair and face belong to a person.
    return !strcmp(name, "person") && (kind->region == ENL_HAIR || kind->region == ENL_FACE) ? 2 : 0;
}

// "sky, water, ..., clouds, waves, ...": every name once.
static void valid_names(char *list, size_t size) {
    list[0] = 0;
    for (int i = 0; i < ENL_DEPTH; i++) {
        const char *name = enl_element_name((enum enl_element)i);
        enl_list_add(list, size, ", ", name, strlen(name));
    }
    enl_list_add(list, size, ", ", "camera", 6);
    const struct enl_motion_kind *kind;
    for (int i = 0; (kind = enl_motion_kind_at(i)); i++) enl_list_add(list, size, ", ", kind->name, strlen(kind->name));
}

static bool is_name(const char *name) {
    for (int i = 0; i < ENL_DEPTH; i++)
        if (!strcmp(name, enl_element_name((enum enl_element)i))) return true;
    return !strcmp(name, "camera") || !strcmp(name, "all") || enl_motion_kind_find(name);
}

bool enl_names_read(const char *text, const char *option, struct enl_names *names, struct enl_error *error) {
    *names = (struct enl_names){0};
    for (const char *at = text; at && *at;) {
        size_t length = strcspn(at, ","), skip = strspn(at, " \t");
        const char *next = at + length + (at[length] == ',');
        if (skip > length) skip = length;
        at += skip;
        length -= skip;
        while (length && (at[length - 1] == ' ' || at[length - 1] == '\t')) length--;
        char name[16] = "";
        if (length < sizeof name) memcpy(name, at, length);
        if (length && !is_name(name)) {
            char valid[220], shown[32];
            valid_names(valid, sizeof valid);
            return enl_fail(error, ENL_USAGE, "\"%s\" in \"%s\" is no element or motion; there are %s.",
                            enl_quote(shown, sizeof shown, at, length), option, valid);
        }
        names->given |= length > 0;
        if (length && names->count == ENL_MAX_MOTIONS)
            return enl_fail(error, ENL_USAGE, "There are more than %d names in \"%s\".", ENL_MAX_MOTIONS, option);
        if (length) memcpy(names->names[names->count++], name, sizeof name);
        at = next;
    }
    // An empty list is a slip (an empty variable of a script): taken as none given, it would mean its opposite.
    if (text && !names->given)
        return enl_fail(error, ENL_USAGE, "The list \"%s\" names no element or motion.", option);
    return true;
}

bool enl_names_have(const struct enl_names *names, const struct enl_motion_kind *kind) {
    for (int i = 0; i < names->count; i++)
        if (enl_name_means(names->names[i], kind)) return true;
    return false;
}
