// SPDX-License-Identifier: MIT
// A made-up scene with everything in it, and the stage for it: for motions and rendering, without models.
#ifndef ENL_UNIT_STAGE_H
#define ENL_UNIT_STAGE_H

#include "unit.h"

#include "engine/engine.h"
#include "motion/face.h"

#define STAGE_WIDTH 330 // no multiple of a tile
#define STAGE_HEIGHT 250

static inline void unit_point(struct enl_face *face, int index, float x, float y) {
    face->landmarks[index][0] = face->x + face->width * x;
    face->landmarks[index][1] = face->y + face->height * y;
    face->landmarks[index][2] = 0;
}

// A face toward the camera with open eyes; everything that motions ask for is where it should be.
static inline void unit_face(struct enl_face *face, float x, float y, float width, float height) {
    static const int lids[2][2][9] = {
        {{33, 246, 161, 160, 159, 158, 157, 173, 133}, {33, 7, 163, 144, 145, 153, 154, 155, 133}},
        {{362, 398, 384, 385, 386, 387, 388, 466, 263}, {362, 382, 381, 380, 374, 373, 390, 249, 263}}};
    *face = (struct enl_face){.x = x, .y = y, .width = width, .height = height, .score = .95f, .has_landmarks = true,
                              .smile = .1f, .eyes_open = {.3f, .3f}};
    for (int i = 0; i < ENL_LANDMARKS; i++) unit_point(face, i, .5f, .5f);
    for (int e = 0; e < 2; e++)
        for (int k = 0; k < 9; k++) {
            float u = (float)k / 8, arch = 4 * u * (1 - u) * .045f, left = e ? .6f : .2f;
            unit_point(face, lids[e][0][k], left + .2f * u, .4f - arch);
            unit_point(face, lids[e][1][k], left + .2f * u, .4f + arch);
        }
    static const struct {
        int index;
        float x, y;
    } points[] = {{ENL_MOUTH_RIGHT, .33f, .75f}, {ENL_MOUTH_LEFT, .67f, .75f},  {ENL_LIP_BELOW, .5f, .8f},
                  {ENL_LIP_ABOVE, .5f, .71f},    {ENL_NOSE_TIP, .5f, .58f},     {ENL_CHIN, .5f, .98f},
                  {ENL_FOREHEAD, .5f, .05f},     {ENL_CHEEK_RIGHT, .25f, .62f}, {ENL_CHEEK_LEFT, .75f, .62f}};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        unit_point(face, points[i].index, points[i].x, points[i].y);
    face->right_eye[0] = x + .3f * width, face->left_eye[0] = x + .7f * width;
    face->right_eye[1] = face->left_eye[1] = y + .4f * height;
}

static inline struct enl_scene *unit_empty_scene(void) {
    struct enl_scene *scene = enl_alloc(1, sizeof *scene, NULL);
    assert_non_null(scene);
    scene->width = STAGE_WIDTH, scene->height = STAGE_HEIGHT;
    scene->horizon = -1;
    return scene;
}

static inline struct enl_scene *unit_scene(enum enl_water_kind water) {
    static const float boxes[ENL_ELEMENTS][4] = {
        [ENL_SKY] = {-1, -1, 2, .45f}, [ENL_WATER] = {-1, .5f, .45f, .86f}, [ENL_PLANTS] = {.72f, .35f, 2, 2},
        [ENL_PERSON] = {.3f, .15f, .7f, 2}, [ENL_HAIR] = {.32f, .15f, .68f, .3f}, [ENL_FACE] = {.35f, .2f, .65f, .7f},
        [ENL_FLAMES] = {.9f, .9f, .95f, .95f}, [ENL_ANIMAL] = {.03f, .55f, .28f, .95f}, [ENL_DEPTH] = {.3f, .2f, 2, 2}};
    struct enl_scene *scene = unit_empty_scene();
    for (int e = 0; e < ENL_ELEMENTS; e++) {
        double sum = 0;
        scene->masks[e] = unit_mask(STAGE_WIDTH / 2, STAGE_HEIGHT / 2, boxes[e][0], boxes[e][1], boxes[e][2],
                                    boxes[e][3]);
        for (int i = 0; i < scene->masks[e]->width * scene->masks[e]->height; i++)
            sum += scene->masks[e]->data[i] / 255.0;
        scene->share[e] = (float)(sum / (scene->masks[e]->width * scene->masks[e]->height));
        scene->confidence[e] = .9f;
    }
    scene->water = water;
    scene->water_direction = 270;
    scene->beach = .9f;
    scene->horizon = .45f;
    scene->night = true;
    scene->face_count = 1;
    scene->person_model = scene->face_model = true;
    unit_face(&scene->faces[0], .28f, .02f, .45f, .6f);
    return scene;
}

// The same without a beach, where a smaller face leaves room about it.
static inline struct enl_scene *unit_wide_scene(enum enl_water_kind water) {
    struct enl_scene *scene = unit_scene(water);
    enl_picture_free(&scene->masks[ENL_WATER]);
    scene->masks[ENL_WATER] = unit_mask(STAGE_WIDTH / 2, STAGE_HEIGHT / 2, -1, .5f, .45f, 2);
    scene->beach = 0;
    unit_face(&scene->faces[0], .35f, .2f, .3f, .5f);
    return scene;
}

