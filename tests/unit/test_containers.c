// SPDX-License-Identifier: MIT
// Files that hold credentials: what is put in is found again byte for byte, what is taken out leaves the file as it
// was, and no broken file does harm. All files are made here.
#include "unit.h"

#include "credential/container.h"
#include "credential/scan.h"

static int allocations_left = -1;
int __real_posix_memalign(void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size) {
    if (allocations_left == 0) return 12;
    if (allocations_left > 0) allocations_left--;
    return __real_posix_memalign(memory, alignment, size);
}

#define PROVENANCE "https://example.org/a?b&c"
#define XMP                                                                                                            \
    "<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><rdf:Description "                               \
    "xmlns:dcterms='http://purl.org/dc/terms/' "                                                                       \
    "dcterms:provenance='https://example.org/a?b&amp;c'/></rdf:RDF></x:xmpmeta>"

// ---- Files in memory.
struct memory {
    struct enl_bytes bytes;
    int good; // reads until one fails; -1: none does
};

static int64_t read_memory(void *user, uint64_t at, void *ret_bytes, size_t size) {
    struct memory *memory = user;
    if (memory->good >= 0 && memory->good-- == 0) return -1;
    if (at >= memory->bytes.size) return 0;
    size_t left = memory->bytes.size - (size_t)at;
    if (size > left) size = left;
    memcpy(ret_bytes, memory->bytes.data + at, size);
    return (int64_t)size;
}

static struct enl_source source_of(struct memory *memory) {
    return (struct enl_source){.read = read_memory, .user = memory, .size = memory->bytes.size};
}

static void put(struct enl_bytes *to, const char *bytes, size_t size) {
    enl_bytes_put(to, bytes, size);
}
#define PUT(to, text) put(to, text, sizeof(text) - 1)

static void put_little(struct enl_bytes *to, uint64_t value, int size) {
    for (int i = 0; i < size; i++) enl_bytes_number(to, value >> 8 * i & 255, 1);
}

static void put_noise(struct enl_bytes *to, size_t size, uint64_t seed) {
    struct enl_random random = {seed};
    for (size_t i = 0; i < size; i++) enl_bytes_number(to, enl_random_next(&random) & 255, 1);
}

// As large as asked for, and beginning as a manifest store does.
static struct enl_bytes make_store(size_t size, uint64_t seed) {
    struct enl_bytes store = {0};
    enl_bytes_number(&store, size, 4);
    PUT(&store, "jumb\0\0\0\x1Ejumdc2pa");
    put_noise(&store, size - store.size, seed);
    assert_int_equal(store.size, size);
    return store;
}

static void segment(struct enl_bytes *to, int marker, const char *bytes, size_t size) {
    enl_bytes_number(to, 0xFF00u | (unsigned)marker, 2);
    enl_bytes_number(to, size + 2, 2);
    put(to, bytes, size);
}

static struct enl_bytes make_jpeg(void) {
    struct enl_bytes f = {0};
    PUT(&f, "\xFF\xD8");
    segment(&f, 0xE0, "JFIF\0\1\1", 7);
    segment(&f, 0xE1, "http://ns.adobe.com/xap/1.0/\0" XMP, sizeof XMP + 28);
    segment(&f, 0xEB, "JP\2\x11\0\0\0\1\0\0\0\x20jumb\0\0\0\x10jumdjson????????", 36); // another's JUMBF box
    segment(&f, 0xDB, "table", 5);
    PUT(&f, "\xFF\xFF\xFF"); // fill
    segment(&f, 0xC2, "frame", 5);
    segment(&f, 0xDA, "scan", 4);
    PUT(&f, "pixels\xFF\0more\xFF\xD0pixels");
    segment(&f, 0xC4, "codes", 5);
    segment(&f, 0xDA, "scan", 4);
    PUT(&f, "rest\xFF\xD9");
    PUT(&f, "\0\0\0\x10"
            "ftypand so on, the video of a Motion Photo\xFF\xEB");
    return f;
}

