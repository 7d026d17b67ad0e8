// SPDX-License-Identifier: MIT
// Movies: how the file is laid out, that its offsets are right, that tags are where they belong, and a full disk; and
// of every format in the registry that it keeps what is promised of all of them.
#include "unit.h"

#include "movie/movie.h"

#include <signal.h>
#include <sys/resource.h>
#include <vips/vips.h>

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint8_t *read_file(const char *path, size_t *ret_size) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *ret_size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*ret_size);
    assert_int_equal(fread(bytes, 1, *ret_size, file), *ret_size);
    fclose(file);
    return bytes;
}

static const struct enl_movie_tags tags = {
    .aigc = "{\"Label\":\"1\"}", .description = "words \xc3\xa9", .xmp = "<x:xmpmeta>here</x:xmpmeta>", .id = 5};

// Writes a movie of noise that changes; false with `error` filled when it cannot. After `stop` frames it is given up.
static bool write_as(const struct enl_movie_format *format, const char *path, const struct enl_movie_params *given,
                     int frames, int stop, struct enl_error *error) {
    struct enl_output outputs[2] = {{.file = -1}, {.file = -1}};
    char *second = format->second ? enl_movie_second_name(format, path, NULL) : NULL;
    struct enl_movie_params own = *given, *params = &own;
    own.frames = frames;
    bool opened = enl_output_open(&outputs[0], path, true, error) &&
                  (!second || enl_output_open(&outputs[1], second, true, error));
    struct enl_movie *movie = opened ? format->open(outputs, params, error) : NULL;
    bool done = movie != NULL;
    struct enl_random random = {7};
    for (int i = 0; done && i < frames; i++) {
        uint8_t *planes[3];
        int strides[3];
        if (i == stop) done = false;
        done = done && format->buffer(movie, planes, strides, error);
        for (int c = 0; done && c < 3; c++)
            for (int y = 0; y < (c ? params->height / 2 : params->height); y++)
                for (int x = 0; x < (c ? params->width / 2 : params->width); x++)
                    planes[c][y * strides[c] + x] = (uint8_t)(16 + enl_random_next(&random) % 200);
        done = done && format->add(movie, error);
    }
    done = done && format->finish(movie, &tags, error);
    format->free(&movie);
    assert_null(movie);
    done = done && enl_output_commit_all(outputs, second ? 2 : 1, error);
    for (int i = 0; i < 2; i++) enl_output_abort(&outputs[i]);
    enl_release(second);
    return done;
}

static bool write_movie(const char *path, const struct enl_movie_params *params, int frames, struct enl_error *error) {
    return write_as(enl_movie_formats[0], path, params, frames, -1, error);
}

struct box {
    char type[5];
    size_t at, size;
};

static int boxes_of(const uint8_t *bytes, size_t from, size_t to, struct box *boxes, int most) {
    int count = 0;
    for (size_t at = from; at + 8 <= to && count < most;) {
        struct box *b = &boxes[count++];
        *b = (struct box){.at = at, .size = get32(bytes + at)};
        memcpy(b->type, bytes + at + 4, 4);
        if (b->size == 1) b->size = (size_t)get32(bytes + at + 8) << 32 | get32(bytes + at + 12);
        check(b->size >= 8 && b->size <= to - at, "box %s at %zu has size %zu", b->type, at, b->size);
        at += b->size;
        if (count == most || at == to) return count;
    }
    check(count > 0 && boxes[count - 1].at + boxes[count - 1].size == to, "boxes do not fill %zu..%zu", from, to);
    return count;
}

static const struct box *find(const struct box *boxes, int count, const char *type) {
    for (int i = 0; i < count; i++)
        if (!strcmp(boxes[i].type, type)) return &boxes[i];
    return NULL;
}

