// SPDX-License-Identifier: MIT
// The kernel's text, compiled for processors of several kinds. It counts in whole numbers but for positions, which are
// added and multiplied one by one, so all kinds agree bit for bit (tests/unit/test_render.c).
#include "base/srgb.h"
#include "render/kernel.h"

#include <string.h>

#ifdef ENL_AVX2
#include <immintrin.h>
#endif

#define ALWAYS static inline __attribute__((always_inline))
#define AREA ENL_TILE_AREA
#define NODES (ENL_TILE / ENL_GRID + 1) // along a tile
#define PHASE_BITS 8                    // ENL_PHASES as a power of two

typedef float v4 __attribute__((vector_size(16), may_alias, aligned(4)));

// One plate's light over a tile.
struct light {
    _Alignas(32) int16_t at[4 * AREA];
};

// One layer's field over a tile.
struct moves {
    bool rest;  // nothing moves
    bool two;   // there are two phases, at some pixels at least
    bool lit;   // light changes
    struct enl_node nodes[NODES * NODES];
    float x[AREA], y[AREA], x2[AREA], y2[AREA], mix[AREA], light[AREA]; // the last four only where they act
};

// The positions of a tile's pixels in a plate, and the box about them.
struct places {
    float x[AREA], y[AREA];
};

// ---- One fetch

// The upper half of twice the product, rounded: what pmulhrsw does.
ALWAYS int16_t times(int16_t a, int16_t b) {
    return (int16_t)(((a * b >> 14) + 1) >> 1);
}

// Four by four pixels weighed down their columns and then across.
ALWAYS void weigh(const int16_t *p, ptrdiff_t stride, const struct enl_weights *wx, const struct enl_weights *wy,
                  int16_t *ret) {
#ifdef ENL_AVX2
    int pair[4];
    memcpy(pair, wy->down, sizeof pair);
    __m256i a = _mm256_mulhrs_epi16(_mm256_loadu_si256((const __m256i *)p), _mm256_set1_epi32(pair[0]));
    __m256i b = _mm256_mulhrs_epi16(_mm256_loadu_si256((const __m256i *)(p + stride)), _mm256_set1_epi32(pair[1]));
    __m256i c = _mm256_mulhrs_epi16(_mm256_loadu_si256((const __m256i *)(p + 2 * stride)), _mm256_set1_epi32(pair[2]));
    __m256i d = _mm256_mulhrs_epi16(_mm256_loadu_si256((const __m256i *)(p + 3 * stride)), _mm256_set1_epi32(pair[3]));
    __m256i column = _mm256_add_epi16(_mm256_add_epi16(a, b), _mm256_add_epi16(c, d));
    column = _mm256_mulhrs_epi16(column, _mm256_load_si256((const __m256i *)wx->across));
    __m128i half = _mm_add_epi16(_mm256_castsi256_si128(column), _mm256_extracti128_si256(column, 1));
    _mm_storel_epi64((__m128i *)ret, _mm_add_epi16(half, _mm_shuffle_epi32(half, 0x4e)));
#else
    int16_t column[16];
    for (int k = 0; k < 16; k++)
        column[k] = (int16_t)(times(p[k], wy->down[0]) + times(p[stride + k], wy->down[2]) +
                              times(p[2 * stride + k], wy->down[4]) + times(p[3 * stride + k], wy->down[6]));
    for (int k = 0; k < 16; k++) column[k] = times(column[k], wx->across[k]);
    for (int k = 0; k < 4; k++) ret[k] = (int16_t)(column[k] + column[4 + k] + column[8 + k] + column[12 + k]);
#endif
}

// An index beyond the edge comes back as from a mirror.
ALWAYS int mirror(int i, int n) {
    if (i < 0) i = -i;
    if (i >= n) i = 2 * n - 2 - i;
    return i < 0 ? 0 : i >= n ? n - 1 : i; // beyond two pictures' width: the edge
}

// The 4x4 pixels about a corner of the picture, put side by side in `block`.
static void gather(const struct enl_plate *plate, int ix, int iy, int16_t block[64]) {
    for (int j = 0; j < 4; j++)
        for (int i = 0; i < 4; i++) {
            int x = mirror(ix + i, plate->width), y = mirror(iy + j, plate->height);
            memcpy(block + 16 * j + 4 * i, plate->data + 4 * ((ptrdiff_t)y * plate->width + x), 4 * sizeof *block);
        }
}

