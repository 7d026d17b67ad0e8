// SPDX-License-Identifier: MIT
// The shore of a lake: a long level line, dark over light, under which each column carries the colour that the sky's
// glow has above it. A road may lie under a level hedge too, but it does not turn orange where the sky does.
#include "scene/water.h"

#define STEP 7.f      // L* over four rows that counts as a shore
#define STEP_ROWS 2   // to either side
#define SKIP 4        // rows between the line and where colours are read

struct columns {
    float (*below)[2], (*above)[2], (*scratch)[2]; // a*, b* of each column
};

static bool is_step(const struct enl_plane *light, int x, int y) {
    for (int dy = -1; dy <= 1; dy++) {
        const float *at = light->data + (size_t)(y + dy) * (size_t)light->width + (size_t)x;
        if (at[STEP_ROWS * light->width] - at[-STEP_ROWS * light->width] > STEP) {
            return true;
        }
    }
    return false;
}

// The longest stretch of the row along which the step goes on, but for gaps of a few columns (masts, posts).
// Returns the share of it that has the step.
static float longest_run(const struct enl_plane *light, int y, int *ret_left, int *ret_right) {
    int gap = light->width * 3 / 100, start = -1, last = -1, steps = 0, best = 0;
    float share = 0;
    for (int x = 0; x < light->width; x++) {
        if (!is_step(light, x, y)) {
            continue;
        }
        if (start < 0 || x - last > gap + 1) {
            start = x;
            steps = 0;
        }
        last = x;
        steps++;
        if (last - start + 1 > best) {
            best = last - start + 1;
            share = (float)steps / (float)best;
            *ret_left = start;
            *ret_right = last;
        }
    }
    return share;
}

// The mean colour of the column's brighter part over the line: the sky there, or what of it shows.
static void read_above(const struct enl_regions *regions, int x, int row, float ret_colour[2]) {
    int width = regions->width;
    float mean = 0, n = 0, sum[2] = {0};
    for (int y = 0; y < row - SKIP; y++) {
        mean += regions->light->data[y * width + x] / (float)(row - SKIP);
    }
    for (int y = 0; y < row - SKIP; y++) {
        int p = y * width + x;
        if (regions->light->data[p] >= mean) {
            n++;
            sum[0] += regions->a->data[p];
            sum[1] += regions->b->data[p];
        }
    }
    ret_colour[0] = sum[0] / fmaxf(n, 1);
    ret_colour[1] = sum[1] / fmaxf(n, 1);
}

static void read_below(const struct enl_regions *regions, int x, int row, int depth, float ret_colour[2]) {
    ret_colour[0] = ret_colour[1] = 0;
    for (int y = row + SKIP; y < row + SKIP + depth; y++) {
        ret_colour[0] += regions->a->data[y * regions->width + x] / (float)depth;
        ret_colour[1] += regions->b->data[y * regions->width + x] / (float)depth;
    }
}

// Smears along the row and takes the mean away; returns the deviation that is left.
static float centre(float (*colours)[2], float (*scratch)[2], int count, int radius) {
    double mean[2] = {0}, squares = 0;
    for (int x = 0; x < count; x++) {
        scratch[x][0] = scratch[x][1] = 0;
        int from = x > radius ? x - radius : 0, to = x + radius < count ? x + radius : count - 1;
        for (int k = from; k <= to; k++) {
            scratch[x][0] += colours[k][0] / (float)(to - from + 1);
            scratch[x][1] += colours[k][1] / (float)(to - from + 1);
        }
        mean[0] += (double)scratch[x][0] / count;
        mean[1] += (double)scratch[x][1] / count;
    }
    for (int x = 0; x < count; x++) {
        for (int c = 0; c < 2; c++) {
            colours[x][c] = scratch[x][c] - (float)mean[c];
            squares += (double)(colours[x][c] * colours[x][c]);
        }
    }
    return (float)sqrt(squares / count);
}

// How much more the strip changes from row to row than along the rows; its mean change in ret_rough. Ripples lie level.
static float levelness(const struct enl_plane *light, const struct enl_water_sign *sign, float *ret_rough) {
    double across = 0, down = 0, n = 0;
    int width = light->width;
    for (int y = sign->row + SKIP; y < sign->row + SKIP + sign->depth; y++) {
        for (int x = sign->left + 1; x < sign->right; x++) {
            const float *at = light->data + (size_t)y * (size_t)width + (size_t)x;
            across += (double)((at[1] - at[-1]) * (at[1] - at[-1]));
            down += (double)((at[width] - at[-width]) * (at[width] - at[-width]));
            n++;
        }
    }
    *ret_rough = (float)sqrt((across + down) / fmax(n, 1)) / 2;
    return (float)(down / (across + .001 * n));
}

static float judge(const struct enl_regions *regions, const struct enl_water_sign *sign, float whole,
                   const struct columns *columns) {
    int count = sign->right - sign->left + 1, radius = regions->width / 40 + 1;
    float rough, level = levelness(regions->light, sign, &rough), mean[2] = {0};
    float fits = enl_smoothstep(1.8f, 3, level) * (1 - enl_smoothstep(5.5f, 8, rough)) *
                 enl_smoothstep(.85f, .97f, whole) * enl_smoothstep(.25f, .5f, (float)count / (float)regions->width);
    if (fits < .01f) {
        return 0;
    }
    for (int x = 0; x < count; x++) {
        read_above(regions, sign->left + x, sign->row, columns->above[x]);
        read_below(regions, sign->left + x, sign->row, sign->depth, columns->below[x]);
        mean[0] += columns->below[x][0] / (float)count;
        mean[1] += columns->below[x][1] / (float)count;
    }
    float above = centre(columns->above, columns->scratch, count, radius);
    float below = centre(columns->below, columns->scratch, count, radius), both = 0;
    for (int x = 0; x < count; x++) {
        both += columns->above[x][0] * columns->below[x][0] + columns->above[x][1] * columns->below[x][1];
    }
    float same = both / ((float)count * above * below + .01f);
    float grass = enl_smoothstep(-5, -10, mean[0]) * enl_smoothstep(4, 9, mean[1]);
    return fits * (1 - grass) * enl_smoothstep(.15f, .4f, same) * enl_smoothstep(5, 9, below) *
           enl_smoothstep(4, 8, above);
}

bool enl_water_shore(const struct enl_view *view, struct enl_water_sign *ret_sign, struct enl_error *error) {
    const struct enl_regions *regions = view->regions;
    int width = regions->width, height = regions->height, depth = height * 7 / 100;
    depth = depth < 5 ? 5 : depth;
    float (*memory)[2] = enl_alloc((size_t)width * 3, sizeof *memory, error);
    if (!memory) {
        return false;
    }
    struct columns columns = {memory, memory + width, memory + 2 * width};
    float most = 0;
    for (int y = height * 3 / 10; y < height * 8 / 10 && y + SKIP + depth < height - 1; y++) {
        struct enl_water_sign sign = {.row = y, .depth = depth, .kind = ENL_WATER_STILL};
        if (y < SKIP + STEP_ROWS + 2) {
            continue;
        }
        float whole = longest_run(regions->light, y, &sign.left, &sign.right);
        float score = whole > .8f && sign.right - sign.left > width / 4 ? judge(regions, &sign, whole, &columns) : 0;
        if (score > most) {
            most = score;
            sign.sure = .95f * sqrtf(score);
            *ret_sign = sign;
        }
    }
    enl_release(memory);
    return true;
}
