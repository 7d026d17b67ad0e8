// SPDX-License-Identifier: MIT
// Fuzzes planning: the first byte picks a scene and what is read, the rest is a prompt, lists of names, an arrow, or
// JSON.
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan/kinds.h"

#include <enliven/plan.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct enl_plan *plan, const struct enl_error *error) {
    if (!plan) {
        assert(error->code != ENL_OK && error->text[0]);
        return;
    }
    // Whatever comes out must be a plan that can be read again.
    char *json = enl_plan_to_json(plan, NULL);
    assert(json);
    struct enl_error again = {0};
    struct enl_plan *read = enl_plan_from_json(json, &again);
    if (!read) __builtin_trap();
    enl_plan_free(&read);
    free(json);
    enl_plan_free(&plan);
}

static struct enl_scene *make_scene(uint8_t bits) {
    struct enl_scene *scene = calloc(1, sizeof *scene);
    if (!scene) abort();
    for (int i = 0; i < ENL_DEPTH; i++) {
        scene->share[i] = bits & 1 ? .3f : 0;
        scene->confidence[i] = bits & 1 ? .8f : 0;
    }
    scene->water = (enum enl_water_kind)(bits >> 1 & 3);
    scene->water_direction = 250;
    return scene;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!size) return 0;
    char *text = malloc(size);
    if (!text) return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = 0;
    struct enl_error error = {0};
    if (data[0] & 0x80) {
        check(enl_plan_from_json(text, &error), &error);
    } else {
        struct enl_scene *scene = make_scene(data[0]);
        struct enl_plan_params params = {.prompt = text, .lang = data[0] & 0x10 ? "de" : "en"};
        if (data[0] & 0x20) { // "only|prompt"
            char *bar = strchr(text, '|');
            if (bar) {
                *bar = 0;
                params.only = text;
                params.prompt = bar + 1;
            }
        }
        struct enl_arrow arrow; // the text's first bytes, whatever they are as numbers
        if (data[0] & 0x40 && size > sizeof arrow) {
            memcpy(&arrow, data + 1, sizeof arrow);
            params.arrows = &arrow;
            params.arrow_count = 1;
        }
        check(enl_plan_make(scene, &params, &error), &error);
        free(scene);
    }
    free(text);
    return 0;
}
