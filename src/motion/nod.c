// SPDX-License-Identifier: MIT
// Heads nod: down and up again, slowly, one to three times, each less than the one before. A nod of conversation is 3
// to 6 degrees deep and takes about a second.
#include "motion/head.h"

#define DEGREES 4.5f
#define MOST 3

struct nodding {
    struct enl_head head;
    float depth; // radians
    double begin;
};
struct nod {
    int times, count;
    double length; // of one nod, seconds
    struct nodding list[ENL_FACES_MOVED];
};

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct nod *s = enl_alloc(1, sizeof *s, error);
    struct enl_random random = {enl_mix(stage->seed + 73)};
    if (!(*ret_state = s)) return false;
    double begin = (double)motion->start + .4, room = stage->seconds - begin - .35; // late ones end before the video
    s->length = fmin(.95 / fmax(.4, (double)motion->speed), fmax(room, .1));
    // "Twice" is an amount of 2; less than one nod is a shallow one.
    s->times = enl_clampi((int)floorf(motion->amount + .5f), 1, MOST);
    while (s->times > 1 && s->times * s->length > room) s->times--;
    for (int i = 0; stage->matte[ENL_PERSON] && i < stage->face_count && s->count < ENL_FACES_MOVED; i++) {
        const struct enl_face *face = &stage->faces[i];
        if (!enl_face_moves(face) || room < .3) continue;
        struct nodding *n = &s->list[s->count++];
        enl_head_place(&n->head, face, field);
        n->begin = begin + .2 * (double)enl_random_unit(&random); // nobody nods in step
        n->depth = DEGREES * ENL_PI / 180 * fminf(motion->amount, 1) * enl_face_frontal(face);
    }
    return true;
}

static float curve(const struct nod *s, const struct nodding *n, double t) {
    double turn = (t - n->begin) / s->length;
    if (turn <= 0 || turn >= s->times) return 0;
    double u = turn - floor(turn);
    float deep = 1 / (1 + .45f * (float)floor(turn));
    return deep * (float)(u < .42 ? enl_ease(u, 0, .42) : 1 - enl_ease(u, .42, .58));
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct nod *s = state;
    for (int f = 0; f < s->count; f++) {
        float now = curve(s, &s->list[f], t);
        if (now > 0) enl_head_turn(&s->list[f].head, 0, 0, now * s->list[f].depth, field, first, last);
    }
}

const struct enl_motion_info enl_motion_nod = {.kind = {.name = "nod",
                                                        .help = "heads nod",
                                                        .region = ENL_FACE,
                                                        .speed = 1,
                                                        .amount = 1,
                                                        .why_not = enl_face_why_not},
                                               .layer = ENL_LAYER_NEAR,
                                               .prepare = prepare,
                                               .displace = displace,
                                               .release = enl_release};
