// SPDX-License-Identifier: MIT
// Thin things before the sky: wires, masts, stalks, twigs; posts in the water. A coarse mask knows of them only here
// and there, and what is half in the sky would be torn by its drift; so the sky stands still about them. They are told
// from clouds by being straight for a while, alike along their length and bounded on both sides, and by hanging on
// something that is no sky.
#include "scene/matte_thin.h"

#include <string.h>

#define LONG_SIDE 960  // of the picture that is searched, small photos enlarged: what is thin does not depend on them
#define PAD 20         // the reach of all that is compared
#define WAYS 12        // orientations of a line
#define STEP 6         // pixels from one of the three pieces of a line to the next
#define ONE 16         // strength that counts as a line
#define GOES_ON 10     // strength at which a line that was found goes on
#define STRONG (4 * ONE) // is a line even where it hangs on nothing
#define STORMY 40      // deviation of a sky in which clouds have edges as sharp as wires: all must hang on the ground
#define RIM 5          // pixels inside the picture's edge, so that what lies along the edge does not count
#define COVER 4        // pixels of sky about a line that stand still

struct search {
    int width, height;      // of the planes, the padding included
    uint8_t *channel;       // the one that is being searched
    int16_t *line, *side, *run;
    uint8_t *best, *other;  // strengths
};

// What is darker than the sky on both sides by this many levels, at this many pixels from its middle.
struct contrast {
    int distance[2], levels[2];
};
static const struct contrast dark = {{2, 4}, {3, 7}}, bright = {{2, 4}, {9, 16}}; // cirrus is bright and thin, too
static const struct contrast post = {{3, 6}, {20, 30}}; // in the water; its waves are dark lines, too, but lie flat

static int rounded(float v) {
    return (int)floorf(v + .5f);
}

// Five pixels along the way `c`, `s`, summed.
static void sum_lines(const struct search *f, float c, float s) {
    int w = f->width, steps[5];
    for (int k = 0; k < 5; k++) steps[k] = rounded((float)(k - 2) * s) * w + rounded((float)(k - 2) * c);
    for (int y = 2; y < f->height - 2; y++) {
        const uint8_t *p = f->channel + (size_t)y * (size_t)w;
        int16_t *to = f->line + (size_t)y * (size_t)w;
        for (int x = 2; x < w - 2; x++)
            to[x] = (int16_t)(p[x + steps[0]] + p[x + steps[1]] + p[x + steps[2]] + p[x + steps[3]] + p[x + steps[4]]);
    }
}

static inline int16_t least(int16_t a, int16_t b) {
    return a < b ? a : b;
}
static inline int16_t most(int16_t a, int16_t b) {
    return a > b ? a : b;
}

// Lines in one orientation: three pieces in a row must each be darker than both sides. `best` takes the strongest.
static void find_lines(const struct search *f, float c, float s, int distance, int levels) {
    int w = f->width, across = rounded(c * (float)distance) * w - rounded(s * (float)distance);
    int along = rounded(s * STEP) * w + rounded(c * STEP);
    for (int y = 6; y < f->height - 6; y++) {
        const int16_t *p = f->line + (size_t)y * (size_t)w;
        int16_t *to = f->side + (size_t)y * (size_t)w;
        for (int x = 6; x < w - 6; x++) to[x] = (int16_t)(least(p[x + across], p[x - across]) - p[x]);
    }
    for (int y = 12; y < f->height - 12; y++) {
        const int16_t *p = f->side + (size_t)y * (size_t)w;
        int16_t *to = f->run + (size_t)y * (size_t)w;
        for (int x = 12; x < w - 12; x++) to[x] = least(p[x], least(p[x + along], p[x - along]));
    }
    for (int y = 18; y < f->height - 18; y++) {
        const int16_t *p = f->run + (size_t)y * (size_t)w;
        uint8_t *to = f->best + (size_t)y * (size_t)w;
        for (int x = 18; x < w - 18; x++) {
            int strength = most(p[x], most(p[x + along], p[x - along])) * ONE / (5 * levels);
            strength = strength < 0 ? 0 : strength > 255 ? 255 : strength;
            to[x] = strength > to[x] ? (uint8_t)strength : to[x];
        }
    }
}

static void search(const struct search *f, const struct contrast *contrast, int first_way, int last_way) {
    memset(f->best, 0, (size_t)f->width * (size_t)f->height);
    for (int way = first_way; way <= last_way; way++) {
        float turn = ENL_PI * ((float)way + .1f) / WAYS; // aside of where rounding would depend on the last bit
        float c = cosf(turn), s = sinf(turn);
        sum_lines(f, c, s);
        for (int k = 0; k < 2; k++) find_lines(f, c, s, contrast->distance[k], contrast->levels[k]);
    }
}

