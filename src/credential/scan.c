// SPDX-License-Identifier: MIT
#include "credential/scan.h"
#include "credential/limits.h"

#include <stdio.h>
#include <string.h>

static bool fill(struct enl_window *w, uint64_t at) {
    w->at = at;
    w->size = 0;
    while (w->size < ENL_WINDOW && at + w->size < w->source->size) {
        uint64_t left = w->source->size - at - w->size;
        size_t want = left < ENL_WINDOW - w->size ? (size_t)left : ENL_WINDOW - w->size;
        int64_t got = w->source->read(w->source->user, at + w->size, w->bytes + w->size, want);
        if (got < 0) w->failed = true;
        if (got <= 0) break;
        w->size += (size_t)got;
    }
    return !w->failed;
}

const uint8_t *enl_window_look(struct enl_window *window, uint64_t at, size_t size) {
    if (window->failed || at > window->source->size || size > window->source->size - at) return NULL;
    bool there = at >= window->at && at - window->at <= window->size && size <= window->size - (at - window->at);
    if (!there && !fill(window, at)) return NULL;
    return size <= window->size - (at - window->at) ? window->bytes + (at - window->at) : NULL;
}

const uint8_t *enl_window_some(struct enl_window *window, uint64_t at, size_t *ret_size) {
    const uint8_t *bytes = enl_window_look(window, at, 1);
    *ret_size = bytes ? window->size - (size_t)(at - window->at) : 0;
    return bytes;
}

bool enl_parts_add(struct enl_parts *parts, const char *name, uint64_t at, uint64_t size, struct enl_error *error) {
    if (size == 0) return true;
    if (parts->count >= ENL_MAX_BOXES) return enl_fail(error, ENL_BAD_PHOTO, "The file has too many parts.");
    if (parts->count == parts->room) {
        int room = 2 * parts->room + 32;
        struct enl_part *more = enl_alloc((size_t)room, sizeof *more, error);
        if (!more) return false;
        if (parts->count) memcpy(more, parts->list, (size_t)parts->count * sizeof *more);
        enl_release(parts->list);
        parts->list = more;
        parts->room = room;
    }
    struct enl_part *part = &parts->list[parts->count++];
    *part = (struct enl_part){.at = at, .size = size};
    snprintf(part->name, sizeof part->name, "%s", name);
    return true;
}

bool enl_part_is(const struct enl_part *part, const char *name) {
    return !strcmp(part->name, name);
}

void enl_parts_free(struct enl_parts *parts) {
    enl_release(parts->list);
    *parts = (struct enl_parts){0};
}

bool enl_split_whole(enl_split *split, const struct enl_source *source, struct enl_parts *ret_parts,
                     struct enl_error *error) {
    bool whole = false;
    *ret_parts = (struct enl_parts){0};
    bool good = split(source, ret_parts, &whole, error);
    if (good && !whole) good = enl_fail(error, ENL_BAD_PHOTO, "The file is broken: not all of its parts can be told.");
    if (!good) {
        enl_parts_free(ret_parts);
        return false;
    }
    int count = 0;
    for (int i = 0; i < ret_parts->count; i++) {
        struct enl_part *part = &ret_parts->list[i], *last = count ? &ret_parts->list[count - 1] : NULL;
        if (last && enl_part_is(part, ENL_PART_STORE) && enl_part_is(last, ENL_PART_STORE)) last->size += part->size;
        else ret_parts->list[count++] = *part;
    }
    ret_parts->count = count;
    return true;
}

bool enl_found_second(struct enl_error *error) {
    return enl_fail(error, ENL_BAD_PHOTO, "The file holds two manifest stores.");
}

bool enl_found_store(struct enl_found *found, const struct enl_source *source, struct enl_region region,
                     struct enl_region data, struct enl_error *error) {
    if (found->store) return enl_found_second(error);
    found->store = enl_source_bytes(source, data.at, data.size, ENL_MAX_STORE, error);
    if (!found->store) return false;
    found->store_size = (size_t)data.size;
    return enl_found_region(found, region.at, region.size, error);
}

bool enl_found_xmp(struct enl_found *found, const struct enl_source *source, struct enl_region xmp,
                   struct enl_error *error) {
    if (found->remote) return true;
    size_t size = xmp.size < ENL_MAX_XMP ? (size_t)xmp.size : ENL_MAX_XMP;
    uint8_t *bytes = enl_source_bytes(source, xmp.at, size, ENL_MAX_XMP, error);
    if (!bytes) return false;
    found->remote = enl_xmp_provenance((const char *)bytes, size);
    enl_release(bytes);
    return true;
}

void enl_layout_parts(struct enl_layout *layout, const struct enl_parts *parts, int first, int end) {
    for (int i = first; i < end; i++)
        if (!enl_part_is(&parts->list[i], ENL_PART_STORE))
            enl_layout_copy(layout, parts->list[i].at, parts->list[i].size);
}

bool enl_layout_good(struct enl_layout *layout, struct enl_error *error) {
    if (!layout->failed) return true;
    enl_layout_free(layout);
    return enl_fail(error, ENL_NO_MEMORY, "Not enough memory to write the credentials.");
}

bool enl_store_fits(size_t size, struct enl_error *error) {
    return size <= ENL_MAX_STORE || enl_fail(error, ENL_BAD_PHOTO, "The manifest store is too large for the file.");
}

uint64_t enl_get_little(const uint8_t *from, int size) {
    uint64_t value = 0;
    for (int i = size; i-- > 0;) value = value << 8 | from[i];
    return value;
}
