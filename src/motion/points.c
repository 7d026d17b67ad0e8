// SPDX-License-Identifier: MIT
// Points of the photo that shine: stars, glints. Sorted into tiles, so that a tile looks at its neighbours' alone.
#include "motion/shade.h"

#include "base/plane.h"

#include <stdlib.h>

static int tile_of(const struct enl_points *p, float x, float y) {
    int column = enl_clampi((int)(x / ENL_TILE), 0, p->columns - 1),
        row = enl_clampi((int)(y / ENL_TILE), 0, p->rows - 1);
    return row * p->columns + column;
}

struct enl_points *enl_points_new(const struct enl_stage *stage, struct enl_point *list, int count,
                                  struct enl_error *error) {
    struct enl_points *p = enl_alloc(1, sizeof *p, error);
    if (p) {
        *p = (struct enl_points){.columns = (stage->width + ENL_TILE - 1) / ENL_TILE,
                                 .rows = (stage->height + ENL_TILE - 1) / ENL_TILE,
                                 .count = count};
        p->first = enl_alloc((size_t)p->columns * (size_t)p->rows + 2, sizeof *p->first, error);
        p->list = p->first ? enl_alloc((size_t)count + 1, sizeof *p->list, error) : NULL;
    }
    if (p && p->list) { // a counting sort
        for (int i = 0; i < count; i++) p->first[tile_of(p, list[i].x, list[i].y) + 2]++;
        for (int n = 2; n < p->columns * p->rows + 2; n++) p->first[n] += p->first[n - 1];
        for (int i = 0; i < count; i++) p->list[p->first[tile_of(p, list[i].x, list[i].y) + 1]++] = list[i];
    }
    enl_release(list);
    if (p && !p->list) enl_points_free(&p);
    return p;
}

void enl_points_free(struct enl_points **points) {
    if (!*points) return;
    enl_release((*points)->first);
    enl_release((*points)->list);
    enl_release(*points);
    *points = NULL;
}

void enl_points_support(const struct enl_points *p, struct enl_field *field) {
    for (int i = 0; i < p->count; i++) {
        const struct enl_point *q = &p->list[i];
        int left = enl_clampi((int)((q->x - q->size) / ENL_GRID), 0, field->columns - 1),
            right = enl_clampi((int)((q->x + q->size) / ENL_GRID) + 1, 0, field->columns - 1);
        int top = enl_clampi((int)((q->y - q->size) / ENL_GRID), 0, field->rows - 1),
            bottom = enl_clampi((int)((q->y + q->size) / ENL_GRID) + 1, 0, field->rows - 1);
        for (int y = top; y <= bottom; y++)
            for (int x = left; x <= right; x++) field->support[y * field->columns + x] = 1;
    }
}

void enl_points_draw(const struct enl_points *p, const void *state, double t, struct enl_tile *tile,
                     void (*draw)(const void *, double, struct enl_tile *, const struct enl_point *, float, float)) {
    const float reach = ENL_TILE; // no point is larger
    float right = tile->u + ENL_TILE * tile->du + reach, bottom = tile->v + ENL_TILE * tile->dv + reach;
    int top_left = tile_of(p, tile->u - reach, tile->v - reach), bottom_right = tile_of(p, right, bottom);
    for (int row = top_left / p->columns; row <= bottom_right / p->columns; row++)
        for (int n = row * p->columns + top_left % p->columns; n <= row * p->columns + bottom_right % p->columns; n++)
            for (int i = p->first[n]; i < p->first[n + 1]; i++) {
                const struct enl_point *q = &p->list[i];
                float x = (q->x - tile->u) / tile->du, y = (q->y - tile->v) / tile->dv;
                if (x > -q->size && y > -q->size && x < ENL_TILE + q->size && y < ENL_TILE + q->size)
                    draw(state, t, tile, q, x, y);
            }
}

static int stronger(const void *a, const void *b) {
    const struct enl_point *p = a, *q = b;
    if (p->strength != q->strength) return p->strength < q->strength ? 1 : -1;
    return p->y != q->y ? (p->y > q->y ? 1 : -1) : (p->x > q->x) - (p->x < q->x);
}

struct enl_point *enl_points_find(const struct enl_plane *score, int cell, float least, int most, int *ret_count,
                                  struct enl_error *error) {
    int columns = (score->width + cell - 1) / cell, rows = (score->height + cell - 1) / cell, count = 0;
    struct enl_point *list = enl_alloc((size_t)columns * (size_t)rows + 1, sizeof *list, error);
    for (int n = 0; list && n < columns * rows; n++) {
        struct enl_point best = {.strength = least};
        for (int y = n / columns * cell; y < (n / columns + 1) * cell && y < score->height; y++)
            for (int x = n % columns * cell; x < (n % columns + 1) * cell && x < score->width; x++) {
                float s = score->data[(size_t)y * (size_t)score->width + (size_t)x];
                if (s > best.strength) best = (struct enl_point){.x = (float)x, .y = (float)y, .strength = s};
            }
        if (best.strength > least) list[count++] = best;
    }
    if (list) qsort(list, (size_t)count, sizeof *list, stronger);
    *ret_count = count < most ? count : most;
    return list;
}
