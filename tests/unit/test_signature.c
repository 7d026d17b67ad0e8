// SPDX-License-Identifier: MIT
// Signatures over claims: made and looked at, with certificates of every kind, time-stamps and OCSP answers, all made
// here; and what strangers may send.
#include "pki.h"

#include "credential/cbor.h"
#include "credential/cose.h"
#include "credential/limits.h"
#include "credential/signature.h"

#define CLAIM "the bytes of a claim, whatever they are"
#define DAY 86400LL

static struct pki root, inter, signer, tsa_root, tsa; // made once
static struct enl_trust *trust;                       // knows root and tsa_root
static char self[4096];                               // this program, for signing by a command

static struct enl_trust *trust_in(const struct pki *signers, const struct pki *tsas) {
    struct enl_trust *t = enl_trust_new(NULL);
    assert_non_null(t);
    const char *pem = signers ? pki_pem(signers, NULL) : "";
    if (signers) assert_true(enl_trust_add(t, ENL_TRUST_SIGNERS, "our list", pem, strlen(pem), NULL));
    pem = tsas ? pki_pem(tsas, NULL) : "";
    if (tsas) assert_true(enl_trust_add(t, ENL_TRUST_TSAS, "TSAs", pem, strlen(pem), NULL));
    return t;
}

// What a look finds, as "code code ..."; lives until the next call.
static const char *codes_of(const void *cose, size_t size, const char *claim, const struct enl_check_params *params,
                            struct enl_signed *ret_signed) {
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

static void put_chain(const struct forge *f, struct enl_bytes *to) {
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

static void put_loose(const struct forge *f, struct enl_bytes *to) {
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

static void forge_headers(const struct forge *f, struct enl_bytes *to) {
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

static struct enl_bytes forged(const struct forge *f, struct enl_bytes *ret_signature) {
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

static const char *codes_of_forged(struct forge f, const struct enl_check_params *params, struct enl_signed *known) {
    struct enl_bytes cose = forged(&f, NULL);
    const char *codes = codes_of(cose.data, cose.size, CLAIM, params, known);
    enl_bytes_free(&cose);
    return codes;
}

static void digests(void **state) {
    (void)state;
    static const uint8_t abc[4] = {0xba, 0x78, 0x16, 0xbf}; // FIPS 180-2 appendix B.1
    uint8_t hash[64], again[64];
    size_t size;
    struct enl_error error = {0};
    assert_true(enl_digest_of("sha256", "abc", 3, hash, &size));
    assert_int_equal(size, 32);
    assert_memory_equal(hash, abc, 4);
    struct enl_digest *digest = enl_digest_new("sha256", &error);
    for (int i = 0; i < 2; i++) { // begun again
        enl_digest_add(digest, "a", 1), enl_digest_add(digest, "bc", 2);
        assert_int_equal(enl_digest_end(digest, again), 32);
        assert_memory_equal(hash, again, 32);
    }
    enl_digest_free(&digest);
    assert_null(digest);
    assert_true(enl_digest_of("sha384", "", 0, hash, &size) && size == 48);
    assert_true(enl_digest_of("sha512", NULL, 0, hash, &size) && size == 64);
    assert_false(enl_digest_known("md5") || enl_digest_known("") || enl_digest_known(NULL));
    assert_null(enl_digest_new("sha1", &error));
    assert_int_equal(error.code, ENL_USAGE);
    assert_true(enl_random_bytes(hash, 32) && enl_random_bytes(again, 32));
    assert_memory_not_equal(hash, again, 32);
}

static struct enl_signer *signer_of(void **state, const struct pki *leaf, const struct pki *ca) {
    struct enl_error error = {0};
    pki_write(unit_path(state, "chain.pem"), pki_pem(leaf, ca));
    pki_write_key(unit_path(state, "key.pem"), leaf->key, NULL);
    struct enl_signer *s = enl_signer_new(unit_path(state, "chain.pem"), unit_path(state, "key.pem"), &error);
    check(s, "%s", error.text);
    return s;
}

static EVP_PKEY *key_of(const char *name) {
    if (!strcmp(name, "Ed25519")) return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (name[0] == 'P') return EVP_RSA_gen(!strcmp(name, "PS256") ? 2048 : !strcmp(name, "PS384") ? 3072 : 4096);
    return EVP_EC_gen(!strcmp(name, "ES256") ? "P-256" : !strcmp(name, "ES384") ? "P-384" : "P-521");
}

static void every_algorithm(void **state) {
    static const char *const names[] = {"ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "Ed25519"};
    for (int i = 0; i < 7; i++) {
        struct pki leaf = pki_issue(key_of(names[i]), &inter, (struct pki_spec){.name = names[i]});
        struct enl_signer *s = signer_of(state, &leaf, &inter);
        struct enl_bytes cose = {0};
        struct enl_signed known;
        size_t room = enl_signer_room(s) + (size_t)i; // a caller may have more
        assert_true(enl_signer_sign(s, CLAIM, strlen(CLAIM), room, &cose, NULL));
        assert_int_equal(cose.size, room);
        const char *codes = codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = trust), &known);
        check(!strcmp(codes, TRUSTED SKIPPED), "%s: %s", names[i], codes);
        assert_string_equal(known.alg, names[i]);
        assert_string_equal(known.anchor, "our list");
        assert_string_equal(known.signer.common_name, names[i]);
        assert_string_equal(known.signer.organization, "Unit Tests");
        assert_true(known.trusted && known.read && known.time == 0);
        codes = codes_of(cose.data, cose.size, CLAIM "!", enl_check_params(.trust = trust), NULL);
        assert_string_equal(codes, "claimSignature.mismatch signingCredential.trusted signingCredential.ocsp.skipped");
        codes = codes_of(cose.data, cose.size, CLAIM, NULL, NULL);
        assert_string_equal(codes, UNTRUSTED SKIPPED);
        enl_bytes_free(&cose);
        enl_signer_free(&s);
        pki_free(&leaf);
    }
}

// Nothing that was signed, and nothing of the signature, can be another.
static void no_byte_can_change(void **state) {
    struct pki leaves[2] = {pki_issue(key_of("ES384"), &inter, (struct pki_spec){.name = "a"}),
                            pki_issue(key_of("Ed25519"), &inter, (struct pki_spec){.name = "b"})};
    for (int i = 0; i < 2; i++) {
        struct enl_bytes cose = {0};
        struct enl_signer *s = signer_of(state, &leaves[i], &inter);
        assert_true(enl_signer_sign(s, CLAIM, strlen(CLAIM), enl_signer_room(s), &cose, NULL));
        struct enl_cbor tag, array, loose;
        const uint8_t *at = NULL;
        assert_true(enl_cbor_open(cose.data, cose.size, &tag) && enl_cbor_next(&tag, &at, &array));
        assert_true(enl_cbor_index(&array, 1, &loose));
        size_t from = (size_t)(loose.start - cose.data), until = (size_t)(loose.end - cose.data);
        for (size_t k = 0; k < cose.size; k += k > 40 && k + 200 < cose.size && UNIT_SLOW ? 13 : 1) {
            if (k >= from && k < until) continue; // the pad is nobody's
            for (int bit = 0; bit < 8; bit += 7) {
                cose.data[k] ^= (uint8_t)(1 << bit);
                struct enl_signed known;
                codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = trust), &known);
                check(!known.holds, "%d: byte %zu bit %d", i, k, bit);
                cose.data[k] ^= (uint8_t)(1 << bit);
            }
        }
        for (size_t k = 0; k < cose.size; k += 7) {
            struct enl_signed known;
            codes_of(cose.data, k, CLAIM, enl_check_params(.trust = trust), &known);
            assert_false(known.holds || known.trusted);
        }
        enl_bytes_free(&cose);
        enl_signer_free(&s);
        pki_free(&leaves[i]);
    }
}

static void pads_fit_exactly(void **state) {
    (void)state;
    struct enl_bytes headers = {0}, signature = {0}, token = {0}, cose = {0};
    enl_cbor_put_int(&headers, 1);
    enl_bytes_put(&signature, NULL, 64);
    enl_bytes_put(&token, NULL, 300);
    int fits = 0, misses = 0;
    for (size_t size = 60; size < 1400; size++) {
        const struct enl_bytes *with = size % 2 ? &token : NULL;
        bool good = enl_cose_write(&headers, &signature, with, size, &cose);
        struct enl_cbor item;
        assert_int_equal(cose.size, good ? size : 0);
        if (good) assert_true(enl_cbor_open(cose.data, cose.size, &item));
        // 72 bytes are the least without a token; 1 to 4 more are too few for a pad.
        size_t least = 72 + (with ? 328 : 0);
        if (size >= least + 5) check(good, "%zu", size);
        if (size < least) check(!good, "%zu", size);
        fits += good, misses += !good;
        enl_bytes_free(&cose);
    }
    for (size_t size = 65600; size < 65640; size++, enl_bytes_free(&cose))
        assert_true(enl_cose_write(&headers, &signature, NULL, size, &cose));
    assert_true(fits > 900 && misses > 4);
    enl_bytes_free(&headers), enl_bytes_free(&signature), enl_bytes_free(&token);
}

static void unfit_certificates(void **state) {
    static const struct {
        const char *what, *curve;
        struct pki_spec spec;
    } cases[] = {
        {"extended key usage", NULL, {.eku = NOTHING}},
        {"anyExtendedKeyUsage", NULL, {.eku = "anyExtendedKeyUsage"}},
        {"anyExtendedKeyUsage", NULL, {.eku = CLAIM_EKU ",anyExtendedKeyUsage"}},
        {"signs claims", NULL, {.eku = "serverAuth,clientAuth"}},
        {"signs claims", NULL, {.eku = "timeStamping"}},
        {"other things too", NULL, {.eku = CLAIM_EKU ",timeStamping"}},
        {"other things too", NULL, {.eku = CLAIM_EKU ",OCSPSigning"}},
        {"is a CA's", NULL, {.basic = "critical,CA:TRUE"}},
        {"key usage", NULL, {.usage = NOTHING}},
        {"key usage", NULL, {.usage = "critical,keyEncipherment"}},
        {"sign certificates", NULL, {.usage = "critical,digitalSignature,keyCertSign"}},
        {"whose key", NULL, {.no_aki = true}},
        {"version 3", NULL, {.old_version = true}},
        {"algorithm", NULL, {.hash = NULL}}, // SHA-1, below
        {"curve", "secp256k1", {.eku = NULL}},
        {"1024", "RSA", {.eku = NULL}},
        {"itself", "self", {.eku = NULL}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *curve = cases[i].curve ? cases[i].curve : "P-256", *what = cases[i].what;
        bool own = !strcmp(curve, "self"), rsa = !strcmp(curve, "RSA");
        struct pki_spec spec = cases[i].spec;
        spec.name = "Unfit";
        if (!strcmp(what, "algorithm")) spec.hash = EVP_sha1();
        struct pki leaf = pki_issue(rsa ? EVP_RSA_gen(1024) : EVP_EC_gen(own ? "P-256" : curve), own ? NULL : &inter, spec);
        struct enl_signed known;
        struct enl_trust *knows = trust_in(own ? &leaf : &root, NULL);
        const char *codes = codes_of_forged((struct forge){.leaf = &leaf, .other = &inter},
                                            enl_check_params(.trust = knows), &known);
        check(strstr(codes, "signingCredential.invalid"), "%s: %s", what, codes);
        check(strstr(codes, "signingCredential.untrusted"), "%s: %s", what, codes);
        assert_false(known.trusted || known.anchor[0]);
        struct enl_error error = {0};
        pki_write(unit_path(state, "unfit.pem"), pki_pem(&leaf, &inter));
        pki_write_key(unit_path(state, "key.pem"), leaf.key, NULL);
        assert_null(enl_signer_new(unit_path(state, "unfit.pem"), unit_path(state, "key.pem"), &error));
        assert_int_equal(error.code, ENL_USAGE);
        check(strstr(error.text, "unfit.pem") && (rsa || strstr(error.text, what)), "%s: %s", what, error.text);
        enl_trust_free(&knows);
        pki_free(&leaf);
    }
}

static void time_counts(void **state) {
    struct enl_signed known;
    struct enl_error error = {0};
    struct pki old = pki_issue(EVP_EC_gen("P-256"), &inter, (struct pki_spec){.name = "Old", .from = -50, .until = -5});
    struct pki late = pki_issue(EVP_EC_gen("P-256"), &inter, (struct pki_spec){.name = "Late", .from = 5, .until = 50});
    const struct pki *both[2] = {&old, &late};
    for (int i = 0; i < 2; i++) {
        struct forge f = {.leaf = both[i], .other = &inter};
        const char *codes = codes_of_forged(f, enl_check_params(.trust = trust), &known);
        assert_non_null(strstr(codes, "claimSignature.outsideValidity"));
        assert_null(strstr(codes, "insideValidity"));
        assert_false(known.trusted);
        int64_t then = (int64_t)time(NULL) + (i ? 10 : -10) * DAY;
        assert_string_equal(codes_of_forged(f, enl_check_params(.trust = trust, .at = then), NULL),
                            i ? TRUSTED SKIPPED : "claimSignature.validated signingCredential.trusted "
                                                  "claimSignature.outsideValidity signingCredential.ocsp.skipped");
        pki_write(unit_path(state, "chain.pem"), pki_pem(both[i], NULL));
        pki_write_key(unit_path(state, "key.pem"), both[i]->key, NULL);
        assert_null(enl_signer_new(unit_path(state, "chain.pem"), unit_path(state, "key.pem"), &error));
        assert_non_null(strstr(error.text, i ? "not valid yet" : "has expired"));
    }
    pki_free(&old), pki_free(&late);
    // What the signer says of the time itself.
    assert_string_equal(codes_of_forged((struct forge){.leaf = &signer, .other = &inter, .iat = true},
                                        enl_check_params(.trust = trust), NULL),
                        TRUSTED " timeOfSigning.insideValidity" SKIPPED);
}

static void whom_to_trust(void **state) {
    (void)state;
    struct forge f = {.leaf = &signer, .other = &inter}, alone = {.leaf = &signer};
    struct enl_signed known;
    struct enl_error error = {0};
    struct enl_trust *t = trust_in(&inter, NULL); // an intermediate is an anchor too
    assert_string_equal(codes_of_forged(f, enl_check_params(.trust = t), &known), TRUSTED SKIPPED);
    assert_string_equal(codes_of_forged(alone, enl_check_params(.trust = t), NULL), TRUSTED SKIPPED);
    enl_trust_free(&t);
    assert_string_equal(codes_of_forged(alone, enl_check_params(.trust = trust), NULL), UNTRUSTED SKIPPED);
    t = trust_in(&tsa_root, &root); // each for its own
    assert_string_equal(codes_of_forged(f, enl_check_params(.trust = t), &known), UNTRUSTED SKIPPED);
    const char *pem = pki_pem(&signer, NULL);
    assert_true(enl_trust_add(t, ENL_TRUST_ALLOWED, "friends", pem, strlen(pem), NULL));
    assert_string_equal(codes_of_forged(f, enl_check_params(.trust = t), &known), TRUSTED SKIPPED);
    assert_string_equal(known.anchor, "friends");
    enl_trust_free(&t);
    t = trust_in(&root, NULL); // other usages instead of ours
    static const char usages[] = "// remarks\n1.3.6.1.5.5.7.3.1 // serverAuth\n\n 1.2.3.4\n";
    assert_true(enl_trust_add(t, ENL_TRUST_EKUS, "usages", usages, strlen(usages), &error));
    assert_non_null(strstr(codes_of_forged(f, enl_check_params(.trust = t), NULL), "signingCredential.invalid"));
    struct pki server = pki_issue(EVP_EC_gen("P-256"), &inter, (struct pki_spec){.name = "S", .eku = "serverAuth"});
    assert_string_equal(codes_of_forged((struct forge){.leaf = &server, .other = &inter}, enl_check_params(.trust = t),
                                        NULL), TRUSTED SKIPPED);
    pki_free(&server);
    for (int kind = ENL_TRUST_SIGNERS; kind <= ENL_TRUST_EKUS; kind++) {
        error = (struct enl_error){0};
        assert_false(enl_trust_add(t, (enum enl_trust_kind)kind, "the list", "nothing\n", 8, &error));
        assert_int_equal(error.code, ENL_USAGE);
        assert_non_null(strstr(error.text, "the list"));
    }
    assert_false(enl_trust_add_file(t, ENL_TRUST_SIGNERS, NULL, "/nowhere/at.pem", &error));
    assert_int_equal(error.code, ENL_IO);
    enl_trust_free(&t);
    enl_trust_free(&t);
}

// A token over a message, in the whole answer of the TSA.
static size_t stamp_of(struct pki_tsa t, const void *message, size_t size, uint8_t *ret, size_t room) {
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

static const char *stamp_codes(const void *token, size_t size, const char *message,
                               const struct enl_check_params *params, int64_t *ret_time) {
    static char text[512];
    struct enl_statuses statuses = {0};
    enl_timestamp_check(token, size, message, strlen(message), "self#jumbf=x", params, &statuses, ret_time);
    text[0] = 0;
    for (int i = 0; i < statuses.count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "", statuses.list[i].code);
    enl_statuses_free(&statuses);
    return text;
}

static void stamps_by_themselves(void **state) {
    (void)state;
    static uint8_t token[16384];
    const struct enl_check_params *params = enl_check_params(.trust = trust);
    struct pki wrong = pki_issue(EVP_EC_gen("P-256"), &tsa_root,
                                 (struct pki_spec){.name = "Stranger", .eku = "critical,timeStamping"});
    struct pki_tsa good = {.signer = &tsa, .ca = &tsa_root};
    int64_t when, now = (int64_t)time(NULL);
    size_t size = stamp_of(good, CLAIM, strlen(CLAIM), token, sizeof token);
    assert_string_equal(stamp_codes(token, size, CLAIM, params, &when), "timeStamp.validated timeStamp.trusted");
    assert_true(when >= now - 1 && when <= now + 60);
    assert_string_equal(stamp_codes(token, size, CLAIM, NULL, &when), "timeStamp.validated timeStamp.untrusted");
    assert_true(when != 0);
    assert_string_equal(stamp_codes(token, size, "else", params, &when), "timeStamp.mismatch");
    assert_true(when == 0);
    assert_string_equal(stamp_codes(token, size - 1, CLAIM, params, &when), "timeStamp.malformed");
    assert_string_equal(stamp_codes("", 0, CLAIM, params, &when), "timeStamp.malformed");
    for (size_t i = 0; i < size; i += UNIT_SLOW ? 11 : 1) { // never trusted, but for what no one signed or reads
        uint8_t kept = token[i];
        token[i] ^= 0x10;
        const char *codes = stamp_codes(token, size, CLAIM, params, &when);
        bool trusted = strstr(codes, "timeStamp.trusted") != NULL;
        check(!trusted || (when >= now - 1 && when <= now + 60), "byte %zu: %s", i, codes);
        token[i] = kept;
    }
    struct pki_tsa early = good, unknown = {.signer = &wrong, .ca = &tsa_root};
    early.at = (long)(now - 400 * DAY);
    size = stamp_of(early, CLAIM, strlen(CLAIM), token, sizeof token);
    assert_string_equal(stamp_codes(token, size, CLAIM, params, &when), "timeStamp.outsideValidity");
    assert_true(when == 0);
    struct enl_trust *other = trust_in(&tsa_root, &root);
    size = stamp_of(unknown, CLAIM, strlen(CLAIM), token, sizeof token);
    assert_string_equal(stamp_codes(token, size, CLAIM, enl_check_params(.trust = other), &when),
                        "timeStamp.validated timeStamp.untrusted");
    enl_trust_free(&other);
    pki_free(&wrong);
    early.refuse = true;
    size = stamp_of(early, CLAIM, strlen(CLAIM), token, sizeof token);
    assert_string_equal(stamp_codes(token, size, CLAIM, params, &when), "timeStamp.malformed");
}

static int answer_stamp(void *user, const uint8_t *question, size_t size, uint8_t *ret, size_t room) {
    return pki_stamp(user, question, size, ret, room);
}

static int answer_nothing(void *user, const uint8_t *question, size_t size, uint8_t *ret, size_t room) {
    (void)question, (void)size;
    if (!user) return -1;
    memset(ret, 0x30, room < 500 ? room : 500);
    return 500;
}

// The same token for every question: another nonce, another imprint.
static int answer_stale(void *user, const uint8_t *question, size_t size, uint8_t *ret, size_t room) {
    (void)question, (void)size;
    return (int)stamp_of(*(struct pki_tsa *)user, "stale", 5, ret, room);
}

static void stamped_signatures(void **state) {
    char url[64];
    struct pki_tsa t = {.signer = &tsa, .ca = &tsa_root};
    pid_t server = pki_serve("application/timestamp-reply", answer_stamp, &t, url);
    struct enl_signer *s = signer_of(state, &signer, &inter);
    struct enl_bytes cose = {0};
    struct enl_signed known;
    size_t bare = enl_signer_room(s);
    assert_true(enl_signer_set_tsa(s, url, NULL));
    assert_true(enl_signer_room(s) > bare + 8000);
    assert_true(enl_signer_sign(s, CLAIM, strlen(CLAIM), enl_signer_room(s), &cose, NULL));
    pki_end(server);
    check(!enl_signer_unstamped(s), "%s", enl_signer_unstamped(s));
    assert_string_equal(codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = trust), &known),
                        STAMPED TRUSTED SKIPPED);
    assert_true(known.time_trusted && llabs(known.time - (int64_t)time(NULL)) < 60);
    assert_string_equal(known.tsa.common_name, "TSA");
    // Long after the certificate ended, the stamp says that it had not when it signed. A stamp by nobody doesn't.
    int64_t later = (int64_t)time(NULL) + 1000 * DAY;
    assert_string_equal(codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = trust, .at = later), &known),
                        STAMPED TRUSTED SKIPPED);
    assert_true(known.trusted);
    struct enl_trust *no_tsa = trust_in(&root, NULL);
    assert_string_equal(codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = no_tsa, .at = later), &known),
                        "timeStamp.validated timeStamp.untrusted claimSignature.validated signingCredential.trusted "
                        "claimSignature.outsideValidity signingCredential.ocsp.skipped");
    assert_false(known.trusted || known.time_trusted);
    enl_trust_free(&no_tsa);
    enl_bytes_free(&cose);
    enl_signer_free(&s);
}

