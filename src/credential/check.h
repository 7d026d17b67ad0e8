// SPDX-License-Identifier: MIT
// A check while it is made and what came of it.
#ifndef ENL_CREDENTIAL_CHECK_H
#define ENL_CREDENTIAL_CHECK_H

#include "credential/binding.h"
#include "credential/jumbf.h"
#include "credential/signature.h"

#define ENL_URI_SIZE 1024 // of what is told; longer ones are cut

struct enl_manifest { // of a store, as far as it could be read
    int box;
    const char *label;
    int version;                                  // of its claim: 1, 2; 0: there is none that can be read
    bool update;                                  // an update manifest
    int claim_box, signature_box, assertions_box; // -1: none
    struct enl_cbor claim;
    char alg[16]; // the claim's default hash algorithm; "" where it names none
    struct enl_signed signed_by;
    bool checked;
    uint8_t claim_hash[64]; // of an old claim by itself
    size_t claim_hash_size; // 0: not worked out yet
};

struct enl_delta { // what was found of an ingredient and was not found when it was put in
    char *uri;
    struct enl_statuses statuses;
};

struct enl_content { // of a JUMBF box: looked at once, however often it is named
    bool opened, good;
    struct enl_cbor item, relation;    // the relation of an ingredient; zeroed where it names none
    uint8_t hash[3][64], hash_size[3]; // by algorithm; 0: not worked out yet
};

struct enl_check {
    struct enl_check_params params; // its pointers are the caller's: not to be followed after the check
    enum enl_check_state state;
    const char *type; // MIME type of the file
    struct enl_found found;
    uint8_t *store; // owned
    size_t store_size;
    bool sidecar, remote; // where the store came from, when not out of the file
    struct enl_jumbf jumbf;
    struct enl_content *contents;   // one a box
    int lookups;                    // of URIs, so far
    struct enl_manifest *manifests; // in the order of the store; the active one is the last
    int manifest_count;
    struct enl_statuses statuses; // of the active one
    struct enl_delta *deltas;
    int delta_count;
    int64_t at; // the moment of the check
    char *sentence, *details;
};

struct enl_manifest *enl_check_active(const struct enl_check *check); // NULL: none

// What one check knows while it goes down from the active manifest to what it was made from.
struct enl_redactions { // what claims above ask to be left out
    const struct enl_cbor *list;
    const struct enl_redactions *above;
};

// manifest.c: every manifest's parts. What is wrong is told when it is checked.
bool enl_manifests_read(struct enl_check *check, struct enl_error *error);
// The CBOR of a box. NULL: it holds none that can be read.
const struct enl_cbor *enl_check_item(const struct enl_check *check, int box);
// As enl_jumbf_find; beyond ENL_MAX_LOOKUPS nothing is found any more, and the check has failed.
int enl_check_find(struct enl_check *check, int manifest, const uint8_t *uri, size_t size, bool *ret_outside);
struct enl_manifest *enl_manifest_by_uri(struct enl_check *check, const struct enl_manifest *from, const uint8_t *uri,
                                         size_t size);

// check_manifest.c: claim, signature, assertions; tells into `to`.
void enl_check_manifest(struct enl_check *check, struct enl_manifest *manifest, const struct enl_redactions *redactions,
                        struct enl_statuses *to);
// Whether a claim above redacts the assertion.
bool enl_check_redacted(const struct enl_check *check, const struct enl_manifest *of, int box, const char *uri,
                        size_t size, const struct enl_redactions *redactions);
// Compares a hashed URI's hash with a box's.
bool enl_check_hashed(const struct enl_check *check, const struct enl_manifest *manifest, const struct enl_cbor *hashed,
                      int box, bool *ret_known);
// The label of an assertion without its number ("c2pa.actions.v2" of "c2pa.actions.v2__1").
bool enl_label_is(const char *label, const char *base);

// check_actions.c
void enl_check_actions(struct enl_check *check, const struct enl_manifest *manifest, const struct enl_cbor *actions,
                       const char *label, const char *uri, bool first, struct enl_statuses *to);
// check_ingredient.c: the manifests that the ingredients name, theirs, and so on.
void enl_check_ingredients(struct enl_check *check, struct enl_manifest *manifest,
                           const struct enl_redactions *redactions, int depth, struct enl_statuses *to);
// check_binding.c: the hard binding of the active manifest, or of the standard one that its updates stand on.
void enl_check_binding(struct enl_check *check, const struct enl_source *source, const struct enl_container *container);

// sentence.c: for people.
void enl_check_say(struct enl_check *check);

#endif
