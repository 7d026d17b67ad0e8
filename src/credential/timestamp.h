// SPDX-License-Identifier: MIT
// Time-stamps (RFC 3161) within signatures.
#ifndef ENL_CREDENTIAL_TIMESTAMP_H
#define ENL_CREDENTIAL_TIMESTAMP_H

#include "credential/cose.h"

struct enl_stamp { // what a token proves; zeroed: nothing
    int64_t time;  // 0: nothing
    bool trusted;
    struct enl_certificate tsa;
};

// A token, or a whole answer of a TSA with one in it, over `message`. Tells timeStamp.* codes.
void enl_stamp_look(const void *token, size_t size, const void *message, size_t message_size, const char *url,
                    const struct enl_check_params *params, struct enl_statuses *to, struct enl_stamp *ret_stamp);
// The one of a signature, in either header.
void enl_stamp_find(const struct enl_cose *cose, const void *claim, size_t claim_size, bool old, const char *url,
                    const struct enl_check_params *params, struct enl_statuses *to, struct enl_stamp *ret_stamp);
// Asks a TSA for a token over `message`; tries thrice. `error` tells why not.
bool enl_stamp_ask(const char *url, const void *message, size_t message_size, struct enl_bytes *ret_token,
                   struct enl_error *error);
// The token in a TSA's answer, or the token itself where it is one already. False: it is neither, or the TSA refused.
bool enl_stamp_token(const uint8_t *answer, size_t size, const uint8_t **ret_token, size_t *ret_size);

#endif
