// SPDX-License-Identifier: MIT
// The kernel's text, compiled twice: with four-lane vectors and, ENL_SCALAR, with plain floats. Both do the same
// operations in the same order on every lane, so they agree bit for bit (tests/unit/test_render.c).
#include "base/srgb.h"
#include "render/kernel.h"

#define ALWAYS static inline __attribute__((always_inline))

#ifdef ENL_SCALAR
#define CLONES
typedef struct {
    float c[4];
} v4;
#define V4_EACH(expression)                                                                                            \
    v4 r;                                                                                                              \
    for (int k = 0; k < 4; k++) r.c[k] = expression;                                                                   \
    return r
ALWAYS v4 v4_load(const float *p) {
    V4_EACH(p[k]);
}
ALWAYS void v4_store(float *p, v4 a) {
    for (int k = 0; k < 4; k++) p[k] = a.c[k];
}
ALWAYS v4 v4_add(v4 a, v4 b) {
    V4_EACH(a.c[k] + b.c[k]);
}
ALWAYS v4 v4_sub(v4 a, v4 b) {
    V4_EACH(a.c[k] - b.c[k]);
}
ALWAYS v4 v4_scale(v4 a, float s) {
    V4_EACH(a.c[k] * s);
}
ALWAYS float v4_at(v4 a, int k) {
    return a.c[k];
}
// Four by four pixels, weighed down their columns by wy and then across by wx (each weight is there four times).
ALWAYS v4 weigh_block(const float *p, size_t stride, const float *wx, const float *wy) {
    float column[16];
    for (int k = 0; k < 16; k++)
        column[k] = (p[k] * wy[0] + p[stride + k] * wy[4]) + (p[2 * stride + k] * wy[8] + p[3 * stride + k] * wy[12]);
    V4_EACH((column[k] * wx[0] + column[8 + k] * wx[8]) + (column[4 + k] * wx[4] + column[12 + k] * wx[12]));
}
// All eight values of two nodes.
ALWAYS void mix_nodes(const float *a, const float *b, float t, float *ret) {
    for (int k = 0; k < 8; k++) ret[k] = a[k] * (1 - t) + b[k] * t;
}
// And of four.
ALWAYS void blend_nodes(const float *a, const float *b, const float *c, const float *d, const float w[4], float *ret) {
    for (int k = 0; k < 8; k++) ret[k] = (a[k] * w[0] + b[k] * w[1]) + (c[k] * w[2] + d[k] * w[3]);
}
#else
// One copy for AVX2, one for what every x86-64 has; the instructions differ, the sums do not.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif
typedef float v4 __attribute__((vector_size(16), may_alias));
typedef float v8 __attribute__((vector_size(32), may_alias, aligned(16)));
ALWAYS v4 v4_load(const float *p) {
    return *(const v4 *)p;
}
ALWAYS void v4_store(float *p, v4 a) {
    *(v4 *)p = a;
}
ALWAYS v4 v4_add(v4 a, v4 b) {
    return a + b;
}
ALWAYS v4 v4_sub(v4 a, v4 b) {
    return a - b;
}
ALWAYS v4 v4_scale(v4 a, float s) {
    return a * s;
}
ALWAYS float v4_at(v4 a, int k) {
    return a[k];
}
ALWAYS v8 weigh_columns(const float *p, size_t stride, const float *wy) {
    return (*(const v8 *)p * wy[0] + *(const v8 *)(p + stride) * wy[4]) +
           (*(const v8 *)(p + 2 * stride) * wy[8] + *(const v8 *)(p + 3 * stride) * wy[12]);
}
ALWAYS v4 weigh_block(const float *p, size_t stride, const float *wx, const float *wy) {
    v8 left = weigh_columns(p, stride, wy), right = weigh_columns(p + 8, stride, wy);
    v8 sum = left * *(const v8 *)wx + right * *(const v8 *)(wx + 8);
    return (v4){sum[0], sum[1], sum[2], sum[3]} + (v4){sum[4], sum[5], sum[6], sum[7]};
}
typedef float v8_anywhere __attribute__((vector_size(32), may_alias, aligned(4)));
ALWAYS void mix_nodes(const float *a, const float *b, float t, float *ret) {
    *(v8_anywhere *)ret = *(const v8_anywhere *)a * (1 - t) + *(const v8_anywhere *)b * t;
}
ALWAYS void blend_nodes(const float *a, const float *b, const float *c, const float *d, const float w[4], float *ret) {
    v8 upper = *(const v8_anywhere *)a * w[0] + *(const v8_anywhere *)b * w[1];
    v8 lower = *(const v8_anywhere *)c * w[2] + *(const v8_anywhere *)d * w[3];
    *(v8_anywhere *)ret = upper + lower;
}
#endif

