// SPDX-License-Identifier: MIT
// Mattes: a coarse mask brought to the detail of a photo (He and Sun, "Fast Guided Filter", 2015).
#include "scene/matte_doubt.h"
#include "scene/matte_thin.h"

#define LONG_SIDE 640

struct style {
    int radius;        // of the window at 640 pixels
    float epsilon;     // smaller follows the photo's edges more closely
    float low, high;   // of the filtered value: becomes 0 below, 1 above
};

static struct style style_of(enum enl_element element) {
    switch (element) {
    case ENL_HAIR:
        return (struct style){5, 2e-4f, .06f, .94f};
    case ENL_PERSON:
        return (struct style){4, 2e-4f, .14f, .86f};
    case ENL_FACE:
        return (struct style){4, 1e-3f, .08f, .92f};
    case ENL_SKY:
        return (struct style){4, 1e-4f, .15f, .85f};
    case ENL_DEPTH:
        return (struct style){4, 1e-3f, 0, 1};
    default:
        return (struct style){4, 4e-4f, .12f, .88f};
    }
}

// The part of the mask that `crop` says, at width x height.
static struct enl_plane *cut_out(const struct enl_picture *mask, const float crop[4], int width, int height,
                                 struct enl_error *error) {
    struct enl_plane *whole = enl_plane_from_mask(mask, error);
    struct enl_plane *part = whole ? enl_plane_new(width, height, error) : NULL;
    static const float all[4] = {0, 0, 1, 1};
    const float *box = crop ? crop : all;
    for (int y = 0; part && y < height; y++) {
        float from_y = (box[1] + box[3] * ((float)y + .5f) / (float)height) * (float)mask->height - .5f;
        for (int x = 0; x < width; x++) {
            float from_x = (box[0] + box[2] * ((float)x + .5f) / (float)width) * (float)mask->width - .5f;
            part->data[(size_t)y * (size_t)width + (size_t)x] = enl_plane_at(whole, from_x, from_y);
        }
    }
    enl_plane_free(&whole);
    return part;
}

// Where column x of the large picture lies in the small planes.
struct tap {
    int first;
    float share; // of the next one
};

static void apply_row(const struct enl_guided_fit *fit, const struct tap *taps, const struct enl_picture *guide, int y,
                      float *line, struct style style, uint8_t *ret_row) {
    int width = fit->r->width, height = fit->r->height;
    float at = enl_clampf(((float)y + .5f) * (float)height / (float)guide->height - .5f, 0, (float)(height - 1));
    int up = (int)at, down = up + 1 < height ? up + 1 : up;
    float v = at - (float)up;
    const float *planes[] = {fit->r->data, fit->g->data, fit->b->data, fit->offset->data};
    for (int c = 0; c < 4; c++) {
        const float *upper = planes[c] + (size_t)up * (size_t)width, *lower = planes[c] + (size_t)down * (size_t)width;
        for (int x = 0; x < width; x++) {
            line[x * 4 + c] = enl_mixf(upper[x], lower[x], v);
        }
        line[width * 4 + c] = line[width * 4 - 4 + c];
    }
    const uint8_t *pixel = guide->data + (size_t)y * (size_t)guide->width * 3;
    float scale = 1 / (style.high - style.low);
    for (int x = 0; x < guide->width; x++, pixel += 3) {
        const float *a = line + taps[x].first * 4, *b = a + 4;
        float u = taps[x].share;
        float value = enl_mixf(a[0], b[0], u) * (float)pixel[0] + enl_mixf(a[1], b[1], u) * (float)pixel[1] +
                      enl_mixf(a[2], b[2], u) * (float)pixel[2];
        value = value * (1.f / 255) + enl_mixf(a[3], b[3], u);
        ret_row[x] = (uint8_t)(enl_clampf((value - style.low) * scale, 0, 1) * 255 + .5f);
    }
}

static bool apply(const struct enl_guided_fit *fit, const struct enl_picture *guide, struct style style,
                  struct enl_picture *ret_matte, struct enl_error *error) {
    int width = fit->r->width;
    float *line = enl_alloc((size_t)width * 4 + 4, sizeof *line, error);
    struct tap *taps = line ? enl_alloc((size_t)guide->width, sizeof *taps, error) : NULL;
    if (taps) {
        for (int x = 0; x < guide->width; x++) {
            float at = ((float)x + .5f) * (float)width / (float)guide->width - .5f;
            at = enl_clampf(at, 0, (float)(width - 1));
            taps[x] = (struct tap){(int)at, at - (float)(int)at};
        }
        for (int y = 0; y < guide->height; y++) {
            apply_row(fit, taps, guide, y, line, style, ret_matte->data + (size_t)y * (size_t)guide->width);
        }
    }
    bool done = taps != NULL;
    enl_release(line);
    enl_release(taps);
    return done;
}

struct enl_picture *enl_refine_matte(const struct enl_picture *mask, const float crop[4], enum enl_element element,
                                     const struct enl_picture *guide, bool drifts, struct enl_error *error) {
    int longest = guide->width > guide->height ? guide->width : guide->height;
    float shrink = longest > LONG_SIDE ? (float)LONG_SIDE / (float)longest : 1;
    int width = enl_clampi((int)lrintf((float)guide->width * shrink), 1, LONG_SIDE);
    int height = enl_clampi((int)lrintf((float)guide->height * shrink), 1, LONG_SIDE);
    struct style style = style_of(element);
    struct enl_guided_fit fit = {0};
    struct enl_picture *small = enl_picture_resize(guide, width, height, error);
    struct enl_plane *part = small ? cut_out(mask, crop, width, height, error) : NULL;
    struct enl_picture *matte = NULL;
    // What drifts takes along whatever is in it.
    bool doubted = drifts && (element == ENL_SKY || element == ENL_WATER);
    for (int pass = 0; part && doubted && pass < (element == ENL_WATER ? 2 : 1); pass++) {
        if (!enl_doubt_edge(part, small, error)) {
            enl_plane_free(&part);
        }
    }
    if (part && doubted && element == ENL_SKY && !enl_doubt_skyline(part, small, error)) enl_plane_free(&part);
    if (part && enl_guided_fit_new(&fit, part, small, style.radius, style.epsilon, error)) {
        matte = enl_picture_new(guide->width, guide->height, 1, error);
        bool done = matte && apply(&fit, guide, style, matte, error);
        if (done && doubted && element == ENL_SKY) {
            done = enl_hold_thin(matte, guide, false, error);
        }
        if (!done) {
            enl_picture_free(&matte);
        }
    }
    enl_guided_fit_free(&fit);
    enl_plane_free(&part);
    enl_picture_free(&small);
    return matte;
}
