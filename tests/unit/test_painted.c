// SPDX-License-Identifier: MIT
// What is painted over the photo: what arrows do to a plan and which way they make things flow; and that nothing moves
// where it must not.
#include "stage.h"

#include "plan/arrows.h"
#include "render/render.h"

#include <stdlib.h>

static struct enl_plan *plan_with(const struct enl_scene *scene, const struct enl_plan_params *params) {
    struct enl_error error = {0};
    struct enl_plan *plan = enl_plan_make(scene, params, &error);
    check(plan != NULL, "%s", error.text);
    return plan;
}

static bool has(const struct enl_plan *plan, const char *motion) {
    for (int i = 0; i < plan->motion_count; i++)
        if (!strcmp(plan->motions[i].motion, motion)) return true;
    return false;
}

// An arrow takes the place of its element's own motion, and of no other.
static void arrows_take_their_place(void **state) {
    (void)state;
    struct enl_scene *scene = unit_wide_scene(ENL_WATER_WAVES);
    static const struct {
        struct enl_arrow arrow;
        const char *gone, *says;
        bool flows;
    } cases[] = {{{{.5f, .05f}, {.6f, .05f}, 0}, "clouds", "Arrows take the place of clouds.", true},
                 {{{.2f, .8f}, {.3f, .8f}, 1}, "waves", "Arrows take the place of waves.", true},
                 {{{.85f, .6f}, {.9f, .6f}, 1}, "sway", "Arrows take the place of sway.", true},
                 {{{.925f, .925f}, {.925f, .9f}, 1}, "flames", "Arrows take the place of flames.", true},
                 {{{.6f, .95f}, {.65f, .95f}, 1}, NULL, "people move by words", false},
                 {{{.5f, .5f}, {.6f, .5f}, 1}, NULL, "people move by words", false},
                 {{{.5f, .05f}, {.5f, .05f}, 1}, NULL, "points nowhere", false},
                 {{{.5f, .2f}, {.5f, .1f}, 1}, NULL, "it blows the arrow's way", false},
                 {{{.5f, .05f}, {.99f, .05f}, 4}, "clouds", "too fast", true}};
    static const char *const own[] = {"clouds", "waves", "sway", "flames", "hair", "smile"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct enl_plan *plan = plan_with(scene, enl_plan_params(.arrows = &cases[i].arrow, .arrow_count = 1));
        check(has(plan, "arrows") == cases[i].flows, "case %zu: arrows", i);
        for (size_t k = 0; k < sizeof own / sizeof *own; k++)
            check(has(plan, own[k]) == !(cases[i].gone && !strcmp(own[k], cases[i].gone)), "case %zu: %s", i, own[k]);
        check(strstr(plan->notes, cases[i].says) || strstr(plan->left_out, cases[i].says), "case %zu: %s %s", i,
              plan->notes, plan->left_out);
        char *json = enl_plan_to_json(plan, NULL), *again = NULL;
        struct enl_plan *read = enl_plan_from_json(json, NULL);
        assert_non_null(read);
        assert_int_equal(read->arrow_count, plan->arrow_count);
        assert_true(!memcmp(read->arrows, plan->arrows, (size_t)plan->arrow_count * sizeof *plan->arrows));
        snprintf(read->notes, sizeof read->notes, "%s", plan->notes);
        again = enl_plan_to_json(read, NULL);
        assert_string_equal(json, again);
        free(json);
        free(again);
        enl_plan_free(&read);
        enl_plan_free(&plan);
    }
    enl_scene_free(&scene);
}

// The hair's wind blows the way of its arrow.
static void hair_follows(void **state) {
    (void)state;
    struct enl_scene *scene = unit_wide_scene(ENL_WATER_WAVES);
    struct enl_arrow up = {{.5f, .22f}, {.5f, .1f}, 1};
    struct enl_plan *plan = plan_with(scene, enl_plan_params(.arrows = &up, .arrow_count = 1));
    for (int i = 0; i < plan->motion_count; i++)
        if (!strcmp(plan->motions[i].motion, "hair")) assert_true(plan->motions[i].direction == 90);
    enl_plan_free(&plan);
    enl_scene_free(&scene);
}

