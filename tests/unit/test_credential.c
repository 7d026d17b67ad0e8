// SPDX-License-Identifier: MIT
// Content credentials against those who forge them: stores made by hand and signed with a key of our own, files made
// by hand and hashed here, what is too much, and memory that runs out at every allocation.
#include "unit.h"

#include "credential/bmff.h"
#include "credential/build.h"
#include "credential/check.h"
#include "credential/limits.h"

#include <brotli/encode.h>
#include <jansson.h>
#include <stdatomic.h>
#include <time.h>

static atomic_long allocations, failing; // the one to fail; 0: none

int __real_posix_memalign(void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size) {
    long mine = atomic_fetch_add(&allocations, 1) + 1;
    return mine == atomic_load(&failing) ? 12 : __real_posix_memalign(memory, alignment, size);
}

static struct enl_signer *signer;

static int set_up(void **state) {
    struct enl_error error = {0};
    bool made;
    if (unit_folder(state)) return -1;
    signer = enl_signer_new_local(*state, &made, &error);
    if (!signer) print_error("%s\n", error.text);
    return signer ? 0 : -1;
}

static int tear_down(void **state) {
    enl_signer_free(&signer);
    return unit_remove_folder(state);
}

// ---- Files in memory.

static int64_t read_memory(void *user, uint64_t at, void *ret_bytes, size_t size) {
    const struct enl_bytes *b = user;
    size_t left = at < b->size ? b->size - (size_t)at : 0, n = size < left ? size : left;
    if (n) memcpy(ret_bytes, b->data + at, n);
    return (int64_t)n;
}

static bool write_memory(void *user, uint64_t at, const void *bytes, size_t size) {
    struct enl_bytes *b = user;
    if (at + size > b->size) enl_bytes_put(b, NULL, (size_t)at + size - b->size);
    if (b->failed) return false;
    memcpy(b->data + at, bytes, size);
    return true;
}

static struct enl_source source_of(struct enl_bytes *b) {
    return (struct enl_source){.read = read_memory, .user = b, .size = b->size};
}

static void put_box(struct enl_bytes *to, const char *type, const void *content, size_t size) {
    size_t box = enl_bytes_box(to, type);
    enl_bytes_put(to, content, size);
    enl_bytes_box_end(to, box);
}

