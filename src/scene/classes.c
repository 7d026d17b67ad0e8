// SPDX-License-Identifier: MIT
// Sky, water of four kinds and plants as the shipped network sees them (tools/scene_net trains it). What it sees and
// what the finders of the same elements find by colour and texture are put together.
#include "scene/features.h"
#include "scene/people.h"

#include "model/run.h"

// The network's classes, in its order (tools/scene_net/labels.py).
enum { OTHER, SKY, STILL, WAVES, STREAM, FALL, PLANTS, BUILDING, GROUND, PERSON, ANIMAL, CLASSES };

#define TAKEN .4f      // a pixel belongs to the element from here on
#define ACROSS 8       // times as spread out along as up and down: a river seen from its bank
#define RULED_OUT .05f, .15f // below, the network is sure that it is something else

struct group {
    enum enl_element element;
    int first, last; // classes
    float least;     // share of the picture under which nothing is moved: puddles and snow are taken for water
};
static const struct group groups[] = {
    {ENL_SKY, SKY, SKY, .004f}, {ENL_WATER, STILL, FALL, .016f}, {ENL_PLANTS, PLANTS, PLANTS, .004f}};

// How sure: the mean over what is taken, little if that is next to nothing.
static float sureness(const struct enl_plane *plane, float least) {
    double sum = 0, area = 0;
    int n = plane->width * plane->height;
    for (int i = 0; i < n; i++)
        if (plane->data[i] > TAKEN) area++, sum += (double)plane->data[i];
    float share = (float)(area / n);
    return area > 0 ? (float)(sum / area) * enl_smoothstep(.5f * least, 2 * least, share) : 0;
}

static bool set_seen(struct enl_view *view, const struct group *group, const struct enl_tensor *out,
                     struct enl_error *error) {
    int h = (int)out->dims[2], w = (int)out->dims[3], n = w * h;
    struct enl_plane *small = enl_plane_new(w, h, error);
    for (int k = group->first; small && k <= group->last; k++)
        for (int i = 0; i < n; i++) small->data[i] += out->data[k * n + i];
    if (small)
        view->seen[group->element] = enl_plane_resize(small, view->picture->width, view->picture->height, error);
    enl_plane_free(&small);
    return view->seen[group->element] != NULL;
}

bool enl_agree(struct enl_view *view, enum enl_element element, struct enl_error *error) {
    struct enl_plane *seen = view->seen[element], *found = view->found[element];
    if (!seen) return true;
    bool both = found && view->scene->confidence[element] >= .4f;
    int n = seen->width * seen->height;
    // Colour and texture count as much as the network, but not where it rules the element out.
    for (int i = 0; both && i < n; i++)
        seen->data[i] = fminf(1, .625f * (seen->data[i] + found->data[i] * enl_smoothstep(RULED_OUT, seen->data[i])));
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (groups[i].element == element) view->scene->confidence[element] = sureness(seen, groups[i].least);
    if (element == ENL_SKY) view->scene->confidence[element] *= 1 - view->indoors;
    bool done = enl_guided(seen, view->picture, 6, 1e-3f, error);
    for (int i = 0; done && i < n; i++) seen->data[i] = enl_smoothstep(TAKEN - .2f, TAKEN + .2f, seen->data[i]);
    enl_plane_free(&view->found[element]);
    view->found[element] = seen;
    view->seen[element] = NULL;
    return done;
}

// How surely the photo was taken in a room: things all about, and more of them than of sky. Pale walls pass for sky.
static float indoors(const struct enl_tensor *out) {
    int n = (int)(out->dims[2] * out->dims[3]);
    double mass[CLASSES] = {0}, outside = 1e-6;
    for (int k = 0; k < CLASSES; k++)
        for (int i = 0; i < n; i++) mass[k] += (double)out->data[k * n + i];
    for (int k = STILL; k <= GROUND; k++) outside += mass[k];
    if (mass[SKY] > mass[OTHER]) return 0;
    return enl_smoothstep(.55f, .72f, (float)(mass[OTHER] / (mass[OTHER] + outside)));
}

// Water runs toward the camera unless its bed lies across the picture: then to where the bed lies lower.
static float direction_of(const struct enl_plane *water) {
    double sum = 1e-6, x1 = 0, y1 = 0, xx = 0, xy = 0, yy = 0;
    for (int i = 0; i < water->width * water->height; i++) {
        double p = (double)water->data[i], x = i % water->width, y = (double)(i / water->width);
        sum += p, x1 += p * x, y1 += p * y, xx += p * x * x, xy += p * x * y, yy += p * y * y;
    }
    xx = xx / sum - x1 * x1 / (sum * sum);
    xy = xy / sum - x1 * y1 / (sum * sum);
    yy = yy / sum - y1 * y1 / (sum * sum);
    if (xx < ACROSS * yy) return 270;
    return xy >= 0 ? 0 : 180;
}

// The kind that most of the water is; where the network sees none, what the finders say stands.
static void name_water(struct enl_view *view, const struct enl_tensor *out) {
    int n = (int)(out->dims[2] * out->dims[3]);
    double mass[CLASSES] = {0};
    for (int i = 0; i < n; i++) {
        float sum = 0;
        for (int k = STILL; k <= FALL; k++) sum += out->data[k * n + i];
        for (int k = STILL; sum > TAKEN && k <= FALL; k++) mass[k] += (double)out->data[k * n + i];
    }
    int best = STILL;
    for (int k = WAVES; k <= FALL; k++)
        if (mass[k] > mass[best]) best = k;
    view->kind = mass[best] > 0 ? ENL_WATER_STILL + (best - STILL) : ENL_WATER_NONE;
    view->direction = best == STREAM ? direction_of(view->seen[ENL_WATER]) : 270;
}

bool enl_find_scene(struct enl_view *view, struct enl_models *models, struct enl_error *error) {
    if (!enl_models_has(models, ENL_MODEL_SCENE)) return true;
    float w = (float)view->picture->width, h = (float)view->picture->height;
    struct enl_tensor out;
    if (!enl_model_run(models, ENL_MODEL_SCENE, view->picture, &(struct enl_window){w / 2, h / 2, w, h, 0}, &out, 1,
                       error))
        return false;
    bool done = out.rank == 4 && out.dims[1] == CLASSES;
    if (!done) enl_fail(error, ENL_USAGE, "The model for scene must give 1 x %d x height x width.", CLASSES);
    for (size_t i = 0; done && i < sizeof groups / sizeof *groups; i++)
        done = set_seen(view, &groups[i], &out, error);
    if (done) {
        name_water(view, &out);
        view->indoors = indoors(&out);
    }
    enl_release(out.data);
    return done;
}
