// SPDX-License-Identifier: MIT
#include "credential/signer.h"
#include "credential/limits.h"
#include "credential/net.h"
#include "credential/timestamp.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define STAMP_ROOM 12288 // for a time-stamp with its TSA's certificates: the largest known have 8 kB
#define MOST_FILE (1u << 20)

static char *copy_text(const char *text, struct enl_error *error) {
    size_t size = strlen(text) + 1;
    char *copy = enl_alloc(size, 1, error);
    return copy ? memcpy(copy, text, size) : NULL;
}

char *enl_file_read(const char *path, size_t most, size_t *ret_size, struct enl_error *error) {
    FILE *file = fopen(path, "rbe");
    if (!file) {
        enl_fail(error, ENL_IO, "%s cannot be read: %s.", path, strerror(errno));
        return NULL;
    }
    char *text = enl_alloc(most + 2, 1, error);
    *ret_size = text ? fread(text, 1, most + 1, file) : 0;
    bool broken = ferror(file) != 0;
    fclose(file);
    if (text && !broken && *ret_size <= most) return text;
    if (text) {
        enl_fail(error, ENL_IO, broken ? "%s cannot be read." : "%s is too large for what it should be.", path);
        OPENSSL_cleanse(text, most);
    }
    enl_release(text);
    return NULL;
}

// Nobody is asked for a password; that one was needed is all we want to know.
static int no_password(char *buffer, int size, int writing, void *user) {
    (void)buffer, (void)size, (void)writing;
    *(bool *)user = true;
    return -1;
}

EVP_PKEY *enl_key_read(const char *path, struct enl_error *error) {
    size_t size;
    bool locked = false;
    char *pem = enl_file_read(path, MOST_FILE, &size, error);
    if (!pem) return NULL;
    BIO *bio = BIO_new_mem_buf(pem, (int)size);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, &locked) : NULL;
    BIO_free(bio);
    OPENSSL_cleanse(pem, size);
    enl_release(pem);
    ERR_clear_error();
    if (!key && locked)
        enl_fail(error, ENL_USAGE, "The key in %s is encrypted; decrypt it first, or sign by a command.", path);
    else if (!key) enl_fail(error, ENL_USAGE, "%s has no private key in PEM in it.", path);
    return key;
}

// The certificates and how they sign as COSE's protected headers, in the deterministic order of their keys.
static bool make_headers(struct enl_signer *s, struct enl_error *error) {
    int count = 1 + sk_X509_num(s->others);
    size_t map = enl_cbor_begin(&s->headers);
    enl_cbor_put_int(&s->headers, 1);
    enl_cbor_put_int(&s->headers, s->alg->id);
    enl_cbor_put_int(&s->headers, 33);
    size_t chain = enl_cbor_begin(&s->headers);
    for (int i = 0; i < count; i++) {
        unsigned char *der = NULL;
        int size = i2d_X509(i ? sk_X509_value(s->others, i - 1) : s->leaf, &der);
        if (size > 0 && size <= ENL_MAX_CERTIFICATE) enl_cbor_put_bytes(&s->headers, der, (size_t)size);
        OPENSSL_free(der);
        if (size <= 0 || size > ENL_MAX_CERTIFICATE)
            return enl_fail(error, ENL_USAGE, "%s: A certificate in it is too large.", s->chain_path);
    }
    enl_cbor_end_array(&s->headers, chain);
    enl_cbor_end_map(&s->headers, map);
    return !s->headers.failed || enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the certificates.");
}

static bool may_sign(const struct enl_signer *s, struct enl_error *error) {
    int64_t now = (int64_t)time(NULL);
    const char *unfit = enl_x509_unfit(s->leaf, ENL_ROLE_SIGNER, NULL);
    if (unfit)
        return enl_fail(error, ENL_USAGE, "The certificate in %s cannot sign claims: it %s.", s->chain_path, unfit);
    if (s->certificate.from > now)
        return enl_fail(error, ENL_USAGE, "The certificate in %s is not valid yet.", s->chain_path);
    if (s->certificate.until < now)
        return enl_fail(error, ENL_USAGE, "The certificate in %s has expired.", s->chain_path);
    return true;
}

