// SPDX-License-Identifier: MIT
// What the camera's moves have in common: how near everything is, so smoothed that the move bends the picture and never
// tears it, and how far along its path the camera is.
#ifndef ENL_MOTION_CAMERA_H
#define ENL_MOTION_CAMERA_H

#include "motion/motion.h"

struct enl_camera { // every move's state begins with it
    const struct enl_stage *stage;
    double start;
    float cx, cy;    // the subject, in pixels: the first face's centre, or the picture's
    float pivot;     // how near the subject is
    float *nearness; // of every node, 0..1; released by enl_camera_release
};

// How far one unit of nearness moves the picture at the end of the move: `shift` pixels everywhere, and `grow` pixels
// for each pixel of distance from the subject.
struct enl_camera_reach {
    float shift, grow;
};

// Fills it and marks the whole support. Nearness is levelled over faces, and spread beyond the outlines of what is near
// until the move stretches nothing by more than eyes accept: the longer its reach, the less of the depth is left.
// False without memory.
bool enl_camera_fill(struct enl_camera *camera, const struct enl_stage *stage, const struct enl_motion *motion,
                     struct enl_field *field, struct enl_camera_reach reach, struct enl_error *error);

void enl_camera_release(void *state); // of a move; NULL is legal

// How far the camera has come at `t`, 0..1: eased in; a loop goes there and back.
float enl_camera_path(const struct enl_camera *camera, double t);
// How far the depth is to be believed, 0..1: a guess less than a network's.
float enl_camera_trust(const struct enl_stage *stage);
// A move of five seconds at usual speed is `usual`; never more than `most`.
float enl_camera_reach_of(const struct enl_stage *stage, const struct enl_motion *motion, float usual, float most);

// Where a node looks by the moves before this one, into `ret_x` and `ret_y`, and how near it is there. Moves follow on
// each other, as views of views: each stays within the photo, so all of them do, where their sum would not.
float enl_camera_look(const struct enl_camera *camera, const struct enl_field *field, int i, int j, float *ret_x,
                      float *ret_y);

// Adds a displacement to the node that looks at (x, y), but fetches nothing from beyond the photo's edge.
static inline void enl_camera_move(const struct enl_stage *stage, struct enl_node *node, float x, float y, float dx,
                                   float dy) {
    // The grid's last nodes stand beyond the edge and stay there.
    node->x += enl_clampf(x + dx, 0, fmaxf(x, (float)(stage->width - 1))) - x;
    node->y += enl_clampf(y + dy, 0, fmaxf(y, (float)(stage->height - 1))) - y;
}

#endif
