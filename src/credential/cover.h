// SPDX-License-Identifier: MIT
// What of a file a hash covers.
#ifndef ENL_CREDENTIAL_COVER_H
#define ENL_CREDENTIAL_COVER_H

#include "credential/container.h"

struct enl_cover {           // zeroed covers everything
    struct enl_region *skip; // left out
    int skips, skip_room;
    uint64_t *marks; // where a root box begins: its place is hashed before it, as 8 bytes (C2PA 2.4 section 18.6)
    int mark_count, mark_room;
    bool failed; // memory ran out
};
void enl_cover_skip(struct enl_cover *cover, uint64_t at, uint64_t size);
void enl_cover_mark(struct enl_cover *cover, uint64_t at);
bool enl_cover_settle(struct enl_cover *cover, struct enl_error *error); // after the last of them, before hashing
void enl_cover_free(struct enl_cover *cover);

// The hash of bytes `from` to `until` of the source, by "sha256", "sha384" or "sha512". All of them, covered or not, go
// to `sink` too, in order; NULL: nowhere, and what is left out is not read.
bool enl_cover_hash(const struct enl_source *source, const struct enl_cover *cover, uint64_t from, uint64_t until,
                    const char *alg, const struct enl_sink *sink, uint8_t ret_hash[64], size_t *ret_size,
                    struct enl_error *error);

#endif
