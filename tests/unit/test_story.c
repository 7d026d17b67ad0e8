// SPDX-License-Identifier: MIT
// The whole way: same frames everywhere, what is refused, stopping at every moment, and memory that runs out at every
// allocation. The linker sends enl_alloc's posix_memalign through here (tests/meson.build).
#include "unit.h"

#include "base/output.h"

#include <enliven/story.h>

#include <stdatomic.h>
#include <vips/vips.h>

static atomic_long allocations, failing; // the one to fail; 0: none

int __real_posix_memalign(void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size) {
    long mine = atomic_fetch_add(&allocations, 1) + 1;
    return mine == atomic_load(&failing) ? 12 : __real_posix_memalign(memory, alignment, size);
}

// A photo with a blue sky, a green meadow and a grey lake.
static void write_photo(const char *path, int w, int h) {
    struct enl_picture *p = unit_picture(w, h, 3, 6);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            uint8_t *q = p->data + 3 * (y * w + x);
            int fine = (q[0] - 128) / 8;
            static const int tones[3][3] = {{110, 160, 225}, {60, 120, 40}, {90, 110, 130}};
            for (int c = 0; c < 3; c++) q[c] = (uint8_t)(tones[3 * y / h][c] + (y < h / 3 ? fine / 4 : fine));
        }
    VipsImage *image = vips_image_new_from_memory(p->data, (size_t)w * (size_t)h * 3, w, h, 3, VIPS_FORMAT_UCHAR);
    void *bytes = NULL;
    size_t size = 0;
    assert_int_equal(vips_pngsave_buffer(image, &bytes, &size, NULL), 0);
    assert_true(enl_output_write(path, bytes, size, true, NULL));
    g_free(bytes);
    g_object_unref(image);
    enl_picture_free(&p);
}

static void same_frames_everywhere(void **state) {
    const char *photo = unit_path(state, "photo.png"), *video = unit_path(state, "a.mp4");
    write_photo(photo, 160, 120);
    static const struct enl_story_params cases[] = {
        {.threads = 1}, {.threads = 2}, {.threads = 4}, {.threads = 2, .no_simd = true}, {.threads = 1, .mute = true},
        {.seed = 1},    {.loop = true}};
    uint64_t hash[7];
    for (int i = 0; i < 7; i++) {
        struct enl_story_params params = cases[i];
        struct enl_error error = {0};
        params.seconds = 3, params.fps = 24, params.force = true, params.prompt = "clouds, waves, plants and zoom in";
        struct enl_story *story = enl_story_make(photo, video, &params, &error);
        check(story != NULL, "%s", error.text);
        assert_int_equal(story->width, 160);
        assert_int_equal(story->height, 120);
        assert_int_equal(story->frames, 72);
        assert_true(story->plan->motion_count > 0 && story->stage_count > 3);
        hash[i] = story->frames_hash;
        enl_story_free(&story);
        assert_null(story);
        assert_int_equal(access(video, F_OK), 0);
    }
    for (int i = 1; i < 5; i++) check(hash[i] == hash[0], "case %d differs", i);
    assert_true(hash[5] != hash[0] && hash[6] != hash[0]);
    enl_story_free(NULL);
}

