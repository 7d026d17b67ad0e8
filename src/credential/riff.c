// SPDX-License-Identifier: MIT
// RIFF (WebP, WAV): the store is a chunk C2PA, the last of the RIFF, whose size counts it. C2PA 2.4 section A.3.7.
// A WebP without VP8X needs none for it: what readers don't know behind the picture they pass over.
#include "credential/limits.h"
#include "credential/scan.h"

#include <string.h>

#define START 12 // "RIFF", the size of all that follows, the kind of file
#define HEAD 8   // type and size of a chunk

static const char *riff_type(const uint8_t *head, size_t size) {
    if (size < START || memcmp(head, "RIFF", 4) != 0) return NULL;
    return !memcmp(head + 8, "WEBP", 4) ? "image/webp" : !memcmp(head + 8, "WAVE", 4) ? "audio/wav" : NULL;
}

static bool split_riff(const struct enl_source *source, struct enl_parts *parts, bool *ret_whole,
                       struct enl_error *error) {
    struct enl_window w = {.source = source};
    const uint8_t *head = enl_window_look(&w, 0, START);
    uint64_t end = head ? HEAD + enl_get_little(head + 4, 4) : 0, at = START;
    *ret_whole = head && end >= START && end <= source->size;
    if (end > source->size) end = source->size;
    if (!enl_parts_add(parts, "RIFF", 0, START < source->size ? START : source->size, error)) return false;
    while (at < end && (head = enl_window_look(&w, at, HEAD))) {
        uint64_t size = HEAD + enl_get_little(head + 4, 4);
        char name[5] = "";
        memcpy(name, head, 4);
        if (!name[0]) name[0] = '?'; // no name is what stands behind the RIFF
        if (size > source->size - at || size > end - at) break;
        size += size & 1 && size < source->size - at && size < end - at; // what fills a chunk up belongs to it
        if (!enl_parts_add(parts, name, at, size, error)) return false;
        at += size;
    }
    *ret_whole = *ret_whole && at == end;
    if (w.failed) return enl_fail(error, ENL_IO, "The file cannot be read.");
    return at > source->size || enl_parts_add(parts, "", at, source->size - at, error);
}

// Without the byte that fills it up, as c2pa-rs leaves it out of its hash.
static bool chunk_data(const struct enl_source *source, const struct enl_part *part, struct enl_region *ret_data,
                       struct enl_error *error) {
    uint8_t head[HEAD];
    if (!enl_source_read(source, part->at, head, sizeof head, error)) return false;
    *ret_data = (struct enl_region){part->at + HEAD, enl_get_little(head + 4, 4)};
    return true;
}

static bool find_riff(const struct enl_source *source, struct enl_found *ret_found, struct enl_error *error) {
    struct enl_parts parts = {0};
    bool whole;
    *ret_found = (struct enl_found){0};
    bool good = split_riff(source, &parts, &whole, error);
    for (int i = 0; good && i < parts.count; i++) {
        const struct enl_part *part = &parts.list[i];
        bool store = enl_part_is(part, ENL_PART_STORE);
        struct enl_region data;
        if (!store && !enl_part_is(part, "XMP ")) continue;
        if (!(good = chunk_data(source, part, &data, error))) break;
        struct enl_region all = {part->at, HEAD + data.size};
        good = store ? enl_found_store(ret_found, source, all, data, error) :
                       enl_found_xmp(ret_found, source, data, error);
    }
    enl_parts_free(&parts);
    if (!good) enl_found_free(ret_found);
    return good;
}

static void lay_chunk(struct enl_layout *layout, size_t store) {
    uint8_t head[HEAD] = {
        'C', '2', 'P', 'A', (uint8_t)store, (uint8_t)(store >> 8), (uint8_t)(store >> 16), (uint8_t)(store >> 24)};
    layout->credential = (struct enl_region){layout->size, HEAD + store};
    enl_layout_bytes(layout, ENL_PIECE_BYTES, head, sizeof head);
    enl_layout_store(layout, 0, store);
    if (store & 1) enl_layout_bytes(layout, ENL_PIECE_BYTES, "", 1);
}

// The size of the RIFF: what of it is kept, and the new chunk.
static bool put_start(struct enl_layout *layout, const struct enl_source *source, uint64_t size,
                      struct enl_error *error) {
    uint8_t start[START];
    if (!enl_source_read(source, 0, start, sizeof start, error)) return false;
    if (size > UINT32_MAX) return enl_fail(error, ENL_BAD_PHOTO, "The file is too large to take credentials.");
    for (int i = 0; i < 4; i++) start[4 + i] = (uint8_t)(size >> 8 * i);
    enl_layout_bytes(layout, ENL_PIECE_BYTES, start, sizeof start);
    return true;
}

static bool lay_parts(const struct enl_source *source, const struct enl_parts *parts, size_t size,
                      struct enl_layout *layout, struct enl_error *error) {
    bool tail = enl_part_is(&parts->list[parts->count - 1], "");
    int end = tail ? parts->count - 1 : parts->count;
    uint64_t kept = START - HEAD, stores = 0;
    for (int i = 1; i < end; i++) {
        bool store = enl_part_is(&parts->list[i], ENL_PART_STORE);
        stores += store;
        if (!store) kept += parts->list[i].size;
    }
    uint64_t fill = size && kept & 1; // the last chunk lacks the byte that fills it up
    uint64_t added = size ? HEAD + (uint64_t)size + (size & 1) : 0;
    if (!size && !stores) {
        enl_layout_copy(layout, 0, source->size);
        return true;
    }
    if (!put_start(layout, source, kept + fill + added, error)) return false;
    enl_layout_parts(layout, parts, 1, end);
    if (fill) enl_layout_bytes(layout, ENL_PIECE_BYTES, "", 1);
    if (size) lay_chunk(layout, size);
    enl_layout_parts(layout, parts, end, parts->count);
    return true;
}

static bool lay_riff(const struct enl_source *source, size_t size, struct enl_layout *ret_layout,
                     struct enl_error *error) {
    struct enl_parts parts = {0};
    bool whole;
    *ret_layout = (struct enl_layout){0};
    bool good = enl_store_fits(size, error) && split_riff(source, &parts, &whole, error);
    if (good && !whole) good = enl_fail(error, ENL_BAD_PHOTO, "The file ends too early or its size is wrong.");
    if (good) good = lay_parts(source, &parts, size, ret_layout, error) && enl_layout_good(ret_layout, error);
    enl_parts_free(&parts);
    if (!good) enl_layout_free(ret_layout);
    return good;
}

const struct enl_container enl_container_riff = {
    .name = "RIFF",
    .endings = {".webp", ".wav"},
    .type = riff_type,
    .find = find_riff,
    .lay = lay_riff,
};
