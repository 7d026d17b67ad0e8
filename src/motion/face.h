// SPDX-License-Identifier: MIT
// What the face motions share: which faces are fit to move, their axes, and where the mesh's points are.
#ifndef ENL_MOTION_FACE_H
#define ENL_MOTION_FACE_H

#include "motion/motion.h"

#define ENL_FACE_SMALLEST 60 // pixels wide in the output; smaller ones are left alone
#define ENL_FACE_ASIDE 45.f  // degrees of yaw from which motions fade ...
#define ENL_FACE_PROFILE 55.f // ... and at which they are gone
#define ENL_LID 9            // points along a lid

// MediaPipe's face mesh numbering. "Right" and "left" are the person's own.
enum {
    ENL_MOUTH_RIGHT = 61, ENL_MOUTH_LEFT = 291, ENL_LIP_BELOW = 17, ENL_LIP_ABOVE = 0, ENL_NOSE_TIP = 1, ENL_CHIN = 152,
    ENL_FOREHEAD = 10, ENL_CHEEK_RIGHT = 205, ENL_CHEEK_LEFT = 425, ENL_LID_RIGHT = 145, ENL_LID_LEFT = 374,
    ENL_EYE_RIGHT_OUT = 33, ENL_EYE_RIGHT_IN = 133, ENL_EYE_LEFT_OUT = 263, ENL_EYE_LEFT_IN = 362
};

// A face's own axes: `across` from its right to its left eye, `down` at right angles, both unit vectors; `iod` pixels
// between the eyes' centres.
struct enl_face_axes {
    float across[2], down[2], centre[2], iod;
};
struct enl_face_axes enl_face_axes(const struct enl_face *face);

// The opening of an eye: x and y of its lids from left to right, `tall` pixels where it is widest.
struct enl_opening {
    float left, right, tall;
    float upper[2][ENL_LID], lower[2][ENL_LID];
};
struct enl_opening enl_face_opening(const struct enl_face *face, int eye); // 0: the person's right eye, 1: the left
float enl_lid_at(const float lid[2][ENL_LID], float x); // the height of a lid at a column

// The picture's light at a place, 0..255. Mostly red: there skin and white are bright and irises of any colour dark.
float enl_face_light(const struct enl_picture *picture, float x, float y);

// How much of a motion a face may have by its angle: all up to ENL_FACE_ASIDE, none in profile.
float enl_face_frontal(const struct enl_face *face);
// Whether this face may move: landmarks, large enough, not too far to the side.
bool enl_face_moves(const struct enl_face *face);
// For enl_motion_kind.why_not: NULL when any face in the scene may move.
const char *enl_face_why_not(const struct enl_scene *scene);

#endif
