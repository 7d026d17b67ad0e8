// SPDX-License-Identifier: MIT
// The half of a motion's or sound's descriptor that planning needs. The other half (how it is done) belongs to the
// rooms further on; their registries hand these out, so that plan knows every motion by name and none by file.
#ifndef ENL_PLAN_KINDS_H
#define ENL_PLAN_KINDS_H

#include <enliven/scene.h>

#define ENL_FACES_MOVED 8 // at once, the largest first

struct enl_motion_kind {
    const char *name;                      // as in plans and lexicons
    const char *help;                      // one line for people
    enum enl_element region;               // what moves; ENL_ELEMENTS: the whole picture
    bool by_default;                       // part of "make this photo come alive"
    bool last_resort;                      // only by default where nothing else can move
    float direction, speed, amount, start; // defaults
    // NULL when this scene can have it, else why not, as a clause: "no sky was found". Not set: every scene can.
    const char *(*why_not)(const struct enl_scene *scene);
};

struct enl_sound_kind {
    const char *name;
    const char *help;
    // The natural level in this scene with nothing said about sound; 0: not heard unless asked for.
    float (*level)(const struct enl_scene *scene);
    enum enl_element where; // heard from where this lies; ENL_ELEMENTS: from everywhere
};

static inline const char *enl_why_not(const struct enl_motion_kind *kind, const struct enl_scene *scene) {
    return kind->why_not ? kind->why_not(scene) : NULL;
}

// Whether a motion of the whole picture is the camera's; the others (rain, nightfall) come over what is in it.
bool enl_is_camera(const struct enl_motion_kind *kind);
// Whether a name is of something that comes over the picture beside what moves in it, be there a motion for it or not.
bool enl_comes_over(const char *name);
bool enl_takes_direction(const struct enl_motion_kind *kind);

const struct enl_motion_kind *enl_motion_kind_at(int index); // NULL past the last; in src/motion/registry.c
const struct enl_sound_kind *enl_sound_kind_at(int index);   // NULL past the last; in src/sound/registry.c

#endif
