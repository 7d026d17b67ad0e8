// SPDX-License-Identifier: MIT
// What the tests of credentials have in common: stores made by hand and signed with a key of our own, files made by
// hand and hashed here.
#ifndef TESTS_UNIT_FORGE_H
#define TESTS_UNIT_FORGE_H

#include "unit.h"

#include "credential/bmff.h"
#include "credential/build.h"
#include "credential/check.h"
#include "credential/limits.h"

#include <jansson.h>
#include <time.h>

static struct enl_signer *signer;

static inline int set_up(void **state) {
    struct enl_error error = {0};
    bool made;
    if (unit_folder(state)) return -1;
    signer = enl_signer_new_local(*state, &made, &error);
    if (!signer) print_error("%s\n", error.text);
    return signer ? 0 : -1;
}

static inline int tear_down(void **state) {
    enl_signer_free(&signer);
    return unit_remove_folder(state);
}

// ---- Files in memory.

static inline int64_t read_memory(void *user, uint64_t at, void *ret_bytes, size_t size) {
    const struct enl_bytes *b = user;
    size_t left = at < b->size ? b->size - (size_t)at : 0, n = size < left ? size : left;
    if (n) memcpy(ret_bytes, b->data + at, n);
    return (int64_t)n;
}

static inline bool write_memory(void *user, uint64_t at, const void *bytes, size_t size) {
    struct enl_bytes *b = user;
    if (at + size > b->size) enl_bytes_put(b, NULL, (size_t)at + size - b->size);
    if (b->failed) return false;
    memcpy(b->data + at, bytes, size);
    return true;
}

static inline struct enl_source source_of(struct enl_bytes *b) {
    return (struct enl_source){.read = read_memory, .user = b, .size = b->size};
}

static inline void put_box(struct enl_bytes *to, const char *type, const void *content, size_t size) {
    size_t box = enl_bytes_box(to, type);
    enl_bytes_put(to, content, size);
    enl_bytes_box_end(to, box);
}

// ftyp, `room` bytes free, moov with one place (in stco), mdat.
static inline void make_mp4(struct enl_bytes *to, size_t room, size_t media) {
    put_box(to, "ftyp", "isom\0\0\2\0isom", 12);
    if (room) put_box(to, "free", NULL, room - 8);
    size_t moov = enl_bytes_box(to, "moov"), trak[4], n = 0;
    for (const char *type = "trakmdiaminfstbl"; *type; type += 4) trak[n++] = enl_bytes_box(to, type);
    size_t stco = enl_bytes_box(to, "stco");
    enl_bytes_number(to, 1, 8);
    enl_bytes_number(to, to->size + 4 + 8, 4);
    enl_bytes_box_end(to, stco);
    while (n) enl_bytes_box_end(to, trak[--n]);
    enl_bytes_box_end(to, moov);
    size_t mdat = enl_bytes_box(to, "mdat");
    for (size_t i = 0; i < media; i++) enl_bytes_number(to, i * 31 & 255, 1);
    enl_bytes_box_end(to, mdat);
}

static inline size_t place_of(const struct enl_bytes *b, const char *type) {
    struct enl_source source = source_of((struct enl_bytes *)b);
    struct enl_bmff_box box;
    for (uint64_t at = 0; enl_bmff_next(&source, &at, b->size, &box);)
        if (!strcmp(box.type, type)) return (size_t)box.at;
    fail_msg("no %s", type);
    return 0;
}

static inline size_t size_at(const struct enl_bytes *b, size_t at) {
    return (size_t)enl_bytes_get(b->data + at, 4);
}

static inline void sha(const void *bytes, size_t size, uint8_t hash[32]) {
    uint8_t all[64];
    assert_true(enl_digest_of("sha256", bytes, size, all, &size));
    memcpy(hash, all, 32);
}

// Adds a box of a file with its place before it, as a bmff hash covers it.
static inline void cover_box(struct enl_bytes *to, const struct enl_bytes *file, size_t at) {
    enl_bytes_number(to, at, 8);
    enl_bytes_put(to, file->data + at, size_at(file, at));
}

// ---- Stores made by hand.

struct forge {
    struct enl_bytes boxes, list; // assertions; their hashed URIs
    const char *const *redact;    // ends with NULL; NULL: nothing
};

