// SPDX-License-Identifier: MIT
// The visible label. Its letters are at least 5 % of the shortest side high (GB 45438-2025, 5.1), stand inside what a
// centred square crop keeps, and take their tone from what is behind them. In the first frame they are as much brighter
// or darker as WCAG 2.2 asks of large letters (1.4.3: 3 : 1) and no more, since there the label is the only part
// that is not the photo; later they are as strong as it asks of all letters and more.
#include "mark/mark.h"

#include <string.h>
#include <vips/vips.h>

#include "base/srgb.h"

#define CONTRAST 3.0f
#define STRONG 4.5f
#define FULLER 1.35f                    // thin strokes, which antialiasing leaves pale, at full strength
#define CLEAR 2.0f                     // contrast that single pixels near the letters keep
#define MOVING 40.f                    // levels of luma that standing still is worth
#define PLACES 9                       // tried across and down
#define FONT_MEMORY ((size_t)64 << 20) // Fontconfig crashes where it finds less

struct enl_label {
    int x, y, width, height;     // of the ink
    int halo;                    // pixels around it that are kept calm
    bool light;                  // lighter than what is behind
    struct enl_picture *letters; // the ink, 0..255, with the halo's margin
    struct enl_picture *calm;    // the halo, 0..255, of the same size
};

// The text as a mask, its ink `height` pixels high; NULL without a font or memory.
static VipsImage *write_text(const char *text, float size) {
    char font[96];
    VipsImage *image = NULL, *memory = NULL;
    snprintf(font, sizeof font, "%s %.2f", ENL_LABEL_FONT, (double)size);
    if (!vips_text(&image, text, "font", font, "dpi", 72, NULL)) memory = vips_image_copy_memory(image);
    VIPS_UNREF(image);
    vips_error_clear();
    return memory;
}

// The box of what is not blank: left, top, width, height.
static void ink_of(VipsImage *image, int box[4]) {
    int left = image->Xsize, right = -1, top = image->Ysize, bottom = -1;
    for (int y = 0; y < image->Ysize; y++)
        for (int x = 0; x < image->Xsize; x++)
            if (*VIPS_IMAGE_ADDR(image, x, y) > 64) {
                left = x < left ? x : left, right = x > right ? x : right;
                top = y < top ? y : top, bottom = y;
            }
    box[0] = left, box[1] = top, box[2] = right - left + 1, box[3] = bottom - top + 1;
}

static bool make_letters(struct enl_label *label, const char *text, int least, struct enl_error *error) {
    int box[4] = {0};
    float size = 100;
    VipsImage *image = write_text(text, size);
    // Once to learn how high 100 points stand, then at the height that is wanted, and again where rounding fell short.
    for (int pass = 0; image && pass < 4; pass++) {
        ink_of(image, box);
        if (box[2] <= 0 || (pass > 0 && box[3] >= least)) break;
        size *= fmaxf((float)least / (float)box[3], pass ? 1.01f : 0);
        VIPS_UNREF(image);
        image = write_text(text, size);
    }
    if (!image || box[2] <= 0) {
        VIPS_UNREF(image);
        return enl_fail(error, ENL_INTERNAL,
                        "No font was found for the label; install fonts-lato and fonts-droid-fallback.");
    }
    int m = label->halo = box[3] / 6 + 1;
    label->width = box[2], label->height = box[3];
    label->letters = enl_picture_new(box[2] + 2 * m, box[3] + 2 * m, 1, error);
    for (int y = 0; label->letters && y < box[3]; y++)
        memcpy(label->letters->data + (y + m) * (box[2] + 2 * m) + m, VIPS_IMAGE_ADDR(image, box[0], box[1] + y),
               (size_t)box[2]);
    VIPS_UNREF(image);
    return label->letters != NULL;
}

// The letters spread by the halo: the largest of a box, then softened.
static bool make_calm(struct enl_label *label, struct enl_error *error) {
    const struct enl_picture *l = label->letters;
    int r = label->halo / 2 + 1;
    label->calm = enl_picture_new(l->width, l->height, 1, error);
    for (int y = 0; label->calm && y < l->height; y++)
        for (int x = 0; x < l->width; x++) {
            float best = 0;
            for (int j = -r; j <= r; j++)
                for (int i = -r; i <= r; i++) {
                    if (x + i < 0 || y + j < 0 || x + i >= l->width || y + j >= l->height) continue;
                    float far = sqrtf((float)(i * i + j * j)) / (float)(r + 1);
                    if (far < 1) best = fmaxf(best, (1 - far * far) * (float)l->data[(y + j) * l->width + x + i]);
                }
            label->calm->data[y * l->width + x] = (uint8_t)best;
        }
    return label->calm != NULL;
}

