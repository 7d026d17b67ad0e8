// SPDX-License-Identifier: MIT
// Lamps: small warm lights, found in the picture itself, swell and sink very gently, each in its own time, with the
// glow about them.
#include "motion/dusk.h"
#include "motion/flicker.h"

#include "base/plane.h"

struct lamps {
    struct enl_flicker flicker;
    int32_t *slot; // of every lit node, where its phases stand in `place`; -1
    float (*place)[2 * ENL_FLICKER_TONES];
};

// How much of a lamp's light there is at each node.
static struct enl_plane *find_light(const struct enl_stage *stage, const struct enl_field *field,
                                    struct enl_error *error) {
    struct enl_picture *lamps = enl_lamp_matte(stage, error);
    struct enl_plane *light = lamps ? enl_plane_new(field->columns, field->rows, error) : NULL;
    for (int y = 0; light && y < lamps->height; y++)
        for (int x = 0; x < lamps->width; x++) { // the brightest of a node's pixels
            float *node = &light->data[(y + ENL_GRID / 2) / ENL_GRID * field->columns + (x + ENL_GRID / 2) / ENL_GRID];
            *node = fmaxf(*node, (float)lamps->data[(size_t)y * (size_t)lamps->width + (size_t)x] * (1 / 255.0f));
        }
    enl_picture_free(&lamps);
    return light;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct lamps *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    int nodes = field->columns * field->rows, count = 0;
    struct enl_plane *light = find_light(stage, field, error);
    enl_flicker_fill(&s->flicker, stage, motion->start, .4f * motion->speed, 3 * motion->speed, .16f * motion->amount,
                     stage->seed + 95);
    s->slot = light ? enl_alloc((size_t)nodes, sizeof *s->slot, error) : NULL;
    for (int n = 0; s->slot && n < nodes; n++) {
        s->slot[n] = light->data[n] > .02f ? count++ : -1;
        if (s->slot[n] >= 0) field->support[n] = 1;
    }
    s->place = s->slot ? enl_alloc((size_t)count + 1, sizeof *s->place, error) : NULL;
    uint32_t seed = (uint32_t)enl_mix(stage->seed + 96);
    for (int n = 0; s->place && n < nodes; n++) {
        if (s->slot[n] < 0) continue;
        // Lamps apart have their own time, the parts of one nearly the same.
        float late = 9 * enl_noise2((float)(n % field->columns) * .035f, (float)(n / field->columns) * .035f, seed);
        enl_flicker_place(&s->flicker, late, s->place[s->slot[n]]);
        for (int k = 0; k < 2 * ENL_FLICKER_TONES; k++) s->place[s->slot[n]][k] *= light->data[n];
    }
    enl_plane_free(&light);
    return s->place != NULL;
}

static void displace(const void *state, double t, struct enl_field *field, int first, int last) {
    const struct lamps *s = state;
    float now[2 * ENL_FLICKER_TONES];
    enl_flicker_now(&s->flicker, t, now);
    for (int n = first * field->columns; n < last * field->columns; n++)
        if (s->slot[n] >= 0) field->nodes[n].light += enl_flicker_at(s->place[s->slot[n]], now);
}

static void release(void *state) {
    struct lamps *s = state;
    if (!s) return;
    enl_release(s->slot);
    enl_release(s->place);
    enl_release(s);
}

const struct enl_motion_info enl_motion_lamps = {
    .kind = {.name = "lamps", .help = "lamps and lit windows glow", .region = ENL_ELEMENTS, .speed = 1, .amount = 1},
    .layer = ENL_LAYER_MIDDLE,
    .prepare = prepare,
    .displace = displace,
    .release = release};
