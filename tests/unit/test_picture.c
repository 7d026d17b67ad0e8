// SPDX-License-Identifier: MIT
// Pictures and planes against plain loops that cannot be wrong.
#include "unit.h"

#include "base/plane.h"

static void new_has_limits(void **state) {
    (void)state;
    struct enl_error error = {0};
    assert_null(enl_picture_new(0, 5, 3, &error));
    assert_int_equal(error.code, ENL_INTERNAL);
    assert_null(enl_picture_new(16385, 5, 3, NULL));
    assert_null(enl_picture_new(5, 5, 9, NULL));
    struct enl_picture *p = enl_picture_new(3, 2, 3, &error);
    for (int i = 0; i < 18; i++) assert_int_equal(p->data[i], 0);
    enl_picture_free(&p);
    assert_null(p);
    enl_picture_free(&p);
    enl_picture_free(NULL);
}

static void resize_to_same_size_copies(void **state) {
    (void)state;
    struct enl_picture *p = unit_picture(61, 47, 3, 1), *same = enl_picture_resize(p, 61, 47, NULL);
    assert_non_null(same);
    assert_memory_equal(p->data, same->data, 61 * 47 * 3);
    enl_picture_free(&p);
    enl_picture_free(&same);
}

static void resize_averages_areas(void **state) {
    (void)state;
    struct enl_picture *p = unit_picture(60, 40, 3, 2), *half = enl_picture_resize(p, 20, 10, NULL);
    for (int y = 0; y < 10; y++)
        for (int x = 0; x < 20; x++)
            for (int c = 0; c < 3; c++) {
                int sum = 0;
                for (int j = 0; j < 4; j++)
                    for (int i = 0; i < 3; i++) sum += p->data[((4 * y + j) * 60 + 3 * x + i) * 3 + c];
                float want = (float)sum / 12;
                check(fabsf((float)half->data[(y * 20 + x) * 3 + c] - want) <= .51f, "%d,%d: %d, not %g", x, y,
                      half->data[(y * 20 + x) * 3 + c], (double)want);
            }
    enl_picture_free(&p);
    enl_picture_free(&half);
}

// Even grey stays even grey at any size, edges included.
static void resize_keeps_grey(void **state) {
    (void)state;
    static const int sizes[][2] = {{1, 1}, {7, 91}, {33, 64}, {200, 3}, {131, 129}};
    struct enl_picture *p = enl_picture_new(33, 64, 1, NULL);
    memset(p->data, 77, 33 * 64);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        struct enl_picture *q = enl_picture_resize(p, sizes[k][0], sizes[k][1], NULL);
        for (int i = 0; i < q->width * q->height; i++) assert_in_range(q->data[i], 76, 78);
        enl_picture_free(&q);
    }
    enl_picture_free(&p);
}

static struct enl_plane *some_plane(int w, int h, uint64_t seed) {
    struct enl_plane *p = enl_plane_new(w, h, NULL);
    assert_non_null(p);
    struct enl_random random = {seed};
    for (int i = 0; i < w * h; i++) p->data[i] = enl_random_unit(&random);
    return p;
}

static void box_is_the_mean(void **state) {
    (void)state;
    static const int cases[][3] = {{23, 17, 1}, {23, 17, 4}, {5, 31, 9}, {40, 3, 2}, {1, 9, 3}, {9, 1, 3}, {6, 6, 100}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        int w = cases[k][0], h = cases[k][1], r = cases[k][2];
        struct enl_plane *p = some_plane(w, h, k), *q = some_plane(w, h, k);
        assert_true(enl_plane_box(q, r, NULL));
        for (int y = 0; y < h; y++)
            for (int x = 0; x < w; x++) {
                double sum = 0;
                int count = 0;
                for (int j = y - r < 0 ? 0 : y - r; j <= y + r && j < h; j++)
                    for (int i = x - r < 0 ? 0 : x - r; i <= x + r && i < w; i++, count++)
                        sum += (double)p->data[j * w + i];
                check(fabs((double)q->data[y * w + x] - sum / count) < 1e-5, "%dx%d radius %d at %d,%d: %g, not %g", w,
                      h, r, x, y, (double)q->data[y * w + x], sum / count);
            }
        enl_plane_free(&p);
        enl_plane_free(&q);
    }
}

