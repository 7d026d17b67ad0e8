// SPDX-License-Identifier: MIT
// GIF89a by libcgif. Frames are written as they come; three are kept.
#include "base/output.h"
#include "base/bytes.h"
#include "movie/movie.h"
#include "movie/palette.h"
#include "movie/planes.h"

#include <cgif.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define HOLD 4  // levels that a pixel may be off before it is written again; fewer towards the end, so that none is off
#define LAST 12 // in the last frames, and the seam of a loop is a step like any

struct enl_movie {
    const struct enl_output *output;
    struct enl_movie_params params;
    struct enl_planes planes;
    uint8_t *rgb, *held; // of this frame, and of when each pixel was written last
    uint8_t *indices;
    struct enl_palette palette;
    CGIF *gif;
    struct enl_error io; // of the first failed write
    int frames;
};

static bool fail(const struct enl_movie *movie, struct enl_error *error) {
    if (movie->io.code) return enl_fail(error, movie->io.code, "%s", movie->io.text);
    return enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the GIF.");
}

static int write_bytes(void *user, const uint8_t *bytes, const size_t size) {
    struct enl_movie *movie = user;
    if (movie->io.code) return -1;
    return enl_output_put(movie->output, bytes, size, &movie->io) ? 0 : -1;
}

static void gif_free(struct enl_movie **movie_pointer) {
    struct enl_movie *movie = movie_pointer ? *movie_pointer : NULL;
    if (!movie) return;
    if (!movie->io.code) movie->io.code = ENL_CANCELLED; // closing writes what it still has
    if (movie->gif) cgif_close(movie->gif);
    enl_planes_free(&movie->planes);
    enl_palette_free(&movie->palette);
    enl_release(movie->rgb);
    enl_release(movie->held);
    enl_release(movie->indices);
    enl_release(movie);
    *movie_pointer = NULL;
}

static struct enl_movie *gif_open(const struct enl_output *output, const struct enl_movie_params *params,
                                  struct enl_error *error) {
    size_t pixels = (size_t)params->width * (size_t)params->height;
    if (!enl_memory_left(20 * pixels + (8u << 20), error)) return NULL;
    struct enl_movie *movie = enl_alloc(1, sizeof *movie, error);
    if (!movie) return NULL;
    movie->output = output;
    movie->params = *params;
    if (enl_planes_make(&movie->planes, params->width, params->height, error) &&
        (movie->rgb = enl_alloc(pixels, 3, error)) && (movie->held = enl_alloc(pixels, 3, error)) &&
        (movie->indices = enl_alloc(pixels, 1, error)))
        return movie;
    gif_free(&movie);
    return NULL;
}

static bool gif_buffer(struct enl_movie *movie, uint8_t *ret_planes[3], int ret_strides[3], struct enl_error *error) {
    (void)error;
    return enl_planes_show(&movie->planes, ret_planes, ret_strides);
}

static bool start(struct enl_movie *movie, struct enl_error *error) {
    const struct enl_movie_params *p = &movie->params;
    if (!enl_palette_make(&movie->palette, movie->rgb, (size_t)p->width * (size_t)p->height, error)) return false;
    movie->gif = cgif_newgif(&(CGIF_Config){.pGlobalPalette = movie->palette.colours,
                                            .numGlobalPaletteEntries = (uint16_t)movie->palette.count,
                                            .attrFlags = CGIF_ATTR_IS_ANIMATED | (p->loop ? 0 : CGIF_ATTR_NO_LOOP),
                                            .width = (uint16_t)p->width,
                                            .height = (uint16_t)p->height,
                                            .numLoops = CGIF_INFINITE_LOOP,
                                            .pWriteFn = write_bytes,
                                            .pContext = movie});
    return movie->gif ? true : fail(movie, error);
}

static bool differs(const uint8_t *a, const uint8_t *b, int hold) {
    for (int c = 0; c < 3; c++)
        if (a[c] > b[c] + hold || b[c] > a[c] + hold) return true;
    return false;
}

// Pixels that changed get a colour; the others keep theirs.
static void quantise(struct enl_movie *movie) {
    int left = movie->params.frames - 1 - movie->frames, hold = left >= LAST ? HOLD : left > 0 ? left * HOLD / LAST : 0;
    size_t i = 0;
    for (int y = 0; y < movie->params.height; y++)
        for (int x = 0; x < movie->params.width; x++, i++) {
            const uint8_t *from = movie->rgb + 3 * i;
            if (movie->frames && !differs(from, movie->held + 3 * i, hold)) continue;
            memcpy(movie->held + 3 * i, from, 3);
            movie->indices[i] = (uint8_t)enl_palette_index(&movie->palette, from, x, y);
        }
}

// When frame `i` begins, in hundredths of a second, which is how finely GIF counts.
static int time_of(const struct enl_movie *movie, int i) {
    return (i * 100 + movie->params.fps / 2) / movie->params.fps;
}

static bool gif_add(struct enl_movie *movie, struct enl_error *error) {
    enl_planes_to_rgb(&movie->planes, movie->rgb);
    if (!movie->gif && !start(movie, error)) return false;
    quantise(movie);
    int i = movie->frames++;
    CGIF_FrameConfig frame = {.pImageData = movie->indices,
                              .delay = (uint16_t)(time_of(movie, i + 1) - time_of(movie, i)),
                              .genFlags = CGIF_FRAME_GEN_USE_TRANSPARENCY | CGIF_FRAME_GEN_USE_DIFF_WINDOW};
    return (cgif_addframe(movie->gif, &frame) == CGIF_OK && !movie->io.code) || fail(movie, error);
}

// ISO 16684-3, XMP in GIF: an application extension that is no chain of blocks; readers that take it for one are led
// to its end by the 258 bytes of the trailer, whichever they land on.
static bool put_xmp(struct enl_movie *movie, const char *xmp, struct enl_error *error) {
    struct enl_bytes b = {0};
    enl_bytes_put(&b, "\x21\xFF\x0BXMP DataXMP", 14);
    enl_bytes_text(&b, xmp);
    enl_bytes_number(&b, 1, 1);
    for (int i = 255; i >= 0; i--) enl_bytes_number(&b, (uint64_t)i, 1);
    enl_bytes_number(&b, 0x003B, 2); // its end, and the file's
    bool done = enl_bytes_good(&b, error) &&
                (lseek(movie->output->file, -1, SEEK_END) > 0 ||
                 enl_fail(error, ENL_IO, "%s cannot be written: %s.", movie->output->path, strerror(errno))) &&
                enl_output_put(movie->output, b.data, b.size, error);
    enl_bytes_free(&b);
    return done;
}

static bool gif_finish(struct enl_movie *movie, const struct enl_movie_tags *tags, struct enl_error *error) {
    int result = cgif_close(movie->gif);
    movie->gif = NULL;
    if (result != CGIF_OK || movie->io.code) return fail(movie, error);
    return put_xmp(movie, tags->xmp, error);
}

const struct enl_movie_format enl_movie_gif = {.name = "gif",
                                               .help = "a small loop that every program shows, 255 colours, no sound",
                                               .endings = {".gif"},
                                               .usual = ".gif",
                                               .max_side = 480,
                                               .most_side = 480,
                                               .seconds = 5,
                                               .fps = 20,
                                               .rates = {10, 15, 20, 25},
                                               .loop = true,
                                               .silent = true,
                                               .open = gif_open,
                                               .buffer = gif_buffer,
                                               .add = gif_add,
                                               .finish = gif_finish,
                                               .free = gif_free};
