// SPDX-License-Identifier: MIT
// Signs of water: each says where a surface of water begins, on its own evidence; water.c grows the surface from there.
#ifndef ENL_SCENE_WATER_H
#define ENL_SCENE_WATER_H

#include "scene/features.h"

// A level line at whose foot water lies. All in pixels of the region map.
struct enl_water_sign {
    float sure;       // 0: not seen; from .4 on it may move
    int row;          // of the line
    int left, right;  // what it spans, inclusive
    int depth;        // how far down the sign itself reaches
    bool mirror;      // each row under the line shows the one as far over it
    enum enl_water_kind kind;
};

// A level shore, dark over light, under which the glow of the sky lies mirrored: column by column in the sky's colours.
bool enl_water_shore(const struct enl_view *view, struct enl_water_sign *ret_sign, struct enl_error *error);
// Still water that mirrors what stands on its far shore line by line.
bool enl_water_mirror(const struct enl_view *view, struct enl_water_sign *ret_sign, struct enl_error *error);

// How surely the water's foot lies on a beach, into the scene; after all else was found.
void enl_find_beach(struct enl_view *view);

// Marks the regions of the surface that begins at the sign. water[count] of the region map, zeroed by the caller.
void enl_water_grow(const struct enl_regions *regions, const struct enl_water_sign *sign, const uint8_t *closed,
                    struct enl_contact *contacts, uint8_t *water);

#endif
