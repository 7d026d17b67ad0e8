// SPDX-License-Identifier: MIT
// Building a manifest and the store that holds it. Built twice: once to know how large it is, once with the hashes.
#ifndef ENL_CREDENTIAL_BUILD_H
#define ENL_CREDENTIAL_BUILD_H

#include "credential/binding.h"
#include "credential/signature.h"

// What something was made from: its title, its kind, its credentials, and what a check said of them.
struct enl_origin {
    bool there;
    char title[256], type[64];
    const char *relation;                          // "parentOf", "inputTo", "componentOf"
    struct enl_bytes boxes;                        // its manifests, as they stand in its store; may be empty
    char label[300];                               // of its active manifest; "": it has none
    uint8_t manifest_hash[64], signature_hash[64]; // SHA-256: 32 of them
    struct enl_bytes results;                      // validationResults, CBOR
};
// Looks at `source`. Broken credentials are taken along and told as broken; no credentials are nothing to tell.
// `redact` names assertions that are taken out.
bool enl_origin_read(const struct enl_source *source, const struct enl_check_params *check, const char *const *redact,
                     struct enl_origin *ret_origin, struct enl_error *error);
void enl_origin_free(struct enl_origin *origin);

struct enl_build {
    const struct enl_credential_params *params;
    struct enl_signer *signer;
    struct enl_origin origin;
    char label[64], instance[64]; // urn:c2pa:UUID, xmp:iid:UUID
    uint8_t salts[8][16];
    bool bmff;                  // which hard binding
    bool beside;                // the store stands in a file of its own: a data hash leaves nothing out
    uint8_t hash[64];           // of the file, 32 bytes; zeros while it is not known
    struct enl_region left_out; // by a data hash
    struct enl_leaves leaves;   // for a Merkle tree; mdats 0: none
    size_t signature_size;      // what is kept for it
};
bool enl_build_begin(struct enl_build *build, struct enl_error *error); // names and salts
// The whole store. `sign`: with a signature; else zeros in its place, of the same size.
bool enl_build_store(struct enl_build *build, bool sign, struct enl_bytes *ret_store, struct enl_error *error);

#endif
