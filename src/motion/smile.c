// SPDX-License-Identifier: MIT
// A face smiles a little more: corners of the mouth up and out, cheeks and lower lids after them. Shares from
// LivePortrait's average motion (cheeks and lids go 14 to 18 % as far as the corners).
#include "motion/face.h"

struct pull { // one soft pull on the skin
    float x, y, dx, dy, radius; // pixels
    int side;                   // -1 right, 1 left, 0 both
};
struct smiling {
    float amount, late; // of the left side against the right, seconds
    int count;
    struct pull pulls[8];
};
struct smile {
    const struct enl_stage *stage;
    double start;
    int count;
    struct smiling faces[ENL_FACES_MOVED];
};

static void add_pull(struct smiling *s, const struct enl_face *face, const struct enl_face_axes *a, int landmark,
                     float out, float up, float radius, int side) {
    // Landmark x grows to the person's left, so "out" is along `across` on the left side.
    float along = out * (float)side * a->iod, rise = -up * a->iod;
    s->pulls[s->count++] = (struct pull){.x = face->landmarks[landmark][0], .y = face->landmarks[landmark][1],
        .dx = along * a->across[0] + rise * a->down[0], .dy = along * a->across[1] + rise * a->down[1],
        .radius = radius * a->iod, .side = side};
}

static void prepare_face(struct smiling *s, const struct enl_face *face, struct enl_random *random, float amount) {
    struct enl_face_axes a = enl_face_axes(face);
    // A broad smile has less room to grow. Where teeth show, the mouth hardly moves, for they would bend with it: such
    // a face smiles with cheeks and eyes.
    float teeth = enl_smoothstep(.04f, .12f, face->mouth_open), lips = 1 - .9f * teeth;
    s->amount = amount * enl_face_frontal(face) * (1 - .6f * face->smile);
    s->late = .05f + .03f * enl_random_unit(random);
    float uneven = 1 + .1f * (2 * enl_random_unit(random) - 1);
    add_pull(s, face, &a, ENL_MOUTH_RIGHT, .034f * lips, .062f * lips, .21f, -1);
    add_pull(s, face, &a, ENL_MOUTH_LEFT, .034f * uneven * lips, .062f * uneven * lips, .21f, 1);
    add_pull(s, face, &a, ENL_CHEEK_RIGHT, .008f * lips, .016f, .26f, -1);
    add_pull(s, face, &a, ENL_CHEEK_LEFT, .008f * lips, .016f, .26f, 1);
    add_pull(s, face, &a, ENL_LID_RIGHT, 0, .011f, .10f, -1);
    add_pull(s, face, &a, ENL_LID_LEFT, 0, .011f, .10f, 1);
}

static void mark_support(const struct smiling *s, struct enl_field *field) {
    for (int k = 0; k < s->count; k++) {
        const struct pull *p = &s->pulls[k];
        int left = (int)((p->x - 3 * p->radius) / ENL_GRID), right = (int)((p->x + 3 * p->radius) / ENL_GRID) + 1;
        int top = (int)((p->y - 3 * p->radius) / ENL_GRID), bottom = (int)((p->y + 3 * p->radius) / ENL_GRID) + 1;
        for (int j = enl_clampi(top, 0, field->rows - 1); j <= enl_clampi(bottom, 0, field->rows - 1); j++)
            for (int i = enl_clampi(left, 0, field->columns - 1); i <= enl_clampi(right, 0, field->columns - 1); i++)
                field->support[j * field->columns + i] = 1;
    }
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct smile *s = enl_alloc(1, sizeof *s, error);
    struct enl_random random = {enl_mix(stage->seed + 61)};
    if (!(*ret_state = s)) return false;
    s->stage = stage;
    s->start = motion->start;
    for (int i = 0; i < stage->face_count && s->count < ENL_FACES_MOVED; i++) {
        if (!enl_face_moves(&stage->faces[i])) continue;
        prepare_face(&s->faces[s->count], &stage->faces[i], &random, motion->amount);
        mark_support(&s->faces[s->count++], field);
    }
    return true;
}

// Up within a second, held, then mostly kept; a loop comes all the way back.
static float curve(const struct smile *s, double t) {
    double length = s->stage->seconds, start = s->start + .35;
    double up = enl_ease(t, start, 1.1), rest = s->stage->loop ? 1 : .3;
    return (float)(up - rest * enl_ease(t, fmax(start + 1.5, length - (s->stage->loop ? 1.4 : 1.2)), 1.2) * up);
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct smile *s = state;
    for (int f = 0; f < s->count; f++) {
        const struct smiling *face = &s->faces[f];
        float now[3] = {curve(s, t), curve(s, t), curve(s, t - (double)face->late)}; // right, middle, left
        for (int k = 0; k < face->count; k++) {
            const struct pull *p = &face->pulls[k];
            float strength = face->amount * now[p->side + 1];
            int left = enl_clampi((int)((p->x - 3 * p->radius) / ENL_GRID), 0, field->columns - 1);
            int right = enl_clampi((int)((p->x + 3 * p->radius) / ENL_GRID) + 1, 0, field->columns - 1);
            int top = enl_clampi((int)((p->y - 3 * p->radius) / ENL_GRID), first, last);
            int bottom = enl_clampi((int)((p->y + 3 * p->radius) / ENL_GRID) + 1, first - 1, last - 1);
            for (int j = top; j <= bottom; j++)
                for (int i = left; i <= right; i++) {
                    float x = (float)(i * ENL_GRID) - p->x, y = (float)(j * ENL_GRID) - p->y;
                    float r2 = (x * x + y * y) / (9 * p->radius * p->radius);
                    if (r2 >= 1) continue;
                    // A bump that ends at three radii: close to a Gaussian, without its tail and without exp().
                    float bump = (1 - r2) * (1 - r2) * (1 - r2) * (1 - r2) * strength;
                    struct enl_node *node = field->nodes + j * field->columns + i;
                    node->x -= p->dx * bump;
                    node->y -= p->dy * bump;
                }
        }
    }
}

const struct enl_motion_info enl_motion_smile = {
    .kind = {.name = "smile", .help = "faces smile a little more", .region = ENL_FACE, .by_default = true, .speed = 1,
             .amount = 1, .why_not = enl_face_why_not},
    .layer = ENL_LAYER_NEAR, .prepare = prepare, .displace = displace, .release = enl_release};
