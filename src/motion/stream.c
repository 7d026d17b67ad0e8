// SPDX-License-Identifier: MIT
// Streams and falls: the water is carried along its course; two phases, half a period apart, take turns so that nothing
// stretches for long (flow maps: Vlachos 2010), each node a little out of step so that the whole does not pulse.
#include "motion/motion.h"
#include "base/plane.h"

struct stream {
    const struct enl_stage *stage;
    float vx, vy; // pixels a second
    double period, start;
    float *edge;  // of every node: 0 at the banks, 1 inside
    float *step;  // of every node: its own offset in the period, 0..1
};

static const char *why_not(const struct enl_scene *scene) {
    if (!scene->masks[ENL_WATER]) return "no water was found";
    if (scene->water != ENL_WATER_STREAM && scene->water != ENL_WATER_FALL) return "the water does not run";
    return NULL;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct stream *s = enl_alloc(1, sizeof *s, error);
    *ret_state = s;
    if (!s || !stage->matte[ENL_WATER]) return s != NULL;
    bool fall = stage->scene->water == ENL_WATER_FALL;
    float angle = motion->direction * ENL_PI / 180, side = .5f * (float)(stage->width + stage->height);
    float speed = (fall ? .09f : .04f) * side * motion->speed * fminf(motion->amount, 1.5f);
    s->stage = stage;
    s->start = motion->start;
    s->vx = speed * cosf(angle);
    s->vy = -speed * sinf(angle);
    s->period = 1 / enl_loop_frequency(stage, 1 / (fall ? .7 : 1.0));
    size_t nodes = (size_t)field->columns * (size_t)field->rows;
    struct enl_plane *matte = enl_matte_on_grid(stage->matte[ENL_WATER], field, error);
    struct enl_plane *edge = matte ? enl_plane_distance(matte, .9f, 64, error) : NULL;
    if (edge) s->edge = enl_alloc(nodes, sizeof *s->edge, error);
    if (s->edge) s->step = enl_alloc(nodes, sizeof *s->step, error);
    float reach = fmaxf(2, .35f * speed * (float)s->period / ENL_GRID);
    for (size_t n = 0; s->step && n < nodes; n++) {
        float x = (float)((int)n % field->columns), y = (float)((int)n / field->columns);
        s->edge[n] = enl_smoothstep(0, reach, edge->data[n]);
        s->step[n] = .5f + .5f * enl_noise2(x * .06f, y * .06f, (uint32_t)enl_mix(stage->seed + 5));
        if (s->edge[n] > 0) field->support[n] = 1;
    }
    enl_plane_free(&matte);
    enl_plane_free(&edge);
    return s->step != NULL;
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct stream *s = state;
    if (!s->step) return;
    // The very first moment is the photo itself: the reach of both phases grows from nothing (a loop also returns to it).
    double ease = enl_ease(t, s->start, 1.0);
    if (s->stage->loop) ease = enl_ease(t, 0, .6) * enl_ease(s->stage->seconds - t, 0, .6);
    for (int n = first * field->columns; n < last * field->columns; n++) {
        if (s->edge[n] <= 0) continue;
        double turn = t / s->period + (double)s->step[n];
        float phase = (float)(turn - floor(turn)), other = phase < .5f ? phase + .5f : phase - .5f;
        float reach = (float)s->period * s->edge[n] * (float)ease;
        struct enl_node *node = field->nodes + n;
        // Each phase runs from half a period behind to half a period ahead; its weight is nothing where it jumps.
        node->x -= s->vx * reach * (phase - .5f);
        node->y -= s->vy * reach * (phase - .5f);
        node->x2 -= s->vx * reach * (other - .5f);
        node->y2 -= s->vy * reach * (other - .5f);
        node->mix = fabsf(2 * phase - 1);
    }
}

static void release(void *state) {
    struct stream *s = state;
    if (!s) return;
    enl_release(s->edge);
    enl_release(s->step);
    enl_release(s);
}

const struct enl_motion_info enl_motion_stream = {
    .kind = {.name = "stream", .help = "streams and falls run", .region = ENL_WATER, .by_default = true, .direction = 270,
             .speed = 1, .amount = 1, .why_not = why_not},
    .layer = ENL_LAYER_MIDDLE, .prepare = prepare, .displace = displace, .release = release};
