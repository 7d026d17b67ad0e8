// SPDX-License-Identifier: MIT
// Hard bindings to files of boxes: places that move, hashes worked out by hand, Merkle trees, fragments, too many
// exclusions.
#include "forge.h"

// `count` numbers of `size` bytes at `at` are what they were and `by`.
static void moved(const uint8_t *was, const uint8_t *is, size_t at, int size, uint64_t by) {
    assert_int_equal(enl_bytes_get(is + at, size), enl_bytes_get(was + at, size) + by);
}

static void shift(const char *holder, const char *type, const uint8_t *content, size_t size, uint8_t *ret, bool *good) {
    struct enl_bytes b = {0};
    bool changed;
    size_t outer = enl_bytes_box(&b, holder);
    if (!strcmp(holder, "meta")) enl_bytes_number(&b, 0, 4); // version and flags
    size_t inner = strcmp(holder, "moof") ? b.size : enl_bytes_box(&b, "traf");
    put_box(&b, type, content, size);
    if (!strcmp(holder, "moof")) enl_bytes_box_end(&b, inner);
    enl_bytes_box_end(&b, outer);
    *good = enl_bmff_shift(b.data, b.size, 1000, &changed, NULL);
    memcpy(ret, b.data + b.size - size, size);
    enl_bytes_free(&b);
}

static void places_are_moved(void **state) {
    (void)state;
    uint8_t is[64];
    bool good;
    const uint8_t stco[] = {0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 6};
    shift("moov", "stco", stco, sizeof stco, is, &good);
    moved(stco, is, 8, 4, 1000), moved(stco, is, 12, 4, 1000);
    const uint8_t full[] = {0, 0, 0, 0, 0, 0, 0, 1, 255, 255, 255, 255}; // has no room for more
    shift("moov", "stco", full, sizeof full, is, &good);
    assert_false(good);
    const uint8_t co64[] = {0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 5}; // says nine and has one
    shift("moov", "co64", co64, sizeof co64, is, &good);
    moved(co64, is, 8, 8, 1000);
    const uint8_t tfhd[] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0},
                  based[] = {0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0};
    shift("moof", "tfhd", tfhd, sizeof tfhd, is, &good);
    moved(tfhd, is, 8, 8, 1000);
    shift("moof", "tfhd", based, sizeof based, is, &good);
    assert_memory_equal(based, is, sizeof based);
    const uint8_t saio[] = {0, 0, 0, 1, 'c', 'e', 'n', 'c', 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9};
    shift("moov", "saio", saio, sizeof saio, is, &good);
    moved(saio, is, 16, 4, 1000);
    shift("moof", "saio", saio, sizeof saio, is, &good); // counts from its fragment
    assert_memory_equal(saio, is, sizeof saio);
    const uint8_t tfra[] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0,
                            1, 0, 0, 0, 7, 1, 1, 1, 0, 0, 0, 2, 0, 0, 0, 8, 1, 1, 2};
    shift("mfra", "tfra", tfra, sizeof tfra, is, &good);
    moved(tfra, is, 20, 4, 1000), moved(tfra, is, 31, 4, 1000); // the last one too
    moved(tfra, is, 27, 4, 0);
}

static void items_are_moved(void **state) {
    (void)state;
    for (int version = 0; version < 3; version++)
        for (int based = 0; based < 2; based++)
            for (int method = 0; method < (version ? 2 : 1); method++) {
                struct enl_bytes c = {0};
                uint8_t is[64];
                bool good;
                enl_bytes_number(&c, (uint64_t)version << 24, 4);
                enl_bytes_number(&c, based ? 0x4440 : 0x4400, 2); // offset 4, length 4, base
                enl_bytes_number(&c, 1, version < 2 ? 2 : 4);
                enl_bytes_number(&c, 7, version < 2 ? 2 : 4);
                if (version) enl_bytes_number(&c, (uint64_t)method, 2);
                enl_bytes_number(&c, 0, 2);
                size_t base = c.size;
                if (based) enl_bytes_number(&c, 100, 4);
                enl_bytes_number(&c, 2, 2);
                size_t first = c.size;
                for (int i = 0; i < 4; i++) enl_bytes_number(&c, (uint64_t)(i + 1), 4);
                shift("meta", "iloc", c.data, c.size, is, &good);
                // What lies in the item itself (method 1) does not move.
                if (based) moved(c.data, is, base, 4, method ? 0 : 1000);
                for (int i = 0; i < 4; i++)
                    moved(c.data, is, first + 4 * (size_t)i, 4, based || method || i % 2 ? 0 : 1000);
                enl_bytes_free(&c);
            }
}

