// SPDX-License-Identifier: MIT
// What shades the picture, each against what is particular to it: flicker, rain, snow, fog, grades, cameras.
#include "stage.h"

#include "motion/flicker.h"
#include "motion/shade.h"

#define W 320 // of tiles, all within the picture
#define H 240

static struct enl_pool *pool;
static struct enl_scene *scene;
static struct enl_stage stage;

static int set_up(void **state) {
    (void)state;
    pool = enl_pool_new(2, NULL);
    scene = unit_scene(ENL_WATER_WAVES);
    unit_stage(&stage, scene, false, pool);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    enl_stage_free(&stage);
    enl_scene_free(&scene);
    enl_pool_free(&pool);
    return 0;
}

// What a motion makes of a picture of one grey, W x H, green channel.
static void shade_grey(const char *name, float direction, float amount, double t, float grey, float *out) {
    const struct enl_motion_info *m = enl_motion_find(name);
    struct enl_motion motion = unit_motion(m);
    struct enl_field f = unit_field();
    void *moving = NULL;
    motion.direction = direction, motion.amount = amount;
    assert_true(m->prepare(&stage, &motion, &f, &moving, NULL));
    for (int y = 0; y < H; y += ENL_TILE)
        for (int x = 0; x < W; x += ENL_TILE) {
            struct enl_tile tile = {.x = x, .y = y, .u = (float)x, .v = (float)y, .du = 1, .dv = 1};
            for (int i = 0; i < ENL_TILE_PIXELS; i++) tile.light[0][i] = tile.light[1][i] = tile.light[2][i] = grey;
            m->shade(moving, t, &tile);
            for (int j = 0; j < ENL_TILE; j++)
                memcpy(out + (y + j) * W + x, tile.light[1] + j * ENL_TILE, ENL_TILE * sizeof *out);
        }
    m->release(moving);
    unit_field_free(&f);
}

// How alike two pictures are when the second is moved by (dx, dy), and how many pixels stand out.
static double alike(const float *a, const float *b, int dx, int dy) {
    double ab = 0, aa = 0, bb = 0, ma = 0, mb = 0, n = 0;
    for (int y = 20; y < H - 20; y++)
        for (int x = 20; x < W - 20; x++) {
            double p = (double)a[y * W + x], q = (double)b[(y + dy) * W + x + dx];
            ma += p, mb += q, aa += p * p, bb += q * q, ab += p * q, n++;
        }
    return (ab - ma * mb / n) / sqrt((aa - ma * ma / n) * (bb - mb * mb / n));
}

static int standing_out(const float *a) {
    double mean = 0;
    int count = 0;
    for (int i = 0; i < W * H; i++) mean += (double)a[i] / (W * H);
    for (int i = 0; i < W * H; i++) count += (double)a[i] > 1.15 * mean;
    return count;
}

static float one[W * H], two[W * H];

// Without depth and person every pixel is alike but for what falls.
static void without_depth(void) {
    enl_picture_free(&stage.matte[ENL_DEPTH]);
    enl_picture_free(&stage.matte[ENL_PERSON]);
}

static void rain_is_streaks_with_the_wind(void **state) {
    (void)state;
    without_depth();
    shade_grey("rain", 270, 1, 2.5, .02f, one);
    double along = alike(one, one, 0, 5), across = alike(one, one, 5, 0);
    check(along > .25 && along > across + .2, "upright %g, across %g", along, across);
    shade_grey("rain", 0, 1, 2.5, .02f, one); // blown to the right: 3 while 5 down
    check(alike(one, one, 3, 5) > alike(one, one, -3, 5) + .2, "rain does not fall to the right");
    shade_grey("rain", 180, 1, 2.5, .02f, two);
    check(alike(two, two, -3, 5) > alike(two, two, 3, 5) + .2, "rain does not fall to the left");
    shade_grey("rain", 270, .3f, 2.5, .02f, one);
    shade_grey("rain", 270, 1, 2.5, .02f, two);
    int few = standing_out(one), many = standing_out(two);
    check(many > .01 * W * H && many < .35 * W * H, "%d of %d pixels in streaks", many, W * H);
    check(few < .75 * many, "a third of the rain has %d, all of it %d", few, many);
    shade_grey("rain", 270, 1, 2.5 + 1 / 30.0, .02f, one);
    check(alike(one, two, 0, 0) < .5, "the rain stands still");
}

