// SPDX-License-Identifier: MIT
// The camera's moves: nothing folds, tears or smears, no edge of the photo is seen, a face stays whole, a loop closes.
// The linker sends enl_alloc's posix_memalign through here (tests/meson.build).
#include "motion/camera.h"
#include "stage.h"

static long allocations_left = -1; // this many succeed, the next fails; -1: none fails

int __real_posix_memalign(void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size) {
    if (allocations_left == 0) return 12;
    if (allocations_left > 0) allocations_left--;
    return __real_posix_memalign(memory, alignment, size);
}

static const char *const moves[] = {"zoom_in", "pan", "orbit", "dolly", "handheld"};
#define MOVES (sizeof moves / sizeof *moves)

struct shot {
    struct enl_pool *pool;
    struct enl_scene *scene;
    struct enl_stage stage;
    struct enl_field field;
    const struct enl_motion_info *info;
    void *state;
};

// A depth with every kind of edge: sky over a far ground, steps, a noisy person, and a nose that stands out.
static void draw_depth(struct enl_picture *depth) {
    struct enl_random random = {3};
    for (int y = 0; y < STAGE_HEIGHT; y++)
        for (int x = 0; x < STAGE_WIDTH; x++) {
            bool person = x > .3f * STAGE_WIDTH && x < .7f * STAGE_WIDTH && y > .15f * STAGE_HEIGHT;
            bool post = x > .85f * STAGE_WIDTH && x < .9f * STAGE_WIDTH;
            float ground = y < .45f * STAGE_HEIGHT ? 0 : 255 * ((float)y / STAGE_HEIGHT - .3f);
            float noise = 40 * enl_random_unit(&random);
            float nose = hypotf((float)x / STAGE_WIDTH - .5f, (float)y / STAGE_HEIGHT - .45f);
            depth->data[y * STAGE_WIDTH + x] = (uint8_t)(person ? 215 + noise - 60 * enl_smoothstep(.02f, .1f, nose) :
                                                         post   ? 250 :
                                                                  ground);
        }
}

static void begin(struct shot *s, const char *name, bool loop, float speed, float amount, float direction) {
    *s = (struct shot){.pool = enl_pool_new(2, NULL), .scene = unit_wide_scene(ENL_WATER_WAVES)};
    unit_stage(&s->stage, s->scene, loop, s->pool);
    draw_depth(s->stage.matte[ENL_DEPTH]);
    s->field.columns = (STAGE_WIDTH + ENL_GRID - 1) / ENL_GRID + 1;
    s->field.rows = (STAGE_HEIGHT + ENL_GRID - 1) / ENL_GRID + 1;
    size_t nodes = (size_t)s->field.columns * (size_t)s->field.rows;
    s->field.support = enl_alloc(nodes, 1, NULL);
    s->field.nodes = enl_alloc(nodes, sizeof *s->field.nodes, NULL);
    s->info = enl_motion_find(name);
    assert_true(s->field.support && s->field.nodes && s->info);
    struct enl_motion motion = unit_motion(s->info);
    motion.speed = speed, motion.amount = amount, motion.direction = direction;
    assert_true(s->info->prepare(&s->stage, &motion, &s->field, &s->state, NULL));
}

static void at(struct shot *s, double t) {
    memset(s->field.nodes, 0, (size_t)s->field.columns * (size_t)s->field.rows * sizeof *s->field.nodes);
    s->info->displace(s->state, t, &s->field, 0, s->field.rows);
}

static const struct enl_node *node(const struct shot *s, float x, float y) {
    return &s->field.nodes[(int)(y * STAGE_HEIGHT / ENL_GRID) * s->field.columns + (int)(x * STAGE_WIDTH / ENL_GRID)];
}

static void end(struct shot *s) {
    s->info->release(s->state);
    enl_release(s->field.support);
    enl_release(s->field.nodes);
    enl_stage_free(&s->stage);
    enl_scene_free(&s->scene);
    enl_pool_free(&s->pool);
}

