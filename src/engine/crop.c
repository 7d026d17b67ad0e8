// SPDX-License-Identifier: MIT
#include "engine/engine.h"

// How much there is to see in each column (or row): contrast, a little more toward the middle.
static void interest(const struct enl_picture *photo, bool columns, float sums[64]) {
    int w = photo->width, h = photo->height;
    for (int k = 0; k < 64; k++) sums[k] = 0;
    for (int j = 1; j < 64; j++)
        for (int i = 1; i < 64; i++) {
            const uint8_t *p = photo->data + 3 * ((size_t)(j * h / 64) * (size_t)w + (size_t)(i * w / 64));
            const uint8_t *left = photo->data + 3 * ((size_t)(j * h / 64) * (size_t)w + (size_t)((i - 1) * w / 64));
            const uint8_t *up = photo->data + 3 * ((size_t)((j - 1) * h / 64) * (size_t)w + (size_t)(i * w / 64));
            float contrast = 0;
            for (int c = 0; c < 3; c++) contrast += fabsf((float)(p[c] - left[c])) + fabsf((float)(p[c] - up[c]));
            sums[columns ? i : j] += contrast;
        }
    for (int k = 0; k < 64; k++) {
        float off = ((float)k - 31.5f) / 32;
        sums[k] *= 1 - .5f * off * off;
    }
}

// Where a window of `share` of the whole best starts, 0 .. 1 - share.
static float best_start(const float sums[64], float share) {
    int window = enl_clampi((int)(share * 64 + .5f), 1, 64), best = 0;
    float most = -1;
    for (int start = 0; start + window <= 64; start++) {
        float sum = 0;
        for (int k = start; k < start + window; k++) sum += sums[k];
        if (sum > most) most = sum, best = start;
    }
    return enl_clampf((float)best / 64, 0, 1 - share);
}

// About the faces, each weighed by its size; all of them where they fit.
static float start_about_faces(const struct enl_scene *scene, bool columns, float share) {
    float sum = 0, weight = 0, low = 1, high = 0;
    for (int i = 0; i < scene->face_count; i++) {
        const struct enl_face *f = &scene->faces[i];
        float at = columns ? f->x : f->y, size = columns ? f->width : f->height;
        if (f->width * f->height < .15f * scene->faces[0].width * scene->faces[0].height) continue;
        sum += (at + size / 2) * f->width * f->height, weight += f->width * f->height;
        low = fminf(low, at), high = fmaxf(high, at + size);
    }
    float middle = high - low <= share ? (low + high) / 2 : sum / weight;
    // Upright, a face looks best a third from the top.
    return enl_clampf(middle - share * (columns ? .5f : .4f), 0, 1 - share);
}

void enl_choose_crop(const struct enl_picture *photo, const struct enl_scene *scene, int width, int height,
                     float ret[4]) {
    float shape = (float)width / (float)height, own = (float)photo->width / (float)photo->height, sums[64];
    ret[0] = ret[1] = 0;
    ret[2] = own > shape ? shape / own : 1;
    ret[3] = own > shape ? 1 : own / shape;
    for (int axis = 0; axis < 2; axis++) {
        float share = ret[2 + axis];
        if (share > .999f) continue;
        if (scene->face_count) {
            ret[axis] = start_about_faces(scene, axis == 0, share);
            continue;
        }
        interest(photo, axis == 0, sums);
        ret[axis] = best_start(sums, share);
    }
}
