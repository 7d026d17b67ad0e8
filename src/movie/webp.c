// SPDX-License-Identifier: MIT
// Animated WebP by libwebpmux: https://developers.google.com/speed/webp/docs/riff_container. The packed frames stay in
// memory until the end, since their sizes stand at the head of the file; they are a few megabytes.
#include "base/output.h"
#include "movie/movie.h"
#include "movie/planes.h"

#include <string.h>
#include <webp/encode.h>
#include <webp/mux.h>

#define QUALITY 85 // of 0..100; slow drifts are cut into steps below
// The first frame stays where nothing moves, and the last ones lead back to it from what drifted.
#define BEST 96
#define LAST 12
#define EFFORT 2 // of 0..6; 4 made a lake 7 % smaller in a fifth more time, all told

struct enl_movie {
    const struct enl_output *output;
    struct enl_movie_params params;
    struct enl_planes planes;
    uint8_t *rgb;
    WebPAnimEncoder *encoder;
    WebPConfig config;
    int64_t frames;
};

static bool fail(struct enl_error *error) {
    return enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the WebP.");
}

static void webp_free(struct enl_movie **movie_pointer) {
    struct enl_movie *movie = movie_pointer ? *movie_pointer : NULL;
    if (!movie) return;
    if (movie->encoder) WebPAnimEncoderDelete(movie->encoder);
    enl_planes_free(&movie->planes);
    enl_release(movie->rgb);
    enl_release(movie);
    *movie_pointer = NULL;
}

static bool open_encoder(struct enl_movie *movie, struct enl_error *error) {
    const struct enl_movie_params *p = &movie->params;
    WebPAnimEncoderOptions options;
    if (!WebPAnimEncoderOptionsInit(&options) || !WebPConfigInit(&movie->config))
        return enl_fail(error, ENL_INTERNAL, "This libwebp is another one than Enliven was built with.");
    options.anim_params.loop_count = p->loop ? 0 : 1; // 0: for ever
    options.kmin = 0x7fffffff - 1;                    // the first frame is the only key: players start there
    options.kmax = 0x7fffffff;
    movie->config.quality = QUALITY;
    movie->config.method = EFFORT;
    movie->encoder = WebPAnimEncoderNew(p->width, p->height, &options);
    return movie->encoder ? true : fail(error);
}

static struct enl_movie *webp_open(const struct enl_output *output, const struct enl_movie_params *params,
                                   struct enl_error *error) {
    size_t pixels = (size_t)params->width * (size_t)params->height;
    if (!enl_memory_left(40 * pixels + (32u << 20), error)) return NULL;
    struct enl_movie *movie = enl_alloc(1, sizeof *movie, error);
    if (!movie) return NULL;
    movie->output = output;
    movie->params = *params;
    if (enl_planes_make(&movie->planes, params->width, params->height, error) &&
        (movie->rgb = enl_alloc(pixels, 3, error)) && open_encoder(movie, error))
        return movie;
    webp_free(&movie);
    return NULL;
}

static bool webp_buffer(struct enl_movie *movie, uint8_t *ret_planes[3], int ret_strides[3], struct enl_error *error) {
    (void)error;
    return enl_planes_show(&movie->planes, ret_planes, ret_strides);
}

// When frame `i` begins, ms.
static int time_of(const struct enl_movie *movie, int64_t i) {
    return (int)((i * 1000 + movie->params.fps / 2) / movie->params.fps);
}

static bool webp_add(struct enl_movie *movie, struct enl_error *error) {
    WebPPicture picture;
    int64_t left = movie->params.frames - 1 - movie->frames;
    int64_t more = !movie->frames ? LAST : left < LAST ? LAST - left : 0;
    movie->config.quality = (float)(QUALITY + (BEST - QUALITY) * more / LAST);
    if (!WebPPictureInit(&picture)) return enl_fail(error, ENL_INTERNAL, "This libwebp is another one.");
    picture.width = movie->params.width;
    picture.height = movie->params.height;
    picture.use_argb = 1; // WebP's own 4:2:0 is BT.601
    enl_planes_to_rgb(&movie->planes, movie->rgb);
    bool done = WebPPictureImportRGB(&picture, movie->rgb, 3 * picture.width) &&
                WebPAnimEncoderAdd(movie->encoder, &picture, time_of(movie, movie->frames), &movie->config);
    WebPPictureFree(&picture);
    movie->frames++;
    return done ? true : fail(error);
}

// `frames` with the packet in a chunk of its own.
static bool add_xmp(const WebPData *frames, const char *xmp, WebPData *ret) {
    WebPMux *mux = WebPMuxCreate(frames, 0);
    WebPData packet = {(const uint8_t *)xmp, strlen(xmp)};
    bool done = mux && WebPMuxSetChunk(mux, "XMP ", &packet, 0) == WEBP_MUX_OK &&
                WebPMuxAssemble(mux, ret) == WEBP_MUX_OK;
    WebPMuxDelete(mux);
    return done;
}

static bool webp_finish(struct enl_movie *movie, const struct enl_movie_tags *tags, struct enl_error *error) {
    WebPData frames, file;
    WebPDataInit(&frames);
    WebPDataInit(&file);
    bool done = WebPAnimEncoderAdd(movie->encoder, NULL, time_of(movie, movie->frames), NULL) &&
                WebPAnimEncoderAssemble(movie->encoder, &frames);
    WebPAnimEncoderDelete(movie->encoder);
    movie->encoder = NULL;
    done = ((done && add_xmp(&frames, tags->xmp, &file)) || fail(error)) &&
           enl_output_put(movie->output, file.bytes, file.size, error);
    WebPDataClear(&frames);
    WebPDataClear(&file);
    return done;
}

const struct enl_movie_format enl_movie_webp = {.name = "webp",
                                                .help = "a loop for web pages and chats, 24-bit colours, no sound",
                                                .endings = {".webp"},
                                                .usual = ".webp",
                                                ENL_MOVIE_WEB_LOOP,
                                                .open = webp_open,
                                                .buffer = webp_buffer,
                                                .add = webp_add,
                                                .finish = webp_finish,
                                                .free = webp_free};