static void lists_and_crops_leave_out(void **state) {
    (void)state;
    struct enl_scene *scene = unit_wide_scene(ENL_WATER_WAVES);
    struct enl_arrow arrows[2] = {{{.5f, .05f}, {.6f, .05f}, 1}, {{.2f, .8f}, {.3f, .8f}, 1}};
    static const struct {
        const char *only, *without;
        int left;
    } cases[] = {{NULL, "sky", 1},    {NULL, "clouds", 2}, {NULL, "all", 0},    {"water", NULL, 1},
                 {"arrows", NULL, 2}, {"smile", NULL, 0},  {NULL, "arrows", 0}, {"all", NULL, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct enl_plan *plan = plan_with(scene, enl_plan_params(.only = cases[i].only, .without = cases[i].without,
                                                                 .arrows = arrows, .arrow_count = 2));
        check(plan->arrow_count == cases[i].left && has(plan, "arrows") == (cases[i].left > 0), "case %zu: %d", i,
              plan->arrow_count);
        check((strstr(plan->left_out, "The arrow from") != NULL) == (cases[i].left < 2), "case %zu: %s", i,
              plan->left_out);
        enl_plan_free(&plan);
    }
    static const float left[4] = {0, 0, .4f, 1};
    struct enl_plan *plan = plan_with(scene, enl_plan_params(.arrows = arrows, .arrow_count = 2, .shown = left));
    assert_true(plan->arrow_count == 1 && plan->arrows[0].from[1] == .8f && has(plan, "clouds") && !has(plan, "waves"));
    assert_non_null(strstr(plan->left_out, "outside the part that is shown"));
    enl_plan_free(&plan);
    plan = plan_with(scene, enl_plan_params(.only = "arrows")); // without any
    assert_true(!has(plan, "arrows"));
    enl_plan_free(&plan);
    enl_scene_free(&scene);
}

static void bad_arrows_are_refused(void **state) {
    (void)state;
    struct enl_scene *scene = unit_wide_scene(ENL_WATER_WAVES);
    static const struct enl_arrow bad[] = {{{-.01f, .5f}, {.6f, .5f}, 1},
                                           {{.5f, 1.01f}, {.6f, .5f}, 1},
                                           {{NAN, .5f}, {.6f, .5f}, 1},
                                           {{.5f, .5f}, {.6f, INFINITY}, 1},
                                           {{.5f, .5f}, {.6f, .5f}, NAN}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct enl_error error = {0};
        struct enl_arrow two[2] = {{{.5f, .05f}, {.6f, .05f}, 1}, bad[i]};
        assert_null(enl_plan_make(scene, enl_plan_params(.arrows = two, .arrow_count = 2), &error));
        assert_int_equal(error.code, ENL_USAGE);
        check(strstr(error.text, "Arrow 2") != NULL, "%s", error.text);
    }
    struct enl_arrow many[ENL_MAX_ARROWS + 1] = {0};
    struct enl_error error = {0};
    assert_null(enl_plan_make(scene, enl_plan_params(.arrows = many, .arrow_count = ENL_MAX_ARROWS + 1), &error));
    assert_non_null(strstr(error.text, "more than 32 arrows"));
    enl_scene_free(&scene);
}

// A stage with these arrows.
static void stage_with(struct enl_stage *stage, const struct enl_scene *scene, const struct enl_arrow *arrows,
                       int count, const struct enl_picture *freeze, bool loop, struct enl_pool *pool) {
    static const float whole[4] = {0, 0, 1, 1};
    struct enl_picture *photo = unit_picture(STAGE_WIDTH, STAGE_HEIGHT, 3, 11);
    struct enl_error error = {0};
    for (int i = 0; i < scene->face_count; i++) unit_eyes(photo, &scene->faces[i]);
    bool made = enl_stage_make(stage,
                               &(struct enl_stage_params){.photo = photo,
                                                          .scene = scene,
                                                          .width = STAGE_WIDTH,
                                                          .height = STAGE_HEIGHT,
                                                          .fps = 24,
                                                          .seconds = 4,
                                                          .loop = loop,
                                                          .seed = 5,
                                                          .crop = whole,
                                                          .arrows = arrows,
                                                          .arrow_count = count,
                                                          .freeze = freeze},
                               pool, &error);
    check(made, "%s", error.text);
    enl_picture_free(&photo);
}

// Which way the content of a node travels, pixels a second, by the phase that is seen most.
static void travel(const struct enl_motion_info *info, const void *moving, struct enl_field *f, int x, int y,
                   float ret[2]) {
    const double t = 2, dt = 1.0 / 480;
    size_t nodes = (size_t)f->columns * (size_t)f->rows;
    int n = y / ENL_GRID * f->columns + x / ENL_GRID;
    struct enl_node at[2];
    for (int k = 0; k < 2; k++) {
        memset(f->nodes, 0, nodes * sizeof *f->nodes);
        info->displace(moving, t + k * dt, f, 0, f->rows);
        at[k] = f->nodes[n];
    }
    bool second = at[0].mix > .5f;
    ret[0] = (float)((double)(second ? at[0].x2 - at[1].x2 : at[0].x - at[1].x) / dt);
    ret[1] = (float)((double)(second ? at[0].y2 - at[1].y2 : at[0].y - at[1].y) / dt);
}

// Every node's travel agrees with `want`: inside `box` (pixels: left, top, right, bottom) it goes that way, and outside
// of `all` nothing moves.
static void flows_in(const struct enl_arrow *arrows, int count, bool sky, const int box[4], const int all[4],
                     const float want[2]) {
    struct enl_pool *pool = enl_pool_new(2, NULL);
    struct enl_scene *scene = unit_wide_scene(ENL_WATER_WAVES);
    struct enl_stage stage;
    stage_with(&stage, scene, arrows, count, NULL, false, pool);
    const struct enl_motion_info *arrows_info = enl_motion_find("arrows"),
                                 *info = sky ? arrows_info->also : arrows_info;
    struct enl_motion motion = unit_motion(arrows_info);
    struct enl_field f = unit_field();
    void *moving = NULL;
    assert_true(info->prepare(&stage, &motion, &f, &moving, NULL));
    assert_non_null(moving);
    for (int y = 0; y < STAGE_HEIGHT; y += 3 * ENL_GRID)
        for (int x = 0; x < STAGE_WIDTH; x += 3 * ENL_GRID) {
            float v[2], size = hypotf(want[0], want[1]);
            travel(info, moving, &f, x, y, v);
            if (x >= box[0] && y >= box[1] && x < box[2] && y < box[3])
                check(hypotf(v[0] - want[0], v[1] - want[1]) < .15f * size, "%d,%d goes %g,%g, not %g,%g", x, y,
                      (double)v[0], (double)v[1], (double)want[0], (double)want[1]);
            if (x < all[0] || y < all[1] || x >= all[2] || y >= all[3])
                check(sky || (v[0] == 0 && v[1] == 0 && !f.support[y / ENL_GRID * f.columns + x / ENL_GRID]),
                      "%d,%d moves", x, y);
        }
    info->release(moving);
    unit_field_free(&f);
    enl_stage_free(&stage);
    enl_scene_free(&scene);
    enl_pool_free(&pool);
}

// An arrow's length is travelled in six seconds, by its element alone.
static void the_flow_follows(void **state) {
    (void)state;
    // Water: the left .45 of the picture, from its middle down. Sky: above .45.
    static const int deep[4] = {40, 165, 100, 225}, water[4] = {0, 115, 160, STAGE_HEIGHT + 4};
    flows_in(&(struct enl_arrow){{.2f, .75f}, {.3f, .75f}, 1}, 1, false, deep, water,
             (float[2]){.1f * STAGE_WIDTH / 6, 0});
    flows_in(&(struct enl_arrow){{.2f, .75f}, {.2f, .65f}, 2}, 1, false, deep, water,
             (float[2]){0, -.2f * STAGE_HEIGHT / 6});
    static const int whole[4] = {0, 0, STAGE_WIDTH, STAGE_HEIGHT}, high[4] = {0, 0, STAGE_WIDTH, 90};
    flows_in(&(struct enl_arrow){{.5f, .1f}, {.5f, .02f}, 1}, 1, true, high, whole,
             (float[2]){0, -.08f * STAGE_HEIGHT / 6});
    // In nothing in particular: only about itself. It begins between water, plants and the person's foot.
    static const int core[4] = {0}, about[4] = {190, 60, 300, 175};
    flows_in(&(struct enl_arrow){{.71f, .46f}, {.71f, .40f}, 1}, 1, false, core, about, (float[2]){1, 0});
}

// Between two arrows the flow turns from the one to the other.
static void the_flow_bends(void **state) {
    (void)state;
    static const struct enl_arrow two[] = {{{.05f, .7f}, {.15f, .7f}, 1}, {{.26f, .8f}, {.26f, .9f}, 1}};
    static const int near_first[4] = {20, 165, 32, 185}, all[4] = {0, 110, 160, STAGE_HEIGHT + 4},
                     near_second[4] = {80, 208, 92, 222};
    flows_in(two, 2, false, near_first, all, (float[2]){.1f * STAGE_WIDTH / 6, 0});
    flows_in(two, 2, false, near_second, all, (float[2]){0, .1f * STAGE_HEIGHT / 6});
}

static struct enl_picture *painted(int width, int height, const float boxes[][4], int count) {
    struct enl_picture *mask = enl_picture_new(width, height, 1, NULL);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int k = 0; k < count; k++)
                if ((float)x >= boxes[k][0] * (float)width && (float)x < boxes[k][2] * (float)width &&
                    (float)y >= boxes[k][1] * (float)height && (float)y < boxes[k][3] * (float)height)
                    mask->data[y * width + x] = 255;
    return mask;
}

