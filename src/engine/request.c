// SPDX-License-Identifier: MIT
// What is asked of a story: whether it is possible, before anything is done.
#include "engine/telling.h"
#include "plan/lexicon.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define LEAST_SIDE 64
#define MOST_SIDE 3840

static bool choose_size(struct telling *t, int *ret_width, int *ret_height, struct enl_error *error) {
    const char *size = t->p->size ? t->p->size : "photo";
    char rest;
    *ret_width = *ret_height = 0; // the photo's own
    if (!strcmp(size, "photo")) return true;
    if (!strcmp(size, "story")) *ret_width = 1080, *ret_height = 1920;
    // Four digits cannot overflow; blanks and signs, which sscanf() takes as well, are none.
    else if (strspn(size, "0123456789x") != strlen(size) ||
             sscanf(size, "%4dx%4d%c", ret_width, ret_height, &rest) != 2) // NOLINT(cert-err34-c)
        return enl_fail(error, ENL_USAGE, "The size \"%.40s\" is not story, photo or WIDTHxHEIGHT.", size);
    if (*ret_width < LEAST_SIDE || *ret_height < LEAST_SIDE || *ret_width > MOST_SIDE || *ret_height > MOST_SIDE ||
        *ret_width % 2 || *ret_height % 2)
        return enl_fail(error, ENL_USAGE, "The size %s is not possible; each side must be even, %d to %d pixels.", size,
                        LEAST_SIDE, MOST_SIDE);
    if (*ret_width > t->format->most_side || *ret_height > t->format->most_side)
        return enl_fail(error, ENL_USAGE, "The size %s is too large for the format %s; at most %d pixels a side.", size,
                        t->format->name, t->format->most_side);
    if (*ret_width > 5 * *ret_height || *ret_height > 5 * *ret_width)
        return enl_fail(error, ENL_USAGE, "The size %s is too narrow; one side may be at most 5 times the other.",
                        size);
    return true;
}

static bool check_rate(const struct telling *t, struct enl_error *error) {
    char list[64] = "";
    const int *rates = t->format->rates;
    for (int i = 0; rates[i]; i++) {
        if (rates[i] == t->story->fps) return true;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%d", !i ? "" : rates[i + 1] ? ", " : " or ", rates[i]);
    }
    return enl_fail(error, ENL_USAGE, "%d frames a second are not possible in the format %s; choose %s.", t->p->fps,
                    t->format->name, list);
}

bool enl_telling_check(struct telling *t, struct enl_error *error) {
    const struct enl_story_params *p = t->p;
    t->story->fps = p->fps ? p->fps : t->format->fps;
    t->story->seconds = p->seconds != 0 ? p->seconds : t->format->seconds;
    if (!(t->story->seconds >= 3 && t->story->seconds <= 15))
        return enl_fail(error, ENL_USAGE, "%g seconds are not possible; choose 3 to 15.", p->seconds);
    if (!check_rate(t, error)) return false;
    if (p->threads < 0 || p->threads > 64)
        return enl_fail(error, ENL_USAGE, "%d threads are not possible; choose 1 to 64, or 0 for one a core.",
                        p->threads);
    char langs[128];
    enl_lexicon_langs(langs, sizeof langs);
    const char *lang = p->lang ? p->lang : p->plan && p->plan->lang[0] ? p->plan->lang : "en";
    if (!enl_lexicon_label(lang, t->label_text, sizeof t->label_text))
        return enl_fail(error, ENL_USAGE, "There is no language \"%.20s\"; choose one of: %s.", lang, langs);
    return choose_size(t, &t->story->width, &t->story->height, error);
}

static bool same_file(const char *a, const char *b) {
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool open_second(struct telling *t, const char *photo, const char *path, struct enl_error *error) {
    char *second = t->story->second = enl_movie_second_name(t->format, path, error);
    if (!second) return false;
    if (!strcmp(second, path))
        return enl_fail(error, ENL_USAGE, "%s is the name of the still; name the film, which ends in %s.", path,
                        t->format->endings[0]);
    if (same_file(second, photo))
        return enl_fail(error, ENL_USAGE, "The still %s cannot replace the photo; choose another name.", second);
    return enl_output_open(&t->outputs[1], second, t->p->force, error);
}

bool enl_telling_open(struct telling *t, const char *photo, const char *path, bool known, struct enl_error *error) {
    char endings[80];
    enl_movie_list_endings(endings, sizeof endings);
    if (!enl_output_open(&t->outputs[0], path, t->p->force, error)) return false;
    if (!known)
        return enl_fail(error, ENL_USAGE, "%s has none of the endings %s; choose one, or name the format.", path,
                        endings);
    return !t->format->second || open_second(t, photo, path, error);
}