// A patch of night in the corner of the sky: stars, and two lamps below them.
static inline void unit_night(struct enl_picture *photo) {
    struct enl_random random = {7};
    for (int y = 0; y < 84; y++)
        for (int x = 0; x < 90; x++)
            for (int c = 0; c < 3; c++) photo->data[3 * (y * photo->width + x) + c] = (uint8_t)(12 + 4 * c);
    for (int i = 0; i < 24; i++) {
        int x = 4 + (int)(80 * enl_random_unit(&random)), y = 4 + (int)(40 * enl_random_unit(&random));
        for (int c = 0; c < 3; c++) photo->data[3 * (y * photo->width + x) + c] = 210;
    }
    for (int y = -4; y <= 4; y++)
        for (int x = -4; x <= 4; x++)
            for (int k = 0; k < 2 && x * x + y * y <= 16; k++) {
                uint8_t *p = photo->data + 3 * ((66 + y) * photo->width + 24 + 40 * k + x);
                p[0] = 255, p[1] = 226, p[2] = 150;
            }
}

// Eyes in the middle of the openings of a face (in fractions): white, and a dark iris that the lids cut.
static inline void unit_eyes(struct enl_picture *photo, const struct enl_face *face) {
    for (int e = 0; e < 2; e++) {
        const float *middle = e ? face->left_eye : face->right_eye;
        float width = .2f * face->width * (float)photo->width, radius = .2f * width;
        for (int y = (int)(-width / 2); y <= (int)(width / 2); y++)
            for (int x = (int)(-width / 2); x <= (int)(width / 2); x++) {
                int px = (int)(middle[0] * (float)photo->width + .5f) + x;
                int py = (int)(middle[1] * (float)photo->height + .5f) + y;
                if (px < 0 || py < 0 || px >= photo->width || py >= photo->height) continue;
                float share = enl_clampf(radius + .5f - hypotf((float)x, (float)y), 0, 1);
                for (int c = 0; c < 3; c++)
                    photo->data[3 * (py * photo->width + px) + c] = (uint8_t)(225 - 180 * share);
            }
    }
}

// The stage for a scene; free with enl_stage_free.
static inline void unit_stage(struct enl_stage *stage, const struct enl_scene *scene, bool loop,
                              struct enl_pool *pool) {
    static const float whole[4] = {0, 0, 1, 1};
    static const struct enl_arrow arrows[] = {{{.5f, .1f}, {.5f, .02f}, 1},  // in the sky, before the person
                                              {{.2f, .7f}, {.05f, .75f}, 1}, // in the water
                                              {{.6f, .95f}, {.7f, .9f}, 1}}; // beside it all
    struct enl_picture *photo = unit_picture(STAGE_WIDTH, STAGE_HEIGHT, 3, 11);
    unit_night(photo);
    for (int i = 0; i < scene->face_count; i++) unit_eyes(photo, &scene->faces[i]);
    struct enl_error error = {0};
    bool made = enl_stage_make(stage, &(struct enl_stage_params){.photo = photo, .scene = scene, .width = STAGE_WIDTH,
        .height = STAGE_HEIGHT, .fps = 24, .seconds = 4, .loop = loop, .seed = 5, .crop = whole,
        .arrows = arrows, .arrow_count = 3}, pool, &error);
    check(made, "%s", error.text);
    enl_picture_free(&photo);
}

static inline struct enl_field unit_field(void) {
    struct enl_field f = {.columns = (STAGE_WIDTH + ENL_GRID - 1) / ENL_GRID + 1,
                          .rows = (STAGE_HEIGHT + ENL_GRID - 1) / ENL_GRID + 1};
    f.support = enl_alloc((size_t)f.columns * (size_t)f.rows, 1, NULL);
    f.nodes = enl_alloc((size_t)f.columns * (size_t)f.rows, sizeof *f.nodes, NULL);
    assert_true(f.support && f.nodes);
    return f;
}

static inline void unit_field_free(struct enl_field *f) {
    enl_release(f->support);
    enl_release(f->nodes);
}

// A frame's planes one after the other.
#define UNIT_CW ((STAGE_WIDTH + 1) / 2)
#define UNIT_CH ((STAGE_HEIGHT + 1) / 2)
#define UNIT_FRAME_BYTES (STAGE_WIDTH * STAGE_HEIGHT + 2 * UNIT_CW * UNIT_CH)

static inline void unit_draw(struct enl_renderer *r, int index, uint8_t bytes[UNIT_FRAME_BYTES]) {
    uint8_t *chroma = bytes + STAGE_WIDTH * STAGE_HEIGHT;
    struct enl_frame frame = {.width = STAGE_WIDTH,
                              .height = STAGE_HEIGHT,
                              .planes = {bytes, chroma, chroma + UNIT_CW * UNIT_CH},
                              .strides = {STAGE_WIDTH, UNIT_CW, UNIT_CW}};
    enl_renderer_draw(r, index, &frame);
}

static inline struct enl_motion unit_motion(const struct enl_motion_info *info) {
    struct enl_motion m = {.direction = info->kind.direction, .speed = info->kind.speed, .amount = info->kind.amount};
    snprintf(m.motion, sizeof m.motion, "%s", info->kind.name);
    snprintf(m.region, sizeof m.region, "%s",
             info->kind.region == ENL_ELEMENTS ? "all" : enl_element_name(info->kind.region));
    return m;
}

// The water in which a motion can be had.
static inline enum enl_water_kind unit_water(const struct enl_motion_info *info) {
    return !strcmp(info->kind.name, "stream") ? ENL_WATER_STREAM : ENL_WATER_WAVES;
}

#endif
