// SPDX-License-Identifier: MIT
// Base: golden values that must never change (seeds people wrote down rely on them), limits, and errors.
#include "unit.h"

// SplitMix64 with seed 0, as published with the generator.
static void random_is_splitmix(void **state) {
    (void)state;
    struct enl_random random = {0};
    assert_true(enl_random_next(&random) == 0xe220a8397b1dcdafu);
    assert_true(enl_random_next(&random) == 0x6e789e6aa1b965f4u);
    assert_true(enl_random_next(&random) == 0x06c45d188009454fu);
}

static void random_spreads(void **state) {
    (void)state;
    struct enl_random random = {42};
    const int n = 100000;
    double sum = 0, squares = 0, normal = 0, normal_squares = 0;
    for (int i = 0; i < n; i++) {
        double u = (double)enl_random_unit(&random), g = (double)enl_random_normal(&random);
        assert_true(u >= 0 && u < 1);
        sum += u, squares += u * u, normal += g, normal_squares += g * g;
    }
    assert_true(fabs(sum / n - .5) < .005 && fabs(squares / n - 1.0 / 3) < .005);
    assert_true(fabs(normal / n) < .02 && fabs(normal_squares / n - 1) < .02);
}

// Values from an independent program (Python's integers).
static void hash_is_golden(void **state) {
    (void)state;
    uint8_t bytes[100];
    for (int i = 0; i < 100; i++) bytes[i] = (uint8_t)(i * 7);
    static const struct {
        size_t size;
        uint64_t hash;
    } golden[] = {{0, 0xf196a4605fac0ad0u},
                  {1, 0x62ca24b217f3332cu},
                  {32, 0xe174ae6bbb47b9fau},
                  {33, 0xaad96666a47f2f6eu},
                  {100, 0x010ea677677054b6u}};
    for (size_t i = 0; i < sizeof golden / sizeof *golden; i++)
        check(enl_hash_bytes(5, bytes, golden[i].size) == golden[i].hash, "size %zu gives %016llx", golden[i].size,
              (unsigned long long)enl_hash_bytes(5, bytes, golden[i].size));
    uint64_t whole = enl_hash_bytes(0, bytes, 100);
    for (int i = 0; i < 100; i++) { // every bit counts
        bytes[i] ^= 1;
        assert_true(enl_hash_bytes(0, bytes, 100) != whole);
        bytes[i] ^= 1;
    }
    assert_true(enl_hash_bytes(1, bytes, 100) != whole);
}

static void noise_stays_in_range(void **state) {
    (void)state;
    float low = 0, high = 0, step = 0;
    for (uint32_t seed = 0; seed < 4; seed++)
        for (int i = 0; i < 200000; i++) {
            float x = (float)(i % 500) * .173f - 40, y = (float)(i / 500) * .131f - 25;
            float n = enl_noise2(x, y, seed);
            low = fminf(low, n), high = fmaxf(high, n);
            step = fmaxf(step, fabsf(enl_noise2(x + .001f, y, seed) - n));
        }
    check(low >= -1.0001f && high <= 1.0001f, "noise from %g to %g", (double)low, (double)high);
    check(low < -.6f && high > .6f, "noise only from %g to %g", (double)low, (double)high);
    check(step < .01f, "noise jumps by %g", (double)step);
    assert_true(enl_noise2(3, -7, 1) == 0); // a gradient noise has its zeros at whole numbers
    assert_true(enl_noise2(.3f, .4f, 1) != enl_noise2(.3f, .4f, 2));
}

static void alloc_refuses_overflow(void **state) {
    (void)state;
    struct enl_error error = {0};
    assert_null(enl_alloc(SIZE_MAX / 2, 3, &error));
    assert_int_equal(error.code, ENL_NO_MEMORY);
    assert_null(enl_alloc(1, SIZE_MAX - 10, NULL));
    unsigned char *memory = enl_alloc(3, 7, &error);
    assert_non_null(memory);
    assert_int_equal((uintptr_t)memory % 64, 0);
    for (int i = 0; i < 21; i++) assert_int_equal(memory[i], 0);
    enl_release(memory);
    enl_release(NULL);
    memory = enl_alloc(0, 1, &error);
    assert_true(memory != NULL || error.code == ENL_NO_MEMORY);
    enl_release(memory);
}

