// SPDX-License-Identifier: MIT
#include "credential/cover.h"
#include "credential/limits.h"
#include "credential/signature.h"

#include <stdlib.h>
#include <string.h>

// Room for one more in a list of `count` things; NULL and `*failed` where memory ran out.
static void *grown(void *list, int count, int *room, size_t size, bool *failed) {
    if (*failed || count < *room) return list;
    int more = 2 * *room + 16;
    void *new = enl_alloc((size_t)more, size, NULL);
    if (!new) {
        *failed = true;
        return list;
    }
    if (count) memcpy(new, list, (size_t)count * size);
    enl_release(list);
    *room = more;
    return new;
}

void enl_cover_skip(struct enl_cover *cover, uint64_t at, uint64_t size) {
    cover->skip = grown(cover->skip, cover->skips, &cover->skip_room, sizeof *cover->skip, &cover->failed);
    if (!cover->failed && size) cover->skip[cover->skips++] = (struct enl_region){at, size};
}

void enl_cover_mark(struct enl_cover *cover, uint64_t at) {
    cover->marks = grown(cover->marks, cover->mark_count, &cover->mark_room, sizeof *cover->marks, &cover->failed);
    if (!cover->failed) cover->marks[cover->mark_count++] = at;
}

static int by_place(const void *a, const void *b) {
    const struct enl_region *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

static int by_number(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

bool enl_cover_settle(struct enl_cover *cover, struct enl_error *error) {
    int kept = 0;
    if (cover->failed) return enl_fail(error, ENL_NO_MEMORY, "Not enough memory to hash the file.");
    if (cover->skips) qsort(cover->skip, (size_t)cover->skips, sizeof *cover->skip, by_place);
    for (int i = 0; i < cover->skips; i++) {
        struct enl_region r = cover->skip[i], *last = kept ? &cover->skip[kept - 1] : NULL;
        uint64_t end = r.size > UINT64_MAX - r.at ? UINT64_MAX : r.at + r.size;
        if (last && r.at <= last->at + last->size) {
            if (end > last->at + last->size) last->size = end - last->at;
        } else {
            cover->skip[kept++] = (struct enl_region){r.at, end - r.at};
        }
    }
    cover->skips = kept;
    if (cover->mark_count) qsort(cover->marks, (size_t)cover->mark_count, sizeof *cover->marks, by_number);
    return true;
}

void enl_cover_free(struct enl_cover *cover) {
    enl_release(cover->skip);
    enl_release(cover->marks);
    *cover = (struct enl_cover){0};
}

struct run { // a walk over the cover while bytes go by
    const struct enl_cover *cover;
    struct enl_digest *digest;
    int skip, mark;
};

// How far from `at` on nothing changes, at most to `until`; `*ret_out`: that stretch is left out.
static uint64_t stretch(struct run *run, uint64_t at, uint64_t until, bool *ret_out) {
    const struct enl_cover *c = run->cover;
    while (run->skip < c->skips && c->skip[run->skip].at + c->skip[run->skip].size <= at) run->skip++;
    while (run->mark < c->mark_count && c->marks[run->mark] < at) run->mark++;
    const struct enl_region *s = run->skip < c->skips ? &c->skip[run->skip] : NULL;
    *ret_out = s && s->at <= at;
    uint64_t end = !s ? until : *ret_out ? s->at + s->size : s->at;
    if (run->mark < c->mark_count && c->marks[run->mark] == at) {
        uint8_t place[8];
        for (int i = 0; i < 8; i++) place[i] = (uint8_t)(at >> 8 * (7 - i));
        enl_digest_add(run->digest, place, sizeof place);
        run->mark++;
    }
    if (run->mark < c->mark_count && c->marks[run->mark] < end) end = c->marks[run->mark];
    return end < until ? end : until;
}

static bool pass_over(struct run *run, const struct enl_source *source, uint64_t from, uint64_t until,
                      const struct enl_sink *sink, uint8_t *block, size_t room, struct enl_error *error) {
    bool out;
    for (uint64_t at = from, end; at < until; at = end) {
        end = stretch(run, at, until, &out);
        for (uint64_t p = at; (sink || !out) && p < end;) {
            size_t n = end - p < room ? (size_t)(end - p) : room;
            if (!enl_source_read(source, p, block, n, error)) return false;
            if (!out) enl_digest_add(run->digest, block, n);
            if (sink && !sink->write(sink->user, p - from, block, n))
                return enl_fail(error, ENL_IO, "The signed file cannot be written.");
            p += n;
        }
    }
    return true;
}

bool enl_cover_hash(const struct enl_source *source, const struct enl_cover *cover, uint64_t from, uint64_t until,
                    const char *alg, const struct enl_sink *sink, uint8_t ret_hash[64], size_t *ret_size,
                    struct enl_error *error) {
    struct run run = {.cover = cover, .digest = enl_digest_new(alg, error)};
    uint64_t all = until > from ? until - from : 0; // a million small blocks must not cost a million large buffers
    size_t room = all < ENL_HASH_BLOCK ? (size_t)all : ENL_HASH_BLOCK;
    uint8_t *block = run.digest ? enl_alloc(room + 1, 1, error) : NULL;
    bool good = block && pass_over(&run, source, from, until, sink, block, room, error);
    if (good) *ret_size = enl_digest_end(run.digest, ret_hash);
    if (good && !*ret_size) good = enl_fail(error, ENL_INTERNAL, "The file cannot be hashed.");
    enl_release(block);
    enl_digest_free(&run.digest);
    return good;
}
