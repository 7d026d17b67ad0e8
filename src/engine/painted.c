// SPDX-License-Identifier: MIT
// What a person painted over the photo: arrows, and a mask of what must stay.
#include "base/plane.h"
#include "engine/engine.h"
#include "plan/arrows.h"

#include <enliven/photo.h>

#include <string.h>

#define SHAPE .01f      // by which a mask's shape may differ from the photo's
#define SOFT_EDGE .006f // of the mean side: about the painted part, motion comes to rest
#define PAINTED 127

static bool check_shape(const char *name, int mask_width, int mask_height, int width, int height,
                        struct enl_error *error) {
    float shape = (float)mask_width * (float)height / ((float)mask_height * (float)width);
    return (shape > 1 - SHAPE && shape < 1 + SHAPE) ||
           enl_fail(error, ENL_USAGE, "%s is %dx%d, but the photo %dx%d; a freeze mask must have the photo's shape.",
                    name, mask_width, mask_height, width, height);
}

struct enl_picture *enl_freeze_load(const char *path, int width, int height, struct enl_error *error) {
    struct enl_photo *file = NULL;
    struct enl_picture *mask = NULL;
    if (!path[0]) enl_fail(error, ENL_USAGE, "The freeze mask needs a file name.");
    else file = enl_photo_load(path, enl_photo_params(.on_black = true), error);
    if (file && check_shape(path, file->file_width, file->file_height, width, height, error))
        mask = enl_picture_new(file->picture->width, file->picture->height, 1, error);
    for (size_t i = 0; mask && i < (size_t)mask->width * (size_t)mask->height; i++) {
        const uint8_t *p = file->picture->data + 3 * i;
        mask->data[i] = p[0] + p[1] + p[2] > 3 * PAINTED ? 255 : 0;
    }
    enl_photo_free(&file);
    return mask;
}

struct enl_picture *enl_freeze_copy(const struct enl_picture *picture, int width, int height, struct enl_error *error) {
    if (picture->channels != 1) {
        enl_fail(error, ENL_USAGE, "The freeze mask has %d channels instead of 1.", picture->channels);
        return NULL;
    }
    if (!check_shape("The freeze mask", picture->width, picture->height, width, height, error)) return NULL;
    struct enl_picture *mask = enl_picture_new(picture->width, picture->height, 1, error);
    for (size_t i = 0; mask && i < (size_t)mask->width * (size_t)mask->height; i++)
        mask->data[i] = picture->data[i] > PAINTED ? 255 : 0;
    return mask;
}

bool enl_freeze_is_all(const struct enl_picture *mask) {
    for (size_t i = 0; i < (size_t)mask->width * (size_t)mask->height; i++)
        if (mask->data[i] <= PAINTED) return false;
    return true;
}

// The mask's pixels under a pixel of the output: [first, last).
static void span_of(int at, int size, float start, float share, int whole, int *ret_first, int *ret_last) {
    float from = (start + share * (float)at / (float)size) * (float)whole,
          to = (start + share * (float)(at + 1) / (float)size) * (float)whole;
    *ret_first = enl_clampi((int)floorf(from + 1e-3f), 0, whole - 1);
    *ret_last = enl_clampi((int)ceilf(to - 1e-3f), *ret_first + 1, whole);
}

// 255 where any of the mask's pixels that lie there is painted, else 0.
static struct enl_picture *frame_mask(const struct enl_picture *mask, const float crop[4], int width, int height,
                                      struct enl_error *error) {
    struct enl_picture *out = enl_picture_new(width, height, 1, error);
    for (int y = 0; out && y < height; y++) {
        int top, bottom, left, right;
        span_of(y, height, crop[1], crop[3], mask->height, &top, &bottom);
        for (int x = 0; x < width; x++) {
            uint8_t *to = &out->data[(size_t)y * (size_t)width + (size_t)x];
            span_of(x, width, crop[0], crop[2], mask->width, &left, &right);
            for (int j = top; j < bottom && !*to; j++)
                if (memchr(mask->data + (size_t)j * (size_t)mask->width + (size_t)left, 255, (size_t)(right - left)))
                    *to = 255;
        }
    }
    return out;
}

bool enl_stage_freeze(struct enl_stage *stage, const struct enl_picture *mask, const float crop[4],
                      struct enl_error *error) {
    static const enum enl_element held[] = {ENL_SKY, ENL_WATER, ENL_PLANTS, ENL_HAIR};
    if (!(stage->freeze = frame_mask(mask, crop, stage->width, stage->height, error))) return false;
    struct enl_plane *moves = enl_plane_new(stage->width, stage->height, error), *away = NULL;
    size_t pixels = (size_t)stage->width * (size_t)stage->height;
    float edge = fmaxf(3, SOFT_EDGE * .5f * (float)(stage->width + stage->height));
    for (size_t i = 0; moves && i < pixels; i++) moves->data[i] = stage->freeze->data[i] ? 0 : 1;
    if (moves) away = enl_plane_distance(moves, .5f, edge, error);
    for (size_t i = 0; away && i < pixels; i++) {
        float left = enl_smoothstep(0, edge, away->data[i]);
        if (left >= 1) continue;
        if (!stage->freeze->data[i]) stage->freeze->data[i] = (uint8_t)(254 * (1 - left));
        for (size_t k = 0; k < sizeof held / sizeof *held; k++)
            if (stage->matte[held[k]])
                stage->matte[held[k]]->data[i] = (uint8_t)((float)stage->matte[held[k]]->data[i] * left + .5f);
    }
    enl_plane_free(&moves);
    bool done = away != NULL;
    enl_plane_free(&away);
    return done;
}

void enl_stage_point(struct enl_stage *stage, const struct enl_arrow *arrows, int count, const float crop[4]) {
    float width = (float)stage->width / crop[2], height = (float)stage->height / crop[3]; // of the whole photo
    for (int i = 0; i < count; i++) {
        const struct enl_arrow *a = &arrows[i];
        struct enl_pointer *p = &stage->pointers[stage->pointer_count];
        p->element = enl_arrow_element(stage->scene, a);
        if (p->element == ENL_PERSON || p->element == ENL_HAIR) continue; // these do not flow
        stage->pointer_count++;
        float x = (a->to[0] - a->from[0]) * width, y = (a->to[1] - a->from[1]) * height, length = hypotf(x, y);
        float speed = enl_arrow_speed(a, p->element, width, height, NULL) / fmaxf(length, 1e-3f);
        p->velocity[0] = x * speed, p->velocity[1] = y * speed;
        p->from[0] = (a->from[0] - crop[0]) * width, p->from[1] = (a->from[1] - crop[1]) * height;
        p->to[0] = (a->to[0] - crop[0]) * width, p->to[1] = (a->to[1] - crop[1]) * height;
    }
}
