// SPDX-License-Identifier: MIT
// Animals: which of a detector's boxes are believed, and how a body breathes.
#include "scene/people.h"
#include "stage.h"

#define ANCHORS 1917
#define CLASSES 91
#define CAT 17
#define DOG 18

struct detector {
    float boxes[ANCHORS * 4], scores[ANCHORS * CLASSES];
};

static struct detector *nothing(void) {
    struct detector *d = calloc(1, sizeof *d);
    assert_non_null(d);
    for (int i = 0; i < ANCHORS * CLASSES; i++) d->scores[i] = -12;
    return d;
}

// Says `kind` with this probability at an anchor.
static void say(struct detector *d, int anchor, int kind, float score) {
    d->scores[anchor * CLASSES + kind] = logf(score / (1 - score));
}

static struct enl_plane *seen_all(float value) {
    struct enl_plane *seen = enl_plane_new(64, 48, NULL);
    assert_non_null(seen);
    for (int i = 0; i < 64 * 48; i++) seen->data[i] = value;
    return seen;
}

static int take(struct detector *d, float seen_value, struct enl_scene *scene) {
    struct enl_plane *seen = seen_all(seen_value);
    *scene = (struct enl_scene){0};
    enl_take_animals(d->boxes, d->scores, seen, scene);
    enl_plane_free(&seen);
    return scene->animal_count;
}

// The first and last anchor of the network's own list, and one between: the middle of the grid of five by five is
// anchor 1083 + 600 + 12 * 6, a square of half the picture.
static void test_boxes(void **state) {
    (void)state;
    static const struct {
        int anchor;
        float box[4];
    } cases[] = {{1083 + 600 + 72, {.25f, .25f, .5f, .5f}}, {ANCHORS - 6, {.025f, .025f, .95f, .95f}}};
    struct enl_scene scene;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct detector *d = nothing();
        say(d, cases[i].anchor, CAT, .9f);
        assert_int_equal(take(d, 1, &scene), 1);
        assert_string_equal(scene.animals[0].kind, "cat");
        const float *box = &scene.animals[0].x;
        for (int k = 0; k < 4; k++) check(fabsf(box[k] - cases[i].box[k]) < 1e-4f, "box %zu: %g", i, (double)box[k]);
        // Moved by a tenth of the anchor's width to the right and made half as tall.
        d->boxes[4 * cases[i].anchor + 1] = 1, d->boxes[4 * cases[i].anchor + 2] = 5 * logf(.5f);
        assert_int_equal(take(d, 1, &scene), 1);
        float right = fminf(1, cases[i].box[0] + 1.1f * cases[i].box[2]);
        check(fabsf(scene.animals[0].x + scene.animals[0].width - right) < 1e-4f, "moved to %g",
              (double)scene.animals[0].x);
        check(fabsf(scene.animals[0].height - .5f * cases[i].box[3]) < 1e-4f, "%g tall",
              (double)scene.animals[0].height);
        free(d);
    }
}

static void test_believed(void **state) {
    (void)state;
    struct enl_scene scene;
    struct detector *d = nothing();
    int left = 1083 + 6 * (10 * 5 + 2), right = 1083 + 6 * (10 * 5 + 7); // squares apart on the grid of ten by ten
    assert_int_equal(take(d, 1, &scene), 0);
    say(d, left, CAT, .7f);
    assert_int_equal(take(d, 1, &scene), 0); // not sure enough
    say(d, left, CAT, .9f);
    assert_int_equal(take(d, 1, &scene), 1);
    assert_int_equal(take(d, .1f, &scene), 0); // the scene network sees none
    say(d, left + 6, DOG, .8f);                // the next cell, nearly the same box: one animal has one name, the surer
    assert_int_equal(take(d, 1, &scene), 1);
    assert_string_equal(scene.animals[0].kind, "cat");
    say(d, right, DOG, .6f);
    assert_int_equal(take(d, 1, &scene), 1);
    say(d, right, CAT, .6f); // beside a cat another one is believed sooner
    assert_int_equal(take(d, 1, &scene), 2);
    free(d);
}

static void test_broken_numbers(void **state) {
    (void)state;
    struct enl_scene scene;
    struct detector *d = nothing();
    for (int i = 0; i < ANCHORS; i++) {
        say(d, i, CAT, .9f);
        for (int k = 0; k < 4; k++) d->boxes[4 * i + k] = i % 3 ? NAN : INFINITY;
    }
    take(d, 1, &scene);
    for (int i = 0; i < scene.animal_count; i++) {
        const float *box = &scene.animals[i].x;
        for (int k = 0; k < 4; k++) check(box[k] >= 0 && box[k] <= 1, "%g", (double)box[k]);
    }
    free(d);
}

// A motion made ready for a scene with a large animal and a small one beside it, so far apart.
struct breathing {
    struct enl_scene *scene;
    struct enl_stage stage;
    struct enl_field field;
    void *state;
};

static const struct enl_motion_info *breath(void) {
    return enl_motion_find("pet_breath");
}

