// SPDX-License-Identifier: MIT
#include "motion/shade.h"

#include "base/plane.h"
#include "base/srgb.h"

#include <string.h>

double enl_shade_ease(const struct enl_stage *stage, double start, double ramp, double t) {
    if (!stage->loop) return enl_ease(t, start, ramp);
    ramp = fmin(ramp, .45 * stage->seconds);
    return enl_ease(t, 0, ramp) * enl_ease(stage->seconds - t, 0, ramp);
}

void enl_shade_all(struct enl_field *field) {
    for (int n = 0; n < field->columns * field->rows; n++) field->support[n] = 1;
}

ENL_CLONES static void to_share(const uint8_t *restrict bytes, float *restrict out) {
    for (int i = 0; i < ENL_TILE_PIXELS; i++) out[i] = (float)bytes[i] * (1 / 255.0f);
}

// Without a camera the tile's pixels are the matte's.
static void copy_matte(const struct enl_tile *tile, const struct enl_picture *matte, float *out) {
    uint8_t bytes[ENL_TILE_PIXELS];
    for (int j = 0; j < ENL_TILE; j++) {
        int y = tile->y + j < matte->height ? tile->y + j : matte->height - 1;
        memcpy(bytes + j * ENL_TILE, matte->data + (size_t)y * (size_t)matte->width + tile->x, ENL_TILE);
    }
    to_share(bytes, out);
}

void enl_tile_matte(const struct enl_tile *tile, const struct enl_picture *matte, float none,
                    float out[ENL_TILE_PIXELS]) {
    for (int i = 0; !matte && i < ENL_TILE_PIXELS; i++) out[i] = none;
    if (!matte) return;
    bool still = tile->u == (float)tile->x && tile->v == (float)tile->y && tile->du == 1 && tile->dv == 1;
    if (still && tile->x + ENL_TILE <= matte->width) {
        copy_matte(tile, matte, out);
        return;
    }
    for (int j = 0; j < ENL_TILE; j++) {
        float y = enl_clampf(tile->v + tile->dv * (float)j, 0, (float)(matte->height - 1));
        int iy = (int)y, down = iy + 1 < matte->height ? matte->width : 0;
        const uint8_t *row = matte->data + (size_t)iy * (size_t)matte->width;
        float below = (y - (float)iy) * (1 / 255.0f), above = (1 / 255.0f) - below;
        for (int i = 0; i < ENL_TILE; i++) {
            float x = enl_clampf(tile->u + tile->du * (float)i, 0, (float)(matte->width - 1));
            int ix = (int)x, right = ix + 1 < matte->width;
            const uint8_t *p = row + ix;
            out[j * ENL_TILE + i] = enl_mixf((float)p[0] * above + (float)p[down] * below,
                                             (float)p[right] * above + (float)p[down + right] * below, x - (float)ix);
        }
    }
}

void enl_tile_spread(const float *nodes, int step, float out[ENL_TILE_PIXELS]) {
    int across = ENL_TILE / step + 1;
    float part = 1 / (float)step, line[ENL_TILE + 1];
    for (int j = 0; j < ENL_TILE; j++) {
        const float *above = nodes + j / step * across;
        float v = (float)(j % step) * part;
        for (int k = 0; k < across; k++) line[k] = enl_mixf(above[k], above[across + k], v);
        for (int k = 0; k + 1 < across; k++)
            for (int i = 0; i < step; i++)
                out[j * ENL_TILE + k * step + i] = line[k] + (line[k + 1] - line[k]) * ((float)i * part);
    }
}

ENL_CLONES static void blend(struct enl_tile *restrict tile, const float *restrict share, const float *colour) {
    for (int c = 0; c < 3; c++) {
        const float to = colour[c];
        for (int i = 0; i < ENL_TILE_PIXELS; i++) tile->light[c][i] += share[i] * (to - tile->light[c][i]);
    }
}
void enl_tile_blend(struct enl_tile *tile, const float share[ENL_TILE_PIXELS], const float colour[3]) {
    blend(tile, share, colour);
}

void enl_mean_light(const struct enl_picture *picture, const struct enl_picture *matte, float top, float bottom,
                    float ret[3]) {
    double sum[3] = {0}, weight = 1e-6;
    for (int y = (int)(top * (float)picture->height); y < (int)(bottom * (float)picture->height); y += 3)
        for (int x = 0; x < picture->width; x += 3) {
            size_t i = (size_t)y * (size_t)picture->width + (size_t)x;
            double w = matte ? matte->data[i] / 255.0 : 1;
            for (int c = 0; c < 3; c++) sum[c] += w * (double)enl_linear_of_srgb[picture->data[3 * i + (size_t)c]];
            weight += w;
        }
    for (int c = 0; c < 3; c++) ret[c] = (float)(sum[c] / weight);
}

void enl_light_above(const struct enl_stage *stage, float ret[3]) {
    const struct enl_picture *sky = stage->scene->share[ENL_SKY] > .02f ? enl_sure_matte(stage, ENL_SKY) : NULL;
    enl_mean_light(stage->picture, sky, 0, sky ? 1 : .5f, ret);
}

struct enl_plane *enl_luminance_plane(const struct enl_picture *picture, struct enl_error *error) {
    struct enl_plane *plane = enl_plane_new(picture->width, picture->height, error);
    const uint8_t *p = picture->data;
    for (int i = 0; plane && i < picture->width * picture->height; i++, p += 3)
        plane->data[i] = enl_luminance(enl_linear_of_srgb[p[0]], enl_linear_of_srgb[p[1]], enl_linear_of_srgb[p[2]]);
    return plane;
}

void enl_mist_fill(struct enl_mist *mist, uint64_t seed) {
    struct enl_random random = {enl_mix(seed)};
    for (int j = 0; j < ENL_MIST; j++)
        for (int i = 0; i < ENL_MIST; i++) mist->at[j][i] = enl_random_unit(&random);
}

float enl_mist_at(const struct enl_mist *mist, float x, float y) {
    int left = (int)x - (x < 0), top = (int)y - (y < 0); // floorf is a call where there is no SSE4
    float u = x - (float)left, v = y - (float)top;
    int i = left & (ENL_MIST - 1), j = top & (ENL_MIST - 1), right = (i + 1) & (ENL_MIST - 1),
        down = (j + 1) & (ENL_MIST - 1);
    u = u * u * (3 - 2 * u), v = v * v * (3 - 2 * v);
    return enl_mixf(enl_mixf(mist->at[j][i], mist->at[j][right], u),
                    enl_mixf(mist->at[down][i], mist->at[down][right], u), v);
}

float enl_mist_octaves(const struct enl_mist *mist, float x, float y, int octaves) {
    float sum = 0, weight = 1, total = 0;
    for (int k = 0; k < octaves; k++) {
        sum += weight * enl_mist_at(mist, x, y);
        total += weight;
        weight *= .5f;
        x = 1.92f * x + .37f * y + 17.3f, y = 1.92f * y - .37f * x + 5.1f; // turned, so that the lattice is not seen
    }
    return sum / total;
}
