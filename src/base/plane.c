// SPDX-License-Identifier: MIT
#include "base/plane.h"

#include <string.h>

struct enl_plane *enl_plane_new(int width, int height, struct enl_error *error) {
    size_t bytes = (size_t)width * (size_t)height * sizeof(float);
    struct enl_plane *plane = enl_alloc(sizeof *plane + bytes, 1, error);
    if (plane) *plane = (struct enl_plane){.width = width, .height = height};
    return plane;
}

void enl_plane_free(struct enl_plane **plane) {
    if (!plane) return;
    enl_release(*plane);
    *plane = NULL;
}

struct enl_plane *enl_plane_from_mask(const struct enl_picture *mask, struct enl_error *error) {
    struct enl_plane *plane = enl_plane_new(mask->width, mask->height, error);
    if (plane)
        for (int i = 0; i < mask->width * mask->height; i++) plane->data[i] = (float)mask->data[i] * (1 / 255.0f);
    return plane;
}

struct enl_picture *enl_plane_to_mask(const struct enl_plane *plane, struct enl_error *error) {
    struct enl_picture *mask = enl_picture_new(plane->width, plane->height, 1, error);
    if (mask)
        for (int i = 0; i < plane->width * plane->height; i++)
            mask->data[i] = (uint8_t)(enl_clampf(plane->data[i], 0, 1) * 255 + .5f);
    return mask;
}

float enl_plane_at(const struct enl_plane *plane, float x, float y) {
    x = enl_clampf(x, 0, (float)(plane->width - 1));
    y = enl_clampf(y, 0, (float)(plane->height - 1));
    int ix = (int)x, iy = (int)y, right = ix + 1 < plane->width, down = iy + 1 < plane->height ? plane->width : 0;
    const float *p = plane->data + (size_t)iy * (size_t)plane->width + ix;
    float u = x - (float)ix, v = y - (float)iy;
    return enl_mixf(enl_mixf(p[0], p[right], u), enl_mixf(p[down], p[down + right], u), v);
}

// One axis: out[i] = mean of in over [i * step, (i + 1) * step), or linear where it grows. `stride` in floats.
static void resize_line(const float *in, int n, size_t in_stride, float *out, int m, size_t out_stride) {
    float step = (float)n / (float)m;
    for (int i = 0; i < m; i++) {
        float low = (float)i * step, high = fminf(low + step, (float)n), sum = 0;
        if (step <= 1) {
            float at = enl_clampf((low + high) / 2 - .5f, 0, (float)(n - 1));
            int k = (int)at, next = k + 1 < n ? k + 1 : k;
            out[(size_t)i * out_stride] = enl_mixf(in[(size_t)k * in_stride], in[(size_t)next * in_stride],
                                                   at - (float)k);
            continue;
        }
        for (int k = (int)low; (float)k < high && k < n; k++)
            sum += in[(size_t)k * in_stride] * (fminf(high, (float)(k + 1)) - fmaxf(low, (float)k));
        out[(size_t)i * out_stride] = sum / (high - low);
    }
}

struct enl_plane *enl_plane_resize(const struct enl_plane *in, int width, int height, struct enl_error *error) {
    struct enl_plane *half = enl_plane_new(width, in->height, error);
    struct enl_plane *out = half ? enl_plane_new(width, height, error) : NULL;
    if (out) {
        for (int y = 0; y < in->height; y++)
            resize_line(in->data + (size_t)y * (size_t)in->width, in->width, 1, half->data + (size_t)y * (size_t)width,
                        width, 1);
        for (int x = 0; x < width; x++)
            resize_line(half->data + x, in->height, (size_t)width, out->data + x, height, (size_t)width);
    }
    enl_plane_free(&half);
    return out;
}

