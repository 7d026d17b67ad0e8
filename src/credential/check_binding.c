// SPDX-License-Identifier: MIT
// Which manifest's hard binding counts: the active one's, or, under updates, that of the manifest they stand on (C2PA
// 2.4 section 15.12).
#include "credential/check.h"
#include "credential/limits.h"

#include <string.h>

// The manifest that an update updates. NULL: there is none.
static struct enl_manifest *parent_of(struct enl_check *check, struct enl_manifest *m) {
    const struct enl_jumbf *j = &check->jumbf;
    struct enl_cbor hashed, url;
    int box = m->assertions_box < 0 ? -1 : j->list[m->assertions_box].child;
    for (; box >= 0; box = j->list[box].next) {
        const struct enl_jumbf_box *b = &j->list[box];
        const struct enl_cbor *item = strncmp(b->label, "c2pa.ingredient", 15) ? NULL : enl_check_item(check, box);
        if (!item || !enl_cbor_is_text(&check->contents[box].relation, "parentOf")) continue;
        if ((enl_cbor_get(item, "activeManifest", &hashed) || enl_cbor_get(item, "c2pa_manifest", &hashed)) &&
            enl_cbor_get(&hashed, "url", &url) && url.type == ENL_CBOR_TEXT)
            return enl_manifest_by_uri(check, m, url.data, (size_t)url.number);
    }
    return NULL;
}

void enl_check_binding(struct enl_check *check, const struct enl_source *source,
                       const struct enl_container *container) {
    const struct enl_jumbf *j = &check->jumbf;
    struct enl_manifest *m = enl_check_active(check);
    int depth = 0;
    for (; m && m->update && depth < ENL_MAX_INGREDIENT_DEPTH; depth++) m = parent_of(check, m);
    if (!m || m->update || !m->version) return; // told before
    char uri[ENL_URI_SIZE];
    int box = m->assertions_box < 0 ? -1 : j->list[m->assertions_box].child;
    for (int bound = 0; box >= 0; box = j->list[box].next) {
        const struct enl_jumbf_box *b = &j->list[box];
        const struct enl_cbor *item = enl_binding_is(b->label) ? enl_check_item(check, box) : NULL;
        // A second one is told with the manifest; the file isn't read for each of thousands.
        if (!item || (!enl_label_is(b->label, "c2pa.hash.multi-asset") && bound++)) continue;
        enl_jumbf_uri(j, box, uri, sizeof uri);
        enl_binding_check(&(struct enl_bound){.source = source,
                                              .container = container,
                                              .found = &check->found,
                                              .params = &check->params,
                                              .assertion = item,
                                              .alg = m->alg,
                                              .url = uri,
                                              .updated = depth > 0,
                                              .to = &check->statuses},
                          b->label);
    }
}
