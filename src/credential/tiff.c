// SPDX-License-Identifier: MIT
// TIFF and BigTIFF: the store is the value of tag 0xCD41, in a directory of its own (the last) or with the picture's;
// XMP is that of tag 700 in the first. Only read: what points where in a raw photo is known to its maker alone.
// C2PA 2.4 section A.3.6.
#include "credential/limits.h"
#include "credential/scan.h"

#include <string.h>

#define MOST_ENTRIES (16u * ENL_MAX_BOXES) // of all directories

enum { TAG_XMP = 700, TAG_STORE = 0xCD41, TYPE_BYTE = 1, TYPE_UNDEFINED = 7 };

struct form {             // of numbers
    bool big_endian, big; // big: sizes and places have eight bytes
};

struct walk {
    struct enl_window window;
    struct form form;
    uint64_t directories, entries; // that were read
};

static const char *tiff_type(const uint8_t *head, size_t size) {
    static const char *const starts[] = {"II*\0", "MM\0*", "II+\0", "MM\0+"};
    for (int i = 0; i < 4; i++)
        if (size >= 8 && !memcmp(head, starts[i], 4)) return "image/tiff";
    return NULL;
}

static uint64_t number(const struct form *form, const uint8_t *from, int size) {
    return form->big_endian ? enl_bytes_get(from, size) : enl_get_little(from, size);
}

// The bytes that an entry stands for; those of up to four (eight) in place of where they are can hold nothing of ours.
static bool value(const struct form *form, const uint8_t *entry, struct enl_region *ret_region) {
    int wide = form->big ? 8 : 4;
    uint64_t type = number(form, entry + 2, 2), count = number(form, entry + 4, wide);
    *ret_region = (struct enl_region){number(form, entry + 4 + wide, wide), count};
    return (type == TYPE_BYTE || type == TYPE_UNDEFINED) && count > (uint64_t)wide;
}

static bool inside(const struct enl_source *source, struct enl_region region) {
    return region.at <= source->size && region.size <= source->size - region.at;
}

static bool find_entry(const struct walk *walk, const uint8_t *entry, struct enl_found *found,
                       struct enl_error *error) {
    const struct enl_source *source = walk->window.source;
    uint64_t tag = number(&walk->form, entry, 2);
    struct enl_region region;
    if (!value(&walk->form, entry, &region) || !inside(source, region)) return true;
    if (tag == TAG_STORE) return enl_found_store(found, source, region, region, error);
    return tag != TAG_XMP || walk->directories > 1 || enl_found_xmp(found, source, region, error);
}

// One directory; what it says is the next is the next `at`, 0 the end. A chain that bites its tail ends at the limits.
static bool read_directory(struct walk *walk, uint64_t *at, struct enl_found *found, struct enl_error *error) {
    size_t wide = walk->form.big ? 8 : 2, size = walk->form.big ? 20 : 12, place = walk->form.big ? 8 : 4;
    const uint8_t *bytes = enl_window_look(&walk->window, *at, wide);
    uint64_t count = bytes ? number(&walk->form, bytes, (int)wide) : 0;
    if (++walk->directories > ENL_MAX_BOXES || count > MOST_ENTRIES - walk->entries)
        return enl_fail(error, ENL_BAD_PHOTO, "The file has too many parts.");
    walk->entries += count;
    for (*at += wide; count-- && (bytes = enl_window_look(&walk->window, *at, size)); *at += size)
        if (!find_entry(walk, bytes, found, error)) return false;
    bytes = bytes ? enl_window_look(&walk->window, *at, place) : NULL;
    *at = bytes ? number(&walk->form, bytes, (int)place) : 0;
    return true;
}

static bool find_tiff(const struct enl_source *source, struct enl_found *ret_found, struct enl_error *error) {
    struct walk walk = {.window = {.source = source}};
    const uint8_t *head = enl_window_look(&walk.window, 0, 8);
    bool good = true;
    *ret_found = (struct enl_found){0};
    if (head) walk.form = (struct form){head[0] == 'M', (head[2] | head[3]) == '+'};
    uint64_t at = head ? number(&walk.form, head + 4, 4) : 0;
    if (walk.form.big) at = (head = enl_window_look(&walk.window, 0, 16)) ? number(&walk.form, head + 8, 8) : 0;
    while (good && at) good = read_directory(&walk, &at, ret_found, error);
    if (good && walk.window.failed) good = enl_fail(error, ENL_IO, "The file cannot be read.");
    if (!good) enl_found_free(ret_found);
    return good;
}

const struct enl_container enl_container_tiff = {
    .name = "TIFF",
    .endings = {".tif", ".tiff", ".dng"},
    .type = tiff_type,
    .find = find_tiff,
};
