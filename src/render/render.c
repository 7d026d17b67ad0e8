// SPDX-License-Identifier: MIT
#include "render/render.h"

#include <string.h>

#include "base/srgb.h"
#include "motion/shade.h"
#include "render/freeze.h"
#include "render/kernel.h"
#include "render/plates.h"

struct moving {
    const struct enl_motion_info *info;
    void *state;
};

struct enl_renderer {
    const struct enl_stage *stage;
    struct enl_pool *pool;
    enl_kernel *kernel;
    enl_convert *convert;
    int motion_count;
    struct moving motions[2 * ENL_MAX_MOTIONS]; // a motion may have a part in a second layer
    struct enl_freeze *freeze;                  // NULL where nothing must stay
    struct enl_field fields[ENL_LAYERS];
    struct enl_plates plates;
    uint8_t *still[3];    // the photo itself, as a frame
    int columns, rows;    // of tiles
    uint8_t *tile_layers; // of every tile: the set of layers that act on it
    int *active;          // the tiles that are drawn anew
    int active_count;
    uint8_t *band_layers; // of every band of nodes: the set of layers that are read there
    uint16_t srgb[ENL_PLATE_ONE + 1];
    struct enl_weights weights[ENL_PHASES];
    // Of the frame being drawn:
    struct enl_kernel_frame now;
    struct enl_frame *frame;
};

// sRGB 0..255 of linear light by bisection in its own table: the same everywhere, and exact for all 256 values.
static float srgb_of(float linear) {
    int low = 0, high = 255;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (enl_linear_of_srgb[middle] <= linear) low = middle;
        else high = middle;
    }
    float a = enl_linear_of_srgb[low], b = enl_linear_of_srgb[high];
    return (float)low + enl_clampf((linear - a) / (b - a), 0, 1);
}

void enl_cubic(float u, struct enl_weights *ret) {
    const float a = ENL_CUBIC;
    float u2 = u * u, u3 = u2 * u;
    float w[4] = {a * u3 - 2 * a * u2 + a * u, (a + 2) * u3 - (a + 3) * u2 + 1,
                  -(a + 2) * u3 + (2 * a + 3) * u2 - a * u, -a * u3 + a * u2};
    int whole[4], rest = ENL_WEIGHT_ONE + 1;
    for (int k = 0; k < 4; k++) rest -= whole[k] = (int)floorf(w[k] * (ENL_WEIGHT_ONE + 1) + .5f);
    whole[u < .5f ? 1 : 2] += rest; // an even light stays as bright as it is
    for (int k = 0; k < 16; k++) ret->across[k] = (int16_t)enl_clampi(whole[k / 4], -ENL_WEIGHT_ONE, ENL_WEIGHT_ONE);
    for (int k = 0; k < 8; k++) ret->down[k] = ret->across[2 * k];
}

// A tile into the frame, as far as it lies in it.
static void store_tile(enl_convert *convert, int16_t srgb[3][ENL_TILE_AREA], int x0, int y0, uint8_t *const planes[3],
                       const int strides[3], int width, int height) {
    int w = width - x0 < ENL_TILE ? width - x0 : ENL_TILE, h = height - y0 < ENL_TILE ? height - y0 : ENL_TILE;
    uint8_t bytes[3][ENL_TILE_AREA];
    convert(srgb, bytes[0], bytes[1], bytes[2]);
    for (int c = 0; c < 3; c++) {
        int half = c > 0, columns = (w + half) >> half, tile = ENL_TILE >> half;
        uint8_t *to = planes[c] + (size_t)(y0 >> half) * (size_t)strides[c] + (x0 >> half);
        for (int j = 0; j < (h + half) >> half; j++, to += strides[c])
            if (columns == ENL_TILE) memcpy(to, bytes[c] + j * ENL_TILE, ENL_TILE); // as one vector
            else memcpy(to, bytes[c] + j * tile, (size_t)columns);
    }
}

