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
#include <unistd.h>
#include <vips/vips.h>

static const struct cli_option options[] = {
    {"--masks", "DIR", "write a mask of each element into DIR: sky.png, water.png ..."},
    {"--json", NULL, "everything that was seen, as JSON"},
    {"--lang", "L", "language of the suggestions: en, de, es, fr, it, ja, pt, sl, zh"},
    {"--force", NULL, "replace masks that exist"},
    {"--threads", "N", "threads to use; one a core unless given"},
    {"--model", "SLOT=FILE", "a network of your own: scene_classes, sky or depth (docs/models.md)"},
    {NULL, NULL, NULL}};

// The masks of one photo: written while they have no names yet, and given them all at the end.
struct masks {
    const char *dir, *photo; // paths
    bool force, made;        // `made`: the folder is ours
    struct enl_output files[ENL_ELEMENTS];
};

static char *path_of(const char *dir, int element) {
    char *path = NULL;
    return asprintf(&path, "%s/%s.png", dir, enl_element_name((enum enl_element)element)) < 0 ? NULL : path;
}

static bool open_mask(struct masks *masks, int element, struct enl_error *error) {
    char *path = path_of(masks->dir, element);
    bool done = !path ? enl_fail(error, ENL_NO_MEMORY, "Not enough memory.") :
                cli_same_file(path, masks->photo) ?
                        enl_fail(error, ENL_USAGE, "The mask %s would replace the photo; name another folder.", path) :
                        enl_output_open(&masks->files[element], path, masks->force, error);
    free(path);
    return done;
}

static bool put_png(struct enl_output *file, const struct enl_picture *mask, struct enl_error *error) {
    VipsImage *image = vips_image_new_from_memory(mask->data, (size_t)mask->width * (size_t)mask->height, mask->width,
                                                  mask->height, 1, VIPS_FORMAT_UCHAR);
    void *bytes = NULL;
    size_t size = 0;
    bool done = image && vips_pngsave_buffer(image, &bytes, &size, "compression", 6, "strip", TRUE, NULL) == 0;
    if (!done) enl_fail(error, ENL_INTERNAL, "%s could not be encoded.", file->path);
    VIPS_UNREF(image);
    vips_error_clear();
    done = done && enl_output_put(file, bytes, size, error);
    g_free(bytes);
    return done;
}

static bool put_masks(struct masks *masks, const struct enl_scene *scene, const struct enl_picture *photo,
                      struct enl_error *error) {
    masks->made = mkdir(masks->dir, 0777) == 0;
    if (!masks->made && errno != EEXIST)
        return enl_fail(error, ENL_IO, "%s cannot be made: %s.", masks->dir, strerror(errno));
    for (int e = 0; e < ENL_ELEMENTS; e++)
        if (!open_mask(masks, e, error)) return false;
    for (int e = 0; e < ENL_ELEMENTS; e++) {
        struct enl_picture *mask = enl_scene_matte(scene, (enum enl_element)e, photo, NULL, error);
        bool done = mask && (!cli_stopped() || enl_fail(error, ENL_CANCELLED, "Cancelled.")) &&
                    put_png(&masks->files[e], mask, error);
        enl_picture_free(&mask);
        if (!done || (cli_stopped() && !enl_fail(error, ENL_CANCELLED, "Cancelled."))) return false;
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

// All of them, or none.
static bool name_masks(struct masks *masks, struct enl_error *error) {
    int named = 0;
    while (named < ENL_ELEMENTS && enl_output_commit(&masks->files[named], error)) named++;
    for (int e = 0; named < ENL_ELEMENTS && e < named; e++) {
        char *path = path_of(masks->dir, e);
        if (path) unlink(path);
        free(path);
    }
    return named == ENL_ELEMENTS;
}

static bool write_masks(struct masks *masks, const struct enl_scene *scene, const struct enl_picture *photo,
                        struct enl_error *error) {
    for (int e = 0; e < ENL_ELEMENTS; e++) masks->files[e].file = -1;
    cli_hold_signals();
    bool done = put_masks(masks, scene, photo, error) && name_masks(masks, error);
    for (int e = 0; e < ENL_ELEMENTS; e++) enl_output_abort(&masks->files[e]);
    if (!done && masks->made) rmdir(masks->dir);
    return done;
}

static void print_look(const struct enl_photo *photo, const struct enl_scene *scene, const char *lang) {
    printf("Photo: %s, %dx%d%s\n", photo->format, photo->file_width, photo->file_height,
           photo->frames > 1 ? ", the first of several pictures" : "");
    cli_print_scene(scene);
    print_suggestions(scene, lang);
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
    bool as_json = cli_value(&words, "--json");
    if (dir && !*dir) {
        enl_fail(&error, ENL_USAGE, "--masks needs a folder.");
        return cli_complain(&error);
    }
    struct masks masks = {.dir = dir, .photo = words.arguments[0], .force = cli_value(&words, "--force")};
    struct enl_photo *photo = NULL;
    struct enl_models *models = cli_models(&words, &error);
    // Masks are of the upright photo's size, so for them all of it is decoded.
    struct enl_scene *scene =
        models ? cli_look_at(words.arguments[0], models, (int)threads, dir ? 0 : 1920, &photo, &error) : NULL;
    if (scene) scene->width = photo->file_width, scene->height = photo->file_height;
    char *json = scene && as_json ? describe(scene, lang, &error) : NULL;
    bool done = scene && (json || !as_json) && (!dir || write_masks(&masks, scene, photo->picture, &error));
    if (done && json) puts(json);
    else if (done) print_look(photo, scene, lang);
    free(json);
    enl_scene_free(&scene);
    enl_photo_free(&photo);
    enl_models_free(&models);
    return done ? ENL_OK : cli_complain(&error);
}

const struct cli_command cli_look = {CLI_LOOK, .options = options, .run = run};
