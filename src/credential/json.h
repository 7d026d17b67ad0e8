// SPDX-License-Identifier: MIT
// JSON (RFC 8259): written for reports; read only to say whether it is any.
#ifndef ENL_CREDENTIAL_JSON_H
#define ENL_CREDENTIAL_JSON_H

#include "credential/cbor.h"

bool enl_json_is_good(const char *text, size_t size);

struct enl_json { // a text being written; zeroed is empty
    struct enl_bytes text;
    int depth;
    bool fresh; // nothing stands in this object or array yet
};
void enl_json_begin(struct enl_json *json, const char *key, char bracket); // '{' or '['; `key` NULL in arrays
void enl_json_end(struct enl_json *json, char bracket);                    // '}' or ']'
void enl_json_text(struct enl_json *json, const char *key, const char *text);
void enl_json_text_n(struct enl_json *json, const char *key, const char *text, size_t size);
void enl_json_number(struct enl_json *json, const char *key, int64_t number);
void enl_json_bool(struct enl_json *json, const char *key, bool value);
void enl_json_time(struct enl_json *json, const char *key, int64_t seconds); // RFC 3339
void enl_json_base64(struct enl_json *json, const char *key, const char *before, const uint8_t *bytes, size_t size,
                     const char *after);
void enl_json_raw(struct enl_json *json, const char *key, const char *text, size_t size); // is JSON already
// A CBOR item as JSON. Byte strings are base64, framed as `before` and `after` say.
void enl_json_cbor(struct enl_json *json, const char *key, const struct enl_cbor *item, const char *before,
                   const char *after);

#endif