static bool make_still(struct enl_renderer *r, struct enl_error *error) {
    const struct enl_picture *photo = r->stage->picture;
    int w = photo->width, h = photo->height, strides[3] = {w, (w + 1) / 2, (w + 1) / 2};
    int16_t srgb[3][ENL_TILE_AREA];
    for (int c = 0; c < 3; c++)
        if (!(r->still[c] = enl_alloc((size_t)strides[c] * (size_t)(c ? (h + 1) / 2 : h), 1, error))) return false;
    for (int y = 0; y < h; y += ENL_TILE)
        for (int x = 0; x < w; x += ENL_TILE) {
            for (int j = 0; j < ENL_TILE; j++)
                for (int i = 0; i < ENL_TILE; i++) {
                    int sx = x + i < w ? x + i : w - 1, sy = y + j < h ? y + j : h - 1;
                    const uint8_t *p = photo->data + ((size_t)sy * (size_t)w + (size_t)sx) * 3;
                    for (int c = 0; c < 3; c++) srgb[c][j * ENL_TILE + i] = (int16_t)(p[c] * ENL_SRGB_STEP);
                }
            store_tile(r->convert, srgb, x, y, r->still, strides, w, h);
        }
    return true;
}

// A motion, or its part in another layer, into the field of its layer.
static bool add_moving(struct enl_renderer *r, const struct enl_motion_info *info, const struct enl_motion *motion,
                       struct enl_error *error) {
    int columns = (r->stage->width + ENL_GRID - 1) / ENL_GRID + 1,
        rows = (r->stage->height + ENL_GRID - 1) / ENL_GRID + 1;
    size_t nodes = (size_t)columns * (size_t)rows;
    struct enl_field *field = &r->fields[info->layer];
    if (!field->nodes) {
        *field = (struct enl_field){.columns = columns, .rows = rows};
        field->support = enl_alloc(nodes, 1, error);
        field->nodes = field->support ? enl_alloc(nodes, sizeof *field->nodes, error) : NULL;
        if (!field->nodes) return false;
    }
    struct moving *moving = &r->motions[r->motion_count++];
    moving->info = info;
    return info->prepare(r->stage, motion, field, &moving->state, error);
}

static bool make_fields(struct enl_renderer *r, const struct enl_plan *plan, struct enl_error *error) {
    for (int m = 0; m < plan->motion_count; m++) {
        const struct enl_motion_info *info = enl_motion_find(plan->motions[m].motion);
        if (!info) return enl_fail(error, ENL_USAGE, "There is no motion called \"%s\".", plan->motions[m].motion);
        if (plan->motions[m].amount <= 0) continue; // none of it is none of it, also where amount means only its manner
        for (; info; info = info->also)
            if (!add_moving(r, info, &plan->motions[m], error)) return false;
    }
    return !r->stage->freeze || (r->freeze = enl_freeze_new(r->stage, error));
}

static bool any_support(const struct enl_field *field, int x, int y) {
    for (int j = y / ENL_GRID; j <= (y + ENL_TILE) / ENL_GRID && j < field->rows; j++)
        for (int i = x / ENL_GRID; i <= (x + ENL_TILE) / ENL_GRID && i < field->columns; i++)
            if (field->support[j * field->columns + i]) return true;
    return false;
}

static bool find_active(struct enl_renderer *r, struct enl_error *error) {
    r->columns = (r->stage->width + ENL_TILE - 1) / ENL_TILE;
    r->rows = (r->stage->height + ENL_TILE - 1) / ENL_TILE;
    size_t tiles = (size_t)r->columns * (size_t)r->rows;
    r->tile_layers = enl_alloc(tiles, 1, error);
    r->active = r->tile_layers ? enl_alloc(tiles, sizeof *r->active, error) : NULL;
    if (!r->active) return false;
    bool camera = r->fields[ENL_LAYER_CAMERA].nodes != NULL;
    for (int n = 0; n < (int)tiles; n++) {
        for (int k = 0; k < ENL_LAYERS; k++)
            if (r->fields[k].nodes &&
                (camera || any_support(&r->fields[k], n % r->columns * ENL_TILE, n / r->columns * ENL_TILE)))
                r->tile_layers[n] |= (uint8_t)(1u << k);
        if (r->tile_layers[n]) r->active[r->active_count++] = n;
    }
    return true;
}

