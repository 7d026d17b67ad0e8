// SPDX-License-Identifier: MIT
// Rendering: the same bits from every kernel, core count and order; the first frame is the photo; a loop meets its
// start.
#include "stage.h"

#include "render/kernel.h"
#include "render/render.h"

static struct enl_plate *random_plate(int w, int h, struct enl_random *random) {
    struct enl_plate *p = enl_plate_new(w, h, NULL);
    assert_non_null(p);
    for (int i = 0; i < 4 * w * h; i++)
        p->data[i] = (int16_t)(enl_random_unit(random) * (ENL_PLATE_ONE + 1));
    for (int i = 0; i < w * h; i++)
        if (enl_random_unit(random) < .5f) p->data[4 * i + 3] = enl_random_unit(random) < .5f ? 0 : ENL_PLATE_ONE;
    // All within and nothing without, in blocks, as mattes are; what is mixed lies between.
    bool blocks = enl_random_unit(random) < .7f;
    for (int i = 0; blocks && i < w * h; i++)
        if (i % w < w / 3 || i / w > h / 2) p->data[4 * i + 3] = i % w < w / 3 ? 0 : ENL_PLATE_ONE;
    return p;
}

static struct enl_field random_field(int w, int h, struct enl_random *random, float reach) {
    struct enl_field f = {.columns = (w + ENL_GRID - 1) / ENL_GRID + 1, .rows = (h + ENL_GRID - 1) / ENL_GRID + 1};
    int nodes = f.columns * f.rows;
    f.support = enl_alloc((size_t)nodes, 1, NULL);
    f.nodes = enl_alloc((size_t)nodes, sizeof *f.nodes, NULL);
    for (int n = 0; n < nodes; n++) {
        f.support[n] = 1;
        if (enl_random_unit(random) < .3f) continue; // still
        float mix = enl_random_unit(random);
        f.nodes[n] = (struct enl_node){reach * enl_random_normal(random),   reach * enl_random_normal(random),
                                       reach * enl_random_normal(random),   reach * enl_random_normal(random),
                                       mix < .3f ? 0 : mix > .8f ? 1 : mix, .1f * enl_random_normal(random)};
    }
    return f;
}

static void wave_bend(const void *state, double t, float *x, float *y, int n) {
    (void)state;
    for (int i = 0; i < n; i++)
        if (x[i] > 20) y[i] += (float)t * .3f;
}

static void converts_agree(int16_t srgb[3][ENL_TILE_AREA]) {
    enl_convert *const kinds[] = {enl_convert_scalar, enl_convert_simd, enl_convert_choose()};
    uint8_t bytes[3][3 * ENL_TILE_AREA / 2];
    for (int k = 0; k < 3; k++)
        kinds[k](srgb, bytes[k], bytes[k] + ENL_TILE_AREA, bytes[k] + ENL_TILE_AREA * 5 / 4);
    assert_memory_equal(bytes[0], bytes[1], sizeof bytes[0]);
    assert_memory_equal(bytes[0], bytes[2], sizeof bytes[0]);
}

