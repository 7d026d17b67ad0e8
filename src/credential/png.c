// SPDX-License-Identifier: MIT
// PNG: the store is a chunk caBX, directly behind IHDR. C2PA 2.4 section A.3.2.
#include "credential/limits.h"
#include "credential/scan.h"

#include <string.h>

#define SIGNATURE "\x89PNG\r\n\x1a\n"
#define FRAME 12                     // size, type and checksum of a chunk
#define XMP_NAME "XML:com.adobe.xmp" // and a NUL

static const char *png_type(const uint8_t *head, size_t size) {
    return size >= 8 && !memcmp(head, SIGNATURE, 8) ? "image/png" : NULL;
}

static bool is_letters(const uint8_t *type) {
    for (int i = 0; i < 4; i++)
        if ((type[i] | 0x20) < 'a' || (type[i] | 0x20) > 'z') return false;
    return true;
}

static bool split_png(const struct enl_source *source, struct enl_parts *parts, bool *ret_whole,
                      struct enl_error *error) {
    struct enl_window w = {.source = source};
    uint64_t at = 8;
    char name[5] = "";
    if (!enl_parts_add(parts, "PNGh", 0, 8, error)) return false;
    while (strcmp(name, "IEND") != 0) {
        const uint8_t *head = enl_window_look(&w, at, 8);
        uint64_t size = head ? FRAME + enl_bytes_get(head, 4) : 0;
        if (!head || size > source->size - at || !is_letters(head + 4)) break;
        memcpy(name, head + 4, 4);
        if (!enl_parts_add(parts, strcmp(name, "caBX") ? name : ENL_PART_STORE, at, size, error)) return false;
        at += size;
    }
    *ret_whole = !strcmp(name, "IEND");
    if (w.failed) return enl_fail(error, ENL_IO, "The file cannot be read.");
    return enl_parts_add(parts, "", at, source->size - at, error);
}

// XMP is text of a certain name: the name, whether it is packed and how, its language, the name in that language.
static bool find_xmp(const struct enl_source *source, const struct enl_part *part, struct enl_found *found,
                     struct enl_error *error) {
    size_t size = part->size - FRAME < ENL_MAX_XMP ? (size_t)(part->size - FRAME) : ENL_MAX_XMP;
    size_t at = sizeof XMP_NAME + 2;
    char name[sizeof XMP_NAME + 2];
    if (!enl_part_is(part, "iTXt") || size < at) return true;
    if (!enl_source_read(source, part->at + 8, name, sizeof name, error)) return false;
    if (memcmp(name, XMP_NAME, sizeof XMP_NAME) != 0 || name[sizeof XMP_NAME] != 0) return true;
    uint8_t *bytes = enl_source_bytes(source, part->at + 8, size, ENL_MAX_XMP, error);
    if (!bytes) return false;
    for (int i = 0; i < 2; i++) {
        const uint8_t *end = memchr(bytes + at, 0, size - at);
        at = end ? (size_t)(end - bytes) + 1 : size;
    }
    if (!found->remote) found->remote = enl_xmp_provenance((const char *)bytes + at, size - at);
    enl_release(bytes);
    return true;
}

static bool find_png(const struct enl_source *source, struct enl_found *ret_found, struct enl_error *error) {
    struct enl_parts parts = {0};
    bool whole;
    *ret_found = (struct enl_found){0};
    bool good = split_png(source, &parts, &whole, error);
    for (int i = 0; good && i < parts.count; i++) {
        const struct enl_part *part = &parts.list[i];
        struct enl_region all = {part->at, part->size}, data = {part->at + 8, part->size - FRAME};
        good = enl_part_is(part, ENL_PART_STORE) ? enl_found_store(ret_found, source, all, data, error) :
                                                   find_xmp(source, part, ret_found, error);
    }
    enl_parts_free(&parts);
    if (!good) enl_found_free(ret_found);
    return good;
}

static void lay_chunk(struct enl_layout *layout, size_t store) {
    uint8_t head[8] = {
        (uint8_t)(store >> 24), (uint8_t)(store >> 16), (uint8_t)(store >> 8), (uint8_t)store, 'c', 'a', 'B', 'X'};
    layout->credential = (struct enl_region){layout->size, FRAME + store};
    enl_layout_bytes(layout, ENL_PIECE_BYTES, head, sizeof head);
    enl_layout_store(layout, 0, store);
    enl_layout_bytes(layout, ENL_PIECE_LATE, (const uint8_t[4]){0}, 4);
}

static bool lay_png(const struct enl_source *source, size_t size, struct enl_layout *ret_layout,
                    struct enl_error *error) {
    struct enl_parts parts = {0};
    bool whole;
    *ret_layout = (struct enl_layout){0};
    bool good = enl_store_fits(size, error) && split_png(source, &parts, &whole, error);
    if (good && (parts.count < 2 || !enl_part_is(&parts.list[1], "IHDR")))
        good = enl_fail(error, ENL_BAD_PHOTO, "The PNG does not begin with its header.");
    if (good) {
        enl_layout_parts(ret_layout, &parts, 0, 2);
        if (size) lay_chunk(ret_layout, size);
        enl_layout_parts(ret_layout, &parts, 2, parts.count);
        good = enl_layout_good(ret_layout, error);
    }
    enl_parts_free(&parts);
    return good;
}

// The checksum of PNG (section D), a byte at a time.
static uint32_t checksum(uint32_t sum, const uint32_t table[256], const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) sum = table[(sum ^ bytes[i]) & 255] ^ sum >> 8;
    return sum;
}

static void seal_png(struct enl_layout *layout, const uint8_t *store) {
    uint32_t table[256];
    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int k = 0; k < 8; k++) table[i] = table[i] & 1 ? 0xEDB88320u ^ table[i] >> 1 : table[i] >> 1;
    }
    uint32_t sum = checksum(0xFFFFFFFFu, table, (const uint8_t *)"caBX", 4);
    for (int i = 0; i < layout->count; i++) {
        struct enl_piece *piece = &layout->pieces[i];
        if (piece->kind == ENL_PIECE_STORE) sum = checksum(sum, table, store + piece->from, (size_t)piece->size);
        for (int k = 0; piece->kind == ENL_PIECE_LATE && k < 4; k++) piece->bytes[k] = (uint8_t)(~sum >> (24 - 8 * k));
    }
}

static bool parts_png(const struct enl_source *source, struct enl_parts *ret_parts, struct enl_error *error) {
    return enl_split_whole(split_png, source, ret_parts, error);
}

const struct enl_container enl_container_png = {
    .name = "PNG",
    .endings = {".png"},
    .type = png_type,
    .find = find_png,
    .lay = lay_png,
    .seal = seal_png,
    .parts = parts_png,
};
