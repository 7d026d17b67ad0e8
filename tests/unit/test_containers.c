// SPDX-License-Identifier: MIT
// Files that hold credentials: what is put in is found again byte for byte, what is taken out leaves the file as it
// was.
#include "containers.h"

static void in_and_out(void **state) {
    (void)state;
    static const size_t sizes[] = {33, 254, 255, 256, 510, 63999, 64000, 64001, 200001};
    for (size_t k = 0; k < KINDS; k++) {
        const char *type = kinds[k].type;
        struct enl_bytes plain = kinds[k].make(), other = make_store(777, 1);
        struct enl_bytes with_other = laid(&plain, type, &other), nothing = laid(&plain, type, NULL);
        same(&nothing, &plain, type);
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            struct enl_bytes store = make_store(sizes[s], 2), signed_file = laid(&plain, type, &store);
            struct enl_bytes again = laid(&with_other, type, &store), bare = laid(&signed_file, type, NULL);
            holds(&signed_file, type, &store);
            same(&again, &signed_file, type);
            same(&bare, &plain, type);
            enl_bytes_free(&store);
            enl_bytes_free(&signed_file);
            enl_bytes_free(&again);
            enl_bytes_free(&bare);
        }
        enl_bytes_free(&plain);
        enl_bytes_free(&other);
        enl_bytes_free(&with_other);
        enl_bytes_free(&nothing);
    }
}

// What a hash leaves out is what is found, in one piece, and all else stands as it was with zeros in its place.
static void the_credential_is_one_region(void **state) {
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct memory in = {.bytes = kinds[k].make(), .good = -1};
        struct enl_bytes store = make_store(130001, 3);
        struct enl_region credential = {0};
        struct memory out = {.good = -1};
        struct enl_found found;
        assert_true(lay(&in, kinds[k].type, &store, &out.bytes, &credential, NULL));
        assert_true(find(&out, kinds[k].type, &found, NULL));
        uint64_t at = credential.at;
        for (int i = 0; i < found.region_count; at += found.regions[i++].size)
            check(found.regions[i].at == at, "%s: region %d", kinds[k].type, i);
        check(at == credential.at + credential.size, "%s: they end elsewhere", kinds[k].type);
        struct enl_source source = source_of(&in);
        struct enl_layout layout;
        assert_true(container_of(&source, kinds[k].type)->lay(&source, store.size, &layout, NULL));
        struct enl_laid before = {&layout, &source, NULL};
        struct enl_source early = enl_laid_source(&before);
        for (uint64_t i = 0; i < early.size; i++) {
            uint8_t byte;
            assert_int_equal(early.read(early.user, i, &byte, 1), 1);
            bool in_it = i >= credential.at && i - credential.at < credential.size;
            check(in_it || byte == out.bytes.data[i], "%s: byte %d changes", kinds[k].type, (int)i);
        }
        enl_layout_free(&layout);
        enl_found_free(&found);
        enl_bytes_free(&in.bytes);
        enl_bytes_free(&out.bytes);
        enl_bytes_free(&store);
    }
}

static void two_stores_are_told(void **state) {
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        const char *type = kinds[k].type;
        struct memory in = {.bytes = kinds[k].make(), .good = -1}, twice = {.good = -1};
        struct enl_bytes store = make_store(300, 4), once;
        struct enl_region r = {0};
        struct enl_error error = {0};
        struct enl_found found;
        assert_true(lay(&in, type, &store, &once, &r, NULL));
        enl_bytes_put(&twice.bytes, once.data, (size_t)(r.at + r.size));
        enl_bytes_put(&twice.bytes, once.data + r.at, (size_t)r.size);
        enl_bytes_put(&twice.bytes, once.data + r.at + r.size, once.size - (size_t)(r.at + r.size));
        if (!memcmp(once.data, "RIFF", 4)) {
            size_t size = (size_t)enl_get_little(once.data + 4, 4) + (size_t)r.size;
            for (int i = 0; i < 4; i++) twice.bytes.data[4 + i] = (uint8_t)(size >> 8 * i);
        }
        check(!find(&twice, type, &found, &error), "%s: two stores are one", type);
        assert_int_equal(error.code, ENL_BAD_PHOTO);
        assert_string_equal(error.text, "The file holds two manifest stores.");
        assert_null(found.store);
        struct enl_bytes bare = laid(&twice.bytes, type, NULL);
        same(&bare, &in.bytes, type); // both are taken out
        enl_bytes_free(&bare);
        enl_bytes_free(&store);
        enl_bytes_free(&once);
        enl_bytes_free(&in.bytes);
        enl_bytes_free(&twice.bytes);
    }
}

