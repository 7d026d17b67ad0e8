// SPDX-License-Identifier: MIT
// Colours: what a thing's pixels look like, as a few Gaussians.
#include "scene/features.h"

#include <string.h>

#define ROUNDS 8
#define LEAST_VARIANCE 4.f // two units of L*a*b* apart are hardly to be told apart

struct cluster {
    double n, sum[3], square[3];
};

static int nearest(const struct enl_colours *colours, const float colour[3]) {
    int best = 0;
    float least = 1e30f;
    for (int k = 0; k < colours->count; k++) {
        float d = 0;
        for (int c = 0; c < 3; c++) {
            d += (colour[c] - colours->mean[k][c]) * (colour[c] - colours->mean[k][c]);
        }
        if (d < least) {
            least = d;
            best = k;
        }
    }
    return best;
}

static void gather(struct cluster *clusters, const struct enl_colours *colours, const struct enl_regions *regions,
                   const uint8_t *marked, uint8_t value) {
    memset(clusters, 0, sizeof *clusters * ENL_MAX_COLOURS);
    int pixels = regions->width * regions->height;
    for (int p = 0; p < pixels; p++) {
        if (marked[regions->label[p]] != value) {
            continue;
        }
        float colour[3] = {regions->light->data[p], regions->a->data[p], regions->b->data[p]};
        struct cluster *cluster = &clusters[nearest(colours, colour)];
        cluster->n++;
        for (int c = 0; c < 3; c++) {
            cluster->sum[c] += (double)colour[c];
            cluster->square[c] += (double)colour[c] * (double)colour[c];
        }
    }
}

// Starts from the regions' mean colours: the largest first, then always the one that lies farthest from those taken,
// weighed by its size.
static void start(struct enl_colours *colours, int count, const struct enl_regions *regions, const uint8_t *marked,
                  uint8_t value) {
    colours->count = 0;
    while (colours->count < count) {
        int best = -1;
        float most = 0;
        for (int i = 0; i < regions->count; i++) {
            const struct enl_region *region = &regions->list[i];
            if (marked[i] != value) {
                continue;
            }
            float colour[3] = {region->light, region->a, region->b}, weight = sqrtf((float)region->area);
            if (colours->count) {
                const float *mean = colours->mean[nearest(colours, colour)];
                float d = hypotf(hypotf(colour[0] - mean[0], colour[1] - mean[1]), colour[2] - mean[2]);
                weight *= fmaxf(d - 2, 0);
            }
            if (weight > most) {
                most = weight;
                best = i;
            }
        }
        if (best < 0) {
            break;
        }
        float *mean = colours->mean[colours->count++];
        mean[0] = regions->list[best].light;
        mean[1] = regions->list[best].a;
        mean[2] = regions->list[best].b;
    }
}

void enl_colours_fit(struct enl_colours *ret_colours, int count, const struct enl_regions *regions,
                     const uint8_t *marked, uint8_t value) {
    struct cluster clusters[ENL_MAX_COLOURS];
    start(ret_colours, count < ENL_MAX_COLOURS ? count : ENL_MAX_COLOURS, regions, marked, value);
    double total = 0;
    for (int round = 0; round < ROUNDS; round++) {
        gather(clusters, ret_colours, regions, marked, value);
        total = 0;
        for (int k = 0; k < ret_colours->count; k++) {
            total += clusters[k].n;
            for (int c = 0; c < 3 && clusters[k].n > 0; c++) {
                ret_colours->mean[k][c] = (float)(clusters[k].sum[c] / clusters[k].n);
            }
        }
    }
    for (int k = 0; k < ret_colours->count; k++) {
        double n = clusters[k].n > 1 ? clusters[k].n : 1;
        ret_colours->cost[k] = -2 * logf((float)(n / (total > 1 ? total : 1)));
        for (int c = 0; c < 3; c++) {
            double mean = clusters[k].sum[c] / n;
            float variance = fmaxf((float)(clusters[k].square[c] / n - mean * mean), LEAST_VARIANCE);
            ret_colours->inverse[k][c] = 1 / variance;
            ret_colours->cost[k] += logf(variance);
        }
    }
}

float enl_colours_energy(const struct enl_colours *colours, float light, float a, float b) {
    float least = 1e6f;
    for (int k = 0; k < colours->count; k++) {
        float dl = light - colours->mean[k][0], da = a - colours->mean[k][1], db = b - colours->mean[k][2];
        const float *inverse = colours->inverse[k];
        least = fminf(least, dl * dl * inverse[0] + da * da * inverse[1] + db * db * inverse[2] + colours->cost[k]);
    }
    return least * .5f;
}
