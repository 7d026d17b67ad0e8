// SPDX-License-Identifier: MIT
// MP4, MOV, M4A, HEIC, AVIF: credentials in a uuid box after ftyp (C2PA 2.4 appendix A.5). Where free boxes leave room
// there, it is taken, and nothing after it moves.
#include "credential/bmff.h"
#include "credential/limits.h"

#include <stdio.h>
#include <string.h>

static const uint8_t xmp_uuid[16] = {0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8,
                                     0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC};

static const char *type_of(const uint8_t *head, size_t size) {
    static const struct {
        char brand[5];
        const char *type;
    } brands[] = {{"avif", "image/avif"}, {"avis", "image/avif"}, {"heic", "image/heic"},     {"heix", "image/heic"},
                  {"heim", "image/heic"}, {"heis", "image/heic"}, {"hevc", "image/heic"},     {"mif1", "image/heif"},
                  {"msf1", "image/heif"}, {"M4A ", "audio/mp4"},  {"qt  ", "video/quicktime"}};
    static const char firsts[][5] = {"ftyp", "styp", "moov", "moof", "mdat", "free", "skip", "wide", "sidx"};
    if (size < 12) return NULL;
    for (size_t i = 0; memcmp(head + 4, "ftyp", 4) == 0 && i < sizeof brands / sizeof *brands; i++)
        if (!memcmp(head + 8, brands[i].brand, 4)) return brands[i].type;
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
        if (!memcmp(head + 4, firsts[i], 4)) return "video/mp4";
    return NULL;
}

// The store in a C2PA box; what follows it there is padding.
static bool read_store(const struct enl_source *source, const struct enl_bmff_box *box, uint32_t content,
                       struct enl_found *found, struct enl_error *error) {
    uint8_t head[16];
    uint64_t at = box->at + content + 8, left = box->size > content + 8 ? box->size - content - 8 : 0, size;
    if (left < 16 || !enl_source_read(source, at, head, sizeof head, NULL))
        return enl_fail(error, ENL_BAD_PHOTO, "The credentials are cut short.");
    size = enl_bytes_get(head, 4);
    if (size == 1) size = enl_bytes_get(head + 8, 8);
    if (size == 0 || size > left) size = left;
    if (found->store) return enl_fail(error, ENL_BAD_PHOTO, "The file holds two manifest stores.");
    found->store = enl_source_bytes(source, at, size, ENL_MAX_STORE, error);
    found->store_size = (size_t)size;
    return found->store != NULL;
}

static bool read_box(const struct enl_source *source, const struct enl_bmff_box *box, struct enl_found *found,
                     struct enl_error *error) {
    char purpose[16];
    uint32_t content;
    if (enl_bmff_purpose(source, box, purpose, &content)) {
        bool store = !strcmp(purpose, "manifest") || !strcmp(purpose, "original");
        if (store && !read_store(source, box, content, found, error)) return false;
        return enl_found_region(found, box->at, box->size, error);
    }
    if (!strcmp(box->type, "uuid") && !memcmp(box->uuid, xmp_uuid, 16) && !found->remote) {
        uint64_t size = box->size - box->head;
        uint8_t *xmp = enl_source_bytes(source, box->at + box->head, size, ENL_MAX_XMP, NULL);
        if (xmp) found->remote = enl_xmp_provenance((const char *)xmp, (size_t)size);
        enl_release(xmp);
    }
    return true;
}

static bool find(const struct enl_source *source, struct enl_found *ret_found, struct enl_error *error) {
    struct enl_found found = {0};
    struct enl_bmff_box box;
    uint64_t at = 0;
    bool good = true;
    for (int i = 0; good && enl_bmff_next(source, &at, source->size, &box); i++)
        good = (i < ENL_MAX_BOXES || enl_fail(error, ENL_BAD_PHOTO, "The file has too many boxes.")) &&
               read_box(source, &box, &found, error);
    if (good) *ret_found = found;
    else enl_found_free(&found);
    return good;
}

static bool is_ours(const struct enl_source *source, const struct enl_bmff_box *box) {
    char purpose[16];
    uint32_t content;
    return enl_bmff_purpose(source, box, purpose, &content);
}

static bool is_free(const struct enl_bmff_box *box) {
    return !strcmp(box->type, "free") || !strcmp(box->type, "skip");
}