// From one node to the next the place that is fetched goes on by a grid's step, give or take what a move may stretch:
// more is a tear, less than nothing a fold, and nothing at all a smeared edge. Nodes beyond the edge do not count.
static void check_steps(const struct shot *s, float least, float most, double t) {
    const struct enl_field *f = &s->field;
    for (int j = 0; (j + 1) * ENL_GRID < STAGE_HEIGHT; j++)
        for (int i = 0; (i + 1) * ENL_GRID < STAGE_WIDTH; i++) {
            const struct enl_node *n = &f->nodes[j * f->columns + i], *right = n + 1, *down = n + f->columns;
            float across = 1 + (right->x - n->x) / ENL_GRID, along = 1 + (down->y - n->y) / ENL_GRID;
            float shear = fmaxf(fabsf(right->y - n->y), fabsf(down->x - n->x)) / ENL_GRID;
            check(across > least && across < most && along > least && along < most && shear < 1 - least,
                  "%s at %g s, node %d,%d: %g across, %g along, %g askew", s->info->kind.name, t, i, j, (double)across,
                  (double)along, (double)shear);
        }
}

static void nothing_tears(void **state) {
    (void)state;
    for (size_t m = 0; m < MOVES; m++)
        for (int loop = 0; loop < 2; loop++)
            for (int wild = 0; wild < 2; wild++) {
                struct shot s;
                if (wild && m < 2) continue; // a zoom of ten times is what was asked for
                begin(&s, moves[m], loop, wild ? 4 : 1, wild ? 3 : 1, 30);
                for (int frame = 0; frame < s.stage.frames; frame += UNIT_SLOW ? 31 : 3) {
                    double t = (double)frame / s.stage.fps;
                    at(&s, t);
                    check_steps(&s, wild ? .35f : .65f, wild ? 1.35f : 1.3f, t);
                }
                end(&s);
            }
}

// All of them at once, as wild as a plan may be: each goes on from where those before it look, so that the picture is
// never turned inside out, nor an edge smeared over the frame.
static void wild_moves_follow_on_each_other(void **state) {
    (void)state;
    for (int loop = 0; loop < 2; loop++) {
        struct shot s;
        void *others[MOVES] = {NULL};
        begin(&s, moves[0], loop, 4, 3, 30);
        for (size_t m = 1; m < MOVES; m++) {
            const struct enl_motion_info *info = enl_motion_find(moves[m]);
            struct enl_motion motion = unit_motion(info);
            motion.speed = 4, motion.amount = 3, motion.direction = 30;
            assert_true(info->prepare(&s.stage, &motion, &s.field, &others[m], NULL));
        }
        for (int frame = 0; frame < s.stage.frames; frame += UNIT_SLOW ? 31 : 3) {
            double t = (double)frame / s.stage.fps;
            at(&s, t);
            for (size_t m = 1; m < MOVES; m++)
                enl_motion_find(moves[m])->displace(others[m], t, &s.field, 0, s.field.rows);
            check_steps(&s, .005f, 1.5f, t);
        }
        for (size_t m = 1; m < MOVES; m++) enl_motion_find(moves[m])->release(others[m]);
        end(&s);
    }
}

static void a_loop_rests_at_its_seam(void **state) {
    (void)state;
    for (size_t m = 0; m < MOVES; m++) {
        struct shot s;
        begin(&s, moves[m], true, 1, 1, 0);
        float most = 0, seam = 0;
        for (int frame = 0; frame <= s.stage.frames; frame++) {
            at(&s, (double)frame / s.stage.fps);
            float now = 0;
            for (int n = 0; n < s.field.columns * s.field.rows; n++)
                now = fmaxf(now, fmaxf(fabsf(s.field.nodes[n].x), fabsf(s.field.nodes[n].y)));
            most = fmaxf(most, now);
            if (frame == 0 || frame == s.stage.frames) check(now < 1e-3f, "%s begins at %g", moves[m], (double)now);
            if (frame == 1 || frame == s.stage.frames - 1) seam = fmaxf(seam, now);
        }
        check(most > 1 && seam < .1f * most, "%s goes %g, at its seam %g", moves[m], (double)most, (double)seam);
        end(&s);
    }
}

