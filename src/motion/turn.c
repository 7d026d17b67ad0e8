// SPDX-License-Identifier: MIT
// Heads turn a little to where the plan points, and stay so; a loop turns them back. What a turn would uncover behind
// the cheek is not in the photo, so it is small: there the skin is stretched.
#include "motion/head.h"

#define DEGREES 6.f
#define MOST 12.f

struct turning {
    struct enl_head head;
    float yaw, pitch; // radians
};
struct turn {
    bool back;
    double begin, takes, end;
    int count;
    struct turning list[ENL_FACES_MOVED];
};

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct turn *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    s->takes = fmin(1.3 / fmax(.5, (double)motion->speed), stage->seconds / 3);
    s->begin = fmin((double)motion->start + .3, stage->seconds - (stage->loop ? 2 : 1) * s->takes);
    s->back = stage->loop;
    s->end = stage->seconds - s->takes;
    float degrees = fminf(DEGREES * motion->amount, MOST), way = motion->direction * ENL_PI / 180;
    for (int i = 0; stage->matte[ENL_PERSON] && i < stage->face_count && s->count < ENL_FACES_MOVED; i++) {
        const struct enl_face *face = &stage->faces[i];
        if (!enl_face_moves(face)) continue;
        // One that looks that way already has less left before it is a profile.
        float already = face->yaw * cosf(way), room = enl_smoothstep(50, 25, already);
        float reach = degrees * ENL_PI / 180 * enl_face_frontal(face) * room;
        struct turning *n = &s->list[s->count++];
        enl_head_place(&n->head, face, field);
        n->yaw = reach * cosf(way);
        n->pitch = -.6f * reach * sinf(way);
    }
    return true;
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct turn *s = state;
    float now = (float)(enl_ease(t, s->begin, s->takes) * (s->back ? 1 - enl_ease(t, s->end, s->takes) : 1));
    for (int f = 0; now > 0 && f < s->count; f++)
        enl_head_turn(&s->list[f].head, 0, now * s->list[f].yaw, now * s->list[f].pitch, field, first, last);
}

const struct enl_motion_info enl_motion_turn = {.kind = {.name = "turn",
                                                         .help = "heads turn a little to a side",
                                                         .region = ENL_FACE,
                                                         .direction = 180,
                                                         .speed = 1,
                                                         .amount = 1,
                                                         .why_not = enl_face_why_not},
                                                .layer = ENL_LAYER_NEAR,
                                                .prepare = prepare,
                                                .displace = displace,
                                                .release = enl_release};