// With and without room, signed and signed again: the place in stco is always that of the media.
static void signed_files_hold_together(void **state) {
    (void)state;
    static const size_t rooms[] = {0, 8, 100, 4000, 40000};
    for (int i = 0; i < 5; i++)
        for (size_t block = 0; block <= 1024; block += 1024) {
            struct enl_bytes file = {0}, once = {0}, twice = {0};
            struct enl_error error = {0};
            make_mp4(&file, rooms[i], 5000);
            const struct enl_credential_params *params = enl_credential_params(.made_by = "ai", .merkle_block = block,
                                                                               .threads = 1);
            check(sign(&file, &once, params, &error), "%s", error.text);
            check(sign(&once, &twice, params, &error), "%s", error.text);
            if (rooms[i] == 40000) assert_int_equal(once.size, file.size); // in its place
            for (int k = 0; k < 2; k++) {
                struct enl_bytes *b = k ? &twice : &once;
                size_t stco = place_of(b, "moov") + 40 + 16;
                assert_int_equal(enl_bytes_get(b->data + stco, 4), place_of(b, "mdat") + 8);
                assert_int_equal(state_of(b), ENL_CHECK_VALID);
                size_t at = place_of(b, "mdat") + 3000; // any byte of it
                b->data[at] ^= 1;
                assert_int_equal(state_of(b), ENL_CHECK_BROKEN);
                b->data[at] ^= 1;
                b->data[stco + 3] ^= 1;
                assert_int_equal(state_of(b), ENL_CHECK_BROKEN);
                b->data[stco + 3] ^= 1;
            }
            enl_bytes_free(&file);
            enl_bytes_free(&once);
            enl_bytes_free(&twice);
        }
}

// A free box that claims gigabytes is not held in memory.
static int64_t read_huge(void *user, uint64_t at, void *ret_bytes, size_t size) {
    const struct enl_bytes *b = user; // ftyp and the head of free, then nothing but zeros
    memset(ret_bytes, 0, size);
    for (size_t i = 0; i < size && at + i < b->size; i++) ((uint8_t *)ret_bytes)[i] = b->data[at + i];
    return (int64_t)size;
}

static void large_rooms_are_left(void **state) {
    (void)state;
    struct enl_bytes b = {0};
    struct enl_layout layout = {0};
    struct enl_error error = {0};
    put_box(&b, "ftyp", "isom\0\0\2\0isom", 12);
    enl_bytes_number(&b, 1, 4), enl_bytes_text(&b, "free"), enl_bytes_number(&b, 6ull << 30, 8);
    struct enl_source source = {.read = read_huge, .user = &b, .size = 20 + (6ull << 30)};
    const struct enl_container *c = enl_container_of(&source, &(const char *){NULL}, &error);
    check(c && c->lay(&source, 3000, &layout, &error), "%s", error.text);
    assert_true(layout.size == source.size + 3045 && layout.credential.size == 3045);
    enl_layout_free(&layout);
    enl_bytes_free(&b);
}

// ---- Bindings.

static void put_exclusion(struct enl_bytes *to, const char *path, int offset, int length) {
    size_t map = enl_cbor_begin(to);
    enl_cbor_pair_text(to, "xpath", path);
    if (length >= 0) {
        enl_cbor_put_text(to, "subset");
        size_t list = enl_cbor_begin(to), one = enl_cbor_begin(to);
        enl_cbor_put_text(to, "offset"), enl_cbor_put_unsigned(to, (uint64_t)offset);
        enl_cbor_put_text(to, "length"), enl_cbor_put_unsigned(to, (uint64_t)length);
        enl_cbor_end_map(to, one);
        enl_cbor_end_array(to, list);
    }
    enl_cbor_end_map(to, map);
}

