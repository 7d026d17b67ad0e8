// SPDX-License-Identifier: MIT
// The still of a Motion Photo and of a Live Photo.
#ifndef ENL_MOVIE_JPEG_H
#define ENL_MOVIE_JPEG_H

#include "base/output.h"

// A frame (8-bit 4:2:0, BT.709 limited) as a JPEG without metadata. Released with enl_release.
uint8_t *enl_jpeg_encode(uint8_t *const planes[3], const int strides[3], int width, int height, size_t *ret_size,
                         struct enl_error *error);

struct enl_jpeg_tags {
    const char *description; // ASCII
    const char *xmp;
    int width, height;
    const char *content_id; // of Apple's Live Photos; NULL: none
};
// Writes it with its Exif and XMP.
bool enl_jpeg_put(const struct enl_output *output, const uint8_t *jpeg, size_t size, const struct enl_jpeg_tags *tags,
                  struct enl_error *error);

#endif
