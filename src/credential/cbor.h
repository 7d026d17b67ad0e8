// SPDX-License-Identifier: MIT
// CBOR (RFC 8949). Read in place: an item is a range of somebody else's bytes, which enl_cbor_open has gone through
// once, so that what walks it later meets nothing broken. Written in the core deterministic form (section 4.2.1).
#ifndef ENL_CREDENTIAL_CBOR_H
#define ENL_CREDENTIAL_CBOR_H

#include "base/bytes.h"

enum enl_cbor_type {
    ENL_CBOR_UINT,     // `number`
    ENL_CBOR_NEGATIVE, // -1 - `number`
    ENL_CBOR_BYTES,    // `number` bytes at `data`
    ENL_CBOR_TEXT,     // the same, UTF-8, no end
    ENL_CBOR_ARRAY,
    ENL_CBOR_MAP,
    ENL_CBOR_TAG,    // `number`, one item inside
    ENL_CBOR_SIMPLE, // 20 false, 21 true, 22 null, 23 undefined
    ENL_CBOR_FLOAT,  // `number`: the bits of a double
};

struct enl_cbor { // zeroed: an unsigned 0 without bytes
    enum enl_cbor_type type;
    uint64_t number;
    const uint8_t *start, *data, *end; // the item begins at start, what is in it at data
};

// The one item that `size` bytes hold. False: not well-formed, beyond the limits, keys of a map that are double, or
// bytes left over.
bool enl_cbor_open(const void *bytes, size_t size, struct enl_cbor *ret_item);
// The same where only zeros follow the item.
bool enl_cbor_open_padded(const void *bytes, size_t size, struct enl_cbor *ret_item);
// The items in an array, map (key, value, key ...) or tag, one a call; `*at` NULL begins. False: no more.
bool enl_cbor_next(const struct enl_cbor *in, const uint8_t **at, struct enl_cbor *ret_item);
size_t enl_cbor_count(const struct enl_cbor *in); // of an array's items or a map's pairs; 0 for others
// The value of a key. False: there is none, or `map` is no map.
bool enl_cbor_get(const struct enl_cbor *map, const char *key, struct enl_cbor *ret_value);
bool enl_cbor_get_number(const struct enl_cbor *map, int64_t key, struct enl_cbor *ret_value);
bool enl_cbor_index(const struct enl_cbor *array, size_t index, struct enl_cbor *ret_item);
bool enl_cbor_is_text(const struct enl_cbor *item, const char *text); // this very text
bool enl_cbor_is_null(const struct enl_cbor *item);
bool enl_cbor_is_true(const struct enl_cbor *item);
// The text of a map's key as a string, cut to `size`; false (and "") where there is none.
bool enl_cbor_text(const struct enl_cbor *map, const char *key, char *ret_text, size_t size);
// A map's byte string; `*ret_bytes` NULL where there is none.
bool enl_cbor_bytes(const struct enl_cbor *map, const char *key, const uint8_t **ret_bytes, size_t *ret_size);
bool enl_cbor_unsigned(const struct enl_cbor *map, const char *key, uint64_t *ret_number);

void enl_cbor_put_unsigned(struct enl_bytes *to, uint64_t number);
void enl_cbor_put_int(struct enl_bytes *to, int64_t number);
void enl_cbor_put_bytes(struct enl_bytes *to, const void *bytes, size_t size); // NULL: zeros
void enl_cbor_put_text(struct enl_bytes *to, const char *text);
void enl_cbor_put_bool(struct enl_bytes *to, bool value);
void enl_cbor_put_null(struct enl_bytes *to);
void enl_cbor_put_tag(struct enl_bytes *to, uint64_t tag);                        // the next item is in it
void enl_cbor_put_item(struct enl_bytes *to, const struct enl_cbor *item);        // as it was read
void enl_cbor_pair_text(struct enl_bytes *to, const char *key, const char *text); // a key and its value
void enl_cbor_pair_bytes(struct enl_bytes *to, const char *key, const void *bytes, size_t size);
// What is put between begin and end are its items, or a map's keys and values in any order: they are sorted then.
size_t enl_cbor_begin(struct enl_bytes *to);
void enl_cbor_end_array(struct enl_bytes *to, size_t begun);
void enl_cbor_end_map(struct enl_bytes *to, size_t begun);

#endif