// A position in steps of 1 / ENL_PHASES, rounded by the sum: a float beside 32768 counts in them. Far is far.
ALWAYS int steps(float x) {
    const float far = 32768;
    x = 1 - far > x ? 1 - far : x; // as the vectors' maximum and minimum take them
    x = far - 1 < x ? far - 1 : x;
    return (int)((x + far) * ENL_PHASES) - 32768 * ENL_PHASES;
}

// Positions in steps, and the corners of the box about them and the pixels that a fetch needs.
struct targets {
    int x[AREA], y[AREA];
    int left, right, top, bottom;
};

static void aim(const struct places *at, struct targets *ret) {
    for (int i = 0; i < AREA; i++) ret->x[i] = steps(at->x[i]);
    for (int i = 0; i < AREA; i++) ret->y[i] = steps(at->y[i]);
    int left = ret->x[0], right = left, top = ret->y[0], bottom = top;
    for (int i = 0; i < AREA; i++) {
        left = ret->x[i] < left ? ret->x[i] : left;
        right = ret->x[i] > right ? ret->x[i] : right;
    }
    for (int i = 0; i < AREA; i++) {
        top = ret->y[i] < top ? ret->y[i] : top;
        bottom = ret->y[i] > bottom ? ret->y[i] : bottom;
    }
    ret->left = (left >> PHASE_BITS) - 1, ret->right = (right >> PHASE_BITS) + 2;
    ret->top = (top >> PHASE_BITS) - 1, ret->bottom = (bottom >> PHASE_BITS) + 2;
}

// The plate's light at a tile's positions.
static void fetch(const struct enl_kernel_frame *f, const struct enl_plate *plate, const struct places *at,
                  struct light *ret) {
    const int w = plate->width, h = plate->height;
    const ptrdiff_t stride = 4 * (ptrdiff_t)w;
    const struct enl_weights *weights = f->weights;
    const int16_t *corner = plate->data - stride - 4;
    struct targets to;
    aim(at, &to);
    if (to.left >= 0 && to.top >= 0 && to.right < w && to.bottom < h) {
        for (int i = 0; i < AREA; i++)
            weigh(corner + (to.y[i] >> PHASE_BITS) * stride + 4 * (to.x[i] >> PHASE_BITS), stride,
                  weights + (to.x[i] & (ENL_PHASES - 1)), weights + (to.y[i] & (ENL_PHASES - 1)), ret->at + 4 * i);
        return;
    }
    _Alignas(32) int16_t block[64];
    for (int i = 0; i < AREA; i++) {
        gather(plate, (to.x[i] >> PHASE_BITS) - 1, (to.y[i] >> PHASE_BITS) - 1, block);
        weigh(block, 16, weights + (to.x[i] & (ENL_PHASES - 1)), weights + (to.y[i] & (ENL_PHASES - 1)),
              ret->at + 4 * i);
    }
}

// ---- Fields

ALWAYS void mix_nodes(const struct enl_node *a, const struct enl_node *b, float t, struct enl_node *ret) {
    const float *from = (const float *)a, *to = (const float *)b;
    for (int k = 0; k < 8; k++) ((float *)ret)[k] = from[k] * (1 - t) + to[k] * t;
}

// A field at any position, bilinear between its nodes.
ALWAYS struct enl_node field_at(const struct enl_field *field, float x, float y) {
    x = enl_clampf(x * (1.0f / ENL_GRID), 0, (float)(field->columns - 1));
    y = enl_clampf(y * (1.0f / ENL_GRID), 0, (float)(field->rows - 1));
    int ix = (int)x, iy = (int)y, right = ix + 1 < field->columns, down = iy + 1 < field->rows ? field->columns : 0;
    const struct enl_node *n = field->nodes + (ptrdiff_t)iy * field->columns + ix;
    struct enl_node upper, lower, ret;
    mix_nodes(n, n + right, x - (float)ix, &upper);
    mix_nodes(n + down, n + down + right, x - (float)ix, &lower);
    mix_nodes(&upper, &lower, y - (float)iy, &ret);
    return ret;
}

// What a layer that is absent from a tile does there.
ALWAYS void stay(struct moves *m) {
    m->rest = true, m->two = m->lit = false;
}