static inline void put_hashed(struct enl_bytes *to, const char *url, const uint8_t hash[32]) {
    size_t map = enl_cbor_begin(to);
    enl_cbor_pair_text(to, "url", url);
    enl_cbor_pair_bytes(to, "hash", hash, 32);
    enl_cbor_end_map(to, map);
}

// An assertion, which takes `content`; `type` is what its content is told to be.
static inline void add(struct forge *f, const char *label, const char *type, struct enl_bytes *content) {
    char url[400];
    uint8_t hash[32];
    size_t box = enl_jumbf_begin(&f->boxes, type, label, NULL);
    put_box(&f->boxes, type, content->data, content->size);
    enl_jumbf_end(&f->boxes, box);
    sha(f->boxes.data + box + 8, f->boxes.size - box - 8, hash);
    snprintf(url, sizeof url, "self#jumbf=c2pa.assertions/%s", label);
    put_hashed(&f->list, url, hash);
    enl_bytes_free(content);
}

static inline void add_data_hash(struct forge *f, const struct enl_bytes *file) {
    struct enl_bytes cbor = {0};
    uint8_t hash[32];
    sha(file->data, file->size, hash);
    size_t map = enl_cbor_begin(&cbor);
    enl_cbor_pair_text(&cbor, "alg", "sha256");
    enl_cbor_pair_bytes(&cbor, "hash", hash, 32);
    enl_cbor_end_map(&cbor, map);
    add(f, "c2pa.hash.data", "cbor", &cbor);
}

static inline void add_action(struct forge *f, const char *name) {
    struct enl_bytes cbor = {0};
    size_t map = enl_cbor_begin(&cbor);
    enl_cbor_put_text(&cbor, "actions");
    size_t list = enl_cbor_begin(&cbor), one = enl_cbor_begin(&cbor);
    enl_cbor_pair_text(&cbor, "action", name);
    enl_cbor_end_map(&cbor, one);
    enl_cbor_end_array(&cbor, list);
    enl_cbor_end_map(&cbor, map);
    add(f, "c2pa.actions.v2", "cbor", &cbor);
}

static inline void add_ingredient(struct forge *f, const char *label, const char *relation, const char *of,
                                  const uint8_t hash[32]) {
    struct enl_bytes cbor = {0};
    char url[300];
    size_t map = enl_cbor_begin(&cbor);
    snprintf(url, sizeof url, "self#jumbf=/c2pa/%s", of);
    enl_cbor_pair_text(&cbor, "relationship", relation);
    enl_cbor_put_text(&cbor, "activeManifest"), put_hashed(&cbor, url, hash);
    enl_cbor_put_text(&cbor, "validationResults");
    enl_cbor_end_map(&cbor, enl_cbor_begin(&cbor));
    enl_cbor_end_map(&cbor, map);
    add(f, label, "cbor", &cbor);
}

static inline void put_claim(const struct forge *f, const char *label, struct enl_bytes *to) {
    char url[300];
    size_t map = enl_cbor_begin(to);
    enl_cbor_pair_text(to, "alg", "sha256");
    snprintf(url, sizeof url, "self#jumbf=/c2pa/%s/c2pa.signature", label);
    enl_cbor_pair_text(to, "signature", url);
    enl_cbor_pair_text(to, "instanceID", "xmp:iid:1");
    enl_cbor_put_text(to, "claim_generator_info");
    size_t info = enl_cbor_begin(to);
    enl_cbor_pair_text(to, "name", "by \"hand\"\\\n");
    enl_cbor_end_map(to, info);
    enl_cbor_put_text(to, "created_assertions");
    size_t list = enl_cbor_begin(to);
    enl_bytes_put(to, f->list.data, f->list.size);
    enl_cbor_end_array(to, list);
    if (f->redact) {
        enl_cbor_put_text(to, "redacted_assertions");
        size_t redacted = enl_cbor_begin(to);
        for (int i = 0; f->redact[i]; i++) enl_cbor_put_text(to, f->redact[i]);
        enl_cbor_end_array(to, redacted);
    }
    enl_cbor_end_map(to, map);
}

static inline void put_content(struct enl_bytes *to, const char *type, const char *label, struct enl_bytes *cbor) {
    size_t box = enl_jumbf_begin(to, type, label, NULL);
    put_box(to, "cbor", cbor->data, cbor->size);
    enl_jumbf_end(to, box);
    enl_bytes_free(cbor);
}

