// SPDX-License-Identifier: MIT
// The ways of signing that C2PA 2.4 section 13.2.1 allows.
#include "credential/cose.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <string.h>

static const struct enl_alg algs[] = {{-7, "ES256", "SHA256", EVP_PKEY_EC},   {-35, "ES384", "SHA384", EVP_PKEY_EC},
                                      {-36, "ES512", "SHA512", EVP_PKEY_EC},  {-37, "PS256", "SHA256", EVP_PKEY_RSA},
                                      {-38, "PS384", "SHA384", EVP_PKEY_RSA}, {-39, "PS512", "SHA512", EVP_PKEY_RSA},
                                      {-8, "Ed25519", NULL, EVP_PKEY_ED25519}};

const struct enl_alg *enl_alg_of(int64_t id) {
    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++)
        if (algs[i].id == id) return &algs[i];
    return NULL;
}

static bool is_rsa(EVP_PKEY *key) {
    int id = EVP_PKEY_get_base_id(key);
    return id == EVP_PKEY_RSA || id == EVP_PKEY_RSA_PSS;
}

const struct enl_alg *enl_alg_of_key(EVP_PKEY *key) {
    int bits = EVP_PKEY_get_bits(key);
    if (enl_key_unfit(key)) return NULL;
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) return enl_alg_of(-8);
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) return enl_alg_of(bits <= 256 ? -7 : bits <= 384 ? -35 : -36);
    // A key may be bound to one hash; else the larger one goes with the larger key.
    for (int id = -37; EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS && id >= -39; id--) {
        struct enl_bytes test = {0};
        bool signs = enl_alg_sign(enl_alg_of(id), key, "", 0, &test);
        enl_bytes_free(&test);
        if (signs) return enl_alg_of(id);
    }
    return enl_alg_of(bits < 3072 ? -37 : bits < 4096 ? -38 : -39);
}

size_t enl_alg_size(const struct enl_alg *alg, EVP_PKEY *key) {
    if (!key || enl_key_unfit(key)) return 0;
    if (alg->key == EVP_PKEY_RSA) return is_rsa(key) ? (size_t)EVP_PKEY_get_size(key) : 0;
    if (EVP_PKEY_get_base_id(key) != alg->key) return 0;
    return alg->key == EVP_PKEY_ED25519 ? 64 : 2 * (((size_t)EVP_PKEY_get_bits(key) + 7) / 8);
}

// The salt is as long as the hash: RFC 8230 section 2.
static bool set_padding(const struct enl_alg *alg, EVP_PKEY_CTX *context) {
    if (alg->key != EVP_PKEY_RSA) return true;
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, alg->digest, NULL) > 0;
}

static bool ecdsa_der(const uint8_t *raw, size_t size, struct enl_bytes *ret_der) {
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, (int)(size / 2), NULL), *s = BN_bin2bn(raw + size / 2, (int)(size / 2), NULL);
    bool taken = pair && r && s && ECDSA_SIG_set0(pair, r, s) == 1;
    if (!taken) BN_free(r), BN_free(s);
    unsigned char *der = NULL;
    int length = taken ? i2d_ECDSA_SIG(pair, &der) : -1;
    if (length > 0) enl_bytes_put(ret_der, der, (size_t)length);
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    return length > 0 && !ret_der->failed;
}

bool enl_ecdsa_raw(const uint8_t *der, size_t der_size, uint8_t *ret_raw, size_t size) {
    const unsigned char *at = der;
    ECDSA_SIG *pair = der_size <= 512 ? d2i_ECDSA_SIG(NULL, &at, (long)der_size) : NULL;
    int half = (int)(size / 2);
    bool good = pair && at == der + der_size && !BN_is_negative(ECDSA_SIG_get0_r(pair)) &&
                !BN_is_negative(ECDSA_SIG_get0_s(pair)) &&
                BN_bn2binpad(ECDSA_SIG_get0_r(pair), ret_raw, half) == half &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), ret_raw + half, half) == half;
    ECDSA_SIG_free(pair);
    ERR_clear_error();
    return good;
}

bool enl_alg_verify(const struct enl_alg *alg, EVP_PKEY *key, const void *message, size_t message_size,
                    const uint8_t *signature, size_t size) {
    struct enl_bytes der = {0};
    EVP_PKEY_CTX *context;
    if (size == 0 || size != enl_alg_size(alg, key)) return false;
    bool ready = alg->key != EVP_PKEY_EC || ecdsa_der(signature, size, &der);
    EVP_MD_CTX *digest = ready ? EVP_MD_CTX_new() : NULL;
    bool good = digest && EVP_DigestVerifyInit_ex(digest, &context, alg->digest, NULL, NULL, key, NULL) == 1 &&
                set_padding(alg, context) &&
                EVP_DigestVerify(digest, der.data ? der.data : signature, der.data ? der.size : size, message,
                                 message_size) == 1;
    EVP_MD_CTX_free(digest);
    enl_bytes_free(&der);
    ERR_clear_error();
    return good;
}

bool enl_alg_sign(const struct enl_alg *alg, EVP_PKEY *key, const void *message, size_t message_size,
                  struct enl_bytes *ret_signature) {
    uint8_t bytes[2048], raw[132];
    size_t size = sizeof bytes, want = enl_alg_size(alg, key);
    EVP_PKEY_CTX *context;
    EVP_MD_CTX *digest = want && want <= sizeof bytes ? EVP_MD_CTX_new() : NULL;
    bool good = digest && EVP_DigestSignInit_ex(digest, &context, alg->digest, NULL, NULL, key, NULL) == 1 &&
                set_padding(alg, context) && EVP_DigestSign(digest, bytes, &size, message, message_size) == 1;
    bool curve = alg->key == EVP_PKEY_EC;
    if (good && curve) good = want <= sizeof raw && enl_ecdsa_raw(bytes, size, raw, want);
    else good = good && size == want;
    if (good) enl_bytes_put(ret_signature, curve ? raw : bytes, want);
    EVP_MD_CTX_free(digest);
    ERR_clear_error();
    return good && !ret_signature->failed;
}