// Between the nodes' values `from[0]`, `from[8]` ..., ENL_TILE of them.
ALWAYS void spread(const float *from, float *to) {
    const v4 before = {1, .75f, .5f, .25f}, after = {0, .25f, .5f, .75f};
    for (int k = 0; k < NODES - 1; k++) *(v4 *)(to + k * ENL_GRID) = from[8 * k] * before + from[8 * (k + 1)] * after;
}

// The field over the tile at (x0, y0), in the picture's own pixels.
static void read_field(const struct enl_field *field, int x0, int y0, struct moves *m) {
    for (int j = 0; j < NODES; j++)
        for (int i = 0; i < NODES; i++) {
            int column = x0 / ENL_GRID + i < field->columns ? x0 / ENL_GRID + i : field->columns - 1;
            int row = y0 / ENL_GRID + j < field->rows ? y0 / ENL_GRID + j : field->rows - 1;
            m->nodes[j * NODES + i] = field->nodes[(ptrdiff_t)row * field->columns + column];
        }
    stay(m);
    for (int k = 0; k < NODES * NODES; k++) {
        const struct enl_node *n = &m->nodes[k];
        m->two |= n->mix > 0;
        m->lit |= n->light != 0;
        if (n->x != 0 || n->y != 0 || n->mix > 0 || n->light != 0) m->rest = false;
    }
    if (m->rest) return;
    for (int j = 0; j < ENL_TILE; j++) {
        struct enl_node row[NODES];
        const struct enl_node *upper = m->nodes + j / ENL_GRID * NODES;
        for (int k = 0; k < NODES; k++)
            mix_nodes(upper + k, upper + NODES + k, (float)(j % ENL_GRID) * (1.0f / ENL_GRID), &row[k]);
        spread(&row[0].x, m->x + j * ENL_TILE);
        spread(&row[0].y, m->y + j * ENL_TILE);
        if (m->lit) spread(&row[0].light, m->light + j * ENL_TILE);
        if (!m->two) continue;
        spread(&row[0].x2, m->x2 + j * ENL_TILE);
        spread(&row[0].y2, m->y2 + j * ENL_TILE);
        spread(&row[0].mix, m->mix + j * ENL_TILE);
    }
}

// The positions at a tile's nodes; the last of them begin the next tile.
ALWAYS float at_node(const float *at, int i, int j) {
    int x = i * ENL_GRID, y = j * ENL_GRID, dx = 0, dy = 0;
    if (x == ENL_TILE) x--, dx = 1;
    if (y == ENL_TILE) y--, dy = ENL_TILE;
    const float *p = at + y * ENL_TILE + x;
    return p[0] + (p[0] - p[-dx]) + (p[0] - p[-dy]);
}

// The field where the camera looks.
static void read_field_at(const struct enl_field *field, const struct places *at, struct moves *m) {
    for (int j = 0; j < NODES; j++)
        for (int i = 0; i < NODES; i++)
            m->nodes[j * NODES + i] = field_at(field, at_node(at->x, i, j), at_node(at->y, i, j));
    stay(m);
    for (int i = 0; i < AREA; i++) {
        struct enl_node n = field_at(field, at->x[i], at->y[i]);
        m->x[i] = n.x, m->y[i] = n.y, m->x2[i] = n.x2, m->y2[i] = n.y2, m->mix[i] = n.mix, m->light[i] = n.light;
        m->two |= n.mix > 0;
        m->lit |= n.light != 0;
        if (n.x != 0 || n.y != 0 || n.mix > 0 || n.light != 0) m->rest = false;
    }
}

ALWAYS void add_places(const struct places *at, const float *x, const float *y, struct places *ret) {
    for (int i = 0; i < AREA; i++) ret->x[i] = at->x[i] + x[i];
    for (int i = 0; i < AREA; i++) ret->y[i] = at->y[i] + y[i];
}

// Which blocks a range of pixels touches, and those that it sees in the mirror of an edge.
ALWAYS void reach(int first, int last, int size, int *ret_first, int *ret_last) {
    if (first < 0) last = -first > last ? -first : last, first = 0;
    if (last >= size) {
        int back = 2 * size - 2 - last;
        first = back < first ? back : first, last = size - 1;
    }
    *ret_first = enl_clampi(first, 0, size - 1) / ENL_PLATE_BLOCK;
    *ret_last = enl_clampi(last, 0, size - 1) / ENL_PLATE_BLOCK;
}

