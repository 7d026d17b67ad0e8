// SPDX-License-Identifier: MIT
// Streams and falls: the water is carried along its course, a stream the faster the nearer it is.
#include "motion/course.h"
#include "motion/flow.h"

static const char *why_not(const struct enl_scene *scene) {
    if (!scene->masks[ENL_WATER]) return "no water was found";
    if (scene->water != ENL_WATER_STREAM && scene->water != ENL_WATER_FALL) return "the water does not run";
    return NULL;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    if (!stage->matte[ENL_WATER]) return true;
    bool fall = stage->scene->water == ENL_WATER_FALL;
    float side = .5f * (float)(stage->width + stage->height);
    float speed = (fall ? .09f : .04f) * side * motion->speed * fminf(motion->amount, 1.5f);
    double period = fall ? .7 : 1.0;
    float far = stage->has_horizon ? stage->horizon : 0;
    size_t nodes = (size_t)field->columns * (size_t)field->rows;
    float(*velocity)[2] = enl_alloc(nodes, sizeof *velocity, error);
    struct enl_plane *matte = velocity ? enl_matte_on_grid(stage->matte[ENL_WATER], field, error) : NULL;
    struct enl_plane *edge = matte ? enl_plane_distance(matte, .9f, 64, error) : NULL;
    if (edge && !enl_course(matte, motion->direction, velocity, error)) enl_plane_free(&edge);
    float reach = fmaxf(2, .35f * speed * (float)period / ENL_GRID); // nothing is carried over the banks
    for (size_t n = 0; edge && n < nodes; n++) {
        float inside = enl_smoothstep(0, reach, edge->data[n]), row = (float)((int)n / field->columns * ENL_GRID);
        float near = fall ? 1 : .5f + .8f * enl_clampf((row - far) / fmaxf((float)stage->height - far, 1), 0, 1);
        velocity[n][0] *= inside * speed * near;
        velocity[n][1] *= inside * speed * near;
        if (inside > 0) field->support[n] = 1;
    }
    if (edge)
        *ret_state = enl_flow_new(stage, field, (const float(*)[2])velocity, period, motion->start, stage->seed + 5,
                                  error);
    enl_plane_free(&matte);
    enl_plane_free(&edge);
    enl_release(velocity);
    return *ret_state != NULL;
}

const struct enl_motion_info enl_motion_stream = {.kind = {.name = "stream",
                                                           .help = "streams and falls run",
                                                           .region = ENL_WATER,
                                                           .by_default = true,
                                                           .direction = 270,
                                                           .speed = 1,
                                                           .amount = 1,
                                                           .why_not = why_not},
                                                  .layer = ENL_LAYER_MIDDLE,
                                                  .prepare = prepare,
                                                  .displace = enl_flow_displace,
                                                  .release = enl_flow_release};