enum channel { VALUE, BLUE, BLUISH, UNWHITE }; // the last: what is bright in all colours comes out dark

static uint8_t read_channel(const uint8_t *rgb, enum channel channel) {
    int highest = rgb[0] > rgb[1] ? rgb[0] : rgb[1], lowest = rgb[0] < rgb[1] ? rgb[0] : rgb[1];
    switch (channel) {
    case VALUE:
        return (uint8_t)(highest > rgb[2] ? highest : rgb[2]);
    case BLUE:
        return rgb[2];
    case BLUISH:
        return (uint8_t)((rgb[2] + (54 * rgb[0] + 183 * rgb[1] + 19 * rgb[2]) / 256) / 2);
    default:
        return (uint8_t)(255 - (lowest < rgb[2] ? lowest : rgb[2]));
    }
}

// The channel with its edge carried on into the padding.
static void fill_channel(const struct search *f, const struct enl_picture *small, enum channel channel) {
    for (int y = 0; y < f->height; y++)
        for (int x = 0; x < f->width; x++) {
            int from_x = enl_clampi(x - PAD, 0, small->width - 1), from_y = enl_clampi(y - PAD, 0, small->height - 1);
            const uint8_t *rgb = small->data + 3 * ((size_t)from_y * (size_t)small->width + (size_t)from_x);
            f->channel[y * f->width + x] = read_channel(rgb, channel);
        }
}

// How surely each pixel belongs to a thin thing, into `other`. Yellow stalks are as bright as a blue sky, but lack its
// blue; orange clouds lack it too, but are brighter for it.
static void find_all(const struct search *f, const struct enl_picture *small) {
    size_t n = (size_t)f->width * (size_t)f->height;
    fill_channel(f, small, BLUE);
    search(f, &dark, 0, WAYS - 1);
    memcpy(f->other, f->best, n);
    fill_channel(f, small, BLUISH);
    search(f, &dark, 0, WAYS - 1);
    for (size_t i = 0; i < n; i++) f->other[i] = f->best[i] < f->other[i] ? f->best[i] : f->other[i];
    fill_channel(f, small, VALUE);
    search(f, &dark, 0, WAYS - 1);
    for (size_t i = 0; i < n; i++) f->other[i] = f->best[i] > f->other[i] ? f->best[i] : f->other[i];
    fill_channel(f, small, UNWHITE);
    search(f, &bright, 0, WAYS - 1);
    // However bright, it must hang on something.
    for (size_t i = 0; i < n; i++) {
        uint8_t white = f->best[i] < STRONG ? f->best[i] : STRONG - 1;
        f->other[i] = white > f->other[i] ? white : f->other[i];
    }
}

// What stands upright in the water: posts, masts, reeds.
static void find_posts(const struct search *f, const struct enl_picture *small) {
    fill_channel(f, small, VALUE);
    search(f, &post, WAYS / 2 - 1, WAYS / 2 + 1);
    memcpy(f->other, f->best, (size_t)f->width * (size_t)f->height);
}

// Whether no sky lies within three pixels.
static bool hangs(const struct enl_plane *share, int x, int y) {
    for (int j = y - 3; j <= y + 3; j++)
        for (int i = x - 3; i <= x + 3; i++)
            if (i >= 0 && j >= 0 && i < share->width && j < share->height && share->data[j * share->width + i] < .5f)
                return true;
    return false;
}

// Whether the sky is all dark and bright.
static bool is_stormy(const struct enl_picture *small, const struct enl_plane *share) {
    double sum = 1e-6, one = 0, two = 0;
    for (size_t i = 0; i < (size_t)small->width * (size_t)small->height; i++) {
        double green = small->data[3 * i + 1];
        if (share->data[i] > .8f) sum++, one += green, two += green * green;
    }
    return two / sum - one * one / (sum * sum) > STORMY * STORMY;
}

enum where { CALM_SKY, STORMY_SKY, WATER };

