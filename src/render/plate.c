// SPDX-License-Identifier: MIT
#include "render/plate.h"

#include <string.h>

#include "base/srgb.h"

struct enl_plate *enl_plate_new(int width, int height, struct enl_error *error) {
    struct enl_plate *plate = enl_alloc(sizeof *plate + (size_t)width * (size_t)height * 4 * sizeof *plate->data, 1,
                                        error);
    if (plate) *plate = (struct enl_plate){.width = width, .height = height};
    return plate;
}

void enl_plate_free(struct enl_plate **plate) {
    if (!plate) return;
    enl_release(*plate);
    *plate = NULL;
}

static int16_t whole(float value) {
    return (int16_t)floorf(value + .5f);
}

int16_t enl_plate_value(float light) {
    return whole(light * ENL_PLATE_ONE);
}

struct enl_plate *enl_plate_from_picture(const struct enl_picture *picture, const struct enl_picture *matte,
                                         struct enl_error *error) {
    struct enl_plate *plate = enl_plate_new(picture->width, picture->height, error);
    size_t pixels = (size_t)picture->width * (size_t)picture->height;
    int16_t linear[256], share[256];
    for (int i = 0; i < 256; i++) {
        linear[i] = enl_plate_value(enl_linear_of_srgb[i]);
        share[i] = whole((float)i * (ENL_PLATE_ONE / 255.0f));
    }
    for (size_t i = 0; plate && i < pixels; i++) {
        for (size_t c = 0; c < 3; c++) plate->data[4 * i + c] = linear[picture->data[3 * i + c]];
        plate->data[4 * i + 3] = matte ? share[matte->data[i]] : 0;
    }
    return plate;
}

// A level of the pyramid: values times weight, and the weight.
struct level {
    int width, height;
    float *value, *weight;
};

#define LEVELS 14

static bool level_make(struct level *level, int width, int height, struct enl_error *error) {
    size_t pixels = (size_t)width * (size_t)height;
    *level = (struct level){.width = width, .height = height};
    level->value = enl_alloc(pixels, 4 * sizeof(float), error);
    level->weight = level->value ? enl_alloc(pixels, sizeof(float), error) : NULL;
    return level->weight != NULL;
}

// A weight over 1 says no more than 1.
static void limit(struct level *level) {
    for (size_t d = 0; d < (size_t)level->width * (size_t)level->height; d++)
        if (level->weight[d] > 1) {
            for (size_t c = 0; c < 4; c++) level->value[4 * d + c] /= level->weight[d];
            level->weight[d] = 1;
        }
}

// Sums the known of 2x2 pixels into one of the first level.
static void pull_known(const struct enl_plate *from, const uint8_t *known, struct level *to) {
    for (int y = 0; y < from->height; y++)
        for (int x = 0; x < from->width; x++) {
            size_t s = (size_t)y * (size_t)from->width + (size_t)x;
            size_t d = (size_t)(y / 2) * (size_t)to->width + (size_t)(x / 2);
            if (!known[s]) continue;
            for (size_t c = 0; c < 4; c++) to->value[4 * d + c] += (float)from->data[4 * s + c];
            to->weight[d] += 1;
        }
    limit(to);
}

// And of 2x2 into one of the level above.
static void pull(const struct level *from, struct level *to) {
    for (int y = 0; y < from->height; y++)
        for (int x = 0; x < from->width; x++) {
            size_t s = (size_t)y * (size_t)from->width + (size_t)x;
            size_t d = (size_t)(y / 2) * (size_t)to->width + (size_t)(x / 2);
            for (size_t c = 0; c < 4; c++) to->value[4 * d + c] += from->value[4 * s + c];
            to->weight[d] += from->weight[s];
        }
    limit(to);
}

// The (complete) level above at a pixel of the one below, bilinear.
static void sample(const struct level *above, int x, int y, float ret[4]) {
    float fx = enl_clampf((float)x * .5f - .25f, 0, (float)(above->width - 1));
    float fy = enl_clampf((float)y * .5f - .25f, 0, (float)(above->height - 1));
    size_t ix = (size_t)fx, iy = (size_t)fy, right = ix + 1 < (size_t)above->width, w = (size_t)above->width;
    size_t down = iy + 1 < (size_t)above->height ? w : 0;
    const float *p = above->value + 4 * (iy * w + ix);
    float u = fx - (float)ix, v = fy - (float)iy;
    for (size_t c = 0; c < 4; c++) {
        float top = enl_mixf(p[c], p[4 * right + c], u),
              bottom = enl_mixf(p[4 * down + c], p[4 * (down + right) + c], u);
        ret[c] = enl_mixf(top, bottom, v);
    }
}

