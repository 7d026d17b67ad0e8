// SPDX-License-Identifier: MIT
// Sky: smooth, bright or blue, and open to the top of the picture.
#include "scene/sky.h"

#include <string.h>

struct work {
    struct enl_view *view;
    const struct enl_regions *regions;
    uint8_t *sky;                  // of each region: 1 = sky
    float *look;                   // of each region: how much it looks like sky, 0..1
    struct enl_contact *contacts;  // to the sky
    float *values;                 // scratch, one a region
    uint8_t *marks;                // scratch, one a region
    uint8_t *claimed;              // scratch, one a pixel of the region map
    struct enl_sky_line line;      // where a level line ends the sky
};

// Colour alone: 1 clear blue, less for white, grey and the colours of dusk; 0 for green and for saturated red.
static float colour_look(const struct enl_region *region, bool night) {
    float l = region->light, a = region->a, b = region->b, chroma = hypotf(a, b);
    if (night && l < 35) {
        return .8f * (1 - enl_smoothstep(18, 40, b < 0 ? chroma * .5f : chroma));
    }
    float purple = enl_smoothstep(.6f, .9f, a / fmaxf(-b, 1));
    float blue = enl_smoothstep(-2, -10, b) * enl_smoothstep(12, 22, l) * (1 - purple);
    float neutral = 1 - enl_smoothstep(8, 22, chroma);
    float white = neutral * enl_smoothstep(78, 92, l);
    float grey = neutral * enl_smoothstep(35, 70, l) * .75f;
    float dusk = enl_smoothstep(40, 65, l) * (1 - enl_smoothstep(45, 85, chroma)) * .6f;
    float green = enl_smoothstep(-4, -14, a) * enl_smoothstep(2, 10, b);
    return fmaxf(fmaxf(blue, white), fmaxf(grey, dusk)) * (1 - green);
}

static void judge_looks(struct work *work) {
    const struct enl_regions *regions = work->regions;
    for (int i = 0; i < regions->count; i++) {
        const struct enl_region *region = &regions->list[i];
        float smooth = 1 - enl_smoothstep(2.5f, 9, region->texture);
        float high = 1 - enl_smoothstep(.45f, .95f, region->y / (float)regions->height);
        work->look[i] = colour_look(region, work->view->scene->night) * (.15f + .85f * smooth) * (.3f + .7f * high);
    }
}

// Distance of a colour from the way between the sky's colour and another one: clouds and haze mix the two.
static float distance_to_mix(const float colour[3], const float sky[3], const float other[3]) {
    float along = 0, length = 0, left = 0;
    for (int c = 0; c < 3; c++) {
        along += (colour[c] - sky[c]) * (other[c] - sky[c]);
        length += (other[c] - sky[c]) * (other[c] - sky[c]);
    }
    float t = enl_clampf(along / fmaxf(length, 1e-6f), 0, 1);
    for (int c = 0; c < 3; c++) {
        float d = colour[c] - enl_mixf(sky[c], other[c], t);
        left += d * d;
    }
    return sqrtf(left) + 5 * t; // a little for the way itself
}

static float distance_to_sky(const struct work *work, const struct enl_region *region) {
    static const float white[3] = {97, 0, 0}, glow[3] = {85, 12, 50};
    const float colour[3] = {region->light, region->a, region->b};
    float least = 1e6f;
    for (int i = 0; i < work->regions->count; i++) {
        if (work->sky[i]) {
            const struct enl_region *sky = &work->regions->list[i];
            const float mean[3] = {sky->light, sky->a, sky->b};
            float dy = fmaxf(fabsf(region->y - sky->y) / (float)work->regions->height - .2f, 0) * 20;
            float d = distance_to_mix(colour, mean, white);
            least = fminf(least, fminf(d, distance_to_mix(colour, mean, glow) + 3) + dy);
        }
    }
    return least;
}

static bool opens_at_top(const struct work *work, const struct enl_region *region) {
    const struct enl_regions *regions = work->regions;
    return region->at_top * 80 >= regions->width && region->area * 800 >= regions->width * regions->height;
}

