// SPDX-License-Identifier: MIT
// Sound: procedural, from a plan. Everything is periodic over the whole length when `loop` is set.
#ifndef ENL_SOUND_H
#define ENL_SOUND_H

#include "base/base.h"

#include "plan/kinds.h"

#include <enliven/plan.h>

#define ENL_SOUND_RATE 48000

// What all sounds of one story share.
struct enl_sound_scene {
    double seconds;
    bool loop;
    uint64_t seed;
    // Curves that drive picture and sound alike, one value a video frame, 0..1: gusts of wind, swell of the sea.
    const float *wind, *swell;
    int curve_length;
    double curve_rate; // values a second
    // Where the element lies from left (-1) to right (1), for panning; and how wide (0..1).
    float pan, width;
};

// A sound is one file and one line in the registry.
struct enl_sound_info {
    struct enl_sound_kind kind; // name, help, when it is heard by default
    float loudness;   // LUFS wanted of it alone at level 1
    // Adds `frames` stereo frames (interleaved, -1..1) to `mix`, scaled by `level`. False only without memory.
    bool (*render)(const struct enl_sound_scene *scene, float level, float *mix, size_t frames, struct enl_error *error);
};

extern const struct enl_sound_info *const enl_sounds[]; // ends with NULL
const struct enl_sound_info *enl_sound_find(const char *name); // NULL: no such sound

// The plan's sounds mixed: -20 LUFS integrated (ITU-R BS.1770-4), true peak under -1.5 dBTP, faded in over the first and
// out over the last 0.25 s unless it loops. `*ret_samples` holds 2 * frames floats; free with enl_release.
bool enl_sound_mix(const struct enl_plan *plan, const struct enl_sound_scene *scene, float **ret_samples,
                   size_t *ret_frames, struct enl_error *error);

#endif