static void add_bmff_hash(struct forge *f, const char *path, int offset, int length, const uint8_t *hash,
                          const struct enl_bytes *merkle) {
    struct enl_bytes cbor = {0};
    size_t map = enl_cbor_begin(&cbor);
    enl_cbor_pair_text(&cbor, "alg", "sha256");
    if (hash) enl_cbor_pair_bytes(&cbor, "hash", hash, 32);
    enl_cbor_put_text(&cbor, "exclusions");
    size_t list = enl_cbor_begin(&cbor);
    put_exclusion(&cbor, "/ftyp", 0, -1);
    put_exclusion(&cbor, path, offset, length);
    enl_cbor_end_array(&cbor, list);
    if (merkle) {
        enl_cbor_put_text(&cbor, "merkle");
        size_t maps = enl_cbor_begin(&cbor);
        enl_bytes_put(&cbor, merkle->data, merkle->size);
        enl_cbor_end_array(&cbor, maps);
    }
    enl_cbor_end_map(&cbor, map);
    add(f, "c2pa.hash.bmff.v3", "cbor", &cbor);
}

// What is covered, put together here: places before root boxes, parts of a box, boxes in boxes by number.
static void covers_are_by_the_book(void **state) {
    struct enl_bytes file = {0}, manifests = {0};
    make_mp4(&file, 0, 100);
    put_box(&file, "free", "abcdef", 6);
    put_box(&file, "free", "ghijkl", 6);
    size_t moov = place_of(&file, "moov"), mdat = place_of(&file, "mdat"), first = mdat + 108, second = first + 14;
    static const struct {
        const char *path;
        int offset, length;
    } cases[] = {
        {"/mdat", 0, -1}, {"/free[2]", 0, -1}, {"/free", 8, 2}, {"/moov/trak[1]/mdia", 0, -1}, {"/mdat", 16, 0}};
    for (int i = 0; i < 5; i++) {
        struct enl_bytes covered = {0};
        struct forge f = {0};
        uint8_t hash[32];
        cover_box(&covered, &file, moov);
        if (i == 3) covered.size = 8 + 16; // its head, and trak's
        if (i) cover_box(&covered, &file, mdat);
        if (i == 4) covered.size -= 100 - 8;
        cover_box(&covered, &file, first);
        if (i == 2) covered.size -= 6, enl_bytes_text(&covered, "cdef");
        if (i != 1) cover_box(&covered, &file, second);
        if (i == 2) covered.size -= 6, enl_bytes_text(&covered, "ijkl");
        sha(covered.data, covered.size, hash);
        add_bmff_hash(&f, cases[i].path, cases[i].offset, cases[i].length, hash, NULL);
        add_action(&f, "c2pa.created");
        end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
        // What need not be left out is told, the media above all.
        verdict(state, &file, &manifests, ENL_CHECK_VALID, "assertion.bmffHash.additionalExclusionsPresent");
        enl_bytes_free(&covered);
    }
    enl_bytes_free(&file);
}

