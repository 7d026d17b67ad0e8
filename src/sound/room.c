// SPDX-License-Identifier: MIT
// The tone of a quiet room: what one hears where nothing sounds. Without it the video would seem broken.
#include "sound/bed.h"

static bool render(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    // Octave bands 6 dB lower each from 125 Hz on, as the noise criterion curves have it (L. Beranek, "Revised criteria
    // for noise in buildings", Noise Control 3, 1957) and a little less over 2 kHz, where it would be hiss.
    static const struct enl_bed tone = {45, 2600, 130, true, .1f, .1, 1, .06f, 1};
    return enl_bed_add(scene, "room", &tone, NULL, mix, frames, error);
}

static float level(const struct enl_scene *scene) {
    bool outdoors = enl_sound_seen(scene, ENL_SKY, .03f) || enl_sound_seen(scene, ENL_PLANTS, .03f) ||
                    enl_sound_seen(scene, ENL_WATER, .01f);
    return outdoors ? 0 : 1;
}

const struct enl_sound_info enl_sound_room = {
    .kind = {"room", "The quiet tone of a room.", level, ENL_ELEMENTS},
    .loudness = -30,
    .behind = 6,
    .quiet = true,
    .render = render,
};