// An index beyond the edge comes back as from a mirror.
ALWAYS int mirror(int i, int n) {
    if (i < 0) i = -i;
    if (i >= n) i = 2 * n - 2 - i;
    return i < 0 ? 0 : i >= n ? n - 1 : i; // beyond two pictures' width: the edge
}

// Cubic weights for a place between two pixels, to 1/ENL_PHASES of a pixel.
ALWAYS const float *cubic_weights(const struct enl_kernel_frame *f, float u) {
    return f->weights[(int)(u * ENL_PHASES + .5f)];
}

// The 4x4 pixels about a corner of the picture, put side by side in `block`.
static void gather(const struct enl_plate *plate, int ix, int iy, float block[64]) {
    for (int j = 0; j < 4; j++)
        for (int i = 0; i < 4; i++) {
            int x = mirror(ix + i, plate->width), y = mirror(iy + j, plate->height);
            const float *p = plate->data + 4 * ((size_t)y * (size_t)plate->width + (size_t)x);
            for (int k = 0; k < 4; k++) block[16 * j + 4 * i + k] = p[k];
        }
}

// The picture at a position in pixels.
ALWAYS v4 fetch(const struct enl_kernel_frame *f, const struct enl_plate *plate, float x, float y) {
    _Alignas(16) float block[64];
    float fx = floorf(x), fy = floorf(y);
    int ix = (int)fx - 1, iy = (int)fy - 1, w = plate->width, h = plate->height;
    size_t stride = 4 * (size_t)w;
    const float *p = plate->data + 4 * ((ptrdiff_t)iy * w + ix);
    const float *wx = cubic_weights(f, x - fx), *wy = cubic_weights(f, y - fy);
    if (ix < 0 || iy < 0 || ix + 3 >= w || iy + 3 >= h) {
        gather(plate, ix, iy, block);
        p = block, stride = 16;
    }
    return weigh_block(p, stride, wx, wy);
}

