// SPDX-License-Identifier: MIT
// Things before the sky (birds, kites, wires, flags, riders in mid-jump) and in the water (posts, buoys, swans). They
// are darker or more colourful than what is about them and their edges are sharp, which no cloud's are; left in the
// mask, they would be torn apart by its drift.
#include "scene/view.h"

#include <string.h>

#define REACH 28        // pixels of sky about a thing that it is compared with
#define DARKER 9        // CIE L*
#define COLOUR 12       // CIE chroma
#define SHARP 5.5f      // mean gradient along the outline, per pixel
#define MANY 16         // things in one water
#define LARGEST .04f    // share of the picture; what is larger is for the sky finder to judge
#define STORMY 9        // deviation of the sky's L*: its clouds have edges, too ...
#define LARGEST_IN_STORM .0015f // ... and are larger than this

// The mean of `plane` over the sky within reach, into a new plane.
static struct enl_plane *sky_mean(const struct enl_plane *plane, const struct enl_plane *sky,
                                  const struct enl_plane *weight, struct enl_error *error) {
    struct enl_plane *mean = enl_plane_new(plane->width, plane->height, error);
    int n = plane->width * plane->height;
    for (int i = 0; mean && i < n; i++) mean->data[i] = plane->data[i] * sky->data[i];
    if (mean && !enl_plane_box(mean, REACH, error)) enl_plane_free(&mean);
    for (int i = 0; mean && i < n; i++) mean->data[i] /= fmaxf(weight->data[i], 1e-3f);
    return mean;
}

// How much the sky itself varies in lightness and in chroma: against a stormy evening a thing must stand out more.
static void variation(const struct enl_view *view, const struct enl_plane *sky, float *ret_light, float *ret_chroma) {
    double sum = 1e-6, l1 = 0, l2 = 0, c1 = 0, c2 = 0;
    for (int i = 0; i < sky->width * sky->height; i++) {
        double w = (double)sky->data[i], l = (double)view->light->data[i];
        double c = (double)hypotf(view->a->data[i], view->b->data[i]);
        sum += w, l1 += w * l, l2 += w * l * l, c1 += w * c, c2 += w * c * c;
    }
    *ret_light = (float)sqrt(fmax(0, l2 / sum - l1 * l1 / (sum * sum)));
    *ret_chroma = (float)sqrt(fmax(0, c2 / sum - c1 * c1 / (sum * sum)));
}

// 1 where a pixel of the sky stands out as things do.
static bool mark(const struct enl_view *view, const struct enl_plane *sky, float spread, uint8_t *marked,
                 float *ret_light, struct enl_error *error) {
    int n = sky->width * sky->height;
    struct enl_plane *weight = enl_plane_new(sky->width, sky->height, error), *l = NULL, *a = NULL, *b = NULL;
    if (weight) memcpy(weight->data, sky->data, (size_t)n * sizeof *sky->data);
    bool done = weight && enl_plane_box(weight, REACH, error) && (l = sky_mean(view->light, sky, weight, error)) &&
                (a = sky_mean(view->a, sky, weight, error)) && (b = sky_mean(view->b, sky, weight, error));
    float light, colour;
    variation(view, sky, &light, &colour);
    *ret_light = light;
    float much_darker = fmaxf(DARKER, spread * light), much_colour = fmaxf(COLOUR, spread * colour);
    for (int i = 0; done && i < n; i++) {
        if (sky->data[i] < .05f) continue;
        float darker = l->data[i] - view->light->data[i];
        float chroma = hypotf(view->a->data[i], view->b->data[i]) - hypotf(a->data[i], b->data[i]);
        marked[i] = darker > much_darker || chroma > much_colour;
    }
    enl_plane_free(&weight);
    enl_plane_free(&l);
    enl_plane_free(&a);
    enl_plane_free(&b);
    return done;
}

// Fills one connected piece from `start` with 2 in `marked`; its pixels are listed in `pixels`. Returns how many.
static int piece_from(int start, int width, int height, uint8_t *marked, int *pixels) {
    int count = 0;
    marked[start] = 2;
    pixels[count++] = start;
    for (int k = 0; k < count; k++) {
        int x = pixels[k] % width, y = pixels[k] / width;
        for (int j = y ? y - 1 : 0; j <= y + 1 && j < height; j++)
            for (int i = x ? x - 1 : 0; i <= x + 1 && i < width; i++)
                if (marked[j * width + i] == 1) {
                    marked[j * width + i] = 2;
                    pixels[count++] = j * width + i;
                }
    }
    return count;
}

