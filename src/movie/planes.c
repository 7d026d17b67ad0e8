// SPDX-License-Identifier: MIT
#include "movie/planes.h"

#include <string.h>

bool enl_planes_make(struct enl_planes *planes, int width, int height, struct enl_error *error) {
    size_t luma = (size_t)width * (size_t)height;
    *planes = (struct enl_planes){.width = width, .height = height, .data[0] = enl_alloc(luma / 2, 3, error)};
    if (!planes->data[0]) return false;
    planes->data[1] = planes->data[0] + luma;
    planes->data[2] = planes->data[1] + luma / 4;
    return true;
}

void enl_planes_free(struct enl_planes *planes) {
    enl_release(planes->data[0]);
    *planes = (struct enl_planes){0};
}

bool enl_planes_show(const struct enl_planes *planes, uint8_t *ret_planes[3], int ret_strides[3]) {
    for (int c = 0; c < 3; c++) {
        ret_planes[c] = planes->data[c];
        ret_strides[c] = c ? planes->width / 2 : planes->width;
    }
    return true;
}

static uint8_t byte(int v) {
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

// Two rows of chroma weighted 3 : 1, at each pixel of a row, times 16.
static void chroma_row(const uint8_t *near, const uint8_t *far, int half, int16_t *row) {
    for (int x = 0; x < half; x++) {
        int left = x > 0 ? x - 1 : 0, right = x < half - 1 ? x + 1 : x;
        int here = 3 * near[x] + far[x];
        row[2 * x] = (int16_t)(3 * here + 3 * near[left] + far[left] - 2048);
        row[2 * x + 1] = (int16_t)(3 * here + 3 * near[right] + far[right] - 2048);
    }
}

void enl_planes_to_rgb(const struct enl_planes *planes, uint8_t *rgb) {
    enum { MOST = 8192 };
    int16_t chroma[2][MOST] = {{0}};
    int w = planes->width, h = planes->height, half = w / 2, rows = h / 2;
    for (int y = 0; y < h && w <= MOST; y++) {
        int at = y / 2, other = y & 1 ? (at < rows - 1 ? at + 1 : at) : at > 0 ? at - 1 : 0;
        for (int c = 0; c < 2; c++)
            chroma_row(planes->data[c + 1] + (size_t)at * (size_t)half,
                       planes->data[c + 1] + (size_t)other * (size_t)half, half, chroma[c]);
        const uint8_t *luma = planes->data[0] + (size_t)y * (size_t)w;
        uint8_t *to = rgb + 3 * (size_t)y * (size_t)w;
        for (int x = 0; x < w; x++, to += 3) {
            // ITU-R BT.709, limited range, in 1 / 65536; chroma comes sixteenfold.
            int l = (luma[x] - 16) * 76309 + 32768, u = chroma[0][x], v = chroma[1][x];
            to[0] = byte((l + 7343 * v) >> 16);
            to[1] = byte((l - 873 * u - 2183 * v) >> 16);
            to[2] = byte((l + 8652 * u) >> 16);
        }
    }
}
