// SPDX-License-Identifier: MIT
// GIF: the store is an application extension before the first picture. C2PA 2.4 section A.3.8. The names of parts are
// those of section 18.7: colour tables belong to what says that they are there.
#include "credential/limits.h"
#include "credential/scan.h"

#include <stdio.h>
#include <string.h>

#define START 13     // signature and logical screen descriptor
#define EXTENSION 14 // 21 FF 0B and eleven letters
#define STORE_NAME                                                                                                     \
    "\x21\xFF\x0B"                                                                                                     \
    "C2PA_GIF\x01\0\0"
#define XMP_NAME                                                                                                       \
    "\x21\xFF\x0B"                                                                                                     \
    "XMP DataXMP"
#define MOST 255 // bytes of one block

static const char *gif_type(const uint8_t *head, size_t size) {
    bool is = size >= 6 && (!memcmp(head, "GIF87a", 6) || !memcmp(head, "GIF89a", 6));
    return is ? "image/gif" : NULL;
}

static uint64_t table_size(uint8_t flags) {
    return flags & 0x80 ? 3u * (2u << (flags & 7)) : 0;
}

// Where a row of blocks ends, with the empty block that ends it; 0: the file does before.
static uint64_t blocks_end(struct enl_window *w, uint64_t at) {
    for (const uint8_t *size; (size = enl_window_look(w, at, 1));) {
        at += 1 + (uint64_t)*size;
        if (*size == 0) return at;
    }
    return 0;
}

// Size and name of the part at `at`; 0: none that we know, or the file ends within.
static uint64_t part_at(struct enl_window *w, uint64_t at, bool pictures, char name[16]) {
    const uint8_t *bytes = enl_window_look(w, at, 1);
    uint64_t end = 0;
    if (bytes && bytes[0] == 0x3B) {
        snprintf(name, 16, "3B");
        return 1;
    }
    if (bytes && bytes[0] == 0x2C && (bytes = enl_window_look(w, at, 10))) {
        snprintf(name, 16, "2C");
        end = at + 10 + table_size(bytes[9]);
    } else if (bytes && bytes[0] == 0x21 && (bytes = enl_window_look(w, at, 2))) {
        snprintf(name, 16, "21%02X", bytes[1]);
        bytes = bytes[1] == 0xFF && !pictures ? enl_window_look(w, at, EXTENSION) : NULL;
        if (bytes && !memcmp(bytes, STORE_NAME, EXTENSION)) snprintf(name, 16, ENL_PART_STORE);
        end = blocks_end(w, at + 2);
    }
    return end > at && end <= w->source->size ? end - at : 0;
}

static bool add(struct enl_parts *parts, const char *name, uint64_t *at, uint64_t size, struct enl_error *error) {
    *at += size;
    return enl_parts_add(parts, name, *at - size, size, error);
}

static bool split_gif(const struct enl_source *source, struct enl_parts *parts, bool *ret_whole,
                      struct enl_error *error) {
    struct enl_window w = {.source = source};
    const uint8_t *start = enl_window_look(&w, 0, START);
    uint64_t screen = start ? 7 + table_size(start[10]) : 0, at = 0, size;
    bool pictures = false;
    char name[16] = "";
    if (screen && screen <= source->size - 6) { // else there is nothing but a broken start
        if (!add(parts, "GIF89a", &at, 6, error) || !add(parts, "LSD", &at, screen, error)) return false;
        while (strcmp(name, "3B") != 0 && (size = part_at(&w, at, pictures, name))) {
            if (!add(parts, name, &at, size, error)) return false;
            if (strcmp(name, "2C") != 0) continue;
            pictures = true;
            const uint8_t *bits = enl_window_look(&w, at, 1); // of a code
            uint64_t end = bits ? blocks_end(&w, at + 1) : 0;
            if (!end || end > source->size) break;
            if (!add(parts, "TBID", &at, end - at, error)) return false;
        }
    }
    *ret_whole = !strcmp(name, "3B");
    if (w.failed) return enl_fail(error, ENL_IO, "The file cannot be read.");
    return enl_parts_add(parts, "", at, source->size - at, error);
}

// What blocks hold, in place of the blocks themselves; returns how much.
static size_t join(uint8_t *bytes, size_t size) {
    size_t to = 0;
    for (size_t at = 0; at < size && bytes[at];) {
        size_t n = bytes[at] < size - at - 1 ? bytes[at] : size - at - 1;
        memmove(bytes + to, bytes + at + 1, n);
        to += n;
        at += 1 + n;
    }
    return to;
}

