// SPDX-License-Identifier: MIT
// A part of the kernel's text, which includes it (kernel.inc.h).
// ---- One fetch

#ifdef ENL_AVX2
ALWAYS __m256i weigh_row(const int16_t *p, const struct enl_weights *wy, int row) {
    int pair;
    memcpy(&pair, wy->down + 2 * row, sizeof pair);
    return _mm256_mulhrs_epi16(_mm256_loadu_si256((const __m256i *)p), _mm256_set1_epi32(pair));
}

// Four by four pixels weighed down their columns and then across, but not yet added.
ALWAYS __m256i weigh_parts(const int16_t *p, ptrdiff_t stride, const struct enl_weights *wx,
                           const struct enl_weights *wy) {
    __m256i a = weigh_row(p, wy, 0), b = weigh_row(p + stride, wy, 1), c = weigh_row(p + 2 * stride, wy, 2),
            d = weigh_row(p + 3 * stride, wy, 3);
    __m256i column = _mm256_add_epi16(_mm256_add_epi16(a, b), _mm256_add_epi16(c, d));
    return _mm256_mulhrs_epi16(column, _mm256_load_si256((const __m256i *)wx->across));
}

// Four by four pixels weighed down their columns and then across.
ALWAYS void weigh(const int16_t *p, ptrdiff_t stride, const struct enl_weights *wx, const struct enl_weights *wy,
                  int16_t *ret) {
    __m256i parts = weigh_parts(p, stride, wx, wy);
    __m128i half = _mm_add_epi16(_mm256_castsi256_si128(parts), _mm256_extracti128_si256(parts, 1));
    _mm_storel_epi64((__m128i *)ret, _mm_add_epi16(half, _mm_shuffle_epi32(half, 0x4e)));
}
#else
ALWAYS void weigh(const int16_t *p, ptrdiff_t stride, const struct enl_weights *wx, const struct enl_weights *wy,
                  int16_t *ret) {
    int16_t column[16];
    for (int k = 0; k < 16; k++)
        column[k] = (int16_t)(times(p[k], wy->down[0]) + times(p[stride + k], wy->down[2]) +
                              times(p[2 * stride + k], wy->down[4]) + times(p[3 * stride + k], wy->down[6]));
    for (int k = 0; k < 16; k++) column[k] = times(column[k], wx->across[k]);
    for (int k = 0; k < 4; k++) ret[k] = (int16_t)(column[k] + column[4 + k] + column[8 + k] + column[12 + k]);
}
#endif

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

// Positions in steps, and the corners of the box about them and the pixels that a fetch needs.
struct targets {
    _Alignas(32) int x[AREA], y[AREA];
    int left, right, top, bottom;
};

// Positions in steps of 1 / ENL_PHASES, rounded by the sum: a float beside 32768 counts in them. Far is far. `move`
// is added to them unless it is NULL. Their least and greatest come back.
#ifdef ENL_AVX2
ALWAYS int least_of(__m256i numbers) { // not by way of memory, where compilers would keep them all along
    __m128i least = _mm_min_epi32(_mm256_castsi256_si128(numbers), _mm256_extracti128_si256(numbers, 1));
    least = _mm_min_epi32(least, _mm_shuffle_epi32(least, 0x4e));
    return _mm_cvtsi128_si32(_mm_min_epi32(least, _mm_shuffle_epi32(least, 0xb1)));
}

ALWAYS void step_along(const float *at, const float *move, int *ret, int *ret_least, int *ret_most) {
    const __m256 far = _mm256_set1_ps(32768), low = _mm256_set1_ps(1 - 32768.f), high = _mm256_set1_ps(32768.f - 1);
    __m256i least = _mm256_set1_epi32(INT32_MAX), most = _mm256_set1_epi32(INT32_MIN);
    for (int i = 0; i < AREA; i += 8) {
        __m256 x = _mm256_loadu_ps(at + i);
        if (move) x = _mm256_add_ps(x, _mm256_loadu_ps(move + i));
        x = _mm256_add_ps(_mm256_min_ps(high, _mm256_max_ps(low, x)), far);
        __m256i step = _mm256_sub_epi32(_mm256_cvttps_epi32(_mm256_mul_ps(x, _mm256_set1_ps(ENL_PHASES))),
                                        _mm256_set1_epi32(32768 * ENL_PHASES));
        _mm256_store_si256((__m256i *)(ret + i), step);
        least = _mm256_min_epi32(least, step), most = _mm256_max_epi32(most, step);
    }
    *ret_least = least_of(least), *ret_most = ~least_of(_mm256_xor_si256(most, _mm256_set1_epi32(-1)));
}
#else
ALWAYS void step_along(const float *at, const float *move, int *ret, int *ret_least, int *ret_most) {
    const float far = 32768;
    for (int i = 0; i < AREA; i++) {
        float x = move ? at[i] + move[i] : at[i];
        x = 1 - far > x ? 1 - far : x; // as the vectors' maximum and minimum take them
        x = far - 1 < x ? far - 1 : x;
        ret[i] = (int)((x + far) * ENL_PHASES) - 32768 * ENL_PHASES;
    }
    int least = ret[0], most = ret[0];
    for (int i = 0; i < AREA; i++) least = ret[i] < least ? ret[i] : least;
    for (int i = 0; i < AREA; i++) most = ret[i] > most ? ret[i] : most;
    *ret_least = least, *ret_most = most;
}
#endif

