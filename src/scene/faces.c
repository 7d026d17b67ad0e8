// SPDX-License-Identifier: MIT
// BlazeFace finds boxes (Bazarevsky et al. 2019), Face Mesh gives 468 points (Kartynnik et al. 2019). The detector sees
// large faces only, so it also looks through smaller windows; the mesh's own score then says which finds are faces.
#include "scene/people.h"

#include <string.h>

#include "model/run.h"

#define ANCHORS 896
#define INPUT 128.0f
#define CANDIDATES 256

struct candidate {
    float x, y, width, height, score; // pixels of the photo, centre
    float right_eye[2], left_eye[2];
};

static float sigmoid(float x) { return 1 / (1 + expf(-enl_clampf(x, -80, 80))); }

// The cell that an anchor stands in: 16x16 cells of two, then 8x8 cells of six.
static void anchor_at(int i, float *ret_x, float *ret_y) {
    int grid = i < 512 ? 16 : 8, cell = i < 512 ? i / 2 : (i - 512) / 6;
    *ret_x = ((float)(cell % grid) + .5f) / (float)grid;
    *ret_y = ((float)(cell / grid) + .5f) / (float)grid;
}

static float overlap(const struct candidate *a, const struct candidate *b) {
    float w = fminf(a->x + a->width / 2, b->x + b->width / 2) - fmaxf(a->x - a->width / 2, b->x - b->width / 2);
    float h = fminf(a->y + a->height / 2, b->y + b->height / 2) - fmaxf(a->y - a->height / 2, b->y - b->height / 2);
    float both = fmaxf(w, 0) * fmaxf(h, 0), smaller = fminf(a->width * a->height, b->width * b->height);
    return both / fmaxf(smaller, 1); // of the smaller, since windows of two sizes see the same face
}

// Keeps the surer of two that overlap.
static int add_candidate(struct candidate *list, int count, const struct candidate *found) {
    for (int i = 0; i < count; i++)
        if (overlap(&list[i], found) > .35f) {
            if (found->score > list[i].score) list[i] = *found;
            return count;
        }
    if (count < CANDIDATES) list[count++] = *found;
    return count;
}

// All faces in one square window.
static bool look_through(struct enl_models *models, const struct enl_picture *photo, const struct enl_window *window,
                         float threshold, struct candidate *list, int *count, struct enl_error *error) {
    struct enl_tensor out[2];
    if (!enl_model_run(models, ENL_MODEL_FACE_DETECTION, photo, window, out, 2, error)) return false;
    float left = window->x - window->width / 2, top = window->y - window->height / 2, side = window->width;
    for (int i = 0; i < ANCHORS; i++) {
        float score = sigmoid(out[1].data[i]), ax, ay;
        if (score < threshold) continue;
        const float *row = out[0].data + (size_t)i * 16;
        anchor_at(i, &ax, &ay);
        struct candidate found = {.score = score, .width = row[2] / INPUT * side, .height = row[3] / INPUT * side};
        found.x = left + (row[0] / INPUT + ax) * side, found.y = top + (row[1] / INPUT + ay) * side;
        for (int c = 0; c < 2; c++) {
            float origin = c ? top : left, anchor = c ? ay : ax;
            found.right_eye[c] = origin + (row[4 + c] / INPUT + anchor) * side;
            found.left_eye[c] = origin + (row[6 + c] / INPUT + anchor) * side;
        }
        if (found.width > 8 && found.height > 8) *count = add_candidate(list, *count, &found);
    }
    enl_release(out[0].data);
    enl_release(out[1].data);
    return true;
}

