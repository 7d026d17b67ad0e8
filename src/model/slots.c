// SPDX-License-Identifier: MIT
#include "model/run.h"

#define UNIT {1 / 255.0f, 1 / 255.0f, 1 / 255.0f}, {0, 0, 0}
#define SIGNED {1 / 127.5f, 1 / 127.5f, 1 / 127.5f}, {-1, -1, -1}
// Mean and deviation of ImageNet, as many networks expect them.
#define IMAGENET {1 / (255 * .229f), 1 / (255 * .224f), 1 / (255 * .225f)}, {-.485f / .229f, -.456f / .224f, -.406f / .225f}
#define OWN "its bringer's"

const struct enl_slot enl_slots[ENL_MODEL_SLOTS] = {
    // slot                     name              title                                              licence       size      planar values    beyond           floats
    [ENL_MODEL_FACE_DETECTION] = {"face_detection", "BlazeFace short range (MediaPipe)",               "Apache-2.0", 128, 128, false, SIGNED,   {0, 0, 0}, {896 * 16, 896}},
    [ENL_MODEL_FACE_MESH]      = {"face_mesh",      "Face Mesh, 468 points (MediaPipe)",               "Apache-2.0", 192, 192, false, UNIT,     {0, 0, 0}, {3 * 468, 1}},
    [ENL_MODEL_PERSON_PARTS]   = {"person_parts",   "Selfie multiclass segmentation (MediaPipe)",      "Apache-2.0", 256, 256, false, SIGNED,   {128, 128, 128}, {256 * 256 * 6}},
    [ENL_MODEL_SCENE]          = {"scene",          "Enliven's scene network, 11 classes (1x11x112x112)","MIT",        448, 448, true,  SIGNED,   {128, 128, 128}},
    [ENL_MODEL_OBJECTS]        = {"objects",        "COCO-SSD, MobileNetV2 (TensorFlow Authors)",        "Apache-2.0", 300, 300, false, SIGNED,   {128, 128, 128}, {1917 * 4, 1917 * 91}},
    [ENL_MODEL_SCENE_CLASSES]  = {"scene_classes",  "ADE20K classes, 150 or 151 logits (1x151xHxW)",          OWN,          513, 513, true,  SIGNED,   {128, 128, 128}},
    [ENL_MODEL_SKY]            = {"sky",            "sky probability (1x1xHxW)",                       OWN,          384, 384, true,  IMAGENET, {0, 0, 0}},
    [ENL_MODEL_DEPTH]          = {"depth",          "inverse depth, larger is nearer (1xHxW)",         OWN,          256, 256, true,  IMAGENET, {0, 0, 0}},
};

const char *enl_model_name(enum enl_model_slot slot) { return (unsigned)slot < ENL_MODEL_SLOTS ? enl_slots[slot].name : ""; }
const char *enl_model_licence(enum enl_model_slot slot) { return (unsigned)slot < ENL_MODEL_SLOTS ? enl_slots[slot].licence : ""; }
