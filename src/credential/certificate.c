// SPDX-License-Identifier: MIT
#include "credential/certificate.h"
#include "credential/limits.h"
#include "credential/trust.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

X509 *enl_x509_read(const void *der, size_t size) {
    const uint8_t *at = der;
    if (size == 0 || size > ENL_MAX_CERTIFICATE) return NULL;
    X509 *certificate = d2i_X509(NULL, &at, (long)size);
    if (certificate && at == (const uint8_t *)der + size) return certificate;
    X509_free(certificate);
    return NULL;
}

STACK_OF(X509) * enl_x509_read_pem(const void *pem, size_t size, int most, const char **ret_why) {
    STACK_OF(X509) *all = sk_X509_new_null();
    BIO *bio = size <= 64u << 20 ? BIO_new_mem_buf(size ? pem : "", (int)size) : NULL;
    *ret_why = all && bio ? NULL : "cannot be held in memory";
    while (!*ret_why) {
        X509 *one = PEM_read_bio_X509(bio, NULL, NULL, NULL);
        unsigned long reason = one ? 0 : ERR_peek_last_error();
        bool end = !one && ERR_GET_LIB(reason) == ERR_LIB_PEM && ERR_GET_REASON(reason) == PEM_R_NO_START_LINE;
        if (!one && end && sk_X509_num(all) > 0) break;
        if (!one) *ret_why = end ? "has no PEM certificate in it" : "has a broken certificate in it";
        else if (sk_X509_num(all) >= most) *ret_why = "has too many certificates in it";
        else if (sk_X509_push(all, one) > 0) continue;
        else *ret_why = "cannot be held in memory";
        X509_free(one);
    }
    BIO_free(bio);
    ERR_clear_error();
    if (!*ret_why) return all;
    sk_X509_pop_free(all, X509_free);
    return NULL;
}

int64_t enl_time(const ASN1_TIME *time) {
    struct tm parts;
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return ENL_LONG_AGO;
    return (int64_t)timegm(&parts);
}

bool enl_x509_valid_at(const X509 *certificate, int64_t at) {
    int64_t from = enl_time(X509_get0_notBefore(certificate)), until = enl_time(X509_get0_notAfter(certificate));
    return from != ENL_LONG_AGO && until != ENL_LONG_AGO && from <= at && at <= until;
}

const char *enl_key_unfit(EVP_PKEY *key) {
    char group[32] = "";
    int explicit = 0;
    if (!key) return "has a key of a kind that is not allowed";
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS: return EVP_PKEY_get_bits(key) < 2048 ? "has an RSA key of less than 2048 bits" : NULL;
    case EVP_PKEY_ED25519: return NULL;
    case EVP_PKEY_EC:
        // A curve that is spelled out may be any with the same name to people.
        EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit);
        EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
        if (!explicit && (!strcmp(group, "prime256v1") || !strcmp(group, "secp384r1") || !strcmp(group, "secp521r1")))
            return NULL;
        return "has a key on a curve that is not allowed";
    default: return "has a key of a kind that is not allowed";
    }
}

// Those that may sign certificates: section 14.5.1.1.
static bool signature_is_allowed(const X509 *certificate) {
    int digest = NID_undef, kind = NID_undef, bits;
    uint32_t flags;
    switch (X509_get_signature_nid(certificate)) {
    case NID_ecdsa_with_SHA256:
    case NID_ecdsa_with_SHA384:
    case NID_ecdsa_with_SHA512:
    case NID_sha256WithRSAEncryption:
    case NID_sha384WithRSAEncryption:
    case NID_sha512WithRSAEncryption:
    case NID_ED25519: return true;
    case NID_rsassaPss:
        return X509_get_signature_info((X509 *)certificate, &digest, &kind, &bits, &flags) == 1 &&
               (digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512);
    default: return false;
    }
}

static const char *purposes_unfit(X509 *certificate, enum enl_role role, const struct enl_trust *trust) {
    EXTENDED_KEY_USAGE *usages = X509_get_ext_d2i(certificate, NID_ext_key_usage, NULL, NULL);
    bool stamps = false, answers = false, any = false, signs = false;
    int count = usages ? sk_ASN1_OBJECT_num(usages) : 0;
    for (int i = 0; i < count && i < 64; i++) {
        const ASN1_OBJECT *usage = sk_ASN1_OBJECT_value(usages, i);
        int nid = OBJ_obj2nid(usage);
        any = any || nid == NID_anyExtendedKeyUsage;
        stamps = stamps || nid == NID_time_stamp;
        answers = answers || nid == NID_OCSP_sign;
        signs = signs || enl_trust_has_usage(trust, usage);
    }
    EXTENDED_KEY_USAGE_free(usages);
    if (count == 0) return "does not say what its key is for (no extended key usage)";
    if (any) return "may be used for anything (anyExtendedKeyUsage)";
    if ((stamps || answers) && count > 1) return "may stamp the time or answer OCSP, and other things too";
    if (role == ENL_ROLE_TSA) return stamps ? NULL : "may not stamp the time";
    if (role == ENL_ROLE_OCSP) return answers ? NULL : "may not answer OCSP";
    return signs ? NULL : "has no extended key usage that signs claims";
}

