// SPDX-License-Identifier: MIT
// Animated AVIF by libavif, which packs AV1 with libaom: https://aomediacodec.github.io/av1-avif/. The packed frames
// stay in memory until the end, since the head of the file lists them; they are a few megabytes.
#include "base/output.h"
#include "base/bytes.h"
#include "movie/movie.h"

#include <avif/avif.h>
#include <stdio.h>
#include <string.h>

#define SPEED 9      // of 0..10
#define QUANTISER 24 // of 0..63
#define THREADS 3
// libavif wants the packet before the first frame, but it names the frames' hash: this keeps its place.
#define XMP_ROOM 4096
#define XMP_MARK "Enliven keeps this place."

struct enl_movie {
    const struct enl_output *output;
    struct enl_movie_params params;
    avifEncoder *encoder;
    avifImage *image;
};

static bool fail(const struct enl_movie *movie, avifResult result, struct enl_error *error) {
    if (result == AVIF_RESULT_OUT_OF_MEMORY || result == AVIF_RESULT_ENCODE_COLOR_FAILED)
        return enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the AVIF.");
    return enl_fail(error, ENL_INTERNAL, "The AVIF failed: %s%s.", avifResultToString(result),
                    movie->encoder ? movie->encoder->diag.error : "");
}

static void avif_free(struct enl_movie **movie_pointer) {
    struct enl_movie *movie = movie_pointer ? *movie_pointer : NULL;
    if (!movie) return;
    if (movie->image) avifImageDestroy(movie->image);
    if (movie->encoder) avifEncoderDestroy(movie->encoder);
    enl_release(movie);
    *movie_pointer = NULL;
}

static void set_encoder(struct enl_movie *movie) {
    char level[8];
    avifEncoder *e = movie->encoder;
    e->codecChoice = AVIF_CODEC_CHOICE_AOM;
    e->maxThreads = THREADS;
    e->speed = SPEED;
    e->timescale = (uint64_t)movie->params.fps;
    e->minQuantizer = AVIF_QUANTIZER_BEST_QUALITY;
    e->maxQuantizer = AVIF_QUANTIZER_WORST_QUALITY;
    snprintf(level, sizeof level, "%d", QUANTISER);
    avifEncoderSetCodecSpecificOption(e, "end-usage", "q");
    avifEncoderSetCodecSpecificOption(e, "cq-level", level);
}

static void set_image(struct enl_movie *movie) {
    avifImage *image = movie->image;
    image->colorPrimaries = AVIF_COLOR_PRIMARIES_BT709;
    image->transferCharacteristics = AVIF_TRANSFER_CHARACTERISTICS_SRGB;
    image->matrixCoefficients = AVIF_MATRIX_COEFFICIENTS_BT709;
    image->yuvRange = AVIF_RANGE_LIMITED;
    avifImageAllocatePlanes(image, AVIF_PLANES_YUV);
    uint8_t room[XMP_ROOM];
    memset(room, ' ', sizeof room);
    memcpy(room, XMP_MARK, strlen(XMP_MARK));
    avifImageSetMetadataXMP(image, room, sizeof room);
}

static struct enl_movie *avif_open(const struct enl_output *output, const struct enl_movie_params *params,
                                   struct enl_error *error) {
    // libaom looks ahead over some tens of frames, with what it works out of each.
    if (!enl_memory_left(((size_t)64 << 20) + 200 * (size_t)params->width * (size_t)params->height, error)) return NULL;
    if (!avifCodecName(AVIF_CODEC_CHOICE_AOM, AVIF_CODEC_FLAG_CAN_ENCODE))
        return enl_fail(error, ENL_INTERNAL, "This libavif has no libaom."), NULL;
    struct enl_movie *movie = enl_alloc(1, sizeof *movie, error);
    if (!movie) return NULL;
    movie->output = output;
    movie->params = *params;
    movie->encoder = avifEncoderCreate();
    movie->image = avifImageCreate(params->width, params->height, 8, AVIF_PIXEL_FORMAT_YUV420);
    if (movie->encoder && movie->image) {
        set_encoder(movie);
        set_image(movie);
        if (movie->image->yuvPlanes[0] && movie->image->xmp.size == XMP_ROOM) return movie;
    }
    fail(movie, AVIF_RESULT_OUT_OF_MEMORY, error);
    avif_free(&movie);
    return NULL;
}

