// SPDX-License-Identifier: MIT
// Boxes of colours are cut where they vary most (Wu 1991 cuts so; Heckbert 1982 at the median), then each colour moves
// amid the pixels that it stands for (Lloyd 1982).
#include "movie/palette.h"

#include <string.h>

#define CELLS (32 * 64 * 32) // colours that are told apart: 5, 6 and 5 bits
#define NEAREST (64 * 64 * 64)
#define UNKNOWN 255
#define ROUNDS 4

struct cell {
    uint32_t count;
    float sum[3]; // then their mean
    int box;
};
struct box {
    double count, sum[3], squares[3];
};

static const double weights[3] = {2, 4, 1.5}; // how much the eye cares, about

static int cell_of(const uint8_t *c) {
    return (c[0] >> 3) << 11 | (c[1] >> 2) << 5 | c[2] >> 3;
}

static int fill_cells(struct cell *cells, const uint8_t *rgb, size_t pixels) {
    int used = 0;
    for (size_t i = 0; i < pixels; i++) {
        struct cell *cell = &cells[cell_of(rgb + 3 * i)];
        cell->count++;
        for (int c = 0; c < 3; c++) cell->sum[c] += rgb[3 * i + (size_t)c];
    }
    for (int i = 0; i < CELLS; i++) { // those in use move to the front
        if (!cells[i].count) continue;
        struct cell cell = cells[i];
        for (int c = 0; c < 3; c++) cell.sum[c] /= (float)cell.count;
        cells[used++] = cell;
    }
    return used;
}

static void measure(struct box *box, const struct cell *cells, int used, int which) {
    *box = (struct box){0};
    for (int i = 0; i < used; i++) {
        if (cells[i].box != which) continue;
        double n = cells[i].count;
        box->count += n;
        for (int c = 0; c < 3; c++) {
            box->sum[c] += n * (double)cells[i].sum[c];
            box->squares[c] += n * (double)cells[i].sum[c] * (double)cells[i].sum[c];
        }
    }
}

// How much the pixels of a box differ along a channel, all together.
static double spread(const struct box *box, int channel) {
    return box->count > 0 ?
               weights[channel] * (box->squares[channel] - box->sum[channel] * box->sum[channel] / box->count) :
               0;
}

// Cuts the box that differs most at its mean. False: none is worth it.
static bool cut(struct box *boxes, int count, struct cell *cells, int used) {
    int worst = 0, channel = 0;
    double most = 0;
    for (int b = 0; b < count; b++)
        for (int c = 0; c < 3; c++)
            if (spread(&boxes[b], c) > most) most = spread(&boxes[b], c), worst = b, channel = c;
    if (most < 1) return false;
    float mean = (float)(boxes[worst].sum[channel] / boxes[worst].count);
    for (int i = 0; i < used; i++)
        if (cells[i].box == worst && cells[i].sum[channel] > mean) cells[i].box = count;
    measure(&boxes[worst], cells, used, worst);
    measure(&boxes[count], cells, used, count);
    return boxes[count].count > 0 && boxes[worst].count > 0;
}

static int closest(const uint8_t *colours, int count, const float rgb[3]) {
    int best = 0;
    double least = 1e30;
    for (int i = 0; i < count; i++) {
        double distance = 0;
        for (int c = 0; c < 3; c++) {
            double d = (double)rgb[c] - colours[3 * i + c];
            distance += weights[c] * d * d;
        }
        if (distance < least) least = distance, best = i;
    }
    return best;
}

static void take_means(struct enl_palette *p, const struct box *boxes) {
    for (int b = 0; b < p->count; b++)
        for (int c = 0; c < 3 && boxes[b].count > 0; c++)
            p->colours[3 * b + c] = (uint8_t)(boxes[b].sum[c] / boxes[b].count + .5);
}

static void choose(struct enl_palette *p, struct cell *cells, int used, struct box *boxes) {
    measure(&boxes[0], cells, used, 0);
    for (p->count = 1; p->count < ENL_PALETTE_COLOURS && cut(boxes, p->count, cells, used);) p->count++;
    take_means(p, boxes);
    for (int round = 0; round < ROUNDS; round++) {
        memset(boxes, 0, sizeof *boxes * (size_t)p->count);
        for (int i = 0; i < used; i++) {
            struct box *box = &boxes[closest(p->colours, p->count, cells[i].sum)];
            box->count += cells[i].count;
            for (int c = 0; c < 3; c++) box->sum[c] += (double)cells[i].count * (double)cells[i].sum[c];
        }
        take_means(p, boxes);
    }
}

bool enl_palette_make(struct enl_palette *palette, const uint8_t *rgb, size_t pixels, struct enl_error *error) {
    *palette = (struct enl_palette){.nearest = enl_alloc(NEAREST, 1, error)};
    struct cell *cells = palette->nearest ? enl_alloc(CELLS, sizeof *cells, error) : NULL;
    struct box *boxes = cells ? enl_alloc(ENL_PALETTE_COLOURS + 1, sizeof *boxes, error) : NULL;
    if (boxes) {
        memset(palette->nearest, UNKNOWN, NEAREST);
        choose(palette, cells, fill_cells(cells, rgb, pixels), boxes);
    } else {
        enl_palette_free(palette);
    }
    enl_release(cells);
    enl_release(boxes);
    return palette->nearest;
}

void enl_palette_free(struct enl_palette *palette) {
    enl_release(palette->nearest);
    *palette = (struct enl_palette){0};
}

// Bayer's order of 8 x 8 (1973), 0..63.
static int bayer(int x, int y) {
    int v = 0;
    for (int bit = 0; bit < 3; bit++) v |= (((x ^ y) >> bit & 1) << 1 | (y >> bit & 1)) << (4 - 2 * bit);
    return v;
}

int enl_palette_index(const struct enl_palette *palette, const uint8_t rgb[3], int x, int y) {
    int cell = 0, shift = (bayer(x & 7, y & 7) * 2 - 63) * 6 / 63; // -6..6 levels
    float colour[3];
    for (int c = 0; c < 3; c++) {
        int v = rgb[c] + shift;
        v = (v < 0 ? 0 : v > 255 ? 255 : v) >> 2;
        cell = cell << 6 | v;
        colour[c] = (float)(v * 4 + 2);
    }
    uint8_t *known = &palette->nearest[cell];
    if (*known == UNKNOWN) *known = (uint8_t)closest(palette->colours, palette->count, colour);
    return *known;
}
