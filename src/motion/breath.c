// SPDX-License-Identifier: MIT
// A person breathes: shoulders and chest rise and sink, .24 times a second, in for 40 % of the time and out for 60 %.
#include "motion/face.h"
#include "base/plane.h"

struct breath {
    const struct enl_stage *stage;
    double hertz, start;
    float *rise; // of every node, pixels at the height of a breath
};

static const char *why_not(const struct enl_scene *scene) {
    if (!scene->person_model) return "people are found only with the person model";
    if (!scene->masks[ENL_PERSON] || scene->share[ENL_PERSON] < .04f) return "no person is near enough";
    return scene->face_count ? NULL : "no face shows where the shoulders are";
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct breath *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    if (!stage->matte[ENL_PERSON]) return true;
    s->stage = stage;
    s->start = motion->start;
    s->hertz = enl_loop_frequency(stage, .24 * (double)motion->speed);
    s->rise = enl_alloc((size_t)field->columns * (size_t)field->rows, sizeof *s->rise, error);
    struct enl_plane *person = s->rise ? enl_matte_on_grid(stage->matte[ENL_PERSON], field, error) : NULL;
    bool done = person && enl_plane_blur(person, 3, error);
    for (int f = 0; done && f < stage->face_count && f < ENL_FACES_MOVED; f++) {
        const struct enl_face *face = &stage->faces[f];
        if (face->width < .06f * (float)stage->width) continue;
        float chin = face->y + face->height, size = face->width, middle = face->x + .5f * face->width;
        float reach = .022f * size * motion->amount; // about .5 % of the height of head and chest
        for (int j = 0; j < field->rows; j++)
            for (int i = 0; i < field->columns; i++) {
                float down = ((float)(j * ENL_GRID) - chin) / size, side = ((float)(i * ENL_GRID) - middle) / size;
                // Most at the shoulders, nothing at the chin, at the waist and at the picture's lower edge.
                float level = enl_smoothstep(.15f, .9f, down) * enl_smoothstep(3.6f, 1.2f, down);
                float border = enl_smoothstep(0, 10, (float)(field->rows - 1 - j));
                float near = enl_smoothstep(2.6f, 1.4f, fabsf(side));
                int n = j * field->columns + i;
                float rise = reach * level * border * near * fminf(1, 2 * person->data[n]);
                if (rise > .02f) s->rise[n] = fmaxf(s->rise[n], rise), field->support[n] = 1;
            }
    }
    enl_plane_free(&person);
    return done;
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct breath *s = state;
    if (!s->rise) return;
    double turn = (t - (s->stage->loop ? 0 : s->start)) * s->hertz;
    double u = turn - floor(turn);
    if (turn < 0) u = 0;
    float now = (float)(u < .4 ? enl_ease(u, 0, .4) : 1 - enl_ease(u, .4, .6));
    for (int n = first * field->columns; n < last * field->columns; n++)
        field->nodes[n].y += now * s->rise[n]; // the chest goes up, so it is fetched from below
}

static void release(void *state) {
    struct breath *s = state;
    if (s) enl_release(s->rise);
    enl_release(s);
}

const struct enl_motion_info enl_motion_breath = {.kind = {.name = "breath",
                                                           .help = "people breathe",
                                                           .region = ENL_PERSON,
                                                           .by_default = true,
                                                           .speed = 1,
                                                           .amount = 1,
                                                           .why_not = why_not},
                                                  .layer = ENL_LAYER_NEAR,
                                                  .prepare = prepare,
                                                  .displace = displace,
                                                  .release = release};
