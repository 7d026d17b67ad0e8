// SPDX-License-Identifier: MIT
// Drift: do faces stay themselves? The face mesh looks at a few of the frames, and the points that no motion may move
// against each other are compared with those of frame 0. Turning the head, and coming nearer, are taken out first by
// the best rotation, scale and shift of the points in space (Horn 1987).
#include "engine/engine.h"
#include "motion/face.h"
#include "scene/people.h"

#include <string.h>

#define FACES ENL_DRIFT_FACES
#define LOOKS 12 // about as many, at all faces together, beside those at frame 0: some 15 ms each

struct watched {
    int face;                           // in scene->faces
    bool lost;                          // not seen in frame 0 either
    float first[ENL_LANDMARKS][3];      // in frame 0, pixels
    float now[ENL_LANDMARKS][3];        // when it was last seen
    float worst;                        // percent; negative: not compared yet
};
struct enl_gauge {
    int count, looks, small;
    struct watched list[FACES];
};

// Bridge of the nose, corners of the eyes, brows, and the face's outline down to the ears.
static const int fixed[] = {6,   168, 197, 195, 33,  133, 362, 263, 70,  63,  105, 66,  107, 336, 296, 334, 293, 300,
                            127, 162, 21,  54,  103, 67,  109, 10,  338, 297, 332, 284, 251, 389, 356};
#define FIXED (int)(sizeof fixed / sizeof *fixed)

static void centre_of(const float points[ENL_LANDMARKS][3], double ret[3]) {
    for (int c = 0; c < 3; c++) {
        ret[c] = 0;
        for (int k = 0; k < FIXED; k++) ret[c] += (double)points[fixed[k]][c] / FIXED;
    }
}

// The rotation that brings a's points onto b's: the eigenvector of Horn's matrix for its largest value, as a
// quaternion.
static void rotation(const double m[3][3], double ret[3][3]) {
    double n[4][4] = {{m[0][0] + m[1][1] + m[2][2], m[1][2] - m[2][1], m[2][0] - m[0][2], m[0][1] - m[1][0]},
                      {m[1][2] - m[2][1], m[0][0] - m[1][1] - m[2][2], m[0][1] + m[1][0], m[2][0] + m[0][2]},
                      {m[2][0] - m[0][2], m[0][1] + m[1][0], m[1][1] - m[0][0] - m[2][2], m[1][2] + m[2][1]},
                      {m[0][1] - m[1][0], m[2][0] + m[0][2], m[1][2] + m[2][1], m[2][2] - m[0][0] - m[1][1]}};
    double bound = 0, q[4] = {1, 0, 0, 0};
    for (int i = 0; i < 16; i++) bound += fabs(n[i / 4][i % 4]);
    for (int i = 0; i < 4; i++) n[i][i] += bound; // the largest value is then the largest in size, too
    for (int turn = 0; turn < 200; turn++) {
        double next[4] = {0}, length = 0;
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++) next[i] += n[i][j] * q[j];
        for (int i = 0; i < 4; i++) length += next[i] * next[i];
        for (int i = 0; i < 4; i++) q[i] = length > 0 ? next[i] / sqrt(length) : q[i];
    }
    double w = q[0], x = q[1], y = q[2], z = q[3];
    double r[3][3] = {{w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)},
                      {2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)},
                      {2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z}};
    memcpy(ret, r, sizeof r);
}

// Seen from the camera: the mesh's depth is too coarse a guess to count, and only serves to turn the points.
float enl_drift_between(const float a[ENL_LANDMARKS][3], const float b[ENL_LANDMARKS][3]) {
    double from[3], to[3], m[3][3] = {{0}}, r[3][3], size = 0, along = 0, sum = 0, eyes = 0;
    centre_of(a, from);
    centre_of(b, to);
    for (int k = 0; k < FIXED; k++)
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                m[i][j] += ((double)a[fixed[k]][i] - from[i]) * ((double)b[fixed[k]][j] - to[j]);
    rotation((const double(*)[3])m, r);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) along += r[j][i] * m[i][j];
    for (int k = 0; k < FIXED; k++)
        for (int i = 0; i < 3; i++) size += pow((double)a[fixed[k]][i] - from[i], 2);
    for (int k = 0; k < FIXED; k++)
        for (int i = 0; i < 2; i++) {
            double at = to[i];
            for (int j = 0; j < 3; j++) at += along / size * r[i][j] * ((double)a[fixed[k]][j] - from[j]);
            sum += pow((double)b[fixed[k]][i] - at, 2);
        }
    for (int i = 0; i < 3; i++)
        eyes += pow((double)(b[33][i] + b[133][i]) / 2 - (double)(b[263][i] + b[362][i]) / 2, 2);
    return size > 0 && eyes > 0 ? (float)(100 * sqrt(sum / FIXED / eyes)) : 0;
}

