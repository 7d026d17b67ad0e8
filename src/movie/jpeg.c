// SPDX-License-Identifier: MIT
#include "movie/jpeg.h"
#include "base/bytes.h"
#include "movie/planes.h"

#include <string.h>
#include <vips/vips.h>

#define QUALITY 95

static uint8_t *compress(const uint8_t *rgb, int width, int height, size_t *ret_size, struct enl_error *error) {
    VipsImage *image = vips_image_new_from_memory(rgb, 3 * (size_t)width * (size_t)height, width, height, 3,
                                                  VIPS_FORMAT_UCHAR);
    void *made = NULL;
    uint8_t *jpeg = NULL;
    bool done = image && vips_jpegsave_buffer(image, &made, ret_size, "Q", QUALITY, "optimize_coding", TRUE, "strip",
                                              TRUE, NULL) == 0;
    if (image) g_object_unref(image);
    if (!done) enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the still.");
    if (done && (jpeg = enl_alloc(*ret_size, 1, error))) memcpy(jpeg, made, *ret_size);
    g_free(made);
    return jpeg;
}

uint8_t *enl_jpeg_encode(uint8_t *const planes[3], const int strides[3], int width, int height, size_t *ret_size,
                         struct enl_error *error) {
    struct enl_planes frame;
    uint8_t *jpeg = NULL, *rgb = NULL;
    if (!enl_planes_make(&frame, width, height, error)) return NULL;
    for (int c = 0; c < 3; c++)
        for (int y = 0, w = c ? width / 2 : width; y < (c ? height / 2 : height); y++)
            memcpy(frame.data[c] + (size_t)y * (size_t)w, planes[c] + (size_t)y * (size_t)strides[c], (size_t)w);
    if ((rgb = enl_alloc((size_t)width * (size_t)height, 3, error))) {
        enl_planes_to_rgb(&frame, rgb);
        jpeg = compress(rgb, width, height, ret_size, error);
    }
    enl_release(rgb);
    enl_planes_free(&frame);
    return jpeg;
}

struct entry {        // of a TIFF directory
    int tag, type;    // type 0: left out
    const void *data; // NULL: `value` itself
    size_t size;
    uint32_t value;
};
enum { ASCII = 2, SHORT = 3, LONG = 4, RATIONAL = 5, UNDEFINED = 7 };

// TIFF 6.0 section 2, "MM": offsets are counted from `base`.
static void put_directory(struct enl_bytes *b, size_t base, const struct entry *entries, int count) {
    int used = 0;
    for (int i = 0; i < count; i++) used += entries[i].type != 0;
    size_t values = b->size - base + 2 + 12 * (size_t)used + 4;
    enl_bytes_number(b, (uint64_t)used, 2);
    for (int i = 0; i < count; i++) {
        const struct entry *e = &entries[i];
        if (!e->type) continue;
        enl_bytes_number(b, (uint64_t)e->tag, 2);
        enl_bytes_number(b, (uint64_t)e->type, 2);
        enl_bytes_number(b, e->data && e->type != RATIONAL ? e->size : 1, 4);
        if (!e->data) enl_bytes_number(b, e->type == SHORT ? e->value << 16 : e->value, 4);
        else if (e->size == 4) enl_bytes_put(b, e->data, 4);
        else enl_bytes_number(b, values, 4), values += (e->size + 1) & ~(size_t)1;
    }
    enl_bytes_number(b, 0, 4); // no further directory
    for (int i = 0; i < count; i++) {
        if (!entries[i].type || !entries[i].data || entries[i].size == 4) continue;
        enl_bytes_put(b, entries[i].data, entries[i].size);
        if (entries[i].size % 2) enl_bytes_number(b, 0, 1);
    }
}

// Apple's maker note has a directory of its own, counted from its own start. ExifTool's Apple.pm: 0x0011 is what a
// still shares with its film.
static void put_maker_note(struct enl_bytes *b, const char *content_id) {
    enl_bytes_put(b, "Apple iOS\0\0\1MM", 14);
    put_directory(b, 0, &(struct entry){0x11, ASCII, content_id, strlen(content_id) + 1, 0}, 1);
}

static void put_exif(struct enl_bytes *b, const struct enl_jpeg_tags *tags) {
    struct enl_bytes note = {0};
    static const char program[] = "Enliven " ENL_VERSION, inch[8] = {0, 0, 0, 72, 0, 0, 0, 1};
    size_t base = b->size + 6, pointer;
    if (tags->content_id) put_maker_note(&note, tags->content_id);
    enl_bytes_put(b, "Exif\0\0MM\0*\0\0\0\10", 14);
    pointer = b->size + 2 + 7 * 12 + 8; // of the eighth entry
    put_directory(b, base,
                  (const struct entry[]){{0x010E, ASCII, tags->description, strlen(tags->description) + 1, 0},
                                         {0x0112, SHORT, NULL, 0, 1},    // upright
                                         {0x011A, RATIONAL, inch, 8, 0}, // pixels an inch, as Exif wants it said
                                         {0x011B, RATIONAL, inch, 8, 0},
                                         {0x0128, SHORT, NULL, 0, 2},
                                         {0x0131, ASCII, program, sizeof program, 0},
                                         {0x0213, SHORT, NULL, 0, 1},
                                         {0x8769, LONG, NULL, 0, 0}},
                  8);
    enl_bytes_set(b, pointer, b->size - base, 4);
    put_directory(b, base,
                  (const struct entry[]){{0x9000, UNDEFINED, "0232", 4, 0},   // Exif 2.32
                                         {0x9101, UNDEFINED, "\1\2\3", 4, 0}, // Y Cb Cr
                                         {0x927C, note.data ? UNDEFINED : 0, note.data, note.size, 0},
                                         {0xA000, UNDEFINED, "0100", 4, 0},
                                         {0xA001, SHORT, NULL, 0, 1}, // sRGB
                                         {0xA002, LONG, NULL, 0, (uint32_t)tags->width},
                                         {0xA003, LONG, NULL, 0, (uint32_t)tags->height}},
                  7);
    b->failed |= note.failed;
    enl_bytes_free(&note);
}

// JPEG's APP1: its length counts itself.
static size_t begin_segment(struct enl_bytes *b) {
    enl_bytes_number(b, 0xFFE10000, 4);
    return b->size - 2;
}

bool enl_jpeg_put(const struct enl_output *output, const uint8_t *jpeg, size_t size, const struct enl_jpeg_tags *tags,
                  struct enl_error *error) {
    struct enl_bytes head = {0};
    enl_bytes_number(&head, 0xFFD8, 2);
    size_t exif = begin_segment(&head);
    put_exif(&head, tags);
    enl_bytes_set(&head, exif, head.size - exif, 2);
    size_t xmp = begin_segment(&head);
    enl_bytes_put(&head, "http://ns.adobe.com/xap/1.0/", 29); // ISO 16684-1, with its zero
    enl_bytes_text(&head, tags->xmp);
    bool fits = head.size - xmp < 65536;
    enl_bytes_set(&head, xmp, head.size - xmp, 2);
    bool done = enl_bytes_good(&head, error) &&
                (fits || enl_fail(error, ENL_INTERNAL, "The still's XMP outgrew its segment.")) &&
                enl_output_put(output, head.data, head.size, error) &&
                enl_output_put(output, jpeg + 2, size - 2, error);
    enl_bytes_free(&head);
    return done;
}
