// SPDX-License-Identifier: MIT
// Plates: linear light, four values a pixel; the fourth says how much of the pixel belongs to what lies behind or
// before. Sixteen bits a value: half the memory of floats, four pixels in one vector, and a step near black is a tenth
// of one of sRGB's.
#ifndef ENL_PLATE_H
#define ENL_PLATE_H

#include "base/base.h"

#include <enliven/picture.h>

#define ENL_PLATE_ONE 16384 // white; what sharpening throws beyond it stays under twice that

struct enl_plate {
    int width, height;
    _Alignas(32) int16_t data[]; // height * width * 4: linear red, green, blue, then the matte; 0..ENL_PLATE_ONE
};

int16_t enl_plate_value(float light); // of 0..1

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

// What the mattes of each block of ENL_PLATE_BLOCK pixels a side are, row by row: a set of these.
#define ENL_PLATE_BLOCK 16
enum { ENL_PLATE_NONE = 1, ENL_PLATE_ALL = 2, ENL_PLATE_SOME = 4 };
uint8_t *enl_plate_kinds(const struct enl_plate *plate, struct enl_error *error);

#endif
