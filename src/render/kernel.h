// SPDX-License-Identifier: MIT
// The inner loop: sixteen pixels by sixteen, all displacements composed, then one cubic fetch a plate, then what lies
// in the air.
#ifndef ENL_KERNEL_H
#define ENL_KERNEL_H

#include "motion/motion.h"
#include "render/plate.h"

#define ENL_TILE_AREA (ENL_TILE * ENL_TILE)
#define ENL_PHASES 256       // places between two pixels; far finer than what the eye or the encoder sees
#define ENL_SRGB_STEP 64     // of the kernel's output to one of 0..255
#define ENL_WEIGHT_ONE 32767 // of a cubic weight; half a step more would be one

// Weights for a place between two pixels, in the shapes that vectors want.
struct enl_weights {
    _Alignas(32) int16_t across[16]; // each of the four weights four times
    int16_t down[8];                 // each twice
};

// What every tile of one frame reads. Everything is borrowed and constant while the frame is made.
struct enl_kernel_frame {
    int width, height;
    const struct enl_plate *near, *middle, *far; // near's matte: how much is person; middle's: how much is sky
    const struct enl_plate *middle_coarse, *far_coarse; // only where two phases are blended
    const uint8_t *person, *sky; // enl_plate_kinds of near and middle; NULL where there is no such matte
    const struct enl_field *fields[ENL_LAYERS]; // NULL where nothing moves
    int bend_count;
    struct {
        void (*bend)(const void *state, double t, float *x, float *y, int n);
        const void *state;
    } bends[ENL_MAX_MOTIONS];
    const struct enl_picture *photo; // read where nothing but the air acts
    int shade_count;
    struct {
        void (*shade)(const void *state, double t, struct enl_tile *tile);
        const void *state;
    } shades[ENL_MAX_MOTIONS];
    double t;
    const struct enl_weights *weights; // ENL_PHASES sets; entry i: i / ENL_PHASES of a pixel
    const uint16_t *srgb; // of linear light 0..ENL_PLATE_ONE: sRGB in steps of 1 / ENL_SRGB_STEP
};

// Renders the tile whose top left pixel is (x, y) into sRGB, ENL_SRGB_STEP times 0..255, ENL_TILE a row. `layers` is a
// set of 1 << enl_layer that act on it. False where all of them are at rest: the photo is what is seen.
typedef bool enl_kernel(const struct enl_kernel_frame *frame, int x, int y, unsigned layers,
                        int16_t srgb[3][ENL_TILE_AREA]);
enl_kernel enl_kernel_simd, enl_kernel_scalar, enl_kernel_avx2;
// A tile of sRGB as the kernel gives it to bytes of YUV, rows of ENL_TILE and of half as many.
typedef void enl_convert(int16_t srgb[3][ENL_TILE_AREA], uint8_t luma[ENL_TILE_AREA], uint8_t blue[ENL_TILE_AREA / 4],
                         uint8_t red[ENL_TILE_AREA / 4]);
enl_convert enl_convert_simd, enl_convert_scalar, enl_convert_avx2;
// The fastest that this processor has.
enl_kernel *enl_kernel_choose(void);
enl_convert *enl_convert_choose(void);

// Cubic convolution (Keys 1981): what the four pixels about a place weigh that is `u` (0..1) of the way from the second
// to the third; together ENL_WEIGHT_ONE or one more. Keys takes a slope of -.5, which is Catmull and Rom's spline and
// softens fine texture between pixels; -.75 keeps more of it.
#define ENL_CUBIC (-.75f)
void enl_cubic(float u, struct enl_weights *ret);

#endif
