// SPDX-License-Identifier: MIT
// Arrows: what they point along flows. Between several arrows the flow is their mean, weighed by nearness (Mahapatra
// and Kulkarni 2022: F(x) = sum w_i f_i / sum w_i, w_i = exp(-|x - x_i|^2 / s^2), over points x_i along the arrows).
// The sky slides as one plate, as clouds do; all else runs in two phases, and comes to rest at its border.
#include "motion/flow.h"
#include "plan/arrows.h"
#include "scene/features.h"

#include <stdlib.h>

#define POINTS 5    // along an arrow, that pull the flow its way
#define PULL .12f   // s, of the mean side
#define GUIDE 2e-3f // epsilon of the guided filter, as mattes have it

// Pointers of one kind: those that begin on this element.
struct group {
    const struct enl_stage *stage;
    enum enl_element element;
    float side; // mean of the picture's
};

static bool has_pointer(const struct group *g) {
    for (int i = 0; i < g->stage->pointer_count; i++)
        if (g->stage->pointers[i].element == g->element) return true;
    return false;
}

static float fastest(const struct group *g) {
    float most = 0;
    for (int i = 0; i < g->stage->pointer_count; i++) {
        const struct enl_pointer *p = &g->stage->pointers[i];
        if (p->element == g->element) most = fmaxf(most, hypotf(p->velocity[0], p->velocity[1]));
    }
    return most;
}

// e^-q to a few percent, the same on every machine.
static float falling(float q) {
    float base = q < 16 ? 1 - q * (1 / 16.0f) : 0;
    base *= base, base *= base, base *= base;
    return base * base;
}

static float squared_to(const struct enl_pointer *p, int k, float x, float y) {
    float u = (float)k / (POINTS - 1);
    float dx = x - enl_mixf(p->from[0], p->to[0], u), dy = y - enl_mixf(p->from[1], p->to[1], u);
    return dx * dx + dy * dy;
}

// The flow at a place, pixels a second. Weights are taken relative to the nearest point's, so that far from all arrows
// the nearest one decides.
static void flow_at(const struct group *g, float x, float y, float ret[2]) {
    const struct enl_pointer *pointers = g->stage->pointers;
    float least = 1e30f, sum = 0, per = 1 / (PULL * g->side * PULL * g->side);
    ret[0] = ret[1] = 0;
    for (int i = 0; i < g->stage->pointer_count; i++)
        for (int k = 0; pointers[i].element == g->element && k < POINTS; k++)
            least = fminf(least, squared_to(&pointers[i], k, x, y));
    for (int i = 0; i < g->stage->pointer_count; i++)
        for (int k = 0; pointers[i].element == g->element && k < POINTS; k++) {
            float weight = falling((squared_to(&pointers[i], k, x, y) - least) * per);
            sum += weight;
            for (int c = 0; c < 2; c++) ret[c] += weight * pointers[i].velocity[c];
        }
    if (sum > 0) ret[0] /= sum, ret[1] /= sum;
}

// Keeps of the region what hangs together with where the arrows begin: one tree, not all of them.
static bool keep_own(const struct group *g, struct enl_plane *region, struct enl_error *error) {
    int w = region->width, h = region->height, count = 0;
    int *queue = enl_alloc((size_t)w * (size_t)h, sizeof *queue, error);
    uint8_t *met = queue ? enl_alloc((size_t)w * (size_t)h, 1, error) : NULL;
    for (int i = 0; met && i < g->stage->pointer_count; i++) {
        const struct enl_pointer *p = &g->stage->pointers[i];
        int x = enl_clampi((int)(p->from[0] / ENL_GRID + .5f), 0, w - 1),
            y = enl_clampi((int)(p->from[1] / ENL_GRID + .5f), 0, h - 1);
        // Masks are coarse and mattes are fine: an arrow may begin a little beside.
        for (int n = (y > 2 ? y - 3 : 0) * w; p->element == g->element && n < (y + 4) * w && n < w * h; n++)
            if (abs(n % w - x) < 4 && region->data[n] > .2f && !met[n]) met[n] = 1, queue[count++] = n;
    }
    for (int i = 0; i < count; i++) {
        int n = queue[i], x = n % w;
        int next[4] = {x > 0 ? n - 1 : n, x + 1 < w ? n + 1 : n, n >= w ? n - w : n, n + w < w * h ? n + w : n};
        for (int k = 0; k < 4; k++)
            if (!met[next[k]] && region->data[next[k]] > .2f) met[next[k]] = 1, queue[count++] = next[k];
    }
    for (int n = 0; met && n < w * h; n++)
        if (!met[n]) region->data[n] = 0;
    bool done = met != NULL;
    enl_release(queue);
    enl_release(met);
    return done;
}