static void signing_goes_on_without_a_stamp(void **state) {
    struct pki_tsa refusing = {.signer = &tsa, .ca = &tsa_root, .refuse = true};
    struct { const char *type; pki_answer answer; void *user; const char *why; } cases[] = {
        {"application/timestamp-reply", answer_nothing, NULL, "does not answer"},
        {"text/html", answer_nothing, &refusing, "something else"},
        {"application/timestamp-reply", answer_nothing, &refusing, ""},
        {"application/timestamp-reply", answer_stamp, &refusing, "refuses"},
        {"application/timestamp-reply", answer_stale, &(struct pki_tsa){.signer = &tsa, .ca = &tsa_root},
         "another question"},
        {NULL, NULL, NULL, "does not answer"}};
    struct enl_signer *s = signer_of(state, &signer, &inter);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char url[64] = "http://127.0.0.1:9/none";
        struct enl_bytes cose = {0};
        pid_t server = cases[i].answer ? pki_serve(cases[i].type, cases[i].answer, cases[i].user, url) : 0;
        assert_true(enl_signer_set_tsa(s, url, NULL));
        assert_true(enl_signer_sign(s, CLAIM, strlen(CLAIM), enl_signer_room(s), &cose, NULL));
        if (server) pki_end(server);
        assert_int_equal(cose.size, enl_signer_room(s));
        const char *why = enl_signer_unstamped(s);
        check(why && strstr(why, url) && strstr(why, cases[i].why), "%zu: %s", i, why ? why : "stamped");
        assert_string_equal(codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = trust), NULL),
                            TRUSTED SKIPPED);
        enl_bytes_free(&cose);
    }
    struct enl_error error = {0};
    assert_false(enl_signer_set_tsa(s, "ftp://x", &error));
    assert_int_equal(error.code, ENL_USAGE);
    assert_false(enl_signer_set_tsa(s, "http://x/ y\r\nHost: z", &error));
    enl_signer_free(&s);
}

