// SPDX-License-Identifier: MIT
// Water: below the horizon, level in its texture, coloured by the sky or blue-green, and bounded by a level line above.
// When in doubt it is left out: a road that starts to flow is worse than a lake that lies still.
#include "scene/water.h"

#include <string.h>

struct work {
    struct enl_view *view;
    const struct enl_regions *regions;
    uint8_t *water;  // of each region
    uint8_t *sky;    // of each region: mostly sky
    uint8_t *closed; // of each region: person, sky or above the horizon
    float *look;     // of each region, 0..1
    float *values;   // scratch
    struct enl_contact *contacts;
    struct enl_contact *sky_contacts;
    float cast;      // mean b* of the picture below the sky: light may be blue as a whole
    float sky_light, sky_a, sky_b;
};

static void measure_sky(struct work *work) {
    const struct enl_regions *regions = work->regions;
    double n = 0, light = 0, a = 0, b = 0, rest = 0, cast = 0;
    for (int i = 0; i < regions->count; i++) {
        const struct enl_region *region = &regions->list[i];
        double area = region->area;
        if (work->sky[i]) {
            n += area;
            light += area * (double)region->light;
            a += area * (double)region->a;
            b += area * (double)region->b;
        } else {
            rest += area;
            cast += area * (double)region->b;
        }
    }
    n = n > 0 ? n : 1;
    work->sky_light = (float)(light / n);
    work->sky_a = (float)(a / n);
    work->sky_b = (float)(b / n);
    work->cast = (float)(cast / (rest > 0 ? rest : 1));
}

// The mean of what was found in each region.
static void average(struct work *work, const struct enl_plane *plane) {
    const struct enl_regions *regions = work->regions;
    memset(work->values, 0, (size_t)regions->count * sizeof *work->values);
    for (int y = 0; plane && y < regions->height; y++) {
        for (int x = 0; x < regions->width; x++) {
            int i = regions->label[y * regions->width + x];
            float px = ((float)x + .5f) * (float)plane->width / (float)regions->width - .5f;
            float py = ((float)y + .5f) * (float)plane->height / (float)regions->height - .5f;
            work->values[i] += enl_plane_at(plane, px, py) / (float)regions->list[i].area;
        }
    }
}

// Texture that lies level changes more from row to row than along them.
static float level_look(const struct enl_region *region) {
    float ratio = (region->down + .15f) / (region->down + region->across + .3f);
    return enl_smoothstep(.42f, .68f, ratio);
}

static float water_colour(const struct work *work, const struct enl_region *region) {
    float l = region->light, a = region->a, b = region->b, chroma = hypotf(a, b);
    float green = enl_smoothstep(-7, -13, a) * enl_smoothstep(3, 10, b);
    float warm = enl_smoothstep(2, 9, b) + enl_smoothstep(4, 10, a + .4f * fminf(b, 0));
    float blue = enl_smoothstep(-3, -12, b - .5f * fminf(work->cast, 0)) * (1 - enl_smoothstep(5, 12, a + .25f * b));
    float teal = enl_smoothstep(-3, -8, a) * enl_smoothstep(4, -2, b);
    float likeness = hypotf(a - work->sky_a, b - work->sky_b);
    float mirror = (1 - enl_smoothstep(4, 12, likeness)) * (1 - enl_smoothstep(-2, 10, l - work->sky_light)) * .55f;
    float foam = enl_smoothstep(70, 85, l) * (1 - enl_smoothstep(5, 10, chroma)) * .5f;
    float best = fmaxf(fmaxf(blue, teal), fmaxf(mirror, foam));
    return best * (1 - green) * (1 - .8f * fminf(warm, 1));
}

