// SPDX-License-Identifier: MIT
// Plants: green or autumn-coloured, and textured in all directions, as leaves and grass are and walls are not.
#include "scene/plants.h"

#define WINDOW 9 // radius over which texture is judged, pixels of the view
#define LEAFY .33f // share of slanting edges from which texture may be leaves

// How green, or green-yellow, a colour is; dark leaves have little colour left.
static float green_look(float l, float a, float b) {
    if (b <= 0 || a > .11f * b) {
        return 0; // no green at all: saves the arc tangent
    }
    float chroma = sqrtf(a * a + b * b);
    float hue = atan2f(b, a) * (180 / ENL_PI);
    float green = enl_smoothstep(84, 104, hue) * (1 - enl_smoothstep(158, 178, hue));
    return green * enl_smoothstep(5, 13, chroma + fmaxf(30 - l, 0) * .15f) * (1 - enl_smoothstep(86, 94, l));
}

// Colours that leaves, needles and bare branches may have too, when the texture is theirs.
static float leaf_look(float l, float a, float b) {
    float red = enl_smoothstep(8, 16, a - .25f * b), blue = enl_smoothstep(-1, -7, b);
    return (1 - red) * (1 - blue) * (1 - enl_smoothstep(55, 75, l));
}

// The share of the edges that run aslant: .5 where all directions are alike, near 0 on what people built.
static bool aslant(const struct enl_view *view, struct enl_plane *ret_share, struct enl_plane *ret_strength,
                   struct enl_error *error) {
    int width = ret_share->width, height = ret_share->height;
    const float *light = view->light->data;
    for (int y = 1; y + 1 < height; y++) {
        for (int x = 1; x + 1 < width; x++) {
            int p = y * width + x;
            float gx = light[p + 1] - light[p - 1], gy = light[p + width] - light[p - width];
            float size = sqrtf(gx * gx + gy * gy);
            float sine = 2 * gx * gy / fmaxf(size * size, 1e-6f); // of twice the angle
            ret_share->data[p] = size * sine * sine;
            ret_strength->data[p] = size;
        }
    }
    if (!enl_plane_box(ret_share, WINDOW, error) || !enl_plane_box(ret_strength, WINDOW, error)) {
        return false;
    }
    for (int p = 0; p < width * height; p++) {
        ret_share->data[p] /= ret_strength->data[p] + .5f;
    }
    return true;
}

static float taken(const struct enl_view *view, int p) {
    float most = 0;
    for (int e = 0; e < ENL_ELEMENTS; e++) {
        if (e != ENL_PLANTS && e != ENL_FLAMES && e != ENL_DEPTH && view->found[e]) {
            most = fmaxf(most, view->found[e]->data[p]);
        }
    }
    return most;
}

// What is judged a pixel at a time.
struct looks {
    struct enl_plane *green, *share, *strength; // green: strictly green, 0..1
    struct enl_plane *lines;                    // share of the edges that run straight on
};

// Straight edges speak against leaves, unless all of it is as green as blades of grass are.
static float built(float lines, float green, float a) {
    return enl_smoothstep(.008f, .05f, lines) * (1 - .9f * green * enl_smoothstep(-10, -20, a));
}

static bool score(const struct enl_view *view, const struct looks *looks, struct enl_plane *ret_plane,
                  struct enl_error *error) {
    int width = ret_plane->width, height = ret_plane->height;
    if (!aslant(view, looks->share, looks->strength, error)) {
        return false;
    }
    float horizon = view->scene->horizon < 0 ? .5f : view->scene->horizon;
    for (int p = 0; p < width * height; p++) {
        float l = view->light->data[p], a = view->a->data[p], b = view->b->data[p];
        float green = green_look(l, a, b), share = looks->share->data[p], strength = looks->strength->data[p];
        float leafy = enl_smoothstep(LEAFY - .06f, LEAFY + .06f, share) * enl_smoothstep(5, 14, strength);
        float rough = enl_smoothstep(.8f, 3.5f, strength), leaves = .6f * leafy * green;
        if (leafy > 0) {
            float high = 1 - enl_smoothstep(horizon + .02f, horizon + .2f, (float)(p / width) / (float)height);
            leaves += .4f * leafy * leaf_look(l, a, b) * high;
        }
        // Yellow walls are as green as dry grass is, but without its texture.
        float dry = 1 - enl_smoothstep(.1f, .28f, -a / fmaxf(b, 1));
        float grassy = enl_smoothstep(.2f, .32f, share) * enl_smoothstep(2, 7, strength);
        float strict = enl_smoothstep(-.5f, -5, a) * green * enl_mixf(1, grassy, dry);
        ret_plane->data[p] = fmaxf(strict * (.15f + .85f * rough), leaves);
        if (ret_plane->data[p] > 0) {
            ret_plane->data[p] *= 1 - built(looks->lines->data[p], strict, a);
        }
        looks->green->data[p] = strict;
    }
    return true;
}

