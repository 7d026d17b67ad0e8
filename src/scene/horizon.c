// SPDX-License-Identifier: MIT
// The horizon: where a straight level line, or else the foot of the sky, says that it lies.
#include "scene/features.h"

#define TILT .06f      // largest rise of the line over the picture's width, as a fraction of the width
#define TILT_STEPS 6   // to either side
#define STEP_EDGE 3.f  // colour difference over two rows that counts as an edge

// What one column says about an edge at row y: false when the mask is not set on both sides.
static bool column_step(const struct enl_regions *regions, const uint8_t *claimed, int x, int y, float ret_step[3]) {
    int width = regions->width;
    if (y < 6 || y + 6 >= regions->height || !claimed[(y - 5) * width + x] || !claimed[(y + 5) * width + x]) {
        return false;
    }
    const float *planes[] = {regions->light->data, regions->a->data, regions->b->data};
    float best = -1;
    ret_step[0] = ret_step[1] = ret_step[2] = 0;
    for (int dy = -1; dy <= 1; dy++) {
        int above = (y + dy - 1) * width + x, below = (y + dy + 1) * width + x;
        float step[3], size = 0;
        for (int c = 0; c < 3; c++) {
            step[c] = planes[c][below] - planes[c][above];
            size += step[c] * step[c];
        }
        if (size > best) {
            best = size;
            for (int c = 0; c < 3; c++) {
                ret_step[c] = step[c];
            }
        }
    }
    return true;
}

// How well one line cuts what is claimed: the share of the width that shows the same step along it, 0 when too little
// of the line does.
static float judge_line(const struct enl_regions *regions, const uint8_t *claimed, float left, float right) {
    int claims = 0, edges = 0;
    float sum[3] = {0}, sizes = 0;
    for (int x = 0; x < regions->width; x++) {
        float y = enl_mixf(left, right, ((float)x + .5f) / (float)regions->width), step[3];
        if (!column_step(regions, claimed, x, (int)lrintf(y), step)) {
            continue;
        }
        claims++;
        float size = sqrtf(step[0] * step[0] + step[1] * step[1] + step[2] * step[2]);
        edges += size > STEP_EDGE;
        sizes += size;
        for (int c = 0; c < 3; c++) {
            sum[c] += step[c];
        }
    }
    float same = sqrtf(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
    // Sea and land are darker than the sky over them, banks of cloud are brighter.
    if (claims * 5 < regions->width || edges * 10 < claims * 8 || same < .75f * sizes || sum[0] > -.4f * same) {
        return 0;
    }
    return (float)edges / (float)regions->width;
}

bool enl_horizon_through(const struct enl_regions *regions, const uint8_t *claimed, float *ret_left,
                         float *ret_right) {
    float best = 0;
    for (int y = regions->height / 10; y < regions->height; y++) {
        for (int t = -TILT_STEPS; t <= TILT_STEPS; t++) {
            float rise = TILT * (float)regions->width * (float)t / TILT_STEPS * .5f;
            float share = judge_line(regions, claimed, (float)y - rise, (float)y + rise);
            if (share > best) {
                best = share;
                *ret_left = (float)y - rise;
                *ret_right = (float)y + rise;
            }
        }
    }
    return best > 0;
}

// Without a line of its own the horizon is at or below the foot of the sky: a low quantile of its lower border over
// the columns where it is open from the top.
bool enl_find_horizon(struct enl_view *view, struct enl_error *error) {
    (void)error;
    const struct enl_plane *sky = view->found[ENL_SKY];
    if (!sky || view->scene->confidence[ENL_SKY] < .4f || view->scene->horizon >= 0) {
        return true;
    }
    int histogram[64] = {0}, columns = 0;
    for (int x = 0; x < sky->width; x++) {
        int foot = -1;
        for (int y = 0; y < sky->height; y++) {
            if (sky->data[y * sky->width + x] > .5f) {
                foot = y;
            }
        }
        if (foot >= 0 && foot < sky->height - 2) {
            histogram[foot * 64 / sky->height]++;
            columns++;
        }
    }
    if (columns * 4 < sky->width) {
        return true;
    }
    int seen = 0, bin = 0;
    while (bin < 63 && (seen += histogram[bin]) * 10 < columns * 8) {
        bin++;
    }
    view->scene->horizon = enl_clampf(((float)bin + .5f) / 64, .02f, .98f);
    return true;
}
