// SPDX-License-Identifier: MIT
// What is only read (TIFF, SVG, XMP), and files that are broken, cannot be read or want too much memory: no harm is
// done.
#include "containers.h"

static int allocations_left = -1;
int __real_posix_memalign(void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size) {
    if (allocations_left == 0) return 12;
    if (allocations_left > 0) allocations_left--;
    return __real_posix_memalign(memory, alignment, size);
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
