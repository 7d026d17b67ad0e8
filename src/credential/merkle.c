// SPDX-License-Identifier: MIT
// Merkle trees over media (C2PA 2.4 section 18.6.3): leaves are hashes of blocks of an mdat, or of fragments; two hashes
// make the one above, an odd one moves up as it is. A map holds one row of the tree.
#include "base/pool.h"
#include "credential/binding.h"
#include "credential/bmff.h"
#include "credential/file.h"
#include "credential/limits.h"
#include "credential/signature.h"

#include <string.h>

#define LEAF 64     // bytes kept for a hash
#define SKIPPED 16u // of an mdat before its first block, however long its head is

static bool malformed(struct enl_error *error, const char *why) { return enl_fail(error, ENL_BAD_PHOTO, "%s", why); }

struct map { // of the assertion
    uint64_t unique, local, count, block;
    char alg[16];
    struct enl_cbor hashes, sizes; // sizes: variable blocks
    bool variable;
    const uint8_t *init;
    size_t init_size;
};

static bool read_map(const struct enl_cbor *item, const char *alg, struct map *map, struct enl_error *error) {
    *map = (struct map){0};
    map->variable = enl_cbor_get(item, "variableBlockSizes", &map->sizes) && map->sizes.type == ENL_CBOR_ARRAY;
    if (!enl_cbor_text(item, "alg", map->alg, sizeof map->alg)) memcpy(map->alg, alg, strlen(alg) + 1);
    enl_cbor_unsigned(item, "fixedBlockSize", &map->block);
    enl_cbor_bytes(item, "initHash", &map->init, &map->init_size);
    if (!enl_cbor_unsigned(item, "uniqueId", &map->unique) || !enl_cbor_unsigned(item, "localId", &map->local) ||
        !enl_cbor_unsigned(item, "count", &map->count) || !enl_cbor_get(item, "hashes", &map->hashes) ||
        map->hashes.type != ENL_CBOR_ARRAY || map->count == 0 || map->count > ENL_MAX_LEAVES ||
        (map->variable && map->block) || map->block == 1 || !enl_digest_known(map->alg))
        return malformed(error, "a Merkle map makes no sense");
    return true;
}

// Whether row `hashes` of the tree over `count` leaves (LEAF bytes each, overwritten) is what the map holds.
static bool row_fits(const struct map *map, uint8_t *leaves, size_t count, size_t size) {
    struct enl_cbor said;
    const uint8_t *at = NULL;
    size_t row = enl_cbor_count(&map->hashes);
    while (count > row && count > 1) {
        for (size_t i = 0; i < (count + 1) / 2; i++) {
            uint8_t pair[2 * LEAF];
            memcpy(pair, leaves + 2 * i * LEAF, size);
            if (2 * i + 1 < count) {
                memcpy(pair + size, leaves + (2 * i + 1) * LEAF, size);
                if (!enl_digest_of(map->alg, pair, 2 * size, leaves + i * LEAF, &size)) return false;
            } else {
                memmove(leaves + i * LEAF, pair, size);
            }
        }
        count = (count + 1) / 2;
    }
    if (count != row) return false;
    for (size_t i = 0; enl_cbor_next(&map->hashes, &at, &said); i++)
        if (said.type != ENL_CBOR_BYTES || !enl_binding_same(leaves + i * LEAF, size, said.data, (size_t)said.number))
            return false;
    return true;
}

struct blocks { // to be hashed side by side
    const struct enl_source *source;
    const char *alg;
    const struct enl_region *regions;
    uint8_t *leaves; // LEAF bytes each
    size_t size;     // of a hash
    int count, shares;
    bool failed;
};

static void hash_share(void *context, int share) {
    struct blocks *b = context;
    struct enl_cover all = {0};
    int first = (int)((int64_t)b->count * share / b->shares), last = (int)((int64_t)b->count * (share + 1) / b->shares);
    for (int i = first; i < last; i++) {
        const struct enl_region *r = &b->regions[i];
        size_t size;
        uint8_t hash[64];
        if (!enl_cover_hash(b->source, &all, r->at, r->at + r->size, b->alg, NULL, hash, &size, NULL)) {
            __atomic_store_n(&b->failed, true, __ATOMIC_RELAXED);
            return;
        }
        memcpy(b->leaves + (size_t)i * LEAF, hash, size);
        if (i == 0) b->size = size;
    }
}

// Hashes of regions, on several threads.
static bool hash_blocks(struct blocks *b, int threads, struct enl_error *error) {
    struct enl_pool *pool = enl_pool_new(threads, error);
    if (!pool) return false;
    b->shares = 8 * enl_pool_threads(pool);
    enl_pool_run(pool, hash_share, b, b->shares);
    enl_pool_free(&pool);
    return !b->failed || enl_fail(error, ENL_IO, "The file cannot be read.");
}

