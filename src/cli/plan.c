// SPDX-License-Identifier: MIT
#include "cli/cli.h"

#include <enliven/photo.h>

#include <stdio.h>
#include <stdlib.h>

static const struct cli_option options[] = {
    {"--prompt", "TEXT", "what should happen; \"" ENL_DEFAULT_PROMPT "\" unless given"},
    {"--only", "ELEMENT[,..]", "move only these elements or motions"},
    {"--without", "ELEMENT[,..]", "leave these still"},
    {"--mute", NULL, "no sound"},
    {"--lang", "L", "language of the prompt: en, de, es, fr, it, ja, pt, sl, zh"},
    {"--json", NULL, "the plan as JSON, to edit and give to enliven story --plan"},
    {"--model", "SLOT=FILE", "a network of your own: scene_classes, sky or depth (docs/models.md)"},
    {NULL, NULL, NULL}};

static int run(int count, char **arguments) {
    struct cli_words words;
    struct enl_error error = {0};
    struct enl_photo *photo = NULL;
    if (!cli_parse(&cli_plan, count, arguments, &words, &error)) return cli_complain(&error);
    struct enl_models *models = cli_models(&words, &error);
    struct enl_scene *scene = models ? cli_look_at(words.argument, models, 0, 1920, &photo, &error) : NULL;
    struct enl_plan *plan = scene ? enl_plan_make(scene,
                                                  enl_plan_params(.prompt = cli_value(&words, "--prompt"),
                                                                  .lang = cli_value(&words, "--lang"),
                                                                  .only = cli_value(&words, "--only"),
                                                                  .without = cli_value(&words, "--without"),
                                                                  .mute = cli_value(&words, "--mute")),
                                                  &error) :
                                    NULL;
    char *json = plan && cli_value(&words, "--json") ? enl_plan_to_json(plan, &error) : NULL;
    bool done = plan && (json || !cli_value(&words, "--json"));
    if (json) fputs(json, stdout);
    else if (done) {
        cli_print_scene(scene);
        cli_print_plan(plan);
        if (plan->understood[0]) printf("Understood: %s\n", plan->understood);
    }
    free(json);
    enl_plan_free(&plan);
    enl_scene_free(&scene);
    enl_photo_free(&photo);
    enl_models_free(&models);
    return done ? ENL_OK : cli_complain(&error);
}

const struct cli_command cli_plan = {"plan", "PHOTO", "tells what would move, and how", options, run};