static void sizes(void **state) {
    const char *photo = unit_path(state, "photo.png"), *video = unit_path(state, "a.mp4");
    static const struct {
        int w, h;
        const char *size;
        int width, height; // 0: refused
    } cases[] = {{65, 64, NULL, 64, 64},      {321, 65, "photo", 320, 64}, {100, 100, "64x128", 64, 128},
                 {100, 100, "64x322", 0, 0},  {100, 100, "65x64", 0, 0},   {100, 100, "62x64", 0, 0},
                 {100, 100, "4000x64", 0, 0}, {100, 100, "big", 0, 0},     {100, 100, "64x64x", 0, 0},
                 {100, 100, "", 0, 0},        {100, 100, "-64x64", 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct enl_error error = {0};
        write_photo(photo, cases[i].w, cases[i].h);
        struct enl_story *story = enl_story_make(
            photo, video, enl_story_params(.size = cases[i].size, .seconds = 3, .fps = 24, .mute = true), &error);
        if (cases[i].width) {
            check(story && story->width == cases[i].width && story->height == cases[i].height, "case %zu: %s", i,
                  error.text);
            unlink(video);
        } else {
            check(!story && error.code == ENL_USAGE, "case %zu", i);
            assert_int_equal(unit_count_files(*state), 1);
        }
        enl_story_free(&story);
    }
}

static void refuses(void **state) {
    const char *photo = unit_path(state, "photo.png"), *video = unit_path(state, "a.mp4");
    write_photo(photo, 64, 64);
    static const struct enl_story_params cases[] = {
        {.seconds = 2.9},   {.seconds = 15.1},      {.seconds = -1},     {.fps = 23},           {.fps = -30},
        {.threads = -1},    {.threads = 65},        {.lang = "xx"},      {.lang = ""},          {.prompt = ""},
        {.prompt = "\x01"}, {.prompt = "\xff\xfe"}, {.only = "dragons"}, {.without = "dragons"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct enl_error error = {0};
        struct enl_story_params params = cases[i];
        struct enl_story *story = enl_story_make(photo, video, &params, &error);
        check(!story && error.code == ENL_USAGE && error.text[0], "case %zu: code %d: %s", i, (int)error.code,
              error.text);
    }
    struct enl_error error = {0};
    assert_null(enl_story_make(unit_path(state, "none.png"), video, NULL, &error));
    assert_int_equal(error.code, ENL_IO);
    assert_true(enl_output_write(video, "mine", 4, false, NULL));
    assert_null(enl_story_make(photo, video, NULL, &error));
    assert_int_equal(error.code, ENL_IO);
    assert_null(enl_story_make(photo, unit_path(state, "none/a.mp4"), NULL, &error));
    assert_int_equal(error.code, ENL_IO);
    assert_int_equal(unit_count_files(*state), 2);
}

struct stop {
    int calls, at;
    double last;
};

static bool stop_at(void *user, const char *stage, double done, double left) {
    struct stop *stop = user;
    (void)left;
    check(stage[0] && done >= stop->last && done <= 1, "%s: %g after %g", stage, done, stop->last);
    stop->last = done;
    return stop->calls++ != stop->at;
}

// Stopped at each moment: the code for it, nothing left behind, and what was there before stays.
static void cancelled(void **state) {
    const char *photo = unit_path(state, "photo.png"), *video = unit_path(state, "a.mp4");
    write_photo(photo, 64, 64);
    assert_true(enl_output_write(video, "before", 6, false, NULL));
    struct stop never = {.at = -1};
    struct enl_story *story = enl_story_make(
        photo, unit_path(state, "b.mp4"),
        enl_story_params(.seconds = 3, .fps = 24, .progress = stop_at, .user = &never), NULL);
    assert_non_null(story);
    enl_story_free(&story);
    unlink(unit_path(state, "b.mp4"));
    assert_true(never.calls > 72);
    for (int at = 0; at < never.calls; at += at < 10 || at > never.calls - 4 ? 1 : 11) {
        struct stop stop = {.at = at};
        struct enl_error error = {0};
        story = enl_story_make(
            photo, video, enl_story_params(.seconds = 3, .fps = 24, .force = true, .progress = stop_at, .user = &stop),
            &error);
        check(!story && error.code == ENL_CANCELLED && error.text[0], "stopped at call %d: code %d", at,
              (int)error.code);
        assert_int_equal(unit_count_files(*state), 2);
        char text[8] = "";
        FILE *file = fopen(video, "rb");
        assert_int_equal(fread(text, 1, sizeof text, file), 6);
        fclose(file);
        assert_string_equal(text, "before");
    }
}

// The k-th allocation fails, for k over all of them: an error that says so, no leak (a sanitizer looks), no file.
static void memory_runs_out(void **state) {
    const char *photo = unit_path(state, "photo.png"), *video = unit_path(state, "a.mp4");
    write_photo(photo, 64, 64);
    static const struct enl_arrow arrows[] = {{{.5f, .1f}, {.6f, .1f}, 1}, {{.5f, .9f}, {.6f, .8f}, 1}};
    struct enl_picture *freeze = unit_mask(64, 64, 0, 0, .3f, .3f);
    struct enl_story_params params = {
        .seconds = 3, .fps = 24, .threads = 1, .loop = true, .prompt = "clouds, waves, plants and zoom in",
        .arrows = arrows, .arrow_count = 2, .freeze_mask = freeze};
    atomic_store(&allocations, 0);
    struct enl_story *story = enl_story_make(photo, video, &params, NULL);
    assert_non_null(story);
    enl_story_free(&story);
    unlink(video);
    long all = atomic_load(&allocations), failed = 0;
    assert_true(all > 50);
    long step = all / 150 + 1;
    for (long k = 1; k <= all; k += step) {
        struct enl_error error = {0};
        atomic_store(&allocations, 0);
        atomic_store(&failing, k);
        story = enl_story_make(photo, video, &params, &error);
        atomic_store(&failing, 0);
        if (story) { // what can be done without
            enl_story_free(&story);
            unlink(video);
            continue;
        }
        check(error.code == ENL_NO_MEMORY, "allocation %ld of %ld: code %d: %s", k, all, (int)error.code, error.text);
        assert_int_equal(unit_count_files(*state), 1);
        failed++;
    }
    check(failed * step > all * 8 / 10, "only %ld of %ld failures were seen", failed * step, all);
    enl_picture_free(&freeze);
}

static int start(void **state) {
    (void)state;
    return VIPS_INIT("test");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, unit_folder, unit_remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {EACH(same_frames_everywhere), EACH(sizes), EACH(refuses), EACH(cancelled),
                                       EACH(memory_runs_out)};
    return cmocka_run_group_tests(tests, start, NULL);
}