// A running mean along one row of `n` values; the window is cut at the ends.
static void box_row(float *line, float *copy, int n, int radius) {
    memcpy(copy, line, (size_t)n * sizeof *line);
    double sum = 0; // double: a long running sum of floats drifts
    for (int i = 0; i < radius && i < n; i++) sum += (double)copy[i];
    for (int i = 0; i < n; i++) {
        if (i + radius < n) sum += (double)copy[i + radius];
        if (i - radius - 1 >= 0) sum -= (double)copy[i - radius - 1];
        int low = i - radius < 0 ? 0 : i - radius, high = i + radius >= n ? n - 1 : i + radius;
        line[i] = (float)(sum / (high - low + 1));
    }
}

// The same down all columns at once, a row at a time, which the cache likes.
static void box_columns(struct enl_plane *plane, const float *copy, double *sum, int radius) {
    int w = plane->width, h = plane->height;
    memset(sum, 0, (size_t)w * sizeof *sum);
    for (int y = 0; y < radius && y < h; y++)
        for (int x = 0; x < w; x++) sum[x] += (double)copy[(size_t)y * (size_t)w + (size_t)x];
    for (int y = 0; y < h; y++) {
        const float *in = y + radius < h ? copy + (size_t)(y + radius) * (size_t)w : NULL;
        const float *out = y - radius - 1 >= 0 ? copy + (size_t)(y - radius - 1) * (size_t)w : NULL;
        int low = y - radius < 0 ? 0 : y - radius, high = y + radius >= h ? h - 1 : y + radius;
        double scale = 1.0 / (high - low + 1);
        float *line = plane->data + (size_t)y * (size_t)w;
        for (int x = 0; x < w; x++) {
            sum[x] += (in ? (double)in[x] : 0) - (out ? (double)out[x] : 0);
            line[x] = (float)(sum[x] * scale);
        }
    }
}

static bool box_passes(struct enl_plane *plane, int radius, int passes, struct enl_error *error) {
    if (radius < 1) return true;
    size_t pixels = (size_t)plane->width * (size_t)plane->height;
    float *copy = enl_alloc(pixels, sizeof *copy, error);
    double *sum = copy ? enl_alloc((size_t)plane->width, sizeof *sum, error) : NULL;
    for (int pass = 0; sum && pass < passes; pass++) {
        for (int y = 0; y < plane->height; y++)
            box_row(plane->data + (size_t)y * (size_t)plane->width, copy, plane->width, radius);
        memcpy(copy, plane->data, pixels * sizeof *copy);
        box_columns(plane, copy, sum, radius);
    }
    bool done = sum != NULL;
    enl_release(copy);
    enl_release(sum);
    return done;
}

bool enl_plane_box(struct enl_plane *plane, int radius, struct enl_error *error) {
    return box_passes(plane, radius, 1, error);
}

bool enl_plane_blur(struct enl_plane *plane, int radius, struct enl_error *error) {
    return box_passes(plane, radius, 3, error);
}

struct enl_plane *enl_plane_distance(const struct enl_plane *plane, float level, float limit, struct enl_error *error) {
    int w = plane->width, h = plane->height;
    struct enl_plane *out = enl_plane_new(w, h, error);
    if (!out) return NULL;
    float *d = out->data;
    for (int i = 0; i < w * h; i++) d[i] = plane->data[i] < level ? 0 : limit;
    // Chamfer 3-4 scaled to pixels (Borgefors 1986): within 8 % of the Euclidean distance.
    const float near = .95509f, far = 1.36930f;
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            float *p = d + (size_t)y * (size_t)w + x, best = *p;
            if (x) best = fminf(best, p[-1] + near);
            if (y) best = fminf(best, p[-w] + near);
            if (y && x) best = fminf(best, p[-w - 1] + far);
            if (y && x + 1 < w) best = fminf(best, p[-w + 1] + far);
            *p = best;
        }
    for (int y = h - 1; y >= 0; y--)
        for (int x = w - 1; x >= 0; x--) {
            float *p = d + (size_t)y * (size_t)w + x, best = *p;
            if (x + 1 < w) best = fminf(best, p[1] + near);
            if (y + 1 < h) best = fminf(best, p[w] + near);
            if (y + 1 < h && x + 1 < w) best = fminf(best, p[w + 1] + far);
            if (y + 1 < h && x) best = fminf(best, p[w - 1] + far);
            *p = best;
        }
    return out;
}
