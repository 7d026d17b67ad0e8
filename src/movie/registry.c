// SPDX-License-Identifier: MIT
#include "movie/movie.h"

#include <string.h>

extern const struct enl_movie_format enl_movie_mp4;

const struct enl_movie_format *const enl_movie_formats[] = {&enl_movie_mp4, NULL};

const struct enl_movie_format *enl_movie_format_find(const char *name) {
    for (int i = 0; enl_movie_formats[i]; i++)
        if (!strcmp(enl_movie_formats[i]->name, name)) return enl_movie_formats[i];
    return NULL;
}