// Every chunk of every track lies within mdat. Returns the number of samples of the first track.
static uint32_t check_tracks(const uint8_t *bytes, const struct box *moov, const struct box *mdat, int want_tracks) {
    static const char *const path[] = {"mdia", "minf", "stbl"};
    struct box in_moov[16], inner[16];
    int n = boxes_of(bytes, moov->at + 8, moov->at + moov->size, in_moov, 16), tracks = 0;
    uint32_t samples = 0;
    for (int i = 0; i < n; i++) {
        if (strcmp(in_moov[i].type, "trak") != 0) continue;
        struct box here = in_moov[i];
        int count = 0;
        for (int k = 0; k <= 3; k++) {
            count = boxes_of(bytes, here.at + 8, here.at + here.size, inner, 16);
            if (k == 3) break;
            const struct box *next = find(inner, count, path[k]);
            assert_non_null(next);
            here = *next;
        }
        const struct box *stco = find(inner, count, "stco"), *stsz = find(inner, count, "stsz");
        assert_non_null(stco);
        assert_non_null(stsz);
        for (uint32_t k = 0; k < get32(bytes + stco->at + 12); k++) {
            size_t offset = get32(bytes + stco->at + 16 + 4 * k);
            check(offset >= mdat->at + 8 && offset < mdat->at + mdat->size, "chunk %u at %zu", k, offset);
        }
        if (!tracks++) samples = get32(bytes + stsz->at + 16);
    }
    assert_int_equal(tracks, want_tracks);
    return samples;
}

static bool holds(const uint8_t *bytes, const struct box *box, const char *text) {
    return memmem(bytes + box->at, box->size, text, strlen(text)) != NULL;
}

static void head_leaves_room(void **state) {
    static const int cases[][4] = {
        {64, 64, 30, 45}, {640, 360, 24, 20}, {130, 98, 60, 200}}; // width, height, fps, frames
    static const char *const order[] = {"ftyp", "free", "moov", "uuid", "free", "free", "mdat"};
    float *sound = calloc(2 * 48000 * 5, sizeof *sound);
    for (int k = 0; k < 3; k++) {
        struct enl_error error = {0};
        const char *path = unit_path(state, "a.mp4");
        int frames = cases[k][3], fps = cases[k][2];
        bool loud = k != 1;
        check(write_movie(path,
                          &(struct enl_movie_params){.width = cases[k][0],
                                                     .height = cases[k][1],
                                                     .fps = fps,
                                                     .room = 65536,
                                                     .sound = loud ? sound : NULL,
                                                     .sound_frames = loud ? (size_t)(48000 * frames / fps) : 0},
                          frames, &error),
              "%s", error.text);
        size_t size;
        uint8_t *bytes = read_file(path, &size);
        struct box boxes[8];
        int count = boxes_of(bytes, 0, size, boxes, 8);
        assert_int_equal(count, 7);
        for (int i = 0; i < 7; i++) assert_string_equal(boxes[i].type, order[i]);
        check(boxes[1].size >= 65536, "only %zu bytes of room", boxes[1].size);
        assert_true(holds(bytes, &boxes[3], tags.xmp) && bytes[boxes[3].at + 8] == 0xBE);
        assert_int_equal(boxes[3].size, 24 + strlen(tags.xmp));
        assert_true(holds(bytes, &boxes[2], "AIGC") && holds(bytes, &boxes[2], tags.aigc) &&
                    holds(bytes, &boxes[2], tags.description));
        for (size_t i = boxes[1].at + 8; i < boxes[1].at + boxes[1].size; i++) assert_int_equal(bytes[i], 0);
        assert_int_equal(check_tracks(bytes, &boxes[2], &boxes[6], loud ? 2 : 1), frames);
        free(bytes);
    }
    free(sound);
}

// The same frames give the same file: no clock and no chance in it.
static void same_file_again(void **state) {
    size_t size[2];
    uint8_t *bytes[2];
    for (int i = 0; i < 2; i++) {
        const char *path = unit_path(state, i ? "b.mp4" : "a.mp4");
        assert_true(write_movie(path, &(struct enl_movie_params){.width = 320, .height = 240, .fps = 30, .room = 65536},
                                30, NULL));
        bytes[i] = read_file(path, &size[i]);
    }
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], size[0]);
    free(bytes[0]);
    free(bytes[1]);
}

// A limit on the size of files stands in for a full disk: at every stage an error of its own and nothing left.
static void full_disk(void **state) {
    static const rlim_t limits[] = {1, 1000, 100000, 210000, 300000};
    struct rlimit before;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct enl_error error = {0};
        struct rlimit limit = before;
        limit.rlim_cur = limits[i];
        setrlimit(RLIMIT_FSIZE, &limit);
        bool done = write_movie(unit_path(state, "full.mp4"),
                                &(struct enl_movie_params){.width = 640, .height = 480, .fps = 30, .room = 65536}, 30,
                                &error);
        setrlimit(RLIMIT_FSIZE, &before);
        check(!done, "written with room for %lu bytes", (unsigned long)limits[i]);
        check(error.code == ENL_IO && strstr(error.text, "full.mp4"), "code %d: %s", (int)error.code, error.text);
        assert_int_equal(unit_count_files(*state), 0);
    }
}

