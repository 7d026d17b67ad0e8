// SPDX-License-Identifier: MIT
// Certificates (X.509): what C2PA 2.4 section 14.5.1 wants of them, and what is told about them.
#ifndef ENL_CREDENTIAL_CERTIFICATE_H
#define ENL_CREDENTIAL_CERTIFICATE_H

#include "credential/signature.h"

#include <openssl/x509.h>

#define ENL_LONG_AGO INT64_MIN // for times that cannot be read: before or after everything, never now

enum enl_role { ENL_ROLE_SIGNER, ENL_ROLE_TSA, ENL_ROLE_OCSP }; // what a certificate is used for

// One certificate in DER, all of its bytes; NULL: it is none, or larger than ENL_MAX_CERTIFICATE.
X509 *enl_x509_read(const void *der, size_t size);
// All certificates of a PEM text, the first one first; up to `most`. NULL with `*ret_why`: one is broken, or none.
STACK_OF(X509) * enl_x509_read_pem(const void *pem, size_t size, int most, const char **ret_why);
// Why it may not play this role, as half a sentence ("is a CA's"); NULL: it may. `trust` (or NULL) says which extended
// key usages signers may have.
const char *enl_x509_unfit(X509 *certificate, enum enl_role role, const struct enl_trust *trust);
const char *enl_key_unfit(EVP_PKEY *key); // the same of a key by itself
bool enl_x509_valid_at(const X509 *certificate, int64_t at);
int64_t enl_time(const ASN1_TIME *time); // seconds since 1970; ENL_LONG_AGO: cannot be read
void enl_x509_tell(X509 *certificate, struct enl_certificate *ret_certificate);
// Who signed `certificate`, among these; NULL: none of them. Borrowed.
X509 *enl_x509_issuer(X509 *certificate, const STACK_OF(X509) * among);

#endif
