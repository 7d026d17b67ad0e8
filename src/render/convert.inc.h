// SPDX-License-Identifier: MIT
// A part of the kernel's text, which includes it (kernel.inc.h).
// ---- sRGB to YUV: BT.709-6, limited range, chroma sited in the middle of four pixels

enum { CHROMA_ONE = 1 << 23, GREY = 128 * CHROMA_ONE + CHROMA_ONE / 2 };

#ifndef ENL_AVX2
// The sums of two by two values of two rows; two neighbours are the halves of one number.
ALWAYS void add_four(const int16_t *rows, int ret[ENL_TILE / 2]) {
    uint16_t two[ENL_TILE];
    uint32_t pairs[ENL_TILE / 2];
    for (int i = 0; i < ENL_TILE; i++) two[i] = (uint16_t)(rows[i] + rows[ENL_TILE + i]);
    memcpy(pairs, two, sizeof pairs);
    for (int i = 0; i < ENL_TILE / 2; i++) ret[i] = (int)((pairs[i] & 0xFFFF) + (pairs[i] >> 16));
}
#else
ALWAYS __m256i load_row(const int16_t *row) {
    return _mm256_loadu_si256((const __m256i *)row);
}

ALWAYS __m256i load_four(const int16_t *rows) {
    return _mm256_madd_epi16(_mm256_add_epi16(load_row(rows), load_row(rows + ENL_TILE)), _mm256_set1_epi16(1));
}

// What `a` is more than `b` and than `c`, each times its weight.
ALWAYS __m256i chroma(__m256i a, __m256i b, int wb, __m256i c, int wc) {
    __m256i sum = _mm256_add_epi32(_mm256_mullo_epi32(_mm256_sub_epi32(a, b), _mm256_set1_epi32(wb)),
                                   _mm256_mullo_epi32(_mm256_sub_epi32(a, c), _mm256_set1_epi32(wc)));
    return _mm256_srai_epi32(_mm256_add_epi32(sum, _mm256_set1_epi32(GREY)), 23);
}

ALWAYS void store_four(const __m256i rows[4], uint8_t *ret) {
    __m256i bytes = _mm256_packus_epi16(_mm256_packs_epi32(rows[0], rows[1]), _mm256_packs_epi32(rows[2], rows[3]));
    bytes = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    _mm256_storeu_si256((__m256i *)ret, bytes);
}
#endif

void ENL_CONVERT(int16_t srgb[3][AREA], uint8_t luma[AREA], uint8_t blue[AREA / 4], uint8_t red[AREA / 4]) {
    const int16_t *r = srgb[0], *g = srgb[1], *b = srgb[2];
    const int16_t yr = (int16_t)(.2126 * 219 / 255 * 32768 + .5), yg = (int16_t)(.7152 * 219 / 255 * 32768 + .5),
                  yb = (int16_t)(.0722 * 219 / 255 * 32768 + .5), black = 16 * ENL_SRGB_STEP + ENL_SRGB_STEP / 2;
    const double half = 224.0 / (255 * ENL_SRGB_STEP * 4) * CHROMA_ONE; // four pixels are added
    const int br = (int)(.2126 / 1.8556 * half + .5), bg = (int)(.7152 / 1.8556 * half + .5);
    const int rg = (int)(.7152 / 1.5748 * half + .5), rb = (int)(.0722 / 1.5748 * half + .5);
#ifdef ENL_AVX2
    __m256i row[4], more[4];
    for (int i = 0; i < AREA; i += 2 * ENL_TILE) {
        for (int k = 0; k < 2; k++) {
            int at = i + k * ENL_TILE;
            __m256i y = _mm256_add_epi16(_mm256_mulhrs_epi16(load_row(r + at), _mm256_set1_epi16(yr)),
                                         _mm256_mulhrs_epi16(load_row(g + at), _mm256_set1_epi16(yg)));
            y = _mm256_add_epi16(y, _mm256_mulhrs_epi16(load_row(b + at), _mm256_set1_epi16(yb)));
            row[k] = _mm256_srli_epi16(_mm256_add_epi16(y, _mm256_set1_epi16(black)), 6);
        }
        row[0] = _mm256_permute4x64_epi64(_mm256_packus_epi16(row[0], row[1]), 0xd8);
        _mm256_storeu_si256((__m256i *)(luma + i), row[0]);
    }
    for (int j = 0; j < ENL_TILE / 2; j += 4) {
        for (int k = 0; k < 4; k++) {
            int at = 2 * (j + k) * ENL_TILE;
            __m256i red4 = load_four(r + at), green4 = load_four(g + at), blue4 = load_four(b + at);
            row[k] = chroma(blue4, red4, br, green4, bg);
            more[k] = chroma(red4, green4, rg, blue4, rb);
        }
        store_four(row, blue + j * ENL_TILE / 2);
        store_four(more, red + j * ENL_TILE / 2);
    }
#else
    for (int i = 0; i < AREA; i++) {
        int16_t y = (int16_t)(times(r[i], yr) + times(g[i], yg) + times(b[i], yb));
        luma[i] = (uint8_t)((int16_t)(y + black) / ENL_SRGB_STEP);
    }
    for (int j = 0; j < ENL_TILE / 2; j++) {
        int red4[ENL_TILE / 2], green4[ENL_TILE / 2], blue4[ENL_TILE / 2];
        add_four(r + 2 * j * ENL_TILE, red4);
        add_four(g + 2 * j * ENL_TILE, green4);
        add_four(b + 2 * j * ENL_TILE, blue4);
        for (int i = 0, at = j * ENL_TILE / 2; i < ENL_TILE / 2; i++, at++) {
            blue[at] = (uint8_t)(((blue4[i] - red4[i]) * br + (blue4[i] - green4[i]) * bg + GREY) >> 23);
            red[at] = (uint8_t)(((red4[i] - green4[i]) * rg + (red4[i] - blue4[i]) * rb + GREY) >> 23);
        }
    }
#endif
}