// Tokens in headers: the old one, two of them, another signature's.
static void stamps_in_headers(void **state) {
    (void)state;
    static uint8_t token[16384];
    struct forge f = {.leaf = &signer, .other = &inter};
    struct pki_tsa t = {.signer = &tsa, .ca = &tsa_root};
    struct enl_bytes headers = {0}, message = {0};
    forge_headers(&f, &headers);
    enl_cose_structure("CounterSignature", headers.data, headers.size, CLAIM, strlen(CLAIM), &message);
    f.token = token;
    f.token_size = stamp_of(t, message.data, message.size, token, sizeof token);
    f.old_token = true;
    struct enl_bytes cose = forged(&f, NULL);
    for (int old = 0; old < 2; old++) { // only an old claim may have the old one
        struct enl_statuses statuses = {0};
        struct enl_signed known;
        enl_signature_check(cose.data, cose.size, CLAIM, strlen(CLAIM), old, "x", enl_check_params(.trust = trust),
                            &statuses, &known);
        assert_int_equal(enl_told(&statuses, "timeStamp.trusted"), old);
        assert_true(known.trusted && known.time_trusted == old);
        enl_statuses_free(&statuses);
    }
    enl_bytes_free(&cose);
    f.old_token = false; // what it stamps is not the signature
    assert_string_equal(codes_of_forged(f, enl_check_params(.trust = trust), NULL), "timeStamp.mismatch " TRUSTED SKIPPED);
    f.tokens = 2;
    assert_string_equal(codes_of_forged(f, enl_check_params(.trust = trust), NULL), "timeStamp.malformed " TRUSTED SKIPPED);
    enl_bytes_free(&headers);
    enl_bytes_free(&message);
}

