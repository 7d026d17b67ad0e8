// SPDX-License-Identifier: MIT
// Regions: pixels that belong together.
#include "scene/features.h"

#include <string.h>

#define LONG_SIDE 320
#define BUCKETS 2048      // edge weights are sorted by counting; a bucket is BUCKET_STEP wide
#define BUCKET_STEP .05f
#define SCALE 80.f        // k of the paper, in L*a*b* units: larger gives larger regions
#define APART 3           // pixels that count as touching: edges are soft and wires thin
#define SMALLEST 24       // regions below this many pixels join their nearest neighbour

struct joint {
    int from;
    uint16_t weight; // in buckets
    uint8_t down;    // 0: to the right, 1: downwards
};

static int find_root(int *parent, int i) {
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

static float colour_distance(const struct enl_regions *regions, int p, int q) {
    float dl = regions->light->data[p] - regions->light->data[q];
    float da = regions->a->data[p] - regions->a->data[q];
    float db = regions->b->data[p] - regions->b->data[q];
    return sqrtf(dl * dl + da * da + db * db);
}

// All 4-neighbour joints, the most alike first (a counting sort).
static struct joint *sorted_joints(const struct enl_regions *regions, int *ret_count, struct enl_error *error) {
    int width = regions->width, height = regions->height;
    int count = (width - 1) * height + width * (height - 1);
    struct joint *raw = enl_alloc((size_t)count, sizeof *raw, error);
    struct joint *sorted = raw ? enl_alloc((size_t)count, sizeof *sorted, error) : NULL;
    if (!sorted) {
        enl_release(raw);
        return NULL;
    }
    int start[BUCKETS + 1] = {0};
    int n = 0;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            int p = y * width + x;
            for (int down = 0; down < 2; down++) {
                if (down ? y + 1 >= height : x + 1 >= width) {
                    continue;
                }
                float d = colour_distance(regions, p, down ? p + width : p + 1) / BUCKET_STEP;
                uint16_t weight = (uint16_t)(d < BUCKETS - 1 ? d : BUCKETS - 1);
                raw[n++] = (struct joint){p, weight, (uint8_t)down};
                start[weight + 1]++;
            }
        }
    }
    for (int i = 0; i < BUCKETS; i++) {
        start[i + 1] += start[i];
    }
    for (int i = 0; i < n; i++) {
        sorted[start[raw[i].weight]++] = raw[i];
    }
    enl_release(raw);
    *ret_count = n;
    return sorted;
}

static void join(int *parent, int *size, float *inside, int i, int j, float weight) {
    int keep = size[i] >= size[j] ? i : j, drop = keep == i ? j : i;
    parent[drop] = keep;
    size[keep] += size[drop];
    inside[keep] = weight;
}

// Labels 0..count-1 in reading order, so that the numbering depends on nothing but the picture.
static bool group(struct enl_regions *regions, struct enl_error *error) {
    int pixels = regions->width * regions->height, joints = 0;
    int *parent = enl_alloc((size_t)pixels, sizeof *parent, error);
    int *size = enl_alloc((size_t)pixels, sizeof *size, error);
    float *inside = enl_alloc((size_t)pixels, sizeof *inside, error);
    struct joint *sorted = parent && size && inside ? sorted_joints(regions, &joints, error) : NULL;
    if (sorted) {
        for (int i = 0; i < pixels; i++) {
            parent[i] = i;
            size[i] = 1;
        }
        for (int pass = 0; pass < 2; pass++) {
            for (int n = 0; n < joints; n++) {
                int p = sorted[n].from, q = sorted[n].down ? p + regions->width : p + 1;
                int i = find_root(parent, p), j = find_root(parent, q);
                if (i == j) {
                    continue;
                }
                float weight = (float)sorted[n].weight * BUCKET_STEP;
                // The paper's predicate: the joint is no wider than the difference inside both, given their size.
                float limit = fminf(inside[i] + SCALE / (float)size[i], inside[j] + SCALE / (float)size[j]);
                bool alike = weight <= limit;
                if (pass == 0 ? alike : size[i] < SMALLEST || size[j] < SMALLEST) {
                    join(parent, size, inside, i, j, weight);
                }
            }
        }
        for (int i = 0; i < pixels; i++) {
            regions->label[i] = -1;
        }
        for (int i = 0; i < pixels; i++) {
            int root = find_root(parent, i);
            if (regions->label[root] < 0) {
                // The root may come later in reading order: it holds the number for all of its members.
                regions->label[root] = regions->count++;
            }
            inside[i] = 0;
            size[i] = regions->label[root];
        }
        memcpy(regions->label, size, (size_t)pixels * sizeof *size);
    }
    enl_release(parent);
    enl_release(size);
    enl_release(inside);
    enl_release(sorted);
    return sorted != NULL;
}