// Where the tile's pixels look in steps: at `at`, moved by (x, y) unless they are NULL.
static void aim(const struct places *at, const float *x, const float *y, struct targets *ret) {
    int left, right, top, bottom;
    if (x) {
        step_along(at->x, x, ret->x, &left, &right);
        step_along(at->y, y, ret->y, &top, &bottom);
    } else {
        step_along(at->x, NULL, ret->x, &left, &right);
        step_along(at->y, NULL, ret->y, &top, &bottom);
    }
    ret->left = (left >> PHASE_BITS) - 1, ret->right = (right >> PHASE_BITS) + 2;
    ret->top = (top >> PHASE_BITS) - 1, ret->bottom = (bottom >> PHASE_BITS) + 2;
}

// The weights of a position in steps between two pixels.
ALWAYS const struct enl_weights *between(const struct enl_kernel_frame *f, int steps) {
    return f->weights + (steps & (ENL_PHASES - 1));
}

// Four pixels in the midst of a plate; `corner` is where the pixels about its first begin.
ALWAYS void fetch_four(const struct enl_kernel_frame *f, const int16_t *corner, ptrdiff_t stride, const int *x,
                       const int *y, int16_t *ret) {
#ifdef ENL_AVX2
    __m256i part[4];
    for (int i = 0; i < 4; i++)
        part[i] = weigh_parts(corner + (y[i] >> PHASE_BITS) * stride + 4 * (x[i] >> PHASE_BITS), stride,
                              between(f, x[i]), between(f, y[i]));
    __m256i two = _mm256_add_epi16(_mm256_unpacklo_epi64(part[0], part[1]), _mm256_unpackhi_epi64(part[0], part[1]));
    __m256i more = _mm256_add_epi16(_mm256_unpacklo_epi64(part[2], part[3]), _mm256_unpackhi_epi64(part[2], part[3]));
    __m256i sum = _mm256_add_epi16(_mm256_permute2x128_si256(two, more, 0x20),
                                   _mm256_permute2x128_si256(two, more, 0x31));
    _mm256_store_si256((__m256i *)ret, sum);
#else
    for (int i = 0; i < 4; i++)
        weigh(corner + (y[i] >> PHASE_BITS) * stride + 4 * (x[i] >> PHASE_BITS), stride, between(f, x[i]),
              between(f, y[i]), ret + 4 * i);
#endif
}

// The plate's light at a tile's positions, in the groups of a set; in the others none.
static void fetch(const struct enl_kernel_frame *f, const struct enl_plate *plate, const struct targets *to,
                  uint64_t groups, struct light *ret) {
    const int w = plate->width, h = plate->height;
    const ptrdiff_t stride = 4 * (ptrdiff_t)w;
    const int16_t *corner = plate->data - stride - 4;
    bool inside = to->left >= 0 && to->top >= 0 && to->right < w && to->bottom < h;
    if (groups != ALL_GROUPS) memset(ret, 0, sizeof *ret);
    for (int i = 0; inside && i < AREA; i += 4)
        if (groups >> (i / 4) & 1) fetch_four(f, corner, stride, to->x + i, to->y + i, ret->at + 4 * i);
    _Alignas(32) int16_t block[64];
    for (int i = 0; !inside && i < AREA; i++) {
        int x = to->x[i] >> PHASE_BITS, y = to->y[i] >> PHASE_BITS;
        if (!(groups >> (i / 4) & 1)) continue;
        bool whole = x >= 1 && y >= 1 && x + 2 < w && y + 2 < h;
        if (!whole) gather(plate, x - 1, y - 1, block);
        weigh(whole ? corner + y * stride + 4 * x : block, whole ? stride : 16, between(f, to->x[i]),
              between(f, to->y[i]), ret->at + 4 * i);
    }
}

