// SPDX-License-Identifier: MIT
#include "base/base.h"

#include <enliven/scene.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *number(double value) { return json_real(round(value * 1e4) / 1e4); }

static json_t *face_json(const struct enl_face *f) {
    json_t *landmarks = json_array();
    for (int i = 0; f->has_landmarks && i < ENL_LANDMARKS; i++)
        json_array_append_new(landmarks,
                              json_pack("[o, o, o]", number((double)f->landmarks[i][0]),
                                        number((double)f->landmarks[i][1]), number((double)f->landmarks[i][2])));
    return json_pack("{s:[o,o,o,o], s:o, s:o, s:o, s:[o,o], s:o, s:o, s:o, s:[o,o], s:[o,o], s:o}", "box",
                     number((double)f->x), number((double)f->y), number((double)f->width), number((double)f->height),
                     "score", number((double)f->score), "smile", number((double)f->smile), "mouth_open",
                     number((double)f->mouth_open), "eyes_open", number((double)f->eyes_open[0]),
                     number((double)f->eyes_open[1]), "yaw", number((double)f->yaw), "pitch", number((double)f->pitch),
                     "roll", number((double)f->roll), "left_eye", number((double)f->left_eye[0]),
                     number((double)f->left_eye[1]), "right_eye", number((double)f->right_eye[0]),
                     number((double)f->right_eye[1]), "landmarks", landmarks);
}

static json_t *animal_json(const struct enl_animal *a) {
    return json_pack("{s:s, s:[o,o,o,o], s:o}", "kind", a->kind, "box", number((double)a->x), number((double)a->y),
                     number((double)a->width), number((double)a->height), "score", number((double)a->score));
}

char *enl_scene_to_json(const struct enl_scene *scene, struct enl_error *error) {
    json_t *elements = json_object(), *faces = json_array(), *animals = json_array();
    for (int e = 0; e < ENL_ELEMENTS; e++)
        if (scene->masks[e] && e != ENL_DEPTH)
            json_object_set_new(elements, enl_element_name(e),
                                json_pack("{s:o, s:o}", "share", number((double)scene->share[e]), "confidence",
                                          number((double)scene->confidence[e])));
    if (scene->masks[ENL_WATER]) {
        json_t *water = json_object_get(elements, "water");
        json_object_set_new(water, "kind", json_string(enl_water_name(scene->water)));
        if (scene->water >= ENL_WATER_STREAM)
            json_object_set_new(water, "direction", number((double)scene->water_direction));
    }
    for (int i = 0; i < scene->face_count; i++) json_array_append_new(faces, face_json(&scene->faces[i]));
    for (int i = 0; i < scene->animal_count; i++)
        json_array_append_new(animals, animal_json(&scene->animals[i]));
    json_t *root = json_pack("{s:i, s:i, s:o, s:o, s:o, s:o, s:b, s:b, s:s}", "width", scene->width, "height",
                             scene->height, "elements", elements, "faces", faces, "animals", animals, "horizon",
                             scene->horizon < 0 ? json_null() : number((double)scene->horizon), "night", scene->night,
                             "depth", scene->masks[ENL_DEPTH] != NULL, "without", scene->without);
    char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL, *line = NULL;
    json_decref(root);
    size_t length = text ? strlen(text) : 0;
    if (text && (line = malloc(length + 2))) {
        memcpy(line, text, length);
        memcpy(line + length, "\n", 2);
    }
    free(text);
    if (!line) enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the description of the scene.");
    return line;
}
