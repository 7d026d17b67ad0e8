// SPDX-License-Identifier: MIT
// What the commands that look at a photo have in common.
#include "cli/cli.h"
#include "base/base.h"

#include <enliven/photo.h>

#include <string.h>

#define LEAST_MEMORY ((size_t)256 << 20) // with less left, libraries crash or hang; docs/enliven.1 tells of it

struct enl_models *cli_models(const struct cli_words *words, struct enl_error *error) {
    struct enl_models_params params = {0};
    const char *text = cli_value(words, "--model");
    if (!enl_memory_left(LEAST_MEMORY, error)) return NULL;
    for (int slot = 0; text && slot < ENL_MODEL_SLOTS; slot++) {
        size_t length = strlen(enl_model_name((enum enl_model_slot)slot));
        if (!strncmp(text, enl_model_name((enum enl_model_slot)slot), length) && text[length] == '=' &&
            text[length + 1])
            return enl_models_open((params.files[slot] = text + length + 1, &params), error);
    }
    if (!text) return enl_models_open(&params, error);
    enl_fail(error, ENL_USAGE, "--model takes SLOT=FILE, where SLOT is scene_classes, sky or depth.");
    return NULL;
}

struct enl_scene *cli_look_at(const char *path, struct enl_models *models, int threads, int max_side,
                              struct enl_photo **ret_photo, struct enl_error *error) {
    *ret_photo = enl_photo_load(path, enl_photo_params(.max_side = max_side), error);
    return *ret_photo ?
               enl_scene_look((*ret_photo)->picture, enl_scene_params(.models = models, .threads = threads), error) :
               NULL;
}
