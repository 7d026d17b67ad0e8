// SPDX-License-Identifier: MIT
// The kernel's text, compiled twice: with four-lane vectors and, ENL_SCALAR, with plain floats. Both do the same
// operations in the same order on every lane, so they agree bit for bit (tests/unit/test_render.c).
#include "render/kernel.h"

#ifdef ENL_SCALAR
typedef struct {
    float c[4];
} v4;
#define V4_EACH(expression) \
    v4 r;                   \
    for (int k = 0; k < 4; k++) r.c[k] = expression; \
    return r
static inline v4 v4_load(const float *p) { V4_EACH(p[k]); }
static inline v4 v4_add(v4 a, v4 b) { V4_EACH(a.c[k] + b.c[k]); }
static inline v4 v4_sub(v4 a, v4 b) { V4_EACH(a.c[k] - b.c[k]); }
static inline v4 v4_scale(v4 a, float s) { V4_EACH(a.c[k] * s); }
static inline float v4_at(v4 a, int k) { return a.c[k]; }
#else
typedef float v4 __attribute__((vector_size(16), may_alias));
static inline v4 v4_load(const float *p) { return *(const v4 *)p; }
static inline v4 v4_add(v4 a, v4 b) { return a + b; }
static inline v4 v4_sub(v4 a, v4 b) { return a - b; }
static inline v4 v4_scale(v4 a, float s) { return a * (v4){s, s, s, s}; }
static inline float v4_at(v4 a, int k) { return a[k]; }
#endif

// An index beyond the edge comes back as from a mirror.
static inline int mirror(int i, int n) {
    if (i < 0) i = -i;
    if (i >= n) i = 2 * n - 2 - i;
    return i < 0 ? 0 : i >= n ? n - 1 : i; // beyond two pictures' width: the edge
}

static inline void cubic_weights(float u, float w[4]) {
    float u2 = u * u, u3 = u2 * u;
    w[0] = -.5f * u3 + u2 - .5f * u;
    w[1] = 1.5f * u3 - 2.5f * u2 + 1;
    w[2] = -1.5f * u3 + 2 * u2 + .5f * u;
    w[3] = .5f * u3 - .5f * u2;
}

// Catmull-Rom at a position in pixels.
static v4 fetch(const struct enl_plate *plate, float x, float y) {
    float fx = floorf(x), fy = floorf(y), wx[4], wy[4];
    int ix = (int)fx - 1, iy = (int)fy - 1, w = plate->width, h = plate->height;
    cubic_weights(x - fx, wx);
    cubic_weights(y - fy, wy);
    const float *p[4][4];
    if (ix >= 0 && iy >= 0 && ix + 3 < w && iy + 3 < h) {
        const float *first = plate->data + 4 * ((size_t)iy * (size_t)w + (size_t)ix);
        for (int j = 0; j < 4; j++)
            for (int i = 0; i < 4; i++) p[j][i] = first + 4 * ((size_t)j * (size_t)w + (size_t)i);
    } else {
        for (int j = 0; j < 4; j++)
            for (int i = 0; i < 4; i++)
                p[j][i] = plate->data + 4 * ((size_t)mirror(iy + j, h) * (size_t)w + (size_t)mirror(ix + i, w));
    }
    v4 row[4];
    for (int j = 0; j < 4; j++)
        row[j] = v4_add(v4_add(v4_scale(v4_load(p[j][0]), wx[0]), v4_scale(v4_load(p[j][1]), wx[1])),
                        v4_add(v4_scale(v4_load(p[j][2]), wx[2]), v4_scale(v4_load(p[j][3]), wx[3])));
    return v4_add(v4_add(v4_scale(row[0], wy[0]), v4_scale(row[1], wy[1])),
                  v4_add(v4_scale(row[2], wy[2]), v4_scale(row[3], wy[3])));
}

