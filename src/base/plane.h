// SPDX-License-Identifier: MIT
// Planes: one float a pixel, for masks and fields while they are being worked on.
#ifndef ENL_PLANE_H
#define ENL_PLANE_H

#include "base/base.h"

#include <enliven/picture.h>

struct enl_plane {
    int width, height;
    float data[]; // height * width, the top row first
};

// Zeroed; NULL with `error` filled when memory runs out. Free with enl_plane_free.
struct enl_plane *enl_plane_new(int width, int height, struct enl_error *error);
void enl_plane_free(struct enl_plane **plane); // sets NULL; NULL is legal

struct enl_plane *enl_plane_from_mask(const struct enl_picture *mask, struct enl_error *error); // 0..255 -> 0..1
struct enl_picture *enl_plane_to_mask(const struct enl_plane *plane, struct enl_error *error);  // 0..1 -> 0..255

// Bilinear at pixel centres, edges repeated.
float enl_plane_at(const struct enl_plane *plane, float x, float y);
// Resampled: area-averaged where it shrinks, bilinear where it grows.
struct enl_plane *enl_plane_resize(const struct enl_plane *source, int width, int height, struct enl_error *error);

// Three box passes of this radius, about a Gaussian of sigma = radius; edges repeated. In place. False: no memory.
bool enl_plane_blur(struct enl_plane *plane, int radius, struct enl_error *error);
// One box pass; the mean over the part of the window that lies inside. In place. False: no memory.
bool enl_plane_box(struct enl_plane *plane, int radius, struct enl_error *error);
// Distance in pixels to the nearest pixel whose value is < level (0 there), at most `limit` (two-pass chamfer).
struct enl_plane *enl_plane_distance(const struct enl_plane *plane, float level, float limit, struct enl_error *error);

#endif
