// SPDX-License-Identifier: MIT
// What the finders look at: one small picture, prepared once, and what was found so far.
#ifndef ENL_SCENE_VIEW_H
#define ENL_SCENE_VIEW_H

#include "base/plane.h"

#include <enliven/scene.h>

struct enl_regions;

struct enl_view {
    const struct enl_picture *picture; // sRGB, long side at most 640
    struct enl_plane *found[ENL_ELEMENTS]; // 0..1, NULL: not looked for yet or not there
    struct enl_plane *seen[ENL_ELEMENTS];  // the same by the scene network, until it is put together with what is found
    enum enl_water_kind kind;              // of the water that the network sees, and where it runs
    float direction;
    float indoors;                         // 0..1, how surely
    struct enl_scene *scene;               // the finders write kinds, horizon, direction, night and confidence here
    // Prepared features, all of the picture's size:
    struct enl_plane *light;   // CIE L*, 0..100
    struct enl_plane *a, *b;   // CIE a*, b*
    struct enl_plane *texture; // local deviation of L* over a 7x7 window
    struct enl_plane *edge;    // gradient magnitude of L*, a* and b* together
    bool level;                // the horizon is a level line that was seen (where sky meets sea), not a guess
    struct enl_regions *regions; // what belongs together, coarser than the picture (features.h)
};

// Resizes `photo` and prepares what the finders need; `scene` is borrowed and must outlive the view. Fills the scene's
// width and height, and sets its horizon to -1 (none). NULL with `error` filled when memory runs out.
struct enl_view *enl_view_new(const struct enl_picture *photo, struct enl_scene *scene, struct enl_error *error);
void enl_view_free(struct enl_view **view); // with all that was found; sets NULL; NULL is legal

// A finder sets view->found[its element] (or leaves NULL) and what belongs to it in view->scene.
// False only when memory runs out.
typedef bool enl_finder(struct enl_view *view, struct enl_error *error);

// In the order they run; persons and faces (from the models) are found before these.
enl_finder enl_find_sky, enl_find_things_in_sky, enl_find_things_in_water, enl_find_horizon, enl_find_water,
    enl_find_plants, enl_find_flames, enl_find_depth;

// The mask refined along the photo's edges: guided upsampling (He and Sun 2015) of `mask` to the guide's size.
struct enl_picture *enl_refine_matte(const struct enl_picture *mask, const float crop[4], enum enl_element element,
                                     const struct enl_picture *guide, bool drifts, struct enl_error *error);

#endif
