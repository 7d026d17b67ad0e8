// SPDX-License-Identifier: MIT
#include "cli/cli.h"
#include "base/output.h"

#include "plan/lexicon.h"

#include <enliven/photo.h>
#include <enliven/plan.h>

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <vips/vips.h>

static const struct cli_option options[] = {
    {"--masks", "DIR", "write a mask of each element into DIR: sky.png, water.png ..."},
    {"--json", NULL, "everything that was seen, as JSON"},
    {"--lang", "L", "language of the suggestions: en, de, es, fr, it, ja, pt, sl, zh"},
    {"--threads", "N", "threads to use; one a core unless given"},
    {"--model", "SLOT=FILE", "a network of your own: scene_classes, sky or depth (docs/models.md)"},
    {NULL, NULL, NULL}};

static bool write_png(const char *path, const struct enl_picture *mask, struct enl_error *error) {
    VipsImage *image = vips_image_new_from_memory(mask->data, (size_t)mask->width * (size_t)mask->height, mask->width,
                                                  mask->height, 1, VIPS_FORMAT_UCHAR);
    void *bytes = NULL;
    size_t size = 0;
    bool done = image && vips_pngsave_buffer(image, &bytes, &size, "compression", 6, "strip", TRUE, NULL) == 0;
    if (!done) enl_fail(error, ENL_INTERNAL, "%s could not be encoded.", path);
    VIPS_UNREF(image);
    vips_error_clear();
    done = done && enl_output_write(path, bytes, size, true, error);
    g_free(bytes);
    return done;
}

static bool write_masks(const char *dir, const struct enl_scene *scene, const struct enl_picture *photo,
                        struct enl_error *error) {
    if (mkdir(dir, 0777) != 0 && errno != EEXIST)
        return enl_fail(error, ENL_IO, "%s cannot be made: %s.", dir, strerror(errno));
    for (int e = 0; e < ENL_ELEMENTS; e++) {
        char path[4200];
        snprintf(path, sizeof path, "%.4000s/%s.png", dir, enl_element_name((enum enl_element)e));
        struct enl_picture *mask = enl_scene_matte(scene, (enum enl_element)e, photo, NULL, error);
        bool done = mask && write_png(path, mask, error);
        enl_picture_free(&mask);
        if (!done) return false;
    }
    return true;
}

static bool check_lang(const char *lang, struct enl_error *error) {
    char langs[120];
    if (!lang || enl_lexicon_find(lang) >= 0) return true;
    enl_lexicon_langs(langs, sizeof langs);
    return enl_fail(error, ENL_USAGE, "This language is not known; there are %s.", langs);
}

static void print_suggestions(const struct enl_scene *scene, const char *lang) {
    char text[ENL_MAX_SUGGESTION];
    for (int i = 0; enl_plan_suggest(scene, lang, i, text, sizeof text); i++) printf("Try:   %s\n", text);
}

// The scene as JSON, and the prompts that fit it as "suggestions". Free with free().
static char *describe(const struct enl_scene *scene, const char *lang, struct enl_error *error) {
    char *seen = enl_scene_to_json(scene, error), text[ENL_MAX_SUGGESTION];
    if (!seen) return NULL;
    json_t *root = json_loads(seen, 0, NULL), *list = json_array();
    for (int i = 0; enl_plan_suggest(scene, lang, i, text, sizeof text); i++)
        json_array_append_new(list, json_string(text));
    char *json = json_object_set_new(root, "suggestions", list) == 0 ? json_dumps(root, JSON_INDENT(2)) : NULL;
    if (!json) enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the description of the scene.");
    json_decref(root);
    free(seen);
    return json;
}

static int run(int count, char **arguments) {
    struct cli_words words;
    struct enl_error error = {0};
    double threads = 0;
    if (!cli_parse(&cli_look, count, arguments, &words, &error) ||
        !cli_number(&words, "--threads", 1, 64, true, &threads, &error) ||
        !check_lang(cli_value(&words, "--lang"), &error))
        return cli_complain(&error);
    const char *lang = cli_value(&words, "--lang"), *dir = cli_value(&words, "--masks");
    struct enl_photo *photo = NULL;
    struct enl_models *models = cli_models(&words, &error);
    // Masks are of the upright photo's size, so for them all of it is decoded.
    struct enl_scene *scene = models ?
                                  cli_look_at(words.argument, models, (int)threads, dir ? 0 : 1920, &photo, &error) :
                                  NULL;
    bool done = scene && (!dir || write_masks(dir, scene, photo->picture, &error));
    if (done) {
        scene->width = photo->file_width, scene->height = photo->file_height;
        char *json = cli_value(&words, "--json") ? describe(scene, lang, &error) : NULL;
        if (json) puts(json);
        else if (cli_value(&words, "--json")) done = false;
        else {
            printf("Photo: %s, %dx%d%s\n", photo->format, photo->file_width, photo->file_height,
                   photo->frames > 1 ? ", the first of several pictures" : "");
            cli_print_scene(scene);
            print_suggestions(scene, lang);
        }
        free(json);
    }
    enl_scene_free(&scene);
    enl_photo_free(&photo);
    enl_models_free(&models);
    return done ? ENL_OK : cli_complain(&error);
}

const struct cli_command cli_look = {"look", "PHOTO", "tells what is in it", options, run};
