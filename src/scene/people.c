// SPDX-License-Identifier: MIT
// Six parts a pixel (background, hair, body skin, face skin, clothes, other) from MediaPipe's multiclass segmentation,
// once over the whole photo and again, finer, about the largest faces.
#include "scene/people.h"

#include "model/run.h"

#define PARTS 6
enum { BACKGROUND, HAIR, BODY, FACE, CLOTHES, OTHER };

// Softmax of one pixel's logits: how much is person, hair, face.
static void weigh(const float *logits, float ret[3]) {
    float top = logits[0], sum = 0, p[PARTS];
    for (int k = 1; k < PARTS; k++) top = fmaxf(top, logits[k]);
    for (int k = 0; k < PARTS; k++) sum += p[k] = expf(logits[k] - top);
    // "Other" is held things at best and a stray corner at worst: not a person by itself.
    ret[0] = 1 - (p[BACKGROUND] + p[OTHER]) / sum;
    ret[1] = p[HAIR] / sum;
    ret[2] = p[FACE] / sum;
}

// Runs the network on a window and lays its answer over the view's planes where the window is.
static bool paint(struct enl_view *view, struct enl_models *models, const struct enl_picture *photo,
                  const struct enl_window *window, bool feather, struct enl_error *error) {
    struct enl_tensor out;
    if (!enl_model_run(models, ENL_MODEL_PERSON_PARTS, photo, window, &out, 1, error)) return false;
    int n = (int)out.dims[1];
    struct enl_plane *parts[3] = {enl_plane_new(n, n, error), enl_plane_new(n, n, error), enl_plane_new(n, n, error)};
    bool done = parts[0] && parts[1] && parts[2];
    for (int i = 0; done && i < n * n; i++) {
        float weight[3];
        weigh(out.data + (size_t)i * PARTS, weight);
        for (int k = 0; k < 3; k++) parts[k]->data[i] = weight[k];
    }
    enl_release(out.data);
    static const enum enl_element elements[3] = {ENL_PERSON, ENL_HAIR, ENL_FACE};
    int w = view->picture->width, h = view->picture->height;
    float scale = (float)photo->width / (float)w;
    for (int i = 0; done && i < w * h; i++) {
        float u = (((float)(i % w) + .5f) * scale - window->x) / window->width + .5f;
        float v = (((float)(i / w) + .5f) * scale - window->y) / window->height + .5f;
        if (u < 0 || v < 0 || u > 1 || v > 1) continue;
        float edge = fminf(fminf(u, 1 - u), fminf(v, 1 - v)), share = feather ? enl_smoothstep(.01f, .08f, edge) : 1;
        for (int k = 0; k < 3; k++) {
            float *at = &view->found[elements[k]]->data[i];
            *at = enl_mixf(*at, enl_plane_at(parts[k], u * (float)n - .5f, v * (float)n - .5f), share);
        }
    }
    for (int k = 0; k < 3; k++) enl_plane_free(&parts[k]);
    return done;
}

// How much of the picture is a person, and how sure the network is of it.
static bool is_anyone(const struct enl_plane *person, bool face) {
    double sum = 0, sure = 0;
    int n = person->width * person->height;
    for (int i = 0; i < n; i++)
        if (person->data[i] > .5f) sum++, sure += (double)person->data[i];
    // Without a face the network also sees people in statues, signs and rocks.
    return face ? sum > 0 : sum > .015 * n && sure > .86 * sum;
}

// The detector and the mesh also take dogs and masks for faces; the skin of a human face is what they lack.
static void keep_human_faces(struct enl_view *view) {
    const struct enl_plane *skin = view->found[ENL_FACE];
    int kept = 0;
    for (int i = 0; i < view->scene->face_count; i++) {
        const struct enl_face *f = &view->scene->faces[i];
        float sum = 0;
        for (int k = 0; k < 64; k++) { // the middle half of the box
            float x = f->x + f->width * (.25f + .5f * ((float)(k % 8) + .5f) / 8);
            float y = f->y + f->height * (.25f + .5f * ((float)(k / 8) + .5f) / 8);
            sum += enl_plane_at(skin, x * (float)skin->width - .5f, y * (float)skin->height - .5f);
        }
        if (sum / 64 > .75f) view->scene->faces[kept++] = *f;
    }
    view->scene->face_count = kept;
}

bool enl_find_people(struct enl_view *view, const struct enl_picture *photo, struct enl_models *models,
                     struct enl_error *error) {
    static const enum enl_element elements[3] = {ENL_PERSON, ENL_HAIR, ENL_FACE};
    if (!enl_models_has(models, ENL_MODEL_PERSON_PARTS)) return true;
    int w = view->picture->width, h = view->picture->height;
    for (int k = 0; k < 3; k++)
        if (!(view->found[elements[k]] = enl_plane_new(w, h, error))) return false;
    float pw = (float)photo->width, ph = (float)photo->height;
    if (!paint(view, models, photo, &(struct enl_window){pw / 2, ph / 2, pw, ph, 0}, false, error)) return false;
    for (int i = 0; i < view->scene->face_count && i < 3; i++) {
        const struct enl_face *face = &view->scene->faces[i];
        float side = 4.6f * face->height * ph;
        if (side > .8f * fminf(pw, ph) || face->width * pw < 40) continue;
        struct enl_window window = {(face->x + face->width / 2) * pw, (face->y + 1.1f * face->height) * ph, side, side,
                                    0};
        if (!paint(view, models, photo, &window, true, error)) return false;
    }
    view->scene->person_model = true;
    keep_human_faces(view);
    bool anyone = is_anyone(view->found[ENL_PERSON], view->scene->face_count > 0);
    for (int k = 0; k < 3; k++) {
        if (!anyone) enl_plane_free(&view->found[elements[k]]);
        view->scene->confidence[elements[k]] = anyone ? .9f : 0;
    }
    return true;
}