// 1 in the middle of a soft region about the nearest arrow, 0 at its border and beyond.
static float near_arrow(const struct group *g, float x, float y, float wider) {
    float most = 0;
    for (int i = 0; i < g->stage->pointer_count; i++) {
        const struct enl_pointer *p = &g->stage->pointers[i];
        if (p->element != g->element) continue;
        float ax = p->to[0] - p->from[0], ay = p->to[1] - p->from[1], long2 = fmaxf(ax * ax + ay * ay, 1);
        float u = enl_clampf(((x - p->from[0]) * ax + (y - p->from[1]) * ay) / long2, 0, 1);
        float away = hypotf(x - p->from[0] - u * ax, y - p->from[1] - u * ay);
        float radius = wider * enl_clampf(.45f * sqrtf(long2), .03f * g->side, .25f * g->side);
        most = fmaxf(most, 1 - enl_smoothstep(.45f * radius, radius, away));
    }
    return most;
}

// The region about arrows that begin on nothing in particular, drawn to the picture's edges; what is known to be
// something else, or must stay, is no part of it.
static struct enl_plane *free_region(const struct group *g, const struct enl_field *field, struct enl_error *error) {
    static const enum enl_element others[] = {ENL_SKY, ENL_WATER, ENL_PLANTS, ENL_FLAMES, ENL_PERSON};
    const struct enl_stage *stage = g->stage;
    struct enl_picture *guide = enl_picture_resize(stage->picture, field->columns, field->rows, error);
    struct enl_plane *region = guide ? enl_plane_new(field->columns, field->rows, error) : NULL;
    int nodes = field->columns * field->rows;
    for (int n = 0; region && n < nodes; n++)
        region->data[n] = near_arrow(g, (float)(n % field->columns * ENL_GRID), (float)(n / field->columns * ENL_GRID),
                                     1);
    if (region && !enl_guided(region, guide, 3 + (int)(.012f * g->side / ENL_GRID), GUIDE, error))
        enl_plane_free(&region);
    for (int n = 0; region && n < nodes; n++) {
        int i = n % field->columns, j = n / field->columns;
        region->data[n] *= near_arrow(g, (float)(i * ENL_GRID), (float)(j * ENL_GRID), 1.25f);
        for (size_t k = 0; k < sizeof others / sizeof *others; k++)
            if (stage->matte[others[k]]) region->data[n] *= 1 - enl_matte_at_node(stage->matte[others[k]], i, j);
        if (stage->freeze) region->data[n] *= 1 - enl_matte_at_node(stage->freeze, i, j);
    }
    enl_picture_free(&guide);
    return region;
}

// How much of the flow there is at each node of an element, 0..1: nothing is carried over its edge.
static struct enl_plane *element_region(const struct group *g, const struct enl_field *field, float reach,
                                        struct enl_plane **ret_edge, struct enl_error *error) {
    struct enl_plane *region = enl_matte_on_grid(g->stage->matte[g->element], field, error);
    if (region && g->element != ENL_WATER && !keep_own(g, region, error)) enl_plane_free(&region);
    *ret_edge = region ? enl_plane_distance(region, .6f, 64, error) : NULL;
    if (!*ret_edge) enl_plane_free(&region);
    for (int n = 0; *ret_edge && n < field->columns * field->rows; n++)
        region->data[n] *= enl_smoothstep(0, reach, (*ret_edge)->data[n]);
    return region;
}

