// SPDX-License-Identifier: MIT
// A dolly: the camera goes in. A thing that is so much nearer grows so much faster, and what is infinitely far does not
// grow at all. A plane, as the ground is one, stays a plane under it: straight lines stay straight.
#include "motion/camera.h"

struct state {
    struct enl_camera camera;
    float way;         // at the end, of the distance to what is nearest
    float flat, depth; // how near everything is taken to be: flat + depth * nearness
};

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct state *s = *ret_state = enl_alloc(1, sizeof *s, error);
    if (!s) return false;
    s->way = enl_camera_reach_of(stage, motion, .15f, .35f);
    s->depth = enl_camera_trust(stage);
    s->flat = .5f * (1 - s->depth); // what is not sure to be near or far is between
    return enl_camera_fill(&s->camera, stage, motion, field, (struct enl_camera_reach){.grow = s->way * s->depth},
                           error);
}

// At nearness n = 1/z a point at x is seen at x / (1 - way n) when the camera has come closer, so there it is from
// x (1 - way n). The point that the camera goes to, the subject, stays in place.
static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct state *s = state;
    const struct enl_camera *c = &s->camera;
    float way = s->way * enl_camera_path(c, t);
    for (int j = first; j < last; j++)
        for (int i = 0; i < field->columns; i++) {
            float x, y, nearness = enl_camera_look(c, field, i, j, &x, &y);
            float near = s->flat + s->depth * nearness;
            enl_camera_move(c->stage, field->nodes + j * field->columns + i, x, y, (c->cx - x) * way * near,
                            (c->cy - y) * way * near);
        }
}

const struct enl_motion_info enl_motion_dolly = {.kind = {.name = "dolly",
                                                          .help = "the camera goes in; what is near grows faster",
                                                          .region = ENL_ELEMENTS,
                                                          .speed = 1,
                                                          .amount = 1},
                                                 .layer = ENL_LAYER_CAMERA,
                                                 .prepare = prepare,
                                                 .displace = displace,
                                                 .release = enl_camera_release};
