// SPDX-License-Identifier: MIT
// Waves: a sum of travelling waves on a flat sea seen in perspective (Tessendorf 2001: omega = sqrt(g k)). They bend
// what the water shows, most near the camera and not at all at the horizon, glint where their backs catch the light,
// and carry the surface slowly along.
#include "motion/flow.h"

#define WAVES 18
#define GRAVITY 9.81f

struct waves {
    const struct enl_stage *stage;
    float kx[WAVES], kz[WAVES], omega[WAVES], phase[WAVES], height[WAVES];
    float focal, camera_height, horizon, centre; // of a pinhole camera over the water
    float amplitude; // pixels at the foot of the water
    float foot;      // row down to which nearly all of the water lies
    float glint;
    double start;
    int32_t *slot;              // of every node: where its waves stand in `basis`, -1 off the water
    float (*basis)[2 * WAVES];  // height * cos and sin of each wave's phase at the node
    float *edge;                // by slot: 0 at the water's edge, 1 well inside
    struct enl_flow *drift;     // the surface carried along; NULL on still water
};

static const char *why_not(const struct enl_scene *scene) {
    if (!scene->masks[ENL_WATER]) return "no water was found";
    if (scene->water == ENL_WATER_STREAM || scene->water == ENL_WATER_FALL) return "the water runs rather than rolls";
    return NULL;
}

static void choose_waves(struct waves *s, const struct enl_motion *motion) {
    struct enl_random random = {enl_mix(s->stage->seed + 23)};
    float angle = motion->direction * ENL_PI / 180;
    float total = 0;
    for (int i = 0; i < WAVES; i++) {
        // Lengths from 6 m to .35 m, evenly in the logarithm; most energy in the long ones (1/k^1.2 in amplitude).
        float length = 6 * powf(.35f / 6, ((float)i + enl_random_unit(&random)) / WAVES);
        float k = 2 * ENL_PI / length;
        // Direction 0 is to the right, 270 toward the camera; a spread of 35 degrees about it.
        // z points away from the camera, so a wave that comes toward it has a negative kz.
        float turn = angle + .6f * enl_random_normal(&random);
        s->kx[i] = k * cosf(turn);
        s->kz[i] = k * sinf(turn);
        double hertz = enl_loop_frequency(s->stage, sqrtf(GRAVITY * k) / (2 * ENL_PI) * .55f * motion->speed);
        s->omega[i] = (float)(2 * (double)ENL_PI * hertz);
        s->phase[i] = 2 * ENL_PI * enl_random_unit(&random);
        s->height[i] = powf(length, 1.2f);
        total += s->height[i] * s->height[i];
    }
    for (int i = 0; i < WAVES; i++) s->height[i] /= sqrtf(total / 2);
}

// The waves at one node. Those under three pixels long there are dropped: they would only shimmer.
static void fill_basis(const struct waves *s, float column, float row, float basis[2 * WAVES]) {
    float below = fmaxf(row - s->horizon, 1), z = s->focal * s->camera_height / below, pixels = s->focal / z;
    float x = (column - s->centre) / pixels;
    for (int i = 0; i < WAVES; i++) {
        float k = sqrtf(s->kx[i] * s->kx[i] + s->kz[i] * s->kz[i]);
        // Along the line of sight a wave is foreshortened by the slant at which the water is seen.
        float slant = hypotf(s->kx[i], s->kz[i] * fmaxf(1, z / s->camera_height)) / k;
        float seen = enl_clampf(pixels * 2 * ENL_PI / (k * slant) / 6 - .5f, 0, 1);
        float now = s->phase[i] + s->kx[i] * x + s->kz[i] * z;
        basis[i] = seen * s->height[i] * cosf(now);
        basis[WAVES + i] = seen * s->height[i] * sinf(now);
    }
}

// The row over which 19 in 20 of the wet nodes lie: a puddle in front does not make a lake far away.
static float foot_of(const int32_t *slot, const struct enl_field *field, int wet) {
    int row = 0;
    for (int left = wet - wet / 20; row < field->rows && left > 0; row++)
        for (int i = 0; i < field->columns; i++) left -= slot[row * field->columns + i] >= 0;
    return (float)(row * ENL_GRID);
}

// 1 at the foot of the water, 0 at the horizon.
static float nearness(const struct waves *s, int row) {
    float near = enl_clampf(((float)(row * ENL_GRID) - s->horizon) / fmaxf(s->foot - s->horizon, 1), 0, 1);
    return near * (2 - near); // the middle distance is seen to move, too
}

