// SPDX-License-Identifier: MIT
// The view: the small picture that all finders look at, and what is measured in it once.
#include "scene/features.h"

#define LONG_SIDE 640
#define CURVE 2048 // steps of the cube root table

struct lab_tables {
    float linear[256];
    float root[CURVE + 2];
};

// CIE 15:2004, D65; sRGB's curve after IEC 61966-2-1.
static void make_tables(struct lab_tables *tables) {
    for (int i = 0; i < 256; i++) {
        float v = (float)i / 255;
        tables->linear[i] = v <= .04045f ? v / 12.92f : powf((v + .055f) / 1.055f, 2.4f);
    }
    for (int i = 0; i < CURVE + 2; i++) {
        float t = (float)i / CURVE;
        tables->root[i] = t > .008856f ? cbrtf(t) : 7.787f * t + 16.f / 116;
    }
}

static float root(const struct lab_tables *tables, float t) {
    float at = enl_clampf(t, 0, 1) * CURVE;
    int i = (int)at;
    return enl_mixf(tables->root[i], tables->root[i + 1], at - (float)i);
}

static void fill_lab(struct enl_view *view, const struct lab_tables *tables) {
    size_t pixels = (size_t)view->picture->width * (size_t)view->picture->height;
    for (size_t i = 0; i < pixels; i++) {
        const uint8_t *pixel = view->picture->data + i * 3;
        float r = tables->linear[pixel[0]], g = tables->linear[pixel[1]], b = tables->linear[pixel[2]];
        float x = root(tables, (.4124f * r + .3576f * g + .1805f * b) / .9505f);
        float y = root(tables, .2126f * r + .7152f * g + .0722f * b);
        float z = root(tables, (.0193f * r + .1192f * g + .9505f * b) / 1.089f);
        view->light->data[i] = 116 * y - 16;
        view->a->data[i] = 500 * (x - y);
        view->b->data[i] = 200 * (y - z);
    }
}

// Local deviation over 7x7: sqrt(E[L^2] - E[L]^2).
static bool fill_texture(struct enl_view *view, struct enl_error *error) {
    struct enl_plane *mean = enl_plane_new(view->picture->width, view->picture->height, error);
    if (!mean) {
        return false;
    }
    size_t pixels = (size_t)mean->width * (size_t)mean->height;
    for (size_t i = 0; i < pixels; i++) {
        mean->data[i] = view->light->data[i];
        view->texture->data[i] = mean->data[i] * mean->data[i];
    }
    bool fine = enl_plane_box(mean, 3, error) && enl_plane_box(view->texture, 3, error);
    for (size_t i = 0; fine && i < pixels; i++) {
        view->texture->data[i] = sqrtf(fmaxf(view->texture->data[i] - mean->data[i] * mean->data[i], 0));
    }
    enl_plane_free(&mean);
    return fine;
}

static void fill_edge(struct enl_view *view) {
    int width = view->picture->width, height = view->picture->height;
    const float *channels[] = {view->light->data, view->a->data, view->b->data};
    for (int y = 0; y < height; y++) {
        int up = (y > 0 ? y - 1 : y) * width, down = (y + 1 < height ? y + 1 : y) * width;
        for (int x = 0; x < width; x++) {
            int left = x > 0 ? x - 1 : x, right = x + 1 < width ? x + 1 : x;
            float sum = 0;
            for (int c = 0; c < 3; c++) {
                float dx = channels[c][y * width + right] - channels[c][y * width + left];
                float dy = channels[c][down + x] - channels[c][up + x];
                sum += dx * dx + dy * dy;
            }
            view->edge->data[y * width + x] = sqrtf(sum) * .5f;
        }
    }
}

struct enl_view *enl_view_new(const struct enl_picture *photo, struct enl_scene *scene, struct enl_error *error) {
    struct enl_view *view = enl_alloc(1, sizeof *view, error);
    if (!view) {
        return NULL;
    }
    int longest = photo->width > photo->height ? photo->width : photo->height;
    float shrink = longest > LONG_SIDE ? (float)LONG_SIDE / (float)longest : 1;
    int width = enl_clampi((int)lrintf((float)photo->width * shrink), 1, LONG_SIDE);
    int height = enl_clampi((int)lrintf((float)photo->height * shrink), 1, LONG_SIDE);
    scene->width = photo->width;
    scene->height = photo->height;
    scene->horizon = -1;
    view->scene = scene;
    view->picture = enl_picture_resize(photo, width, height, error);
    struct enl_plane **planes[] = {&view->light, &view->a, &view->b, &view->texture, &view->edge};
    bool fine = view->picture != NULL;
    for (int i = 0; i < 5 && fine; i++) {
        fine = (*planes[i] = enl_plane_new(width, height, error)) != NULL;
    }
    if (fine) {
        struct lab_tables tables;
        make_tables(&tables);
        fill_lab(view, &tables);
        fill_edge(view);
        fine = fill_texture(view, error) && (view->regions = enl_regions_new(view, error));
    }
    double light = 0;
    for (int i = 0; fine && i < width * height; i++) {
        light += (double)view->light->data[i];
    }
    scene->night = light / (width * height) < 22;
    if (!fine) {
        enl_view_free(&view);
    }
    return view;
}

void enl_view_free(struct enl_view **view) {
    if (!*view) {
        return;
    }
    struct enl_picture *picture = (struct enl_picture *)(*view)->picture;
    enl_picture_free(&picture);
    struct enl_plane **planes[] = {&(*view)->light, &(*view)->a, &(*view)->b, &(*view)->texture, &(*view)->edge};
    for (int i = 0; i < 5; i++) {
        enl_plane_free(planes[i]);
    }
    for (int i = 0; i < ENL_ELEMENTS; i++) {
        enl_plane_free(&(*view)->found[i]);
        enl_plane_free(&(*view)->seen[i]);
    }
    enl_regions_free(&(*view)->regions);
    enl_release(*view);
    *view = NULL;
}
