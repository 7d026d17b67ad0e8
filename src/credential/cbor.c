// SPDX-License-Identifier: MIT
#include "credential/cbor.h"
#include "credential/limits.h"

#include <stdlib.h>
#include <string.h>

#define ANY_NUMBER UINT64_MAX // of items, where only a break ends them

// The head of an item (RFC 8949 section 3). `*open`: of indefinite length. False: not enough bytes, or a reserved form.
static bool read_head(const uint8_t **at, const uint8_t *end, int *major, uint64_t *number, bool *open) {
    if (*at >= end) return false;
    int first = *(*at)++, low = first & 31, size = low < 24 ? 0 : 1 << (low - 24);
    *major = first >> 5;
    *open = low == 31;
    *number = low;
    if (low < 24 || *open) return true;
    if (low > 27 || end - *at < size) return false;
    *number = enl_bytes_get(*at, size);
    *at += size;
    // A simple value in a second byte must need it; a float has its own bits.
    return *major != 7 || low != 24 || *number >= 32;
}

static double half_float(uint64_t bits) { // RFC 8949 appendix D
    int exponent = bits >> 10 & 31;
    double mantissa = (double)(bits & 1023);
    double value = exponent == 0    ? ldexp(mantissa, -24)
                   : exponent != 31 ? ldexp(mantissa + 1024, exponent - 25)
                   : mantissa == 0  ? HUGE_VAL
                                    : NAN;
    return bits & 0x8000 ? -value : value;
}

static void set_float(struct enl_cbor *item, size_t size) {
    double value = 0;
    float single;
    uint32_t low = (uint32_t)item->number;
    if (size == 9) return; // a double has its bits already
    memcpy(&single, &low, sizeof single);
    value = size == 5 ? (double)single : half_float(item->number);
    memcpy(&item->number, &value, sizeof value);
}

// Goes over one whole item and fills `item` (which may be NULL) with it; `left` is how many more there may be. `fresh`:
// nobody went over it before, so that maps are looked through for keys that are double.
static const uint8_t *pass(const uint8_t *at, const uint8_t *end, int depth, int *left, bool fresh,
                           struct enl_cbor *item);

static bool is_break(const uint8_t *at, const uint8_t *end) { return at < end && *at == 0xFF; }
static bool is_open(const struct enl_cbor *item) { return (*item->start & 31) == 31; }

static int compare_keys(const void *first, const void *second) {
    const struct enl_cbor *a = first, *b = second;
    size_t na = (size_t)(a->end - a->start), nb = (size_t)(b->end - b->start);
    int order = memcmp(a->start, b->start, na < nb ? na : nb);
    return order ? order : (na > nb) - (na < nb);
}

// Whether every key of a map has a value and no two are the same. Where they come sorted, one look at each is enough.
static bool keys_are_good(const struct enl_cbor *map) {
    struct enl_cbor key, value, before = {0};
    const uint8_t *at = NULL;
    bool sorted = true, good = true;
    size_t count = 0;
    for (; enl_cbor_next(map, &at, &key); count++) {
        if (!enl_cbor_next(map, &at, &value)) return false;
        sorted = sorted && (count == 0 || compare_keys(&before, &key) < 0);
        before = key;
    }
    if (sorted) return true;
    struct enl_cbor *keys = enl_alloc(count, sizeof *keys, NULL);
    if (!keys) return false;
    at = NULL;
    for (size_t i = 0; i < count && enl_cbor_next(map, &at, &keys[i]); i++) enl_cbor_next(map, &at, &value);
    qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 1; i < count; i++) good = good && compare_keys(&keys[i - 1], &keys[i]) != 0;
    enl_release(keys);
    return good;
}

// Items up to `count`, or, where it is ANY_NUMBER, up to a break.
static const uint8_t *pass_many(const uint8_t *at, const uint8_t *end, uint64_t count, int depth, int *left,
                                bool fresh) {
    for (uint64_t i = 0; at && i < count; i++) {
        if (count == ANY_NUMBER && is_break(at, end)) return at + 1;
        at = pass(at, end, depth + 1, left, fresh, NULL);
    }
    return at;
}

// Chunks of a string of indefinite length: each of the same type and of a length of its own.
static const uint8_t *pass_chunks(const uint8_t *at, const uint8_t *end, int major, int *left) {
    while (at && !is_break(at, end)) {
        if (at >= end || *at >> 5 != major || (*at & 31) == 31) return NULL;
        at = pass(at, end, ENL_MAX_CBOR_DEPTH, left, false, NULL);
    }
    return at ? at + 1 : NULL;
}

