// SPDX-License-Identifier: MIT
// The manifests of a store and their parts (C2PA 2.4 section 11.1.4).
#include "credential/check.h"
#include "credential/limits.h"

#include <string.h>

static bool is_manifest(const struct enl_jumbf *j, int box) {
    return enl_jumbf_is(j, box, ENL_JUMBF_MANIFEST) || enl_jumbf_is(j, box, ENL_JUMBF_UPDATE) ||
           enl_jumbf_is(j, box, ENL_JUMBF_OLD_MANIFEST);
}

static void read_manifest(const struct enl_jumbf *j, int box, struct enl_manifest *m) {
    *m = (struct enl_manifest){.box = box, .label = j->list[box].label};
    m->update = enl_jumbf_is(j, box, ENL_JUMBF_UPDATE);
    m->assertions_box = enl_jumbf_child_of(j, box, ENL_JUMBF_ASSERTIONS);
    m->claim_box = enl_jumbf_child_of(j, box, ENL_JUMBF_CLAIM);
    m->signature_box = enl_jumbf_child_of(j, box, ENL_JUMBF_SIGNATURE);
    if (m->claim_box < 0) return;
    const struct enl_jumbf_box *claim = &j->list[m->claim_box];
    if (!claim->data || strcmp(claim->content, ENL_JUMBF_CBOR) ||
        !enl_cbor_open(claim->data, claim->data_size, &m->claim) || m->claim.type != ENL_CBOR_MAP)
        return;
    m->version = !strncmp(claim->label, "c2pa.claim.v2", 13) ? 2 : !strncmp(claim->label, "c2pa.claim", 10) ? 1 : 0;
    enl_cbor_text(&m->claim, "alg", m->alg, sizeof m->alg);
}

bool enl_manifests_read(struct enl_check *check, struct enl_error *error) {
    const struct enl_jumbf *j = &check->jumbf;
    int count = 0;
    for (int i = j->list[0].child; i >= 0; i = j->list[i].next) count += is_manifest(j, i);
    if (count > ENL_MAX_MANIFESTS) return enl_fail(error, ENL_BAD_PHOTO, "The credentials hold too many manifests.");
    if (count == 0) return enl_fail(error, ENL_BAD_PHOTO, "The credentials hold no manifest.");
    check->manifests = enl_alloc((size_t)count, sizeof *check->manifests, error);
    if (!check->manifests) return false;
    for (int i = j->list[0].child; i >= 0; i = j->list[i].next)
        if (is_manifest(j, i)) read_manifest(j, i, &check->manifests[check->manifest_count++]);
    return true;
}

struct enl_manifest *enl_check_active(const struct enl_check *check) {
    return check->manifest_count ? &check->manifests[check->manifest_count - 1] : NULL;
}

const struct enl_cbor *enl_check_item(const struct enl_check *check, int box) {
    const struct enl_jumbf_box *b = &check->jumbf.list[box];
    struct enl_content *c = &check->contents[box];
    if (!c->opened) {
        c->opened = true;
        c->good = b->data && !strcmp(b->content, ENL_JUMBF_CBOR) && enl_cbor_open(b->data, b->data_size, &c->item);
        if (c->good) enl_cbor_get(&c->item, "relationship", &c->relation);
    }
    return c->good ? &c->item : NULL;
}

int enl_check_find(struct enl_check *check, int manifest, const uint8_t *uri, size_t size, bool *ret_outside) {
    *ret_outside = false;
    if (check->lookups++ < ENL_MAX_LOOKUPS)
        return enl_jumbf_find(&check->jumbf, manifest, (const char *)uri, size, ret_outside);
    check->statuses.failed = true;
    return -1;
}

struct enl_manifest *enl_manifest_by_uri(struct enl_check *check, const struct enl_manifest *from, const uint8_t *uri,
                                         size_t size) {
    bool outside;
    int box = enl_check_find(check, from->box, uri, size, &outside);
    while (box >= 0 && check->jumbf.list[box].parent > 0) box = check->jumbf.list[box].parent;
    for (int i = 0; box > 0 && i < check->manifest_count; i++)
        if (check->manifests[i].box == box) return &check->manifests[i];
    return NULL;
}

bool enl_label_is(const char *label, const char *base) {
    size_t n = strlen(base);
    return !strncmp(label, base, n) && (!label[n] || !strncmp(label + n, "__", 2));
}