// The part of a frame about the points, as sRGB (BT.709, limited range).
static struct enl_picture *cut(const struct enl_frame *frame, const float points[ENL_LANDMARKS][3], int ret_at[2],
                               struct enl_error *error) {
    float low[2] = {1e9f, 1e9f}, high[2] = {-1e9f, -1e9f};
    for (int k = 0; k < ENL_LANDMARKS; k++)
        for (int c = 0; c < 2; c++) low[c] = fminf(low[c], points[k][c]), high[c] = fmaxf(high[c], points[k][c]);
    float side = fmaxf(high[0] - low[0], high[1] - low[1]);
    int x0 = enl_clampi((int)(.5f * (low[0] + high[0]) - 1.2f * side), 0, frame->width - 1);
    int y0 = enl_clampi((int)(.5f * (low[1] + high[1]) - 1.2f * side), 0, frame->height - 1);
    int x1 = enl_clampi((int)(.5f * (low[0] + high[0]) + 1.2f * side), x0 + 1, frame->width);
    int y1 = enl_clampi((int)(.5f * (low[1] + high[1]) + 1.2f * side), y0 + 1, frame->height);
    struct enl_picture *out = enl_picture_new(x1 - x0, y1 - y0, 3, error);
    for (int y = y0; out && y < y1; y++)
        for (int x = x0; x < x1; x++) {
            float part[3];
            for (int c = 0; c < 3; c++) {
                int half = c ? 2 : 1;
                part[c] = (float)frame->planes[c][(size_t)(y / half) * (size_t)frame->strides[c] + (size_t)(x / half)];
            }
            float luma = (part[0] - 16) * (255 / 219.0f), blue = (part[1] - 128) * (255 / 224.0f),
                  red = (part[2] - 128) * (255 / 224.0f);
            float rgb[3] = {luma + 1.5748f * red, luma - .1873f * blue - .4681f * red, luma + 1.8556f * blue};
            uint8_t *p = out->data + 3 * ((size_t)(y - y0) * (size_t)out->width + (size_t)(x - x0));
            for (int c = 0; c < 3; c++) p[c] = (uint8_t)enl_clampf(rgb[c] + .5f, 0, 255);
        }
    ret_at[0] = x0, ret_at[1] = y0;
    return out;
}

static bool look_at(struct watched *face, struct enl_models *models, int index, const struct enl_frame *frame,
                    struct enl_error *error) {
    int at[2];
    bool there = false;
    struct enl_picture *part = cut(frame, (const float(*)[3])face->now, at, error);
    for (int k = 0; part && k < ENL_LANDMARKS; k++)
        for (int c = 0; c < 2; c++) face->now[k][c] -= (float)at[c];
    bool done = part && enl_face_follow(models, part, face->now, &there, error);
    for (int k = 0; k < ENL_LANDMARKS; k++)
        for (int c = 0; c < 2; c++) face->now[k][c] += (float)at[c];
    enl_picture_free(&part);
    if (!done) return false;
    if (!index) {
        face->lost = !there;
        memcpy(face->first, face->now, sizeof face->first);
    } else if (there) {
        float drift = enl_drift_between((const float(*)[3])face->first, (const float(*)[3])face->now);
        face->worst = fmaxf(face->worst, drift);
    }
    return true;
}

// The stage has the scene's faces in the same order, without those out of view.
static int index_of(const struct enl_scene *scene, const struct enl_face *face, int from) {
    int i = from;
    while (i + 1 < scene->face_count && (scene->faces[i].score != face->score || scene->faces[i].yaw != face->yaw)) i++;
    return i;
}

static struct enl_gauge *begin(const struct enl_stage *stage, struct enl_error *error) {
    struct enl_gauge *g = enl_alloc(1, sizeof *g, error);
    for (int i = 0, at = 0; g && i < stage->face_count; i++, at++) {
        const struct enl_face *face = &stage->faces[i];
        at = index_of(stage->scene, face, at);
        g->small += face->width < ENL_FACE_SMALLEST;
        if (!enl_face_moves(face) || g->count == FACES) continue;
        g->list[g->count] = (struct watched){.face = at, .worst = -1};
        memcpy(g->list[g->count++].now, face->landmarks, sizeof face->landmarks);
    }
    if (g) g->looks = enl_clampi(g->count ? LOOKS / g->count : 0, 1, 4);
    return g;
}

bool enl_gauge_look(struct enl_gauge **gauge, const struct enl_stage *stage, struct enl_models *models, int index,
                    const struct enl_frame *frame, struct enl_error *error) {
    if (!models || !enl_models_has(models, ENL_MODEL_FACE_MESH)) return true;
    if (!*gauge && !(*gauge = begin(stage, error))) return false;
    struct enl_gauge *g = *gauge;
    bool turn = index == 0;
    for (int k = 1; k <= g->looks; k++) turn |= index == stage->frames * k / (g->looks + 1);
    for (int i = 0; turn && i < g->count; i++)
        if (!g->list[i].lost && !look_at(&g->list[i], models, index, frame, error)) return false;
    return true;
}

void enl_gauge_read(const struct enl_gauge *gauge, struct enl_story *story) {
    if (!gauge) return;
    story->faces_small = gauge->small;
    for (int i = 0; i < gauge->count; i++)
        if (gauge->list[i].worst >= 0)
            story->drift[story->drift_count++] = (struct enl_drift){gauge->list[i].face, gauge->list[i].worst};
}

void enl_gauge_free(struct enl_gauge **gauge) {
    if (!gauge) return;
    enl_release(*gauge);
    *gauge = NULL;
}
