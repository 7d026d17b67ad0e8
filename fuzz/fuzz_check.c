// SPDX-License-Identifier: MIT
// Fuzzes the check of a whole file, of whatever container, with nobody to be trusted; and what is said of it.
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <enliven/credential.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct memory {
    const uint8_t *data;
    size_t size;
};

static int64_t read_memory(void *user, uint64_t at, void *ret_bytes, size_t size) {
    const struct memory *m = user;
    size_t left = at < m->size ? m->size - (size_t)at : 0, n = size < left ? size : left;
    if (n) memcpy(ret_bytes, m->data + at, n);
    return (int64_t)n;
}

static void parse(char *text) {
    json_error_t error;
    assert(text);
    json_t *read = json_loads(text, JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &error);
    if (!read && json_error_code(&error) != json_error_numeric_overflow) __builtin_trap();
    json_decref(read);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct memory memory = {data, size};
    struct enl_source source = {.read = read_memory, .user = &memory, .size = size};
    struct enl_error error = {0};
    struct enl_check *check = enl_check_source(&source, enl_check_params(.at = 1800000000, .threads = 1), &error);
    if (!check) {
        assert(error.code != ENL_OK && error.text[0]);
        return 0;
    }
    enum enl_check_state state = enl_check_state(check);
    assert(state != ENL_CHECK_TRUSTED && enl_check_sentence(check)[0]);
    if (state == ENL_CHECK_VALID) assert(enl_check_has(check, "claimSignature.validated"));
    char *codes = enl_check_codes(check);
    assert(codes);
    free(codes);
    parse(enl_check_json(check, false));
    parse(enl_check_json(check, true));
    enl_check_free(&check);
    return 0;
}
