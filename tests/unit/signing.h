// SPDX-License-Identifier: MIT
// What the tests of signatures and of signers share: authorities that are made once, what a look finds in one line, and
// signatures by certificates that no signer of ours would take.
#ifndef ENL_UNIT_SIGNING_H
#define ENL_UNIT_SIGNING_H

#include "pki.h"

#include "credential/cbor.h"
#include "credential/cose.h"
#include "credential/limits.h"
#include "credential/signature.h"

#define CLAIM "the bytes of a claim, whatever they are"
#define DAY 86400LL

static struct pki root, inter, signer, tsa_root, tsa; // made once
static struct enl_trust *trust;                       // knows root and tsa_root

static inline struct enl_trust *trust_in(const struct pki *signers, const struct pki *tsas) {
    struct enl_trust *t = enl_trust_new(NULL);
    assert_non_null(t);
    const char *pem = signers ? pki_pem(signers, NULL) : "";
    if (signers) assert_true(enl_trust_add(t, ENL_TRUST_SIGNERS, "our list", pem, strlen(pem), NULL));
    pem = tsas ? pki_pem(tsas, NULL) : "";
    if (tsas) assert_true(enl_trust_add(t, ENL_TRUST_TSAS, "TSAs", pem, strlen(pem), NULL));
    return t;
}

// What a look finds, as "code code ..."; lives until the next call.
static inline const char *codes_of(const void *cose, size_t size, const char *claim,
                                   const struct enl_check_params *params, struct enl_signed *ret_signed) {
    static char text[1024];
    struct enl_statuses statuses = {0};
    struct enl_signed known;
    enl_signature_check(cose, size, claim, strlen(claim), false, "self#jumbf=x", params, &statuses, &known);
    text[0] = 0;
    assert_false(statuses.failed);
    for (int i = 0; i < statuses.count; i++) {
        assert_string_equal(statuses.list[i].url, "self#jumbf=x");
        assert_true(strlen(statuses.list[i].why) > 10);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "", statuses.list[i].code);
    }
    assert_int_equal(known.holds, enl_told(&statuses, "claimSignature.validated"));
    assert_false(known.trusted && enl_told(&statuses, "signingCredential.untrusted"));
    enl_statuses_free(&statuses);
    if (ret_signed) *ret_signed = known;
    return text;
}
#define TRUSTED "claimSignature.validated signingCredential.trusted claimSignature.insideValidity"
#define UNTRUSTED "claimSignature.validated signingCredential.untrusted claimSignature.insideValidity"
#define SKIPPED " signingCredential.ocsp.skipped"
#define STAMPED "timeStamp.validated timeStamp.trusted "

// A signature by any certificate, proper or not, that enl_signer_new would never take; with further headers.
struct forge {
    const struct pki *leaf, *other;
    int others; // how many times `other` is there
    const uint8_t *ocsp;
    size_t ocsp_size;
    const uint8_t *token;
    size_t token_size;
    int tokens;
    bool old_token, loose_chain, single, iat;
};

static inline void put_chain(const struct forge *f, struct enl_bytes *to) {
    unsigned char *der = NULL;
    int size = i2d_X509(f->leaf->cert, &der), n = f->other && !f->others ? 1 : f->others;
    size_t chain = enl_cbor_begin(to);
    enl_cbor_put_bytes(to, der, (size_t)size);
    OPENSSL_free(der);
    for (int i = 0; i < n; i++) {
        der = NULL;
        size = i2d_X509(f->other->cert, &der);
        enl_cbor_put_bytes(to, der, (size_t)size);
        OPENSSL_free(der);
    }
    if (!f->single) enl_cbor_end_array(to, chain);
}

static inline void put_loose(const struct forge *f, struct enl_bytes *to) {
    size_t map = enl_cbor_begin(to);
    if (f->loose_chain) enl_cbor_put_text(to, "x5chain"), put_chain(f, to);
    if (f->ocsp) {
        enl_cbor_put_text(to, "rVals");
        size_t values = enl_cbor_begin(to);
        enl_cbor_put_text(to, "ocspVals");
        size_t list = enl_cbor_begin(to);
        enl_cbor_put_bytes(to, f->ocsp, f->ocsp_size);
        enl_cbor_end_array(to, list);
        enl_cbor_end_map(to, values);
    }
    if (f->token) {
        enl_cbor_put_text(to, f->old_token ? "sigTst" : "sigTst2");
        size_t tokens = enl_cbor_begin(to);
        enl_cbor_put_text(to, "tstTokens");
        size_t list = enl_cbor_begin(to);
        for (int i = 0; i < (f->tokens ? f->tokens : 1); i++) {
            size_t one = enl_cbor_begin(to);
            enl_cbor_pair_bytes(to, "val", f->token, f->token_size);
            enl_cbor_end_map(to, one);
        }
        enl_cbor_end_array(to, list);
        enl_cbor_end_map(to, tokens);
    }
    enl_cbor_end_map(to, map);
}

