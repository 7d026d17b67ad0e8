// SPDX-License-Identifier: MIT
// Fuzzes CBOR: what can be opened can be walked, and, put together again from its parts, is the same or, where its keys
// were not in order, opens again. The second half fuzzes JSON: what is said to be any must be.
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "credential/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_again(const struct enl_cbor *item, struct enl_bytes *to) {
    struct enl_cbor inner;
    const uint8_t *at = NULL;
    if (item->type == ENL_CBOR_TAG) enl_cbor_put_tag(to, item->number);
    if (item->type < ENL_CBOR_ARRAY || item->type > ENL_CBOR_TAG) {
        enl_cbor_put_item(to, item);
        return;
    }
    size_t begun = enl_cbor_begin(to), count = 0;
    for (; enl_cbor_next(item, &at, &inner); count++) put_again(&inner, to);
    assert(item->type == ENL_CBOR_TAG ? count == 1 :
                                        count == enl_cbor_count(item) * (item->type == ENL_CBOR_MAP ? 2 : 1));
    if (item->type == ENL_CBOR_ARRAY) enl_cbor_end_array(to, begun);
    if (item->type == ENL_CBOR_MAP) enl_cbor_end_map(to, begun);
}

static void parse(const struct enl_json *json) {
    json_error_t error;
    assert(!json->text.failed);
    json_t *read = json_loadb((const char *)json->text.data, json->text.size,
                              JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &error);
    // What lies beyond a double is JSON and yet no number to others.
    if (!read && json_error_code(&error) != json_error_numeric_overflow) __builtin_trap();
    json_decref(read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct enl_cbor item, again, value;
    struct enl_bytes bytes = {0};
    struct enl_json json = {0};
    if (enl_cbor_open(data, size, &item)) {
        char text[16];
        uint64_t number;
        put_again(&item, &bytes);
        assert(!bytes.failed && bytes.size <= size + 16);
        // Keys that differ only in how they are written may become the same.
        if (enl_cbor_open(bytes.data, bytes.size, &again)) assert(again.type == item.type);
        enl_json_cbor(&json, NULL, &item, "", "");
        parse(&json);
        enl_cbor_get(&item, "a", &value);
        enl_cbor_get_number(&item, -1, &value);
        enl_cbor_index(&item, 3, &value);
        enl_cbor_text(&item, "a", text, sizeof text);
        enl_cbor_unsigned(&item, "a", &number);
    }
    if (enl_cbor_open_padded(data, size, &item)) assert(item.end <= data + size);
    if (enl_json_is_good((const char *)data, size)) {
        struct enl_json raw = {0};
        enl_json_raw(&raw, NULL, (const char *)data, size);
        parse(&raw);
        enl_bytes_free(&raw.text);
    }
    enl_bytes_free(&json.text);
    enl_bytes_free(&bytes);
    return 0;
}
