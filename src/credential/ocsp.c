// SPDX-License-Identifier: MIT
#include "credential/ocsp.h"
#include "credential/limits.h"
#include "credential/net.h"
#include "credential/trust.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <string.h>

#define DAY 86400
#define MOST_RESPONDERS 2 // of one certificate that are asked

enum answer { ANSWER_NONE, ANSWER_GOOD, ANSWER_UNKNOWN, ANSWER_REVOKED };

// What all answers are measured by.
struct question {
    X509 *leaf, *issuer;
    const STACK_OF(X509) * others;
    int64_t now, stamped; // the latter 0 where no trusted time-stamp is
};

// Signed by the issuer itself or by who may answer for it, whose certificate was valid when it did.
static bool is_authorized(OCSP_BASICRESP *basic, const struct question *q, int64_t produced) {
    X509_STORE *store = X509_STORE_new();
    X509 *signer = NULL;
    bool good = store && X509_STORE_add_cert(store, q->issuer) == 1 &&
                X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME) == 1 &&
                sk_X509_num(OCSP_resp_get0_certs(basic)) <= ENL_MAX_CHAIN &&
                OCSP_basic_verify(basic, (STACK_OF(X509) *)q->others, store, OCSP_PARTIAL_CHAIN) == 1 &&
                OCSP_resp_get0_signer(basic, &signer, (STACK_OF(X509) *)q->others) == 1 &&
                enl_x509_valid_at(signer, produced);
    X509_STORE_free(store);
    return good;
}

// The one answer about our certificate. NULL: there is none.
static OCSP_SINGLERESP *find_single(OCSP_BASICRESP *basic, const struct question *q) {
    int count = OCSP_resp_count(basic);
    for (int i = 0; i < count && i < ENL_MAX_TOKENS; i++) {
        OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
        const OCSP_CERTID *is = OCSP_SINGLERESP_get0_id(single);
        ASN1_OBJECT *alg = NULL;
        OCSP_id_get0_info(NULL, &alg, NULL, NULL, (OCSP_CERTID *)is);
        const EVP_MD *kind = EVP_get_digestbyobj(alg);
        OCSP_CERTID *want = kind ? OCSP_cert_to_id(kind, q->leaf, q->issuer) : NULL;
        bool same = want && OCSP_id_cmp(is, want) == 0;
        OCSP_CERTID_free(want);
        if (same) return single;
    }
    return NULL;
}

// Section 15.9.1: what an answer that was made at one time proves for another.
static enum answer weigh(OCSP_SINGLERESP *single, const struct question *q, int64_t produced) {
    int reason = -1;
    ASN1_GENERALIZEDTIME *revoked = NULL, *from = NULL, *until = NULL;
    int status = OCSP_single_get0_status(single, &reason, &revoked, &from, &until);
    int64_t begin = enl_time(from), end = until ? enl_time(until) : produced + DAY;
    if (begin == ENL_LONG_AGO || end == ENL_LONG_AGO || begin > q->now) return ANSWER_NONE;
    bool was_revoked = status == V_OCSP_CERTSTATUS_REVOKED && reason != OCSP_REVOKED_STATUS_REMOVEFROMCRL;
    if (was_revoked) {
        // Taken back after it had signed: the signature stays, by a time that somebody trusted attests. Once taken back
        // it stays so, so that this needs no answer that is fresh.
        bool after = q->stamped && enl_time(revoked) > q->stamped;
        return after ? ANSWER_GOOD : ANSWER_REVOKED;
    }
    if (q->stamped ? q->stamped > end : q->now > end) return ANSWER_NONE;
    return status == V_OCSP_CERTSTATUS_UNKNOWN ? ANSWER_UNKNOWN : ANSWER_GOOD;
}

static enum answer read_answer(const uint8_t *der, size_t size, const struct question *q) {
    const unsigned char *at = der;
    OCSP_RESPONSE *response = size && size <= ENL_MAX_TOKEN ? d2i_OCSP_RESPONSE(NULL, &at, (long)size) : NULL;
    bool good = response && at == der + size && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL;
    OCSP_BASICRESP *basic = good ? OCSP_response_get1_basic(response) : NULL;
    enum answer answer = ANSWER_NONE;
    int64_t produced = basic ? enl_time(OCSP_resp_get0_produced_at(basic)) : ENL_LONG_AGO;
    OCSP_SINGLERESP *single = produced != ENL_LONG_AGO ? find_single(basic, q) : NULL;
    if (single && is_authorized(basic, q, produced)) answer = weigh(single, q, produced);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    return answer;
}