// The blocks of what an mdat holds. NULL with `error`: they don't fill it, or are too many.
static struct enl_region *blocks_of(const struct map *map, const struct enl_bmff_box *box, int *ret_count,
                                    struct enl_error *error) {
    uint64_t at = box->at + SKIPPED, left = box->size > SKIPPED ? box->size - SKIPPED : 0;
    struct enl_region *regions = enl_alloc((size_t)map->count, sizeof *regions, error);
    struct enl_cbor size;
    const uint8_t *p = NULL;
    uint64_t i = 0;
    for (; regions && i < map->count; i++) {
        uint64_t n = map->variable ? UINT64_MAX : map->block ? (left < map->block ? left : map->block) : left;
        if (map->variable && enl_cbor_next(&map->sizes, &p, &size) && size.type == ENL_CBOR_UINT) n = size.number;
        if (n > left || (n == 0 && left)) break;
        regions[i] = (struct enl_region){at, n};
        at += n, left -= n;
    }
    if (regions && (i < map->count || left)) {
        enl_release(regions);
        regions = NULL;
        enl_fail(error, ENL_OK, "the blocks of the Merkle tree are not those of the media");
    }
    *ret_count = (int)i;
    return regions;
}

static bool check_mdat(const struct enl_bound *b, const struct map *map, const struct enl_bmff_box *box,
                       bool *ret_good, struct enl_error *error) {
    struct blocks blocks = {.source = b->source, .alg = map->alg};
    struct enl_region *regions = blocks_of(map, box, &blocks.count, error);
    *ret_good = false;
    if (!regions) return error->code == ENL_OK;
    blocks.regions = regions;
    blocks.leaves = enl_alloc((size_t)blocks.count, LEAF, error);
    bool done = blocks.leaves && hash_blocks(&blocks, b->params ? b->params->threads : 0, error);
    *ret_good = done && row_fits(map, blocks.leaves, (size_t)blocks.count, blocks.size);
    enl_release(blocks.leaves);
    enl_release(regions);
    return done;
}

static bool check_plain(const struct enl_bound *b, const struct enl_cbor *maps, const char *alg, bool *ret_good,
                        struct enl_error *error) {
    struct enl_bmff_box *boxes = NULL;
    struct enl_cbor item;
    struct map map;
    const uint8_t *at = NULL;
    int count = 0;
    if (!enl_bmff_path(b->source, "/mdat", &boxes, &count, error)) return false;
    bool done = true;
    *ret_good = (size_t)count == enl_cbor_count(maps);
    for (int i = 0; done && *ret_good && enl_cbor_next(maps, &at, &item); i++)
        done = read_map(&item, alg, &map, error) &&
               (!map.init || malformed(error, "media in one piece has no initialization hash")) &&
               check_mdat(b, &map, &boxes[i], ret_good, error);
    enl_release(boxes);
    return done;
}

// Replays a proof ("hashes" of a merkle box) from a leaf up to the map's row.
static bool proof_fits(const struct map *map, const uint8_t *leaf, size_t size, uint64_t place,
                       const struct enl_cbor *proof) {
    size_t row = enl_cbor_count(&map->hashes);
    struct enl_cbor said, other;
    uint8_t hash[LEAF], pair[2 * LEAF];
    const uint8_t *at = NULL;
    if (place >= map->count) return false;
    memcpy(hash, leaf, size);
    for (uint64_t count = map->count; count > row && count > 1; count = (count + 1) / 2, place /= 2) {
        if (place % 2 == 0 && place + 1 == count) continue; // odd: moves up
        if (!proof || !enl_cbor_next(proof, &at, &other) || other.type != ENL_CBOR_BYTES || other.number != size)
            return false;
        memcpy(pair, place % 2 ? other.data : hash, size);
        memcpy(pair + size, place % 2 ? hash : other.data, size);
        if (!enl_digest_of(map->alg, pair, 2 * size, hash, &size)) return false;
    }
    return enl_cbor_index(&map->hashes, (size_t)place, &said) && said.type == ENL_CBOR_BYTES &&
           enl_binding_same(hash, size, said.data, (size_t)said.number);
}