// The surface moves along with the waves, foreshortened: rows near the horizon hardly at all. On a lake it is slower
// and turns over sooner, so that what is mirrored stays under what it mirrors.
static bool make_drift(struct waves *s, const struct enl_motion *motion, const struct enl_field *field, bool still,
                       struct enl_error *error) {
    int nodes = field->columns * field->rows;
    float side = fminf((float)s->stage->width, (float)s->stage->height);
    float speed = (still ? .016f : .032f) * side * motion->speed;
    float angle = motion->direction * ENL_PI / 180;
    float(*velocity)[2] = enl_alloc((size_t)nodes, sizeof *velocity, error);
    for (int n = 0; velocity && s->slot && n < nodes; n++) {
        if (s->slot[n] < 0) continue;
        float near = nearness(s, n / field->columns);
        float inside = s->edge[s->slot[n]] * near;
        velocity[n][0] = inside * speed * cosf(angle);
        velocity[n][1] = -inside * sqrtf(near) * speed * sinf(angle) * .6f;
    }
    if (velocity)
        s->drift = enl_flow_new(s->stage, field, (const float(*)[2])velocity, still ? 1.5 : 2.4, s->start,
                                s->stage->seed + 29, error);
    enl_release(velocity);
    return s->drift != NULL;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct waves *s = enl_alloc(1, sizeof *s, error);
    *ret_state = s;
    if (!s || !stage->matte[ENL_WATER]) return s != NULL;
    bool still = stage->scene->water == ENL_WATER_STILL;
    s->stage = stage;
    s->start = motion->start;
    float side = fminf((float)stage->width, (float)stage->height);
    s->horizon = stage->has_horizon ? stage->horizon : -.2f * (float)stage->height;
    s->focal = .9f * fmaxf((float)stage->width, (float)stage->height);
    s->camera_height = 2.2f;
    s->centre = .5f * (float)stage->width;
    s->amplitude = (still ? .013f : .0085f) * side * motion->amount;
    s->glint = (still ? .07f : .09f) * fminf(motion->amount, 1.5f);
    choose_waves(s, motion);
    struct enl_plane *matte = enl_matte_on_grid(stage->matte[ENL_WATER], field, error);
    // Nothing is fetched across the edge: the reach of a wave fades toward it.
    struct enl_plane *edge = matte ? enl_plane_distance(matte, .9f, 64, error) : NULL;
    enl_plane_free(&matte);
    int nodes = field->columns * field->rows, wet = 0;
    if (edge) s->slot = enl_alloc((size_t)nodes, sizeof *s->slot, error);
    for (int n = 0; edge && s->slot && n < nodes; n++)
        s->slot[n] = edge->data[n] > 0 && (float)(n / field->columns * ENL_GRID) > s->horizon + 1 ? wet++ : -1;
    if (s->slot) s->basis = enl_alloc((size_t)wet + 1, sizeof *s->basis, error);
    if (s->basis) s->edge = enl_alloc((size_t)wet + 1, sizeof *s->edge, error);
    if (s->edge) s->foot = foot_of(s->slot, field, wet);
    float reach = fmaxf(2, s->amplitude * 3 / ENL_GRID);
    for (int n = 0; edge && s->slot && s->basis && s->edge && n < nodes; n++) {
        if (s->slot[n] < 0) continue;
        field->support[n] = 1;
        s->edge[s->slot[n]] = enl_smoothstep(0, reach, edge->data[n]);
        fill_basis(s, (float)(n % field->columns * ENL_GRID), (float)(n / field->columns * ENL_GRID),
                   s->basis[s->slot[n]]);
    }
    enl_plane_free(&edge);
    return s->edge && make_drift(s, motion, field, still, error);
}

// Four sums side by side, which compilers turn into one vector; the order is fixed, so every machine agrees.
static float weigh(const float basis[2 * WAVES], const float weight[2 * WAVES]) {
    float sum[4] = {0};
    for (int i = 0; i < 2 * WAVES; i += 4)
        for (int k = 0; k < 4; k++) sum[k] += basis[i + k] * weight[i + k];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct waves *s = state;
    if (!s->edge) return;
    if (s->drift) enl_flow_displace(s->drift, t, field, first, last);
    float across[2 * WAVES], along[2 * WAVES];
    for (int i = 0; i < WAVES; i++) {
        // The difference to t = 0 leaves the first frame as it was and loops by itself.
        float turn = s->omega[i] * (float)t, c = .6f * (cosf(turn) - 1), d = .6f * sinf(turn);
        float k = sqrtf(s->kx[i] * s->kx[i] + s->kz[i] * s->kz[i]);
        across[i] = c * s->kx[i] / k, across[WAVES + i] = d * s->kx[i] / k;
        along[i] = c * s->kz[i] / k, along[WAVES + i] = d * s->kz[i] / k;
    }
    float ease = s->stage->loop ? 1 : (float)enl_ease(t, s->start, 1.0);
    float gust = .75f + .5f * s->stage->swell[enl_clampi((int)(t * s->stage->fps), 0, s->stage->frames - 1)];
    if (s->stage->loop) gust = 1;
    for (int j = first; j < last; j++) {
        float perspective = nearness(s, j);
        float size = s->amplitude * perspective * ease * gust;
        for (int i = 0; i < field->columns; i++) {
            int slot = s->slot[j * field->columns + i];
            if (slot < 0) continue;
            float sx = weigh(s->basis[slot], across), sz = weigh(s->basis[slot], along), edge = s->edge[slot];
            struct enl_node *node = field->nodes + j * field->columns + i;
            float dx = size * edge * sx, dy = size * edge * sz * .7f;
            node->x += dx, node->x2 += dx;
            node->y += dy, node->y2 += dy;
            node->light += s->glint * edge * ease * sqrtf(perspective) * enl_clampf(.5f * (sz + .4f * sx), -.8f, 1.6f);
        }
    }
}

static void release(void *state) {
    struct waves *s = state;
    if (!s) return;
    enl_flow_release(s->drift);
    enl_release(s->slot);
    enl_release(s->basis);
    enl_release(s->edge);
    enl_release(s);
}

const struct enl_motion_info enl_motion_waves = {
    .kind = {.name = "waves", .help = "lakes and seas roll", .region = ENL_WATER, .by_default = true, .direction = 290,
             .speed = 1, .amount = 1, .why_not = why_not},
    .layer = ENL_LAYER_MIDDLE, .prepare = prepare, .displace = displace, .release = release};
