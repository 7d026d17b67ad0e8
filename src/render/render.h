// SPDX-License-Identifier: MIT
// From a stage and a plan to frames.
#ifndef ENL_RENDER_H
#define ENL_RENDER_H

#include "base/pool.h"
#include "motion/motion.h"

// One frame: 8-bit 4:2:0, BT.709, limited range. Chroma planes are (width + 1) / 2 by (height + 1) / 2.
struct enl_frame {
    int width, height;
    uint8_t *planes[3];
    int strides[3];
};

struct enl_renderer;

// Prepares every motion of the plan and the plates they need. `stage` and `pool` are borrowed for the renderer's life.
struct enl_renderer *enl_renderer_new(const struct enl_stage *stage, const struct enl_plan *plan, struct enl_pool *pool,
                                      bool no_simd, struct enl_error *error);
void enl_renderer_free(struct enl_renderer **renderer);

// Draws frame `index` (0 .. stage->frames - 1). Frames may be drawn in any order: each depends on the photo alone.
void enl_renderer_draw(struct enl_renderer *renderer, int index, struct enl_frame *frame);

// The share of the picture that is drawn anew each frame, 0..1.
float enl_renderer_active(const struct enl_renderer *renderer);

#endif
