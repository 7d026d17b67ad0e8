// SPDX-License-Identifier: MIT
#include "render/plates.h"

// 1 where the matte and all within `radius` of it are beyond the level: there its colours are its own.
static uint8_t *surely(const struct enl_picture *matte, bool over, int level, int radius, struct enl_error *error) {
    int w = matte->width, h = matte->height;
    uint8_t *row = enl_alloc((size_t)w * (size_t)h, 1, error),
            *out = row ? enl_alloc((size_t)w * (size_t)h, 1, error) : NULL;
    for (int y = 0; out && y < h; y++) { // along rows: how many good pixels end here
        int run = radius;
        for (int x = 0; x < w + radius; x++) {
            if (x < w) run = (over ? matte->data[y * w + x] >= level : matte->data[y * w + x] <= level) ? run + 1 : 0;
            else run++;
            if (x >= radius) row[y * w + x - radius] = run > 2 * radius;
        }
    }
    for (int x = 0; out && x < w; x++) {
        int run = radius;
        for (int y = 0; y < h + radius; y++) {
            run = y >= h || row[y * w + x] ? run + 1 : 0;
            if (y >= radius) out[(y - radius) * w + x] = run > 2 * radius;
        }
    }
    enl_release(row);
    return out;
}

static bool any(const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (bytes[i]) return true;
    return false;
}

// A pixel is seen as share * sky + (1 - share) * foreground, and no foreground is darker than black or brighter than
// white. Where the filled sky would make it so, the sky is what gives way.
static void keep_possible(struct enl_plate *sky, const struct enl_plate *photo, const struct enl_picture *matte) {
    for (size_t i = 0; i < (size_t)photo->width * (size_t)photo->height; i++) {
        int share = matte->data[i];
        if (share <= 5) continue;
        for (size_t c = 4 * i; c < 4 * i + 3; c++) {
            int least = (255 * photo->data[c] - (255 - share) * ENL_PLATE_ONE) / share,
                most = (255 * photo->data[c] + share - 1) / share;
            sky->data[c] = (int16_t)enl_clampi(sky->data[c], enl_clampi(least, 0, ENL_PLATE_ONE),
                                               enl_clampi(most, 0, ENL_PLATE_ONE));
        }
    }
}

static bool make_far(struct enl_plates *plates, const struct enl_stage *stage, struct enl_error *error) {
    struct enl_plate *photo = enl_plate_from_picture(stage->picture, NULL, error);
    uint8_t *known = photo ? surely(stage->matte[ENL_SKY], true, 245, 2, error) : NULL;
    bool done = known != NULL;
    // A sky with no sure pixel in it stays as it is.
    if (done && any(known, (size_t)photo->width * (size_t)photo->height))
        done = (plates->far = enl_plate_fill(photo, known, error)) != NULL;
    else if (done) plates->far = photo, photo = NULL;
    if (done && photo) keep_possible(plates->far, photo, stage->matte[ENL_SKY]);
    enl_release(known);
    enl_plate_free(&photo);
    return done;
}

static bool make_near(struct enl_plates *plates, const struct enl_stage *stage, struct enl_error *error) {
    const struct enl_picture *person = stage->matte[ENL_PERSON];
    plates->near = enl_plate_from_picture(stage->picture, person, error);
    uint8_t *known = plates->near ? surely(person, false, 8, 3, error) : NULL;
    struct enl_plate *filled = NULL;
    bool done = known != NULL;
    if (done && any(known, (size_t)person->width * (size_t)person->height)) {
        done = (filled = enl_plate_fill(plates->middle, known, error)) != NULL;
        enl_plate_free(&plates->middle);
        plates->middle = filled;
        // Where the plates differ there is a person, if only a trace; elsewhere the kernel takes them for the same.
        for (size_t i = 0; done && i < (size_t)person->width * (size_t)person->height; i++)
            if (!known[i] && plates->near->data[4 * i + 3] < ENL_PLATE_ONE / 255)
                plates->near->data[4 * i + 3] = ENL_PLATE_ONE / 255;
    }
    enl_release(known);
    return done;
}

// What must stay shows no sky drifting, not even what was filled in behind a person.
static void hold_sky(struct enl_plate *middle, const struct enl_picture *freeze) {
    for (size_t i = 0; i < (size_t)freeze->width * (size_t)freeze->height; i++)
        middle->data[4 * i + 3] = (int16_t)(middle->data[4 * i + 3] * (255 - freeze->data[i]) / 255);
}

bool enl_plates_make(struct enl_plates *plates, const struct enl_stage *stage, bool sky_moves, bool person_moves,
                     bool two_phases, struct enl_error *error) {
    *plates = (struct enl_plates){0};
    sky_moves = sky_moves && stage->matte[ENL_SKY];
    plates->middle = enl_plate_from_picture(stage->picture, sky_moves ? stage->matte[ENL_SKY] : NULL, error);
    bool done = plates->middle != NULL;
    if (done && sky_moves) done = make_far(plates, stage, error);
    if (done && person_moves && stage->matte[ENL_PERSON]) done = make_near(plates, stage, error);
    if (done && stage->freeze && plates->near) hold_sky(plates->middle, stage->freeze);
    if (done && plates->far) done = (plates->sky = enl_plate_kinds(plates->middle, error)) != NULL;
    if (done && plates->near) done = (plates->person = enl_plate_kinds(plates->near, error)) != NULL;
    if (done && two_phases) {
        done = (plates->middle_coarse = enl_plate_coarse(plates->middle, error)) != NULL;
        if (done && plates->far) done = (plates->far_coarse = enl_plate_coarse(plates->far, error)) != NULL;
    }
    return done;
}

void enl_plates_free(struct enl_plates *plates) {
    enl_plate_free(&plates->near);
    enl_plate_free(&plates->middle);
    enl_plate_free(&plates->far);
    enl_plate_free(&plates->middle_coarse);
    enl_plate_free(&plates->far_coarse);
    enl_release(plates->person);
    enl_release(plates->sky);
}
