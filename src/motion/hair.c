// SPDX-License-Identifier: MIT
// Hair moves a little in the air: held by the face and the head, free against what is behind.
#include "motion/wind.h"

static const char *why_not(const struct enl_scene *scene) {
    if (!scene->person_model) return "hair is found only with the person model";
    if (!scene->face_count) return "no face was found";
    return scene->masks[ENL_HAIR] && scene->share[ENL_HAIR] > .003f ? NULL : "no hair was found";
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    if (!stage->matte[ENL_HAIR] || !stage->matte[ENL_PERSON]) return true;
    float side = stage->face_count ? stage->faces[0].width : .25f * fminf((float)stage->width, (float)stage->height);
    struct enl_plane *moves = enl_matte_on_grid(stage->matte[ENL_HAIR], field, error);
    struct enl_plane *open = moves ? enl_matte_on_grid(stage->matte[ENL_PERSON], field, error) : NULL;
    if (open) {
        for (int n = 0; n < field->columns * field->rows; n++) open->data[n] = 1 - open->data[n];
        *ret_state = enl_wind_new(stage, &(struct enl_wind_params){
                .moves = moves, .open = open, .amplitude = .011f * side * motion->amount,
                .hertz = {.35f * motion->speed, .8f * motion->speed, 1.3f * motion->speed},
                .grain = {.9f * side, .3f * side, .14f * side}, .share = {.5f, .35f, .15f},
                .direction = motion->direction, .start = motion->start, .seed = enl_mix(stage->seed + 43)},
            field, error);
    }
    enl_plane_free(&moves);
    enl_plane_free(&open);
    return *ret_state != NULL;
}

const struct enl_motion_info enl_motion_hair = {
    .kind = {.name = "hair", .help = "hair moves in the air", .region = ENL_HAIR, .by_default = true, .direction = 0,
             .speed = 1, .amount = 1, .why_not = why_not},
    .layer = ENL_LAYER_NEAR, .prepare = prepare, .displace = enl_wind_displace, .release = enl_wind_free};