static void formats(void **state) {
    (void)state;
    for (int i = 0; enl_movie_formats[i]; i++) {
        const struct enl_movie_format *f = enl_movie_formats[i];
        assert_true(f->name && f->help && f->usual && f->endings[0] && f->open && f->buffer && f->add && f->finish &&
                    f->free);
        assert_true(f->seconds >= 3 && f->max_side <= f->most_side && f->rates[0]);
        size_t usual = strlen(f->usual), ending = strlen(f->endings[0]);
        assert_true(usual >= ending && !strcmp(f->usual + usual - ending, f->endings[0]));
        assert_ptr_equal(enl_movie_format_find(f->name), f);
        for (int k = 0; f->endings[k]; k++) {
            char path[64];
            snprintf(path, sizeof path, "a.b/c.d%s", f->endings[k]);
            assert_ptr_equal(enl_movie_format_for(path), f);
            for (char *c = path; *c; c++) *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
            assert_ptr_equal(enl_movie_format_for(path), f);
        }
        f->free(NULL);
    }
    assert_null(enl_movie_format_find("betamax"));
    static const char *const none[] = {"", "mp4", ".mp4", "a/.mp4", "a.mp4/b", "a.mp4.", "a.", "a.mp", "a.mp44"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        check(!enl_movie_format_for(none[i]), "\"%s\" has a format", none[i]);
    const struct enl_movie_format *live = enl_movie_format_find("live");
    char *second = enl_movie_second_name(live, "a.b/c.d.mov", NULL);
    assert_string_equal(second, "a.b/c.d.jpg");
    enl_release(second);
}

// Every format: a file, the same one again, no file when it is given up or the disk is full.
static void every_format(void **state) {
    static float sound[2 * 48000];
    signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; enl_movie_formats[i]; i++) {
        const struct enl_movie_format *f = enl_movie_formats[i];
        struct enl_error error = {0};
        struct enl_movie_params params = {.width = 136, .height = 104, .fps = f->rates[0], .loop = f->loop};
        if (!f->silent) params.sound = sound, params.sound_frames = (size_t)(48000 * 10 / f->rates[0]);
        char name[32];
        size_t size[2];
        uint8_t *bytes[2];
        snprintf(name, sizeof name, "a%s", f->usual);
        for (int k = 0; k < 2; k++) {
            const char *path = unit_path(state, name);
            check(write_as(f, path, &params, 10, -1, &error), "%s: %s", f->name, error.text);
            assert_int_equal(unit_count_files(*state), f->second ? 2 : 1);
            bytes[k] = read_file(path, &size[k]);
        }
        check(size[0] == size[1] && !memcmp(bytes[0], bytes[1], size[0]), "%s: another file of the same frames",
              f->name);
        check(memmem(bytes[0], size[0], "here", 4), "%s: no XMP", f->name);
        free(bytes[0]);
        free(bytes[1]);
        unlink(unit_path(state, name));
        char *second = f->second ? enl_movie_second_name(f, unit_path(state, name), NULL) : NULL;
        if (second) unlink(second);
        enl_release(second);
        for (int stop = 0; stop < 10; stop += 3)
            assert_false(write_as(f, unit_path(state, name), &params, 10, stop, NULL));
        assert_int_equal(unit_count_files(*state), 0);
        struct rlimit before, limit;
        getrlimit(RLIMIT_FSIZE, &before);
        static const int shares[] = {1000, 3, 2};
        for (int k = 0; k < 3; k++) {
            limit = before;
            limit.rlim_cur = size[0] / (size_t)shares[k];
            setrlimit(RLIMIT_FSIZE, &limit);
            bool done = write_as(f, unit_path(state, name), &params, 10, -1, &error);
            setrlimit(RLIMIT_FSIZE, &before);
            check(!done && error.code == ENL_IO && strstr(error.text, name), "%s: code %d: %s", f->name,
                  (int)error.code, error.text);
            assert_int_equal(unit_count_files(*state), 0);
        }
    }
}

static int start(void **state) {
    (void)state;
    return VIPS_INIT("test");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, unit_folder, unit_remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {EACH(head_leaves_room), EACH(same_file_again), EACH(full_disk),
                                       EACH(every_format), cmocka_unit_test(formats)};
    return cmocka_run_group_tests(tests, start, NULL);
}
