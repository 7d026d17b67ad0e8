// SPDX-License-Identifier: MIT
// Models: trained networks that may or may not be on this machine.
#ifndef ENLIVEN_MODEL_H
#define ENLIVEN_MODEL_H

#include <stdbool.h>

#include <enliven/error.h>

#ifdef __cplusplus
extern "C" {
#endif

// A slot that a network can fill. The shipped slots are in a table; a person fills the open ones with weights of
// their own (see docs/models.md).
enum enl_model_slot {
    ENL_MODEL_FACE_DETECTION,
    ENL_MODEL_FACE_MESH,
    ENL_MODEL_PERSON_PARTS,
    ENL_MODEL_SCENE,         // sky, waters, plants and what stays still; trained by the project
    ENL_MODEL_OBJECTS,       // boxes of animals among COCO's 90 classes
    ENL_MODEL_SCENE_CLASSES, // open: 150 ADE20K classes
    ENL_MODEL_SKY,           // open: one sky probability
    ENL_MODEL_DEPTH,         // open: inverse depth
    ENL_MODEL_SLOTS
};

struct enl_models;

struct enl_models_params {
    const char *dir;                       // folder of *.onnx; NULL: $ENLIVEN_MODELS, else where make put them
    const char *runtime;                   // libonnxruntime.so; NULL: $ENLIVEN_ONNXRUNTIME, else beside the models
    const char *files[ENL_MODEL_SLOTS];    // a file for one slot, overriding `dir`; NULL: dir/<slot name>.onnx
    int threads;                           // 0: one a core, at most 4
};
#define enl_models_params(...) (&(struct enl_models_params){__VA_ARGS__})

// Opens the runtime and finds which slots have a file; networks load on first use. Never fails for a missing runtime or
// file (enl_models_why tells); NULL with `error` only when memory runs out or a file named in `files` is not usable.
ENL_API struct enl_models *enl_models_open(const struct enl_models_params *params, struct enl_error *error);
ENL_API void enl_models_free(struct enl_models **models);

ENL_API bool enl_models_has(const struct enl_models *models, enum enl_model_slot slot); // NULL models: false
ENL_API const char *enl_models_why(const struct enl_models *models); // why some are missing, "" if none is

// Name, licence and source of a slot's network, for credits. Never NULL.
ENL_API const char *enl_model_name(enum enl_model_slot slot);
ENL_API const char *enl_model_licence(enum enl_model_slot slot);

#ifdef __cplusplus
}
#endif
#endif
