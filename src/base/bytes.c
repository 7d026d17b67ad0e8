// SPDX-License-Identifier: MIT
#include "base/bytes.h"

#include <string.h>

static bool make_room(struct enl_bytes *bytes, size_t size) {
    if (bytes->failed || bytes->room - bytes->size >= size) return !bytes->failed;
    size_t room = 2 * bytes->room + size + 256;
    uint8_t *more = enl_alloc(room, 1, NULL);
    bytes->failed = !more;
    if (!more) return false;
    if (bytes->size) memcpy(more, bytes->data, bytes->size);
    enl_release(bytes->data);
    bytes->data = more;
    bytes->room = room;
    return true;
}

void enl_bytes_put(struct enl_bytes *bytes, const void *data, size_t size) {
    if (size == 0 || !make_room(bytes, size)) return;
    if (data) memcpy(bytes->data + bytes->size, data, size);
    else memset(bytes->data + bytes->size, 0, size);
    bytes->size += size;
}

void enl_bytes_number(struct enl_bytes *bytes, uint64_t value, int size) {
    uint8_t number[8];
    for (int i = 0; i < size; i++) number[i] = (uint8_t)(value >> 8 * (size - 1 - i));
    enl_bytes_put(bytes, number, (size_t)size);
}

void enl_bytes_text(struct enl_bytes *bytes, const char *text) {
    enl_bytes_put(bytes, text, strlen(text));
}

void enl_bytes_set(struct enl_bytes *bytes, size_t at, uint64_t value, int size) {
    for (int i = 0; !bytes->failed && i < size; i++)
        bytes->data[at + (size_t)i] = (uint8_t)(value >> 8 * (size - 1 - i));
}

size_t enl_bytes_box(struct enl_bytes *bytes, const char *type) {
    size_t at = bytes->size;
    enl_bytes_number(bytes, 0, 4);
    enl_bytes_put(bytes, type, 4);
    return at;
}

void enl_bytes_box_end(struct enl_bytes *bytes, size_t box) {
    enl_bytes_set(bytes, box, bytes->size - box, 4);
}

bool enl_bytes_good(const struct enl_bytes *bytes, struct enl_error *error) {
    return !bytes->failed || enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the video's metadata.");
}

void enl_bytes_free(struct enl_bytes *bytes) {
    enl_release(bytes->data);
    *bytes = (struct enl_bytes){0};
}

uint64_t enl_bytes_get(const uint8_t *from, int size) {
    uint64_t value = 0;
    for (int i = 0; i < size; i++) value = value << 8 | from[i];
    return value;
}