// The best piece of sky at the top says what the others must be like: the brightest or bluest, and large.
static int find_champion(const struct work *work) {
    int best = -1;
    float most = 0;
    for (int i = 0; i < work->regions->count; i++) {
        const struct enl_region *region = &work->regions->list[i];
        float size = sqrtf((float)region->area / (float)(work->regions->width * work->regions->height));
        float vivid = .5f + .5f * enl_smoothstep(45, 95, region->light) + .4f * enl_smoothstep(-8, -20, region->b);
        float score = work->look[i] * vivid * (.12f + fminf(size, .35f));
        if (opens_at_top(work, region) && work->look[i] > .4f && score > most) {
            most = score;
            best = i;
        }
    }
    return best;
}

// A wall beside the sky is darker, or grey where the sky is blue, and comes down far.
static void plant_seeds(struct work *work) {
    const struct enl_regions *regions = work->regions;
    int champion = find_champion(work);
    if (champion < 0) {
        return;
    }
    const struct enl_region *best = &regions->list[champion];
    for (int i = 0; i < regions->count; i++) {
        const struct enl_region *region = &regions->list[i];
        float darker = fmaxf(best->light - region->light, 0), greyer = fmaxf(region->b - best->b, 0);
        float unlike = enl_smoothstep(6, 25, darker + .6f * greyer + .5f * fabsf(region->a - best->a));
        float low = enl_smoothstep(.55f, .8f, (float)(region->bottom + 1) / (float)regions->height);
        low *= 1 - enl_smoothstep(.4f, .7f, (float)(region->right - region->left) / (float)regions->width);
        bool bluer = region->b < best->b - 8 && region->area * 30 > regions->width * regions->height;
        unlike = bluer ? 0 : unlike;
        work->sky[i] = opens_at_top(work, region) && work->look[i] * (1 - .8f * unlike) - .4f * low > .4f;
    }
    work->sky[champion] = 1;
}

// How strongly a region beside the sky belongs to it; above 0 it does. Within the sky edges are soft and clouds are
// brighter than the blue: a sharp edge to something darker is where the sky ends.
static float pull(const struct work *work, int i) {
    const struct enl_regions *regions = work->regions;
    const struct enl_region *region = &regions->list[i];
    const struct enl_contact *contact = &work->contacts[i];
    if (contact->length < 8) {
        return -1;
    }
    float distance = distance_to_sky(work, region);
    float share = (float)(contact->length + region->at_top) / (float)(contact->whole + region->at_top);
    float reach = work->look[i] + .25f * share - .02f * distance - .015f * contact->contrast;
    reach -= .02f * fmaxf(contact->step - 4, 0);
    reach -= .3f * (float)contact->below / (float)contact->length;
    // A smooth passage without an edge: haze toward the horizon.
    bool passage = region->texture < 2.5f && contact->contrast < 4 && share > .15f && distance < 15;
    return fmaxf(reach - .38f, passage ? .1f : -1);
}

static bool grow_once(struct work *work) {
    const struct enl_regions *regions = work->regions;
    enl_regions_contact(regions, work->sky, work->contacts);
    bool grew = false;
    for (int i = 0; i < regions->count; i++) {
        work->values[i] = work->sky[i] ? -1 : pull(work, i);
    }
    for (int i = 0; i < regions->count; i++) {
        if (work->values[i] > 0) {
            work->sky[i] = 1;
            grew = true;
        }
    }
    return grew;
}

// Clouds and darker patches that float in the sky: they reach the ground nowhere. Birds and kites stay out by their
// size and their colour.
static void take_floating(struct work *work) {
    const struct enl_regions *regions = work->regions;
    uint8_t *grounded = work->marks;
    for (int i = 0; i < regions->count; i++) {
        const struct enl_region *region = &regions->list[i];
        bool low = region->bottom >= regions->height - 1 || (region->at_side && region->y > (float)regions->height / 2);
        grounded[i] = !work->sky[i] && low;
    }
    for (bool grew = true; grew;) {
        grew = false;
        enl_regions_contact(regions, grounded, work->contacts);
        for (int i = 0; i < regions->count; i++) {
            if (!work->sky[i] && !grounded[i] && work->contacts[i].length > 0) {
                grounded[i] = 1;
                grew = true;
            }
        }
    }
    for (int i = 0; i < regions->count; i++) {
        const struct enl_region *region = &regions->list[i];
        if (!work->sky[i] && !grounded[i] && region->texture < 9 && hypotf(region->a, region->b) < 30 &&
            region->area * 1000 > regions->width * regions->height) {
            work->sky[i] = 1;
        }
    }
}

