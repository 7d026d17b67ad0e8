// SPDX-License-Identifier: MIT
// Features: what the finders measure. Regions that belong together, and smoothing that respects edges.
#ifndef ENL_SCENE_FEATURES_H
#define ENL_SCENE_FEATURES_H

#include "scene/view.h"

// A group of neighbouring pixels of one colour. Lengths and positions are in pixels of the region map.
struct enl_region {
    int area;
    int left, top, right, bottom; // box, inclusive
    float x, y;                   // centre
    float light, a, b;            // mean CIE L*a*b*
    float spread;                 // deviation of L*
    float texture;                // mean local deviation of L*
    float edge;                   // mean gradient magnitude
    float across, down;           // mean squared change of L* to the right and downwards
    int at_top, at_side;          // pixels on the picture's top row; on its left and right column
};

struct enl_regions {
    int width, height, count;
    struct enl_region *list;
    int *label;              // of each pixel, 0..count-1
    struct enl_plane *light, *a, *b, *texture, *edge; // the view's planes at this size
};

// How a region touches those regions that are marked, counted in pairs of pixels three apart.
struct enl_contact {
    int length;            // pairs shared with marked regions
    int whole;             // pairs shared with any region
    int above, below;      // of `length`: the marked one lies above, below
    float contrast;        // mean colour difference over `length`
    float step;            // mean of L* there less L* here over `length`
};

// Groups the pixels after Felzenszwalb and Huttenlocher, "Efficient Graph-Based Image Segmentation", 2004.
// Long side of the map at most 320. NULL with `error` filled when memory runs out.
struct enl_regions *enl_regions_new(const struct enl_view *view, struct enl_error *error);
void enl_regions_free(struct enl_regions **regions);

// Fills ret_contacts[count] for every region against those with marked[i] != 0 (itself excepted).
void enl_regions_contact(const struct enl_regions *regions, const uint8_t *marked, struct enl_contact *ret_contacts);

// A plane of the view's size from a value a region, without smoothing. NULL: no memory.
struct enl_plane *enl_regions_paint(const struct enl_view *view, const float *values, struct enl_error *error);

// A straight, nearly level line that runs with the same step in colour through what is claimed[width * height] (of the
// region map), as where sea and sky were taken for one. Rows at the left and the right side, of the region map.
bool enl_horizon_through(const struct enl_regions *regions, const uint8_t *claimed, float *ret_left,
                         float *ret_right);

// A handful of colours with their spreads: a mixture of Gaussians along the axes of CIE L*a*b*.
#define ENL_MAX_COLOURS 8
struct enl_colours {
    int count;
    float mean[ENL_MAX_COLOURS][3], inverse[ENL_MAX_COLOURS][3]; // inverse: 1 / variance
    float cost[ENL_MAX_COLOURS];                                 // -log(weight / deviation volume)
};
// Fits them to the pixels of the regions with marked[i] == value (k-means, then the moments of each cluster).
void enl_colours_fit(struct enl_colours *ret_colours, int count, const struct enl_regions *regions,
                     const uint8_t *marked, uint8_t value);
// -log likelihood of the nearest component; large when there are none.
float enl_colours_energy(const struct enl_colours *colours, float light, float a, float b);

// The guided filter with a colour guide (He, Sun and Tang, "Guided Image Filtering", 2013, eq. 19-21).
// `guide` has the plane's size. In place; the result is clamped to 0..1. False: no memory.
bool enl_guided(struct enl_plane *plane, const struct enl_picture *guide, int radius, float epsilon,
                struct enl_error *error);

// The filter's linear coefficients instead of its result: plane = r*R + g*G + b*B + offset, colours in 0..1.
struct enl_guided_fit {
    struct enl_plane *r, *g, *b, *offset;
};
bool enl_guided_fit_new(struct enl_guided_fit *ret_fit, const struct enl_plane *plane, const struct enl_picture *guide,
                        int radius, float epsilon, struct enl_error *error);
void enl_guided_fit_free(struct enl_guided_fit *fit);

#endif
