// SPDX-License-Identifier: MIT
// Rain: three sheets of streaks, each as far away as its drops are long. A drop falls some 8 m/s and is seen for
// 1/60 s, which makes a streak; it shows the light of the whole sky, thinly (Garg and Nayar, "Vision and Rain", 2007:
// what is behind dims by the share of the exposure, and the sky's light is added in that share).
#include "motion/weather.h"

#include <string.h>

#define SHEETS 3
#define PAD ENL_TILE // columns repeated, so that a row of a tile never wraps

struct sheet {
    int width, height; // powers of two, pixels
    float fall, drift; // pixels a second
    float behind;      // how much of it is hidden by what is near, 0..1
    float strength;
    uint8_t *streaks; // height rows of width + PAD
};

struct rain {
    struct enl_weather weather;
    float light[3]; // in the streaks
    struct sheet sheets[SHEETS];
};

static const struct {
    int width, height;
    float length, thickness, fall, strength, behind;
    float count; // per million pixels of a story
} kinds[SHEETS] = {{512, 512, 30, 1.1f, 1500, .42f, 1, 1300},
                   {512, 1024, 78, 1.5f, 2700, .40f, .5f, 330},
                   {1024, 1024, 170, 2.3f, 4300, .30f, 0, 60}};

// One streak, thin and soft at both ends, around the sheet's edges.
static void draw_streak(struct sheet *sheet, float x, float y, float length, float thickness, float slant,
                        float strength) {
    for (int j = 0; j < (int)length; j++) {
        float along = ((float)j + .5f) / length, middle = x + slant * (float)j;
        float tone = strength * enl_smoothstep(0, .3f, along) * enl_smoothstep(0, .25f, 1 - along);
        int row = ((int)y + j) & (sheet->height - 1);
        for (int i = (int)floorf(middle - thickness); i <= (int)(middle + thickness) + 1; i++) {
            float cover = enl_clampf(.5f * thickness + .5f - fabsf((float)i - middle), 0, 1);
            uint8_t *p = sheet->streaks + (size_t)row * (size_t)(sheet->width + PAD) + (i & (sheet->width - 1));
            *p = (uint8_t)enl_clampf((float)*p + 255 * tone * cover, 0, 255);
        }
    }
}

static bool fill_sheet(struct rain *s, int k, struct enl_random *random, struct enl_error *error) {
    struct sheet *sheet = &s->sheets[k];
    float scale = s->weather.scale, size = (float)(kinds[k].width * kinds[k].height) * 1e-6f / (scale * scale);
    *sheet = (struct sheet){.width = kinds[k].width,
                            .height = kinds[k].height,
                            .strength = kinds[k].strength,
                            .behind = kinds[k].behind,
                            .fall = kinds[k].fall * scale * s->weather.speed};
    sheet->drift = sheet->fall * s->weather.wind_x;
    sheet->streaks = enl_alloc((size_t)(sheet->width + PAD) * (size_t)sheet->height, 1, error);
    if (!sheet->streaks) return false;
    int count = (int)(kinds[k].count * size * fminf(s->weather.amount, 3));
    count = enl_clampi(count, 1, sheet->width * sheet->height / 60);
    for (int i = 0; i < count; i++) {
        float x = enl_random_unit(random) * (float)sheet->width, y = enl_random_unit(random) * (float)sheet->height;
        float length = fmaxf(3, kinds[k].length * scale * (.6f + .8f * enl_random_unit(random)));
        float thickness = fmaxf(.8f, kinds[k].thickness * scale * (.7f + .6f * enl_random_unit(random)));
        float slant = s->weather.wind_x + .015f * enl_random_normal(random);
        draw_streak(sheet, x, y, length, thickness, slant, .35f + .65f * enl_random_unit(random));
    }
    for (int y = 0; y < sheet->height; y++) {
        uint8_t *row = sheet->streaks + (size_t)y * (size_t)(sheet->width + PAD);
        for (int x = 0; x < PAD; x++) row[sheet->width + x] = row[x];
    }
    return true;
}

static bool prepare(const struct enl_stage *stage, const struct enl_motion *motion, struct enl_field *field,
                    void **ret_state, struct enl_error *error) {
    struct rain *s = enl_alloc(1, sizeof *s, error);
    if (!(*ret_state = s)) return false;
    enl_weather_fill(&s->weather, stage, motion);
    s->weather.dim = .16f, s->weather.grey = .38f, s->weather.veil = .42f;
    float *air = s->weather.air;
    // Brighter than what is mostly behind it, and still of this evening.
    for (int c = 0; c < 3; c++) s->light[c] = fminf(1, .03f + 1.25f * air[c] + .02f * (float)c);
    struct enl_random random = {enl_mix(stage->seed + 61)};
    for (int k = 0; k < SHEETS; k++)
        if (!fill_sheet(s, k, &random, error)) return false;
    enl_shade_all(field);
    return true;
}

// Adds a sheet's streaks to the tile's share of rain; its near side hides nothing, its far side is hidden.
ENL_CLONES static void add_streaks(const uint8_t *restrict streaks, float strength, float behind,
                                   const float *restrict near, float *restrict share) {
    for (int i = 0; i < ENL_TILE_PIXELS; i++)
        share[i] += strength * (1 - behind * near[i]) * ((float)streaks[i] * (1 / 255.0f));
}

static void add_sheet(const struct sheet *sheet, int x, int y, float strength, const float *near, float *share) {
    uint8_t streaks[ENL_TILE_PIXELS];
    const uint8_t *column = sheet->streaks + (x & (sheet->width - 1));
    for (int j = 0; j < ENL_TILE; j++)
        memcpy(streaks + j * ENL_TILE, column + (size_t)((y + j) & (sheet->height - 1)) * (size_t)(sheet->width + PAD),
               ENL_TILE);
    add_streaks(streaks, strength, sheet->behind, near, share);
}

static void shade(const void *state, double t, struct enl_tile *tile) {
    const struct rain *s = state;
    float near[ENL_TILE_PIXELS], share[ENL_TILE_PIXELS] = {0}, ease = enl_weather_ease(&s->weather, t);
    if (ease <= 0) return;
    enl_weather_cover(&s->weather, ease, tile, near);
    for (int k = 0; k < SHEETS; k++) {
        const struct sheet *sheet = &s->sheets[k];
        // Whole pixels: at this speed no eye sees the difference.
        int fallen = (int)floor((double)sheet->fall * t), driven = (int)floor((double)sheet->drift * t);
        add_sheet(sheet, tile->x - driven, tile->y - fallen, ease * sheet->strength, near, share);
    }
    enl_tile_blend(tile, share, s->light);
}

static void release(void *state) {
    struct rain *s = state;
    for (int k = 0; s && k < SHEETS; k++) enl_release(s->sheets[k].streaks);
    enl_release(s);
}

const struct enl_motion_info enl_motion_rain = {
    .kind = {.name = "rain", .help = "it rains", .region = ENL_ELEMENTS, .direction = 285, .speed = 1, .amount = 1},
    .layer = ENL_LAYER_AIR,
    .prepare = prepare,
    .shade = shade,
    .release = release};
