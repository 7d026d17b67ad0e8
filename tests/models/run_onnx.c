// SPDX-License-Identifier: MIT
//
// run_onnx LIBRARY MODEL REPEATS (INPUT OUTPUT)...
//
// Runs an ONNX model with one float input on raw float32 files and writes all
// its outputs, one after another in the model's order, as raw float32. Prints
// the tensors' names and shapes and, of the runs of the last input, the median
// time. The test compares what it writes with the original's own runtime.

#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <onnxruntime_c_api.h>

enum { THREADS = 2, API_LEVEL = 14, MAX_OUTPUTS = 8, MAX_RANK = 8 };

static const OrtApi *ort;

_Noreturn static void die(const char *what, const char *why) {
  fprintf(stderr, "run_onnx: %s: %s\n", what, why);
  exit(1);
}

static void check(OrtStatus *status, const char *what) {
  if (status) die(what, ort->GetErrorMessage(status));
}

static const OrtApi *load(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) die(path, dlerror());
  const OrtApiBase *(*base)(void) = NULL;
  // POSIX's own idiom: ISO C has no cast from a data to a function pointer.
  *(void **)&base = dlsym(library, "OrtGetApiBase");
  if (!base) die(path, "no OrtGetApiBase");
  const OrtApi *api = base()->GetApi(API_LEVEL);
  if (!api) die(path, "too old");
  return api;
}

// Prints one tensor's line and returns how many floats it has.
static size_t describe(const char *kind, const char *name, const OrtTypeInfo *info,
                       int64_t *shape, size_t *rank) {
  const OrtTensorTypeAndShapeInfo *tensor = NULL;
  check(ort->CastTypeInfoToTensorInfo(info, &tensor), name);
  check(ort->GetDimensionsCount(tensor, rank), name);
  if (*rank > MAX_RANK) die(name, "too many dimensions");
  check(ort->GetDimensions(tensor, shape, *rank), name);
  size_t count = 1;
  printf("%s %s [", kind, name);
  for (size_t i = 0; i < *rank; i++) {
    printf(i ? ",%" PRId64 : "%" PRId64, shape[i]);
    count *= (size_t)shape[i];
  }
  printf("]\n");
  return count;
}

static void read_floats(const char *path, float *to, size_t count) {
  FILE *file = fopen(path, "rb");
  if (!file || fread(to, sizeof *to, count, file) != count || fgetc(file) != EOF) {
    die(path, "not a file of the input's size");
  }
  fclose(file);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc < 6 || argc % 2 != 0) {
    fprintf(stderr, "usage: run_onnx LIBRARY MODEL REPEATS (INPUT OUTPUT)...\n");
    return 2;
  }
  int repeats = atoi(argv[3]);
  if (repeats < 1) die(argv[3], "not a number of runs");
  ort = load(argv[1]);

  OrtEnv *env = NULL;
  OrtSessionOptions *options = NULL;
  OrtSession *session = NULL;
  OrtAllocator *allocator = NULL;
  OrtMemoryInfo *memory = NULL;
  check(ort->CreateEnv(ORT_LOGGING_LEVEL_WARNING, "run_onnx", &env), "environment");
  check(ort->CreateSessionOptions(&options), "options");
  check(ort->SetIntraOpNumThreads(options, THREADS), "threads");
  check(ort->SetSessionGraphOptimizationLevel(options, ORT_ENABLE_ALL), "options");
  check(ort->CreateSession(env, argv[2], options, &session), argv[2]);
  check(ort->GetAllocatorWithDefaultOptions(&allocator), "allocator");
  check(ort->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory), "memory");

  char *input_name = NULL, *output_names[MAX_OUTPUTS] = {NULL};
  int64_t shape[MAX_RANK];
  size_t rank, outputs;
  OrtTypeInfo *info = NULL;
  check(ort->SessionGetInputName(session, 0, allocator, &input_name), "input");
  check(ort->SessionGetOutputCount(session, &outputs), "outputs");
  if (outputs > MAX_OUTPUTS) die(argv[2], "too many outputs");
  size_t counts[MAX_OUTPUTS];
  for (size_t i = 0; i < outputs; i++) {
    check(ort->SessionGetOutputName(session, i, allocator, &output_names[i]), "output");
    check(ort->SessionGetOutputTypeInfo(session, i, &info), output_names[i]);
    counts[i] = describe("output", output_names[i], info, shape, &rank);
    ort->ReleaseTypeInfo(info);
  }
  check(ort->SessionGetInputTypeInfo(session, 0, &info), input_name);
  size_t input_count = describe("input", input_name, info, shape, &rank);
  ort->ReleaseTypeInfo(info);

  float *input = malloc(input_count * sizeof *input);
  double *times = malloc((size_t)repeats * sizeof *times);
  if (!input || !times) die("memory", "none left");

  for (int arg = 4; arg + 1 < argc; arg += 2) {
    read_floats(argv[arg], input, input_count);
    OrtValue *in = NULL, *out[MAX_OUTPUTS];
    check(ort->CreateTensorWithDataAsOrtValue(memory, input, input_count * sizeof *input, shape,
                                              rank, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &in),
          "tensor");
    FILE *file = fopen(argv[arg + 1], "wb");
    if (!file) die(argv[arg + 1], "cannot write");
    for (int i = 0; i < repeats; i++) {
      for (size_t o = 0; o < outputs; o++) out[o] = NULL;
      double start = now();
      check(ort->Run(session, NULL, (const char *const *)&input_name, (const OrtValue *const *)&in,
                     1, (const char *const *)output_names, outputs, out),
            argv[2]);
      times[i] = now() - start;
      for (size_t o = 0; o < outputs; o++) {
        float *data = NULL;
        check(ort->GetTensorMutableData(out[o], (void **)&data), output_names[o]);
        if (i == 0 && fwrite(data, sizeof *data, counts[o], file) != counts[o]) {
          die(argv[arg + 1], "cannot write");
        }
        ort->ReleaseValue(out[o]);
      }
    }
    if (fclose(file)) die(argv[arg + 1], "cannot write");
    ort->ReleaseValue(in);
  }
  qsort(times, (size_t)repeats, sizeof *times, by_value);
  printf("median %.2f ms\n", times[repeats / 2]);

  free(input);
  free(times);
  ort->ReleaseMemoryInfo(memory);
  ort->ReleaseSession(session);
  ort->ReleaseSessionOptions(options);
  ort->ReleaseEnv(env);
  return 0;
}
