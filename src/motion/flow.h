// SPDX-License-Identifier: MIT
// What runs along: two phases, half a period apart, take turns carrying the picture, so that nothing stretches for
// long.
#ifndef ENL_MOTION_FLOW_H
#define ENL_MOTION_FLOW_H

#include "base/plane.h"
#include "motion/motion.h"

struct enl_flow;

// `velocity` of every node in pixels a second, 0 where nothing runs; copied. `period` in seconds.
struct enl_flow *enl_flow_new(const struct enl_stage *stage, const struct enl_field *field, const float (*velocity)[2],
                              double period, double start, uint64_t seed, struct enl_error *error);
// A motion that is nothing but a flow has these for its own.
void enl_flow_displace(const void *flow, double t, struct enl_field *field, int first, int last);
void enl_flow_release(void *flow); // NULL is legal

#endif
