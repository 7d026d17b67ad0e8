// SPDX-License-Identifier: MIT
#include "credential/cbor.h"
#include "credential/limits.h"

#include <limits.h>
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
    double value = exponent == 0  ? ldexp(mantissa, -24) :
                   exponent != 31 ? ldexp(mantissa + 1024, exponent - 25) :
                   mantissa == 0  ? HUGE_VAL :
                                    NAN;
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

// A walk over items. `fresh`: nobody went over them before, so that maps are looked through for keys that are double:
// each map's keys lie on one stack while it is gone over, so that no byte is gone over twice, however deep it lies.
struct walk {
    const uint8_t *end;
    int left; // how many more items there may be
    bool fresh;
    struct enl_cbor *keys;
    size_t key_count, key_room;
};

// Goes over one whole item and fills `item` (which may be NULL) with it. NULL: it is broken.
static const uint8_t *pass(struct walk *w, const uint8_t *at, int depth, struct enl_cbor *item);

static bool is_break(const uint8_t *at, const uint8_t *end) {
    return at < end && *at == 0xFF;
}
static bool is_open(const struct enl_cbor *item) {
    return (*item->start & 31) == 31;
}

static int compare_keys(const void *first, const void *second) {
    const struct enl_cbor *a = first, *b = second;
    size_t na = (size_t)(a->end - a->start), nb = (size_t)(b->end - b->start);
    int order = memcmp(a->start, b->start, na < nb ? na : nb);
    return order ? order : (na > nb) - (na < nb);
}

static bool keep_key(struct walk *w, const struct enl_cbor *key) {
    if (w->key_count == w->key_room) {
        size_t room = 2 * w->key_room + 16;
        struct enl_cbor *more = enl_alloc(room, sizeof *more, NULL);
        if (!more) return false;
        if (w->key_count) memcpy(more, w->keys, w->key_count * sizeof *more);
        enl_release(w->keys);
        w->keys = more;
        w->key_room = room;
    }
    w->keys[w->key_count++] = *key;
    return true;
}

// Whether no two keys from `first` on are the same; takes them off. Where they come sorted, one look at each is enough.
static bool keys_differ(struct walk *w, size_t first) {
    struct enl_cbor *keys = w->keys + first;
    size_t count = w->key_count - first;
    bool sorted = true, good = true;
    w->key_count = first;
    for (size_t i = 1; sorted && i < count; i++) sorted = compare_keys(&keys[i - 1], &keys[i]) < 0;
    if (sorted) return true;
    qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 1; i < count; i++) good = good && compare_keys(&keys[i - 1], &keys[i]) != 0;
    return good;
}

// Items up to `count`, or, where it is ANY_NUMBER, up to a break. A map's are keys and values by turns.
static const uint8_t *pass_many(struct walk *w, const uint8_t *at, uint64_t count, int depth, bool map) {
    size_t first = w->key_count;
    uint64_t i = 0;
    bool keys = map && w->fresh, ended = false;
    struct enl_cbor item;
    for (; at && i < count && !ended; i += !ended) {
        ended = count == ANY_NUMBER && is_break(at, w->end);
        at = ended ? at + 1 : pass(w, at, depth + 1, &item);
        if (keys && at && !ended && i % 2 == 0 && !keep_key(w, &item)) at = NULL;
    }
    if (!at || (map && i % 2)) return NULL;
    return !keys || w->key_count == first || keys_differ(w, first) ? at : NULL;
}

// Chunks of a string of indefinite length: each of the same type and of a length of its own.
static const uint8_t *pass_chunks(struct walk *w, const uint8_t *at, int major) {
    while (at && !is_break(at, w->end)) {
        if (at >= w->end || *at >> 5 != major || (*at & 31) == 31) return NULL;
        at = pass(w, at, ENL_MAX_CBOR_DEPTH, NULL);
    }
    return at ? at + 1 : NULL;
}

