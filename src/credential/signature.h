// SPDX-License-Identifier: MIT
// Signatures over claims: COSE_Sign1 (RFC 9052), X.509 certificates, time-stamps (RFC 3161), OCSP (RFC 6960).
#ifndef ENL_CREDENTIAL_SIGNATURE_H
#define ENL_CREDENTIAL_SIGNATURE_H

#include "base/bytes.h"
#include "credential/status.h"

#include <enliven/credential.h>

struct enl_certificate {                                  // what is told about one
    char common_name[128], organization[128], country[8]; // of its subject; "" where it says none
    char issuer_name[128], issuer_organization[128], issuer_country[8];
    char serial[80];     // decimal
    char serial_hex[80]; // the same, lower case
    int64_t from, until; // valid, seconds since 1970
};

struct enl_signed { // what is known of a signature after it was looked at; zeroed: nothing
    char alg[12];   // "ES256" ...; "" where it could not be read
    struct enl_certificate signer;
    bool read;         // there was a COSE_Sign1 with a certificate
    bool holds;        // the signature is the key's over this claim
    bool trusted;      // an anchor of the trust stands behind it
    char anchor[128];  // the list or file whose anchor it was
    int64_t time;      // that a time-stamp proves, seconds since 1970; 0: none
    bool time_trusted; // by a TSA of the trust's list
    struct enl_certificate tsa;
};

// Looks at a c2pa.signature box's CBOR against the claim's bytes. Tells every claimSignature.*, signingCredential.*,
// timeStamp.*, timeOfSigning.* and algorithm.* code that applies, all with `url`. `old`: the claim is of version 1
// (its time-stamp may be sigTst). Failing to allocate or to understand is a failure code, never a success.
void enl_signature_check(const void *cose, size_t size, const void *claim, size_t claim_size, bool old, const char *url,
                         const struct enl_check_params *params, struct enl_statuses *to, struct enl_signed *ret_signed);

// A time-stamp token over `message` by itself: c2pa.time-stamp assertions. `*ret_time` 0 where it isn't validated.
void enl_timestamp_check(const void *token, size_t size, const void *message, size_t message_size, const char *url,
                         const struct enl_check_params *params, struct enl_statuses *to, int64_t *ret_time);

// How large a COSE_Sign1 of this signer may get, time-stamp and all.
size_t enl_signer_room(const struct enl_signer *signer);
// A COSE_Sign1 (tag 18, payload detached) over `claim`, padded to exactly `size` bytes; asks the TSA where one is set.
bool enl_signer_sign(struct enl_signer *signer, const void *claim, size_t claim_size, size_t size, struct enl_bytes *to,
                     struct enl_error *error);
const struct enl_certificate *enl_signer_certificate(const struct enl_signer *signer);

// "sha256", "sha384", "sha512": a running hash. Others are unknown.
struct enl_digest;
struct enl_digest *enl_digest_new(const char *alg, struct enl_error *error); // ENL_USAGE: unknown algorithm
void enl_digest_add(struct enl_digest *digest, const void *bytes, size_t size);
size_t enl_digest_end(struct enl_digest *digest, uint8_t ret_hash[64]); // its size; may be begun again by adding
void enl_digest_free(struct enl_digest **digest);
bool enl_digest_known(const char *alg);
bool enl_digest_of(const char *alg, const void *bytes, size_t size, uint8_t ret_hash[64], size_t *ret_size);
bool enl_random_bytes(void *ret_bytes, size_t size); // from the system, for names and salts

#endif
