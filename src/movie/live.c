// SPDX-License-Identifier: MIT
// Live Photo: a QuickTime film and a JPEG of its first frame that name the same content identifier, the one in its
// movie's metadata, the other in Apple's maker note; and a track of timed metadata that says when the still was taken.
// QuickTime File Format Specification (Apple, 2016): "Metadata" and "Timed Metadata Media".
#include "base/bytes.h"
#include "movie/jpeg.h"
#include "movie/mp4.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct enl_movie {
    const struct enl_output *output; // the film's; the still's behind it
    struct enl_movie_params params;
    struct enl_movie *film; // MP4's, a struct of its own
    uint8_t *planes[3];     // where its next frame goes
    int strides[3];
    uint8_t *still; // the first frame
    size_t still_size;
};

static void live_free(struct enl_movie **movie_pointer) {
    struct enl_movie *movie = movie_pointer ? *movie_pointer : NULL;
    if (!movie) return;
    enl_movie_mp4.free(&movie->film);
    enl_release(movie->still);
    enl_release(movie);
    *movie_pointer = NULL;
}

static struct enl_movie *live_open(const struct enl_output *output, const struct enl_movie_params *params,
                                   struct enl_error *error) {
    struct enl_movie *movie = enl_alloc(1, sizeof *movie, error);
    if (!movie) return NULL;
    movie->output = output;
    movie->params = *params;
    if (movie->params.room < 8) movie->params.room = 8; // a box, so that the head is always laid out the same
    if ((movie->film = enl_mp4_open("mov", output, &movie->params, error))) return movie;
    live_free(&movie);
    return NULL;
}

static bool live_buffer(struct enl_movie *movie, uint8_t *ret_planes[3], int ret_strides[3], struct enl_error *error) {
    if (!enl_movie_mp4.buffer(movie->film, movie->planes, movie->strides, error)) return false;
    memcpy(ret_planes, movie->planes, sizeof movie->planes);
    memcpy(ret_strides, movie->strides, sizeof movie->strides);
    return true;
}

static bool live_add(struct enl_movie *movie, struct enl_error *error) {
    if (!movie->still && !(movie->still = enl_jpeg_encode(movie->planes, movie->strides, movie->params.width,
                                                          movie->params.height, &movie->still_size, error)))
        return false;
    return enl_movie_mp4.add(movie->film, error);
}

// Boxes of the film. "full" ones begin with a version and flags.

static size_t full(struct enl_bytes *b, const char *type, uint32_t version_and_flags) {
    size_t box = enl_bytes_box(b, type);
    enl_bytes_number(b, version_and_flags, 4);
    return box;
}

static void put_handler(struct enl_bytes *b, const char *type, const char *subtype) {
    size_t box = full(b, "hdlr", 0);
    enl_bytes_put(b, type, 4);
    enl_bytes_put(b, subtype, 4);
    enl_bytes_put(b, NULL, 13); // maker, flags, mask; no name
    enl_bytes_box_end(b, box);
}

#define KEYS 3

struct key {
    const char *name, *value; // UTF-8
};

// One table of all, in moov: libavformat's own in moov.udta goes, since it confuses readers, itself among them.
static void put_keys(struct enl_bytes *b, const struct key list_of[KEYS]) {
    size_t meta = enl_bytes_box(b, "meta"); // not a full box in QuickTime
    put_handler(b, "\0\0\0\0", "mdta");
    size_t keys = full(b, "keys", 0);
    enl_bytes_number(b, KEYS, 4);
    for (int i = 0; i < KEYS; i++) {
        size_t key = enl_bytes_box(b, "mdta");
        enl_bytes_text(b, list_of[i].name);
        enl_bytes_box_end(b, key);
    }
    enl_bytes_box_end(b, keys);
    size_t list = enl_bytes_box(b, "ilst");
    for (int i = 0; i < KEYS; i++) {
        size_t item = enl_bytes_box(b, (const char[4]){0, 0, 0, (char)(i + 1)}), data = enl_bytes_box(b, "data");
        enl_bytes_number(b, 1, 4); // UTF-8
        enl_bytes_number(b, 0, 4); // any country and language
        enl_bytes_text(b, list_of[i].value);
        enl_bytes_box_end(b, data);
        enl_bytes_box_end(b, item);
    }
    enl_bytes_box_end(b, list);
    enl_bytes_box_end(b, meta);
}

// The one key that the track's sample speaks of: an 8-bit number.
static void put_key(struct enl_bytes *b) {
    size_t keys = enl_bytes_box(b, "keys"), key = enl_bytes_box(b, "\0\0\0\1"), name = enl_bytes_box(b, "keyd");
    enl_bytes_text(b, "mdtacom.apple.quicktime.still-image-time");
    enl_bytes_box_end(b, name);
    size_t type = enl_bytes_box(b, "dtyp");
    enl_bytes_number(b, 0, 4);
    enl_bytes_number(b, 65, 4); // signed, 8 bits
    enl_bytes_box_end(b, type);
    enl_bytes_box_end(b, key);
    enl_bytes_box_end(b, keys);
}

