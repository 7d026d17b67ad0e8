// SPDX-License-Identifier: MIT
// Eyes glance to where the plan points and come back. The iris is found in the picture as the circle with the strongest
// step from dark to white at its sides (Daugman 1993), and moved as a whole; the white beside it is stretched or
// pressed together, lids and lashes stay. A glance is a saccade: fast, a hold, and back.
#include "motion/face.h"

#define DEGREES 12.f
#define EYEBALL .19f // its radius, in distances between the eyes: 12 mm of 63
#define SMALLEST 12  // pixels between the lids; below, an iris is a few pixels and would smear
#define STEP .11f    // least step of light at the iris' edge, of the white beside it
#define RAYS 7       // to each side, within 45 degrees of the horizontal

struct iris {
    float x, y, radius, sure;
};
struct glancing {
    struct enl_opening lids[2];
    struct iris irises[2];
    float dx, dy; // pixels
    double late;
};
struct gaze {
    double begin, back, saccade;
    int count;
    struct glancing list[ENL_FACES_MOVED];
};

static const char *why_not(const struct enl_scene *scene) {
    const char *reason = enl_face_why_not(scene);
    if (reason) return reason;
    for (int i = 0; i < scene->face_count; i++)
        if (scene->faces[i].eyes_open[0] > .15f && scene->faces[i].eyes_open[1] > .15f) return NULL;
    return "the eyes are closed";
}

static bool is_open(const struct enl_opening *o, float x, float y, float margin) {
    return x > o->left && x < o->right && y > enl_lid_at(o->upper, x) + margin &&
           y < enl_lid_at(o->lower, x) - margin;
}

// The step of light over the circle's edge at one side, as a share of the light beside it; 0 where too little is seen.
static float edge(const struct enl_picture *picture, const struct enl_opening *o, const struct iris *iris, int side) {
    static const float way[RAYS][2] = {{.71f, -.71f}, {.85f, -.53f}, {.95f, -.3f}, {1, 0},
                                       {.95f, .3f},   {.85f, .53f},  {.71f, .71f}};
    float inside = 0, outside = 0, band = .16f * iris->radius, margin = .06f * o->tall;
    int seen = 0;
    for (int k = 0; k < RAYS; k++) {
        float x = (float)side * way[k][0], y = way[k][1], in = iris->radius - band, out = iris->radius + band;
        if (!is_open(o, iris->x + in * x, iris->y + in * y, margin) ||
            !is_open(o, iris->x + out * x, iris->y + out * y, margin))
            continue;
        inside += enl_face_light(picture, iris->x + in * x, iris->y + in * y);
        outside += enl_face_light(picture, iris->x + out * x, iris->y + out * y);
        seen++;
    }
    return seen < 3 ? 0 : (outside - inside) / fmaxf(outside, (float)seen * 20);
}

static struct iris find_iris(const struct enl_picture *picture, const struct enl_opening *o, float iod) {
    struct iris best = {0};
    float middle = .5f * (o->left + o->right);
    float top = enl_lid_at(o->upper, middle), bottom = enl_lid_at(o->lower, middle);
    float step = fmaxf(.5f, .012f * iod), grow = fmaxf(.4f, .006f * iod);
    for (int k = 0; k < (int)(.043f * iod / grow); k++) {
        float radius = .075f * iod + grow * (float)k, left_most = o->left + .8f * radius;
        int columns = (int)((o->right - o->left - 1.6f * radius) / step), rows = (int)((bottom - top) * .8f / step);
        for (int i = 0; i < columns * rows; i++) {
            int row = i / columns, column = i % columns;
            struct iris iris = {left_most + step * (float)column, top + .15f * o->tall + step * (float)row, radius, 0};
            float right = edge(picture, o, &iris, 1), left = right > STEP ? edge(picture, o, &iris, -1) : 0;
            iris.sure = fminf(left, right) + .25f * (left + right);
            if (left > STEP && iris.sure > best.sure) best = iris;
        }
    }
    return best;
}

// How far the irises may go toward `dx`: not over more than half of the white on that side, of either eye.
static float room(const struct glancing *g, float dx) {
    float least = 1e9f;
    for (int e = 0; e < 2; e++) {
        const struct iris *iris = &g->irises[e];
        float white = (dx > 0 ? g->lids[e].right - iris->x : iris->x - g->lids[e].left) - iris->radius;
        least = fminf(least, fmaxf(0, .5f * white));
    }
    return least;
}

