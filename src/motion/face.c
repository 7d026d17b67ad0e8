// SPDX-License-Identifier: MIT
#include "motion/face.h"

struct enl_face_axes enl_face_axes(const struct enl_face *face) {
    struct enl_face_axes a;
    float x = face->left_eye[0] - face->right_eye[0], y = face->left_eye[1] - face->right_eye[1];
    float cosine = enl_clampf(cosf(face->yaw * ENL_PI / 180), .5f, 1);
    float seen = fmaxf(hypotf(x, y), 1);
    a.iod = seen / cosine; // a turned head shows its eyes closer together than they are
    a.across[0] = x / seen, a.across[1] = y / seen;
    a.down[0] = -a.across[1], a.down[1] = a.across[0];
    a.centre[0] = .5f * (face->left_eye[0] + face->right_eye[0]);
    a.centre[1] = .5f * (face->left_eye[1] + face->right_eye[1]);
    return a;
}

bool enl_face_moves(const struct enl_face *face) {
    return face->has_landmarks && face->width >= ENL_FACE_SMALLEST && fabsf(face->yaw) < 40 && fabsf(face->pitch) < 35;
}

const char *enl_face_why_not(const struct enl_scene *scene) {
    if (!scene->face_model) return "faces are found only with the face model";
    if (!scene->face_count) return "no face was found";
    for (int i = 0; i < scene->face_count; i++) {
        const struct enl_face *face = &scene->faces[i];
        // The output is at most 1920 pixels long, and no larger than the photo by much.
        float scale = fminf(1, 1920.0f / (float)(scene->width > scene->height ? scene->width : scene->height));
        if (face->has_landmarks && face->width * (float)scene->width * scale >= ENL_FACE_SMALLEST &&
            fabsf(face->yaw) < 40)
            return NULL;
    }
    return "every face is too small or turned away";
}
