// SPDX-License-Identifier: MIT
// Plans as JSON: what people edit, and what goes with a video.
#include <enliven/plan.h>

#include "base/base.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static json_t *number(float value) { return json_real(round((double)value * 1000) / 1000); }

static json_t *motion_json(const struct enl_motion *motion) {
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "motion", motion->motion, "region", motion->region, "direction",
                     number(motion->direction), "speed", number(motion->speed), "amount", number(motion->amount),
                     "start", number(motion->start));
}

// Five places: a tenth of a pixel of the largest photo.
static json_t *fraction(float value) { return json_real(round((double)value * 1e5) / 1e5); }

static json_t *arrow_json(const struct enl_arrow *arrow) {
    return json_pack("{s:[o,o], s:[o,o], s:o}", "from", fraction(arrow->from[0]), fraction(arrow->from[1]), "to",
                     fraction(arrow->to[0]), fraction(arrow->to[1]), "speed",
                     number(arrow->speed > 0 ? arrow->speed : 1));
}

// What is painted over the photo stands in the plan only where there is any.
static bool add_painted(json_t *root, const struct enl_plan *plan) {
    json_t *arrows = plan->arrow_count ? json_array() : NULL;
    for (int i = 0; arrows && i < plan->arrow_count; i++)
        if (json_array_append_new(arrows, arrow_json(&plan->arrows[i]))) {
            json_decref(arrows);
            return false;
        }
    if (plan->arrow_count && json_object_set_new(root, "arrows", arrows)) return false;
    if (plan->freeze[0] && json_object_set_new(root, "freeze", json_string(plan->freeze))) return false;
    return true;
}

static json_t *plan_json(const struct enl_plan *plan) {
    json_t *motions = json_array(), *sounds = json_array();
    bool ok = motions && sounds;
    for (int i = 0; ok && i < plan->motion_count; i++)
        ok = json_array_append_new(motions, motion_json(&plan->motions[i])) == 0;
    for (int i = 0; ok && i < plan->sound_count; i++)
        ok = json_array_append_new(sounds, json_pack("{s:s, s:o}", "sound", plan->sounds[i].sound, "level",
                                                     number(plan->sounds[i].level))) == 0;
    if (!ok) {
        json_decref(motions);
        json_decref(sounds);
        return NULL;
    }
    json_t *root = json_pack("{s:i, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:s}", "enliven_plan", 1, "prompt", plan->prompt,
                             "lang", plan->lang, "motions", motions, "sounds", sounds, "understood", plan->understood,
                             "not_understood", plan->not_understood, "left_out", plan->left_out, "notes", plan->notes);
    if (!root || add_painted(root, plan)) return root;
    json_decref(root);
    return NULL;
}

char *enl_plan_to_json(const struct enl_plan *plan, struct enl_error *error) {
    json_t *root = plan_json(plan);
    // Six digits are three places of anything a plan may hold, and 0.6 stays "0.6".
    char *text = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) : NULL;
    json_decref(root);
    size_t length = text ? strlen(text) : 0;
    char *line = text ? malloc(length + 2) : NULL;
    if (line) {
        memcpy(line, text, length);
        memcpy(line + length, "\n", 2);
    } else {
        enl_fail(error, ENL_NO_MEMORY, "Not enough memory to write the plan.");
    }
    free(text);
    return line;
}
