// SPDX-License-Identifier: MIT
#include "credential/timestamp.h"
#include "credential/limits.h"
#include "credential/trust.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/ess.h>
#include <openssl/ts.h>

#include <string.h>

// A token while it is looked at.
struct token {
    CMS_ContentInfo *cms;
    TS_TST_INFO *info;
    STACK_OF(X509) * signers; // its elements are the CMS's
    STACK_OF(X509) * chain;   // the signer first, then what else came along
    X509 *tsa;
    int64_t time;
};

static void free_token(struct token *t) {
    sk_X509_free(t->signers);
    sk_X509_pop_free(t->chain, X509_free);
    TS_TST_INFO_free(t->info);
    CMS_ContentInfo_free(t->cms);
}

bool enl_stamp_token(const uint8_t *answer, size_t size, const uint8_t **ret_token, size_t *ret_size) {
    const unsigned char *at = answer, *end = answer + size, *status;
    long length, inner;
    int tag, class;
    if (size > ENL_MAX_ANSWER || size < 2 ||
        ASN1_get_object(&at, &length, &tag, &class, (long)size) != V_ASN1_CONSTRUCTED)
        return false;
    if (tag != V_ASN1_SEQUENCE || at + length != end || length < 2) return false;
    *ret_token = answer;
    *ret_size = size;
    if (*at == V_ASN1_OBJECT) return true; // a ContentInfo begins with its kind
    // A TimeStampResp: PKIStatusInfo, whose first item is granted (0) or grantedWithMods (1), then the token.
    if (ASN1_get_object(&at, &length, &tag, &class, end - at) != V_ASN1_CONSTRUCTED || tag != V_ASN1_SEQUENCE)
        return false;
    status = at;
    at += length;
    if (ASN1_get_object(&status, &inner, &tag, &class, length) & 0x80 || tag != V_ASN1_INTEGER) return false;
    if (inner != 1 || *status > 1 || at >= end) return false;
    *ret_token = at;
    *ret_size = (size_t)(end - at);
    return true;
}

// Opens a token: CMS signed data by one signer with a TSTInfo in it. False: malformed.
static bool open_token(const uint8_t *bytes, size_t size, struct token *t) {
    const unsigned char *at = bytes;
    t->cms = size <= ENL_MAX_TOKEN ? d2i_CMS_ContentInfo(NULL, &at, (long)size) : NULL;
    if (!t->cms || at != bytes + size || OBJ_obj2nid(CMS_get0_type(t->cms)) != NID_pkcs7_signed) return false;
    if (OBJ_obj2nid(CMS_get0_eContentType(t->cms)) != NID_id_smime_ct_TSTInfo) return false;
    ASN1_OCTET_STRING **content = CMS_get0_content(t->cms);
    if (!content || !*content || sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(t->cms)) != 1) return false;
    const unsigned char *data = ASN1_STRING_get0_data(*content), *from = data;
    t->info = d2i_TS_TST_INFO(NULL, &from, ASN1_STRING_length(*content));
    if (!t->info || from != data + ASN1_STRING_length(*content) || TS_TST_INFO_get_version(t->info) != 1) return false;
    const ASN1_GENERALIZEDTIME *time = TS_TST_INFO_get_time(t->info);
    t->time = time && ASN1_STRING_type(time) == V_ASN1_GENERALIZEDTIME ? enl_time(time) : ENL_LONG_AGO;
    return t->time > 0;
}

// The signer's certificate, and all that came along, it first: a signer may not be found among too many.
static bool find_tsa(struct token *t) {
    STACK_OF(X509) *all = CMS_get1_certs(t->cms);
    bool good = all && sk_X509_num(all) <= ENL_MAX_CHAIN;
    CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(t->cms), 0);
    for (int i = 0; good && !t->tsa && i < sk_X509_num(all); i++)
        if (CMS_SignerInfo_cert_cmp(signer, sk_X509_value(all, i)) == 0) t->tsa = sk_X509_value(all, i);
    good = good && t->tsa && (t->chain = sk_X509_new_null()) && X509_up_ref(t->tsa);
    if (good && sk_X509_push(t->chain, t->tsa) <= 0) good = false, X509_free(t->tsa);
    for (int i = 0; good && i < sk_X509_num(all); i++) {
        X509 *one = sk_X509_value(all, i);
        if (one == t->tsa) continue;
        X509_up_ref(one);
        if (sk_X509_push(t->chain, one) <= 0) good = false, X509_free(one);
    }
    sk_X509_pop_free(all, X509_free);
    return good;
}

// The attribute that names the certificate, so that no other one with the same key can be put in its place.
static bool names_its_certificate(const struct token *t) {
    CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(t->cms), 0);
    ASN1_STRING *first = CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(NID_id_smime_aa_signingCertificate), -3,
                                                     V_ASN1_SEQUENCE);
    ASN1_STRING *second = CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(NID_id_smime_aa_signingCertificateV2), -3,
                                                      V_ASN1_SEQUENCE);
    const unsigned char *at = first ? ASN1_STRING_get0_data(first) : NULL;
    ESS_SIGNING_CERT *v1 = first ? d2i_ESS_SIGNING_CERT(NULL, &at, ASN1_STRING_length(first)) : NULL;
    at = second ? ASN1_STRING_get0_data(second) : NULL;
    ESS_SIGNING_CERT_V2 *v2 = second ? d2i_ESS_SIGNING_CERT_V2(NULL, &at, ASN1_STRING_length(second)) : NULL;
    bool good = (!first || v1) && (!second || v2) && OSSL_ESS_check_signing_certs(v1, v2, t->chain, 1) == 1;
    ESS_SIGNING_CERT_free(v1);
    ESS_SIGNING_CERT_V2_free(v2);
    return good;
}

