// SPDX-License-Identifier: MIT
// Animals: where the scene network sees one, a detector is asked which. Only what both see is one: the first draws a
// usable outline but takes rocks and roots for animals, the second knows cats from dogs but only gives boxes, and finds
// some in drawings and trees.
#include "scene/features.h"
#include "scene/people.h"

#include "model/run.h"

#define CLASSES 91 // of COCO, with the background first
#define BIRD 16    // the first of ten classes of animals in a row
#define KINDS 10
#define LEAST .004f // share of the picture: what is smaller is not asked about, for it could not be seen to breathe
#define SURE .75f   // score from which a box is believed; portraits and landscapes reach .73 at most (docs/models.md)
#define TOO .5f     // and from here on where one like it is believed already: herds are of one kind
#define SEEN .4f    // the scene network sees an animal in a pixel from here on
#define FILLED .25f // share of the box where it must
#define GROWN .04f  // a box is widened by so much of its sides: ears and tails stick out

static const char *const kinds[KINDS] = {"bird", "cat",      "dog",  "horse", "sheep",
                                         "cow",  "elephant", "bear", "zebra", "giraffe"};

// The detector's boxes are told as differences from anchors: on grids of six sizes, three shapes a cell on the first
// and six on the others (Liu et al., "SSD: Single Shot MultiBox Detector", 2016; scales from .2 to .95).
#define LAYERS 6
#define ANCHORS 1917
static const int grids[LAYERS] = {19, 10, 5, 3, 2, 1};

static float scale_of(int layer) {
    return layer < LAYERS ? .2f + .15f * (float)layer : 1;
}

// Fills x, y (middle), width and height of an anchor, in fractions of the picture.
static void anchor_at(int index, float ret[4]) {
    static const float shapes[6] = {1, 2, .5f, 3, 1 / 3.f, 1}, first[3][2] = {{.1f, 1}, {.2f, 2}, {.2f, .5f}};
    int layer = 0, each = 3;
    while (index >= grids[layer] * grids[layer] * each) {
        index -= grids[layer] * grids[layer] * each;
        layer++, each = 6;
    }
    int cell = index / each, shape = index % each, grid = grids[layer];
    float scale = shape == 5 ? sqrtf(scale_of(layer) * scale_of(layer + 1)) : scale_of(layer), ratio = shapes[shape];
    if (!layer) scale = first[shape][0], ratio = first[shape][1];
    ret[0] = ((float)(cell % grid) + .5f) / (float)grid, ret[1] = ((float)(cell / grid) + .5f) / (float)grid;
    ret[2] = scale * sqrtf(ratio), ret[3] = scale / sqrtf(ratio);
}

// A detection's box, cut at the picture's edges.
static void box_of(int index, const float *code, struct enl_animal *ret) {
    float anchor[4];
    anchor_at(index, anchor);
    float x = anchor[0] + code[1] / 10 * anchor[2], y = anchor[1] + code[0] / 10 * anchor[3];
    float w = anchor[2] * expf(fminf(code[3] / 5, 3)), h = anchor[3] * expf(fminf(code[2] / 5, 3));
    float left = fmaxf(0, x - w / 2), top = fmaxf(0, y - h / 2);
    ret->x = left, ret->y = top;
    ret->width = fmaxf(0, fminf(1, x + w / 2) - left), ret->height = fmaxf(0, fminf(1, y + h / 2) - top);
}

static float common(const struct enl_animal *a, const struct enl_animal *b) {
    float w = fminf(a->x + a->width, b->x + b->width) - fmaxf(a->x, b->x);
    float h = fminf(a->y + a->height, b->y + b->height) - fmaxf(a->y, b->y);
    return w > 0 && h > 0 ? w * h : 0;
}

// Share of the box in which the scene network sees an animal.
static float filled(const struct enl_plane *seen, const struct enl_animal *a) {
    int sum = 0, n = 16;
    for (int i = 0; i < n * n; i++) {
        float x = a->x + a->width * ((float)(i % n) + .5f) / (float)n;
        float y = a->y + a->height * ((float)(i / n) + .5f) / (float)n;
        sum += enl_plane_at(seen, x * (float)seen->width - .5f, y * (float)seen->height - .5f) > SEEN;
    }
    return (float)sum / (float)(n * n);
}

static bool is_believed(const struct enl_scene *scene, const char *kind, float score) {
    for (int i = 0; i < scene->animal_count; i++)
        if (score >= TOO && scene->animals[i].kind == kind) return true;
    return score >= SURE;
}

