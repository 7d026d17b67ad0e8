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

// A set of a tile's groups of four pixels beside each other, a bit each.
#define ALL_GROUPS UINT64_MAX

// One layer's field over a tile. Shares are in 1/32768, `mix` and `lit` only where they act.
struct moves {
    bool rest;  // nothing moves
    bool two;   // there are two phases, at some pixels at least
    bool lit;   // light changes
    struct enl_node nodes[NODES * NODES];
    float x[AREA], y[AREA], x2[AREA], y2[AREA]; // the second phase only where there are two
    int16_t mix[AREA];                          // minus the second phase's share: -32768 can be said, 32768 cannot
    int16_t light[AREA];
    uint64_t first, second; // the groups in which that phase is seen
};

// The positions of a tile's pixels in a plate.
struct places {
    float x[AREA], y[AREA];
};

// ---- Whole numbers, as vectors count in them

// The upper half of twice the product, rounded: what pmulhrsw does.
ALWAYS int16_t times(int16_t a, int16_t b) {
    return (int16_t)(((a * b >> 14) + 1) >> 1);
}

// Sums and differences that stop at the ends of the range: paddsw, psubsw.
ALWAYS int16_t plus(int16_t a, int16_t b) {
    return (int16_t)enl_clampi(a + b, INT16_MIN, INT16_MAX);
}
ALWAYS int16_t minus(int16_t a, int16_t b) {
    return (int16_t)enl_clampi(a - b, INT16_MIN, INT16_MAX);
}

#ifdef ENL_AVX2
ALWAYS __m256i four_at(const int16_t *p) {
    return _mm256_load_si256((const __m256i *)p);
}

// Four pixels' numbers, each for all four values of its pixel, or for its light alone.
ALWAYS __m256i four_each(const int16_t *numbers, bool light_alone) {
    const __m256i all = _mm256_setr_epi16(0x100, 0x100, 0x100, 0x100, 0x302, 0x302, 0x302, 0x302, 0x504, 0x504, 0x504,
                                          0x504, 0x706, 0x706, 0x706, 0x706);
    const __m256i light = _mm256_or_si256(all, _mm256_set1_epi64x((long long)0xFFFF000000000000));
    long long four;
    memcpy(&four, numbers, sizeof four);
    return _mm256_shuffle_epi8(_mm256_set1_epi64x(four), light_alone ? light : all);
}
#endif

#include "render/fetch.inc.h"

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

// Between the nodes' values `from[0]`, `from[8]` ..., which stand in rows: across, then down.
ALWAYS void spread(const float *from, float *to) {
    const v4 before = {1, .75f, .5f, .25f}, after = {0, .25f, .5f, .75f};
    _Alignas(32) float rows[NODES][ENL_TILE];
    for (int j = 0; j < NODES; j++, from += 8 * NODES)
        for (int k = 0; k < NODES - 1; k++)
            *(v4 *)(rows[j] + k * ENL_GRID) = from[8 * k] * before + from[8 * (k + 1)] * after;
    for (int j = 0; j < ENL_TILE; j++) {
        const float *upper = rows[j / ENL_GRID], *lower = rows[j / ENL_GRID + 1];
        float down = (float)(j % ENL_GRID) * (1.0f / ENL_GRID);
        for (int i = 0; i < ENL_TILE; i++) to[j * ENL_TILE + i] = upper[i] * (1 - down) + lower[i] * down;
    }
}

// Shares between -1 and 1 in 1/32768, times `sign`.
ALWAYS void count(const float *share, float sign, int16_t *ret) {
    for (int i = 0; i < AREA; i++) {
        float v = sign * share[i] * 32768 + 32768.5f; // above 0, so that cutting it off rounds
        v = v > 0 ? v : 0;
        ret[i] = (int16_t)((int)(v < 65535 ? v : 65535) - 32768);
    }
}

// What is seen of two phases.
static void mix_phases(const float *mix, struct moves *m) {
    count(mix, -1, m->mix);
    m->first = m->second = 0;
    for (int i = 0; i < AREA / 4; i++) {
        int64_t four;
        memcpy(&four, m->mix + 4 * i, sizeof four);
        m->second |= (uint64_t)(four != 0) << i;
        m->first |= (uint64_t)(four != (int64_t)0x8000800080008000u) << i;
    }
}

