// SPDX-License-Identifier: MIT
#include "plan/reach.h"
#include "base/base.h"
#include "plan/arrows.h"

#define PAINTED 127
#define LEFT .02f // of an element; with less left of it nothing is seen to move

static bool is_painted(const struct enl_picture *mask, float x, float y) {
    if (!mask) return false;
    int column = enl_clampi((int)(x * (float)mask->width), 0, mask->width - 1);
    int row = enl_clampi((int)(y * (float)mask->height), 0, mask->height - 1);
    return mask->data[(size_t)row * (size_t)mask->width + (size_t)column] > PAINTED;
}

// How much of an element there is, in view, and in view and not painted over.
static void weigh(struct enl_reach *reach, enum enl_element element, const float shown[4]) {
    const struct enl_picture *mask = reach->scene->masks[element];
    float all = 0, view = 0, left = 0;
    for (int j = 0; j < mask->height; j++)
        for (int i = 0; i < mask->width; i++) {
            float weight = mask->data[(size_t)j * (size_t)mask->width + (size_t)i];
            if (weight <= 0) continue;
            float x = ((float)i + .5f) / (float)mask->width, y = ((float)j + .5f) / (float)mask->height;
            all += weight;
            if (x < shown[0] || y < shown[1] || x > shown[0] + shown[2] || y > shown[1] + shown[3]) continue;
            view += weight;
            if (!is_painted(reach->held, x, y)) left += weight;
        }
    if (left > LEFT * all) return;
    reach->seen.masks[element] = NULL;
    reach->seen.share[element] = 0;
    reach->is_held[element] = view > LEFT * all;
}

// Whether nearly all of a face is painted over.
static bool is_covered(const struct enl_picture *mask, const struct enl_face *face) {
    int painted = 0;
    for (int k = 0; k < 64; k++)
        painted += is_painted(mask, face->x + face->width * ((float)(k % 8) + .5f) / 8,
                              face->y + face->height * ((float)(k / 8) + .5f) / 8);
    return painted >= 62;
}

// Keeps the faces that are in view and not painted over.
static void choose_faces(struct enl_reach *reach, const float shown[4]) {
    struct enl_scene *seen = &reach->seen;
    int in_view = 0;
    seen->face_count = 0;
    for (int i = 0; i < reach->scene->face_count; i++) {
        struct enl_face face = reach->scene->faces[i];
        bool covered = is_covered(reach->held, &face);
        face.x = (face.x - shown[0]) / shown[2], face.width /= shown[2];
        face.y = (face.y - shown[1]) / shown[3], face.height /= shown[3];
        float x = face.x + face.width / 2, y = face.y + face.height / 2;
        if (x < 0 || y < 0 || x > 1 || y > 1) continue;
        in_view++;
        if (!covered) seen->faces[seen->face_count++] = face;
    }
    reach->is_held[ENL_FACE] = in_view && !seen->face_count;
}

struct enl_reach *enl_reach_new(const struct enl_scene *scene, const float *shown, int width,
                                const struct enl_picture *held, struct enl_error *error) {
    static const float whole[4] = {0, 0, 1, 1};
    struct enl_reach *reach = enl_alloc(1, sizeof *reach, error);
    if (!reach) return NULL;
    if (!shown) shown = whole;
    reach->scene = scene;
    reach->held = held;
    reach->seen = *scene;
    if (width > 0 && scene->width > 0) {
        reach->seen.width = width;
        reach->seen.height = (int)((float)width * shown[3] * (float)scene->height / (shown[2] * (float)scene->width) +
                                   .5f);
    }
    for (int e = 0; e < ENL_DEPTH; e++)
        if (scene->masks[e]) weigh(reach, (enum enl_element)e, shown);
    choose_faces(reach, shown);
    reach->all_held = held != NULL;
    for (size_t i = 0; held && i < (size_t)held->width * (size_t)held->height; i++)
        if (held->data[i] <= PAINTED) reach->all_held = false;
    for (int e = 0; reach->all_held && e < ENL_DEPTH; e++) reach->is_held[e] = true;
    return reach;
}

const char *enl_reach_why_not(const struct enl_reach *reach, const struct enl_motion_kind *kind) {
    enum enl_element region = kind->region;
    const char *why = enl_why_not(kind, reach->scene);
    if (why || region >= ENL_DEPTH) return why;
    bool gone = region == ENL_FACE ? reach->scene->face_count && !reach->seen.face_count :
                                     reach->scene->masks[region] && !reach->seen.masks[region];
    if (reach->is_held[region]) return "what would move lies under the freeze mask";
    if (gone) return "what would move lies outside the part that is shown";
    return region == ENL_FACE ? enl_why_not(kind, &reach->seen) : NULL;
}

bool enl_reach_holds(const struct enl_reach *reach, const struct enl_motion_kind *kind) {
    return kind->region < ENL_DEPTH && reach->is_held[kind->region] && !enl_why_not(kind, reach->scene);
}

int enl_reach_faces(struct enl_reach *reach, const struct enl_motion_kind *kind) {
    struct enl_scene *seen = &reach->seen;
    struct enl_face first = seen->faces[0];
    int count = seen->face_count, able = 0;
    for (int i = 0; i < count; i++) { // as if it were the only one
        if (i) seen->faces[0] = seen->faces[i];
        seen->face_count = 1;
        able += enl_why_not(kind, seen) == NULL;
    }
    seen->faces[0] = first;
    seen->face_count = count;
    return able;
}

bool enl_reach_holds_arrow(const struct enl_reach *reach, const struct enl_arrow *arrow, enum enl_element element) {
    if (element == ENL_SKY || element == ENL_WATER || element == ENL_HAIR) return reach->is_held[element];
    int painted = 0; // else it moves a patch about itself
    for (int k = 0; k <= 8; k++)
        painted += is_painted(reach->held, enl_mixf(arrow->from[0], arrow->to[0], (float)k / 8),
                              enl_mixf(arrow->from[1], arrow->to[1], (float)k / 8));
    return painted == 9;
}