static void judge(struct work *work) {
    const struct enl_regions *regions = work->regions;
    struct enl_view *view = work->view;
    average(work, view->found[ENL_SKY]);
    for (int i = 0; i < regions->count; i++) {
        work->sky[i] = work->values[i] > .6f && view->scene->confidence[ENL_SKY] >= .4f;
    }
    average(work, view->found[ENL_PERSON]);
    float horizon = view->scene->horizon * (float)regions->height;
    measure_sky(work);
    for (int i = 0; i < regions->count; i++) {
        const struct enl_region *region = &regions->list[i];
        work->closed[i] = work->sky[i] || work->values[i] > .3f || region->y < horizon ||
                          (float)region->top < horizon - .04f * (float)regions->height;
        float flat = (float)(region->right - region->left + 1) / (float)(region->bottom - region->top + 1);
        float shape = enl_smoothstep(.4f, 1.4f, flat);
        float rough = 1 - enl_smoothstep(5, 11, region->texture);
        work->look[i] = work->closed[i] ? 0 : water_colour(work, region) * (.35f + .65f * level_look(region)) *
                                                  (.5f + .5f * shape) * rough;
    }
}

// Whether the region's border with the sky above it is one straight level line: mountains and trees are ragged there.
static bool level_shore(const struct work *work, int i) {
    const struct enl_regions *regions = work->regions;
    const struct enl_region *region = &regions->list[i];
    int width = regions->width;
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0;
    for (int x = region->left; x <= region->right; x++) {
        for (int y = region->top < 3 ? 3 : region->top; y <= region->bottom; y++) {
            if (regions->label[y * width + x] != i) {
                continue;
            }
            if (work->sky[regions->label[(y - 3) * width + x]]) {
                n++;
                sx += x;
                sy += y;
                sxx += (double)x * x;
                sxy += (double)x * y;
                syy += (double)y * y;
            }
            break;
        }
    }
    double spread = n * sxx - sx * sx;
    if (n * 6 < width || spread <= 0) {
        return false;
    }
    double slope = (n * sxy - sx * sy) / spread;
    double left = syy / n - sy * sy / (n * n) - slope * slope * spread / (n * n);
    return fabs(slope) < .05 && left < .8;
}

// Water that begins under the sky along a level line, or is plainly blue, wide and level.
static bool plant_seeds(struct work *work) {
    const struct enl_regions *regions = work->regions;
    bool any = false;
    int pixels = regions->width * regions->height;
    for (int i = 0; i < regions->count; i++) {
        const struct enl_region *region = &regions->list[i];
        const struct enl_contact *contact = &work->sky_contacts[i];
        float width = (float)(region->right - region->left + 1), height = (float)(region->bottom - region->top + 1);
        float blueness = -(region->b - .8f * fminf(work->cast, 0)), line = work->view->scene->horizon;
        bool clear = contact->contrast > 8 && contact->step > 6 && region->b < 3 && region->texture < 7 &&
                     region->down > (region->b < -15 ? 1.6f : 2.2f) * region->across &&
                     (float)contact->above > .3f * width;
        // Where the sky was cut off at a level line, what lies right under it is sea, if it looks so at all.
        bool sea = work->view->level && region->area * 400 > pixels &&
                   fabsf((float)region->top - line * (float)regions->height) < .04f * (float)regions->height;
        bool shore = clear && region->area * 300 > pixels && (sea || level_shore(work, i));
        bool plain = blueness > 8 && region->a < -4.5f && region->area * 80 > pixels && width > 1.8f * height &&
                     region->down > 2.5f * region->across + 1 && region->texture < 5;
        float need = shore ? .4f : plain ? .5f : 2;
        work->water[i] = !work->closed[i] && work->look[i] > need;
        any |= work->water[i];
    }
    return any;
}

static float distance_to_water(const struct work *work, const struct enl_region *region) {
    float least = 1e6f;
    for (int i = 0; i < work->regions->count; i++) {
        if (work->water[i]) {
            const struct enl_region *water = &work->regions->list[i];
            float dl = (region->light - water->light) * .5f, da = region->a - water->a, db = region->b - water->b;
            least = fminf(least, sqrtf(dl * dl + da * da + db * db));
        }
    }
    return least;
}

