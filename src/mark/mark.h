// SPDX-License-Identifier: MIT
// Marks: what tells people and machines that a video was made by a machine. Whether there is a label, what it says and
// how large it is, is decided here and nowhere else; nothing switches it off.
#ifndef ENL_MARK_H
#define ENL_MARK_H

#include "base/base.h"

#include <enliven/picture.h>

struct enl_label; // the visible one, ready to be drawn

// `picture` is the first frame; `faces` are boxes (x, y, width, height in its pixels) that the label keeps clear of.
// NULL with `error` filled when memory runs out or no font can be found. Free with enl_label_free.
struct enl_label *enl_label_new(const char *text, const struct enl_picture *picture, const float (*faces)[4],
                                int face_count, struct enl_error *error);
void enl_label_free(struct enl_label **label);

// Draws it into an 8-bit 4:2:0 frame. In every frame: so that no cut and no screenshot loses it.
void enl_label_draw(const struct enl_label *label, uint8_t *const planes[3], const int strides[3]);

// Where it stands: x, y, width, height of its ink, pixels.
void enl_label_box(const struct enl_label *label, int ret_box[4]);

// The file's own words about itself. `source_type` is the last part of an IPTC digital source type; `id` names this
// video. Strings to be released with enl_release; NULL with `error` filled when memory runs out.
char *enl_mark_xmp(const char *source_type, const char *id, const char *description, struct enl_error *error);
char *enl_mark_aigc(const char *id, struct enl_error *error);
// An XMP packet with one more rdf:Description, and with what pictures hold of AIGC.
char *enl_mark_xmp_with(const char *xmp, const char *description, struct enl_error *error);
char *enl_mark_xmp_with_aigc(const char *xmp, const char *aigc, struct enl_error *error);

#endif