static int answer_ocsp(void *user, const uint8_t *question, size_t size, uint8_t *ret, size_t room) {
    (void)question, (void)size;
    return pki_ocsp_answer(user, ret, room);
}

static void taken_back(void **state) {
    (void)state;
    static uint8_t der[16384];
    struct pki helper = pki_issue(EVP_EC_gen("P-256"), &inter, (struct pki_spec){.name = "R", .eku = "OCSPSigning"});
    struct pki stranger = pki_issue(EVP_EC_gen("P-256"), &root, (struct pki_spec){.name = "X", .eku = "OCSPSigning"});
    struct pki other = pki_issue(EVP_EC_gen("P-256"), &inter, (struct pki_spec){.name = "Other"});
    enum { GOOD = V_OCSP_CERTSTATUS_GOOD, REVOKED = V_OCSP_CERTSTATUS_REVOKED, UNKNOWN = V_OCSP_CERTSTATUS_UNKNOWN };
    struct { struct pki_ocsp o; const char *code; } cases[] = {
        {{&inter, &inter, signer.cert, GOOD, 0, 0, 7, 0}, "notRevoked"},
        {{&helper, &inter, signer.cert, GOOD, 0, 0, 7, 0}, "notRevoked"},
        {{&helper, &inter, signer.cert, GOOD, 0, 0, 0, 0}, "notRevoked"}, // a day is taken
        {{&helper, &inter, signer.cert, REVOKED, OCSP_REVOKED_STATUS_KEYCOMPROMISE, 0, 7, -3}, "revoked"},
        {{&helper, &inter, signer.cert, REVOKED, OCSP_REVOKED_STATUS_SUPERSEDED, -9, -5, -10}, "revoked"},
        {{&helper, &inter, signer.cert, REVOKED, OCSP_REVOKED_STATUS_REMOVEFROMCRL, 0, 7, -3}, "notRevoked"},
        {{&helper, &inter, signer.cert, UNKNOWN, 0, 0, 7, 0}, "unknown"},
        {{&helper, &inter, signer.cert, GOOD, 0, -9, -5, 0}, "skipped"},  // too old
        {{&helper, &inter, signer.cert, GOOD, 0, 5, 9, 0}, "skipped"},    // from the future
        {{&stranger, &inter, signer.cert, GOOD, 0, 0, 7, 0}, "skipped"},  // not the issuer's
        {{&signer, &inter, signer.cert, GOOD, 0, 0, 7, 0}, "skipped"},    // its own
        {{&helper, &inter, other.cert, GOOD, 0, 0, 7, 0}, "skipped"},     // of another one
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = (size_t)pki_ocsp_answer(&cases[i].o, der, sizeof der);
        struct forge f = {.leaf = &signer, .other = &inter, .ocsp = der, .ocsp_size = size};
        char want[300];
        snprintf(want, sizeof want, TRUSTED " signingCredential.ocsp.%s", cases[i].code);
        const char *codes = codes_of_forged(f, enl_check_params(.trust = trust), NULL);
        check(!strcmp(codes, want), "%zu: %s", i, codes);
    }
    pki_free(&stranger), pki_free(&other);
    // Asked: what a server says. Answers are about a serial number, which is all that the server needs of the
    // certificate: its own address is in it, so that it comes second.
    struct pki about = pki_issue(EVP_EC_gen("P-256"), &inter, (struct pki_spec){.name = "About", .serial = 5});
    static const char *const told[] = {"notRevoked", "revoked", "inaccessible"};
    for (int i = 0; i < 3; i++) {
        char url[64] = "http://127.0.0.1:9/none", aia[96], want[300];
        struct pki_ocsp o = {&helper, &inter, about.cert, i ? REVOKED : GOOD, 0, 0, 7, -1};
        pid_t server = i < 2 ? pki_serve("application/ocsp-response", answer_ocsp, &o, url) : 0;
        snprintf(aia, sizeof aia, "OCSP;URI:%s", url);
        struct pki asked = pki_issue(EVP_EC_gen("P-256"), &inter,
                                     (struct pki_spec){.name = "Asked", .aia = aia, .serial = 5});
        struct forge f = {.leaf = &asked, .other = &inter};
        assert_string_equal(codes_of_forged(f, enl_check_params(.trust = trust), NULL), TRUSTED SKIPPED);
        const char *codes = codes_of_forged(f, enl_check_params(.trust = trust, .online = true), NULL);
        snprintf(want, sizeof want, TRUSTED " signingCredential.ocsp.%s", told[i]);
        check(!strcmp(codes, want), "%s", codes);
        if (server) pki_end(server);
        pki_free(&asked);
    }
    pki_free(&about);
    pki_free(&helper);
}

