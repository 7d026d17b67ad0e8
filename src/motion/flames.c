// SPDX-License-Identifier: MIT
// Flames: they run upward and dance, and flicker by 3 to 10 % of their light; what stands near them flickers along.
#include "motion/flicker.h"
#include "motion/flow.h"
#include "motion/shade.h"

struct flames {
    const struct enl_stage *stage;
    double start;
    struct enl_flow *flow;
    struct enl_flicker flicker;
    float *reach, *lit; // of every node: how far it dances, pixels; how much it is lit by fire, 0..1
    int32_t *slot;      // of every lit node, where its phases stand in `place`; -1
    float (*place)[2 * ENL_FLICKER_TONES];
    float hertz, wave; // of the dance; nodes from crest to crest
};

static const char *why_not(const struct enl_scene *scene) {
    return scene->masks[ENL_FLAMES] ? NULL : "no flames were found";
}

// The fire's light on what is around it: the flames, and their glow by a wide blur.
static bool fill_light(struct flames *s, const struct enl_plane *matte, struct enl_field *field,
                       struct enl_error *error) {
    int nodes = field->columns * field->rows, count = 0;
    struct enl_plane *wide = enl_plane_new(field->columns, field->rows, error);
    for (int n = 0; wide && n < nodes; n++) wide->data[n] = matte->data[n];
    bool done = wide && enl_plane_blur(wide, 2 + field->columns / 14, error);
    s->lit = done ? enl_alloc((size_t)nodes, sizeof *s->lit, error) : NULL;
    s->slot = s->lit ? enl_alloc((size_t)nodes, sizeof *s->slot, error) : NULL;
    for (int n = 0; s->slot && n < nodes; n++) {
        float near = .6f * enl_smoothstep(.004f, .25f, wide->data[n]);
        s->lit[n] = fmaxf(matte->data[n], near);
        s->slot[n] = s->lit[n] > .01f ? count++ : -1;
        if (s->slot[n] >= 0) field->support[n] = 1;
    }
    s->place = s->slot ? enl_alloc((size_t)count + 1, sizeof *s->place, error) : NULL;
    for (int n = 0; s->place && n < nodes; n++) {
        if (s->slot[n] < 0) continue;
        float x = (float)(n % field->columns), y = (float)(n / field->columns);
        float late = 3 * enl_noise2(x * .05f, y * .05f, (uint32_t)enl_mix(s->stage->seed + 91));
        enl_flicker_place(&s->flicker, late, s->place[s->slot[n]]);
        for (int k = 0; k < 2 * ENL_FLICKER_TONES; k++) s->place[s->slot[n]][k] *= s->lit[n];
    }
    enl_plane_free(&wide);
    return s->place != NULL;
}

// How far each node dances: tongues more than their foot, and the dark beside them along, so that the outline moves.
static struct enl_plane *find_sway(const struct flames *s, const struct enl_motion *motion,
                                   const struct enl_plane *matte, struct enl_error *error) {
    struct enl_plane *sway = enl_plane_new(matte->width, matte->height, error);
    float most = .012f * sqrtf((float)s->stage->width * (float)s->stage->height) * fminf(1.5f, motion->amount);
    for (int x = 0; sway && x < matte->width; x++) {
        float height = 0; // of the flame below, nodes
        for (int y = matte->height - 1; y >= 0; y--) {
            float burns = matte->data[y * matte->width + x];
            height = burns > .3f ? height + 1 : height * .9f;
            sway->data[y * matte->width + x] = fminf(most, .22f * ENL_GRID * height);
        }
    }
    if (sway && !enl_plane_blur(sway, 2 + (int)(most / ENL_GRID), error)) enl_plane_free(&sway);
    return sway;
}

