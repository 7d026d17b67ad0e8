// SPDX-License-Identifier: MIT
// What may not drift with the sky or roll with the water: thin things, and what a mask took along by mistake. And what
// makes a beach.
#include "unit.h"

#include "scene/matte_doubt.h"
#include "scene/matte_thin.h"
#include "scene/water.h"

enum { W = 480, H = 320 };

static void put(struct enl_picture *p, int x, int y, int r, int g, int b) {
    if (x < 0 || y < 0 || x >= p->width || y >= p->height) return;
    uint8_t *rgb = p->data + 3 * (y * p->width + x);
    rgb[0] = (uint8_t)r, rgb[1] = (uint8_t)g, rgb[2] = (uint8_t)b;
}

// A blue sky over dark ground from row 240 on, with a soft white cloud.
static struct enl_picture *sky_picture(void) {
    struct enl_picture *p = enl_picture_new(W, H, 3, NULL);
    assert_non_null(p);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            float dx = (float)(x - 120) / 70, dy = (float)(y - 90) / 30, white = expf(-dx * dx - dy * dy);
            if (y < 240) put(p, x, y, 110 + (int)(130 * white), 150 + (int)(90 * white), 210 + (int)(30 * white));
            else put(p, x, y, 40 + (x * 7 + y * 3) % 9, 45, 30);
        }
    return p;
}

static struct enl_picture *sky_matte(int rows) {
    struct enl_picture *m = enl_picture_new(W, H, 1, NULL);
    assert_non_null(m);
    memset(m->data, 255, (size_t)(rows * W));
    memset(m->data + rows * W, 0, (size_t)((H - rows) * W));
    return m;
}

static void thin_things_stand_still(void **state) {
    (void)state;
    struct enl_picture *photo = sky_picture(), *plain = sky_picture(), *matte = sky_matte(240), *bare = sky_matte(240);
    for (int x = 0; x < W; x++) put(photo, x, 40 + x / 6, 60, 80, 120); // a wire from edge to edge
    for (int y = 150; y < 240; y++) // a stalk as bright as the sky
        for (int k = 0; k < 2; k++) put(photo, 330 + (240 - y) / 4 + k, y, 200, 150, 70);
    struct enl_error error = {0};
    check(enl_hold_thin(matte, photo, false, &error), "%s", error.text);
    check(enl_hold_thin(bare, plain, false, &error), "%s", error.text);
    for (int x = 12; x < W - 12; x++)
        check(matte->data[(40 + x / 6) * W + x] < 40, "the wire drifts at %d", x);
    for (int y = 160; y < 236; y++) {
        int at = matte->data[y * W + 330 + (240 - y) / 4];
        check(at < 40, "the stalk drifts at row %d: %d", y, at);
    }
    // The sky itself goes on, and so does the cloud: nothing of it is thin.
    for (int y = 0; y < 235; y++)
        for (int x = 0; x < W; x++) {
            check(bare->data[y * W + x] == 255, "the bare sky is held at %d, %d", x, y);
            bool near_wire = abs(y - 40 - x / 6) < 14, near_stalk = y > 130 && abs(x - 330 - (240 - y) / 4) < 14;
            if (!near_wire && !near_stalk) check(matte->data[y * W + x] > 200, "the sky is held at %d, %d", x, y);
        }
    enl_picture_free(&photo);
    enl_picture_free(&plain);
    enl_picture_free(&matte);
    enl_picture_free(&bare);
}

// Posts stand upright in a lake whose waves are dark lines that lie flat.
static void posts_stand_still(void **state) {
    (void)state;
    struct enl_picture *photo = enl_picture_new(W, H, 3, NULL), *matte = sky_matte(H);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            bool post = y > 100 && y < 150 && (x - 60) % 90 >= 0 && (x - 60) % 90 < 5;
            int wave = (y / 3) % 4 ? 0 : 40;
            if (post) put(photo, x, y, 70, 60, 60);
            else put(photo, x, y, 200 - wave, 170 - wave, 130 - wave);
        }
    assert_true(enl_hold_thin(matte, photo, true, NULL));
    for (int x = 62; x < W - 30; x += 90) check(matte->data[125 * W + x] < 60, "the post at %d drifts", x);
    for (int x = 20; x < W; x++)
        for (int y = 200; y < H; y++) check(matte->data[y * W + x] == 255, "the water stands still at %d, %d", x, y);
    enl_picture_free(&photo);
    enl_picture_free(&matte);
}

