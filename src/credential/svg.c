// SPDX-License-Identifier: MIT
// SVG: the store is base64 in <svg><metadata><c2pa:manifest>. Only read. C2PA 2.4 section A.3.3. What is gone through
// is XML as far as needed: where tags, comments, instructions and their like begin and end, and how deep one is.
#include "credential/limits.h"
#include "credential/scan.h"

#include <string.h>

#define MOST_NAME 64 // bytes of a name; longer ones are none of ours

struct reader {
    struct enl_window window;
    uint64_t at;
    int64_t depth;        // of open elements
    bool svg, metadata;   // the first is <svg>; the one in it that is open is <metadata>
    uint64_t metadata_at; // where its content begins
    uint64_t manifest_at; // where the base64 begins; 0: it is not open
};

// Past spaces and a byte order mark, as much of them as a first look shows.
static const char *svg_type(const uint8_t *head, size_t size) {
    static const char *const starts[] = {"<svg", "<?xml", "<!DOCTYPE svg", "<!--"};
    size_t at = size >= 3 && !memcmp(head, "\xEF\xBB\xBF", 3) ? 3 : 0;
    while (at < size && strchr(" \t\r\n", head[at]) && head[at]) at++;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t n = strlen(starts[i]);
        if (size - at >= n && !memcmp(head + at, starts[i], n)) return "image/svg+xml";
    }
    return NULL;
}