static void begin(struct breathing *b, bool loop, float gap, float amount) {
    b->scene = unit_empty_scene();
    b->scene->animal_count = 1;
    b->scene->animals[0] = (struct enl_animal){.kind = "cat", .score = .9f};
    struct enl_picture *left = unit_mask(STAGE_WIDTH, STAGE_HEIGHT, .05f, .05f, .65f, .95f);
    struct enl_picture *right = unit_mask(STAGE_WIDTH, STAGE_HEIGHT, .65f + gap, .3f, .82f + gap, .6f);
    for (int i = 0; i < STAGE_WIDTH * STAGE_HEIGHT; i++)
        if (right->data[i] > left->data[i]) left->data[i] = right->data[i];
    enl_picture_free(&right);
    b->scene->masks[ENL_ANIMAL] = left;
    b->scene->share[ENL_ANIMAL] = .4f, b->scene->confidence[ENL_ANIMAL] = .9f;
    struct enl_pool *pool = enl_pool_new(1, NULL);
    unit_stage(&b->stage, b->scene, loop, pool);
    enl_pool_free(&pool);
    b->field = unit_field();
    struct enl_motion motion = unit_motion(breath());
    motion.amount = amount;
    assert_null(breath()->kind.why_not(b->scene));
    assert_true(breath()->prepare(&b->stage, &motion, &b->field, &b->state, NULL));
}

static void end(struct breathing *b) {
    breath()->release(b->state);
    unit_field_free(&b->field);
    enl_stage_free(&b->stage);
    enl_scene_free(&b->scene);
}

static void at(struct breathing *b, double t) {
    memset(b->field.nodes, 0, (size_t)b->field.columns * (size_t)b->field.rows * sizeof *b->field.nodes);
    breath()->displace(b->state, t, &b->field, 0, b->field.rows);
}

static float most(const struct breathing *b) {
    float most = 0;
    for (int n = 0; n < b->field.columns * b->field.rows; n++) {
        float moved = hypotf(b->field.nodes[n].x, b->field.nodes[n].y);
        assert_true(moved == 0 || b->field.support[n]);
        most = fmaxf(most, moved);
    }
    return most;
}

static void test_breath(void **state) {
    (void)state;
    for (int loop = 0; loop < 2; loop++) {
        struct breathing b;
        begin(&b, loop, .1f, 1);
        at(&b, 0);
        assert_true(most(&b) == 0); // frame 0 is the photo
        float highest = 0, up = 0;
        for (double t = 0; t < b.stage.seconds; t += .05) {
            at(&b, t);
            highest = fmaxf(highest, most(&b));
            const struct enl_node *back =
                &b.field.nodes[(STAGE_HEIGHT / 2 / ENL_GRID) * b.field.columns + STAGE_WIDTH * 27 / 100 / ENL_GRID];
            up = fmaxf(up, back->y); // fetched from below: risen
        }
        check(highest > .2f && highest < .01f * STAGE_HEIGHT, "it moves by %g", (double)highest);
        check(up > .1f, "the back rises by %g", (double)up);
        if (loop) {
            at(&b, b.stage.seconds);
            assert_true(most(&b) < 1e-3f);
        }
        end(&b);
    }
}

// However close two bodies are, nothing is torn even by the deepest breath: neighbouring nodes move alike.
static void test_no_tear(void **state) {
    (void)state;
    for (float gap = .1f; gap > .005f; gap *= .8f) {
        struct breathing b;
        begin(&b, false, gap, 3);
        float step = 0;
        for (double t = 0; t < b.stage.seconds; t += .1) {
            at(&b, t);
            for (int j = 0; j < b.field.rows; j++)
                for (int i = 1; i < b.field.columns; i++) {
                    const struct enl_node *n = &b.field.nodes[j * b.field.columns + i];
                    step = fmaxf(step, hypotf(n[0].x - n[-1].x, n[0].y - n[-1].y));
                }
        }
        check(step < .15f * ENL_GRID, "at a gap of %g pixels part by %g", (double)(gap * STAGE_WIDTH), (double)step);
        end(&b);
    }
}

static void test_none(void **state) {
    (void)state;
    struct enl_scene *scene = unit_empty_scene();
    assert_string_equal(breath()->kind.why_not(scene), "no animal was found");
    scene->masks[ENL_ANIMAL] = unit_mask(64, 64, .4f, .4f, .45f, .45f);
    scene->share[ENL_ANIMAL] = .002f;
    assert_string_equal(breath()->kind.why_not(scene), "no animal is near enough");
    enl_scene_free(&scene);
}

// In every language the sentence that is offered says just that; a person's breath is another.
static void test_words(void **state) {
    (void)state;
    static const char *const langs[] = {"en", "de", "es", "fr", "it", "pt", "sl", "zh", "ja"};
    for (size_t i = 0; i < sizeof langs / sizeof *langs; i++) {
        struct enl_scene *scene = unit_empty_scene();
        scene->masks[ENL_ANIMAL] = unit_mask(64, 64, .2f, .2f, .8f, .8f);
        scene->masks[ENL_PLANTS] = unit_mask(64, 64, 0, .8f, 1, 1);
        scene->share[ENL_ANIMAL] = scene->share[ENL_PLANTS] = .3f;
        scene->confidence[ENL_ANIMAL] = scene->confidence[ENL_PLANTS] = .9f;
        char prompt[ENL_MAX_SUGGESTION];
        assert_true(enl_plan_suggest(scene, langs[i], 0, prompt, sizeof prompt));
        struct enl_plan *plan = enl_plan_make(scene, enl_plan_params(.prompt = prompt, .lang = langs[i]), NULL);
        assert_non_null(plan);
        check(plan->motion_count == 1 && !strcmp(plan->motions[0].motion, "pet_breath"), "%s: %s moves %s first",
              langs[i], prompt, plan->motions[0].motion);
        check(!plan->not_understood[0], "%s: %s", langs[i], plan->not_understood);
        enl_plan_free(&plan);
        enl_scene_free(&scene);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_boxes),          cmocka_unit_test(test_believed),
                                       cmocka_unit_test(test_broken_numbers), cmocka_unit_test(test_breath),
                                       cmocka_unit_test(test_no_tear),        cmocka_unit_test(test_none),
                                       cmocka_unit_test(test_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
