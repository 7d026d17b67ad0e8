// SPDX-License-Identifier: MIT
// A beach: waves end below at bare, smooth, warm ground, along one line through much of the picture. A quay, a meadow
// or rocks at the water's foot are none.
#include "scene/water.h"

#define LEAST_DEPTH .05f // of the height: how far the sand goes on below the water

static float at(const struct enl_plane *plane, int p) {
    return plane ? plane->data[p] : 0;
}

// How much a pixel of the ground looks like sand, wet or dry.
static float sand_look(const struct enl_view *view, int p) {
    float l = view->light->data[p], a = view->a->data[p], b = view->b->data[p];
    float covered = at(view->found[ENL_PLANTS], p) + at(view->found[ENL_PERSON], p) + at(view->found[ENL_SKY], p);
    float warm = enl_smoothstep(1, 5, b) * (1 - enl_smoothstep(35, 50, b)) * enl_smoothstep(-5, -2, a) *
                 (1 - enl_smoothstep(14, 22, a));
    return warm * enl_smoothstep(22, 34, l) * (1 - enl_smoothstep(3.5f, 7, view->texture->data[p])) *
           (1 - fminf(covered, 1));
}

// The row of the water's foot in a column, or -1; the mean look of what lies under it in ret_sand.
static int foot_of(const struct enl_view *view, int x, float *ret_sand) {
    const struct enl_plane *water = view->found[ENL_WATER];
    int w = water->width, h = water->height, deep = (int)(LEAST_DEPTH * (float)h) + 1, y = h - 1;
    while (y >= 0 && water->data[y * w + x] < .5f) y--;
    int skip = h / 90 + 2; // the edge itself is foam and shade
    if (y < 0 || y + skip + deep >= h) return -1;
    float sum = 0;
    for (int k = 1; k <= deep; k++) sum += sand_look(view, (y + skip + k) * w + x);
    *ret_sand = sum / (float)deep;
    return y;
}

void enl_find_beach(struct enl_view *view) {
    const struct enl_plane *water = view->found[ENL_WATER];
    view->scene->beach = 0;
    if (!water || (view->scene->water != ENL_WATER_WAVES && view->scene->water != ENL_WATER_STILL)) return;
    int w = water->width, feet = 0, last = -1;
    float sand = 0, jumps = 0;
    for (int x = 0; x < w; x++) {
        float look = 0;
        int foot = foot_of(view, x, &look);
        if (foot >= 0) feet++, sand += look;
        if (foot >= 0 && last >= 0) jumps += fminf(fabsf((float)(foot - last)), 8);
        last = foot;
    }
    if (!feet) return;
    float wide = enl_smoothstep(.2f, .45f, (float)feet / (float)w);
    float bare = enl_smoothstep(.35f, .65f, sand / (float)feet);
    float smooth = 1 - enl_smoothstep(1.2f, 2.5f, jumps / (float)feet);
    // A lake's shore has no swash to speak of; the sea, taken for still far off, has.
    float kind = view->scene->water == ENL_WATER_WAVES ? 1 : .8f;
    view->scene->beach = wide * bare * smooth * kind * view->scene->confidence[ENL_WATER];
}
