// SPDX-License-Identifier: MIT
// What must stay as it is: displacements come to rest there, whoever made them.
#ifndef ENL_FREEZE_H
#define ENL_FREEZE_H

#include "motion/motion.h"
#include "render/kernel.h"

struct enl_freeze;

// From the stage's freeze mask, which is borrowed. NULL without memory.
struct enl_freeze *enl_freeze_new(const struct enl_stage *stage, struct enl_error *error);
void enl_freeze_free(struct enl_freeze **freeze); // sets NULL; NULL is legal

// Brings the nodes of rows [first, last) to rest; NULL is legal and does nothing. Not the camera's, which moves all,
// nor the sky's: its matte is 0 where it must stay, and what stands before it is filled behind.
void enl_freeze_hold(const struct enl_freeze *freeze, enum enl_layer layer, struct enl_field *field, int first,
                     int last);
// Puts itself before the frame's bends, so that no pixel that must stay is bent. NULL is legal.
void enl_freeze_bends(struct enl_freeze *freeze, struct enl_kernel_frame *frame);

#endif
