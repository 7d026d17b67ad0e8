// SPDX-License-Identifier: MIT
// How well scenes are understood: bench-scene DIR reads DIR/scenes.tsv (photo, label image, ..., shares of sky, water
// and foliage) and compares what enl_scene_look finds with the labels; with --without-models, what it finds by colour,
// texture and position alone.
#define _DEFAULT_SOURCE // strsep
#include <enliven/photo.h>
#include <enliven/scene.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <vips/vips.h>

#define MAX_PHOTOS 4096
#define WORST 10
#define LEAST_SHARE .005 // of the photo that a class must have to count for its mean IoU
#define NEGATIVE 254     // labelled as neither sky nor water, and nothing more
#define UNKNOWN 255

enum { SKY, WATER, PLANTS, CLASSES };
static const enum enl_element elements[CLASSES] = {ENL_SKY, ENL_WATER, ENL_PLANTS};
static const char *const class_names[CLASSES] = {"sky", "water", "plants"};
static const uint8_t class_labels[CLASSES] = {1, 2, 3};

struct result {
    char name[128];
    bool counts[CLASSES];
    double hit[CLASSES], wrong[CLASSES], missed[CLASSES], area[CLASSES]; // pixels; area: those that are labelled
    double confidence[CLASSES];
    double seconds;
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double iou(const struct result *result, int c) {
    double all = result->hit[c] + result->wrong[c] + result->missed[c];
    return all > 0 ? result->hit[c] / all : 1;
}

static void compare(struct result *result, int c, const struct enl_picture *matte, const struct enl_picture *label) {
    for (int y = 0; y < matte->height; y++) {
        int ly = y * label->height / matte->height;
        for (int x = 0; x < matte->width; x++) {
            int lx = x * label->width / matte->width;
            int is = label->data[(size_t)ly * (size_t)label->width + (size_t)lx];
            if (is == UNKNOWN || (is == NEGATIVE && c == PLANTS)) {
                continue;
            }
            bool found = matte->data[(size_t)y * (size_t)matte->width + (size_t)x] >= 128;
            bool there = is == class_labels[c];
            result->area[c]++;
            result->hit[c] += found && there;
            result->wrong[c] += found && !there;
            result->missed[c] += !found && there;
        }
    }
}

// What a plan would leave alone counts as not found.
static bool measure(struct result *result, const struct enl_picture *photo, const struct enl_picture *label,
                    const double shares[CLASSES], bool full, struct enl_models *models, struct enl_error *error) {
    double begin = now();
    struct enl_scene *scene = enl_scene_look(photo, enl_scene_params(.models = models, .threads = 1), error);
    result->seconds = now() - begin;
    bool fine = scene != NULL;
    for (int c = 0; c < CLASSES && fine; c++) {
        struct enl_picture *matte = enl_scene_matte(scene, elements[c], photo, NULL, error);
        fine = matte != NULL;
        if (!fine) {
            break;
        }
        result->confidence[c] = (double)scene->confidence[elements[c]];
        if (result->confidence[c] < .4) {
            memset(matte->data, 0, (size_t)matte->width * (size_t)matte->height);
        }
        // Where only the sky is labelled, "no plants" means nothing.
        result->counts[c] = shares[c] > LEAST_SHARE;
        if (c != PLANTS || full) {
            compare(result, c, matte, label);
        }
        enl_picture_free(&matte);
    }
    enl_scene_free(&scene);
    return fine;
}

// The label image as it is in the file: class numbers, which loading as a photo would bend to sRGB.
static struct enl_picture *load_label(const char *path, struct enl_error *error) {
    VipsImage *image = vips_image_new_from_file(path, NULL);
    size_t size = 0;
    void *bytes = image ? vips_image_write_to_memory(image, &size) : NULL;
    struct enl_picture *label = NULL;
    if (bytes && image->BandFmt == VIPS_FORMAT_UCHAR && image->Bands == 1) {
        label = enl_picture_new(image->Xsize, image->Ysize, 1, error);
    } else {
        enl_fail(error, ENL_IO, "%s cannot be read as an 8-bit grey label image.", path);
    }
    if (label) {
        memcpy(label->data, bytes, size);
    }
    g_free(bytes);
    VIPS_UNREF(image);
    return label;
}

static bool measure_line(struct result *result, const char *folder, char *line, struct enl_models *models,
                         struct enl_error *error) {
    char *fields[9] = {0}, *rest = line, path[1024];
    for (int i = 0; i < 9; i++) {
        if (!(fields[i] = strsep(&rest, "\t\r\n"))) {
            return enl_fail(error, ENL_USAGE, "scenes.tsv: a line has fewer than 9 fields: %s", line);
        }
    }
    snprintf(result->name, sizeof result->name, "%s", fields[0]);
    snprintf(path, sizeof path, "%s/%s", folder, fields[0]);
    struct enl_photo *photo = enl_photo_load(path, NULL, error);
    snprintf(path, sizeof path, "%s/%s", folder, fields[1]);
    struct enl_picture *label = photo ? load_label(path, error) : NULL;
    double shares[CLASSES] = {atof(fields[6]), atof(fields[7]), atof(fields[8])};
    bool fine = label && measure(result, photo->picture, label, shares, strcmp(fields[4], "full") == 0, models, error);
    enl_photo_free(&photo);
    enl_picture_free(&label);
    return fine;
}

static void print_class(const struct result *results, int count, int c) {
    double sum = 0, sum_precision = 0, sum_recall = 0, false_share = 0;
    int with = 0, without = 0, disturbed = 0, found = 0;
    for (int i = 0; i < count; i++) {
        const struct result *r = &results[i];
        if (r->area[c] == 0) {
            continue;
        }
        if (r->counts[c]) {
            with++;
            sum += iou(r, c);
            if (r->hit[c] + r->wrong[c] > 0) {
                found++;
                sum_precision += r->hit[c] / (r->hit[c] + r->wrong[c]);
            }
            sum_recall += r->hit[c] / (r->hit[c] + r->missed[c] > 0 ? r->hit[c] + r->missed[c] : 1);
        } else {
            without++;
            false_share += r->wrong[c] / r->area[c];
            disturbed += r->wrong[c] / r->area[c] > .02;
        }
    }
    int n = with ? with : 1;
    printf("%-7s %6d %6.3f %9.3f %6.3f %6d | %6d %9.4f %6d\n", class_names[c], with, sum / n,
           sum_precision / (found ? found : 1), sum_recall / n, found, without, false_share / (without ? without : 1),
           disturbed);
}

static void print_worst(const struct result *results, int count, int c) {
    bool *shown = calloc((size_t)count, sizeof *shown);
    printf("\nworst of %s:\n", class_names[c]);
    for (int n = 0; n < WORST && shown; n++) {
        int worst = -1;
        for (int i = 0; i < count; i++) {
            if (results[i].counts[c] && !shown[i] && (worst < 0 || iou(&results[i], c) < iou(&results[worst], c))) {
                worst = i;
            }
        }
        if (worst < 0) {
            break;
        }
        shown[worst] = true;
        const struct result *r = &results[worst];
        printf("  %.3f wrong %.3f missed %.3f sure %.2f %s\n", iou(r, c), r->wrong[c] / r->area[c],
               r->missed[c] / r->area[c], r->confidence[c], r->name);
    }
    for (int i = 0; i < count; i++) {
        if (!results[i].counts[c] && results[i].area[c] > 0 && results[i].wrong[c] / results[i].area[c] > .02) {
            printf("  not there, but %.3f sure %.2f %s\n", results[i].wrong[c] / results[i].area[c],
                   results[i].confidence[c], results[i].name);
        }
    }
    free(shown);
}

static void report(const struct result *results, int count) {
    printf("%-7s %6s %6s %9s %6s %6s | %6s %9s %6s\n", "class", "with", "IoU", "precision", "recall", "found", "none",
           "false", "> 2 %");
    for (int c = 0; c < CLASSES; c++) {
        print_class(results, count, c);
    }
    for (int c = 0; c < CLASSES; c++) {
        print_worst(results, count, c);
    }
    double sum = 0, most = 0;
    for (int i = 0; i < count; i++) {
        sum += results[i].seconds;
        most = results[i].seconds > most ? results[i].seconds : most;
    }
    printf("\n%d photos, %.0f ms each, at most %.0f ms\n", count, 1000 * sum / (count ? count : 1), 1000 * most);
}

int main(int argc, char **argv) {
    struct enl_error error = {0};
    char line[4096], path[1024];
    bool bare = argc == 3 && !strcmp(argv[2], "--without-models");
    if (argc != 2 && !bare) {
        fprintf(stderr, "usage: bench-scene DIR [--without-models]\n");
        return ENL_USAGE;
    }
    struct enl_models *models = bare ? NULL : enl_models_open(NULL, &error);
    if (enl_models_why(models)[0]) {
        printf("Without models: %s.\n", enl_models_why(models));
    }
    snprintf(path, sizeof path, "%s/scenes.tsv", argv[1]);
    FILE *list = fopen(path, "r");
    struct result *results = calloc(MAX_PHOTOS, sizeof *results);
    if (!list || !results || !fgets(line, sizeof line, list)) {
        fprintf(stderr, "%s cannot be read.\n", path);
        return ENL_IO;
    }
    int count = 0;
    while (count < MAX_PHOTOS && fgets(line, sizeof line, list)) {
        if (measure_line(&results[count], argv[1], line, models, &error)) {
            count++;
        } else {
            fprintf(stderr, "%s\n", error.text);
            results[count] = (struct result){0};
        }
    }
    fclose(list);
    report(results, count);
    free(results);
    enl_models_free(&models);
    return 0;
}
