// SPDX-License-Identifier: MIT
// 255 colours for a whole film: those of its first frame, since nothing but the photo's own pixels moves in it. The
// pattern that mixes them stands still, so that what stands still in the film does in the file.
#ifndef ENL_MOVIE_PALETTE_H
#define ENL_MOVIE_PALETTE_H

#include "base/base.h"

#define ENL_PALETTE_COLOURS 255 // one is left for "as before"

struct enl_palette {
    uint8_t colours[3 * ENL_PALETTE_COLOURS];
    int count;
    uint8_t *nearest; // of 64 x 64 x 64 colours, as they are asked for; owned
};

bool enl_palette_make(struct enl_palette *palette, const uint8_t *rgb, size_t pixels, struct enl_error *error);
void enl_palette_free(struct enl_palette *palette);
// The colour for what is at (x, y).
int enl_palette_index(const struct enl_palette *palette, const uint8_t rgb[3], int x, int y);

#endif