// A map over the media: `sizes` of blocks (0 ends), or all of `fixed` bytes; the row of `row` hashes.
static void put_map(struct enl_bytes *to, const struct enl_bytes *file, const int *sizes, int fixed, int claimed,
                    int row) {
    uint8_t level[16][32];
    size_t at = place_of(file, "mdat") + 16, all = file->size;
    int count = 0;
    for (; fixed ? at < all : sizes[count] != 0; count++) {
        size_t n = fixed ? (all - at < (size_t)fixed ? all - at : (size_t)fixed) : (size_t)sizes[count];
        sha(file->data + at, n, level[count]);
        at += n;
    }
    size_t map = enl_cbor_begin(to);
    enl_cbor_put_text(to, "uniqueId"), enl_cbor_put_unsigned(to, 1);
    enl_cbor_put_text(to, "localId"), enl_cbor_put_unsigned(to, 1);
    enl_cbor_put_text(to, "count"), enl_cbor_put_unsigned(to, (uint64_t)(count + claimed));
    if (fixed) enl_cbor_put_text(to, "fixedBlockSize"), enl_cbor_put_unsigned(to, (uint64_t)fixed);
    else {
        enl_cbor_put_text(to, "variableBlockSizes");
        size_t list = enl_cbor_begin(to);
        for (int i = 0; i < count; i++) enl_cbor_put_unsigned(to, (uint64_t)sizes[i]);
        enl_cbor_end_array(to, list);
    }
    for (; count > row; count = (count + 1) / 2)
        for (int i = 0; i < (count + 1) / 2; i++) {
            uint8_t pair[64];
            memcpy(pair, level[2 * i], 32);
            if (2 * i + 1 < count) memcpy(pair + 32, level[2 * i + 1], 32), sha(pair, 64, level[i]);
            else memcpy(level[i], pair, 32);
        }
    enl_cbor_put_text(to, "hashes");
    size_t hashes = enl_cbor_begin(to);
    for (int i = 0; i < count; i++) enl_cbor_put_bytes(to, level[i], 32);
    enl_cbor_end_array(to, hashes);
    enl_cbor_end_map(to, map);
}

static void trees_are_by_the_book(void **state) {
    static const int odd[] = {20, 30, 10, 20, 12, 0}, zero[] = {92, 0};
    static const struct {
        const int *sizes;
        int fixed, claimed, row;
        bool good;
    } cases[] = {{NULL, 20, 0, 5, true},  {NULL, 20, 0, 3, true},   {NULL, 20, 0, 2, true}, {NULL, 20, 0, 1, true},
                 {odd, 0, 0, 5, true},    {odd, 0, 0, 1, true},     {zero, 0, 0, 1, true},  {NULL, 200, 0, 1, true},
                 {NULL, 20, 1, 5, false}, {NULL, 20, -1, 5, false}, {odd, 0, 1, 1, false},  {odd, 0, 100000, 1, false}};
    struct enl_bytes file = {0}, covered = {0};
    uint8_t hash[32];
    make_mp4(&file, 0, 100);
    cover_box(&covered, &file, place_of(&file, "moov"));
    cover_box(&covered, &file, place_of(&file, "mdat"));
    covered.size -= 92;
    sha(covered.data, covered.size, hash);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int hashed = 0; hashed < 2; hashed++) {
            struct enl_bytes manifests = {0}, maps = {0};
            struct forge f = {0};
            put_map(&maps, &file, cases[i].sizes, cases[i].fixed, cases[i].claimed, cases[i].row);
            add_bmff_hash(&f, "/mdat", 16, 0, hashed ? hash : NULL, &maps);
            add_action(&f, "c2pa.created");
            end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
            // Without a hash nothing binds what is no media.
            verdict(state, &file, &manifests, cases[i].good && hashed ? ENL_CHECK_VALID : ENL_CHECK_BROKEN,
                    !hashed       ? "assertion.bmffHash.malformed" :
                    cases[i].good ? NULL :
                                    "assertion.bmffHash.mismatch");
            enl_bytes_free(&maps);
        }
    enl_bytes_free(&covered);
    enl_bytes_free(&file);
}