// What a plate's mattes are where a tile looks.
static unsigned kind_of(const struct enl_kernel_frame *f, const uint8_t *kinds, const struct places *at) {
    int x0, x1, y0, y1, columns = (f->width + ENL_PLATE_BLOCK - 1) / ENL_PLATE_BLOCK;
    unsigned kind = 0;
    struct targets to;
    if (!kinds) return ENL_PLATE_NONE;
    aim(at, &to);
    reach(to.left, to.right, f->width, &x0, &x1);
    reach(to.top, to.bottom, f->height, &y0, &y1);
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++) kind |= kinds[y * columns + x];
    return kind;
}

// ---- Two phases

// The coarse plate at a position, bilinear.
static void fetch_coarse(const struct enl_plate *plate, float x, float y, float ret[4]) {
    x = enl_clampf((x + .5f) / ENL_PLATE_COARSE - .5f, 0, (float)(plate->width - 1));
    y = enl_clampf((y + .5f) / ENL_PLATE_COARSE - .5f, 0, (float)(plate->height - 1));
    int ix = (int)x, iy = (int)y;
    int right = ix + 1 < plate->width ? 4 : 0, down = iy + 1 < plate->height ? 4 * plate->width : 0;
    const int16_t *p = plate->data + 4 * ((ptrdiff_t)iy * plate->width + ix);
    float u = x - (float)ix, v = y - (float)iy;
    for (int k = 0; k < 4; k++) {
        float top = (float)p[k] * (1 - u) + (float)p[right + k] * u,
              bottom = (float)p[down + k] * (1 - u) + (float)p[down + right + k] * u;
        ret[k] = top * (1 - v) + bottom * v;
    }
}

// Blends the second phase into the first so that texture keeps its variance: what two uncorrelated textures lose by
// averaging is given back (Heitz and Neyret 2018), and nothing where both phases show the same. The means, which are
// left as they are, change slowly: they are found at the nodes.
static void blend(const struct enl_plate *coarse, const struct places *at, const struct moves *m,
                  const struct light *two, struct light *one) {
    float gain[AREA], means[NODES * NODES][8] = {{0}}, mean[4][AREA];
    for (int k = 0; k < NODES * NODES; k++) {
        const struct enl_node *n = &m->nodes[k];
        float x = at_node(at->x, k % NODES, k / NODES), y = at_node(at->y, k % NODES, k / NODES), first[4], second[4];
        fetch_coarse(coarse, x + n->x, y + n->y, first);
        fetch_coarse(coarse, x + n->x2, y + n->y2, second);
        for (int c = 0; c < 4; c++) means[k][c] = first[c] * (1 - n->mix) + second[c] * n->mix;
    }
    for (int j = 0; j < ENL_TILE; j++) {
        float row[NODES][8], v = (float)(j % ENL_GRID) * (1.0f / ENL_GRID);
        const float(*upper)[8] = (const float(*)[8])means + j / ENL_GRID * NODES;
        for (int k = 0; k < NODES; k++)
            for (int c = 0; c < 8; c++) row[k][c] = upper[k][c] * (1 - v) + upper[NODES + k][c] * v;
        for (int c = 0; c < 4; c++) spread(&row[0][c], mean[c] + j * ENL_TILE);
    }
    for (int i = 0; i < AREA; i++) {
        float a = m->mix[i], dx = m->x[i] - m->x2[i], dy = m->y[i] - m->y2[i];
        float apart = 1 + (dx * dx + dy * dy) * (1 / 9.0f), alike = 1 / (apart * apart);
        gain[i] = 1 / sqrtf((1 - a) * (1 - a) + a * a + 2 * a * (1 - a) * alike);
    }
    for (int i = 0; i < AREA; i++)
        for (int c = 0; c < 4; c++) {
            float p = (float)one->at[4 * i + c] * (1 - m->mix[i]) + (float)two->at[4 * i + c] * m->mix[i];
            p = mean[c][i] + (p - mean[c][i]) * gain[i];
            one->at[4 * i + c] = (int16_t)(p < -32767 ? -32767 : p > 32767 ? 32767 : p);
        }
}

