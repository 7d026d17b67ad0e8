// SPDX-License-Identifier: MIT
// What a bmff hash covers: boxes are left out by their paths, each root box's place is hashed before it (C2PA 2.4
// section 18.6).
#include "credential/binding.h"
#include "credential/bmff.h"
#include "credential/limits.h"

#include <stdio.h>
#include <string.h>

// What must be left out.
static const char *const usual[] = {"/uuid", "/ftyp", "/mfra", "/mdat", NULL};

static bool malformed(struct enl_error *error, const char *why) {
    return enl_fail(error, ENL_BAD_PHOTO, "%s", why);
}

// Whether the box has the bytes that "data" asks for.
static bool has_data(const struct enl_source *source, const struct enl_bmff_box *box, const struct enl_cbor *data) {
    struct enl_cbor one;
    const uint8_t *at = NULL, *value;
    uint8_t there[64];
    uint64_t offset;
    size_t size;
    while (enl_cbor_next(data, &at, &one)) {
        enl_cbor_bytes(&one, "value", &value, &size);
        if (!value || size > sizeof there || !enl_cbor_unsigned(&one, "offset", &offset)) return false;
        if (offset > box->size || size > box->size - offset ||
            !enl_source_read(source, box->at + offset, there, size, NULL) || memcmp(there, value, size))
            return false;
    }
    return true;
}

// Whether version and flags, where they are asked for, are the box's.
static bool has_flags(const struct enl_source *source, const struct enl_bmff_box *box, const struct enl_cbor *e) {
    struct enl_cbor exact;
    const uint8_t *flags;
    uint8_t there[4] = {0};
    uint64_t version;
    size_t size;
    bool any_version = !enl_cbor_unsigned(e, "version", &version);
    enl_cbor_bytes(e, "flags", &flags, &size);
    if (any_version && !flags) return true;
    if (box->size < box->head + 4u || !enl_source_read(source, box->at + box->head, there, 4, NULL)) return false;
    if (!any_version && version != there[0]) return false;
    if (!flags) return true;
    if (size != 3) return false;
    bool loose = enl_cbor_get(e, "exact", &exact) && !enl_cbor_is_null(&exact) && !enl_cbor_is_true(&exact);
    for (int i = 0; i < 3; i++)
        if (loose ? (there[1 + i] & flags[i]) != flags[i] : there[1 + i] != flags[i]) return false;
    return true;
}

// Leaves out the parts of a box that "subset" names. They come in order and apart.
static bool skip_subset(const struct enl_bmff_box *box, const struct enl_cbor *subset, struct enl_cover *cover,
                        struct enl_error *error) {
    struct enl_cbor one;
    const uint8_t *at = NULL;
    uint64_t offset, length, end = 0;
    int count = 0;
    while (enl_cbor_next(subset, &at, &one)) {
        if (++count > ENL_MAX_EXCLUSIONS || !enl_cbor_unsigned(&one, "offset", &offset) ||
            !enl_cbor_unsigned(&one, "length", &length) || offset < end || length > UINT64_MAX - offset)
            return malformed(error, "its subsets make no sense");
        end = offset + length;
        if (offset > box->size) continue;
        uint64_t left = box->size - offset;
        enl_cover_skip(cover, box->at + offset, length == 0 || length > left ? left : length);
    }
    return true;
}

// Whether an exclusion is one that must be: of the credentials, not of every uuid box; of what is in mdat only where
// that is hashed apart.
static bool is_usual(const char *path, const struct enl_cbor *data, bool whole, bool merkle) {
    struct enl_cbor one;
    const uint8_t *value;
    uint64_t offset;
    size_t size;
    if (!strcmp(path, "/uuid")) {
        if (!data || !enl_cbor_index(data, 0, &one) || !enl_cbor_unsigned(&one, "offset", &offset)) return false;
        enl_cbor_bytes(&one, "value", &value, &size);
        return offset == 8 && size == 16 && !memcmp(value, enl_bmff_c2pa, 16);
    }
    if (!strcmp(path, "/mdat")) return merkle && !whole;
    return !strcmp(path, "/ftyp") || !strcmp(path, "/mfra");
}

struct excluding { // a walk over the exclusions
    const struct enl_source *source;
    struct enl_cover *cover, *gone; // root boxes that are left out whole are kept in `gone`, for they have no mark
    bool merkle, more;
    int left; // boxes that may still be looked at
};

static bool exclude_box(struct excluding *x, const struct enl_bmff_box *box, const struct enl_cbor *subset,
                        struct enl_error *error) {
    if (x->cover->skips >= (int)ENL_MAX_SKIPS) return malformed(error, "it leaves out too many parts");
    if (subset) return skip_subset(box, subset, x->cover, error);
    enl_cover_skip(x->cover, box->at, box->size);
    enl_cover_mark(x->gone, box->at);
    return true;
}

