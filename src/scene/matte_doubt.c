// SPDX-License-Identifier: MIT
// A coarse mask that reaches over its edge takes a mountain's top along with the sky, or a boat's side with the lake.
// Near its edge a pixel must look like what lies deeper inside here, rather than like what lies outside; where it does
// not it is left out, since what stands still by mistake is not noticed. Nothing is ever added.
#include "scene/matte_doubt.h"

#define BAND 16  // pixels at 640 inside the edge in which the mask is doubted
#define SHELF 3  // pixels outside that are not asked, being mixed
#define REACH 36 // how far "here" reaches

// Means and variances of the colours about each pixel.
struct colours {
    struct enl_plane *weight, *mean[3], *square[3];
};

static void colours_free(struct colours *c) {
    enl_plane_free(&c->weight);
    for (int k = 0; k < 3; k++) {
        enl_plane_free(&c->mean[k]);
        enl_plane_free(&c->square[k]);
    }
}

// Of the pixels whose `depth` is more than `least`.
static bool colours_new(struct colours *c, const struct enl_picture *small, const struct enl_plane *depth, float least,
                        struct enl_error *error) {
    int w = small->width, h = small->height;
    bool done = (c->weight = enl_plane_new(w, h, error)) != NULL;
    for (int k = 0; done && k < 3; k++)
        done = (c->mean[k] = enl_plane_new(w, h, error)) && (c->square[k] = enl_plane_new(w, h, error));
    for (int p = 0; done && p < w * h; p++) {
        if (depth->data[p] <= least) continue;
        c->weight->data[p] = 1;
        for (int k = 0; k < 3; k++) {
            float value = (float)small->data[3 * p + k] * (1 / 255.0f);
            c->mean[k]->data[p] = value;
            c->square[k]->data[p] = value * value;
        }
    }
    done = done && enl_plane_box(c->weight, REACH, error);
    for (int k = 0; done && k < 3; k++)
        done = enl_plane_box(c->mean[k], REACH, error) && enl_plane_box(c->square[k], REACH, error);
    return done;
}

// How badly a colour fits: -log of its likelihood under a Gaussian.
static float misfit(const struct colours *c, int p, const uint8_t *rgb) {
    float scale = 1 / c->weight->data[p], energy = 0, volume = 1;
    for (int k = 0; k < 3; k++) {
        float mean = c->mean[k]->data[p] * scale, away = (float)rgb[k] * (1 / 255.0f) - mean;
        float spread = fmaxf(c->square[k]->data[p] * scale - mean * mean, 0) + .0012f;
        energy += away * away / (2 * spread);
        volume *= spread;
    }
    return energy + .5f * logf(volume);
}

bool enl_doubt_edge(struct enl_plane *mask, const struct enl_picture *small, struct enl_error *error) {
    int n = mask->width * mask->height;
    struct colours own = {0}, other = {0};
    struct enl_plane *flipped = enl_plane_new(mask->width, mask->height, error), *inside = NULL, *outside = NULL;
    for (int p = 0; flipped && p < n; p++) flipped->data[p] = 1 - mask->data[p];
    bool done = flipped && (inside = enl_plane_distance(mask, .5f, BAND + 1, error)) &&
                (outside = enl_plane_distance(flipped, .5f, SHELF + 1, error)) &&
                colours_new(&own, small, inside, BAND, error) && colours_new(&other, small, outside, SHELF, error);
    for (int p = 0; done && p < n; p++) {
        // A few hundred pixels say what a place looks like; fewer say nothing.
        if (mask->data[p] <= 0 || inside->data[p] > BAND || own.weight->data[p] < .05f || other.weight->data[p] < .1f)
            continue;
        const uint8_t *rgb = small->data + 3 * (size_t)p;
        float doubt = enl_smoothstep(1, 4, misfit(&own, p, rgb) - misfit(&other, p, rgb));
        mask->data[p] *= 1 - doubt * (1 - enl_smoothstep(.75f * BAND, BAND, inside->data[p]));
    }
    colours_free(&own);
    colours_free(&other);
    enl_plane_free(&flipped);
    enl_plane_free(&inside);
    enl_plane_free(&outside);
    return done;
}

#define SKYLINE 14  // pixels above the mask's lower edge in which the skyline is sought
#define PATCH 3     // pixels above and below that are compared
#define AGREE 4     // columns on each side that must tell of much the same

// Mean of the rows [from, to) of a column, 0..1.
static void column_mean(const struct enl_picture *small, int x, int from, int to, float ret[3]) {
    from = enl_clampi(from, 0, small->height - 1), to = enl_clampi(to, from + 1, small->height);
    for (int k = 0; k < 3; k++) ret[k] = 0;
    for (int y = from; y < to; y++)
        for (int k = 0; k < 3; k++)
            ret[k] += (float)small->data[3 * ((size_t)y * (size_t)small->width + (size_t)x) + (size_t)k] *
                      (1 / 255.0f) / (float)(to - from);
}

static float luma(const float rgb[3]) {
    return .299f * rgb[0] + .587f * rgb[1] + .114f * rgb[2];
}

static float apart(const float a[3], const float b[3]) {
    return fabsf(a[0] - b[0]) + fabsf(a[1] - b[1]) + fabsf(a[2] - b[2]);
}

// The row below which a column of sky is land already, by the steepest fall of light near the mask's lower edge `end`;
// `end` where nothing speaks for it.
static int skyline_of(const struct enl_picture *small, int x, int end) {
    float land[3], steepest = 0;
    int row = end;
    column_mean(small, x, end + PATCH, end + 3 * PATCH, land);
    for (int y = end - SKYLINE > PATCH ? end - SKYLINE : PATCH; y < end; y++) {
        float above[3], below[3];
        column_mean(small, x, y - PATCH, y, above);
        column_mean(small, x, y, y + PATCH < end ? y + PATCH : end, below);
        float fall = luma(above) - luma(below);
        if (fall > steepest && (fall > .14f || (fall > .05f && apart(below, land) < apart(below, above))))
            steepest = fall, row = y;
    }
    return row;
}

bool enl_doubt_skyline(struct enl_plane *mask, const struct enl_picture *small, struct enl_error *error) {
    int w = mask->width, h = mask->height;
    int *end = enl_alloc(2 * (size_t)w, sizeof *end, error), *row = end ? end + w : NULL;
    if (!end) return false;
    for (int x = 0; x < w; x++) {
        int y = 0;
        while (y < h && mask->data[(size_t)y * (size_t)w + (size_t)x] <= .5f) y++; // twigs may hang into it
        while (y < h && mask->data[(size_t)y * (size_t)w + (size_t)x] > .5f) y++;
        end[x] = y;
        row[x] = y > SKYLINE && y < h - PATCH ? skyline_of(small, x, y) : y;
    }
    for (int x = 0; x < w; x++) {
        int more = 0, all = 0;
        for (int i = x - AGREE; i <= x + AGREE; i++) {
            if (i < 0 || i >= w) continue;
            all++;
            more += row[i] < end[i];
        }
        if (2 * more <= all) continue; // one column alone is a cloud's
        for (int y = row[x]; y < end[x]; y++) mask->data[(size_t)y * (size_t)w + (size_t)x] = 0;
    }
    enl_release(end);
    return true;
}
