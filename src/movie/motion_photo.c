// SPDX-License-Identifier: MIT
// Motion Photo: a JPEG of the first frame with the MP4 behind it, as Android's gallery plays it.
// https://developer.android.com/media/platform/motion-photo-format, format 1.0.
#include "mark/mark.h"
#include "movie/jpeg.h"
#include "movie/mp4.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct enl_movie {
    const struct enl_output *output;
    struct enl_movie_params params;
    struct enl_output film_file; // never gets a name
    struct enl_movie *film;      // MP4's, a struct of its own
    uint8_t *planes[3];          // where its next frame goes
    int strides[3];
    uint8_t *still; // the first frame
    size_t still_size;
};

static void motion_free(struct enl_movie **movie_pointer) {
    struct enl_movie *movie = movie_pointer ? *movie_pointer : NULL;
    if (!movie) return;
    enl_movie_mp4.free(&movie->film);
    enl_output_abort(&movie->film_file);
    enl_release(movie->still);
    enl_release(movie);
    *movie_pointer = NULL;
}

static struct enl_movie *motion_open(const struct enl_output *output, const struct enl_movie_params *params,
                                     struct enl_error *error) {
    struct enl_movie *movie = enl_alloc(1, sizeof *movie, error);
    if (!movie) return NULL;
    movie->output = output;
    movie->params = *params;
    movie->params.room = 0; // a credential would stand in the JPEG
    if (enl_output_open(&movie->film_file, output->path, true, error) &&
        (movie->film = enl_mp4_open("mp4", &movie->film_file, &movie->params, error)))
        return movie;
    motion_free(&movie);
    return NULL;
}

static bool motion_buffer(struct enl_movie *movie, uint8_t *ret_planes[3], int ret_strides[3],
                          struct enl_error *error) {
    if (!enl_movie_mp4.buffer(movie->film, movie->planes, movie->strides, error)) return false;
    memcpy(ret_planes, movie->planes, sizeof movie->planes);
    memcpy(ret_strides, movie->strides, sizeof movie->strides);
    return true;
}

static bool motion_add(struct enl_movie *movie, struct enl_error *error) {
    if (!movie->still && !(movie->still = enl_jpeg_encode(movie->planes, movie->strides, movie->params.width,
                                                          movie->params.height, &movie->still_size, error)))
        return false;
    return enl_movie_mp4.add(movie->film, error);
}

// The film's bytes behind what is there.
static bool append_film(struct enl_movie *movie, int64_t size, struct enl_error *error) {
    uint8_t bytes[1 << 16];
    for (int64_t at = 0; at < size;) {
        ssize_t n = pread(movie->film_file.file, bytes, sizeof bytes, at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0)
            return enl_fail(error, ENL_IO, "%s cannot be written: %s.", movie->output->path,
                            strerror(n < 0 ? errno : EIO));
        if (!enl_output_put(movie->output, bytes, (size_t)n, error)) return false;
        at += n;
    }
    return true;
}

static char *xmp_for(const struct enl_movie_tags *tags, int64_t film_size, struct enl_error *error) {
    char words[2000];
    snprintf(words, sizeof words,
             "  <rdf:Description rdf:about=\"\"\n"
             "    xmlns:GCamera=\"http://ns.google.com/photos/1.0/camera/\"\n"
             "    xmlns:Container=\"http://ns.google.com/photos/1.0/container/\"\n"
             "    xmlns:Item=\"http://ns.google.com/photos/1.0/container/item/\"\n"
             "    GCamera:MotionPhoto=\"1\" GCamera:MotionPhotoVersion=\"1\"\n"
             "    GCamera:MotionPhotoPresentationTimestampUs=\"0\">\n"
             "   <Container:Directory><rdf:Seq>\n"
             "    <rdf:li rdf:parseType=\"Resource\"><Container:Item Item:Mime=\"image/jpeg\"\n"
             "      Item:Semantic=\"Primary\" Item:Length=\"0\" Item:Padding=\"0\"/></rdf:li>\n"
             "    <rdf:li rdf:parseType=\"Resource\"><Container:Item Item:Mime=\"video/mp4\"\n"
             "      Item:Semantic=\"MotionPhoto\" Item:Length=\"%lld\" Item:Padding=\"0\"/></rdf:li>\n"
             "   </rdf:Seq></Container:Directory>\n"
             "  </rdf:Description>\n",
             (long long)film_size);
    return enl_mark_xmp_with(tags->xmp, words, error);
}

static bool motion_finish(struct enl_movie *movie, const struct enl_movie_tags *tags, struct enl_error *error) {
    if (!enl_movie_mp4.finish(movie->film, tags, error)) return false;
    int64_t size = lseek(movie->film_file.file, 0, SEEK_END);
    char *xmp = xmp_for(tags, size, error);
    bool done = xmp &&
                enl_jpeg_put(movie->output, movie->still, movie->still_size,
                             &(struct enl_jpeg_tags){.description = tags->description,
                                                     .xmp = xmp,
                                                     .width = movie->params.width,
                                                     .height = movie->params.height},
                             error) &&
                append_film(movie, size, error);
    enl_release(xmp);
    return done;
}

const struct enl_movie_format enl_movie_motion = {.name = "motion",
                                                  .help = "Motion Photo: a JPEG with the video in it, for Android",
                                                  .endings = {".jpg", ".jpeg"},
                                                  .usual = ".MP.jpg", // the name that the format's page asks for
                                                  .max_side = 1920,
                                                  .most_side = 3840,
                                                  .seconds = 5,
                                                  .fps = 30,
                                                  .rates = {24, 25, 30, 60},
                                                  .open = motion_open,
                                                  .buffer = motion_buffer,
                                                  .add = motion_add,
                                                  .finish = motion_finish,
                                                  .free = motion_free};
