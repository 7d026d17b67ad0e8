// SPDX-License-Identifier: MIT
// In place of run.c where ONNX Runtime's header was not there to build with.
#include "model/run.h"

struct enl_models {
    char nothing;
};

struct enl_models *enl_models_open(const struct enl_models_params *params, struct enl_error *error) {
    (void)params;
    return enl_alloc(1, sizeof(struct enl_models), error);
}

void enl_models_free(struct enl_models **models) {
    if (!models) return;
    enl_release(*models);
    *models = NULL;
}

bool enl_models_has(const struct enl_models *models, enum enl_model_slot slot) {
    (void)models, (void)slot;
    return false;
}

const char *enl_models_why(const struct enl_models *models) {
    (void)models;
    return "built without ONNX Runtime";
}

bool enl_model_run(struct enl_models *models, enum enl_model_slot slot, const struct enl_picture *picture,
                   const struct enl_window *window, struct enl_tensor *ret, int count, struct enl_error *error) {
    (void)models, (void)slot, (void)picture, (void)window, (void)ret, (void)count;
    return enl_fail(error, ENL_INTERNAL, "There is no model runtime.");
}
