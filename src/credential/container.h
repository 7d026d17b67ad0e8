// SPDX-License-Identifier: MIT
// Files that hold credentials. One file a container, one line in the registry (container.c).
#ifndef ENL_CREDENTIAL_CONTAINER_H
#define ENL_CREDENTIAL_CONTAINER_H

#include "base/bytes.h"

#include <enliven/credential.h>

struct enl_region { // bytes of a file
    uint64_t at, size;
};

// What a file keeps of credentials.
struct enl_found {
    uint8_t *store; // the manifest store, put together; owned; NULL: none
    size_t store_size;
    struct enl_region *regions; // whole segments, chunks or boxes that hold it, in order; owned
    int region_count;
    char *remote; // where XMP says that a manifest is (dcterms:provenance); owned; NULL: it says nothing
};
void enl_found_free(struct enl_found *found);
bool enl_found_region(struct enl_found *found, uint64_t at, uint64_t size, struct enl_error *error); // adds one

// A file to be written, piece by piece.
enum enl_piece_kind {
    ENL_PIECE_COPY,  // bytes of the source from `from` on
    ENL_PIECE_BYTES, // `bytes`, known from the beginning
    ENL_PIECE_LATE,  // `bytes`, known when the store is (a checksum over it): `seal` fills them
    ENL_PIECE_STORE, // bytes of the manifest store from `from` on
};
struct enl_piece {
    enum enl_piece_kind kind;
    uint64_t at; // in the file that is written
    uint64_t from, size;
    uint8_t *bytes; // owned
};
struct enl_layout { // zeroed is empty
    struct enl_piece *pieces;
    int count, room;
    uint64_t size; // of the file
    bool failed;   // memory ran out
    // What is made of the pieces LATE and STORE and what frames them: hashed by no hard binding of data. One region.
    struct enl_region credential;
};
void enl_layout_copy(struct enl_layout *layout, uint64_t from, uint64_t size); // joins what follows on
void enl_layout_bytes(struct enl_layout *layout, enum enl_piece_kind kind, const void *bytes, size_t size);
void enl_layout_store(struct enl_layout *layout, uint64_t from, uint64_t size);
void enl_layout_free(struct enl_layout *layout);
// The laid out file as bytes to read: STORE and LATE pieces read as zeros until `store` is given. Borrows all three.
struct enl_laid {
    const struct enl_layout *layout;
    const struct enl_source *source;
    const uint8_t *store;
};
struct enl_source enl_laid_source(struct enl_laid *laid);

// One name of c2pa.hash.boxes: a segment or chunk.
struct enl_part {
    char name[16];
    uint64_t at, size;
};
struct enl_parts { // zeroed is empty
    struct enl_part *list;
    int count, room;
};

struct enl_container {
    const char *name;       // "JPEG"
    const char *endings[8]; // ends with NULL
    bool bmff;              // bound by c2pa.hash.bmff, not by c2pa.hash.data
    // The MIME type of a file that begins so (up to 64 bytes), NULL: it is of another kind.
    const char *(*type)(const uint8_t *head, size_t size);
    // What it holds. Lenient: broken ends are not its business. False with `error` (ENL_BAD_PHOTO) where the file is so
    // broken that nothing can be said, or it holds two stores; ENL_IO where it can't be read.
    bool (*find)(const struct enl_source *source, struct enl_found *ret_found, struct enl_error *error);
    // The file with a store of `size` bytes in the place of those it has; 0: without any. NULL: it is only read.
    bool (*lay)(const struct enl_source *source, size_t size, struct enl_layout *ret_layout, struct enl_error *error);
    // Fills LATE pieces. NULL: there are none.
    void (*seal)(struct enl_layout *layout, const uint8_t *store);
    // Its parts by the names of C2PA 2.4 section 18.8 (c2pa.hash.boxes), from the first byte to the last, the store's
    // own named "C2PA". NULL: has none.
    bool (*parts)(const struct enl_source *source, struct enl_parts *ret_parts, struct enl_error *error);
};

extern const struct enl_container *const enl_containers[]; // ends with NULL
// By the first bytes; NULL with `error` (ENL_BAD_PHOTO): none that we know. `*ret_type` its MIME type.
const struct enl_container *enl_container_of(const struct enl_source *source, const char **ret_type,
                                             struct enl_error *error);

// All of `size` bytes, or false with `error`: ENL_IO, or ENL_BAD_PHOTO where the file ends before.
bool enl_source_read(const struct enl_source *source, uint64_t at, void *ret_bytes, size_t size,
                     struct enl_error *error);
// The same as new bytes, released with enl_release; at most `most`.
uint8_t *enl_source_bytes(const struct enl_source *source, uint64_t at, uint64_t size, size_t most,
                          struct enl_error *error);
// The address of a remote manifest in an XMP packet: dcterms:provenance as attribute or element, entities resolved.
// NULL: none, or memory ran out. Released with enl_release.
char *enl_xmp_provenance(const char *xmp, size_t size);

#endif
