// SPDX-License-Identifier: MIT
// Is it sky? What was grown as sky is weighed as a whole: walls, backdrops and streets are smooth and bright too.
#include "scene/sky.h"

#define INWARD 3    // pixels of the region map between the mask's border and what counts as its inside
#define STEPS 128   // of the histograms
#define FINEST .05f // change of L* a pixel that one step of the roughness histogram stands for

// What speaks for and against, measured on the region map.
struct evidence {
    float share, top, low;        // of the picture; of its top edge; of its lowest tenth
    float light, a, b;            // means inside
    float spread, spread_b;       // deviations of L* and b* inside
    float rest, rest_b;           // means of L* and b* outside
    float rank;                   // share of the rest that is darker than the mean of the inside
    float rough;                  // median change of L* a pixel inside
    float below_chin;             // share of the mask that lies below the chin of the largest face
};

static bool inside(const struct enl_regions *regions, const uint8_t *marked, int x, int y) {
    return x >= INWARD && y >= INWARD && x + INWARD < regions->width && y + INWARD < regions->height &&
           marked[y * regions->width + x - INWARD] && marked[y * regions->width + x + INWARD] &&
           marked[(y - INWARD) * regions->width + x] && marked[(y + INWARD) * regions->width + x];
}

// The first step of the histogram at which this share of all is reached, as a fraction of a step.
static float quantile(const int histogram[STEPS], int all, float share) {
    int seen = 0, i = 0;
    while (i < STEPS - 1 && (float)(seen += histogram[i]) < share * (float)all) {
        i++;
    }
    return (float)i + .5f;
}

static float roughness(const struct enl_regions *regions, const uint8_t *marked) {
    int histogram[STEPS] = {0}, all = 0;
    const float *light = regions->light->data;
    for (int y = INWARD; y + INWARD < regions->height; y++) {
        for (int x = INWARD; x + INWARD < regions->width; x++) {
            if (!inside(regions, marked, x, y)) {
                continue;
            }
            int p = y * regions->width + x;
            float across = light[p + 1] - light[p - 1], down = light[p + regions->width] - light[p - regions->width];
            float change = .5f * hypotf(across, down);
            histogram[enl_clampi((int)(change / FINEST), 0, STEPS - 1)]++;
            all++;
        }
    }
    // Too thin to have an inside: as rough as a wall.
    return all ? quantile(histogram, all, .5f) * FINEST : 1;
}

static float below_chin(const struct enl_view *view, const struct enl_regions *regions, const uint8_t *marked) {
    const struct enl_face *face = &view->scene->faces[0]; // the largest
    if (!view->scene->face_count || face->height < .05f) {
        return 0;
    }
    int all = 0, below = 0, chin = (int)((face->y + face->height) * (float)regions->height);
    for (int p = 0; p < regions->width * regions->height; p++) {
        all += marked[p];
        below += marked[p] && p / regions->width > chin;
    }
    return all ? (float)below / (float)all : 0;
}

static struct evidence gather(const struct enl_view *view, const uint8_t *marked) {
    const struct enl_regions *regions = view->regions;
    int pixels = regions->width * regions->height, n = 0, lowest = 0, darker[STEPS] = {0};
    double light = 0, a = 0, b = 0, rest = 0, rest_b = 0, squares = 0, squares_b = 0;
    struct evidence evidence = {.rough = roughness(regions, marked), .below_chin = below_chin(view, regions, marked)};
    for (int p = 0; p < pixels; p++) {
        float l = regions->light->data[p];
        if (!marked[p]) {
            rest += (double)l;
            rest_b += (double)regions->b->data[p];
            darker[enl_clampi((int)l, 0, STEPS - 1)]++;
            continue;
        }
        n++;
        light += (double)l;
        squares += (double)l * (double)l;
        squares_b += (double)regions->b->data[p] * (double)regions->b->data[p];
        a += (double)regions->a->data[p];
        b += (double)regions->b->data[p];
        lowest += p / regions->width > regions->height * 9 / 10;
        evidence.top += p / regions->width == 1 ? 1 / (float)regions->width : 0;
    }
    double one = 1 / (double)(n ? n : 1);
    evidence.share = (float)n / (float)pixels;
    evidence.low = 10 * (float)lowest / (float)pixels;
    evidence.light = (float)(light * one);
    evidence.a = (float)(a * one);
    evidence.b = (float)(b * one);
    evidence.spread = (float)sqrt(fmax(squares * one - light * light * one * one, 0));
    evidence.spread_b = (float)sqrt(fmax(squares_b * one - b * b * one * one, 0));
    double other = 1 / (double)(pixels > n ? pixels - n : 1);
    evidence.rest = (float)(rest * other);
    evidence.rest_b = (float)(rest_b * other);
    for (int i = 0; i < STEPS && (float)i < evidence.light; i++) {
        evidence.rank += (float)(darker[i] * other);
    }
    return evidence;
}

