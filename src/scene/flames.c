// SPDX-License-Identifier: MIT
// Flames: bright saturated orange to yellow with a nearly white heart and dark surroundings. Sunsets, lamps and signs
// are easily taken for fire, so most of what glows is left out.
#include "scene/features.h"

static float flame_look(const struct enl_view *view, size_t i) {
    const uint8_t *pixel = view->picture->data + i * 3;
    float r = pixel[0], g = pixel[1], b = pixel[2];
    float hot = enl_smoothstep(190, 235, r) * enl_smoothstep(60, 110, r - b);
    float order = enl_smoothstep(0, 25, r - g) * enl_smoothstep(0, 30, g - b); // Chen et al. 2004: R >= G > B
    return hot * order * enl_smoothstep(40, 60, view->light->data[i]);
}

// The mean of light where it does not burn, and the sum of the mask, its hearts, its borders that are flickering-rough.
static float judge(const struct enl_view *view, const struct enl_plane *plane) {
    double fire = 0, dark = 0, rest = 0, high = 0, texture = 0, heart = 0;
    int pixels = plane->width * plane->height;
    for (int p = 0; p < pixels; p++) {
        double value = (double)plane->data[p];
        fire += value;
        texture += value * (double)view->texture->data[p];
        heart += value > .3 && view->light->data[p] > 85 ? 1 : 0;
        high += p < pixels / 5 ? value : 0;
        rest += 1 - value;
        dark += (1 - value) * (double)view->light->data[p];
    }
    if (fire < .003 * pixels || fire > .6 * pixels) {
        return 0;
    }
    float sure = 1 - enl_smoothstep(18, 34, (float)(dark / rest));
    sure *= enl_smoothstep(4, 9, (float)(texture / fire)); // a glowing sky and lamp shades are smooth
    sure *= enl_smoothstep(.005f, .06f, (float)(heart / fire));
    return sure * (1 - .7f * enl_smoothstep(.1f, .4f, (float)(high / fire)));
}

bool enl_find_flames(struct enl_view *view, struct enl_error *error) {
    if (view->found[ENL_FLAMES]) {
        return true; // a model was there first
    }
    int width = view->picture->width, height = view->picture->height;
    struct enl_plane *plane = enl_plane_new(width, height, error);
    if (!plane) {
        return false;
    }
    const struct enl_plane *sky = view->scene->confidence[ENL_SKY] >= .4f ? view->found[ENL_SKY] : NULL;
    const struct enl_plane *person = view->found[ENL_PERSON];
    double open = 0;
    for (int p = 0; p < width * height; p++) {
        open += sky ? (double)sky->data[p] : 0;
        float taken = fmaxf(sky ? sky->data[p] : 0, person ? person->data[p] : 0);
        plane->data[p] = flame_look(view, (size_t)p) * (1 - taken);
    }
    if (!enl_plane_blur(plane, 1, error)) {
        enl_plane_free(&plane);
        return false;
    }
    float sure = judge(view, plane);
    if (open > .25 * width * height) {
        sure *= .5f; // under a wide sky they are lamps or an evening's glow
    }
    if (sure < .1f) {
        enl_plane_free(&plane);
        return true;
    }
    view->scene->confidence[ENL_FLAMES] = sure;
    view->found[ENL_FLAMES] = plane;
    return true;
}