static void add_pixel(const struct enl_regions *regions, int x, int y) {
    int width = regions->width, p = y * width + x;
    struct enl_region *region = &regions->list[regions->label[p]];
    float light = regions->light->data[p];
    if (!region->area) {
        region->left = region->right = x;
        region->top = y;
    }
    region->area++;
    region->left = x < region->left ? x : region->left;
    region->right = x > region->right ? x : region->right;
    region->bottom = y;
    region->x += (float)x;
    region->y += (float)y;
    region->light += light;
    region->spread += light * light;
    region->a += regions->a->data[p];
    region->b += regions->b->data[p];
    region->texture += regions->texture->data[p];
    region->edge += regions->edge->data[p];
    float right = x + 1 < width ? regions->light->data[p + 1] - light : 0;
    float down = y + 1 < regions->height ? regions->light->data[p + width] - light : 0;
    region->across += right * right;
    region->down += down * down;
    region->at_top += y == 0;
    region->at_side += x == 0 || x == width - 1;
}

static void measure(const struct enl_regions *regions) {
    for (int y = 0; y < regions->height; y++) {
        for (int x = 0; x < regions->width; x++) {
            add_pixel(regions, x, y);
        }
    }
    for (int i = 0; i < regions->count; i++) {
        struct enl_region *region = &regions->list[i];
        float one = 1.f / (float)region->area;
        region->x *= one;
        region->y *= one;
        region->light *= one;
        region->a *= one;
        region->b *= one;
        region->texture *= one;
        region->edge *= one;
        region->across *= one;
        region->down *= one;
        region->spread = sqrtf(fmaxf(region->spread * one - region->light * region->light, 0));
    }
}

struct enl_regions *enl_regions_new(const struct enl_view *view, struct enl_error *error) {
    struct enl_regions *regions = enl_alloc(1, sizeof *regions, error);
    if (!regions) {
        return NULL;
    }
    int width = view->picture->width, height = view->picture->height;
    int longest = width > height ? width : height;
    float shrink = longest > LONG_SIDE ? (float)LONG_SIDE / (float)longest : 1;
    regions->width = enl_clampi((int)lrintf((float)width * shrink), 1, LONG_SIDE);
    regions->height = enl_clampi((int)lrintf((float)height * shrink), 1, LONG_SIDE);
    const struct enl_plane *from[] = {view->light, view->a, view->b, view->texture, view->edge};
    struct enl_plane **to[] = {&regions->light, &regions->a, &regions->b, &regions->texture, &regions->edge};
    bool fine = true;
    for (int i = 0; i < 5 && fine; i++) {
        *to[i] = enl_plane_resize(from[i], regions->width, regions->height, error);
        fine = *to[i] != NULL;
    }
    regions->label = fine ? enl_alloc((size_t)regions->width * (size_t)regions->height, sizeof(int), error) : NULL;
    fine = regions->label && group(regions, error);
    regions->list = fine ? enl_alloc((size_t)regions->count, sizeof *regions->list, error) : NULL;
    if (!regions->list) {
        enl_regions_free(&regions);
        return NULL;
    }
    measure(regions);
    return regions;
}

void enl_regions_free(struct enl_regions **regions) {
    if (!*regions) {
        return;
    }
    struct enl_plane **planes[] = {&(*regions)->light, &(*regions)->a, &(*regions)->b, &(*regions)->texture,
                                   &(*regions)->edge};
    for (int i = 0; i < 5; i++) {
        enl_plane_free(planes[i]);
    }
    enl_release((*regions)->label);
    enl_release((*regions)->list);
    enl_release(*regions);
    *regions = NULL;
}

static void touch(const struct enl_regions *regions, const uint8_t *marked, struct enl_contact *contacts, int p, int q,
                  bool down) {
    int i = regions->label[p], j = regions->label[q];
    if (i == j) {
        return;
    }
    contacts[i].whole++;
    contacts[j].whole++;
    float d = marked[i] || marked[j] ? colour_distance(regions, p, q) : 0;
    float step = regions->light->data[q] - regions->light->data[p];
    if (marked[j]) {
        contacts[i].length++;
        contacts[i].below += down;
        contacts[i].contrast += d;
        contacts[i].step += step;
    }
    if (marked[i]) {
        contacts[j].length++;
        contacts[j].above += down;
        contacts[j].contrast += d;
        contacts[j].step -= step;
    }
}

void enl_regions_contact(const struct enl_regions *regions, const uint8_t *marked, struct enl_contact *ret_contacts) {
    int width = regions->width, height = regions->height;
    memset(ret_contacts, 0, (size_t)regions->count * sizeof *ret_contacts);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            int p = y * width + x;
            if (x + APART < width) {
                touch(regions, marked, ret_contacts, p, p + APART, false);
            }
            if (y + APART < height) {
                touch(regions, marked, ret_contacts, p, p + APART * width, true);
            }
        }
    }
    for (int i = 0; i < regions->count; i++) {
        float one = 1.f / (float)(ret_contacts[i].length > 0 ? ret_contacts[i].length : 1);
        ret_contacts[i].contrast *= one;
        ret_contacts[i].step *= one;
    }
}

struct enl_plane *enl_regions_paint(const struct enl_view *view, const float *values, struct enl_error *error) {
    const struct enl_regions *regions = view->regions;
    int width = view->picture->width, height = view->picture->height;
    struct enl_plane *plane = enl_plane_new(width, height, error);
    for (int y = 0; plane && y < height; y++) {
        const int *label = regions->label + (size_t)(y * regions->height / height) * (size_t)regions->width;
        float *row = plane->data + (size_t)y * (size_t)width;
        for (int x = 0; x < width; x++) {
            row[x] = values[label[x * regions->width / width]];
        }
    }
    return plane;
}