static bool exclude(struct excluding *x, const struct enl_cbor *e, struct enl_error *error) {
    struct enl_cbor name, data, subset;
    struct enl_bmff_box *boxes = NULL;
    char path[128];
    uint64_t length;
    int count = 0;
    bool good = enl_cbor_get(e, "xpath", &name) && name.type == ENL_CBOR_TEXT && name.number < sizeof path;
    if (!good) return malformed(error, "an exclusion has no path");
    enl_cbor_text(e, "xpath", path, sizeof path);
    bool any_data = !enl_cbor_get(e, "data", &data) || enl_cbor_is_null(&data);
    bool whole = !enl_cbor_get(e, "subset", &subset) || enl_cbor_is_null(&subset);
    bool any_length = !enl_cbor_unsigned(e, "length", &length);
    x->more = x->more || !is_usual(path, any_data ? NULL : &data, whole, x->merkle);
    if (!enl_bmff_path(x->source, path, &x->left, &boxes, &count, error)) return false;
    for (int i = 0; good && i < count; i++) {
        const struct enl_bmff_box *box = &boxes[i];
        if ((any_length || length == box->size) && has_flags(x->source, box, e) &&
            (any_data || has_data(x->source, box, &data)))
            good = exclude_box(x, box, whole ? NULL : &subset, error);
    }
    enl_release(boxes);
    return good;
}

static bool is_gone(const struct enl_cover *gone, uint64_t at) {
    int low = 0, high = gone->mark_count - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (gone->marks[middle] < at) low = middle + 1;
        else high = middle;
    }
    return gone->mark_count && gone->marks[low] == at;
}

static bool add_marks(const struct enl_source *source, struct enl_cover *gone, struct enl_cover *cover,
                      struct enl_error *error) {
    struct enl_bmff_box box;
    uint64_t at = 0;
    if (!enl_cover_settle(gone, error)) return false;
    for (int i = 0; enl_bmff_next(source, &at, source->size, &box); i++) {
        if (i == ENL_MAX_BOXES) return malformed(error, "the file has too many boxes");
        if (!is_gone(gone, box.at)) enl_cover_mark(cover, box.at);
    }
    return true;
}

bool enl_bmff_cover(const struct enl_source *source, const struct enl_cbor *exclusions, bool marks, bool merkle,
                    struct enl_cover *ret_cover, bool *ret_more, struct enl_error *error) {
    struct enl_cover cover = {0}, gone = {0};
    struct excluding x = {source, &cover, &gone, merkle, false, 8 * ENL_MAX_BOXES};
    struct enl_cbor e;
    const uint8_t *at = NULL;
    int count = 0;
    bool good = exclusions->type == ENL_CBOR_ARRAY && enl_cbor_count(exclusions) > 0;
    if (!good) malformed(error, "it has no exclusions");
    while (good && enl_cbor_next(exclusions, &at, &e))
        good = (++count <= ENL_MAX_EXCLUSIONS || malformed(error, "it has too many exclusions")) &&
               exclude(&x, &e, error);
    good = good && (!marks || add_marks(source, &gone, &cover, error)) && enl_cover_settle(&cover, error);
    enl_cover_free(&gone);
    *ret_more = x.more;
    if (good) *ret_cover = cover;
    else enl_cover_free(&cover);
    return good;
}

void enl_bmff_put_exclusions(struct enl_bytes *to, bool merkle) {
    size_t list = enl_cbor_begin(to);
    for (int i = 0; usual[i]; i++) {
        if (!strcmp(usual[i], "/mdat") && !merkle) continue;
        size_t map = enl_cbor_begin(to);
        enl_cbor_pair_text(to, "xpath", usual[i]);
        if (!strcmp(usual[i], "/uuid") || !strcmp(usual[i], "/mdat")) {
            bool uuid = !strcmp(usual[i], "/uuid");
            enl_cbor_put_text(to, uuid ? "data" : "subset");
            size_t inner = enl_cbor_begin(to), one = enl_cbor_begin(to);
            enl_cbor_put_text(to, "offset");
            enl_cbor_put_unsigned(to, uuid ? 8 : 16);
            if (uuid) enl_cbor_pair_bytes(to, "value", enl_bmff_c2pa, 16);
            else enl_cbor_put_text(to, "length"), enl_cbor_put_unsigned(to, 0);
            enl_cbor_end_map(to, one);
            enl_cbor_end_array(to, inner);
        }
        enl_cbor_end_map(to, map);
    }
    enl_cbor_end_array(to, list);
}
