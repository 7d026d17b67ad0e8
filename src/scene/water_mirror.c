// SPDX-License-Identifier: MIT
// Still water: what stands over a level axis stands upside down under it. Compared is fine structure whose contrast was
// made even, since reflections are darker and duller, and roofs, streets and skies agree with their mirror image by
// chance only in the large. One axis must stand out from all others, as in Reisfeld, Wolfson and Yeshurun,
// "Context-free attentional operators", 1995, and over half of the picture's width.
#include "scene/water.h"

#define BLOCKS 8       // columns of the picture that are correlated on their own
#define SPAN 4         // as many side by side must agree
#define WINDOW 15      // pixels of the region map: what is coarser does not count
#define NOISE 3.f     // L* of deviation that counts for nothing

struct axis {
    float all, second; // mean over the span, and the second lowest block of it
    int row, block;
};

// What goes along whole rows (kerbs, sidings, haze) has mirror images everywhere.
static void drop_rows(struct enl_plane *plane) {
    for (int y = 0; y < plane->height; y++) {
        for (int block = 0; block < BLOCKS; block++) {
            float *row = plane->data + y * plane->width, mean = 0;
            int from = block * plane->width / BLOCKS, to = (block + 1) * plane->width / BLOCKS;
            for (int x = from; x < to; x++) {
                mean += row[x] / (float)(to - from);
            }
            for (int x = from; x < to; x++) {
                row[x] -= mean;
            }
        }
    }
}

// Light without its slow changes, over its local deviation. NULL: no memory.
static struct enl_plane *even_out(const struct enl_plane *light, struct enl_error *error) {
    struct enl_plane *fine = enl_plane_resize(light, light->width, light->height, error);
    struct enl_plane *mean = enl_plane_resize(light, light->width, light->height, error);
    bool done = fine && mean && enl_plane_blur(fine, 1, error) && enl_plane_box(mean, WINDOW, error) &&
                enl_plane_box(mean, WINDOW, error);
    int pixels = light->width * light->height;
    for (int p = 0; done && p < pixels; p++) {
        fine->data[p] -= mean->data[p];
        mean->data[p] = fine->data[p] * fine->data[p];
    }
    done = done && enl_plane_box(mean, WINDOW, error) && enl_plane_box(mean, WINDOW, error);
    for (int p = 0; done && p < pixels; p++) {
        fine->data[p] /= sqrtf(fmaxf(mean->data[p], 0)) + NOISE;
    }
    enl_plane_free(&mean);
    if (done) {
        drop_rows(fine);
    } else {
        enl_plane_free(&fine);
    }
    return fine;
}

// Near the picture's top and bottom the smoothing makes structure of its own.
static int reach_of(const struct enl_plane *plane, int row) {
    int reach = plane->height * 35 / 100, over = row - WINDOW, under = plane->height - row - WINDOW / 2;
    reach = reach < over ? reach : over;
    return reach < under ? reach : under;
}

// How alike each block is to its mirror image.
static void correlate(const struct enl_plane *fine, int row, float ret_alike[BLOCKS]) {
    int width = fine->width, reach = reach_of(fine, row);
    for (int block = 0; block < BLOCKS; block++) {
        float both = 0, over = 0, under = 0;
        for (int k = 0; k < reach; k++) {
            const float *up = fine->data + (row - 1 - k) * width, *down = fine->data + (row + k) * width;
            for (int x = block * width / BLOCKS; x < (block + 1) * width / BLOCKS; x++) {
                both += up[x] * down[x];
                over += up[x] * up[x];
                under += down[x] * down[x];
            }
        }
        ret_alike[block] = both / sqrtf(over * under + 1);
    }
}

static struct axis judge_span(const float alike[BLOCKS], int row, int block) {
    float sum = 0, least = 2, second = 2;
    for (int k = block; k < block + SPAN; k++) {
        sum += alike[k];
        second = fminf(second, fmaxf(least, alike[k]));
        least = fminf(least, alike[k]);
    }
    return (struct axis){sum / SPAN, second, row, block};
}

static float mean_of(const float alike[BLOCKS], int block) {
    float sum = 0;
    for (int k = block; k < block + SPAN; k++) {
        sum += alike[k] / SPAN;
    }
    return sum;
}

// The best axis, and how far it stands out from those farther off over the same span.
static struct axis find_axis(float (*alike)[BLOCKS], int first, int last, int apart, float *ret_peak) {
    struct axis best = {.all = -1};
    for (int row = first; row <= last; row++) {
        for (int block = 0; block + SPAN <= BLOCKS; block++) {
            struct axis axis = judge_span(alike[row], row, block);
            best = axis.all > best.all ? axis : best;
        }
    }
    float other = 0;
    for (int row = first; row <= last; row++) {
        if (row > best.row + apart || row < best.row - apart) {
            other = fmaxf(other, mean_of(alike[row], best.block));
        }
    }
    *ret_peak = best.all - other;
    return best;
}

bool enl_water_mirror(const struct enl_view *view, struct enl_water_sign *ret_sign, struct enl_error *error) {
    const struct enl_plane *light = view->regions->light;
    int height = light->height, width = light->width, first = height * 36 / 100, last = height * 75 / 100;
    if (width < 4 * WINDOW || height < 4 * WINDOW) {
        return true;
    }
    float (*alike)[BLOCKS] = enl_alloc((size_t)height, sizeof *alike, error);
    struct enl_plane *fine = alike ? even_out(light, error) : NULL;
    if (fine) {
        for (int row = first; row <= last; row++) {
            correlate(fine, row, alike[row]);
        }
        float peak;
        struct axis axis = find_axis(alike, first, last, height * 6 / 100, &peak);
        float deep = (float)reach_of(light, axis.row) / (float)height;
        float score = enl_smoothstep(.65f, .74f, axis.all) * enl_smoothstep(.5f, .65f, axis.second) *
                      enl_smoothstep(.03f, .1f, peak) * enl_smoothstep(.15f, .3f, deep);
        int left = axis.block, right = axis.block + SPAN; // wider where the blocks beside agree as well
        while (left > 0 && alike[axis.row][left - 1] > .35f) {
            left--;
        }
        while (right < BLOCKS && alike[axis.row][right] > .35f) {
            right++;
        }
        *ret_sign = (struct enl_water_sign){.sure = .95f * sqrtf(score), .row = axis.row,
                                            .left = left * width / BLOCKS, .right = right * width / BLOCKS - 1,
                                            .depth = reach_of(light, axis.row), .mirror = true,
                                            .kind = ENL_WATER_STILL};
    }
    bool done = fine != NULL;
    enl_plane_free(&fine);
    enl_release(alike);
    return done;
}
