// SPDX-License-Identifier: MIT
// Flow maps (Vlachos 2010): each phase runs from half a period behind to half a period ahead and weighs nothing where
// it jumps; every node is a little out of step, so that the whole does not pulse.
#include "motion/flow.h"

#include <string.h>

struct enl_flow {
    const struct enl_stage *stage;
    double period, start;
    float (*velocity)[2]; // pixels a second
    float *step;          // a node's own offset in the period, 0..1
};

struct enl_flow *enl_flow_new(const struct enl_stage *stage, const struct enl_field *field, const float (*velocity)[2],
                              double period, double start, uint64_t seed, struct enl_error *error) {
    size_t nodes = (size_t)field->columns * (size_t)field->rows;
    struct enl_flow *flow = enl_alloc(1, sizeof *flow, error);
    if (!flow) return NULL;
    *flow = (struct enl_flow){.stage = stage, .period = 1 / enl_loop_frequency(stage, 1 / period), .start = start};
    flow->velocity = enl_alloc(nodes, sizeof *flow->velocity, error);
    flow->step = flow->velocity ? enl_alloc(nodes, sizeof *flow->step, error) : NULL;
    if (!flow->step) {
        enl_flow_release(flow);
        return NULL;
    }
    memcpy(flow->velocity, velocity, nodes * sizeof *velocity);
    uint32_t noise = (uint32_t)enl_mix(seed);
    for (size_t n = 0; n < nodes; n++) {
        float x = (float)((int)n % field->columns), y = (float)((int)n / field->columns);
        flow->step[n] = .5f + .5f * enl_noise2(x * .045f, y * .045f, noise);
    }
    return flow;
}

void enl_flow_displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct enl_flow *flow = state;
    // The very first moment is the photo itself: the reach of both phases grows from nothing; a loop returns to it.
    double ease = enl_ease(t, flow->start, 1.0);
    if (flow->stage->loop) ease = enl_ease(t, 0, .6) * enl_ease(flow->stage->seconds - t, 0, .6);
    for (int n = first * field->columns; n < last * field->columns; n++) {
        const float *v = flow->velocity[n];
        if (v[0] == 0 && v[1] == 0) continue;
        double turn = t / flow->period + (double)flow->step[n];
        float phase = (float)(turn - floor(turn)), other = phase < .5f ? phase + .5f : phase - .5f;
        float reach = (float)(flow->period * ease);
        struct enl_node *node = field->nodes + n;
        node->x -= v[0] * reach * (phase - .5f);
        node->y -= v[1] * reach * (phase - .5f);
        node->x2 -= v[0] * reach * (other - .5f);
        node->y2 -= v[1] * reach * (other - .5f);
        node->mix = fabsf(2 * phase - 1);
    }
}

void enl_flow_release(void *state) {
    struct enl_flow *flow = state;
    if (!flow) return;
    enl_release(flow->velocity);
    enl_release(flow->step);
    enl_release(flow);
}