// Random plates and fields, all sets of layers, plates absent and present, sizes that are no multiple of anything.
static void kernels_agree(void **state) {
    (void)state;
    static const int sizes[][2] = {{75, 61}, {16, 16}, {17, 33}, {130, 5}};
    static uint16_t srgb[ENL_PLATE_ONE + 1];
    static struct enl_weights weights[ENL_PHASES];
    enl_kernel *const fast[] = {enl_kernel_simd, enl_kernel_choose()};
    for (int i = 0; i < ENL_PHASES; i++) enl_cubic((float)i / ENL_PHASES, &weights[i]);
    for (int i = 0; i <= ENL_PLATE_ONE; i++) srgb[i] = (uint16_t)(255 * ENL_SRGB_STEP * i / ENL_PLATE_ONE);
    int16_t one[3][ENL_TILE_AREA], two[3][ENL_TILE_AREA];
    int tiles = 0, still = 0;
    for (int k = 0; k < (UNIT_SLOW ? 24 : 96); k++) {
        struct enl_random random = {(uint64_t)k};
        int w = sizes[k % 4][0], h = sizes[k % 4][1], cw = (w + 7) / 8, ch = (h + 7) / 8;
        struct enl_plate *near = random_plate(w, h, &random), *middle = random_plate(w, h, &random),
                         *far = random_plate(w, h, &random);
        struct enl_plate *middle_coarse = random_plate(cw, ch, &random), *far_coarse = random_plate(cw, ch, &random);
        struct enl_field fields[ENL_LAYERS];
        for (int i = 0; i < ENL_LAYERS; i++) fields[i] = random_field(w, h, &random, k % 7 ? 3 : 60);
        bool sky = k & 4, person = k & 8, coarse = k & 16;
        uint8_t *kinds[2] = {enl_plate_kinds(near, NULL), enl_plate_kinds(middle, NULL)};
        struct enl_kernel_frame frame = {.width = w,
                                         .height = h,
                                         .near = person ? near : NULL,
                                         .middle = middle,
                                         .far = sky ? far : NULL,
                                         .middle_coarse = coarse ? middle_coarse : NULL,
                                         .far_coarse = coarse && sky ? far_coarse : NULL,
                                         .t = .5,
                                         .person = person ? kinds[0] : NULL,
                                         .sky = sky ? kinds[1] : NULL,
                                         .weights = weights,
                                         .srgb = srgb};
        if (k % 3 == 0) frame.bends[frame.bend_count++].bend = wave_bend;
        for (unsigned layers = 1; layers < 1u << ENL_LAYERS; layers++) {
            if ((layers & 1u << ENL_LAYER_FAR) && !sky) continue;
            for (int i = 0; i < ENL_LAYERS; i++) frame.fields[i] = layers & 1u << i ? &fields[i] : NULL;
            for (int y = 0; y < h; y += ENL_TILE)
                for (int x = 0; x < w; x += ENL_TILE, tiles++) {
                    memset(one, 0x55, sizeof one);
                    bool moved = enl_kernel_scalar(&frame, x, y, layers, one);
                    still += !moved;
                    for (int m = 0; m < 2; m++) {
                        memset(two, 0x55, sizeof two);
                        check(fast[m](&frame, x, y, layers, two) == moved && !memcmp(one, two, sizeof one),
                              "kernel %d, case %d, layers %u, tile %d,%d differ", m, k, layers, x, y);
                    }
                    if (moved) converts_agree(one);
                    for (int i = 0; moved && i < 3 * ENL_TILE_AREA; i++)
                        assert_true(one[i % 3][i / 3] >= 0 && one[i % 3][i / 3] <= 255 * ENL_SRGB_STEP);
                }
        }
        for (int i = 0; i < ENL_LAYERS; i++) {
            enl_release(fields[i].support);
            enl_release(fields[i].nodes);
        }
        for (int i = 0; i < 2; i++) enl_release(kinds[i]);
        enl_plate_free(&near);
        enl_plate_free(&middle);
        enl_plate_free(&far);
        enl_plate_free(&middle_coarse);
        enl_plate_free(&far_coarse);
    }
    assert_true(tiles > 1000 && still < tiles / 4);
}

static double difference(const uint8_t *a, const uint8_t *b) { // mean absolute, of luma
    double sum = 0;
    for (int i = 0; i < STAGE_WIDTH * STAGE_HEIGHT; i++) sum += abs(a[i] - b[i]);
    return sum / (STAGE_WIDTH * STAGE_HEIGHT);
}

static int worst(const uint8_t *a, const uint8_t *b) {
    int most = 0;
    for (int i = 0; i < UNIT_FRAME_BYTES; i++) most = abs(a[i] - b[i]) > most ? abs(a[i] - b[i]) : most;
    return most;
}