static const uint8_t *pass(struct walk *w, const uint8_t *at, int depth, struct enl_cbor *item) {
    struct enl_cbor own, *it = item ? item : &own;
    int major;
    bool open;
    it->start = at;
    if (depth > ENL_MAX_CBOR_DEPTH || --w->left < 0 || !read_head(&at, w->end, &major, &it->number, &open)) return NULL;
    it->type = (enum enl_cbor_type)major;
    it->data = at;
    if (open && (major < 2 || major > 5)) return NULL; // a break that ends nothing, or a number without an end
    if (major == 2 || major == 3) {
        if (open) at = pass_chunks(w, at, major), it->number = 0; // in pieces: read as empty
        else at = it->number <= (uint64_t)(w->end - at) ? at + it->number : NULL;
    } else if (major >= 4 && major <= 6) {
        // An item takes a byte at least, so that no number of them here is like ANY_NUMBER.
        if (!open && major < 6 && it->number > (uint64_t)(w->end - at)) return NULL;
        uint64_t count = open ? ANY_NUMBER : major == 4 ? it->number : major == 5 ? 2 * it->number : 1;
        at = pass_many(w, at, count, depth, major == 5);
    } else if (major == 7 && it->data - it->start > 2) {
        it->type = ENL_CBOR_FLOAT, set_float(it, (size_t)(it->data - it->start));
    }
    it->end = at;
    return at;
}

// The first item, which nobody went over before, and where it ends. NULL: broken.
static const uint8_t *open_first(const uint8_t *bytes, size_t size, struct enl_cbor *ret_item) {
    struct walk w = {.end = bytes + size, .left = ENL_MAX_CBOR_ITEMS, .fresh = true};
    struct enl_cbor item = {0};
    const uint8_t *end = pass(&w, bytes, 0, &item);
    enl_release(w.keys);
    if (end) *ret_item = item;
    return end;
}

bool enl_cbor_open(const void *bytes, size_t size, struct enl_cbor *ret_item) {
    struct enl_cbor item;
    if (!bytes || open_first(bytes, size, &item) != (const uint8_t *)bytes + size) return false;
    *ret_item = item;
    return true;
}

bool enl_cbor_open_padded(const void *bytes, size_t size, struct enl_cbor *ret_item) {
    struct enl_cbor item;
    const uint8_t *at = bytes ? open_first(bytes, size, &item) : NULL;
    while (at && at < (const uint8_t *)bytes + size)
        if (*at++) return false;
    if (at) *ret_item = item;
    return at != NULL;
}

bool enl_cbor_next(const struct enl_cbor *in, const uint8_t **at, struct enl_cbor *ret_item) {
    struct walk w = {.end = in->end, .left = ENL_MAX_CBOR_ITEMS};
    if (in->type != ENL_CBOR_ARRAY && in->type != ENL_CBOR_MAP && in->type != ENL_CBOR_TAG) return false;
    if (!*at) *at = in->data;
    if (*at >= in->end || is_break(*at, in->end)) return false;
    *at = pass(&w, *at, 0, ret_item);
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

bool enl_cbor_is_true(const struct enl_cbor *item) {
    return item->type == ENL_CBOR_SIMPLE && item->number == 21;
}

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

void enl_cbor_put_unsigned(struct enl_bytes *to, uint64_t number) {
    put_head(to, 0, number);
}

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

void enl_cbor_put_bool(struct enl_bytes *to, bool value) {
    put_head(to, 7, value ? 21 : 20);
}
void enl_cbor_put_null(struct enl_bytes *to) {
    put_head(to, 7, 22);
}
void enl_cbor_put_tag(struct enl_bytes *to, uint64_t tag) {
    put_head(to, 6, tag);
}

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

size_t enl_cbor_begin(struct enl_bytes *to) {
    return to->size;
}

// What was put since `begun`, taken out again: an array of items in memory of its own. NULL: `to` has failed.
static struct enl_cbor *take_back(struct enl_bytes *to, size_t begun, size_t *ret_count, uint8_t **ret_copy) {
    size_t size = to->failed ? 0 : to->size - begun, count = 0;
    struct enl_cbor item;
    uint8_t *copy = enl_alloc(size + 1, 1, NULL);
    struct walk w = {.end = copy ? copy + size : NULL, .left = INT_MAX}; // what we write is as long as it is
    if (copy && size) memcpy(copy, to->data + begun, size);
    const uint8_t *at = copy;
    for (; at && at < w.end; count += at != NULL) at = pass(&w, at, 0, &item);
    struct enl_cbor *items = at ? enl_alloc(count + 1, sizeof *items, NULL) : NULL;
    if (!items) {
        enl_release(copy);
        to->failed = true;
        return NULL;
    }
    at = copy;
    w.left = INT_MAX;
    for (size_t i = 0; i < count; i++) at = pass(&w, at, 0, &items[i]);
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
