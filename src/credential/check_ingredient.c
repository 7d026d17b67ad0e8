// SPDX-License-Identifier: MIT
// What a file was made from, and what that was made from (C2PA 2.4 section 15.11).
#include "credential/check.h"
#include "credential/limits.h"

#include <stdio.h>
#include <string.h>

// Whether a status was found too when the ingredient was put in.
static bool was_recorded(const struct enl_cbor *ingredient, const struct enl_status *s) {
    static const char *const kinds[] = {"success", "informational", "failure"};
    struct enl_cbor results, active, list, one, code;
    const uint8_t *at = NULL;
    if (enl_cbor_get(ingredient, "validationResults", &results) && enl_cbor_get(&results, "activeManifest", &active)) {
        if (!enl_cbor_get(&active, kinds[s->kind], &list)) return false;
    } else if (!enl_cbor_get(ingredient, "validationStatus", &list) &&
               !enl_cbor_get(ingredient, "validation_status", &list)) {
        return false;
    }
    for (int i = 0; i < ENL_MAX_STATUSES && enl_cbor_next(&list, &at, &one); i++)
        if (enl_cbor_get(&one, "code", &code) && enl_cbor_is_text(&code, s->code)) return true;
    return false;
}

static bool make_room(struct enl_check *check) {
    int count = check->delta_count;
    if (count & (count - 1)) return true; // powers of two are when there is no more room
    struct enl_delta *deltas = enl_alloc(count ? 2 * (size_t)count : 1, sizeof *deltas, NULL);
    if (!deltas) return false;
    if (count) memcpy(deltas, check->deltas, (size_t)count * sizeof *deltas);
    enl_release(check->deltas);
    check->deltas = deltas;
    return true;
}

// Keeps what is new of what was found.
static void keep_delta(struct enl_check *check, const char *uri, const struct enl_cbor *ingredient,
                       struct enl_statuses *found, struct enl_statuses *to) {
    if (!found->count && !found->failed) return;
    size_t size = strlen(uri) + 1;
    char *copy = enl_alloc(size, 1, NULL);
    if (!copy || !make_room(check)) {
        enl_release(copy);
        to->failed = true;
        return;
    }
    memcpy(copy, uri, size);
    struct enl_delta *d = &check->deltas[check->delta_count++];
    *d = (struct enl_delta){.uri = copy};
    const char *last = NULL;
    bool recorded = false;
    for (int i = 0; i < found->count; i++) {
        // The same code comes often in a row.
        if (found->list[i].code != last) recorded = was_recorded(ingredient, &found->list[i]);
        last = found->list[i].code;
        if (!recorded) enl_tell(&d->statuses, found->list[i].code, found->list[i].url, "%s", found->list[i].why);
    }
    to->failed = to->failed || d->statuses.failed || found->failed;
}

// The manifest of an ingredient against what the ingredient says of it.
static void check_hash(struct enl_check *check, const struct enl_cbor *ingredient, const struct enl_cbor *hashed,
                       struct enl_manifest *m, bool redacted, const char *uri, struct enl_statuses *to) {
    struct enl_cbor signature;
    bool known;
    if (enl_check_hashed(check, m, hashed, m->box, &known)) {
        enl_tell(to, "ingredient.manifest.validated", uri, "what it was made from is as it was put in");
        return;
    }
    // Before 1.3 the hash was of the claim alone.
    if (known && m->version == 1 && m->claim_box >= 0) {
        const struct enl_jumbf_box *claim = &check->jumbf.list[m->claim_box];
        const uint8_t *said;
        size_t said_size;
        enl_cbor_bytes(hashed, "hash", &said, &said_size);
        if (claim->data && !m->claim_hash_size)
            enl_digest_of(*m->alg ? m->alg : "sha256", claim->data, claim->data_size, m->claim_hash,
                          &m->claim_hash_size);
        if (enl_binding_same(m->claim_hash, m->claim_hash_size, said, said_size)) return;
    }
    if (!redacted) {
        enl_tell(to, "ingredient.manifest.mismatch", uri, "what it was made from was changed since");
    } else if (!enl_cbor_get(ingredient, "claimSignature", &signature)) {
        if (m->version > 1) enl_tell(to, "ingredient.claimSignature.missing", uri, "its signature is not named");
    } else if (m->signature_box >= 0 && enl_check_hashed(check, m, &signature, m->signature_box, &known)) {
        enl_tell(to, "ingredient.claimSignature.validated", uri, "its signature is as it was put in");
    } else {
        enl_tell(to, "ingredient.claimSignature.mismatch", uri, "its signature was changed since");
    }
}