// Along the banks: near the edge, what runs at it turns to run beside it.
static void turn_along(const struct enl_plane *edge, int n, float near, float v[2]) {
    int x = n % edge->width, y = n / edge->width;
    if (!x || !y || x + 1 >= edge->width || y + 1 >= edge->height || edge->data[n] >= near) return;
    float nx = edge->data[n + 1] - edge->data[n - 1], ny = edge->data[n + edge->width] - edge->data[n - edge->width];
    float length = hypotf(nx, ny), part = 1 - edge->data[n] / near;
    if (length < .5f) return; // the middle of a narrow bed
    float across = fminf(0, (v[0] * nx + v[1] * ny) / length), was = hypotf(v[0], v[1]);
    v[0] -= part * across * nx / length, v[1] -= part * across * ny / length;
    float now = hypotf(v[0], v[1]);
    if (now > .2f * was) v[0] *= was / now, v[1] *= was / now; // as fast as before, unless it stood against the bank
}

struct flowing {
    float (*velocity)[2];
    double period;
};

static bool add_group(const struct group *g, const struct enl_motion *motion, struct enl_field *field,
                      struct flowing *f, struct enl_error *error) {
    if (!has_pointer(g) || (g->element != ENL_ELEMENTS && !g->stage->matte[g->element])) return true;
    struct enl_plane *edge = NULL;
    float reach = fmaxf(2, .35f * fastest(g) * motion->speed * (float)f->period / ENL_GRID);
    struct enl_plane *region = g->element == ENL_ELEMENTS ? free_region(g, field, error) :
                                                            element_region(g, field, reach, &edge, error);
    for (int n = 0; region && n < field->columns * field->rows; n++) {
        if (region->data[n] < .004f) continue;
        float v[2];
        flow_at(g, (float)(n % field->columns * ENL_GRID), (float)(n / field->columns * ENL_GRID), v);
        if (edge) turn_along(edge, n, 3 * reach, v);
        for (int c = 0; c < 2; c++) f->velocity[n][c] += v[c] * motion->speed * region->data[n];
        field->support[n] = 1;
    }
    bool done = region != NULL;
    enl_plane_free(&region);
    enl_plane_free(&edge);
    return done;
}

static float mean_side(const struct enl_stage *stage) {
    return .5f * (float)(stage->width + stage->height);
}

// How long a phase lasts: it carries its content 3.5 % of the picture, far enough to be seen to travel.
static double period_of(const struct enl_stage *stage, const enum enl_element *elements, int count, float speed) {
    float most = 0, side = mean_side(stage);
    for (int k = 0; k < count; k++)
        most = fmaxf(most, fastest(&(struct group){.stage = stage, .element = elements[k]}) * speed);
    return (double)enl_clampf(.035f * side / fmaxf(most, 1e-3f), .8f, 2.4f);
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    static const enum enl_element elements[] = {ENL_WATER, ENL_PLANTS, ENL_FLAMES, ENL_ELEMENTS};
    struct flowing f = {.period = period_of(stage, elements, 4, motion->speed)};
    bool any = false;
    for (int k = 0; k < 4; k++) any |= has_pointer(&(struct group){.stage = stage, .element = elements[k]});
    if (!any) return true;
    f.velocity = enl_alloc((size_t)field->columns * (size_t)field->rows, sizeof *f.velocity, error);
    bool done = f.velocity != NULL;
    for (int k = 0; done && k < 4; k++)
        done = add_group(&(struct group){stage, elements[k], mean_side(stage)}, motion, field, &f, error);
    if (done)
        *ret_state = enl_flow_new(stage, field, (const float(*)[2])f.velocity, f.period, (double)motion->start,
                                  stage->seed + 29, error);
    enl_release(f.velocity);
    return *ret_state != NULL;
}

// The sky: one slide for all the time, traced along the flow, so that it may stretch but never folds; knots in time
// hold where each node's content comes from, and in a loop also where it goes.
#define KNOTS 8
#define STEPS 4 // from a knot to the next

struct slide {
    const struct enl_stage *stage;
    double start;
    float (*velocity)[2];
    float (*traced[2])[2]; // displacements: KNOTS + 1 fields against the flow, and along it
};