static bool detect(struct enl_models *models, const struct enl_picture *photo, struct candidate *list, int *count,
                   struct enl_error *error) {
    float w = (float)photo->width, h = (float)photo->height, whole = fmaxf(w, h);
    if (!look_through(models, photo, &(struct enl_window){w / 2, h / 2, whole, whole, 0}, .5f, list, count, error))
        return false;
    for (int parts = 2; parts <= 4; parts += 2) { // windows a half and a quarter of the long side, overlapping by half
        float side = whole / (float)parts, step = side / 2;
        if (side < 96) break;
        for (float y = side / 2; y - step < h - side / 2 || y == side / 2; y += step)
            for (float x = side / 2; x - step < w - side / 2 || x == side / 2; x += step) {
                struct enl_window window = {fminf(x, fmaxf(w - side / 2, w / 2)), fminf(y, fmaxf(h - side / 2, h / 2)),
                                            side, side, 0};
                if (!look_through(models, photo, &window, .62f, list, count, error)) return false;
            }
    }
    return true;
}

// The mesh in a window about the face; false in *ret_face when it says there is none.
static bool mesh(struct enl_models *models, const struct enl_picture *photo, const struct enl_window *window,
                 float points[ENL_LANDMARKS][3], bool *ret_face, struct enl_error *error) {
    struct enl_tensor out[2];
    if (!enl_model_run(models, ENL_MODEL_FACE_MESH, photo, window, out, 2, error)) return false;
    float c = cosf(window->angle), s = sinf(window->angle), scale = window->width / 192;
    *ret_face = sigmoid(out[1].data[0]) > .5f;
    for (int i = 0; i < ENL_LANDMARKS; i++) {
        const float *p = out[0].data + 3 * i;
        float x = p[0] * scale - window->width / 2, y = p[1] * scale - window->height / 2;
        points[i][0] = window->x + c * x - s * y;
        points[i][1] = window->y + s * x + c * y;
        points[i][2] = p[2] * scale;
    }
    enl_release(out[0].data);
    enl_release(out[1].data);
    return true;
}

