// SPDX-License-Identifier: MIT
// Running a network on a part of a picture. What the numbers mean is the caller's business.
#ifndef ENL_MODEL_RUN_H
#define ENL_MODEL_RUN_H

#include "base/base.h"

#include <enliven/model.h>
#include <enliven/picture.h>

// A slot: what fits into it. The shipped ones are made by tools/models; a person brings the open ones.
struct enl_slot {
    const char *name;         // file name without .onnx
    const char *title;        // for people
    const char *licence;      // as stated by its package; "the bringer's" for open slots
    int width, height;        // of the input, pixels
    bool planar;              // channels first (NCHW) rather than last
    float scale[3], offset[3]; // input = 8-bit value * scale + offset, red, green, blue
    uint8_t beyond[3];        // the 8-bit value outside the picture
    size_t floats[2];         // in the first outputs; 0: any number
};
extern const struct enl_slot enl_slots[ENL_MODEL_SLOTS];

// The part of a picture that the network sees: a rectangle about (x, y), turned by `angle`. Pixels, radians.
struct enl_window {
    float x, y, width, height, angle;
};

struct enl_tensor {
    int rank;
    int64_t dims[6];
    float *data; // free with enl_release
};

// Feeds the window, resampled to the slot's input, and copies out the first `count` outputs. False with `error` filled
// on failure; then nothing is left to free. Thread-safe.
bool enl_model_run(struct enl_models *models, enum enl_model_slot slot, const struct enl_picture *picture,
                   const struct enl_window *window, struct enl_tensor *ret_outputs, int count, struct enl_error *error);

#endif
