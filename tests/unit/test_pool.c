// SPDX-License-Identifier: MIT
// The pool: every item once, whatever the number of threads and items; a thousand loops in a row.
#include "unit.h"

#include "base/pool.h"

#include <stdatomic.h>

#define MOST 5000

struct count {
    atomic_int times[MOST];
    atomic_int all;
};

static void tick(void *context, int index) {
    struct count *count = context;
    atomic_fetch_add(&count->times[index], 1);
    atomic_fetch_add(&count->all, 1);
}

static void every_item_once(void **state) {
    (void)state;
    static const int threads[] = {1, 2, 4}, items[] = {0, 1, 2, 3, 7, 64, MOST};
    struct count *count = calloc(1, sizeof *count);
    assert_non_null(count);
    for (int t = 0; t < 3; t++) {
        struct enl_error error = {0};
        struct enl_pool *pool = enl_pool_new(threads[t], &error);
        assert_non_null(pool);
        assert_int_equal(enl_pool_threads(pool), threads[t]);
        for (size_t k = 0; k < sizeof items / sizeof *items; k++) {
            memset(count, 0, sizeof *count);
            enl_pool_run(pool, tick, count, items[k]);
            assert_int_equal(atomic_load(&count->all), items[k]);
            for (int i = 0; i < items[k]; i++) assert_int_equal(atomic_load(&count->times[i]), 1);
        }
        enl_pool_free(&pool);
        assert_null(pool);
    }
    free(count);
}

static void loop_after_loop(void **state) {
    (void)state;
    struct count *count = calloc(1, sizeof *count);
    struct enl_pool *pool = enl_pool_new(4, NULL);
    assert_non_null(count);
    assert_non_null(pool);
    int all = 0;
    for (int round = 0; round < 2000; round++) {
        enl_pool_run(pool, tick, count, round % 9);
        all += round % 9;
        assert_int_equal(atomic_load(&count->all), all); // done when it returns, not later
    }
    enl_pool_free(&pool);
    free(count);
}

static void odd_numbers_of_threads(void **state) {
    (void)state;
    static const int threads[] = {0, -3, 1000};
    for (int i = 0; i < 3; i++) {
        struct enl_pool *pool = enl_pool_new(threads[i], NULL);
        assert_non_null(pool);
        assert_in_range(enl_pool_threads(pool), 1, 64);
        enl_pool_free(&pool);
    }
    enl_pool_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_once),
        cmocka_unit_test(loop_after_loop),
        cmocka_unit_test(odd_numbers_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