static const char *imprint_alg(const struct token *t) {
    const ASN1_OBJECT *alg = NULL;
    X509_ALGOR_get0(&alg, NULL, NULL, TS_MSG_IMPRINT_get_algo(TS_TST_INFO_get_msg_imprint(t->info)));
    int nid = OBJ_obj2nid(alg);
    return nid == NID_sha256 ? "sha256" : nid == NID_sha384 ? "sha384" : nid == NID_sha512 ? "sha512" : NULL;
}

static bool imprint_fits(const struct token *t, const char *alg, const void *message, size_t message_size) {
    uint8_t hash[64];
    size_t size;
    const ASN1_OCTET_STRING *is = TS_MSG_IMPRINT_get_msg(TS_TST_INFO_get_msg_imprint(t->info));
    return enl_digest_of(alg, message, message_size, hash, &size) && (size_t)ASN1_STRING_length(is) == size &&
           !CRYPTO_memcmp(ASN1_STRING_get0_data(is), hash, size);
}

// Everything but whether the TSA is known. The code of what is wrong, and why; NULL: nothing.
static const char *judge(struct token *t, const uint8_t *bytes, size_t size, const void *message, size_t message_size,
                         const char **ret_why) {
    *ret_why = "The time-stamp cannot be read.";
    if (!open_token(bytes, size, t)) return "timeStamp.malformed";
    *ret_why = "The time-stamp is over something else.";
    const char *alg = imprint_alg(t);
    if (alg && !imprint_fits(t, alg, message, message_size)) return "timeStamp.mismatch";
    *ret_why = "The time-stamp's hash algorithm is not allowed.";
    if (!alg) return "timeStamp.untrusted";
    *ret_why = "The certificate of the time-stamp's maker is not in it.";
    if (!find_tsa(t)) return "timeStamp.untrusted";
    *ret_why = "The time-stamp's signature does not fit.";
    if (CMS_verify(t->cms, NULL, NULL, NULL, NULL, CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) != 1)
        return "timeStamp.mismatch";
    t->signers = CMS_get0_signers(t->cms);
    *ret_why = "The time-stamp names another certificate than it is signed with.";
    if (sk_X509_num(t->signers) != 1 || X509_cmp(sk_X509_value(t->signers, 0), t->tsa) || !names_its_certificate(t))
        return "timeStamp.mismatch";
    if ((*ret_why = enl_x509_unfit(t->tsa, ENL_ROLE_TSA, NULL))) return "timeStamp.credentialInvalid";
    *ret_why = "The time-stamp was made when its certificate was not valid.";
    return enl_x509_valid_at(t->tsa, t->time) ? NULL : "timeStamp.outsideValidity";
}

void enl_stamp_look(const void *bytes, size_t size, const void *message, size_t message_size, const char *url,
                    const struct enl_check_params *params, struct enl_statuses *to, struct enl_stamp *ret_stamp) {
    struct token t = {0};
    const uint8_t *token = bytes;
    const char *why = "The time-stamp cannot be read.", *code = "timeStamp.malformed";
    *ret_stamp = (struct enl_stamp){0};
    if (enl_stamp_token(bytes, size, &token, &size)) code = judge(&t, token, size, message, message_size, &why);
    if (code && why && !strcmp(code, "timeStamp.credentialInvalid"))
        enl_tell(to, code, url, "The certificate of the time-stamp's maker %s.", why);
    else if (code) enl_tell(to, code, url, "%s", why);
    if (!code) {
        enum enl_chain chain = enl_trust_chain(params->trust, ENL_ROLE_TSA, t.tsa, t.chain, t.time, NULL);
        enl_x509_tell(t.tsa, &ret_stamp->tsa);
        const char *who = ret_stamp->tsa.common_name;
        if (chain == ENL_CHAIN_EXPIRED) {
            enl_tell(to, "timeStamp.outsideValidity", url, "The time-stamp was made when a CA of %s was not valid.",
                     who);
        } else {
            ret_stamp->time = t.time;
            ret_stamp->trusted = chain == ENL_CHAIN_GOOD;
            enl_tell(to, "timeStamp.validated", url, "The time-stamp of %s fits.", who);
            if (ret_stamp->trusted)
                enl_tell(to, "timeStamp.trusted", url, "The time-stamp's maker is trusted: %s.", who);
            else enl_tell(to, "timeStamp.untrusted", url, "The time-stamp's maker is not known: %s.", who);
        }
    }
    free_token(&t);
    ERR_clear_error();
}

void enl_timestamp_check(const void *token, size_t size, const void *message, size_t message_size, const char *url,
                         const struct enl_check_params *params, struct enl_statuses *to, int64_t *ret_time) {
    static const struct enl_check_params nobody = {0};
    struct enl_stamp stamp;
    enl_stamp_look(token, size, message, message_size, url, params ? params : &nobody, to, &stamp);
    *ret_time = stamp.time;
}
