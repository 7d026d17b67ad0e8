// SPDX-License-Identifier: MIT
// Eyes blink: the upper lid comes down over the eye by stretching the skin between crease and lid; the eyeball stays
// where it is. Times from facts: closing 80 ms, closed 20, opening 180; first after 1.2 to 2 s, next 3 to 5 s later.
#include "motion/face.h"

#define BLINKS 6
#define EDGE 9 // points along a lid

struct eye {
    float left, right;              // columns
    float upper[2][EDGE], lower[2][EDGE]; // x and y of the lids, from left to right
    float skin;                     // pixels above the upper lid that stretch: up to below the brow
    float lash;                     // pixels above the upper lid that go down with it as they are
};
struct blinker {
    struct eye eyes[2];
    int times;
    float at[BLINKS];
};
struct blink {
    int count;
    struct blinker faces[ENL_FACES_MOVED];
};

// Lids from the outer to the inner corner, in the mesh's numbering.
static const int upper_right[EDGE] = {33, 246, 161, 160, 159, 158, 157, 173, 133};
static const int lower_right[EDGE] = {33, 7, 163, 144, 145, 153, 154, 155, 133};
static const int upper_left[EDGE] = {362, 398, 384, 385, 386, 387, 388, 466, 263};
// The lower edge of the brows above the middle of each eye.
static const int brow_right[3] = {53, 52, 65}, brow_left[3] = {283, 282, 295};
static const int lower_left[EDGE] = {362, 382, 381, 380, 374, 373, 390, 249, 263};

static const char *why_not(const struct enl_scene *scene) {
    const char *reason = enl_face_why_not(scene);
    if (reason) return reason;
    for (int i = 0; i < scene->face_count; i++)
        if (scene->faces[i].eyes_open[0] > .15f && scene->faces[i].eyes_open[1] > .15f) return NULL;
    return "the eyes are closed already";
}

static void prepare_eye(struct eye *eye, const struct enl_face *face, const int *upper, const int *lower,
                        const int *brow) {
    float height = 0, free = 1e9f; // between lid and brow
    for (int i = 0; i < EDGE; i++) {
        for (int c = 0; c < 2; c++) {
            eye->upper[c][i] = face->landmarks[upper[i]][c];
            eye->lower[c][i] = face->landmarks[lower[i]][c];
        }
        height = fmaxf(height, eye->lower[1][i] - eye->upper[1][i]);
    }
    eye->left = eye->upper[0][0];
    eye->right = eye->upper[0][EDGE - 1];
    for (int i = 0; i < 3; i++) free = fminf(free, face->landmarks[upper[EDGE / 2]][1] - face->landmarks[brow[i]][1]);
    eye->lash = .42f * height;
    eye->skin = fmaxf(fminf(1.2f * height, .8f * free), eye->lash + 2);
}

static void choose_times(struct blinker *b, const struct enl_stage *stage, struct enl_random *random, double start,
                         float amount) {
    double t = start + 1.2 + .8 * (double)enl_random_unit(random);
    for (; t < stage->seconds - .45 && b->times < BLINKS;
         t += (3 + 2 * (double)enl_random_unit(random)) / fmax(.3, (double)amount))
        b->at[b->times++] = (float)t;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct blink *s = enl_alloc(1, sizeof *s, error);
    struct enl_random random = {enl_mix(stage->seed + 67)};
    if (!(*ret_state = s)) return false;
    for (int i = 0; i < stage->face_count && s->count < ENL_FACES_MOVED; i++) {
        const struct enl_face *face = &stage->faces[i];
        struct enl_face_axes axes = enl_face_axes(face);
        // An eye under 12 pixels tall, nearly closed or seen from the side would only smear.
        float tall = fminf(face->eyes_open[0], face->eyes_open[1]) * axes.iod * .45f;
        if (!enl_face_moves(face) || tall < 5 || fminf(face->eyes_open[0], face->eyes_open[1]) < .15f ||
            fabsf(face->yaw) > 30 || fabsf(axes.across[1]) > .35f)
            continue;
        struct blinker *b = &s->faces[s->count++];
        prepare_eye(&b->eyes[0], face, upper_right, lower_right, brow_right);
        prepare_eye(&b->eyes[1], face, upper_left, lower_left, brow_left);
        choose_times(b, stage, &random, (double)motion->start, motion->amount);
        for (int e = 0; e < 2; e++) {
            const struct eye *eye = &b->eyes[e];
            float top = eye->upper[1][EDGE / 2] - 2 * eye->skin, bottom = eye->lower[1][EDGE / 2] + eye->skin;
            for (int y = (int)top / ENL_GRID; y <= (int)bottom / ENL_GRID; y++)
                for (int x = (int)eye->left / ENL_GRID - 1; x <= (int)eye->right / ENL_GRID + 1; x++)
                    if (x >= 0 && y >= 0 && x < field->columns && y < field->rows)
                        field->support[y * field->columns + x] = 1;
        }
    }
    return true;
}

