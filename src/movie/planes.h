// SPDX-License-Identifier: MIT
// A frame in memory, for the formats that hold pictures: 8-bit 4:2:0, BT.709 limited, and as RGB.
#ifndef ENL_MOVIE_PLANES_H
#define ENL_MOVIE_PLANES_H

#include "base/base.h"

struct enl_planes {
    int width, height; // even
    uint8_t *data[3];  // rows of `width`, and of half of it; one block, owned
};

bool enl_planes_make(struct enl_planes *planes, int width, int height, struct enl_error *error);
void enl_planes_free(struct enl_planes *planes);
// What enl_movie_format.buffer tells.
bool enl_planes_show(const struct enl_planes *planes, uint8_t *ret_planes[3], int ret_strides[3]);
// 3 * width * height bytes; chroma between its samples, which lie amid four pixels, is linear.
void enl_planes_to_rgb(const struct enl_planes *planes, uint8_t *rgb);
#endif
