// SPDX-License-Identifier: MIT
// Depth: a guess from how photos are taken. The ground comes nearer row by row below the horizon, the sky is far, what
// stands is as far as its foot, and persons stand in front (compare Hoiem et al., "Automatic Photo Pop-up", 2005).
#include "scene/features.h"

// Nearness of the ground at a row: least at the horizon, 1 at the bottom edge. It is 1/z, which on a plane is linear in
// the row, so that a camera that moves over it leaves straight lines straight. It bends where it meets what stands at
// the horizon, which is nearer than the sky; softly, since that line is often a guess.
static float ground_at(float y, float horizon) {
    float t = fminf((y - horizon) / fmaxf(1 - horizon, .1f), 1);
    return .12f + .88f * .5f * (t + sqrtf(t * t + .015f));
}

// By how much each pixel is nearer than the ground of its row would be: a region that stands across the horizon is as
// near as its foot.
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
            if (foot > row) plane->data[y * width + x] = ground_at(foot, horizon) - ground_at(row, horizon);
        }
    }
    enl_release(feet);
    return plane;
}

// A front is of many regions, but one plane: what stands is smoothed widely, without what stands before or behind it.
static bool smooth(const struct enl_view *view, const struct enl_plane *sky, struct enl_plane *plane,
                   struct enl_error *error) {
    const struct enl_plane *person = view->found[ENL_PERSON];
    struct enl_plane *weight = enl_plane_new(plane->width, plane->height, error);
    int count = plane->width * plane->height, radius = plane->width / 48 + 2;
    for (int p = 0; weight && p < count; p++) {
        weight->data[p] = .001f + (1 - (sky ? enl_clampf(sky->data[p], 0, 1) : 0)) *
                                      (1 - (person ? enl_clampf(person->data[p], 0, 1) : 0));
        plane->data[p] *= weight->data[p];
    }
    bool done = weight && enl_plane_blur(weight, radius, error) && enl_plane_blur(plane, radius, error);
    for (int p = 0; done && p < count; p++) plane->data[p] /= weight->data[p];
    enl_plane_free(&weight);
    return done;
}

// The pixels of one person or of several that overlap, from `seed` on, in `list`; they become 2 in `mark`. Returns how
// many.
static int gather(uint8_t *mark, int width, int height, int seed, int *list) {
    int count = 0;
    mark[seed] = 2;
    list[count++] = seed;
    for (int k = 0; k < count; k++) {
        int x = list[k] % width, y = list[k] / width;
        const int beside[4] = {x > 0 ? list[k] - 1 : -1, x + 1 < width ? list[k] + 1 : -1,
                               y > 0 ? list[k] - width : -1, y + 1 < height ? list[k] + width : -1};
        for (int b = 0; b < 4; b++)
            if (beside[b] >= 0 && mark[beside[b]] == 1) mark[beside[b]] = 2, list[count++] = beside[b];
    }
    return count;
}

// Each person is one upright plane, as near as the lowest row that it reaches: where its feet stand. A shoe that was
// taken for another person is as near as its own foot, which is nearly the same.
static bool place_persons(const struct enl_view *view, struct enl_plane *plane, float horizon,
                          struct enl_error *error) {
    const struct enl_plane *person = view->found[ENL_PERSON];
    int width = plane->width, height = plane->height, count = width * height;
    uint8_t *mark = enl_alloc((size_t)count, 1, error);
    int *list = mark ? enl_alloc((size_t)count, sizeof *list, error) : NULL;
    for (int p = 0; list && p < count; p++) mark[p] = person->data[p] > .15f;
    for (int p = 0; list && p < count; p++) {
        if (mark[p] != 1) continue;
        int found = gather(mark, width, height, p, list), foot = 0;
        for (int k = 0; k < found; k++)
            if (person->data[list[k]] > .5f && list[k] / width > foot) foot = list[k] / width;
        float near = fmaxf(ground_at((float)(foot + 1) / (float)height, horizon), .45f);
        for (int k = 0; k < found; k++) {
            float *at = &plane->data[list[k]];
            *at = fmaxf(*at, enl_mixf(*at, near, enl_smoothstep(.15f, .6f, person->data[list[k]])));
        }
    }
    bool done = list != NULL;
    enl_release(mark);
    enl_release(list);
    return done;
}

static bool fill(struct enl_view *view, float horizon, struct enl_plane *plane, struct enl_error *error) {
    const struct enl_plane *sky = view->scene->confidence[ENL_SKY] >= .4f ? view->found[ENL_SKY] : NULL;
    // What stands is cut along the edges of the picture; the ground is left as even as it is.
    if (!smooth(view, sky, plane, error) || !enl_guided(plane, view->picture, 8, 4e-3f, error)) return false;
    for (int p = 0; p < plane->width * plane->height; p++) {
        float row = ((float)(p / plane->width) + .5f) / (float)plane->height;
        plane->data[p] = (plane->data[p] + ground_at(row, horizon)) * (1 - (sky ? enl_clampf(sky->data[p], 0, 1) : 0));
    }
    return !view->found[ENL_PERSON] || place_persons(view, plane, horizon, error);
}

bool enl_find_depth(struct enl_view *view, struct enl_error *error) {
    if (view->found[ENL_DEPTH]) {
        return true; // a model was there first
    }
    float horizon = view->scene->horizon < 0 ? .35f : view->scene->horizon;
    struct enl_plane *plane = stand(view, horizon, error);
    if (!plane || !fill(view, horizon, plane, error)) {
        enl_plane_free(&plane);
        return false;
    }
    view->scene->confidence[ENL_DEPTH] = view->scene->horizon < 0 ? .4f : .6f;
    view->found[ENL_DEPTH] = plane;
    return true;
}