// Whatever the depth says of a nose.
static void a_face_keeps_its_shape(void **state) {
    (void)state;
    struct shot s;
    begin(&s, "orbit", false, 1, 1, 0);
    at(&s, 4);
    const struct enl_face *face = &s.stage.faces[0];
    // Within the face everything comes closer by the room at the edges, and by nothing else.
    const struct enl_node *left = node(&s, .45f, .45f), *right = node(&s, .55f, .45f);
    float low = 1e9f, high = -1e9f, room = (left->x - right->x) / (float)((right - left) * ENL_GRID);
    for (int j = 0; j < s.field.rows; j++)
        for (int i = 0; i < s.field.columns; i++) {
            float x = (float)(i * ENL_GRID), y = (float)(j * ENL_GRID);
            if (hypotf(2 * (x - face->x) / face->width - 1, 2 * (y - face->y) / face->height - 1) > 1) continue;
            float own = s.field.nodes[j * s.field.columns + i].x - room * (.5f * STAGE_WIDTH - x);
            low = fminf(low, own), high = fmaxf(high, own);
        }
    check(high - low < .3f, "a face is moved by %g to %g", (double)low, (double)high);
    end(&s);
}

// About the subject: what is behind it goes the other way than what is before it, and back when the camera goes back.
static void an_orbit_turns_about_the_subject(void **state) {
    (void)state;
    static const float ways[] = {0, 180};
    for (int k = 0; k < 2; k++) {
        struct shot s;
        begin(&s, "orbit", false, 1, 1, ways[k]);
        float sign = k ? -1 : 1;
        at(&s, 4);
        // In the middle column the room at the edges moves nothing to the sides.
        float subject = node(&s, .5f, .45f)->x, sky = node(&s, .5f, .02f)->x;
        check(fabsf(subject) < .4f, "the subject goes %g", (double)subject);
        check(sign * sky < -.8f, "the sky goes %g", (double)sky);
        end(&s);
    }
}

static void a_dolly_leaves_the_distance_behind(void **state) {
    (void)state;
    struct shot s;
    begin(&s, "dolly", false, 1, 1, 0);
    at(&s, 4);
    float person = -(node(&s, .66f, .9f)->x) / (.16f * STAGE_WIDTH),
          sky = node(&s, .02f, .02f)->x / (.48f * STAGE_WIDTH);
    check(person > .05f && person > 1.5f * sky, "near grows by %g, far by %g", (double)person, (double)sky);
    end(&s);
}

// What is guessed counts for less.
static void doubt_holds_back(void **state) {
    (void)state;
    struct shot s;
    float sure, unsure;
    begin(&s, "orbit", false, 1, .3f, 0); // so little that the edges do not hold it back
    assert_true(enl_camera_trust(&s.stage) == 1);
    at(&s, 4);
    sure = fabsf(node(&s, .5f, .02f)->x);
    s.info->release(s.state);
    s.scene->confidence[ENL_DEPTH] = .4f;
    struct enl_motion motion = unit_motion(s.info);
    motion.amount = .3f;
    assert_true(s.info->prepare(&s.stage, &motion, &s.field, &s.state, NULL));
    at(&s, 4);
    unsure = fabsf(node(&s, .5f, .02f)->x);
    check(unsure < .8f * sure, "%g when unsure, %g when sure", (double)unsure, (double)sure);
    end(&s);
}

// No depth, no face, no memory of either: it still moves, and whatever allocation fails, it says so and leaves nothing.
static void memory_runs_out(void **state) {
    (void)state;
    for (size_t m = 0; m < MOVES; m++) {
        struct shot s;
        begin(&s, moves[m], false, 1, 1, 0);
        s.info->release(s.state);
        s.state = NULL;
        struct enl_motion motion = unit_motion(s.info);
        struct enl_error error = {0};
        int failed = 0;
        for (bool done = false; !done; failed++) {
            void *moving = NULL;
            allocations_left = failed;
            done = s.info->prepare(&s.stage, &motion, &s.field, &moving, &error);
            allocations_left = -1;
            s.info->release(moving);
            check(done || error.code == ENL_NO_MEMORY, "%s", moves[m]);
        }
        check(failed > 4, "%s takes memory %d times", moves[m], failed);
        end(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_tears),
        cmocka_unit_test(wild_moves_follow_on_each_other),
        cmocka_unit_test(a_loop_rests_at_its_seam),
        cmocka_unit_test(a_face_keeps_its_shape),
        cmocka_unit_test(an_orbit_turns_about_the_subject),
        cmocka_unit_test(a_dolly_leaves_the_distance_behind),
        cmocka_unit_test(doubt_holds_back),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
