// SPDX-License-Identifier: MIT
// What the unit tests share: cmocka with what it wants before it, a folder of their own, made-up pictures and scenes.
#ifndef ENL_UNIT_H
#define ENL_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"

#include <enliven/scene.h>

// Under a sanitizer everything takes ten times as long, so fewer of the same kind are tried.
#if defined(__SANITIZE_ADDRESS__)
#define UNIT_SLOW 1
#else
#define UNIT_SLOW 0
#endif

// A message in front of what cmocka says when it fails.
#define check(condition, ...) \
    do { \
        if (!(condition)) { \
            print_error("%s:%d: ", __func__, __LINE__); \
            print_error(__VA_ARGS__); \
            print_error("\n"); \
            fail(); \
        } \
    } while (0)

// A fresh folder, made at setup and removed with all its files at teardown; its path is the test's state.
static inline int unit_folder(void **state) {
    const char *base = getenv("TMPDIR");
    char *path = NULL;
    if (asprintf(&path, "%s/enliven-test-XXXXXX", base && base[0] ? base : "/tmp") < 0) return -1;
    *state = mkdtemp(path);
    return *state ? 0 : -1;
}

static inline int unit_count_files(const char *folder) {
    DIR *dir = opendir(folder);
    int count = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (dir) closedir(dir);
    return count;
}

static inline int unit_remove_folder(void **state) {
    char *folder = *state;
    DIR *dir = folder ? opendir(folder) : NULL;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.' || (entry->d_name[1] && entry->d_name[1] != '.')) unlink(path);
    }
    if (dir) closedir(dir);
    if (folder) rmdir(folder);
    free(folder);
    return 0;
}

// FOLDER/NAME; the text lives until the next four calls.
static inline const char *unit_path(void **state, const char *name) {
    static char paths[4][4096];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", (const char *)*state, name);
    return path;
}

// A picture with soft shapes, some texture and no two rows alike.
static inline struct enl_picture *unit_picture(int width, int height, int channels, uint32_t seed) {
    struct enl_picture *p = enl_picture_new(width, height, channels, NULL);
    assert_non_null(p);
    struct enl_random random = {seed};
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < channels; c++) {
                float soft = enl_noise2((float)x / 37, (float)y / 29, seed + (uint32_t)c),
                      fine = enl_random_unit(&random);
                p->data[((size_t)y * (size_t)width + (size_t)x) * (size_t)channels + (size_t)c] =
                    (uint8_t)enl_clampf(128 + 90 * soft + 40 * (fine - .5f), 0, 255);
            }
    return p;
}

// A soft mask: 255 within the box (fractions), 0 outside, a few pixels of ramp.
static inline struct enl_picture *unit_mask(int width, int height, float left, float top, float right, float bottom) {
    struct enl_picture *p = enl_picture_new(width, height, 1, NULL);
    assert_non_null(p);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            float dx = fminf((float)x - left * (float)width, right * (float)width - (float)x);
            float dy = fminf((float)y - top * (float)height, bottom * (float)height - (float)y);
            p->data[(size_t)y * (size_t)width + (size_t)x] = (uint8_t)(255 * enl_clampf(fminf(dx, dy) / 4 + .5f, 0, 1));
        }
    return p;
}

#endif