// Sky seen through branches or between towers: not joined, but of the very same colour.
static bool take_gaps(struct work *work) {
    const struct enl_regions *regions = work->regions;
    float lowest = 0;
    for (int i = 0; i < regions->count; i++) {
        lowest = work->sky[i] ? fmaxf(lowest, (float)regions->list[i].bottom * .9f) : lowest;
    }
    bool took = false;
    for (int i = 0; i < regions->count; i++) {
        const struct enl_region *region = &regions->list[i];
        float lower = lowest + (region->b < -12 ? .2f * (float)regions->height : 0);
        bool fits = region->b < -12 || region->area * 60 < regions->width * regions->height;
        work->values[i] = fits && !work->sky[i] && work->look[i] > .4f && region->y < lower &&
                          distance_to_sky(work, region) < 5;
    }
    for (int i = 0; i < regions->count; i++) {
        took |= work->values[i] > 0;
        work->sky[i] |= work->values[i] > 0;
    }
    return took;
}

// Sea or sand that was taken for sky shows a straight level line; below it nothing is sky.
static void cut_at_horizon(struct work *work) {
    const struct enl_regions *regions = work->regions;
    int pixels = regions->width * regions->height;
    for (int p = 0; p < pixels; p++) {
        work->claimed[p] = work->sky[regions->label[p]];
    }
    work->line.there = enl_horizon_through(regions, work->claimed, &work->line.left, &work->line.right);
    if (!work->line.there) {
        return;
    }
    work->view->level = true;
    work->view->scene->horizon = (work->line.left + work->line.right) * .5f / (float)regions->height;
    for (int i = 0; i < regions->count; i++) {
        const struct enl_region *region = &regions->list[i];
        float line = enl_mixf(work->line.left, work->line.right, region->x / (float)regions->width);
        if (region->y > line && (float)region->top > line - 6) {
            work->sky[i] = 0;
        }
    }
}

static bool look(struct work *work, struct enl_error *error) {
    struct enl_view *view = work->view;
    const struct enl_regions *regions = work->regions;
    judge_looks(work);
    plant_seeds(work);
    for (int i = 0; i < 16 && (grow_once(work) || (i < 8 && take_gaps(work))); i++) {
    }
    take_floating(work);
    if (!enl_sky_clouds(view, work->sky, error)) {
        return false;
    }
    take_floating(work); // what clouds enclose
    cut_at_horizon(work);
    int any = 0;
    for (int i = 0; i < regions->count; i++) {
        any |= work->sky[i];
    }
    if (!any) {
        return true;
    }
    struct enl_plane *plane = enl_sky_pixels(view, work->sky, &work->line, error);
    if (!plane) {
        return false;
    }
    if (!enl_sky_judge(view, plane, &view->scene->confidence[ENL_SKY], error)) {
        enl_plane_free(&plane);
        return false;
    }
    if (view->scene->confidence[ENL_SKY] < .1f) {
        enl_plane_free(&plane);
    }
    view->found[ENL_SKY] = plane;
    return true;
}

bool enl_find_sky(struct enl_view *view, struct enl_error *error) {
    size_t count = (size_t)view->regions->count;
    struct work work = {.view = view, .regions = view->regions};
    if (view->found[ENL_SKY]) {
        return true; // a model was there first
    }
    work.sky = enl_alloc(count, 1, error);
    work.look = enl_alloc(count, sizeof *work.look, error);
    work.contacts = enl_alloc(count, sizeof *work.contacts, error);
    work.values = enl_alloc(count, sizeof *work.values, error);
    work.marks = enl_alloc(count, 1, error);
    work.claimed = enl_alloc((size_t)view->regions->width * (size_t)view->regions->height, 1, error);
    bool fine = work.marks && work.claimed && work.sky && work.look && work.contacts && work.values &&
                look(&work, error);
    enl_release(work.sky);
    enl_release(work.look);
    enl_release(work.contacts);
    enl_release(work.values);
    enl_release(work.marks);
    enl_release(work.claimed);
    return fine;
}
