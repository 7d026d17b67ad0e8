// SPDX-License-Identifier: MIT
// CBOR by RFC 8949's own examples, in the deterministic form, and what a stranger could send instead; JSON.
#include "unit.h"

#include "credential/json.h"
#include "credential/limits.h"

#include <jansson.h>
#include <math.h>
#include <time.h>

static size_t unhex(const char *hex, uint8_t *to) {
    size_t n = 0;
    for (unsigned byte; sscanf(hex + 2 * n, "%2x", &byte) == 1; n++) to[n] = (uint8_t)byte;
    return n;
}

static bool opens(const char *hex, struct enl_cbor *item) {
    static uint8_t bytes[4][512];
    static int next;
    uint8_t *at = bytes[next++ % 4];
    return enl_cbor_open(at, unhex(hex, at), item);
}

// Appendix A, as JSON says it.
static void examples_are_read(void **state) {
    (void)state;
    static const char *const examples[][2] = {
        {"00", "0"},
        {"17", "23"},
        {"1818", "24"},
        {"1903e8", "1000"},
        {"1a000f4240", "1000000"},
        {"1bffffffffffffffff", "18446744073709551615"},
        {"3bffffffffffffffff", "-18446744073709551616"},
        {"20", "-1"},
        {"3903e7", "-1000"},
        {"3b7fffffffffffffff", "-9223372036854775808"},
        {"f4", "false"},
        {"f5", "true"},
        {"f6", "null"},
        {"40", "\"\""},
        {"4401020304", "\"AQIDBA==\""},
        {"60", "\"\""},
        {"6449455446", "\"IETF\""},
        {"62225c", "\"\\\"\\\\\""},
        {"62c3bc", "\"\xc3\xbc\""},
        {"c074323031332d30332d32315432303a30343a30305a", "\"2013-03-21T20:04:00Z\""},
        {"c11a514b67b0", "1363896240"},
        {"80", "[]"},
        {"a0", "{}"},
        {"9fff", "[]"}};
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct enl_cbor item;
        struct enl_json json = {0};
        check(opens(examples[i][0], &item), "%s", examples[i][0]);
        enl_json_cbor(&json, NULL, &item, "", "");
        check(json.text.size == strlen(examples[i][1]) && !memcmp(json.text.data, examples[i][1], json.text.size),
              "%s is %.*s", examples[i][0], (int)json.text.size, (const char *)json.text.data);
        enl_bytes_free(&json.text);
    }
}

static void floats_are_read(void **state) {
    (void)state;
    static const struct {
        const char *hex;
        double value;
    } floats[] = {{"f90000", 0},
                  {"f93c00", 1},
                  {"f93e00", 1.5},
                  {"f97bff", 65504},
                  {"f90001", 0x1p-24},
                  {"f90400", 0.00006103515625},
                  {"f9c400", -4},
                  {"f97c00", INFINITY},
                  {"f9fc00", -INFINITY},
                  {"fa47c35000", 1e5},
                  {"fa7f7fffff", 0x1.fffffep127},
                  {"fb3ff199999999999a", 1.1},
                  {"fbc010666666666666", -4.1}};
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) {
        struct enl_cbor item;
        double value;
        check(opens(floats[i].hex, &item) && item.type == ENL_CBOR_FLOAT, "%s", floats[i].hex);
        memcpy(&value, &item.number, sizeof value);
        check(memcmp(&value, &floats[i].value, sizeof value) == 0, "%s is %.17g", floats[i].hex, value);
    }
    struct enl_cbor item;
    assert_true(opens("f97e00", &item) && opens("fa7fc00000", &item));
}

