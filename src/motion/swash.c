// SPDX-License-Identifier: MIT
// Swash: the last of each wave runs up the sand as a thin sheet and drains back. The water's edge is carried over the
// sand along the shore's normal, foam and all; the water behind it gives way over five times that distance, and the
// sand beyond stands still. What the sheet has wetted stays a little darker until the next.
#include "base/plane.h"
#include "motion/motion.h"

#define PERIOD 8.0  // seconds (facts/animation)
#define PEAK .38f   // of the period is the way up: quick up, slow down
#define GIVES 5     // times the reach: how far from the edge the water gives way
#define FRONT 1.1f  // nodes over which the sheet ends
#define WETTED .13f // of the light that wet sand loses

struct swash {
    const struct enl_stage *stage;
    double period, start;
    float (*normal)[2]; // of every node: toward the sand, one long
    float *reach;       // pixels; 0 where nothing moves
    float *beyond;      // nodes past the water's edge, negative in the water
    float *lag;         // -1..1: how far ahead of the others
};

static const char *why_not(const struct enl_scene *scene) {
    if (!scene->masks[ENL_WATER]) return "no water was found";
    return scene->beach < .4f ? "no beach was found" : NULL;
}

// How far every node lies past the water's edge, in nodes; out to `limit` on both sides.
static struct enl_plane *measure(const struct enl_plane *wet, float limit, struct enl_error *error) {
    struct enl_plane *dry = enl_plane_new(wet->width, wet->height, error), *out = NULL, *deep = NULL;
    for (int n = 0; dry && n < wet->width * wet->height; n++) dry->data[n] = 1 - wet->data[n];
    if (dry) out = enl_plane_distance(dry, .5f, limit, error);
    if (out) deep = enl_plane_distance(wet, .5f, limit, error);
    for (int n = 0; deep && n < wet->width * wet->height; n++) out->data[n] -= deep->data[n];
    if (!deep) enl_plane_free(&out);
    enl_plane_free(&dry);
    enl_plane_free(&deep);
    return out;
}

// How white the whitest pixel of a node's cell is, 0..255.
static float whiteness(const struct enl_picture *picture, int i, int j) {
    int best = 0;
    for (int y = j * ENL_GRID; y < (j + 1) * ENL_GRID && y < picture->height; y++)
        for (int x = i * ENL_GRID; x < (i + 1) * ENL_GRID && x < picture->width; x++) {
            const uint8_t *rgb = picture->data + 3 * ((size_t)y * (size_t)picture->width + (size_t)x);
            int least = rgb[0] < rgb[1] ? rgb[0] : rgb[1];
            least = least < rgb[2] ? least : rgb[2];
            best = best > least ? best : least;
        }
    return (float)best;
}

// The foam at the water's edge is often taken for ground: what is whiter there than the sand farther up goes with the
// water. `width` in nodes.
static bool add_foam(const struct enl_stage *stage, struct enl_plane *wet, float width, struct enl_error *error) {
    int n = wet->width * wet->height;
    struct enl_plane *beyond = measure(wet, 4 * width, error), *sand = NULL, *weight = NULL;
    bool done = beyond && (sand = enl_plane_new(wet->width, wet->height, error)) &&
                (weight = enl_plane_new(wet->width, wet->height, error));
    for (int k = 0; done && k < n; k++) {
        if (beyond->data[k] < 1.5f * width || beyond->data[k] >= 4 * width) continue;
        weight->data[k] = 1;
        sand->data[k] = whiteness(stage->picture, k % wet->width, k / wet->width);
    }
    int reach = (int)(3 * width) + 1;
    done = done && enl_plane_box(sand, reach, error) && enl_plane_box(weight, reach, error);
    for (int k = 0; done && k < n; k++) {
        if (beyond->data[k] <= 0 || beyond->data[k] > width || weight->data[k] < .02f) continue;
        float whiter = whiteness(stage->picture, k % wet->width, k / wet->width) - sand->data[k] / weight->data[k];
        wet->data[k] = fmaxf(wet->data[k], enl_smoothstep(8, 22, whiter));
    }
    done = done && enl_plane_blur(wet, 1, error);
    enl_plane_free(&beyond);
    enl_plane_free(&sand);
    enl_plane_free(&weight);
    return done;
}

// The longest way up the sand at a row, in pixels: less where the beach is farther off.
static float reach_at(const struct enl_stage *stage, const struct enl_motion *motion, float row) {
    float height = (float)stage->height, horizon = stage->has_horizon ? enl_clampf(stage->horizon, 0, .9f * height) : 0;
    float near = enl_clampf((row - horizon) / (height - horizon), .35f, 1);
    return .03f * height * near * fminf(motion->amount, 1.6f);
}

// Toward the sand, and how surely that is toward the camera: a far shore and rocks beside the water have no swash.
static float normal_at(const struct enl_plane *slope, int i, int j, float ret_normal[2]) {
    int w = slope->width, h = slope->height;
    int left = i ? i - 1 : i, right = i + 1 < w ? i + 1 : i, up = j ? j - 1 : j, down = j + 1 < h ? j + 1 : j;
    float x = slope->data[j * w + right] - slope->data[j * w + left];
    float y = slope->data[down * w + i] - slope->data[up * w + i], length = sqrtf(x * x + y * y);
    if (length < 1e-4f) return 0;
    ret_normal[0] = x / length, ret_normal[1] = y / length;
    return enl_smoothstep(.15f, .45f, ret_normal[1]);
}

