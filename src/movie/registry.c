// SPDX-License-Identifier: MIT
#include "movie/mp4.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

extern const struct enl_movie_format enl_movie_webp, enl_movie_gif, enl_movie_avif, enl_movie_motion, enl_movie_live;

const struct enl_movie_format *const enl_movie_formats[] = {
    &enl_movie_mp4, &enl_movie_webp, &enl_movie_gif, &enl_movie_avif, &enl_movie_motion, &enl_movie_live, NULL};

const struct enl_movie_format *enl_movie_format_find(const char *name) {
    for (int i = 0; enl_movie_formats[i]; i++)
        if (!strcmp(enl_movie_formats[i]->name, name)) return enl_movie_formats[i];
    return NULL;
}

// The last dot of the file's name, unless it begins with it; else its end.
static size_t stem_of(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    return dot && dot > name ? (size_t)(dot - path) : strlen(path);
}

const struct enl_movie_format *enl_movie_format_for(const char *path) {
    const char *ending = path + stem_of(path);
    for (int i = 0; enl_movie_formats[i]; i++)
        for (int k = 0; enl_movie_formats[i]->endings[k]; k++)
            if (!strcasecmp(enl_movie_formats[i]->endings[k], ending)) return enl_movie_formats[i];
    return NULL;
}

// Adds a word to a list in sentences.
static void list(char *text, size_t size, const char *word) {
    size_t used = strlen(text);
    if (used < size) snprintf(text + used, size - used, "%s%s", used ? ", " : "", word);
}

void enl_movie_list_endings(char *text, size_t size) {
    text[0] = 0;
    for (int i = 0; enl_movie_formats[i]; i++) list(text, size, enl_movie_formats[i]->endings[0]);
}

void enl_movie_list_names(char *text, size_t size) {
    text[0] = 0;
    for (int i = 0; enl_movie_formats[i]; i++) list(text, size, enl_movie_formats[i]->name);
}

char *enl_movie_second_name(const struct enl_movie_format *format, const char *path, struct enl_error *error) {
    size_t stem = stem_of(path), size = stem + strlen(format->second) + 1;
    char *name = enl_alloc(size, 1, error);
    if (name) snprintf(name, size, "%.*s%s", (int)stem, path, format->second);
    return name;
}