static void distance_is_near_euclid(void **state) {
    (void)state;
    int w = 41, h = 33;
    struct enl_plane *p = enl_plane_new(w, h, NULL);
    for (int i = 0; i < w * h; i++) p->data[i] = 1;
    static const int holes[][2] = {{3, 4}, {20, 30}, {39, 2}};
    for (int k = 0; k < 3; k++) p->data[holes[k][1] * w + holes[k][0]] = 0;
    struct enl_plane *d = enl_plane_distance(p, .5f, 15, NULL);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            double want = 15;
            for (int k = 0; k < 3; k++) want = fmin(want, hypot(x - holes[k][0], y - holes[k][1]));
            double got = (double)d->data[y * w + x];
            check(got <= 15 && fabs(got - want) <= .09 * want + 1e-4, "at %d,%d: %g, not %g", x, y, got, want);
        }
    enl_plane_free(&p);
    enl_plane_free(&d);
}

static void blur_keeps_mass_and_spreads(void **state) {
    (void)state;
    struct enl_plane *p = enl_plane_new(81, 81, NULL);
    p->data[40 * 81 + 40] = 1;
    assert_true(enl_plane_blur(p, 4, NULL));
    double sum = 0, spread = 0;
    for (int y = 0; y < 81; y++)
        for (int x = 0; x < 81; x++) {
            sum += (double)p->data[y * 81 + x];
            spread += (double)p->data[y * 81 + x] * (x - 40) * (x - 40);
        }
    check(fabs(sum - 1) < 1e-4, "mass %g", sum);
    check(fabs(sqrt(spread) - sqrt(3 * (81 - 1) / 12.0)) < .01, "deviation %g", sqrt(spread)); // three boxes of 9
    enl_plane_free(&p);
}

static void planes_and_masks(void **state) {
    (void)state;
    struct enl_picture *m = unit_picture(19, 13, 1, 3);
    struct enl_plane *p = enl_plane_from_mask(m, NULL);
    struct enl_picture *back = enl_plane_to_mask(p, NULL);
    assert_memory_equal(m->data, back->data, 19 * 13);
    for (int y = 0; y < 13; y++)
        for (int x = 0; x < 19; x++) assert_true(enl_plane_at(p, (float)x, (float)y) == p->data[y * 19 + x]);
    float mid = enl_plane_at(p, 4.5f, 6), want = (p->data[6 * 19 + 4] + p->data[6 * 19 + 5]) / 2;
    assert_true(fabsf(mid - want) < 1e-6f);
    assert_true(enl_plane_at(p, -100, -100) == p->data[0]);
    assert_true(enl_plane_at(p, 1e6f, 1e6f) == p->data[19 * 13 - 1]);
    p->data[0] = -3, p->data[1] = 7;
    enl_picture_free(&back);
    back = enl_plane_to_mask(p, NULL);
    assert_int_equal(back->data[0], 0);
    assert_int_equal(back->data[1], 255);
    enl_picture_free(&m);
    enl_picture_free(&back);
    enl_plane_free(&p);
}

static void plane_resize_keeps_the_mean(void **state) {
    (void)state;
    struct enl_plane *p = some_plane(64, 48, 9), *q = enl_plane_resize(p, 16, 12, NULL),
                     *big = enl_plane_resize(p, 150, 97, NULL);
    double a = 0, b = 0;
    for (int i = 0; i < 64 * 48; i++) a += (double)p->data[i];
    for (int i = 0; i < 16 * 12; i++) b += (double)q->data[i];
    check(fabs(a / (64 * 48) - b / (16 * 12)) < 1e-4, "means %g and %g", a / (64 * 48), b / (16 * 12));
    for (int i = 0; i < 150 * 97; i++) assert_true(big->data[i] >= 0 && big->data[i] <= 1);
    enl_plane_free(&p);
    enl_plane_free(&q);
    enl_plane_free(&big);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_has_limits),          cmocka_unit_test(resize_to_same_size_copies),
        cmocka_unit_test(resize_averages_areas),   cmocka_unit_test(resize_keeps_grey),
        cmocka_unit_test(box_is_the_mean),         cmocka_unit_test(distance_is_near_euclid),
        cmocka_unit_test(blur_keeps_mass_and_spreads), cmocka_unit_test(planes_and_masks),
        cmocka_unit_test(plane_resize_keeps_the_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
