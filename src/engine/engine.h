// SPDX-License-Identifier: MIT
// Engines: who turns a stage and a plan into frames. The one built in moves the photo's own pixels; a generative model
// would stand behind the same door.
#ifndef ENL_ENGINE_H
#define ENL_ENGINE_H

#include "movie/movie.h"
#include "render/render.h"

#include <enliven/story.h>

struct enl_engine {
    const char *name;
    const char *source_type; // the last part of the IPTC digital source type that is true of what it makes
    const char *model; // its name in a credential's disclosure
    void *(*open)(const struct enl_stage *stage, const struct enl_plan *plan, struct enl_pool *pool, bool no_simd,
                  struct enl_error *error);
    bool (*draw)(void *state, int index, struct enl_frame *frame, struct enl_error *error);
    void (*close)(void *state); // NULL is legal
};

extern const struct enl_engine enl_engine_classic;

// Everything that is prepared before the first frame. Zero, fill, free; also after a failure.
struct enl_stage_params {
    const struct enl_picture *photo; // as decoded
    const struct enl_scene *scene;
    int width, height, fps;
    double seconds;
    bool loop;
    uint64_t seed;
    const float *crop; // x, y, width, height as fractions of the photo
    const struct enl_arrow *arrows; // of the plan
    int arrow_count;
    const struct enl_picture *freeze; // from enl_freeze_load or enl_freeze_copy, of the whole photo; NULL: none
};
bool enl_stage_make(struct enl_stage *stage, const struct enl_stage_params *params, struct enl_pool *pool,
                    struct enl_error *error);
void enl_stage_free(struct enl_stage *stage);

// Measures the faces' drift (story.h) while frames are drawn: shown every frame in order, it looks at frame 0 and a few
// more. NULL in *gauge at first; nothing is measured without the mesh. False on failure. Free in any case.
struct enl_gauge;
bool enl_gauge_look(struct enl_gauge **gauge, const struct enl_stage *stage, struct enl_models *models, int index,
                    const struct enl_frame *frame, struct enl_error *error);
void enl_gauge_read(const struct enl_gauge *gauge, struct enl_story *story); // NULL: nothing was measured
void enl_gauge_free(struct enl_gauge **gauge);
// The drift between two looks at one face: percent of the distance between the eyes.
float enl_drift_between(const float a[ENL_LANDMARKS][3], const float b[ENL_LANDMARKS][3]);
// A freeze mask from a file or a picture: 255 where it is painted, else 0. ENL_USAGE unless it has the shape of a photo
// of this size, the errors of enl_photo_load for files. Free with enl_picture_free.
struct enl_picture *enl_freeze_load(const char *path, int width, int height, struct enl_error *error);
struct enl_picture *enl_freeze_copy(const struct enl_picture *picture, int width, int height, struct enl_error *error);
bool enl_freeze_is_all(const struct enl_picture *mask); // nothing is left to move
// Puts them on the stage, whose mattes are there already. False without memory.
bool enl_stage_freeze(struct enl_stage *stage, const struct enl_picture *mask, const float crop[4],
                      struct enl_error *error);
void enl_stage_point(struct enl_stage *stage, const struct enl_arrow *arrows, int count, const float crop[4]);

// The part of the photo that a frame of this shape shows: as much as fits, about the faces, else about what there is to
// see. Never squeezed. Writes x, y, width, height as fractions.
void enl_choose_crop(const struct enl_picture *photo, const struct enl_scene *scene, int width, int height,
                     float ret_crop[4]);

// enl_story_make into this format; NULL: none could be chosen, which is told once it is known that a file can be there.
struct enl_story *enl_story_make_as(const struct enl_movie_format *format, const char *photo_path,
                                    const char *video_path, const struct enl_story_params *params,
                                    struct enl_error *error);

#endif
