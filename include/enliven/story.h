// SPDX-License-Identifier: MIT
// Stories: one photo in, a living video out. This is the whole way in one call.
#ifndef ENLIVEN_STORY_H
#define ENLIVEN_STORY_H

#include <stdbool.h>
#include <stdint.h>

#include <enliven/credential.h>
#include <enliven/plan.h>

#ifdef __cplusplus
extern "C" {
#endif

// Called between frames, from the calling thread. `stage` is a word ("look", "prepare", "render" ...); `done` 0..1 of
// all the work; `left` seconds to go, negative while unknown. Return false to cancel (ENL_CANCELLED).
typedef bool enl_progress(void *user, const char *stage, double done, double left);

struct enl_story_params {
    const char *prompt;           // NULL: "make this photo come alive"
    const char *lang;             // of the label and of prompts: "en", "de" ...; NULL: "en"
    double seconds;               // 3..15; 0: the format's own, 5 or 3
    int fps;                      // 24, 25, 30 or 60; a GIF's 10, 15, 20 or 25; 0: the format's own, 30 or 20
    const char *size;             // "story" (1080x1920), "photo", "WIDTHxHEIGHT" (64..3840, even); NULL: "photo"
    uint64_t seed;                // another seed, another take
    const char *format;           // "mp4", "webp", "gif", "avif", "motion", "live"; NULL: by the file's ending
    bool loop;                    // the end meets the beginning, in picture and sound; WebP, GIF and AVIF always do
    bool once;                    // but not with this
    bool mute;                    // no sound track
    bool preview;                 // only half a second of it, from 1.2 s on, each side a quarter, without sound
    bool force;                   // replace an existing output file
    const struct enl_plan *plan;  // borrowed; NULL: made from the prompt
    const char *only, *without;   // see enl_plan_params
    const struct enl_arrow *arrows; // borrowed; beside the plan's own, together at most ENL_MAX_ARROWS
    int arrow_count;
    const char *freeze;           // path of a freeze mask (see enl_plan) instead of the plan's; NULL: the plan's
    const struct enl_picture *freeze_mask; // the same as a picture of 1 channel, instead of a path; borrowed
    struct enl_models *models;    // borrowed; NULL: do without
    int threads;                  // 0: one a core
    bool no_simd;                 // scalar code, same frames; for tests
    struct enl_signer *signer;    // borrowed; signs the video's content credentials (credential.h); NULL: it has none
    const struct enl_trust *trust; // borrowed; whom to trust where the photo has credentials; NULL: nobody is known
    enl_progress *progress;       // NULL: none
    void *user;                   // for progress
};
#define enl_story_params(...) (&(struct enl_story_params){__VA_ARGS__})

struct enl_stage_time {
    char name[16];
    double seconds; // wall clock
};

// Whether faces stay themselves. The face mesh looks at frames as they are before label and encoding; what must not
// move (bridge of the nose, corners of the eyes, brows, upper half of the face's outline) is laid over the same points
// of frame 0 by rotation, scale and shift (Horn 1987), and `shape` is what is left: the root mean square distance in
// percent of the distance between the eyes, of the worst of a few frames. Turning the head is no drift, bending the
// face is.
#define ENL_DRIFT_FACES 8 // as many as move
struct enl_drift {
    int face;    // index in scene->faces
    float shape; // percent
};

// What came of it.
struct enl_story {
    int width, height, frames, fps;
    double seconds;             // of the video
    char *second;               // owned; name of the second file (a Live Photo's still); NULL: there is but one
    uint64_t frames_hash;       // of all frames' pixels before encoding
    struct enl_scene *scene;    // owned
    struct enl_plan *plan;      // owned
    int drift_count;            // faces that were measured: those that may move; 0 without the face models
    struct enl_drift drift[ENL_DRIFT_FACES];
    int faces_small;            // in view, but left alone: under 60 pixels wide in the video
    float crop[4];              // part of the upright photo that is shown: x, y, width, height as fractions
    int stage_count;            // where the time went
    struct enl_stage_time stages[12];
};

// Reads the photo at `photo_path` and writes a video to `video_path`, whose ending tells its format: .mp4, .webp,
// .gif, .avif, .jpg (a Motion Photo) or .mov (a Live Photo: its still stands beside as .jpg). It appears only when it
// is whole, and both files of a pair do: on failure or cancellation nothing is left behind and existing files stay.
// Free with enl_story_free. NULL with `error` filled on failure. Thread-safe; deterministic: the same photo, params
// and version give the same frames on any core count.
ENL_API struct enl_story *enl_story_make(const char *photo_path, const char *video_path,
                                         const struct enl_story_params *params, struct enl_error *error);
ENL_API void enl_story_free(struct enl_story **story);

#ifdef __cplusplus
}
#endif
#endif
