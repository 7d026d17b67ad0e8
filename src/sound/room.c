// SPDX-License-Identifier: MIT
// The tone of a quiet room: what one hears where nothing sounds. Without it the video would seem broken.
#include "sound/control.h"

#define VOICES 3

static bool render(const struct enl_sound_scene *scene, float *mix, size_t frames, struct enl_error *error) {
    static const float places[VOICES] = {-1, 1, 0};
    float *noise = enl_alloc(frames, sizeof *noise, error);
    if (!noise) return false;
    // About 6 dB an octave down from 120 Hz, as ventilation and distant traffic through walls are.
    struct enl_biquad filter[] = {enl_highpass(40, .7), enl_slope(120), enl_lowpass(5000, .5)};
    for (unsigned v = 0; v < VOICES; v++) {
        enl_white(enl_voice_seed(scene, "room", v), noise, frames);
        enl_filter(filter, 3, noise, frames);
        enl_control_mix(noise, NULL, enl_control_count(frames), enl_pan_at(scene, places[v]), mix, frames);
    }
    enl_release(noise);
    return true;
}

static float level(const struct enl_scene *scene) {
    bool outdoors = enl_sound_seen(scene, ENL_SKY, .03f) || enl_sound_seen(scene, ENL_PLANTS, .03f) ||
                    enl_sound_seen(scene, ENL_WATER, .01f);
    return outdoors ? 0 : 1;
}

const struct enl_sound_info enl_sound_room = {
    .kind = {"room", "The very quiet tone of a room.", level},
    .loudness = -45,
    .behind = 6,
    .render = render,
};