// Every motion that moves, alone and together: no painted pixel changes by a bit, and others do.
static void frozen_pixels_stay(void **state) {
    (void)state;
    static const float boxes[][4] = {{.5f, .02f, .6f, .2f},  // sky, hair
                                     {.1f, .6f, .25f, .8f},  // water
                                     {.4f, .26f, .5f, .5f},  // part of an eye and the cheek below it
                                     {.8f, .5f, .9f, .65f}}; // plants
    struct enl_pool *pool = enl_pool_new(2, NULL);
    struct enl_picture *mask = painted(STAGE_WIDTH, STAGE_HEIGHT, boxes, 4);
    static const struct enl_arrow arrows[] = {
        {{.3f, .1f}, {.35f, .02f}, 1}, {{.2f, .9f}, {.05f, .75f}, 1}, {{.8f, .8f}, {.85f, .7f}, 1}};
    uint8_t *first = malloc(UNIT_FRAME_BYTES), *now = malloc(UNIT_FRAME_BYTES);
    int count = 0, tried = 0;
    while (enl_motions[count]) count++;
    for (int i = 0; i <= count; i++) { // the last time all of them
        struct enl_plan *plan = enl_alloc(1, sizeof *plan, NULL);
        struct enl_scene *scene = unit_scene(i == count ? ENL_WATER_STREAM : unit_water(enl_motions[i]));
        for (int k = 0; k < count; k++) {
            const struct enl_motion_info *m = enl_motions[k];
            if ((i < count && k != i) || m->layer == ENL_LAYER_CAMERA || m->layer == ENL_LAYER_AIR) continue;
            plan->motions[plan->motion_count++] = unit_motion(m);
        }
        for (int loop = 0; loop < 2 && plan->motion_count; loop++, tried++) {
            struct enl_stage stage;
            stage_with(&stage, scene, arrows, 3, mask, loop, pool);
            struct enl_renderer *r = enl_renderer_new(&stage, plan, pool, false, NULL);
            assert_non_null(r);
            unit_draw(r, 0, first);
            long moved = 0;
            for (int f = 3; f < stage.frames; f += UNIT_SLOW ? 23 : 3) {
                unit_draw(r, f, now);
                for (int n = 0; n < STAGE_WIDTH * STAGE_HEIGHT; n++) {
                    check(now[n] == first[n] || !mask->data[n], "%s%s at %d: pixel %d,%d", plan->motions[0].motion,
                          plan->motion_count > 1 ? " and all" : "", f, n % STAGE_WIDTH, n / STAGE_WIDTH);
                    moved += now[n] != first[n];
                }
            }
            check(moved > 0 || UNIT_SLOW, "%s does not move", plan->motions[0].motion);
            enl_renderer_free(&r);
            enl_stage_free(&stage);
        }
        enl_release(plan);
        enl_scene_free(&scene);
    }
    assert_true(tried > 16);
    free(first);
    free(now);
    enl_picture_free(&mask);
    enl_pool_free(&pool);
}