// The manifest of what was added, signed; `hash`, where not NULL, is what an ingredient would say of it.
static inline void end(struct forge *f, const char *type, const char *label, struct enl_bytes *to, uint8_t *hash) {
    struct enl_bytes claim = {0}, signature = {0};
    struct enl_error error = {0};
    put_claim(f, label, &claim);
    check(enl_signer_sign(signer, claim.data, claim.size, enl_signer_room(signer), &signature, &error), "%s",
          error.text);
    size_t manifest = enl_jumbf_begin(to, type, label, NULL);
    size_t all = enl_jumbf_begin(to, ENL_JUMBF_ASSERTIONS, "c2pa.assertions", NULL);
    enl_bytes_put(to, f->boxes.data, f->boxes.size);
    enl_jumbf_end(to, all);
    put_content(to, ENL_JUMBF_CLAIM, "c2pa.claim.v2", &claim);
    put_content(to, ENL_JUMBF_SIGNATURE, "c2pa.signature", &signature);
    enl_jumbf_end(to, manifest);
    assert_false(to->failed);
    if (hash) sha(to->data + manifest + 8, to->size - manifest - 8, hash);
    enl_bytes_free(&f->boxes);
    enl_bytes_free(&f->list);
}

// The file checked against a store of these manifests. Released by the caller.
static inline struct enl_check *check_with(void **state, struct enl_bytes *file, struct enl_bytes *manifests) {
    const char *path = unit_path(state, "store.c2pa");
    struct enl_bytes store = {0};
    struct enl_error error = {0};
    size_t all = enl_jumbf_begin(&store, ENL_JUMBF_STORE, "c2pa", NULL);
    enl_bytes_put(&store, manifests->data, manifests->size);
    enl_jumbf_end(&store, all);
    FILE *out = fopen(path, "wb");
    assert_true(out && fwrite(store.data, 1, store.size, out) == store.size && !fclose(out));
    struct enl_source source = source_of(file);
    struct enl_check *c = enl_check_source(&source, enl_check_params(.sidecar = path, .threads = 2), &error);
    check(c != NULL, "%s", error.text);
    enl_bytes_free(&store);
    return c;
}

// The same, told by state and one code; frees the manifests.
static inline void verdict(void **state, struct enl_bytes *file, struct enl_bytes *manifests, enum enl_check_state want,
                           const char *code) {
    struct enl_check *c = check_with(state, file, manifests);
    char *codes = enl_check_codes(c), *json = enl_check_json(c, false);
    check(enl_check_state(c) == want, "state %d: %s", enl_check_state(c), codes);
    // The codes are the file's own; what is wrong with an ingredient stands in the report.
    check(!code || strstr(codes, code) || strstr(json, code), "no %s: %s", code, codes);
    json_t *read = json_loads(json, 0, NULL);
    check(read != NULL, "%s", json);
    json_decref(read);
    free(codes);
    free(json);
    enl_check_free(&c);
    enl_bytes_free(manifests);
}

static inline void good_one(struct forge *f, const struct enl_bytes *file) {
    add_data_hash(f, file);
    add_action(f, "c2pa.created");
}

static inline double seconds_since(const struct timespec *begun) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - begun->tv_sec) + 1e-9 * (double)(now.tv_nsec - begun->tv_nsec);
}

static inline void soon(void **state, struct enl_bytes *file, struct enl_bytes *manifests, const char *what) {
    struct timespec begun;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    struct enl_check *c = check_with(state, file, manifests);
    char *json = enl_check_json(c, false);
    double took = seconds_since(&begun);
    check(took < (UNIT_SLOW ? 60 : 6), "%s took %.1f s", what, took); // a second or so; the rest is for busy machines
    assert_true(json && enl_check_state(c) < ENL_CHECK_VALID);
    free(json);
    enl_check_free(&c);
    enl_bytes_free(manifests);
}

static inline bool sign(struct enl_bytes *file, struct enl_bytes *out, const struct enl_credential_params *params,
                        struct enl_error *error) {
    struct enl_source source = source_of(file);
    struct enl_sink sink = {write_memory, out};
    return enl_credential_sign_source(&source, &sink, signer, params, error);
}

static inline enum enl_check_state state_of(struct enl_bytes *file) {
    struct enl_source source = source_of(file);
    struct enl_check *c = enl_check_source(&source, enl_check_params(.threads = 1), NULL);
    assert_non_null(c);
    enum enl_check_state is = enl_check_state(c);
    enl_check_free(&c);
    return is;
}

#endif