static bool grow_once(struct work *work) {
    const struct enl_regions *regions = work->regions;
    enl_regions_contact(regions, work->water, work->contacts);
    bool grew = false;
    for (int i = 0; i < regions->count; i++) {
        const struct enl_contact *contact = &work->contacts[i];
        work->values[i] = 0;
        if (work->closed[i] || work->water[i] || contact->length < 8) {
            continue;
        }
        const struct enl_region *region = &regions->list[i];
        float share = (float)contact->length / (float)contact->whole, distance = distance_to_water(work, region);
        bool warm = region->b > 8 || (region->a > 6 && region->b > -15);
        bool foam = region->light > 62 && hypotf(region->a, region->b) < 11 && share > .4f;
        work->values[i] = !warm && (foam || share > .85f ||
                                    work->look[i] + .35f * share - .025f * distance - .01f * contact->contrast > .42f);
    }
    for (int i = 0; i < regions->count; i++) {
        if (work->values[i] > 0) {
            work->water[i] = 1;
            grew = true;
        }
    }
    return grew;
}

// How sure, from how much of the border above is level and how well colour and texture fit.
static float plausible(const struct work *work) {
    const struct enl_regions *regions = work->regions;
    double area = 0, look = 0, widest = 0, level = 0;
    int top = regions->height, bottom = 0;
    for (int i = 0; i < regions->count; i++) {
        const struct enl_region *region = &regions->list[i];
        if (work->water[i]) {
            area += region->area;
            look += (double)((float)region->area * work->look[i]);
            level += (double)((float)region->area * level_look(region));
            widest = fmax(widest, (double)(region->right - region->left + 1));
            top = region->top < top ? region->top : top;
            bottom = region->bottom > bottom ? region->bottom : bottom;
        }
    }
    float share = (float)(area / (regions->width * regions->height));
    if (share < .008f) {
        return 0;
    }
    float wide = (float)widest / (float)regions->width;
    // A thin band may as well be a roof or haze.
    float thin = 1 - enl_smoothstep(.1f, .2f, (float)(bottom - top) / (float)regions->height);
    return enl_clampf(-.8f * thin + .1f + .45f * (float)(look / area) + .25f * enl_smoothstep(.2f, .6f, wide) +
                          .15f * enl_smoothstep(.01f, .08f, share) + .15f * (float)(level / area),
                      0, 1);
}

// Still where smooth, waves where foam or level texture shows.
static void name_kind(struct work *work) {
    const struct enl_regions *regions = work->regions;
    double area = 0, texture = 0, foam = 0, down = 0, across = 0;
    for (int i = 0; i < regions->count; i++) {
        const struct enl_region *region = &regions->list[i];
        if (work->water[i]) {
            area += region->area;
            texture += (double)region->texture * region->area;
            foam += region->light > 75 && region->texture > 3 ? region->area : 0;
            down += (double)region->down * region->area;
            across += (double)region->across * region->area;
        }
    }
    struct enl_scene *scene = work->view->scene;
    bool falls = across > 2.2 * down && foam > .3 * area;
    bool rough = texture > 3.2 * area || foam > .06 * area;
    scene->water = falls ? ENL_WATER_FALL : rough ? ENL_WATER_WAVES : ENL_WATER_STILL;
    scene->water_direction = 270;
}

