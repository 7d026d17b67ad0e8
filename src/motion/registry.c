// SPDX-License-Identifier: MIT
#include "motion/motion.h"
#include "base/plane.h"

#include <string.h>

// Their order is that of drawing; from smoke on they are in the air: weather, the light on it, what shines.
#define MOTIONS(M) \
    M(clouds)   \
    M(waves)    \
    M(stream)   \
    M(swash)    \
    M(sway)     \
    M(hair)     \
    M(smile)    \
    M(blink)    \
    M(gaze)     \
    M(breath)   \
    M(pet_breath) \
    M(head)     \
    M(nod)      \
    M(turn)     \
    M(zoom_in)  \
    M(zoom_out) \
    M(pan)      \
    M(orbit)    \
    M(dolly)    \
    M(handheld) \
    M(flames)   \
    M(lamps)    \
    M(arrows)   \
    M(smoke)    \
    M(fog)      \
    M(rain)     \
    M(snow)     \
    M(day)      \
    M(sunset)   \
    M(night)    \
    M(glow)     \
    M(stars)    \
    M(sparkles)

#define DECLARED(name) extern const struct enl_motion_info enl_motion_##name;
#define LISTED(name) &enl_motion_##name,
MOTIONS(DECLARED)
const struct enl_motion_info *const enl_motions[] = {MOTIONS(LISTED) NULL};

const struct enl_motion_info *enl_motion_find(const char *name) {
    for (int i = 0; enl_motions[i]; i++)
        if (!strcmp(enl_motions[i]->kind.name, name)) return enl_motions[i];
    return NULL;
}

const struct enl_motion_kind *enl_motion_kind_at(int index) {
    for (int i = 0; enl_motions[i]; i++)
        if (i == index) return &enl_motions[i]->kind;
    return NULL;
}

bool enl_matte_about_node(const struct enl_picture *matte, int i, int j) {
    int left = i * ENL_GRID - ENL_GRID + 1, top = j * ENL_GRID - ENL_GRID + 1;
    for (int y = top < 0 ? 0 : top; y < (j + 1) * ENL_GRID && y < matte->height; y++)
        for (int x = left < 0 ? 0 : left; x < (i + 1) * ENL_GRID && x < matte->width; x++)
            if (matte->data[(size_t)y * (size_t)matte->width + (size_t)x]) return true;
    return false;
}

struct enl_plane *enl_matte_on_grid(const struct enl_picture *matte, const struct enl_field *field,
                                    struct enl_error *error) {
    struct enl_plane *plane = enl_plane_new(field->columns, field->rows, error);
    for (int j = 0; plane && j < field->rows; j++)
        for (int i = 0; i < field->columns; i++)
            plane->data[j * field->columns + i] = enl_matte_at_node(matte, i, j);
    return plane;
}
