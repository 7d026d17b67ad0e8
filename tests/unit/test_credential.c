// SPDX-License-Identifier: MIT
// Content credentials against those who forge them: manifests, labels, what is too much, and memory that runs out at
// every allocation.
#include "forge.h"

#include <brotli/encode.h>
#include <stdatomic.h>

static atomic_long allocations, failing; // the one to fail; 0: none

int __real_posix_memalign(void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size) {
    long mine = atomic_fetch_add(&allocations, 1) + 1;
    return mine == atomic_load(&failing) ? 12 : __real_posix_memalign(memory, alignment, size);
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

// ---- Too much of everything.

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
                                       cmocka_unit_test(what_is_named_often_is_looked_at_once),
                                       cmocka_unit_test(signing_fails_cleanly),
                                       cmocka_unit_test(checking_fails_cleanly)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
