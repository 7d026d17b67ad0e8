// SPDX-License-Identifier: MIT
// Fuzzes what a stranger says of who signed: a COSE_Sign1 over a claim that is always the same, and a time-stamp token.
// Nobody is trusted, so nothing may come out as trusted.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "credential/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char claim[] = "the bytes of a claim, whatever they are"; // what the corpus is signed over

static void look(const struct enl_trust *trust, const uint8_t *data, size_t size, bool old) {
    struct enl_statuses statuses = {0};
    struct enl_signed known;
    const struct enl_check_params *params = enl_check_params(.trust = trust, .at = 1800000000);
    enl_signature_check(data, size, claim, sizeof claim - 1, old, "x", params, &statuses, &known);
    if (statuses.count == 0 || !enl_told_failure(&statuses)) abort(); // nobody is known: there is always one
    if (known.trusted || known.time_trusted || enl_told(&statuses, "signingCredential.trusted")) abort();
    if (known.holds != enl_told(&statuses, "claimSignature.validated")) abort();
    enl_statuses_free(&statuses);
}

static void look_at_stamp(const struct enl_trust *trust, const uint8_t *data, size_t size) {
    struct enl_statuses statuses = {0};
    int64_t when;
    enl_timestamp_check(data, size, claim, sizeof claim - 1, "x", enl_check_params(.trust = trust), &statuses, &when);
    if (statuses.count == 0 || enl_told(&statuses, "timeStamp.trusted")) abort();
    if ((when != 0) != enl_told(&statuses, "timeStamp.validated")) abort();
    enl_statuses_free(&statuses);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct enl_trust *trust = enl_trust_new(NULL);
    if (!trust) return 0;
    look(trust, data, size, false);
    look(trust, data, size, true);
    look_at_stamp(trust, data, size);
    enl_trust_free(&trust);
    return 0;
}