// The surest detection that lies on none of those taken. Its score 0: there is none.
static struct enl_animal surest(const float *boxes, const float *scores, const struct enl_scene *scene) {
    struct enl_animal best = {0};
    for (int i = 0; i < ANCHORS; i++)
        for (int k = 0; k < KINDS; k++) {
            float score = 1 / (1 + expf(-scores[i * CLASSES + BIRD + k]));
            if (score <= best.score || !is_believed(scene, kinds[k], score)) continue;
            struct enl_animal a = {.kind = kinds[k], .score = score};
            box_of(i, boxes + (size_t)i * 4, &a);
            bool taken = a.width * a.height < LEAST;
            for (int j = 0; j < scene->animal_count; j++) {
                const struct enl_animal *b = &scene->animals[j];
                taken |= common(&a, b) > .45f * fminf(a.width * a.height, b->width * b->height);
            }
            if (!taken) best = a;
        }
    return best;
}

void enl_take_animals(const float *boxes, const float *scores, const struct enl_plane *seen, struct enl_scene *scene) {
    int count = 0;
    while (scene->animal_count < ENL_MAX_ANIMALS) {
        struct enl_animal a = surest(boxes, scores, scene);
        if (a.score <= 0) break;
        scene->animals[scene->animal_count++] = a;
    }
    for (int i = 0; i < scene->animal_count; i++)
        if (filled(seen, &scene->animals[i]) >= FILLED) scene->animals[count++] = scene->animals[i];
    scene->animal_count = count;
}

// How far within any of the boxes, 0..1.
static float within(const struct enl_scene *scene, float x, float y) {
    float most = 0;
    for (int i = 0; i < scene->animal_count; i++) {
        const struct enl_animal *a = &scene->animals[i];
        float side = fminf(fminf(x - a->x, a->x + a->width - x) / a->width,
                           fminf(y - a->y, a->y + a->height - y) / a->height);
        most = fmaxf(most, enl_smoothstep(-GROWN, 0, side));
    }
    return most;
}

// What the network sees, within the boxes and along the picture's edges.
static bool outline(struct enl_view *view, struct enl_plane *seen, struct enl_error *error) {
    int w = seen->width, h = seen->height;
    for (int i = 0; i < w * h; i++)
        seen->data[i] *= within(view->scene, ((float)(i % w) + .5f) / (float)w, ((float)(i / w) + .5f) / (float)h);
    if (!enl_guided(seen, view->picture, 6, 1e-3f, error)) return false;
    for (int i = 0; i < w * h; i++) seen->data[i] = enl_smoothstep(SEEN - .2f, SEEN + .2f, seen->data[i]);
    return true;
}

static bool has_face(const struct enl_scene *scene, const struct enl_animal *a) {
    for (int i = 0; i < scene->face_count; i++) {
        float x = scene->faces[i].x + scene->faces[i].width / 2, y = scene->faces[i].y + scene->faces[i].height / 2;
        if (x > a->x && y > a->y && x < a->x + a->width && y < a->y + a->height) return true;
    }
    return false;
}

// The parts of persons are seen in fur, too. Where no face is within an animal's box, its pixels are not a person's,
// and what is left of a person without a face is none if it is little.
static void take_from_people(struct enl_view *view, const struct enl_plane *animal) {
    static const enum enl_element parts[3] = {ENL_PERSON, ENL_HAIR, ENL_FACE};
    struct enl_scene *scene = view->scene;
    if (!view->found[ENL_PERSON]) return;
    for (int i = 0; i < scene->animal_count; i++)
        if (has_face(scene, &scene->animals[i])) return;
    double before = 0, left = 0;
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < animal->width * animal->height; i++) {
            float *at = &view->found[parts[k]]->data[i];
            if (!k) before += (double)*at;
            *at *= 1 - animal->data[i];
            if (!k) left += (double)*at;
        }
    bool anyone = scene->face_count > 0 || left > .5 * before;
    for (int k = 0; k < 3 && !anyone; k++) {
        enl_plane_free(&view->found[parts[k]]);
        scene->confidence[parts[k]] = 0;
    }
}

bool enl_find_animals(struct enl_view *view, struct enl_models *models, struct enl_error *error) {
    struct enl_plane *seen = view->seen[ENL_ANIMAL];
    if (!seen || !enl_models_has(models, ENL_MODEL_OBJECTS)) return true;
    int n = seen->width * seen->height, many = 0;
    for (int i = 0; i < n; i++) many += seen->data[i] > SEEN;
    if ((float)many < LEAST * (float)n) return true;
    struct enl_tensor out[2];
    float w = (float)view->picture->width, h = (float)view->picture->height;
    if (!enl_model_run(models, ENL_MODEL_OBJECTS, view->picture, &(struct enl_window){w / 2, h / 2, w, h, 0}, out, 2,
                       error))
        return false;
    enl_take_animals(out[0].data, out[1].data, seen, view->scene);
    enl_release(out[0].data);
    enl_release(out[1].data);
    if (!view->scene->animal_count) return true;
    view->scene->confidence[ENL_ANIMAL] = view->scene->animals[0].score;
    view->found[ENL_ANIMAL] = seen;
    view->seen[ENL_ANIMAL] = NULL;
    if (!outline(view, seen, error)) return false;
    take_from_people(view, seen);
    return true;
}