// A table with so many numbers of four bytes.
static void put_table(struct enl_bytes *b, const char *type, int count, const uint32_t *numbers) {
    size_t box = full(b, type, 0);
    for (int i = 0; i < count; i++) enl_bytes_number(b, numbers[i], 4);
    enl_bytes_box_end(b, box);
}

#define SAMPLE_SIZE 9

static void put_sample_tables(struct enl_bytes *b, uint32_t *ret_offset_at) {
    size_t tables = enl_bytes_box(b, "stbl"), descriptions = full(b, "stsd", 0);
    enl_bytes_number(b, 1, 4);
    size_t description = enl_bytes_box(b, "mebx");
    enl_bytes_put(b, NULL, 6);
    enl_bytes_number(b, 1, 2); // the data reference
    put_key(b);
    enl_bytes_box_end(b, description);
    enl_bytes_box_end(b, descriptions);
    put_table(b, "stts", 3, (const uint32_t[]){1, 1, 1});
    put_table(b, "stsc", 4, (const uint32_t[]){1, 1, 1, 1});
    put_table(b, "stsz", 2, (const uint32_t[]){SAMPLE_SIZE, 1});
    put_table(b, "stco", 2, (const uint32_t[]){1, 0});
    *ret_offset_at = (uint32_t)b->size - 4;
    enl_bytes_box_end(b, tables);
}

static void put_media_info(struct enl_bytes *b, uint32_t *ret_offset_at) {
    size_t info = enl_bytes_box(b, "minf"), head = enl_bytes_box(b, "gmhd"), generic = full(b, "gmin", 0);
    for (int i = 0; i < 4; i++) enl_bytes_number(b, i ? 0x8000 : 0x40, 2); // "dither copy", grey: not seen
    enl_bytes_put(b, NULL, 4);
    enl_bytes_box_end(b, generic);
    enl_bytes_box_end(b, head);
    put_handler(b, "dhlr", "url ");
    size_t where = enl_bytes_box(b, "dinf"), references = full(b, "dref", 0);
    enl_bytes_number(b, 1, 4);
    enl_bytes_box_end(b, full(b, "url ", 1)); // this file
    enl_bytes_box_end(b, references);
    enl_bytes_box_end(b, where);
    put_sample_tables(b, ret_offset_at);
    enl_bytes_box_end(b, info);
}

// The track with one sample, at the first frame. `time_scale` is the movie's.
static void put_still_track(struct enl_bytes *b, uint32_t id, uint32_t time_scale, uint32_t fps,
                            uint32_t *ret_offset_at) {
    static const uint32_t upright[9] = {0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000};
    size_t track = enl_bytes_box(b, "trak"), head = full(b, "tkhd", 1);
    enl_bytes_put(b, NULL, 8); // made and changed: not told
    enl_bytes_number(b, id, 4);
    enl_bytes_number(b, 0, 4);
    enl_bytes_number(b, (time_scale + fps - 1) / fps, 4);
    enl_bytes_put(b, NULL, 16);
    for (int i = 0; i < 9; i++) enl_bytes_number(b, upright[i], 4);
    enl_bytes_put(b, NULL, 8); // no size
    enl_bytes_box_end(b, head);
    size_t ties = enl_bytes_box(b, "tref"), tie = enl_bytes_box(b, "cdsc");
    enl_bytes_number(b, 1, 4); // describes the picture
    enl_bytes_box_end(b, tie);
    enl_bytes_box_end(b, ties);
    size_t media = enl_bytes_box(b, "mdia"), media_head = full(b, "mdhd", 0);
    enl_bytes_put(b, NULL, 8);
    enl_bytes_number(b, fps, 4);
    enl_bytes_number(b, 1, 4);
    enl_bytes_number(b, 0x55C40000, 4); // no language
    enl_bytes_box_end(b, media_head);
    put_handler(b, "mhlr", "meta");
    put_media_info(b, ret_offset_at);
    enl_bytes_box_end(b, media);
    enl_bytes_box_end(b, track);
}

// MP4 leaves ftyp | free | moov | uuid | free | mdat. What the first four say is written again, with more in moov and
// the still's time behind it, into the same bytes; the last free box gets what is left.
struct head {
    uint8_t *bytes;
    size_t at[6]; // where each box begins, and where the last ends
};

static bool read_head(const struct enl_movie *movie, struct head *head, struct enl_error *error) {
    static const char *const types[5] = {"ftyp", "free", "moov", "uuid", "free"};
    size_t at = 0;
    bool good = true;
    for (int i = 0; i < 5 && good; i++) {
        uint8_t start[8];
        good = pread(movie->output->file, start, 8, (off_t)at) == 8 && !memcmp(start + 4, types[i], 4);
        head->at[i] = at;
        if (good) at += enl_bytes_get(start, 4);
    }
    head->at[5] = at;
    if (!good || at > 64u << 20) return enl_fail(error, ENL_INTERNAL, "The film's head is not as it was written.");
    if (!(head->bytes = enl_alloc(at, 1, error))) return false;
    return pread(movie->output->file, head->bytes, at, 0) == (ssize_t)at ||
           enl_fail(error, ENL_IO, "%s cannot be read again.", movie->output->path);
}

