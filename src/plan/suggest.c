// SPDX-License-Identifier: MIT
// Suggestions: prompts that fit a photo. The lexicons have the sentences, each with the motions that it is about.
#include "plan/make.h"

#include <string.h>

#define NAMES 64 // bytes

// Whether this scene can have every motion of "clouds+waves".
static bool is_possible(const struct enl_scene *scene, const char *names) {
    char list[NAMES], *rest = NULL;
    memcpy(list, names, NAMES);
    for (char *name = strtok_r(list, "+", &rest); name; name = strtok_r(NULL, "+", &rest)) {
        const struct enl_motion_kind *kind = enl_motion_kind_find(name);
        if (!kind || enl_why_not(kind, scene)) return false;
        bool sure = kind->region == ENL_ELEMENTS || scene->confidence[kind->region] >= ENL_SURE_ENOUGH;
        if (!sure) return false;
    }
    return true;
}

bool enl_plan_suggest(const struct enl_scene *scene, const char *lang, int index, char *ret_prompt, size_t size) {
    char names[NAMES] = {0}, text[ENL_MAX_SUGGESTION];
    if (index < 0 || index >= ENL_MAX_SUGGESTIONS) return false;
    for (int i = 0, fits = 0; enl_lexicon_suggestion(lang ? lang : "en", i, names, sizeof names, text, sizeof text);
         i++) {
        if (!is_possible(scene, names) || fits++ < index) continue;
        if (strlen(text) >= size) return false;
        memcpy(ret_prompt, text, strlen(text) + 1);
        return true;
    }
    return false;
}
