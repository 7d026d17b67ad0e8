// SPDX-License-Identifier: MIT
// The certificates and keys of a local identity, in PEM.
#ifndef ENL_CREDENTIAL_IDENTITY_H
#define ENL_CREDENTIAL_IDENTITY_H

#include "credential/signer.h"

struct enl_identity {
    struct enl_bytes root, root_key, chain, key; // empty where nothing is to be written
};

bool enl_identity_make(struct enl_identity *ret_identity, struct enl_error *error);
// A new chain for the key that is there, by the root that is there.
bool enl_identity_renew(struct enl_identity *ret_identity, const char *root_path, const char *root_key_path,
                        const char *key_path, struct enl_error *error);
void enl_identity_free(struct enl_identity *identity); // keys are wiped

#endif