static struct enl_renderer *renderer(const struct enl_stage *stage, const struct enl_plan *plan, struct enl_pool *pool,
                                     bool no_simd) {
    struct enl_error error = {0};
    struct enl_renderer *r = enl_renderer_new(stage, plan, pool, no_simd, &error);
    check(r != NULL, "%s", error.text);
    return r;
}

static struct enl_plan *plan_of(const struct enl_motion_info *const *motions, int count) {
    struct enl_plan *plan = enl_alloc(1, sizeof *plan, NULL);
    for (int i = 0; i < count; i++) plan->motions[plan->motion_count++] = unit_motion(motions[i]);
    return plan;
}

static void first_frame_is_the_photo(void **state) {
    (void)state;
    struct enl_pool *pool = enl_pool_new(2, NULL);
    uint8_t *photo = malloc(UNIT_FRAME_BYTES), *first = malloc(UNIT_FRAME_BYTES), *later = malloc(UNIT_FRAME_BYTES);
    for (int i = 0; enl_motions[i]; i++) {
        struct enl_scene *scene = unit_scene(unit_water(enl_motions[i]));
        for (int loop = 0; loop < 2; loop++) {
            struct enl_stage stage;
            unit_stage(&stage, scene, loop, pool);
            struct enl_plan *plan = plan_of(enl_motions + i, 1), *none = plan_of(NULL, 0);
            struct enl_renderer *r = renderer(&stage, none, pool, false);
            unit_draw(r, 50, photo);
            assert_true(enl_renderer_active(r) == 0);
            enl_renderer_free(&r);
            assert_null(r);
            r = renderer(&stage, plan, pool, false);
            unit_draw(r, 0, first);
            check(!enl_motions[i]->shade || !memcmp(photo, first, UNIT_FRAME_BYTES), "%s is in the air at once",
                  enl_motions[i]->kind.name);
            bool moves = false;
            for (int f = 10; f < stage.frames && !moves; f += 3) {
                unit_draw(r, f, later);
                moves = memcmp(first, later, UNIT_FRAME_BYTES) != 0;
            }
            const char *name = enl_motions[i]->kind.name;
            if (strcmp(name, "zoom_out") != 0) // starts closer: there is nothing beyond the photo's edge
                check(worst(photo, first) <= 1, "%s%s: the first frame is off by %d", name, loop ? " in a loop" : "",
                      worst(photo, first));
            check(moves, "%s moves nothing", name);
            enl_renderer_free(&r);
            // And with amount 0, nothing at all.
            plan->motions[0].amount = 0;
            r = renderer(&stage, plan, pool, false);
            unit_draw(r, 40, later);
            check(!memcmp(photo, later, UNIT_FRAME_BYTES), "%s moves with amount 0", name);
            enl_renderer_free(&r);
            enl_stage_free(&stage);
            enl_release(plan);
            enl_release(none);
        }
        enl_scene_free(&scene);
    }
    free(photo);
    free(first);
    free(later);
    enl_pool_free(&pool);
}

// All motions at once, in any order of frames, on 1, 2 and 4 threads, with and without SIMD.
static void same_frames_everywhere(void **state) {
    (void)state;
    static const int frames[] = {0, 1, 17, 44, 95};
    uint8_t *want = malloc(5 * UNIT_FRAME_BYTES), *got = malloc(UNIT_FRAME_BYTES);
    int count = 0;
    while (enl_motions[count]) count++;
    for (int water = UNIT_SLOW ? ENL_WATER_STREAM : ENL_WATER_STILL; water <= ENL_WATER_FALL; water++) {
        struct enl_scene *scene = unit_scene((enum enl_water_kind)water);
        struct enl_plan *plan = plan_of(enl_motions, count);
        for (int k = 0; k < 5; k++) {
            static const int threads[] = {1, 2, 4, 1, 3};
            struct enl_pool *pool = enl_pool_new(threads[k], NULL);
            struct enl_stage stage;
            unit_stage(&stage, scene, water & 1, pool);
            struct enl_renderer *r = renderer(&stage, plan, pool, k >= 3);
            for (int i = 0; i < 5; i++) {
                int at = k % 2 ? 4 - i : i;
                unit_draw(r, frames[at], k ? got : want + at * UNIT_FRAME_BYTES);
                check(!k || !memcmp(got, want + at * UNIT_FRAME_BYTES, UNIT_FRAME_BYTES),
                      "frame %d differs on %d threads%s", frames[at], threads[k], k >= 3 ? " without SIMD" : "");
            }
            enl_renderer_free(&r);
            enl_stage_free(&stage);
            enl_pool_free(&pool);
        }
        enl_release(plan);
        enl_scene_free(&scene);
    }
    free(want);
    free(got);
}