static float luma_of(const uint8_t *rgb) {
    return .2126f * rgb[0] + .7152f * rgb[1] + .0722f * rgb[2];
}

// The luma (0..255) whose luminance is `value`.
static float luma_for(float value) {
    int low = 0, high = 255;
    while (low < high) {
        int middle = (low + high) / 2;
        if (enl_linear_of_srgb[middle] < value) low = middle + 1;
        else high = middle;
    }
    return (float)low;
}

static float tone_for(float luma, float contrast, bool light) {
    float back = enl_linear_of_srgb[enl_clampi((int)(luma + .5f), 0, 255)] + .05f;
    return luma_for(enl_clampf((light ? back * contrast : back / contrast) - .05f, 0, 1));
}

// The tone of letters on a ground of this luma: lighter or darker, where there is more room.
static float letters_on(float mean, bool *ret_light) {
    float back = enl_linear_of_srgb[enl_clampi((int)(mean + .5f), 0, 255)] + .05f;
    *ret_light = 1.05f / back >= back / .05f;
    return *ret_light ? tone_for(mean, CONTRAST, true) - mean : mean - tone_for(mean, CONTRAST, false);
}

// What a label may stand on.
struct ground {
    const struct enl_picture *picture, *moving;
    const float (*faces)[4];
    int face_count;
};

// How bad a place is: faces first, then letters that must differ much from the ground, and restless ground. Fills the
// mean luma there.
static float cost_of(const struct enl_label *label, const struct ground *g, int x, int y, float *ret_mean) {
    const struct enl_picture *picture = g->picture;
    const float(*faces)[4] = g->faces;
    double sum = 0, squares = 0, moves = 0;
    int count = 0;
    for (int j = y; j < y + label->height; j += 3)
        for (int i = x; i < x + label->width; i += 3, count++) {
            double luma = (double)luma_of(picture->data + 3 * ((size_t)j * (size_t)picture->width + (size_t)i));
            sum += luma, squares += luma * luma;
            if (g->moving) moves += g->moving->data[(size_t)j * (size_t)picture->width + (size_t)i] / 255.0;
        }
    float mean = (float)(sum / count), deviation = (float)sqrt(fmax(0, squares / count - (double)(mean * mean)));
    bool light;
    float cost = letters_on(mean, &light) + 1.2f * deviation + MOVING * (float)(moves / count);
    for (int f = 0; f < g->face_count; f++) {
        float grow = .15f * faces[f][2];
        float w = fminf((float)(x + label->width), faces[f][0] + faces[f][2] + grow) -
                  fmaxf((float)x, faces[f][0] - grow);
        float h = fminf((float)(y + label->height), faces[f][1] + faces[f][3] + grow) -
                  fmaxf((float)y, faces[f][1] - grow);
        if (w > 0 && h > 0) cost += 1000 * (1 + w * h / (float)(label->width * label->height));
    }
    *ret_mean = mean;
    return cost;
}

static void choose_place(struct enl_label *label, const struct ground *g) {
    const struct enl_picture *picture = g->picture;
    int side = picture->width < picture->height ? picture->width : picture->height;
    // A long label in a very small picture leaves less margin.
    int margin = enl_clampi((side - label->width) / 2, label->halo, side / 24 + label->halo);
    int left = (picture->width - side) / 2 + margin, right = left + side - 2 * margin - label->width;
    int top = (picture->height - side) / 2 + margin, bottom = top + side - 2 * margin - label->height;
    float best = 1e9f, mean = 128;
    for (int step = 0; step < PLACES * PLACES; step++) { // the edges are preferred, the lower one most
        int column = step % PLACES, row = step / PLACES;
        int x = left + (right - left) * column / (PLACES - 1), y = bottom - (bottom - top) * row / (PLACES - 1);
        float off = fminf((float)column, (float)(PLACES - 1 - column)),
              rise = fminf((float)row, 1 + (float)(PLACES - 1 - row));
        float here, taste = 2 * off + 4 * rise;
        float cost = cost_of(label, g, x, y, &here) + taste;
        if (cost < best) best = cost, label->x = x, label->y = y, mean = here;
    }
    letters_on(mean, &label->light);
}