static void chunk(struct enl_bytes *to, const char *type, const char *bytes, size_t size) {
    enl_bytes_number(to, size, 4);
    put(to, type, 4);
    put(to, bytes, size);
    PUT(to, "sum!");
}

static struct enl_bytes make_png(void) {
    struct enl_bytes f = {0};
    PUT(&f, "\x89PNG\r\n\x1a\n");
    chunk(&f, "IHDR", "width, height", 13);
    chunk(&f, "iTXt", "XML:com.adobe.xmp\0\0\0en\0XMP\0" XMP, sizeof XMP + 26);
    chunk(&f, "IDAT", "pixels", 6);
    chunk(&f, "IDAT", "", 0);
    chunk(&f, "IEND", "", 0);
    PUT(&f, "behind");
    return f;
}

static void riff_chunk(struct enl_bytes *to, const char *type, const char *bytes, size_t size) {
    put(to, type, 4);
    put_little(to, size, 4);
    put(to, bytes, size);
    if (size & 1) enl_bytes_number(to, 0, 1);
}

static void end_riff(struct enl_bytes *f) {
    for (int i = 0; i < 4; i++) f->data[4 + i] = (uint8_t)((f->size - 8) >> 8 * i);
}

static struct enl_bytes make_webp(void) {
    struct enl_bytes f = {0};
    PUT(&f, "RIFF....WEBP");
    riff_chunk(&f, "VP8X", "flags, size", 10);
    riff_chunk(&f, "VP8 ", "picture", 7);
    riff_chunk(&f, "XMP ", XMP, sizeof XMP - 1);
    end_riff(&f);
    return f;
}

static struct enl_bytes make_wav(void) {
    struct enl_bytes f = {0};
    PUT(&f, "RIFF....WAVE");
    riff_chunk(&f, "fmt ", "what sort of wave", 16);
    riff_chunk(&f, "data", "sound", 5);
    riff_chunk(&f, "XMP ", XMP, sizeof XMP - 1);
    end_riff(&f);
    PUT(&f, "behind it all");
    return f;
}

static void blocks(struct enl_bytes *to, const char *bytes, size_t size) {
    for (size_t n; size; bytes += n, size -= n) {
        n = size < 200 ? size : 200;
        enl_bytes_number(to, n, 1);
        put(to, bytes, n);
    }
    enl_bytes_number(to, 0, 1);
}

static struct enl_bytes make_gif(void) {
    struct enl_bytes f = {0};
    PUT(&f, "GIF89a\1\0\1\0\x91\0\0abcdefghijkl"); // four colours
    PUT(&f, "\x21\xFF\x0BNETSCAPE2.0\3\1\0\0\0");
    PUT(&f, "\x21\xFF\x0BXMP DataXMP" XMP "\1");
    for (int i = 255; i >= 0; i--) enl_bytes_number(&f, (unsigned)i, 1);
    PUT(&f, "\0\x21\xF9\4\0\1\0\0\0");
    PUT(&f, "\x2C\0\0\0\0\1\0\1\0\x80"
            "abcdef\2"); // two colours of its own
    blocks(&f, "codes of pixels", 15);
    PUT(&f, "\x21\xFE");
    blocks(&f, "a comment", 9);
    PUT(&f, "\x2C\0\0\0\0\1\0\1\0\0\2");
    blocks(&f, "more codes", 10);
    PUT(&f, "\x21\xFF\x0B"
            "C2PA_GIF\1\0\0\5jumb!\0"); // too late to be a store
    PUT(&f, "\x3B"
            "behind");
    return f;
}

static const struct kind {
    const char *type;
    struct enl_bytes (*make)(void);
} kinds[] = {{"image/jpeg", make_jpeg},
             {"image/png", make_png},
             {"image/webp", make_webp},
             {"audio/wav", make_wav},
             {"image/gif", make_gif}};
#define KINDS (sizeof kinds / sizeof *kinds)

