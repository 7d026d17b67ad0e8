// SPDX-License-Identifier: MIT
// Merkle trees over media (C2PA 2.4 section 18.6.3): leaves are hashes of blocks of an mdat, or of fragments; two
// hashes make the one above, an odd one moves up as it is. A map holds one row of the tree.
#include "base/pool.h"
#include "credential/binding.h"
#include "credential/bmff.h"
#include "credential/file.h"
#include "credential/limits.h"
#include "credential/signature.h"

#include <string.h>

#define LEAF 64     // bytes kept for a hash
#define SKIPPED 16u // of an mdat before its first block, however long its head is

static bool malformed(struct enl_error *error, const char *why) {
    return enl_fail(error, ENL_BAD_PHOTO, "%s", why);
}

struct map { // of the assertion
    uint64_t unique, local, count, block;
    char alg[16];
    struct enl_cbor sizes; // variable blocks
    bool variable;
    const uint8_t *init;
    size_t init_size;
    const uint8_t **row; // the hashes that it holds, `size` bytes each; owned
    size_t row_count, size;
    uint8_t *seen; // a bit a leaf: fragments that were there; owned
    uint64_t seen_count;
};
struct maps {
    struct map *list; // owned
    int count;
};

static bool read_row(const struct enl_cbor *hashes, struct map *map, struct enl_error *error) {
    struct enl_cbor said;
    const uint8_t *at = NULL;
    map->row_count = enl_cbor_count(hashes);
    map->row = enl_alloc(map->row_count + 1, sizeof *map->row, error);
    if (!map->row) return false;
    for (size_t i = 0; i < map->row_count && enl_cbor_next(hashes, &at, &said); i++) {
        if (i == 0) map->size = said.number <= LEAF ? (size_t)said.number : 0;
        if (said.type != ENL_CBOR_BYTES || !map->size || said.number != map->size)
            return malformed(error, "a Merkle map makes no sense");
        map->row[i] = said.data;
    }
    return true;
}

static bool read_map(const struct enl_cbor *item, const char *alg, struct map *map, struct enl_error *error) {
    struct enl_cbor hashes;
    map->variable = enl_cbor_get(item, "variableBlockSizes", &map->sizes) && map->sizes.type == ENL_CBOR_ARRAY;
    if (!enl_cbor_text(item, "alg", map->alg, sizeof map->alg)) memcpy(map->alg, alg, strlen(alg) + 1);
    enl_cbor_unsigned(item, "fixedBlockSize", &map->block);
    enl_cbor_bytes(item, "initHash", &map->init, &map->init_size);
    if (!enl_cbor_unsigned(item, "uniqueId", &map->unique) || !enl_cbor_unsigned(item, "localId", &map->local) ||
        !enl_cbor_unsigned(item, "count", &map->count) || !enl_cbor_get(item, "hashes", &hashes) ||
        hashes.type != ENL_CBOR_ARRAY || map->count == 0 || map->count > ENL_MAX_LEAVES ||
        (map->variable && map->block) || map->block == 1 || !enl_digest_known(map->alg))
        return malformed(error, "a Merkle map makes no sense");
    return read_row(&hashes, map, error);
}

static void free_maps(struct maps *maps) {
    for (int i = 0; i < maps->count; i++) {
        enl_release(maps->list[i].row);
        enl_release(maps->list[i].seen);
    }
    enl_release(maps->list);
    *maps = (struct maps){0};
}

