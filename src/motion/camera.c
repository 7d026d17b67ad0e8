// SPDX-License-Identifier: MIT
// The camera: a slow push in, pull out or pan. Near things move a little more than far ones, as far as the smooth depth
// carries without tearing.
#include "motion/camera.h"

struct state {
    struct enl_camera camera;
    float zoom; // at the end: 1 + zoom
    float x, y; // of the pan at the end, pixels
};

// What is far moves by .6 of what is said, what is near by 1.4.
#define FAR .6f
#define NEARER .8f

static bool prepare(struct state *s, const struct enl_stage *stage, const struct enl_motion *motion,
                    struct enl_field *field, struct enl_error *error) {
    struct enl_camera_reach reach = {.shift = NEARER * hypotf(s->x, s->y), .grow = NEARER * fabsf(s->zoom)};
    return enl_camera_fill(&s->camera, stage, motion, field, reach, error);
}

static bool prepare_zoom(const struct enl_stage *stage, const struct enl_motion *motion, float sign,
                         struct enl_field *field, void **ret_state, struct enl_error *error) {
    struct state *s = *ret_state = enl_alloc(1, sizeof *s, error);
    if (!s) return false;
    s->zoom = sign * .07f * motion->amount * motion->speed * (float)(stage->seconds / 5);
    return prepare(s, stage, motion, field, error);
}

static bool prepare_zoom_in(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                            void **ret_state, struct enl_error *error) {
    return prepare_zoom(stage, motion, 1, field, ret_state, error);
}

// There is nothing beyond the photo's edge, so pulling out starts from a closer view and ends at the photo.
static bool prepare_zoom_out(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                             void **ret_state, struct enl_error *error) {
    return prepare_zoom(stage, motion, -1, field, ret_state, error);
}

static bool prepare_pan(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                        void **ret_state, struct enl_error *error) {
    struct state *s = *ret_state = enl_alloc(1, sizeof *s, error);
    if (!s) return false;
    float angle = motion->direction * ENL_PI / 180;
    float reach = enl_camera_reach_of(stage, motion, .04f, .08f);
    s->x = reach * cosf(angle) * (float)stage->width;
    s->y = -reach * sinf(angle) * (float)stage->height;
    s->zoom = 2.4f * reach; // room at the edges to pan into
    return prepare(s, stage, motion, field, error);
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct state *s = state;
    const struct enl_camera *c = &s->camera;
    float path = enl_camera_path(c, t), zoom = s->zoom >= 0 ? 1 + s->zoom * path : 1 - s->zoom * (1 - path);
    for (int j = first; j < last; j++)
        for (int i = 0; i < field->columns; i++) {
            float x, y, nearness = enl_camera_look(c, field, i, j, &x, &y);
            float near = FAR + NEARER * nearness, own = 1 + (zoom - 1) * near;
            enl_camera_move(c->stage, field->nodes + j * field->columns + i, x, y,
                            (x - c->cx) * (1 / own - 1) + s->x * path * near,
                            (y - c->cy) * (1 / own - 1) + s->y * path * near);
        }
}

const struct enl_motion_info enl_motion_zoom_in = {.kind = {.name = "zoom_in",
                                                            .help = "the camera moves in slowly",
                                                            .region = ENL_ELEMENTS,
                                                            .last_resort = true,
                                                            .speed = 1,
                                                            .amount = 1},
                                                   .layer = ENL_LAYER_CAMERA,
                                                   .prepare = prepare_zoom_in,
                                                   .displace = displace,
                                                   .release = enl_camera_release};

const struct enl_motion_info enl_motion_zoom_out = {.kind = {.name = "zoom_out",
                                                             .help = "the camera moves out slowly",
                                                             .region = ENL_ELEMENTS,
                                                             .speed = 1,
                                                             .amount = 1},
                                                    .layer = ENL_LAYER_CAMERA,
                                                    .prepare = prepare_zoom_out,
                                                    .displace = displace,
                                                    .release = enl_camera_release};

const struct enl_motion_info enl_motion_pan = {
    .kind = {.name = "pan", .help = "the camera pans", .region = ENL_ELEMENTS, .direction = 0, .speed = 1, .amount = 1},
    .layer = ENL_LAYER_CAMERA,
    .prepare = prepare_pan,
    .displace = displace,
    .release = enl_camera_release};