// Appendix F, what is cut short, keys that are double, and numbers that promise what isn't there.
static void broken_ones_are_refused(void **state) {
    (void)state;
    static const char *const broken[] = {"",
                                         "18",
                                         "19",
                                         "1900",
                                         "1a",
                                         "1b",
                                         "1b00000000000000",
                                         "38",
                                         "58",
                                         "98",
                                         "b8",
                                         "d8",
                                         "f8",
                                         "f900",
                                         "fa000000",
                                         "41",
                                         "61",
                                         "5affffffff00",
                                         "5bffffffffffffffff010203",
                                         "7affffffff00",
                                         "7b7fffffffffffffff010203",
                                         "81",
                                         "818181818181818181",
                                         "8200",
                                         "a1",
                                         "a20102",
                                         "a100",
                                         "a2000000",
                                         "c0",
                                         "5f4100",
                                         "7f6100",
                                         "9f",
                                         "9f0102",
                                         "bf",
                                         "bf01020102",
                                         "819f",
                                         "9f8000",
                                         "9f9f9f9f9fffffffff",
                                         "9f819f819f9fffffff",
                                         "1c",
                                         "1d",
                                         "1e",
                                         "1f",
                                         "3c",
                                         "5c",
                                         "7d",
                                         "9e",
                                         "bc",
                                         "dc",
                                         "fc",
                                         "fd",
                                         "fe",
                                         "f800",
                                         "f818",
                                         "f81f",
                                         "5f00ff",
                                         "5f21ff",
                                         "5f6100ff",
                                         "5f80ff",
                                         "5fa0ff",
                                         "5fc000ff",
                                         "5fe0ff",
                                         "7f4100ff",
                                         "5f5f4100ffff",
                                         "7f7f6100ffff",
                                         "ff",
                                         "81ff",
                                         "8200ff",
                                         "a1ff",
                                         "a1ff00",
                                         "a100ff",
                                         "a20000ff",
                                         "9f81ff",
                                         "9f829f819f9fffffffff",
                                         "bf00ff",
                                         "bf000000ff",
                                         "df",
                                         "3f",
                                         "0000",
                                         "a201020103",
                                         "a26161016161f6",
                                         "a2616201616201",
                                         "9bffffffffffffffffff",
                                         "9bffffffffffffffff",
                                         "bb8000000000000000",
                                         "bbffffffffffffffff00",
                                         "82a201020103",
                                         "bf01020103ff"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct enl_cbor item;
        check(!opens(broken[i], &item), "%s opens", broken[i]);
    }
}

static void open_ends_are_walked(void **state) {
    (void)state;
    struct enl_cbor item, one;
    assert_true(opens("bf61610161629f0203ffff", &item)); // {"a": 1, "b": [2, 3]}
    assert_int_equal(enl_cbor_count(&item), 2);
    assert_true(enl_cbor_get(&item, "b", &one) && enl_cbor_count(&one) == 2);
    assert_true(enl_cbor_index(&one, 1, &item) && item.number == 3);
    assert_false(enl_cbor_index(&one, 2, &item));
    assert_true(opens("5f42010243030405ff", &item)); // a string in pieces: there, and empty
    assert_true(item.type == ENL_CBOR_BYTES && item.number == 0);
    uint8_t padded[] = {0x82, 1, 2, 0, 0, 0};
    assert_true(enl_cbor_open_padded(padded, sizeof padded, &item) && enl_cbor_count(&item) == 2);
    padded[4] = 1;
    assert_false(enl_cbor_open_padded(padded, sizeof padded, &item));
}

static void maps_are_sorted(void **state) {
    (void)state;
    struct enl_bytes to = {0};
    size_t map = enl_cbor_begin(&to);
    enl_cbor_pair_text(&to, "aa", "");
    enl_cbor_put_bool(&to, false), enl_cbor_put_unsigned(&to, 7);
    enl_cbor_put_int(&to, -1), enl_cbor_put_unsigned(&to, 5);
    enl_cbor_pair_text(&to, "z", "");
    enl_cbor_put_unsigned(&to, 100), enl_cbor_put_unsigned(&to, 2);
    enl_cbor_put_unsigned(&to, 10), enl_cbor_put_unsigned(&to, 1);
    enl_cbor_end_map(&to, map);
    uint8_t want[64]; // section 4.2.1's order: 10, 100, -1, "z", "aa", false
    size_t size = unhex("a60a01186402200561"
                        "7a60"
                        "6261"
                        "6160f407",
                        want);
    assert_int_equal(to.size, size);
    assert_memory_equal(to.data, want, size);
    enl_bytes_free(&to);
}

static void long_lists_are_written(void **state) {
    (void)state;
    struct enl_bytes to = {0};
    struct enl_cbor item;
    size_t list = enl_cbor_begin(&to);
    for (int i = 0; i < 200000; i++) enl_cbor_put_unsigned(&to, (uint64_t)i);
    enl_cbor_end_array(&to, list);
    assert_true(enl_cbor_open(to.data, to.size, &item) && enl_cbor_count(&item) == 200000);
    enl_bytes_free(&to);
    for (int i = 0; i <= ENL_MAX_CBOR_ITEMS; i++) enl_bytes_number(&to, 0, 1); // one more than may be
    uint8_t head[] = {0x9A, 0, 4, 0, 0};
    struct enl_bytes whole = {0};
    enl_bytes_put(&whole, head, sizeof head);
    enl_bytes_put(&whole, to.data, ENL_MAX_CBOR_ITEMS);
    assert_false(enl_cbor_open(whole.data, whole.size, &item));
    enl_bytes_free(&whole);
    enl_bytes_free(&to);
}

