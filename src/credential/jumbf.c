// SPDX-License-Identifier: MIT
#include "credential/jumbf.h"
#include "credential/limits.h"

#include <brotli/decode.h>
#include <stdio.h>
#include <string.h>

static const uint8_t type_rest[12] = {0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71};
static const uint8_t file_type[16] = {0x40, 0xCB, 0x0C, 0x32, 0xBB, 0x8A, 0x48, 0x9D,
                                      0xA7, 0x0B, 0x2A, 0xD6, 0xF4, 0x7F, 0x43, 0x69};
#define SELF "self#jumbf="

static bool broken(struct enl_error *error, const char *why) {
    return enl_fail(error, ENL_BAD_PHOTO, "The credentials are broken: %s.", why);
}

// The head of a box at `*at`: where its content begins and where it ends.
static bool read_box(const uint8_t *at, const uint8_t *end, char ret_type[5], const uint8_t **ret_inside,
                     const uint8_t **ret_end) {
    if (end - at < 8) return false;
    uint64_t size = enl_bytes_get(at, 4);
    size_t head = 8;
    memcpy(ret_type, at + 4, 4);
    ret_type[4] = '\0';
    if (size == 1) {
        if (end - at < 16) return false;
        size = enl_bytes_get(at + 8, 8);
        head = 16;
    } else if (size == 0) {
        size = (uint64_t)(end - at);
    }
    if (size < head || size > (uint64_t)(end - at)) return false;
    *ret_inside = at + head;
    *ret_end = at + size;
    return true;
}

static int add_box(struct enl_jumbf *j, struct enl_error *error) {
    if (j->count == ENL_MAX_JUMBF_BOXES) {
        broken(error, "there are too many boxes");
        return -1;
    }
    if (j->count == j->room) {
        int room = 2 * j->room + 64;
        struct enl_jumbf_box *list = enl_alloc((size_t)room, sizeof *list, error);
        if (!list) return -1;
        if (j->count) memcpy(list, j->list, (size_t)j->count * sizeof *list);
        enl_release(j->list);
        j->list = list;
        j->room = room;
    }
    j->list[j->count] = (struct enl_jumbf_box){.parent = -1, .child = -1, .next = -1};
    return j->count++;
}

// Letters that a JUMBF URI can name (C2PA 2.4 section 11.1.4.2): no '/', ';', '?', '#', no control characters.
static bool label_is_good(const uint8_t *label, size_t size) {
    char copy[ENL_MAX_LABEL + 1], clean[ENL_MAX_LABEL + 1];
    if (size == 0 || size > ENL_MAX_LABEL) return false;
    for (size_t i = 0; i < size; i++)
        if (label[i] < 0x20 || strchr("/;?#", label[i])) return false;
    memcpy(copy, label, size);
    copy[size] = '\0';
    memcpy(clean, copy, size + 1);
    enl_clean(clean); // changes what is no printable UTF-8
    return !strcmp(copy, clean);
}

// The description box ("jumd"): type, toggles, label; then an id, a hash or private boxes that nothing here needs.
static bool read_description(struct enl_jumbf_box *box, const uint8_t *at, const uint8_t *end,
                             struct enl_error *error) {
    if (end - at < 17) return broken(error, "a description box is too short");
    bool ours = !memcmp(at + 4, type_rest, sizeof type_rest), file = !memcmp(at, file_type, sizeof file_type);
    memcpy(box->type, file ? (const void *)ENL_JUMBF_FILE : ours ? (const void *)at : "????", 4);
    int toggles = at[16];
    const uint8_t *label = at + 17, *stop = label;
    if (!(toggles & 2)) return broken(error, "a box has no label");
    while (stop < end && *stop) stop++;
    if (stop == end || !label_is_good(label, (size_t)(stop - label)))
        return broken(error, "a label has letters that it must not have");
    box->label = enl_alloc((size_t)(stop - label) + 1, 1, error);
    if (box->label) memcpy(box->label, label, (size_t)(stop - label));
    return box->label != NULL;
}

static bool siblings_differ(const struct enl_jumbf *j, int box) {
    const struct enl_jumbf_box *b = &j->list[box];
    for (int i = b->parent < 0 ? -1 : j->list[b->parent].child; i >= 0 && i != box; i = j->list[i].next)
        if (!strcmp(j->list[i].label, b->label)) return false;
    return true;
}

static int read_superbox(struct enl_jumbf *j, const uint8_t *start, const uint8_t *end, int parent, int depth,
                         struct enl_error *error);

