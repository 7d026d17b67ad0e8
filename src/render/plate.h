// SPDX-License-Identifier: MIT
// Plates: linear light, four floats a pixel; the fourth says how much of the pixel belongs to what lies behind or
// before.
#ifndef ENL_PLATE_H
#define ENL_PLATE_H

#include "base/base.h"

#include <enliven/picture.h>

struct enl_plate {
    int width, height;
    _Alignas(16) float data[]; // height * width * 4: linear red, green, blue in 0..1, then the plate's own matte
};

struct enl_plate *enl_plate_new(int width, int height, struct enl_error *error);
void enl_plate_free(struct enl_plate **plate);

// The picture in linear light (IEC 61966-2-1); the fourth value from `matte`, 0 when that is NULL.
struct enl_plate *enl_plate_from_picture(const struct enl_picture *picture, const struct enl_picture *matte,
                                         struct enl_error *error);

// A copy in which pixels with known[i] == 0 are filled from the known ones around, all four values (pull-push,
// Gortler et al. 1996). At least one pixel must be known.
struct enl_plate *enl_plate_fill(const struct enl_plate *plate, const uint8_t *known, struct enl_error *error);

// Averages over 8x8 pixels, softened: what is left of the plate without its texture.
#define ENL_PLATE_COARSE 8
struct enl_plate *enl_plate_coarse(const struct enl_plate *plate, struct enl_error *error);

#endif
