// SPDX-License-Identifier: MIT
// Plans: what moves, how, and what is heard. Made from words and a scene, or read from JSON.
#ifndef ENLIVEN_PLAN_H
#define ENLIVEN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <enliven/picture.h>
#include <enliven/scene.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ENL_DEFAULT_PROMPT "make this photo come alive"
#define ENL_MAX_PROMPT 2000 // characters; more is refused
#define ENL_MAX_MOTIONS 48
#define ENL_MAX_SOUNDS 8
#define ENL_MAX_ARROWS 32
#define ENL_MAX_FREEZE 1023 // bytes of a mask's path

// One motion. `motion` names an entry of the motion registry ("clouds", "waves", "smile" ...).
struct enl_motion {
    char motion[16];
    char region[16];  // the element that moves: "sky", "water", "plants", "person", "hair", "face", "all"
    float direction;  // degrees: 0 right, 90 up, 180 left, 270 down
    float speed;      // 1 = natural; limits 0.1..4
    float amount;     // 1 = natural; limits 0..3
    float start;      // seconds into the video, 0..15
};

// An arrow painted over the photo: what lies where it begins flows its way, as far as the arrow is long in six seconds.
// Begun on sky or water it moves all of it, on plants or flames the patch it begins on, elsewhere a soft region about
// the arrow; several in one element bend the flow between them. On hair it gives the wind's direction; people move by
// words, so an arrow begun on a person is left out and said to be, as one with no length is. Coordinates are fractions
// of the upright photo's width (x) and height (y), 0,0 = its top left corner, as all places in scene.h are. `from` must
// lie in the photo; where `to` does not, the arrow is cut at the photo's edge, and that is said.
struct enl_arrow {
    float from[2], to[2];
    float speed; // times what its length says; limits 0.1..4; 0: 1
};

struct enl_sound {
    char sound[16]; // a name of the sound registry: "ocean", "gurgle", "wind", "room"
    float level;    // 1 = natural; limits 0..2
};

struct enl_plan {
    char prompt[4 * ENL_MAX_PROMPT + 1]; // UTF-8, as given
    char lang[8];                        // of the lexicon that understood it, and of the label
    int motion_count;
    struct enl_motion motions[ENL_MAX_MOTIONS];
    int sound_count; // 0: silent
    struct enl_sound sounds[ENL_MAX_SOUNDS];
    char understood[512];     // words, separated by ", "
    char not_understood[512]; // words, separated by ", "
    char left_out[512];       // what was asked for but cannot be done with this photo, and why; sentences or ""
    char notes[512];          // what was changed in what was asked for, and why; sentences or ""
    int arrow_count;
    struct enl_arrow arrows[ENL_MAX_ARROWS];
    // Path of a picture of the photo's shape whose white parts (over 127 of 255; transparent is black) must stay as
    // they are, or "". Only the camera and the air (weather, dusk) still act there. enl_story_make
    // opens it; in plans from strangers, clear it or check it first.
    char freeze[ENL_MAX_FREEZE + 1];
};

struct enl_plan_params {
    const char *prompt;  // NULL: ENL_DEFAULT_PROMPT
    const char *lang;    // "en", "de" ...; NULL: "en". Words of other lexicons are understood too.
    const char *only;    // comma-separated elements or motions that alone may move; NULL: all
    const char *without; // comma-separated elements or motions that must not move; NULL: none
    bool mute;           // no sound
    double seconds;      // of the video, for "first ..., then ..."; 0: 5
    const struct enl_arrow *arrows; // borrowed; at most ENL_MAX_ARROWS
    int arrow_count;
    const float *shown;  // the part of the photo that will be seen: x, y, width, height as fractions; NULL: all
    int width;           // of the video in pixels, by which faces may be too small; 0: the photo's own
    const char *freeze;  // path of a freeze mask, written into the plan unopened; NULL: none
    const struct enl_picture *held; // that mask, over 127 where the photo must stay; NULL: not known yet
};
#define enl_plan_params(...) (&(struct enl_plan_params){__VA_ARGS__})

// What should happen to this scene. The same input gives the same plan. ENL_USAGE for a prompt that is empty, too long,
// not UTF-8 or full of control characters, an unknown language or element, an arrow that begins outside the photo.
// Arrows on what `without` keeps still are left out. Free with enl_plan_free.
ENL_API struct enl_plan *enl_plan_make(const struct enl_scene *scene, const struct enl_plan_params *params,
                                       struct enl_error *error);

// The `index`th prompt (from 0) that suits this scene, in a language ("en", "de" ...; NULL: "en"), UTF-8, into
// `ret_prompt`. Three to five, the best first; the planner understands every word of them. False past the last, for an
// unknown language, or where `size` is too small.
#define ENL_MAX_SUGGESTIONS 5
#define ENL_MAX_SUGGESTION 160 // bytes, with the 0 at the end
ENL_API bool enl_plan_suggest(const struct enl_scene *scene, const char *lang, int index, char *ret_prompt,
                              size_t size);

// JSON as written by enl_plan_to_json, edited or not; all but "motions" or "arrows" may be left away, and a plan
// without "sounds" is silent. Wrong types, unknown fields, motions and sounds, directions past a full turn and arrows
// that begin outside the photo are ENL_USAGE errors that name line or field. A speed, amount, start or level beyond
// its limits is set to the nearest one, and of a motion or sound that stands there twice the first counts; `notes`
// says so, and never what the JSON's own "notes" say. A relative "freeze" is relative to the working directory.
ENL_API struct enl_plan *enl_plan_from_json(const char *json, struct enl_error *error);
ENL_API char *enl_plan_to_json(const struct enl_plan *plan, struct enl_error *error); // free with free()
ENL_API void enl_plan_free(struct enl_plan **plan);

#ifdef __cplusplus
}
#endif
#endif
