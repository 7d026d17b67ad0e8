// SPDX-License-Identifier: MIT
// What a check found, one line each: a code of C2PA 2.4 section 15.2.2, where, and why.
#ifndef ENL_CREDENTIAL_STATUS_H
#define ENL_CREDENTIAL_STATUS_H

#include "base/base.h"

#include <stdarg.h>

enum enl_status_kind { ENL_STATUS_SUCCESS, ENL_STATUS_INFORMATIONAL, ENL_STATUS_FAILURE };

struct enl_status {
    enum enl_status_kind kind;
    const char *code; // static
    char *url, *why;  // owned; the URL is a JUMBF URI
};

struct enl_statuses { // zeroed is empty
    struct enl_status *list;
    int count, room;
    bool failed; // memory ran out, or there were more than ENL_MAX_STATUSES: not all is told
};

// Adds one. Its kind is the code's by the spec's tables. `format` says why, for people.
void enl_tell(struct enl_statuses *statuses, const char *code, const char *url, const char *format, ...)
    ENL_PRINTF(4, 5);
bool enl_told(const struct enl_statuses *statuses, const char *code);
bool enl_told_failure(const struct enl_statuses *statuses); // of any kind
enum enl_status_kind enl_status_kind(const char *code);     // unknown codes are failures
void enl_statuses_free(struct enl_statuses *statuses);

#endif
