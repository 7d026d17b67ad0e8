// SPDX-License-Identifier: MIT
// MP4 for the formats that hold a film of its kind within or beside them: they open it so, and then call what
// enl_movie_mp4 says. Its struct enl_movie is its own.
#ifndef ENL_MOVIE_MP4_H
#define ENL_MOVIE_MP4_H

#include "movie/movie.h"

extern const struct enl_movie_format enl_movie_mp4;

// `muxer` is libavformat's: "mp4" or "mov".
struct enl_movie *enl_mp4_open(const char *muxer, const struct enl_output *output,
                               const struct enl_movie_params *params, struct enl_error *error);

#endif