#define BAND 8 // rows of nodes, or active tiles, that one thread takes at a time

// Displacements are worked out for the bands that active tiles read: their own nodes and the row below.
static bool find_bands(struct enl_renderer *r, struct enl_error *error) {
    const int across = ENL_TILE / ENL_GRID;
    r->band_layers = enl_alloc((size_t)(r->rows * across / BAND) + 1, 1, error);
    for (int k = 0; r->band_layers && k < r->active_count; k++) {
        int n = r->active[k], first = n / r->columns * across;
        r->band_layers[first / BAND] |= r->tile_layers[n];
        r->band_layers[(first + across) / BAND] |= r->tile_layers[n];
    }
    return r->band_layers != NULL;
}

struct enl_renderer *enl_renderer_new(const struct enl_stage *stage, const struct enl_plan *plan, struct enl_pool *pool,
                                      bool no_simd, struct enl_error *error) {
    struct enl_renderer *r = enl_alloc(1, sizeof *r, error);
    if (!r) return NULL;
    r->stage = stage;
    r->pool = pool;
    r->kernel = no_simd ? enl_kernel_scalar : enl_kernel_choose();
    r->convert = no_simd ? enl_convert_scalar : enl_convert_choose();
    for (int i = 0; i < ENL_PHASES; i++) enl_cubic((float)i / ENL_PHASES, &r->weights[i]);
    for (int i = 0; i <= ENL_PLATE_ONE; i++)
        r->srgb[i] = (uint16_t)(srgb_of((float)i / ENL_PLATE_ONE) * ENL_SRGB_STEP + .5f);
    for (int i = 0; i < 256; i++) // what does not move is the photo to the bit
        r->srgb[enl_plate_value(enl_linear_of_srgb[i])] = (uint16_t)(i * ENL_SRGB_STEP);
    if (make_still(r, error) && make_fields(r, plan, error) && find_active(r, error) && find_bands(r, error) &&
        enl_plates_make(
            &r->plates, stage, r->fields[ENL_LAYER_FAR].nodes != NULL, r->fields[ENL_LAYER_NEAR].nodes != NULL,
            stage->loop || stage->pointer_count ||
                ((stage->matte[ENL_WATER] || stage->matte[ENL_FLAMES]) && r->fields[ENL_LAYER_MIDDLE].nodes),
            error))
        return r;
    enl_renderer_free(&r);
    return NULL;
}

void enl_renderer_free(struct enl_renderer **renderer) {
    struct enl_renderer *r = renderer ? *renderer : NULL;
    if (!r) return;
    for (int m = 0; m < r->motion_count; m++) r->motions[m].info->release(r->motions[m].state);
    for (int k = 0; k < ENL_LAYERS; k++) {
        enl_release(r->fields[k].support);
        enl_release(r->fields[k].nodes);
    }
    for (int c = 0; c < 3; c++) enl_release(r->still[c]);
    enl_freeze_free(&r->freeze);
    enl_plates_free(&r->plates);
    enl_release(r->tile_layers);
    enl_release(r->active);
    enl_release(r->band_layers);
    enl_release(r);
    *renderer = NULL;
}

float enl_renderer_active(const struct enl_renderer *r) {
    return (float)r->active_count / (float)(r->columns * r->rows);
}

static void displace_band(void *context, int band) {
    struct enl_renderer *r = context;
    for (int k = 0; k < ENL_LAYER_AIR; k++) { // the air moves nothing
        struct enl_field *field = &r->fields[k];
        int first = band * BAND, last = first + BAND < field->rows ? first + BAND : field->rows;
        if (!field->nodes || first >= last || !(r->band_layers[band] & 1u << k)) continue;
        memset(field->nodes + (size_t)first * (size_t)field->columns, 0,
               (size_t)(last - first) * (size_t)field->columns * sizeof *field->nodes);
        for (int m = 0; m < r->motion_count; m++)
            if (r->motions[m].info->layer == (enum enl_layer)k && r->motions[m].state && r->motions[m].info->displace)
                r->motions[m].info->displace(r->motions[m].state, r->now.t, field, first, last);
        enl_freeze_hold(r->freeze, (enum enl_layer)k, field, first, last);
    }
}

