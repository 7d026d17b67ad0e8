// SPDX-License-Identifier: MIT
// Scenes: what is in a photo and where.
#ifndef ENLIVEN_SCENE_H
#define ENLIVEN_SCENE_H

#include <stdbool.h>

#include <enliven/model.h>
#include <enliven/picture.h>

#ifdef __cplusplus
extern "C" {
#endif

// What can be found. Each has a soft mask; enl_element_name gives its name ("sky", "water" ...).
enum enl_element {
    ENL_SKY,
    ENL_WATER,
    ENL_PLANTS,
    ENL_PERSON,
    ENL_HAIR,
    ENL_FACE,
    ENL_FLAMES,
    ENL_ANIMAL,
    ENL_DEPTH, // not a region: 255 = near, 0 = far
    ENL_ELEMENTS
};

enum enl_water_kind { ENL_WATER_NONE, ENL_WATER_STILL, ENL_WATER_WAVES, ENL_WATER_STREAM, ENL_WATER_FALL };

#define ENL_MAX_FACES 64
#define ENL_LANDMARKS 468

// A face. Coordinates are fractions of the photo's width (x) and height (y), 0,0 = top left corner of the picture.
struct enl_face {
    float x, y, width, height; // box
    float score;               // 0..1, how sure the detector is
    bool has_landmarks;        // false: only the box and the eyes are known
    // MediaPipe's face mesh numbering; z in the same unit as x, negative toward the camera.
    float landmarks[ENL_LANDMARKS][3];
    float left_eye[2], right_eye[2]; // of the person: left_eye lies right in an upright picture
    float smile;                     // 0 neutral .. 1 broad smile
    float mouth_open;                // gap between the lips over the mouth's width, 0 = closed
    float eyes_open[2];              // height over width of each eye (left, right), about .3 when open
    float yaw, pitch, roll;          // degrees, 0 = toward the camera, upright
};

#define ENL_MAX_ANIMALS 8

// An animal. Coordinates as a face's.
struct enl_animal {
    const char *kind;          // "bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe"
    float x, y, width, height; // box
    float score;               // 0..1, how sure the detector is
};

struct enl_scene {
    int width, height; // of the photo that was looked at, pixels
    // Coarse soft masks, all of one size (long side at most 640); NULL where the element is not in the photo.
    // Get one at full detail with enl_scene_matte.
    struct enl_picture *masks[ENL_ELEMENTS];
    float share[ENL_ELEMENTS];      // of the picture that the mask covers, 0..1
    float confidence[ENL_ELEMENTS]; // 0..1; plans leave alone what is under .4
    enum enl_water_kind water;
    float water_direction; // where a stream or fall flows, degrees: 0 right, 90 up, 270 down
    float beach;           // 0..1, how surely waves meet sand at the water's foot; from .4 on it counts
    float horizon;         // fraction of the height from the top; negative when there is none in the picture
    bool night;            // dark sky or dark picture
    int face_count;
    struct enl_face faces[ENL_MAX_FACES]; // the largest first
    int animal_count;
    struct enl_animal animals[ENL_MAX_ANIMALS]; // the surest first
    bool person_model;                    // the person segmentation ran
    bool face_model;                      // face detection and mesh ran
    char without[160];                    // what could not be looked for and why, or ""
};

struct enl_scene_params {
    struct enl_models *models; // borrowed; NULL: colour, texture and position only
    int threads;               // 0: one a core
    bool (*go_on)(void *user); // asked several times a second; false stops with ENL_CANCELLED. NULL: nobody asks
    void *user;                // for go_on
};
#define enl_scene_params(...) (&(struct enl_scene_params){__VA_ARGS__})

// Looks at an sRGB picture. Deterministic. Free with enl_scene_free. NULL with `error` filled on failure.
ENL_API struct enl_scene *enl_scene_look(const struct enl_picture *photo, const struct enl_scene_params *params,
                                         struct enl_error *error);
ENL_API void enl_scene_free(struct enl_scene **scene);

// The element's mask refined along the edges of `photo` (any size; the same view as was looked at, or the part of it
// that `crop` says: x, y, width, height as fractions, NULL = all). A new mask of the photo's size; all 0 where the
// element was not found.
ENL_API struct enl_picture *enl_scene_matte(const struct enl_scene *scene, enum enl_element element,
                                            const struct enl_picture *photo, const float crop[4],
                                            struct enl_error *error);

ENL_API const char *enl_element_name(enum enl_element element);   // "sky" ...; never NULL
ENL_API const char *enl_water_name(enum enl_water_kind kind);     // "none", "still", "waves", "stream", "fall"

// Everything that was seen as a JSON object (UTF-8, newline at the end). Free with free().
ENL_API char *enl_scene_to_json(const struct enl_scene *scene, struct enl_error *error);

#ifdef __cplusplus
}
#endif
#endif
