// SPDX-License-Identifier: MIT
// Movies: frames and sound become a file. One file a format, one line in the registry.
#ifndef ENL_MOVIE_H
#define ENL_MOVIE_H

#include "base/output.h"

// What goes into a movie. Strings are borrowed until enl_movie_finish.
struct enl_movie_params {
    int width, height, fps; // even sides
    const float *sound;     // interleaved stereo at 48 kHz, borrowed; NULL: no sound track
    size_t sound_frames;
    bool loop;              // plays in a ring: the seam is worth bits, and sound runs on over it
    int frames;             // how many will come
    size_t room;            // bytes kept free before everything else, for credentials
};

// What is told about it in the file itself.
struct enl_movie_tags {
    const char *aigc;        // GB 45438-2025: one JSON object
    const char *description; // plain words
    const char *xmp;         // an XMP packet
};

struct enl_movie; // a movie being written

struct enl_movie_format {
    const char *name, *extension;
    struct enl_movie *(*open)(const struct enl_output *output, const struct enl_movie_params *params,
                              struct enl_error *error);
    // Where the next frame's pixels go: 8-bit 4:2:0, BT.709. Valid until the next call.
    bool (*buffer)(struct enl_movie *movie, uint8_t *ret_planes[3], int ret_strides[3], struct enl_error *error);
    bool (*add)(struct enl_movie *movie, struct enl_error *error); // what was drawn into the buffer
    bool (*finish)(struct enl_movie *movie, const struct enl_movie_tags *tags, struct enl_error *error);
    void (*free)(struct enl_movie **movie); // sets NULL; NULL is legal
};

extern const struct enl_movie_format *const enl_movie_formats[]; // ends with NULL
const struct enl_movie_format *enl_movie_format_find(const char *name); // NULL: no such format

#endif
