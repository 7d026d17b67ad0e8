// SPDX-License-Identifier: MIT
// JPEG: the store stands in APP11 segments, as JPEG XT (ISO 18477-3) has boxes: "JP", a number that the segments of one
// box share, their place in the row, and the box's size and type again in each. C2PA 2.4 section A.3.1.
#include "credential/limits.h"
#include "credential/scan.h"

#include <stdio.h>
#include <string.h>

#define HEAD 12                                 // marker, size, "JP", the box's number, the place in the row
#define BOX_HEAD 8                              // size and type
#define MOST 64000                              // bytes of the store in one segment, as c2pa-rs has it
#define BOX_NUMBER 0x0211                       // what c2pa-rs takes
#define XMP_NAME "http://ns.adobe.com/xap/1.0/" // and a NUL

enum { SOI = 0xD8, EOI = 0xD9, SOS = 0xDA, APP0 = 0xE0, APP11 = 0xEB, TEM = 0x01 };

// The row of segments that is being read.
struct row {
    bool begun;
    uint64_t number, box_size, place;
};

static const char *jpeg_type(const uint8_t *head, size_t size) {
    return size >= 3 && !memcmp(head, "\xFF\xD8\xFF", 3) ? "image/jpeg" : NULL;
}

static void name_marker(uint8_t marker, char name[16]) {
    static const struct {
        uint8_t marker;
        const char *name;
    } others[] = {{0xC4, "DHT"}, {0xC8, "JPG"}, {0xCC, "DAC"}, {SOI, "SOI"},  {EOI, "EOI"},
                  {SOS, "SOS"},  {0xDB, "DQT"}, {0xDC, "DNL"}, {0xDD, "DRI"}, {0xDE, "DHP"},
                  {0xDF, "EXP"}, {0xFE, "COM"}, {TEM, "TEM"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].marker == marker) {
            snprintf(name, 16, "%s", others[i].name);
            return;
        }
    if (marker >= 0xC0 && marker <= 0xCF) snprintf(name, 16, "SOF%d", marker - 0xC0);
    else if (marker >= 0xD0 && marker <= 0xD7) snprintf(name, 16, "RST%d", marker - 0xD0);
    else if (marker >= 0xE0 && marker <= 0xEF) snprintf(name, 16, "APP%d", marker - 0xE0);
    else if (marker >= 0xF0 && marker <= 0xFD) snprintf(name, 16, "JPG%d", marker - 0xF0);
    else snprintf(name, 16, "FF%02X", marker);
}

static bool is_alone(uint8_t marker) { // without a size behind it
    return marker == TEM || (marker >= 0xD0 && marker <= 0xD9);
}

// Whether an APP11 segment begins a manifest store: a JUMBF box whose description says "c2pa".
static bool begins_store(const uint8_t *segment, uint64_t size) {
    return size >= 32 && !memcmp(segment + 16, "jumb", 4) && !memcmp(segment + 24, "jumdc2pa", 8);
}

static struct row read_row(const uint8_t *segment) {
    return (struct row){true, enl_bytes_get(segment + 6, 2), enl_bytes_get(segment + 12, 4),
                        enl_bytes_get(segment + 8, 4)};
}

static bool is_next(const struct row *row, const uint8_t *segment) {
    return row->begun && enl_bytes_get(segment + 6, 2) == row->number &&
           enl_bytes_get(segment + 12, 4) == row->box_size && !memcmp(segment + 16, "jumb", 4);
}

// Whether a segment is one of the store's, be it out of its place.
static bool is_ours(struct row *row, const uint8_t *segment, uint64_t size) {
    if (size < HEAD + BOX_HEAD || memcmp(segment + 4, "JP", 2) != 0) return false;
    uint64_t place = enl_bytes_get(segment + 8, 4);
    if (is_next(row, segment) && (place == row->place + 1 || !begins_store(segment, size))) {
        row->place = place;
        return true;
    }
    if (!begins_store(segment, size)) return false;
    *row = read_row(segment);
    return true;
}