// The worst of the answers that came along: who took a certificate back is believed first.
static enum answer look_at_stapled(const struct enl_cose *cose, const struct question *q) {
    struct enl_cbor header, values, item;
    const uint8_t *at = NULL;
    enum answer worst = ANSWER_NONE;
    bool kept = enl_cbor_get(&cose->headers, "rVals", &header) || enl_cbor_get(&cose->loose, "rVals", &header);
    if (!kept || !enl_cbor_get(&header, "ocspVals", &values) || values.type != ENL_CBOR_ARRAY) return ANSWER_NONE;
    for (int i = 0; i < ENL_MAX_TOKENS && enl_cbor_next(&values, &at, &item); i++) {
        if (item.type != ENL_CBOR_BYTES) continue;
        enum answer answer = read_answer(item.data, (size_t)item.number, q);
        if (answer > worst) worst = answer;
    }
    return worst;
}

static bool make_question(const struct question *q, struct enl_bytes *to) {
    OCSP_REQUEST *request = OCSP_REQUEST_new();
    OCSP_CERTID *id = request ? OCSP_cert_to_id(EVP_sha1(), q->leaf, q->issuer) : NULL; // what all responders know
    unsigned char *der = NULL;
    bool added = id && OCSP_request_add0_id(request, id);
    if (id && !added) OCSP_CERTID_free(id);
    int size = added ? i2d_OCSP_REQUEST(request, &der) : -1;
    if (size > 0) enl_bytes_put(to, der, (size_t)size);
    OPENSSL_free(der);
    OCSP_REQUEST_free(request);
    return size > 0 && !to->failed;
}

// Asks the responders that the certificate names. `*ret_asked`: there was one to ask.
static enum answer ask(const struct question *q, bool *ret_asked) {
    STACK_OF(OPENSSL_STRING) *urls = X509_get1_ocsp(q->leaf);
    struct enl_bytes question = {0};
    enum answer answer = ANSWER_NONE;
    *ret_asked = false;
    for (int i = 0; i < sk_OPENSSL_STRING_num(urls) && i < MOST_RESPONDERS && answer == ANSWER_NONE; i++) {
        const char *url = sk_OPENSSL_STRING_value(urls, i);
        struct enl_bytes bytes = {0};
        if (!enl_net_is_url(url)) continue;
        *ret_asked = true;
        if ((question.size || make_question(q, &question)) &&
            enl_net_ask(url, "application/ocsp-request", "application/ocsp-response", question.data, question.size,
                        &bytes, NULL))
            answer = read_answer(bytes.data, bytes.size, q);
        enl_bytes_free(&bytes);
    }
    enl_bytes_free(&question);
    X509_email_free(urls);
    return answer;
}

static void tell(enum answer answer, bool asked, bool online, const char *url, struct enl_statuses *to) {
    if (answer == ANSWER_GOOD)
        enl_tell(to, "signingCredential.ocsp.notRevoked", url, "The signer's certificate had not been taken back.");
    else if (answer == ANSWER_REVOKED)
        enl_tell(to, "signingCredential.ocsp.revoked", url, "The signer's certificate was taken back.");
    else if (answer == ANSWER_UNKNOWN)
        enl_tell(to, "signingCredential.ocsp.unknown", url, "The responder does not know the signer's certificate.");
    else if (asked) enl_tell(to, "signingCredential.ocsp.inaccessible", url, "No responder gave a useful answer.");
    else
        enl_tell(to, "signingCredential.ocsp.skipped", url, "%s",
                 online ? "The signer's certificate names no responder that could be asked." :
                          "Nobody was asked whether the signer's certificate was taken back.");
}

// Whether memory ran out since the errors were cleared. Takes them all.
static bool memory_ran_out(void) {
    bool out = false;
    for (unsigned long reason; (reason = ERR_get_error());) out = out || ERR_GET_REASON(reason) == ERR_R_MALLOC_FAILURE;
    return out;
}

void enl_ocsp_check(const struct enl_cose *cose, const struct enl_stamp *stamp, int64_t now, const char *url,
                    const struct enl_check_params *params, struct enl_statuses *to) {
    struct question q = {.leaf = cose->leaf, .others = cose->others, .now = now};
    enum answer answer = ANSWER_NONE;
    bool asked = false;
    ERR_clear_error();
    q.stamped = stamp->trusted ? stamp->time : 0;
    q.issuer = enl_x509_issuer(cose->leaf, cose->others);
    if (!q.issuer) q.issuer = enl_trust_issuer(params->trust, cose->leaf);
    if (q.issuer) answer = look_at_stapled(cose, &q);
    if (q.issuer && params->online && (answer == ANSWER_NONE || answer == ANSWER_UNKNOWN)) {
        enum answer online = ask(&q, &asked);
        if (online != ANSWER_NONE) answer = online;
    }
    tell(answer, asked, params->online, url, to);
    // An answer that could not be read may have been the one that takes the certificate back.
    if (memory_ran_out()) to->failed = true;
}