// The manifest that is packed in a "brob" box, read in the place of the one that packs it.
static bool unpack(struct enl_jumbf *j, int box, const uint8_t *packed, size_t size, int depth,
                   struct enl_error *error) {
    if (j->held_count == (int)(sizeof j->held / sizeof *j->held)) return broken(error, "too many are compressed");
    BrotliDecoderState *state = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    if (!state) return enl_fail(error, ENL_NO_MEMORY, "Not enough memory to unpack the credentials.");
    struct enl_bytes plain = {0};
    BrotliDecoderResult result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    size_t most = ENL_MAX_STORE - j->held_size; // of all together
    while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT && plain.size <= most && !plain.failed) {
        size_t none = 0, n = 0;
        result = BrotliDecoderDecompressStream(state, &size, &packed, &none, NULL, NULL);
        const uint8_t *out = BrotliDecoderTakeOutput(state, &n);
        if (n) enl_bytes_put(&plain, out, n);
    }
    BrotliDecoderDestroyInstance(state);
    bool good = result == BROTLI_DECODER_RESULT_SUCCESS && plain.size <= most && !plain.failed;
    if (!good) {
        enl_bytes_free(&plain);
        return broken(error, "a compressed manifest cannot be unpacked");
    }
    j->held[j->held_count++] = plain.data;
    j->held_size += plain.size;
    char type[5];
    const uint8_t *inside, *stop;
    if (!read_box(plain.data, plain.data + plain.size, type, &inside, &stop) || strcmp(type, "jumb") ||
        stop != plain.data + plain.size)
        return broken(error, "what is compressed is no manifest");
    int inner = read_superbox(j, plain.data, stop, -1, depth + 1, error);
    if (inner < 0) return false;
    if (!enl_jumbf_is(j, inner, ENL_JUMBF_MANIFEST) && !enl_jumbf_is(j, inner, ENL_JUMBF_UPDATE))
        return broken(error, "what is compressed is no manifest");
    if (strcmp(j->list[inner].label, j->list[box].label))
        return broken(error, "a compressed manifest has another label than its box");
    struct enl_jumbf_box *outer = &j->list[box], *b = &j->list[inner];
    for (int i = b->child; i >= 0; i = j->list[i].next) j->list[i].parent = box;
    memcpy(outer->type, b->type, sizeof outer->type);
    outer->child = b->child;
    outer->start = b->start, outer->inside = b->inside, outer->end = b->end;
    b->child = -1;
    return true;
}

// A box in a superbox that is none itself.
static bool read_content(struct enl_jumbf *j, int box, const char *type, const uint8_t *data, const uint8_t *end,
                         int depth, struct enl_error *error) {
    struct enl_jumbf_box *b = &j->list[box];
    // One that is packed holds nothing besides: what it is checked by must be what is read of it.
    if (!strcmp(b->type, ENL_JUMBF_COMPRESSED))
        return strcmp(type, "brob") ? broken(error, "a compressed manifest holds something else") :
                                      unpack(j, box, data, (size_t)(end - data), depth, error);
    if (!b->data) {
        memcpy(b->content, type, 5);
        b->data = data;
        b->data_size = (size_t)(end - data);
    } else if (!strcmp(type, "bidb") && !strcmp(b->content, "bfdb") && !b->file) {
        b->file = data;
        b->file_size = (size_t)(end - data);
    }
    return true;
}

static int read_superbox(struct enl_jumbf *j, const uint8_t *start, const uint8_t *end, int parent, int depth,
                         struct enl_error *error) {
    char type[5];
    const uint8_t *inside = start, *stop = start, *at;
    int box = add_box(j, error), last = -1;
    if (box < 0) return -1;
    read_box(start, end, type, &inside, &stop);
    j->list[box].start = start, j->list[box].inside = inside, j->list[box].end = end, j->list[box].parent = parent;
    bool good = depth < ENL_MAX_JUMBF_DEPTH || broken(error, "boxes lie too deep in each other");
    at = inside;
    good = good && ((read_box(at, end, type, &inside, &stop) && !strcmp(type, "jumd")) ||
                    broken(error, "a box has no description"));
    good = good && read_description(&j->list[box], inside, stop, error);
    const uint8_t *first = stop;
    bool packed = good && enl_jumbf_is(j, box, ENL_JUMBF_COMPRESSED);
    for (at = stop; good && at < end; at = stop) {
        if (packed && at != first) {
            good = broken(error, "a compressed manifest holds something else");
        } else if (!read_box(at, end, type, &inside, &stop)) {
            good = broken(error, "a box is larger than what it is in");
        } else if (!packed && !strcmp(type, "jumb")) {
            int child = read_superbox(j, at, stop, box, depth + 1, error);
            if (child < 0) return -1;
            if (last < 0) j->list[box].child = child;
            else j->list[last].next = child;
            last = child;
            good = siblings_differ(j, child) || broken(error, "two boxes beside each other have the same label");
        } else {
            good = read_content(j, box, type, inside, stop, depth, error);
        }
    }
    if (good && enl_jumbf_is(j, box, ENL_JUMBF_COMPRESSED)) good = broken(error, "a compressed manifest holds nothing");
    return good ? box : -1;
}

