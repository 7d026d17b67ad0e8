// SPDX-License-Identifier: MIT
// Whom to trust (include/enliven/credential.h), as those who check see it.
#ifndef ENL_CREDENTIAL_TRUST_H
#define ENL_CREDENTIAL_TRUST_H

#include "credential/certificate.h"

enum enl_chain {       // how far a certificate's chain goes
    ENL_CHAIN_NONE,    // to no anchor
    ENL_CHAIN_EXPIRED, // to one, but not all of its certificates were valid at that time
    ENL_CHAIN_GOOD
};

// From `leaf` over `others` (which may be anybody's) to an anchor for this role, at a time. `ret_anchor` (or NULL):
// where the anchor came from, "" for none. `trust` NULL: there are none, nor are there for OCSP, whose issuer is asked.
enum enl_chain enl_trust_chain(const struct enl_trust *trust, enum enl_role role, X509 *leaf,
                               const STACK_OF(X509) * others, int64_t at, char ret_anchor[128]);
bool enl_trust_has_usage(const struct enl_trust *trust, const ASN1_OBJECT *usage); // that claim signers may have
// The anchor that signed a certificate of a claim signer; NULL: none did. Borrowed.
X509 *enl_trust_issuer(const struct enl_trust *trust, X509 *certificate);

#endif
