// SPDX-License-Identifier: MIT
#include "credential/binding.h"
#include "credential/signature.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *label;
    int version;
    void (*bmff)(const struct enl_bound *bound, int version);
    void (*other)(const struct enl_bound *bound);
} kinds[] = {{"c2pa.hash.bmff.v3", 3, enl_binding_check_bmff, NULL},
             {"c2pa.hash.bmff.v2", 2, enl_binding_check_bmff, NULL},
             {"c2pa.hash.bmff", 1, enl_binding_check_bmff, NULL},
             {"c2pa.hash.data", 0, NULL, enl_binding_check_data},
             {"c2pa.hash.boxes", 0, NULL, enl_binding_check_boxes},
             {"c2pa.hash.collection.data", 0, NULL, NULL},
             {"c2pa.hash.multi-asset", 0, NULL, NULL}};
#define KINDS (sizeof kinds / sizeof *kinds)

// Which kind a label is: itself, or with a number behind it ("__2"). KINDS: none.
static size_t kind_of(const char *label) {
    for (size_t i = 0; i < KINDS; i++) {
        size_t n = strlen(kinds[i].label);
        if (!strncmp(label, kinds[i].label, n) && (!label[n] || !strncmp(label + n, "__", 2))) return i;
    }
    return KINDS;
}

bool enl_binding_is(const char *label) {
    return kind_of(label) < KINDS;
}

void enl_binding_check(const struct enl_bound *bound, const char *label) {
    size_t k = kind_of(label);
    if (k < KINDS && kinds[k].bmff) kinds[k].bmff(bound, kinds[k].version);
    else if (k < KINDS && kinds[k].other) kinds[k].other(bound);
    else if (k < KINDS && strstr(label, "collection"))
        enl_tell(bound->to, "assertion.collectionHash.malformed", bound->url, "collections of files are not checked");
    else enl_tell(bound->to, "assertion.multiAssetHash.malformed", bound->url, "files of several are not checked");
}

const char *enl_binding_alg(const struct enl_bound *bound, const struct enl_cbor *map, char name[16]) {
    if (!enl_cbor_text(map, "alg", name, 16)) snprintf(name, 16, "%s", bound->alg);
    if (enl_digest_known(name)) return name;
    enl_tell(bound->to, "algorithm.unsupported", bound->url, "the hash algorithm \"%s\" is not known", name);
    return NULL;
}

bool enl_binding_same(const uint8_t *hash, size_t size, const uint8_t *said, size_t said_size) {
    return said && size > 0 && size == said_size && !memcmp(hash, said, size);
}
