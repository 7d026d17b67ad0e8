// SPDX-License-Identifier: MIT
// The head moves a little, as nobody holds still: roll about the neck, a slight turn and nod, from slow noise
// (.1 to .4 Hz). The reach ends below the chin and fades into what is behind, which is a plate of its own.
#include "motion/head.h"

#define TONES 3

struct heading {
    struct enl_head head;
    float phase[3][TONES], hertz[3][TONES], degrees[3]; // roll, yaw, pitch
};
struct heads {
    const struct enl_stage *stage;
    double start;
    int count;
    struct heading list[ENL_FACES_MOVED];
};

void enl_head_place(struct enl_head *h, const struct enl_face *face, struct enl_field *field) {
    h->axes = enl_face_axes(face);
    float iod = h->axes.iod;
    for (int c = 0; c < 2; c++) h->nose[c] = face->landmarks[ENL_NOSE_TIP][c];
    h->x = h->nose[0] - .45f * iod * h->axes.down[0];
    h->y = h->nose[1] - .45f * iod * h->axes.down[1];
    h->neck[0] = face->landmarks[ENL_CHIN][0] + .6f * iod * h->axes.down[0];
    h->neck[1] = face->landmarks[ENL_CHIN][1] + .6f * iod * h->axes.down[1];
    h->across = 1.75f * iod;
    h->down = 2.3f * iod;
    h->left = enl_clampi((int)((h->x - 2.2f * h->across) / ENL_GRID), 0, field->columns - 1);
    h->right = enl_clampi((int)((h->x + 2.2f * h->across) / ENL_GRID) + 1, 0, field->columns - 1);
    h->top = enl_clampi((int)((h->y - 1.8f * h->down) / ENL_GRID), 0, field->rows - 1);
    h->bottom = enl_clampi((int)((h->y + 1.8f * h->down) / ENL_GRID) + 1, 0, field->rows - 1);
    for (int j = h->top; j <= h->bottom; j++)
        for (int i = h->left; i <= h->right; i++) field->support[j * field->columns + i] = 1;
}

void enl_head_turn(const struct enl_head *h, float roll, float yaw, float pitch, struct enl_field *field, int first,
                   int last) {
    const float *ax = h->axes.across, *ay = h->axes.down;
    for (int j = h->top > first ? h->top : first; j <= h->bottom && j < last; j++)
        for (int i = h->left; i <= h->right; i++) {
            float px = (float)(i * ENL_GRID), py = (float)(j * ENL_GRID);
            float x = px - h->x, y = py - h->y;
            float u = (x * ax[0] + y * ax[1]) / h->across, v = (x * ay[0] + y * ay[1]) / h->down;
            float r2 = u * u + v * v;
            // Rigid over the head, then fading; gone at the shoulders.
            float hold = enl_smoothstep(1.7f, .75f, sqrtf(r2)) * enl_smoothstep(1.05f, .5f, v);
            if (hold <= 0) continue;
            // An ellipsoid's height, but for its steep rim, where a large turn would fold the picture.
            float rest = fmaxf(0, 1 - r2), bulge = rest * (1.5f - .5f * rest) * h->across * .9f;
            float qx = px - h->nose[0], qy = py - h->nose[1];
            float tip = fmaxf(0, 1 - (qx * qx + qy * qy) / (.36f * h->axes.iod * h->axes.iod));
            bulge += tip * tip * .16f * h->axes.iod;
            float nx = px - h->neck[0], ny = py - h->neck[1];
            float dx = -roll * ny + (yaw * ax[0] + pitch * ay[0]) * bulge;
            float dy = roll * nx + (yaw * ax[1] + pitch * ay[1]) * bulge;
            struct enl_node *node = field->nodes + j * field->columns + i;
            node->x -= hold * dx;
            node->y -= hold * dy;
        }
}

static void prepare_head(struct heading *h, const struct enl_stage *stage, const struct enl_face *face,
                         const struct enl_motion *motion, struct enl_random *random, struct enl_field *field) {
    static const float natural[3] = {.55f, 1.1f, .5f};
    enl_head_place(&h->head, face, field);
    for (int m = 0; m < 3; m++) {
        h->degrees[m] = natural[m] * motion->amount * enl_face_frontal(face);
        for (int k = 0; k < TONES; k++) {
            h->phase[m][k] = 2 * ENL_PI * enl_random_unit(random);
            float hertz = (.12f + .13f * (float)k + .04f * enl_random_unit(random)) * motion->speed;
            h->hertz[m][k] = (float)enl_loop_frequency(stage, hertz);
        }
    }
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct heads *s = enl_alloc(1, sizeof *s, error);
    struct enl_random random = {enl_mix(stage->seed + 71)};
    if (!(*ret_state = s)) return false;
    s->stage = stage;
    s->start = motion->start;
    // Without a person's outline the background would be dragged along.
    for (int i = 0; stage->matte[ENL_PERSON] && i < stage->face_count && s->count < ENL_FACES_MOVED; i++)
        if (enl_face_moves(&stage->faces[i]))
            prepare_head(&s->list[s->count++], stage, &stage->faces[i], motion, &random, field);
    return true;
}

// The angle of one of the three movements, radians; 0 at t = 0, so that the first frame is the photo.
static float angle(const struct heads *s, const struct heading *h, int m, double t) {
    float sum = 0;
    for (int k = 0; k < TONES; k++) {
        float turn = 2 * ENL_PI * h->hertz[m][k] * (float)t + h->phase[m][k];
        sum += (sinf(turn) - sinf(h->phase[m][k])) / (float)(k + 1);
    }
    float ease = s->stage->loop ? 1 : (float)enl_ease(t, s->start, 1.2);
    return sum * .5f * ease * h->degrees[m] * ENL_PI / 180;
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct heads *s = state;
    for (int f = 0; f < s->count; f++) {
        const struct heading *h = &s->list[f];
        enl_head_turn(&h->head, angle(s, h, 0, t), angle(s, h, 1, t), angle(s, h, 2, t), field, first, last);
    }
}

const struct enl_motion_info enl_motion_head = {.kind = {.name = "head",
                                                         .help = "heads move slightly",
                                                         .region = ENL_FACE,
                                                         .by_default = true,
                                                         .speed = 1,
                                                         .amount = 1,
                                                         .why_not = enl_face_why_not},
                                                .layer = ENL_LAYER_NEAR,
                                                .prepare = prepare,
                                                .displace = displace,
                                                .release = enl_release};