static void put_part(struct enl_bytes *b, const struct head *head, int part) {
    enl_bytes_put(b, head->bytes + head->at[part], head->at[part + 1] - head->at[part]);
}

static void put_head(struct enl_bytes *b, const struct head *head, uint32_t fps, const struct key keys[KEYS]) {
    uint32_t offset_at = 0;
    if (!head->bytes) return;
    put_part(b, head, 0);
    put_part(b, head, 1);
    size_t moov = enl_bytes_box(b, "moov"), mvhd = b->size; // the first in moov, version 0
    for (size_t at = head->at[2] + 8, size; at + 8 <= head->at[3]; at += size) {
        size = enl_bytes_get(head->bytes + at, 4);
        if (size < 8 || size > head->at[3] - at) break;
        if (memcmp(head->bytes + at + 4, "udta", 4) != 0) enl_bytes_put(b, head->bytes + at, size);
    }
    if (b->failed) return;
    uint32_t scale = (uint32_t)enl_bytes_get(b->data + mvhd + 20, 4),
             id = (uint32_t)enl_bytes_get(b->data + mvhd + 104, 4);
    enl_bytes_set(b, mvhd + 104, id + 1, 4);
    put_still_track(b, id, scale, fps, &offset_at);
    put_keys(b, keys);
    enl_bytes_box_end(b, moov);
    size_t data = enl_bytes_box(b, "mdat");
    enl_bytes_set(b, offset_at, b->size, 4);
    enl_bytes_number(b, SAMPLE_SIZE, 4);
    enl_bytes_number(b, 1, 4);    // the key
    enl_bytes_number(b, 0xFF, 1); // -1, as cameras write it: the time is the sample's own
    enl_bytes_box_end(b, data);
    put_part(b, head, 3);
}

static bool rewrite_head(const struct enl_movie *movie, const struct key keys[KEYS], struct enl_error *error) {
    struct head head = {0};
    struct enl_bytes b = {0};
    bool done = read_head(movie, &head, error);
    if (done) {
        put_head(&b, &head, (uint32_t)movie->params.fps, keys);
        size_t end = head.at[5];
        done = enl_bytes_good(&b, error) &&
               (b.size + 8 <= end || enl_fail(error, ENL_INTERNAL, "The film's tables outgrew their space."));
        if (done) {
            size_t rest = end - b.size;
            enl_bytes_box(&b, "free");
            enl_bytes_put(&b, NULL, rest - 8);
            enl_bytes_set(&b, end - rest, rest, 4);
            done = enl_bytes_good(&b, error) && (pwrite(movie->output->file, b.data, end, 0) == (ssize_t)end ||
                                                 enl_fail(error, ENL_IO, "%s cannot be written: %s.",
                                                          movie->output->path, strerror(errno ? errno : ENOSPC)));
        }
    }
    enl_bytes_free(&b);
    enl_release(head.bytes);
    return done;
}

// A UUID (RFC 4122, version 4) that is the same for the same film.
static void make_content_id(uint64_t id, char text[37]) {
    struct enl_random random = {id};
    uint64_t a = enl_random_next(&random), b = enl_random_next(&random);
    snprintf(text, 37, "%08X-%04X-4%03X-%04X-%04X%08X", (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xFFFF),
             (unsigned)(a & 0xFFF), (unsigned)(0x8000 | (b >> 48 & 0x3FFF)), (unsigned)(b >> 32 & 0xFFFF), (unsigned)b);
}

static bool live_finish(struct enl_movie *movie, const struct enl_movie_tags *tags, struct enl_error *error) {
    char content_id[37];
    make_content_id(tags->id, content_id);
    const struct key keys[KEYS] = {{"com.apple.quicktime.content.identifier", content_id},
                                   {"com.apple.quicktime.description", tags->description},
                                   {"AIGC", tags->aigc}};
    if (!enl_movie_mp4.finish(movie->film, &(struct enl_movie_tags){.xmp = tags->xmp}, error) ||
        !rewrite_head(movie, keys, error))
        return false;
    return enl_jpeg_put(movie->output + 1, movie->still, movie->still_size,
                        &(struct enl_jpeg_tags){.description = tags->description,
                                                .xmp = tags->xmp,
                                                .width = movie->params.width,
                                                .height = movie->params.height,
                                                .content_id = content_id},
                        error);
}

const struct enl_movie_format enl_movie_live = {.name = "live",
                                                .help = "Live Photo: a film and its still, for iPhones",
                                                .endings = {".mov"},
                                                .usual = ".mov",
                                                .second = ".jpg",
                                                .max_side = 1920,
                                                .most_side = 3840,
                                                .seconds = 3,
                                                .fps = 30,
                                                .rates = {24, 25, 30, 60},
                                                .open = live_open,
                                                .buffer = live_buffer,
                                                .add = live_add,
                                                .finish = live_finish,
                                                .free = live_free};
