// SPDX-License-Identifier: MIT
// One story while it is made. story.c leads it from room to room; request.c and intent.c are its first steps.
#ifndef ENL_TELLING_H
#define ENL_TELLING_H

#include "base/output.h"
#include "engine/engine.h"
#include "mark/mark.h"

#include <enliven/photo.h>

struct telling { // one story being made
    const struct enl_story_params *p; // `own`
    struct enl_story_params own;      // as given, with what the format says
    struct enl_story *story;
    struct enl_photo *photo;
    struct enl_picture *freeze; // of the whole photo; NULL: nothing must stay
    struct enl_stage stage;
    struct enl_pool *pool;
    const struct enl_engine *engine;
    void *engine_state;
    struct enl_label *label;
    struct enl_gauge *gauge;
    char label_text[64];
    float *sound;
    size_t sound_frames;
    struct enl_output outputs[2];
    const struct enl_movie_format *format;
    struct enl_movie *movie;
    int width; // of the video; a preview of it is smaller
    int first; // of the stage's frames that are shown
    double began, stage_began;
};

// Whether what is asked for is possible: length, rate, size, language. Writes them into the story; its sides are 0
// where they are the photo's own.
bool enl_telling_check(struct telling *telling, struct enl_error *error);
// Opens what will be written. `known`: a format was found. What a file system says of a name comes before what we do.
bool enl_telling_open(struct telling *telling, const char *photo, const char *path, bool known,
                      struct enl_error *error);
// The plan and the freeze mask, once the scene is known: made from words, or what was given fitted to this photo.
bool enl_telling_plan(struct telling *telling, struct enl_error *error);
// How many bytes the video must keep free for its credentials, and the credentials themselves. Without a signer: none.
bool enl_telling_room(const struct telling *telling, const char *photo, size_t *ret_size, struct enl_error *error);
bool enl_telling_sign(struct telling *telling, const char *photo, struct enl_error *error);

// What the file says of itself, in its metadata and its credentials.
#define ENL_STORY_DESCRIPTION "A photo brought to life by a machine (AI-generated motion and sound)."

#endif