// The field over the tile at (x0, y0), in the picture's own pixels.
static void read_field(const struct enl_field *field, int x0, int y0, struct moves *m) {
    _Alignas(32) float values[AREA];
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
    spread(&m->nodes->x, m->x);
    spread(&m->nodes->y, m->y);
    if (m->lit) spread(&m->nodes->light, values), count(values, 1, m->light);
    if (!m->two) return;
    spread(&m->nodes->x2, m->x2);
    spread(&m->nodes->y2, m->y2);
    spread(&m->nodes->mix, values);
    mix_phases(values, m);
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
    float mix[AREA], light[AREA];
    for (int j = 0; j < NODES; j++)
        for (int i = 0; i < NODES; i++)
            m->nodes[j * NODES + i] = field_at(field, at_node(at->x, i, j), at_node(at->y, i, j));
    stay(m);
    for (int i = 0; i < AREA; i++) {
        struct enl_node n = field_at(field, at->x[i], at->y[i]);
        m->x[i] = n.x, m->y[i] = n.y, m->x2[i] = n.x2, m->y2[i] = n.y2, mix[i] = n.mix, light[i] = n.light;
        m->two |= n.mix > 0;
        m->lit |= n.light != 0;
        if (n.x != 0 || n.y != 0 || n.mix > 0 || n.light != 0) m->rest = false;
    }
    if (m->lit) count(light, 1, m->light);
    if (m->two) mix_phases(mix, m);
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
static unsigned kind_of(const struct enl_kernel_frame *f, const uint8_t *kinds, const struct targets *to) {
    int x0, x1, y0, y1, columns = (f->width + ENL_PLATE_BLOCK - 1) / ENL_PLATE_BLOCK;
    unsigned kind = 0;
    if (!kinds) return ENL_PLATE_NONE;
    reach(to->left, to->right, f->width, &x0, &x1);
    reach(to->top, to->bottom, f->height, &y0, &y1);
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

// The mean light of both phases at every second node, in rows.
#define MEANS (NODES / 2 + 1) // along a tile
#define MEAN_STEP (2 * ENL_GRID)
static void find_means(const struct enl_plate *coarse, const struct places *at, const struct moves *m,
                       int16_t ret[MEANS][4 * MEANS]) {
    for (int k = 0; k < MEANS * MEANS; k++) {
        int i = k % MEANS * 2, j = k / MEANS * 2;
        const struct enl_node *n = &m->nodes[j * NODES + i];
        float x = at_node(at->x, i, j), y = at_node(at->y, i, j), first[4], second[4];
        fetch_coarse(coarse, x + n->x, y + n->y, first);
        fetch_coarse(coarse, x + n->x2, y + n->y2, second);
        for (int c = 0; c < 4; c++)
            ret[k / MEANS][k % MEANS * 4 + c] = (int16_t)(first[c] * (1 - n->mix) + second[c] * n->mix);
    }
}

// How much more than their mix's two phases must differ from their mean to differ as much as either, at the nodes.
static void find_gains(const struct moves *m, int16_t ret[AREA]) {
    float at_nodes[8 * NODES * NODES], values[AREA];
    for (int k = 0; k < NODES * NODES; k++) {
        const struct enl_node *n = &m->nodes[k];
        float a = n->mix, dx = n->x - n->x2, dy = n->y - n->y2, apart = 1 + (dx * dx + dy * dy) * (1 / 9.0f);
        float alike = 1 / (apart * apart);
        at_nodes[8 * k] = 1 / sqrtf((1 - a) * (1 - a) + a * a + 2 * a * (1 - a) * alike) - 1;
    }
    spread(at_nodes, values);
    count(values, 1, ret);
}

// Four pixels of two phases into the first; `mean` and `next` stand MEAN_STEP apart, `far` says how far between them.
ALWAYS void blend_four(const int16_t *two, const int16_t *mix, const int16_t *gain, const int16_t *mean,
                       const int16_t *next, int far, int16_t *one) {
    enum { STEP = 32768 / MEAN_STEP };
#ifdef ENL_AVX2
    __m256i p = four_at(one), more = _mm256_subs_epi16(four_at(two), p);
    long long from, to;
    memcpy(&from, mean, sizeof from), memcpy(&to, next, sizeof to);
    __m256i at = _mm256_set1_epi64x(from), rise = _mm256_sub_epi16(_mm256_set1_epi64x(to), at);
    const __m256i parts = _mm256_add_epi16(_mm256_set1_epi16((int16_t)(far * STEP)),
                                           _mm256_setr_epi16(0, 0, 0, 0, STEP, STEP, STEP, STEP, 2 * STEP, 2 * STEP,
                                                             2 * STEP, 2 * STEP, 3 * STEP, 3 * STEP, 3 * STEP,
                                                             3 * STEP));
    at = _mm256_add_epi16(at, _mm256_mulhrs_epi16(rise, parts));
    p = _mm256_subs_epi16(p, _mm256_mulhrs_epi16(more, four_each(mix, false)));
    p = _mm256_adds_epi16(p, _mm256_mulhrs_epi16(_mm256_subs_epi16(p, at), four_each(gain, false)));
    _mm256_store_si256((__m256i *)one, p);
#else
    for (int i = 0; i < 4; i++)
        for (int c = 0; c < 4; c++) {
            int16_t *p = one + 4 * i + c;
            int16_t at = (int16_t)(mean[c] + times((int16_t)(next[c] - mean[c]), (int16_t)((far + i) * STEP)));
            *p = minus(*p, times(minus(two[4 * i + c], *p), mix[i]));
            *p = plus(*p, times(minus(*p, at), gain[i]));
        }
#endif
}

// Blends the second phase into the first so that texture keeps its variance: what two uncorrelated textures lose by
// averaging is given back (Heitz and Neyret 2018), and nothing where both phases show the same. The means, which are
// left as they are, change slowly: they are found at every second node.
static void blend(const struct enl_plate *coarse, const struct places *at, const struct moves *m,
                  const struct light *two, struct light *one) {
    int16_t gain[AREA], means[MEANS][4 * MEANS], mean[4 * MEANS];
    find_means(coarse, at, m, means);
    find_gains(m, gain);
    for (int j = 0; j < ENL_TILE; j++) {
        const int16_t *upper = means[j / MEAN_STEP], *lower = means[j / MEAN_STEP + 1];
        for (int k = 0; k < 4 * MEANS; k++)
            mean[k] = (int16_t)(upper[k] + times((int16_t)(lower[k] - upper[k]),
                                                 (int16_t)(j % MEAN_STEP * (32768 / MEAN_STEP))));
        for (int i = 0; i < ENL_TILE; i += 4) {
            const int16_t *here = mean + i / MEAN_STEP * 4;
            int n = j * ENL_TILE + i;
            blend_four(two->at + 4 * n, m->mix + n, gain + n, here, here + 4, i % MEAN_STEP, one->at + 4 * n);
        }
    }
}

// A plate under a displacement, whose first phase looks at `first`, in the groups of a set.
static void fetch_moved(const struct enl_kernel_frame *f, const struct enl_plate *plate,
                        const struct enl_plate *coarse, const struct places *at, const struct moves *m,
                        const struct targets *first, uint64_t groups, struct light *ret) {
    struct targets second;
    struct light two;
    bool both = coarse && !m->rest && m->two;
    fetch(f, plate, first, both ? m->first & groups : groups, ret);
    if (!both || !(m->second & groups)) return;
    aim(at, m->x2, m->y2, &second);
    fetch(f, plate, &second, m->second & groups, &two);
    blend(coarse, at, m, &two, ret);
}

// ---- A tile

// The groups in which any pixel's matte, or what is left of it, is more than nothing.
static uint64_t where(const struct light *light, bool rest) {
    uint64_t groups = 0;
    for (int i = 0; i < AREA / 4; i++) {
        const int16_t *at = light->at + 16 * i + 3;
        bool any = false;
        for (int k = 0; k < 4; k++) any |= rest ? at[4 * k] < ENL_PLATE_ONE : at[4 * k] > 0;
        groups |= (uint64_t)any << i;
    }
    return groups;
}

// ret += share * (now - was), of light alone; `share` by the pixel's matte of ret, or of what is left of it.
ALWAYS void change(struct light *ret, bool rest, const struct light *now, const struct light *was) {
#ifdef ENL_AVX2
    const __m256i one = _mm256_set1_epi16(ENL_PLATE_ONE);
    const __m256i matte = _mm256_setr_epi8(6, 7, 6, 7, 6, 7, -1, -1, 14, 15, 14, 15, 14, 15, -1, -1, //
                                           6, 7, 6, 7, 6, 7, -1, -1, 14, 15, 14, 15, 14, 15, -1, -1);
    for (int i = 0; i < 4 * AREA; i += 16) {
        __m256i to = four_at(ret->at + i);
        __m256i share = _mm256_max_epi16(_mm256_setzero_si256(), _mm256_min_epi16(one, to));
        if (rest) share = _mm256_sub_epi16(one, share);
        share = _mm256_sub_epi16(_mm256_setzero_si256(), _mm256_add_epi16(share, share));
        __m256i differ = _mm256_subs_epi16(four_at(now->at + i), four_at(was->at + i));
        differ = _mm256_mulhrs_epi16(differ, _mm256_shuffle_epi8(share, matte));
        _mm256_store_si256((__m256i *)(ret->at + i), _mm256_subs_epi16(to, differ));
    }
#else
    for (int i = 0; i < 4 * AREA; i += 4) {
        int share = enl_clampi(ret->at[i + 3], 0, ENL_PLATE_ONE);
        if (rest) share = ENL_PLATE_ONE - share;
        for (int c = i; c < i + 3; c++)
            ret->at[c] = minus(ret->at[c], times(minus(now->at[c], was->at[c]), (int16_t)(-2 * share)));
    }
#endif
}

// Each pixel's light times one more than its share of `light`.
ALWAYS void brighten(struct light *ret, const int16_t *light) {
#ifdef ENL_AVX2
    for (int i = 0; i < AREA; i += 4) {
        __m256i p = four_at(ret->at + 4 * i);
        p = _mm256_adds_epi16(p, _mm256_mulhrs_epi16(p, four_each(light + i, true)));
        _mm256_store_si256((__m256i *)(ret->at + 4 * i), p);
    }
#else
    for (int i = 0; i < AREA; i++)
        for (int c = 4 * i; c < 4 * i + 3; c++) ret->at[c] = plus(ret->at[c], times(ret->at[c], light[i]));
#endif
}

// What is seen when no person stands before it: the middle plate, and the sky's change behind it.
// new = M(m) + sky share * (S'(p) - S(m)): exact where nothing moved, and right for pixels that are half sky. Where all
// is sky, the far plate holds the photo itself, so its change is the whole of it.
static void behind(const struct enl_kernel_frame *f, const struct places *at, const struct moves *move,
                   const struct moves *drift, struct light *ret) {
    struct targets from, to;
    struct light now, was;
    aim(at, move->rest ? NULL : move->x, move->y, &from);
    unsigned sky = f->far && !drift->rest ? kind_of(f, f->sky, &from) : ENL_PLATE_NONE;
    if (sky != ENL_PLATE_NONE) aim(at, drift->x, drift->y, &to);
    if (sky == ENL_PLATE_ALL) {
        fetch_moved(f, f->far, f->far_coarse, at, drift, &to, ALL_GROUPS, ret);
        return;
    }
    fetch_moved(f, f->middle, f->middle_coarse, at, move, &from, ALL_GROUPS, ret);
    if (move->lit) brighten(ret, move->light);
    if (sky == ENL_PLATE_NONE) return;
    uint64_t groups = where(ret, false);
    fetch_moved(f, f->far, f->far_coarse, at, drift, &to, groups, &now);
    fetch(f, f->far, &from, groups, &was);
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
    struct places at, moved;
    const struct places *near = &at;
    struct moves person, middle, far;
    bool camera = look(f, x0, y0, layers & 1u << ENL_LAYER_CAMERA, &at), bent = false;
    read_layer(f, ENL_LAYER_NEAR, layers, camera, &at, x0, y0, &person);
    read_layer(f, ENL_LAYER_MIDDLE, layers, camera, &at, x0, y0, &middle);
    read_layer(f, ENL_LAYER_FAR, layers, camera, &at, x0, y0, &far);
    if (!person.rest) add_places(&at, person.x, person.y, &moved), near = &moved;
    if (layers & 1u << ENL_LAYER_NEAR && f->bend_count) {
        if (near == &at) moved = at, near = &moved;
        for (int k = 0; k < f->bend_count; k++)
            f->bends[k].bend(f->bends[k].state, f->t, moved.x, moved.y, AREA);
        int differ = 0;
        for (int i = 0; i < AREA; i++) differ |= (moved.x[i] != at.x[i]) | (moved.y[i] != at.y[i]);
        bent = differ;
    }
    if (!camera && !bent && person.rest && middle.rest && far.rest) return false;
    if (!f->near) {
        behind(f, near, &middle, &far, ret); // no outline: all bends as one
        return true;
    }
    struct targets to;
    aim(near, NULL, NULL, &to);
    unsigned kind = kind_of(f, f->person, &to);
    if (kind == ENL_PLATE_ALL) {
        fetch(f, f->near, &to, ALL_GROUPS, ret);
    } else if (kind == ENL_PLATE_NONE) {
        behind(f, &at, &middle, &far, ret); // no person here: near and middle are the same
    } else {
        struct light now, was;
        fetch(f, f->near, &to, ALL_GROUPS, ret);
        fetch(f, f->middle, &to, where(ret, true), &was);
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

#include "render/convert.inc.h"
