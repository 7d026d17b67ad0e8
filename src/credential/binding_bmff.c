// SPDX-License-Identifier: MIT
// c2pa.hash.bmff: checked against a file (C2PA 2.4 section 18.6).
#include "credential/binding.h"
#include "credential/bmff.h"

#include <stdio.h>
#include <string.h>

// The whole file by one hash. True: it fits, or there is none to fit.
static bool check_hash(const struct enl_bound *b, const struct enl_cover *cover, const char *alg,
                       struct enl_error *error) {
    uint8_t hash[64];
    const uint8_t *said;
    size_t size, said_size;
    enl_cbor_bytes(b->assertion, "hash", &said, &said_size);
    if (!said) return true;
    if (!enl_cover_hash(b->source, cover, 0, b->source->size, alg, NULL, hash, &size, error)) return false;
    return enl_binding_same(hash, size, said, said_size) || enl_fail(error, ENL_OK, "the file was changed");
}

void enl_binding_check_bmff(const struct enl_bound *bound, int version) {
    struct enl_cbor exclusions = {0}, maps;
    struct enl_cover cover = {0};
    struct enl_error error = {0};
    char name[16];
    const uint8_t *said;
    size_t size;
    bool more = false, fits = true;
    bool tree = enl_cbor_get(bound->assertion, "merkle", &maps) && !enl_cbor_is_null(&maps);
    enl_cbor_bytes(bound->assertion, "hash", &said, &size);
    enl_cbor_get(bound->assertion, "exclusions", &exclusions);
    const char *alg = enl_binding_alg(bound, bound->assertion, name);
    if (!alg) return;
    const char *code = "assertion.bmffHash.mismatch";
    if ((!said && !tree) || !bound->container->bmff) {
        enl_fail(&error, ENL_BAD_PHOTO, "it has no hash, or the file has no boxes");
        code = "assertion.bmffHash.malformed";
    } else if (!enl_bmff_cover(bound->source, &exclusions, version > 1, tree, &cover, &more, &error)) {
        code = "assertion.bmffHash.malformed";
    } else if (check_hash(bound, &cover, alg, &error) &&
               (!tree || enl_merkle_check(bound, &maps, alg, &cover, &fits, &error)) && fits) {
        code = NULL;
    } else if (error.code == ENL_BAD_PHOTO) {
        code = "assertion.bmffHash.malformed";
    }
    if (code) enl_tell(bound->to, code, bound->url, "%s", *error.text ? error.text : "the file was changed");
    else enl_tell(bound->to, "assertion.bmffHash.match", bound->url, "the file is as it was signed");
    if (more)
        enl_tell(bound->to, "assertion.bmffHash.additionalExclusionsPresent", bound->url,
                 "boxes besides the credentials are not covered by the signature");
    enl_cover_free(&cover);
}