// Three fragments with their merkle boxes. `leaves` are put in as proofs; `places` of the moofs come back.
static void make_fragments(struct enl_bytes *to, uint8_t leaves[4][32], const int *order, size_t places[3]) {
    to->size = 0;
    put_box(to, "ftyp", "isom\0\0\2\0isom", 12);
    put_box(to, "moov", "a film's head", 13);
    for (int i = 0; i < 3; i++) {
        int is = order[i];
        places[i] = to->size;
        put_box(to, "moof", "fragment", 8);
        size_t uuid = enl_bytes_box(to, "uuid");
        enl_bytes_put(to, enl_bmff_c2pa, 16);
        enl_bytes_number(to, 0, 4);
        enl_bytes_put(to, "merkle", 7);
        size_t map = enl_cbor_begin(to);
        enl_cbor_put_text(to, "uniqueId"), enl_cbor_put_unsigned(to, 1);
        enl_cbor_put_text(to, "localId"), enl_cbor_put_unsigned(to, 2);
        enl_cbor_put_text(to, "location"), enl_cbor_put_unsigned(to, (uint64_t)is);
        enl_cbor_put_text(to, "hashes");
        size_t list = enl_cbor_begin(to);
        if (is < 2) enl_cbor_put_bytes(to, leaves[1 - is], 32);
        enl_cbor_put_bytes(to, leaves[is < 2 ? 2 : 3], 32);
        enl_cbor_end_array(to, list);
        enl_cbor_end_map(to, map);
        enl_bytes_put(to, NULL, is < 2 ? 11 : 45); // padding: all are as long
        enl_bytes_box_end(to, uuid);
        char media[] = "media 0";
        media[6] = (char)('0' + is);
        put_box(to, "mdat", media, 7);
    }
}

static void fragments_are_in_their_places(void **state) {
    static const int orders[][3] = {{0, 1, 2}, {0, 0, 2}, {1, 0, 2}};
    struct enl_bytes file = {0}, init = {0}, map = {0};
    uint8_t leaves[4][32] = {{0}}, root[32], pair[64], head[32];
    size_t places[3];
    make_fragments(&file, leaves, orders[0], places);
    for (int i = 0; i < 3; i++) {
        struct enl_bytes covered = {0};
        size_t uuid = places[i] + 16;
        cover_box(&covered, &file, places[i]);
        cover_box(&covered, &file, uuid + size_at(&file, uuid));
        sha(covered.data, covered.size, leaves[i]);
        enl_bytes_free(&covered);
    }
    memcpy(pair, leaves[0], 64);
    sha(pair, 64, leaves[3]);
    memcpy(pair, leaves[3], 32), memcpy(pair + 32, leaves[2], 32);
    sha(pair, 64, root);
    cover_box(&init, &file, place_of(&file, "moov"));
    sha(init.data, init.size, head);
    size_t begun = enl_cbor_begin(&map);
    enl_cbor_put_text(&map, "uniqueId"), enl_cbor_put_unsigned(&map, 1);
    enl_cbor_put_text(&map, "localId"), enl_cbor_put_unsigned(&map, 2);
    enl_cbor_put_text(&map, "count"), enl_cbor_put_unsigned(&map, 3);
    enl_cbor_pair_bytes(&map, "initHash", head, 32);
    enl_cbor_put_text(&map, "hashes");
    size_t list = enl_cbor_begin(&map);
    enl_cbor_put_bytes(&map, root, 32);
    enl_cbor_end_array(&map, list);
    enl_cbor_end_map(&map, begun);
    for (int i = 0; i < 6; i++) {
        struct enl_bytes manifests = {0};
        struct forge f = {0};
        add_bmff_hash(&f, "/uuid", 0, -1, NULL, &map);
        add_action(&f, "c2pa.created");
        end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
        make_fragments(&file, leaves, orders[i < 3 ? i : 0], places);
        if (i == 3) file.data[file.size - 1]++;
        if (i == 4) file.data[40]++;       // the head
        if (i == 5) file.size = places[2]; // one is missing
        verdict(state, &file, &manifests, i ? ENL_CHECK_BROKEN : ENL_CHECK_VALID,
                i ? "assertion.bmffHash.mismatch" : "assertion.bmffHash.match");
    }
    enl_bytes_free(&map);
    enl_bytes_free(&init);
    enl_bytes_free(&file);
}

