// SPDX-License-Identifier: MIT
// The order in which a photo is looked at, and what is kept of it.
#include "scene/drift.h"
#include "scene/matte_thin.h"
#include "scene/people.h"
#include "scene/water.h"

#include <stdio.h>
#include <stdlib.h>

// The finders that every photo passes, in order: each may use what those before it found.
static const struct {
    enum enl_element element;
    enl_finder *find;
} finders[] = {{ENL_SKY, enl_find_sky},
               {ENL_ELEMENTS, enl_find_things_in_sky},
               {ENL_ELEMENTS, enl_find_horizon},
               {ENL_WATER, enl_find_water},
               {ENL_ELEMENTS, enl_find_things_in_water},
               {ENL_PLANTS, enl_find_plants},
               {ENL_FLAMES, enl_find_flames},
               {ENL_DEPTH, enl_find_depth}};

static bool go_on(const struct enl_scene_params *params, struct enl_error *error) {
    return !params->go_on || params->go_on(params->user) || enl_fail(error, ENL_CANCELLED, "Cancelled.");
}

// Whether most of a picture is evenly filled, to the bit, beside what is white (a page, or a sky without a cloud).
static bool is_filled(const struct enl_picture *photo) {
    long inked = 0, even = 0;
    for (int y = 0; y < photo->height; y += 2)
        for (int x = 0; x + 1 < photo->width; x++) {
            const uint8_t *p = photo->data + 3 * ((size_t)y * (size_t)photo->width + (size_t)x);
            if (p[0] > 250 && p[1] > 250 && p[2] > 250) continue;
            inked++;
            even += p[0] == p[3] && p[1] == p[4] && p[2] == p[5];
        }
    return even > .75 * (double)inked;
}

static int colour_of(const uint8_t *p) { return (p[0] >> 3) << 10 | (p[1] >> 3) << 5 | p[2] >> 3; }

// The commonest colour, in steps of 8; -1 without memory.
static int commonest_colour(const struct enl_picture *picture, struct enl_error *error) {
    int *counts = enl_alloc(1 << 15, sizeof *counts, error), most = 0;
    if (!counts) return -1;
    for (int i = 0; i < picture->width * picture->height; i++) counts[colour_of(picture->data + 3 * (size_t)i)]++;
    for (int c = 0; c < 1 << 15; c++)
        if (counts[c] > counts[most]) most = c;
    enl_release(counts);
    return most;
}

// Whether a picture is lines on paper, be they scanned: one light tone without much colour fills most of it, and a good
// part of each quarter. The least photo-like of 342 photos is at .54, a sky or a path.
static bool is_paper(const struct enl_picture *picture, int colour) {
    int paper[3] = {(colour >> 10) * 8 + 4, (colour >> 5 & 31) * 8 + 4, (colour & 31) * 8 + 4};
    int low = paper[0] < paper[1] ? paper[0] : paper[1], high = paper[0] > paper[1] ? paper[0] : paper[1];
    low = low < paper[2] ? low : paper[2], high = high > paper[2] ? high : paper[2];
    if (low < 150 || high - low > 32) return false;
    float here[4] = {0}, all[4] = {0};
    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++) {
            const uint8_t *p = picture->data + 3 * ((size_t)y * (size_t)picture->width + (size_t)x);
            int quarter = (2 * y >= picture->height) * 2 + (2 * x >= picture->width);
            all[quarter]++;
            here[quarter] += abs(p[0] - paper[0]) <= 14 && abs(p[1] - paper[1]) <= 14 && abs(p[2] - paper[2]) <= 14;
        }
    for (int q = 0; q < 4; q++)
        if (here[q] < .4f * all[q]) return false;
    return here[0] + here[1] + here[2] + here[3] > .64f * (all[0] + all[1] + all[2] + all[3]);
}

// Whether a picture has neither colour nor detail, as an x-ray that is blurred: it changes no more from a pixel to the
// next than it does evenly over four. Photos without colour do by 1.5 and more.
static bool is_shade(const struct enl_picture *picture) {
    long coloured = 0, pixels = (long)picture->width * picture->height;
    double fine = 0, coarse = 0;
    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++) {
            const uint8_t *p = picture->data + 3 * ((size_t)y * (size_t)picture->width + (size_t)x);
            coloured += abs(p[0] - p[1]) > 10 || abs(p[1] - p[2]) > 10 || abs(p[0] - p[2]) > 10;
            if (x + 4 >= picture->width) continue;
            fine += abs(p[3 + 1] - p[1]);
            coarse += abs(p[12 + 1] - p[1]) / 4.0;
        }
    return coloured < pixels / 50 && fine < 1.2 * coarse;
}

// Whether a picture is no photo but a drawing, a page, a screen or a shadow. The scene network has only ever seen
// photos, and takes anything for something, as the finders of regions do; in these they are not asked.
static bool is_drawn(const struct enl_picture *photo, const struct enl_picture *small, bool *ret_drawn,
                     struct enl_error *error) {
    int colour = commonest_colour(small, error);
    *ret_drawn = colour >= 0 && (is_filled(photo) || is_paper(small, colour) || is_shade(small));
    return colour >= 0;
}

