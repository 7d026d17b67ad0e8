// SPDX-License-Identifier: MIT
// The stage: the framed photo, its mattes, faces in pixels, and the curves of wind and swell.
#include "engine/engine.h"
#include "scene/drift.h"

#include <string.h>

// The crop at the output's size. The crop is cut to whole pixels, so the shape is true to half a pixel.
static struct enl_picture *frame_photo(const struct enl_picture *photo, const float crop[4], int width, int height,
                                       struct enl_error *error) {
    int x = (int)(crop[0] * (float)photo->width + .5f), y = (int)(crop[1] * (float)photo->height + .5f);
    int w = enl_clampi((int)(crop[2] * (float)photo->width + .5f), 1, photo->width - x);
    int h = enl_clampi((int)(crop[3] * (float)photo->height + .5f), 1, photo->height - y);
    struct enl_picture *part = enl_picture_new(w, h, 3, error), *out = NULL;
    for (int j = 0; part && j < h; j++)
        memcpy(part->data + (size_t)j * (size_t)w * 3,
               photo->data + ((size_t)(y + j) * (size_t)photo->width + (size_t)x) * 3, (size_t)w * 3);
    if (!part || (w == width && h == height)) return part;
    out = enl_picture_resize(part, width, height, error);
    enl_picture_free(&part);
    return out;
}

struct matting {
    struct enl_stage *stage;
    const float *crop;
    struct enl_error errors[ENL_ELEMENTS];
    bool failed[ENL_ELEMENTS];
};

static void make_matte(void *context, int element) {
    struct matting *m = context;
    if (!m->stage->scene->masks[element] || element == ENL_FACE) return;
    m->stage->matte[element] = enl_scene_drift(m->stage->scene, (enum enl_element)element, m->stage->picture, m->crop,
                                               &m->errors[element]);
    if (m->stage->matte[element] && element == ENL_SKY &&
        !(m->stage->whole_sky = enl_scene_matte(m->stage->scene, ENL_SKY, m->stage->picture, m->crop,
                                                &m->errors[element])))
        enl_picture_free(&m->stage->matte[element]);
    m->failed[element] = !m->stage->matte[element];
}

static bool place_faces(struct enl_stage *stage, const float crop[4], struct enl_error *error) {
    const struct enl_scene *scene = stage->scene;
    float sx = (float)stage->width / crop[2], sy = (float)stage->height / crop[3];
    stage->faces = enl_alloc((size_t)scene->face_count + 1, sizeof *stage->faces, error);
    for (int i = 0; stage->faces && i < scene->face_count; i++) {
        struct enl_face f = scene->faces[i];
        f.x = (f.x - crop[0]) * sx, f.y = (f.y - crop[1]) * sy;
        f.width *= sx, f.height *= sy;
        for (int k = 0; k < ENL_LANDMARKS; k++) {
            f.landmarks[k][0] = (f.landmarks[k][0] - crop[0]) * sx;
            f.landmarks[k][1] = (f.landmarks[k][1] - crop[1]) * sy;
            f.landmarks[k][2] *= sx;
        }
        for (int c = 0; c < 2; c++) {
            f.left_eye[c] = (f.left_eye[c] - crop[c]) * (c ? sy : sx);
            f.right_eye[c] = (f.right_eye[c] - crop[c]) * (c ? sy : sx);
        }
        float cx = f.x + f.width / 2, cy = f.y + f.height / 2;
        if (cx > 0 && cy > 0 && cx < (float)stage->width && cy < (float)stage->height)
            stage->faces[stage->face_count++] = f;
    }
    return stage->faces != NULL;
}

// A slow curve between 0 and 1 from a few tones, periodic where the story loops.
static float *make_curve(const struct enl_stage *stage, const float *hertz, int tones, uint64_t seed,
                         struct enl_error *error) {
    float *curve = enl_alloc((size_t)stage->frames, sizeof *curve, error);
    struct enl_random random = {enl_mix(seed)};
    for (int k = 0; curve && k < tones; k++) {
        double turn = 2 * 3.14159265358979 * enl_loop_frequency(stage, (double)hertz[k]) / stage->fps;
        double phase = 2 * 3.14159265358979 * (double)enl_random_unit(&random);
        for (int i = 0; i < stage->frames; i++) curve[i] += .5f / (float)tones * (1 + (float)sin(turn * i + phase));
    }
    return curve;
}

bool enl_stage_make(struct enl_stage *stage, const struct enl_stage_params *p, struct enl_pool *pool,
                    struct enl_error *error) {
    static const float wind_hertz[] = {.13f, .31f, .57f}, swell_hertz[] = {.14f};
    *stage = (struct enl_stage){.width = p->width, .height = p->height, .fps = p->fps, .seconds = p->seconds,
                                .loop = p->loop, .seed = p->seed, .scene = p->scene,
                                .frames = (int)floor(p->seconds * p->fps + .5)};
    stage->has_horizon = p->scene->horizon >= 0;
    stage->horizon = (p->scene->horizon - p->crop[1]) / p->crop[3] * (float)p->height;
    stage->picture = frame_photo(p->photo, p->crop, p->width, p->height, error);
    if (!stage->picture || !place_faces(stage, p->crop, error)) return false;
    stage->wind = make_curve(stage, wind_hertz, 3, p->seed + 3, error);
    stage->swell = stage->wind ? make_curve(stage, swell_hertz, 1, p->seed + 4, error) : NULL;
    if (!stage->swell) return false;
    struct matting matting = {.stage = stage, .crop = p->crop};
    enl_pool_run(pool, make_matte, &matting, ENL_ELEMENTS);
    for (int e = 0; e < ENL_ELEMENTS; e++)
        if (matting.failed[e]) {
            if (error) *error = matting.errors[e];
            return false;
        }
    enl_stage_point(stage, p->arrows, p->arrow_count, p->crop);
    return !p->freeze || enl_stage_freeze(stage, p->freeze, p->crop, error);
}

void enl_stage_free(struct enl_stage *stage) {
    enl_picture_free(&stage->picture);
    enl_picture_free(&stage->whole_sky);
    for (int e = 0; e < ENL_ELEMENTS; e++) enl_picture_free(&stage->matte[e]);
    enl_picture_free(&stage->freeze);
    enl_release(stage->faces);
    enl_release(stage->wind);
    enl_release(stage->swell);
    *stage = (struct enl_stage){0};
}
