// SPDX-License-Identifier: MIT
// Sky, water of four kinds and plants as the shipped network sees them (tools/scene_net trains it). What it sees and
// what the finders of the same elements find by colour and texture are put together.
#include "scene/features.h"
#include "scene/people.h"

#include "model/run.h"

// The network's classes, in its order (tools/scene_net/labels.py).
enum { OTHER, SKY, STILL, WAVES, STREAM, FALL, PLANTS, BUILDING, GROUND, PERSON, ANIMAL, CLASSES };

#define TAKEN .4f      // a pixel belongs to sky or water from here on
#define ACROSS 8       // times as spread out along as up and down: a river seen from its bank
#define RULED_OUT .05f, .15f // below, the network is sure that it is something else
#define SURE .7f       // how sure of a patch of sky that does not reach the picture's top: a white wall is less
#define UPPER .6f // of the height: looked at once more by itself, where streets have their narrow skies and far trees

struct group {
    enum enl_element element;
    int first, last; // classes
    float least;     // share of the picture under which nothing is moved: puddles and snow are taken for water
    float taken;     // a pixel belongs to the element from here on: lower for plants, whose twigs are seen dimly
};
static const struct group groups[] = {{ENL_SKY, SKY, SKY, .004f, TAKEN},
                                      {ENL_WATER, STILL, FALL, .016f, TAKEN},
                                      {ENL_PLANTS, PLANTS, PLANTS, .004f, .35f},
                                      {ENL_ANIMAL, ANIMAL, ANIMAL, .004f, TAKEN}}; // animals.c goes on from there

// How sure: the mean over what is taken, little if that is next to nothing.
static float sureness(const struct enl_plane *plane, const struct group *group) {
    double sum = 0, area = 0;
    int n = plane->width * plane->height;
    for (int i = 0; i < n; i++)
        if (plane->data[i] > group->taken) area++, sum += (double)plane->data[i];
    float share = (float)(area / n), least = group->least;
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

// The patch of sky about `start` with the rim where it fades: listed in `pixels`, marked with 2. Returns how many.
static int patch_about(int start, const struct enl_plane *sky, uint8_t *marked, int *pixels) {
    int w = sky->width, h = sky->height, count = 0;
    marked[start] = 2;
    pixels[count++] = start;
    for (int k = 0; k < count; k++) {
        int at = pixels[k], x = at % w, y = at / w;
        const int beside[4] = {x ? at - 1 : at, x + 1 < w ? at + 1 : at, y ? at - w : at, y + 1 < h ? at + w : at};
        for (int j = 0; j < 4; j++) {
            int i = beside[j];
            if (marked[i] == 1 || (!marked[i] && sky->data[i] < sky->data[at])) {
                marked[i] = 2;
                pixels[count++] = i;
            }
        }
    }
    return count;
}

// While some of the sky reaches the picture's top, patches that do not are taken out unless they are sure.
static bool keep_high(struct enl_plane *sky, struct enl_error *error) {
    int w = sky->width, n = w * sky->height, high = 0;
    int *pixels = enl_alloc((size_t)n, sizeof *pixels, error);
    uint8_t *marked = pixels ? enl_alloc((size_t)n, 1, error) : NULL;
    for (int i = 0; marked && i < n; i++) marked[i] = sky->data[i] > TAKEN;
    for (int i = 0; marked && i < n && (i < w || high > 0); i++) {
        if (marked[i] != 1) continue;
        int count = patch_about(i, sky, marked, pixels), taken = 0;
        if (i < w) {
            high += count;
            continue;
        }
        double sum = 0;
        for (int k = 0; k < count; k++)
            if (sky->data[pixels[k]] > TAKEN) taken++, sum += (double)sky->data[pixels[k]];
        for (int k = 0; sum < (double)SURE * taken && k < count; k++) sky->data[pixels[k]] = 0;
    }
    enl_release(pixels);
    enl_release(marked);
    return marked != NULL;
}

bool enl_agree(struct enl_view *view, enum enl_element element, struct enl_error *error) {
    struct enl_plane *seen = view->seen[element], *found = view->found[element];
    if (!seen) return true;
    bool both = found && view->scene->confidence[element] >= .4f;
    int n = seen->width * seen->height;
    // Colour and texture count as much as the network, but not where it rules the element out.
    for (int i = 0; both && i < n; i++)
        seen->data[i] = fminf(1, .625f * (seen->data[i] + found->data[i] * enl_smoothstep(RULED_OUT, seen->data[i])));
    bool done = element != ENL_SKY || keep_high(seen, error);
    const struct group *group = groups;
    while (group->element != element) group++; // what is seen is in there
    view->scene->confidence[element] = sureness(seen, group);
    if (element == ENL_SKY) view->scene->confidence[element] *= 1 - view->indoors;
    done = done && enl_guided(seen, view->picture, 6, 1e-3f, error);
    for (int i = 0; done && i < n; i++)
        seen->data[i] = enl_smoothstep(group->taken - .2f, group->taken + .2f, seen->data[i]);
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

// The classes in a part of the picture, from its top down to `share` of its height. False: nothing is left to free.
static bool classes_of(const struct enl_view *view, struct enl_models *models, float share, struct enl_tensor *ret,
                       struct enl_error *error) {
    float w = (float)view->picture->width, h = (float)view->picture->height * share;
    if (!enl_model_run(models, ENL_MODEL_SCENE, view->picture, &(struct enl_window){w / 2, h / 2, w, h, 0}, ret, 1,
                       error))
        return false;
    if (ret->rank == 4 && ret->dims[1] == CLASSES) return true;
    enl_release(ret->data);
    return enl_fail(error, ENL_USAGE, "The model for scene must give 1 x %d x height x width.", CLASSES);
}

// Where the upper part was looked at by itself, half of what it says; less toward its lower end, which cuts things.
static void join(struct enl_tensor *whole, const struct enl_tensor *upper) {
    int h = (int)whole->dims[2], w = (int)whole->dims[3];
    for (int y = 0; ((float)y + .5f) / (float)h < UPPER; y++) {
        float down = ((float)y + .5f) / (UPPER * (float)h), part = .5f * enl_smoothstep(1, .85f, down);
        float at = fmaxf(0, down * (float)h - .5f);
        int row = (int)at, next = row + 1 < h ? row + 1 : row;
        float share = at - (float)row;
        for (int k = 0; k < CLASSES; k++) {
            float *into = whole->data + (ptrdiff_t)(k * h + y) * w;
            const float *above = upper->data + (ptrdiff_t)(k * h + row) * w;
            const float *below = upper->data + (ptrdiff_t)(k * h + next) * w;
            for (int x = 0; x < w; x++)
                into[x] += part * (above[x] + share * (below[x] - above[x]) - into[x]);
        }
    }
}

bool enl_find_scene(struct enl_view *view, struct enl_models *models, struct enl_error *error) {
    if (!enl_models_has(models, ENL_MODEL_SCENE)) return true;
    struct enl_tensor out, upper;
    if (!classes_of(view, models, 1, &out, error)) return false;
    view->indoors = indoors(&out);
    bool done = classes_of(view, models, UPPER, &upper, error);
    if (done) {
        if (upper.dims[2] == out.dims[2] && upper.dims[3] == out.dims[3]) join(&out, &upper);
        enl_release(upper.data);
    }
    for (size_t i = 0; done && i < sizeof groups / sizeof *groups; i++)
        done = set_seen(view, &groups[i], &out, error);
    if (done) {
        name_water(view, &out);
        view->indoors = fmaxf(view->indoors, indoors(&out)); // a room by either look: false sky is worse than none
    }
    enl_release(out.data);
    return done;
}
