// SPDX-License-Identifier: MIT
// Where signatures keep their time-stamps, and how a TSA is asked for one.
#include "credential/limits.h"
#include "credential/net.h"
#include "credential/timestamp.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/ts.h>

#include <string.h>

#define TRIES 3

// The one token of {"tstTokens": [{"val": ...}]}. More than one is malformed (15.8.1.1).
static bool only_token(const struct enl_cbor *header, const uint8_t **ret_token, size_t *ret_size) {
    struct enl_cbor tokens, one;
    return enl_cbor_get(header, "tstTokens", &tokens) && enl_cbor_count(&tokens) == 1 &&
           enl_cbor_index(&tokens, 0, &one) && enl_cbor_bytes(&one, "val", ret_token, ret_size) &&
           *ret_size <= ENL_MAX_TOKEN;
}

void enl_stamp_find(const struct enl_cose *cose, const void *claim, size_t claim_size, bool old, const char *url,
                    const struct enl_check_params *params, struct enl_statuses *to, struct enl_stamp *ret_stamp) {
    struct enl_cbor header;
    struct enl_bytes payload = {0}, message = {0};
    const uint8_t *token;
    size_t size;
    *ret_stamp = (struct enl_stamp){0};
    bool newer = enl_cbor_get(&cose->loose, "sigTst2", &header);
    if (!newer && !(old && enl_cbor_get(&cose->loose, "sigTst", &header))) return;
    if (!only_token(&header, &token, &size)) {
        enl_tell(to, "timeStamp.malformed", url, "There is not exactly one time-stamp in the header for it.");
        return;
    }
    // The newer header stamps the signature itself, the old one what was signed.
    if (newer) enl_cbor_put_bytes(&payload, cose->signature, cose->signature_size);
    else enl_bytes_put(&payload, claim, claim_size);
    enl_cose_structure("CounterSignature", cose->wrapped.data, (size_t)cose->wrapped.number, payload.data, payload.size,
                       &message);
    if (payload.failed || message.failed) to->failed = true;
    else enl_stamp_look(token, size, message.data, message.size, url, params, to, ret_stamp);
    enl_bytes_free(&payload);
    enl_bytes_free(&message);
}

// A question for a token over `message`, with `nonce`, in DER.
static bool make_question(const void *message, size_t message_size, const uint8_t nonce[8], struct enl_bytes *to) {
    uint8_t hash[64];
    size_t hash_size;
    unsigned char *der = NULL;
    TS_REQ *question = TS_REQ_new();
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *alg = X509_ALGOR_new();
    BIGNUM *number = BN_bin2bn(nonce, 8, NULL);
    ASN1_INTEGER *integer = number ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
    bool good = question && imprint && alg && integer &&
                enl_digest_of("sha256", message, message_size, hash, &hash_size) &&
                X509_ALGOR_set0(alg, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) &&
                TS_MSG_IMPRINT_set_algo(imprint, alg) && TS_MSG_IMPRINT_set_msg(imprint, hash, (int)hash_size) &&
                TS_REQ_set_version(question, 1) && TS_REQ_set_msg_imprint(question, imprint) &&
                TS_REQ_set_nonce(question, integer) && TS_REQ_set_cert_req(question, 1);
    int size = good ? i2d_TS_REQ(question, &der) : -1;
    if (size > 0) enl_bytes_put(to, der, (size_t)size);
    OPENSSL_free(der);
    ASN1_INTEGER_free(integer);
    BN_free(number);
    X509_ALGOR_free(alg);
    TS_MSG_IMPRINT_free(imprint);
    TS_REQ_free(question);
    return size > 0 && !to->failed;
}

static bool has_nonce(const uint8_t *token, size_t size, const uint8_t nonce[8]) {
    const unsigned char *at = token;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)size);
    ASN1_OCTET_STRING **content = cms ? CMS_get0_content(cms) : NULL;
    at = content && *content ? ASN1_STRING_get0_data(*content) : NULL;
    TS_TST_INFO *info = at ? d2i_TS_TST_INFO(NULL, &at, ASN1_STRING_length(*content)) : NULL;
    const ASN1_INTEGER *is = info ? TS_TST_INFO_get_nonce(info) : NULL;
    BIGNUM *number = is ? ASN1_INTEGER_to_BN(is, NULL) : NULL, *want = BN_bin2bn(nonce, 8, NULL);
    bool same = number && want && BN_cmp(number, want) == 0;
    BN_free(number);
    BN_free(want);
    TS_TST_INFO_free(info);
    CMS_ContentInfo_free(cms);
    return same;
}

// Whether an answer holds what was asked for: a token that fits, with our nonce.
static bool accept(const struct enl_bytes *answer, const void *message, size_t message_size, const uint8_t nonce[8],
                   struct enl_bytes *ret_token, struct enl_error *error) {
    const uint8_t *token;
    size_t size;
    struct enl_statuses statuses = {0};
    struct enl_stamp stamp = {0};
    if (!enl_stamp_token(answer->data, answer->size, &token, &size)) return enl_fail(error, ENL_IO, "refuses to stamp");
    if (size > ENL_MAX_TOKEN || !has_nonce(token, size, nonce))
        return enl_fail(error, ENL_IO, "gives a time-stamp for another question");
    enl_stamp_look(token, size, message, message_size, "", enl_check_params(0), &statuses, &stamp);
    enl_statuses_free(&statuses);
    if (!stamp.time) return enl_fail(error, ENL_IO, "gives a time-stamp that does not hold");
    enl_bytes_put(ret_token, token, size);
    return !ret_token->failed || enl_fail(error, ENL_NO_MEMORY, "Not enough memory for a time-stamp.");
}

bool enl_stamp_ask(const char *url, const void *message, size_t message_size, struct enl_bytes *ret_token,
                   struct enl_error *error) {
    struct enl_error why = {.code = ENL_NO_MEMORY, .text = "cannot be asked"};
    bool good = false;
    for (int i = 0; i < TRIES && !good; i++) {
        uint8_t nonce[8];
        struct enl_bytes question = {0}, answer = {0};
        bool asked = enl_random_bytes(nonce, sizeof nonce) && make_question(message, message_size, nonce, &question);
        good = asked &&
               enl_net_ask(url, "application/timestamp-query", "application/timestamp-reply", question.data,
                           question.size, &answer, &why) &&
               accept(&answer, message, message_size, nonce, ret_token, &why);
        enl_bytes_free(&question);
        enl_bytes_free(&answer);
    }
    ERR_clear_error();
    return good || enl_fail(error, why.code, "%s %s.", url, why.text);
}