const char *enl_x509_unfit(X509 *certificate, enum enl_role role, const struct enl_trust *trust) {
    const ASN1_BIT_STRING *issuer_id = NULL, *subject_id = NULL;
    const char *unfit;
    uint32_t flags = X509_get_extension_flags(certificate);
    if (X509_get_version(certificate) != X509_VERSION_3) return "is not of version 3";
    if (flags & EXFLAG_INVALID) return "has broken extensions";
    X509_get0_uids(certificate, &issuer_id, &subject_id);
    if (issuer_id || subject_id) return "has unique identifiers";
    if (!signature_is_allowed(certificate)) return "is signed by an algorithm that is not allowed";
    if ((unfit = enl_key_unfit(X509_get0_pubkey(certificate)))) return unfit;
    if (flags & EXFLAG_CA) return "is a CA's";
    if (!(flags & EXFLAG_KUSAGE)) return "does not say how its key is used (no key usage)";
    uint32_t usage = X509_get_key_usage(certificate);
    // A TSA's may have the other bit: RFC 3161 says nothing of it, and there are such.
    if (!(usage & KU_DIGITAL_SIGNATURE) && !(role == ENL_ROLE_TSA && (usage & KU_NON_REPUDIATION)))
        return "may not sign (key usage)";
    if (usage & KU_KEY_CERT_SIGN) return "may sign certificates without being a CA's";
    if (role == ENL_ROLE_SIGNER && (flags & EXFLAG_SI)) return "is signed by itself";
    if (!(flags & EXFLAG_SI) && !X509_get0_authority_key_id(certificate)) return "does not say whose key signed it";
    return purposes_unfit(certificate, role, trust);
}

static void tell_name(const X509_NAME *name, int nid, char *ret_text, size_t size) {
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    const X509_NAME_ENTRY *entry = at < 0 ? NULL : X509_NAME_get_entry(name, at);
    unsigned char *text = NULL;
    int length = entry ? ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry)) : -1;
    // "%.*s" ends at a zero byte, which somebody may have put there to hide what follows: nothing is told then.
    bool whole = length > 0 && !memchr(text, 0, (size_t)length);
    snprintf(ret_text, size, "%.*s", whole ? length : 0, whole ? (const char *)text : "");
    enl_clean(ret_text);
    OPENSSL_free(text);
}

static void tell_serial(X509 *certificate, struct enl_certificate *c) {
    BIGNUM *serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    bool fits = serial && BN_num_bytes(serial) <= 32; // RFC 5280 allows 20
    char *decimal = fits ? BN_bn2dec(serial) : NULL, *hex = fits ? BN_bn2hex(serial) : NULL;
    snprintf(c->serial, sizeof c->serial, "%s", decimal ? decimal : "");
    snprintf(c->serial_hex, sizeof c->serial_hex, "%s", hex ? hex : "");
    for (char *h = c->serial_hex; *h; h++)
        if (*h >= 'A' && *h <= 'F') *h = (char)(*h - 'A' + 'a');
    OPENSSL_free(decimal);
    OPENSSL_free(hex);
    BN_free(serial);
}

void enl_x509_tell(X509 *certificate, struct enl_certificate *c) {
    const X509_NAME *subject = X509_get_subject_name(certificate), *issuer = X509_get_issuer_name(certificate);
    *c = (struct enl_certificate){0};
    tell_name(subject, NID_commonName, c->common_name, sizeof c->common_name);
    tell_name(subject, NID_organizationName, c->organization, sizeof c->organization);
    tell_name(subject, NID_countryName, c->country, sizeof c->country);
    tell_name(issuer, NID_commonName, c->issuer_name, sizeof c->issuer_name);
    tell_name(issuer, NID_organizationName, c->issuer_organization, sizeof c->issuer_organization);
    tell_name(issuer, NID_countryName, c->issuer_country, sizeof c->issuer_country);
    tell_serial(certificate, c);
    int64_t from = enl_time(X509_get0_notBefore(certificate)), until = enl_time(X509_get0_notAfter(certificate));
    c->from = from == ENL_LONG_AGO ? 0 : from;
    c->until = until == ENL_LONG_AGO ? 0 : until;
}

X509 *enl_x509_issuer(X509 *certificate, const STACK_OF(X509) * among) {
    for (int i = 0; i < sk_X509_num(among); i++) {
        X509 *one = sk_X509_value(among, i);
        if (one != certificate && X509_check_issued(one, certificate) == X509_V_OK &&
            X509_verify(certificate, X509_get0_pubkey(one)) == 1)
            return one;
    }
    return NULL;
}
