// SPDX-License-Identifier: MIT
// Signatures over claims: made and looked at, with certificates of every kind, time-stamps and OCSP answers, all made
// here; and what strangers may send.
#include "signing.h"

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
    struct pki leaves[2] = {pki_issue(key_of("ES256"), &inter, (struct pki_spec){.name = "a"}),
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
        for (size_t k = 0; k<cose.size; k += k> 40 && k + 200 < cose.size && UNIT_SLOW ? 13 : 1) {
            if (k >= from && k < until) continue; // the pad is nobody's
            uint8_t kept = cose.data[k];
            struct enl_signed known;
            cose.data[k] ^= (uint8_t)(1 << 3 * k % 8);
            codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = trust), &known);
            check(!known.holds, "%d: byte %zu", i, k);
            cose.data[k] = kept;
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
        struct pki leaf = pki_issue(rsa ? EVP_RSA_gen(1024) : EVP_EC_gen(own ? "P-256" : curve), own ? NULL : &inter,
                                    spec);
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
                            i ? TRUSTED SKIPPED :
                                "claimSignature.validated signingCredential.trusted "
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
    assert_string_equal(
        codes_of_forged((struct forge){.leaf = &server, .other = &inter}, enl_check_params(.trust = t), NULL),
        TRUSTED SKIPPED);
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
    assert_string_equal(codes_of_forged(f, enl_check_params(.trust = trust), NULL),
                        "timeStamp.mismatch " TRUSTED SKIPPED);
    f.tokens = 2;
    assert_string_equal(codes_of_forged(f, enl_check_params(.trust = trust), NULL),
                        "timeStamp.malformed " TRUSTED SKIPPED);
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
    struct {
        struct pki_ocsp o;
        const char *code;
    } cases[] = {
        {{&inter, &inter, signer.cert, GOOD, 0, 0, 7, 0}, "notRevoked"},
        {{&helper, &inter, signer.cert, GOOD, 0, 0, 7, 0}, "notRevoked"},
        {{&helper, &inter, signer.cert, GOOD, 0, 0, 0, 0}, "notRevoked"}, // a day is taken
        {{&helper, &inter, signer.cert, REVOKED, OCSP_REVOKED_STATUS_KEYCOMPROMISE, 0, 7, -3}, "revoked"},
        {{&helper, &inter, signer.cert, REVOKED, OCSP_REVOKED_STATUS_SUPERSEDED, -9, -5, -10}, "revoked"},
        {{&helper, &inter, signer.cert, REVOKED, OCSP_REVOKED_STATUS_REMOVEFROMCRL, 0, 7, -3}, "notRevoked"},
        {{&helper, &inter, signer.cert, UNKNOWN, 0, 0, 7, 0}, "unknown"},
        {{&helper, &inter, signer.cert, GOOD, 0, -9, -5, 0}, "skipped"}, // too old
        {{&helper, &inter, signer.cert, GOOD, 0, 5, 9, 0}, "skipped"},   // from the future
        {{&stranger, &inter, signer.cert, GOOD, 0, 0, 7, 0}, "skipped"}, // not the issuer's
        {{&signer, &inter, signer.cert, GOOD, 0, 0, 7, 0}, "skipped"},   // its own
        {{&helper, &inter, other.cert, GOOD, 0, 0, 7, 0}, "skipped"},    // of another one
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
    static const struct {
        const char *bytes;
        size_t size;
        const char *code;
    } cases[] = {
        {"", 0, "claimSignature.mismatch"},
        {"\xd2\x84\x40\xa0\xf6\x40", 6, "claimSignature.mismatch"},
        {"\xd2\x84\x43\xa1\x01\x26\xa0\xf6\x40", 9, "signingCredential.invalid"},
        {"\xd2\x84\x44\xa1\x01\x38\x2e\xa0\xf6\x40", 10, "algorithm.unsupported"}, // ES256K
        {"\xd2\x84\x41\xa0\xa0\xf6\x40", 7, "algorithm.unsupported"},
        {"\xd1\x84\x43\xa1\x01\x26\xa0\xf6\x40", 9, "claimSignature.mismatch"},
        {"\x83\x43\xa1\x01\x26\xa0\xf6", 7, "claimSignature.mismatch"},
        {"\xd2\x84\x45\xa2\x01\x26\x02\x80\xa0\xf6\x40", 11, "claimSignature.mismatch"},     // nothing critical
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

int main(void) {
    make_authorities();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests),           in_folder(every_algorithm),
        in_folder(no_byte_can_change),       cmocka_unit_test(pads_fit_exactly),
        in_folder(unfit_certificates),       in_folder(time_counts),
        cmocka_unit_test(whom_to_trust),     cmocka_unit_test(stamps_by_themselves),
        cmocka_unit_test(stamps_in_headers), cmocka_unit_test(taken_back),
        cmocka_unit_test(strangers),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free_authorities();
    return failed;
}
