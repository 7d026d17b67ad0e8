// SPDX-License-Identifier: MIT
// From a sign of water to its surface: what begins right under the line, and what goes on from there without an edge.
#include "scene/water.h"

// How far a pixel's colour is from the one that it mirrors, give or take a few pixels of ripple.
static float mirror_distance(const struct enl_regions *regions, int row, int x, int y) {
    int width = regions->width, over = 2 * row - 1 - y, p = y * width + x;
    float least = 1e6f;
    for (int dy = -3; dy <= 3; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
            int q = enl_clampi(over + dy, 0, row - 1) * width + enl_clampi(x + dx, 0, width - 1);
            float dl = regions->light->data[p] - regions->light->data[q];
            float da = regions->a->data[p] - regions->a->data[q], db = regions->b->data[p] - regions->b->data[q];
            dl *= dl < 0 ? .4f : 1; // water is darker than what it shows
            least = fminf(least, dl * dl + .6f * (da * da + db * db));
        }
    }
    return sqrtf(least);
}

// Regions that look like what stands over them upside down.
static void plant_mirrored(const struct enl_regions *regions, const struct enl_water_sign *sign,
                           const uint8_t *closed, struct enl_contact *contacts, uint8_t *water) {
    for (int i = 0; i < regions->count; i++) {
        contacts[i] = (struct enl_contact){0}; // borrowed: whole counts pixels, contrast sums distances
    }
    for (int y = sign->row; y < regions->height; y++) {
        for (int x = 0; x < regions->width; x++) {
            struct enl_contact *sum = &contacts[regions->label[y * regions->width + x]];
            sum->whole++;
            sum->contrast += mirror_distance(regions, sign->row, x, y);
        }
    }
    for (int i = 0; i < regions->count; i++) {
        const struct enl_region *region = &regions->list[i];
        bool under = contacts[i].whole * 4 > region->area;
        bool beside = region->x < (float)sign->left || region->x > (float)sign->right;
        float most = beside ? 7 : 15;
        water[i] = under && !closed[i] && contacts[i].contrast < most * (float)contacts[i].whole;
    }
}

// Regions that lie under the line and fill part of the strip that the sign spoke of.
static void plant(const struct enl_regions *regions, const struct enl_water_sign *sign, const uint8_t *closed,
                  uint8_t *water) {
    for (int y = sign->row + 3; y < sign->row + sign->depth && y < regions->height; y++) {
        for (int x = sign->left; x <= sign->right; x++) {
            int i = regions->label[y * regions->width + x];
            const struct enl_region *region = &regions->list[i];
            bool under = region->top >= sign->row - 6 && region->y > (float)sign->row;
            water[i] |= under && !closed[i] && region->texture < 9;
        }
    }
}

static float nearest_colour(const struct enl_regions *regions, const uint8_t *water, const struct enl_region *region) {
    float least = 1e6f;
    for (int i = 0; i < regions->count; i++) {
        if (water[i] == 1) {
            const struct enl_region *other = &regions->list[i];
            float dl = (region->light - other->light) * .6f, da = region->a - other->a, db = region->b - other->b;
            least = fminf(least, dl * dl + da * da + db * db);
        }
    }
    return sqrtf(least);
}

// 2 marks what joins after this round.
static bool grow_once(const struct enl_regions *regions, const struct enl_water_sign *sign, const uint8_t *closed,
                      struct enl_contact *contacts, uint8_t *water) {
    enl_regions_contact(regions, water, contacts);
    bool grew = false;
    for (int i = 0; i < regions->count; i++) {
        const struct enl_region *region = &regions->list[i];
        const struct enl_contact *contact = &contacts[i];
        if (water[i] || closed[i] || contact->length < 8 || region->top < sign->row - 2) {
            continue;
        }
        float share = (float)contact->length / (float)contact->whole;
        float level = (region->down + .15f) / (region->down + region->across + .3f);
        float reach = 1 - .05f * nearest_colour(regions, water, region) - .03f * contact->contrast +
                      .5f * (share - .3f) + .8f * (level - .5f) - .08f * fmaxf(region->texture - 4, 0);
        water[i] = reach > .5f ? 2 : 0;
        grew |= water[i] == 2;
    }
    for (int i = 0; i < regions->count; i++) {
        water[i] = water[i] != 0;
    }
    return grew;
}

void enl_water_grow(const struct enl_regions *regions, const struct enl_water_sign *sign, const uint8_t *closed,
                    struct enl_contact *contacts, uint8_t *water) {
    if (sign->mirror) {
        plant_mirrored(regions, sign, closed, contacts, water);
    } else {
        plant(regions, sign, closed, water);
    }
    for (int i = 0; i < 16 && grow_once(regions, sign, closed, contacts, water); i++) {
    }
}
