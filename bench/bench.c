// SPDX-License-Identifier: MIT
// bench PHOTO... [--threads N] [--seconds S]: where a story's time goes, and the whole against encoding alone: the same
// frames, the same encoder, the same run. Ratios are what to quote; a shared machine's seconds are not.
#include "base/base.h"
#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

// A "format" that keeps the frames as they are, to be encoded again.
struct enl_movie {
    struct enl_movie_params params;
    uint8_t *frame;
    FILE *file;
};
static FILE *raw_file;

static size_t frame_bytes(const struct enl_movie_params *p) { return (size_t)p->width * (size_t)p->height * 3 / 2; }

static struct enl_movie *raw_open(const struct enl_output *output, const struct enl_movie_params *params,
                                  struct enl_error *error) {
    (void)output;
    struct enl_movie *movie = enl_alloc(1, sizeof *movie, error);
    if (movie) *movie = (struct enl_movie){.params = *params, .file = raw_file};
    if (movie) movie->frame = enl_alloc(frame_bytes(params), 1, error);
    return movie;
}

static bool raw_buffer(struct enl_movie *m, uint8_t *planes[3], int strides[3], struct enl_error *error) {
    (void)error;
    size_t luma = (size_t)m->params.width * (size_t)m->params.height;
    planes[0] = m->frame, planes[1] = m->frame + luma, planes[2] = m->frame + luma * 5 / 4;
    strides[0] = m->params.width, strides[1] = strides[2] = m->params.width / 2;
    return true;
}

static bool raw_add(struct enl_movie *m, struct enl_error *error) {
    return fwrite(m->frame, frame_bytes(&m->params), 1, m->file) == 1 ||
           enl_fail(error, ENL_IO, "The frames cannot be kept.");
}

static bool raw_finish(struct enl_movie *m, const struct enl_movie_tags *tags, struct enl_error *error) {
    (void)m, (void)tags, (void)error;
    return true;
}

static void raw_free(struct enl_movie **m) {
    if (*m) enl_release((*m)->frame);
    enl_release(*m);
    *m = NULL;
}

static const struct enl_movie_format raw = {.name = "raw",
                                            .max_side = 1920,
                                            .most_side = 3840,
                                            .seconds = 5,
                                            .fps = 30,
                                            .rates = {24, 25, 30, 60},
                                            .open = raw_open,
                                            .buffer = raw_buffer,
                                            .add = raw_add,
                                            .finish = raw_finish,
                                            .free = raw_free};

// Seconds that the encoder alone takes for the kept frames.
static double encode_alone(const struct enl_story *story, const char *out) {
    const struct enl_movie_format *mp4 = enl_movie_formats[0];
    struct enl_movie_params params = {.width = story->width, .height = story->height, .fps = story->fps, .room = 65536};
    struct enl_movie_tags tags = {.aigc = "{}", .xmp = "", .description = ""};
    struct enl_error error;
    struct enl_output output;
    size_t bytes = frame_bytes(&params);
    fflush(raw_file);
    uint8_t *frames = mmap(NULL, bytes * (size_t)story->frames, PROT_READ, MAP_SHARED | MAP_POPULATE, fileno(raw_file),
                           0);
    if (frames == MAP_FAILED || !enl_output_open(&output, out, true, &error)) return -1;
    double began = enl_seconds();
    struct enl_movie *movie = mp4->open(&output, &params, &error);
    for (int i = 0; movie && i < story->frames; i++) {
        uint8_t *planes[3];
        int strides[3];
        if (!mp4->buffer(movie, planes, strides, &error)) break;
        const uint8_t *from = frames + bytes * (size_t)i;
        for (int c = 0; c < 3; c++)
            for (int y = 0, w = c ? params.width / 2 : params.width; y < (c ? params.height / 2 : params.height);
                 y++, from += w)
                memcpy(planes[c] + (size_t)y * (size_t)strides[c], from, (size_t)w);
        if (!mp4->add(movie, &error)) break;
    }
    if (movie) mp4->finish(movie, &tags, &error);
    double seconds = enl_seconds() - began;
    mp4->free(&movie);
    enl_output_abort(&output);
    munmap(frames, bytes * (size_t)story->frames);
    return seconds;
}

static long peak_memory(void) { // of this process so far, MB
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

static int bench(const char *photo, struct enl_story_params *params, const char *dir) {
    char video[512], frames[512];
    struct enl_error error;
    snprintf(video, sizeof video, "%.400s/bench.mp4", dir);
    snprintf(frames, sizeof frames, "%.400s/bench.yuv", dir);
    double began = enl_seconds();
    struct enl_story *story = enl_story_make(photo, video, params, &error);
    double total = enl_seconds() - began;
    long memory = peak_memory();
    if (!story) return fprintf(stderr, "bench: %s\n", error.text), 1;
    printf("%s: %dx%d, %d frames\n  %-8s %8s %10s %6s\n", photo, story->width, story->height, story->frames, "stage",
           "s", "ms/frame", "share");
    double known = 0, drawing = 0;
    for (int i = 0; i < story->stage_count; i++) {
        const struct enl_stage_time *s = &story->stages[i];
        printf("  %-8s %8.2f %10.2f %5.0f%%\n", s->name, s->seconds, 1000 * s->seconds / story->frames,
               100 * s->seconds / total);
        known += s->seconds;
        if (!strcmp(s->name, "render") || !strcmp(s->name, "mark")) drawing += s->seconds;
    }
    printf("  %-8s %8.2f %10.2f %5.0f%%\n", "rest", total - known, 1000 * (total - known) / story->frames,
           100 * (total - known) / total);
    enl_story_free(&story);
    raw_file = fopen(frames, "w+b");
    story = raw_file ? enl_story_make_as(&raw, photo, video, params, &error) : NULL;
    double alone = story ? encode_alone(story, video) : -1;
    int frame_count = story ? story->frames : 1;
    if (raw_file) fclose(raw_file);
    remove(frames);
    remove(video);
    enl_story_free(&story);
    if (alone < 0) return fprintf(stderr, "bench: the frames could not be encoded alone\n"), 1;
    printf("  total %.2f s, %.1f frames/s; drawing alone %.1f frames/s; peak memory %ld MB\n", total,
           frame_count / total, frame_count / drawing, memory);
    printf("  encoding the same frames alone %.2f s; total / encode-only = %.2f\n", alone, total / alone);
    return 0;
}

int main(int count, char **words) {
    char dir[] = "/tmp/enliven-bench-XXXXXX";
    struct enl_error error;
    struct enl_story_params params = {.size = "story", .force = true, .models = enl_models_open(NULL, &error)};
    if (!params.models || !mkdtemp(dir)) return 1;
    int status = 0;
    for (int i = 1; i < count; i++) {
        if (!strcmp(words[i], "--threads") && i + 1 < count) params.threads = atoi(words[++i]);
        else if (!strcmp(words[i], "--seconds") && i + 1 < count) params.seconds = atof(words[++i]);
        else if (!strcmp(words[i], "--size") && i + 1 < count) params.size = words[++i];
        else status |= bench(words[i], &params, dir);
    }
    rmdir(dir);
    enl_models_free(&params.models);
    return status;
}
