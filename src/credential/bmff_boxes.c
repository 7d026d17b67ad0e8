// SPDX-License-Identifier: MIT
// Walking boxes, and finding them by the small part of XPath that C2PA 2.4 section 18.6 uses.
#include "credential/bmff.h"
#include "credential/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const uint8_t enl_bmff_c2pa[16] = {0xD8, 0xFE, 0xC3, 0xD6, 0x1B, 0x0E, 0x48, 0x3C,
                                   0x92, 0x97, 0x58, 0x28, 0x87, 0x7E, 0xC4, 0x81};

// As many bytes as there are.
static size_t peek(const struct enl_source *source, uint64_t at, uint8_t *bytes, size_t size) {
    size_t done = 0;
    while (done < size) {
        int64_t got = source->read(source->user, at + done, bytes + done, size - done);
        if (got <= 0) break;
        done += (size_t)got;
    }
    return done;
}

bool enl_bmff_next(const struct enl_source *source, uint64_t *at, uint64_t end, struct enl_bmff_box *ret_box) {
    uint8_t head[32];
    if (*at >= end || end - *at < 8) return false;
    size_t n = peek(source, *at, head, end - *at < sizeof head ? (size_t)(end - *at) : sizeof head);
    if (n < 8) return false;
    struct enl_bmff_box box = {.at = *at, .size = enl_bytes_get(head, 4), .head = 8};
    memcpy(box.type, head + 4, 4);
    if (box.size == 1) {
        if (n < 16) return false;
        box.size = enl_bytes_get(head + 8, 8);
        box.head = 16;
    } else if (box.size == 0) {
        box.size = end - *at;
    }
    if (!strcmp(box.type, "uuid")) {
        if (n < box.head + 16) return false;
        memcpy(box.uuid, head + box.head, 16);
        box.head += 16;
    }
    if (box.size < box.head) return false;
    if (box.size > end - *at) box.size = end - *at;
    *at += box.size;
    *ret_box = box;
    return true;
}

bool enl_bmff_purpose(const struct enl_source *source, const struct enl_bmff_box *box, char ret_purpose[16],
                      uint32_t *ret_content) {
    uint8_t bytes[20];
    if (strcmp(box->type, "uuid") || memcmp(box->uuid, enl_bmff_c2pa, 16)) return false;
    size_t n = box->size - box->head < sizeof bytes ? (size_t)(box->size - box->head) : sizeof bytes;
    n = peek(source, box->at + box->head, bytes, n);
    const uint8_t *stop = n > 4 ? memchr(bytes + 4, '\0', n - 4) : NULL;
    if (!stop || stop - (bytes + 4) > 15) return false;
    memcpy(ret_purpose, bytes + 4, (size_t)(stop - (bytes + 4)) + 1);
    *ret_content = box->head + (uint32_t)(stop - bytes) + 1;
    return true;
}

// Boxes that hold boxes, and how many bytes stand before those.
static int inner(const char *type) {
    static const char plain[][5] = {"moov", "trak", "mdia", "minf", "stbl", "udta", "dinf", "edts", "mvex", "moof",
                                    "traf", "mfra", "iprp", "ipco", "sinf", "schi", "tref", "grpl", "meco", "strk"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (!strcmp(type, plain[i])) return 0;
    return !strcmp(type, "meta") ? 4 : -1;
}

struct step { // "trak[2]"
    char type[5];
    unsigned long number; // 0: all
};

static int read_steps(const char *path, struct step steps[ENL_MAX_BOX_DEPTH]) {
    int count = 0;
    while (*path) {
        if (*path++ != '/' || count == ENL_MAX_BOX_DEPTH || strlen(path) < 4) return 0;
        struct step *s = &steps[count++];
        *s = (struct step){0};
        memcpy(s->type, path, 4);
        path += 4;
        if (*path == '[') {
            char *end;
            s->number = strtoul(path + 1, &end, 10);
            if (*end != ']' || s->number == 0) return 0;
            path = end + 1;
        }
    }
    return count;
}

struct search {
    const struct enl_source *source;
    struct step steps[ENL_MAX_BOX_DEPTH];
    int count;
    struct enl_bmff_box *boxes;
    int found, room;
    int *left; // boxes that may still be looked at
};

static bool keep(struct search *s, const struct enl_bmff_box *box, struct enl_error *error) {
    if (s->found == s->room) {
        int room = 2 * s->room + 8;
        struct enl_bmff_box *more = enl_alloc((size_t)room, sizeof *more, error);
        if (!more) return false;
        if (s->found) memcpy(more, s->boxes, (size_t)s->found * sizeof *more);
        enl_release(s->boxes);
        s->boxes = more;
        s->room = room;
    }
    s->boxes[s->found++] = *box;
    return true;
}

static bool search_in(struct search *s, uint64_t at, uint64_t end, int step, struct enl_error *error) {
    struct enl_bmff_box box;
    unsigned long number = 0;
    while (enl_bmff_next(s->source, &at, end, &box)) {
        if (--*s->left < 0) return enl_fail(error, ENL_BAD_PHOTO, "The file has too many boxes.");
        if (strcmp(box.type, s->steps[step].type)) continue;
        number++;
        if (s->steps[step].number && s->steps[step].number != number) continue;
        int before = inner(box.type);
        if (step == s->count - 1) {
            if (!keep(s, &box, error)) return false;
        } else if (before >= 0 &&
                   !search_in(s, box.at + box.head + (uint64_t)before, box.at + box.size, step + 1, error)) {
            return false;
        }
    }
    return true;
}

bool enl_bmff_path(const struct enl_source *source, const char *path, int *left, struct enl_bmff_box **ret_boxes,
                   int *ret_count, struct enl_error *error) {
    struct search s = {.source = source, .left = left};
    s.count = read_steps(path, s.steps);
    if (s.count && !search_in(&s, 0, source->size, 0, error)) {
        enl_release(s.boxes);
        return false;
    }
    *ret_boxes = s.boxes;
    *ret_count = s.found;
    return true;
}
