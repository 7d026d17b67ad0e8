// SPDX-License-Identifier: MIT
// Photos: every format and kind that is taken, and every file that must be refused, all made here by libvips.
#include "unit.h"

#include <enliven/photo.h>

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <vips/vips.h>

#define W 96
#define H 64

struct bytes {
    void *data;
    size_t size;
};

// Four even quarters: red, green / blue, grey.
static const uint8_t quarters[4][3] = {{200, 40, 40}, {40, 180, 60}, {50, 60, 190}, {128, 128, 128}};

static VipsImage *four_quarters(int w, int h) {
    struct enl_picture *p = enl_picture_new(w, h, 3, NULL);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            memcpy(p->data + ((size_t)y * (size_t)w + (size_t)x) * 3, quarters[(y >= h / 2) * 2 + (x >= w / 2)], 3);
    VipsImage *image = vips_image_new_from_memory_copy(p->data, (size_t)w * (size_t)h * 3, w, h, 3, VIPS_FORMAT_UCHAR);
    enl_picture_free(&p);
    assert_non_null(image);
    image->Type = VIPS_INTERPRETATION_sRGB;
    return image;
}

static struct bytes save(VipsImage *image, const char *format) {
    struct bytes b = {0};
    int code = -1;
    if (!strcmp(format, "JPEG"))
        code = vips_jpegsave_buffer(image, &b.data, &b.size, "Q", 97, "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF,
                                    NULL);
    if (!strcmp(format, "PNG")) code = vips_pngsave_buffer(image, &b.data, &b.size, NULL);
    if (!strcmp(format, "WebP")) code = vips_webpsave_buffer(image, &b.data, &b.size, "lossless", TRUE, NULL);
    if (!strcmp(format, "HEIC"))
        code = vips_heifsave_buffer(image, &b.data, &b.size, "Q", 90, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_HEVC,
                                    NULL);
    if (!strcmp(format, "AVIF"))
        code = vips_heifsave_buffer(image, &b.data, &b.size, "Q", 90, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1,
                                    "effort", 0, NULL);
    check(code == 0, "%s cannot be made: %s", format, vips_error_buffer());
    return b;
}

static struct bytes saved(VipsImage *image, const char *format) { // takes the image
    struct bytes b = save(image, format);
    g_object_unref(image);
    return b;
}

static struct enl_photo *decoded(struct bytes b, const struct enl_photo_params *params) {
    struct enl_error error = {0};
    struct enl_photo *photo = enl_photo_decode(b.data, b.size, "test", params, &error);
    check(photo != NULL, "refused: %s", error.text);
    assert_int_equal(photo->picture->channels, 3);
    return photo;
}

static void near_colour(const struct enl_photo *photo, double x, double y, const uint8_t want[3], int tolerance) {
    const struct enl_picture *p = photo->picture;
    const uint8_t *got = p->data + 3 * ((size_t)(y * p->height) * (size_t)p->width + (size_t)(x * p->width));
    for (int c = 0; c < 3; c++)
        check(abs(got[c] - want[c]) <= tolerance, "%s at %g,%g: %d %d %d, not %d %d %d", photo->format, x, y, got[0],
              got[1], got[2], want[0], want[1], want[2]);
}

static void refused(const void *data, size_t size, const char *what) {
    struct enl_error error = {0};
    struct enl_photo *photo = enl_photo_decode(data, size, "some.file", NULL, &error);
    check(!photo, "%s was taken", what);
    check(error.code == ENL_BAD_PHOTO, "%s: code %d: %s", what, (int)error.code, error.text);
    check(strstr(error.text, "some.file") && error.text[strlen(error.text) - 1] == '.', "%s: \"%s\"", what, error.text);
}

static const char *const formats[] = {"JPEG", "PNG", "WebP", "HEIC", "AVIF"};

static void every_format(void **state) {
    (void)state;
    for (int f = 0; f < 5; f++) {
        struct bytes b = saved(four_quarters(W, H), formats[f]);
        struct enl_photo *photo = decoded(b, NULL);
        assert_string_equal(photo->format, formats[f]);
        assert_int_equal(photo->picture->width, W);
        assert_int_equal(photo->picture->height, H);
        assert_int_equal(photo->file_width, W);
        assert_int_equal(photo->frames, 1);
        for (int q = 0; q < 4; q++)
            near_colour(photo, q % 2 ? .75 : .25, q / 2 ? .75 : .25, quarters[q], f == 1 || f == 2 ? 0 : 8);
        enl_photo_free(&photo);
        assert_null(photo);
        g_free(b.data);
    }
    enl_photo_free(NULL);
}

