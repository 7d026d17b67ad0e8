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

struct enl_opening enl_face_opening(const struct enl_face *face, int eye) {
    // Upper and lower lid of each eye from left to right in the picture, in the mesh's numbering.
    static const int lids[2][2][ENL_LID] = {
        {{33, 246, 161, 160, 159, 158, 157, 173, 133}, {33, 7, 163, 144, 145, 153, 154, 155, 133}},
        {{362, 398, 384, 385, 386, 387, 388, 466, 263}, {362, 382, 381, 380, 374, 373, 390, 249, 263}}};
    struct enl_opening o = {0};
    for (int i = 0; i < ENL_LID; i++) {
        for (int c = 0; c < 2; c++) {
            o.upper[c][i] = face->landmarks[lids[eye][0][i]][c];
            o.lower[c][i] = face->landmarks[lids[eye][1][i]][c];
        }
        o.tall = fmaxf(o.tall, o.lower[1][i] - o.upper[1][i]);
    }
    o.left = o.upper[0][0];
    o.right = o.upper[0][ENL_LID - 1];
    return o;
}

float enl_lid_at(const float lid[2][ENL_LID], float x) {
    for (int i = 1; i < ENL_LID; i++)
        if (x <= lid[0][i] || i == ENL_LID - 1) {
            float span = lid[0][i] - lid[0][i - 1];
            return enl_mixf(lid[1][i - 1], lid[1][i], span > .01f ? enl_clampf((x - lid[0][i - 1]) / span, 0, 1) : 0);
        }
    return lid[1][0];
}

float enl_face_light(const struct enl_picture *picture, float x, float y) {
    int ix = (int)floorf(x), iy = (int)floorf(y);
    float u = x - (float)ix, v = y - (float)iy, sum = 0;
    for (int k = 0; k < 4; k++) {
        int px = enl_clampi(ix + (k & 1), 0, picture->width - 1);
        int py = enl_clampi(iy + (k >> 1), 0, picture->height - 1);
        const uint8_t *p = picture->data + 3 * ((size_t)py * (size_t)picture->width + (size_t)px);
        sum += (k & 1 ? u : 1 - u) * (k >> 1 ? v : 1 - v) * (.7f * (float)p[0] + .3f * (float)p[1]);
    }
    return sum;
}

float enl_face_frontal(const struct enl_face *face) {
    return enl_smoothstep(ENL_FACE_PROFILE, ENL_FACE_ASIDE, fabsf(face->yaw)) *
           enl_smoothstep(45, 35, fabsf(face->pitch));
}

bool enl_face_moves(const struct enl_face *face) {
    return face->has_landmarks && face->width >= ENL_FACE_SMALLEST && enl_face_frontal(face) > .02f;
}

const char *enl_face_why_not(const struct enl_scene *scene) {
    if (!scene->face_model) return "faces are found only with the face model";
    if (!scene->face_count) return "no face was found";
    for (int i = 0; i < scene->face_count; i++) {
        struct enl_face face = scene->faces[i];
        // The output is at most 1920 pixels long, and no larger than the photo by much.
        float scale = fminf(1, 1920.0f / (float)(scene->width > scene->height ? scene->width : scene->height));
        face.width *= (float)scene->width * scale;
        if (enl_face_moves(&face)) return NULL;
    }
    return "every face is too small or turned away";
}
