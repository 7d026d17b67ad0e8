// SPDX-License-Identifier: MIT
// Clouds and the glow of dusk: what lies by the sky, is unlike it, and has no sharp edge to it.
#include "scene/sky.h"

#include <string.h>

#define ROUNDS 10
#define ACROSS 8 // pixels of the region map over which a border is looked at

// The border of a region, summed over pairs of pixels ACROSS apart.
struct border {
    int sky, ground;        // pairs shared with the sky, and with what is neither sky nor this region
    float rise, steepest;   // to the sky: the change over the whole pair, and the largest from pixel to pixel in it
    int under;              // pairs with ground below
    float drop, drop_steepest, fall; // to the ground below: colour change, the steepest, and L* here less L* there
};

static float distance(const struct enl_regions *regions, int p, int q) {
    float dl = regions->light->data[p] - regions->light->data[q];
    float da = regions->a->data[p] - regions->a->data[q];
    float db = regions->b->data[p] - regions->b->data[q];
    return sqrtf(dl * dl + da * da + db * db);
}

// Looks across the pair that starts at p and goes on by `step`, for the region `here` at its one end.
static void look_across(const struct enl_regions *regions, const uint8_t *sky, struct border *border, int p, int step,
                        bool here_first) {
    int q = p + ACROSS * step, here = here_first ? p : q, there = here_first ? q : p;
    float whole = distance(regions, p, q), most = 0;
    for (int i = 0; i < ACROSS; i++) {
        most = fmaxf(most, distance(regions, p + i * step, p + (i + 1) * step));
    }
    if (sky[regions->label[there]]) {
        border->sky++;
        border->rise += whole;
        border->steepest += most;
        return;
    }
    border->ground++;
    if (here_first && step > 1) {
        border->under++;
        border->drop += whole;
        border->drop_steepest += most;
        border->fall += regions->light->data[here] - regions->light->data[there];
    }
}

static void trace_borders(const struct enl_regions *regions, const uint8_t *sky, struct border *ret_borders) {
    int width = regions->width, height = regions->height;
    memset(ret_borders, 0, (size_t)regions->count * sizeof *ret_borders);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            for (int down = 0; down < 2; down++) {
                int p = y * width + x, step = down ? width : 1;
                if (down ? y + ACROSS >= height : x + ACROSS >= width) {
                    continue;
                }
                int i = regions->label[p], j = regions->label[p + ACROSS * step];
                if (i == j) {
                    continue;
                }
                if (!sky[i]) {
                    look_across(regions, sky, &ret_borders[i], p, step, true);
                }
                if (!sky[j]) {
                    look_across(regions, sky, &ret_borders[j], p, step, false);
                }
            }
        }
    }
}

// Clouds have soft borders, and what stands on the ground ends less sharply below than it does toward the sky.
static bool is_cloud(const struct enl_regions *regions, const struct enl_region *region, const struct border *border) {
    if (border->sky < 24 || region->texture > 9 || region->light < 12 || region->bottom > regions->height * 4 / 5) {
        return false;
    }
    if (region->a < -6 && region->b > 4) {
        return false; // leaves
    }
    float share = (float)border->sky / (float)(border->sky + border->ground);
    float rise = border->rise / (float)border->sky, sharp = border->steepest / fmaxf(border->rise, 1e-6f);
    float limit = rise < 8 ? .7f : share > .6f ? .6f : .5f;
    if (share < .06f || sharp > limit) {
        return false;
    }
    bool tall = (region->bottom - region->top) * 10 > (region->right - region->left) * 13;
    if (tall && share < .4f && !region->at_side) {
        return false; // a tower in a blurred picture
    }
    bool hangs = region->at_top * 10 > regions->width && region->texture < 3;
    bool rests = border->under * 8 > border->sky + border->ground;
    return hangs || !rests || rise < 1.05f * border->drop / (float)border->under;
}

// Only a sky that is wide open has clouds to look for; beside a narrow one everything may be blurred.
static bool is_open(const struct enl_regions *regions, const uint8_t *sky) {
    int open = 0;
    for (int i = 0; i < regions->count; i++) {
        open += sky[i] ? regions->list[i].at_top : 0;
    }
    return open * 10 > regions->width * 6;
}

bool enl_sky_clouds(const struct enl_view *view, uint8_t *sky, struct enl_error *error) {
    const struct enl_regions *regions = view->regions;
    struct border *borders = enl_alloc((size_t)regions->count, sizeof *borders, error);
    if (!borders) {
        return false;
    }
    bool grew = is_open(regions, sky);
    for (int round = 0; round < ROUNDS && grew; round++) {
        trace_borders(regions, sky, borders);
        grew = false;
        for (int i = 0; i < regions->count; i++) {
            if (!sky[i] && is_cloud(regions, &regions->list[i], &borders[i])) {
                sky[i] = 1;
                grew = true;
            }
        }
    }
    enl_release(borders);
    return true;
}