// Exif's eight orientations (Exif 2.32, table 6): which quarter ends up first, second, third and last.
static void every_orientation(void **state) {
    (void)state;
    static const int order[9][4] = {{0},          {0, 1, 2, 3}, {1, 0, 3, 2}, {3, 2, 1, 0}, {2, 3, 0, 1},
                                    {0, 2, 1, 3}, {2, 0, 3, 1}, {3, 1, 2, 0}, {1, 3, 0, 2}};
    for (int k = 1; k <= 8; k++) {
        VipsImage *image = four_quarters(W, H);
        vips_image_set_int(image, VIPS_META_ORIENTATION, k);
        struct bytes b = saved(image, "JPEG");
        struct enl_photo *photo = decoded(b, NULL);
        assert_int_equal(photo->picture->width, k < 5 ? W : H);
        assert_int_equal(photo->file_height, k < 5 ? H : W);
        for (int q = 0; q < 4; q++) near_colour(photo, q % 2 ? .75 : .25, q / 2 ? .75 : .25, quarters[order[k][q]], 6);
        enl_photo_free(&photo);
        g_free(b.data);
    }
}

// A profile for colours on a grey photo, and one for grey on a coloured: the pixels are taken as if it were not there.
static void unfit_profiles_are_ignored(void **state) {
    (void)state;
    VipsBlob *profile = NULL;
    assert_int_equal(vips_profile_load("srgb", &profile, NULL), 0);
    size_t size;
    char *bytes = (char *)vips_blob_get(profile, &size), grey_bytes[65536];
    assert_true(size < sizeof grey_bytes);
    memcpy(grey_bytes, bytes, size), memcpy(grey_bytes + 16, "GRAY", 4);
    for (int grey = 0; grey < 2; grey++) {
        VipsImage *image = four_quarters(W, H), *one = NULL, *out;
        assert_int_equal(vips_extract_band(image, &one, 1, NULL), 0);
        one->Type = VIPS_INTERPRETATION_B_W;
        out = vips_image_copy_memory(grey ? one : image);
        vips_image_set_blob_copy(out, VIPS_META_ICC_NAME, grey ? bytes : grey_bytes, size);
        struct bytes b = saved(out, "JPEG");
        struct enl_photo *photo = decoded(b, NULL);
        near_colour(photo, .25, .25, grey ? (uint8_t[]){40, 40, 40} : quarters[0], 6);
        enl_photo_free(&photo);
        g_free(b.data);
        g_object_unref(one);
        g_object_unref(image);
    }
    vips_area_unref(VIPS_AREA(profile));
}

static void alpha_lies_on_white(void **state) {
    (void)state;
    uint8_t pixels[W * H * 4];
    for (int i = 0; i < W * H; i++)
        memcpy(pixels + 4 * i, i % W < W / 2 ? (uint8_t[]){0, 0, 0, 0} : (uint8_t[]){0, 0, 0, 128}, 4);
    VipsImage *image = vips_image_new_from_memory_copy(pixels, sizeof pixels, W, H, 4, VIPS_FORMAT_UCHAR);
    image->Type = VIPS_INTERPRETATION_sRGB;
    struct bytes b = saved(image, "PNG");
    struct enl_photo *photo = decoded(b, NULL);
    near_colour(photo, .25, .5, (uint8_t[]){255, 255, 255}, 0);
    near_colour(photo, .75, .5, (uint8_t[]){127, 127, 127}, 2);
    enl_photo_free(&photo);
    g_free(b.data);
}

