// SPDX-License-Identifier: MIT
// Linear light, 0..1, of each 8-bit sRGB value (IEC 61966-2-1).
#ifndef ENL_SRGB_H
#define ENL_SRGB_H

extern const float enl_linear_of_srgb[256];

#endif