// The photo itself over `count` tiles beside each other.
static void copy_still(const struct enl_renderer *r, int tile, int count) {
    const struct enl_frame *frame = r->frame;
    for (int c = 0; c < 3; c++) {
        int half = c > 0, side = ENL_TILE >> half;
        int w = (frame->width + half) >> half, h = (frame->height + half) >> half;
        int x = tile % r->columns * side, y = tile / r->columns * side;
        int columns = x + count * side < w ? count * side : w - x, last = y + side < h ? y + side : h;
        for (; y < last; y++)
            memcpy(frame->planes[c] + (size_t)y * (size_t)frame->strides[c] + x,
                   r->still[c] + (size_t)y * (size_t)w + x, (size_t)columns);
    }
}

// A row of tiles: what never moves is copied.
static void copy_row(void *context, int row) {
    const struct enl_renderer *r = context;
    const uint8_t *layers = r->tile_layers + row * r->columns;
    for (int x = 0, next; x < r->columns; x = next + 1) {
        for (next = x; next < r->columns && !layers[next];) next++;
        if (next > x) copy_still(r, row * r->columns + x, next - x);
    }
}

static void draw_tiles(void *context, int band) {
    struct enl_renderer *r = context;
    int16_t srgb[3][ENL_TILE_AREA];
    unsigned clear = r->now.shade_count ? 0 : 1u << ENL_LAYER_AIR;
    for (int k = band * BAND; k < (band + 1) * BAND && k < r->active_count; k++) {
        int n = r->active[k], x = n % r->columns * ENL_TILE, y = n / r->columns * ENL_TILE;
        unsigned layers = r->tile_layers[n] & ~clear;
        if (layers && r->kernel(&r->now, x, y, layers, srgb))
            store_tile(r->convert, srgb, x, y, r->frame->planes, r->frame->strides, r->stage->width, r->stage->height);
        else copy_still(r, n, 1);
    }
}

void enl_renderer_draw(struct enl_renderer *r, int index, struct enl_frame *frame) {
    struct enl_kernel_frame *now = &r->now;
    *now = (struct enl_kernel_frame){.width = r->stage->width,
                                     .height = r->stage->height,
                                     .near = r->plates.near,
                                     .middle = r->plates.middle,
                                     .far = r->plates.far,
                                     .middle_coarse = r->plates.middle_coarse,
                                     .far_coarse = r->plates.far_coarse,
                                     .photo = r->stage->picture,
                                     .t = (double)index / r->stage->fps,
                                     .person = r->plates.person,
                                     .sky = r->plates.sky,
                                     .weights = r->weights,
                                     .srgb = r->srgb};
    r->frame = frame;
    for (int k = 0; k < ENL_LAYERS; k++)
        if (r->fields[k].nodes) now->fields[k] = &r->fields[k];
    for (int m = 0; m < r->motion_count; m++)
        if (r->motions[m].info->bend && r->motions[m].state) {
            now->bends[now->bend_count].bend = r->motions[m].info->bend;
            now->bends[now->bend_count++].state = r->motions[m].state;
        }
    enl_freeze_bends(r->freeze, now);
    // The first frame is the photo: nothing is in the air yet.
    for (int i = 0; index && enl_motions[i]; i++)
        for (int m = 0; m < r->motion_count; m++)
            if (r->motions[m].info == enl_motions[i] && enl_motions[i]->shade && r->motions[m].state) {
                now->shades[now->shade_count].shade = enl_motions[i]->shade;
                now->shades[now->shade_count++].state = r->motions[m].state;
            }
    enl_pool_run(r->pool, copy_row, r, r->rows);
    if (!r->active_count) return;
    int rows = (r->stage->height + ENL_GRID - 1) / ENL_GRID + 1;
    enl_pool_run(r->pool, displace_band, r, (rows + BAND - 1) / BAND);
    enl_pool_run(r->pool, draw_tiles, r, (r->active_count + BAND - 1) / BAND);
}