// A file that ends after the store still gives it; one that ends within gives no more than there is.
static void cut_short(void **state) {
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct memory in = {.bytes = kinds[k].make(), .good = -1}, out = {.good = -1};
        struct enl_bytes store = make_store(400, 5);
        struct enl_region r = {0};
        assert_true(lay(&in, kinds[k].type, &store, &out.bytes, &r, NULL));
        size_t whole = out.bytes.size;
        for (size_t size = 32; size <= whole; size++) {
            struct enl_error error = {0};
            struct enl_found found;
            out.bytes.size = size;
            bool good = find(&out, kinds[k].type, &found, &error);
            check(good, "%s cut to %zu: %s", kinds[k].type, size, error.text);
            check((found.store != NULL) == (size >= r.at + r.size), "%s cut to %zu", kinds[k].type, size);
            check(!found.store || !memcmp(found.store, store.data, store.size), "%s cut to %zu", kinds[k].type, size);
            enl_found_free(&found);
        }
        enl_bytes_free(&in.bytes);
        enl_bytes_free(&out.bytes);
        enl_bytes_free(&store);
    }
}

static void what_stands_behind_keeps_its_place(void **state) {
    (void)state;
    struct enl_bytes plain = make_jpeg(), store = make_store(70000, 6), file = laid(&plain, "image/jpeg", &store);
    for (size_t i = 1; i < 60; i++) assert_int_equal(file.data[file.size - i], plain.data[plain.size - i]);
    assert_memory_equal(file.data, plain.data, 13); // SOI and JFIF's APP0 come first
    assert_memory_equal(file.data + 13, "\xFF\xEB\xFA\x0AJP\2\x11\0\0\0\1", 12);
    assert_memory_equal(file.data + 13 + 64012, "\xFF\xEB\x17\x82JP\2\x11\0\0\0\2", 12);
    assert_memory_equal(file.data + 13 + 64012 + 12, store.data, 8); // the box's size and type once more
    assert_memory_equal(file.data + 13 + 64012 + 20, store.data + 64000, 6000);
    enl_bytes_free(&plain);
    enl_bytes_free(&store);
    enl_bytes_free(&file);
}

static void segments_must_come_in_order(void **state) {
    (void)state;
    struct enl_bytes plain = make_jpeg(), store = make_store(100000, 7);
    struct memory in = {.bytes = laid(&plain, "image/jpeg", &store), .good = -1};
    struct enl_error error = {0};
    struct enl_found found;
    in.bytes.data[13 + 64012 + 11] = 3;
    assert_false(find(&in, "image/jpeg", &found, &error));
    assert_int_equal(error.code, ENL_BAD_PHOTO);
    in.bytes.data[13 + 64012 + 11] = 2;
    in.bytes.data[13 + 64012 + 15] ^= 1; // of a box of another size: none of ours
    assert_true(find(&in, "image/jpeg", &found, NULL));
    assert_int_equal(found.store_size, 64000);
    assert_int_equal(found.region_count, 1);
    enl_found_free(&found);
    enl_bytes_free(&plain);
    enl_bytes_free(&store);
    enl_bytes_free(&in.bytes);
}