// The flow at any place, in nodes, bilinear.
static void sample(const struct enl_field *field, const float (*velocity)[2], float x, float y, float ret[2]) {
    x = enl_clampf(x, 0, (float)(field->columns - 1)), y = enl_clampf(y, 0, (float)(field->rows - 1));
    int ix = (int)x, iy = (int)y, right = ix + 1 < field->columns, down = iy + 1 < field->rows ? field->columns : 0;
    const float(*v)[2] = velocity + iy * field->columns + ix;
    float u = x - (float)ix, w = y - (float)iy;
    for (int c = 0; c < 2; c++)
        ret[c] = enl_mixf(enl_mixf(v[0][c], v[right][c], u), enl_mixf(v[down][c], v[down + right][c], u), w);
}

// Where each node's place is carried to, by the midpoint rule, `seconds` (may be negative) after each knot.
static bool trace(struct slide *s, const struct enl_field *field, int way, float seconds, struct enl_error *error) {
    size_t nodes = (size_t)field->columns * (size_t)field->rows;
    if (!(s->traced[way] = enl_alloc(nodes * (KNOTS + 1), sizeof *s->traced[way], error))) return false;
    const float(*flow)[2] = (const float(*)[2])s->velocity;
    const float step = seconds / STEPS, nodes_a_pixel = 1.0f / ENL_GRID;
    for (size_t n = 0; n < nodes; n++) {
        float x = (float)((int)n % field->columns), y = (float)((int)n / field->columns), from[2] = {x, y};
        for (int k = 1; k <= KNOTS; k++) {
            for (int i = 0; i < STEPS; i++) {
                float v[2];
                sample(field, flow, x, y, v);
                sample(field, flow, x + .5f * step * v[0] * nodes_a_pixel, y + .5f * step * v[1] * nodes_a_pixel, v);
                x += step * v[0] * nodes_a_pixel, y += step * v[1] * nodes_a_pixel;
            }
            s->traced[way][(size_t)k * nodes + n][0] = (x - from[0]) * ENL_GRID;
            s->traced[way][(size_t)k * nodes + n][1] = (y - from[1]) * ENL_GRID;
        }
    }
    return true;
}

// How far into the sky each node lies, in nodes, negative outside; wires and twigs are no edge. NULL without memory.
static struct enl_plane *depth_in_sky(const struct enl_picture *matte, const struct enl_field *field,
                                      struct enl_error *error) {
    struct enl_plane *sky = enl_matte_on_grid(matte, field, error), *inside = NULL, *outside = NULL;
    if (sky && enl_plane_blur(sky, 2 + field->columns / 60, error)) inside = enl_plane_distance(sky, .5f, 512, error);
    for (int n = 0; inside && n < sky->width * sky->height; n++) sky->data[n] = 1 - sky->data[n];
    if (inside) outside = enl_plane_distance(sky, .5f, 16, error);
    for (int n = 0; outside && n < sky->width * sky->height; n++) inside->data[n] -= outside->data[n];
    if (!outside || !enl_plane_blur(inside, 2, error)) enl_plane_free(&inside);
    enl_plane_free(&sky);
    enl_plane_free(&outside);
    return inside;
}

// What would come out from behind the land is not in the photo: there the flow starts from nothing, and so slowly that
// it stretches little within the time, as clouds at the horizon are slow.
static bool hold_at_land(struct slide *s, const struct enl_field *field, float fast, struct enl_error *error) {
    struct enl_plane *depth = depth_in_sky(s->stage->matte[ENL_SKY], field, error);
    float wide = fminf(2 * fast * (float)s->stage->seconds, .2f * mean_side(s->stage)) / ENL_GRID;
    for (int n = 0; depth && n < field->columns * field->rows; n++) {
        int x = n % field->columns, y = n / field->columns;
        int left = x ? n - 1 : n, right = x + 1 < field->columns ? n + 1 : n;
        int up = y ? n - field->columns : n, down = y + 1 < field->rows ? n + field->columns : n;
        float nx = depth->data[right] - depth->data[left], ny = depth->data[down] - depth->data[up];
        float *v = s->velocity[n], length = hypotf(nx, ny) * hypotf(v[0], v[1]);
        float comes_out = length > 1e-4f ? enl_clampf(1.5f * (v[0] * nx + v[1] * ny) / length, 0, 1) : 0;
        float part = 1 - comes_out * (1 - enl_smoothstep(0, fmaxf(wide, 2), depth->data[n]));
        v[0] *= part, v[1] *= part;
    }
    bool done = depth != NULL;
    enl_plane_free(&depth);
    return done;
}