// ftyp, `room` bytes free, moov with one place (in stco), mdat.
static void make_mp4(struct enl_bytes *to, size_t room, size_t media) {
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

static size_t place_of(const struct enl_bytes *b, const char *type) {
    struct enl_source source = source_of((struct enl_bytes *)b);
    struct enl_bmff_box box;
    for (uint64_t at = 0; enl_bmff_next(&source, &at, b->size, &box);)
        if (!strcmp(box.type, type)) return (size_t)box.at;
    fail_msg("no %s", type);
    return 0;
}

static size_t size_at(const struct enl_bytes *b, size_t at) {
    return (size_t)enl_bytes_get(b->data + at, 4);
}

static void sha(const void *bytes, size_t size, uint8_t hash[32]) {
    uint8_t all[64];
    assert_true(enl_digest_of("sha256", bytes, size, all, &size));
    memcpy(hash, all, 32);
}

// Adds a box of a file with its place before it, as a bmff hash covers it.
static void cover_box(struct enl_bytes *to, const struct enl_bytes *file, size_t at) {
    enl_bytes_number(to, at, 8);
    enl_bytes_put(to, file->data + at, size_at(file, at));
}

// ---- Stores made by hand.

struct forge {
    struct enl_bytes boxes, list; // assertions; their hashed URIs
    const char *const *redact;    // ends with NULL; NULL: nothing
};

static void put_hashed(struct enl_bytes *to, const char *url, const uint8_t hash[32]) {
    size_t map = enl_cbor_begin(to);
    enl_cbor_pair_text(to, "url", url);
    enl_cbor_pair_bytes(to, "hash", hash, 32);
    enl_cbor_end_map(to, map);
}

// An assertion, which takes `content`; `type` is what its content is told to be.
static void add(struct forge *f, const char *label, const char *type, struct enl_bytes *content) {
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

static void add_data_hash(struct forge *f, const struct enl_bytes *file) {
    struct enl_bytes cbor = {0};
    uint8_t hash[32];
    sha(file->data, file->size, hash);
    size_t map = enl_cbor_begin(&cbor);
    enl_cbor_pair_text(&cbor, "alg", "sha256");
    enl_cbor_pair_bytes(&cbor, "hash", hash, 32);
    enl_cbor_end_map(&cbor, map);
    add(f, "c2pa.hash.data", "cbor", &cbor);
}

static void add_action(struct forge *f, const char *name) {
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

static void add_ingredient(struct forge *f, const char *label, const char *relation, const char *of,
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

static void put_claim(const struct forge *f, const char *label, struct enl_bytes *to) {
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

static void put_content(struct enl_bytes *to, const char *type, const char *label, struct enl_bytes *cbor) {
    size_t box = enl_jumbf_begin(to, type, label, NULL);
    put_box(to, "cbor", cbor->data, cbor->size);
    enl_jumbf_end(to, box);
    enl_bytes_free(cbor);
}

// The manifest of what was added, signed; `hash`, where not NULL, is what an ingredient would say of it.
static void end(struct forge *f, const char *type, const char *label, struct enl_bytes *to, uint8_t *hash) {
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
static struct enl_check *check_with(void **state, struct enl_bytes *file, struct enl_bytes *manifests) {
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
static void verdict(void **state, struct enl_bytes *file, struct enl_bytes *manifests, enum enl_check_state want,
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

static void good_one(struct forge *f, const struct enl_bytes *file) {
    add_data_hash(f, file);
    add_action(f, "c2pa.created");
}

static void forged_by_rules_is_valid(void **state) {
    struct enl_bytes file = {0}, manifests = {0};
    struct forge f = {0};
    make_mp4(&file, 0, 100);
    good_one(&f, &file);
    end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
    verdict(state, &file, &manifests, ENL_CHECK_VALID, "assertion.dataHash.match");
    good_one(&f, &file);
    end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
    file.data[file.size - 1] ^= 1;
    verdict(state, &file, &manifests, ENL_CHECK_BROKEN, "assertion.dataHash.mismatch");
    enl_bytes_free(&file);
}

// A binding that is no CBOR binds nothing; nor does one of a kind that isn't checked.
static void what_binds_nothing_is_not_valid(void **state) {
    struct enl_bytes file = {0}, manifests = {0}, json = {0};
    struct forge f = {0};
    make_mp4(&file, 0, 100);
    enl_bytes_text(&json, "{\"alg\": \"sha256\"}");
    add(&f, "c2pa.hash.data", "json", &json);
    add_action(&f, "c2pa.created");
    end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
    verdict(state, &file, &manifests, ENL_CHECK_WELL_FORMED, NULL);
    add_action(&f, "c2pa.created");
    end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
    verdict(state, &file, &manifests, ENL_CHECK_BROKEN, "claim.hardBindings.missing");
    enl_bytes_free(&file);
}

static void what_is_named_twice_is_told(void **state) {
    struct enl_bytes file = {0}, manifests = {0};
    struct forge f = {0};
    make_mp4(&file, 0, 100);
    good_one(&f, &file);
    struct enl_bytes twice = {0};
    enl_bytes_put(&twice, f.list.data, f.list.size);
    enl_bytes_put(&f.list, twice.data, twice.size);
    enl_bytes_free(&twice);
    end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
    verdict(state, &file, &manifests, ENL_CHECK_BROKEN, "claim.malformed (2)");
    enl_bytes_free(&file);
}

static void updates_only_update(void **state) {
    static const struct {
        const char *action, *relation, *code;
        enum enl_check_state state;
    } cases[] = {{"c2pa.edited.metadata", "parentOf", NULL, ENL_CHECK_VALID},
                 {"c2pa.color_adjustments", "parentOf", "manifest.update.invalid", ENL_CHECK_BROKEN},
                 {"c2pa.edited.metadata", "componentOf", "manifest.update.wrongParents", ENL_CHECK_BROKEN}};
    struct enl_bytes file = {0};
    make_mp4(&file, 0, 100);
    for (int i = 0; i < 4; i++) {
        struct enl_bytes manifests = {0};
        struct forge f = {0};
        uint8_t hash[32];
        good_one(&f, &file);
        end(&f, "c2ma", "urn:c2pa:1", &manifests, hash);
        add_action(&f, cases[i % 3].action);
        add_ingredient(&f, "c2pa.ingredient.v3", cases[i % 3].relation, "urn:c2pa:1", hash);
        if (i == 3) add_data_hash(&f, &file);
        end(&f, "c2um", "urn:c2pa:2", &manifests, NULL);
        verdict(state, &file, &manifests, i == 3 ? ENL_CHECK_BROKEN : cases[i].state,
                i == 3 ? "manifest.update.invalid" : cases[i].code);
    }
    enl_bytes_free(&file);
}

// An ingredient that was changed, one that is not there, and two that name each other in a circle.
static void ingredients_are_followed(void **state) {
    struct enl_bytes file = {0}, manifests = {0};
    struct forge f = {0};
    uint8_t hash[32], zeros[32] = {0};
    make_mp4(&file, 0, 100);
    good_one(&f, &file);
    end(&f, "c2ma", "urn:c2pa:1", &manifests, hash);
    good_one(&f, &file);
    add_ingredient(&f, "c2pa.ingredient.v3", "inputTo", "urn:c2pa:1", hash);
    add_ingredient(&f, "c2pa.ingredient.v3__1", "inputTo", "urn:c2pa:1", hash);
    end(&f, "c2ma", "urn:c2pa:2", &manifests, NULL);
    verdict(state, &file, &manifests, ENL_CHECK_VALID, "ingredient.manifest.validated");
    good_one(&f, &file);
    add_ingredient(&f, "c2pa.ingredient.v3", "inputTo", "urn:c2pa:0", zeros);
    end(&f, "c2ma", "urn:c2pa:2", &manifests, NULL);
    verdict(state, &file, &manifests, ENL_CHECK_BROKEN, "ingredient.manifest.missing");
    for (int i = 1; i <= 2; i++) {
        good_one(&f, &file);
        add_ingredient(&f, "c2pa.ingredient.v3", "inputTo", i == 1 ? "urn:c2pa:2" : "urn:c2pa:1", zeros);
        end(&f, "c2ma", i == 1 ? "urn:c2pa:1" : "urn:c2pa:2", &manifests, NULL);
    }
    verdict(state, &file, &manifests, ENL_CHECK_BROKEN, "ingredient.manifest.mismatch");
    enl_bytes_free(&file);
}

// A chain of `depth` photos, each made from the one before.
static void chains_end(void **state) {
    struct enl_bytes file = {0};
    make_mp4(&file, 0, 100);
    for (int depth = ENL_MAX_INGREDIENT_DEPTH; depth <= ENL_MAX_INGREDIENT_DEPTH + 2; depth++) {
        struct enl_bytes manifests = {0};
        uint8_t hash[32];
        char label[32], before[32] = "";
        for (int i = 0; i < depth; i++) {
            struct forge f = {0};
            good_one(&f, &file);
            if (i) add_ingredient(&f, "c2pa.ingredient.v3", "inputTo", before, hash);
            snprintf(label, sizeof label, "urn:c2pa:%d", i);
            end(&f, "c2ma", label, &manifests, hash);
            snprintf(before, sizeof before, "%s", label);
        }
        bool deep = depth > ENL_MAX_INGREDIENT_DEPTH + 1;
        verdict(state, &file, &manifests, deep ? ENL_CHECK_BROKEN : ENL_CHECK_VALID, deep ? "general.error" : NULL);
    }
    enl_bytes_free(&file);
}

// Actions that a claim above takes out, by an address that is whole and by one that isn't there any more.
static void what_must_stay_is_not_redacted(void **state) {
    static const char *const labels[] = {"c2pa.actions.v2", "c2pa.hash.data", "c2pa.training"};
    static const char *const codes[] = {"assertion.action.redacted", "assertion.hardBinding.redacted", NULL};
    struct enl_bytes file = {0};
    make_mp4(&file, 0, 100);
    for (int i = 0; i < 3; i++)
        for (int gone = 0; gone < 2; gone++) {
            struct enl_bytes manifests = {0}, other = {0};
            struct forge f = {0};
            char uri[100];
            const char *redact[] = {uri, NULL};
            uint8_t hash[32];
            snprintf(uri, sizeof uri, "self#jumbf=/c2pa/urn:c2pa:1/c2pa.assertions/%s", labels[i]);
            for (int k = 0; k < 3; k++) {
                size_t before = f.boxes.size;
                enl_cbor_put_bytes(&other, NULL, 8);
                if (k == 0) add_data_hash(&f, &file);
                if (k == 1) add_action(&f, "c2pa.created");
                if (k == 2) add(&f, "c2pa.training", "cbor", &other);
                if (k == (i == 0 ? 1 : i == 1 ? 0 : 2) && gone) f.boxes.size = before; // named, and not there
                enl_bytes_free(&other);
            }
            end(&f, "c2ma", "urn:c2pa:1", &manifests, hash);
            good_one(&f, &file);
            add_ingredient(&f, "c2pa.ingredient.v3", "inputTo", "urn:c2pa:1", hash);
            f.redact = redact;
            end(&f, "c2ma", "urn:c2pa:2", &manifests, NULL);
            bool broken = i < 2 || !gone;
            verdict(state, &file, &manifests, broken ? ENL_CHECK_BROKEN : ENL_CHECK_VALID,
                    i < 2 ? codes[i] :
                    gone  ? NULL :
                            "assertion.notRedacted");
        }
    enl_bytes_free(&file);
}

// ---- JUMBF.

static bool opens(const struct enl_bytes *b) {
    struct enl_jumbf jumbf;
    struct enl_error error = {0};
    bool good = enl_jumbf_open(b->data, b->size, &jumbf, &error);
    if (good) enl_jumbf_free(&jumbf);
    else assert_true(error.code == ENL_BAD_PHOTO && error.text[0]);
    return good;
}

static void boxes_have_addresses(void **state) {
    (void)state;
    struct enl_bytes b = {0};
    struct enl_jumbf j;
    static const uint8_t salt[16] = {1};
    bool outside;
    size_t store = enl_jumbf_begin(&b, "c2pa", "c2pa", NULL), one = enl_jumbf_begin(&b, "c2ma", "m\xc3\xa9", salt);
    size_t all = enl_jumbf_begin(&b, "c2as", "c2pa.assertions", NULL), a = enl_jumbf_begin(&b, "cbor", "a", salt);
    put_box(&b, "cbor", "\xA0", 1);
    enl_jumbf_end(&b, a);
    enl_jumbf_end(&b, all);
    enl_jumbf_end(&b, one);
    size_t two = enl_jumbf_begin(&b, "c2ma", "n", NULL);
    enl_jumbf_end(&b, two);
    enl_jumbf_end(&b, store);
    enl_bytes_text(&b, "what follows");
    assert_true(enl_jumbf_open(b.data, b.size, &j, NULL));
    assert_int_equal(j.count, 5);
    const char *uri = "self#jumbf=/c2pa/m\xc3\xa9/c2pa.assertions/a";
    assert_int_equal(enl_jumbf_find(&j, 1, uri, strlen(uri), &outside), 3);
    assert_false(outside);
    assert_int_equal(enl_jumbf_find(&j, 4, uri, strlen(uri), &outside), 3);
    assert_true(outside);
    assert_int_equal(enl_jumbf_find(&j, 1, uri, strlen(uri) - 1, &outside), 2); // up to the slash
    static const char *const wrong[] = {"self#jumbf=c2pa.assertions/b",
                                        "self#jumbf=/x/m",
                                        "self#jumbf=",
                                        "self#jumb",
                                        "self#jumbf=/",
                                        "self#jumbf=//a",
                                        "http://x"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        check(enl_jumbf_find(&j, 1, wrong[i], strlen(wrong[i]), &outside) == -1, "%s", wrong[i]);
    enl_jumbf_free(&j);
    for (size_t size = 0; size < b.size - 12; size++) { // cut anywhere
        struct enl_bytes cut = {.data = b.data, .size = size};
        check(!opens(&cut), "%zu bytes open", size);
    }
    enl_bytes_free(&b);
}

static void labels_are_told_apart(void **state) {
    (void)state;
    static const char *const labels[][2] = {{"a", "a"},    {"a", ""},    {"a", "b/c"}, {"a", "b?"},
                                            {"a", "\xff"}, {"a", "b\n"}, {"a", "b"}};
    for (int i = 0; i < 7; i++) {
        struct enl_bytes b = {0};
        size_t store = enl_jumbf_begin(&b, "c2pa", "c2pa", NULL);
        for (int k = 0; k < 2; k++) enl_jumbf_end(&b, enl_jumbf_begin(&b, "c2ma", labels[i][k], NULL));
        enl_jumbf_end(&b, store);
        check(opens(&b) == (i == 6), "%d", i);
        enl_bytes_free(&b);
    }
}

static void sizes_are_bounded(void **state) {
    (void)state;
    static const uint64_t sizes[] = {1ull << 63, UINT64_MAX, 15, 16, 0, 1u << 31};
    for (int i = 0; i < 6; i++) {
        struct enl_bytes b = {0};
        size_t store = enl_jumbf_begin(&b, "c2pa", "c2pa", NULL);
        enl_bytes_number(&b, 1, 4);
        enl_bytes_text(&b, "free");
        enl_bytes_number(&b, sizes[i], 8);
        enl_jumbf_end(&b, store);
        check(opens(&b) == (sizes[i] == 16), "%d", i);
        enl_bytes_free(&b);
    }
    struct enl_bytes b = {0};
    size_t store = enl_jumbf_begin(&b, "c2pa", "c2pa", NULL), last = b.size;
    put_box(&b, "free", "abc", 3);
    enl_jumbf_end(&b, store);
    enl_bytes_set(&b, last, 0, 4); // up to the end of what it is in
    enl_bytes_set(&b, store, 0, 4);
    assert_true(opens(&b));
    enl_bytes_free(&b);
    size_t deep[40];
    for (int depth = 10; depth < 40; depth += 28) {
        for (int i = 0; i < depth; i++) deep[i] = enl_jumbf_begin(&b, i ? "c2ma" : "c2pa", i ? "a" : "c2pa", NULL);
        for (int i = depth; i-- > 0;) enl_jumbf_end(&b, deep[i]);
        assert_int_equal(opens(&b), depth == 10);
        enl_bytes_free(&b);
    }
    for (int count = ENL_MAX_JUMBF_BOXES - 1; count <= ENL_MAX_JUMBF_BOXES; count++) {
        char label[16];
        store = enl_jumbf_begin(&b, "c2pa", "c2pa", NULL);
        for (int i = 0; i < count; i++) {
            snprintf(label, sizeof label, "%d", i);
            enl_jumbf_end(&b, enl_jumbf_begin(&b, "c2ma", label, NULL));
        }
        enl_jumbf_end(&b, store);
        assert_int_equal(opens(&b), count < ENL_MAX_JUMBF_BOXES);
        enl_bytes_free(&b);
    }
}

static void put_packed(struct enl_bytes *to, const uint8_t *plain, size_t size) {
    size_t room = BrotliEncoderMaxCompressedSize(size) + 64;
    uint8_t *packed = malloc(room);
    assert_true(packed && BrotliEncoderCompress(5, 22, BROTLI_MODE_GENERIC, size, plain, &room, packed));
    put_box(to, "brob", packed, room);
    free(packed);
}

// A compressed manifest is read as what it packs, and holds nothing else that could be read in its place.
static void packed_ones_are_unpacked(void **state) {
    struct enl_bytes file = {0}, plain = {0};
    struct forge f = {0};
    make_mp4(&file, 0, 100);
    for (int i = 0; i < 7; i++) {
        struct enl_bytes b = {0};
        good_one(&f, &file);
        end(&f, i == 4 ? "c2as" : "c2ma", "urn:c2pa:1", &plain, NULL);
        if (i == 5) enl_bytes_text(&plain, "more");
        size_t packed = enl_jumbf_begin(&b, "c2cm", i == 1 ? "urn:c2pa:2" : "urn:c2pa:1", NULL);
        if (i == 2) enl_jumbf_end(&b, enl_jumbf_begin(&b, "c2as", "c2pa.assertions", NULL));
        if (i != 6) put_packed(&b, plain.data, plain.size);
        if (i == 3) enl_jumbf_end(&b, enl_jumbf_begin(&b, "c2as", "c2pa.assertions", NULL));
        enl_jumbf_end(&b, packed);
        verdict(state, &file, &b, i == 0 ? ENL_CHECK_VALID : ENL_CHECK_BROKEN, i ? "claim.missing" : NULL);
        enl_bytes_free(&plain);
    }
    enl_bytes_free(&file);
}

static void brotli_bombs_are_stopped(void **state) {
    (void)state;
    struct enl_bytes b = {0};
    size_t size = 300u << 20;
    uint8_t *zeros = calloc(size, 1);
    assert_non_null(zeros);
    size_t store = enl_jumbf_begin(&b, "c2pa", "c2pa", NULL), packed = enl_jumbf_begin(&b, "c2cm", "a", NULL);
    put_packed(&b, zeros, size);
    free(zeros);
    enl_jumbf_end(&b, packed);
    enl_jumbf_end(&b, store);
    assert_true(b.size < 4096);
    clock_t begun = clock();
    assert_false(opens(&b));
    assert_true(clock() - begun < (UNIT_SLOW ? 20 : 2) * CLOCKS_PER_SEC);
    enl_bytes_free(&b);
}

// ---- BMFF.

// `count` numbers of `size` bytes at `at` are what they were and `by`.
static void moved(const uint8_t *was, const uint8_t *is, size_t at, int size, uint64_t by) {
    assert_int_equal(enl_bytes_get(is + at, size), enl_bytes_get(was + at, size) + by);
}

static void shift(const char *holder, const char *type, const uint8_t *content, size_t size, uint8_t *ret, bool *good) {
    struct enl_bytes b = {0};
    bool changed;
    size_t outer = enl_bytes_box(&b, holder);
    if (!strcmp(holder, "meta")) enl_bytes_number(&b, 0, 4); // version and flags
    size_t inner = strcmp(holder, "moof") ? b.size : enl_bytes_box(&b, "traf");
    put_box(&b, type, content, size);
    if (!strcmp(holder, "moof")) enl_bytes_box_end(&b, inner);
    enl_bytes_box_end(&b, outer);
    *good = enl_bmff_shift(b.data, b.size, 1000, &changed, NULL);
    memcpy(ret, b.data + b.size - size, size);
    enl_bytes_free(&b);
}

static void places_are_moved(void **state) {
    (void)state;
    uint8_t is[64];
    bool good;
    const uint8_t stco[] = {0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 6};
    shift("moov", "stco", stco, sizeof stco, is, &good);
    moved(stco, is, 8, 4, 1000), moved(stco, is, 12, 4, 1000);
    const uint8_t full[] = {0, 0, 0, 0, 0, 0, 0, 1, 255, 255, 255, 255}; // has no room for more
    shift("moov", "stco", full, sizeof full, is, &good);
    assert_false(good);
    const uint8_t co64[] = {0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 5}; // says nine and has one
    shift("moov", "co64", co64, sizeof co64, is, &good);
    moved(co64, is, 8, 8, 1000);
    const uint8_t tfhd[] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0},
                  based[] = {0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0};
    shift("moof", "tfhd", tfhd, sizeof tfhd, is, &good);
    moved(tfhd, is, 8, 8, 1000);
    shift("moof", "tfhd", based, sizeof based, is, &good);
    assert_memory_equal(based, is, sizeof based);
    const uint8_t saio[] = {0, 0, 0, 1, 'c', 'e', 'n', 'c', 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9};
    shift("moov", "saio", saio, sizeof saio, is, &good);
    moved(saio, is, 16, 4, 1000);
    shift("moof", "saio", saio, sizeof saio, is, &good); // counts from its fragment
    assert_memory_equal(saio, is, sizeof saio);
    const uint8_t tfra[] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0,
                            1, 0, 0, 0, 7, 1, 1, 1, 0, 0, 0, 2, 0, 0, 0, 8, 1, 1, 2};
    shift("mfra", "tfra", tfra, sizeof tfra, is, &good);
    moved(tfra, is, 20, 4, 1000), moved(tfra, is, 31, 4, 1000); // the last one too
    moved(tfra, is, 27, 4, 0);
}

static void items_are_moved(void **state) {
    (void)state;
    for (int version = 0; version < 3; version++)
        for (int based = 0; based < 2; based++)
            for (int method = 0; method < (version ? 2 : 1); method++) {
                struct enl_bytes c = {0};
                uint8_t is[64];
                bool good;
                enl_bytes_number(&c, (uint64_t)version << 24, 4);
                enl_bytes_number(&c, based ? 0x4440 : 0x4400, 2); // offset 4, length 4, base
                enl_bytes_number(&c, 1, version < 2 ? 2 : 4);
                enl_bytes_number(&c, 7, version < 2 ? 2 : 4);
                if (version) enl_bytes_number(&c, (uint64_t)method, 2);
                enl_bytes_number(&c, 0, 2);
                size_t base = c.size;
                if (based) enl_bytes_number(&c, 100, 4);
                enl_bytes_number(&c, 2, 2);
                size_t first = c.size;
                for (int i = 0; i < 4; i++) enl_bytes_number(&c, (uint64_t)(i + 1), 4);
                shift("meta", "iloc", c.data, c.size, is, &good);
                // What lies in the item itself (method 1) does not move.
                if (based) moved(c.data, is, base, 4, method ? 0 : 1000);
                for (int i = 0; i < 4; i++)
                    moved(c.data, is, first + 4 * (size_t)i, 4, based || method || i % 2 ? 0 : 1000);
                enl_bytes_free(&c);
            }
}

static bool sign(struct enl_bytes *file, struct enl_bytes *out, const struct enl_credential_params *params,
                 struct enl_error *error) {
    struct enl_source source = source_of(file);
    struct enl_sink sink = {write_memory, out};
    return enl_credential_sign_source(&source, &sink, signer, params, error);
}

static enum enl_check_state state_of(struct enl_bytes *file) {
    struct enl_source source = source_of(file);
    struct enl_check *c = enl_check_source(&source, enl_check_params(.threads = 1), NULL);
    assert_non_null(c);
    enum enl_check_state is = enl_check_state(c);
    enl_check_free(&c);
    return is;
}

// With and without room, signed and signed again: the place in stco is always that of the media.
static void signed_files_hold_together(void **state) {
    (void)state;
    static const size_t rooms[] = {0, 8, 100, 4000, 40000};
    for (int i = 0; i < 5; i++)
        for (size_t block = 0; block <= 1024; block += 1024) {
            struct enl_bytes file = {0}, once = {0}, twice = {0};
            struct enl_error error = {0};
            make_mp4(&file, rooms[i], 5000);
            const struct enl_credential_params *params = enl_credential_params(.made_by = "ai", .merkle_block = block,
                                                                               .threads = 1);
            check(sign(&file, &once, params, &error), "%s", error.text);
            check(sign(&once, &twice, params, &error), "%s", error.text);
            if (rooms[i] == 40000) assert_int_equal(once.size, file.size); // in its place
            for (int k = 0; k < 2; k++) {
                struct enl_bytes *b = k ? &twice : &once;
                size_t stco = place_of(b, "moov") + 40 + 16;
                assert_int_equal(enl_bytes_get(b->data + stco, 4), place_of(b, "mdat") + 8);
                assert_int_equal(state_of(b), ENL_CHECK_VALID);
                size_t at = place_of(b, "mdat") + 3000; // any byte of it
                b->data[at] ^= 1;
                assert_int_equal(state_of(b), ENL_CHECK_BROKEN);
                b->data[at] ^= 1;
                b->data[stco + 3] ^= 1;
                assert_int_equal(state_of(b), ENL_CHECK_BROKEN);
                b->data[stco + 3] ^= 1;
            }
            enl_bytes_free(&file);
            enl_bytes_free(&once);
            enl_bytes_free(&twice);
        }
}

// A free box that claims gigabytes is not held in memory.
static int64_t read_huge(void *user, uint64_t at, void *ret_bytes, size_t size) {
    const struct enl_bytes *b = user; // ftyp and the head of free, then nothing but zeros
    memset(ret_bytes, 0, size);
    for (size_t i = 0; i < size && at + i < b->size; i++) ((uint8_t *)ret_bytes)[i] = b->data[at + i];
    return (int64_t)size;
}

static void large_rooms_are_left(void **state) {
    (void)state;
    struct enl_bytes b = {0};
    struct enl_layout layout = {0};
    struct enl_error error = {0};
    put_box(&b, "ftyp", "isom\0\0\2\0isom", 12);
    enl_bytes_number(&b, 1, 4), enl_bytes_text(&b, "free"), enl_bytes_number(&b, 6ull << 30, 8);
    struct enl_source source = {.read = read_huge, .user = &b, .size = 20 + (6ull << 30)};
    const struct enl_container *c = enl_container_of(&source, &(const char *){NULL}, &error);
    check(c && c->lay(&source, 3000, &layout, &error), "%s", error.text);
    assert_true(layout.size == source.size + 3045 && layout.credential.size == 3045);
    enl_layout_free(&layout);
    enl_bytes_free(&b);
}

// ---- Bindings.

static void put_exclusion(struct enl_bytes *to, const char *path, int offset, int length) {
    size_t map = enl_cbor_begin(to);
    enl_cbor_pair_text(to, "xpath", path);
    if (length >= 0) {
        enl_cbor_put_text(to, "subset");
        size_t list = enl_cbor_begin(to), one = enl_cbor_begin(to);
        enl_cbor_put_text(to, "offset"), enl_cbor_put_unsigned(to, (uint64_t)offset);
        enl_cbor_put_text(to, "length"), enl_cbor_put_unsigned(to, (uint64_t)length);
        enl_cbor_end_map(to, one);
        enl_cbor_end_array(to, list);
    }
    enl_cbor_end_map(to, map);
}

static void add_bmff_hash(struct forge *f, const char *path, int offset, int length, const uint8_t *hash,
                          const struct enl_bytes *merkle) {
    struct enl_bytes cbor = {0};
    size_t map = enl_cbor_begin(&cbor);
    enl_cbor_pair_text(&cbor, "alg", "sha256");
    if (hash) enl_cbor_pair_bytes(&cbor, "hash", hash, 32);
    enl_cbor_put_text(&cbor, "exclusions");
    size_t list = enl_cbor_begin(&cbor);
    put_exclusion(&cbor, "/ftyp", 0, -1);
    put_exclusion(&cbor, path, offset, length);
    enl_cbor_end_array(&cbor, list);
    if (merkle) {
        enl_cbor_put_text(&cbor, "merkle");
        size_t maps = enl_cbor_begin(&cbor);
        enl_bytes_put(&cbor, merkle->data, merkle->size);
        enl_cbor_end_array(&cbor, maps);
    }
    enl_cbor_end_map(&cbor, map);
    add(f, "c2pa.hash.bmff.v3", "cbor", &cbor);
}

// What is covered, put together here: places before root boxes, parts of a box, boxes in boxes by number.
static void covers_are_by_the_book(void **state) {
    struct enl_bytes file = {0}, manifests = {0};
    make_mp4(&file, 0, 100);
    put_box(&file, "free", "abcdef", 6);
    put_box(&file, "free", "ghijkl", 6);
    size_t moov = place_of(&file, "moov"), mdat = place_of(&file, "mdat"), first = mdat + 108, second = first + 14;
    static const struct {
        const char *path;
        int offset, length;
    } cases[] = {
        {"/mdat", 0, -1}, {"/free[2]", 0, -1}, {"/free", 8, 2}, {"/moov/trak[1]/mdia", 0, -1}, {"/mdat", 16, 0}};
    for (int i = 0; i < 5; i++) {
        struct enl_bytes covered = {0};
        struct forge f = {0};
        uint8_t hash[32];
        cover_box(&covered, &file, moov);
        if (i == 3) covered.size = 8 + 16; // its head, and trak's
        if (i) cover_box(&covered, &file, mdat);
        if (i == 4) covered.size -= 100 - 8;
        cover_box(&covered, &file, first);
        if (i == 2) covered.size -= 6, enl_bytes_text(&covered, "cdef");
        if (i != 1) cover_box(&covered, &file, second);
        if (i == 2) covered.size -= 6, enl_bytes_text(&covered, "ijkl");
        sha(covered.data, covered.size, hash);
        add_bmff_hash(&f, cases[i].path, cases[i].offset, cases[i].length, hash, NULL);
        add_action(&f, "c2pa.created");
        end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
        // What need not be left out is told, the media above all.
        verdict(state, &file, &manifests, ENL_CHECK_VALID, "assertion.bmffHash.additionalExclusionsPresent");
        enl_bytes_free(&covered);
    }
    enl_bytes_free(&file);
}

// A map over the media: `sizes` of blocks (0 ends), or all of `fixed` bytes; the row of `row` hashes.
static void put_map(struct enl_bytes *to, const struct enl_bytes *file, const int *sizes, int fixed, int claimed,
                    int row) {
    uint8_t level[16][32];
    size_t at = place_of(file, "mdat") + 16, all = file->size;
    int count = 0;
    for (; fixed ? at < all : sizes[count] != 0; count++) {
        size_t n = fixed ? (all - at < (size_t)fixed ? all - at : (size_t)fixed) : (size_t)sizes[count];
        sha(file->data + at, n, level[count]);
        at += n;
    }
    size_t map = enl_cbor_begin(to);
    enl_cbor_put_text(to, "uniqueId"), enl_cbor_put_unsigned(to, 1);
    enl_cbor_put_text(to, "localId"), enl_cbor_put_unsigned(to, 1);
    enl_cbor_put_text(to, "count"), enl_cbor_put_unsigned(to, (uint64_t)(count + claimed));
    if (fixed) enl_cbor_put_text(to, "fixedBlockSize"), enl_cbor_put_unsigned(to, (uint64_t)fixed);
    else {
        enl_cbor_put_text(to, "variableBlockSizes");
        size_t list = enl_cbor_begin(to);
        for (int i = 0; i < count; i++) enl_cbor_put_unsigned(to, (uint64_t)sizes[i]);
        enl_cbor_end_array(to, list);
    }
    for (; count > row; count = (count + 1) / 2)
        for (int i = 0; i < (count + 1) / 2; i++) {
            uint8_t pair[64];
            memcpy(pair, level[2 * i], 32);
            if (2 * i + 1 < count) memcpy(pair + 32, level[2 * i + 1], 32), sha(pair, 64, level[i]);
            else memcpy(level[i], pair, 32);
        }
    enl_cbor_put_text(to, "hashes");
    size_t hashes = enl_cbor_begin(to);
    for (int i = 0; i < count; i++) enl_cbor_put_bytes(to, level[i], 32);
    enl_cbor_end_array(to, hashes);
    enl_cbor_end_map(to, map);
}

static void trees_are_by_the_book(void **state) {
    static const int odd[] = {20, 30, 10, 20, 12, 0}, zero[] = {92, 0};
    static const struct {
        const int *sizes;
        int fixed, claimed, row;
        bool good;
    } cases[] = {{NULL, 20, 0, 5, true},  {NULL, 20, 0, 3, true},   {NULL, 20, 0, 2, true}, {NULL, 20, 0, 1, true},
                 {odd, 0, 0, 5, true},    {odd, 0, 0, 1, true},     {zero, 0, 0, 1, true},  {NULL, 200, 0, 1, true},
                 {NULL, 20, 1, 5, false}, {NULL, 20, -1, 5, false}, {odd, 0, 1, 1, false},  {odd, 0, 100000, 1, false}};
    struct enl_bytes file = {0}, covered = {0};
    uint8_t hash[32];
    make_mp4(&file, 0, 100);
    cover_box(&covered, &file, place_of(&file, "moov"));
    cover_box(&covered, &file, place_of(&file, "mdat"));
    covered.size -= 92;
    sha(covered.data, covered.size, hash);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int hashed = 0; hashed < 2; hashed++) {
            struct enl_bytes manifests = {0}, maps = {0};
            struct forge f = {0};
            put_map(&maps, &file, cases[i].sizes, cases[i].fixed, cases[i].claimed, cases[i].row);
            add_bmff_hash(&f, "/mdat", 16, 0, hashed ? hash : NULL, &maps);
            add_action(&f, "c2pa.created");
            end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
            // Without a hash nothing binds what is no media.
            verdict(state, &file, &manifests, cases[i].good && hashed ? ENL_CHECK_VALID : ENL_CHECK_BROKEN,
                    !hashed       ? "assertion.bmffHash.malformed" :
                    cases[i].good ? NULL :
                                    "assertion.bmffHash.mismatch");
            enl_bytes_free(&maps);
        }
    enl_bytes_free(&covered);
    enl_bytes_free(&file);
}

// Three fragments with their merkle boxes. `leaves` are put in as proofs; `places` of the moofs come back.
static void make_fragments(struct enl_bytes *to, uint8_t leaves[4][32], const int *order, size_t places[3]) {
    to->size = 0;
    put_box(to, "ftyp", "isom\0\0\2\0isom", 12);
    put_box(to, "moov", "a film's head", 13);
    for (int i = 0; i < 3; i++) {
        int is = order[i];
        places[i] = to->size;
        put_box(to, "moof", "fragment", 8);
        size_t uuid = enl_bytes_box(to, "uuid");
        enl_bytes_put(to, enl_bmff_c2pa, 16);
        enl_bytes_number(to, 0, 4);
        enl_bytes_put(to, "merkle", 7);
        size_t map = enl_cbor_begin(to);
        enl_cbor_put_text(to, "uniqueId"), enl_cbor_put_unsigned(to, 1);
        enl_cbor_put_text(to, "localId"), enl_cbor_put_unsigned(to, 2);
        enl_cbor_put_text(to, "location"), enl_cbor_put_unsigned(to, (uint64_t)is);
        enl_cbor_put_text(to, "hashes");
        size_t list = enl_cbor_begin(to);
        if (is < 2) enl_cbor_put_bytes(to, leaves[1 - is], 32);
        enl_cbor_put_bytes(to, leaves[is < 2 ? 2 : 3], 32);
        enl_cbor_end_array(to, list);
        enl_cbor_end_map(to, map);
        enl_bytes_put(to, NULL, is < 2 ? 11 : 45); // padding: all are as long
        enl_bytes_box_end(to, uuid);
        char media[] = "media 0";
        media[6] = (char)('0' + is);
        put_box(to, "mdat", media, 7);
    }
}

static void fragments_are_in_their_places(void **state) {
    static const int orders[][3] = {{0, 1, 2}, {0, 0, 2}, {1, 0, 2}};
    struct enl_bytes file = {0}, init = {0}, map = {0};
    uint8_t leaves[4][32] = {{0}}, root[32], pair[64], head[32];
    size_t places[3];
    make_fragments(&file, leaves, orders[0], places);
    for (int i = 0; i < 3; i++) {
        struct enl_bytes covered = {0};
        size_t uuid = places[i] + 16;
        cover_box(&covered, &file, places[i]);
        cover_box(&covered, &file, uuid + size_at(&file, uuid));
        sha(covered.data, covered.size, leaves[i]);
        enl_bytes_free(&covered);
    }
    memcpy(pair, leaves[0], 64);
    sha(pair, 64, leaves[3]);
    memcpy(pair, leaves[3], 32), memcpy(pair + 32, leaves[2], 32);
    sha(pair, 64, root);
    cover_box(&init, &file, place_of(&file, "moov"));
    sha(init.data, init.size, head);
    size_t begun = enl_cbor_begin(&map);
    enl_cbor_put_text(&map, "uniqueId"), enl_cbor_put_unsigned(&map, 1);
    enl_cbor_put_text(&map, "localId"), enl_cbor_put_unsigned(&map, 2);
    enl_cbor_put_text(&map, "count"), enl_cbor_put_unsigned(&map, 3);
    enl_cbor_pair_bytes(&map, "initHash", head, 32);
    enl_cbor_put_text(&map, "hashes");
    size_t list = enl_cbor_begin(&map);
    enl_cbor_put_bytes(&map, root, 32);
    enl_cbor_end_array(&map, list);
    enl_cbor_end_map(&map, begun);
    for (int i = 0; i < 6; i++) {
        struct enl_bytes manifests = {0};
        struct forge f = {0};
        add_bmff_hash(&f, "/uuid", 0, -1, NULL, &map);
        add_action(&f, "c2pa.created");
        end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
        make_fragments(&file, leaves, orders[i < 3 ? i : 0], places);
        if (i == 3) file.data[file.size - 1]++;
        if (i == 4) file.data[40]++;       // the head
        if (i == 5) file.size = places[2]; // one is missing
        verdict(state, &file, &manifests, i ? ENL_CHECK_BROKEN : ENL_CHECK_VALID,
                i ? "assertion.bmffHash.mismatch" : "assertion.bmffHash.match");
    }
    enl_bytes_free(&map);
    enl_bytes_free(&init);
    enl_bytes_free(&file);
}

// ---- Too much of everything.

static double seconds_since(const struct timespec *begun) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - begun->tv_sec) + 1e-9 * (double)(now.tv_nsec - begun->tv_nsec);
}

static void soon(void **state, struct enl_bytes *file, struct enl_bytes *manifests, const char *what) {
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

// A large assertion that is named thousands of times: by the claim, by actions, by ingredients.
static void what_is_named_often_is_looked_at_once(void **state) {
    struct enl_bytes file = {0}, manifests = {0}, large = {0}, one = {0};
    struct forge f = {0};
    make_mp4(&file, 0, 100);
    good_one(&f, &file);
    enl_cbor_put_bytes(&large, NULL, 16 << 20);
    size_t before = f.list.size;
    add(&f, "large", "cbor", &large);
    enl_bytes_put(&one, f.list.data + before, f.list.size - before);
    for (int i = 0; i < 3000; i++) enl_bytes_put(&f.list, one.data, one.size);
    end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
    soon(state, &file, &manifests, "the claim");
    enl_bytes_free(&one);

    good_one(&f, &file); // 3,000 ingredients that are all a manifest of 16 MB
    enl_cbor_put_bytes(&large, NULL, 16 << 20);
    add(&f, "large", "cbor", &large);
    end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
    good_one(&f, &file);
    for (int i = 0; i < 3000; i++) {
        char label[40];
        uint8_t zeros[32] = {0};
        snprintf(label, sizeof label, "c2pa.ingredient.v3__%d", i);
        add_ingredient(&f, label, "inputTo", "urn:c2pa:1", zeros);
    }
    end(&f, "c2ma", "urn:c2pa:2", &manifests, NULL);
    soon(state, &file, &manifests, "ingredients");

    size_t map = enl_cbor_begin(&large); // 20,000 actions about an ingredient of 200,000 items
    enl_cbor_put_text(&large, "x");
    size_t list = enl_cbor_begin(&large);
    for (int i = 0; i < 200000; i++) enl_cbor_put_unsigned(&large, 0);
    enl_cbor_end_array(&large, list);
    enl_cbor_end_map(&large, map);
    add_data_hash(&f, &file);
    before = f.list.size;
    add(&f, "c2pa.ingredient", "cbor", &large);
    enl_bytes_put(&one, f.list.data + before, f.list.size - before);
    map = enl_cbor_begin(&large);
    enl_cbor_put_text(&large, "actions");
    struct enl_bytes action = {0};
    size_t inner = enl_cbor_begin(&action);
    enl_cbor_pair_text(&action, "action", "c2pa.placed");
    enl_cbor_put_text(&action, "parameters");
    size_t parameters = enl_cbor_begin(&action);
    enl_cbor_put_text(&action, "ingredient");
    enl_bytes_put(&action, one.data, one.size);
    enl_cbor_end_map(&action, parameters);
    enl_cbor_end_map(&action, inner);
    list = enl_cbor_begin(&large);
    for (int i = 0; i < 20000; i++) enl_bytes_put(&large, action.data, action.size);
    enl_cbor_end_array(&large, list);
    enl_cbor_end_map(&large, map);
    add(&f, "c2pa.actions.v2", "cbor", &large);
    end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
    soon(state, &file, &manifests, "actions");
    enl_bytes_free(&action);
    enl_bytes_free(&one);
    enl_bytes_free(&file);
}

// 65,000 root boxes, and as many exclusions as there may be that each match all of them, in many parts.
static void exclusions_are_bounded(void **state) {
    struct enl_bytes file = {0}, manifests = {0}, cbor = {0};
    struct forge f = {0};
    make_mp4(&file, 0, 100);
    for (int i = 0; i < 65000; i++) put_box(&file, "free", NULL, 64);
    for (int whole = 0; whole < 2; whole++) {
        size_t map = enl_cbor_begin(&cbor);
        enl_cbor_pair_text(&cbor, "alg", "sha256");
        enl_cbor_pair_bytes(&cbor, "hash", NULL, 32);
        enl_cbor_put_text(&cbor, "exclusions");
        size_t list = enl_cbor_begin(&cbor);
        for (int i = 0; i < ENL_MAX_EXCLUSIONS; i++) {
            size_t one = enl_cbor_begin(&cbor);
            enl_cbor_pair_text(&cbor, "xpath", "/free");
            enl_cbor_put_text(&cbor, "subset");
            size_t subset = enl_cbor_begin(&cbor);
            for (int k = 0; k < (whole ? 1 : ENL_MAX_EXCLUSIONS); k++) {
                size_t part = enl_cbor_begin(&cbor);
                enl_cbor_put_text(&cbor, "offset"), enl_cbor_put_unsigned(&cbor, (uint64_t)k);
                enl_cbor_put_text(&cbor, "length"), enl_cbor_put_unsigned(&cbor, 1);
                enl_cbor_end_map(&cbor, part);
            }
            enl_cbor_end_array(&cbor, subset);
            enl_cbor_end_map(&cbor, one);
        }
        enl_cbor_end_array(&cbor, list);
        enl_cbor_end_map(&cbor, map);
        add(&f, "c2pa.hash.bmff.v3", "cbor", &cbor);
        add_action(&f, "c2pa.created");
        end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
        soon(state, &file, &manifests, "exclusions");
    }
    enl_bytes_free(&file);
}

// A million leaves over two megabytes.
static void large_trees_are_bounded(void **state) {
    struct enl_bytes file = {0}, manifests = {0}, map = {0};
    struct forge f = {0};
    uint8_t hash[32] = {0};
    make_mp4(&file, 0, (2u << 20) + 8);
    size_t begun = enl_cbor_begin(&map);
    enl_cbor_put_text(&map, "uniqueId"), enl_cbor_put_unsigned(&map, 1);
    enl_cbor_put_text(&map, "localId"), enl_cbor_put_unsigned(&map, 1);
    enl_cbor_put_text(&map, "count"), enl_cbor_put_unsigned(&map, 1u << 20);
    enl_cbor_put_text(&map, "fixedBlockSize"), enl_cbor_put_unsigned(&map, 2);
    enl_cbor_put_text(&map, "hashes");
    size_t list = enl_cbor_begin(&map);
    enl_cbor_put_bytes(&map, hash, 32);
    enl_cbor_end_array(&map, list);
    enl_cbor_end_map(&map, begun);
    struct enl_bytes covered = {0};
    cover_box(&covered, &file, place_of(&file, "moov"));
    cover_box(&covered, &file, place_of(&file, "mdat"));
    covered.size -= 2u << 20;
    sha(covered.data, covered.size, hash); // so that the tree is come to
    enl_bytes_free(&covered);
    add_bmff_hash(&f, "/mdat", 16, 0, hash, &map);
    add_action(&f, "c2pa.created");
    end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
    soon(state, &file, &manifests, "leaves");
    enl_bytes_free(&map);
    enl_bytes_free(&file);
}

// ---- Memory that runs out.

static void signing_fails_cleanly(void **state) {
    (void)state;
    struct enl_bytes file = {0};
    make_mp4(&file, 0, 3000);
    bool done = false;
    for (long at = 1; !done; at += at < 40 || !UNIT_SLOW ? 1 : 7) {
        struct enl_bytes out = {0};
        struct enl_error error = {0};
        uint8_t *room = NULL; // so that the sink needs none of the memory that runs out
        enl_bytes_put(&out, NULL, 1 << 16);
        room = out.data, out.size = 0;
        atomic_store(&allocations, 0);
        atomic_store(&failing, at);
        done = sign(&file, &out,
                    enl_credential_params(.made_by = "ai", .model_name = "m", .merkle_block = 1024, .threads = 1),
                    &error);
        bool reached = atomic_load(&allocations) >= at;
        atomic_store(&failing, 0);
        check(done != reached, "allocation %ld of %ld", at, atomic_load(&allocations));
        check(done || (error.code != ENL_OK && error.text[0]), "allocation %ld", at);
        if (done) assert_int_equal(state_of(&out), ENL_CHECK_VALID);
        assert_ptr_equal(out.data, room);
        enl_bytes_free(&out);
        assert_true(at < 5000);
    }
    enl_bytes_free(&file);
}

static void checking_fails_cleanly(void **state) {
    (void)state;
    struct enl_bytes file = {0}, once = {0}, twice = {0};
    make_mp4(&file, 0, 3000);
    assert_true(sign(&file, &once, enl_credential_params(.made_by = "ai", .threads = 1), NULL));
    assert_true(sign(&once, &twice, enl_credential_params(.merkle_block = 1024, .threads = 1), NULL));
    struct enl_source source = source_of(&twice);
    bool whole = false;
    for (long at = 1; !whole; at++) {
        struct enl_error error = {0};
        atomic_store(&allocations, 0);
        atomic_store(&failing, at);
        struct enl_check *c = enl_check_source(&source, enl_check_params(.threads = 1), &error);
        whole = atomic_load(&allocations) < at;
        atomic_store(&failing, 0);
        check(c || (error.code != ENL_OK && error.text[0]), "allocation %ld", at);
        if (c && !whole) check(enl_check_state(c) < ENL_CHECK_VALID, "allocation %ld: %s", at, enl_check_sentence(c));
        if (whole) assert_true(c && enl_check_state(c) == ENL_CHECK_VALID);
        enl_check_free(&c);
        assert_true(at < 5000);
    }
    enl_bytes_free(&file);
    enl_bytes_free(&once);
    enl_bytes_free(&twice);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(forged_by_rules_is_valid),
                                       cmocka_unit_test(what_binds_nothing_is_not_valid),
                                       cmocka_unit_test(what_is_named_twice_is_told),
                                       cmocka_unit_test(updates_only_update),
                                       cmocka_unit_test(ingredients_are_followed),
                                       cmocka_unit_test(chains_end),
                                       cmocka_unit_test(what_must_stay_is_not_redacted),
                                       cmocka_unit_test(boxes_have_addresses),
                                       cmocka_unit_test(labels_are_told_apart),
                                       cmocka_unit_test(sizes_are_bounded),
                                       cmocka_unit_test(packed_ones_are_unpacked),
                                       cmocka_unit_test(brotli_bombs_are_stopped),
                                       cmocka_unit_test(places_are_moved),
                                       cmocka_unit_test(items_are_moved),
                                       cmocka_unit_test(signed_files_hold_together),
                                       cmocka_unit_test(large_rooms_are_left),
                                       cmocka_unit_test(covers_are_by_the_book),
                                       cmocka_unit_test(trees_are_by_the_book),
                                       cmocka_unit_test(fragments_are_in_their_places),
                                       cmocka_unit_test(what_is_named_often_is_looked_at_once),
                                       cmocka_unit_test(exclusions_are_bounded),
                                       cmocka_unit_test(large_trees_are_bounded),
                                       cmocka_unit_test(signing_fails_cleanly),
                                       cmocka_unit_test(checking_fails_cleanly)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
