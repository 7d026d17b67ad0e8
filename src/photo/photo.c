// SPDX-License-Identifier: MIT
// libvips decodes; this file decides what it may see. See docs/decisions.md for why libvips and how it is fenced in.
#include "base/base.h"

#include <enliven/photo.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vips/vips.h>

static pthread_once_t vips_once = PTHREAD_ONCE_INIT;
static bool vips_ready;

// libvips writes a line to standard error for each oddity of a file; what matters comes back as an error.
static void ignore_log(const char *domain, GLogLevelFlags level, const char *message, void *user) {
    (void)domain, (void)level, (void)message, (void)user;
}

static void start_vips(void) {
    vips_ready = VIPS_INIT("enliven") == 0;
    if (!vips_ready) return;
    vips_block_untrusted_set(TRUE); // SVG, PDF, PostScript, ImageMagick and the like never see a byte
    // With more threads than one a truncated JPEG passes now and then, its missing part grey (tests/unit/test_photo.c
    // finds it within a few runs). With one none does, and the rest of the way has threads of its own.
    vips_concurrency_set(1);
    g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, ignore_log, NULL);
    vips_cache_set_max(0);          // nothing is decoded twice, so a cache only holds memory
}

// What the first bytes say, or NULL. The name of a file says nothing.
static const char *format_of(const unsigned char *b, size_t size) {
    if (size >= 3 && !memcmp(b, "\xff\xd8\xff", 3)) return "JPEG";
    if (size >= 8 && !memcmp(b, "\x89PNG\r\n\x1a\n", 8)) return "PNG";
    if (size >= 12 && !memcmp(b, "RIFF", 4) && !memcmp(b + 8, "WEBP", 4)) return "WebP";
    if (size >= 12 && !memcmp(b + 4, "ftyp", 4)) {
        static const char *const brands[] = {"heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"};
        if (!memcmp(b + 8, "avif", 4) || !memcmp(b + 8, "avis", 4)) return "AVIF";
        for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
            if (!memcmp(b + 8, brands[i], 4)) return "HEIC";
    }
    return NULL;
}

// What libvips complains of, in plain words. Always false.
static bool fail_with_reason(const char *name, struct enl_error *error) {
    static const struct {
        const char *sign, *reason;
    } reasons[] = {{"remature end", "it ends too early"},
                   {"runcated", "it ends too early"},
                   {"bad seek", "it ends too early"},
                   {"nexpected end", "it ends too early"},
                   {"nd of file", "it ends too early"},
                   {"nsupported", "it is of a kind that is not supported here"},
                   {"blocked", "it is of a kind that is not supported here"}};
    const char *text = vips_error_buffer(), *reason = "it is damaged";
    // A damaged file that asks for more than libheif allows is not what memory is too little for.
    bool memory = (strstr(text, "emory") && !strstr(text, "limit")) || strstr(text, "reate thread");
    for (size_t i = sizeof reasons / sizeof *reasons; i-- > 0;)
        if (strstr(text, reasons[i].sign)) reason = reasons[i].reason;
    vips_error_clear();
    if (memory) return enl_fail(error, ENL_NO_MEMORY, "Not enough memory to decode %s.", name);
    return enl_fail(error, ENL_BAD_PHOTO, "%s cannot be decoded: %s.", name, reason);
}

#define MOST_SCANS 100 // encoders use about ten

// Scans of a JPEG: each costs a pass over the whole picture, so thousands of them, of a few bytes each, are a bomb.
// ITU-T T.81 B.1.1.2: within a scan 0xff is followed by 0 or a restart marker.
static int scans_of_jpeg(const unsigned char *b, size_t size) {
    int scans = 0;
    for (size_t i = 2; i + 3 < size && scans <= MOST_SCANS;) {
        if (b[i] != 0xff || b[i + 1] == 0 || b[i + 1] == 0xff || (b[i + 1] >= 0xd0 && b[i + 1] <= 0xd8)) {
            i++;
            continue;
        }
        if (b[i + 1] == 0xd9) break;
        scans += b[i + 1] == 0xda;
        i += 2 + ((size_t)b[i + 2] << 8 | b[i + 3]); // over the segment; behind a scan's header its data follow
    }
    return scans;
}

// What a file should have been.
static const char *noun(const struct enl_photo_params *params) { return params->on_black ? "mask" : "photo"; }

