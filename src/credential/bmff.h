// SPDX-License-Identifier: MIT
// Boxes of the ISO base media file format (ISO 14496-12): MP4, MOV, M4A, HEIC, AVIF.
#ifndef ENL_CREDENTIAL_BMFF_H
#define ENL_CREDENTIAL_BMFF_H

#include "credential/container.h"

struct enl_bmff_box {
    uint64_t at, size; // with its head; a size beyond the end of the file is cut there
    uint32_t head;     // bytes before its content: 8, 16, and 16 more of a uuid
    char type[5];
    uint8_t uuid[16]; // of a box "uuid"
};
// The box at `*at`, which moves on. False at `end`, or where no box can begin.
bool enl_bmff_next(const struct enl_source *source, uint64_t *at, uint64_t end, struct enl_bmff_box *ret_box);

extern const uint8_t enl_bmff_c2pa[16]; // the uuid of boxes that hold credentials
// What a C2PA box is for ("manifest", "merkle" ...) and where its content begins (from the box's start). False: it is
// no such box.
bool enl_bmff_purpose(const struct enl_source *source, const struct enl_bmff_box *box, char ret_purpose[16],
                      uint32_t *ret_content);

#define ENL_BMFF_BEFORE_STORE 45 // bytes of a C2PA box before the store, written our way

// Moves by `by` every place in the file that stands in a moov, meta, moof or mfra box, in `bytes`. `*ret_changed`: one
// was moved. False with `error`: a place would not fit in its field.
bool enl_bmff_shift(uint8_t *bytes, size_t size, uint64_t by, bool *ret_changed, struct enl_error *error);

// The boxes that an xpath ("/moov/trak[2]/udta") names. `*left`: how many boxes may still be looked at on the way.
bool enl_bmff_path(const struct enl_source *source, const char *path, int *left, struct enl_bmff_box **ret_boxes,
                   int *ret_count, struct enl_error *error);

#endif
