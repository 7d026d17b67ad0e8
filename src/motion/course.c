// SPDX-License-Identifier: MIT
// Potential flow: the potential is 0 where the water comes from and 1 where it goes, nothing crosses the banks, and
// between them Laplace's equation holds (any textbook of hydrodynamics); water runs up its slope. Solved by successive
// over-relaxation (Young 1950), which suits a few ten thousand nodes.
#include "motion/course.h"

#include <stdlib.h>
#include <string.h>

#define ENDS .06f      // of a bed's nodes are where the water comes from, and as many where it goes
#define SWEEPS 300
#define RELAXATION 1.9f
#define SMALLEST 12    // nodes; less is no bed
#define IN_BED .5f

enum { DRY, FREE, FIXED };

struct work {
    int columns, rows;
    float along[2];      // the direction asked for, in picture coordinates
    uint8_t *state;      // of each node
    float *potential;
    int *queue;          // the nodes of one bed
    float *order;        // how far along each of them lies, sorted
};

static float far_along(const struct work *w, int node) {
    return w->along[0] * (float)(node % w->columns) + w->along[1] * (float)(node / w->columns);
}

static int compare(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

// The bed that `first` belongs to, into the queue; its nodes become FIXED so that they are met once.
static int gather(struct work *w, int first) {
    int count = 0;
    w->queue[count++] = first;
    w->state[first] = FIXED;
    for (int i = 0; i < count; i++) {
        int n = w->queue[i], x = n % w->columns, y = n / w->columns;
        int next[4] = {x > 0 ? n - 1 : n, x + 1 < w->columns ? n + 1 : n, y > 0 ? n - w->columns : n,
                       y + 1 < w->rows ? n + w->columns : n};
        for (int k = 0; k < 4; k++)
            if (w->state[next[k]] == FREE) w->state[next[k]] = FIXED, w->queue[count++] = next[k];
    }
    return count;
}

// Fixes the ends of the bed in the queue and guesses the rest by how far along it lies.
static void set_ends(struct work *w, int count) {
    for (int i = 0; i < count; i++) w->order[i] = far_along(w, w->queue[i]);
    qsort(w->order, (size_t)count, sizeof *w->order, compare);
    int ends = count > 2 * SMALLEST ? (int)(ENDS * (float)count) : 1;
    float low = w->order[ends], high = w->order[count - 1 - ends], span = fmaxf(high - low, 1e-3f);
    for (int i = 0; i < count; i++) {
        int n = w->queue[i];
        float at = (far_along(w, n) - low) / span;
        w->potential[n] = enl_clampf(at, 0, 1);
        w->state[n] = at <= 0 || at >= 1 ? FIXED : FREE;
    }
}

static void relax(struct work *w) {
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (int y = 0; y < w->rows; y++)
            for (int x = 0, n = y * w->columns; x < w->columns; x++, n++) {
                if (w->state[n] != FREE) continue;
                float sum = 0;
                int wet = 0;
                if (x > 0 && w->state[n - 1]) sum += w->potential[n - 1], wet++;
                if (x + 1 < w->columns && w->state[n + 1]) sum += w->potential[n + 1], wet++;
                if (y > 0 && w->state[n - w->columns]) sum += w->potential[n - w->columns], wet++;
                if (y + 1 < w->rows && w->state[n + w->columns]) sum += w->potential[n + w->columns], wet++;
                if (wet) w->potential[n] += RELAXATION * (sum / (float)wet - w->potential[n]);
            }
}

// The difference of the potential over the neighbours that are wet.
static float slope(const struct work *w, int n, int before, int after) {
    float low = w->state[before] ? w->potential[before] : w->potential[n];
    float high = w->state[after] ? w->potential[after] : w->potential[n];
    return high - low;
}

static void run(const struct work *w, float (*way)[2]) {
    for (int n = 0; n < w->columns * w->rows; n++) {
        int x = n % w->columns, y = n / w->columns;
        way[n][0] = way[n][1] = 0;
        if (!w->state[n]) continue;
        float dx = slope(w, n, x > 0 ? n - 1 : n, x + 1 < w->columns ? n + 1 : n);
        float dy = slope(w, n, y > 0 ? n - w->columns : n, y + 1 < w->rows ? n + w->columns : n);
        // At the ends themselves nothing slopes: there it runs as it was told.
        float length = hypotf(dx, dy);
        way[n][0] = length > 1e-6f ? dx / length : w->along[0];
        way[n][1] = length > 1e-6f ? dy / length : w->along[1];
    }
}

bool enl_course(const struct enl_plane *bed, float angle, float (*way)[2], struct enl_error *error) {
    size_t nodes = (size_t)bed->width * (size_t)bed->height;
    struct work w = {.columns = bed->width, .rows = bed->height,
                     .along = {cosf(angle * ENL_PI / 180), -sinf(angle * ENL_PI / 180)}};
    w.state = enl_alloc(nodes, 1, error);
    w.potential = w.state ? enl_alloc(nodes, sizeof *w.potential, error) : NULL;
    w.queue = w.potential ? enl_alloc(nodes, sizeof *w.queue, error) : NULL;
    w.order = w.queue ? enl_alloc(nodes, sizeof *w.order, error) : NULL;
    if (w.order) {
        for (size_t n = 0; n < nodes; n++) w.state[n] = bed->data[n] > IN_BED ? FREE : DRY;
        for (size_t n = 0; n < nodes; n++) {
            // A node of a bed that was met before has a potential, or is fixed.
            if (w.state[n] != FREE || w.potential[n] > 0) continue;
            int count = gather(&w, (int)n);
            if (count < SMALLEST)
                for (int i = 0; i < count; i++) w.state[w.queue[i]] = DRY;
            else set_ends(&w, count);
        }
        relax(&w);
        run(&w, way);
    }
    bool done = w.order != NULL;
    enl_release(w.state);
    enl_release(w.potential);
    enl_release(w.queue);
    enl_release(w.order);
    return done;
}