static bool look(struct enl_view *view, const struct enl_picture *photo, const struct enl_scene_params *params,
                 struct enl_error *error) {
    struct enl_models *models = params->models;
    bool drawn;
    if (!is_drawn(photo, view->picture, &drawn, error)) return false;
    if (!go_on(params, error) || !enl_find_faces(photo, models, view->scene, error) || !go_on(params, error) ||
        !enl_find_people(view, photo, models, error) || !go_on(params, error) ||
        (!drawn && !enl_find_scene(view, models, error)) ||
        !enl_find_animals(view, models, error) ||
        !enl_find_with_classes(view, models, error) || !enl_find_with_sky(view, models, error) ||
        !enl_find_with_depth(view, models, error))
        return false;
    for (size_t i = 0; i < sizeof finders / sizeof *finders; i++) {
        if (drawn && finders[i].element != ENL_DEPTH) continue;
        // What a brought network has found stands.
        if (finders[i].element < ENL_ELEMENTS && view->found[finders[i].element]) continue;
        if (!go_on(params, error)) return false;
        if (!finders[i].find(view, error)) return false;
        if (finders[i].element < ENL_ELEMENTS && !enl_agree(view, finders[i].element, error)) return false;
    }
    return true;
}

// A pixel belongs to one region: people before all, then animals, sky, water, plants.
static void settle(struct enl_view *view) {
    static const enum enl_element order[] = {ENL_PERSON, ENL_ANIMAL, ENL_SKY, ENL_WATER, ENL_PLANTS};
    int n = view->picture->width * view->picture->height;
    for (int i = 0; i < n; i++) {
        float left = 1;
        for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
            if (!view->found[order[k]]) continue;
            float *at = &view->found[order[k]]->data[i];
            *at = enl_clampf(*at, 0, left);
            left -= *at;
        }
    }
}

static bool keep(struct enl_view *view, struct enl_error *error) {
    struct enl_scene *scene = view->scene;
    int n = view->picture->width * view->picture->height;
    for (int e = 0; e < ENL_ELEMENTS; e++) {
        if (!view->found[e]) continue;
        double sum = 0;
        for (int i = 0; i < n; i++) sum += (double)view->found[e]->data[i];
        scene->share[e] = (float)(sum / n);
        if (scene->share[e] < .0005f && e != ENL_DEPTH) continue;
        if (!(scene->masks[e] = enl_plane_to_mask(view->found[e], error))) return false;
    }
    return true;
}

// Which networks are missing, as what was not looked for.
static const char *missing(const struct enl_models *models) {
    static const char *const what[3][2] = {{"Some things", "People and hair"},
                                           {"Expressions", "Expressions, people and hair"},
                                           {"Faces", "Faces, people and hair"}};
    int faces = !enl_models_has(models, ENL_MODEL_FACE_DETECTION) ? 2 : !enl_models_has(models, ENL_MODEL_FACE_MESH);
    return what[faces][!enl_models_has(models, ENL_MODEL_PERSON_PARTS)];
}

struct enl_scene *enl_scene_look(const struct enl_picture *photo, const struct enl_scene_params *params,
                                 struct enl_error *error) {
    static const struct enl_scene_params none = {0};
    if (!params) params = &none;
    struct enl_models *models = params->models;
    struct enl_scene *scene = enl_alloc(1, sizeof *scene, error);
    struct enl_view *view = scene ? enl_view_new(photo, scene, error) : NULL;
    bool done = view && look(view, photo, params, error);
    if (done) {
        if (view->kind != ENL_WATER_NONE) {
            scene->water = view->kind;
            scene->water_direction = view->direction;
        }
        settle(view);
        enl_find_beach(view);
        done = keep(view, error);
        if (!scene->masks[ENL_WATER]) scene->water = ENL_WATER_NONE;
        const char *why = enl_models_why(models);
        if (why[0])
            snprintf(scene->without, sizeof scene->without, "%s were not looked for: %.100s.", missing(models), why);
    }
    enl_view_free(&view);
    if (!done) enl_scene_free(&scene);
    return scene;
}

void enl_scene_free(struct enl_scene **scene) {
    if (!scene || !*scene) return;
    for (int e = 0; e < ENL_ELEMENTS; e++) enl_picture_free(&(*scene)->masks[e]);
    enl_release(*scene);
    *scene = NULL;
}

struct enl_picture *enl_scene_matte(const struct enl_scene *scene, enum enl_element element,
                                    const struct enl_picture *photo, const float crop[4], struct enl_error *error) {
    if ((unsigned)element >= ENL_ELEMENTS || !scene->masks[element])
        return enl_picture_new(photo->width, photo->height, 1, error);
    return enl_refine_matte(scene->masks[element], crop, element, photo, false, error);
}

struct enl_picture *enl_scene_drift(const struct enl_scene *scene, enum enl_element element,
                                    const struct enl_picture *photo, const float crop[4], struct enl_error *error) {
    struct enl_picture *matte = enl_refine_matte(scene->masks[element], crop, element, photo, true, error);
    // What is upright and dark in a still water is no wave of it. Falls are all upright and dark.
    bool posts = matte && element == ENL_WATER && scene->water == ENL_WATER_STILL;
    if (posts && !enl_hold_thin(matte, photo, true, error)) enl_picture_free(&matte);
    return matte;
}

const char *enl_element_name(enum enl_element element) {
    static const char *const names[ENL_ELEMENTS] = {"sky",  "water",  "plants", "person", "hair",
                                                    "face", "flames", "animal", "depth"};
    return (unsigned)element < ENL_ELEMENTS ? names[element] : "all";
}

const char *enl_water_name(enum enl_water_kind kind) {
    static const char *const names[] = {"none", "still", "waves", "stream", "fall"};
    return (unsigned)kind < sizeof names / sizeof *names ? names[kind] : "none";
}