// Where the room for credentials is: after ftyp, all that is free or credentials already, but no more than could ever
// be needed: it is written anew.
static void find_room(const struct enl_source *source, uint64_t *ret_at, uint64_t *ret_size) {
    struct enl_bmff_box box;
    uint64_t at = 0, next = 0;
    if (enl_bmff_next(source, &next, source->size, &box) && !strcmp(box.type, "ftyp")) at = next;
    *ret_at = at;
    next = at;
    while (enl_bmff_next(source, &next, source->size, &box) && (is_free(&box) || is_ours(source, &box)) &&
           next - *ret_at <= ENL_MAX_STORE)
        at = next;
    *ret_size = at - *ret_at;
}

// The box for a store of `size` bytes, `whole` bytes long; without a store a free box.
static void lay_box(struct enl_layout *layout, size_t size, uint64_t whole) {
    struct enl_bytes head = {0}, rest = {0};
    layout->credential = (struct enl_region){layout->size, whole};
    enl_bytes_number(&head, whole, 4);
    enl_bytes_text(&head, size ? "uuid" : "free");
    if (size) {
        enl_bytes_put(&head, enl_bmff_c2pa, 16);
        enl_bytes_number(&head, 0, 4);
        enl_bytes_put(&head, "manifest", 9);
        enl_bytes_number(&head, 0, 8);
    }
    enl_bytes_put(&rest, NULL, (size_t)whole - head.size - size);
    if (head.failed || rest.failed) layout->failed = true;
    else {
        enl_layout_bytes(layout, ENL_PIECE_BYTES, head.data, head.size);
        enl_layout_store(layout, 0, size);
        enl_layout_bytes(layout, ENL_PIECE_BYTES, rest.data, rest.size);
    }
    enl_bytes_free(&head);
    enl_bytes_free(&rest);
}

// A box after the room. Those that name places in the file are changed where these have moved.
static bool lay_one(const struct enl_source *source, const struct enl_bmff_box *box, uint64_t by,
                    struct enl_layout *layout, struct enl_error *error) {
    static const char tables[][5] = {"moov", "meta", "moof", "mfra"};
    bool table = false, changed = false, good = true;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) table = table || !strcmp(box->type, tables[i]);
    uint8_t *bytes = by && table ? enl_source_bytes(source, box->at, box->size, ENL_MAX_HEAD, error) : NULL;
    if (by && table) good = bytes && enl_bmff_shift(bytes, (size_t)box->size, by, &changed, error);
    if (good && changed) enl_layout_bytes(layout, ENL_PIECE_BYTES, bytes, (size_t)box->size);
    else if (good) enl_layout_copy(layout, box->at, box->size);
    enl_release(bytes);
    return good;
}

static bool lay(const struct enl_source *source, size_t size, struct enl_layout *ret_layout, struct enl_error *error) {
    struct enl_layout layout = {0};
    struct enl_bmff_box box;
    uint64_t room_at, room, at, need = size ? size + ENL_BMFF_BEFORE_STORE : 0, by = 0;
    bool good = true;
    find_room(source, &room_at, &room);
    if (size && room_at + room == source->size) // nothing to bind, or a first box that would swallow what is put in
        return enl_fail(error, ENL_BAD_PHOTO, "The file ends after its first boxes.");
    if (need > room) by = need - room;
    uint64_t whole = need > room ? need : room;
    enl_layout_copy(&layout, 0, room_at);
    if (whole) lay_box(&layout, size, whole);
    at = room_at + room;
    for (int i = 0; good && enl_bmff_next(source, &at, source->size, &box); i++) {
        good = i < ENL_MAX_BOXES || enl_fail(error, ENL_BAD_PHOTO, "The file has too many boxes.");
        // Credentials elsewhere (of fragments, or put there by others) become free: what follows stays where it is.
        if (good && is_ours(source, &box) && box.size > ENL_MAX_STORE)
            good = enl_fail(error, ENL_BAD_PHOTO, "The file's credentials are too large.");
        else if (good && is_ours(source, &box)) lay_box(&layout, 0, box.size);
        else good = good && lay_one(source, &box, by, &layout, error);
    }
    if (whole) layout.credential = (struct enl_region){room_at, whole};
    if (good) enl_layout_copy(&layout, at, source->size - at); // what is no box
    if (good && layout.failed) good = enl_fail(error, ENL_NO_MEMORY, "Not enough memory to lay out the file.");
    if (good) *ret_layout = layout;
    else enl_layout_free(&layout);
    return good;
}

const struct enl_container enl_container_bmff = {.name = "BMFF",
                                                 .endings = {".mp4", ".m4v", ".mov", ".m4a", ".heic", ".heif", ".avif"},
                                                 .bmff = true,
                                                 .type = type_of,
                                                 .find = find,
                                                 .lay = lay};
