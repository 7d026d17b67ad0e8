// SPDX-License-Identifier: MIT
// Marks: what tells people and machines that a video was made by a machine. Whether there is a label, what it says and
// how large it is, is decided here and nowhere else; nothing switches it off.
#ifndef ENL_MARK_H
#define ENL_MARK_H

#include "base/base.h"

#include <enliven/picture.h>

// Fonts of the label, the first that has a letter: Chinese and Japanese are in the second (tools/install-deps.sh).
#define ENL_LABEL_FONT "Lato Light, Droid Sans Fallback, Noto Sans Light, DejaVu Sans"

struct enl_label; // the visible one, ready to be drawn

// `picture` is the first frame; `faces` are boxes (x, y, width, height in its pixels) that the label keeps clear of;
// `moving`, of the picture's size, is what it would rather not stand on (NULL: nothing moves).
// NULL with `error` filled when memory runs out or no font can be found. Free with enl_label_free.
struct enl_label *enl_label_new(const char *text, const struct enl_picture *picture, const float (*faces)[4],
                                int face_count, const struct enl_picture *moving, struct enl_error *error);
void enl_label_free(struct enl_label **label);

// Draws it into an 8-bit 4:2:0 frame. In every frame: so that no cut and no screenshot loses it. `strength` 0: a
// contrast of 3 : 1, for a frame that is to be the photo; up to 1: 5 : 1 and fuller letters.
void enl_label_draw(const struct enl_label *label, float strength, uint8_t *const planes[3], const int strides[3]);

// Where it stands: x, y, width, height of its ink, pixels.
void enl_label_box(const struct enl_label *label, int ret_box[4]);

// The file's own words about itself. `source_type` is the last part of an IPTC digital source type; `id` names this
// video. Strings to be released with enl_release; NULL with `error` filled when memory runs out.
char *enl_mark_aigc(const char *id, struct enl_error *error);
char *enl_mark_xmp(const char *source_type, const char *id, const char *description, const char *aigc,
                   struct enl_error *error);
// An XMP packet with one more rdf:Description.
char *enl_mark_xmp_with(const char *xmp, const char *description, struct enl_error *error);

#endif
