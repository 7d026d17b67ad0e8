// SPDX-License-Identifier: MIT
// Every sound alone: what it costs, how loud it is, and as a WAV to judge (bench/sounds.py) or to listen to.
//     bench-sound [FOLDER [SECONDS [SEED [PAN]]]]
#include "sound/loudness.h"
#include "sound/sound.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(FILE *file, unsigned value, int bytes) {
    for (int i = 0; i < bytes; i++) fputc((int)(value >> 8 * i & 255), file);
}

// 32-bit float (WAVE format 3).
static void write_wav(const char *folder, const char *name, const float *samples, size_t frames) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s.wav", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file) return;
    unsigned bytes = (unsigned)(frames * 8);
    fputs("RIFF", file), put(file, 36 + bytes, 4), fputs("WAVEfmt ", file), put(file, 16, 4);
    put(file, 3, 2), put(file, 2, 2), put(file, ENL_SOUND_RATE, 4), put(file, ENL_SOUND_RATE * 8, 4);
    put(file, 8, 2), put(file, 32, 2), fputs("data", file), put(file, bytes, 4);
    fwrite(samples, 8, frames, file);
    fclose(file);
}

int main(int argc, char **argv) {
    struct enl_sound_scene scene = {.seconds = argc > 2 ? strtod(argv[2], NULL) : 5, .loop = true, .width = .6f};
    scene.seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    scene.pan = argc > 4 ? strtof(argv[4], NULL) : 0;
    printf("%-10s %8s %8s %8s\n", "sound", "ms", "LUFS", "dBTP");
    for (int s = 0; enl_sounds[s]; s++) {
        struct enl_plan plan = {.sound_count = 1};
        snprintf(plan.sounds[0].sound, sizeof plan.sounds[0].sound, "%s", enl_sounds[s]->kind.name);
        plan.sounds[0].level = 1;
        float *samples = NULL;
        size_t frames = 0;
        struct enl_error error = {0};
        double best = 1e9;
        for (int i = 0; i < 3; i++) {
            enl_release(samples);
            double start = enl_seconds();
            if (!enl_sound_mix(&plan, &scene, &samples, &frames, &error)) return puts(error.text), 1;
            best = fmin(best, enl_seconds() - start);
        }
        printf("%-10s %8.0f %8.1f %8.1f\n", plan.sounds[0].sound, 1000 * best, enl_loudness(samples, frames),
               enl_true_peak(samples, frames, true));
        if (argc > 1) write_wav(argv[1], plan.sounds[0].sound, samples, frames);
        enl_release(samples);
    }
    return 0;
}