static void snow_falls_softly(void **state) {
    (void)state;
    without_depth();
    shade_grey("snow", 270, 1, 2.5, .02f, one);
    shade_grey("snow", 270, 1, 2.55, .02f, two);
    double down = fmax(alike(one, two, 0, 2), alike(one, two, 0, 3)), up = alike(one, two, 0, -3);
    check(down > up + .15, "down %g, up %g", down, up);
    int flakes = standing_out(two);
    check(flakes > .01 * W * H && flakes < .2 * W * H, "%d of %d pixels in flakes", flakes, W * H);
    shade_grey("snow", 270, .3f, 2.5, .02f, one);
    check(standing_out(one) < .6 * flakes, "little snow has %d, much %d", standing_out(one), flakes);
    shade_grey("snow", 0, 1, 3, .02f, one);
    shade_grey("snow", 0, 1, 3.1, .02f, two);
    double right = 0, left = 0;
    for (int dy = 3; dy < 8; dy++)
        for (int dx = 1; dx < 8; dx++) {
            right = fmax(right, alike(one, two, dx, dy));
            left = fmax(left, alike(one, two, -dx, dy));
        }
    check(right > left + .05, "with the wind %g, against it %g", right, left);
}

static void fog_grows_with_depth(void **state) {
    (void)state;
    float veil[4] = {0}, even[4] = {0};
    enl_picture_free(&stage.matte[ENL_PERSON]);
    for (int y = 0; y < STAGE_HEIGHT; y++)
        for (int x = 0; x < STAGE_WIDTH; x++) // near at the left, far at the right, in four steps
            stage.matte[ENL_DEPTH]->data[y * STAGE_WIDTH + x] = (uint8_t)(255 - 75 * (x * 4 / W < 4 ? x * 4 / W : 3));
    for (int pass = 0; pass < 2; pass++) {
        shade_grey("fog", 0, 1, 3.9, 0, pass ? two : one);
        for (int i = 0; i < W * H; i++) (pass ? even : veil)[i % W * 4 / W] += (pass ? two : one)[i] * 4 / (W * H);
        for (int i = 0; i < STAGE_WIDTH * STAGE_HEIGHT; i++) stage.matte[ENL_DEPTH]->data[i] = 255;
    }
    for (int k = 1; k < 4; k++)
        check(veil[k] > 1.15f * veil[k - 1], "%g behind %g", (double)veil[k], (double)veil[k - 1]);
    check(veil[3] > 3 * even[3], "far %g, near %g", (double)veil[3], (double)even[3]);
    shade_grey("fog", 0, 1, 1, 0, one);
    check(one[0] < two[0], "fog does not come up");
}

// Flames: 3 to 10 percent, and between 2 and 12 times a second.
static void flames_flicker(void **state) {
    (void)state;
    const struct enl_motion_info *m = enl_motion_find("flames");
    struct enl_motion motion = unit_motion(m);
    struct enl_field f = unit_field();
    void *moving = NULL;
    assert_true(m->prepare(&stage, &motion, &f, &moving, NULL));
    int node = (int)(.925f * STAGE_HEIGHT / ENL_GRID) * f.columns + (int)(.925f * STAGE_WIDTH / ENL_GRID), turns = 0;
    assert_true(f.support[node]);
    float most = 0, last = 0;
    for (int i = 24; i < stage.frames; i++) {
        memset(f.nodes, 0, (size_t)f.columns * (size_t)f.rows * sizeof *f.nodes);
        m->displace(moving, (double)i / stage.fps, &f, 0, f.rows);
        most = fmaxf(most, fabsf(f.nodes[node].light));
        turns += (f.nodes[node].light > 0) != (last > 0);
        last = f.nodes[node].light;
    }
    double hertz = .5 * turns / (stage.seconds - 1);
    check(most >= .03f && most <= .1f, "flicker of %g", (double)most);
    check(hertz > 1.8 && hertz < 12, "flicker at %g Hz", hertz);
    m->release(moving);
    unit_field_free(&f);
}

