// SPDX-License-Identifier: MIT
// COSE_Sign1 (RFC 9052) as C2PA 2.4 section 13.2 has it: the payload is elsewhere, the certificates are in a header.
#ifndef ENL_CREDENTIAL_COSE_H
#define ENL_CREDENTIAL_COSE_H

#include "credential/cbor.h"
#include "credential/certificate.h"

struct enl_alg {        // one way of signing
    int64_t id;         // COSE's
    const char *name;   // "ES256"
    const char *digest; // NULL: takes the whole message
    int key;            // EVP_PKEY_EC, _RSA, _ED25519
};
const struct enl_alg *enl_alg_of(int64_t id);                  // NULL: not allowed
const struct enl_alg *enl_alg_of_key(EVP_PKEY *key);           // how a key signs when we may choose; NULL: not at all
size_t enl_alg_size(const struct enl_alg *alg, EVP_PKEY *key); // of its signatures; 0: the key is of another kind
bool enl_alg_verify(const struct enl_alg *alg, EVP_PKEY *key, const void *message, size_t message_size,
                    const uint8_t *signature, size_t size);
// Raw, as COSE wants it. False: the key is of another kind, or memory ran out.
bool enl_alg_sign(const struct enl_alg *alg, EVP_PKEY *key, const void *message, size_t message_size,
                  struct enl_bytes *ret_signature);
// ECDSA's (r, s) in DER as r||s of `size` bytes. False: not that.
bool enl_ecdsa_raw(const uint8_t *der, size_t der_size, uint8_t *ret_raw, size_t size);

struct enl_cose {            // zeroed is empty; lies in the bytes that were read
    struct enl_cbor wrapped; // the protected headers as a byte string, which is what was signed
    struct enl_cbor headers; // the same opened: a map
    struct enl_cbor loose;   // the unprotected ones
    const uint8_t *signature;
    size_t signature_size;
    const struct enl_alg *alg;
    X509 *leaf;              // owned
    STACK_OF(X509) * others; // owned; the certificates behind it
};
// False with the status code and half a sentence. Free either way.
bool enl_cose_read(const void *bytes, size_t size, struct enl_cose *ret_cose, const char **ret_code,
                   const char **ret_why);
void enl_cose_free(struct enl_cose *cose);
bool enl_cose_verify(const struct enl_cose *cose, const void *claim, size_t claim_size);
// What is signed: `context` "Signature1", or "CounterSignature" for time-stamps. `headers`: the protected ones in CBOR.
void enl_cose_structure(const char *context, const void *headers, size_t headers_size, const void *payload,
                        size_t payload_size, struct enl_bytes *to);

// A COSE_Sign1 of exactly `size` bytes; `token` (a time-stamp) may be NULL. False: it is larger.
bool enl_cose_write(const struct enl_bytes *headers, const struct enl_bytes *signature, const struct enl_bytes *token,
                    size_t size, struct enl_bytes *to);

#endif