static bool check_size(const char *name, int width, int height, const struct enl_photo_params *params,
                       struct enl_error *error) {
    int small = width < height ? width : height, large = width < height ? height : width;
    if (large > ENL_PHOTO_MAX_SIDE || (int64_t)width * height > ENL_PHOTO_MAX_PIXELS)
        return enl_fail(error, ENL_BAD_PHOTO, "%s is %dx%d pixels; at most %d megapixels and %d on a side are taken.",
                        name, width, height, ENL_PHOTO_MAX_PIXELS / 1000000, ENL_PHOTO_MAX_SIDE);
    if (small < ENL_PHOTO_MIN_SIDE)
        return enl_fail(error, ENL_BAD_PHOTO, "%s is only %dx%d pixels; a %s needs at least %d on each side.", name,
                        width, height, noun(params), ENL_PHOTO_MIN_SIDE);
    if (large > small * ENL_PHOTO_MAX_ASPECT)
        return enl_fail(error, ENL_BAD_PHOTO,
                        "%s is %dx%d pixels, too narrow; one side may be at most %d times the other.", name, width,
                        height, ENL_PHOTO_MAX_ASPECT);
    return true;
}

// The smallest scale (<= 1) at which width x height still covers the wanted box.
static double wanted_scale(int width, int height, const struct enl_photo_params *params) {
    double scale = 1;
    if (params->cover_width > 0 && params->cover_height > 0)
        scale = fmin(1, fmax((double)params->cover_width / width, (double)params->cover_height / height));
    int large = width < height ? height : width;
    if (params->least_side > 0) scale = fmax(scale, fmin(1, (double)params->least_side / large));
    if (params->max_side > 0) scale = fmin(scale, (double)params->max_side / large);
    return scale;
}

// Upright, sRGB, 8 bits, three bands, in memory.
static VipsImage *to_srgb(VipsImage *in, bool on_black) {
    VipsImage *flat = NULL, *srgb = NULL, *bytes = NULL, *done = NULL;
    VipsArrayDouble *behind = vips_array_double_newv(1, on_black ? 0.0 : 255.0);
    if (!vips_colourspace(in, &srgb, VIPS_INTERPRETATION_sRGB, NULL)) {
        if (!vips_image_hasalpha(srgb)) flat = g_object_ref(srgb);
        else vips_flatten(srgb, &flat, "background", behind, NULL);
    }
    if (flat && !vips_cast(flat, &bytes, VIPS_FORMAT_UCHAR, NULL)) done = vips_image_copy_memory(bytes);
    vips_area_unref(VIPS_AREA(behind));
    VIPS_UNREF(bytes);
    VIPS_UNREF(flat);
    VIPS_UNREF(srgb);
    if (done && done->Bands != 3) VIPS_UNREF(done);
    return done;
}

static struct enl_photo *take(VipsImage *image, struct enl_photo *photo, struct enl_error *error) {
    photo->picture = enl_picture_new(image->Xsize, image->Ysize, 3, error);
    if (!photo->picture) return NULL;
    for (int y = 0; y < image->Ysize; y++)
        memcpy(photo->picture->data + (size_t)y * (size_t)image->Xsize * 3, VIPS_IMAGE_ADDR(image, 0, y),
               (size_t)image->Xsize * 3);
    return photo;
}

// Whether a profile is for pixels such as these (ICC.1:2022, 7.2.6). One that is not says nothing about them.
static bool has_fitting_profile(VipsImage *header) {
    const void *profile;
    size_t size;
    if (!vips_image_get_typeof(header, VIPS_META_ICC_NAME) ||
        vips_image_get_blob(header, VIPS_META_ICC_NAME, &profile, &size) != 0 || size < 20)
        return false;
    int bands = header->Bands - (vips_image_hasalpha(header) ? 1 : 0);
    const char *space = bands == 1 ? "GRAY" : header->Type == VIPS_INTERPRETATION_CMYK ? "CMYK" : "RGB ";
    return !memcmp((const char *)profile + 16, space, 4);
}

