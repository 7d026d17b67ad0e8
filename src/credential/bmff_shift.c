// SPDX-License-Identifier: MIT
// Places in the file that stand in boxes, moved when something is put in before them: ISO 14496-12 sections 8.7.5
// (stco, co64), 8.7.9 (saio), 8.8.7 (tfhd), 8.8.10 (tfra), 8.11.3 (iloc). What sidx says counts from itself.
#include "credential/bmff.h"
#include "credential/limits.h"

#include <string.h>

struct shift {
    uint64_t by;
    bool changed;
    struct enl_error *error;
};

static void set(uint8_t *to, uint64_t value, int size) {
    for (int i = 0; i < size; i++) to[i] = (uint8_t)(value >> 8 * (size - 1 - i));
}

static bool move(struct shift *s, uint8_t *at, int size) {
    uint64_t value = enl_bytes_get(at, size) + s->by;
    if (size < 8 && value >> 8 * size)
        return enl_fail(s->error, ENL_BAD_PHOTO, "The file is so large that its places don't fit in its tables.");
    set(at, value, size);
    s->changed = true;
    return true;
}

// `count` places of `size` bytes, `step` apart, as far as they are there.
static bool move_many(struct shift *s, uint8_t *at, const uint8_t *end, uint64_t count, int size, size_t step) {
    for (uint64_t i = 0; i < count && end - at >= size; i++, at += step) {
        if (!move(s, at, size)) return false;
        if ((size_t)(end - at) < step) break;
    }
    return true;
}

static bool shift_saio(struct shift *s, uint8_t *at, const uint8_t *end) {
    size_t skip = end - at >= 4 && at[3] & 1 ? 12 : 4;
    if ((size_t)(end - at) < skip + 4) return true;
    int size = at[0] ? 8 : 4;
    return move_many(s, at + skip + 4, end, enl_bytes_get(at + skip, 4), size, (size_t)size);
}

static bool shift_tfra(struct shift *s, uint8_t *at, const uint8_t *end) {
    if (end - at < 16) return true;
    bool wide = at[0];
    int lengths = at[11]; // three lengths less one, two bits each
    size_t numbers = (size_t)(lengths >> 4 & 3) + (size_t)(lengths >> 2 & 3) + (size_t)(lengths & 3) + 3;
    size_t place = wide ? 8 : 4; // the time comes first
    if ((size_t)(end - at) < 16 + place) return true;
    return move_many(s, at + 16 + place, end, enl_bytes_get(at + 12, 4), wide ? 8 : 4, 2 * place + numbers);
}

// One item of iloc from `*at` on. Its base moves where it has one, else each of its extents.
static bool shift_item(struct shift *s, uint8_t **at, const uint8_t *end, int version, const int sizes[4]) {
    size_t head = (version < 2 ? 2 : 4) + (version ? 2 : 0) + 2;
    if ((size_t)(end - *at) < head + (size_t)sizes[2] + 2) return false;
    uint8_t *p = *at + (version < 2 ? 2 : 4);
    int method = version ? p[1] & 15 : 0;
    uint8_t *base = *at + head;
    uint64_t extents = enl_bytes_get(base + sizes[2], 2);
    size_t step = (size_t)(version ? sizes[3] : 0) + (size_t)sizes[0] + (size_t)sizes[1];
    uint8_t *extent = base + sizes[2] + 2;
    if (step && extents > (uint64_t)(end - extent) / step) return false;
    if (method == 0 && sizes[2] && !move(s, base, sizes[2])) return false;
    for (uint64_t i = 0; method == 0 && !sizes[2] && sizes[0] && i < extents; i++)
        if (!move(s, extent + i * step + (version ? sizes[3] : 0), sizes[0])) return false;
    *at = extent + extents * step;
    return true;
}

static bool shift_iloc(struct shift *s, uint8_t *at, const uint8_t *end) {
    if (end - at < 8) return true;
    int version = at[0];
    const int sizes[4] = {at[4] >> 4, at[4] & 15, at[5] >> 4, at[5] & 15}; // offset, length, base, index
    for (int i = 0; i < 4; i++)
        if (sizes[i] != 0 && sizes[i] != 4 && sizes[i] != 8) return true;
    uint64_t count = enl_bytes_get(at + 6, version < 2 ? 2 : 4);
    if (version >= 2 && end - at < 10) return true;
    at += version < 2 ? 8 : 10;
    s->error->code = ENL_OK;
    for (uint64_t i = 0; i < count; i++)
        if (!shift_item(s, &at, end, version, sizes)) return s->error->code == ENL_OK; // cut short: as far as it goes
    return true;
}

static bool shift_tfhd(struct shift *s, uint8_t *at, const uint8_t *end) {
    return end - at < 16 || !(at[3] & 1) || move(s, at + 8, 8);
}

static bool shift_in(struct shift *s, uint8_t *at, const uint8_t *end, int depth, bool fragment);

static bool shift_box(struct shift *s, const char *type, uint8_t *at, const uint8_t *end, int depth, bool fragment) {
    static const char holders[][5] = {"moov", "trak", "mdia", "minf", "stbl", "moof", "traf", "mfra", "udta"};
    for (size_t i = 0; i < sizeof holders / sizeof *holders; i++)
        if (!strcmp(type, holders[i])) return shift_in(s, at, end, depth + 1, fragment || !strcmp(type, "moof"));
    if (!strcmp(type, "meta")) // QuickTime's has no version and flags: its first box begins at once
        return end - at < 8 || shift_in(s, memcmp(at + 4, "hdlr", 4) ? at + 4 : at, end, depth + 1, fragment);
    if (!strcmp(type, "stco") && end - at >= 8) return move_many(s, at + 8, end, enl_bytes_get(at + 4, 4), 4, 4);
    if (!strcmp(type, "co64") && end - at >= 8) return move_many(s, at + 8, end, enl_bytes_get(at + 4, 4), 8, 8);
    if (!strcmp(type, "saio") && !fragment) return shift_saio(s, at, end);
    if (!strcmp(type, "tfra")) return shift_tfra(s, at, end);
    if (!strcmp(type, "iloc")) return shift_iloc(s, at, end);
    return strcmp(type, "tfhd") || shift_tfhd(s, at, end);
}

static bool shift_in(struct shift *s, uint8_t *at, const uint8_t *end, int depth, bool fragment) {
    while (depth < ENL_MAX_BOX_DEPTH && end - at >= 8) {
        char type[5] = "";
        uint64_t size = enl_bytes_get(at, 4), head = 8;
        memcpy(type, at + 4, 4);
        if (size == 1 && end - at >= 16) size = enl_bytes_get(at + 8, 8), head = 16;
        if (size == 0) size = (uint64_t)(end - at);
        if (size < head || size > (uint64_t)(end - at)) return true;
        if (!shift_box(s, type, at + head, at + size, depth, fragment)) return false;
        at += size;
    }
    return true;
}

bool enl_bmff_shift(uint8_t *bytes, size_t size, uint64_t by, bool *ret_changed, struct enl_error *error) {
    struct enl_error own = {0};
    struct shift s = {.by = by, .error = &own};
    bool good = shift_in(&s, bytes, bytes + size, 0, false);
    *ret_changed = s.changed;
    return good || enl_fail(error, own.code, "%s", own.text);
}