// A mask of another size holds the same part; one of another shape, or in colour, is refused.
static void masks_of_any_size(void **state) {
    (void)state;
    static const float box[1][4] = {{.25f, .5f, .5f, .75f}};
    struct enl_pool *pool = enl_pool_new(1, NULL);
    struct enl_scene *scene = unit_wide_scene(ENL_WATER_WAVES);
    static const int sizes[][2] = {{STAGE_WIDTH, STAGE_HEIGHT}, {4 * STAGE_WIDTH, 4 * STAGE_HEIGHT}, {165, 125}};
    for (int i = 0; i < 3; i++) {
        struct enl_picture *mask = painted(sizes[i][0], sizes[i][1], box, 1);
        struct enl_picture *copy = enl_freeze_copy(mask, STAGE_WIDTH, STAGE_HEIGHT, NULL);
        struct enl_stage stage;
        stage_with(&stage, scene, NULL, 0, copy, false, pool);
        for (int y = 0; y < STAGE_HEIGHT; y++)
            for (int x = 0; x < STAGE_WIDTH; x++) {
                float u = ((float)x + .5f) / STAGE_WIDTH, v = ((float)y + .5f) / STAGE_HEIGHT;
                bool in = u > .255f && u < .495f && v > .505f && v < .745f;
                bool out = u < .22f || u > .53f || v < .46f || v > .79f;
                int value = stage.freeze->data[y * STAGE_WIDTH + x];
                check(!in || value == 255, "size %d: %d,%d is %d", i, x, y, value);
                check(!out || value == 0, "size %d: %d,%d is %d", i, x, y, value);
                if (value == 255) assert_int_equal(stage.matte[ENL_WATER]->data[y * STAGE_WIDTH + x], 0);
            }
        enl_stage_free(&stage);
        enl_picture_free(&copy);
        enl_picture_free(&mask);
    }
    struct enl_error error = {0};
    struct enl_picture *wide = enl_picture_new(200, 100, 1, NULL), *colour = enl_picture_new(330, 250, 3, NULL);
    assert_null(enl_freeze_copy(wide, STAGE_WIDTH, STAGE_HEIGHT, &error));
    assert_true(error.code == ENL_USAGE && strstr(error.text, "200x100") && strstr(error.text, "330x250"));
    assert_null(enl_freeze_copy(colour, STAGE_WIDTH, STAGE_HEIGHT, &error));
    assert_false(enl_freeze_is_all(wide));
    memset(wide->data, 255, 200 * 100);
    assert_true(enl_freeze_is_all(wide));
    enl_picture_free(&wide);
    enl_picture_free(&colour);
    enl_scene_free(&scene);
    enl_pool_free(&pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrows_take_their_place),   cmocka_unit_test(hair_follows),
        cmocka_unit_test(lists_and_crops_leave_out), cmocka_unit_test(bad_arrows_are_refused),
        cmocka_unit_test(the_flow_follows),          cmocka_unit_test(the_flow_bends),
        cmocka_unit_test(frozen_pixels_stay),        cmocka_unit_test(masks_of_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