// Reads the header only; the size that is written is the upright one.
static bool read_header(const void *bytes, size_t size, const char *name, const struct enl_photo_params *params,
                        struct enl_photo *photo, bool *ret_profile, struct enl_error *error) {
    VipsImage *header = vips_image_new_from_buffer(bytes, size, "", "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    if (!header) return fail_with_reason(name, error);
    bool turned = vips_image_get_orientation(header) >= 5;
    photo->file_width = turned ? header->Ysize : header->Xsize;
    photo->file_height = turned ? header->Xsize : header->Ysize;
    photo->frames = vips_image_get_n_pages(header);
    *ret_profile = has_fitting_profile(header);
    VIPS_UNREF(header);
    return check_size(name, photo->file_width, photo->file_height, params, error);
}

struct enl_photo *enl_photo_decode(const void *bytes, size_t size, const char *name,
                                   const struct enl_photo_params *params, struct enl_error *error) {
    struct enl_photo *photo = NULL;
    const struct enl_photo_params none = {0};
    if (!params) params = &none;
    pthread_once(&vips_once, start_vips);
    if (!vips_ready) {
        enl_fail(error, ENL_INTERNAL, "libvips could not be started.");
        return NULL;
    }
    const char *format = format_of(bytes, size);
    if (!format) {
        if (size)
            enl_fail(error, ENL_BAD_PHOTO, "%s is not a %s; JPEG, PNG, WebP, HEIC and AVIF are taken.", name,
                     noun(params));
        else enl_fail(error, ENL_BAD_PHOTO, "%s is empty.", name);
        return NULL;
    }
    if (!strcmp(format, "JPEG") && scans_of_jpeg(bytes, size) > MOST_SCANS) {
        enl_fail(error, ENL_BAD_PHOTO, "%s has more than %d scans, as no camera writes.", name, MOST_SCANS);
        return NULL;
    }
    if (!(photo = enl_alloc(1, sizeof *photo, error))) return NULL;
    bool profile = false;
    snprintf(photo->format, sizeof photo->format, "%s", format);
    if (!read_header(bytes, size, name, params, photo, &profile, error)) goto fail;

    double scale = wanted_scale(photo->file_width, photo->file_height, params);
    int width = (int)ceil(photo->file_width * scale - 1e-6), height = (int)ceil(photo->file_height * scale - 1e-6);
    // Decoders hold the whole picture where they must, here twice over; then come the shrunk one and our copy.
    size_t pixels = (size_t)photo->file_width * (size_t)photo->file_height;
    if (!enl_memory_left(6 * pixels + 6 * (size_t)width * (size_t)height, error)) goto fail;
    VipsImage *thumbnail = NULL, *upright = NULL;
    // FORCE is exact about the size; width and height keep the shape to within half a pixel.
    // Without a profile of its own a photo is sRGB already; libvips would send it through its fallback profile, which
    // moves dark tones by ten levels.
    if (!vips_thumbnail_buffer((void *)bytes, size, &thumbnail, width, "height", height, "size", VIPS_SIZE_FORCE,
                               "option_string", "fail_on=truncated", profile ? "export_profile" : NULL, "srgb", NULL))
        upright = to_srgb(thumbnail, params->on_black);
    VIPS_UNREF(thumbnail);
    if (!upright) {
        fail_with_reason(name, error);
        goto fail;
    }
    struct enl_photo *taken = take(upright, photo, error);
    VIPS_UNREF(upright);
    vips_error_clear();
    vips_thread_shutdown();
    if (taken) return taken;
fail:
    enl_photo_free(&photo);
    return NULL;
}

static void *read_all(const char *path, size_t *ret_size, struct enl_error *error) {
    struct stat info;
    unsigned char *bytes = NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // O_NONBLOCK: a FIFO must not hold us up
    if (file < 0 || fstat(file, &info) != 0) {
        enl_fail(error, ENL_IO, "%s cannot be read: %s.", path, strerror(errno));
    } else if (!S_ISREG(info.st_mode)) {
        enl_fail(error, ENL_IO, "%s is %s, not a file.", path, S_ISDIR(info.st_mode) ? "a folder" : "a device or pipe");
    } else if (info.st_size > (off_t)ENL_PHOTO_MAX_BYTES) {
        enl_fail(error, ENL_BAD_PHOTO, "%s has %lld bytes; at most %u are taken.", path, (long long)info.st_size,
                 ENL_PHOTO_MAX_BYTES);
    } else if ((bytes = enl_alloc((size_t)info.st_size + 1, 1, error))) {
        size_t done = 0;
        for (ssize_t n; done < (size_t)info.st_size; done += (size_t)n) {
            n = read(file, bytes + done, (size_t)info.st_size - done);
            if (n < 0 && errno == EINTR) n = 0;
            else if (n <= 0) break;
        }
        if (done < (size_t)info.st_size) {
            enl_fail(error, ENL_IO, "%s cannot be read to its end: %s.", path, strerror(errno));
            enl_release(bytes);
            bytes = NULL;
        }
        *ret_size = done;
    }
    if (file >= 0) close(file);
    return bytes;
}

struct enl_photo *enl_photo_load(const char *path, const struct enl_photo_params *params, struct enl_error *error) {
    size_t size = 0;
    void *bytes = read_all(path, &size, error);
    struct enl_photo *photo = bytes ? enl_photo_decode(bytes, size, path, params, error) : NULL;
    enl_release(bytes);
    return photo;
}

void enl_photo_free(struct enl_photo **photo) {
    if (!photo || !*photo) return;
    enl_picture_free(&(*photo)->picture);
    enl_release(*photo);
    *photo = NULL;
}