static bool prepare_sky(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                        void **ret_state, struct enl_error *error) {
    struct group g = {stage, ENL_SKY, mean_side(stage)};
    if (!stage->matte[ENL_SKY] || !has_pointer(&g)) return true;
    struct slide *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    s->stage = stage;
    s->start = (double)motion->start;
    int nodes = field->columns * field->rows;
    if (!(s->velocity = enl_alloc((size_t)nodes, sizeof *s->velocity, error))) return false;
    for (int n = 0; n < nodes; n++) {
        int i = n % field->columns, j = n / field->columns;
        if (enl_matte_at_node(stage->matte[ENL_SKY], i, j) > 0) field->support[n] = 1;
        flow_at(&g, (float)(i * ENL_GRID), (float)(j * ENL_GRID), s->velocity[n]);
        s->velocity[n][0] *= motion->speed, s->velocity[n][1] *= motion->speed;
    }
    float length = (float)stage->seconds;
    return hold_at_land(s, field, fastest(&g) * motion->speed, error) && trace(s, field, 0, -length / KNOTS, error) &&
           (!stage->loop || trace(s, field, 1, length / KNOTS, error));
}

// The displacement of a node `part` (0..1) of the whole length from where it stands.
static void traced_at(const float (*traced)[2], size_t nodes, size_t n, float part, float ret[2]) {
    float at = enl_clampf(part, 0, 1) * KNOTS;
    int knot = at < KNOTS ? (int)at : KNOTS - 1;
    for (int c = 0; c < 2; c++)
        ret[c] = enl_mixf(traced[(size_t)knot * nodes + n][c], traced[(size_t)(knot + 1) * nodes + n][c],
                          at - (float)knot);
}

static void displace_sky(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct slide *s = state;
    // As clouds do: content is fetched from behind; a loop cross-fades from what came to what is to come.
    double length = s->stage->seconds;
    float since = (float)((s->stage->loop ? t : enl_ease_integral(t, s->start, .8)) / length);
    float mix = s->stage->loop ? (float)enl_ease(t, 0, length) : 0;
    size_t columns = (size_t)field->columns, nodes = columns * (size_t)field->rows;
    for (size_t n = (size_t)first * columns; n < (size_t)last * columns; n++) {
        struct enl_node *node = field->nodes + n;
        float from[2], to[2];
        traced_at((const float(*)[2])s->traced[0], nodes, n, since, from);
        node->x += from[0], node->y += from[1];
        if (!s->stage->loop) continue;
        traced_at((const float(*)[2])s->traced[1], nodes, n, (float)(1 - t / length), to);
        node->x2 += to[0], node->y2 += to[1];
        node->mix = mix;
    }
}

static void release_sky(void *state) {
    struct slide *s = state;
    if (!s) return;
    enl_release(s->velocity);
    for (int way = 0; way < 2; way++) enl_release(s->traced[way]);
    enl_release(s);
}

static const struct enl_motion_info in_the_sky = {
    .layer = ENL_LAYER_FAR, .prepare = prepare_sky, .displace = displace_sky, .release = release_sky};

const struct enl_motion_info enl_motion_arrows = {.kind = {.name = "arrows",
                                                           .help = "what painted arrows point along flows",
                                                           .region = ENL_ELEMENTS,
                                                           .speed = 1,
                                                           .amount = 1},
                                                  .layer = ENL_LAYER_MIDDLE,
                                                  .prepare = prepare,
                                                  .displace = enl_flow_displace,
                                                  .release = enl_flow_release,
                                                  .also = &in_the_sky};
