// SPDX-License-Identifier: MIT
// Depth: a guess from how photos are taken. The ground comes nearer row by row below the horizon, the sky is far, what
// stands is as far as its foot, and persons stand in front (compare Hoiem et al., "Automatic Photo Pop-up", 2005).
#include "scene/features.h"

// Nearness of the ground at a row: 0 at the horizon, 1 at the bottom edge. Perspective would be linear in the row; the
// square root keeps the middle ground apart.
static float ground_at(float y, float horizon) {
    float t = enl_clampf((y - horizon) / fmaxf(1 - horizon, .1f), 0, 1);
    return .12f + .88f * powf(t, .8f);
}

// The nearness of each region is that of its foot when it stands across the horizon, or else of its own rows.
static struct enl_plane *stand(struct enl_view *view, float horizon, struct enl_error *error) {
    const struct enl_regions *regions = view->regions;
    int width = view->picture->width, height = view->picture->height;
    float *feet = enl_alloc((size_t)regions->count, sizeof *feet, error);
    struct enl_plane *plane = feet ? enl_plane_new(width, height, error) : NULL;
    for (int i = 0; plane && i < regions->count; i++) {
        const struct enl_region *region = &regions->list[i];
        float foot = (float)(region->bottom + 1) / (float)regions->height;
        feet[i] = (float)region->top / (float)regions->height < horizon ? foot : -1;
    }
    for (int y = 0; plane && y < height; y++) {
        const int *label = regions->label + (size_t)(y * regions->height / height) * (size_t)regions->width;
        float row = ((float)y + .5f) / (float)height;
        for (int x = 0; x < width; x++) {
            float foot = feet[label[x * regions->width / width]];
            plane->data[y * width + x] = ground_at(foot < row ? row : foot, horizon);
        }
    }
    enl_release(feet);
    return plane;
}

// A person is one plane, as near as the lowest row that it reaches.
static void place_person(const struct enl_view *view, struct enl_plane *plane, float horizon) {
    const struct enl_plane *person = view->found[ENL_PERSON];
    int foot = 0;
    for (int p = 0; p < plane->width * plane->height; p++) {
        foot = person->data[p] > .5f ? p / plane->width : foot;
    }
    float near = fmaxf(ground_at((float)(foot + 1) / (float)plane->height, horizon), .45f);
    for (int p = 0; p < plane->width * plane->height; p++) {
        plane->data[p] = fmaxf(plane->data[p], enl_mixf(plane->data[p], near, enl_clampf(person->data[p], 0, 1)));
    }
}

bool enl_find_depth(struct enl_view *view, struct enl_error *error) {
    if (view->found[ENL_DEPTH]) {
        return true; // a model was there first
    }
    float horizon = view->scene->horizon < 0 ? .35f : view->scene->horizon;
    struct enl_plane *plane = stand(view, horizon, error);
    if (!plane || !enl_plane_blur(plane, 5, error)) {
        enl_plane_free(&plane);
        return false;
    }
    const struct enl_plane *sky = view->scene->confidence[ENL_SKY] >= .4f ? view->found[ENL_SKY] : NULL;
    for (int p = 0; sky && p < plane->width * plane->height; p++) {
        plane->data[p] *= 1 - enl_clampf(sky->data[p], 0, 1);
    }
    if (view->found[ENL_PERSON]) {
        place_person(view, plane, horizon);
    }
    if (!enl_guided(plane, view->picture, 8, 4e-3f, error)) {
        enl_plane_free(&plane);
        return false;
    }
    view->scene->confidence[ENL_DEPTH] = view->scene->horizon < 0 ? .4f : .6f;
    view->found[ENL_DEPTH] = plane;
    return true;
}
