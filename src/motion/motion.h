// SPDX-License-Identifier: MIT
// Motions: one file each, one line in the registry. A motion says where the content of each pixel is fetched from at a
// time; the renderer composes what all motions say and fetches once. What lies in the air between the picture and the
// eye (weather, dusk) shades the finished picture instead, a tile at a time.
#ifndef ENL_MOTION_H
#define ENL_MOTION_H

#include "base/base.h"
#include "plan/kinds.h"

#include <enliven/plan.h>

#define ENL_GRID 4  // pixels between the nodes of a field
#define ENL_TILE 16 // pixels a side of what is shaded at once

// Which plate a motion bends. Far before near.
enum enl_layer {
    ENL_LAYER_FAR,    // the sky behind everything
    ENL_LAYER_MIDDLE, // water, plants, ground
    ENL_LAYER_NEAR,   // people
    ENL_LAYER_CAMERA, // all of them
    ENL_LAYER_AIR,    // none: its motions only shade
    ENL_LAYERS
};

// An arrow in pixels of the output; see enl_arrow.
struct enl_pointer {
    float from[2], to[2];     // may lie outside the picture
    float velocity[2];        // pixels a second
    enum enl_element element; // that it begins on; ENL_ELEMENTS: none
};

// What the whole story shares, in pixels of the output.
struct enl_stage {
    int width, height, fps, frames;
    double seconds;
    bool loop;
    uint64_t seed;
    const struct enl_scene *scene;        // coordinates still in fractions of the whole photo
    struct enl_picture *picture;          // the framed photo, sRGB
    struct enl_picture *matte[ENL_ELEMENTS]; // NULL where the element is not in view
    struct enl_picture *whole_sky;        // for its light: with all that was left out of what drifts; NULL: none
    struct enl_face *faces;               // landmarks, eyes and boxes in output pixels
    int face_count;
    float horizon;                        // row, may lie outside the picture
    bool has_horizon;
    int pointer_count;
    struct enl_pointer pointers[ENL_MAX_ARROWS];
    struct enl_picture *freeze;           // 255: must stay as it is, less: the soft edge about it; NULL: nothing must
    float *wind, *swell;                  // one value a frame, 0..1, shared by everything that air or sea moves
};

// Displacements on a grid: node (i, j) stands at pixel (i * ENL_GRID, j * ENL_GRID).
struct enl_node {
    float x, y;   // fetch from pixel + (x, y)
    float x2, y2; // a second phase ...
    float mix;    // ... and how much of it, 0..1
    float light;  // the fetched light is multiplied by 1 + light
    float unused[2]; // eight floats: one vector
};
struct enl_field {
    int columns, rows;
    uint8_t *support;       // 1 where any motion of this layer may act, at any time
    struct enl_node *nodes; // of the frame being made
};

// A piece of the finished picture in linear light, ENL_TILE pixels a row.
struct enl_tile {
    int x, y;           // of its first pixel
    float u, v, du, dv; // where in the photo that pixel is from, and the step to the next; x, y, 1, 1 without a camera
    _Alignas(32) float light[3][ENL_TILE * ENL_TILE]; // red, green, blue; 1 is white
};

struct enl_motion_info {
    struct enl_motion_kind kind;
    enum enl_layer layer;
    // Work that is done once. Marks the support. The state is owned by the caller; false only without memory.
    bool (*prepare)(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error);
    // Adds this motion at `t` seconds to the nodes of rows [first, last). Called from several threads at once. NULL
    // where it only shades.
    void (*displace)(const void *state, double t, struct enl_field *field, int first, int last);
    // May be NULL. Moves the fetch positions x, y (pixels) of `n` pixels, where a grid is too coarse.
    void (*bend)(const void *state, double t, float *x, float *y, int n);
    // May be NULL. Changes the light of a tile in which the support of the layer "air" is marked; called from several
    // threads, in the order of the registry, never for the first frame, which is the photo. No memory is taken.
    void (*shade)(const void *state, double t, struct enl_tile *tile);
    void (*release)(void *state);
    const struct enl_motion_info *also; // NULL, or the part of the same motion that acts in another layer
};

extern const struct enl_motion_info *const enl_motions[]; // ends with NULL
const struct enl_motion_info *enl_motion_find(const char *name); // NULL: no such motion

// 0 until `start`, then up to 1 over `ramp` seconds, smoothly; its integral over time is enl_ease_integral.
static inline double enl_ease(double t, double start, double ramp) {
    double u = (t - start) / ramp;
    return u <= 0 ? 0 : u >= 1 ? 1 : u * u * (3 - 2 * u);
}
static inline double enl_ease_integral(double t, double start, double ramp) {
    double u = (t - start) / ramp;
    return u <= 0 ? 0 : u >= 1 ? ramp * (u - .5) : ramp * u * u * u * (1 - u / 2);
}
// A frequency near `hertz` that fits a loop a whole number of times; the same frequency where nothing loops.
static inline double enl_loop_frequency(const struct enl_stage *stage, double hertz) {
    if (!stage->loop) return hertz;
    double turns = floor(hertz * stage->seconds + .5);
    return (turns < 1 ? 1 : turns) / stage->seconds;
}
// A matte's value at a grid node, 0..1.
static inline float enl_matte_at_node(const struct enl_picture *matte, int i, int j) {
    int x = i * ENL_GRID < matte->width ? i * ENL_GRID : matte->width - 1;
    int y = j * ENL_GRID < matte->height ? j * ENL_GRID : matte->height - 1;
    return (float)matte->data[(size_t)y * (size_t)matte->width + (size_t)x] * (1 / 255.0f);
}
// Whether any pixel nearer to this node than the next node is in the matte, be it as thin as it may.
bool enl_matte_about_node(const struct enl_picture *matte, int i, int j);
// The matte at grid resolution as a plane; NULL without memory.
struct enl_plane *enl_matte_on_grid(const struct enl_picture *matte, const struct enl_field *field,
                                    struct enl_error *error);

#endif
