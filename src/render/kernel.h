// SPDX-License-Identifier: MIT
// The inner loop: sixteen pixels by sixteen, all displacements composed, then one cubic fetch a plate, then what lies
// in the air.
#ifndef ENL_KERNEL_H
#define ENL_KERNEL_H

#include "motion/motion.h"
#include "render/plate.h"

// What every tile of one frame reads. Everything is borrowed and constant while the frame is made.
struct enl_kernel_frame {
    int width, height;
    const struct enl_plate *near, *middle, *far; // near.w: how much is person; middle.w: how much is sky; NULL: absent
    const struct enl_plate *middle_coarse, *far_coarse; // only where two phases are blended
    const struct enl_field *fields[ENL_LAYERS];         // NULL where nothing moves
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
    const float (*weights)[16]; // ENL_PHASES + 1 sets of cubic weights, each four times; entry i: i / phases of a pixel
    const float *gamma;         // ENL_GAMMA_STEPS + 1 values of sRGB, 0..255; entry i is for linear light (i / steps)^2
};

// Renders the tile whose top left pixel is (x, y) into R', G' and B' (0..255 as float, ENL_TILE a row). `layers` is
// a set of 1 << enl_layer that act on it.
typedef void enl_kernel(const struct enl_kernel_frame *frame, int x, int y, unsigned layers,
                        float rgb[3][ENL_TILE * ENL_TILE]);
enl_kernel enl_kernel_simd, enl_kernel_scalar;

// Cubic convolution (Keys 1981): what the four pixels about a place weigh that is `u` of the way from the second to the
// third. Keys takes a slope of -.5, which is Catmull and Rom's spline and softens fine texture between pixels; -.75
// keeps more of it.
#define ENL_CUBIC (-.75f)
void enl_cubic(float u, float w[16]); // each weight four times, for vectors

#define ENL_GAMMA_STEPS 4096
#define ENL_PHASES 256 // far finer than what the eye or the encoder sees

#endif
