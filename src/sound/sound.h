// SPDX-License-Identifier: MIT
// Sound: procedural, from a plan. Everything is periodic over the whole length when `loop` is set.
#ifndef ENL_SOUND_H
#define ENL_SOUND_H

#include "base/base.h"

#include "plan/kinds.h"

#include <enliven/plan.h>

#define ENL_SOUND_RATE 48000
#define ENL_SOUND_MAX_SECONDS 120 // longer is refused; a story has at most 15

// Where an element lies from left (-1) to right (1), and how wide it is (0..1).
struct enl_sound_place {
    float pan, width;
};

// What all sounds of one story share.
struct enl_sound_scene {
    double seconds;
    bool loop;
    uint64_t seed;
    // Curves that drive picture and sound alike, one value a video frame, 0..1: gusts of wind, swell of the sea.
    // With `loop` they go round once in `seconds`. NULL: the sounds make up their own.
    const float *wind, *swell;
    int curve_length;  // of both
    double curve_rate; // values a second
    // Of each element; sounds from everywhere are then in the middle and wide. NULL: `pan` and `width` hold for all.
    const struct enl_sound_place *places;
    float pan, width; // as struct enl_sound_place; for a sound that is being made, those of its element
};

// A sound is one file and one line in the registry.
struct enl_sound_info {
    struct enl_sound_kind kind; // name, help, when it is heard by default
    float loudness;             // LUFS of it alone at level 1; the mixer measures and scales, so a sound need not know
    float behind;               // dB it steps back where a sound with behind = 0 (a sea, a stream) is heard too
    bool quiet;                 // alone it is left at its own loudness
    // Adds `frames` (> 0) stereo frames (interleaved) to `mix`, at any constant scale. Periodic: what rings beyond the
    // last frame goes on in the first. False only without memory.
    bool (*render)(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error);
};

extern const struct enl_sound_info *const enl_sounds[]; // ends with NULL
const struct enl_sound_info *enl_sound_find(const char *name); // NULL: no such sound

// The plan's sounds mixed: true peak under -1.5 dBTP, faded in over the first and out over the last 0.25 s unless it
// loops. -20 LUFS integrated (ITU-R BS.1770-4) when the sounds have their natural levels, down to -22.8 where they are
// quieter and up to -18.2 where louder; a room's own tone alone -30.
// `*ret_samples` holds 2 * frames floats, free with enl_release; NULL and 0 frames when nothing is to be heard.
// ENL_USAGE for an unknown sound or a length out of range.
bool enl_sound_mix(const struct enl_plan *plan, const struct enl_sound_scene *scene, float **ret_samples,
                   size_t *ret_frames, struct enl_error *error);

// True when the scene holds enough of the element, surely enough, to be heard.
static inline bool enl_sound_seen(const struct enl_scene *scene, enum enl_element element, float share) {
    return scene->confidence[element] >= .4f && scene->share[element] >= share;
}

#endif