static const uint8_t *pass(const uint8_t *at, const uint8_t *end, int depth, int *left, bool fresh,
                           struct enl_cbor *item) {
    struct enl_cbor own, *it = item ? item : &own;
    int major;
    bool open;
    it->start = at;
    if (depth > ENL_MAX_CBOR_DEPTH || --*left < 0 || !read_head(&at, end, &major, &it->number, &open)) return NULL;
    it->type = (enum enl_cbor_type)major;
    it->data = at;
    if (open && (major < 2 || major > 5)) return NULL; // a break that ends nothing, or a number without an end
    if (major == 2 || major == 3) {
        if (open) at = pass_chunks(at, end, major, left), it->number = 0; // in pieces: read as empty
        else at = it->number <= (uint64_t)(end - at) ? at + it->number : NULL;
    } else if (major >= 4 && major <= 6) {
        if (!open && major == 5 && it->number > (uint64_t)(end - at)) return NULL;
        uint64_t count = open ? ANY_NUMBER : major == 4 ? it->number : major == 5 ? 2 * it->number : 1;
        at = pass_many(at, end, count, depth, left, fresh);
    } else if (major == 7 && it->data - it->start > 2) {
        it->type = ENL_CBOR_FLOAT, set_float(it, (size_t)(it->data - it->start));
    }
    it->end = at;
    return at && major == 5 && fresh && !keys_are_good(it) ? NULL : at;
}

bool enl_cbor_open(const void *bytes, size_t size, struct enl_cbor *ret_item) {
    struct enl_cbor item;
    int left = ENL_MAX_CBOR_ITEMS;
    if (!bytes || pass(bytes, (const uint8_t *)bytes + size, 0, &left, true, &item) != (const uint8_t *)bytes + size)
        return false;
    *ret_item = item;
    return true;
}

bool enl_cbor_next(const struct enl_cbor *in, const uint8_t **at, struct enl_cbor *ret_item) {
    int left = ENL_MAX_CBOR_ITEMS;
    if (in->type != ENL_CBOR_ARRAY && in->type != ENL_CBOR_MAP && in->type != ENL_CBOR_TAG) return false;
    if (!*at) *at = in->data;
    if (*at >= in->end || is_break(*at, in->end)) return false;
    *at = pass(*at, in->end, 0, &left, false, ret_item);
    return *at != NULL;
}

size_t enl_cbor_count(const struct enl_cbor *in) {
    if (in->type != ENL_CBOR_ARRAY && in->type != ENL_CBOR_MAP) return 0;
    if (!is_open(in)) return (size_t)in->number;
    struct enl_cbor item;
    const uint8_t *at = NULL;
    size_t count = 0;
    while (enl_cbor_next(in, &at, &item)) count++;
    return in->type == ENL_CBOR_MAP ? count / 2 : count;
}

bool enl_cbor_is_text(const struct enl_cbor *item, const char *text) {
    return item->type == ENL_CBOR_TEXT && item->number == strlen(text) && !memcmp(item->data, text, item->number);
}

bool enl_cbor_is_null(const struct enl_cbor *item) {
    return item->type == ENL_CBOR_SIMPLE && (item->number == 22 || item->number == 23);
}

bool enl_cbor_is_true(const struct enl_cbor *item) { return item->type == ENL_CBOR_SIMPLE && item->number == 21; }

bool enl_cbor_get(const struct enl_cbor *map, const char *key, struct enl_cbor *ret_value) {
    struct enl_cbor name, value;
    const uint8_t *at = NULL;
    while (map->type == ENL_CBOR_MAP && enl_cbor_next(map, &at, &name) && enl_cbor_next(map, &at, &value))
        if (enl_cbor_is_text(&name, key)) {
            *ret_value = value;
            return true;
        }
    return false;
}

bool enl_cbor_get_number(const struct enl_cbor *map, int64_t key, struct enl_cbor *ret_value) {
    enum enl_cbor_type type = key < 0 ? ENL_CBOR_NEGATIVE : ENL_CBOR_UINT;
    uint64_t number = key < 0 ? (uint64_t)(-1 - key) : (uint64_t)key;
    struct enl_cbor name, value;
    const uint8_t *at = NULL;
    while (map->type == ENL_CBOR_MAP && enl_cbor_next(map, &at, &name) && enl_cbor_next(map, &at, &value))
        if (name.type == type && name.number == number) {
            *ret_value = value;
            return true;
        }
    return false;
}

bool enl_cbor_index(const struct enl_cbor *array, size_t index, struct enl_cbor *ret_item) {
    struct enl_cbor item;
    const uint8_t *at = NULL;
    if (array->type != ENL_CBOR_ARRAY) return false;
    do
        if (!enl_cbor_next(array, &at, &item)) return false;
    while (index--);
    *ret_item = item;
    return true;
}

bool enl_cbor_text(const struct enl_cbor *map, const char *key, char *ret_text, size_t size) {
    struct enl_cbor value;
    bool there = enl_cbor_get(map, key, &value) && value.type == ENL_CBOR_TEXT;
    size_t n = !there ? 0 : value.number < size - 1 ? (size_t)value.number : size - 1;
    if (n) memcpy(ret_text, value.data, n);
    ret_text[n] = '\0';
    return there;
}

