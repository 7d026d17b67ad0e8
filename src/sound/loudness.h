// SPDX-License-Identifier: MIT
// How loud sound is: ITU-R BS.1770-4. For stereo at ENL_SOUND_RATE, interleaved.
#ifndef ENL_SOUND_LOUDNESS_H
#define ENL_SOUND_LOUDNESS_H

#include <stddef.h>

#define ENL_SILENT (-120.0) // what the meters say of silence

// Integrated loudness, LUFS, with both gates (Annex 1). Sound under 0.4 s is one block.
double enl_loudness(const float *samples, size_t frames);

// The true peak, dBTP: 4 times oversampled (Annex 2). `loop`: the end leads to the start.
double enl_true_peak(const float *samples, size_t frames, _Bool loop);

#endif