// Where coded pixels end: at the next marker that is neither a stuffed byte nor one to begin again at.
static uint64_t pixels_end(struct enl_window *w, uint64_t at) {
    for (;;) {
        size_t size;
        const uint8_t *bytes = enl_window_some(w, at, &size);
        if (!bytes) return at;
        const uint8_t *mark = memchr(bytes, 0xFF, size);
        at += mark ? (uint64_t)(mark - bytes) : size;
        if (!mark) continue;
        const uint8_t *next = enl_window_look(w, at, 2);
        if (!next) return w->source->size;
        if (next[1] != 0 && (next[1] < 0xD0 || next[1] > 0xD7)) return at;
        at += 2;
    }
}

// Size of the segment at `at`; 0: there is none, or the file ends before it does.
static uint64_t segment_size(struct enl_window *w, uint64_t at, uint8_t *ret_marker) {
    const uint8_t *bytes = enl_window_look(w, at, 2);
    if (!bytes || bytes[0] != 0xFF || bytes[1] == 0 || bytes[1] == 0xFF) return 0;
    *ret_marker = bytes[1];
    if (is_alone(*ret_marker)) return 2;
    bytes = enl_window_look(w, at, 4);
    uint64_t size = bytes ? 2 + enl_bytes_get(bytes + 2, 2) : 0;
    if (size < 4 || size > w->source->size - at) return 0;
    return *ret_marker == SOS ? pixels_end(w, at + size) - at : size;
}

// Bytes 0xFF may fill the room before a marker: they go with what stands before, but never with the store.
static bool pass_fill(struct enl_window *w, struct enl_parts *parts, uint64_t *at, struct enl_error *error) {
    uint64_t end = *at;
    for (const uint8_t *b; (b = enl_window_look(w, end, 2)) && b[0] == 0xFF && b[1] == 0xFF;) end++;
    struct enl_part *last = &parts->list[parts->count - 1];
    uint64_t size = end - *at;
    *at = end;
    if (enl_part_is(last, ENL_PART_STORE)) return enl_parts_add(parts, "", end - size, size, error);
    last->size += size;
    return true;
}

static bool split_jpeg(const struct enl_source *source, struct enl_parts *parts, bool *ret_whole,
                       struct enl_error *error) {
    struct enl_window w = {.source = source};
    struct row row = {0};
    uint64_t at = 2;
    uint8_t marker = 0;
    if (!enl_parts_add(parts, "SOI", 0, 2, error)) return false;
    while (marker != EOI) {
        if (!pass_fill(&w, parts, &at, error)) return false;
        uint64_t size = segment_size(&w, at, &marker);
        if (!size) break;
        char name[16];
        name_marker(marker, name);
        const uint8_t *head = enl_window_look(&w, at, size < 32 ? (size_t)size : 32);
        if (head && marker == APP11 && is_ours(&row, head, size)) snprintf(name, sizeof name, ENL_PART_STORE);
        if (!enl_parts_add(parts, name, at, size, error)) return false;
        at += size;
    }
    *ret_whole = marker == EOI;
    if (w.failed) return enl_fail(error, ENL_IO, "The file cannot be read.");
    return enl_parts_add(parts, "", at, source->size - at, error); // such as the video of a Motion Photo
}

// What of a segment is the store's: the first has the head of the box as part of it, the others once more.
static uint64_t skipped(bool first) {
    return first ? HEAD : HEAD + BOX_HEAD;
}

// The segments' places in the row, their regions, and how large the store is.
static bool measure(const struct enl_source *source, const struct enl_parts *parts, struct enl_found *found,
                    struct enl_error *error) {
    struct row row = {0};
    uint64_t size = 0;
    for (int i = 0; i < parts->count; i++) {
        const struct enl_part *part = &parts->list[i];
        if (!enl_part_is(part, ENL_PART_STORE)) continue;
        uint8_t head[32] = {0};
        if (!enl_source_read(source, part->at, head, part->size < 32 ? (size_t)part->size : 32, error)) return false;
        struct row now = read_row(head);
        bool first = !row.begun;
        if (!first && (!is_next(&row, head) || now.place != row.place + 1)) {
            if (begins_store(head, part->size)) return enl_found_second(error);
            return enl_fail(error, ENL_BAD_PHOTO, "The segments of the manifest store are out of order.");
        }
        row = now;
        size += part->size - skipped(first);
        if (size > ENL_MAX_STORE) return enl_fail(error, ENL_BAD_PHOTO, "The manifest store is too large.");
        if (!enl_found_region(found, part->at, part->size, error)) return false;
    }
    found->store_size = (size_t)size;
    return true;
}