// Completes a level from the (complete) one above it.
static void push(const struct level *above, struct level *level) {
    float seen[4];
    for (int y = 0; y < level->height; y++)
        for (int x = 0; x < level->width; x++) {
            size_t d = (size_t)y * (size_t)level->width + (size_t)x;
            float missing = 1 - level->weight[d];
            if (missing <= 0) continue;
            sample(above, x, y, seen);
            for (size_t c = 0; c < 4; c++) level->value[4 * d + c] += missing * seen[c];
            level->weight[d] = 1;
        }
}

// The plate with what is not known from the first level.
static void complete(const struct enl_plate *plate, const uint8_t *known, const struct level *first,
                     struct enl_plate *out) {
    float seen[4];
    for (int y = 0; y < plate->height; y++)
        for (int x = 0; x < plate->width; x++) {
            size_t i = (size_t)y * (size_t)plate->width + (size_t)x;
            if (known[i]) {
                memcpy(out->data + 4 * i, plate->data + 4 * i, 4 * sizeof *out->data);
                continue;
            }
            sample(first, x, y, seen);
            for (size_t c = 0; c < 4; c++) out->data[4 * i + c] = whole(seen[c]);
        }
}

struct enl_plate *enl_plate_fill(const struct enl_plate *plate, const uint8_t *known, struct enl_error *error) {
    struct level levels[LEVELS] = {{0}};
    struct enl_plate *out = enl_plate_new(plate->width, plate->height, error);
    bool done = out && level_make(&levels[0], (plate->width + 1) / 2, (plate->height + 1) / 2, error);
    int count = 1;
    if (done) pull_known(plate, known, &levels[0]);
    for (; done && count < LEVELS && (levels[count - 1].width > 1 || levels[count - 1].height > 1); count++) {
        done = level_make(&levels[count], (levels[count - 1].width + 1) / 2, (levels[count - 1].height + 1) / 2, error);
        if (done) pull(&levels[count - 1], &levels[count]);
    }
    if (done) {
        struct level *top = &levels[count - 1]; // its one pixel may be known only in part
        for (size_t c = 0; c < 4 && top->weight[0] > 0; c++) top->value[c] /= top->weight[0];
        top->weight[0] = 1;
        for (int k = count - 2; k >= 0; k--) push(&levels[k + 1], &levels[k]);
        complete(plate, known, &levels[0], out);
    } else {
        enl_plate_free(&out);
    }
    for (int k = 0; k < LEVELS; k++) {
        enl_release(levels[k].value);
        enl_release(levels[k].weight);
    }
    return out;
}

// Averages of the blocks of a coarse plate.
static void average(const struct enl_plate *plate, struct enl_plate *box) {
    const int n = ENL_PLATE_COARSE;
    for (int y = 0; y < box->height; y++)
        for (int x = 0; x < box->width; x++) {
            int sum[4] = {0}, count = 0;
            for (int j = y * n; j < (y + 1) * n && j < plate->height; j++)
                for (int i = x * n; i < (x + 1) * n && i < plate->width; i++, count++)
                    for (int c = 0; c < 4; c++) sum[c] += plate->data[4 * ((ptrdiff_t)j * plate->width + i) + c];
            for (int c = 0; c < 4; c++) box->data[4 * (y * box->width + x) + c] = whole((float)sum[c] / (float)count);
        }
}

struct enl_plate *enl_plate_coarse(const struct enl_plate *plate, struct enl_error *error) {
    const int n = ENL_PLATE_COARSE;
    int w = (plate->width + n - 1) / n, h = (plate->height + n - 1) / n;
    struct enl_plate *box = enl_plate_new(w, h, error), *out = box ? enl_plate_new(w, h, error) : NULL;
    static const float kernel[3] = {.25f, .5f, .25f};
    if (out) average(plate, box);
    for (int y = 0; out && y < h; y++)
        for (int x = 0; x < w; x++)
            for (int c = 0; c < 4; c++) {
                float sum = 0;
                for (int j = -1; j <= 1; j++)
                    for (int i = -1; i <= 1; i++)
                        sum += kernel[j + 1] * kernel[i + 1] *
                               box->data[4 * (enl_clampi(y + j, 0, h - 1) * w + enl_clampi(x + i, 0, w - 1)) + c];
                out->data[4 * (y * w + x) + c] = whole(sum);
            }
    enl_plate_free(&box);
    return out;
}

uint8_t *enl_plate_kinds(const struct enl_plate *plate, struct enl_error *error) {
    const int n = ENL_PLATE_BLOCK, columns = (plate->width + n - 1) / n, rows = (plate->height + n - 1) / n;
    uint8_t *kinds = enl_alloc((size_t)columns * (size_t)rows, 1, error);
    for (int y = 0; kinds && y < plate->height; y++)
        for (int x = 0; x < plate->width; x++) {
            int matte = plate->data[4 * ((ptrdiff_t)y * plate->width + x) + 3];
            kinds[y / n * columns + x / n] |= matte <= 0               ? ENL_PLATE_NONE :
                                              matte >= ENL_PLATE_ONE ? ENL_PLATE_ALL :
                                                                       ENL_PLATE_SOME;
        }
    return kinds;
}
