// SPDX-License-Identifier: MIT
// ONNX Runtime through its C API by dlopen: linking would tie the program to one release of it, and without it the
// program still works. Only calls that exist since API 14 are used.
#include "model/run.h"

#include <dlfcn.h>
#include <limits.h>
#include <onnxruntime_c_api.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNTIME_THREADS 2 // fixed: the same sums on every machine, whatever its core count

struct enl_models {
    void *library;
    const OrtApi *api;
    OrtEnv *env;
    OrtSessionOptions *options;
    pthread_mutex_t lock; // guards `sessions`
    OrtSession *sessions[ENL_MODEL_SLOTS];
    char files[ENL_MODEL_SLOTS][PATH_MAX];
    char why[240];
};

// Whether memory is what the runtime's words complain of; it has no code for it.
static bool is_memory(const char *message) {
    static const char *const signs[] = {"bad_alloc", "bfc_arena", "Failed to allocate", "malloc", "mmap",
                                        "Cannot allocate", "pthread_create"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strstr(message, signs[i])) return true;
    return false;
}

// True when the call went well; else a sentence in `error`: of `file`, the network, when it is what cannot be used.
static bool fine_with(const struct enl_models *m, OrtStatus *status, const char *file, enum enl_model_slot slot,
                      struct enl_error *error) {
    if (!status) return true;
    const char *message = m->api->GetErrorMessage(status);
    if (is_memory(message)) enl_fail(error, ENL_NO_MEMORY, "Not enough memory to run the networks.");
    else if (file) enl_fail(error, ENL_IO, "%s cannot be used as the network for %s.", file, enl_slots[slot].name);
    else enl_fail(error, ENL_INTERNAL, "ONNX Runtime failed: %.200s.", message);
    m->api->ReleaseStatus(status);
    return false;
}

static bool fine(const struct enl_models *m, OrtStatus *status, struct enl_error *error) {
    return fine_with(m, status, NULL, 0, error);
}

// Where the models are when nobody says: beside the program (as make builds it), or where `make install` puts them.
static void default_dir(char dir[PATH_MAX]) {
    char program[PATH_MAX - 64];
    Dl_info info;
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    const char *tries[] = {"deps/models", "../deps/models", "../share/enliven/models"};
    for (int pass = 0; pass < 2; pass++) { // the program's place first, then the library's
        if (pass && dladdr((void *)enl_slots, &info) && info.dli_fname)
            n = snprintf(program, sizeof program, "%s", info.dli_fname);
        if (n <= 0 || n >= (ssize_t)sizeof program) continue;
        program[n] = 0;
        char *slash = strrchr(program, '/');
        if (!slash) continue;
        *slash = 0;
        for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
            snprintf(dir, PATH_MAX, "%s/%s", program, tries[i]);
            if (access(dir, R_OK | X_OK) == 0) return;
        }
    }
    dir[0] = 0;
}

// The library that stands beside a folder of models.
static void *load_beside(const char *dir) {
    char beside[PATH_MAX + 32];
    snprintf(beside, sizeof beside, "%s/../lib/libonnxruntime.so", dir);
    return dir[0] ? dlopen(beside, RTLD_NOW | RTLD_LOCAL) : NULL;
}