// All maps, read once: a file may ask for them as often as it has fragments.
static bool read_maps(const struct enl_cbor *from, const char *alg, struct maps *ret_maps, struct enl_error *error) {
    struct enl_cbor item;
    const uint8_t *at = NULL;
    uint64_t leaves = 0;
    bool good = from->type == ENL_CBOR_ARRAY && enl_cbor_count(from) > 0 && enl_cbor_count(from) <= ENL_MAX_EXCLUSIONS;
    if (!good) return malformed(error, "it has no Merkle maps, or too many");
    ret_maps->list = enl_alloc(enl_cbor_count(from), sizeof *ret_maps->list, error);
    good = ret_maps->list != NULL;
    while (good && enl_cbor_next(from, &at, &item)) {
        struct map *map = &ret_maps->list[ret_maps->count++];
        good = read_map(&item, alg, map, error);
        leaves += map->count;
        if (good && leaves > ENL_MAX_LEAVES) good = malformed(error, "its Merkle trees have too many leaves");
    }
    if (!good) free_maps(ret_maps);
    return good;
}

// Whether row `hashes` of the tree over `count` leaves (LEAF bytes each, overwritten) is what the map holds.
static bool row_fits(const struct map *map, uint8_t *leaves, size_t count, size_t size) {
    while (count > map->row_count && count > 1) {
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
    if (count != map->row_count) return false;
    for (size_t i = 0; i < count; i++)
        if (!enl_binding_same(leaves + i * LEAF, size, map->row[i], map->size)) return false;
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
        if (n > left || (n == 0 && (left || map->count > 1))) break; // only no media at all is one empty block
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

static bool check_mdat(const struct enl_bound *b, const struct map *map, const struct enl_bmff_box *box, bool *ret_good,
                       struct enl_error *error) {
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

// Media in one piece: a map an mdat, and a hash over all that is in none.
static bool check_plain(const struct enl_bound *b, const struct maps *maps, bool *ret_good, struct enl_error *error) {
    struct enl_bmff_box *boxes = NULL;
    const uint8_t *said;
    size_t size;
    int count = 0, left = ENL_MAX_BOXES;
    enl_cbor_bytes(b->assertion, "hash", &said, &size);
    if (!said) return malformed(error, "it has no hash of what is not media");
    if (!enl_bmff_path(b->source, "/mdat", &left, &boxes, &count, error)) return false;
    bool done = true;
    *ret_good = count == maps->count;
    for (int i = 0; done && *ret_good && i < count; i++)
        done = (!maps->list[i].init || malformed(error, "media in one piece has no initialization hash")) &&
               check_mdat(b, &maps->list[i], &boxes[i], ret_good, error);
    enl_release(boxes);
    return done;
}

// Replays a proof ("hashes" of a merkle box) from a leaf up to the map's row.
static bool proof_fits(const struct map *map, const uint8_t *leaf, size_t size, uint64_t place,
                       const struct enl_cbor *proof) {
    struct enl_cbor other;
    uint8_t hash[LEAF], pair[2 * LEAF];
    const uint8_t *at = NULL;
    if (place >= map->count) return false;
    memcpy(hash, leaf, size);
    for (uint64_t count = map->count; count > map->row_count && count > 1; count = (count + 1) / 2, place /= 2) {
        if (place % 2 == 0 && place + 1 == count) continue; // odd: moves up
        if (!proof || !enl_cbor_next(proof, &at, &other) || other.type != ENL_CBOR_BYTES || other.number != size)
            return false;
        memcpy(pair, place % 2 ? other.data : hash, size);
        memcpy(pair + size, place % 2 ? hash : other.data, size);
        if (!enl_digest_of(map->alg, pair, 2 * size, hash, &size)) return false;
    }
    return place < map->row_count && enl_binding_same(hash, size, map->row[place], map->size);
}

// Whether a leaf was not there before: a fragment put in the place of another would be there twice.
static bool is_first(struct map *map, uint64_t place) {
    if (!map->seen) map->seen = enl_alloc((size_t)map->count / 8 + 1, 1, NULL);
    if (!map->seen || place >= map->count || map->seen[place / 8] >> place % 8 & 1) return false;
    map->seen[place / 8] |= (uint8_t)(1 << place % 8);
    map->seen_count++;
    return true;
}

// The map that a merkle box of a fragment belongs to, its place and proof.
static bool read_proof(const struct enl_source *source, const struct enl_bmff_box *box, uint8_t **ret_bytes,
                       struct enl_cbor *ret_item) {
    char purpose[16];
    uint32_t content;
    *ret_bytes = NULL;
    if (!enl_bmff_purpose(source, box, purpose, &content) || strcmp(purpose, "merkle")) return false;
    uint64_t size = box->size - content;
    *ret_bytes = enl_source_bytes(source, box->at + content, size, ENL_MAX_TOKEN, NULL);
    return *ret_bytes && enl_cbor_open_padded(*ret_bytes, (size_t)size, ret_item);
}

// A fragment's hash against the map that its merkle box names.
static bool check_fragment(const struct maps *maps, const struct enl_source *source, const struct enl_cover *cover,
                           uint64_t from, uint64_t until, const struct enl_bmff_box *box, bool *ret_good,
                           struct enl_error *error) {
    struct enl_cbor item, hashes;
    struct map *map = NULL;
    uint8_t *bytes, hash[64];
    uint64_t unique, local, place;
    size_t size;
    bool done = true;
    *ret_good = read_proof(source, box, &bytes, &item) && enl_cbor_unsigned(&item, "uniqueId", &unique) &&
                enl_cbor_unsigned(&item, "localId", &local) && enl_cbor_unsigned(&item, "location", &place);
    for (int i = 0; *ret_good && !map && i < maps->count; i++)
        if (maps->list[i].unique == unique && maps->list[i].local == local) map = &maps->list[i];
    *ret_good = *ret_good && map;
    if (*ret_good) {
        bool proof = enl_cbor_get(&item, "hashes", &hashes) && hashes.type == ENL_CBOR_ARRAY;
        done = enl_cover_hash(source, cover, from, until, map->alg, NULL, hash, &size, error);
        *ret_good = done && proof_fits(map, hash, size, place, proof ? &hashes : NULL) && is_first(map, place);
    }
    enl_release(bytes);
    return done;
}

// Every map's hash of what stands before the first fragment.
static bool check_init(const struct enl_bound *b, const struct maps *maps, const struct enl_cover *cover, uint64_t end,
                       bool *ret_good, struct enl_error *error) {
    uint8_t hash[64];
    size_t size = 0;
    *ret_good = true;
    for (int i = 0; *ret_good && i < maps->count; i++) {
        const struct map *map = &maps->list[i], *last = i ? map - 1 : NULL;
        if (!map->init) return malformed(error, "media in fragments needs an initialization hash");
        bool known = last && !strcmp(last->alg, map->alg); // hashed already
        if (!known && !enl_cover_hash(b->source, cover, 0, end, map->alg, NULL, hash, &size, error)) return false;
        *ret_good = enl_binding_same(hash, size, map->init, map->init_size);
    }
    return true;
}

// All fragments of a file, from its first moof on; each must have a merkle box. `whole`: the file is one.
static bool check_fragments(const struct maps *maps, const struct enl_source *source, const struct enl_cover *cover,
                            bool whole, bool *ret_good, struct enl_error *error) {
    struct enl_bmff_box box, proof = {0};
    char purpose[16];
    uint32_t content;
    uint64_t at = 0, from = 0;
    bool done = true, begun = whole, more = true;
    *ret_good = true;
    while (done && *ret_good && more) {
        more = enl_bmff_next(source, &at, source->size, &box);
        bool moof = more && !strcmp(box.type, "moof");
        if (begun && ((moof && !whole) || !more)) { // a fragment ends here
            done = check_fragment(maps, source, cover, from, more ? box.at : source->size, &proof, ret_good, error);
        }
        if (moof && !whole) begun = true, from = box.at, proof = (struct enl_bmff_box){0};
        if (more && enl_bmff_purpose(source, &box, purpose, &content) && !strcmp(purpose, "merkle")) proof = box;
    }
    return done;
}

// Segments in files of their own.
static bool check_segments(const struct enl_bound *b, const struct maps *maps, const struct enl_cbor *exclusions,
                           bool *ret_good, struct enl_error *error) {
    bool done = true;
    for (int i = 0; done && *ret_good && i < b->params->fragment_count; i++) {
        struct enl_cover cover = {0};
        struct enl_file file;
        bool more;
        done = enl_file_open(&file, b->params->fragments[i], error);
        done = done && enl_bmff_cover(&file.source, exclusions, true, false, &cover, &more, error) &&
               check_fragments(maps, &file.source, &cover, true, ret_good, error);
        enl_cover_free(&cover);
        enl_file_close(&file);
    }
    return done;
}

// Media in fragments, from `first` on in the file itself, or in segments beside it.
static bool check_fragmented(const struct enl_bound *b, const struct maps *maps, const struct enl_cover *cover,
                             uint64_t first, bool *ret_good, struct enl_error *error) {
    bool segments = b->params && b->params->fragment_count > 0;
    struct enl_cbor exclusions = {0};
    enl_cbor_get(b->assertion, "exclusions", &exclusions);
    if (!check_init(b, maps, cover, first, ret_good, error)) return false;
    if (*ret_good && first < b->source->size && !check_fragments(maps, b->source, cover, false, ret_good, error))
        return false;
    // Of segments only those that are at hand can be asked for.
    for (int i = 0; *ret_good && !segments && i < maps->count; i++)
        *ret_good = maps->list[i].seen_count == maps->list[i].count;
    return !*ret_good || !segments || check_segments(b, maps, &exclusions, ret_good, error);
}

bool enl_merkle_check(const struct enl_bound *bound, const struct enl_cbor *from, const char *alg,
                      const struct enl_cover *cover, bool *ret_good, struct enl_error *error) {
    struct enl_bmff_box box;
    struct maps maps = {0};
    uint64_t at = 0, first = bound->source->size;
    bool fragmented = false, done;
    while (!fragmented && enl_bmff_next(bound->source, &at, bound->source->size, &box))
        if ((fragmented = !strcmp(box.type, "moof"))) first = box.at;
    bool segments = bound->params && bound->params->fragment_count > 0;
    *ret_good = false;
    if (!read_maps(from, alg, &maps, error) || !maps.list) return false;
    if (!fragmented && !segments && maps.list[0].init)
        done = enl_fail(error, ENL_OK, "the fragments that belong to it are not there");
    else if (fragmented || segments) done = check_fragmented(bound, &maps, cover, first, ret_good, error);
    else done = check_plain(bound, &maps, ret_good, error);
    free_maps(&maps);
    return done;
}

bool enl_leaves_plan(const struct enl_source *source, size_t block, struct enl_leaves *ret_leaves,
                     struct enl_error *error) {
    struct enl_leaves leaves = {0};
    struct enl_bmff_box *boxes = NULL;
    int left = ENL_MAX_BOXES;
    uint64_t all = 0;
    bool good = enl_bmff_path(source, "/mdat", &left, &boxes, &leaves.mdats, error);
    good = good && (leaves.mdats || enl_fail(error, ENL_USAGE, "The file has no media to be bound by a Merkle tree."));
    good = good && (leaves.list = enl_alloc((size_t)leaves.mdats, sizeof *leaves.list, error));
    for (int i = 0; good && i < leaves.mdats; i++) {
        struct enl_mdat *m = &leaves.list[i];
        m->at = boxes[i].at + SKIPPED;
        m->size = boxes[i].size > SKIPPED ? boxes[i].size - SKIPPED : 0;
        uint64_t count = m->size ? (m->size + block - 1) / block : 1;
        all += count < ENL_MAX_ROW ? count : ENL_MAX_ROW + 1;
        if (all > ENL_MAX_ROW || leaves.mdats > ENL_MAX_EXCLUSIONS)
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