// Whether a claim above asks for something of a manifest to be taken out.
static bool is_redacted(const struct enl_manifest *m, const struct enl_redactions *redactions) {
    struct enl_cbor item;
    char before[ENL_MAX_LABEL + 32];
    size_t n = (size_t)snprintf(before, sizeof before, "self#jumbf=/c2pa/%s/", m->label);
    for (; redactions; redactions = redactions->above) {
        const uint8_t *at = NULL;
        while (enl_cbor_next(redactions->list, &at, &item))
            if (item.type == ENL_CBOR_TEXT && item.number > n && !memcmp(item.data, before, n)) return true;
    }
    return false;
}

static void check_one(struct enl_check *check, struct enl_manifest *from, const struct enl_cbor *ingredient,
                      const char *label, const char *uri, const struct enl_redactions *redactions, int depth,
                      struct enl_statuses *to) {
    struct enl_cbor hashed, url = {0}, relation = {0}, results;
    struct enl_statuses found = {0};
    char manifest_uri[ENL_URI_SIZE];
    if (!enl_cbor_get(ingredient, "activeManifest", &hashed) && !enl_cbor_get(ingredient, "c2pa_manifest", &hashed)) {
        enl_cbor_get(ingredient, "relationship", &relation);
        if (!enl_cbor_is_text(&relation, "inputTo"))
            enl_tell(&found, "ingredient.unknownProvenance", uri, "nothing is known of what it was made from");
        keep_delta(check, uri, ingredient, &found, to);
        enl_statuses_free(&found);
        return;
    }
    if (enl_label_is(label, "c2pa.ingredient.v3") && !enl_cbor_get(ingredient, "validationResults", &results))
        enl_tell(to, "assertion.ingredient.malformed", uri, "the ingredient does not say how it was checked");
    enl_cbor_get(&hashed, "url", &url);
    struct enl_manifest *m = url.type == ENL_CBOR_TEXT ?
                                 enl_manifest_by_uri(check, from, url.data, (size_t)url.number) :
                                 NULL;
    if (!m) {
        enl_tell(to, "ingredient.manifest.missing", uri, "the credentials of what it was made from are not there");
        return;
    }
    enl_jumbf_uri(&check->jumbf, m->box, manifest_uri, sizeof manifest_uri);
    check_hash(check, ingredient, &hashed, m, is_redacted(m, redactions), manifest_uri, &found);
    if (!m->checked) { // what is used twice is looked at once
        enl_check_manifest(check, m, redactions, &found);
        enl_check_ingredients(check, m, redactions, depth + 1, &found);
    }
    keep_delta(check, uri, ingredient, &found, to);
    enl_statuses_free(&found);
}

void enl_check_ingredients(struct enl_check *check, struct enl_manifest *manifest,
                           const struct enl_redactions *redactions, int depth, struct enl_statuses *to) {
    const struct enl_jumbf *j = &check->jumbf;
    struct enl_cbor list;
    struct enl_redactions own = {.list = &list, .above = redactions};
    char uri[ENL_URI_SIZE];
    if (manifest->version && enl_cbor_get(&manifest->claim, "redacted_assertions", &list) &&
        enl_cbor_count(&list) <= ENL_MAX_REDACTIONS)
        redactions = &own;
    int box = manifest->assertions_box < 0 ? -1 : j->list[manifest->assertions_box].child;
    for (; box >= 0 && !to->failed; box = j->list[box].next) {
        const struct enl_jumbf_box *b = &j->list[box];
        const struct enl_cbor *item = strncmp(b->label, "c2pa.ingredient", 15) ? NULL : enl_check_item(check, box);
        if (!item || item->type != ENL_CBOR_MAP) continue; // told with the manifest
        enl_jumbf_uri(j, box, uri, sizeof uri);
        if (depth >= ENL_MAX_INGREDIENT_DEPTH) enl_tell(to, "general.error", uri, "it was made from too much in a row");
        else check_one(check, manifest, item, b->label, uri, redactions, depth, to);
    }
}
