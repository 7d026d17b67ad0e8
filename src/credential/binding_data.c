// SPDX-License-Identifier: MIT
// c2pa.hash.data: one hash over the file but for ranges (C2PA 2.4 section 18.5); c2pa.hash.boxes: a hash over each run
// of named parts (section 18.8).
#include "credential/binding.h"
#include "credential/limits.h"

#include <string.h>

static void tell(const struct enl_bound *b, const char *code, const char *why) {
    enl_tell(b->to, code, b->url, "%s", why);
}

// Whether what holds the credentials lies in one piece: else what lies between would be left out too.
static bool is_one(const struct enl_found *found) {
    for (int i = 1; i < found->region_count; i++)
        if (found->regions[i].at != found->regions[i - 1].at + found->regions[i - 1].size) return false;
    return true;
}

// The ranges into the cover. They must be in order, apart from each other, and within the file.
static bool read_ranges(const struct enl_bound *b, struct enl_cover *cover, bool *ret_more) {
    struct enl_cbor list, range;
    const uint8_t *at = NULL;
    uint64_t start, length, end = 0, grown = 0;
    int count = 0;
    *ret_more = false;
    if (!enl_cbor_get(b->assertion, "exclusions", &list) || enl_cbor_is_null(&list)) return true;
    if (list.type != ENL_CBOR_ARRAY) return false;
    while (enl_cbor_next(&list, &at, &range)) {
        if (++count > ENL_MAX_EXCLUSIONS || !enl_cbor_unsigned(&range, "start", &start) ||
            !enl_cbor_unsigned(&range, "length", &length) || start < end || length > UINT64_MAX - start)
            return false;
        end = start + length;
        if (end > UINT64_MAX - grown) return false;
        const struct enl_region *first = b->found->regions;
        const struct enl_region *last = first ? first + b->found->region_count - 1 : NULL;
        start += grown;
        bool ours = first && start >= first->at && start + length <= last->at + last->size; // holds the credentials
        if (ours && b->updated && start == first->at && is_one(b->found)) {
            grown = last->at + last->size - start - length;
            length += grown;
        }
        enl_cover_skip(cover, start, length);
        *ret_more = *ret_more || (!ours && length);
    }
    return true;
}

void enl_binding_check_data(const struct enl_bound *bound) {
    struct enl_cover cover = {0};
    struct enl_error error = {0};
    char name[16];
    uint8_t hash[64];
    const uint8_t *said;
    size_t size, said_size;
    bool more;
    enl_cbor_bytes(bound->assertion, "hash", &said, &said_size);
    if (!said || !read_ranges(bound, &cover, &more)) {
        tell(bound, "assertion.dataHash.malformed", said ? "its exclusions make no sense" : "it has no hash");
        enl_cover_free(&cover);
        return;
    }
    const char *alg = enl_binding_alg(bound, bound->assertion, name);
    uint64_t end = cover.skips ? cover.skip[cover.skips - 1].at + cover.skip[cover.skips - 1].size : 0;
    if (alg && end > bound->source->size) {
        tell(bound, "assertion.dataHash.mismatch", "what is left out lies beyond the end of the file");
    } else if (alg) {
        bool done = enl_cover_settle(&cover, &error) &&
                    enl_cover_hash(bound->source, &cover, 0, bound->source->size, alg, NULL, hash, &size, &error);
        if (!done) tell(bound, "general.error", error.text);
        else if (!enl_binding_same(hash, size, said, said_size))
            tell(bound, "assertion.dataHash.mismatch", "the file was changed");
        else tell(bound, "assertion.dataHash.match", "the file is as it was signed");
        if (more)
            tell(bound, "assertion.dataHash.additionalExclusionsPresent",
                 "parts besides the credentials are not covered by the signature");
    }
    enl_cover_free(&cover);
}

// The run of parts that an entry names, from part `*at` on. NULL: good; else what is wrong.
static const char *match_names(const struct enl_parts *parts, const struct enl_cbor *names, int *at, bool *ret_ours) {
    struct enl_cbor name;
    const uint8_t *p = NULL;
    *ret_ours = false;
    while (enl_cbor_next(names, &p, &name)) {
        if (*at >= parts->count) return "assertion.boxesHash.mismatch";
        if (!enl_cbor_is_text(&name, parts->list[*at].name)) return "assertion.boxesHash.unknownBox";
        *ret_ours = *ret_ours || !strcmp(parts->list[*at].name, "C2PA");
        (*at)++;
    }
    return NULL;
}

// One entry: its names must be the parts that come next, its hash theirs. NULL: good; else the code.
static const char *check_entry(const struct enl_bound *b, const struct enl_parts *parts, const struct enl_cbor *entry,
                               int *at, bool *ret_excluded) {
    struct enl_cbor names, excluded;
    struct enl_cover cover = {0};
    uint8_t hash[64];
    const uint8_t *said;
    size_t size, said_size;
    char name[16];
    bool ours;
    int first = *at;
    if (!enl_cbor_get(entry, "names", &names) || names.type != ENL_CBOR_ARRAY || enl_cbor_count(&names) == 0)
        return "assertion.boxesHash.malformed";
    const char *code = match_names(parts, &names, at, &ours);
    if (code) return code;
    if (ours) return *at - first == 1 ? NULL : "assertion.boxesHash.malformed"; // the credentials hash nothing
    *ret_excluded = enl_cbor_get(entry, "excluded", &excluded) && enl_cbor_is_true(&excluded);
    if (*ret_excluded) return NULL;
    const char *alg = enl_binding_alg(b, entry, name);
    if (!alg) return "algorithm.unsupported";
    const struct enl_part *from = &parts->list[first], *last = &parts->list[*at - 1];
    enl_cbor_bytes(entry, "hash", &said, &said_size);
    if (!enl_cover_hash(b->source, &cover, from->at, last->at + last->size, alg, NULL, hash, &size, NULL))
        return "general.error";
    return enl_binding_same(hash, size, said, said_size) ? NULL : "assertion.boxesHash.mismatch";
}

void enl_binding_check_boxes(const struct enl_bound *bound) {
    struct enl_cbor boxes, entry;
    struct enl_parts parts = {0};
    struct enl_error error = {0};
    const uint8_t *at = NULL;
    const char *code = NULL;
    int part = 0;
    bool more = false, excluded = false;
    if (!enl_cbor_get(bound->assertion, "boxes", &boxes) || boxes.type != ENL_CBOR_ARRAY || !bound->container->parts) {
        tell(bound, "assertion.boxesHash.malformed", "it has no boxes, or this kind of file has none");
        return;
    }
    if (!bound->container->parts(bound->source, &parts, &error)) {
        tell(bound, "assertion.boxesHash.mismatch", error.text);
        return;
    }
    while (!code && enl_cbor_next(&boxes, &at, &entry)) {
        code = check_entry(bound, &parts, &entry, &part, &excluded);
        more = more || excluded;
    }
    if (!code && part < parts.count) code = "assertion.boxesHash.unknownBox";
    if (code && strcmp(code, "algorithm.unsupported"))
        tell(bound, code, "the file's parts are not as they were signed");
    if (!code) tell(bound, "assertion.boxesHash.match", "every part of the file is as it was signed");
    if (!code && more)
        tell(bound, "assertion.boxesHash.additionalExclusionsPresent", "some parts are not covered by the signature");
    enl_release(parts.list);
}
