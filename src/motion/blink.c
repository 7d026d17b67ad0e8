// SPDX-License-Identifier: MIT
// Eyes blink: the upper lid comes down over the eye by stretching the skin between crease and lid; the eyeball stays
// where it is. Times from facts: closing 80 ms, closed 20, opening 180; first after 1.2 to 2 s, next 3 to 5 s later.
#include "motion/face.h"

#define BLINKS 6
#define BAND .25f

struct eye {
    struct enl_opening lids;
    float skin; // pixels above the upper lid that stretch: up to below the brow
    float lash; // pixels above the upper lid that go down with it as they are
    float band; // where between skin and lash, 0..1, the stretched part begins: BAND of it, all else is only shifted
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

// The lower edge of the brows above the middle of each eye.
static const int brows[2][3] = {{53, 52, 65}, {283, 282, 295}};

static const char *why_not(const struct enl_scene *scene) {
    const char *reason = enl_face_why_not(scene);
    if (reason) return reason;
    for (int i = 0; i < scene->face_count; i++)
        if (scene->faces[i].eyes_open[0] > .15f && scene->faces[i].eyes_open[1] > .15f) return NULL;
    return "the eyes are closed already";
}

// Whether there is nothing but skin above a lid: the rim of glasses, or a glare on them, must not be stretched.
static bool is_bare(const struct enl_picture *picture, const struct eye *eye, float x) {
    float lid = enl_lid_at(eye->lids.upper, x), step = (eye->skin - eye->lash) / 16, skin = 0;
    for (int k = 0; k < 16; k++) { // lashes and a painted lid are dark, then comes skin
        float light = enl_face_light(picture, x, lid - eye->lash - step * (float)k);
        if (light < .5f * skin) return false;
        skin = fmaxf(skin, light);
    }
    float below = enl_lid_at(eye->lids.lower, x) + .6f * eye->lids.tall;
    return skin < 1.7f * fmaxf(enl_face_light(picture, x, below), 40);
}

// A stretched row becomes a column of streaks: the one with the least change along it, and light, shows them least.
static float find_band(const struct enl_picture *picture, const struct eye *eye) {
    float best = 1e9f, band = 0;
    int first = (int)enl_mixf(eye->lids.left, eye->lids.right, .2f);
    int last = (int)enl_mixf(eye->lids.left, eye->lids.right, .8f);
    for (int k = 0; k <= (int)(2 / BAND) - 2; k++) {
        float change = 0, light = 0;
        for (int i = 0; i < 2 * (last - first); i++) {
            float x = (float)(first + i / 2), part = .5f * BAND * (float)(k + i % 2);
            float y = enl_lid_at(eye->lids.upper, x) - enl_mixf(eye->skin, eye->lash, part);
            float here = enl_face_light(picture, x, y);
            change += fabsf(enl_face_light(picture, x + 1, y) - here), light += here;
        }
        if (change - .1f * light < best) best = change - .1f * light, band = .5f * BAND * (float)k;
    }
    return band;
}

// False where glasses would bend with the skin.
static bool prepare_eye(struct eye *eye, const struct enl_picture *picture, const struct enl_face *face, int which) {
    float free = 1e9f; // between lid and brow
    int bare = 0;
    eye->lids = enl_face_opening(face, which);
    for (int i = 0; i < 3; i++)
        free = fminf(free, eye->lids.upper[1][ENL_LID / 2] - face->landmarks[brows[which][i]][1]);
    eye->lash = .42f * eye->lids.tall;
    eye->skin = fmaxf(fminf(1.2f * eye->lids.tall, .8f * free), eye->lash + 2);
    for (int i = 2; i <= 6; i++)
        bare += is_bare(picture, eye, enl_mixf(eye->lids.left, eye->lids.right, (float)i / 8));
    eye->band = find_band(picture, eye);
    return bare >= 4;
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
        if (!prepare_eye(&b->eyes[0], stage->picture, face, 0) || !prepare_eye(&b->eyes[1], stage->picture, face, 1)) {
            s->count--;
            continue;
        }
        choose_times(b, stage, &random, (double)motion->start, motion->amount);
        for (int e = 0; e < 2; e++) {
            const struct eye *eye = &b->eyes[e];
            float top = eye->lids.upper[1][ENL_LID / 2] - 2 * eye->skin;
            float bottom = eye->lids.lower[1][ENL_LID / 2] + eye->skin;
            for (int y = (int)top / ENL_GRID; y <= (int)bottom / ENL_GRID; y++)
                for (int x = (int)eye->lids.left / ENL_GRID - 1; x <= (int)eye->lids.right / ENL_GRID + 1; x++)
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

// Skin of `from` pixels made `to` pixels long, in its band: which of the first is seen at `y` of the second. In the
// band it is drawn out sideways, too (`ret_wide`, 0..1), or it would be a row of streaks.
static float stretched(const struct eye *eye, float y, float from, float to, float *ret_wide) {
    float begin = eye->band * from, length = BAND * from, more = fmaxf(to - from, 0);
    float u = (y - begin) / fmaxf(length + more, .25f);
    *ret_wide = enl_smoothstep(0, .35f, u) * enl_smoothstep(1, .65f, u) *
                enl_clampf(more / fmaxf(2 * length, 1), 0, 1) * // a lid that hardly moves is not folded sideways
                enl_clampf(1.2f * (length + more) / (eye->lids.right - eye->lids.left), 0, 1);
    return u <= 0 ? y : u < 1 ? begin + u * length : y - more;
}

static void bend_eye(const struct eye *eye, float shut, float *x, float *y, int n) {
    for (int i = 0; i < n; i++) {
        if (x[i] <= eye->lids.left || x[i] >= eye->lids.right) continue;
        float upper = enl_lid_at(eye->lids.upper, x[i]), lower = enl_lid_at(eye->lids.lower, x[i]);
        float open = lower - upper;
        float now = enl_mixf(upper, lower, .94f * shut), raised = enl_mixf(lower, upper, .1f * shut);
        // Toward the corners there is less to cover, so less skin takes part.
        float part = enl_clampf(2 * open / fmaxf(eye->skin, 1), .3f, 1), skin = eye->skin * part,
              lash = eye->lash * part;
        float top = upper - skin, fold = lash * (1 - .5f * shut); // lashes turn down: seen shorter
        if (y[i] > top && y[i] < now - fold) {
            float wide;
            y[i] = stretched(eye, y[i] - top, upper - lash - top, now - fold - top, &wide) + top;
            x[i] += .6f * wide * (.5f * (eye->lids.left + eye->lids.right) - x[i]);
            y[i] += enl_lid_at(eye->lids.upper, x[i]) - upper;
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