static const struct enl_container *container_of(const struct enl_source *source, const char *want) {
    const char *type = NULL;
    const struct enl_container *container = enl_container_of(source, &type, NULL);
    check(container && !strcmp(type, want), "%s is taken for %s", want, type ? type : "nothing");
    return container;
}

// The file with a store (NULL: without), read back in pieces of an odd size.
static bool lay(struct memory *in, const char *type, const struct enl_bytes *store, struct enl_bytes *ret_file,
                struct enl_region *ret_credential, struct enl_error *error) {
    struct enl_source source = source_of(in);
    const struct enl_container *container = container_of(&source, type);
    struct enl_layout layout;
    *ret_file = (struct enl_bytes){0};
    if (!container->lay(&source, store ? store->size : 0, &layout, error)) return false;
    if (store && container->seal) container->seal(&layout, store->data);
    struct enl_laid laid = {&layout, &source, store ? store->data : NULL};
    struct enl_source out = enl_laid_source(&laid);
    uint8_t piece[1009];
    for (uint64_t at = 0; at < out.size;) {
        int64_t got = out.read(out.user, at, piece, sizeof piece);
        assert_true(got > 0);
        enl_bytes_put(ret_file, piece, (size_t)got);
        at += (uint64_t)got;
    }
    assert_int_equal(ret_file->size, layout.size);
    if (ret_credential) *ret_credential = layout.credential;
    enl_layout_free(&layout);
    return true;
}

static struct enl_bytes laid(const struct enl_bytes *file, const char *type, const struct enl_bytes *store) {
    struct memory in = {.bytes = *file, .good = -1};
    struct enl_error error = {0};
    struct enl_bytes out;
    check(lay(&in, type, store, &out, NULL, &error), "%s: %s", type, error.text);
    return out;
}

static bool find(struct memory *in, const char *type, struct enl_found *found, struct enl_error *error) {
    struct enl_source source = source_of(in);
    return container_of(&source, type)->find(&source, found, error);
}

static void same(const struct enl_bytes *a, const struct enl_bytes *b, const char *what) {
    check(a->size == b->size && !memcmp(a->data, b->data, a->size), "%s: %zu and %zu bytes", what, a->size, b->size);
}

static void holds(const struct enl_bytes *file, const char *type, const struct enl_bytes *store) {
    struct memory in = {.bytes = *file, .good = -1};
    struct enl_error error = {0};
    struct enl_found found;
    check(find(&in, type, &found, &error), "%s: %s", type, error.text);
    check(found.store_size == store->size && !memcmp(found.store, store->data, store->size), "%s: %zu of %zu bytes",
          type, found.store_size, store->size);
    enl_found_free(&found);
}

// ---- The tests.
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
        struct enl_region credential;
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
        struct enl_region r;
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
        struct enl_region r;
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

