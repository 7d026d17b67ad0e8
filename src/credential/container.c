// SPDX-License-Identifier: MIT
#include "credential/container.h"
#include "credential/limits.h"

#include <string.h>

extern const struct enl_container enl_container_bmff, enl_container_jpeg, enl_container_png, enl_container_riff,
    enl_container_gif, enl_container_tiff, enl_container_svg;

const struct enl_container *const enl_containers[] = {
    &enl_container_bmff, &enl_container_jpeg, &enl_container_png, &enl_container_riff,
    &enl_container_gif,  &enl_container_tiff, &enl_container_svg, NULL};

const struct enl_container *enl_container_of(const struct enl_source *source, const char **ret_type,
                                             struct enl_error *error) {
    uint8_t head[64] = {0};
    int64_t got = source->read(source->user, 0, head, sizeof head);
    if (got < 0) {
        enl_fail(error, ENL_IO, "The file cannot be read.");
        return NULL;
    }
    for (const struct enl_container *const *c = enl_containers; *c; c++)
        if ((*ret_type = (*c)->type(head, (size_t)got))) return *c;
    enl_fail(error, ENL_BAD_PHOTO, got ? "The file is of no kind that can hold credentials." : "The file is empty.");
    return NULL;
}

bool enl_source_read(const struct enl_source *source, uint64_t at, void *ret_bytes, size_t size,
                     struct enl_error *error) {
    for (size_t done = 0; done < size;) {
        int64_t got = source->read(source->user, at + done, (uint8_t *)ret_bytes + done, size - done);
        if (got < 0) return enl_fail(error, ENL_IO, "The file cannot be read.");
        if (got == 0) return enl_fail(error, ENL_BAD_PHOTO, "The file ends too early.");
        done += (size_t)got;
    }
    return true;
}

uint8_t *enl_source_bytes(const struct enl_source *source, uint64_t at, uint64_t size, size_t most,
                          struct enl_error *error) {
    if (at > source->size || size > source->size - at) {
        enl_fail(error, ENL_BAD_PHOTO, "The file ends too early.");
        return NULL;
    }
    if (size > most) {
        enl_fail(error, ENL_BAD_PHOTO, "A part of the file is larger than %zu bytes.", most);
        return NULL;
    }
    uint8_t *bytes = enl_alloc((size_t)size + 1, 1, error);
    if (bytes && enl_source_read(source, at, bytes, (size_t)size, error)) return bytes;
    enl_release(bytes);
    return NULL;
}

void enl_found_free(struct enl_found *found) {
    enl_release(found->store);
    enl_release(found->regions);
    enl_release(found->remote);
    *found = (struct enl_found){0};
}

bool enl_found_region(struct enl_found *found, uint64_t at, uint64_t size, struct enl_error *error) {
    if (found->region_count >= ENL_MAX_BOXES) return enl_fail(error, ENL_BAD_PHOTO, "The file has too many parts.");
    // Powers of two are when there is no more room.
    if ((found->region_count & (found->region_count - 1)) == 0) {
        size_t room = found->region_count ? 2 * (size_t)found->region_count : 1;
        struct enl_region *more = enl_alloc(room, sizeof *more, error);
        if (!more) return false;
        if (found->region_count) memcpy(more, found->regions, (size_t)found->region_count * sizeof *more);
        enl_release(found->regions);
        found->regions = more;
    }
    found->regions[found->region_count++] = (struct enl_region){at, size};
    return true;
}

static struct enl_piece *add_piece(struct enl_layout *l, enum enl_piece_kind kind, uint64_t from, uint64_t size) {
    if (l->failed || size == 0) return NULL;
    if (l->count == l->room || !l->pieces) {
        int room = 2 * l->room + 16;
        struct enl_piece *more = enl_alloc((size_t)room, sizeof *more, NULL);
        if (!more) {
            l->failed = true;
            return NULL;
        }
        if (l->pieces) memcpy(more, l->pieces, (size_t)l->count * sizeof *more);
        enl_release(l->pieces);
        l->pieces = more;
        l->room = room;
    }
    struct enl_piece *piece = &l->pieces[l->count++];
    *piece = (struct enl_piece){.kind = kind, .at = l->size, .from = from, .size = size};
    l->size += size;
    return piece;
}

void enl_layout_copy(struct enl_layout *layout, uint64_t from, uint64_t size) {
    struct enl_piece *last = layout->count ? &layout->pieces[layout->count - 1] : NULL;
    if (last && last->kind == ENL_PIECE_COPY && last->from + last->size == from) {
        last->size += size;
        layout->size += size;
    } else {
        add_piece(layout, ENL_PIECE_COPY, from, size);
    }
}

void enl_layout_bytes(struct enl_layout *layout, enum enl_piece_kind kind, const void *bytes, size_t size) {
    struct enl_piece *piece = add_piece(layout, kind, 0, size);
    if (!piece) return;
    piece->bytes = enl_alloc(size, 1, NULL);
    if (piece->bytes) memcpy(piece->bytes, bytes, size);
    else layout->failed = true;
}

void enl_layout_store(struct enl_layout *layout, uint64_t from, uint64_t size) {
    add_piece(layout, ENL_PIECE_STORE, from, size);
}

void enl_layout_free(struct enl_layout *layout) {
    for (int i = 0; i < layout->count; i++) enl_release(layout->pieces[i].bytes);
    enl_release(layout->pieces);
    *layout = (struct enl_layout){0};
}

// The piece in which `at` lies.
static int piece_at(const struct enl_layout *layout, uint64_t at) {
    int low = 0, high = layout->count - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (layout->pieces[middle].at <= at) low = middle;
        else high = middle - 1;
    }
    return low;
}

static int64_t read_laid(void *user, uint64_t at, void *ret_bytes, size_t size) {
    const struct enl_laid *laid = user;
    uint8_t *to = ret_bytes;
    size_t done = 0;
    if (at >= laid->layout->size) return 0;
    for (int i = piece_at(laid->layout, at); done < size && i < laid->layout->count; i++) {
        const struct enl_piece *piece = &laid->layout->pieces[i];
        uint64_t skip = at + done - piece->at, n = piece->size - skip;
        if (n > size - done) n = size - done;
        bool zeros = piece->kind == ENL_PIECE_STORE || (piece->kind == ENL_PIECE_LATE && !laid->store);
        if (piece->kind == ENL_PIECE_COPY) {
            if (!enl_source_read(laid->source, piece->from + skip, to + done, (size_t)n, NULL)) return -1;
        } else if (piece->kind == ENL_PIECE_STORE && laid->store) {
            memcpy(to + done, laid->store + piece->from + skip, (size_t)n);
        } else if (zeros) {
            memset(to + done, 0, (size_t)n);
        } else {
            memcpy(to + done, piece->bytes + skip, (size_t)n);
        }
        done += (size_t)n;
    }
    return (int64_t)done;
}

struct enl_source enl_laid_source(struct enl_laid *laid) {
    return (struct enl_source){.read = read_laid, .user = laid, .size = laid->layout->size};
}
