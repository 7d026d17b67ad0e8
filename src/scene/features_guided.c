// SPDX-License-Identifier: MIT
// Smoothing that respects edges: the guided filter with a colour guide.
#include "scene/features.h"

enum { R, G, B, P, RR, RG, RB, GG, GB, BB, RP, GP, BP, SUMS };

// The window means of the colours, the plane and their products. False: no memory (some may be set).
static bool window_means(struct enl_plane *sums[SUMS], const struct enl_plane *plane, const struct enl_picture *guide,
                         int radius, struct enl_error *error) {
    for (int i = 0; i < SUMS; i++) {
        if (!(sums[i] = enl_plane_new(plane->width, plane->height, error))) {
            return false;
        }
    }
    size_t pixels = (size_t)plane->width * (size_t)plane->height;
    for (size_t i = 0; i < pixels; i++) {
        const uint8_t *pixel = guide->data + i * 3;
        float r = (float)pixel[0] / 255, g = (float)pixel[1] / 255, b = (float)pixel[2] / 255, p = plane->data[i];
        float values[SUMS] = {r, g, b, p, r * r, r * g, r * b, g * g, g * b, b * b, r * p, g * p, b * p};
        for (int s = 0; s < SUMS; s++) {
            sums[s]->data[i] = values[s];
        }
    }
    for (int s = 0; s < SUMS; s++) {
        if (!enl_plane_box(sums[s], radius, error)) {
            return false;
        }
    }
    return true;
}

// Solves (covariance + epsilon I) a = cov(colour, p) for one window, by cofactors.
static void solve_window(struct enl_plane *const sums[SUMS], size_t i, float epsilon, float ret_fit[4]) {
    float r = sums[R]->data[i], g = sums[G]->data[i], b = sums[B]->data[i], p = sums[P]->data[i];
    float rr = sums[RR]->data[i] - r * r + epsilon, gg = sums[GG]->data[i] - g * g + epsilon;
    float bb = sums[BB]->data[i] - b * b + epsilon, rg = sums[RG]->data[i] - r * g;
    float rb = sums[RB]->data[i] - r * b, gb = sums[GB]->data[i] - g * b;
    float rp = sums[RP]->data[i] - r * p, gp = sums[GP]->data[i] - g * p, bp = sums[BP]->data[i] - b * p;
    float c00 = gg * bb - gb * gb, c01 = rb * gb - rg * bb, c02 = rg * gb - rb * gg;
    float c11 = rr * bb - rb * rb, c12 = rb * rg - rr * gb, c22 = rr * gg - rg * rg;
    float one = 1 / (rr * c00 + rg * c01 + rb * c02);
    ret_fit[0] = (c00 * rp + c01 * gp + c02 * bp) * one;
    ret_fit[1] = (c01 * rp + c11 * gp + c12 * bp) * one;
    ret_fit[2] = (c02 * rp + c12 * gp + c22 * bp) * one;
    ret_fit[3] = p - ret_fit[0] * r - ret_fit[1] * g - ret_fit[2] * b;
}

bool enl_guided_fit_new(struct enl_guided_fit *ret_fit, const struct enl_plane *plane, const struct enl_picture *guide,
                        int radius, float epsilon, struct enl_error *error) {
    struct enl_plane *sums[SUMS] = {0};
    bool fine = window_means(sums, plane, guide, radius, error);
    size_t pixels = (size_t)plane->width * (size_t)plane->height;
    for (size_t i = 0; fine && i < pixels; i++) {
        float fit[4];
        solve_window(sums, i, epsilon, fit);
        // The sums of this pixel are not needed again: keep the coefficients in their place.
        for (int c = 0; c < 4; c++) {
            sums[c]->data[i] = fit[c];
        }
    }
    for (int c = 0; c < 4 && fine; c++) {
        fine = enl_plane_box(sums[c], radius, error);
    }
    for (int s = fine ? 4 : 0; s < SUMS; s++) {
        enl_plane_free(&sums[s]);
    }
    if (fine) {
        *ret_fit = (struct enl_guided_fit){sums[R], sums[G], sums[B], sums[P]};
    }
    return fine;
}

void enl_guided_fit_free(struct enl_guided_fit *fit) {
    enl_plane_free(&fit->r);
    enl_plane_free(&fit->g);
    enl_plane_free(&fit->b);
    enl_plane_free(&fit->offset);
}

bool enl_guided(struct enl_plane *plane, const struct enl_picture *guide, int radius, float epsilon,
                struct enl_error *error) {
    struct enl_guided_fit fit;
    if (!enl_guided_fit_new(&fit, plane, guide, radius, epsilon, error)) {
        return false;
    }
    size_t pixels = (size_t)plane->width * (size_t)plane->height;
    for (size_t i = 0; i < pixels; i++) {
        const uint8_t *pixel = guide->data + i * 3;
        float value = fit.r->data[i] * (float)pixel[0] + fit.g->data[i] * (float)pixel[1] +
                      fit.b->data[i] * (float)pixel[2];
        plane->data[i] = enl_clampf(value / 255 + fit.offset->data[i], 0, 1);
    }
    enl_guided_fit_free(&fit);
    return true;
}
