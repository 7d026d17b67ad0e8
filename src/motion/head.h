// SPDX-License-Identifier: MIT
// A head as a body that turns: rigid over the face, fading into neck and background. What stands out shifts against
// the rim, as the front of an ellipsoid does; the nose, which stands out further, a little more.
#ifndef ENL_MOTION_HEAD_H
#define ENL_MOTION_HEAD_H

#include "motion/face.h"

struct enl_head {
    struct enl_face_axes axes;
    float x, y, neck[2];          // middle of the head, and the point it rolls about
    float across, down;           // half axes of the head, pixels
    float nose[2];                // its tip
    int left, right, top, bottom; // nodes reached
};

// Finds the head about a face and marks its nodes.
void enl_head_place(struct enl_head *head, const struct enl_face *face, struct enl_field *field);
// Adds a turn to the nodes of rows [first, last): radians; roll clockwise, yaw to the right in the picture, pitch down.
void enl_head_turn(const struct enl_head *head, float roll, float yaw, float pitch, struct enl_field *field, int first,
                   int last);

#endif
