// SPDX-License-Identifier: MIT
// An animal breathes: its trunk swells upward and to the sides by .4 to .8 % of its size, in for 40 % of the time and
// out for 60 %. Legs and tails are thin in the mask, so they rest, as does what it lies on.
#include "motion/motion.h"
#include "base/plane.h"

#include <string.h>

#define MOST 8           // bodies; horses side by side are one
#define LEAST 40         // pixels in the video, the root of a body's area
#define MOST_REACH .005f // of the picture's shorter side: a cat that fills it
#define REACH .008f      // of that root, where the trunk swells most
#define TRUNK .12f       // of that root: the mask is blurred by so much to tell the trunk from what is thin

struct body {
    double hertz, late; // late: breaths behind the first body
};

struct pet_breath {
    const struct enl_stage *stage;
    double start;
    struct body bodies[MOST + 1]; // from 1
    uint8_t *of;                  // of every node, its body; 0: none
    float *across, *down;         // of every node, pixels at the height of a breath
};

// Breaths a second at rest: small animals breathe faster.
static double hertz_of(const struct enl_scene *scene) {
    static const struct {
        const char *kind;
        double hertz;
    } rates[] = {{"bird", .5}, {"cat", .4}, {"dog", .34}, {"sheep", .3}, {"cow", .28}};
    for (size_t i = 0; scene->animal_count && i < sizeof rates / sizeof *rates; i++)
        if (!strcmp(scene->animals[0].kind, rates[i].kind)) return rates[i].hertz;
    return .22;
}

static const char *why_not(const struct enl_scene *scene) {
    if (!scene->masks[ENL_ANIMAL]) return "no animal was found";
    return scene->share[ENL_ANIMAL] < .008f ? "no animal is near enough" : NULL;
}

// Marks the connected nodes about `start` and lists them. Returns how many.
static int body_about(int start, const struct enl_plane *mask, uint8_t *marked, int *nodes) {
    int w = mask->width, h = mask->height, count = 0;
    marked[start] = 1;
    nodes[count++] = start;
    for (int k = 0; k < count; k++) {
        int at = nodes[k], x = at % w, y = at / w;
        const int beside[4] = {x ? at - 1 : at, x + 1 < w ? at + 1 : at, y ? at - w : at, y + 1 < h ? at + w : at};
        for (int j = 0; j < 4; j++)
            if (!marked[beside[j]] && mask->data[beside[j]] > .3f) {
                marked[beside[j]] = 1;
                nodes[count++] = beside[j];
            }
    }
    return count;
}

// Where a body's trunk is: the mask without what is thin in it. NULL: no memory.
static struct enl_plane *trunk_of(const struct enl_plane *mask, const int *nodes, int count, float size,
                                  struct enl_error *error) {
    struct enl_plane *trunk = enl_plane_new(mask->width, mask->height, error);
    for (int k = 0; trunk && k < count; k++) trunk->data[nodes[k]] = mask->data[nodes[k]];
    int radius = (int)(TRUNK * size / ENL_GRID + .5f);
    if (trunk && !enl_plane_blur(trunk, radius > 1 ? radius : 1, error)) enl_plane_free(&trunk);
    return trunk;
}

// The trunk's middle, in pixels, and its largest value.
static void middle_of(const struct enl_plane *trunk, const int *nodes, int count, float ret[3]) {
    double sum = 1e-9, x = 0, y = 0;
    float most = 1e-6f;
    for (int k = 0; k < count; k++) {
        double value = (double)(trunk->data[nodes[k]] * trunk->data[nodes[k]]);
        most = fmaxf(most, trunk->data[nodes[k]]);
        sum += value, x += value * (nodes[k] % trunk->width), y += value * (nodes[k] / trunk->width);
    }
    ret[0] = ENL_GRID * (float)(x / sum), ret[1] = ENL_GRID * (float)(y / sum), ret[2] = most;
}

