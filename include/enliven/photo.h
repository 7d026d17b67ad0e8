// SPDX-License-Identifier: MIT
// Photos: a file of unknown origin becomes an upright sRGB picture, or a clear error.
#ifndef ENLIVEN_PHOTO_H
#define ENLIVEN_PHOTO_H

#include <enliven/picture.h>

#ifdef __cplusplus
extern "C" {
#endif

// Limits on what a stranger's file may ask for.
#define ENL_PHOTO_MAX_SIDE 16384
#define ENL_PHOTO_MAX_PIXELS 50000000
#define ENL_PHOTO_MIN_SIDE 64
#define ENL_PHOTO_MAX_ASPECT 5           // long side over short side
#define ENL_PHOTO_MAX_BYTES (256u << 20) // of the file

struct enl_photo_params {
    int cover_width, cover_height; // shrink while decoding, never below covering this box, pixels; 0: full size
    int max_side;                  // and never leave a side longer than this, pixels; 0: no bound
    bool on_black;                 // flatten alpha on black instead of white: for masks
    int least_side;                // nor shrink the long side below this, pixels; 0: no bound
};
#define enl_photo_params(...) (&(struct enl_photo_params){__VA_ARGS__})

struct enl_photo {
    struct enl_picture *picture; // upright sRGB, alpha flattened on white, 3 channels
    int file_width, file_height; // upright size in the file, before any shrinking, pixels
    char format[8];              // "JPEG", "PNG", "WebP", "HEIC", "AVIF"
    int frames;                  // pictures in the file; only the first is decoded
};

// Reads JPEG, PNG, WebP, HEIC or AVIF, recognised by content. ENL_BAD_PHOTO for anything else and for what is
// broken, truncated or beyond the limits; ENL_IO when the file cannot be read. Params may be NULL.
// Thread-safe. Free with enl_photo_free.
ENL_API struct enl_photo *enl_photo_load(const char *path, const struct enl_photo_params *params,
                                         struct enl_error *error);

// The same from memory; `name` stands in error sentences. `bytes` may be freed when it returns.
ENL_API struct enl_photo *enl_photo_decode(const void *bytes, size_t size, const char *name,
                                           const struct enl_photo_params *params, struct enl_error *error);

ENL_API void enl_photo_free(struct enl_photo **photo);

#ifdef __cplusplus
}
#endif
#endif
