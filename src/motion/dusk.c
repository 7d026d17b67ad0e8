// SPDX-License-Identifier: MIT
#include "motion/dusk.h"

#include "base/plane.h"

// The last row where a fair part is sky.
static float lowest_sky(const struct enl_stage *stage) {
    const struct enl_picture *sky = enl_sure_matte(stage, ENL_SKY);
    for (int y = stage->height - 1; sky && y > 0; y--) {
        int seen = 0;
        for (int x = 0; x < sky->width; x += 8) seen += sky->data[(size_t)y * (size_t)sky->width + (size_t)x] > 127;
        if (seen * 8 > sky->width / 12) return (float)y;
    }
    return .55f * (float)stage->height;
}

void enl_dusk_fill(struct enl_dusk *d, const struct enl_stage *stage, const struct enl_motion *motion) {
    float light[3];
    d->stage = stage;
    d->start = motion->start;
    d->ramp = fmax(1, .8 * (stage->seconds - d->start) / fmax(.5, (double)motion->speed));
    d->amount = motion->amount;
    d->horizon = fmaxf(.15f * (float)stage->height, stage->has_horizon ? stage->horizon : lowest_sky(stage));
    enl_light_above(stage, light);
    d->sky_mean = fmaxf(.02f, enl_luminance(light[0], light[1], light[2]));
    enl_mean_light(stage->picture, NULL, 0, 1, light);
    d->mean = fmaxf(.004f, enl_luminance(light[0], light[1], light[2]));
}

float enl_dusk_ease(const struct enl_dusk *d, double t) {
    return (float)enl_shade_ease(d->stage, d->start, d->ramp, t) * fminf(1, d->amount);
}

float enl_dusk_height(const struct enl_dusk *d, const struct enl_tile *tile, int row) {
    return enl_clampf((tile->v + tile->dv * (float)row) / d->horizon, 0, 1);
}

#define CELL 4 // pixels; holes are found this coarsely

// Marks in `land` what is connected with the picture's lower edge without crossing the sky.
static void flood(const struct enl_picture *sky, int columns, int rows, uint8_t *land, int *stack) {
    int count = 0;
    for (int n = 0; n < columns * rows; n++) {
        size_t i = (size_t)(n / columns * CELL) * (size_t)sky->width + (size_t)(n % columns * CELL);
        land[n] = sky->data[i] > 127 ? 2 : 0; // 2: sky
    }
    for (int n = (rows - 1) * columns; n < rows * columns; n++)
        if (!land[n]) land[n] = 1, stack[count++] = n;
    while (count) {
        int n = stack[--count], x = n % columns, y = n / columns;
        int next[4] = {x > 0 ? n - 1 : n, x + 1 < columns ? n + 1 : n, y > 0 ? n - columns : n,
                       y + 1 < rows ? n + columns : n};
        for (int k = 0; k < 4; k++)
            if (!land[next[k]]) land[next[k]] = 1, stack[count++] = next[k];
    }
}

bool enl_whole_sky(const struct enl_stage *stage, struct enl_picture **ret, struct enl_error *error) {
    const struct enl_picture *sky = enl_sure_matte(stage, ENL_SKY) ? stage->whole_sky : NULL;
    if (!sky) return true;
    int columns = (sky->width + CELL - 1) / CELL, rows = (sky->height + CELL - 1) / CELL;
    size_t cells = (size_t)columns * (size_t)rows;
    uint8_t *land = enl_alloc(cells, 1, error);
    int *stack = land ? enl_alloc(cells, sizeof *stack, error) : NULL;
    struct enl_plane *holes = stack ? enl_plane_new(columns, rows, error) : NULL, *full = NULL;
    if (holes) {
        flood(sky, columns, rows, land, stack);
        for (size_t n = 0; n < cells; n++) {
            int x = (int)n % columns, y = (int)n / columns; // a hole, and its soft rim
            for (int k = 0; k < 9; k++) {
                int i = enl_clampi(x + k % 3 - 1, 0, columns - 1), j = enl_clampi(y + k / 3 - 1, 0, rows - 1);
                if (!land[j * columns + i]) holes->data[n] = 1;
            }
        }
        full = enl_plane_resize(holes, sky->width, sky->height, error);
    }
    for (int i = 0; full && i < sky->width * sky->height; i++)
        full->data[i] = fmaxf(full->data[i], (float)sky->data[i] * (1 / 255.0f));
    *ret = full ? enl_plane_to_mask(full, error) : NULL;
    enl_plane_free(&holes);
    enl_plane_free(&full);
    enl_release(land);
    enl_release(stack);
    return *ret != NULL;
}

struct enl_picture *enl_lamp_matte(const struct enl_stage *stage, struct enl_error *error) {
    int w = stage->width, h = stage->height, side = w < h ? w : h;
    struct enl_plane *light = enl_luminance_plane(stage->picture, error), *around = NULL;
    if (light) around = enl_plane_new(w, h, error);
    for (int i = 0; around && i < w * h; i++) around->data[i] = light->data[i];
    bool done = around && enl_plane_blur(around, 2 + side / 16, error);
    for (int i = 0; done && i < w * h; i++) {
        const uint8_t *p = stage->picture->data + 3 * (size_t)i;
        float warm = enl_smoothstep(-12, 18, (float)p[0] - (float)p[2]) *
                     enl_smoothstep(-30, 0, (float)p[0] - (float)p[1]);
        warm = fmaxf(warm, enl_smoothstep(.75f, .95f, light->data[i])); // the core of a lamp is white to a camera
        float over = enl_smoothstep(.06f, .22f, light->data[i] - around->data[i]);
        float dark = 1 - enl_smoothstep(.25f, .5f, around->data[i]);
        light->data[i] = enl_smoothstep(.3f, .6f, light->data[i]) * warm * over * dark;
    }
    // What glows has a core of some pixels; a grain of noise has none.
    done = done && enl_plane_blur(light, 1 + side / 700, error);
    for (int i = 0; done && i < w * h; i++)
        around->data[i] = light->data[i] = enl_smoothstep(.12f, .5f, light->data[i]);
    done = done && enl_plane_blur(around, 1 + side / 40, error); // its glow
    for (int i = 0; done && i < w * h; i++)
        light->data[i] = fmaxf(light->data[i], .75f * enl_smoothstep(0, .5f, around->data[i]));
    struct enl_picture *matte = done ? enl_plane_to_mask(light, error) : NULL;
    enl_plane_free(&light);
    enl_plane_free(&around);
    return matte;
}