// The lines that hang on the ground, on the picture's edge or are strong, in water all, followed as far as they go.
// `share` becomes how much the sky or the water stands still.
static bool follow(const struct search *f, enum where where, struct enl_plane *share, struct enl_error *error) {
    int w = share->width, h = share->height, count = 0;
    int *queue = enl_alloc((size_t)w * (size_t)h, sizeof *queue, error);
    uint8_t *taken = queue ? enl_alloc((size_t)w * (size_t)h, 1, error) : NULL;
    for (int n = 0; taken && n < w * h; n++) {
        int x = n % w, y = n / w, strength = f->other[(y + PAD) * f->width + x + PAD];
        bool rim = x == RIM || y == RIM || x == w - 1 - RIM || y == h - 1 - RIM;
        bool alone = where == WATER ||
                     (where == CALM_SKY && (strength >= STRONG || (rim && strength >= 2 * ONE)));
        if (strength >= ONE && (alone || hangs(share, x, y))) taken[n] = 1, queue[count++] = n;
    }
    for (int k = 0; taken && k < count; k++) {
        int x = queue[k] % w, y = queue[k] / w;
        for (int j = y - 2; j <= y + 2; j++)
            for (int i = x - 2; i <= x + 2; i++) {
                if (i < 0 || j < 0 || i >= w || j >= h || taken[j * w + i]) continue;
                if (f->other[(j + PAD) * f->width + i + PAD] < GOES_ON) continue;
                taken[j * w + i] = 1, queue[count++] = j * w + i;
            }
    }
    if (taken) memset(share->data, 0, (size_t)w * (size_t)h * sizeof *share->data);
    for (int k = 0; taken && k < count; k++) {
        int x = queue[k] % w, y = queue[k] / w;
        for (int j = y - COVER; j <= y + COVER; j++)
            for (int i = x - COVER; i <= x + COVER; i++)
                if (i >= 0 && j >= 0 && i < w && j < h && (i - x) * (i - x) + (j - y) * (j - y) <= COVER * COVER)
                    share->data[j * w + i] = 1;
    }
    bool done = taken && (!count || enl_plane_blur(share, 1, error));
    enl_release(queue);
    enl_release(taken);
    return done;
}

// Takes what stands still out of the matte.
static void hold(struct enl_picture *matte, const struct enl_plane *still) {
    float sx = (float)still->width / (float)matte->width, sy = (float)still->height / (float)matte->height;
    for (int y = 0; y < matte->height; y++) {
        uint8_t *row = matte->data + (size_t)y * (size_t)matte->width;
        for (int x = 0; x < matte->width; x++) {
            if (!row[x]) continue;
            float held = enl_plane_at(still, ((float)x + .5f) * sx - .5f, ((float)y + .5f) * sy - .5f);
            if (held > 0) row[x] = (uint8_t)((float)row[x] * (1 - enl_smoothstep(.1f, .7f, held)) + .5f);
        }
    }
}

static bool search_new(struct search *f, int width, int height, struct enl_error *error) {
    size_t n = (size_t)width * (size_t)height;
    *f = (struct search){.width = width, .height = height};
    f->channel = enl_alloc(n, 1, error);
    f->best = f->channel ? enl_alloc(n, 1, error) : NULL;
    f->other = f->best ? enl_alloc(n, 1, error) : NULL;
    f->line = f->other ? enl_alloc(n, sizeof *f->line, error) : NULL;
    f->side = f->line ? enl_alloc(n, sizeof *f->side, error) : NULL;
    f->run = f->side ? enl_alloc(n, sizeof *f->run, error) : NULL;
    return f->run != NULL;
}

static void search_free(struct search *f) {
    enl_release(f->channel);
    enl_release(f->best);
    enl_release(f->other);
    enl_release(f->line);
    enl_release(f->side);
    enl_release(f->run);
}

static bool any_of_it(const struct enl_picture *matte) {
    for (size_t i = 0; i < (size_t)matte->width * (size_t)matte->height; i++)
        if (matte->data[i] > 127) return true;
    return false;
}

bool enl_hold_thin(struct enl_picture *matte, const struct enl_picture *guide, bool water, struct enl_error *error) {
    int longest = guide->width > guide->height ? guide->width : guide->height;
    float scale = (float)LONG_SIDE / (float)longest;
    int width = enl_clampi(rounded((float)guide->width * scale), 1, LONG_SIDE);
    int height = enl_clampi(rounded((float)guide->height * scale), 1, LONG_SIDE);
    if (!any_of_it(matte)) return true;
    struct search f = {0};
    struct enl_picture *small = enl_picture_resize(guide, width, height, error);
    struct enl_picture *coarse = small ? enl_picture_resize(matte, width, height, error) : NULL;
    struct enl_plane *share = coarse ? enl_plane_from_mask(coarse, error) : NULL;
    enl_picture_free(&coarse);
    bool done = share && search_new(&f, width + 2 * PAD, height + 2 * PAD, error);
    if (done) {
        enum where where = water ? WATER : is_stormy(small, share) ? STORMY_SKY : CALM_SKY;
        (water ? find_posts : find_all)(&f, small);
        done = follow(&f, where, share, error);
    }
    if (done) hold(matte, share);
    search_free(&f);
    enl_plane_free(&share);
    enl_picture_free(&small);
    return done;
}
