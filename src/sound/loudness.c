// SPDX-License-Identifier: MIT
#include "sound/loudness.h"

#include "sound/sound.h"

#define QUARTER (ENL_SOUND_RATE / 10)                  // blocks of 400 ms overlap by 75 %
#define MAX_QUARTERS (ENL_SOUND_MAX_SECONDS * 10 + 10) // longer sound is measured over its beginning

// K-weighting, tables 1 and 2: a shelf for the head, then a high-pass. For 48 kHz.
static const double shelf[5] = {1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241,
                                .73248077421585};
static const double high[5] = {1, -2, 1, -1.99004745483398, .99007225036621};

static inline double weigh(const double f[5], double s[2], double v) {
    double y = f[0] * v + s[0];
    s[0] = (f[1] * v + s[1]) - f[3] * y;
    s[1] = f[2] * v - f[4] * y;
    return y;
}

static double level(double power) {
    return power > 1e-12 ? -.691 + 10 * log10(power) : ENL_SILENT;
}

// The mean power of all blocks louder than `gate` LUFS; 0 without any.
static double gated(const double *quarter, size_t quarters, double gate) {
    double sum = 0;
    size_t blocks = 0;
    for (size_t q = 0; q + 4 <= quarters; q++) {
        double power = (quarter[q] + quarter[q + 1] + quarter[q + 2] + quarter[q + 3]) / (4.0 * QUARTER);
        if (level(power) <= gate) continue;
        sum += power;
        blocks++;
    }
    return blocks ? sum / (double)blocks : 0;
}

double enl_loudness(const float *samples, size_t frames) {
    double quarter[MAX_QUARTERS], state[2][2][2] = {{{0}}}, sum = 0, all = 0;
    size_t quarters = 0, filled = 0;
    for (size_t i = 0; i < frames && quarters < MAX_QUARTERS; i++) {
        for (int c = 0; c < 2; c++) {
            double v = weigh(high, state[c][1], weigh(shelf, state[c][0], (double)samples[2 * i + (size_t)c]));
            sum += v * v;
        }
        if (++filled < QUARTER) continue;
        quarter[quarters++] = sum;
        all += sum;
        sum = 0, filled = 0;
    }
    if (quarters < 4) return frames ? level((all + sum) / (double)frames) : ENL_SILENT;
    double power = gated(quarter, quarters, -70);
    return level(gated(quarter, quarters, level(power) - 10));
}

// The interpolating filter of Annex 2: 4 phases of 12 taps. The other two phases are these backwards.
static const float phases[2][12] = {
    {.001708984375f, .010986328125f, -.0196533203125f, .033203125f, -.0594482421875f, .1373291015625f, .97216796875f,
     -.102294921875f, .047607421875f, -.026611328125f, .014892578125f, -.00830078125f},
    {-.0291748046875f, .029296875f, -.0517578125f, .0891113281250f, -.16650390625f, .465087890625f, .77978515625f,
     -.2003173828125f, .1015625f, -.0582275390625f, .0330810546875f, -.0189208984375f}};
#define MOST_GAIN 2.03f // the larger sum of absolute taps: no interpolated value exceeds the samples around by more

static float around(const float *samples, size_t frames, size_t first, int channel, bool loop) {
    float peak = 0, x[12];
    for (size_t k = 0; k < 12; k++) {
        size_t i = first + k;
        if (i >= frames) i = loop && frames ? i % frames : frames;
        x[k] = i < frames ? samples[2 * i + (size_t)channel] : 0;
    }
    for (int p = 0; p < 2; p++) {
        float there = 0, back = 0;
        for (int k = 0; k < 12; k++) there += phases[p][k] * x[k], back += phases[p][11 - k] * x[k];
        peak = fmaxf(peak, fmaxf(fabsf(there), fabsf(back)));
    }
    return peak;
}

double enl_true_peak(const float *samples, size_t frames, _Bool loop) {
    float peak = 0;
    for (size_t i = 0; i < 2 * frames; i++) peak = fmaxf(peak, fabsf(samples[i]));
    for (int c = 0; c < 2; c++) {
        size_t done = 0; // windows that start before this were looked at
        for (size_t i = 0; i < frames; i++) {
            if (fabsf(samples[2 * i + (size_t)c]) * MOST_GAIN <= peak) continue; // cannot lift the peak alone
            size_t first = i >= 11 ? i - 11 : 0;
            for (size_t w = first > done ? first : done; w <= i; w++)
                peak = fmaxf(peak, around(samples, frames, w, c, loop));
            if (loop && i < 11) // windows that reach here from the end
                for (size_t w = frames > 11 ? frames - 11 : 0; w < frames; w++)
                    peak = fmaxf(peak, around(samples, frames, w, c, true));
            done = i + 1;
        }
    }
    return peak > 0 ? fmax(20 * log10((double)peak), ENL_SILENT) : ENL_SILENT;
}