// The map that a merkle box of a fragment belongs to, its place and proof.
static bool read_proof(const struct enl_source *source, const struct enl_bmff_box *box, uint8_t **ret_bytes,
                       struct enl_cbor *ret_item) {
    char purpose[16];
    uint32_t content;
    *ret_bytes = NULL;
    if (!enl_bmff_purpose(source, box, purpose, &content) || strcmp(purpose, "merkle")) return false;
    size_t size = (size_t)(box->size - content);
    uint8_t *bytes = enl_source_bytes(source, box->at + content, box->size - content, ENL_MAX_TOKEN, NULL);
    // Zeros behind it are padding, so the item is looked for with fewer and fewer of them.
    while (bytes && size && !enl_cbor_open(bytes, size, ret_item) && bytes[size - 1] == 0) size--;
    *ret_bytes = bytes;
    return bytes && size && enl_cbor_open(bytes, size, ret_item);
}

// A fragment's hash against the map that its merkle box names.
static bool check_fragment(const struct enl_cbor *maps, const char *alg, const struct enl_source *source,
                           const struct enl_cover *cover, uint64_t from, uint64_t until,
                           const struct enl_bmff_box *box, bool *ret_good, struct enl_error *error) {
    struct enl_cbor item, map_item, hashes;
    struct map map;
    uint8_t *bytes, hash[64];
    const uint8_t *at = NULL;
    uint64_t unique, local, place;
    size_t size;
    bool done = true, found = false;
    *ret_good = read_proof(source, box, &bytes, &item) && enl_cbor_unsigned(&item, "uniqueId", &unique) &&
                enl_cbor_unsigned(&item, "localId", &local) && enl_cbor_unsigned(&item, "location", &place);
    while (*ret_good && !found && done && enl_cbor_next(maps, &at, &map_item)) {
        done = read_map(&map_item, alg, &map, error);
        found = done && map.unique == unique && map.local == local;
    }
    if (found && done) {
        bool proof = enl_cbor_get(&item, "hashes", &hashes) && hashes.type == ENL_CBOR_ARRAY;
        done = enl_cover_hash(source, cover, from, until, map.alg, NULL, hash, &size, error);
        *ret_good = done && proof_fits(&map, hash, size, place, proof ? &hashes : NULL);
    } else {
        *ret_good = false;
    }
    enl_release(bytes);
    return done;
}

// Every map's hash of what stands before the first fragment.
static bool check_init(const struct enl_bound *b, const struct enl_cbor *maps, const char *alg,
                       const struct enl_cover *cover, uint64_t end, bool *ret_good, struct enl_error *error) {
    struct enl_cbor item;
    struct map map;
    const uint8_t *at = NULL;
    uint8_t hash[64];
    size_t size;
    *ret_good = true;
    while (*ret_good && enl_cbor_next(maps, &at, &item)) {
        if (!read_map(&item, alg, &map, error)) return false;
        if (!map.init) continue;
        if (!enl_cover_hash(b->source, cover, 0, end, map.alg, NULL, hash, &size, error)) return false;
        *ret_good = enl_binding_same(hash, size, map.init, map.init_size);
    }
    return true;
}

// All fragments of a file, from its first moof on; each must have a merkle box. `*ret_count`: how many there were.
static bool check_fragments(const struct enl_cbor *maps, const char *alg, const struct enl_source *source,
                            const struct enl_cover *cover, bool whole, bool *ret_good, int *ret_count,
                            struct enl_error *error) {
    struct enl_bmff_box box, proof = {0};
    char purpose[16];
    uint32_t content;
    uint64_t at = 0, from = 0;
    bool done = true, begun = whole, more = true;
    *ret_good = true;
    *ret_count = 0;
    while (done && *ret_good && more) {
        more = enl_bmff_next(source, &at, source->size, &box);
        bool moof = more && !strcmp(box.type, "moof");
        if (begun && ((moof && !whole) || !more)) { // a fragment ends here
            done = check_fragment(maps, alg, source, cover, from, more ? box.at : source->size, &proof, ret_good, error);
            ++*ret_count;
        }
        if (moof && !whole) begun = true, from = box.at, proof = (struct enl_bmff_box){0};
        if (more && enl_bmff_purpose(source, &box, purpose, &content) && !strcmp(purpose, "merkle")) proof = box;
    }
    return done;
}

// Segments in files of their own.
static bool check_segments(const struct enl_bound *b, const struct enl_cbor *maps, const char *alg,
                           const struct enl_cbor *exclusions, bool *ret_good, struct enl_error *error) {
    bool done = true;
    for (int i = 0; done && *ret_good && i < b->params->fragment_count; i++) {
        struct enl_cover cover = {0};
        struct enl_file file;
        bool more;
        int count;
        done = enl_file_open(&file, b->params->fragments[i], error);
        done = done && enl_bmff_cover(&file.source, exclusions, true, &cover, &more, error) &&
               check_fragments(maps, alg, &file.source, &cover, true, ret_good, &count, error);
        enl_cover_free(&cover);
        enl_file_close(&file);
    }
    return done;
}

