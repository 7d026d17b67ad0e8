// SPDX-License-Identifier: MIT
// What something was made from: its credentials travel along, with what a check says of them now.
#include "credential/build.h"
#include "credential/check.h"
#include "credential/limits.h"

#include <stdio.h>
#include <string.h>

// `*left`: how many may still be put: a stranger's must not make ours too large to be read again.
static void put_statuses(struct enl_bytes *to, const struct enl_statuses *s, int *left) {
    static const char *const names[] = {"success", "informational", "failure"};
    size_t map = enl_cbor_begin(to);
    for (int kind = 0; kind < 3; kind++) {
        enl_cbor_put_text(to, names[kind]);
        size_t list = enl_cbor_begin(to);
        for (int i = 0; i < s->count; i++) {
            if ((int)s->list[i].kind != kind || --*left < 0) continue;
            size_t one = enl_cbor_begin(to);
            enl_cbor_pair_text(to, "code", s->list[i].code);
            enl_cbor_pair_text(to, "url", s->list[i].url);
            enl_cbor_pair_text(to, "explanation", s->list[i].why);
            enl_cbor_end_map(to, one);
        }
        enl_cbor_end_array(to, list);
    }
    enl_cbor_end_map(to, map);
}

static void put_results(struct enl_bytes *to, const struct enl_check *check) {
    size_t map = enl_cbor_begin(to);
    int left = ENL_MAX_STATUSES;
    enl_cbor_put_text(to, "activeManifest");
    put_statuses(to, &check->statuses, &left);
    if (check->delta_count) {
        enl_cbor_put_text(to, "ingredientDeltas");
        size_t list = enl_cbor_begin(to);
        for (int i = 0; i < check->delta_count && left > 0; i++, left--) {
            size_t one = enl_cbor_begin(to);
            enl_cbor_pair_text(to, "ingredientAssertionURI", check->deltas[i].uri);
            enl_cbor_put_text(to, "validationDeltas");
            put_statuses(to, &check->deltas[i].statuses, &left);
            enl_cbor_end_map(to, one);
        }
        enl_cbor_end_array(to, list);
    }
    enl_cbor_end_map(to, map);
}

static bool is_redacted(const struct enl_jumbf *j, int box, const char *const *redact) {
    char uri[ENL_URI_SIZE];
    if (!redact || !redact[0]) return false;
    enl_jumbf_uri(j, box, uri, sizeof uri);
    for (; *redact; redact++)
        if (!strcmp(uri, *redact)) return true;
    return false;
}

// A superbox as it is, but for those in it that are to be taken out.
static void copy_box(const struct enl_jumbf *j, int box, const char *const *redact, struct enl_bytes *to) {
    const struct enl_jumbf_box *b = &j->list[box];
    size_t start = to->size;
    const uint8_t *at = b->start;
    for (int i = b->child; i >= 0; i = j->list[i].next) {
        const struct enl_jumbf_box *c = &j->list[i];
        enl_bytes_put(to, at, (size_t)(c->start - at));
        if (!is_redacted(j, i, redact)) copy_box(j, i, redact, to);
        at = c->end;
    }
    enl_bytes_put(to, at, (size_t)(b->end - at));
    if (b->inside - b->start == 16) enl_bytes_set(to, start + 8, to->size - start, 8);
    else enl_bytes_set(to, start, to->size - start, 4);
}

static bool redactions_are_good(const struct enl_check *check, const char *const *redact, struct enl_error *error) {
    const struct enl_jumbf *j = &check->jumbf;
    bool outside;
    for (; redact && *redact; redact++) {
        int box = check->manifest_count ? enl_jumbf_find(j, 0, *redact, strlen(*redact), &outside) : -1;
        const char *label = box >= 0 ? j->list[box].label : "";
        if (box < 0 || j->list[box].parent < 0 || !enl_jumbf_is(j, j->list[box].parent, ENL_JUMBF_ASSERTIONS))
            return enl_fail(error, ENL_USAGE, "There is no assertion %.120s to be redacted.", *redact);
        if (enl_binding_is(label) || !strncmp(label, "c2pa.actions", 12))
            return enl_fail(error, ENL_USAGE, "Hard bindings and actions cannot be redacted: %.120s.", *redact);
    }
    return true;
}

// The store's manifests, the unpacked ones unpacked: their hashes are over what they are unpacked.
static bool take_along(const struct enl_check *check, const char *const *redact, struct enl_origin *o,
                       struct enl_error *error) {
    const struct enl_jumbf *j = &check->jumbf;
    const struct enl_manifest *active = enl_check_active(check);
    size_t size, last = 0;
    if (!redactions_are_good(check, redact, error)) return false;
    if (!active) return true;
    for (int i = j->list[0].child; i >= 0; i = j->list[i].next) {
        last = o->boxes.size;
        copy_box(j, i, redact, &o->boxes);
        if (i == active->box) break;
    }
    if (o->boxes.failed || o->boxes.size > ENL_MAX_STORE / 2)
        return enl_fail(error, ENL_NO_MEMORY, "The credentials of what it was made from are too large.");
    const struct enl_jumbf_box *signature = active->signature_box >= 0 ? &j->list[active->signature_box] : NULL;
    snprintf(o->label, sizeof o->label, "%s", active->label);
    enl_digest_of("sha256", o->boxes.data + last + 8, o->boxes.size - last - 8, o->manifest_hash, &size);
    if (signature)
        enl_digest_of("sha256", signature->inside, (size_t)(signature->end - signature->inside), o->signature_hash,
                      &size);
    put_results(&o->results, check);
    return !o->results.failed || enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the credentials.");
}

bool enl_origin_read(const struct enl_source *source, const struct enl_check_params *check, const char *const *redact,
                     struct enl_origin *ret_origin, struct enl_error *error) {
    struct enl_error own = {0};
    struct enl_check *found = enl_check_source(source, check, &own);
    ret_origin->there = true;
    if (!found) { // a kind of file that holds no credentials is a photo all the same
        if (own.code == ENL_BAD_PHOTO && !redact) return true;
        return enl_fail(error, own.code, "%s", own.text);
    }
    snprintf(ret_origin->type, sizeof ret_origin->type, "%s", found->type);
    bool good = take_along(found, redact, ret_origin, error);
    enl_check_free(&found);
    if (!good) enl_origin_free(ret_origin);
    return good;
}

void enl_origin_free(struct enl_origin *origin) {
    enl_bytes_free(&origin->boxes);
    enl_bytes_free(&origin->results);
    *origin = (struct enl_origin){0};
}