static v4 fetch_coarse(const struct enl_plate *plate, float x, float y) {
    x = enl_clampf((x + .5f) / ENL_PLATE_COARSE - .5f, 0, (float)(plate->width - 1));
    y = enl_clampf((y + .5f) / ENL_PLATE_COARSE - .5f, 0, (float)(plate->height - 1));
    int ix = (int)x, iy = (int)y;
    size_t right = ix + 1 < plate->width ? 4 : 0, down = iy + 1 < plate->height ? 4 * (size_t)plate->width : 0;
    const float *p = plate->data + 4 * ((size_t)iy * (size_t)plate->width + (size_t)ix);
    float u = x - (float)ix, v = y - (float)iy;
    v4 top = v4_add(v4_scale(v4_load(p), 1 - u), v4_scale(v4_load(p + right), u));
    v4 bottom = v4_add(v4_scale(v4_load(p + down), 1 - u), v4_scale(v4_load(p + down + right), u));
    return v4_add(v4_scale(top, 1 - v), v4_scale(bottom, v));
}

static inline v4 load_pixel(const struct enl_plate *plate, int x, int y) {
    return v4_load(plate->data + 4 * ((size_t)y * (size_t)plate->width + (size_t)x));
}

// A field at any position, bilinear between its nodes.
static struct enl_node field_at(const struct enl_field *field, float x, float y) {
    x = enl_clampf(x * (1.0f / ENL_GRID), 0, (float)(field->columns - 1));
    y = enl_clampf(y * (1.0f / ENL_GRID), 0, (float)(field->rows - 1));
    int ix = (int)x, iy = (int)y, right = ix + 1 < field->columns, down = iy + 1 < field->rows ? field->columns : 0;
    const struct enl_node *n = field->nodes + (size_t)iy * (size_t)field->columns + ix;
    const struct enl_node *a = n, *b = n + right, *c = n + down, *d = n + down + right;
    float u = x - (float)ix, v = y - (float)iy;
    float wa = (1 - u) * (1 - v), wb = u * (1 - v), wc = (1 - u) * v, wd = u * v;
#define BLEND(part) (wa * a->part + wb * b->part + (wc * c->part + wd * d->part))
    return (struct enl_node){BLEND(x), BLEND(y), BLEND(x2), BLEND(y2), BLEND(mix), BLEND(light)};
#undef BLEND
}

// A plate under a displacement. Two phases are blended so that texture keeps its variance: what two uncorrelated
// textures lose by averaging is given back (Heitz and Neyret 2018), and nothing where both phases show the same.
static v4 fetch_moved(const struct enl_plate *plate, const struct enl_plate *coarse, float x, float y,
                      const struct enl_node *move) {
    if (!coarse || move->mix <= 0) return fetch(plate, x + move->x, y + move->y);
    if (move->mix >= 1) return fetch(plate, x + move->x2, y + move->y2);
    float a = move->mix, dx = move->x - move->x2, dy = move->y - move->y2;
    float apart = 1 + (dx * dx + dy * dy) * (1 / 9.0f), alike = 1 / (apart * apart);
    v4 one = fetch(plate, x + move->x, y + move->y), two = fetch(plate, x + move->x2, y + move->y2);
    v4 mean_one = fetch_coarse(coarse, x + move->x, y + move->y), mean_two = fetch_coarse(coarse, x + move->x2, y + move->y2);
    float gain = 1 / sqrtf((1 - a) * (1 - a) + a * a + 2 * a * (1 - a) * alike);
    v4 mean = v4_add(v4_scale(mean_one, 1 - a), v4_scale(mean_two, a));
    v4 detail = v4_add(v4_scale(v4_sub(one, mean_one), 1 - a), v4_scale(v4_sub(two, mean_two), a));
    return v4_add(mean, v4_scale(detail, gain));
}