// A plate under a displacement.
static void fetch_moved(const struct enl_kernel_frame *f, const struct enl_plate *plate,
                        const struct enl_plate *coarse, const struct places *at, const struct moves *m,
                        struct light *ret) {
    struct places to;
    struct light two;
    if (m->rest) {
        fetch(f, plate, at, ret);
        return;
    }
    add_places(at, m->x, m->y, &to);
    fetch(f, plate, &to, ret);
    if (!coarse || !m->two) return;
    add_places(at, m->x2, m->y2, &to);
    fetch(f, plate, &to, &two);
    blend(coarse, at, m, &two, ret);
}

// ---- A tile

// ret += share * (now - was), of light alone; `share` by the pixel's matte of ret, or of what is left of it.
ALWAYS void change(struct light *ret, bool rest, const struct light *now, const struct light *was) {
    for (int i = 0; i < AREA; i++) {
        int share = enl_clampi(ret->at[4 * i + 3], 0, ENL_PLATE_ONE);
        if (rest) share = ENL_PLATE_ONE - share;
        for (int c = 0; c < 3; c++) {
            int sum = ret->at[4 * i + c] + (share * (now->at[4 * i + c] - was->at[4 * i + c])) / ENL_PLATE_ONE;
            ret->at[4 * i + c] = (int16_t)enl_clampi(sum, -32767, 32767);
        }
    }
}

// What is seen when no person stands before it: the middle plate, and the sky's change behind it.
// new = M(m) + sky share * (S'(p) - S(m)): exact where nothing moved, and right for pixels that are half sky. Where all
// is sky, the far plate holds the photo itself, so its change is the whole of it.
static void behind(const struct enl_kernel_frame *f, const struct places *at, const struct moves *move,
                   const struct moves *drift, struct light *ret) {
    struct places from = *at;
    struct light now, was;
    if (!move->rest) add_places(at, move->x, move->y, &from);
    unsigned sky = f->far && !drift->rest ? kind_of(f, f->sky, &from) : ENL_PLATE_NONE;
    if (sky == ENL_PLATE_ALL) {
        fetch_moved(f, f->far, f->far_coarse, at, drift, ret);
        return;
    }
    fetch_moved(f, f->middle, f->middle_coarse, at, move, ret);
    for (int i = 0; move->lit && i < AREA; i++)
        for (int c = 0; c < 3; c++) {
            float lit = (float)ret->at[4 * i + c] * (1 + move->light[i]);
            ret->at[4 * i + c] = (int16_t)(lit < -32767 ? -32767 : lit > 32767 ? 32767 : lit);
        }
    if (sky == ENL_PLATE_NONE) return;
    fetch_moved(f, f->far, f->far_coarse, at, drift, &now);
    fetch(f, f->far, &from, &was);
    change(ret, false, &now, &was);
}

static void read_layer(const struct enl_kernel_frame *f, enum enl_layer layer, unsigned layers, bool camera,
                       const struct places *at, int x0, int y0, struct moves *m) {
    if (!(layers & 1u << layer)) stay(m);
    else if (camera) read_field_at(f->fields[layer], at, m);
    else read_field(f->fields[layer], x0, y0, m);
}

// Where the tile's pixels look, and whether that is elsewhere than at themselves.
static bool look(const struct enl_kernel_frame *f, int x0, int y0, bool camera, struct places *at) {
    struct moves move;
    for (int i = 0; i < AREA; i++) {
        int x = x0 + i % ENL_TILE, y = y0 + i / ENL_TILE;
        at->x[i] = (float)(x < f->width ? x : f->width - 1);
        at->y[i] = (float)(y < f->height ? y : f->height - 1);
    }
    if (!camera) return false;
    read_field(f->fields[ENL_LAYER_CAMERA], x0, y0, &move);
    if (!move.rest) add_places(at, move.x, move.y, at);
    return !move.rest;
}