static void other_pixels(void **state) {
    (void)state;
    uint16_t wide[W * H * 3];
    uint8_t grey[W * H];
    for (int i = 0; i < W * H * 3; i++) wide[i] = (uint16_t)(257 * quarters[0][i % 3]);
    memset(grey, 90, sizeof grey);
    VipsImage *image = vips_image_new_from_memory_copy(wide, sizeof wide, W, H, 3, VIPS_FORMAT_USHORT);
    image->Type = VIPS_INTERPRETATION_RGB16;
    struct bytes b = saved(image, "PNG");
    struct enl_photo *photo = decoded(b, NULL);
    near_colour(photo, .5, .5, quarters[0], 1);
    enl_photo_free(&photo);
    g_free(b.data);

    image = vips_image_new_from_memory_copy(grey, sizeof grey, W, H, 1, VIPS_FORMAT_UCHAR);
    image->Type = VIPS_INTERPRETATION_B_W;
    for (int f = 0; f < 2; f++) {
        b = save(image, formats[f]);
        photo = decoded(b, NULL);
        near_colour(photo, .5, .5, (uint8_t[]){90, 90, 90}, 1);
        enl_photo_free(&photo);
        g_free(b.data);
    }
    g_object_unref(image);

    VipsImage *rgb = four_quarters(W, H), *cmyk = NULL;
    assert_int_equal(vips_colourspace(rgb, &cmyk, VIPS_INTERPRETATION_CMYK, NULL), 0);
    b = saved(cmyk, "JPEG");
    g_object_unref(rgb);
    photo = decoded(b, NULL);
    for (int q = 0; q < 4; q++)
        near_colour(photo, q % 2 ? .75 : .25, q / 2 ? .75 : .25, quarters[q], 55); // print has fewer colours
    enl_photo_free(&photo);
    g_free(b.data);
}

static void profiles_are_applied(void **state) {
    (void)state;
    for (int p3 = 0; p3 < 2; p3++) {
        VipsImage *image = four_quarters(W, H);
        struct bytes b = {0};
        assert_int_equal(vips_pngsave_buffer(image, &b.data, &b.size, "profile", p3 ? "p3" : "srgb", NULL), 0);
        g_object_unref(image);
        struct enl_photo *photo = decoded(b, NULL);
        // Display P3 200 40 40 is beyond sRGB's 217, 0, 0 or so; grey stays grey in both.
        if (p3) assert_true(photo->picture->data[0] > 208);
        else near_colour(photo, .25, .25, quarters[0], 1);
        near_colour(photo, .75, .75, quarters[3], 2);
        enl_photo_free(&photo);
        g_free(b.data);
    }
}

static void shrinks_as_asked(void **state) {
    (void)state;
    static const struct {
        struct enl_photo_params params;
        int width, height;
    } cases[] = {{{0}, 400, 200}, {{.cover_width = 100, .cover_height = 100}, 200, 100}, {{.max_side = 100}, 100, 50},
                 {{.cover_width = 1000, .cover_height = 10}, 400, 200}, {{.max_side = 9999}, 400, 200},
                 {{.cover_width = 300, .cover_height = 100, .max_side = 150}, 150, 75},
                 {{.cover_width = 20, .cover_height = 20, .least_side = 300}, 300, 150},
                 {{.cover_width = 20, .cover_height = 20, .least_side = 900}, 400, 200}};
    for (int f = 0; f < 5; f++) {
        struct bytes b = saved(four_quarters(400, 200), formats[f]);
        for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
            struct enl_photo *photo = decoded(b, &cases[k].params);
            assert_int_equal(photo->picture->width, cases[k].width);
            assert_int_equal(photo->picture->height, cases[k].height);
            assert_int_equal(photo->file_width, 400);
            near_colour(photo, .25, .25, quarters[0], 8);
            enl_photo_free(&photo);
        }
        g_free(b.data);
    }
}

static void animated_shows_the_first(void **state) {
    (void)state;
    VipsImage *image = four_quarters(W, 3 * H);
    vips_image_set_int(image, VIPS_META_PAGE_HEIGHT, H);
    struct bytes b = saved(image, "WebP");
    struct enl_photo *photo = decoded(b, NULL);
    assert_int_equal(photo->frames, 3);
    assert_int_equal(photo->picture->height, H);
    near_colour(photo, .25, .9, quarters[0], 2);
    enl_photo_free(&photo);
    g_free(b.data);
}

static void truncated_is_refused(void **state) {
    (void)state;
    struct enl_picture *p = unit_picture(160, 120, 3, 5);
    for (int f = 0; f < 5; f++) {
        VipsImage *image = vips_image_new_from_memory_copy(p->data, 160 * 120 * 3, 160, 120, 3, VIPS_FORMAT_UCHAR);
        image->Type = VIPS_INTERPRETATION_sRGB;
        struct bytes b = saved(image, formats[f]);
        for (size_t percent = 0; percent <= 95; percent += 5) {
            size_t size = b.size * percent / 100;
            void *copy = malloc(size + !size); // of just that size, so that a sanitizer sees every step beyond
            memcpy(copy, b.data, size);
            refused(copy, size, formats[f]);
            free(copy);
        }
        g_free(b.data);
    }
    enl_picture_free(&p);
}

