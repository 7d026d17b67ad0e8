// SPDX-License-Identifier: MIT
#include "credential/cose.h"
#include "credential/limits.h"

#include <string.h>

enum { HEADER_ALG = 1, HEADER_CRIT = 2, HEADER_CHAIN = 33 };

// The certificates' header, by its number or, as older claims have it, by its name.
static bool find_chain(const struct enl_cbor *map, struct enl_cbor *ret_chain) {
    return enl_cbor_get_number(map, HEADER_CHAIN, ret_chain) || enl_cbor_get(map, "x5chain", ret_chain);
}

static bool add_certificate(struct enl_cose *cose, const struct enl_cbor *item) {
    X509 *one = item->type == ENL_CBOR_BYTES ? enl_x509_read(item->data, (size_t)item->number) : NULL;
    if (!one) return false;
    if (!cose->leaf) cose->leaf = one;
    else if (sk_X509_push(cose->others, one) <= 0) {
        X509_free(one);
        return false;
    }
    return true;
}

static bool read_chain(struct enl_cose *cose, const char **ret_code, const char **ret_why) {
    struct enl_cbor chain, again, item;
    const uint8_t *at = NULL;
    bool kept = find_chain(&cose->headers, &chain), loose = find_chain(&cose->loose, &again);
    *ret_code = "signingCredential.invalid";
    *ret_why = "There is no certificate with the signature.";
    if (!kept && !loose) return false;
    *ret_why = "There are two chains of certificates with the signature.";
    if (kept && loose) return false;
    if (loose) chain = again;
    *ret_why = "A certificate of the signature is broken.";
    if (!(cose->others = sk_X509_new_null())) return false;
    if (chain.type == ENL_CBOR_BYTES) return add_certificate(cose, &chain);
    if (chain.type != ENL_CBOR_ARRAY || enl_cbor_count(&chain) == 0) return false;
    *ret_why = "There are too many certificates with the signature.";
    if (enl_cbor_count(&chain) > ENL_MAX_CHAIN) return false;
    *ret_why = "A certificate of the signature is broken.";
    while (enl_cbor_next(&chain, &at, &item))
        if (!add_certificate(cose, &item)) return false;
    return true;
}

// A header that must be understood (RFC 9052 section 3.1) and that we know of.
static bool crit_is_known(const struct enl_cbor *headers) {
    struct enl_cbor crit, item;
    const uint8_t *at = NULL;
    if (!enl_cbor_get_number(headers, HEADER_CRIT, &crit)) return true;
    if (crit.type != ENL_CBOR_ARRAY || enl_cbor_count(&crit) == 0) return false;
    while (enl_cbor_next(&crit, &at, &item)) {
        bool known = item.type == ENL_CBOR_UINT && (item.number == HEADER_ALG || item.number == HEADER_CHAIN);
        if (!known && !enl_cbor_is_text(&item, "x5chain")) return false;
    }
    return true;
}

static bool read_alg(struct enl_cose *cose) {
    struct enl_cbor alg;
    if (!enl_cbor_get_number(&cose->headers, HEADER_ALG, &alg)) return false;
    if (alg.type != ENL_CBOR_NEGATIVE || alg.number > 65535) return false;
    return (cose->alg = enl_alg_of(-1 - (int64_t)alg.number)) != NULL;
}

bool enl_cose_read(const void *bytes, size_t size, struct enl_cose *cose, const char **ret_code, const char **ret_why) {
    struct enl_cbor item, payload, signature;
    const uint8_t *at = NULL;
    *cose = (struct enl_cose){0};
    *ret_code = "claimSignature.mismatch";
    *ret_why = "The signature is no COSE_Sign1.";
    if (!enl_cbor_open(bytes, size, &item)) return false;
    if (item.type == ENL_CBOR_TAG) {
        struct enl_cbor tag = item;
        if (tag.number != 18 || !enl_cbor_next(&tag, &at, &item)) return false;
    }
    if (item.type != ENL_CBOR_ARRAY || enl_cbor_count(&item) != 4) return false;
    enl_cbor_index(&item, 0, &cose->wrapped);
    enl_cbor_index(&item, 1, &cose->loose);
    enl_cbor_index(&item, 2, &payload);
    enl_cbor_index(&item, 3, &signature);
    if (cose->wrapped.type != ENL_CBOR_BYTES || cose->loose.type != ENL_CBOR_MAP) return false;
    if (signature.type != ENL_CBOR_BYTES || payload.type != ENL_CBOR_SIMPLE || payload.number != 22) return false;
    if (!enl_cbor_open(cose->wrapped.data, (size_t)cose->wrapped.number, &cose->headers)) return false;
    if (cose->headers.type != ENL_CBOR_MAP) return false;
    cose->signature = signature.data;
    cose->signature_size = (size_t)signature.number;
    *ret_why = "The signature has a header that must be understood, and is not.";
    if (!crit_is_known(&cose->headers)) return false;
    if (!read_alg(cose)) {
        *ret_code = "algorithm.unsupported";
        *ret_why = "The signature's algorithm is none that is allowed.";
        return false;
    }
    return read_chain(cose, ret_code, ret_why);
}

