// SPDX-License-Identifier: MIT
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

// Bytes of the UTF-8 character at `c`; 0 when there is none or it is a control character.
static int character(const unsigned char *c) {
    int size = c[0] < 0x80                 ? 1 :
               c[0] >= 0xc2 && c[0] < 0xe0 ? 2 :
               c[0] >= 0xe0 && c[0] < 0xf0 ? 3 :
               c[0] >= 0xf0 && c[0] < 0xf5 ? 4 :
                                             0;
    if (c[0] < 0x20 || c[0] == 0x7f || (c[0] == 0xc2 && c[1] < 0xa0)) return 0;
    for (int i = 1; i < size; i++)
        if ((c[i] & 0xc0) != 0x80) return 0;
    // Longer than it needs to be, half of a UTF-16 pair, or beyond Unicode: strict readers (of JSON) take none of
    // these.
    if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] >= 0xa0) || (c[0] == 0xf0 && c[1] < 0x90) ||
        (c[0] == 0xf4 && c[1] >= 0x90))
        return 0;
    // Marks that turn the direction of what follows: U+202A..202E and U+2066..2069.
    bool turns = c[1] == 0x80 ? c[2] >= 0xaa && c[2] <= 0xae : c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9;
    if (size == 3 && c[0] == 0xe2 && turns) return 0;
    return size;
}

// What is no printable UTF-8 becomes '?'; a character that was cut in two goes.
static void clean(char *text, bool was_cut) {
    size_t length = strlen(text);
    for (size_t i = 0; i < length;) {
        int size = character((const unsigned char *)text + i);
        if (!size && was_cut && length - i < 4 && (unsigned char)text[i] >= 0xc0) text[length = i] = 0;
        else if (!size) text[i++] = '?';
        else i += (size_t)size;
    }
}

void enl_clean(char *text) { clean(text, false); }

// As much of `whole` as fits, its middle left out: a long path comes first, the reason last, and both are needed.
static void shorten(char *ret, size_t size, const char *whole) {
    size_t length = strlen(whole), head = size / 3, tail = size - head - sizeof "...";
    const char *end = whole + length - tail;
    snprintf(ret, head + 1, "%s", whole);
    clean(ret, true);
    while (((unsigned char)*end & 0xc0) == 0x80) end++; // not from within a character
    snprintf(ret + strlen(ret), size - strlen(ret), "...%s", end);
    clean(ret, false);
}

bool enl_fail(struct enl_error *error, enum enl_code code, const char *format, ...) {
    if (!error) return false;
    char text[sizeof error->text], *whole = NULL; // apart, so that a format may quote the error it replaces
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(text, sizeof text, format, args);
    if (length >= (int)sizeof text && vasprintf(&whole, format, again) < 0) whole = NULL;
    va_end(again);
    va_end(args);
    if (whole) shorten(text, sizeof text, whole);
    else clean(text, length >= (int)sizeof text);
    free(whole);
    error->code = code;
    memcpy(error->text, text, sizeof text);
    return false;
}

bool enl_memory_left(size_t bytes, struct enl_error *error) {
    void *room = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED)
        return enl_fail(error, ENL_NO_MEMORY, "Not enough memory: %zu MB more are needed.", bytes >> 20);
    munmap(room, bytes);
    return true;
}

void *enl_alloc(size_t count, size_t size, struct enl_error *error) {
    size_t bytes;
    void *memory = NULL;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - 64 ||
        posix_memalign(&memory, 64, (bytes + 63) & ~(size_t)63) != 0) {
        enl_fail(error, ENL_NO_MEMORY, "Not enough memory: %zu bytes more were needed.", count * size);
        return NULL;
    }
    return memset(memory, 0, bytes);
}

void enl_release(void *pointer) { free(pointer); }

uint64_t enl_mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t enl_random_next(struct enl_random *random) { return enl_mix(random->state += 0x9e3779b97f4a7c15u); }

float enl_random_unit(struct enl_random *random) { return (float)(enl_random_next(random) >> 40) * 0x1p-24f; }

float enl_random_normal(struct enl_random *random) {
    // The sum of twelve uniforms (Irwin-Hall) is normal enough here and the same with every libm.
    float sum = -6;
    for (int i = 0; i < 12; i++) sum += enl_random_unit(random);
    return sum;
}

uint64_t enl_hash_bytes(uint64_t hash, const void *bytes, size_t size) {
    const unsigned char *p = bytes;
    // Four lanes hide the multiplier's latency: frames are hashed while they are in the cache.
    uint64_t lane[4] = {hash ^ 1, hash ^ 2, hash ^ 3, hash ^ 4}, word[4];
    size_t left = size;
    for (; left >= 32; left -= 32, p += 32) {
        memcpy(word, p, 32);
        for (int i = 0; i < 4; i++) lane[i] = ((lane[i] ^ word[i]) * 0x9fb21c651e98df25u) ^ (lane[i] >> 29);
    }
    memset(word, 0, sizeof word);
    memcpy(word, p, left);
    for (int i = 0; i < 4; i++) lane[i] = enl_mix(lane[i] ^ word[i]);
    return enl_mix(lane[0] + 3 * lane[1] + 5 * lane[2] + 7 * lane[3] + size);
}

static float gradient(int x, int y, uint32_t seed, float dx, float dy) {
    uint64_t h = enl_mix(((uint64_t)(uint32_t)x << 32 | (uint32_t)y) ^ (uint64_t)seed * 0x9e3779b97f4a7c15u);
    // Eight directions of equal length are enough and need no trigonometry.
    static const float direction[8][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {.7071f, .7071f}, {-.7071f, .7071f},
                                          {.7071f, -.7071f}, {-.7071f, -.7071f}};
    return direction[h & 7][0] * dx + direction[h & 7][1] * dy;
}

float enl_noise2(float x, float y, uint32_t seed) {
    float fx = floorf(x), fy = floorf(y), dx = x - fx, dy = y - fy;
    int ix = (int)fx, iy = (int)fy;
    float u = dx * dx * dx * (dx * (dx * 6 - 15) + 10), v = dy * dy * dy * (dy * (dy * 6 - 15) + 10);
    float top = enl_mixf(gradient(ix, iy, seed, dx, dy), gradient(ix + 1, iy, seed, dx - 1, dy), u);
    float bottom = enl_mixf(gradient(ix, iy + 1, seed, dx, dy - 1), gradient(ix + 1, iy + 1, seed, dx - 1, dy - 1), u);
    return enl_mixf(top, bottom, v) * 1.41421356f;
}

double enl_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}
