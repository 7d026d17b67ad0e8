// SPDX-License-Identifier: MIT
// The finders that need trained models.
#ifndef ENL_SCENE_PEOPLE_H
#define ENL_SCENE_PEOPLE_H

#include "scene/view.h"

// Fills scene->faces (the largest first). `photo` is the whole photo. A missing model is no error.
bool enl_find_faces(const struct enl_picture *photo, struct enl_models *models, struct enl_scene *scene,
                    struct enl_error *error);
// Sets view->found for person, hair and face.
bool enl_find_people(struct enl_view *view, const struct enl_picture *photo, struct enl_models *models,
                     struct enl_error *error);
// What the shipped scene network sees of sky, water and plants, where it is there: fills view->seen.
bool enl_find_scene(struct enl_view *view, struct enl_models *models, struct enl_error *error);
// Animals that both the scene network and a detector see; after enl_find_scene. A missing model is no error.
bool enl_find_animals(struct enl_view *view, struct enl_models *models, struct enl_error *error);
// The detector's part of it: boxes[1917][4] (differences from their anchors) and scores[1917][91] (logits) fill the
// scene's animals, where `seen` has one as well.
void enl_take_animals(const float *boxes, const float *scores, const struct enl_plane *seen, struct enl_scene *scene);
// Puts what was seen and what was found of the element together. Nothing seen: nothing done.
bool enl_agree(struct enl_view *view, enum enl_element element, struct enl_error *error);
// A person's own networks, where their slots are filled: these replace what the classical finders found.
bool enl_find_with_classes(struct enl_view *view, struct enl_models *models, struct enl_error *error);
bool enl_find_with_sky(struct enl_view *view, struct enl_models *models, struct enl_error *error);
bool enl_find_with_depth(struct enl_view *view, struct enl_models *models, struct enl_error *error);

// Finds a face again in another picture: the mesh in a window about where its points (pixels) were. False in *ret_face,
// and the points as they were, where there is no face any more.
bool enl_face_follow(struct enl_models *models, const struct enl_picture *picture, float points[ENL_LANDMARKS][3],
                     bool *ret_face, struct enl_error *error);

// What a face's landmarks say: smile, mouth, eyes, angles. Landmarks in fractions; `aspect` is width over height.
void enl_face_measure(struct enl_face *face, float aspect);

#endif
