// SPDX-License-Identifier: MIT
#include "sound/bed.h"

#define VOICES 3

void enl_bed_even(float *ring, size_t frames, float loud) {
    double power = 0;
    for (size_t i = 0; i < frames; i++) power += (double)(ring[i] * ring[i]);
    float gain = power > 0 ? loud / (float)sqrt(power / (double)frames) : 0;
    for (size_t i = 0; i < frames; i++) ring[i] *= gain;
}

// Pink noise from white by three poles and zeros (R. Bristow-Johnson, music-dsp archive; within .3 dB from 20 Hz on).
static void redden(float *ring, size_t frames) {
    static const struct enl_biquad pink[] = {
        {1, -.98443604, 0, -.99572754, 0}, {1, -.83392334, 0, -.94790649, 0}, {1, -.07568359, 0, -.53567505, 0}};
    enl_filter(pink, 3, ring, frames);
}

bool enl_bed_add(const struct enl_sound_scene *scene, const char name[4], const struct enl_bed *bed, const float *gain,
                 float *mix, size_t frames, struct enl_error *error) {
    size_t count = enl_control_count(frames);
    float *ring = enl_alloc(frames + count, sizeof *ring, error), *waver = ring + frames;
    if (!ring) return false;
    struct enl_biquad filter[] = {enl_highpass(bed->low, .7), enl_lowpass(bed->high, .7), enl_slope(bed->slope)};
    for (unsigned v = 0; v < VOICES; v++) {
        enl_white(enl_voice_seed(scene, name, v), ring, frames);
        if (bed->pink) redden(ring, frames);
        enl_filter(filter, 3, ring, frames);
        enl_bed_even(ring, frames, bed->loud);
        enl_control_drift(scene, enl_voice_seed(scene, name, v + 8), bed->slow, bed->fast, waver, count);
        for (size_t j = 0; j < count; j++)
            waver[j] = expf(bed->waver * enl_clampf(waver[j], -2.5f, 2.5f)) * (gain ? gain[j] : 1);
        enl_control_mix(ring, waver, count, enl_pan_at(scene, ((float)v - 1) * bed->wide), mix, frames);
    }
    enl_release(ring);
    return true;
}
