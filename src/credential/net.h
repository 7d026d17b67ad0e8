// SPDX-License-Identifier: MIT
// Asking a server: time-stamps, OCSP, credentials elsewhere.
#ifndef ENL_CREDENTIAL_NET_H
#define ENL_CREDENTIAL_NET_H

#include "base/bytes.h"

// Posts `question` to an http: or https: address and takes at most ENL_MAX_ANSWER bytes of `answer_type`, within
// ENL_NET_SECONDS. ENL_IO with half a sentence in `error` ("does not answer") otherwise. Follows no redirections.
bool enl_net_ask(const char *url, const char *type, const char *answer_type, const void *question, size_t size,
                 struct enl_bytes *ret_answer, struct enl_error *error);
// What is at an address, at most `most` bytes.
bool enl_net_get(const char *url, size_t most, struct enl_bytes *ret_answer, struct enl_error *error);
bool enl_net_is_url(const char *url); // one that could be asked

#endif