static void keys_that_do_not_fit(void **state) {
    struct enl_error error = {0};
    const char *chain = unit_path(state, "chain.pem"), *key = unit_path(state, "key.pem");
    pki_write(chain, pki_pem(&signer, &inter));
    pki_write_key(key, inter.key, NULL);
    assert_null(enl_signer_new(chain, key, &error));
    assert_non_null(strstr(error.text, "not the one"));
    pki_write_key(key, signer.key, "secret");
    assert_null(enl_signer_new(chain, key, &error));
    assert_non_null(strstr(error.text, "encrypted"));
    assert_int_equal(error.code, ENL_USAGE);
    pki_write(key, "no key\n");
    assert_null(enl_signer_new(chain, key, &error));
    assert_non_null(strstr(error.text, "key.pem has no private key"));
    assert_null(enl_signer_new(chain, "/nowhere/key.pem", &error));
    assert_int_equal(error.code, ENL_IO);
    pki_write(chain, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assert_null(enl_signer_new(chain, key, &error));
    assert_non_null(strstr(error.text, "chain.pem has a broken certificate"));
    struct enl_signer *none = NULL;
    enl_signer_free(&none);
}

// What somebody's program does: signs a hash (or, for Ed25519, a message) with `key`. Its size; 0: it failed.
static size_t sign_hash(EVP_PKEY *key, const char *alg, const uint8_t *in, size_t size, uint8_t *out, size_t room) {
    bool pss = alg[0] == 'P', good;
    size_t length = room;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    if (!strcmp(alg, "Ed25519")) {
        good = EVP_DigestSignInit(md, NULL, NULL, NULL, key) == 1 && EVP_DigestSign(md, out, &length, in, size) == 1;
    } else {
        const char *hash = strstr(alg, "256") ? "SHA256" : strstr(alg, "384") ? "SHA384" : "SHA512";
        good = EVP_PKEY_sign_init(context) == 1 &&
               (!pss || EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1) &&
               EVP_PKEY_CTX_set_signature_md(context, EVP_get_digestbyname(hash)) == 1 &&
               (!pss || EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1) &&
               EVP_PKEY_sign(context, out, &length, in, size) == 1;
    }
    EVP_PKEY_CTX_free(context);
    EVP_MD_CTX_free(md);
    return good ? length : 0;
}

// This program as a signing command, with the key in a file. "raw": ECDSA's not as DER.
static int be_command(const char *how, const char *path) {
    static uint8_t in[65536], out[1024];
    uint8_t raw[132];
    const char *alg = getenv("ENL_ALG");
    FILE *file = fopen(path, "rb");
    EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    if (file) fclose(file);
    size_t size = fread(in, 1, sizeof in, stdin), half = key ? (size_t)(EVP_PKEY_get_bits(key) + 7) / 8 : 0;
    size_t length = key && alg ? sign_hash(key, alg, in, size, out, sizeof out) : 0;
    bool turn = length && !strcmp(how, "raw") && alg[0] == 'E' && enl_ecdsa_raw(out, length, raw, 2 * half);
    fwrite(turn ? raw : out, 1, turn ? 2 * half : length, stdout);
    EVP_PKEY_free(key);
    return length ? 0 : 3;
}

static void signing_by_command(void **state) {
    static const char *const names[] = {"ES256", "ES512", "PS256", "Ed25519"};
    char command[9000];
    struct enl_error error = {0};
    const char *chain = unit_path(state, "chain.pem"), *key = unit_path(state, "key.pem");
    for (int i = 0; i < 8; i++) {
        struct pki leaf = pki_issue(key_of(names[i / 2]), &inter, (struct pki_spec){.name = "Command"});
        struct enl_bytes cose = {0};
        pki_write(chain, pki_pem(&leaf, &inter));
        pki_write_key(key, leaf.key, NULL);
        snprintf(command, sizeof command, "'%s' --sign %s '%s'", self, i % 2 ? "raw" : "der", key);
        struct enl_signer *s = enl_signer_new_command(chain, command, &error);
        check(s, "%s", error.text);
        check(enl_signer_sign(s, CLAIM, strlen(CLAIM), enl_signer_room(s), &cose, &error), "%s", error.text);
        assert_string_equal(codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = trust), NULL), TRUSTED SKIPPED);
        enl_bytes_free(&cose);
        enl_signer_free(&s);
        pki_free(&leaf);
    }
    pki_write(chain, pki_pem(&signer, &inter));
    pki_write_key(key, inter.key, NULL); // somebody else's
    snprintf(command, sizeof command, "'%s' --sign der '%s'", self, key);
    const char *const bad[][2] = {{command, "no ES256 signature"}, {"exit 7", "exit status 7"}, {"true", "no ES256"},
                                  {"echo hello", "no ES256"},      {"/no/such/program", "exit status 127"},
                                  {"yes", "more than a signature"}, {"kill -9 $$", "failed"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct enl_bytes cose = {0};
        struct enl_signer *s = enl_signer_new_command(chain, bad[i][0], &error);
        assert_non_null(s);
        assert_false(enl_signer_sign(s, CLAIM, strlen(CLAIM), enl_signer_room(s), &cose, &error));
        check(strstr(error.text, bad[i][1]), "%s: %s", bad[i][0], error.text);
        assert_int_equal(cose.size, 0);
        enl_bytes_free(&cose);
        enl_signer_free(&s);
    }
}