static bool find_store(const struct enl_source *source, const struct enl_part *part, struct enl_found *found,
                       struct enl_error *error) {
    struct enl_region all = {part->at, part->size}, data = {part->at + EXTENSION, part->size - EXTENSION};
    if (!enl_found_store(found, source, all, data, error)) return false;
    found->store_size = join(found->store, found->store_size);
    return true;
}

// Adobe writes XMP as it is, so that its letters are taken for sizes of blocks; others write it in blocks.
static bool find_xmp(const struct enl_source *source, const struct enl_part *part, struct enl_found *found,
                     struct enl_error *error) {
    uint8_t name[EXTENSION];
    if (found->remote || !enl_part_is(part, "21FF") || part->size <= EXTENSION) return true;
    if (!enl_source_read(source, part->at, name, sizeof name, error)) return false;
    if (memcmp(name, XMP_NAME, EXTENSION) != 0) return true;
    uint64_t left = part->size - EXTENSION;
    size_t size = left < ENL_MAX_XMP ? (size_t)left : ENL_MAX_XMP;
    uint8_t *bytes = enl_source_bytes(source, part->at + EXTENSION, size, ENL_MAX_XMP, error);
    if (!bytes) return false;
    if (bytes[0] != '<' && bytes[0] != 0xEF) size = join(bytes, size);
    found->remote = enl_xmp_provenance((const char *)bytes, size);
    enl_release(bytes);
    return true;
}

static bool find_gif(const struct enl_source *source, struct enl_found *ret_found, struct enl_error *error) {
    struct enl_parts parts = {0};
    bool whole;
    *ret_found = (struct enl_found){0};
    bool good = split_gif(source, &parts, &whole, error);
    for (int i = 0; good && i < parts.count; i++) {
        bool store = enl_part_is(&parts.list[i], ENL_PART_STORE);
        good = (store ? find_store : find_xmp)(source, &parts.list[i], ret_found, error);
    }
    enl_parts_free(&parts);
    if (!good) enl_found_free(ret_found);
    return good;
}

// One piece that is filled late, store and all: thousands of small ones would cost more than the copy.
static void lay_extension(struct enl_layout *layout, size_t store) {
    size_t size = EXTENSION + store + (store + MOST - 1) / MOST + 1;
    uint8_t *bytes = enl_alloc(size, 1, NULL), *to = bytes ? bytes + EXTENSION : NULL;
    if (!bytes) {
        layout->failed = true;
        return;
    }
    memcpy(bytes, STORE_NAME, EXTENSION);
    for (size_t left = store; left;) {
        size_t n = left < MOST ? left : MOST;
        *to = (uint8_t)n;
        to += 1 + n;
        left -= n;
    }
    layout->credential = (struct enl_region){layout->size, size};
    enl_layout_bytes(layout, ENL_PIECE_LATE, bytes, size);
    enl_release(bytes);
}

static bool lay_gif(const struct enl_source *source, size_t size, struct enl_layout *ret_layout,
                    struct enl_error *error) {
    struct enl_parts parts = {0};
    bool whole;
    *ret_layout = (struct enl_layout){0};
    bool good = enl_store_fits(size, error) && split_gif(source, &parts, &whole, error);
    if (good && parts.count < 2) good = enl_fail(error, ENL_BAD_PHOTO, "The GIF ends within its header.");
    if (good) {
        if (size) enl_layout_bytes(ret_layout, ENL_PIECE_BYTES, "GIF89a", 6); // 87a knows no extensions
        enl_layout_parts(ret_layout, &parts, size ? 1 : 0, 2);
        if (size) lay_extension(ret_layout, size);
        enl_layout_parts(ret_layout, &parts, 2, parts.count);
        good = enl_layout_good(ret_layout, error);
    }
    enl_parts_free(&parts);
    return good;
}

static void seal_gif(struct enl_layout *layout, const uint8_t *store) {
    for (int i = 0; i < layout->count; i++) {
        struct enl_piece *piece = &layout->pieces[i];
        if (piece->kind != ENL_PIECE_LATE) continue;
        for (uint8_t *to = piece->bytes + EXTENSION; *to; to += 1 + *to) {
            memcpy(to + 1, store, *to);
            store += *to;
        }
    }
}

static bool parts_gif(const struct enl_source *source, struct enl_parts *ret_parts, struct enl_error *error) {
    return enl_split_whole(split_gif, source, ret_parts, error);
}

const struct enl_container enl_container_gif = {
    .name = "GIF",
    .endings = {".gif"},
    .type = gif_type,
    .find = find_gif,
    .lay = lay_gif,
    .seal = seal_gif,
    .parts = parts_gif,
};