static bool is_space(uint8_t letter) {
    return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

// Goes on to the next `letter`; false where there is none.
static bool go_to(struct reader *r, uint8_t letter) {
    size_t size;
    for (const uint8_t *bytes; (bytes = enl_window_some(&r->window, r->at, &size)); r->at += size) {
        const uint8_t *found = memchr(bytes, letter, size);
        if (!found) continue;
        r->at += (uint64_t)(found - bytes);
        return true;
    }
    return false;
}

static bool is_here(struct reader *r, const char *text) {
    size_t n = strlen(text);
    const uint8_t *bytes = enl_window_look(&r->window, r->at, n);
    return bytes && !memcmp(bytes, text, n);
}

// Goes behind the next `end`.
static bool go_behind(struct reader *r, const char *end) {
    for (; go_to(r, (uint8_t)end[0]); r->at++)
        if (is_here(r, end)) {
            r->at += strlen(end);
            return true;
        }
    return false;
}

// Goes to the '>' of a tag or declaration, over what stands in quotes and, for a DOCTYPE, in brackets. The letter
// before it tells whether an element is empty.
static bool go_to_end(struct reader *r, uint8_t *ret_before) {
    uint8_t quote = 0, before = 0;
    int64_t brackets = 0;
    size_t size;
    for (const uint8_t *bytes; (bytes = enl_window_some(&r->window, r->at, &size));) {
        for (size_t i = 0; i < size; i++, r->at++) {
            uint8_t letter = bytes[i];
            if (!quote && brackets <= 0 && letter == '>') {
                *ret_before = before;
                return true;
            }
            if (quote) quote = letter == quote ? 0 : quote;
            else if (letter == '"' || letter == '\'') quote = letter;
            else if (letter == '[') brackets++;
            else if (letter == ']') brackets--;
            before = quote ? 0 : letter;
        }
    }
    return false;
}

// The name of the tag that begins here; "" where it is longer than any of ours.
static void read_name(struct reader *r, char name[MOST_NAME]) {
    size_t n = 0;
    name[0] = '\0';
    for (const uint8_t *b; n < MOST_NAME && (b = enl_window_look(&r->window, r->at + n, 1)); n++) {
        if (is_space(*b) || *b == '>' || *b == '/' || *b == '<') {
            name[n] = '\0';
            return;
        }
        name[n] = (char)*b;
    }
    name[0] = '\0';
}

static int value_of(uint8_t letter) {
    if (letter >= 'A' && letter <= 'Z') return letter - 'A';
    if (letter >= 'a' && letter <= 'z') return letter - 'a' + 26;
    if (letter >= '0' && letter <= '9') return letter - '0' + 52;
    return letter == '+' ? 62 : letter == '/' ? 63 : -1;
}

// Base64 in place, spaces left out. False: it is none.
static bool decode(uint8_t *bytes, size_t size, size_t *ret_size) {
    uint32_t bits = 0;
    size_t to = 0, letters = 0, ends = 0;
    for (size_t i = 0; i < size; i++) {
        if (is_space(bytes[i])) continue;
        int value = value_of(bytes[i]);
        if (bytes[i] == '=') ends++;
        else if (value < 0 || ends) return false;
        else if (bits = bits << 6 | (uint32_t)value, letters++ % 4)
            bytes[to++] = (uint8_t)(bits >> (6 - 2 * ((letters - 1) % 4)));
    }
    *ret_size = to;
    return letters % 4 != 1 && ends <= 2 && (!ends || (letters + ends) % 4 == 0);
}

static bool take_store(struct reader *r, struct enl_found *found, struct enl_error *error) {
    struct enl_region text = {r->manifest_at, r->at - r->manifest_at};
    r->manifest_at = 0;
    if (found->store) return enl_found_second(error);
    uint8_t *bytes = enl_source_bytes(r->window.source, text.at, text.size, ENL_MAX_STORE / 3 * 4 + 4, error);
    if (!bytes) return false;
    found->store = bytes;
    if (!decode(bytes, (size_t)text.size, &found->store_size))
        return enl_fail(error, ENL_BAD_PHOTO, "The manifest store is no base64.");
    return enl_found_region(found, text.at, text.size, error);
}

static bool is_called(const char *name, const char *what) { // whatever its prefix
    const char *colon = strchr(name, ':');
    return !strcmp(colon ? colon + 1 : name, what);
}

static bool open_tag(struct reader *r, const char *name) {
    uint8_t before;
    if (!go_to_end(r, &before)) return false;
    r->at++;
    if (before == '/') return true;
    r->depth++;
    if (r->depth == 1) r->svg = is_called(name, "svg");
    if (r->depth == 2 && r->svg && is_called(name, "metadata")) r->metadata = true, r->metadata_at = r->at;
    if (r->depth == 3 && r->metadata && !strcmp(name, "c2pa:manifest")) r->manifest_at = r->at;
    return true;
}

static bool close_tag(struct reader *r, struct enl_found *found, struct enl_error *error) {
    if (r->depth == 2 && r->metadata) {
        struct enl_region all = {r->metadata_at, r->at - r->metadata_at};
        r->metadata = false;
        if (!enl_found_xmp(found, r->window.source, all, error)) return false;
    }
    r->depth--;
    return true;
}

// From one '<' on. False: no more of it; `*good` false with `error`: nor should there be.
static bool step(struct reader *r, struct enl_found *found, bool *good, struct enl_error *error) {
    uint8_t before;
    if (!go_to(r, '<')) return false;
    if (r->manifest_at && !(*good = take_store(r, found, error))) return false;
    if (is_here(r, "<!--")) return r->at += 4, go_behind(r, "-->");
    if (is_here(r, "<?")) return r->at += 2, go_behind(r, "?>");
    if (is_here(r, "<![CDATA[")) return r->at += 9, go_behind(r, "]]>");
    if (is_here(r, "<!")) return go_to_end(r, &before);
    if (is_here(r, "</")) return (*good = close_tag(r, found, error)) && go_to(r, '>');
    char name[MOST_NAME];
    r->at++;
    read_name(r, name);
    return open_tag(r, name);
}

static bool find_svg(const struct enl_source *source, struct enl_found *ret_found, struct enl_error *error) {
    struct reader r = {.window = {.source = source}};
    bool good = true;
    *ret_found = (struct enl_found){0};
    while (step(&r, ret_found, &good, error))
        if (r.depth < 0) break;
    if (good && r.window.failed) good = enl_fail(error, ENL_IO, "The file cannot be read.");
    if (!good) enl_found_free(ret_found);
    return good;
}

const struct enl_container enl_container_svg = {
    .name = "SVG",
    .endings = {".svg"},
    .type = svg_type,
    .find = find_svg,
};