// Nothing to hold in, and pictures as small as they come.
static void thin_limits(void **state) {
    (void)state;
    for (int side = 1; side < 9; side += 3) {
        struct enl_picture *photo = unit_picture(side, side, 3, 5), *matte = enl_picture_new(side, side, 1, NULL);
        assert_true(enl_hold_thin(matte, photo, side & 1, NULL) && matte->data[0] == 0);
        memset(matte->data, 255, (size_t)(side * side));
        assert_true(enl_hold_thin(matte, photo, side & 1, NULL));
        enl_picture_free(&photo);
        enl_picture_free(&matte);
    }
}

static void edges_are_doubted(void **state) {
    (void)state;
    struct enl_picture *photo = sky_picture();
    struct enl_plane *mask = enl_plane_new(W, H, NULL), *right = enl_plane_new(W, H, NULL);
    assert_true(mask && right);
    for (int i = 0; i < W * H; i++) { // ten rows of ground too many, and as it should be
        mask->data[i] = i / W < 250;
        right->data[i] = i / W < 240;
    }
    assert_true(enl_doubt_edge(mask, photo, NULL) && enl_doubt_edge(right, photo, NULL));
    for (int y = 0; y < 250; y++)
        for (int x = 0; x < W; x++) {
            float value = mask->data[y * W + x];
            check(y < 240 ? value > .95f : value < .05f, "%g at %d, %d", (double)value, x, y);
            check(y >= 240 || right->data[y * W + x] > .95f, "the right mask lost %d, %d", x, y);
        }
    for (int i = 250 * W; i < W * H; i++) assert_true(mask->data[i] == 0); // nothing is added
    enl_plane_free(&mask);
    enl_plane_free(&right);
    enl_picture_free(&photo);
}

// A view with water from row 40 to row `foot` of 100 and ground of this look below it.
static float beach_of(enum enl_water_kind kind, int foot, float light, float b, float texture, float plants) {
    enum { N = 100 };
    struct enl_scene scene = {.water = kind};
    scene.confidence[ENL_WATER] = .95f;
    struct enl_view view = {.scene = &scene};
    struct enl_plane **planes[] = {&view.light, &view.a, &view.b, &view.texture, &view.found[ENL_WATER],
                                   &view.found[ENL_PLANTS]};
    for (int k = 0; k < 6; k++) assert_non_null(*planes[k] = enl_plane_new(N, N, NULL));
    for (int i = 0; i < N * N; i++) {
        view.light->data[i] = light, view.a->data[i] = 2, view.b->data[i] = b, view.texture->data[i] = texture;
        view.found[ENL_WATER]->data[i] = i / N >= 40 && i / N < foot;
        view.found[ENL_PLANTS]->data[i] = i / N >= foot ? plants : 0;
    }
    enl_find_beach(&view);
    for (int k = 0; k < 6; k++) enl_plane_free(planes[k]);
    return scene.beach;
}

static void beaches(void **state) {
    (void)state;
    assert_true(beach_of(ENL_WATER_WAVES, 70, 70, 15, 2, 0) > .8f);
    assert_true(beach_of(ENL_WATER_STREAM, 70, 70, 15, 2, 0) == 0);  // a river's bank
    assert_true(beach_of(ENL_WATER_WAVES, 100, 70, 15, 2, 0) == 0);  // water to the picture's foot
    assert_true(beach_of(ENL_WATER_WAVES, 70, 70, 15, 9, 0) < .1f);  // rocks
    assert_true(beach_of(ENL_WATER_WAVES, 70, 60, -4, 2, 0) < .1f);  // a quay
    assert_true(beach_of(ENL_WATER_WAVES, 70, 60, 15, 2, 1) < .1f);  // a meadow
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posts_stand_still), cmocka_unit_test(thin_things_stand_still),
        cmocka_unit_test(thin_limits),
        cmocka_unit_test(edges_are_doubted),
        cmocka_unit_test(beaches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
