// SPDX-License-Identifier: MIT
#include "render/plate.h"

#include <string.h>

#include "base/srgb.h"

struct enl_plate *enl_plate_new(int width, int height, struct enl_error *error) {
    struct enl_plate *plate = enl_alloc(sizeof *plate + (size_t)width * (size_t)height * 4 * sizeof(float) + 64, 1,
                                        error);
    if (plate) *plate = (struct enl_plate){.width = width, .height = height};
    return plate;
}

void enl_plate_free(struct enl_plate **plate) {
    if (!plate) return;
    enl_release(*plate);
    *plate = NULL;
}

struct enl_plate *enl_plate_from_picture(const struct enl_picture *picture, const struct enl_picture *matte,
                                         struct enl_error *error) {
    struct enl_plate *plate = enl_plate_new(picture->width, picture->height, error);
    size_t pixels = (size_t)picture->width * (size_t)picture->height;
    for (size_t i = 0; plate && i < pixels; i++) {
        for (size_t c = 0; c < 3; c++) plate->data[4 * i + c] = enl_linear_of_srgb[picture->data[3 * i + c]];
        plate->data[4 * i + 3] = matte ? (float)matte->data[i] * (1 / 255.0f) : 0;
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

// Sums the known of 2x2 pixels into one of the level above; a weight over 1 says no more than 1.
static void pull(const struct level *from, struct level *to) {
    for (int y = 0; y < from->height; y++)
        for (int x = 0; x < from->width; x++) {
            size_t s = (size_t)y * (size_t)from->width + (size_t)x;
            size_t d = (size_t)(y / 2) * (size_t)to->width + (size_t)(x / 2);
            for (size_t c = 0; c < 4; c++) to->value[4 * d + c] += from->value[4 * s + c];
            to->weight[d] += from->weight[s];
        }
    for (size_t d = 0; d < (size_t)to->width * (size_t)to->height; d++)
        if (to->weight[d] > 1) {
            for (size_t c = 0; c < 4; c++) to->value[4 * d + c] /= to->weight[d];
            to->weight[d] = 1;
        }
}

// Completes a level from the (complete) one above it, bilinearly.
static void push(const struct level *above, struct level *level) {
    for (int y = 0; y < level->height; y++)
        for (int x = 0; x < level->width; x++) {
            size_t d = (size_t)y * (size_t)level->width + (size_t)x;
            float missing = 1 - level->weight[d];
            if (missing <= 0) continue;
            float fx = enl_clampf((float)x * .5f - .25f, 0, (float)(above->width - 1));
            float fy = enl_clampf((float)y * .5f - .25f, 0, (float)(above->height - 1));
            size_t ix = (size_t)fx, iy = (size_t)fy, right = ix + 1 < (size_t)above->width, w = (size_t)above->width;
            size_t down = iy + 1 < (size_t)above->height ? w : 0;
            const float *p = above->value + 4 * (iy * w + ix);
            float u = fx - (float)ix, v = fy - (float)iy;
            for (size_t c = 0; c < 4; c++) {
                float top = enl_mixf(p[c], p[4 * right + c], u),
                      bottom = enl_mixf(p[4 * down + c], p[4 * (down + right) + c], u);
                level->value[4 * d + c] += missing * enl_mixf(top, bottom, v);
            }
            level->weight[d] = 1;
        }
}

struct enl_plate *enl_plate_fill(const struct enl_plate *plate, const uint8_t *known, struct enl_error *error) {
    struct level levels[LEVELS] = {{0}};
    struct enl_plate *out = enl_plate_new(plate->width, plate->height, error);
    bool done = out && level_make(&levels[0], plate->width, plate->height, error);
    int count = 1;
    size_t pixels = (size_t)plate->width * (size_t)plate->height;
    for (size_t i = 0; done && i < pixels; i++)
        if (known[i]) {
            memcpy(levels[0].value + 4 * i, plate->data + 4 * i, 4 * sizeof(float));
            levels[0].weight[i] = 1;
        }
    for (; done && count < LEVELS && (levels[count - 1].width > 1 || levels[count - 1].height > 1); count++) {
        done = level_make(&levels[count], (levels[count - 1].width + 1) / 2, (levels[count - 1].height + 1) / 2, error);
        if (done) pull(&levels[count - 1], &levels[count]);
    }
    if (done) {
        struct level *top = &levels[count - 1]; // its one pixel may be known only in part
        for (size_t c = 0; c < 4 && top->weight[0] > 0; c++) top->value[c] /= top->weight[0];
        top->weight[0] = 1;
        for (int k = count - 2; k >= 0; k--) push(&levels[k + 1], &levels[k]);
        memcpy(out->data, levels[0].value, pixels * 4 * sizeof(float));
    } else {
        enl_plate_free(&out);
    }
    for (int k = 0; k < LEVELS; k++) {
        enl_release(levels[k].value);
        enl_release(levels[k].weight);
    }
    return out;
}

struct enl_plate *enl_plate_coarse(const struct enl_plate *plate, struct enl_error *error) {
    const int n = ENL_PLATE_COARSE;
    int w = (plate->width + n - 1) / n, h = (plate->height + n - 1) / n;
    struct enl_plate *box = enl_plate_new(w, h, error), *out = box ? enl_plate_new(w, h, error) : NULL;
    for (int y = 0; out && y < h; y++)
        for (int x = 0; x < w; x++) {
            float sum[4] = {0};
            int count = 0;
            for (int j = y * n; j < (y + 1) * n && j < plate->height; j++)
                for (int i = x * n; i < (x + 1) * n && i < plate->width; i++, count++)
                    for (int c = 0; c < 4; c++)
                        sum[c] += plate->data[4 * ((size_t)j * (size_t)plate->width + (size_t)i) + (size_t)c];
            for (int c = 0; c < 4; c++) box->data[4 * (y * w + x) + c] = sum[c] / (float)count;
        }
    static const float kernel[3] = {.25f, .5f, .25f};
    for (int y = 0; out && y < h; y++)
        for (int x = 0; x < w; x++)
            for (int c = 0; c < 4; c++) {
                float sum = 0;
                for (int j = -1; j <= 1; j++)
                    for (int i = -1; i <= 1; i++)
                        sum += kernel[j + 1] * kernel[i + 1] *
                               box->data[4 * (enl_clampi(y + j, 0, h - 1) * w + enl_clampi(x + i, 0, w - 1)) + c];
                out->data[4 * (y * w + x) + c] = sum;
            }
    enl_plate_free(&box);
    return out;
}
