// SPDX-License-Identifier: MIT
// Plants sway: held by the ground and by walls, free against the sky.
#include "motion/wind.h"

static const char *why_not(const struct enl_scene *scene) {
    if (!scene->masks[ENL_PLANTS]) return "no plants were found";
    return scene->share[ENL_PLANTS] < .01f ? "too few plants were found" : NULL;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    if (!stage->matte[ENL_PLANTS]) return true;
    float side = fminf((float)stage->width, (float)stage->height);
    struct enl_plane *moves = enl_matte_on_grid(stage->matte[ENL_PLANTS], field, error), *open = NULL;
    if (moves && stage->matte[ENL_SKY]) open = enl_matte_on_grid(stage->matte[ENL_SKY], field, error);
    else if (moves) open = enl_plane_new(field->columns, field->rows, error);
    if (open)
        *ret_state = enl_wind_new(stage, &(struct enl_wind_params){
                .moves = moves, .open = open, .amplitude = .0042f * side * motion->amount,
                .hertz = {.45f * motion->speed, 1.1f * motion->speed, 2.4f * motion->speed},
                .grain = {.30f * side, .09f * side, .035f * side}, .share = {.5f, .34f, .16f},
                .direction = motion->direction, .start = motion->start, .seed = enl_mix(stage->seed + 41)},
            field, error);
    enl_plane_free(&moves);
    enl_plane_free(&open);
    return *ret_state != NULL;
}

const struct enl_motion_info enl_motion_sway = {
    .kind = {.name = "sway", .help = "trees, grass and flowers sway", .region = ENL_PLANTS, .by_default = true,
             .direction = 0, .speed = 1, .amount = 1, .why_not = why_not},
    .layer = ENL_LAYER_MIDDLE, .prepare = prepare, .displace = enl_wind_displace, .release = enl_wind_free};