// What is seen at a point when no person stands before it: the middle plate, and the sky's change behind it.
// new = M(m) + sky share * (S'(p) - S(m)): exact where nothing moved, and right for pixels that are half sky.
static v4 behind(const struct enl_kernel_frame *f, float x, float y, bool whole, unsigned layers) {
    struct enl_node move = {0};
    v4 seen;
    bool moved = layers & (1u << ENL_LAYER_MIDDLE);
    if (moved) move = field_at(f->fields[ENL_LAYER_MIDDLE], x, y);
    moved = moved && (move.x != 0 || move.y != 0 || move.x2 != 0 || move.y2 != 0);
    if (!moved && whole) seen = load_pixel(f->middle, (int)x, (int)y);
    else seen = fetch_moved(f->middle, f->middle_coarse, x, y, &move);
    float sky = enl_clampf(v4_at(seen, 3), 0, 1);
    if (move.light != 0) seen = v4_scale(seen, 1 + move.light);
    if (!(layers & (1u << ENL_LAYER_FAR)) || sky <= 0) return seen;
    struct enl_node drift = field_at(f->fields[ENL_LAYER_FAR], x, y);
    v4 now = fetch_moved(f->far, f->far_coarse, x, y, &drift);
    v4 was = !moved && whole ? load_pixel(f->far, (int)x, (int)y) : fetch(f->far, x + move.x, y + move.y);
    return v4_add(seen, v4_scale(v4_sub(now, was), sky));
}

static inline float gamma_of(const float *table, float linear) {
    float at = sqrtf(enl_clampf(linear, 0, 1)) * ENL_GAMMA_STEPS + .5f;
    return table[(int)at];
}

static void render_row(const struct enl_kernel_frame *f, int x0, int y0, unsigned layers, float *rgb) {
    float x[ENL_TILE], y[ENL_TILE], nx[ENL_TILE], ny[ENL_TILE];
    int n = f->width - x0 < ENL_TILE ? f->width - x0 : ENL_TILE;
    bool camera = layers & (1u << ENL_LAYER_CAMERA), near = layers & (1u << ENL_LAYER_NEAR);
    for (int i = 0; i < n; i++) {
        x[i] = (float)(x0 + i);
        y[i] = (float)y0;
        if (camera) {
            struct enl_node move = field_at(f->fields[ENL_LAYER_CAMERA], x[i], y[i]);
            x[i] += move.x;
            y[i] += move.y;
        }
        nx[i] = x[i];
        ny[i] = y[i];
        if (near && f->fields[ENL_LAYER_NEAR]) {
            struct enl_node move = field_at(f->fields[ENL_LAYER_NEAR], x[i], y[i]);
            nx[i] += move.x;
            ny[i] += move.y;
        }
    }
    for (int k = 0; near && k < f->bend_count; k++) f->bends[k].bend(f->bends[k].state, f->t, nx, ny, n);
    for (int i = 0; i < n; i++) {
        v4 seen;
        bool same = nx[i] == x[i] && ny[i] == y[i];
        if (!f->near) {
            seen = behind(f, nx[i], ny[i], same && !camera, layers); // no outline: all bends as one
        } else {
            seen = same && !camera ? load_pixel(f->near, x0 + i, y0) : fetch(f->near, nx[i], ny[i]);
            float open = 1 - enl_clampf(v4_at(seen, 3), 0, 1);
            if (open > 0) {
                v4 was = same && !camera ? load_pixel(f->middle, x0 + i, y0) : fetch(f->middle, nx[i], ny[i]);
                seen = v4_add(seen, v4_scale(v4_sub(behind(f, x[i], y[i], !camera, layers), was), open));
            }
        }
        for (int c = 0; c < 3; c++) rgb[3 * i + c] = gamma_of(f->gamma, v4_at(seen, c));
    }
    for (int i = n; i < ENL_TILE; i++)
        for (int c = 0; c < 3; c++) rgb[3 * i + c] = rgb[3 * (n - 1) + c];
}

void ENL_KERNEL(const struct enl_kernel_frame *frame, int x, int y, unsigned layers, float rgb[ENL_TILE * ENL_TILE * 3]) {
    for (int j = 0; j < ENL_TILE; j++) {
        int row = y + j < frame->height ? y + j : frame->height - 1;
        render_row(frame, x, row, layers, rgb + (size_t)j * ENL_TILE * 3);
    }
}
