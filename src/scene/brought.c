// SPDX-License-Identifier: MIT
// Networks that a person brings (docs/models.md): where one fills a slot, its answer replaces the classical finder's.
#include "scene/people.h"

#include "model/run.h"

// ADE20K's numbers for what we look for, from 0 (Zhou et al. 2017). Ends with -1.
static const int sky[] = {2, -1}, water[] = {21, 26, 60, 104, 109, 113, 128, -1}, plants[] = {4, 9, 17, 66, 72, -1};

static bool is_one_of(const int *list, int k) {
    for (; *list >= 0; list++)
        if (*list == k) return true;
    return false;
}

static bool set_found(struct enl_view *view, enum enl_element element, const struct enl_plane *small, float confidence,
                      struct enl_error *error) {
    enl_plane_free(&view->found[element]);
    view->found[element] = enl_plane_resize(small, view->picture->width, view->picture->height, error);
    view->scene->confidence[element] = confidence;
    return view->found[element] != NULL;
}

// The whole view letter-boxed to the right and bottom, as DeepLab was trained.
static struct enl_window boxed(const struct enl_view *view) {
    float side = fmaxf((float)view->picture->width, (float)view->picture->height);
    return (struct enl_window){side / 2, side / 2, side, side, 0};
}

bool enl_find_with_classes(struct enl_view *view, struct enl_models *models, struct enl_error *error) {
    if (!enl_models_has(models, ENL_MODEL_SCENE_CLASSES)) return true;
    struct enl_tensor out;
    struct enl_window window = boxed(view);
    if (!enl_model_run(models, ENL_MODEL_SCENE_CLASSES, view->picture, &window, &out, 1, error)) return false;
    bool done = out.rank == 4 && (out.dims[1] == 150 || out.dims[1] == 151);
    if (!done)
        enl_fail(error, ENL_USAGE, "The model for scene_classes must give 1 x 150 (or 151) x height x width logits.");
    int before = done && out.dims[1] == 151; // some count "background" first
    int classes = done ? (int)out.dims[1] : 0, n = done ? (int)out.dims[2] : 1, m = done ? (int)out.dims[3] : 1;
    int w = (int)ceilf((float)m * (float)view->picture->width / window.width);
    int h = (int)ceilf((float)n * (float)view->picture->height / window.height);
    const int *const lists[3] = {sky, water, plants};
    static const enum enl_element elements[3] = {ENL_SKY, ENL_WATER, ENL_PLANTS};
    for (int e = 0; done && e < 3; e++) {
        struct enl_plane *plane = enl_plane_new(w, h, error);
        done = plane != NULL;
        for (int i = 0; done && i < w * h; i++) {
            const float *at = out.data + (i / w) * m + i % w;
            float top = -1e9f, sum = 0, mine = 0;
            for (int k = 0; k < classes; k++) top = fmaxf(top, at[(size_t)k * (size_t)(n * m)]);
            for (int k = 0; k < classes; k++) {
                float p = expf(at[(size_t)k * (size_t)(n * m)] - top);
                sum += p;
                if (is_one_of(lists[e], k - before)) mine += p;
            }
            plane->data[i] = mine / sum;
        }
        done = done && set_found(view, elements[e], plane, .9f, error);
        enl_plane_free(&plane);
    }
    enl_release(out.data);
    if (done) view->scene->water = ENL_WATER_WAVES; // the classes do not tell kinds of water apart
    return done;
}

// One value a pixel, the last two dimensions being height and width.
static struct enl_plane *one_plane(struct enl_view *view, struct enl_models *models, enum enl_model_slot slot,
                                   struct enl_error *error) {
    struct enl_tensor out;
    float w = (float)view->picture->width, h = (float)view->picture->height;
    if (!enl_model_run(models, slot, view->picture, &(struct enl_window){w / 2, h / 2, w, h, 0}, &out, 1, error))
        return NULL;
    struct enl_plane *plane = NULL;
    if (out.rank < 2) enl_fail(error, ENL_USAGE, "The model for %s must give a picture.", enl_slots[slot].name);
    else plane = enl_plane_new((int)out.dims[out.rank - 1], (int)out.dims[out.rank - 2], error);
    for (int i = 0; plane && i < plane->width * plane->height; i++) plane->data[i] = out.data[i];
    enl_release(out.data);
    return plane;
}

bool enl_find_with_sky(struct enl_view *view, struct enl_models *models, struct enl_error *error) {
    if (!enl_models_has(models, ENL_MODEL_SKY)) return true;
    struct enl_plane *plane = one_plane(view, models, ENL_MODEL_SKY, error);
    bool done = plane && set_found(view, ENL_SKY, plane, .95f, error);
    enl_plane_free(&plane);
    return done;
}

bool enl_find_with_depth(struct enl_view *view, struct enl_models *models, struct enl_error *error) {
    if (!enl_models_has(models, ENL_MODEL_DEPTH)) return true;
    struct enl_plane *plane = one_plane(view, models, ENL_MODEL_DEPTH, error);
    float low = 1e30f, high = -1e30f;
    for (int i = 0; plane && i < plane->width * plane->height; i++) {
        low = fminf(low, plane->data[i]);
        high = fmaxf(high, plane->data[i]);
    }
    for (int i = 0; plane && i < plane->width * plane->height; i++)
        plane->data[i] = (plane->data[i] - low) / fmaxf(high - low, 1e-6f);
    bool done = plane && set_found(view, ENL_DEPTH, plane, .9f, error);
    enl_plane_free(&plane);
    return done;
}
