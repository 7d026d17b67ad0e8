// SPDX-License-Identifier: MIT
// Straight edges: what people built is full of them, leaves have hardly any.
#include "scene/plants.h"

#define FAINTEST 2.f // change of L* a pixel of the region map from which an edge is followed
#define REACH 5      // pixels of the region map to either side over which it must go on
#define WINDOW 10    // radius over which the share of straight edges is taken, pixels of the region map

// Change of L* a pixel, across and down.
static void slope(const struct enl_regions *regions, int x, int y, float *ret_x, float *ret_y) {
    const float *at = regions->light->data + y * regions->width + x;
    *ret_x = .5f * (at[1] - at[-1]);
    *ret_y = .5f * (at[regions->width] - at[-regions->width]);
}

// Whether the edge at x, y goes on straight and alike to both sides.
static bool is_straight(const struct enl_regions *regions, int x, int y, float gx, float gy, float size) {
    float along_x = -gy / size, along_y = gx / size;
    for (int i = 1; i <= 2 * REACH; i++) {
        float t = (float)(i <= REACH ? i : REACH - i);
        int u = x + (int)lrintf(t * along_x), v = y + (int)lrintf(t * along_y);
        if (u < 1 || v < 1 || u + 1 >= regions->width || v + 1 >= regions->height) {
            return false;
        }
        float hx, hy;
        slope(regions, u, v, &hx, &hy);
        float there = sqrtf(hx * hx + hy * hy);
        if (there < .4f * size || gx * hx + gy * hy < .94f * size * there) {
            return false;
        }
    }
    return true;
}

struct enl_plane *enl_plants_lines(const struct enl_view *view, struct enl_error *error) {
    const struct enl_regions *regions = view->regions;
    int width = regions->width, height = regions->height;
    struct enl_plane *lines = enl_plane_new(width, height, error);
    struct enl_plane *edges = lines ? enl_plane_new(width, height, error) : NULL;
    for (int y = 1; edges && y + 1 < height; y++) {
        for (int x = 1; x + 1 < width; x++) {
            float gx, gy;
            slope(regions, x, y, &gx, &gy);
            float size = sqrtf(gx * gx + gy * gy);
            edges->data[y * width + x] = size;
            lines->data[y * width + x] = size > FAINTEST && is_straight(regions, x, y, gx, gy, size) ? size : 0;
        }
    }
    bool fine = edges && enl_plane_box(lines, WINDOW, error) && enl_plane_box(edges, WINDOW, error);
    for (int p = 0; fine && p < width * height; p++) {
        lines->data[p] /= edges->data[p] + .3f;
    }
    struct enl_plane *wide = fine ? enl_plane_resize(lines, view->picture->width, view->picture->height, error) : NULL;
    enl_plane_free(&lines);
    enl_plane_free(&edges);
    return wide;
}
