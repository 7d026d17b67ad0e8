// SPDX-License-Identifier: MIT
// Movies: frames and sound become a file, or two that belong together. One file a format, one line in the registry.
#ifndef ENL_MOVIE_H
#define ENL_MOVIE_H

#include "base/output.h"

// What goes into a movie. Strings are borrowed until enl_movie_finish.
struct enl_movie_params {
    int width, height, fps; // even sides
    const float *sound;     // interleaved stereo at 48 kHz, borrowed; NULL: no sound track
    size_t sound_frames;
    bool loop;   // plays in a ring: the seam is worth bits, and sound runs on over it
    int frames;  // how many will come
    size_t room; // bytes kept free before everything else, for credentials
};

// What is told about it in the file itself.
struct enl_movie_tags {
    const char *aigc;        // GB 45438-2025: one JSON object
    const char *description; // plain words
    const char *xmp;         // an XMP packet; pictures hold AIGC in it
    uint64_t id;             // of this video; the same frames, the same number
};

struct enl_movie; // a movie being written

struct enl_movie_format {
    const char *name, *help;
    const char *endings[3];  // of file names, without regard to case; ends with NULL
    const char *usual;       // ending of names that are made up
    const char *second;      // ending of the second file beside the first; NULL: one file
    int max_side, most_side; // longest side: of the size "photo", and of any, pixels
    int seconds, fps;        // unless given
    int rates[6];            // frames a second that are possible; ends with 0
    bool loop;               // loops unless told otherwise
    bool silent;             // holds no sound
    // `output` is the first of two where there is a `second`.
    struct enl_movie *(*open)(const struct enl_output *output, const struct enl_movie_params *params,
                              struct enl_error *error);
    // Where the next frame's pixels go: 8-bit 4:2:0, BT.709. Valid until the next call.
    bool (*buffer)(struct enl_movie *movie, uint8_t *ret_planes[3], int ret_strides[3], struct enl_error *error);
    bool (*add)(struct enl_movie *movie, struct enl_error *error); // what was drawn into the buffer
    bool (*finish)(struct enl_movie *movie, const struct enl_movie_tags *tags, struct enl_error *error);
    void (*free)(struct enl_movie **movie); // sets NULL; NULL is legal
};

// What the loops for web pages have in common.
#define ENL_MOVIE_WEB_LOOP                                                                                             \
    .max_side = 1280, .most_side = 3840, .seconds = 5, .fps = 30, .rates = {24, 25, 30, 60}, .loop = true,             \
    .silent = true

extern const struct enl_movie_format *const enl_movie_formats[];        // ends with NULL
const struct enl_movie_format *enl_movie_format_find(const char *name); // NULL: no such format
const struct enl_movie_format *enl_movie_format_for(const char *path);  // by its ending; NULL: none has it
// ".mp4, .webp, .gif ..." and "mp4, webp ..." for sentences.
void enl_movie_list_endings(char *text, size_t size);
void enl_movie_list_names(char *text, size_t size);
// The name of the second file: `path` with its ending changed. Released with enl_release.
char *enl_movie_second_name(const struct enl_movie_format *format, const char *path, struct enl_error *error);

#endif