static void fill(struct swash *s, const struct enl_motion *motion, struct enl_field *field,
                 const struct enl_plane *beyond, const struct enl_plane *slope, const struct enl_plane *open) {
    uint32_t seed = (uint32_t)enl_mix(s->stage->seed + 61);
    for (int n = 0; n < field->columns * field->rows; n++) {
        int i = n % field->columns, j = n / field->columns;
        float reach = reach_at(s->stage, motion, (float)(j * ENL_GRID)), nodes = reach / ENL_GRID;
        if (beyond->data[n] > nodes + 2 * FRONT || beyond->data[n] < -GIVES * nodes) continue;
        float sure = normal_at(slope, i, j, s->normal[n]) * open->data[n];
        // Tongues: no two stretches of a beach are reached alike.
        float tongue = enl_noise2((float)(i * ENL_GRID) / (6 * reach), 0, seed);
        s->reach[n] = reach * sure * (.78f + .22f * tongue);
        if (s->reach[n] < .3f) s->reach[n] = 0;
        s->beyond[n] = beyond->data[n];
        s->lag[n] = enl_noise2((float)(i * ENL_GRID) / (9 * reach), 9, seed);
        if (s->reach[n] > 0) field->support[n] = 1;
    }
}

// 1 where the sheet may run: not over plants, and fading where they begin.
static struct enl_plane *open_sand(const struct enl_stage *stage, const struct enl_field *field,
                                   struct enl_error *error) {
    struct enl_plane *open = enl_plane_new(field->columns, field->rows, error);
    for (int n = 0; open && n < field->columns * field->rows; n++)
        open->data[n] = stage->matte[ENL_PLANTS] ? 1 - enl_matte_at_node(stage->matte[ENL_PLANTS], n % field->columns,
                                                                         n / field->columns) : 1;
    if (open && !enl_plane_blur(open, 2, error)) enl_plane_free(&open);
    return open;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct swash *s = enl_alloc(1, sizeof *s, error);
    *ret_state = s;
    if (!s || !stage->matte[ENL_WATER]) return s != NULL;
    s->stage = stage;
    s->start = motion->start;
    s->period = 1 / enl_loop_frequency(stage, (double)motion->speed / PERIOD);
    size_t nodes = (size_t)field->columns * (size_t)field->rows;
    s->normal = enl_alloc(nodes, sizeof *s->normal, error);
    s->reach = s->normal ? enl_alloc(nodes, sizeof *s->reach, error) : NULL;
    s->lag = s->reach ? enl_alloc(nodes, sizeof *s->lag, error) : NULL;
    s->beyond = s->lag ? enl_alloc(nodes, sizeof *s->beyond, error) : NULL;
    float limit = (GIVES + 1) * reach_at(stage, motion, (float)stage->height) / ENL_GRID + 4;
    struct enl_plane *wet = s->beyond ? enl_matte_on_grid(stage->matte[ENL_WATER], field, error) : NULL;
    if (wet && !add_foam(stage, wet, .02f * (float)stage->height / ENL_GRID, error)) enl_plane_free(&wet);
    struct enl_plane *open = wet ? open_sand(stage, field, error) : NULL;
    struct enl_plane *beyond = open ? measure(wet, limit, error) : NULL;
    struct enl_plane *slope = beyond ? measure(wet, limit, error) : NULL;
    bool done = slope && enl_plane_blur(slope, 4, error);
    if (done) fill(s, motion, field, beyond, slope, open);
    enl_plane_free(&wet);
    enl_plane_free(&open);
    enl_plane_free(&beyond);
    enl_plane_free(&slope);
    return done;
}

// Where in the run the sheet is: 0 at the edge, .5 at its highest, 1 back again.
static float phase_at(const struct swash *s, double t) {
    double since = t - (s->stage->loop ? 0 : s->start);
    if (since <= 0) return 0;
    float u = (float)(since / s->period - floor(since / s->period));
    return u < PEAK ? .5f * u / PEAK : .5f + .5f * (u - PEAK) / (1 - PEAK);
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct swash *s = state;
    if (!s->beyond) return;
    float v = phase_at(s, t);
    if (v <= 0) return;
    float drying = v > .5f ? 1 - enl_smoothstep(.5f, 1, v) : 1;
    for (int n = first * field->columns; n < last * field->columns; n++) {
        if (s->reach[n] <= 0) continue;
        float own = v + .45f * s->lag[n] * v * (1 - v), high = 16 * own * own * (1 - own) * (1 - own);
        float front = high * s->reach[n] / ENL_GRID, past = s->beyond[n] - front;
        float sheet = 1 - enl_smoothstep(-.5f * FRONT, .5f * FRONT, past);
        if (s->beyond[n] < 0) sheet = 1 - enl_smoothstep(0, GIVES * s->reach[n] / ENL_GRID, -s->beyond[n]);
        struct enl_node *node = field->nodes + n;
        float run = high * s->reach[n] * sheet, x = run * s->normal[n][0], y = run * s->normal[n][1];
        node->x -= x, node->x2 -= x;
        node->y -= y, node->y2 -= y;
        if (v <= .5f || past <= 0) continue; // the sand that the sheet has left
        float wet = 1 - enl_smoothstep(.8f, 1.1f, s->beyond[n] * ENL_GRID / s->reach[n]);
        node->light -= WETTED * wet * drying * enl_smoothstep(0, FRONT, past);
    }
}

static void release(void *state) {
    struct swash *s = state;
    if (!s) return;
    enl_release(s->normal);
    enl_release(s->reach);
    enl_release(s->beyond);
    enl_release(s->lag);
    enl_release(s);
}

const struct enl_motion_info enl_motion_swash = {
    .kind = {.name = "swash", .help = "waves run up the beach and back", .region = ENL_WATER, .by_default = true,
             .direction = 0, .speed = 1, .amount = 1, .why_not = why_not},
    .layer = ENL_LAYER_MIDDLE, .prepare = prepare, .displace = displace, .release = release};