bool enl_cbor_bytes(const struct enl_cbor *map, const char *key, const uint8_t **ret_bytes, size_t *ret_size) {
    struct enl_cbor value;
    bool there = enl_cbor_get(map, key, &value) && value.type == ENL_CBOR_BYTES;
    *ret_bytes = there ? value.data : NULL;
    *ret_size = there ? (size_t)value.number : 0;
    return there;
}

bool enl_cbor_unsigned(const struct enl_cbor *map, const char *key, uint64_t *ret_number) {
    struct enl_cbor value;
    if (!enl_cbor_get(map, key, &value) || value.type != ENL_CBOR_UINT) return false;
    *ret_number = value.number;
    return true;
}

static void put_head(struct enl_bytes *to, int major, uint64_t number) {
    int size = number < 24 ? 0 : number < 1 << 8 ? 1 : number < 1 << 16 ? 2 : number < 1ull << 32 ? 4 : 8;
    int low = size == 0 ? (int)number : size == 1 ? 24 : size == 2 ? 25 : size == 4 ? 26 : 27;
    enl_bytes_number(to, (uint64_t)(major << 5 | low), 1);
    enl_bytes_number(to, number, size);
}

void enl_cbor_put_unsigned(struct enl_bytes *to, uint64_t number) { put_head(to, 0, number); }

void enl_cbor_put_int(struct enl_bytes *to, int64_t number) {
    put_head(to, number < 0, number < 0 ? (uint64_t)(-1 - number) : (uint64_t)number);
}

void enl_cbor_put_bytes(struct enl_bytes *to, const void *bytes, size_t size) {
    put_head(to, 2, size);
    enl_bytes_put(to, bytes, size);
}

void enl_cbor_put_text(struct enl_bytes *to, const char *text) {
    put_head(to, 3, strlen(text));
    enl_bytes_text(to, text);
}

void enl_cbor_put_bool(struct enl_bytes *to, bool value) { put_head(to, 7, value ? 21 : 20); }
void enl_cbor_put_null(struct enl_bytes *to) { put_head(to, 7, 22); }
void enl_cbor_put_tag(struct enl_bytes *to, uint64_t tag) { put_head(to, 6, tag); }

void enl_cbor_put_item(struct enl_bytes *to, const struct enl_cbor *item) {
    enl_bytes_put(to, item->start, (size_t)(item->end - item->start));
}

void enl_cbor_pair_text(struct enl_bytes *to, const char *key, const char *text) {
    enl_cbor_put_text(to, key);
    enl_cbor_put_text(to, text);
}

void enl_cbor_pair_bytes(struct enl_bytes *to, const char *key, const void *bytes, size_t size) {
    enl_cbor_put_text(to, key);
    enl_cbor_put_bytes(to, bytes, size);
}

size_t enl_cbor_begin(struct enl_bytes *to) { return to->size; }

// What was put since `begun`, taken out again: an array of items in memory of its own. NULL: `to` has failed.
static struct enl_cbor *take_back(struct enl_bytes *to, size_t begun, size_t *ret_count, uint8_t **ret_copy) {
    size_t size = to->failed ? 0 : to->size - begun, count = 0;
    int left = ENL_MAX_CBOR_ITEMS;
    struct enl_cbor item;
    uint8_t *copy = enl_alloc(size + 1, 1, NULL);
    if (copy && size) memcpy(copy, to->data + begun, size);
    for (const uint8_t *at = copy; at && at < copy + size; count++) at = pass(at, copy + size, 0, &left, false, &item);
    struct enl_cbor *items = copy ? enl_alloc(count + 1, sizeof *items, NULL) : NULL;
    if (!items) {
        enl_release(copy);
        to->failed = true;
        return NULL;
    }
    const uint8_t *at = copy;
    for (size_t i = 0; i < count; i++) at = pass(at, copy + size, 0, &left, false, &items[i]);
    if (!to->failed) to->size = begun;
    *ret_count = count;
    *ret_copy = copy;
    return items;
}

void enl_cbor_end_array(struct enl_bytes *to, size_t begun) {
    size_t count;
    uint8_t *copy;
    struct enl_cbor *items = take_back(to, begun, &count, &copy);
    if (!items) return;
    put_head(to, 4, count);
    for (size_t i = 0; i < count; i++) enl_cbor_put_item(to, &items[i]);
    enl_release(items);
    enl_release(copy);
}

void enl_cbor_end_map(struct enl_bytes *to, size_t begun) {
    size_t count;
    uint8_t *copy;
    struct enl_cbor *items = take_back(to, begun, &count, &copy);
    if (!items) return;
    // A key and its value lie beside each other, so a pair is sorted as one stretch of bytes: no key is the beginning
    // of another.
    for (size_t i = 0; i < count / 2; i++) {
        items[i] = items[2 * i];
        items[i].end = items[2 * i + 1].end;
    }
    qsort(items, count / 2, sizeof *items, compare_keys);
    put_head(to, 5, count / 2);
    for (size_t i = 0; i < count / 2; i++) enl_cbor_put_item(to, &items[i]);
    enl_release(items);
    enl_release(copy);
}
