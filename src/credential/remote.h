// SPDX-License-Identifier: MIT
// Manifests that lie elsewhere.
#ifndef ENL_CREDENTIAL_REMOTE_H
#define ENL_CREDENTIAL_REMOTE_H

#include "base/base.h"

// What an http or https address holds, at most ENL_MAX_STORE bytes, within ENL_NET_SECONDS. Released with enl_release.
// NULL with `error` (ENL_IO).
uint8_t *enl_fetch(const char *address, size_t *ret_size, struct enl_error *error);

#endif
