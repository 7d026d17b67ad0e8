// SPDX-License-Identifier: MIT
// A camera held in the hand: it sways and rolls a little, in tones between .1 and 1.5 Hz whose power falls as 1/f. The
// view is a little closer while it sways, so that no edge of the photo comes into it.
#include "motion/camera.h"

#define TONES 9

struct state {
    struct enl_camera camera;
    double omega[TONES];
    float phase[3][TONES]; // of x, y and roll
    float size[3];         // one deviation: pixels, pixels, radians
    float room;            // cut off at the edges meanwhile: a share of the picture
};

// What is far sways by .85 of what is said, what is near by 1.15.
#define FAR .85f
#define NEARER .3f

// x, y and roll at `t`: pixels, pixels, radians. Tones that lie evenly on a logarithmic scale and are equally strong
// have a power of 1/f.
static void sway(const struct state *s, double t, float ret[3]) {
    for (int a = 0; a < 3; a++) {
        double sum = 0;
        for (int k = 0; k < TONES; k++) sum += sin(s->omega[k] * t + (double)s->phase[a][k]);
        ret[a] = (float)(sum * sqrt(2.0 / TONES)) * s->size[a];
    }
}

static void fill_tones(struct state *s, const struct enl_stage *stage, const struct enl_motion *motion) {
    struct enl_random random = {enl_mix(stage->seed + 41)};
    double speed = (double)motion->speed, step = pow(15, 1.0 / (TONES - 1)), hertz = .1 * speed;
    double fastest = stage->fps / 8.0; // faster would only jitter
    for (int k = 0; k < TONES; k++, hertz *= step) {
        s->omega[k] = 2 * 3.14159265358979 * enl_loop_frequency(stage, fmin(hertz, fastest));
        for (int a = 0; a < 3; a++) s->phase[a][k] = 2 * ENL_PI * enl_random_unit(&random);
    }
    float amount = fminf(motion->amount, 3);
    s->size[0] = s->size[1] = .0035f * amount * (float)(stage->width < stage->height ? stage->width : stage->height);
    s->size[2] = .0022f * amount;
}

// So much of the picture's half sizes that no frame shows an edge.
static float room_for(const struct state *s, const struct enl_stage *stage) {
    float most = 0, w = .5f * (float)stage->width, h = .5f * (float)stage->height;
    for (int i = 0; i < stage->frames; i++) {
        float now[3];
        sway(s, (double)i / stage->fps, now);
        float x = (FAR + NEARER) * fabsf(now[0]) + fabsf(now[2]) * h;
        float y = (FAR + NEARER) * fabsf(now[1]) + fabsf(now[2]) * w;
        most = fmaxf(most, fmaxf(x / w, y / h));
    }
    return 1.03f * most;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct state *s = *ret_state = enl_alloc(1, sizeof *s, error);
    if (!s) return false;
    fill_tones(s, stage, motion);
    s->room = room_for(s, stage);
    return enl_camera_fill(&s->camera, stage, motion, field,
                           (struct enl_camera_reach){.shift = 3 * NEARER * s->size[0]}, error);
}

// It begins to sway in the first second; in the last of a loop it comes to rest again.
static float ease(const struct enl_camera *camera, double t) {
    double length = camera->stage->seconds, ramp = fmin(1.2, length / 3);
    if (!camera->stage->loop) return (float)enl_ease(t, camera->start, ramp);
    return (float)(enl_ease(t, 0, ramp) * enl_ease(length - t, 0, ramp));
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct state *s = state;
    const struct enl_camera *c = &s->camera;
    float now[3], eased = ease(c, t), room = eased * s->room;
    float cx = .5f * (float)c->stage->width, cy = .5f * (float)c->stage->height;
    sway(s, t, now);
    for (int k = 0; k < 3; k++) now[k] *= eased;
    for (int j = first; j < last; j++)
        for (int i = 0; i < field->columns; i++) {
            float x, y, nearness = enl_camera_look(c, field, i, j, &x, &y);
            float near = FAR + NEARER * nearness;
            // A roll so small is a shear both ways.
            enl_camera_move(c->stage, field->nodes + j * field->columns + i, x, y,
                            now[0] * near + now[2] * (cy - y) + room * (cx - x),
                            now[1] * near + now[2] * (x - cx) + room * (cy - y));
        }
}

const struct enl_motion_info enl_motion_handheld = {.kind = {.name = "handheld",
                                                             .help = "the camera sways as if held in the hand",
                                                             .region = ENL_ELEMENTS,
                                                             .speed = 1,
                                                             .amount = 1},
                                                    .layer = ENL_LAYER_CAMERA,
                                                    .prepare = prepare,
                                                    .displace = displace,
                                                    .release = enl_camera_release};