static void mode_is(const char *path, mode_t mode) {
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    check((info.st_mode & 0777) == mode, "%s: %o", path, (unsigned)info.st_mode & 0777);
}

static void an_identity_of_ones_own(void **state) {
    static const char *const names[] = {"chain.pem", "key.pem", "root.pem", "root.key"};
    char folder[4096], path[4200], serial[80];
    struct enl_error error = {0};
    struct enl_bytes cose = {0};
    struct enl_signed known;
    bool made = false;
    snprintf(folder, sizeof folder, "%s/deep/identity", (char *)*state);
    // Several at once agree on one.
    pid_t children[4];
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            struct enl_signer *one = enl_signer_new_local(folder, &made, NULL);
            _exit(one ? 10 + made : 1);
        }
    }
    int makers = 0;
    for (int i = 0; i < 4; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) >= 10);
        makers += WEXITSTATUS(status) - 10;
    }
    assert_int_equal(makers, 1);
    struct enl_signer *s = enl_signer_new_local(folder, &made, &error);
    check(s, "%s", error.text);
    assert_false(made);
    assert_int_equal(unit_count_files(folder), 4);
    mode_is(folder, 0700);
    for (int i = 0; i < 4; i++) snprintf(path, sizeof path, "%s/%s", folder, names[i]), mode_is(path, 0600);
    const struct enl_certificate *c = enl_signer_certificate(s);
    assert_string_equal(c->organization, "Enliven");
    assert_memory_equal(c->common_name, "Enliven local signer ", 21);
    assert_int_equal(strlen(c->common_name), 29);
    snprintf(serial, sizeof serial, "%s", c->serial);
    assert_true(enl_signer_sign(s, CLAIM, strlen(CLAIM), enl_signer_room(s), &cose, NULL));
    assert_string_equal(codes_of(cose.data, cose.size, CLAIM, NULL, NULL), UNTRUSTED SKIPPED);
    struct enl_trust *own = enl_trust_new(NULL);
    snprintf(path, sizeof path, "%s/root.pem", folder);
    assert_true(enl_trust_add_file(own, ENL_TRUST_SIGNERS, NULL, path, NULL));
    assert_string_equal(codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = own), &known), TRUSTED SKIPPED);
    assert_string_equal(known.signer.serial, serial);
    assert_string_equal(known.anchor, path);
    enl_bytes_free(&cose);
    enl_signer_free(&s);
    // Ten days before its end it gets a new certificate, by the same root.
    struct pki soon = {0}, by = {0};
    snprintf(path, sizeof path, "%s/root.key", folder);
    FILE *file = fopen(path, "rb");
    by.key = PEM_read_PrivateKey(file, NULL, NULL, NULL), fclose(file);
    snprintf(path, sizeof path, "%s/root.pem", folder), file = fopen(path, "rb");
    by.cert = PEM_read_X509(file, NULL, NULL, NULL), fclose(file);
    snprintf(path, sizeof path, "%s/key.pem", folder), file = fopen(path, "rb");
    soon = pki_issue(PEM_read_PrivateKey(file, NULL, NULL, NULL), &by, (struct pki_spec){.name = "Soon", .until = 10});
    fclose(file);
    snprintf(path, sizeof path, "%s/chain.pem", folder);
    pki_write(path, pki_pem(&soon, NULL));
    s = enl_signer_new_local(folder, &made, &error);
    check(s && !made, "%s", error.text);
    assert_true(enl_signer_certificate(s)->until > (int64_t)time(NULL) + 700 * DAY);
    assert_true(enl_signer_sign(s, CLAIM, strlen(CLAIM), enl_signer_room(s), &cose, NULL));
    assert_string_equal(codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = own), NULL), TRUSTED SKIPPED);
    enl_bytes_free(&cose);
    enl_signer_free(&s);
    pki_free(&soon), pki_free(&by);
    enl_trust_free(&own);
    for (int i = 0; i < 4; i++) snprintf(path, sizeof path, "%s/%s", folder, names[i]), unlink(path);
    rmdir(folder);
    snprintf(path, sizeof path, "%s/deep", (char *)*state), rmdir(path);
    snprintf(path, sizeof path, "%s/file", (char *)*state);
    pki_write(path, "in the way");
    assert_null(enl_signer_new_local(path, NULL, &error));
    assert_int_equal(error.code, ENL_IO);
}

