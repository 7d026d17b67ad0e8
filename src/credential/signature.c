// SPDX-License-Identifier: MIT
// C2PA 2.4 sections 15.7 to 15.9: a claim's signature, its time-stamp, its signer.
#include "credential/signature.h"
#include "credential/cose.h"
#include "credential/ocsp.h"
#include "credential/timestamp.h"
#include "credential/trust.h"

#include <openssl/err.h>

#include <stdio.h>
#include <time.h>

struct look { // a signature while it is looked at
    const struct enl_cose *cose;
    const struct enl_check_params *params;
    const char *url;
    struct enl_statuses *to;
    struct enl_signed *known;
    struct enl_stamp stamp;
    int64_t now, at; // the moment of the check, and the one that certificates are measured at
};

static void look_at_signature(const struct look *l, const void *claim, size_t claim_size) {
    l->known->holds = enl_cose_verify(l->cose, claim, claim_size);
    if (l->known->holds)
        enl_tell(l->to, "claimSignature.validated", l->url, "The signature (%s) fits the claim.", l->cose->alg->name);
    else enl_tell(l->to, "claimSignature.mismatch", l->url, "The signature does not fit the claim.");
}

// Whether the signer may sign, is known, and was valid at the time.
static void look_at_signer(const struct look *l) {
    struct enl_signed *known = l->known;
    const char *who = known->signer.common_name[0] ? known->signer.common_name : "the signer";
    const char *unfit = enl_x509_unfit(l->cose->leaf, ENL_ROLE_SIGNER, l->params->trust);
    if (unfit) enl_tell(l->to, "signingCredential.invalid", l->url, "The certificate of %s %s.", who, unfit);
    enum enl_chain chain = enl_trust_chain(l->params->trust, ENL_ROLE_SIGNER, l->cose->leaf, l->cose->others, l->at,
                                           known->anchor);
    bool inside = chain != ENL_CHAIN_EXPIRED && enl_x509_valid_at(l->cose->leaf, l->at);
    // Nobody vouches for this signer anyway: a time that nobody vouches for either will do, or every old file would be
    // called broken where no list of time-stamp authorities is at hand.
    if (!inside && chain == ENL_CHAIN_NONE && l->stamp.time) inside = enl_x509_valid_at(l->cose->leaf, l->stamp.time);
    if (unfit || chain == ENL_CHAIN_NONE) {
        known->anchor[0] = '\0';
        enl_tell(l->to, "signingCredential.untrusted", l->url, "Nobody that is trusted stands behind %s.", who);
    } else {
        enl_tell(l->to, "signingCredential.trusted", l->url, "%s stands behind %s.", known->anchor, who);
    }
    known->trusted = !unfit && chain == ENL_CHAIN_GOOD;
    const char *when = l->stamp.trusted ? "when it signed" : "now, and no trusted time-stamp says that it was";
    if (!inside)
        enl_tell(l->to, "claimSignature.outsideValidity", l->url, "The certificate of %s is not valid %s.", who, when);
    else if (known->holds)
        enl_tell(l->to, "claimSignature.insideValidity", l->url, "The certificate of %s was valid.", who);
}

// When the signer itself says that it signed (15.8.3): the claim "iat" (6) of the header "CWT Claims" (15).
static void look_at_own_time(const struct look *l) {
    struct enl_cbor claims, iat;
    if (!enl_cbor_get_number(&l->cose->headers, 15, &claims) || !enl_cbor_get_number(&claims, 6, &iat)) return;
    bool number = iat.type == ENL_CBOR_UINT && iat.number < (uint64_t)1 << 48;
    bool inside = number && enl_x509_valid_at(l->cose->leaf, (int64_t)iat.number) &&
                  (!l->stamp.trusted || (int64_t)iat.number <= l->stamp.time);
    if (inside)
        enl_tell(l->to, "timeOfSigning.insideValidity", l->url, "The signer says it signed while it was valid.");
    else enl_tell(l->to, "timeOfSigning.outsideValidity", l->url, "The signer says it signed when that cannot be.");
}

void enl_signature_check(const void *bytes, size_t size, const void *claim, size_t claim_size, bool old,
                         const char *url, const struct enl_check_params *params, struct enl_statuses *to,
                         struct enl_signed *ret_signed) {
    static const struct enl_check_params nobody = {0};
    struct enl_cose cose;
    const char *code, *why;
    *ret_signed = (struct enl_signed){0};
    if (!params) params = &nobody;
    if (!enl_cose_read(bytes, size, &cose, &code, &why)) {
        if (cose.alg) snprintf(ret_signed->alg, sizeof ret_signed->alg, "%s", cose.alg->name);
        enl_tell(to, code, url, "%s", why);
    } else {
        struct look look = {.cose = &cose, .params = params, .url = url, .to = to, .known = ret_signed};
        look.now = params->at ? params->at : (int64_t)time(NULL);
        ret_signed->read = true;
        snprintf(ret_signed->alg, sizeof ret_signed->alg, "%s", cose.alg->name);
        enl_x509_tell(cose.leaf, &ret_signed->signer);
        enl_stamp_find(&cose, claim, claim_size, old, url, params, to, &look.stamp);
        ret_signed->time = look.stamp.time;
        ret_signed->time_trusted = look.stamp.trusted;
        ret_signed->tsa = look.stamp.tsa;
        look.at = look.stamp.trusted ? look.stamp.time : look.now;
        look_at_signature(&look, claim, claim_size);
        look_at_signer(&look);
        look_at_own_time(&look);
        enl_ocsp_check(&cose, &look.stamp, look.now, url, params, to);
    }
    enl_cose_free(&cose);
    ERR_clear_error();
}
