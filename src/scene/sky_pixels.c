// SPDX-License-Identifier: MIT
// From regions to pixels: where exactly the sky ends.
#include "scene/sky.h"

#define BAND 20 // pixels of the view around the coarse border where single pixels are decided by their colour

// Pixels near the border choose for themselves by colour; in smooth regions the region's word weighs more, so that a
// white wall stays a wall, in textured ones (leaves) less.
struct enl_plane *enl_sky_pixels(const struct enl_view *view, const uint8_t *sky_regions,
                                 const struct enl_sky_line *line, struct enl_error *error) {
    const struct enl_regions *regions = view->regions;
    float *values = enl_alloc((size_t)regions->count, sizeof *values, error);
    if (!values) {
        return NULL;
    }
    struct enl_colours sky, ground;
    enl_colours_fit(&sky, 5, regions, sky_regions, 1);
    enl_colours_fit(&ground, 8, regions, sky_regions, 0);
    for (int i = 0; i < regions->count; i++) {
        float firm = sky_regions[i] ? 3 : 1.2f + 3.5f * (1 - enl_smoothstep(3, 9, regions->list[i].texture));
        values[i] = sky_regions[i] ? firm : -firm;
    }
    struct enl_plane *plane = enl_regions_paint(view, values, error);
    enl_release(values);
    struct enl_plane *inside = plane ? enl_plane_distance(plane, 0, BAND, error) : NULL;
    size_t pixels = plane ? (size_t)plane->width * (size_t)plane->height : 0;
    for (size_t i = 0; inside && i < pixels; i++) {
        plane->data[i] = -plane->data[i];
    }
    struct enl_plane *outside = inside ? enl_plane_distance(plane, 0, BAND, error) : NULL;
    for (size_t i = 0; outside && i < pixels; i++) {
        float prior = -plane->data[i];
        float away = prior > 0 ? inside->data[i] : outside->data[i];
        float logit = prior;
        float foot = enl_mixf(line->left, line->right, (float)(i % (size_t)plane->width) / (float)plane->width);
        if (line->there && (float)(i / (size_t)plane->width) > foot * (float)plane->height / (float)regions->height) {
            plane->data[i] = 0;
            continue;
        }
        if (away < BAND) {
            float l = view->light->data[i], a = view->a->data[i], b = view->b->data[i];
            float evidence = enl_colours_energy(&ground, l, a, b) - enl_colours_energy(&sky, l, a, b);
            logit += enl_clampf(evidence, -5, 5) * (1 - away / BAND * .5f);
        }
        plane->data[i] = 1 / (1 + expf(-1.5f * logit));
    }
    bool fine = outside && enl_guided(plane, view->picture, 3, 5e-4f, error);
    enl_plane_free(&inside);
    enl_plane_free(&outside);
    if (!fine) {
        enl_plane_free(&plane);
    }
    return plane;
}