// How one body swells. `nodes` are its nodes, at least one.
static bool swell(struct pet_breath *s, uint8_t id, const struct enl_plane *mask, const int *nodes, int count,
                  float amount, struct enl_field *field, struct enl_error *error) {
    int w = mask->width, h = mask->height,
        shorter = s->stage->width < s->stage->height ? s->stage->width : s->stage->height;
    float size = ENL_GRID * sqrtf((float)count), middle[3];
    float reach = fminf(REACH * size, MOST_REACH * (float)shorter) * amount;
    struct enl_plane *trunk = trunk_of(mask, nodes, count, size, error);
    if (!trunk) return false;
    middle_of(trunk, nodes, count, middle);
    for (int n = 0; n < w * h; n++) {
        int i = n % w, j = n / w, aside = i < w - 1 - i ? i : w - 1 - i, above = j < h - 1 - j ? j : h - 1 - j;
        // Nothing at the picture's edges, behind which there is nothing to fetch.
        float weight = reach * enl_smoothstep(.35f, .95f, trunk->data[n] / middle[2]) *
                       enl_smoothstep(0, 6, (float)(aside < above ? aside : above));
        if (weight < .01f || s->of[n]) continue; // so near another body that it is next to nothing
        float u = ((float)(ENL_GRID * i) - middle[0]) / size, v = ((float)(ENL_GRID * j) - middle[1]) / size;
        // The back rises most, and the belly, which the ground holds, hardly.
        s->down[n] = weight * enl_clampf(.8f * v - .6f, -1, 0);
        s->across[n] = weight * enl_clampf(.8f * u, -.4f, .4f);
        s->of[n] = id, field->support[n] = 1;
    }
    enl_plane_free(&trunk);
    return true;
}

// Every body of the matte that is large enough.
static bool find_bodies(struct pet_breath *s, const struct enl_plane *mask, float amount, struct enl_field *field,
                        struct enl_error *error) {
    int n = mask->width * mask->height, found = 0;
    int *nodes = enl_alloc((size_t)n, sizeof *nodes, error);
    uint8_t *marked = nodes ? enl_alloc((size_t)n, 1, error) : NULL;
    bool done = marked != NULL;
    for (int i = 0; done && i < n && found < MOST; i++) {
        if (marked[i] || mask->data[i] <= .5f) continue;
        int count = body_about(i, mask, marked, nodes);
        if (ENL_GRID * sqrtf((float)count) < LEAST) continue;
        found++;
        done = swell(s, (uint8_t)found, mask, nodes, count, amount, field, error);
    }
    enl_release(marked);
    enl_release(nodes);
    return done;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct pet_breath *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    if (!stage->matte[ENL_ANIMAL]) return true;
    size_t n = (size_t)field->columns * (size_t)field->rows;
    s->stage = stage;
    s->start = motion->start;
    for (int i = 1; i <= MOST; i++) {
        double hertz = hertz_of(stage->scene) * (1.04 - .04 * i) * (double)motion->speed, late = .37 * (i - 1);
        s->bodies[i] = (struct body){enl_loop_frequency(stage, hertz), late - floor(late)};
    }
    s->of = enl_alloc(n, 1, error);
    s->across = s->of ? enl_alloc(n, sizeof *s->across, error) : NULL;
    s->down = s->across ? enl_alloc(n, sizeof *s->down, error) : NULL;
    struct enl_plane *mask = s->down ? enl_matte_on_grid(stage->matte[ENL_ANIMAL], field, error) : NULL;
    bool done = mask && find_bodies(s, mask, motion->amount, field, error);
    enl_plane_free(&mask);
    return done;
}

// How deep a breath is at a time, 0..1; the first begins at `start`, late bodies begin with their part of one later.
static float depth_at(const struct pet_breath *s, const struct body *body, double t) {
    double turn = (t - (s->stage->loop ? 0 : s->start)) * body->hertz;
    turn += s->stage->loop ? body->late : -body->late; // a ring has no beginning: its first frame is taken off below
    if (turn < 0) return 0;
    double u = turn - floor(turn);
    return (float)(u < .4 ? enl_ease(u, 0, .4) : 1 - enl_ease(u, .4, .6));
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct pet_breath *s = state;
    if (!s->down) return;
    float now[MOST + 1] = {0};
    for (int i = 1; i <= MOST; i++) now[i] = depth_at(s, &s->bodies[i], t) - depth_at(s, &s->bodies[i], 0);
    for (int n = first * field->columns; n < last * field->columns; n++) {
        if (!s->of[n]) continue;
        field->nodes[n].x -= now[s->of[n]] * s->across[n]; // what goes up is fetched from below
        field->nodes[n].y -= now[s->of[n]] * s->down[n];
    }
}

static void release(void *state) {
    struct pet_breath *s = state;
    if (s) {
        enl_release(s->of);
        enl_release(s->across);
        enl_release(s->down);
    }
    enl_release(s);
}

const struct enl_motion_info enl_motion_pet_breath = {.kind = {.name = "pet_breath",
                                                               .help = "animals breathe",
                                                               .region = ENL_ANIMAL,
                                                               .by_default = true,
                                                               .speed = 1,
                                                               .amount = 1,
                                                               .why_not = why_not},
                                                      .layer = ENL_LAYER_MIDDLE,
                                                      .prepare = prepare,
                                                      .displace = displace,
                                                      .release = release};