#define D "<r:D xmlns:dcterms='http://purl.org/dc/terms/' "
static void what_xmp_says(void **state) {
    (void)state;
    static const struct {
        const char *xmp, *want;
    } cases[] = {
        {XMP, PROVENANCE},
        {D "dcterms:provenance=\"https://x\"/>", "https://x"},
        {D "a='>' dcterms:provenance = ' https://x '/>", "https://x"},
        {D "><dcterms:provenance>\n https://x/&#xE9;&#20013;&#x1F600;&lt;&gt;&quot;&apos; </dcterms:provenance></r:D>",
         "https://x/\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80<>\"'"},
        {D "><dcterms:provenance rdf:resource='https://x'/></r:D>", "https://x"},
        {"<r:D t:provenance='https://x' xmlns:t='http://purl.org/dc/terms/'/>", "https://x"},
        {"<r:D t:provenance='https://x'/>", NULL},
        {"<!-- " D "dcterms:provenance='https://x'/> -->" D "/>", NULL},
        {"<![CDATA[" D "dcterms:provenance='https://x'/>]]>", NULL},
        {D "dcterms:provenance='self#jumbf=/c2pa/x'/>", NULL},
        {D "dcterms:provenance=''/><a dcterms:provenance='https://y'/>", "https://y"},
        {D "dcterms:provenance='&bad;&;&#xD800;&#x110000;&#0;&'/>", "&bad;&;&#xD800;&#x110000;&#0;&"},
        {D "dcterms:provenance='https://x", NULL},
        {D "dcterms:provenance=https://x/>", NULL},
        {D "dcterms:provenance", NULL},
        {"<", NULL},
        {"<>", NULL},
        {"<!--", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = strlen(cases[i].xmp);
        char *exact = malloc(size + !size), *got; // so that a sanitizer sees every step beyond
        assert_non_null(exact);
        memcpy(exact, cases[i].xmp, size);
        got = enl_xmp_provenance(exact, size);
        check(got ? cases[i].want && !strcmp(got, cases[i].want) : !cases[i].want, "%s gives %s", cases[i].xmp,
              got ? got : "nothing");
        enl_release(got);
        for (size_t n = 0; n < size; n++) enl_release(enl_xmp_provenance(exact, n));
        free(exact);
    }
}

// A TIFF whose store is in its first directory or one of its own, with small or large numbers of either order.
static struct enl_bytes make_tiff(bool big_endian, bool big, bool own, const struct enl_bytes *store) {
    struct enl_bytes f = {0};
    void (*number)(struct enl_bytes *, uint64_t, int) = big_endian ? enl_bytes_number : put_little;
    int wide = big ? 8 : 4;
    put(&f, big_endian ? "MM" : "II", 2);
    number(&f, big ? 43 : 42, 2);
    if (big) number(&f, 8, 2), number(&f, 0, 2);
    uint64_t first = 16, entry = big ? 20 : 12, head = big ? 8 : 2, size = head + 2 * entry + (uint64_t)wide;
    uint64_t second = first + size, values = second + head + entry + (uint64_t)wide;
    number(&f, first, wide);
    enl_bytes_put(&f, NULL, first - f.size);
    number(&f, 2, (int)head);
    number(&f, 700, 2), number(&f, 1, 2), number(&f, sizeof XMP - 1, wide), number(&f, values, wide);
    number(&f, own ? 0x8000 : 0xCD41, 2), number(&f, 7, 2), number(&f, store->size, wide);
    number(&f, values + sizeof XMP - 1, wide);
    number(&f, own ? second : 0, wide);
    number(&f, 1, (int)head);
    number(&f, 0xCD41, 2), number(&f, 7, 2), number(&f, store->size, wide), number(&f, values + sizeof XMP - 1, wide);
    number(&f, 0, wide);
    PUT(&f, XMP);
    enl_bytes_put(&f, store->data, store->size);
    return f;
}

static void tiff_is_read(void **state) {
    (void)state;
    struct enl_bytes store = make_store(500, 13);
    for (int i = 0; i < 8; i++) {
        struct memory in = {.bytes = make_tiff(i & 1, i & 2, i & 4, &store), .good = -1};
        struct enl_found found;
        holds(&in.bytes, "image/tiff", &store);
        assert_true(find(&in, "image/tiff", &found, NULL));
        assert_int_equal(found.regions[0].at, in.bytes.size - store.size);
        assert_string_equal(found.remote, PROVENANCE);
        enl_found_free(&found);
        size_t whole = in.bytes.size;
        for (in.bytes.size = 16; in.bytes.size < whole; in.bytes.size++) { // what is cut off is not there
            assert_true(find(&in, "image/tiff", &found, NULL));
            assert_null(found.store);
            enl_found_free(&found);
        }
        enl_bytes_free(&in.bytes);
    }
    struct memory loop = {.bytes = make_tiff(true, false, true, &store), .good = -1};
    struct enl_found found;
    struct enl_error error = {0};
    loop.bytes.data[45] = 16; // the next directory is the first, for ever
    assert_false(find(&loop, "image/tiff", &found, &error));
    assert_int_equal(error.code, ENL_BAD_PHOTO);
    enl_bytes_free(&loop.bytes);
    enl_bytes_free(&store);
}

#define SVG "<svg xmlns='http://www.w3.org/2000/svg'>"
#define MANIFEST "<c2pa:manifest xmlns:c2pa='http://c2pa.org/manifest'>"
static void svg_is_read(void **state) {
    (void)state;
    static const struct {
        const char *svg, *want; // NULL: none; "!": an error
    } cases[] = {
        {"<?xml version='1.0'?>\n" SVG "<metadata>" MANIFEST "c3RvcmU=</c2pa:manifest></metadata></svg>", "store"},
        {"\xEF\xBB\xBF <!-- <metadata> -->" SVG "<a><b c='/>'/></a><metadata x='>'>" MANIFEST
         " c3Rv\n cmUh </c2pa:manifest></metadata></svg>",
         "store!"},
        {"<!DOCTYPE svg [<!ENTITY a '<svg>'>]><s:svg><s:metadata>" MANIFEST "c3RvcmUhIQ==</c2pa:manifest>", "store!!"},
        {SVG "<g><metadata>" MANIFEST "c3RvcmU=</c2pa:manifest></metadata></g></svg>", NULL}, // too deep
        {SVG "<metadata/>" MANIFEST "c3RvcmU=</c2pa:manifest></svg>", NULL},
        {SVG "<metadata><!-- " MANIFEST "c3RvcmU=</c2pa:manifest> --></metadata></svg>", NULL},
        {SVG "<metadata><![CDATA[" MANIFEST "c3RvcmU=</c2pa:manifest>]]></metadata></svg>", NULL},
        {"<?xml version='1.0'?><html><metadata>" MANIFEST "c3RvcmU=</c2pa:manifest></metadata></html>", NULL},
        {SVG "<metadata>" MANIFEST "c3Rv*mU=</c2pa:manifest></metadata></svg>", "!"},
        {SVG "<metadata>" MANIFEST "c3RvcmUhI</c2pa:manifest></metadata></svg>", "!"},
        {SVG "<metadata>" MANIFEST "c3RvcmU=c3</c2pa:manifest></metadata></svg>", "!"},
        {SVG "<metadata>" MANIFEST "c3RvcmU=</c2pa:manifest>" MANIFEST "c3RvcmU=</c2pa:manifest></metadata></svg>",
         "!"},
        {SVG "<metadata>" MANIFEST "c3RvcmU", NULL}, // cut short
        {"<svg></svg></svg></svg><svg/>", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct memory in = {.good = -1};
        struct enl_error error = {0};
        struct enl_found found;
        put(&in.bytes, cases[i].svg, strlen(cases[i].svg));
        bool good = find(&in, "image/svg+xml", &found, &error);
        check(good == !(cases[i].want && !strcmp(cases[i].want, "!")), "%s: %s", cases[i].svg, error.text);
        check(good || error.code == ENL_BAD_PHOTO, "%s: %d", cases[i].svg, (int)error.code);
        size_t size = good && cases[i].want ? strlen(cases[i].want) : 0;
        check(found.store_size == size && (!size || !memcmp(found.store, cases[i].want, size)), "%s gives %zu bytes",
              cases[i].svg, found.store_size);
        if (size) assert_memory_equal(in.bytes.data + found.regions[0].at + found.regions[0].size, "</c2pa", 6);
        enl_found_free(&found);
        enl_bytes_free(&in.bytes);
    }
    struct memory in = {.good = -1};
    struct enl_found found;
    PUT(&in.bytes, SVG "<metadata>" XMP "</metadata></svg>");
    assert_true(find(&in, "image/svg+xml", &found, NULL));
    assert_string_equal(found.remote, PROVENANCE);
    enl_found_free(&found);
    enl_bytes_free(&in.bytes);
}

static void kinds_are_told_apart(void **state) {
    (void)state;
    static const struct {
        const char *head;
        size_t size;
        const char *type;
    } cases[] = {{"", 0, NULL},
                 {"\xFF\xD8", 2, NULL},
                 {"\xFF\xD8\xFF", 3, "image/jpeg"},
                 {"GIF88a", 6, NULL},
                 {"RIFF....AVI LIST", 16, NULL},
                 {"RIFF....WEB", 11, NULL},
                 {"II+\0\x08\0\0\0", 8, "image/tiff"},
                 {"MM*\0\x08\0\0\0", 8, NULL},
                 {"<html>", 6, NULL},
                 {"  ", 2, NULL},
                 {"just words", 10, NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct memory in = {.good = -1};
        struct enl_error error = {0};
        if (cases[i].size) put(&in.bytes, cases[i].head, cases[i].size);
        struct enl_source source = source_of(&in);
        const char *type = NULL;
        const struct enl_container *container = enl_container_of(&source, &type, &error);
        check(container ? cases[i].type && !strcmp(type, cases[i].type) : !cases[i].type, "%s is %s", cases[i].head,
              container ? type : error.text);
        check(container || error.code == ENL_BAD_PHOTO, "%s: %d", cases[i].head, (int)error.code);
        enl_bytes_free(&in.bytes);
    }
}

// Everything that can be asked of a file, whatever it is: true or a sentence.
static void ask_all(struct memory *in, const char *what) {
    struct enl_source source = source_of(in);
    struct enl_error error = {0};
    const char *type;
    const struct enl_container *container = enl_container_of(&source, &type, &error);
    struct enl_found found;
    struct enl_parts parts;
    struct enl_layout layout;
    if (!container) return;
    if (container->find(&source, &found, &error)) enl_found_free(&found);
    else check(error.code && error.text[0] && !found.store && !found.regions && !found.remote, "%s: no words", what);
    error = (struct enl_error){0};
    if (container->parts && container->parts(&source, &parts, &error)) enl_parts_free(&parts);
    else check(!container->parts || (error.text[0] && !parts.list), "%s: no words", what);
    error = (struct enl_error){0};
    if (container->lay && container->lay(&source, 1000, &layout, &error)) {
        struct enl_laid laid_file = {&layout, &source, NULL};
        struct enl_source out = enl_laid_source(&laid_file);
        uint8_t bytes[4096];
        uint64_t at = 0;
        for (int64_t got; (got = out.read(out.user, at, bytes, sizeof bytes)) > 0;) at += (uint64_t)got;
        check(at == layout.size || in->good >= 0, "%s: %d of %d bytes", what, (int)at, (int)layout.size);
        enl_layout_free(&layout);
    } else {
        check(!container->lay || (error.text[0] && !layout.pieces), "%s: no words", what);
    }
}

static struct enl_bytes make_any(size_t k, const struct enl_bytes *store) {
    if (k == KINDS) return make_tiff(false, false, true, store);
    struct enl_bytes svg = {0}, plain = k < KINDS ? kinds[k].make() : svg;
    if (k < KINDS) {
        struct enl_bytes file = laid(&plain, kinds[k].type, store);
        enl_bytes_free(&plain);
        return file;
    }
    PUT(&svg, SVG "<metadata>" MANIFEST "c3RvcmU=</c2pa:manifest>" XMP "</metadata><g/></svg>");
    return svg;
}

static void broken_files_do_no_harm(void **state) {
    (void)state;
    static const uint8_t values[] = {0, 1, 0x3B, 0x7F, 0x80, 0xFF};
    struct enl_bytes store = make_store(120, 14);
    for (size_t k = 0; k < KINDS + 2; k++) {
        struct memory in = {.bytes = make_any(k, &store), .good = -1};
        char what[64];
        for (size_t i = 0; i < in.bytes.size; i++) {
            uint8_t was = in.bytes.data[i];
            snprintf(what, sizeof what, "kind %zu byte %zu", k, i);
            for (size_t v = 0; v < sizeof values; v += UNIT_SLOW ? 3 : 1) {
                in.bytes.data[i] = values[v];
                ask_all(&in, what);
            }
            in.bytes.data[i] = was;
        }
        enl_bytes_free(&in.bytes);
    }
    enl_bytes_free(&store);
}

static void reading_fails(void **state) {
    (void)state;
    struct enl_bytes store = make_store(120, 15);
    for (size_t k = 0; k < KINDS + 2; k++) {
        struct memory in = {.bytes = make_any(k, &store), .good = -1};
        struct enl_source source = source_of(&in);
        const char *type;
        const struct enl_container *container = enl_container_of(&source, &type, NULL);
        struct enl_found found;
        assert_non_null(container);
        for (int reads = 0;; reads++) {
            struct enl_error error = {0};
            in.good = reads;
            if (container->find(&source, &found, &error)) break;
            check(error.code == ENL_IO, "%s after %d reads: %s", type, reads, error.text);
            assert_null(found.store);
        }
        assert_non_null(found.store);
        enl_found_free(&found);
        for (int reads = 0; reads < 4; reads++) {
            in.good = reads;
            ask_all(&in, type);
        }
        enl_bytes_free(&in.bytes);
    }
    enl_bytes_free(&store);
}

// What is found or laid where memory runs out: everything, or an error. An address in XMP may go missing with it.
static void memory_runs_out(void **state) {
    (void)state;
    struct enl_bytes store = make_store(120, 16);
    for (size_t k = 0; k < KINDS + 2; k++) {
        struct memory in = {.bytes = make_any(k, &store), .good = -1};
        struct enl_source source = source_of(&in);
        const char *type;
        const struct enl_container *container = enl_container_of(&source, &type, NULL);
        struct enl_found found;
        struct enl_layout layout;
        struct enl_parts parts;
        bool done = false;
        assert_non_null(container);
        for (int left = 0; !done; left++) {
            struct enl_error error = {0};
            allocations_left = left;
            bool good = container->find(&source, &found, &error);
            bool lays = !container->lay || container->lay(&source, 300, &layout, &error);
            bool splits = !container->parts || container->parts(&source, &parts, &error);
            done = allocations_left > 0;
            allocations_left = -1;
            check(good && lays && splits ? error.code == ENL_OK : error.code == ENL_NO_MEMORY, "%s: %s", type,
                  error.text);
            check(!done || (good && lays && splits), "%s: %s", type, error.text);
            if (good) enl_found_free(&found);
            if (lays && container->lay) enl_layout_free(&layout);
            if (splits && container->parts) enl_parts_free(&parts);
        }
        enl_bytes_free(&in.bytes);
    }
    enl_bytes_free(&store);
}

// As many parts as a small file can have, and a segment that says it goes on for ever.
static void many_parts(void **state) {
    (void)state;
    struct memory in = {.good = -1};
    struct enl_error error = {0};
    struct enl_found found;
    PUT(&in.bytes, "\xFF\xD8");
    for (int i = 0; i < 70000; i++) PUT(&in.bytes, "\xFF\xEF\0\2");
    assert_false(find(&in, "image/jpeg", &found, &error));
    assert_int_equal(error.code, ENL_BAD_PHOTO);
    enl_bytes_free(&in.bytes);
    in.bytes = (struct enl_bytes){0};
    PUT(&in.bytes, "GIF89a\1\0\1\0\0\0\0\x21\xFE");
    for (int i = 0; i < 1 << 20; i++) PUT(&in.bytes, "\1a");
    assert_true(find(&in, "image/gif", &found, NULL));
    enl_found_free(&found);
    enl_bytes_free(&in.bytes);
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
        cmocka_unit_test(what_xmp_says),
        cmocka_unit_test(tiff_is_read),
        cmocka_unit_test(svg_is_read),
        cmocka_unit_test(kinds_are_told_apart),
        cmocka_unit_test(broken_files_do_no_harm),
        cmocka_unit_test(reading_fails),
        cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(many_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
