// SPDX-License-Identifier: MIT
// After Chuang et al. 2005 (stochastic motion textures): a few bands of swinging, each with phases that drift over the
// plane, driven by one curve of gusts. A sine a band instead of an inverse FFT keeps it a handful of sums a node.
#include "motion/wind.h"

struct enl_wind {
    const struct enl_stage *stage;
    float cx, cy;                       // unit vector of the wind, y down
    double omega[ENL_WIND_BANDS], start;
    float *reach;                       // of every node, pixels; 0 where nothing moves
    float (*basis)[2 * ENL_WIND_BANDS]; // cos and sin of each band's phase at the node, times its share
};

// How far each node may swing: nothing where the holding side is near, and free ends more than feet.
static bool fill_reach(struct enl_wind *wind, const struct enl_wind_params *p, const struct enl_field *field,
                       struct enl_error *error) {
    int w = field->columns, h = field->rows;
    int radius = 1 + (int)(p->amplitude / ENL_GRID);
    struct enl_plane *near = enl_plane_new(w, h, error), *free_side = near ? enl_plane_new(w, h, error) : NULL;
    struct enl_plane *held = NULL;
    if (free_side) {
        for (int n = 0; n < w * h; n++) {
            near->data[n] = p->moves->data[n];
            free_side->data[n] = fmaxf(p->moves->data[n], p->open->data[n]);
        }
        if (enl_plane_blur(near, radius, error)) held = enl_plane_distance(free_side, .5f, 255, error);
    }
    float taper = fmaxf(6, 3 * p->amplitude / ENL_GRID); // a strip on a roof hardly stirs, a tree does
    for (int x = 0; held && x < w; x++) {
        float height = 0; // above the column's foot, in nodes
        for (int y = h - 1; y >= 0; y--) {
            int n = y * w + x;
            height = p->moves->data[n] > .5f ? height + 1 : height * .98f;
            float lever = .35f + .65f * enl_smoothstep(0, .12f * (float)h, height);
            wind->reach[n] = p->amplitude * lever * fminf(1, 1.6f * near->data[n]) *
                             enl_smoothstep(0, taper, held->data[n]);
            if (wind->reach[n] < .02f) wind->reach[n] = 0;
        }
    }
    bool done = held != NULL;
    enl_plane_free(&near);
    enl_plane_free(&free_side);
    enl_plane_free(&held);
    return done;
}

struct enl_wind *enl_wind_new(const struct enl_stage *stage, const struct enl_wind_params *p, struct enl_field *field,
                              struct enl_error *error) {
    size_t nodes = (size_t)field->columns * (size_t)field->rows;
    struct enl_wind *wind = enl_alloc(1, sizeof *wind, error);
    if (!wind) return NULL;
    wind->stage = stage;
    wind->start = p->start;
    wind->cx = cosf(p->direction * ENL_PI / 180);
    wind->cy = -sinf(p->direction * ENL_PI / 180);
    wind->reach = enl_alloc(nodes, sizeof *wind->reach, error);
    wind->basis = wind->reach ? enl_alloc(nodes, sizeof *wind->basis, error) : NULL;
    if (!wind->basis || !fill_reach(wind, p, field, error)) {
        enl_wind_free(wind);
        return NULL;
    }
    for (int k = 0; k < ENL_WIND_BANDS; k++)
        wind->omega[k] = 2 * 3.14159265358979 * enl_loop_frequency(stage, (double)p->hertz[k]);
    for (size_t n = 0; n < nodes; n++) {
        if (wind->reach[n] <= 0) continue;
        field->support[n] = 1;
        float x = (float)((int)n % field->columns * ENL_GRID), y = (float)((int)n / field->columns * ENL_GRID);
        for (int k = 0; k < ENL_WIND_BANDS; k++) {
            uint32_t seed = (uint32_t)enl_mix(p->seed + (uint64_t)k);
            float phase = 5 * enl_noise2(x / p->grain[k], y / p->grain[k], seed) - x / p->grain[k] * wind->cx * .8f;
            wind->basis[n][2 * k] = p->share[k] * cosf(phase);
            wind->basis[n][2 * k + 1] = p->share[k] * sinf(phase);
        }
    }
    return wind;
}

void enl_wind_displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct enl_wind *wind = state;
    if (!wind) return;
    int frame = enl_clampi((int)(t * wind->stage->fps + .5), 0, wind->stage->frames - 1);
    // Gusts bend things over as well as shake them, so some of the curve acts directly.
    float gust = .45f + .75f * wind->stage->wind[frame], calm = .45f + .75f * wind->stage->wind[0];
    float ease = wind->stage->loop ? 1 : (float)enl_ease(t, wind->start, 1.0), keep = wind->stage->loop ? 1 : 0;
    float c[ENL_WIND_BANDS], s[ENL_WIND_BANDS];
    for (int k = 0; k < ENL_WIND_BANDS; k++) {
        float turn = (float)fmod(wind->omega[k] * t, 2 * 3.14159265358979);
        c[k] = cosf(turn) * gust * ease - calm * keep; // a loop starts and ends at the photo
        s[k] = sinf(turn) * gust * ease;
    }
    float lean = .5f * (wind->stage->wind[frame] - wind->stage->wind[0]) * ease;
    for (int n = first * field->columns; n < last * field->columns; n++) {
        if (wind->reach[n] <= 0) continue;
        const float *b = wind->basis[n];
        float swing = lean, bob = 0;
        for (int k = 0; k < ENL_WIND_BANDS; k++) {
            float rise = b[2 * k] * c[k] - b[2 * k + 1] * s[k];
            swing += rise;
            if (k) bob += rise * .45f; // leaves also nod across the wind
        }
        struct enl_node *node = field->nodes + n;
        float x = wind->reach[n] * (swing * wind->cx - bob * wind->cy);
        float y = wind->reach[n] * (swing * wind->cy + bob * wind->cx);
        node->x -= x, node->x2 -= x;
        node->y -= y, node->y2 -= y;
    }
}

void enl_wind_free(void *state) {
    struct enl_wind *wind = state;
    if (!wind) return;
    enl_release(wind->reach);
    enl_release(wind->basis);
    enl_release(wind);
}