static void depth_is_bounded(void **state) {
    (void)state;
    uint8_t deep[100];
    struct enl_cbor item;
    for (int kind = 0; kind < 3; kind++)
        for (int depth = 30; depth < 36; depth++) {
            size_t n = 0;
            for (int i = 0; i < depth; i++) {
                deep[n++] = kind == 0 ? 0x81 : kind == 1 ? 0xC1 : 0xA1;
                if (kind == 2) deep[n++] = 0;
            }
            deep[n++] = 0;
            check(enl_cbor_open(deep, n, &item) == (depth <= ENL_MAX_CBOR_DEPTH), "kind %d, depth %d", kind, depth);
        }
}

// A megabyte of keys out of order at the bottom of thirty maps: each byte is gone over but once.
static void map_bombs_are_cheap(void **state) {
    (void)state;
    struct enl_bytes bytes = {0};
    struct enl_cbor item;
    for (int i = 0; i < 30; i++) enl_bytes_put(&bytes, "\xA2\x01\x00\x00", 4); // {1: 0, 0: ...
    enl_bytes_put(&bytes, "\xBA\x00\x01\xE8\x48", 5);                          // 125,000
    for (uint32_t i = 125000; i-- > 0;) {
        enl_cbor_put_unsigned(&bytes, 0x10000000 + i);
        enl_cbor_put_unsigned(&bytes, 0);
    }
    clock_t begun = clock();
    for (int i = 0; i < 10; i++) assert_true(enl_cbor_open(bytes.data, bytes.size, &item));
    check(clock() - begun < (UNIT_SLOW ? 20 : 2) * CLOCKS_PER_SEC, "%g s", (double)(clock() - begun) / CLOCKS_PER_SEC);
    bytes.data[bytes.size - 2]++; // the last key is now the one before
    assert_false(enl_cbor_open(bytes.data, bytes.size, &item));
    enl_bytes_free(&bytes);
}

static void json_is_told(void **state) {
    (void)state;
    static const char *const good[] = {"{}",
                                       " [1, -2.5e+3, \"a\\u00e9\\n\", true, false, null] ",
                                       "0",
                                       "-0.5",
                                       "1E9",
                                       "\"\xc3\xa9\"",
                                       "{\"a\":{\"b\":[]}}"};
    static const char *const bad[] = {"",
                                      " ",
                                      "{",
                                      "[1,]",
                                      "{\"a\"}",
                                      "01",
                                      "1.",
                                      ".5",
                                      "--1",
                                      "+1",
                                      "1e",
                                      "1.2.3",
                                      "\"\\u12g4\"",
                                      "\"\\u12\"",
                                      "\"\\x\"",
                                      "\"\n\"",
                                      "\"\xc3\"",
                                      "\"\xc0\xaf\"",
                                      "\"\xed\xa0\x80\"",
                                      "\"\xf4\x90\x80\x80\"",
                                      "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80",
                                      "truefalse",
                                      "nul",
                                      "[1 2]",
                                      "\"a",
                                      "-",
                                      "tru"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        check(enl_json_is_good(good[i], strlen(good[i])), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check(!enl_json_is_good(bad[i], strlen(bad[i])), "%s", bad[i]);
    assert_false(enl_json_is_good("\"\0\"", 3));
    assert_false(enl_json_is_good("0\0", 2));
    char deep[200];
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    assert_false(enl_json_is_good(deep, 200));
}

// Every byte there is, in keys and values.
static void hostile_strings_make_json(void **state) {
    (void)state;
    struct enl_json json = {0};
    char all[256];
    for (int i = 0; i < 256; i++) all[i] = (char)i;
    enl_json_begin(&json, NULL, '{');
    enl_json_text_n(&json, "all", all, sizeof all);
    enl_json_text(&json, "\"\\\b", "\xed\xa0\x80\xff</script>\xe2\x80\xae");
    enl_json_number(&json, "least", INT64_MIN);
    enl_json_base64(&json, "b", "b64'", (const uint8_t *)all, 256, "'");
    enl_json_end(&json, '}');
    json_error_t error;
    json_t *read = json_loadb((const char *)json.text.data, json.text.size, 0, &error);
    check(read != NULL, "%s", error.text);
    assert_int_equal(json_object_size(read), 4);
    assert_int_equal(strlen(json_string_value(json_object_get(read, "b"))), 5 + 344);
    json_decref(read);
    enl_bytes_free(&json.text);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(examples_are_read),
                                       cmocka_unit_test(floats_are_read),
                                       cmocka_unit_test(broken_ones_are_refused),
                                       cmocka_unit_test(open_ends_are_walked),
                                       cmocka_unit_test(maps_are_sorted),
                                       cmocka_unit_test(long_lists_are_written),
                                       cmocka_unit_test(depth_is_bounded),
                                       cmocka_unit_test(map_bombs_are_cheap),
                                       cmocka_unit_test(json_is_told),
                                       cmocka_unit_test(hostile_strings_make_json)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
