// SPDX-License-Identifier: MIT
#include "credential/json.h"
#include "credential/limits.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct reader {
    const char *at, *end;
    int depth;
};

static void skip_space(struct reader *r) {
    while (r->at < r->end && *r->at && strchr(" \t\r\n", *r->at)) r->at++;
}

static bool take(struct reader *r, char c) {
    skip_space(r);
    if (r->at >= r->end || *r->at != c) return false;
    r->at++;
    return true;
}

static bool take_escape(struct reader *r) {
    if (r->at >= r->end || !*r->at || !strchr("\"\\/bfnrtu", *r->at)) return false;
    for (int i = 0; *r->at == 'u' && i < 4; i++)
        if (r->end - r->at < 5 || !strchr("0123456789abcdefABCDEF", r->at[1 + i]) || !r->at[1 + i]) return false;
    r->at += *r->at == 'u' ? 4 : 0;
    return true;
}

static bool take_string(struct reader *r) {
    if (!take(r, '"')) return false;
    for (; r->at < r->end && *r->at != '"'; r->at++) {
        if ((unsigned char)*r->at < 0x20) return false;
        if (*r->at == '\\' && (++r->at, !take_escape(r))) return false;
    }
    return take(r, '"');
}

static bool take_digits(struct reader *r) {
    const char *from = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') r->at++;
    return r->at > from;
}

static bool is_next(const struct reader *r, const char *letters) {
    return r->at < r->end && *r->at && strchr(letters, *r->at);
}

static bool take_number(struct reader *r) {
    if (is_next(r, "-")) r->at++;
    if (is_next(r, "0")) r->at++;
    else if (!take_digits(r)) return false;
    if (is_next(r, ".") && (r->at++, !take_digits(r))) return false;
    if (!is_next(r, "eE")) return true;
    r->at++;
    if (is_next(r, "+-")) r->at++;
    return take_digits(r);
}

static bool take_value(struct reader *r);

static bool take_many(struct reader *r, char last, bool keys) {
    if (take(r, last)) return true;
    do
        if ((keys && (!take_string(r) || !take(r, ':'))) || !take_value(r)) return false;
    while (take(r, ','));
    return take(r, last);
}

static bool take_value(struct reader *r) {
    static const char *const words[] = {"true", "false", "null"};
    bool good = false;
    if (++r->depth > ENL_MAX_CBOR_DEPTH) return false;
    skip_space(r);
    size_t left = (size_t)(r->end - r->at);
    if (left && *r->at == '"') good = take_string(r);
    else if (take(r, '{')) good = take_many(r, '}', true);
    else if (take(r, '[')) good = take_many(r, ']', false);
    else {
        for (size_t i = 0; i < 3 && !good; i++)
            if (left >= strlen(words[i]) && !memcmp(r->at, words[i], strlen(words[i])))
                good = true, r->at += strlen(words[i]);
        good = good || take_number(r);
    }
    r->depth--;
    return good;
}

// Whether it is UTF-8 (RFC 3629): what is shorter than it could be, surrogates and what lies beyond Unicode are none.
static bool is_utf8(const uint8_t *at, const uint8_t *end) {
    while (at < end) {
        uint32_t c = *at++, least = c < 0xE0 ? 0x80 : c < 0xF0 ? 0x800 : 0x10000;
        int more = c < 0x80 ? 0 : c < 0xC0 ? -1 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : c < 0xF8 ? 3 : -1;
        if (more < 0 || end - at < more) return false;
        if (more) c &= 0x3F >> more;
        for (int i = 0; i < more; i++, at++) {
            if (*at >> 6 != 2) return false;
            c = c << 6 | (*at & 63);
        }
        if (more && (c < least || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))) return false;
    }
    return true;
}

bool enl_json_is_good(const char *text, size_t size) {
    struct reader r = {text, text + size, 0};
    if (!size || !is_utf8((const uint8_t *)text, (const uint8_t *)text + size) || !take_value(&r)) return false;
    skip_space(&r);
    return r.at == r.end;
}

static void put(struct enl_json *json, const char *text) {
    enl_bytes_text(&json->text, text);
}

static void quoted(struct enl_json *json, const char *text, size_t size) {
    char escape[8];
    put(json, "\"");
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') snprintf(escape, sizeof escape, "\\%c", c);
        else if (c < 0x20 || c == 0x7F) snprintf(escape, sizeof escape, "\\u%04x", c);
        else escape[0] = (char)c, escape[1] = '\0';
        enl_bytes_put(&json->text, escape, strlen(escape));
    }
    put(json, "\"");
}

static void start(struct enl_json *json, const char *key) {
    if (json->depth) put(json, json->fresh ? "\n" : ",\n");
    for (int i = 0; i < json->depth; i++) put(json, "  ");
    json->fresh = false;
    if (key) {
        quoted(json, key, strlen(key));
        put(json, ": ");
    }
}

void enl_json_begin(struct enl_json *json, const char *key, char bracket) {
    start(json, key);
    enl_bytes_put(&json->text, &bracket, 1);
    json->depth++;
    json->fresh = true;
}

void enl_json_end(struct enl_json *json, char bracket) {
    json->depth--;
    if (!json->fresh) {
        put(json, "\n");
        for (int i = 0; i < json->depth; i++) put(json, "  ");
    }
    enl_bytes_put(&json->text, &bracket, 1);
    json->fresh = false;
}