static inline void forge_headers(const struct forge *f, struct enl_bytes *to) {
    size_t map = enl_cbor_begin(to);
    enl_cbor_put_int(to, 1), enl_cbor_put_int(to, enl_alg_of_key(f->leaf->key) ? enl_alg_of_key(f->leaf->key)->id : -7);
    if (!f->loose_chain) enl_cbor_put_int(to, 33), put_chain(f, to);
    if (f->iat) {
        enl_cbor_put_int(to, 15);
        size_t claims = enl_cbor_begin(to);
        enl_cbor_put_int(to, 6), enl_cbor_put_int(to, time(NULL));
        enl_cbor_end_map(to, claims);
    }
    enl_cbor_end_map(to, map);
}

static inline struct enl_bytes forged(const struct forge *f, struct enl_bytes *ret_signature) {
    struct enl_bytes headers = {0}, message = {0}, signature = {0}, cose = {0};
    const struct enl_alg *alg = enl_alg_of_key(f->leaf->key);
    forge_headers(f, &headers);
    enl_cose_structure("Signature1", headers.data, headers.size, CLAIM, strlen(CLAIM), &message);
    if (alg) assert_true(enl_alg_sign(alg, f->leaf->key, message.data, message.size, &signature));
    else enl_bytes_put(&signature, NULL, 64);
    enl_cbor_put_tag(&cose, 18);
    enl_bytes_number(&cose, 0x84, 1);
    enl_cbor_put_bytes(&cose, headers.data, headers.size);
    put_loose(f, &cose);
    enl_cbor_put_null(&cose);
    enl_cbor_put_bytes(&cose, signature.data, signature.size);
    assert_false(cose.failed);
    enl_bytes_free(&headers);
    enl_bytes_free(&message);
    if (ret_signature) *ret_signature = signature;
    else enl_bytes_free(&signature);
    return cose;
}

static inline const char *codes_of_forged(struct forge f, const struct enl_check_params *params,
                                          struct enl_signed *known) {
    struct enl_bytes cose = forged(&f, NULL);
    const char *codes = codes_of(cose.data, cose.size, CLAIM, params, known);
    enl_bytes_free(&cose);
    return codes;
}

static inline struct enl_signer *signer_of(void **state, const struct pki *leaf, const struct pki *ca) {
    struct enl_error error = {0};
    pki_write(unit_path(state, "chain.pem"), pki_pem(leaf, ca));
    pki_write_key(unit_path(state, "key.pem"), leaf->key, NULL);
    struct enl_signer *s = enl_signer_new(unit_path(state, "chain.pem"), unit_path(state, "key.pem"), &error);
    check(s, "%s", error.text);
    return s;
}

static inline EVP_PKEY *key_of(const char *name) {
    if (!strcmp(name, "Ed25519")) return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (name[0] == 'P') return EVP_RSA_gen(!strcmp(name, "PS256") ? 2048 : !strcmp(name, "PS384") ? 3072 : 4096);
    return EVP_EC_gen(!strcmp(name, "ES256") ? "P-256" : !strcmp(name, "ES384") ? "P-384" : "P-521");
}

// A token over a message, in the whole answer of the TSA.
static inline size_t stamp_of(struct pki_tsa t, const void *message, size_t size, uint8_t *ret, size_t room) {
    uint8_t hash[64], question[256] = {0};
    size_t hash_size;
    assert_true(enl_digest_of("sha256", message, size, hash, &hash_size));
    TS_REQ *request = TS_REQ_new();
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *alg = X509_ALGOR_new();
    X509_ALGOR_set0(alg, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL);
    TS_MSG_IMPRINT_set_algo(imprint, alg), TS_MSG_IMPRINT_set_msg(imprint, hash, 32);
    TS_REQ_set_version(request, 1), TS_REQ_set_msg_imprint(request, imprint), TS_REQ_set_cert_req(request, 1);
    unsigned char *at = question;
    int length = i2d_TS_REQ(request, &at);
    X509_ALGOR_free(alg), TS_MSG_IMPRINT_free(imprint), TS_REQ_free(request);
    return (size_t)pki_stamp(&t, question, (size_t)length, ret, room);
}

static inline void make_authorities(void) {
    setenv("no_proxy", "127.0.0.1", 1);
    root = pki_ca("Root", NULL), tsa_root = pki_ca("TSA Root", NULL), inter = pki_ca("Inter", &root);
    signer = pki_issue(EVP_EC_gen("P-256"), &inter, (struct pki_spec){.name = "Signer"});
    tsa = pki_issue(EVP_EC_gen("P-256"), &tsa_root, (struct pki_spec){.name = "TSA", .eku = "critical,timeStamping"});
    trust = trust_in(&root, &tsa_root);
}

static inline void free_authorities(void) {
    enl_trust_free(&trust);
    pki_free(&root), pki_free(&inter), pki_free(&signer), pki_free(&tsa_root), pki_free(&tsa);
}

#define in_folder(f) cmocka_unit_test_setup_teardown(f, unit_folder, unit_remove_folder)

#endif