static bool fill_flow(struct flames *s, const struct enl_motion *motion, const struct enl_plane *matte,
                      struct enl_field *field, struct enl_error *error) {
    int nodes = field->columns * field->rows;
    float side = sqrtf((float)s->stage->width * (float)s->stage->height);
    float speed = .13f * side * motion->speed, period = .55f / fmaxf(.5f, motion->speed);
    struct enl_plane *edge = enl_plane_distance(matte, .5f, 64, error);
    float(*velocity)[2] = edge ? enl_alloc((size_t)nodes, sizeof *velocity, error) : NULL;
    s->reach = velocity ? enl_alloc((size_t)nodes, sizeof *s->reach, error) : NULL;
    float deep = .25f * speed * period / ENL_GRID;
    struct enl_plane *sway = s->reach ? find_sway(s, motion, matte, error) : NULL;
    for (int n = 0; sway && n < nodes; n++) {
        // As far as there is flame to fetch from; a candle runs as well as a bonfire, in its own size.
        float inside = fminf(1, edge->data[n] / fmaxf(1, deep)) * matte->data[n];
        velocity[n][1] = -speed * inside;
        s->reach[n] = sway->data[n] > .05f ? sway->data[n] : 0;
        if (inside > 0 || s->reach[n] > 0) field->support[n] = 1;
    }
    if (sway)
        s->flow = enl_flow_new(s->stage, field, (const float(*)[2])velocity, (double)period, s->start,
                               s->stage->seed + 92, error);
    enl_release(velocity);
    enl_plane_free(&edge);
    enl_plane_free(&sway);
    return s->flow != NULL;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    if (!stage->matte[ENL_FLAMES]) return true;
    struct flames *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    s->stage = stage;
    s->start = motion->start;
    s->hertz = 2 * (float)enl_loop_frequency(stage, .85 * (double)motion->speed); // also its half fits a loop
    s->wave = fmaxf(8, .15f * sqrtf((float)stage->width * (float)stage->height) / ENL_GRID);
    enl_flicker_fill(&s->flicker, stage, motion->start, 2, 12, .1f * fminf(motion->amount, 2), stage->seed + 90);
    struct enl_plane *matte = enl_matte_on_grid(stage->matte[ENL_FLAMES], field, error);
    bool done = matte && fill_light(s, matte, field, error) && fill_flow(s, motion, matte, field, error);
    enl_plane_free(&matte);
    return done;
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct flames *s = state;
    float now[2 * ENL_FLICKER_TONES], ease = (float)enl_shade_ease(s->stage, s->start, .8, t);
    enl_flow_displace(s->flow, t, field, first, last);
    enl_flicker_now(&s->flicker, t, now);
    for (int n = first * field->columns; n < last * field->columns; n++) {
        struct enl_node *node = field->nodes + n;
        if (s->slot[n] >= 0) node->light += enl_flicker_at(s->place[s->slot[n]], now);
        if (s->reach[n] <= 0) continue;
        float turns = s->hertz * (float)t + (float)(n / field->columns) / s->wave;
        float own = (float)(n % field->columns) / s->wave, reach = ease * s->reach[n];
        float x = reach * (.75f * enl_swing(turns + .4f * own) + .25f * enl_swing(2 * turns + 1.7f * own));
        float y = .8f * reach * enl_swing(.5f * turns + 1.3f * own); // tongues leap and fall back
        node->x += x, node->x2 += x;
        node->y += y, node->y2 += y;
    }
}

static void release(void *state) {
    struct flames *s = state;
    if (!s) return;
    enl_flow_release(s->flow);
    enl_release(s->reach);
    enl_release(s->lit);
    enl_release(s->slot);
    enl_release(s->place);
    enl_release(s);
}

const struct enl_motion_info enl_motion_flames = {.kind = {.name = "flames",
                                                           .help = "flames run and flicker",
                                                           .region = ENL_FLAMES,
                                                           .by_default = true,
                                                           .direction = 90,
                                                           .speed = 1,
                                                           .amount = 1,
                                                           .why_not = why_not},
                                                  .layer = ENL_LAYER_MIDDLE,
                                                  .prepare = prepare,
                                                  .displace = displace,
                                                  .release = release};