// Puts what is behind the leaf in its place: the root, which says nothing to those who don't have it, is left out.
static bool take_chain(struct enl_signer *s, STACK_OF(X509) * all, struct enl_error *error) {
    s->leaf = sk_X509_value(all, 0);
    X509_up_ref(s->leaf);
    s->others = sk_X509_new_null();
    for (int i = 1; i < sk_X509_num(all); i++) {
        X509 *one = sk_X509_value(all, i);
        if (X509_get_extension_flags(one) & EXFLAG_SS) continue;
        X509_up_ref(one);
        if (s->others && sk_X509_push(s->others, one) > 0) continue;
        X509_free(one);
        return enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the certificates.");
    }
    return s->others || enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the certificates.");
}

struct enl_signer *enl_signer_start(const char *chain_path, struct enl_error *error) {
    size_t size;
    const char *why = NULL;
    struct enl_signer *s = enl_alloc(1, sizeof *s, error);
    char *pem = s ? enl_file_read(chain_path, MOST_FILE, &size, error) : NULL;
    STACK_OF(X509) *all = pem ? enl_x509_read_pem(pem, size, ENL_MAX_CHAIN, &why) : NULL;
    if (pem && !all) enl_fail(error, ENL_USAGE, "%s %s.", chain_path, why);
    enl_release(pem);
    bool good = all && (s->chain_path = copy_text(chain_path, error)) && take_chain(s, all, error);
    sk_X509_pop_free(all, X509_free);
    if (good) {
        enl_x509_tell(s->leaf, &s->certificate);
        good = may_sign(s, error);
    }
    if (good) {
        EVP_PKEY *key = X509_get0_pubkey(s->leaf);
        s->alg = enl_alg_of_key(key);
        s->signature_size = s->alg ? enl_alg_size(s->alg, key) : 0;
        // A certificate that may sign has an algorithm; only memory is in the way.
        good = s->signature_size || enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the certificates.");
        good = good && make_headers(s, error);
    }
    ERR_clear_error();
    if (!good) enl_signer_free(&s);
    return s;
}

struct enl_signer *enl_signer_new(const char *chain_path, const char *key_path, struct enl_error *error) {
    struct enl_signer *s = enl_signer_start(chain_path, error);
    if (!s) return NULL;
    s->key = enl_key_read(key_path, error);
    bool good = s->key != NULL;
    if (good && EVP_PKEY_eq(X509_get0_pubkey(s->leaf), s->key) != 1)
        good = enl_fail(error, ENL_USAGE, "The key in %s is not the one of the first certificate in %s.", key_path,
                        chain_path);
    ERR_clear_error();
    if (!good) enl_signer_free(&s);
    return s;
}

struct enl_signer *enl_signer_new_command(const char *chain_path, const char *command, struct enl_error *error) {
    struct enl_signer *s = enl_signer_start(chain_path, error);
    if (s && !(s->command = copy_text(command, error))) enl_signer_free(&s);
    return s;
}

bool enl_signer_set_tsa(struct enl_signer *signer, const char *url, struct enl_error *error) {
    if (!enl_net_is_url(url))
        return enl_fail(error, ENL_USAGE, "\"%s\" is no address of a time-stamp authority (http:// or https://).", url);
    char *copy = copy_text(url, error);
    if (!copy) return false;
    enl_release(signer->tsa);
    signer->tsa = copy;
    return true;
}

const char *enl_signer_unstamped(const struct enl_signer *signer) {
    return signer->unstamped[0] ? signer->unstamped : NULL;
}

const struct enl_certificate *enl_signer_certificate(const struct enl_signer *signer) {
    return &signer->certificate;
}

void enl_signer_free(struct enl_signer **signer) {
    if (!signer || !*signer) return;
    struct enl_signer *s = *signer;
    EVP_PKEY_free(s->key);
    X509_free(s->leaf);
    sk_X509_pop_free(s->others, X509_free);
    enl_bytes_free(&s->headers);
    enl_release(s->command);
    enl_release(s->chain_path);
    enl_release(s->tsa);
    enl_release(s);
    *signer = NULL;
}

size_t enl_signer_room(const struct enl_signer *signer) {
    // COSE's own heads take less than 64 bytes, and a pad needs up to 11.
    return signer->headers.size + signer->signature_size + 128 + (signer->tsa ? STAMP_ROOM : 0);
}