struct patch {
    int area;
    float green, share, lines;
};

// Gathers the patch of pixels over one half that `start` lies in; `seen` and `queue` have a place a pixel.
static struct patch gather(const struct looks *looks, const struct enl_plane *plane, uint8_t *seen, int *queue,
                           int start) {
    struct patch patch = {0};
    int width = plane->width, height = plane->height, count = 1;
    queue[0] = start;
    seen[start] = 1;
    while (patch.area < count) {
        int p = queue[patch.area++], x = p % width, y = p / width;
        patch.green += looks->green->data[p];
        patch.share += looks->share->data[p];
        patch.lines += looks->lines->data[p] * (1 - looks->green->data[p]);
        int next[4] = {x > 0 ? p - 1 : p, x + 1 < width ? p + 1 : p, y > 0 ? p - width : p,
                       y + 1 < height ? p + width : p};
        for (int i = 0; i < 4; i++) {
            if (!seen[next[i]] && plane->data[next[i]] > .5f) {
                seen[next[i]] = 1;
                queue[count++] = next[i];
            }
        }
    }
    patch.green /= (float)patch.area;
    patch.share /= (float)patch.area;
    patch.lines /= (float)patch.area;
    return patch;
}

// Patches that are small, or neither green nor leafy as a whole, go: painted walls, awnings, cars.
static bool drop_patches(const struct looks *looks, struct enl_plane *plane, struct enl_error *error) {
    int pixels = plane->width * plane->height;
    uint8_t *seen = enl_alloc((size_t)pixels, 1, error);
    int *queue = seen ? enl_alloc((size_t)pixels, sizeof *queue, error) : NULL;
    for (int p = 0; queue && p < pixels; p++) {
        if (seen[p] || plane->data[p] <= .5f) {
            continue;
        }
        struct patch patch = gather(looks, plane, seen, queue, p);
        float leafy = enl_smoothstep(.27f, .37f, patch.share), green = enl_smoothstep(.1f, .5f, patch.green);
        bool keep = patch.area * 800 > pixels && leafy * .6f + green * .6f - 8 * patch.lines > .4f;
        for (int i = 0; !keep && i < patch.area; i++) {
            plane->data[queue[i]] = 0;
        }
    }
    bool done = queue != NULL;
    enl_release(seen);
    enl_release(queue);
    return done;
}

static bool look(struct enl_view *view, const struct looks *looks, struct enl_plane *plane, struct enl_error *error) {
    int pixels = plane->width * plane->height;
    if (!score(view, looks, plane, error) || !enl_plane_blur(plane, 3, error)) {
        return false;
    }
    for (int p = 0; p < pixels; p++) {
        float free_part = 1 - enl_smoothstep(.2f, .6f, taken(view, p));
        plane->data[p] = enl_smoothstep(.22f, .5f, plane->data[p]) * free_part;
    }
    if (!drop_patches(looks, plane, error) || !enl_guided(plane, view->picture, 4, 2e-3f, error)) {
        return false;
    }
    double sum = 0, green = 0;
    for (int p = 0; p < pixels; p++) {
        plane->data[p] = enl_smoothstep(.2f, .8f, plane->data[p]);
        sum += (double)plane->data[p];
        green += (double)(plane->data[p] * looks->green->data[p]);
    }
    // Under open sky what has the texture of leaves is leaves; elsewhere it may be fur or carpet unless it is green.
    bool outside = view->found[ENL_SKY] && view->scene->confidence[ENL_SKY] >= .4f;
    float share = (float)(sum / pixels), sure = (outside ? .4f : .2f) + .8f * (float)(green / fmax(sum, 1));
    sure *= .5f + .5f * enl_smoothstep(.004f, .014f, share); // a lens flare, a painted door
    view->scene->confidence[ENL_PLANTS] = share > .004f ? enl_clampf(sure, 0, 1) : 0;
    return true;
}

bool enl_find_plants(struct enl_view *view, struct enl_error *error) {
    if (view->found[ENL_PLANTS]) {
        return true; // a model was there first
    }
    int width = view->picture->width, height = view->picture->height;
    struct enl_plane *plane = enl_plane_new(width, height, error);
    struct looks looks = {0};
    looks.green = plane ? enl_plane_new(width, height, error) : NULL;
    looks.share = looks.green ? enl_plane_new(width, height, error) : NULL;
    looks.strength = looks.share ? enl_plane_new(width, height, error) : NULL;
    looks.lines = looks.strength ? enl_plants_lines(view, error) : NULL;
    bool fine = looks.lines && look(view, &looks, plane, error);
    if (!fine || view->scene->confidence[ENL_PLANTS] <= 0) {
        enl_plane_free(&plane);
    }
    view->found[ENL_PLANTS] = plane;
    enl_plane_free(&looks.green);
    enl_plane_free(&looks.share);
    enl_plane_free(&looks.strength);
    enl_plane_free(&looks.lines);
    return fine;
}