static void names_of_parts(void **state) {
    (void)state;
    static const struct {
        const char *type, *names;
    } cases[] = {{"image/jpeg", "SOI APP0 C2PA APP1 APP11 DQT SOF2 SOS DHT SOS EOI - "},
                 {"image/png", "PNGh IHDR C2PA iTXt IDAT IDAT IEND - "},
                 {"image/gif", "GIF89a LSD C2PA 21FF 21FF 21F9 2C TBID 21FE 2C TBID 21FF 3B - "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < KINDS; k++) {
            if (strcmp(kinds[k].type, cases[i].type) != 0) continue;
            struct enl_bytes plain = kinds[k].make(), store = make_store(64500, 8);
            struct memory in = {.bytes = laid(&plain, cases[i].type, &store), .good = -1};
            struct enl_source source = source_of(&in);
            const struct enl_container *container = container_of(&source, cases[i].type);
            struct enl_parts parts;
            char names[200] = "";
            uint64_t at = 0;
            assert_true(container->parts(&source, &parts, NULL));
            for (int p = 0; p < parts.count; at += parts.list[p++].size) {
                assert_int_equal(parts.list[p].at, at);
                snprintf(names + strlen(names), sizeof names - strlen(names), "%s ",
                         parts.list[p].name[0] ? parts.list[p].name : "-");
            }
            assert_int_equal(at, source.size);
            assert_string_equal(names, cases[i].names);
            enl_parts_free(&parts);
            struct enl_error error = {0};
            source.size -= 30; // the end is missing
            assert_false(container->parts(&source, &parts, &error) && i != 0);
            if (i == 0) enl_parts_free(&parts); // a JPEG's end stands before the video
            else assert_int_equal(error.code, ENL_BAD_PHOTO);
            enl_bytes_free(&plain);
            enl_bytes_free(&store);
            enl_bytes_free(&in.bytes);
        }
}

static void checksum_of_png(void **state) {
    (void)state;
    struct enl_bytes plain = make_png(), store = make_store(100, 9), file = laid(&plain, "image/png", &store);
    uint32_t sum = 0xFFFFFFFFu; // bit by bit over type and data
    for (size_t i = 33 + 4; i < 33 + 8 + 100; i++) {
        sum ^= file.data[i];
        for (int k = 0; k < 8; k++) sum = sum & 1 ? sum >> 1 ^ 0xEDB88320u : sum >> 1;
    }
    assert_memory_equal(file.data + 33,
                        "\0\0\0\x64"
                        "caBX",
                        8);
    assert_int_equal(enl_bytes_get(file.data + 33 + 108, 4), (uint32_t)~sum);
    enl_bytes_free(&plain);
    enl_bytes_free(&store);
    enl_bytes_free(&file);
}

static void riff_counts_the_store(void **state) {
    (void)state;
    for (size_t size = 40; size < 42; size++) { // even, odd
        struct enl_bytes plain = make_wav(), store = make_store(size, 10), file = laid(&plain, "audio/wav", &store);
        assert_int_equal(enl_get_little(file.data + 4, 4), enl_get_little(plain.data + 4, 4) + 8 + 40 + 2 * (size & 1));
        assert_memory_equal(file.data + file.size - 13, "behind it all", 13);
        enl_bytes_free(&plain);
        enl_bytes_free(&store);
        enl_bytes_free(&file);
    }
    struct enl_bytes odd = {0}, store = make_store(40, 11);
    PUT(&odd, "RIFF....WAVEdata\5\0\0\0sound"); // the byte that should fill it up is missing
    end_riff(&odd);
    struct enl_bytes file = laid(&odd, "audio/wav", &store);
    assert_memory_equal(file.data + odd.size, "\0C2PA", 5);
    holds(&file, "audio/wav", &store);
    enl_bytes_free(&odd);
    enl_bytes_free(&file);
    enl_bytes_free(&store);
}

static int64_t read_endless(void *user, uint64_t at, void *ret_bytes, size_t size) {
    static const char head[] = "RIFF\xF0\xFF\xFF\xFFWAVEdata\xE4\xFF\xFF\xFF";
    (void)user;
    memset(ret_bytes, 0, size);
    if (at < sizeof head - 1) memcpy(ret_bytes, head + at, size < sizeof head - 1 - at ? size : sizeof head - 1 - at);
    return (int64_t)size;
}

static void too_large_for_its_size(void **state) {
    (void)state;
    struct enl_source source = {.read = read_endless, .size = 0xFFFFFFF8u};
    const struct enl_container *container = container_of(&source, "audio/wav");
    struct enl_error error = {0};
    struct enl_layout layout;
    struct enl_found found;
    assert_true(container->find(&source, &found, NULL));
    assert_null(found.store);
    enl_found_free(&found);
    assert_false(container->lay(&source, 1000, &layout, &error));
    assert_int_equal(error.code, ENL_BAD_PHOTO);
    assert_int_equal(layout.count, 0);
    assert_false(container->lay(&source, (size_t)100 << 20, &layout, &error)); // beyond the limits
    assert_int_equal(error.code, ENL_BAD_PHOTO);
}

static void gif_of_1987_becomes_one_of_1989(void **state) {
    (void)state;
    struct enl_bytes plain = make_gif(), store = make_store(40, 12);
    plain.data[4] = '7';
    struct enl_bytes file = laid(&plain, "image/gif", &store);
    assert_memory_equal(file.data, "GIF89a", 6);
    assert_memory_equal(file.data + 25,
                        "\x21\xFF\x0B"
                        "C2PA_GIF\1\0\0\x28",
                        15);
    holds(&file, "image/gif", &store);
    enl_bytes_free(&plain);
    enl_bytes_free(&store);
    enl_bytes_free(&file);
}

static void remote_manifests(void **state) {
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct memory in = {.bytes = kinds[k].make(), .good = -1};
        struct enl_found found;
        assert_true(find(&in, kinds[k].type, &found, NULL));
        check(found.remote && !strcmp(found.remote, PROVENANCE), "%s: %s", kinds[k].type, found.remote);
        assert_null(found.store);
        enl_found_free(&found);
        enl_bytes_free(&in.bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_and_out),
        cmocka_unit_test(the_credential_is_one_region),
        cmocka_unit_test(two_stores_are_told),
        cmocka_unit_test(cut_short),
        cmocka_unit_test(what_stands_behind_keeps_its_place),
        cmocka_unit_test(segments_must_come_in_order),
        cmocka_unit_test(names_of_parts),
        cmocka_unit_test(checksum_of_png),
        cmocka_unit_test(riff_counts_the_store),
        cmocka_unit_test(too_large_for_its_size),
        cmocka_unit_test(gif_of_1987_becomes_one_of_1989),
        cmocka_unit_test(remote_manifests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