// The soft mask of the regions that were taken. What was seen to lie under a shore is not sky, whatever it looks like.
static bool paint(struct work *work, const struct enl_water_sign *sign, struct enl_error *error) {
    struct enl_view *view = work->view;
    const struct enl_regions *regions = work->regions;
    for (int i = 0; i < regions->count; i++) {
        work->values[i] = work->water[i];
    }
    struct enl_plane *plane = enl_regions_paint(view, work->values, error);
    if (!plane || !enl_guided(plane, view->picture, 4, 1e-3f, error)) {
        enl_plane_free(&plane);
        return false;
    }
    struct enl_plane *sky = view->found[ENL_SKY], *person = view->found[ENL_PERSON];
    int pixels = plane->width * plane->height;
    int under = sign->sure > 0 ? (sign->row * plane->height / regions->height) * plane->width : pixels;
    for (int p = 0; p < pixels; p++) {
        float open = 1 - (person ? person->data[p] : 0);
        if (p < under && sign->sure > 0) {
            plane->data[p] = 0;
        }
        plane->data[p] = enl_smoothstep(.2f, .8f, plane->data[p]) * open;
        if (sky && p >= under) {
            sky->data[p] *= 1 - plane->data[p];
        }
        plane->data[p] = fminf(plane->data[p], 1 - (sky ? sky->data[p] : 0));
    }
    view->found[ENL_WATER] = plane;
    return true;
}

// The open sea, by colour and a level horizon.
static float find_sea(struct work *work) {
    if (!plant_seeds(work)) {
        return 0;
    }
    for (int i = 0; i < 16 && grow_once(work); i++) {
    }
    return plausible(work);
}

// The signs of lakes and ponds; the surest counts.
static bool find_signs(const struct enl_view *view, struct enl_water_sign *ret_sign, struct enl_error *error) {
    static bool (*const finders[])(const struct enl_view *, struct enl_water_sign *, struct enl_error *) = {
        enl_water_shore, enl_water_mirror};
    for (size_t i = 0; i < sizeof finders / sizeof *finders; i++) {
        struct enl_water_sign sign = {0};
        if (!finders[i](view, &sign, error)) {
            return false;
        }
        *ret_sign = sign.sure > ret_sign->sure ? sign : *ret_sign;
    }
    return true;
}

static bool look(struct work *work, struct enl_error *error) {
    struct enl_scene *scene = work->view->scene;
    struct enl_water_sign sign = {0};
    judge(work);
    enl_regions_contact(work->regions, work->sky, work->sky_contacts);
    float sure = find_sea(work);
    if (sure < .4f && !find_signs(work->view, &sign, error)) {
        return false;
    }
    if (sign.sure >= .4f && sign.sure > sure) { // a sign in doubt would only take from plants and sky
        // Smooth still water is easily taken for sky: the sign knows better.
        average(work, work->view->found[ENL_PERSON]);
        for (int i = 0; i < work->regions->count; i++) {
            work->closed[i] = work->values[i] > .3f;
        }
        memset(work->water, 0, (size_t)work->regions->count);
        enl_water_grow(work->regions, &sign, work->closed, work->contacts, work->water);
        scene->horizon = (float)sign.row / (float)work->regions->height;
        scene->water_direction = 270;
        scene->water = sign.kind;
        scene->confidence[ENL_WATER] = sign.sure;
        return paint(work, &sign, error);
    }
    if (sure <= .1f) {
        return true;
    }
    scene->confidence[ENL_WATER] = sure;
    name_kind(work);
    sign.sure = 0;
    return paint(work, &sign, error);
}

bool enl_find_water(struct enl_view *view, struct enl_error *error) {
    size_t count = (size_t)view->regions->count;
    struct work work = {.view = view, .regions = view->regions};
    if (view->found[ENL_WATER]) {
        return true; // a model was there first
    }
    work.water = enl_alloc(count, 1, error);
    work.sky = enl_alloc(count, 1, error);
    work.closed = enl_alloc(count, 1, error);
    work.look = enl_alloc(count, sizeof *work.look, error);
    work.values = enl_alloc(count, sizeof *work.values, error);
    work.contacts = enl_alloc(count, sizeof *work.contacts, error);
    work.sky_contacts = enl_alloc(count, sizeof *work.sky_contacts, error);
    bool fine = work.water && work.sky && work.closed && work.look && work.values && work.contacts &&
                work.sky_contacts && look(&work, error);
    enl_release(work.water);
    enl_release(work.sky);
    enl_release(work.closed);
    enl_release(work.look);
    enl_release(work.values);
    enl_release(work.contacts);
    enl_release(work.sky_contacts);
    return fine;
}
