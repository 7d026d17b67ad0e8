// SPDX-License-Identifier: MIT
// The camera: a slow push in, pull out or pan. Near things move a little more than far ones, as far as the smooth depth
// carries without tearing.
#include "motion/motion.h"
#include "base/plane.h"

struct camera {
    const struct enl_stage *stage;
    float zoom;   // at the end: 1 + zoom
    float x, y;   // of the pan at the end, pixels
    float cx, cy; // what stays in place
    double start;
    float *nearness; // of every node, 0..1
};

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    struct camera **ret, struct enl_error *error) {
    struct camera *s = *ret = enl_alloc(1, sizeof *s, error);
    size_t nodes = (size_t)field->columns * (size_t)field->rows;
    if (!s || !(s->nearness = enl_alloc(nodes, sizeof *s->nearness, error))) return false;
    s->stage = stage;
    s->start = motion->start;
    s->cx = .5f * (float)stage->width;
    s->cy = stage->face_count ? stage->faces[0].y + .5f * stage->faces[0].height : .5f * (float)stage->height;
    for (size_t n = 0; n < nodes; n++) field->support[n] = 1;
    if (!stage->matte[ENL_DEPTH]) return true;
    struct enl_plane *depth = enl_matte_on_grid(stage->matte[ENL_DEPTH], field, error);
    // A depth as smooth as this bends the picture instead of tearing it.
    bool smooth = depth && enl_plane_blur(depth, field->columns / 24 + 1, error);
    for (size_t n = 0; smooth && n < nodes; n++) s->nearness[n] = depth->data[n];
    enl_plane_free(&depth);
    return smooth;
}

static bool prepare_zoom_in(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                            void **ret_state, struct enl_error *error) {
    struct camera *s;
    bool done = prepare(stage, motion, field, &s, error);
    if (s) s->zoom = .07f * motion->amount * motion->speed * (float)(stage->seconds / 5);
    *ret_state = s;
    return done;
}

static bool prepare_zoom_out(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                             void **ret_state, struct enl_error *error) {
    bool done = prepare_zoom_in(stage, motion, field, ret_state, error);
    struct camera *s = *ret_state;
    // There is nothing beyond the photo's edge, so pulling out starts from a closer view and ends at the photo.
    if (s) s->zoom = -s->zoom;
    return done;
}

static bool prepare_pan(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                        void **ret_state, struct enl_error *error) {
    struct camera *s;
    bool done = prepare(stage, motion, field, &s, error);
    float angle = motion->direction * ENL_PI / 180;
    if (s) {
        float reach = .04f * motion->amount * motion->speed * (float)(stage->seconds / 5);
        s->x = reach * cosf(angle) * (float)stage->width;
        s->y = -reach * sinf(angle) * (float)stage->height;
        s->zoom = 2.4f * reach; // room at the edges to pan into
    }
    *ret_state = s;
    return done;
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct camera *s = state;
    double length = s->stage->seconds;
    // A loop goes there and back.
    float path = s->stage->loop ? (float)(.5 - .5 * cos(2 * 3.14159265358979 * t / length)) :
                                  (float)(enl_ease_integral(t, s->start, 1.2) / fmax(.1, length - s->start));
    float zoom = s->zoom >= 0 ? 1 + s->zoom * path : 1 - s->zoom * (1 - path);
    for (int j = first; j < last; j++)
        for (int i = 0; i < field->columns; i++) {
            struct enl_node *node = field->nodes + j * field->columns + i;
            float near = .6f + .8f * s->nearness[j * field->columns + i], own = 1 + (zoom - 1) * near;
            float x = (float)(i * ENL_GRID), y = (float)(j * ENL_GRID);
            float dx = (x - s->cx) * (1 / own - 1) + s->x * path * near,
                  dy = (y - s->cy) * (1 / own - 1) + s->y * path * near;
            // Never past the photo's edge, nor back to it where the grid's last nodes stand beyond.
            node->x += enl_clampf(x + dx, 0, fmaxf(x, (float)(s->stage->width - 1))) - x;
            node->y += enl_clampf(y + dy, 0, fmaxf(y, (float)(s->stage->height - 1))) - y;
        }
}

static void release(void *state) {
    struct camera *s = state;
    if (s) enl_release(s->nearness);
    enl_release(s);
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
                                                   .release = release};

const struct enl_motion_info enl_motion_zoom_out = {.kind = {.name = "zoom_out",
                                                             .help = "the camera moves out slowly",
                                                             .region = ENL_ELEMENTS,
                                                             .speed = 1,
                                                             .amount = 1},
                                                    .layer = ENL_LAYER_CAMERA,
                                                    .prepare = prepare_zoom_out,
                                                    .displace = displace,
                                                    .release = release};

const struct enl_motion_info enl_motion_pan = {
    .kind = {.name = "pan", .help = "the camera pans", .region = ENL_ELEMENTS, .direction = 0, .speed = 1, .amount = 1},
    .layer = ENL_LAYER_CAMERA,
    .prepare = prepare_pan,
    .displace = displace,
    .release = release};