// Texts may be a stranger's: what is no UTF-8 is cleaned.
void enl_json_text_n(struct enl_json *json, const char *key, const char *text, size_t size) {
    char *copy = enl_alloc(size + 1, 1, NULL);
    if (!copy) {
        json->text.failed = true;
        return;
    }
    for (size_t i = 0; i < size; i++) copy[i] = text[i] ? text[i] : ' ';
    enl_clean(copy);
    start(json, key);
    quoted(json, copy, strlen(copy));
    enl_release(copy);
}

void enl_json_text(struct enl_json *json, const char *key, const char *text) {
    enl_json_text_n(json, key, text, strlen(text));
}

void enl_json_number(struct enl_json *json, const char *key, int64_t number) {
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    start(json, key);
    put(json, text);
}

void enl_json_bool(struct enl_json *json, const char *key, bool value) {
    start(json, key);
    put(json, value ? "true" : "false");
}

void enl_json_time(struct enl_json *json, const char *key, int64_t seconds) {
    struct tm parts;
    time_t t = (time_t)seconds;
    char text[40];
    if (gmtime_r(&t, &parts) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+00:00", &parts))
        enl_json_text(json, key, text);
}

static void put_base64(struct enl_json *json, const uint8_t *bytes, size_t size) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        size_t n = size - i < 3 ? size - i : 3;
        uint32_t bits = (uint32_t)bytes[i] << 16 | (n > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                        (n > 2 ? bytes[i + 2] : 0);
        char four[4] = {letters[bits >> 18], letters[bits >> 12 & 63], n > 1 ? letters[bits >> 6 & 63] : '=',
                        n > 2 ? letters[bits & 63] : '='};
        enl_bytes_put(&json->text, four, 4);
    }
}

void enl_json_base64(struct enl_json *json, const char *key, const char *before, const uint8_t *bytes, size_t size,
                     const char *after) {
    start(json, key);
    put(json, "\"");
    put(json, before);
    put_base64(json, bytes, size);
    put(json, after);
    put(json, "\"");
}

void enl_json_raw(struct enl_json *json, const char *key, const char *text, size_t size) {
    start(json, key);
    enl_bytes_put(&json->text, text, size);
}

static void put_simple(struct enl_json *json, const char *key, const struct enl_cbor *item) {
    char text[40];
    double value;
    memcpy(&value, &item->number, sizeof value);
    if (item->type == ENL_CBOR_FLOAT) snprintf(text, sizeof text, isfinite(value) ? "%.17g" : "null", value);
    else snprintf(text, sizeof text, "%s", item->number == 21 ? "true" : item->number == 20 ? "false" : "null");
    start(json, key);
    put(json, text);
}

static void put_map(struct enl_json *json, const char *key, const struct enl_cbor *item, const char *before,
                    const char *after) {
    struct enl_cbor name, value;
    const uint8_t *at = NULL;
    char text[ENL_MAX_LABEL];
    enl_json_begin(json, key, '{');
    while (enl_cbor_next(item, &at, &name) && enl_cbor_next(item, &at, &value)) {
        size_t n = name.number < sizeof text - 1 ? (size_t)name.number : sizeof text - 1;
        if (name.type == ENL_CBOR_TEXT) memcpy(text, name.data, n), text[n] = '\0';
        else
            snprintf(text, sizeof text, "%s%llu", name.type == ENL_CBOR_NEGATIVE ? "-1-" : "",
                     (unsigned long long)name.number);
        enl_clean(text);
        enl_json_cbor(json, text, &value, before, after);
    }
    enl_json_end(json, '}');
}

void enl_json_cbor(struct enl_json *json, const char *key, const struct enl_cbor *item, const char *before,
                   const char *after) {
    struct enl_cbor one;
    const uint8_t *at = NULL;
    char number[32];
    switch (item->type) {
    case ENL_CBOR_UINT:
        snprintf(number, sizeof number, "%llu", (unsigned long long)item->number);
        enl_json_raw(json, key, number, strlen(number));
        break;
    case ENL_CBOR_NEGATIVE:
        if (item->number == UINT64_MAX) snprintf(number, sizeof number, "-18446744073709551616");
        else snprintf(number, sizeof number, "-%llu", (unsigned long long)item->number + 1);
        enl_json_raw(json, key, number, strlen(number));
        break;
    case ENL_CBOR_BYTES: enl_json_base64(json, key, before, item->data, (size_t)item->number, after); break;
    case ENL_CBOR_TEXT: enl_json_text_n(json, key, (const char *)item->data, (size_t)item->number); break;
    case ENL_CBOR_ARRAY:
        enl_json_begin(json, key, '[');
        while (enl_cbor_next(item, &at, &one)) enl_json_cbor(json, NULL, &one, before, after);
        enl_json_end(json, ']');
        break;
    case ENL_CBOR_MAP: put_map(json, key, item, before, after); break;
    case ENL_CBOR_TAG: // what is tagged is said without its tag
        if (enl_cbor_next(item, &at, &one)) enl_json_cbor(json, key, &one, before, after);
        break;
    default: put_simple(json, key, item);
    }
}