// Whatever is wrong inside: a photo or a sentence.
static void damaged_never_crashes(void **state) {
    (void)state;
    struct enl_random random = {99};
    for (int f = 0; f < 5; f++) {
        struct bytes b = saved(four_quarters(W, H), formats[f]);
        uint8_t *copy = malloc(b.size);
        for (int round = 0; round < 60; round++) {
            struct enl_error error = {0};
            memcpy(copy, b.data, b.size);
            for (int k = 0; k < 1 + round % 5; k++)
                copy[enl_random_next(&random) % b.size] = (uint8_t)enl_random_next(&random);
            struct enl_photo *photo = enl_photo_decode(copy, b.size, "x", NULL, &error);
            if (!photo) check(error.code == ENL_BAD_PHOTO && error.text[0], "%s: code %d", formats[f], (int)error.code);
            enl_photo_free(&photo);
        }
        free(copy);
        g_free(b.data);
    }
}

static void other_files_are_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'><rect width='9' height='9'/></svg>",
        "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'/>",
        "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj",
        "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n",
        "hello, this is text",
        "GIF89a\x40\x01\x40\x01",
        "II*\x01\x08",
        "P6 100 100 255\n",
        "BM\x40",
        "#!/bin/sh\necho hello",
        "\xff\xd8\xff<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'/>",
        "\x89PNG\r\n\x1a\n<svg/>",
        "RIFF\x24\x01\x01\x01WEBPVP8 garbage",
        "\x01\x01\x01\x18"
        "ftypheic",
        "\x01\x01\x01\x18"
        "ftypavif-----------------",
        "\x01\x01\x01\x18"
        "ftypisom"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) refused(texts[i], strlen(texts[i]), texts[i]);
    refused("", 0, "nothing");
    refused("\xff", 1, "one byte");
}

static uint32_t crc(const uint8_t *bytes, size_t size) { // of PNG's annex D
    uint32_t c = 0xffffffffu;
    for (size_t i = 0; i < size; i++) {
        c ^= bytes[i];
        for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
    }
    return ~c;
}

// A PNG that says it is this large, with a few bytes of picture.
static size_t claim_png(uint8_t png[128], uint32_t width, uint32_t height) {
    static const uint8_t tail[] = {0, 0, 0, 10, 'I', 'D', 'A', 'T', 0x78, 0x9c, 0x63, 0x60, 0,    0,    0,    2,   0, 1,
                                   0, 0, 0, 0,  0,   0,   0,   0,   'I',  'E',  'N',  'D',  0xae, 0x42, 0x60, 0x82};
    uint8_t head[33] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
    for (int i = 0; i < 4; i++)
        head[16 + i] = (uint8_t)(width >> (24 - 8 * i)), head[20 + i] = (uint8_t)(height >> (24 - 8 * i));
    head[24] = 8, head[25] = 2;
    uint32_t c = crc(head + 12, 17);
    for (int i = 0; i < 4; i++) head[29 + i] = (uint8_t)(c >> (24 - 8 * i));
    memcpy(png, head, 33);
    memcpy(png + 33, tail, sizeof tail);
    c = crc(png + 33 + 4, 14);
    for (int i = 0; i < 4; i++) png[33 + 18 + i] = (uint8_t)(c >> (24 - 8 * i));
    return 33 + sizeof tail;
}

static void sizes_beyond_limits(void **state) {
    (void)state;
    static const uint32_t sizes[][2] = {{30000, 30000},           {16385, 100}, {16384, 16384},
                                        {0x7fffffff, 0x7fffffff}, {7100, 7100}, {64, 16385}};
    uint8_t png[128];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        refused(png, claim_png(png, sizes[i][0], sizes[i][1]), "too large");
    static const int small[][2] = {{1, 1}, {20000, 10}, {63, 64}, {400, 63}, {400, 79}, {64, 321}};
    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        VipsImage *image = NULL;
        assert_int_equal(vips_black(&image, small[i][0], small[i][1], NULL), 0);
        struct bytes b = saved(image, "PNG");
        refused(b.data, b.size, "too small or too narrow");
        g_free(b.data);
    }
    static const int fine[][2] = {{64, 64}, {400, 80}, {64, 320}};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        struct bytes b = saved(four_quarters(fine[i][0], fine[i][1]), "PNG");
        struct enl_photo *photo = decoded(b, NULL);
        enl_photo_free(&photo);
        g_free(b.data);
    }
}

