// SPDX-License-Identifier: MIT
// An orbit: the camera swings about the subject by a few degrees and keeps looking at it. What is nearer than the
// subject goes one way across the picture, what is farther the other way, each by as much as its nearness (1/z)
// differs from the subject's.
#include "motion/camera.h"

struct state {
    struct enl_camera camera;
    float x, y; // at the end, of what is one unit nearer than the subject, pixels
    float room; // at the end, cut off at the edges so that none of them is seen: a share of the picture
};

// How much of the way from the middle to the edge the picture's own edges come in.
static float room_for(const struct state *s, const struct enl_field *field) {
    float most = 0, w = (float)s->camera.stage->width, h = (float)s->camera.stage->height;
    for (int j = 0; j < field->rows; j++)
        for (int i = 0; i < field->columns; i++) {
            float off = fabsf(s->camera.nearness[j * field->columns + i] - s->camera.pivot);
            float x = fabsf((float)(i * ENL_GRID) - .5f * w), y = fabsf((float)(j * ENL_GRID) - .5f * h);
            // Nodes that could be pushed past an edge; those beside it count as if they stood at it.
            if (x > .4f * w) most = fmaxf(most, off * fabsf(s->x) / x);
            if (y > .4f * h) most = fmaxf(most, off * fabsf(s->y) / y);
        }
    return 1.05f * most;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct state *s = *ret_state = enl_alloc(1, sizeof *s, error);
    if (!s) return false;
    float angle = motion->direction * ENL_PI / 180,
          size = (float)(stage->width < stage->height ? stage->width : stage->height);
    float reach = enl_camera_reach_of(stage, motion, .06f, .12f) * enl_camera_trust(stage) * size;
    s->x = reach * cosf(angle);
    s->y = -reach * sinf(angle);
    if (!enl_camera_fill(&s->camera, stage, motion, field, (struct enl_camera_reach){.shift = reach}, error))
        return false;
    s->room = room_for(s, field);
    return true;
}

// Where on its arc the camera is, -1..1, and how much of the room at the edges it has: that much at least. A loop goes
// to one side, through the middle to the other and back; it starts and ends at rest, with no room.
static void arc(const struct enl_camera *camera, double t, float *ret_swing, float *ret_room) {
    if (!camera->stage->loop) {
        *ret_swing = *ret_room = enl_camera_path(camera, t);
        return;
    }
    double u = 3.14159265358979 * t / camera->stage->seconds, c = cos(u);
    *ret_room = (float)(1 - c * c * c * c);
    *ret_swing = *ret_room * (float)sin(2 * u);
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct state *s = state;
    const struct enl_camera *c = &s->camera;
    float swing, room, cx = .5f * (float)c->stage->width, cy = .5f * (float)c->stage->height;
    arc(c, t, &swing, &room);
    room *= s->room;
    for (int j = first; j < last; j++)
        for (int i = 0; i < field->columns; i++) {
            float x, y, nearness = enl_camera_look(c, field, i, j, &x, &y);
            float off = swing * (nearness - c->pivot);
            enl_camera_move(c->stage, field->nodes + j * field->columns + i, x, y, off * s->x + room * (cx - x),
                            off * s->y + room * (cy - y));
        }
}

const struct enl_motion_info enl_motion_orbit = {.kind = {.name = "orbit",
                                                          .help = "the camera swings about the subject",
                                                          .region = ENL_ELEMENTS,
                                                          .direction = 0,
                                                          .speed = 1,
                                                          .amount = 1},
                                                 .layer = ENL_LAYER_CAMERA,
                                                 .prepare = prepare,
                                                 .displace = displace,
                                                 .release = enl_camera_release};