static struct enl_window window_about(const float points[ENL_LANDMARKS][3]) {
    float low[2] = {1e9f, 1e9f}, high[2] = {-1e9f, -1e9f};
    for (int i = 0; i < ENL_LANDMARKS; i++)
        for (int c = 0; c < 2; c++) {
            low[c] = fminf(low[c], points[i][c]);
            high[c] = fmaxf(high[c], points[i][c]);
        }
    float side = 1.5f * fmaxf(high[0] - low[0], high[1] - low[1]);
    float angle = atan2f(points[263][1] - points[33][1], points[263][0] - points[33][0]);
    return (struct enl_window){(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, side, side, angle};
}

bool enl_face_follow(struct enl_models *models, const struct enl_picture *picture, float points[ENL_LANDMARKS][3],
                     bool *ret_face, struct enl_error *error) {
    float now[ENL_LANDMARKS][3];
    struct enl_window window = window_about((const float(*)[3])points);
    if (!mesh(models, picture, &window, now, ret_face, error)) return false;
    if (*ret_face) memcpy(points, now, sizeof now);
    return true;
}

static bool take_face(struct enl_models *models, const struct enl_picture *photo, const struct candidate *c,
                      struct enl_scene *scene, struct enl_error *error) {
    struct enl_face *face = &scene->faces[scene->face_count];
    float points[ENL_LANDMARKS][3], w = (float)photo->width, h = (float)photo->height;
    float side = 1.5f * fmaxf(c->width, c->height);
    float angle = atan2f(c->left_eye[1] - c->right_eye[1], c->left_eye[0] - c->right_eye[0]);
    struct enl_window window = {c->x, c->y, side, side, angle};
    bool is_face = true;
    *face = (struct enl_face){.x = (c->x - c->width / 2) / w, .y = (c->y - c->height / 2) / h, .width = c->width / w,
                              .height = c->height / h, .score = c->score,
                              .left_eye = {c->left_eye[0] / w, c->left_eye[1] / h},
                              .right_eye = {c->right_eye[0] / w, c->right_eye[1] / h}};
    if (enl_models_has(models, ENL_MODEL_FACE_MESH)) {
        // Twice: the second window stands where the first mesh says the face is.
        for (int pass = 0; pass < 2 && is_face; pass++) {
            if (!mesh(models, photo, &window, points, &is_face, error)) return false;
            window = window_about((const float(*)[3])points);
        }
        if (!is_face) return true;
        face->has_landmarks = true;
        for (int i = 0; i < ENL_LANDMARKS; i++) {
            face->landmarks[i][0] = points[i][0] / w;
            face->landmarks[i][1] = points[i][1] / h;
            face->landmarks[i][2] = points[i][2] / w;
        }
        enl_face_measure(face, w / h);
    }
    scene->face_count++;
    return true;
}

static float distance(const struct enl_face *f, int a, int b, float aspect) {
    return hypotf((f->landmarks[a][0] - f->landmarks[b][0]) * aspect, f->landmarks[a][1] - f->landmarks[b][1]);
}

void enl_face_measure(struct enl_face *f, float aspect) {
    const float(*p)[3] = (const float(*)[3])f->landmarks;
    for (int c = 0; c < 2; c++) {
        f->right_eye[c] = (p[33][c] + p[133][c]) / 2;
        f->left_eye[c] = (p[263][c] + p[362][c]) / 2;
    }
    float dx = (p[263][0] - p[33][0]) * aspect, dy = p[263][1] - p[33][1], dz = (p[263][2] - p[33][2]) * aspect;
    float flat = fmaxf(hypotf(dx, dy), 1e-6f), iod = fmaxf(hypotf(flat, dz) * .68f, 1e-6f);
    f->roll = -atan2f(dy, dx) * 180 / ENL_PI;
    f->yaw = atan2f(dz, flat) * 180 / ENL_PI;
    float up = distance(f, 10, 152, aspect), tilt = (p[152][2] - p[10][2]) * aspect;
    f->pitch = atan2f(tilt, fmaxf(up, 1e-6f)) * 180 / ENL_PI;
    float mouth = fmaxf(distance(f, 61, 291, aspect), 1e-6f);
    f->mouth_open = distance(f, 13, 14, aspect) / mouth;
    f->eyes_open[0] = distance(f, 386, 374, aspect) / fmaxf(distance(f, 263, 362, aspect), 1e-6f);
    f->eyes_open[1] = distance(f, 159, 145, aspect) / fmaxf(distance(f, 33, 133, aspect), 1e-6f);
    // A smile widens the mouth and lifts its corners over the middle of the lips, along the face's own down.
    float nx = -dy / flat, ny = dx / flat;
    float lips = ((p[13][0] + p[14][0]) / 2 * aspect) * nx + (p[13][1] + p[14][1]) / 2 * ny;
    float corners = ((p[61][0] + p[291][0]) / 2 * aspect) * nx + (p[61][1] + p[291][1]) / 2 * ny;
    float lift = (lips - corners) / iod, wide = mouth / iod;
    f->smile = enl_clampf(.5f * (wide - .75f) / .28f + .5f * (lift + .03f) / .14f, 0, 1);
    float low[2] = {1, 1}, high[2] = {0, 0};
    for (int i = 0; i < ENL_LANDMARKS; i++)
        for (int c = 0; c < 2; c++) {
            low[c] = fminf(low[c], p[i][c]);
            high[c] = fmaxf(high[c], p[i][c]);
        }
    f->x = low[0], f->y = low[1], f->width = high[0] - low[0], f->height = high[1] - low[1];
}

bool enl_find_faces(const struct enl_picture *photo, struct enl_models *models, struct enl_scene *scene,
                    struct enl_error *error) {
    struct candidate *list;
    if (!enl_models_has(models, ENL_MODEL_FACE_DETECTION)) return true;
    if (!(list = enl_alloc(CANDIDATES, sizeof *list, error))) return false;
    int count = 0;
    bool done = detect(models, photo, list, &count, error);
    for (int i = 1; done && i < count; i++) // the largest first
        for (int k = i; k > 0 && list[k].width > list[k - 1].width; k--) {
            struct candidate swap = list[k];
            list[k] = list[k - 1], list[k - 1] = swap;
        }
    for (int i = 0; done && i < count && scene->face_count < ENL_MAX_FACES; i++)
        done = take_face(models, photo, &list[i], scene, error);
    enl_release(list);
    scene->face_model = done;
    return done;
}