bool enl_merkle_check(const struct enl_bound *bound, const struct enl_cbor *maps, const char *alg,
                      const struct enl_cover *cover, bool *ret_good, struct enl_error *error) {
    struct enl_cbor exclusions = {0};
    struct enl_bmff_box box;
    uint64_t at = 0, first = bound->source->size;
    bool fragmented = false;
    if (maps->type != ENL_CBOR_ARRAY || enl_cbor_count(maps) == 0 || enl_cbor_count(maps) > ENL_MAX_EXCLUSIONS)
        return malformed(error, "it has no Merkle maps, or too many");
    while (!fragmented && enl_bmff_next(bound->source, &at, bound->source->size, &box))
        if ((fragmented = !strcmp(box.type, "moof"))) first = box.at;
    bool segments = bound->params && bound->params->fragment_count > 0;
    struct enl_cbor item, init;
    if (!fragmented && !segments && enl_cbor_index(maps, 0, &item) && enl_cbor_get(&item, "initHash", &init) &&
        !enl_cbor_is_null(&init)) {
        *ret_good = false;
        return enl_fail(error, ENL_OK, "the fragments that belong to it are not there");
    }
    if (!fragmented && !segments) return check_plain(bound, maps, alg, ret_good, error);
    enl_cbor_get(bound->assertion, "exclusions", &exclusions);
    int count = 0;
    bool done = check_init(bound, maps, alg, cover, first, ret_good, error);
    if (done && *ret_good && fragmented) {
        done = check_fragments(maps, alg, bound->source, cover, false, ret_good, &count, error);
        uint64_t want = 0;
        if (enl_cbor_index(maps, 0, &item)) enl_cbor_unsigned(&item, "count", &want);
        if (!segments) *ret_good = *ret_good && (uint64_t)count == want;
    }
    return done && (!*ret_good || !segments || check_segments(bound, maps, alg, &exclusions, ret_good, error));
}

bool enl_leaves_plan(const struct enl_source *source, size_t block, struct enl_leaves *ret_leaves,
                     struct enl_error *error) {
    struct enl_leaves leaves = {0};
    struct enl_bmff_box *boxes = NULL;
    bool good = enl_bmff_path(source, "/mdat", &boxes, &leaves.mdats, error);
    good = good && (leaves.mdats || enl_fail(error, ENL_USAGE, "The file has no media to be bound by a Merkle tree."));
    good = good && (leaves.list = enl_alloc((size_t)leaves.mdats, sizeof *leaves.list, error));
    for (int i = 0; good && i < leaves.mdats; i++) {
        struct enl_mdat *m = &leaves.list[i];
        m->at = boxes[i].at + SKIPPED;
        m->size = boxes[i].size > SKIPPED ? boxes[i].size - SKIPPED : 0;
        uint64_t count = m->size ? (m->size + block - 1) / block : 1;
        if (count > ENL_MAX_LEAVES)
            good = enl_fail(error, ENL_USAGE, "Blocks of %zu bytes are too many for this file.", block);
        m->count = (int)count;
        good = good && (m->hashes = enl_alloc((size_t)count, LEAF, error));
    }
    enl_release(boxes);
    if (good) *ret_leaves = leaves;
    else enl_leaves_free(&leaves);
    return good;
}

bool enl_leaves_hash(const struct enl_source *source, size_t block, int threads, struct enl_leaves *leaves,
                     struct enl_error *error) {
    bool good = true;
    for (int i = 0; good && i < leaves->mdats; i++) {
        struct enl_mdat *m = &leaves->list[i];
        struct blocks blocks = {.source = source, .alg = "sha256", .leaves = m->hashes, .count = m->count};
        struct enl_region *regions = enl_alloc((size_t)m->count, sizeof *regions, error);
        for (int k = 0; regions && k < m->count; k++) {
            uint64_t at = (uint64_t)k * block;
            regions[k] = (struct enl_region){m->at + at, m->size - at < block ? m->size - at : block};
        }
        blocks.regions = regions;
        good = regions && hash_blocks(&blocks, threads, error);
        for (int k = 0; good && k < m->count; k++) memmove(m->hashes + 32 * k, m->hashes + LEAF * k, 32);
        enl_release(regions);
    }
    return good;
}

void enl_leaves_free(struct enl_leaves *leaves) {
    for (int i = 0; leaves->list && i < leaves->mdats; i++) enl_release(leaves->list[i].hashes);
    enl_release(leaves->list);
    *leaves = (struct enl_leaves){0};
}
