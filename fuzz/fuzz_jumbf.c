// SPDX-License-Identifier: MIT
// Fuzzes JUMBF: every box of a store that opens has an address, and the address leads back to it.
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "credential/jumbf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int manifest_of(const struct enl_jumbf *j, int box) {
    while (box > 0 && j->list[box].parent > 0) box = j->list[box].parent;
    return box;
}

static void look(const struct enl_jumbf *j, int box, int depth) {
    const struct enl_jumbf_box *b = &j->list[box];
    char uri[4096];
    bool outside;
    assert(depth < 32 && b->label && *b->label && b->start <= b->inside && b->inside <= b->end);
    assert(!b->data || (b->data >= b->inside && b->data_size <= (size_t)(b->end - b->data)));
    assert(!b->file || (b->file >= b->inside && b->file_size <= (size_t)(b->end - b->file)));
    enl_jumbf_uri(j, box, uri, sizeof uri);
    if (box && strlen(uri) + 1 < sizeof uri) {
        assert(enl_jumbf_find(j, manifest_of(j, box), uri, strlen(uri), &outside) == box && !outside);
        enl_jumbf_find(j, manifest_of(j, box), uri + 1, strlen(uri) - 1, &outside);
    }
    for (int i = b->child; i >= 0; i = j->list[i].next) {
        // What a box is said to hold lies in the bytes that its hash covers.
        assert(j->list[i].parent == box);
        if (strcmp(j->list[i].type, "c2ma") || box)
            assert(j->held_count || (j->list[i].start >= b->inside && j->list[i].end <= b->end));
        look(j, i, depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct enl_jumbf jumbf;
    struct enl_error error = {0};
    if (!enl_jumbf_open(data, size, &jumbf, &error)) {
        assert(error.code != ENL_OK && error.text[0]);
        return 0;
    }
    look(&jumbf, 0, 0);
    enl_jumbf_free(&jumbf);
    return 0;
}