void enl_cose_free(struct enl_cose *cose) {
    X509_free(cose->leaf);
    sk_X509_pop_free(cose->others, X509_free);
    *cose = (struct enl_cose){0};
}

void enl_cose_structure(const char *context, const void *headers, size_t headers_size, const void *payload,
                        size_t payload_size, struct enl_bytes *to) {
    enl_bytes_number(to, 0x84, 1); // an array of four
    enl_cbor_put_text(to, context);
    enl_cbor_put_bytes(to, headers, headers_size);
    enl_cbor_put_bytes(to, "", 0);
    enl_cbor_put_bytes(to, payload_size ? payload : "", payload_size);
}

bool enl_cose_verify(const struct enl_cose *cose, const void *claim, size_t claim_size) {
    struct enl_bytes message = {0};
    enl_cose_structure("Signature1", cose->wrapped.data, (size_t)cose->wrapped.number, claim, claim_size, &message);
    bool good = !message.failed && enl_alg_verify(cose->alg, X509_get0_pubkey(cose->leaf), message.data, message.size,
                                                  cose->signature, cose->signature_size);
    enl_bytes_free(&message);
    return good;
}

static void put_loose(const struct enl_bytes *token, const size_t pads[2], struct enl_bytes *to) {
    size_t map = enl_cbor_begin(to);
    if (token) {
        enl_cbor_put_text(to, "sigTst2");
        enl_bytes_number(to, 0xA1, 1);
        enl_cbor_put_text(to, "tstTokens");
        enl_bytes_number(to, 0x81A1, 2);
        enl_cbor_pair_bytes(to, "val", token->data, token->size);
    }
    if (pads[0] != SIZE_MAX) enl_cbor_pair_bytes(to, "pad", NULL, pads[0]);
    if (pads[1] != SIZE_MAX) enl_cbor_pair_bytes(to, "pad2", NULL, pads[1]);
    enl_cbor_end_map(to, map);
}

static void put_all(const struct enl_bytes *headers, const struct enl_bytes *signature, const struct enl_bytes *token,
                    const size_t pads[2], struct enl_bytes *to) {
    enl_cbor_put_tag(to, 18);
    enl_bytes_number(to, 0x84, 1);
    enl_cbor_put_bytes(to, headers->data, headers->size);
    put_loose(token, pads, to);
    enl_cbor_put_null(to);
    enl_cbor_put_bytes(to, signature->data, signature->size);
}

static size_t head_size(size_t number) {
    return number < 24 ? 1 : number < 1 << 8 ? 2 : number < 1 << 16 ? 3 : 5;
}

// Of how many zeros a byte string of `whole` bytes, head and all, is; SIZE_MAX: there is none so long.
static size_t zeros_of(size_t whole) {
    for (size_t head = 1; head <= 5 && head <= whole; head++)
        if (head_size(whole - head) == head) return whole - head;
    return SIZE_MAX;
}

// The pads that take up `left` bytes. The length of a length jumps, so that one pad alone can miss by a byte.
static bool choose_pads(size_t left, size_t ret_pads[2]) {
    ret_pads[0] = ret_pads[1] = SIZE_MAX;
    if (left == 0) return true;
    if (left < 5) return false;
    ret_pads[0] = zeros_of(left - 4); // "pad" is four bytes of CBOR, "pad2" five
    if (ret_pads[0] != SIZE_MAX) return true;
    for (size_t first = 0; first < 3; first++) {
        if (left < 5 + first + 6) return false;
        ret_pads[0] = first;
        ret_pads[1] = zeros_of(left - (5 + first) - 5);
        if (ret_pads[1] != SIZE_MAX) return true;
    }
    return false;
}

bool enl_cose_write(const struct enl_bytes *headers, const struct enl_bytes *signature, const struct enl_bytes *token,
                    size_t size, struct enl_bytes *to) {
    struct enl_bytes bare = {0};
    size_t pads[2] = {SIZE_MAX, SIZE_MAX};
    put_all(headers, signature, token, pads, &bare);
    bool fits = !bare.failed && bare.size <= size && choose_pads(size - bare.size, pads);
    enl_bytes_free(&bare);
    if (!fits) return false;
    size_t before = to->size;
    put_all(headers, signature, token, pads, to);
    return !to->failed && to->size - before == size;
}
