// SPDX-License-Identifier: MIT
#include "cli/cli.h"
#include "base/output.h"

#include <enliven/photo.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <vips/vips.h>

static const struct cli_option options[] = {
    {"--masks", "DIR", "write a mask of each element into DIR: sky.png, water.png ..."},
    {"--json", NULL, "everything that was seen, as JSON"},
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

static int run(int count, char **arguments) {
    struct cli_words words;
    struct enl_error error = {0};
    double threads = 0;
    if (!cli_parse(&cli_look, count, arguments, &words, &error) ||
        !cli_number(&words, "--threads", 1, 64, true, &threads, &error))
        return cli_complain(&error);
    const char *dir = cli_value(&words, "--masks");
    struct enl_photo *photo = NULL;
    struct enl_models *models = cli_models(&words, &error);
    // Masks are of the upright photo's size, so for them all of it is decoded.
    struct enl_scene *scene = models ?
                                  cli_look_at(words.argument, models, (int)threads, dir ? 0 : 1920, &photo, &error) :
                                  NULL;
    bool done = scene && (!dir || write_masks(dir, scene, photo->picture, &error));
    if (done) {
        scene->width = photo->file_width, scene->height = photo->file_height;
        char *json = cli_value(&words, "--json") ? enl_scene_to_json(scene, &error) : NULL;
        if (json) fputs(json, stdout);
        else if (cli_value(&words, "--json")) done = false;
        else {
            printf("Photo: %s, %dx%d%s\n", photo->format, photo->file_width, photo->file_height,
                   photo->frames > 1 ? ", the first of several pictures" : "");
            cli_print_scene(scene);
        }
        free(json);
    }
    enl_scene_free(&scene);
    enl_photo_free(&photo);
    enl_models_free(&models);
    return done ? ENL_OK : cli_complain(&error);
}

const struct cli_command cli_look = {"look", "PHOTO", "tells what is in it", options, run};