static bool gather(const struct enl_source *source, struct enl_found *found, struct enl_error *error) {
    if (!found->region_count) return true;
    found->store = enl_alloc(found->store_size, 1, error);
    uint8_t *to = found->store;
    for (int i = 0; to && i < found->region_count; i++) {
        uint64_t skip = skipped(i == 0);
        size_t size = (size_t)(found->regions[i].size - skip);
        if (!enl_source_read(source, found->regions[i].at + skip, to, size, error)) return false;
        to += size;
    }
    return to != NULL;
}

static bool find_xmp(const struct enl_source *source, const struct enl_part *part, struct enl_found *found,
                     struct enl_error *error) {
    char name[sizeof XMP_NAME];
    uint64_t skip = 4 + sizeof name;
    if (!enl_part_is(part, "APP1") || part->size <= skip) return true;
    if (!enl_source_read(source, part->at + 4, name, sizeof name, error)) return false;
    if (memcmp(name, XMP_NAME, sizeof name) != 0) return true; // Exif, or XMP that goes on from elsewhere
    return enl_found_xmp(found, source, (struct enl_region){part->at + skip, part->size - skip}, error);
}

static bool find_jpeg(const struct enl_source *source, struct enl_found *ret_found, struct enl_error *error) {
    struct enl_parts parts = {0};
    bool whole;
    *ret_found = (struct enl_found){0};
    bool good = split_jpeg(source, &parts, &whole, error) && measure(source, &parts, ret_found, error) &&
                gather(source, ret_found, error);
    for (int i = 0; good && i < parts.count; i++) good = find_xmp(source, &parts.list[i], ret_found, error);
    enl_parts_free(&parts);
    if (!good) enl_found_free(ret_found);
    return good;
}

static void lay_segments(struct enl_layout *layout, size_t store) {
    layout->credential.at = layout->size;
    for (size_t from = 0, place = 1; from < store; from += MOST, place++) {
        size_t size = store - from < MOST ? store - from : MOST;
        uint8_t head[HEAD] = {0xFF, APP11, 0, 0, 'J', 'P', BOX_NUMBER >> 8, BOX_NUMBER & 255};
        size_t length = size + skipped(place == 1) - 2;
        head[2] = (uint8_t)(length >> 8), head[3] = (uint8_t)length;
        for (int i = 0; i < 4; i++) head[8 + i] = (uint8_t)(place >> (24 - 8 * i));
        enl_layout_bytes(layout, ENL_PIECE_BYTES, head, sizeof head);
        if (place > 1) enl_layout_store(layout, 0, BOX_HEAD);
        enl_layout_store(layout, from, size);
    }
    layout->credential.size = layout->size - layout->credential.at;
}

// JFIF wants its APP0 before everything else; the store comes next. What points at the end of the file or stands in a
// later segment (multi-picture offsets count from themselves) stays true.
static bool lay_jpeg(const struct enl_source *source, size_t size, struct enl_layout *ret_layout,
                     struct enl_error *error) {
    struct enl_parts parts = {0};
    bool whole;
    int place = 1;
    *ret_layout = (struct enl_layout){0};
    bool good = enl_store_fits(size, error) && split_jpeg(source, &parts, &whole, error);
    if (good) {
        for (int i = 1; i < parts.count; i++) {
            if (enl_part_is(&parts.list[i], "APP0")) place = i + 1;
            else if (!enl_part_is(&parts.list[i], ENL_PART_STORE)) break;
        }
        enl_layout_parts(ret_layout, &parts, 0, place);
        if (size) lay_segments(ret_layout, size);
        enl_layout_parts(ret_layout, &parts, place, parts.count);
        good = enl_layout_good(ret_layout, error);
    }
    enl_parts_free(&parts);
    return good;
}

static bool parts_jpeg(const struct enl_source *source, struct enl_parts *ret_parts, struct enl_error *error) {
    return enl_split_whole(split_jpeg, source, ret_parts, error);
}

const struct enl_container enl_container_jpeg = {
    .name = "JPEG",
    .endings = {".jpg", ".jpeg", ".jpe"},
    .type = jpeg_type,
    .find = find_jpeg,
    .lay = lay_jpeg,
    .parts = parts_jpeg,
};
