// SPDX-License-Identifier: MIT
// Clouds drift: the sky's plate slides, faster overhead than at the horizon, with a little curl noise so that shapes
// change. A loop cross-fades two phases (Holynski et al. 2021, section 3.2, with the flow held constant).
#include "motion/motion.h"

struct clouds {
    const struct enl_stage *stage;
    double start;
    float (*velocity)[2]; // of every node, pixels a second
};

static const char *why_not(const struct enl_scene *scene) {
    if (!scene->masks[ENL_SKY]) return "no sky was found";
    return scene->share[ENL_SKY] < .01f ? "too little sky was found" : NULL;
}

// The last row where the sky still reaches, for the perspective.
static float lowest_sky(const struct enl_picture *matte) {
    for (int y = matte->height - 1; y > 0; y--) {
        int sum = 0;
        for (int x = 0; x < matte->width; x += 8)
            sum += matte->data[(size_t)y * (size_t)matte->width + (size_t)x] > 127;
        if (sum * 8 > matte->width / 20) return (float)y;
    }
    return (float)matte->height;
}

#define MOST_SWIRL .024f // of the mean side by the end: more would fold the sky over itself

// Pixels a second of a node: the drift, slower toward the horizon, and the curl of a noise potential (Bridson et al.
// 2007), which swirls without gathering or spreading.
static void velocity_at(const struct enl_stage *stage, const struct enl_motion *motion, float horizon, float x, float y,
                        float ret[2]) {
    // .8 % of the mean side a second: seen at once, never hurried (facts: .3 to 1 %).
    float side = .5f * (float)(stage->width + stage->height), unit = .008f * side * motion->speed;
    float angle = motion->direction * ENL_PI / 180;
    float swirl = fminf(.2f * unit * motion->amount, MOST_SWIRL * side / (float)stage->seconds);
    float speed = .5f + .5f * enl_clampf((horizon - y) / fmaxf(horizon, 1), 0, 1);
    const float e = .35f;
    float px = x * 3 / side, py = y * 4.8f / side;
    uint32_t seed = (uint32_t)enl_mix(stage->seed + 11);
    float across = enl_noise2(px + e, py, seed) - enl_noise2(px - e, py, seed);
    float down = enl_noise2(px, py + e, seed) - enl_noise2(px, py - e, seed);
    ret[0] = unit * speed * cosf(angle) + swirl * down / (2 * e);
    ret[1] = -unit * speed * sinf(angle) - swirl * across / (2 * e);
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    const struct enl_picture *matte = stage->matte[ENL_SKY];
    struct clouds *s = enl_alloc(1, sizeof *s, error);
    *ret_state = s;
    if (!s || !matte) return s != NULL;
    s->stage = stage;
    s->start = motion->start;
    s->velocity = enl_alloc((size_t)field->columns * (size_t)field->rows, sizeof *s->velocity, error);
    if (!s->velocity) return false;
    float horizon = fmaxf(stage->has_horizon ? stage->horizon : 0, lowest_sky(matte));
    for (int j = 0; j < field->rows; j++)
        for (int i = 0; i < field->columns; i++) {
            int node = j * field->columns + i;
            if (enl_matte_about_node(matte, i, j)) field->support[node] = 1;
            velocity_at(stage, motion, horizon, (float)(i * ENL_GRID), (float)(j * ENL_GRID), s->velocity[node]);
        }
    return true;
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct clouds *s = state;
    if (!s->velocity) return;
    double length = s->stage->seconds;
    // Content moves along v, so it is fetched from behind. `since` is the time of phase 1, `until` that of phase 2.
    float since = s->stage->loop ? (float)t : (float)enl_ease_integral(t, s->start, .8);
    float until = s->stage->loop ? (float)(t - length) : 0;
    float mix = s->stage->loop ? (float)enl_ease(t, 0, length) : 0;
    for (int n = first * field->columns; n < last * field->columns; n++) {
        struct enl_node *node = field->nodes + n;
        node->x -= s->velocity[n][0] * since;
        node->y -= s->velocity[n][1] * since;
        node->x2 -= s->velocity[n][0] * until;
        node->y2 -= s->velocity[n][1] * until;
        node->mix = mix;
    }
}

static void release(void *state) {
    struct clouds *s = state;
    if (s) enl_release(s->velocity);
    enl_release(s);
}

const struct enl_motion_info enl_motion_clouds = {
    .kind = {.name = "clouds", .help = "the sky drifts", .region = ENL_SKY, .by_default = true, .direction = 0,
             .speed = 1, .amount = 1, .why_not = why_not},
    .layer = ENL_LAYER_FAR, .prepare = prepare, .displace = displace, .release = release};