static void strangers(void **state) {
    (void)state;
    struct enl_signed known;
    double start = enl_seconds();
    // A thousand certificates, none, one alone, in the other header, in both.
    const char *codes = codes_of_forged((struct forge){.leaf = &signer, .other = &inter, .others = 1000},
                                        enl_check_params(.trust = trust), &known);
    assert_string_equal(codes, "signingCredential.invalid");
    codes = codes_of_forged((struct forge){.leaf = &signer, .other = &inter, .others = ENL_MAX_CHAIN - 1},
                            enl_check_params(.trust = trust), NULL);
    assert_string_equal(codes, TRUSTED SKIPPED);
    codes = codes_of_forged((struct forge){.leaf = &signer, .other = &inter, .loose_chain = true},
                            enl_check_params(.trust = trust), NULL);
    assert_string_equal(codes, TRUSTED SKIPPED);
    struct enl_trust *t = trust_in(&inter, NULL);
    codes = codes_of_forged((struct forge){.leaf = &signer, .single = true}, enl_check_params(.trust = t), NULL);
    assert_string_equal(codes, TRUSTED SKIPPED);
    enl_trust_free(&t);
    static const struct { const char *bytes; size_t size; const char *code; } cases[] = {
        {"", 0, "claimSignature.mismatch"},
        {"\xd2\x84\x40\xa0\xf6\x40", 6, "claimSignature.mismatch"},
        {"\xd2\x84\x43\xa1\x01\x26\xa0\xf6\x40", 9, "signingCredential.invalid"},
        {"\xd2\x84\x44\xa1\x01\x38\x2e\xa0\xf6\x40", 10, "algorithm.unsupported"}, // ES256K
        {"\xd2\x84\x41\xa0\xa0\xf6\x40", 7, "algorithm.unsupported"},
        {"\xd1\x84\x43\xa1\x01\x26\xa0\xf6\x40", 9, "claimSignature.mismatch"},
        {"\x83\x43\xa1\x01\x26\xa0\xf6", 7, "claimSignature.mismatch"},
        {"\xd2\x84\x45\xa2\x01\x26\x02\x80\xa0\xf6\x40", 11, "claimSignature.mismatch"}, // nothing critical
        {"\xd2\x84\x46\xa2\x01\x26\x02\x81\x07\xa0\xf6\x40", 12, "claimSignature.mismatch"}, // what we don't know
        {"\xd2\x84\x47\xa2\x01\x26\x18\x21\x41\x00\xa0\xf6\x40", 13, "signingCredential.invalid"},
        {"\xd2\x84\x47\xa2\x01\x26\x18\x21\x80\xa0\xa0\xf6\x40", 13, "claimSignature.mismatch"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        codes = codes_of(cases[i].bytes, cases[i].size, CLAIM, enl_check_params(.trust = trust), &known);
        check(!strcmp(codes, cases[i].code), "%zu: %s", i, codes);
        assert_false(known.read || known.holds || known.trusted);
    }
    assert_true(enl_seconds() - start < 20);
}

int main(int count, char **arguments) {
    if (count == 4 && !strcmp(arguments[1], "--sign")) return be_command(arguments[2], arguments[3]);
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) return 1;
    setenv("no_proxy", "127.0.0.1", 1);
    root = pki_ca("Root", NULL), tsa_root = pki_ca("TSA Root", NULL), inter = pki_ca("Inter", &root);
    signer = pki_issue(EVP_EC_gen("P-256"), &inter, (struct pki_spec){.name = "Signer"});
    tsa = pki_issue(EVP_EC_gen("P-256"), &tsa_root, (struct pki_spec){.name = "TSA", .eku = "critical,timeStamping"});
    trust = trust_in(&root, &tsa_root);
#define in_folder(f) cmocka_unit_test_setup_teardown(f, unit_folder, unit_remove_folder)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests),
        in_folder(every_algorithm),
        in_folder(no_byte_can_change),
        cmocka_unit_test(pads_fit_exactly),
        in_folder(unfit_certificates),
        in_folder(time_counts),
        cmocka_unit_test(whom_to_trust),
        cmocka_unit_test(stamps_by_themselves),
        in_folder(stamped_signatures),
        in_folder(signing_goes_on_without_a_stamp),
        cmocka_unit_test(stamps_in_headers),
        cmocka_unit_test(taken_back),
        in_folder(keys_that_do_not_fit),
        in_folder(signing_by_command),
        in_folder(an_identity_of_ones_own),
        cmocka_unit_test(strangers),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    enl_trust_free(&trust);
    pki_free(&root), pki_free(&inter), pki_free(&signer), pki_free(&tsa_root), pki_free(&tsa);
    return failed;
}
