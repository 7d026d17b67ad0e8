// SPDX-License-Identifier: MIT
#include "render/freeze.h"

#include <string.h>

#include "base/plane.h"

#define SOFT 4 // nodes over which motion comes to rest

struct enl_freeze {
    const struct enl_picture *mask; // as enl_stage says
    int columns, rows;
    float *free;    // of every node: the part of its displacement that is left
    uint8_t *still; // of every node: 1 where a pixel beside it must stay: neither phase may be told from the other
    int bend_count;
    struct {
        void (*bend)(const void *state, double t, float *x, float *y, int n);
        const void *state;
    } bends[ENL_MAX_MOTIONS]; // of the frame being drawn
};

// Whether any pixel that must stay lies less than `reach` from a node, along both axes.
static bool any_near(const struct enl_picture *mask, int column, int row, int reach) {
    int x0 = column * ENL_GRID, y0 = row * ENL_GRID;
    for (int y = y0 - reach + 1; y < y0 + reach; y++)
        for (int x = x0 - reach + 1; y >= 0 && y < mask->height && x < x0 + reach; x++)
            if (x >= 0 && x < mask->width && mask->data[(size_t)y * (size_t)mask->width + (size_t)x] == 255)
                return true;
    return false;
}

struct enl_freeze *enl_freeze_new(const struct enl_stage *stage, struct enl_error *error) {
    struct enl_freeze *f = enl_alloc(1, sizeof *f, error);
    if (!f) return NULL;
    f->mask = stage->freeze;
    f->columns = (stage->width + ENL_GRID - 1) / ENL_GRID + 1;
    f->rows = (stage->height + ENL_GRID - 1) / ENL_GRID + 1;
    size_t nodes = (size_t)f->columns * (size_t)f->rows;
    f->free = enl_alloc(nodes, sizeof *f->free, error);
    f->still = f->free ? enl_alloc(nodes, 1, error) : NULL;
    // Nodes about a pixel that must stay have no displacement, and neither have theirs: so phases are told apart only
    // where both show the same, and no jump of either is seen.
    struct enl_plane *moves = f->still ? enl_plane_new(f->columns, f->rows, error) : NULL, *away = NULL;
    for (int n = 0; moves && n < (int)nodes; n++) {
        f->still[n] = any_near(f->mask, n % f->columns, n / f->columns, ENL_GRID);
        moves->data[n] = !any_near(f->mask, n % f->columns, n / f->columns, 2 * ENL_GRID);
    }
    if (moves) away = enl_plane_distance(moves, .5f, SOFT, error);
    for (size_t n = 0; away && n < nodes; n++) f->free[n] = enl_smoothstep(0, SOFT, away->data[n]);
    if (!away) enl_freeze_free(&f);
    enl_plane_free(&moves);
    enl_plane_free(&away);
    return f;
}

void enl_freeze_free(struct enl_freeze **freeze) {
    if (!freeze || !*freeze) return;
    enl_release((*freeze)->free);
    enl_release((*freeze)->still);
    enl_release(*freeze);
    *freeze = NULL;
}

void enl_freeze_hold(const struct enl_freeze *f, enum enl_layer layer, struct enl_field *field, int first, int last) {
    if (!f || (layer != ENL_LAYER_MIDDLE && layer != ENL_LAYER_NEAR)) return;
    for (int n = first * f->columns; n < last * f->columns; n++) {
        if (f->free[n] >= 1) continue;
        struct enl_node *node = &field->nodes[n];
        node->x *= f->free[n], node->y *= f->free[n];
        node->x2 *= f->free[n], node->y2 *= f->free[n];
        node->light *= f->free[n];
        if (f->still[n]) node->mix = 0;
    }
}

// The part of a bend that is left at a place of the photo.
static float left_at(const struct enl_freeze *f, float x, float y) {
    int column = enl_clampi((int)(x * (1.0f / ENL_GRID)), 0, f->columns - 2);
    int row = enl_clampi((int)(y * (1.0f / ENL_GRID)), 0, f->rows - 2);
    const float *at = f->free + row * f->columns + column;
    float u = enl_clampf(x * (1.0f / ENL_GRID) - (float)column, 0, 1);
    float v = enl_clampf(y * (1.0f / ENL_GRID) - (float)row, 0, 1);
    return enl_mixf(enl_mixf(at[0], at[1], u), enl_mixf(at[f->columns], at[f->columns + 1], u), v);
}

static void bend(const void *state, double t, float *x, float *y, int n) {
    const struct enl_freeze *f = state;
    float was_x[ENL_TILE], was_y[ENL_TILE];
    for (int from = 0; from < n; from += ENL_TILE) {
        int part = n - from < ENL_TILE ? n - from : ENL_TILE;
        memcpy(was_x, x + from, (size_t)part * sizeof *x);
        memcpy(was_y, y + from, (size_t)part * sizeof *y);
        for (int k = 0; k < f->bend_count; k++) f->bends[k].bend(f->bends[k].state, t, x + from, y + from, part);
        for (int i = 0; i < part; i++) {
            float left = left_at(f, was_x[i], was_y[i]);
            if (left >= 1) continue;
            x[from + i] = was_x[i] + (x[from + i] - was_x[i]) * left;
            y[from + i] = was_y[i] + (y[from + i] - was_y[i]) * left;
        }
    }
}

void enl_freeze_bends(struct enl_freeze *f, struct enl_kernel_frame *frame) {
    if (!f || !frame->bend_count) return;
    f->bend_count = frame->bend_count;
    for (int k = 0; k < frame->bend_count; k++) {
        f->bends[k].bend = frame->bends[k].bend;
        f->bends[k].state = frame->bends[k].state;
    }
    frame->bend_count = 1;
    frame->bends[0].bend = bend;
    frame->bends[0].state = f;
}
