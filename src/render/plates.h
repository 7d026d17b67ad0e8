// SPDX-License-Identifier: MIT
// Which plates a story needs, and what lies behind each of them.
#ifndef ENL_PLATES_H
#define ENL_PLATES_H

#include "motion/motion.h"
#include "render/plate.h"

struct enl_plates {
    struct enl_plate *near;   // the photo with the person's matte; NULL when no person with an outline moves
    struct enl_plate *middle; // the photo without persons (where they move), with the sky's matte
    struct enl_plate *far;    // the sky without anything before it; NULL when it does not move
    struct enl_plate *middle_coarse, *far_coarse; // for blending two phases; NULL when nobody does
    uint8_t *person, *sky; // enl_plate_kinds of near and of middle, beside which the sky moves; NULL as these are
};

// False with `error` filled when memory runs out. Free with enl_plates_free also then.
bool enl_plates_make(struct enl_plates *plates, const struct enl_stage *stage, bool sky_moves, bool person_moves,
                     bool two_phases, struct enl_error *error);
void enl_plates_free(struct enl_plates *plates);

#endif
