// SPDX-License-Identifier: MIT
// Reports of a check as JSON.
#ifndef ENL_CREDENTIAL_REPORT_H
#define ENL_CREDENTIAL_REPORT_H

#include "credential/check.h"
#include "credential/json.h"

// Shaped as c2patool's: active_manifest, manifests, validation_results, validation_state. What no other program says
// stands in "enliven".
void enl_report(const struct enl_check *check, struct enl_json *json);
// crJSON (C2PA 2.4 section 16, Content Credentials JSON): byte strings as b64'...'.
void enl_report_cr(const struct enl_check *check, struct enl_json *json);

// The codes by their kinds: "success", "informational", "failure".
void enl_report_statuses(const struct enl_statuses *statuses, struct enl_json *json);
// "ingredientDeltas"; nothing where there are none.
void enl_report_deltas(const struct enl_check *check, struct enl_json *json);
// Whether there is so much of it that no more assertions are told: a few bytes of CBOR may be many of JSON.
bool enl_report_is_full(const struct enl_json *json);
const char *enl_report_state(const struct enl_check *check); // "Trusted", "Valid", "Invalid"

#endif