// From the last frame to the first it is no further than from any frame to its next.
static void loops_meet(void **state) {
    (void)state;
    struct enl_pool *pool = enl_pool_new(2, NULL);
    uint8_t *bytes[3];
    for (int i = 0; i < 3; i++) bytes[i] = malloc(UNIT_FRAME_BYTES);
    for (int i = 0; enl_motions[i] && !UNIT_SLOW; i++) {
        struct enl_scene *scene = unit_scene(unit_water(enl_motions[i]));
        struct enl_stage stage;
        unit_stage(&stage, scene, true, pool);
        struct enl_plan *plan = plan_of(enl_motions + i, 1);
        struct enl_renderer *r = renderer(&stage, plan, pool, false);
        double most = 0;
        unit_draw(r, 0, bytes[2]);
        memcpy(bytes[0], bytes[2], UNIT_FRAME_BYTES);
        for (int f = 1; f < stage.frames; f++) {
            unit_draw(r, f, bytes[f % 2]);
            most = fmax(most, difference(bytes[0], bytes[1]));
        }
        double seam = difference(bytes[(stage.frames - 1) % 2], bytes[2]);
        check(seam <= 1.05 * most + .01, "%s: seam %g, elsewhere at most %g", enl_motions[i]->kind.name, seam, most);
        enl_renderer_free(&r);
        enl_release(plan);
        enl_stage_free(&stage);
        enl_scene_free(&scene);
    }
    for (int i = 0; i < 3; i++) free(bytes[i]);
    enl_pool_free(&pool);
}

// What no motion reaches is the photo, bit for bit.
static void the_rest_is_untouched(void **state) {
    (void)state;
    struct enl_pool *pool = enl_pool_new(2, NULL);
    struct enl_scene *scene = unit_scene(ENL_WATER_WAVES);
    struct enl_stage stage;
    unit_stage(&stage, scene, false, pool);
    uint8_t *photo = malloc(UNIT_FRAME_BYTES), *now = malloc(UNIT_FRAME_BYTES);
    struct enl_plan *plan = plan_of(NULL, 0);
    struct enl_renderer *r = renderer(&stage, plan, pool, false);
    unit_draw(r, 0, photo);
    enl_renderer_free(&r);
    enl_release(plan);
    static const struct {
        const char *name;
        float box[4]; // where the photo must be seen: left, top, right, bottom as fractions
    } still[] = {{"clouds", {0, .6f, 1, 1}}, {"waves", {.6f, 0, 1, 1}},     {"sway", {0, 0, .6f, 1}},
                 {"smile", {0, 0, .12f, 1}}, {"blink", {0, .6f, 1, 1}},     {"stars", {0, .6f, 1, 1}},
                 {"glow", {0, .6f, 1, 1}},   {"lamps", {0, 0, .05f, .15f}}, {"flames", {0, 0, .5f, 1}}};
    for (size_t i = 0; i < sizeof still / sizeof *still; i++) {
        const struct enl_motion_info *info = enl_motion_find(still[i].name);
        const float *b = still[i].box;
        plan = plan_of(&info, 1);
        r = renderer(&stage, plan, pool, false);
        assert_true(enl_renderer_active(r) > 0 && enl_renderer_active(r) < 1);
        for (int f = 5; f < stage.frames; f += 13) {
            unit_draw(r, f, now);
            for (int y = (int)(b[1] * STAGE_HEIGHT); y < (int)(b[3] * STAGE_HEIGHT); y++)
                for (int x = (int)(b[0] * STAGE_WIDTH); x < (int)(b[2] * STAGE_WIDTH); x++)
                    check(now[y * STAGE_WIDTH + x] == photo[y * STAGE_WIDTH + x], "%s touches %d,%d", still[i].name, x,
                          y);
        }
        enl_renderer_free(&r);
        enl_release(plan);
    }
    free(photo);
    free(now);
    enl_stage_free(&stage);
    enl_scene_free(&scene);
    enl_pool_free(&pool);
}