// The mean of the steepest gradients next to the outline's pixels.
static float sharpness(const struct enl_view *view, const uint8_t *marked, const int *pixels, int count) {
    int w = view->edge->width, h = view->edge->height, outline = 0;
    float sum = 0;
    for (int k = 0; k < count; k++) {
        int x = pixels[k] % w, y = pixels[k] / w;
        if (x < 1 || y < 1 || x >= w - 1 || y >= h - 1) continue;
        int i = pixels[k];
        if (marked[i - 1] && marked[i + 1] && marked[i - w] && marked[i + w]) continue;
        float steepest = 0;
        for (int j = -1; j <= 1; j++)
            for (int m = -1; m <= 1; m++) steepest = fmaxf(steepest, view->edge->data[i + j * w + m]);
        sum += steepest;
        outline++;
    }
    return outline ? sum / (float)outline : 0;
}

static bool is_thing(const struct enl_view *view, const uint8_t *marked, const int *pixels, int count, float largest) {
    int w = view->edge->width, n = w * view->edge->height, left = w, right = 0, top = n, bottom = 0;
    for (int k = 0; k < count; k++) {
        int x = pixels[k] % w, y = pixels[k] / w;
        left = x < left ? x : left, right = x > right ? x : right;
        top = y < top ? y : top, bottom = y > bottom ? y : bottom;
    }
    // What lies long and level is the glow under a cloud; wires are looked for elsewhere, on the photo itself.
    if ((right - left) * 12 > w && right - left > 4 * (bottom - top + 1)) return false;
    return count >= 3 && (float)count <= largest * (float)n && sharpness(view, marked, pixels, count) >= SHARP;
}

// How many pixels a thing in the water must have: where dozens lie, the small ones are the dark backs of waves.
static int least_in_water(const struct enl_view *view, int n, uint8_t *marked, int *pixels) {
    int things = 0, sum = 0;
    for (int i = 0; i < n; i++) {
        if (marked[i] != 1) continue;
        int count = piece_from(i, view->edge->width, view->edge->height, marked, pixels);
        if (is_thing(view, marked, pixels, count, LARGEST)) things++, sum += count;
    }
    for (int i = 0; i < n; i++) marked[i] = marked[i] ? 1 : 0; // as they were
    return things > MANY ? 6 * sum / things : 0;
}

// Takes things out of `sky` (or water). `spread`: how many deviations of its own a thing must stand out by.
static bool take_out(struct enl_view *view, struct enl_plane *sky, float spread, bool water, bool waves,
                     struct enl_error *error) {
    if (!sky) return true;
    int w = sky->width, h = sky->height, n = w * h;
    uint8_t *marked = enl_alloc((size_t)n, 1, error);
    int *pixels = marked ? enl_alloc((size_t)n, sizeof *pixels, error) : NULL;
    float light = 0;
    bool done = pixels && mark(view, sky, spread, marked, &light, error);
    float largest = light > STORMY && !water ? LARGEST_IN_STORM : LARGEST;
    int least = done && waves ? least_in_water(view, n, marked, pixels) : 0;
    for (int i = 0; done && i < n; i++) {
        if (marked[i] != 1) continue;
        int count = piece_from(i, w, h, marked, pixels);
        if (count < least || !is_thing(view, marked, pixels, count, largest)) continue;
        for (int k = 0; k < count; k++) { // with a rim, where its edge is mixed with the sky
            int x = pixels[k] % w, y = pixels[k] / w;
            for (int j = y - 2; j <= y + 2; j++)
                for (int m = x - 2; m <= x + 2; m++)
                    if (j >= 0 && m >= 0 && j < h && m < w) sky->data[j * w + m] = 0;
        }
    }
    enl_release(marked);
    enl_release(pixels);
    return done;
}

bool enl_find_things_in_sky(struct enl_view *view, struct enl_error *error) {
    return take_out(view, view->found[ENL_SKY], 1.6f, false, false, error);
}

bool enl_find_things_in_water(struct enl_view *view, struct enl_error *error) {
    // Ripples are sharp, too, and in streams lie stones.
    bool rolls = view->scene->water != ENL_WATER_STREAM && view->scene->water != ENL_WATER_FALL;
    return take_out(view, view->found[ENL_WATER], 2.2f, true, rolls, error);
}
