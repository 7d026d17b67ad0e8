// SPDX-License-Identifier: MIT
#include "base/base.h"

#include <enliven/picture.h>

struct enl_picture *enl_picture_new(int width, int height, int channels, struct enl_error *error) {
    if (width < 1 || height < 1 || width > 16384 || height > 16384 || channels < 1 || channels > 4) {
        enl_fail(error, ENL_INTERNAL, "A picture of %dx%dx%d cannot be made.", width, height, channels);
        return NULL;
    }
    size_t bytes = (size_t)width * (size_t)height * (size_t)channels;
    struct enl_picture *picture = enl_alloc(sizeof *picture + bytes, 1, error);
    if (picture) *picture = (struct enl_picture){.width = width, .height = height, .channels = channels};
    return picture;
}

void enl_picture_free(struct enl_picture **picture) {
    if (!picture) return;
    enl_release(*picture);
    *picture = NULL;
}

// One axis of a separable resampling: for each output pixel the first input pixel and the weights.
struct axis {
    int taps;
    int *first;
    float *weight;
};

// Mitchell and Netravali's cubic with B = 0, C = 1/2 (Catmull-Rom).
static float cubic(float x) {
    x = fabsf(x);
    if (x < 1) return (1.5f * x - 2.5f) * x * x + 1;
    if (x < 2) return ((-.5f * x + 2.5f) * x - 4) * x + 2;
    return 0;
}

static bool axis_make(struct axis *axis, int in, int out, struct enl_error *error) {
    float step = (float)in / (float)out;
    bool shrinks = step > 1;
    axis->taps = shrinks ? (int)ceilf(step) + 1 : 4;
    axis->first = enl_alloc((size_t)out, sizeof *axis->first, error);
    axis->weight = axis->first ? enl_alloc((size_t)out * (size_t)axis->taps, sizeof *axis->weight, error) : NULL;
    if (!axis->weight) return false;
    for (int i = 0; i < out; i++) {
        float low = (float)i * step, high = low + step, centre = (low + high) / 2 - .5f, sum = 0;
        float *weight = axis->weight + (size_t)i * (size_t)axis->taps;
        int first = axis->first[i] = shrinks ? (int)floorf(low) : (int)floorf(centre) - 1;
        for (int k = 0; k < axis->taps; k++) {
            float at = (float)(first + k);
            weight[k] = shrinks ? fmaxf(0, fminf(high, at + 1) - fmaxf(low, at)) : cubic(at - centre);
            sum += weight[k];
        }
        for (int k = 0; k < axis->taps; k++) weight[k] /= sum;
    }
    return true;
}

static void axis_free(struct axis *axis) {
    enl_release(axis->first);
    enl_release(axis->weight);
}

// One output row: first down the columns into `line`, then along it.
static void resize_row(const struct enl_picture *in, struct enl_picture *out, int y, const struct axis *ax,
                       const struct axis *ay, float *line) {
    int c = in->channels, values = in->width * c;
    for (int i = 0; i < values; i++) line[i] = 0;
    for (int k = 0; k < ay->taps; k++) {
        float weight = ay->weight[(size_t)y * (size_t)ay->taps + (size_t)k];
        if (weight == 0) continue;
        const uint8_t *row = in->data + (size_t)enl_clampi(ay->first[y] + k, 0, in->height - 1) * (size_t)values;
        for (int i = 0; i < values; i++) line[i] += weight * (float)row[i];
    }
    uint8_t *to = out->data + (size_t)y * (size_t)out->width * (size_t)c;
    for (int x = 0; x < out->width; x++)
        for (int j = 0; j < c; j++) {
            float sum = .5f;
            for (int k = 0; k < ax->taps; k++)
                sum += ax->weight[(size_t)x * (size_t)ax->taps + (size_t)k] *
                       line[enl_clampi(ax->first[x] + k, 0, in->width - 1) * c + j];
            *to++ = (uint8_t)enl_clampf(sum, 0, 255);
        }
}

struct enl_picture *enl_picture_resize(const struct enl_picture *in, int width, int height, struct enl_error *error) {
    struct axis ax = {0}, ay = {0};
    struct enl_picture *out = enl_picture_new(width, height, in->channels, error);
    float *line = out ? enl_alloc((size_t)in->width * (size_t)in->channels, sizeof *line, error) : NULL;
    if (!line || !axis_make(&ax, in->width, width, error) || !axis_make(&ay, in->height, height, error))
        enl_picture_free(&out);
    else
        for (int y = 0; y < height; y++) resize_row(in, out, y, &ax, &ay, line);
    axis_free(&ax);
    axis_free(&ay);
    enl_release(line);
    return out;
}
