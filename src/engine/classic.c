// SPDX-License-Identifier: MIT
// The engine built in: the photo's own pixels, moved. No trained model makes a pixel of it (they only say what is
// where), so by IPTC's terms the result is a photo enhanced by an algorithm.
#include "engine/engine.h"

static void *open(const struct enl_stage *stage, const struct enl_plan *plan, struct enl_pool *pool, bool no_simd,
                  struct enl_error *error) {
    return enl_renderer_new(stage, plan, pool, no_simd, error);
}

static bool draw(void *state, int index, struct enl_frame *frame, struct enl_error *error) {
    (void)error;
    enl_renderer_draw(state, index, frame);
    return true;
}

static void close(void *state) {
    struct enl_renderer *renderer = state;
    enl_renderer_free(&renderer);
}

const struct enl_engine enl_engine_classic = {.name = "classic", .source_type = "algorithmicallyEnhanced",
                                              .model = "Enliven classic", .open = open, .draw = draw, .close = close};