bool enl_jumbf_open(const uint8_t *bytes, size_t size, struct enl_jumbf *ret_jumbf, struct enl_error *error) {
    struct enl_jumbf j = {0};
    char type[5];
    const uint8_t *inside = bytes, *end = bytes;
    bool good = (read_box(bytes, bytes + size, type, &inside, &end) && !strcmp(type, "jumb")) ||
                broken(error, "they do not begin with a JUMBF box");
    good = good && read_superbox(&j, bytes, end, -1, 0, error) == 0;
    good = good && ((!strcmp(j.list[0].type, ENL_JUMBF_STORE) && !strcmp(j.list[0].label, "c2pa")) ||
                    broken(error, "they are no manifest store"));
    if (good) *ret_jumbf = j;
    else enl_jumbf_free(&j);
    return good;
}

void enl_jumbf_free(struct enl_jumbf *jumbf) {
    for (int i = 0; i < jumbf->count; i++) enl_release(jumbf->list[i].label);
    for (int i = 0; i < jumbf->held_count; i++) enl_release(jumbf->held[i]);
    enl_release(jumbf->list);
    *jumbf = (struct enl_jumbf){0};
}

bool enl_jumbf_is(const struct enl_jumbf *jumbf, int box, const char *type) {
    return box >= 0 && !strcmp(jumbf->list[box].type, type);
}

int enl_jumbf_child(const struct enl_jumbf *jumbf, int box, const char *label) {
    int child = box < 0 ? -1 : jumbf->list[box].child;
    while (child >= 0 && strcmp(jumbf->list[child].label, label)) child = jumbf->list[child].next;
    return child;
}

int enl_jumbf_child_of(const struct enl_jumbf *jumbf, int box, const char *type) {
    int child = box < 0 ? -1 : jumbf->list[box].child;
    while (child >= 0 && strcmp(jumbf->list[child].type, type)) child = jumbf->list[child].next;
    return child;
}

int enl_jumbf_find(const struct enl_jumbf *jumbf, int manifest, const char *uri, size_t size, bool *ret_outside) {
    char part[ENL_MAX_LABEL + 1];
    const char *at = uri + strlen(SELF), *end = uri + size;
    *ret_outside = false;
    if (size <= strlen(SELF) || memcmp(uri, SELF, strlen(SELF))) return -1;
    int box = manifest;
    bool rooted = *at == '/';
    if (rooted) at++;
    if (end - at > 5 && !memcmp(at, "c2pa/", 5)) at += 5, box = 0; // old ones leave the first slash away
    else if (rooted) return -1;
    while (box >= 0 && at < end) {
        const char *slash = memchr(at, '/', (size_t)(end - at)), *stop = slash ? slash : end;
        if (stop == at || stop - at > ENL_MAX_LABEL) return -1;
        memcpy(part, at, (size_t)(stop - at));
        part[stop - at] = '\0';
        bool first = box == 0;
        box = enl_jumbf_child(jumbf, box, part);
        if (first && box >= 0) *ret_outside = box != manifest;
        at = slash ? stop + 1 : end;
    }
    return box;
}

void enl_jumbf_uri(const struct enl_jumbf *jumbf, int box, char *ret_uri, size_t size) {
    int way[ENL_MAX_JUMBF_DEPTH + 1], count = 0;
    for (int i = box; i >= 0 && count <= ENL_MAX_JUMBF_DEPTH; i = jumbf->list[i].parent) way[count++] = i;
    int n = snprintf(ret_uri, size, SELF);
    while (count-- > 0 && n >= 0 && (size_t)n < size)
        n += snprintf(ret_uri + n, size - (size_t)n, "/%s", jumbf->list[way[count]].label);
}

size_t enl_jumbf_begin(struct enl_bytes *to, const char *type, const char *label, const uint8_t *salt) {
    size_t box = enl_bytes_box(to, "jumb"), description = enl_bytes_box(to, "jumd");
    if (!strcmp(type, ENL_JUMBF_FILE)) {
        enl_bytes_put(to, file_type, sizeof file_type);
    } else {
        enl_bytes_put(to, type, 4);
        enl_bytes_put(to, type_rest, sizeof type_rest);
    }
    enl_bytes_number(to, salt ? 0x13 : 0x03, 1);
    enl_bytes_put(to, label, strlen(label) + 1);
    if (salt) {
        size_t salted = enl_bytes_box(to, "c2sh");
        enl_bytes_put(to, salt, 16);
        enl_bytes_box_end(to, salted);
    }
    enl_bytes_box_end(to, description);
    return box;
}

void enl_jumbf_end(struct enl_bytes *to, size_t begun) {
    enl_bytes_box_end(to, begun);
}
