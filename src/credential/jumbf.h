// SPDX-License-Identifier: MIT
// JUMBF (ISO 19566-5): boxes in boxes with labels, as C2PA 2.4 section 11 uses them. Read in place.
#ifndef ENL_CREDENTIAL_JUMBF_H
#define ENL_CREDENTIAL_JUMBF_H

#include "base/bytes.h"

// What a superbox is: the first four letters of its type, the rest is -0011-0010-8000-00AA00389B71 but for a file's.
#define ENL_JUMBF_STORE "c2pa"
#define ENL_JUMBF_MANIFEST "c2ma"
#define ENL_JUMBF_OLD_MANIFEST "c2md"
#define ENL_JUMBF_UPDATE "c2um"
#define ENL_JUMBF_COMPRESSED "c2cm"
#define ENL_JUMBF_ASSERTIONS "c2as"
#define ENL_JUMBF_CLAIM "c2cl"
#define ENL_JUMBF_SIGNATURE "c2cs"
#define ENL_JUMBF_CREDENTIALS "c2vc"
#define ENL_JUMBF_DATABOXES "c2db"
#define ENL_JUMBF_CBOR "cbor"
#define ENL_JUMBF_JSON "json"
#define ENL_JUMBF_FILE "file" // stands for 40CB0C32-BB8A-489D-A70B-2AD6F47F4369
#define ENL_JUMBF_UUID "uuid"

struct enl_jumbf_box {          // a superbox
    char type[5];               // "c2ma" ...; "????" where it is none that we know
    char *label;                // owned
    const uint8_t *start, *end; // with its head
    const uint8_t *inside;      // after its head: what hashes cover (C2PA 2.4 section 8.4.2.3)
    int parent, child, next;    // places in the list; -1: none
    char content[5];            // the first box in it after its description that is no superbox: "cbor", "bfdb" ...
    const uint8_t *data;        // of that box; NULL: there is none
    size_t data_size;
    const uint8_t *file; // of the "bidb" that follows a "bfdb"; NULL: there is none
    size_t file_size;
};
struct enl_jumbf { // zeroed is empty; borrows the bytes
    struct enl_jumbf_box *list;
    int count, room;
    int held_count;
    size_t held_size;
    uint8_t *held[8]; // unpacked manifests; owned
};

// Reads a whole store. False with `error` (ENL_BAD_PHOTO): broken, beyond the limits, a label that is missing where it
// must be, has letters that a URI could not name, or stands twice beside itself. What follows the store is not looked
// at. Compressed manifests (brotli) are unpacked in their places.
bool enl_jumbf_open(const uint8_t *bytes, size_t size, struct enl_jumbf *ret_jumbf, struct enl_error *error);
void enl_jumbf_free(struct enl_jumbf *jumbf);

bool enl_jumbf_is(const struct enl_jumbf *jumbf, int box, const char *type);
int enl_jumbf_child(const struct enl_jumbf *jumbf, int box, const char *label);   // -1: none
int enl_jumbf_child_of(const struct enl_jumbf *jumbf, int box, const char *type); // the first of a type; -1: none
// The box that a URI ("self#jumbf=/c2pa/MANIFEST/..." or, from a manifest, "self#jumbf=c2pa.assertions/...") names.
// -1: none, or no URI of this kind. `*ret_outside`: it names a box of another manifest than `manifest`.
int enl_jumbf_find(const struct enl_jumbf *jumbf, int manifest, const char *uri, size_t size, bool *ret_outside);
// "self#jumbf=/c2pa/MANIFEST/..."; cut where it does not fit.
void enl_jumbf_uri(const struct enl_jumbf *jumbf, int box, char *ret_uri, size_t size);

// Writing: a superbox with its description. `salt` of 16 bytes; NULL: without. What is put until the end is in it.
size_t enl_jumbf_begin(struct enl_bytes *to, const char *type, const char *label, const uint8_t *salt);
void enl_jumbf_end(struct enl_bytes *to, size_t begun);

#endif