static void errors_are_one_clean_line(void **state) {
    (void)state;
    struct enl_error error = {0};
    assert_false(enl_fail(&error, ENL_USAGE, "a%sb", "\n\t\x1b[31m\x7f"));
    assert_int_equal(error.code, ENL_USAGE);
    assert_string_equal(error.text, "a???[31m?b");
    assert_false(enl_fail(&error, ENL_IO, "again: %s", error.text)); // may quote what it replaces
    assert_string_equal(error.text, "again: a???[31m?b");
    enl_fail(&error, ENL_IO, "%s", "\xff \xe6\xb5 \xc2\x85 \xc3\xa9 \xe6\xb5\xb7 \xf0\x9f\x8c\x8a");
    assert_string_equal(error.text, "? ?? ?? \xc3\xa9 \xe6\xb5\xb7 \xf0\x9f\x8c\x8a");
    assert_false(enl_fail(NULL, ENL_IO, "nobody listens"));
    char large[1000];
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = 0;
    enl_fail(&error, ENL_IO, "%s", large);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
}

static int sequences(const char *text) { // of UTF-8; -1: broken
    int count = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c; count++) {
        int more = *c < 0x80 ? 0 : *c >= 0xf0 ? 3 : *c >= 0xe0 ? 2 : *c >= 0xc0 ? 1 : -1;
        if (more < 0) return -1;
        for (c++; more; more--, c++)
            if ((*c & 0xc0) != 0x80) return -1;
    }
    return count;
}

// Of a path longer than the sentence both ends are told, and the reason behind it.
static void long_path_keeps_the_reason(void **state) {
    (void)state;
    struct enl_error error = {0};
    char path[6000];
    for (size_t length = 200; length < sizeof path; length += 97) {
        memset(path, 'x', length), path[length] = 0;
        memcpy(path, "/start", 6), memcpy(path + length - 4, ".jpg", 4);
        enl_fail(&error, ENL_IO, "%s cannot be read: %s.", path, "File name too long");
        check(!strncmp(error.text, "/start", 6), "%s", error.text);
        check(strstr(error.text, ".jpg cannot be read: File name too long.") != NULL, "%s", error.text);
    }
}

// A long file name in another script is cut between characters and not within one.
static void errors_stay_utf8(void **state) {
    (void)state;
    struct enl_error error = {0};
    char name[1200] = "";
    for (int i = 0; i < 300; i++) strncat(name, "\xe6\xb5\xb7", sizeof name - strlen(name) - 1);
    for (int shift = 0; shift < 3; shift++) {
        enl_fail(&error, ENL_IO, "%s%s cannot be read.", &"aa"[shift], name);
        check(sequences(error.text) > 0, "cut within a character with %d in front", 2 - shift);
    }
}

static void small_maths(void **state) {
    (void)state;
    assert_true(enl_smoothstep(2, 4, 1) == 0 && enl_smoothstep(2, 4, 5) == 1 && enl_smoothstep(2, 4, 3) == .5f);
    assert_int_equal(enl_clampi(7, 0, 5), 5);
    assert_true(enl_clampf(-1, 0, 5) == 0 && enl_mixf(2, 4, .25f) == 2.5f);
    double before = enl_seconds();
    assert_true(enl_seconds() >= before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_is_splitmix),      cmocka_unit_test(random_spreads),
        cmocka_unit_test(hash_is_golden),          cmocka_unit_test(noise_stays_in_range),
        cmocka_unit_test(alloc_refuses_overflow),  cmocka_unit_test(errors_are_one_clean_line),
        cmocka_unit_test(errors_stay_utf8),        cmocka_unit_test(small_maths),
        cmocka_unit_test(long_path_keeps_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