// Composes the layers; false where all are at rest.
static bool compose(const struct enl_kernel_frame *f, int x0, int y0, unsigned layers, struct light *ret) {
    struct places at, near;
    struct moves person, middle, far;
    bool camera = look(f, x0, y0, layers & 1u << ENL_LAYER_CAMERA, &at), bent = false;
    read_layer(f, ENL_LAYER_NEAR, layers, camera, &at, x0, y0, &person);
    read_layer(f, ENL_LAYER_MIDDLE, layers, camera, &at, x0, y0, &middle);
    read_layer(f, ENL_LAYER_FAR, layers, camera, &at, x0, y0, &far);
    near = at;
    if (!person.rest) add_places(&at, person.x, person.y, &near);
    if (layers & 1u << ENL_LAYER_NEAR && f->bend_count) {
        for (int k = 0; k < f->bend_count; k++)
            f->bends[k].bend(f->bends[k].state, f->t, near.x, near.y, AREA);
        int differ = 0;
        for (int i = 0; i < AREA; i++) differ |= (near.x[i] != at.x[i]) | (near.y[i] != at.y[i]);
        bent = differ;
    }
    if (!camera && !bent && person.rest && middle.rest && far.rest) return false;
    unsigned kind = f->near ? kind_of(f, f->person, &near) : ENL_PLATE_NONE;
    if (!f->near) {
        behind(f, &near, &middle, &far, ret); // no outline: all bends as one
    } else if (kind == ENL_PLATE_ALL) {
        fetch(f, f->near, &near, ret);
    } else if (kind == ENL_PLATE_NONE) {
        behind(f, &at, &middle, &far, ret); // no person here: near and middle are the same
    } else {
        struct light now, was;
        fetch(f, f->near, &near, ret);
        fetch(f, f->middle, &near, &was);
        behind(f, &at, &middle, &far, &now);
        change(ret, true, &now, &was);
    }
    return true;
}

// Linear light to sRGB, in two loops: the compiler makes vectors of the first.
ALWAYS void store(const uint16_t *table, struct light *light, int16_t srgb[3][AREA]) {
    for (int i = 0; i < 4 * AREA; i++) {
        int16_t v = light->at[i];
        light->at[i] = v < 0 ? 0 : v > ENL_PLATE_ONE ? ENL_PLATE_ONE : v;
    }
    for (int i = 0; i < AREA; i++)
        for (int c = 0; c < 3; c++) srgb[c][i] = (int16_t)table[light->at[4 * i + c]];
}

// The tile's light for those who shade it: what was composed, or the photo's own where nothing moves.
static void begin_shading(const struct enl_kernel_frame *f, int x0, int y0, const struct light *light,
                          struct enl_tile *tile) {
    for (int i = 0; light && i < AREA; i++)
        for (int c = 0; c < 3; c++) tile->light[c][i] = (float)light->at[4 * i + c] * (1.0f / ENL_PLATE_ONE);
    for (int i = 0; !light && i < AREA; i++) {
        int x = enl_clampi(x0 + i % ENL_TILE, 0, f->width - 1), y = enl_clampi(y0 + i / ENL_TILE, 0, f->height - 1);
        const uint8_t *p = f->photo->data + 3 * ((ptrdiff_t)y * f->width + x);
        for (int c = 0; c < 3; c++) tile->light[c][i] = enl_linear_of_srgb[p[c]];
    }
}

// Where in the photo a tile's pixels are from: exact in its corners, even between them.
static void place_tile(const struct enl_kernel_frame *f, bool camera, struct enl_tile *tile) {
    const float last = ENL_TILE - 1;
    tile->u = (float)tile->x, tile->v = (float)tile->y, tile->du = tile->dv = 1;
    if (!camera) return;
    struct enl_node from = field_at(f->fields[ENL_LAYER_CAMERA], tile->u, tile->v),
                    to = field_at(f->fields[ENL_LAYER_CAMERA], tile->u + last, tile->v + last);
    tile->u += from.x, tile->v += from.y;
    tile->du += (to.x - from.x) / last, tile->dv += (to.y - from.y) / last;
}

bool ENL_KERNEL(const struct enl_kernel_frame *f, int x, int y, unsigned layers, int16_t srgb[3][AREA]) {
    struct light light;
    bool moved = compose(f, x, y, layers, &light);
    if ((layers & 1u << ENL_LAYER_AIR) && f->shade_count) {
        struct enl_tile tile = {.x = x, .y = y};
        begin_shading(f, x, y, moved ? &light : NULL, &tile);
        place_tile(f, layers & 1u << ENL_LAYER_CAMERA, &tile);
        for (int k = 0; k < f->shade_count; k++) f->shades[k].shade(f->shades[k].state, f->t, &tile);
        for (int i = 0; i < AREA; i++)
            for (int c = 0; c < 3; c++) {
                float v = tile.light[c][i];
                light.at[4 * i + c] = (int16_t)((v < 0 ? 0 : v > 1 ? 1 : v) * ENL_PLATE_ONE + .5f);
            }
        moved = true;
    }
    if (moved) store(f->srgb, &light, srgb);
    return moved;
}