ALWAYS v4 fetch_coarse(const struct enl_plate *plate, float x, float y) {
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

ALWAYS v4 load_pixel(const struct enl_plate *plate, int x, int y) {
    return v4_load(plate->data + 4 * ((size_t)y * (size_t)plate->width + (size_t)x));
}

// A field at any position, bilinear between its nodes.
ALWAYS struct enl_node field_at(const struct enl_field *field, float x, float y) {
    x = enl_clampf(x * (1.0f / ENL_GRID), 0, (float)(field->columns - 1));
    y = enl_clampf(y * (1.0f / ENL_GRID), 0, (float)(field->rows - 1));
    int ix = (int)x, iy = (int)y, right = ix + 1 < field->columns, down = iy + 1 < field->rows ? field->columns : 0;
    const struct enl_node *n = field->nodes + (size_t)iy * (size_t)field->columns + ix;
    float u = x - (float)ix, v = y - (float)iy;
    float weights[4] = {(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v};
    struct enl_node blend;
    blend_nodes((const float *)n, (const float *)(n + right), (const float *)(n + down),
                (const float *)(n + down + right), weights, (float *)&blend);
    return blend;
}

// A plate under a displacement. Two phases are blended so that texture keeps its variance: what two uncorrelated
// textures lose by averaging is given back (Heitz and Neyret 2018), and nothing where both phases show the same.
ALWAYS v4 fetch_moved(const struct enl_kernel_frame *f, const struct enl_plate *plate, const struct enl_plate *coarse,
                      float x, float y, const struct enl_node *move) {
    if (!coarse || move->mix <= 0) return fetch(f, plate, x + move->x, y + move->y);
    if (move->mix >= 1) return fetch(f, plate, x + move->x2, y + move->y2);
    float a = move->mix, dx = move->x - move->x2, dy = move->y - move->y2;
    float apart = 1 + (dx * dx + dy * dy) * (1 / 9.0f), alike = 1 / (apart * apart);
    v4 one = fetch(f, plate, x + move->x, y + move->y), two = fetch(f, plate, x + move->x2, y + move->y2);
    v4 mean_one = fetch_coarse(coarse, x + move->x, y + move->y),
       mean_two = fetch_coarse(coarse, x + move->x2, y + move->y2);
    float gain = 1 / sqrtf((1 - a) * (1 - a) + a * a + 2 * a * (1 - a) * alike);
    v4 mean = v4_add(v4_scale(mean_one, 1 - a), v4_scale(mean_two, a));
    v4 detail = v4_add(v4_scale(v4_sub(one, mean_one), 1 - a), v4_scale(v4_sub(two, mean_two), a));
    return v4_add(mean, v4_scale(detail, gain));
}

// A field along a row of the picture, from pixel (x0, y) on, x0 at a tile's edge: rows of nodes are blended once for
// all sixteen pixels, and four pixels share two nodes.
ALWAYS void field_row(const struct enl_field *field, int x0, int y, struct enl_node nodes[ENL_TILE]) {
    struct enl_node at[ENL_TILE / ENL_GRID + 1];
    int row = y / ENL_GRID, down = row + 1 < field->rows ? field->columns : 0;
    float v = (float)(y % ENL_GRID) * (1.0f / ENL_GRID);
    for (int k = 0; k <= ENL_TILE / ENL_GRID; k++) {
        int column = x0 / ENL_GRID + k < field->columns ? x0 / ENL_GRID + k : field->columns - 1;
        const struct enl_node *n = field->nodes + (size_t)row * (size_t)field->columns + column;
        mix_nodes((const float *)n, (const float *)(n + down), v, (float *)&at[k]);
    }
    for (int i = 0; i < ENL_TILE; i++)
        mix_nodes((const float *)&at[i / ENL_GRID], (const float *)&at[i / ENL_GRID + 1],
                  (float)(i % ENL_GRID) * (1.0f / ENL_GRID), (float *)&nodes[i]);
}

// Less of a share than an eighth of a level of a byte is not worth two fetches; rounding alone can leave that much.
#define NOTHING (1 / 2048.0f)

// What is seen at a point when no person stands before it: the middle plate, and the sky's change behind it.
// new = M(m) + sky share * (S'(p) - S(m)): exact where nothing moved, and right for pixels that are half sky.
ALWAYS v4 behind(const struct enl_kernel_frame *f, float x, float y, bool whole, const struct enl_node *move,
                 const struct enl_node *drift) {
    v4 seen;
    bool moved = move->x != 0 || move->y != 0 || move->x2 != 0 || move->y2 != 0;
    if (!moved && whole) seen = load_pixel(f->middle, (int)x, (int)y);
    else seen = fetch_moved(f, f->middle, f->middle_coarse, x, y, move);
    float sky = enl_clampf(v4_at(seen, 3), 0, 1);
    if (move->light != 0) seen = v4_scale(seen, 1 + move->light);
    if (!drift || sky < NOTHING) return seen;
    v4 now = fetch_moved(f, f->far, f->far_coarse, x, y, drift);
    // Where all is sky, the far plate holds the photo itself, so its change is the whole of it.
    if (!moved && whole && sky > 1 - NOTHING) return now;
    v4 was = !moved && whole ? load_pixel(f->far, (int)x, (int)y) : fetch(f, f->far, x + move->x, y + move->y);
    return v4_add(seen, v4_scale(v4_sub(now, was), sky));
}

// Linear light of a row to sRGB 0..255, in two loops: the compiler makes vectors of the first.
ALWAYS void store_row(const float *table, const float light[4 * ENL_TILE], int row, float rgb[3][ENL_TILE * ENL_TILE]) {
    int step[4 * ENL_TILE];
    for (int i = 0; i < 4 * ENL_TILE; i++) {
        float clipped = light[i] < 0 ? 0 : light[i] > 1 ? 1 : light[i];
        step[i] = (int)(sqrtf(clipped) * ENL_GAMMA_STEPS + .5f);
    }
    for (int i = 0; i < ENL_TILE; i++)
        for (int c = 0; c < 3; c++) rgb[c][row * ENL_TILE + i] = table[step[4 * i + c]];
}

// The field of one layer at the row's positions. With a camera these are anywhere, without one on the grid's pixels.
ALWAYS void layer_row(const struct enl_kernel_frame *f, int layer, bool camera, int x0, int y0, const float *x,
                      const float *y, struct enl_node nodes[ENL_TILE]) {
    if (!camera) {
        field_row(f->fields[layer], x0, y0, nodes);
        return;
    }
    for (int i = 0; i < ENL_TILE; i++) nodes[i] = field_at(f->fields[layer], x[i], y[i]);
}

ALWAYS void compose_row(const struct enl_kernel_frame *f, int x0, int y0, unsigned layers, float light[4 * ENL_TILE]) {
    float x[ENL_TILE], y[ENL_TILE], nx[ENL_TILE], ny[ENL_TILE];
    struct enl_node near[ENL_TILE], middle[ENL_TILE], far[ENL_TILE];
    static const struct enl_node at_rest = {0};
    bool camera = layers & (1u << ENL_LAYER_CAMERA), moves[ENL_LAYERS];
    for (int k = 0; k < ENL_LAYERS; k++) moves[k] = layers & (1u << k);
    for (int i = 0; i < ENL_TILE; i++) {
        x[i] = (float)(x0 + i < f->width ? x0 + i : f->width - 1);
        y[i] = (float)y0;
        if (!camera) continue;
        struct enl_node move = field_at(f->fields[ENL_LAYER_CAMERA], x[i], y[i]);
        x[i] += move.x;
        y[i] += move.y;
    }
    if (moves[ENL_LAYER_NEAR]) layer_row(f, ENL_LAYER_NEAR, camera, x0, y0, x, y, near);
    if (moves[ENL_LAYER_MIDDLE]) layer_row(f, ENL_LAYER_MIDDLE, camera, x0, y0, x, y, middle);
    if (moves[ENL_LAYER_FAR]) layer_row(f, ENL_LAYER_FAR, camera, x0, y0, x, y, far);
    for (int i = 0; i < ENL_TILE; i++) {
        nx[i] = moves[ENL_LAYER_NEAR] ? x[i] + near[i].x : x[i];
        ny[i] = moves[ENL_LAYER_NEAR] ? y[i] + near[i].y : y[i];
    }
    for (int k = 0; moves[ENL_LAYER_NEAR] && k < f->bend_count; k++)
        f->bends[k].bend(f->bends[k].state, f->t, nx, ny, ENL_TILE);
    for (int i = 0; i < ENL_TILE; i++) {
        v4 seen;
        bool whole = !camera && nx[i] == x[i] && ny[i] == y[i];
        const struct enl_node *move = moves[ENL_LAYER_MIDDLE] ? &middle[i] : &at_rest;
        const struct enl_node *drift = moves[ENL_LAYER_FAR] ? &far[i] : NULL;
        if (!f->near) {
            seen = behind(f, nx[i], ny[i], whole, move, drift); // no outline: all bends as one
        } else {
            seen = whole ? load_pixel(f->near, (int)x[i], y0) : fetch(f, f->near, nx[i], ny[i]);
            float open = 1 - enl_clampf(v4_at(seen, 3), 0, 1);
            if (open > 1 - NOTHING) {
                seen = behind(f, x[i], y[i], !camera, move, drift); // no person here: near and middle are the same
            } else if (open > NOTHING) {
                v4 was = whole ? load_pixel(f->middle, (int)x[i], y0) : fetch(f, f->middle, nx[i], ny[i]);
                seen = v4_add(seen, v4_scale(v4_sub(behind(f, x[i], y[i], !camera, move, drift), was), open));
            }
        }
        v4_store(light + 4 * i, seen);
    }
}

// The photo's own light: what `compose_row` makes where nothing moves.
ALWAYS void photo_row(const struct enl_kernel_frame *f, int x0, int y0, struct enl_tile *tile, int row) {
    const uint8_t *p = f->photo->data + 3 * ((size_t)y0 * (size_t)f->width + (size_t)x0);
    for (int i = 0; i < ENL_TILE; i++) {
        for (int c = 0; c < 3; c++) tile->light[c][row * ENL_TILE + i] = enl_linear_of_srgb[p[c]];
        if (x0 + i + 1 < f->width) p += 3;
    }
}

// Where in the photo a tile's pixels are from: exact in its corners, even between them.
ALWAYS void place_tile(const struct enl_kernel_frame *f, bool camera, struct enl_tile *tile) {
    const float last = ENL_TILE - 1;
    tile->u = (float)tile->x, tile->v = (float)tile->y, tile->du = tile->dv = 1;
    if (!camera) return;
    struct enl_node from = field_at(f->fields[ENL_LAYER_CAMERA], tile->u, tile->v),
                    to = field_at(f->fields[ENL_LAYER_CAMERA], tile->u + last, tile->v + last);
    tile->u += from.x, tile->v += from.y;
    tile->du += (to.x - from.x) / last, tile->dv += (to.y - from.y) / last;
}

// Shaded light of a tile to sRGB 0..255.
ALWAYS void store_shaded(const float *table, const struct enl_tile *tile, float rgb[3][ENL_TILE * ENL_TILE]) {
    int step[ENL_TILE * ENL_TILE];
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < ENL_TILE * ENL_TILE; i++) {
            float light = tile->light[c][i], clipped = light < 0 ? 0 : light > 1 ? 1 : light;
            step[i] = (int)(sqrtf(clipped) * ENL_GAMMA_STEPS + .5f);
        }
        for (int i = 0; i < ENL_TILE * ENL_TILE; i++) rgb[c][i] = table[step[i]];
    }
}