// What a sky of no particular colour must show: that it is burnt out, or that it is open over the whole width.
static float against_neutral(const struct evidence *is) {
    float dim = 1 - enl_smoothstep(84, 94, is->light), whole = enl_smoothstep(.85f, .97f, is->top);
    float sum = .25f * enl_smoothstep(.4f, .9f, is->rough);
    sum += dim * .45f * enl_smoothstep(.25f, .6f, is->rough) * (1 - .5f * whole);
    sum += dim * .35f * (1 - enl_smoothstep(.5f, .85f, is->top));
    // Warm but not glowing: painted or lit by lamps.
    return sum + .4f * enl_smoothstep(1, 6, is->a + .3f * is->b) * enl_smoothstep(45, 30, hypotf(is->a, is->b));
}

// Behind a large face there is a backdrop or a wall more often than not.
static float against_portrait(const struct enl_view *view, const struct evidence *is, float neutral) {
    float face = view->scene->face_count ? enl_smoothstep(.1f, .2f, view->scene->faces[0].height) : 0;
    float doubt = .2f + .35f * neutral + .4f * enl_smoothstep(.3f, .7f, is->rough);
    return face * doubt + .7f * enl_smoothstep(.05f, .2f, is->below_chin);
}

static float weigh(const struct enl_view *view, const struct evidence *is) {
    // In a picture with a blue cast everything is blue.
    float blue = enl_smoothstep(-1, -10, is->b - .6f * fminf(is->rest_b, 0)), brighter = is->light - is->rest;
    float neutral = 1 - enl_smoothstep(-1.5f, -6, is->b - .6f * fminf(is->rest_b, 0));
    // From blue to glowing: dusk, whose clouds are rough.
    float dusk = enl_smoothstep(13, 22, is->spread_b) * enl_smoothstep(.6f, .95f, is->top);
    blue = fmaxf(blue, dusk);
    neutral *= 1 - dusk;
    // A picture of nothing but sky: it has to be blue, with clouds in it.
    float all = enl_smoothstep(.85f, .93f, is->share) * enl_smoothstep(-27, -34, is->b) *
                enl_smoothstep(5, 9, is->spread + is->spread_b);
    float sure = .45f + .35f * blue + .3f * enl_smoothstep(0, 25, brighter);
    // A sky does not reach the ground, unless a tower is looked up at.
    sure -= .5f * enl_smoothstep(.02f, .3f, is->low) * (1 - all) * (1 - .6f * enl_smoothstep(-26, -36, is->b));
    sure += .1f * enl_smoothstep(.02f, .08f, is->share) - .15f * (1 - enl_smoothstep(40, 60, is->light)) * (1 - all);
    // Walls, streets and fabric have grain where the sky has none; a sky is among the brightest things.
    sure -= .5f * enl_smoothstep(.6f, 1.8f, is->rough) * (1 - .7f * dusk);
    sure -= .35f * (1 - enl_smoothstep(.5f, .9f, is->rank)) * (1 - .7f * blue);
    // What opens only at a little of the top must shine out, as the sky in a narrow street does.
    sure -= .3f * (1 - enl_smoothstep(.1f, .45f, is->top)) * (1 - .8f * enl_smoothstep(35, 55, brighter));
    // Plain all over: a wall, or a sky in which nothing could be seen to move.
    float plain = 1 - enl_smoothstep(3, 6, is->spread + .5f * is->spread_b);
    sure -= .65f * plain * enl_smoothstep(.3f, .6f, is->share) * (1 - .4f * enl_smoothstep(93, 97, is->light));
    sure -= neutral * against_neutral(is) + against_portrait(view, is, neutral);
    return enl_clampf(sure, 0, 1);
}

bool enl_sky_judge(const struct enl_view *view, const struct enl_plane *plane, float *ret_sure,
                   struct enl_error *error) {
    const struct enl_regions *regions = view->regions;
    uint8_t *marked = enl_alloc((size_t)regions->width * (size_t)regions->height, 1, error);
    if (!marked) {
        return false;
    }
    for (int y = 0; y < regions->height; y++) {
        const float *row = plane->data + (size_t)(y * plane->height / regions->height) * (size_t)plane->width;
        for (int x = 0; x < regions->width; x++) {
            marked[y * regions->width + x] = row[x * plane->width / regions->width] > .5f;
        }
    }
    struct evidence evidence = gather(view, marked);
    *ret_sure = evidence.share < .005f ? 0 : weigh(view, &evidence);
    enl_release(marked);
    return true;
}