static bool avif_buffer(struct enl_movie *movie, uint8_t *ret_planes[3], int ret_strides[3], struct enl_error *error) {
    (void)error;
    for (int c = 0; c < 3; c++) {
        ret_planes[c] = movie->image->yuvPlanes[c];
        ret_strides[c] = (int)movie->image->yuvRowBytes[c];
    }
    return true;
}

static bool avif_add(struct enl_movie *movie, struct enl_error *error) {
    avifResult result = avifEncoderAddImage(movie->encoder, movie->image, 1, AVIF_ADD_IMAGE_FLAG_NONE);
    return result == AVIF_RESULT_OK ? true : fail(movie, result, error);
}

// The packet into the places kept for it, its padding before its end as XMP has it.
static bool put_xmp(avifRWData *file, const char *xmp, struct enl_error *error) {
    const char *end = strstr(xmp, "<?xpacket end");
    size_t size = strlen(xmp), head = end ? (size_t)(end - xmp) : size;
    int places = 0;
    if (size > XMP_ROOM) return enl_fail(error, ENL_INTERNAL, "The AVIF's XMP outgrew the space kept for it.");
    for (uint8_t *at = file->data;
         (at = memmem(at, file->size - (size_t)(at - file->data), XMP_MARK, strlen(XMP_MARK))); places++) {
        memset(at, ' ', XMP_ROOM);
        memcpy(at, xmp, head);
        memcpy(at + XMP_ROOM - (size - head), xmp + head, size - head);
    }
    return places ? true : enl_fail(error, ENL_INTERNAL, "The AVIF has no place for its XMP.");
}

// libavif writes the time of day into the heads of the movie, its tracks and their media; the same frames give the
// same file without.
static void clear_times(uint8_t *data, size_t size) {
    for (size_t at = 0; at + 28 <= size;) {
        size_t box = enl_bytes_get(data + at, 4);
        const char *type = (const char *)data + at + 4;
        if (box < 8 || box > size - at) return;
        if (!memcmp(type, "moov", 4) || !memcmp(type, "trak", 4) || !memcmp(type, "mdia", 4))
            clear_times(data + at + 8, box - 8);
        else if (!memcmp(type, "mvhd", 4) || !memcmp(type, "tkhd", 4) || !memcmp(type, "mdhd", 4))
            memset(data + at + 12, 0, data[at + 8] == 1 ? 16 : 8);
        at += box;
    }
}

static bool avif_finish(struct enl_movie *movie, const struct enl_movie_tags *tags, struct enl_error *error) {
    avifRWData file = AVIF_DATA_EMPTY;
    avifResult result = avifEncoderFinish(movie->encoder, &file);
    if (result != AVIF_RESULT_OK) fail(movie, result, error);
    else clear_times(file.data, file.size);
    bool done = result == AVIF_RESULT_OK && put_xmp(&file, tags->xmp, error) &&
                enl_output_put(movie->output, file.data, file.size, error);
    avifRWDataFree(&file);
    return done;
}

const struct enl_movie_format enl_movie_avif = {.name = "avif",
                                                .help = "a loop for web pages, the smallest, no sound",
                                                .endings = {".avif"},
                                                .usual = ".avif",
                                                ENL_MOVIE_WEB_LOOP,
                                                .open = avif_open,
                                                .buffer = avif_buffer,
                                                .add = avif_add,
                                                .finish = avif_finish,
                                                .free = avif_free};