struct enl_label *enl_label_new(const char *text, const struct enl_picture *picture, const float (*faces)[4],
                                int face_count, const struct enl_picture *moving, struct enl_error *error) {
    struct enl_label *label = enl_memory_left(FONT_MEMORY, error) ? enl_alloc(1, sizeof *label, error) : NULL;
    if (!label) return NULL;
    int side = picture->width < picture->height ? picture->width : picture->height;
    if (VIPS_INIT("enliven") == 0 && make_letters(label, text, (side + 19) / 20, error) && make_calm(label, error)) {
        if (label->width + 2 * label->halo <= side) {
            choose_place(label, &(struct ground){picture, moving, faces, face_count});
            return label;
        }
        enl_fail(error, ENL_INTERNAL, "The label is too long for this picture.");
    }
    enl_label_free(&label);
    return NULL;
}

void enl_label_free(struct enl_label **label) {
    if (!label || !*label) return;
    enl_picture_free(&(*label)->letters);
    enl_picture_free(&(*label)->calm);
    enl_release(*label);
    *label = NULL;
}

void enl_label_box(const struct enl_label *label, int ret_box[4]) {
    ret_box[0] = label->x, ret_box[1] = label->y, ret_box[2] = label->width, ret_box[3] = label->height;
}

// The mean luma behind each column, over a window as wide as the letters are high, so that the tone follows the ground.
static void ground_under(const struct enl_label *label, const uint8_t *luma, int stride, float *columns) {
    int w = label->letters->width, h = label->letters->height, reach = label->height;
    for (int x = 0; x < w; x++) {
        int sum = 0;
        for (int y = 0; y < h; y++) sum += luma[y * stride + x];
        columns[x] = (float)sum / (float)h;
    }
    float sum = 0, count = 0, smooth[4096];
    for (int x = -reach; x < w && w <= 4096; x++) {
        if (x + reach < w) sum += columns[x + reach], count++;
        if (x - reach - 1 >= 0) sum -= columns[x - reach - 1], count--;
        if (x >= 0) smooth[x] = (sum / count - 16) * (255 / 219.0f);
    }
    if (w <= 4096) memcpy(columns, smooth, (size_t)w * sizeof *columns);
}

// How much the letters are lighter than their ground, 0 or 1: what they began as, until dusk or fog leaves no room.
static float lightness(const struct enl_label *label, const float *columns, int width) {
    float sum = 0;
    for (int x = 0; x < width; x++) sum += columns[x];
    float back = enl_linear_of_srgb[enl_clampi((int)(sum / (float)width + .5f), 0, 255)];
    return 1 - (label->light ? enl_smoothstep(.24f, .36f, back) : enl_smoothstep(.1f, .16f, back));
}

void enl_label_draw(const struct enl_label *label, float strength, uint8_t *const planes[3], const int strides[3]) {
    int w = label->letters->width, h = label->letters->height, x0 = label->x - label->halo, y0 = label->y - label->halo;
    uint8_t *luma = planes[0] + y0 * strides[0] + x0;
    float columns[4096] = {0};
    if (w > 4096) return; // wider than any picture that is made
    ground_under(label, luma, strides[0], columns);
    float light = lightness(label, columns, w);
    for (int x = 0; x < w; x++) {
        float contrast = enl_mixf(CONTRAST, STRONG, strength);
        float tone = enl_mixf(tone_for(columns[x], contrast, false), tone_for(columns[x], contrast, true), light);
        float edge = tone_for(tone, CLEAR, light < .5f);
        float ink = 16 + tone * (219 / 255.0f), limit = 16 + edge * (219 / 255.0f);
        for (int y = 0; y < h; y++) {
            float letter = (float)label->letters->data[y * w + x] * (1 / 255.0f) * enl_mixf(1, FULLER, strength);
            float calm = (float)label->calm->data[y * w + x] * (1 / 255.0f);
            uint8_t *p = luma + y * strides[0] + x;
            float back = *p, over = light >= .5f ? fmaxf(0, back - limit) : fminf(0, back - limit);
            *p = (uint8_t)enl_clampf(enl_mixf(back - over * calm, ink, fminf(1, letter)) + .5f, 16, 235);
        }
    }
    for (int c = 1; c < 3; c++) // letters are grey
        for (int y = 0; y < h / 2; y++)
            for (int x = 0; x < w / 2; x++) {
                const uint8_t *l = label->letters->data + 2 * y * w + 2 * x;
                int cover = (l[0] + l[1] + l[w] + l[w + 1]) / 4;
                uint8_t *p = planes[c] + ((y0 + 1) / 2 + y) * strides[c] + (x0 + 1) / 2 + x;
                *p = (uint8_t)(*p + (128 - *p) * cover / 400);
            }
}
