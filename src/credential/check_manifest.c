// SPDX-License-Identifier: MIT
// One manifest: its claim, its signature, its assertions (C2PA 2.4 sections 15.6, 15.7, 15.10).
#include "credential/check.h"
#include "credential/json.h"
#include "credential/limits.h"

#include <stdio.h>
#include <string.h>

struct look { // at one manifest
    struct enl_check *check;
    struct enl_manifest *m;
    const struct enl_redactions *redactions;
    struct enl_statuses *to;
    char claim_uri[ENL_URI_SIZE];
    bool *named; // of every box: an assertion that the claim names
    int bindings, actions, opened_or_created, parents;
};

static void uri_of(const struct look *l, int box, char uri[ENL_URI_SIZE]) {
    enl_jumbf_uri(&l->check->jumbf, box, uri, ENL_URI_SIZE);
}

bool enl_check_hashed(const struct enl_check *check, const struct enl_manifest *manifest, const struct enl_cbor *hashed,
                      int box, bool *ret_known) {
    static const char *const algs[] = {"sha256", "sha384", "sha512"};
    const struct enl_jumbf_box *b = &check->jumbf.list[box];
    struct enl_content *c = &check->contents[box];
    char alg[16];
    const uint8_t *said;
    size_t size, said_size, a = 0;
    if (!enl_cbor_text(hashed, "alg", alg, sizeof alg)) snprintf(alg, sizeof alg, "%s", manifest->alg);
    enl_cbor_bytes(hashed, "hash", &said, &said_size);
    while (a < 3 && strcmp(alg, algs[a])) a++;
    *ret_known = a < 3;
    if (a == 3) return false;
    if (!c->hash_size[a]) {
        enl_digest_of(alg, b->inside, (size_t)(b->end - b->inside), c->hash[a], &size);
        c->hash_size[a] = (uint8_t)size;
    }
    return enl_binding_same(c->hash[a], c->hash_size[a], said, said_size);
}

bool enl_check_redacted(const struct enl_check *check, const struct enl_manifest *of, int box, const char *uri,
                        size_t size, const struct enl_redactions *redactions) {
    char full[ENL_URI_SIZE];
    bool whole = size >= 12 && !memcmp(uri, "self#jumbf=/", 12), part = size >= 11 && !memcmp(uri, "self#jumbf=", 11);
    if (box >= 0) enl_jumbf_uri(&check->jumbf, box, full, sizeof full);
    else if (whole) snprintf(full, sizeof full, "%.*s", (int)(size < sizeof full ? size : sizeof full), uri);
    else if (part && size < sizeof full)
        snprintf(full, sizeof full, "self#jumbf=/c2pa/%s/%.*s", of->label, (int)size - 11, uri + 11);
    else return false;
    struct enl_cbor item;
    for (; redactions; redactions = redactions->above) {
        const uint8_t *at = NULL;
        while (enl_cbor_next(redactions->list, &at, &item))
            if (enl_cbor_is_text(&item, full)) return true;
    }
    return false;
}

// The claim itself. False: nothing more can be said of this manifest.
static bool check_claim(struct look *l) {
    const struct enl_jumbf *j = &l->check->jumbf;
    struct enl_manifest *m = l->m;
    int claims = 0;
    for (int i = j->list[m->box].child; i >= 0; i = j->list[i].next) claims += enl_jumbf_is(j, i, ENL_JUMBF_CLAIM);
    uri_of(l, m->claim_box >= 0 ? m->claim_box : m->box, l->claim_uri);
    if (claims != 1) {
        enl_tell(l->to, claims ? "claim.multiple" : "claim.missing", l->claim_uri, "there %s",
                 claims ? "are several claims" : "is no claim");
        return false;
    }
    if (!m->claim.start) {
        enl_tell(l->to, "claim.cbor.invalid", l->claim_uri, "the claim cannot be read");
        return false;
    }
    struct enl_cbor item, info;
    bool good = m->version > 0 && enl_cbor_get(&m->claim, "signature", &item) && item.type == ENL_CBOR_TEXT;
    bool two = m->version == 2;
    good = good && enl_cbor_get(&m->claim, two ? "created_assertions" : "assertions", &item) &&
           item.type == ENL_CBOR_ARRAY && enl_cbor_count(&item) > 0;
    good = good && (!two || (enl_cbor_get(&m->claim, "instanceID", &item) && item.type == ENL_CBOR_TEXT));
    good = good && (!two || (enl_cbor_get(&m->claim, "claim_generator_info", &info) && info.type == ENL_CBOR_MAP &&
                             enl_cbor_get(&info, "name", &item) && item.type == ENL_CBOR_TEXT));
    if (!good) enl_tell(l->to, "claim.malformed", l->claim_uri, "the claim lacks what it must have");
    return good;
}

