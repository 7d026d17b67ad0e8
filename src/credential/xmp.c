// SPDX-License-Identifier: MIT
// The one thing that XMP says about credentials: where the manifest is when it is not in the file. C2PA 2.4 section
// 11.5.
#include "credential/container.h"

#include <string.h>

#define NAMESPACE "http://purl.org/dc/terms/"
#define MOST_PREFIX 32

struct text {
    const char *at, *end;
};

struct xmp {
    struct text rest;
    struct text prefix; // what NAMESPACE is called
};

static bool is_space(char letter) {
    return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

static bool begins(struct text text, const char *with) {
    size_t n = strlen(with);
    return (size_t)(text.end - text.at) >= n && !memcmp(text.at, with, n);
}

static bool is(struct text text, const char *what) {
    return (size_t)(text.end - text.at) == strlen(what) && begins(text, what);
}

static const char *find(struct text in, char letter) {
    const char *found = in.at < in.end ? memchr(in.at, letter, (size_t)(in.end - in.at)) : NULL;
    return found ? found : in.end;
}

static const char *find_text(struct text in, const char *what) {
    const char *found = in.at < in.end ? memmem(in.at, (size_t)(in.end - in.at), what, strlen(what)) : NULL;
    return found ? found : in.end;
}

// "dcterms:provenance", whatever the prefix is.
static bool is_provenance(const struct xmp *xmp, struct text name) {
    size_t n = (size_t)(xmp->prefix.end - xmp->prefix.at);
    struct text rest = {name.at + n, name.end};
    return (size_t)(name.end - name.at) > n && !memcmp(name.at, xmp->prefix.at, n) && is(rest, ":provenance");
}

// The next attribute of a tag, taken off its beginning. False: no more.
static bool next_attribute(struct text *tag, struct text *ret_name, struct text *ret_value) {
    while (tag->at < tag->end && is_space(*tag->at)) tag->at++;
    const char *equals = find(*tag, '=');
    if (equals == tag->end) return false;
    *ret_name = (struct text){tag->at, equals};
    while (ret_name->end > ret_name->at && is_space(ret_name->end[-1])) ret_name->end--;
    for (equals++; equals < tag->end && is_space(*equals);) equals++;
    if (equals == tag->end || (*equals != '"' && *equals != '\'')) return false;
    ret_value->at = equals + 1;
    ret_value->end = find((struct text){equals + 1, tag->end}, *equals);
    if (ret_value->end == tag->end) return false;
    tag->at = ret_value->end + 1;
    return true;
}

// The end of a tag, over what stands in quotes.
static const char *tag_end(struct text tag) {
    char quote = 0;
    for (; tag.at < tag.end; tag.at++) {
        if (quote) quote = *tag.at == quote ? 0 : quote;
        else if (*tag.at == '"' || *tag.at == '\'') quote = *tag.at;
        else if (*tag.at == '>') break;
    }
    return tag.at;
}

static char *put_letter(char *to, uint32_t letter) { // as UTF-8; never longer than what stands for it
    if (letter < 0x80) *to++ = (char)letter;
    else if (letter < 0x800) *to++ = (char)(0xC0 | letter >> 6);
    else if (letter < 0x10000) *to++ = (char)(0xE0 | letter >> 12);
    else *to++ = (char)(0xF0 | letter >> 18);
    if (letter >= 0x10000) *to++ = (char)(0x80 | (letter >> 12 & 63));
    if (letter >= 0x800) *to++ = (char)(0x80 | (letter >> 6 & 63));
    if (letter >= 0x80) *to++ = (char)(0x80 | (letter & 63));
    return to;
}

// The letter that "&...;" stands for, 0 where it is none.
static uint32_t entity(struct text name) {
    static const struct {
        const char *name;
        uint32_t letter;
    } known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (is(name, known[i].name)) return known[i].letter;
    if (!begins(name, "#") || name.end - name.at < 2) return 0;
    bool hex = name.at[1] == 'x';
    uint32_t letter = 0;
    for (name.at += hex ? 2 : 1; name.at < name.end; name.at++) {
        char c = *name.at;
        int digit = c >= '0' && c <= '9'                      ? c - '0' :
                    hex && (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 :
                                                                -1;
        if (digit < 0) return 0;
        letter = letter * (hex ? 16 : 10) + (uint32_t)digit;
        if (letter > 0x10FFFF) return 0;
    }
    return letter >= 0xD800 && letter < 0xE000 ? 0 : letter;
}

// What stands between quotes or tags, its entities resolved and spaces around it left out. NULL: nothing.
static char *resolve(struct text text) {
    while (text.at < text.end && is_space(*text.at)) text.at++;
    while (text.at < text.end && is_space(text.end[-1])) text.end--;
    if (text.at == text.end || memchr(text.at, 0, (size_t)(text.end - text.at))) return NULL;
    char *result = enl_alloc((size_t)(text.end - text.at) + 1, 1, NULL), *to = result;
    while (result && text.at < text.end) {
        const char *limit = text.end - text.at > 12 ? text.at + 12 : text.end;
        const char *end = *text.at == '&' ? find((struct text){text.at, limit}, ';') : limit;
        uint32_t letter = end < limit ? entity((struct text){text.at + 1, end}) : 0;
        if (letter) to = put_letter(to, letter), text.at = end + 1;
        else *to++ = *text.at++;
    }
    return result;
}

// What the tag `tag` (from its name on) says, or what follows it up to the next.
static char *read_tag(struct xmp *xmp, struct text tag) {
    struct text name = tag, key, value, found = {0}, resource = {0};
    while (name.at < tag.end && !is_space(*name.at) && *name.at != '/') name.at++;
    name = (struct text){tag.at, name.at};
    tag.at = name.end;
    for (struct text left = tag; next_attribute(&left, &key, &value);)
        if (begins(key, "xmlns:") && is(value, NAMESPACE) && key.end - key.at <= MOST_PREFIX)
            xmp->prefix = (struct text){key.at + strlen("xmlns:"), key.end};
    while (next_attribute(&tag, &key, &value)) {
        if (is(key, "rdf:resource")) resource = value;
        if (is_provenance(xmp, key)) found = value;
    }
    if (!found.at && is_provenance(xmp, name))
        found = resource.at ? resource : (struct text){xmp->rest.at, find(xmp->rest, '<')};
    if (found.at && begins(found, "self#")) found.at = NULL; // in this file: what was said before it was in the boxes
    return found.at ? resolve(found) : NULL;
}

// Goes past a comment, an instruction or the like at `rest`; false where it is a tag.
static bool pass(struct text *rest) {
    static const char *const kinds[][2] = {
        {"<!--", "-->"}, {"<?", "?>"}, {"<![CDATA[", "]]>"}, {"<!", ">"}, {"</", ">"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (begins(*rest, kinds[i][0])) {
            rest->at += strlen(kinds[i][0]);
            rest->at = find_text(*rest, kinds[i][1]);
            return true;
        }
    return false;
}

char *enl_xmp_provenance(const char *xmp, size_t size) {
    static const char usual[] = "dcterms";
    struct xmp state = {{xmp, xmp + size}, {usual, usual + strlen(usual)}};
    struct text *rest = &state.rest;
    while ((rest->at = find(*rest, '<')) < rest->end) {
        if (pass(rest)) continue;
        struct text tag = {rest->at + 1, tag_end(*rest)};
        rest->at = tag.end < rest->end ? tag.end + 1 : rest->end;
        char *found = read_tag(&state, tag);
        if (found) return found;
    }
    return NULL;
}
