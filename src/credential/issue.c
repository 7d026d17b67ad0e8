// SPDX-License-Identifier: MIT
// Issuing the certificates of a local identity.
#include "credential/identity.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROOT_YEARS 30
#define LEAF_DAYS (20 * 365) // what it signed without a time-stamp holds as long

static bool add_extension(X509 *to, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, to, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool good = extension && X509_add_ext(to, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return good;
}

static bool set_name(X509 *to, const char *kind, const char *tag) {
    char name[64];
    X509_NAME *subject = X509_NAME_new();
    snprintf(name, sizeof name, "Enliven local %s %s", kind, tag);
    bool good = subject &&
                X509_NAME_add_entry_by_NID(subject, NID_organizationName, MBSTRING_UTF8,
                                           (const unsigned char *)"Enliven", -1, -1, 0) == 1 &&
                X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, (const unsigned char *)name, -1, -1,
                                           0) == 1 &&
                X509_set_subject_name(to, subject) == 1;
    X509_NAME_free(subject);
    return good;
}

static bool set_serial(X509 *to) {
    uint8_t bytes[16];
    if (!enl_random_bytes(bytes, sizeof bytes)) return false;
    bytes[0] = (bytes[0] & 0x7F) | 0x40; // positive, and always as long
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool good = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(to));
    BN_free(number);
    return good;
}

// A certificate without its signature. Valid from yesterday on, for clocks that go wrong.
static X509 *begin(EVP_PKEY *key, const char *kind, int days) {
    char tag[9];
    uint8_t random[4];
    X509 *c = X509_new();
    bool good = c && enl_random_bytes(random, sizeof random);
    if (good) snprintf(tag, sizeof tag, "%02x%02x%02x%02x", random[0], random[1], random[2], random[3]);
    good = good && X509_set_version(c, X509_VERSION_3) && set_serial(c) && set_name(c, kind, tag) &&
           X509_time_adj_ex(X509_getm_notBefore(c), -1, 0, NULL) &&
           X509_time_adj_ex(X509_getm_notAfter(c), days, 0, NULL) && X509_set_pubkey(c, key);
    if (good) return c;
    X509_free(c);
    return NULL;
}

static X509 *make_root(EVP_PKEY *key) {
    X509 *root = begin(key, "root", ROOT_YEARS * 365);
    bool good = root && X509_set_issuer_name(root, X509_get_subject_name(root)) &&
                add_extension(root, root, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                add_extension(root, root, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                add_extension(root, root, NID_subject_key_identifier, "hash") && X509_sign(root, key, EVP_sha256()) > 0;
    if (good) return root;
    X509_free(root);
    return NULL;
}

static X509 *make_leaf(EVP_PKEY *key, X509 *root, EVP_PKEY *root_key) {
    X509 *leaf = begin(key, "signer", LEAF_DAYS);
    bool good = leaf && X509_set_issuer_name(leaf, X509_get_subject_name(root)) &&
                add_extension(leaf, root, NID_basic_constraints, "critical,CA:FALSE") &&
                add_extension(leaf, root, NID_key_usage, "critical,digitalSignature") &&
                add_extension(leaf, root, NID_ext_key_usage, "1.3.6.1.4.1.62558.2.1,emailProtection") &&
                add_extension(leaf, root, NID_subject_key_identifier, "hash") &&
                add_extension(leaf, root, NID_authority_key_identifier, "keyid:always") &&
                X509_sign(leaf, root_key, EVP_sha256()) > 0;
    if (good) return leaf;
    X509_free(leaf);
    return NULL;
}

// As PEM: a certificate, or a key where that is given.
static bool put_pem(X509 *certificate, EVP_PKEY *key, struct enl_bytes *to) {
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    bool good = bio && (key ? PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) :
                              PEM_write_bio_X509(bio, certificate)) == 1;
    long size = good ? BIO_get_mem_data(bio, &text) : 0;
    if (size > 0) enl_bytes_put(to, text, (size_t)size);
    if (size > 0 && key) OPENSSL_cleanse(text, (size_t)size);
    BIO_free(bio);
    return size > 0 && !to->failed;
}

static bool issue(struct enl_identity *identity, EVP_PKEY *key, X509 *root, EVP_PKEY *root_key) {
    X509 *leaf = make_leaf(key, root, root_key);
    bool good = leaf && put_pem(leaf, NULL, &identity->chain);
    X509_free(leaf);
    return good;
}

bool enl_identity_make(struct enl_identity *identity, struct enl_error *error) {
    EVP_PKEY *root_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
    X509 *root = root_key && key ? make_root(root_key) : NULL;
    bool good = root && issue(identity, key, root, root_key) && put_pem(root, NULL, &identity->root) &&
                put_pem(NULL, root_key, &identity->root_key) && put_pem(NULL, key, &identity->key);
    X509_free(root);
    EVP_PKEY_free(root_key);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return good || enl_fail(error, ENL_NO_MEMORY, "Not enough memory to make an identity.");
}

bool enl_identity_renew(struct enl_identity *identity, const char *root_path, const char *root_key_path,
                        const char *key_path, struct enl_error *error) {
    size_t size;
    const char *why;
    char *pem = enl_file_read(root_path, 1u << 20, &size, error);
    STACK_OF(X509) *all = pem ? enl_x509_read_pem(pem, size, 1, &why) : NULL;
    if (pem && !all) enl_fail(error, ENL_USAGE, "%s %s.", root_path, why);
    EVP_PKEY *root_key = all ? enl_key_read(root_key_path, error) : NULL;
    EVP_PKEY *key = root_key ? enl_key_read(key_path, error) : NULL;
    X509 *root = all ? sk_X509_value(all, 0) : NULL;
    bool good = key != NULL;
    if (good && X509_check_private_key(root, root_key) != 1)
        good = enl_fail(error, ENL_USAGE, "The key in %s is not the one of %s.", root_key_path, root_path);
    if (good && !issue(identity, key, root, root_key))
        good = enl_fail(error, ENL_NO_MEMORY, "Not enough memory to renew an identity.");
    sk_X509_pop_free(all, X509_free);
    EVP_PKEY_free(root_key);
    EVP_PKEY_free(key);
    enl_release(pem);
    ERR_clear_error();
    return good;
}

void enl_identity_free(struct enl_identity *identity) {
    if (identity->root_key.data) OPENSSL_cleanse(identity->root_key.data, identity->root_key.size);
    if (identity->key.data) OPENSSL_cleanse(identity->key.data, identity->key.size);
    enl_bytes_free(&identity->root);
    enl_bytes_free(&identity->root_key);
    enl_bytes_free(&identity->chain);
    enl_bytes_free(&identity->key);
    *identity = (struct enl_identity){0};
}
