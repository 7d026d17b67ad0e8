// SPDX-License-Identifier: MIT
// Who signs (include/enliven/credential.h), as its own files see it.
#ifndef ENL_CREDENTIAL_SIGNER_H
#define ENL_CREDENTIAL_SIGNER_H

#include "credential/cose.h"

struct enl_signer {
    EVP_PKEY *key; // NULL: the command has it
    char *command, *chain_path;
    X509 *leaf;
    STACK_OF(X509) * others; // up to the root, without it
    const struct enl_alg *alg;
    struct enl_certificate certificate;
    struct enl_bytes headers; // the protected ones: the same for all that it signs
    size_t signature_size;
    char *tsa;
    char unstamped[320]; // why the last signature has no time-stamp; "": it has one, or none was wanted
};

// A signer with the chain of a PEM file; its key is still missing.
struct enl_signer *enl_signer_start(const char *chain_path, struct enl_error *error);
EVP_PKEY *enl_key_read(const char *path, struct enl_error *error);
// Runs `command` by /bin/sh with `input` on its standard input and `alg` as ENL_ALG. Its output, at most `most` bytes.
bool enl_command_run(const char *command, const char *alg, const void *input, size_t size, size_t most,
                     struct enl_bytes *ret_output, struct enl_error *error);
// All of a file, released with enl_release, a zero byte behind it.
char *enl_file_read(const char *path, size_t most, size_t *ret_size, struct enl_error *error);

#endif