static bool check_signature(struct look *l) {
    struct enl_manifest *m = l->m;
    const struct enl_jumbf *j = &l->check->jumbf;
    struct enl_cbor item;
    char uri[ENL_URI_SIZE];
    bool outside = false;
    enl_cbor_get(&m->claim, "signature", &item);
    int box = enl_check_find(l->check, m->box, item.data, (size_t)item.number, &outside);
    const struct enl_jumbf_box *b = box >= 0 ? &j->list[box] : NULL;
    if (!b || outside || box != m->signature_box || !b->data || strcmp(b->content, ENL_JUMBF_CBOR)) {
        uri_of(l, box >= 0 ? box : m->box, uri);
        enl_tell(l->to, "claimSignature.missing", uri, "the claim's signature is not there");
        return false;
    }
    uri_of(l, box, uri);
    const struct enl_jumbf_box *claim = &j->list[m->claim_box];
    enl_signature_check(b->data, b->data_size, claim->data, claim->data_size, m->version < 2, uri, &l->check->params,
                        l->to, &m->signed_by);
    return true;
}

// What is in an assertion, where it is CBOR or JSON, must be that.
static bool content_is_good(struct look *l, int box, const char *uri, struct enl_cbor *ret_item) {
    const struct enl_jumbf_box *b = &l->check->jumbf.list[box];
    const struct enl_cbor *item = enl_check_item(l->check, box);
    *ret_item = item ? *item : (struct enl_cbor){0};
    if (!strcmp(b->content, ENL_JUMBF_CBOR) && !item) {
        enl_tell(l->to, "assertion.cbor.invalid", uri, "the assertion cannot be read");
        return false;
    }
    if (!strcmp(b->content, ENL_JUMBF_JSON) && !enl_json_is_good((const char *)b->data, b->data_size)) {
        enl_tell(l->to, "assertion.json.invalid", uri, "the assertion cannot be read");
        return false;
    }
    return true;
}

static bool is_zero(const struct enl_jumbf_box *b) {
    for (size_t i = 0; i < b->data_size; i++)
        if (b->data[i]) return false;
    return true;
}

// An assertion by what it is.
static void check_kind(struct look *l, int box, const char *uri, bool created) {
    const char *label = l->check->jumbf.list[box].label;
    struct enl_cbor item, relation;
    if (!content_is_good(l, box, uri, &item)) return;
    if (enl_binding_is(label)) {
        if (++l->bindings > 1 && !enl_label_is(label, "c2pa.hash.multi-asset"))
            enl_tell(l->to, "assertion.multipleHardBindings", uri, "there are several hard bindings");
    } else if (l->m->update && !strncmp(label, "c2pa.thumbnail", 14)) {
        enl_tell(l->to, "manifest.update.invalid", l->claim_uri, "an update has a picture of its own");
    } else if (enl_label_is(label, "c2pa.actions") || enl_label_is(label, "c2pa.actions.v2")) {
        (void)created;
        enl_check_actions(l->check, l->m, &item, label, uri, l->actions++ == 0, l->to);
    } else if (enl_label_is(label, "c2pa.ingredient") || enl_label_is(label, "c2pa.ingredient.v2") ||
               enl_label_is(label, "c2pa.ingredient.v3")) {
        if (item.type != ENL_CBOR_MAP || !enl_cbor_get(&item, "relationship", &relation))
            enl_tell(l->to, "assertion.ingredient.malformed", uri, "the ingredient says not how it was used");
        else if (enl_cbor_is_text(&relation, "parentOf") && ++l->parents > 1)
            enl_tell(l->to, "manifest.multipleParents", l->claim_uri, "there are several parents");
    }
}

// One that a claim above takes out. Taken out or not: some must not be.
static void check_redacted(struct look *l, int box, const char *uri) {
    const struct enl_jumbf_box *b = box >= 0 ? &l->check->jumbf.list[box] : NULL;
    const char *slash = strrchr(uri, '/'), *label = b ? b->label : slash ? slash + 1 : uri;
    if (enl_binding_is(label)) enl_tell(l->to, "assertion.hardBinding.redacted", uri, "a hard binding is redacted");
    else if (enl_label_is(label, "c2pa.actions") || enl_label_is(label, "c2pa.actions.v2"))
        enl_tell(l->to, "assertion.action.redacted", uri, "actions are redacted");
    else if (b && !is_zero(b))
        enl_tell(l->to, "assertion.notRedacted", uri, "it should be redacted and is still there");
}

