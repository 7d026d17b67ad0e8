// SPDX-License-Identifier: MIT
#include "cli/cli.h"
#include "engine/engine.h"
#include "plan/arrows.h"

#include <enliven/photo.h>

#include <stdio.h>
#include <stdlib.h>

static const struct cli_option options[] = {
    {"--prompt", "TEXT", "what should happen; \"" ENL_DEFAULT_PROMPT "\" unless given"},
    {"--only", "ELEMENT[,..]", "move only these elements or motions"},
    {"--without", "ELEMENT[,..]", "leave these still"},
    {"--arrow", "X0,Y0,X1,Y1", "what lies there flows that way; fractions of the photo, 0,0 top left; may be repeated"},
    {"--freeze", "MASK", "a picture of the photo's shape: its white parts must stay as they are"},
    {"--mute", NULL, "no sound"},
    {"--lang", "L", "language of the prompt: en, de, es, fr, it, ja, pt, sl, zh"},
    {"--json", NULL, "the plan as JSON, to edit and give to enliven story --plan"},
    {"--model", "SLOT=FILE", "a network of your own: scene_classes, sky or depth (docs/models.md)"},
    {NULL, NULL, NULL}};

// What the mask holds is told now, and a mask that cannot be used too. True where there is none.
static bool load_freeze(const char *path, const struct enl_photo *photo, struct enl_picture **ret_mask,
                        struct enl_error *error) {
    if (!path) return true;
    if (enl_freeze_check(path, error)) *ret_mask = enl_freeze_load(path, photo->file_width, photo->file_height, error);
    return *ret_mask != NULL;
}

static void print_freeze(const struct enl_picture *mask) {
    double painted = 0, pixels = (double)mask->width * mask->height;
    for (size_t i = 0; i < (size_t)pixels; i++) painted += mask->data[i] > 0;
    printf("Holds: %.0f %% of the photo, by the freeze mask\n", 100 * painted / pixels);
}

static int run(int count, char **arguments) {
    struct cli_words words;
    struct enl_error error = {0};
    struct enl_photo *photo = NULL;
    struct enl_arrow arrows[ENL_MAX_ARROWS];
    int arrow_count;
    if (!cli_parse(&cli_plan, count, arguments, &words, &error) || !cli_arrows(&words, arrows, &arrow_count, &error))
        return cli_complain(&error);
    const char *freeze = cli_value(&words, "--freeze");
    struct enl_models *models = cli_models(&words, &error);
    struct enl_scene *scene = models ? cli_look_at(words.arguments[0], models, 0, 1920, &photo, &error) : NULL;
    struct enl_plan *plan = NULL;
    struct enl_picture *mask = NULL;
    if (scene && load_freeze(freeze, photo, &mask, &error))
        plan = enl_plan_make(scene,
                             enl_plan_params(.prompt = cli_value(&words, "--prompt"),
                                             .lang = cli_value(&words, "--lang"), .only = cli_value(&words, "--only"),
                                             .without = cli_value(&words, "--without"),
                                             .mute = cli_value(&words, "--mute"), .arrows = arrows,
                                             .arrow_count = arrow_count, .freeze = freeze, .held = mask),
                             &error);
    char *json = plan && cli_value(&words, "--json") ? enl_plan_to_json(plan, &error) : NULL;
    bool done = plan && (json || !cli_value(&words, "--json"));
    if (json) fputs(json, stdout);
    else if (done) {
        cli_print_scene(scene);
        cli_print_plan(plan);
        if (mask) print_freeze(mask);
        if (plan->understood[0]) printf("Understood: %s\n", plan->understood);
    }
    free(json);
    enl_picture_free(&mask);
    enl_plan_free(&plan);
    enl_scene_free(&scene);
    enl_photo_free(&photo);
    enl_models_free(&models);
    return done ? ENL_OK : cli_complain(&error);
}

const struct cli_command cli_plan = {CLI_PLAN, .options = options, .run = run};