static void flicker_is_bounded_and_loops(void **state) {
    (void)state;
    for (int seed = 0; seed < 40; seed++) {
        struct enl_stage s = {.seconds = 4, .fps = 30, .loop = seed % 2};
        struct enl_flicker flicker;
        float now[2 * ENL_FLICKER_TONES], place[2 * ENL_FLICKER_TONES], most = 0;
        enl_flicker_fill(&flicker, &s, 0, 2, 12, .1f, (uint64_t)seed);
        enl_flicker_place(&flicker, .3f * (float)seed, place);
        for (int i = 0; i <= 120; i++) {
            enl_flicker_now(&flicker, i / 30.0, now);
            most = fmaxf(most, fabsf(enl_flicker_at(place, now)));
            if (!i || (i == 120 && s.loop)) check(most < .1f && fabsf(enl_flicker_at(place, now)) < 1e-6f, "seam");
        }
        check(most >= .03f && most <= .1001f, "seed %d: %g", seed, (double)most);
    }
}

// Grades: what they are for, on a grey picture.
static void grades_grade(void **state) {
    (void)state;
    const float grey = .18f;
    double mean[4] = {0};
    static const char *const names[] = {"sunset", "night", "day"};
    for (int k = 0; k < 3; k++) {
        shade_grey(names[k], 0, 1, 3.99, grey, one);
        for (int i = W * H * 3 / 4; i < W * H; i++) mean[k] += (double)one[i] * 4 / (W * H);
    }
    check(mean[0] < .8 * (double)grey && mean[1] < .3 * (double)grey && mean[2] > 1.02 * (double)grey,
          "sunset %g, night %g, day %g", mean[0], mean[1], mean[2]);
}

// A matte follows the camera, and is exact without one.
static void mattes_on_tiles(void **state) {
    (void)state;
    float out[ENL_TILE_PIXELS];
    struct enl_picture *matte = enl_picture_new(100, 60, 1, NULL);
    for (int i = 0; i < 6000; i++) matte->data[i] = (uint8_t)(2 * (i % 100));
    struct enl_tile tile = {.x = 32, .y = 48, .u = 32, .v = 48, .du = 1, .dv = 1};
    enl_tile_matte(&tile, matte, 0, out);
    for (int i = 0; i < ENL_TILE_PIXELS; i++) assert_true(out[i] == (float)(2 * (32 + i % ENL_TILE)) * (1 / 255.0f));
    tile.u = 20.25f, tile.du = .5f;
    enl_tile_matte(&tile, matte, 0, out);
    for (int i = 0; i < ENL_TILE_PIXELS; i++)
        assert_true(fabsf(out[i] - (2 * (20.25f + .5f * (float)(i % ENL_TILE))) / 255) < 1e-5f);
    tile.x = 96; // the last tile reaches beyond the picture
    tile.u = 96, tile.du = 1;
    enl_tile_matte(&tile, matte, 0, out);
    assert_true(fabsf(out[15] - 198 / 255.0f) < 1e-5f);
    enl_tile_matte(&tile, NULL, .4f, out);
    assert_true(out[7] == .4f);
    enl_picture_free(&matte);
    for (float x = -2; x < 2; x += .01f)
        check(fabsf(enl_swing(x) - sinf(2 * ENL_PI * x)) < .0015f, "swing %g", (double)x);
}

static void mist_is_smooth_and_repeats(void **state) {
    (void)state;
    struct enl_mist mist;
    enl_mist_fill(&mist, 3);
    double sum = 0;
    for (int i = 0; i < 4000; i++) {
        float x = -70 + .05f * (float)i, y = .71f * x, v = enl_mist_at(&mist, x, y);
        check(v >= 0 && v <= 1 && fabsf(enl_mist_at(&mist, x + .01f, y) - v) < .02f, "mist at %g", (double)x);
        check(fabsf(enl_mist_at(&mist, x + ENL_MIST, y - ENL_MIST) - v) < .001f, "mist does not repeat at %g",
              (double)x);
        sum += (double)enl_mist_octaves(&mist, x, y, 3) / 4000;
    }
    assert_true(sum > .4 && sum < .6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rain_is_streaks_with_the_wind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(snow_falls_softly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fog_grows_with_depth, set_up, tear_down),
        cmocka_unit_test_setup_teardown(flames_flicker, set_up, tear_down),
        cmocka_unit_test(flicker_is_bounded_and_loops),
        cmocka_unit_test_setup_teardown(grades_grade, set_up, tear_down),
        cmocka_unit_test(mattes_on_tiles),
        cmocka_unit_test(mist_is_smooth_and_repeats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
