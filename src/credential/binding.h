// SPDX-License-Identifier: MIT
// Hard bindings: hashes in an assertion that bind it to the file's bytes (C2PA 2.4 sections 9 and 18.5 to 18.8).
#ifndef ENL_CREDENTIAL_BINDING_H
#define ENL_CREDENTIAL_BINDING_H

#include "credential/cbor.h"
#include "credential/cover.h"
#include "credential/status.h"

struct enl_bound { // a file and an assertion about it
    const struct enl_source *source;
    const struct enl_container *container;
    const struct enl_found *found;
    const struct enl_check_params *params;
    const struct enl_cbor *assertion;
    const char *alg; // of the claim, where the assertion names none; "" where there is none
    const char *url; // of the assertion
    bool updated;    // updates were put to the store since: it is longer than its exclusion says
    struct enl_statuses *to;
};

// Whether a label ("c2pa.hash.bmff.v3", "c2pa.hash.data__1" ...) is a hard binding's.
bool enl_binding_is(const char *label);
// Tells how the file and the assertion fit: assertion.{bmffHash,dataHash,boxesHash}.*.
void enl_binding_check(const struct enl_bound *bound, const char *label);

// The algorithm that a map names, or else the default; told and NULL where it is none that we know.
const char *enl_binding_alg(const struct enl_bound *bound, const struct enl_cbor *map, char name[16]);
// Compares a hash that was worked out with one that is said.
bool enl_binding_same(const uint8_t *hash, size_t size, const uint8_t *said, size_t said_size);

void enl_binding_check_bmff(const struct enl_bound *bound, int version);
void enl_binding_check_data(const struct enl_bound *bound);
void enl_binding_check_boxes(const struct enl_bound *bound);
// The Merkle maps of a bmff hash. `*ret_good`: all fit. False with `error`: they are malformed, or reading failed.
bool enl_merkle_check(const struct enl_bound *bound, const struct enl_cbor *maps, const char *alg,
                      const struct enl_cover *cover, bool *ret_good, struct enl_error *error);

// What a bmff hash with exclusions covers. `merkle`: what is in mdat is hashed apart from it. `*ret_more`: it leaves
// out more than it must.
bool enl_bmff_cover(const struct enl_source *source, const struct enl_cbor *exclusions, bool marks, bool merkle,
                    struct enl_cover *ret_cover, bool *ret_more, struct enl_error *error);
// The exclusions that must be, and with `merkle` the one of mdat.
void enl_bmff_put_exclusions(struct enl_bytes *to, bool merkle);

// Hashes of a file's mdat boxes, for a Merkle map each: leaves over blocks of `block` bytes.
struct enl_leaves {
    int mdats;
    struct enl_mdat {
        uint64_t at, size; // what is hashed: from 16 bytes after the box's start to its end
        int count;
        uint8_t *hashes; // count of 32 bytes; owned
    } * list;
};
bool enl_leaves_plan(const struct enl_source *source, size_t block, struct enl_leaves *ret_leaves,
                     struct enl_error *error); // places and counts; hashes are zeros
bool enl_leaves_hash(const struct enl_source *source, size_t block, int threads, struct enl_leaves *leaves,
                     struct enl_error *error);
void enl_leaves_free(struct enl_leaves *leaves);

#endif