static bool open_runtime(struct enl_models *m, const char *path, const char *dir) {
    char own[PATH_MAX];
    if (!path) path = getenv("ENLIVEN_ONNXRUNTIME");
    // Builds of ONNX Runtime write a device id and a log of their use into the home folder unless told not to.
    setenv("ORT_DISABLE_TELEMETRY", "1", 1);
    if (path) m->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    else if (!(m->library = load_beside(dir)) && (default_dir(own), !(m->library = load_beside(own))))
        m->library = dlopen("libonnxruntime.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!m->library && path) snprintf(m->why, sizeof m->why, "%.60s is no ONNX Runtime", path);
    else if (!m->library) snprintf(m->why, sizeof m->why, "ONNX Runtime was not found (make fetches it)");
    else snprintf(m->why, sizeof m->why, "this ONNX Runtime cannot be used");
    if (!m->library) return false;
    const OrtApiBase *(*base)(void);
    *(void **)&base = dlsym(m->library, "OrtGetApiBase");
    for (uint32_t version = 20; base && !m->api && version >= 14; version--) m->api = base()->GetApi(version);
    if (!m->api) return false;
    const OrtApi *api = m->api;
    return fine(m, api->CreateEnv(ORT_LOGGING_LEVEL_FATAL, "enliven", &m->env), NULL) &&
           fine(m, api->DisableTelemetryEvents(m->env), NULL) &&
           fine(m, api->CreateSessionOptions(&m->options), NULL) &&
           fine(m, api->DisableCpuMemArena(m->options), NULL) &&
           fine(m, api->SetIntraOpNumThreads(m->options, RUNTIME_THREADS), NULL) &&
           fine(m, api->SetInterOpNumThreads(m->options, 1), NULL) &&
           // Threads that spin between calls would take the cores from the renderer.
           fine(m, api->AddSessionConfigEntry(m->options, "session.intra_op.allow_spinning", "0"), NULL);
}

struct enl_models *enl_models_open(const struct enl_models_params *params, struct enl_error *error) {
    const struct enl_models_params none = {0};
    if (!params) params = &none;
    struct enl_models *m = enl_alloc(1, sizeof *m, error);
    if (!m) return NULL;
    pthread_mutex_init(&m->lock, NULL);
    char dir[PATH_MAX];
    const char *wanted = params->dir ? params->dir : getenv("ENLIVEN_MODELS");
    if (wanted) snprintf(dir, sizeof dir, "%s", wanted);
    else default_dir(dir);
    for (int i = 0; i < ENL_MODEL_SLOTS; i++) {
        if (params->files[i]) {
            snprintf(m->files[i], sizeof m->files[i], "%s", params->files[i]);
            if (access(m->files[i], R_OK) != 0) {
                enl_fail(error, ENL_IO, "The model file %s for %s cannot be read.", m->files[i], enl_slots[i].name);
                enl_models_free(&m);
                return NULL;
            }
        } else if (dir[0]) {
            int n = snprintf(m->files[i], sizeof m->files[i], "%.*s/%s.onnx", PATH_MAX - 40, dir, enl_slots[i].name);
            if (n < 0 || access(m->files[i], R_OK) != 0) m->files[i][0] = 0;
        }
    }
    bool runs = open_runtime(m, params->runtime, dir);
    if (!runs) memset(m->files, 0, sizeof m->files);
    else m->why[0] = 0;
    if (runs && (!m->files[ENL_MODEL_FACE_DETECTION][0] || !m->files[ENL_MODEL_FACE_MESH][0] ||
                 !m->files[ENL_MODEL_PERSON_PARTS][0]))
        snprintf(m->why, sizeof m->why, "model files are missing from %.150s", dir[0] ? dir : "every known place");
    enl_clean(m->why);
    return m;
}

void enl_models_free(struct enl_models **models) {
    struct enl_models *m = models ? *models : NULL;
    if (!m) return;
    for (int i = 0; i < ENL_MODEL_SLOTS; i++)
        if (m->sessions[i]) m->api->ReleaseSession(m->sessions[i]);
    if (m->options) m->api->ReleaseSessionOptions(m->options);
    if (m->env) m->api->ReleaseEnv(m->env);
    // The library stays mapped: its threads' destructors run later than this.
    pthread_mutex_destroy(&m->lock);
    enl_release(m);
    *models = NULL;
}

bool enl_models_has(const struct enl_models *m, enum enl_model_slot slot) {
    return m && (unsigned)slot < ENL_MODEL_SLOTS && m->files[slot][0];
}

const char *enl_models_why(const struct enl_models *m) { return m ? m->why : "no models were given"; }

static OrtSession *session_of(struct enl_models *m, enum enl_model_slot slot, struct enl_error *error) {
    pthread_mutex_lock(&m->lock);
    OrtSession *session = m->sessions[slot];
    if (!session && fine_with(m, m->api->CreateSession(m->env, m->files[slot], m->options, &session), m->files[slot],
                              slot, error))
        m->sessions[slot] = session;
    pthread_mutex_unlock(&m->lock);
    return session;
}

// Adds the picture at a place within it, bilinear.
static void look_at(const struct enl_picture *p, float x, float y, float sum[3]) {
    x = enl_clampf(x, 0, (float)(p->width - 1)), y = enl_clampf(y, 0, (float)(p->height - 1));
    int ix = (int)x, iy = (int)y, right = ix + 1 < p->width ? 3 : 0, down = iy + 1 < p->height ? 3 * p->width : 0;
    const uint8_t *q = p->data + 3 * ((size_t)iy * (size_t)p->width + (size_t)ix);
    for (int k = 0; k < 3; k++)
        sum[k] += enl_mixf(enl_mixf(q[k], q[right + k], x - (float)ix),
                           enl_mixf(q[down + k], q[down + right + k], x - (float)ix), y - (float)iy);
}

// Adds the samples of one of the slot's pixels, `n` x `n` of them, about a place in the picture.
static void add_samples(const struct enl_slot *slot, const struct enl_picture *p, float x0, float y0,
                        const float step[4], int n, float sum[3]) {
    for (int column = 0, row = 0; row < n; column = column + 1 < n ? column + 1 : 0, row += !column) {
        float i = (float)column - .5f * (float)(n - 1), j = (float)row - .5f * (float)(n - 1);
        float x = x0 + step[0] * i - step[1] * j, y = y0 + step[2] * i + step[3] * j;
        if (x < -1 || y < -1 || x > (float)p->width || y > (float)p->height) {
            for (int c = 0; c < 3; c++) sum[c] += (float)slot->beyond[c];
        } else if (n > 2) {
            int ix = enl_clampi((int)(x + .5f), 0, p->width - 1), iy = enl_clampi((int)(y + .5f), 0, p->height - 1);
            const uint8_t *q = p->data + 3 * ((size_t)iy * (size_t)p->width + (size_t)ix);
            for (int c = 0; c < 3; c++) sum[c] += (float)q[c];
        } else {
            look_at(p, x, y, sum);
        }
    }
}

// The window's pixels as the slot wants them. Shrinking averages n x n samples a pixel, so that nothing aliases; where
// they are many, each is the pixel it falls on.
static float *sample(const struct enl_slot *slot, const struct enl_picture *p, const struct enl_window *w,
                     struct enl_error *error) {
    size_t pixels = (size_t)slot->width * (size_t)slot->height;
    float *input = enl_alloc(pixels * 3, sizeof *input, error);
    if (!input) return NULL;
    float sx = w->width / (float)slot->width, sy = w->height / (float)slot->height, c = cosf(w->angle),
          s = sinf(w->angle);
    int n = enl_clampi((int)ceilf(fmaxf(sx, sy)), 1, 8);
    const float step[4] = {c * sx / (float)n, s * sy / (float)n, s * sx / (float)n, c * sy / (float)n};
    for (int j = 0; j < slot->height; j++)
        for (int i = 0; i < slot->width; i++) {
            float sum[3] = {0}, u = ((float)i + .5f) * sx - w->width / 2, v = ((float)j + .5f) * sy - w->height / 2;
            size_t at = (size_t)j * (size_t)slot->width + (size_t)i;
            add_samples(slot, p, w->x + c * u - s * v - .5f, w->y + s * u + c * v - .5f, step, n, sum);
            for (size_t k = 0; k < 3; k++)
                input[slot->planar ? k * pixels + at : 3 * at + k] = sum[k] / (float)(n * n) * slot->scale[k] +
                                                                     slot->offset[k];
        }
    return input;
}

static bool copy_out(const struct enl_models *m, enum enl_model_slot slot, const OrtValue *value, size_t floats,
                     struct enl_tensor *ret, struct enl_error *error) {
    OrtTensorTypeAndShapeInfo *info = NULL;
    ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
    size_t rank = 0, count = 0;
    void *data = NULL;
    bool done = fine(m, m->api->GetTensorTypeAndShape(value, &info), error) &&
                fine(m, m->api->GetTensorElementType(info, &type), error) &&
                fine(m, m->api->GetDimensionsCount(info, &rank), error) &&
                fine(m, m->api->GetTensorShapeElementCount(info, &count), error);
    bool fits = rank <= 6 && type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT && count > 0 && (!floats || count == floats);
    if (done && !fits)
        done = enl_fail(error, ENL_IO, "%s cannot be used as the network for %s: it gives other numbers.",
                        m->files[slot], enl_slots[slot].name);
    done = done && fine(m, m->api->GetDimensions(info, ret->dims, rank), error) &&
           fine(m, m->api->GetTensorMutableData((OrtValue *)value, &data), error) &&
           (ret->data = enl_alloc(count, sizeof(float), error)) != NULL;
    if (done) {
        ret->rank = (int)rank;
        memcpy(ret->data, data, count * sizeof(float));
    }
    if (info) m->api->ReleaseTensorTypeAndShapeInfo(info);
    return done;
}

bool enl_model_run(struct enl_models *m, enum enl_model_slot slot, const struct enl_picture *picture,
                   const struct enl_window *window, struct enl_tensor *ret, int count, struct enl_error *error) {
    const struct enl_slot *s = &enl_slots[slot];
    OrtSession *session = session_of(m, slot, error);
    float *input = session ? sample(s, picture, window, error) : NULL;
    if (!input) return false;
    int64_t nhwc[4] = {1, s->height, s->width, 3}, nchw[4] = {1, 3, s->height, s->width};
    const OrtApi *api = m->api;
    OrtMemoryInfo *memory = NULL;
    OrtValue *in = NULL, *out[4] = {NULL};
    OrtAllocator *allocator = NULL;
    char *in_name = NULL, *out_names[4] = {NULL};
    size_t outputs = 0, bytes = (size_t)s->width * (size_t)s->height * 3 * sizeof(float);
    bool done = fine(m, api->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory), error) &&
                fine(m,
                     api->CreateTensorWithDataAsOrtValue(memory, input, bytes, s->planar ? nchw : nhwc, 4,
                                                         ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &in),
                     error) &&
                fine(m, api->GetAllocatorWithDefaultOptions(&allocator), error) &&
                fine_with(m, api->SessionGetInputName(session, 0, allocator, &in_name), m->files[slot], slot, error) &&
                fine(m, api->SessionGetOutputCount(session, &outputs), error);
    if (done && ((size_t)count > outputs || count > 4))
        done = enl_fail(error, ENL_IO, "%s cannot be used as the network for %s: it has %zu outputs of %d.",
                        m->files[slot], s->name, outputs, count);
    for (int i = 0; done && i < count; i++)
        done = fine(m, api->SessionGetOutputName(session, (size_t)i, allocator, &out_names[i]), error);
    done = done && fine_with(m, api->Run(session, NULL, (const char *const *)&in_name, (const OrtValue *const *)&in, 1,
                                    (const char *const *)out_names, (size_t)count, out), m->files[slot], slot, error);
    for (int i = 0; i < count; i++) ret[i] = (struct enl_tensor){0};
    for (int i = 0; done && i < count; i++) done = copy_out(m, slot, out[i], i < 2 ? s->floats[i] : 0, &ret[i], error);
    for (int i = 0; i < count && i < 4; i++) {
        if (!done) enl_release(ret[i].data), ret[i].data = NULL;
        if (out[i]) api->ReleaseValue(out[i]);
        if (out_names[i]) allocator->Free(allocator, out_names[i]);
    }
    if (in_name) allocator->Free(allocator, in_name);
    if (in) api->ReleaseValue(in);
    if (memory) api->ReleaseMemoryInfo(memory);
    enl_release(input);
    return done;
}
