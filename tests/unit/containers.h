// SPDX-License-Identifier: MIT
// Files of all kinds that hold credentials, made in memory; what is put into them and found in them.
#ifndef ENL_UNIT_CONTAINERS_H
#define ENL_UNIT_CONTAINERS_H

#include "unit.h"

#include "credential/container.h"
#include "credential/scan.h"

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

static inline int64_t read_memory(void *user, uint64_t at, void *ret_bytes, size_t size) {
    struct memory *memory = user;
    if (memory->good >= 0 && memory->good-- == 0) return -1;
    if (at >= memory->bytes.size) return 0;
    size_t left = memory->bytes.size - (size_t)at;
    if (size > left) size = left;
    memcpy(ret_bytes, memory->bytes.data + at, size);
    return (int64_t)size;
}

static inline struct enl_source source_of(struct memory *memory) {
    return (struct enl_source){.read = read_memory, .user = memory, .size = memory->bytes.size};
}

static inline void put(struct enl_bytes *to, const char *bytes, size_t size) {
    enl_bytes_put(to, bytes, size);
}
#define PUT(to, text) put(to, text, sizeof(text) - 1)

static inline void put_little(struct enl_bytes *to, uint64_t value, int size) {
    for (int i = 0; i < size; i++) enl_bytes_number(to, value >> 8 * i & 255, 1);
}

static inline void put_noise(struct enl_bytes *to, size_t size, uint64_t seed) {
    struct enl_random random = {seed};
    for (size_t i = 0; i < size; i++) enl_bytes_number(to, enl_random_next(&random) & 255, 1);
}

// As large as asked for, and beginning as a manifest store does.
static inline struct enl_bytes make_store(size_t size, uint64_t seed) {
    struct enl_bytes store = {0};
    enl_bytes_number(&store, size, 4);
    PUT(&store, "jumb\0\0\0\x1Ejumdc2pa");
    put_noise(&store, size - store.size, seed);
    assert_int_equal(store.size, size);
    return store;
}

static inline void segment(struct enl_bytes *to, int marker, const char *bytes, size_t size) {
    enl_bytes_number(to, 0xFF00u | (unsigned)marker, 2);
    enl_bytes_number(to, size + 2, 2);
    put(to, bytes, size);
}

static inline struct enl_bytes make_jpeg(void) {
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

static inline void chunk(struct enl_bytes *to, const char *type, const char *bytes, size_t size) {
    enl_bytes_number(to, size, 4);
    put(to, type, 4);
    put(to, bytes, size);
    PUT(to, "sum!");
}

static inline struct enl_bytes make_png(void) {
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

static inline void riff_chunk(struct enl_bytes *to, const char *type, const char *bytes, size_t size) {
    put(to, type, 4);
    put_little(to, size, 4);
    put(to, bytes, size);
    if (size & 1) enl_bytes_number(to, 0, 1);
}

static inline void end_riff(struct enl_bytes *f) {
    for (int i = 0; i < 4; i++) f->data[4 + i] = (uint8_t)((f->size - 8) >> 8 * i);
}

static inline struct enl_bytes make_webp(void) {
    struct enl_bytes f = {0};
    PUT(&f, "RIFF....WEBP");
    riff_chunk(&f, "VP8X", "flags, size", 10);
    riff_chunk(&f, "VP8 ", "picture", 7);
    riff_chunk(&f, "XMP ", XMP, sizeof XMP - 1);
    end_riff(&f);
    return f;
}

static inline struct enl_bytes make_wav(void) {
    struct enl_bytes f = {0};
    PUT(&f, "RIFF....WAVE");
    riff_chunk(&f, "fmt ", "what sort of wave", 16);
    riff_chunk(&f, "data", "sound", 5);
    riff_chunk(&f, "XMP ", XMP, sizeof XMP - 1);
    end_riff(&f);
    PUT(&f, "behind it all");
    return f;
}

static inline void blocks(struct enl_bytes *to, const char *bytes, size_t size) {
    for (size_t n; size; bytes += n, size -= n) {
        n = size < 200 ? size : 200;
        enl_bytes_number(to, n, 1);
        put(to, bytes, n);
    }
    enl_bytes_number(to, 0, 1);
}

static inline struct enl_bytes make_gif(void) {
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
static inline bool lay(struct memory *in, const char *type, const struct enl_bytes *store, struct enl_bytes *ret_file,
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

static inline struct enl_bytes laid(const struct enl_bytes *file, const char *type, const struct enl_bytes *store) {
    struct memory in = {.bytes = *file, .good = -1};
    struct enl_error error = {0};
    struct enl_bytes out;
    check(lay(&in, type, store, &out, NULL, &error), "%s: %s", type, error.text);
    return out;
}

static inline bool find(struct memory *in, const char *type, struct enl_found *found, struct enl_error *error) {
    struct enl_source source = source_of(in);
    return container_of(&source, type)->find(&source, found, error);
}

static inline void same(const struct enl_bytes *a, const struct enl_bytes *b, const char *what) {
    check(a->size == b->size && !memcmp(a->data, b->data, a->size), "%s: %zu and %zu bytes", what, a->size, b->size);
}

static inline void holds(const struct enl_bytes *file, const char *type, const struct enl_bytes *store) {
    struct memory in = {.bytes = *file, .good = -1};
    struct enl_error error = {0};
    struct enl_found found;
    check(find(&in, type, &found, &error), "%s: %s", type, error.text);
    check(found.store_size == store->size && !memcmp(found.store, store->data, store->size), "%s: %zu of %zu bytes",
          type, found.store_size, store->size);
    enl_found_free(&found);
}

// A TIFF whose store is in its first directory or one of its own, with small or large numbers of either order.
static inline struct enl_bytes make_tiff(bool big_endian, bool big, bool own, const struct enl_bytes *store) {
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

#define SVG "<svg xmlns='http://www.w3.org/2000/svg'>"
#define MANIFEST "<c2pa:manifest xmlns:c2pa='http://c2pa.org/manifest'>"
static inline struct enl_bytes make_any(size_t k, const struct enl_bytes *store) {
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

#endif
