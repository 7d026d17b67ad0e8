// SPDX-License-Identifier: MIT
// Fuzzes the containers of credentials: a file of unknown origin is looked through, split and laid out anew.
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "credential/container.h"

#define STORE 1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct memory {
    const uint8_t *data;
    size_t size;
};

static int64_t read_memory(void *user, uint64_t at, void *ret_bytes, size_t size) {
    const struct memory *memory = user;
    if (at >= memory->size) return 0;
    if (size > memory->size - (size_t)at) size = memory->size - (size_t)at;
    memcpy(ret_bytes, memory->data + at, size);
    return (int64_t)size;
}

static void find(const struct enl_container *container, const struct enl_source *source) {
    struct enl_error error = {0};
    struct enl_found found;
    if (!container->find(source, &found, &error)) {
        assert(error.code != ENL_OK && error.text[0]);
        return;
    }
    assert(!found.remote || strlen(found.remote) <= source->size);
    for (int i = 0; i < found.region_count; i++)
        assert(found.regions[i].at <= source->size && found.regions[i].size <= source->size - found.regions[i].at);
    unsigned sum = 0; // every byte is there to be read
    for (size_t i = 0; found.store && i < found.store_size; i++) sum += found.store[i];
    assert(sum <= 255u * found.store_size);
    enl_found_free(&found);
}

static void split(const struct enl_container *container, const struct enl_source *source) {
    struct enl_error error = {0};
    struct enl_parts parts;
    if (!container->parts(source, &parts, &error)) {
        assert(error.code != ENL_OK && error.text[0]);
        return;
    }
    uint64_t at = 0; // without a gap
    for (int i = 0; i < parts.count; at += parts.list[i++].size) assert(parts.list[i].at == at);
    assert(at == source->size);
    enl_release(parts.list);
}

static void lay(const struct enl_container *container, const struct enl_source *source, const uint8_t *store,
                size_t size) {
    struct enl_error error = {0};
    struct enl_layout layout;
    if (!container->lay(source, size, &layout, &error)) {
        assert(error.code != ENL_OK && error.text[0]);
        return;
    }
    assert(layout.credential.at + layout.credential.size <= layout.size);
    if (size && container->seal) container->seal(&layout, store);
    struct enl_laid laid = {&layout, source, size ? store : NULL};
    struct enl_source out = enl_laid_source(&laid);
    uint8_t bytes[1000];
    for (uint64_t at = 0; at < out.size;) {
        int64_t got = out.read(out.user, at, bytes, sizeof bytes);
        if (got <= 0) __builtin_trap();
        at += (uint64_t)got;
    }
    enl_layout_free(&layout);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t store[STORE] = {0, 0,  3,   0xE8, 'j', 'u', 'm', 'b', 0,   0,
                                         0, 30, 'j', 'u',  'm', 'd', 'c', '2', 'p', 'a'};
    struct memory memory = {data, size};
    struct enl_source source = {.read = read_memory, .user = &memory, .size = size};
    struct enl_error error = {0};
    const char *type = NULL;
    const struct enl_container *container = enl_container_of(&source, &type, &error);
    if (!container) {
        assert(error.code != ENL_OK && error.text[0]);
        return 0;
    }
    find(container, &source);
    if (container->parts) split(container, &source);
    if (container->lay) lay(container, &source, store, STORE);
    if (container->lay) lay(container, &source, NULL, 0);
    return 0;
}
