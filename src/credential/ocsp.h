// SPDX-License-Identifier: MIT
// Whether a signer's certificate was taken back (OCSP, RFC 6960).
#ifndef ENL_CREDENTIAL_OCSP_H
#define ENL_CREDENTIAL_OCSP_H

#include "credential/timestamp.h"

// By the answers that came with the signature, else, where params->online, by asking. Tells signingCredential.ocsp.*.
void enl_ocsp_check(const struct enl_cose *cose, const struct enl_stamp *stamp, int64_t now, const char *url,
                    const struct enl_check_params *params, struct enl_statuses *to);

#endif
