// SPDX-License-Identifier: MIT
// Fuzzes decoding: the first byte picks how much is wanted, the rest is a file of unknown origin.
#include <assert.h>
#include <stdint.h>

#include <enliven/photo.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!size) return 0;
    struct enl_error error = {0};
    struct enl_photo_params params = {.max_side = data[0] & 1 ? 100 : 0, .cover_width = data[0] & 2 ? 64 : 0,
                                      .cover_height = data[0] & 2 ? 80 : 0};
    struct enl_photo *photo = enl_photo_decode(data + 1, size - 1, "fuzz", &params, &error);
    if (!photo) {
        assert(error.code != ENL_OK && error.text[0]);
        return 0;
    }
    const struct enl_picture *p = photo->picture;
    assert(p->channels == 3 && p->width > 0 && p->height > 0 && photo->frames >= 1);
    assert((int64_t)photo->file_width * photo->file_height <= ENL_PHOTO_MAX_PIXELS);
    unsigned sum = 0; // every byte is there to be read
    for (size_t i = 0; i < (size_t)p->width * (size_t)p->height * 3; i++) sum += p->data[i];
    assert(sum <= 255u * 3 * (unsigned)ENL_PHOTO_MAX_PIXELS);
    enl_photo_free(&photo);
    return 0;
}
