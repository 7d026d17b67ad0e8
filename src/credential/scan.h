// SPDX-License-Identifier: MIT
// What the containers that are lists of segments, chunks or blocks have in common: a look at the bytes, the list, what
// is found in it, and the list written again. Each of them splits a file into parts, from its first byte to its last;
// those that hold the manifest store are named ENL_PART_STORE, and what belongs to no part has the name "".
#ifndef ENL_CREDENTIAL_SCAN_H
#define ENL_CREDENTIAL_SCAN_H

#include "credential/container.h"

#define ENL_WINDOW 16384
#define ENL_PART_STORE "C2PA"

// A look at a stranger's file: reads blocks, so that a step of a few bytes costs nothing. Zeroed but for `source`.
struct enl_window {
    const struct enl_source *source;
    uint64_t at; // where `bytes` begin
    size_t size;
    bool failed; // reading failed: what looked like the end was none
    uint8_t bytes[ENL_WINDOW];
};
// `size` bytes (up to ENL_WINDOW) from `at` on, good until the next look. NULL: the file ends before.
const uint8_t *enl_window_look(struct enl_window *window, uint64_t at, size_t size);
// What is at hand from `at` on, at least one byte. NULL: the file ends there.
const uint8_t *enl_window_some(struct enl_window *window, uint64_t at, size_t *ret_size);

bool enl_parts_add(struct enl_parts *parts, const char *name, uint64_t at, uint64_t size, struct enl_error *error);
bool enl_part_is(const struct enl_part *part, const char *name);
void enl_parts_free(struct enl_parts *parts);

// How a container sees a file. `*ret_whole`: it was as it should be up to its end; else what could not be understood
// is the last part, named "". False with `error` where the file can't be read or has too many parts.
typedef bool enl_split(const struct enl_source *source, struct enl_parts *parts, bool *ret_whole,
                       struct enl_error *error);
// The parts, for c2pa.hash.boxes: those of the store that lie beside each other as one. A broken file has none.
bool enl_split_whole(enl_split *split, const struct enl_source *source, struct enl_parts *ret_parts,
                     struct enl_error *error);

// The store as one stretch of the file: `data` within `region`. A second one is an error.
bool enl_found_store(struct enl_found *found, const struct enl_source *source, struct enl_region region,
                     struct enl_region data, struct enl_error *error);
bool enl_found_second(struct enl_error *error); // says so; false
// Looks for the address of a remote manifest in the XMP at `xmp`, unless there is one already.
bool enl_found_xmp(struct enl_found *found, const struct enl_source *source, struct enl_region xmp,
                   struct enl_error *error);

// Copies all parts but those of the store, from `first` up to `end`.
void enl_layout_parts(struct enl_layout *layout, const struct enl_parts *parts, int first, int end);
// Whether there was memory for all of it; frees the layout where not.
bool enl_layout_good(struct enl_layout *layout, struct enl_error *error);
bool enl_store_fits(size_t size, struct enl_error *error); // whether a store may be so large

uint64_t enl_get_little(const uint8_t *from, int size); // a number, the lowest byte first

#endif