static void strange_plans(void **state) {
    (void)state;
    struct enl_pool *pool = enl_pool_new(2, NULL);
    struct enl_scene *scene = unit_scene(ENL_WATER_FALL);
    struct enl_stage stage;
    struct enl_error error = {0};
    unit_stage(&stage, scene, false, pool);
    uint8_t *now = malloc(UNIT_FRAME_BYTES);
    struct enl_plan *plan = plan_of(NULL, 0);
    int count = 0;
    while (enl_motions[count]) count++;
    for (int i = 0; i < ENL_MAX_MOTIONS; i++) { // as many as there can be, as strong as they can be
        plan->motions[plan->motion_count++] = unit_motion(enl_motions[i % count]);
        plan->motions[i].amount = 3, plan->motions[i].speed = 4, plan->motions[i].start = i % 2 ? 15 : 0;
    }
    struct enl_renderer *r = renderer(&stage, plan, pool, false);
    for (int f = 0; f < stage.frames; f += 19) unit_draw(r, f, now);
    enl_renderer_free(&r);
    snprintf(plan->motions[3].motion, sizeof plan->motions[3].motion, "levitate");
    assert_null(enl_renderer_new(&stage, plan, pool, false, &error));
    assert_int_equal(error.code, ENL_USAGE);
    assert_non_null(strstr(error.text, "levitate"));
    free(now);
    enl_release(plan);
    enl_stage_free(&stage);
    enl_scene_free(&scene);
    enl_pool_free(&pool);
}

static void filling(void **state) {
    (void)state;
    struct enl_random random = {3};
    struct enl_plate *p = random_plate(37, 23, &random);
    uint8_t known[37 * 23];
    int low = ENL_PLATE_ONE, high = 0;
    for (int i = 0; i < 37 * 23; i++) {
        known[i] = enl_random_unit(&random) < .2f;
        for (int c = 0; known[i] && c < 4; c++)
            {
            int v = p->data[4 * i + c];
            low = v < low ? v : low, high = v > high ? v : high;
        }
    }
    struct enl_plate *q = enl_plate_fill(p, known, NULL);
    for (int i = 0; i < 37 * 23; i++)
        for (int c = 0; c < 4; c++) {
            int v = q->data[4 * i + c];
            check(known[i] ? v == p->data[4 * i + c] : v >= low && v <= high, "pixel %d: %d", i, v);
        }
    enl_plate_free(&q);
    memset(known, 0, sizeof known);
    known[500] = 1; // one pixel fills everything
    q = enl_plate_fill(p, known, NULL);
    for (int i = 0; i < 37 * 23; i++) assert_int_equal(q->data[4 * i + 1], p->data[4 * 500 + 1]);
    enl_plate_free(&q);
    enl_plate_free(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_agree),
        cmocka_unit_test(first_frame_is_the_photo),
        cmocka_unit_test(same_frames_everywhere),
        cmocka_unit_test(loops_meet),
        cmocka_unit_test(the_rest_is_untouched),
        cmocka_unit_test(strange_plans),
        cmocka_unit_test(filling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