// One hashed URI of the claim.
static void check_assertion(struct look *l, const struct enl_cbor *hashed, bool created) {
    const struct enl_jumbf *j = &l->check->jumbf;
    struct enl_cbor url;
    char uri[ENL_URI_SIZE];
    bool outside, known;
    if (!enl_cbor_get(hashed, "url", &url) || url.type != ENL_CBOR_TEXT) {
        enl_tell(l->to, "claim.malformed", l->claim_uri, "an assertion of the claim has no address");
        return;
    }
    int box = enl_check_find(l->check, l->m->box, url.data, (size_t)url.number, &outside);
    if (box >= 0) uri_of(l, box, uri);
    else snprintf(uri, sizeof uri, "%.*s", (int)(url.number < 900 ? url.number : 900), (const char *)url.data);
    if (enl_check_redacted(l->check, l->m, box, (const char *)url.data, (size_t)url.number, l->redactions)) {
        if (box >= 0) l->named[box] = true;
        check_redacted(l, box, uri);
    } else if (box < 0) {
        enl_tell(l->to, "assertion.missing", uri, "the claim names an assertion that is not there");
    } else if (outside || j->list[box].parent != l->m->assertions_box) {
        enl_tell(l->to, "assertion.outsideManifest", uri, "the claim names an assertion of another manifest");
    } else if (l->named[box]) {
        enl_tell(l->to, "claim.malformed", uri, "the claim names an assertion twice");
    } else {
        l->named[box] = true;
        bool same = enl_check_hashed(l->check, l->m, hashed, box, &known);
        if (!known) enl_tell(l->to, "algorithm.unsupported", uri, "its hash algorithm is not known");
        else if (!same) enl_tell(l->to, "assertion.hashedURI.mismatch", uri, "the assertion was changed");
        else enl_tell(l->to, "assertion.hashedURI.match", uri, "the assertion is as it was signed");
        check_kind(l, box, uri, created);
    }
}

static void check_assertions(struct look *l) {
    static const char *const lists[] = {"created_assertions", "gathered_assertions", "assertions"};
    const struct enl_jumbf *j = &l->check->jumbf;
    struct enl_cbor list, item;
    char uri[ENL_URI_SIZE];
    int left = ENL_MAX_JUMBF_BOXES;
    for (size_t i = 0; i < 3; i++) {
        const uint8_t *at = NULL;
        if ((i == 2) != (l->m->version == 1) || !enl_cbor_get(&l->m->claim, lists[i], &list)) continue;
        while (!l->to->failed && enl_cbor_next(&list, &at, &item) && left-- > 0) check_assertion(l, &item, i == 0);
    }
    int box = l->m->assertions_box < 0 ? -1 : j->list[l->m->assertions_box].child;
    for (; box >= 0; box = j->list[box].next) {
        if (l->named[box]) continue;
        uri_of(l, box, uri);
        enl_tell(l->to, "assertion.undeclared", uri, "an assertion is there that the claim does not name");
    }
}

// What a claim asks to be redacted must be somebody else's, and neither a hard binding nor actions.
static void check_own_redactions(struct look *l) {
    struct enl_cbor list, item;
    const uint8_t *at = NULL;
    char self[ENL_URI_SIZE];
    if (!enl_cbor_get(&l->m->claim, "redacted_assertions", &list)) return;
    int n = snprintf(self, sizeof self, "self#jumbf=/c2pa/%s/", l->m->label);
    if (enl_cbor_count(&list) > ENL_MAX_REDACTIONS)
        enl_tell(l->to, "claim.malformed", l->claim_uri, "the claim redacts too much");
    for (int i = 0; i < ENL_MAX_REDACTIONS && enl_cbor_next(&list, &at, &item); i++) {
        bool relative = item.type == ENL_CBOR_TEXT && item.number > 11 && item.data[11] != '/';
        bool own = item.type == ENL_CBOR_TEXT && item.number >= (uint64_t)n && !memcmp(item.data, self, (size_t)n);
        if (relative || own)
            enl_tell(l->to, "assertion.selfRedacted", l->claim_uri, "the claim redacts an assertion of its own");
    }
}

static void check_counts(struct look *l) {
    if (l->m->update) {
        if (l->bindings) enl_tell(l->to, "manifest.update.invalid", l->claim_uri, "an update has a hard binding");
        if (l->parents != 1)
            enl_tell(l->to, "manifest.update.wrongParents", l->claim_uri, "an update must have one parent");
    } else if (l->bindings == 0) {
        enl_tell(l->to, "claim.hardBindings.missing", l->claim_uri, "nothing binds the claim to a file");
    }
    if (!l->actions && l->m->version == 2 && !l->m->update)
        enl_tell(l->to, "assertion.action.malformed", l->claim_uri, "nothing says how the file came to be");
}

void enl_check_manifest(struct enl_check *check, struct enl_manifest *manifest, const struct enl_redactions *redactions,
                        struct enl_statuses *to) {
    struct look l = {.check = check, .m = manifest, .redactions = redactions, .to = to};
    manifest->checked = true;
    if (!check_claim(&l) || !check_signature(&l)) return;
    l.named = enl_alloc((size_t)check->jumbf.count, sizeof *l.named, NULL);
    if (!l.named) {
        to->failed = true;
        return;
    }
    check_own_redactions(&l);
    check_assertions(&l);
    check_counts(&l);
    enl_release(l.named);
}