// Not the kernel itself: a function with clones is exported whatever its visibility.
CLONES static void render_tile(const struct enl_kernel_frame *frame, int x, int y, unsigned layers,
                               float rgb[3][ENL_TILE * ENL_TILE]) {
    const unsigned air = 1u << ENL_LAYER_AIR;
    _Alignas(16) float light[4 * ENL_TILE];
    struct enl_tile tile; // filled only where something is in the air
    bool shaded = (layers & air) && frame->shade_count;
    for (int j = 0; j < ENL_TILE; j++) {
        int row = y + j < frame->height ? y + j : frame->height - 1;
        if (shaded && layers == air) {
            photo_row(frame, x, row, &tile, j);
            continue;
        }
        compose_row(frame, x, row, layers, light);
        if (!shaded) store_row(frame->gamma, light, j, rgb);
        for (int i = 0; shaded && i < ENL_TILE; i++)
            for (int c = 0; c < 3; c++) tile.light[c][j * ENL_TILE + i] = light[4 * i + c];
    }
    if (!shaded) return;
    tile.x = x, tile.y = y;
    place_tile(frame, layers & (1u << ENL_LAYER_CAMERA), &tile);
    for (int k = 0; k < frame->shade_count; k++) frame->shades[k].shade(frame->shades[k].state, frame->t, &tile);
    store_shaded(frame->gamma, &tile, rgb);
}

void ENL_KERNEL(const struct enl_kernel_frame *frame, int x, int y, unsigned layers,
                float rgb[3][ENL_TILE * ENL_TILE]) {
    render_tile(frame, x, y, layers, rgb);
}
