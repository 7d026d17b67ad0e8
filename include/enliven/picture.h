// SPDX-License-Identifier: MIT
// Pictures: 8-bit pixels in memory. A mask is a picture of one channel.
#ifndef ENLIVEN_PICTURE_H
#define ENLIVEN_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include <enliven/error.h>

#ifdef __cplusplus
extern "C" {
#endif

// Rows lie one after the other without padding, channels interleaved, the top row first.
struct enl_picture {
    int width, height; // pixels, 1..16384
    int channels;      // 3: sRGB; 1: a mask, 0 = not there, 255 = surely there
    uint8_t data[];    // height * width * channels bytes
};

// A black picture. NULL with `error` filled when memory runs out. Free with enl_picture_free.
ENL_API struct enl_picture *enl_picture_new(int width, int height, int channels, struct enl_error *error);

// Frees *picture and sets it to NULL; NULL is legal.
ENL_API void enl_picture_free(struct enl_picture **picture);

// `source` resampled to width x height: area-averaged where it shrinks, bicubic where it grows.
// Works on the stored values. NULL with `error` filled when memory runs out.
ENL_API struct enl_picture *enl_picture_resize(const struct enl_picture *source, int width, int height,
                                               struct enl_error *error);

#ifdef __cplusplus
}
#endif
#endif