static void load_tells_what_is_wrong(void **state) {
    static const char *const bad[] = {"missing.jpg", "folder", "fifo"};
    struct enl_error error = {0};
    assert_int_equal(mkdir(unit_path(state, "folder"), 0777), 0);
    assert_int_equal(mkfifo(unit_path(state, "fifo"), 0666), 0);
    for (int i = 0; i < 3; i++) {
        const char *path = unit_path(state, bad[i]);
        assert_null(enl_photo_load(path, NULL, &error));
        assert_int_equal(error.code, ENL_IO);
        assert_non_null(strstr(error.text, path));
    }
    assert_null(enl_photo_load("/dev/zero", NULL, &error));
    assert_int_equal(error.code, ENL_IO);
    const char *path = unit_path(state, "empty");
    FILE *file = fopen(path, "wb");
    fclose(file);
    assert_null(enl_photo_load(path, NULL, &error));
    assert_int_equal(error.code, ENL_BAD_PHOTO);
    path = unit_path(state, "good.jpg"); // a PNG: names say nothing
    struct bytes b = saved(four_quarters(W, H), "PNG");
    file = fopen(path, "wb");
    assert_int_equal(fwrite(b.data, 1, b.size, file), b.size);
    fclose(file);
    struct enl_photo *photo = enl_photo_load(path, NULL, &error);
    assert_string_equal(photo->format, "PNG");
    enl_photo_free(&photo);
    assert_int_equal(truncate(path, (off_t)ENL_PHOTO_MAX_BYTES + 1), 0); // a hole: takes no disk
    assert_null(enl_photo_load(path, NULL, &error));
    assert_int_equal(error.code, ENL_BAD_PHOTO);
    rmdir(unit_path(state, "folder"));
    g_free(b.data);
}

static void *decode_many(void *argument) {
    struct bytes *b = argument;
    for (int i = 0; i < 20; i++) {
        struct enl_photo *photo = enl_photo_decode(b->data, b->size, "x", enl_photo_params(.max_side = 70 + i), NULL);
        if (!photo || photo->picture->width != 70 + i) return b;
        enl_photo_free(&photo);
    }
    return NULL;
}

static void many_threads(void **state) {
    (void)state;
    struct bytes b = saved(four_quarters(400, 300), "JPEG");
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, decode_many, &b), 0);
    for (int i = 0; i < 4; i++) {
        void *bad;
        pthread_join(threads[i], &bad);
        assert_null(bad);
    }
    g_free(b.data);
}

// A library does not talk: whatever libvips thinks of a broken file stays off standard error.
static void nothing_is_logged(void **state) {
    const char *path = unit_path(state, "stderr");
    struct bytes b = saved(four_quarters(W, H), "HEIC"), png = saved(four_quarters(W, H), "PNG");
    int keep = dup(2), file = open(path, O_CREAT | O_RDWR, 0666);
    assert_true(keep >= 0 && file >= 0);
    fflush(stderr);
    dup2(file, 2);
    struct enl_photo *photo = enl_photo_decode(b.data, b.size, "x", NULL, NULL);
    struct enl_photo *half = enl_photo_decode(png.data, png.size / 2, "x", NULL, NULL);
    fflush(stderr);
    dup2(keep, 2);
    off_t size = lseek(file, 0, SEEK_END);
    close(keep);
    close(file);
    assert_non_null(photo);
    assert_null(half);
    assert_int_equal(size, 0);
    enl_photo_free(&photo);
    g_free(b.data);
    g_free(png.data);
}

static int start(void **state) {
    (void)state;
    return VIPS_INIT("test");
}

static int stop(void **state) {
    (void)state;
    vips_shutdown();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format), cmocka_unit_test(every_orientation), cmocka_unit_test(alpha_lies_on_white),
        cmocka_unit_test(other_pixels), cmocka_unit_test(profiles_are_applied), cmocka_unit_test(shrinks_as_asked),
        cmocka_unit_test(unfit_profiles_are_ignored),
        cmocka_unit_test(animated_shows_the_first), cmocka_unit_test(truncated_is_refused),
        cmocka_unit_test(damaged_never_crashes), cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(sizes_beyond_limits),
        cmocka_unit_test_setup_teardown(load_tells_what_is_wrong, unit_folder, unit_remove_folder),
        cmocka_unit_test_setup_teardown(nothing_is_logged, unit_folder, unit_remove_folder),
        cmocka_unit_test(many_threads),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