// Whether both irises were found, and agree.
static bool prepare_face(struct glancing *g, const struct enl_stage *stage, const struct enl_face *face,
                         const struct enl_motion *motion) {
    struct enl_face_axes axes = enl_face_axes(face);
    if (!enl_face_moves(face) || fabsf(face->yaw) > 30 || fabsf(axes.across[1]) > .35f) return false;
    for (int e = 0; e < 2; e++) {
        g->lids[e] = enl_face_opening(face, e);
        if (g->lids[e].tall < SMALLEST || face->eyes_open[1 - e] < .15f) return false;
        g->irises[e] = find_iris(stage->picture, &g->lids[e], axes.iod);
        if (g->irises[e].sure <= 0) return false; // closed, behind glare or dark glasses
    }
    const struct iris *a = &g->irises[0], *b = &g->irises[1];
    float aside[2];
    for (int e = 0; e < 2; e++)
        aside[e] = (g->irises[e].x - .5f * (g->lids[e].left + g->lids[e].right)) / axes.iod;
    if (fabsf(a->radius - b->radius) > .25f * fmaxf(a->radius, b->radius) || fabsf(aside[0] - aside[1]) > .07f)
        return false;
    float reach = EYEBALL * axes.iod * sinf(fminf(DEGREES * motion->amount, 20) * ENL_PI / 180);
    g->dx = cosf(motion->direction * ENL_PI / 180) * reach;
    g->dy = -.45f * sinf(motion->direction * ENL_PI / 180) * reach; // the lids do not follow, so less up and down
    g->dx = enl_clampf(g->dx, -room(g, -1), room(g, 1));
    return hypotf(g->dx, g->dy) > .008f * axes.iod;
}

static void mark(const struct enl_opening *o, struct enl_field *field) {
    int left = (int)o->left / ENL_GRID, right = (int)o->right / ENL_GRID + 1;
    int top = (int)(enl_lid_at(o->upper, .5f * (o->left + o->right)) - o->tall) / ENL_GRID;
    int bottom = (int)(enl_lid_at(o->lower, .5f * (o->left + o->right)) + o->tall) / ENL_GRID + 1;
    for (int j = enl_clampi(top, 0, field->rows - 1); j <= enl_clampi(bottom, 0, field->rows - 1); j++)
        for (int i = enl_clampi(left, 0, field->columns - 1); i <= enl_clampi(right, 0, field->columns - 1); i++)
            field->support[j * field->columns + i] = 1;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct gaze *s = enl_alloc(1, sizeof *s, error);
    struct enl_random random = {enl_mix(stage->seed + 79)};
    if (!(*ret_state = s)) return false;
    s->saccade = .11;
    s->begin = fmin((double)motion->start + .5, stage->seconds - 1.4);
    s->back = fmin(s->begin + 1.5 / fmax(.5, (double)motion->speed), stage->seconds - .55);
    for (int i = 0; i < stage->face_count && s->count < ENL_FACES_MOVED; i++) {
        struct glancing *g = &s->list[s->count];
        *g = (struct glancing){.late = .25 * (double)enl_random_unit(&random)};
        if (!prepare_face(g, stage, &stage->faces[i], motion)) continue;
        for (int e = 0; e < 2; e++) mark(&g->lids[e], field);
        s->count++;
    }
    return true;
}

// Within the opening all is moved by a share: all of it on the iris, none at corners and lids.
static void bend_eye(const struct enl_opening *o, const struct iris *iris, float dx, float dy, float *x, float *y,
                     int n) {
    for (int i = 0; i < n; i++) {
        if (x[i] <= o->left || x[i] >= o->right) continue;
        float upper = enl_lid_at(o->upper, x[i]), lower = enl_lid_at(o->lower, x[i]), open = lower - upper;
        if (y[i] <= upper || y[i] >= lower || open < 2) continue;
        float s = (y[i] - upper) / open, away = x[i] - iris->x - dx;
        float beyond = fmaxf(0, hypotf(away, y[i] - iris->y - dy) - 1.14f * iris->radius);
        float side = away > 0 ? o->right - x[i] : x[i] - o->left;
        float soft = fminf(.16f * o->tall, .5f * open);
        float share = side / fmaxf(side + beyond, .01f) * enl_smoothstep(0, soft, y[i] - upper) *
                      enl_smoothstep(0, soft, lower - y[i]);
        float from = enl_clampf(x[i] - share * dx, o->left, o->right);
        // What is fetched near a lid is fetched from as near to it: lids slope.
        float follow = enl_smoothstep(.4f, 0, s) * (enl_lid_at(o->upper, from) - upper) +
                       enl_smoothstep(.6f, 1, s) * (enl_lid_at(o->lower, from) - lower);
        y[i] += follow - share * dy;
        x[i] = from;
    }
}

static void bend(const void *state, double t, float *x, float *y, int n) {
    const struct gaze *s = state;
    for (int f = 0; f < s->count; f++) {
        const struct glancing *g = &s->list[f];
        double there = enl_ease(t, s->begin + g->late, s->saccade), back = enl_ease(t, s->back + g->late, s->saccade);
        float now = (float)(there * (1 - back));
        if (now <= 0) continue;
        for (int e = 0; e < 2; e++) bend_eye(&g->lids[e], &g->irises[e], now * g->dx, now * g->dy, x, y, n);
    }
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    (void)state, (void)t, (void)field, (void)first, (void)last; // an iris is finer than the grid: bend() does it all
}

const struct enl_motion_info enl_motion_gaze = {.kind = {.name = "gaze",
                                                         .help = "eyes glance to a side and back",
                                                         .region = ENL_FACE,
                                                         .direction = 180,
                                                         .speed = 1,
                                                         .amount = 1,
                                                         .why_not = why_not},
                                                .layer = ENL_LAYER_NEAR,
                                                .prepare = prepare,
                                                .displace = displace,
                                                .bend = bend,
                                                .release = enl_release};
