// SPDX-License-Identifier: MIT
// What every room may use: errors, memory, random numbers, hashes, small maths. Knows nothing above it.
#ifndef ENL_BASE_H
#define ENL_BASE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <enliven/error.h>

#ifndef ENL_VERSION
#define ENL_VERSION "0.1.0" // meson.build says it
#endif
#define ENL_PI 3.14159265358979323846f

// count * size zeroed bytes, aligned to 64; NULL with `error` filled when memory runs out or the product overflows.
void *enl_alloc(size_t count, size_t size, struct enl_error *error);
void enl_release(void *pointer); // of enl_alloc; NULL is legal
// Whether so much more may be had under the limit on the address space (ulimit -v), where there is one. Libraries below
// us crash or hang where it ends, so it is asked for before they are.
bool enl_memory_left(size_t bytes, struct enl_error *error);

// What is no printable UTF-8 (control characters, marks that turn the direction) becomes '?'.
void enl_clean(char *text);

// Random numbers that depend on nothing but their seed (SplitMix64, Steele et al. 2014).
struct enl_random {
    uint64_t state;
};
uint64_t enl_random_next(struct enl_random *random);
float enl_random_unit(struct enl_random *random); // [0, 1)
float enl_random_normal(struct enl_random *random); // mean 0, deviation 1
uint64_t enl_mix(uint64_t value);                 // a good hash of one number

// A running 64-bit hash of bytes; not for security. Start from 0.
uint64_t enl_hash_bytes(uint64_t hash, const void *bytes, size_t size);

// Smooth noise in [-1, 1] over the plane, features about 1 unit in size (gradient noise, Perlin 2002).
float enl_noise2(float x, float y, uint32_t seed);

static inline float enl_clampf(float x, float low, float high) { return x < low ? low : x > high ? high : x; }
static inline int enl_clampi(int x, int low, int high) { return x < low ? low : x > high ? high : x; }
static inline float enl_mixf(float a, float b, float t) { return a + (b - a) * t; }
// 0 below `low`, 1 above `high`, a smooth cubic between.
static inline float enl_smoothstep(float low, float high, float x) {
    float t = enl_clampf((x - low) / (high - low), 0, 1);
    return t * t * (3 - 2 * t);
}
double enl_seconds(void); // a clock that only goes forward

#endif