// 65,000 root boxes, and as many exclusions as there may be that each match all of them, in many parts.
static void exclusions_are_bounded(void **state) {
    struct enl_bytes file = {0}, manifests = {0}, cbor = {0};
    struct forge f = {0};
    make_mp4(&file, 0, 100);
    for (int i = 0; i < 65000; i++) put_box(&file, "free", NULL, 64);
    for (int whole = 0; whole < 2; whole++) {
        size_t map = enl_cbor_begin(&cbor);
        enl_cbor_pair_text(&cbor, "alg", "sha256");
        enl_cbor_pair_bytes(&cbor, "hash", NULL, 32);
        enl_cbor_put_text(&cbor, "exclusions");
        size_t list = enl_cbor_begin(&cbor);
        for (int i = 0; i < ENL_MAX_EXCLUSIONS; i++) {
            size_t one = enl_cbor_begin(&cbor);
            enl_cbor_pair_text(&cbor, "xpath", "/free");
            enl_cbor_put_text(&cbor, "subset");
            size_t subset = enl_cbor_begin(&cbor);
            for (int k = 0; k < (whole ? 1 : ENL_MAX_EXCLUSIONS); k++) {
                size_t part = enl_cbor_begin(&cbor);
                enl_cbor_put_text(&cbor, "offset"), enl_cbor_put_unsigned(&cbor, (uint64_t)k);
                enl_cbor_put_text(&cbor, "length"), enl_cbor_put_unsigned(&cbor, 1);
                enl_cbor_end_map(&cbor, part);
            }
            enl_cbor_end_array(&cbor, subset);
            enl_cbor_end_map(&cbor, one);
        }
        enl_cbor_end_array(&cbor, list);
        enl_cbor_end_map(&cbor, map);
        add(&f, "c2pa.hash.bmff.v3", "cbor", &cbor);
        add_action(&f, "c2pa.created");
        end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
        soon(state, &file, &manifests, "exclusions");
    }
    enl_bytes_free(&file);
}

// A million leaves over two megabytes.
static void large_trees_are_bounded(void **state) {
    struct enl_bytes file = {0}, manifests = {0}, map = {0};
    struct forge f = {0};
    uint8_t hash[32] = {0};
    make_mp4(&file, 0, (2u << 20) + 8);
    size_t begun = enl_cbor_begin(&map);
    enl_cbor_put_text(&map, "uniqueId"), enl_cbor_put_unsigned(&map, 1);
    enl_cbor_put_text(&map, "localId"), enl_cbor_put_unsigned(&map, 1);
    enl_cbor_put_text(&map, "count"), enl_cbor_put_unsigned(&map, 1u << 20);
    enl_cbor_put_text(&map, "fixedBlockSize"), enl_cbor_put_unsigned(&map, 2);
    enl_cbor_put_text(&map, "hashes");
    size_t list = enl_cbor_begin(&map);
    enl_cbor_put_bytes(&map, hash, 32);
    enl_cbor_end_array(&map, list);
    enl_cbor_end_map(&map, begun);
    struct enl_bytes covered = {0};
    cover_box(&covered, &file, place_of(&file, "moov"));
    cover_box(&covered, &file, place_of(&file, "mdat"));
    covered.size -= 2u << 20;
    sha(covered.data, covered.size, hash); // so that the tree is come to
    enl_bytes_free(&covered);
    add_bmff_hash(&f, "/mdat", 16, 0, hash, &map);
    add_action(&f, "c2pa.created");
    end(&f, "c2ma", "urn:c2pa:1", &manifests, NULL);
    soon(state, &file, &manifests, "leaves");
    enl_bytes_free(&map);
    enl_bytes_free(&file);
}

// ---- Memory that runs out.

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(places_are_moved),
                                       cmocka_unit_test(items_are_moved),
                                       cmocka_unit_test(signed_files_hold_together),
                                       cmocka_unit_test(large_rooms_are_left),
                                       cmocka_unit_test(covers_are_by_the_book),
                                       cmocka_unit_test(trees_are_by_the_book),
                                       cmocka_unit_test(fragments_are_in_their_places),
                                       cmocka_unit_test(exclusions_are_bounded),
                                       cmocka_unit_test(large_trees_are_bounded)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
