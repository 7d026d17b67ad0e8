// SPDX-License-Identifier: MIT
#include "credential/signature.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <string.h>

struct enl_digest {
    EVP_MD_CTX *context;
    const EVP_MD *kind;
    bool failed;
};

static const EVP_MD *kind_of(const char *alg) {
    if (!alg) return NULL;
    if (!strcmp(alg, "sha256")) return EVP_sha256();
    if (!strcmp(alg, "sha384")) return EVP_sha384();
    return !strcmp(alg, "sha512") ? EVP_sha512() : NULL;
}

bool enl_digest_known(const char *alg) {
    return kind_of(alg) != NULL;
}

struct enl_digest *enl_digest_new(const char *alg, struct enl_error *error) {
    const EVP_MD *kind = kind_of(alg);
    if (!kind) {
        enl_fail(error, ENL_USAGE, "The hash algorithm \"%s\" is unknown; sha256, sha384 and sha512 are known.",
                 alg ? alg : "");
        return NULL;
    }
    struct enl_digest *digest = enl_alloc(1, sizeof *digest, error);
    if (!digest) return NULL;
    digest->kind = kind;
    digest->context = EVP_MD_CTX_new();
    if (digest->context && EVP_DigestInit_ex(digest->context, kind, NULL) == 1) return digest;
    ERR_clear_error();
    enl_digest_free(&digest);
    enl_fail(error, ENL_NO_MEMORY, "Not enough memory for a hash.");
    return NULL;
}

void enl_digest_add(struct enl_digest *digest, const void *bytes, size_t size) {
    if (size && EVP_DigestUpdate(digest->context, bytes, size) != 1) digest->failed = true;
}

size_t enl_digest_end(struct enl_digest *digest, uint8_t ret_hash[64]) {
    unsigned size = 0;
    bool good = !digest->failed && EVP_DigestFinal_ex(digest->context, ret_hash, &size) == 1;
    digest->failed = EVP_DigestInit_ex(digest->context, digest->kind, NULL) != 1;
    ERR_clear_error();
    return good ? size : 0; // no hash is like none of this size
}

void enl_digest_free(struct enl_digest **digest) {
    if (!digest || !*digest) return;
    EVP_MD_CTX_free((*digest)->context);
    enl_release(*digest);
    *digest = NULL;
}

bool enl_digest_of(const char *alg, const void *bytes, size_t size, uint8_t ret_hash[64], size_t *ret_size) {
    const EVP_MD *kind = kind_of(alg);
    unsigned length = 0;
    bool good = kind && EVP_Digest(size ? bytes : "", size, ret_hash, &length, kind, NULL) == 1;
    ERR_clear_error();
    *ret_size = good ? length : 0;
    return good;
}

bool enl_random_bytes(void *ret_bytes, size_t size) {
    uint8_t *to = ret_bytes;
    for (size_t done = 0; done < size;) {
        size_t n = size - done < 1u << 20 ? size - done : 1u << 20;
        if (RAND_bytes(to + done, (int)n) != 1) {
            ERR_clear_error();
            return false;
        }
        done += n;
    }
    return true;
}
