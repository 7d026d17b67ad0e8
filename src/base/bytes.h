// SPDX-License-Identifier: MIT
// Bytes that grow, big-endian, with boxes in boxes: for heads of files that no library writes for us.
#ifndef ENL_BYTES_H
#define ENL_BYTES_H

#include "base/base.h"

struct enl_bytes { // zeroed is empty
    uint8_t *data;
    size_t size, room;
    bool failed; // memory ran out; nothing more is taken
};

void enl_bytes_put(struct enl_bytes *bytes, const void *data, size_t size); // NULL: zeros
void enl_bytes_number(struct enl_bytes *bytes, uint64_t value, int size);   // `size` bytes, the highest first
void enl_bytes_text(struct enl_bytes *bytes, const char *text);             // without its end
void enl_bytes_set(struct enl_bytes *bytes, size_t at, uint64_t value, int size);
// A box: its size, its four letters, what is put until the end. ISO 14496-12 section 4.2.
size_t enl_bytes_box(struct enl_bytes *bytes, const char *type);
void enl_bytes_box_end(struct enl_bytes *bytes, size_t box);
bool enl_bytes_good(const struct enl_bytes *bytes, struct enl_error *error);
void enl_bytes_free(struct enl_bytes *bytes);

uint64_t enl_bytes_get(const uint8_t *from, int size); // the highest first

#endif