// 0 open .. 1 closed.
static float closed(const struct blinker *b, double t) {
    for (int i = 0; i < b->times; i++) {
        double u = t - (double)b->at[i];
        if (u > 0 && u < .28) return (float)(u < .08 ? enl_ease(u, 0, .08) : u < .1 ? 1 : 1 - enl_ease(u, .1, .18));
    }
    return 0;
}

// The height of a lid at a column.
static float lid_at(const float lid[2][EDGE], float x) {
    for (int i = 1; i < EDGE; i++)
        if (x <= lid[0][i] || i == EDGE - 1) {
            float span = lid[0][i] - lid[0][i - 1];
            return enl_mixf(lid[1][i - 1], lid[1][i], span > .01f ? enl_clampf((x - lid[0][i - 1]) / span, 0, 1) : 0);
        }
    return lid[1][0];
}

static void bend_eye(const struct eye *eye, float shut, float *x, float *y, int n) {
    for (int i = 0; i < n; i++) {
        if (x[i] <= eye->left || x[i] >= eye->right) continue;
        float upper = lid_at(eye->upper, x[i]), lower = lid_at(eye->lower, x[i]), open = lower - upper;
        float now = enl_mixf(upper, lower, .94f * shut), raised = enl_mixf(lower, upper, .1f * shut);
        // Toward the corners there is less to cover, so less skin takes part.
        float part = enl_clampf(2 * open / fmaxf(eye->skin, 1), .3f, 1), skin = eye->skin * part,
              lash = eye->lash * part;
        float top = upper - skin, fold = lash * (1 - .5f * shut); // lashes turn down: seen shorter
        if (y[i] > top && y[i] < now - fold) {
            y[i] = top + (y[i] - top) * (upper - lash - top) / fmaxf(now - fold - top, .5f);
        } else if (y[i] >= now - fold && y[i] < now) {
            y[i] = upper - (now - y[i]) * lash / fmaxf(fold, .25f);
        } else if (y[i] > raised && y[i] < lower + skin) {
            float bottom = lower + skin;
            y[i] = bottom - (bottom - y[i]) * (bottom - lower) / fmaxf(bottom - raised, .5f);
        }
    }
}

static void bend(const void *state, double t, float *x, float *y, int n) {
    const struct blink *s = state;
    for (int f = 0; f < s->count; f++) {
        float shut = closed(&s->faces[f], t);
        if (shut <= 0) continue;
        for (int e = 0; e < 2; e++) bend_eye(&s->faces[f].eyes[e], shut, x, y, n);
    }
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    (void)state, (void)t, (void)field, (void)first, (void)last; // lids are finer than the grid: bend() does it all
}

const struct enl_motion_info enl_motion_blink = {
    .kind = {.name = "blink", .help = "eyes blink", .region = ENL_FACE, .by_default = true, .speed = 1, .amount = 1,
             .why_not = why_not},
    .layer = ENL_LAYER_NEAR, .prepare = prepare, .displace = displace, .bend = bend, .release = enl_release};
