// SPDX-License-Identifier: MIT
#include "credential/build.h"
#include "credential/jumbf.h"

#include <stdio.h>
#include <string.h>

#define SOURCE_TYPES "http://cv.iptc.org/newscodes/digitalsourcetype/"
#define MOST_ASSERTIONS 8

struct parts { // the assertions of one manifest, as they are put together
    struct enl_build *b;
    struct enl_bytes boxes;
    int count;
    struct {
        char label[48];
        uint8_t hash[64]; // of which 32 are used
        bool gathered;
    } list[MOST_ASSERTIONS];
    struct enl_error *error;
};

static bool make_uuid(char *ret_text, size_t size, const char *before, struct enl_error *error) {
    uint8_t u[16];
    if (!enl_random_bytes(u, sizeof u)) return enl_fail(error, ENL_INTERNAL, "The system gives no random numbers.");
    u[6] = (u[6] & 15) | 0x40; // RFC 9562 version 4
    u[8] = (u[8] & 63) | 0x80;
    snprintf(ret_text, size, "%s%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", before, u[0],
             u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
    return true;
}

bool enl_build_begin(struct enl_build *build, struct enl_error *error) {
    build->signature_size = enl_signer_room(build->signer);
    return make_uuid(build->label, sizeof build->label, "urn:c2pa:", error) &&
           make_uuid(build->instance, sizeof build->instance, "xmp:iid:", error) &&
           (enl_random_bytes(build->salts, sizeof build->salts) ||
            enl_fail(error, ENL_INTERNAL, "The system gives no random numbers."));
}

// Puts an assertion into the store and keeps its hash for the claim.
static void put_assertion(struct parts *p, const char *label, const struct enl_bytes *cbor, bool gathered) {
    size_t size, box = enl_jumbf_begin(&p->boxes, ENL_JUMBF_CBOR, label, p->b->salts[p->count]);
    size_t content = enl_bytes_box(&p->boxes, "cbor");
    enl_bytes_put(&p->boxes, cbor->data, cbor->size);
    enl_bytes_box_end(&p->boxes, content);
    enl_jumbf_end(&p->boxes, box);
    if (cbor->failed || p->boxes.failed) {
        p->boxes.failed = true;
        return;
    }
    snprintf(p->list[p->count].label, sizeof p->list->label, "%s", label);
    p->list[p->count].gathered = gathered;
    enl_digest_of("sha256", p->boxes.data + box + 8, p->boxes.size - box - 8, p->list[p->count].hash, &size);
    p->count++;
}

static void put_hashed(struct enl_bytes *to, const char *url, const uint8_t *hash) {
    size_t map = enl_cbor_begin(to);
    enl_cbor_pair_text(to, "url", url);
    enl_cbor_pair_bytes(to, "hash", hash, 32);
    enl_cbor_end_map(to, map);
}

static void put_merkle(struct enl_bytes *to, const struct enl_build *b) {
    enl_cbor_put_text(to, "merkle");
    size_t list = enl_cbor_begin(to);
    for (int i = 0; i < b->leaves.mdats; i++) {
        const struct enl_mdat *m = &b->leaves.list[i];
        size_t map = enl_cbor_begin(to);
        enl_cbor_put_text(to, "uniqueId"), enl_cbor_put_unsigned(to, 0);
        enl_cbor_put_text(to, "localId"), enl_cbor_put_unsigned(to, (uint64_t)i);
        enl_cbor_put_text(to, "count"), enl_cbor_put_unsigned(to, (uint64_t)m->count);
        enl_cbor_pair_text(to, "alg", "sha256");
        enl_cbor_put_text(to, "fixedBlockSize"), enl_cbor_put_unsigned(to, b->params->merkle_block);
        enl_cbor_put_text(to, "hashes");
        size_t hashes = enl_cbor_begin(to);
        for (int k = 0; k < m->count; k++) enl_cbor_put_bytes(to, m->hashes + 32 * k, 32);
        enl_cbor_end_array(to, hashes);
        enl_cbor_end_map(to, map);
    }
    enl_cbor_end_array(to, list);
}

// The numbers of an exclusion take more or fewer bytes; a pad makes up for it, so that the whole is always as long.
static void put_left_out(struct enl_bytes *to, const struct enl_build *b) {
    if (b->beside) { // not by left_out: it is empty in the draft, too, which must be as long as the store
        enl_cbor_pair_bytes(to, "pad", NULL, 0);
        return;
    }
    enl_cbor_put_text(to, "exclusions");
    size_t list = enl_cbor_begin(to), map = enl_cbor_begin(to), numbers = to->size;
    enl_cbor_put_text(to, "start"), enl_cbor_put_unsigned(to, b->left_out.at);
    enl_cbor_put_text(to, "length"), enl_cbor_put_unsigned(to, b->left_out.size);
    size_t most = 6 + 9 + 7 + 9, used = to->size - numbers;
    enl_cbor_end_map(to, map);
    enl_cbor_end_array(to, list);
    enl_cbor_pair_bytes(to, "pad", NULL, most - used); // at most 16: its own head is one byte
}

static void put_binding(struct parts *p) {
    struct enl_build *b = p->b;
    struct enl_bytes cbor = {0};
    size_t map = enl_cbor_begin(&cbor);
    enl_cbor_pair_text(&cbor, "alg", "sha256");
    enl_cbor_pair_bytes(&cbor, "hash", b->hash, 32);
    enl_cbor_pair_text(&cbor, "name", "jumbf manifest");
    if (b->bmff) {
        enl_cbor_put_text(&cbor, "exclusions");
        enl_bmff_put_exclusions(&cbor, b->leaves.mdats > 0);
        if (b->leaves.mdats) put_merkle(&cbor, b);
    } else {
        put_left_out(&cbor, b);
    }
    enl_cbor_end_map(&cbor, map);
    put_assertion(p, b->bmff ? "c2pa.hash.bmff.v3" : "c2pa.hash.data", &cbor, false);
    enl_bytes_free(&cbor);
}

static void put_origin(struct parts *p) {
    const struct enl_origin *o = &p->b->origin;
    struct enl_bytes cbor = {0};
    char url[600];
    size_t map = enl_cbor_begin(&cbor);
    enl_cbor_pair_text(&cbor, "relationship", o->relation);
    if (*o->title) enl_cbor_pair_text(&cbor, "dc:title", o->title);
    if (*o->type) enl_cbor_pair_text(&cbor, "dc:format", o->type);
    if (*o->label) {
        snprintf(url, sizeof url, "self#jumbf=/c2pa/%s", o->label);
        enl_cbor_put_text(&cbor, "activeManifest"), put_hashed(&cbor, url, o->manifest_hash);
        snprintf(url, sizeof url, "self#jumbf=/c2pa/%s/c2pa.signature", o->label);
        enl_cbor_put_text(&cbor, "claimSignature"), put_hashed(&cbor, url, o->signature_hash);
        enl_cbor_put_text(&cbor, "validationResults");
        enl_bytes_put(&cbor, o->results.data, o->results.size);
    }
    enl_cbor_end_map(&cbor, map);
    put_assertion(p, "c2pa.ingredient.v3", &cbor, false);
    enl_bytes_free(&cbor);
}

// What made_by means.
static const struct {
    const char *name, *type;
} makers[] = {{"edited", "humanEdits"}, {"ai", "trainedAlgorithmicMedia"}, {"camera", "digitalCapture"}};

static const char *source_type(const struct enl_credential_params *p) {
    if (p->source_type) return p->source_type;
    for (size_t i = 0; p->made_by && i < sizeof makers / sizeof *makers; i++)
        if (!strcmp(p->made_by, makers[i].name)) return makers[i].type;
    return makers[0].type;
}

static void put_agent(struct enl_bytes *to, const char *key, const struct enl_credential_params *p) {
    enl_cbor_put_text(to, key);
    size_t map = enl_cbor_begin(to);
    enl_cbor_pair_text(to, "name", p->agent ? p->agent : "Enliven");
    const char *version = p->agent ? p->agent_version : ENL_VERSION;
    if (version) enl_cbor_pair_text(to, "version", version);
    if (!strcmp(key, "claim_generator_info")) enl_cbor_pair_text(to, "specVersion", "2.4.0");
    enl_cbor_end_map(to, map);
}

// One action. `origin`: names what it was made from; `made`: says how, by whom, what.
static void put_action(struct parts *p, struct enl_bytes *to, const char *name, bool origin, bool made) {
    const struct enl_credential_params *params = p->b->params;
    size_t map = enl_cbor_begin(to);
    enl_cbor_pair_text(to, "action", name);
    if (made) {
        char type[160];
        snprintf(type, sizeof type, SOURCE_TYPES "%s", source_type(params));
        enl_cbor_pair_text(to, "digitalSourceType", type);
        if (params->description) enl_cbor_pair_text(to, "description", params->description);
    }
    if (strcmp(name, "c2pa.opened")) put_agent(to, "softwareAgent", params);
    if (origin) {
        enl_cbor_put_text(to, "parameters");
        size_t parameters = enl_cbor_begin(to);
        enl_cbor_put_text(to, "ingredients");
        size_t list = enl_cbor_begin(to);
        for (int i = 0; i < p->count; i++)
            if (!strcmp(p->list[i].label, "c2pa.ingredient.v3"))
                put_hashed(to, "self#jumbf=c2pa.assertions/c2pa.ingredient.v3", p->list[i].hash);
        enl_cbor_end_array(to, list);
        enl_cbor_end_map(to, parameters);
    }
    enl_cbor_end_map(to, map);
}

static void put_redacted(struct enl_bytes *to, const char *uri) {
    size_t map = enl_cbor_begin(to);
    enl_cbor_pair_text(to, "action", "c2pa.redacted");
    enl_cbor_pair_text(to, "reason", "c2pa.PII.present");
    enl_cbor_put_text(to, "parameters");
    size_t parameters = enl_cbor_begin(to);
    enl_cbor_pair_text(to, "redacted", uri);
    enl_cbor_end_map(to, parameters);
    enl_cbor_end_map(to, map);
}

static void put_actions(struct parts *p) {
    const struct enl_credential_params *params = p->b->params;
    const struct enl_origin *o = &p->b->origin;
    struct enl_bytes cbor = {0};
    bool opened = o->there && !strcmp(o->relation, "parentOf");
    size_t map = enl_cbor_begin(&cbor);
    enl_cbor_put_text(&cbor, "actions");
    size_t list = enl_cbor_begin(&cbor);
    if (opened) put_action(p, &cbor, "c2pa.opened", true, false);
    bool only_signed = opened && !params->made_by && !params->source_type; // nothing is said to have been done
    put_action(p, &cbor,
               only_signed ? "c2pa.published" :
               opened      ? "c2pa.edited" :
                             "c2pa.created",
               o->there && !opened, !only_signed);
    for (int i = 0; params->steps && params->steps[i]; i++) put_action(p, &cbor, params->steps[i], false, false);
    if (params->soft_alg) put_action(p, &cbor, "c2pa.watermarked.bound", false, false);
    for (int i = 0; params->redact && params->redact[i]; i++) put_redacted(&cbor, params->redact[i]);
    enl_cbor_end_array(&cbor, list);
    enl_cbor_put_text(&cbor, "allActionsIncluded");
    enl_cbor_put_bool(&cbor, true);
    enl_cbor_end_map(&cbor, map);
    put_assertion(p, "c2pa.actions.v2", &cbor, false);
    enl_bytes_free(&cbor);
}

static void put_disclosure(struct parts *p) {
    const struct enl_credential_params *params = p->b->params;
    struct enl_bytes cbor = {0};
    size_t map = enl_cbor_begin(&cbor);
    enl_cbor_pair_text(&cbor, "modelType", "c2pa.types.model");
    enl_cbor_pair_text(&cbor, "modelName", params->model_name);
    if (params->human) {
        enl_cbor_put_text(&cbor, "contentProfile");
        size_t profile = enl_cbor_begin(&cbor);
        enl_cbor_pair_text(&cbor, "humanOversightLevel", params->human);
        enl_cbor_end_map(&cbor, profile);
    }
    enl_cbor_end_map(&cbor, map);
    put_assertion(p, "c2pa.ai-disclosure", &cbor, false);
    enl_bytes_free(&cbor);
}

static void put_training(struct parts *p) {
    static const char *const uses[] = {"cawg.ai_generative_training", "cawg.ai_training", "cawg.data_mining"};
    struct enl_bytes cbor = {0};
    size_t map = enl_cbor_begin(&cbor);
    enl_cbor_put_text(&cbor, "entries");
    size_t entries = enl_cbor_begin(&cbor);
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        enl_cbor_put_text(&cbor, uses[i]);
        size_t one = enl_cbor_begin(&cbor);
        enl_cbor_pair_text(&cbor, "use", "notAllowed");
        enl_cbor_end_map(&cbor, one);
    }
    enl_cbor_end_map(&cbor, entries);
    enl_cbor_end_map(&cbor, map);
    put_assertion(p, "cawg.training-mining", &cbor, false);
    enl_bytes_free(&cbor);
}

static void put_soft_binding(struct parts *p) {
    const struct enl_credential_params *params = p->b->params;
    struct enl_bytes cbor = {0};
    size_t map = enl_cbor_begin(&cbor);
    enl_cbor_pair_text(&cbor, "alg", params->soft_alg);
    enl_cbor_put_text(&cbor, "blocks");
    size_t blocks = enl_cbor_begin(&cbor), block = enl_cbor_begin(&cbor);
    enl_cbor_put_text(&cbor, "scope"); // all of it
    enl_cbor_end_map(&cbor, enl_cbor_begin(&cbor));
    enl_cbor_pair_bytes(&cbor, "value", params->soft_value, params->soft_size);
    enl_cbor_end_map(&cbor, block);
    enl_cbor_end_array(&cbor, blocks);
    enl_cbor_pair_bytes(&cbor, "pad", NULL, 0);
    enl_cbor_end_map(&cbor, map);
    put_assertion(p, "c2pa.soft-binding", &cbor, false);
    enl_bytes_free(&cbor);
}

static void put_claim(struct parts *p, struct enl_bytes *to) {
    const struct enl_credential_params *params = p->b->params;
    char url[400];
    size_t map = enl_cbor_begin(to);
    enl_cbor_pair_text(to, "alg", "sha256");
    if (params->title) enl_cbor_pair_text(to, "dc:title", params->title);
    snprintf(url, sizeof url, "self#jumbf=/c2pa/%s/c2pa.signature", p->b->label);
    enl_cbor_pair_text(to, "signature", url);
    enl_cbor_pair_text(to, "instanceID", p->b->instance);
    put_agent(to, "claim_generator_info", params);
    for (int gathered = 0; gathered < 2; gathered++) {
        bool any = !gathered;
        for (int i = 0; i < p->count; i++) any = any || p->list[i].gathered;
        if (!any) continue;
        enl_cbor_put_text(to, gathered ? "gathered_assertions" : "created_assertions");
        size_t list = enl_cbor_begin(to);
        for (int i = 0; i < p->count; i++) {
            snprintf(url, sizeof url, "self#jumbf=c2pa.assertions/%s", p->list[i].label);
            if (p->list[i].gathered == gathered) put_hashed(to, url, p->list[i].hash);
        }
        enl_cbor_end_array(to, list);
    }
    if (params->redact && params->redact[0]) {
        enl_cbor_put_text(to, "redacted_assertions");
        size_t list = enl_cbor_begin(to);
        for (int i = 0; params->redact[i]; i++) enl_cbor_put_text(to, params->redact[i]);
        enl_cbor_end_array(to, list);
    }
    enl_cbor_end_map(to, map);
}

static void put_box(struct enl_bytes *to, const char *type, const char *label, const struct enl_bytes *cbor) {
    size_t box = enl_jumbf_begin(to, type, label, NULL), content = enl_bytes_box(to, "cbor");
    enl_bytes_put(to, cbor->data, cbor->size);
    enl_bytes_box_end(to, content);
    enl_jumbf_end(to, box);
}

bool enl_build_store(struct enl_build *build, bool sign, struct enl_bytes *ret_store, struct enl_error *error) {
    const struct enl_credential_params *params = build->params;
    struct parts p = {.b = build, .error = error};
    struct enl_bytes store = {0}, claim = {0}, signature = {0};
    put_binding(&p);
    if (build->origin.there) put_origin(&p);
    put_actions(&p);
    if (params->model_name) put_disclosure(&p);
    if (params->no_training) put_training(&p);
    if (params->soft_alg) put_soft_binding(&p);
    put_claim(&p, &claim);
    bool good = !p.boxes.failed && !claim.failed;
    if (good && sign)
        good = enl_signer_sign(build->signer, claim.data, claim.size, build->signature_size, &signature, error);
    else if (good) enl_bytes_put(&signature, NULL, build->signature_size);
    size_t all = enl_jumbf_begin(&store, ENL_JUMBF_STORE, "c2pa", NULL);
    enl_bytes_put(&store, build->origin.boxes.data, build->origin.boxes.size);
    size_t manifest = enl_jumbf_begin(&store, ENL_JUMBF_MANIFEST, build->label, NULL);
    size_t assertions = enl_jumbf_begin(&store, ENL_JUMBF_ASSERTIONS, "c2pa.assertions", NULL);
    enl_bytes_put(&store, p.boxes.data, p.boxes.size);
    enl_jumbf_end(&store, assertions);
    put_box(&store, ENL_JUMBF_CLAIM, "c2pa.claim.v2", &claim);
    put_box(&store, ENL_JUMBF_SIGNATURE, "c2pa.signature", &signature);
    enl_jumbf_end(&store, manifest);
    enl_jumbf_end(&store, all);
    if (p.boxes.failed || claim.failed || signature.failed || store.failed)
        good = enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the credentials.");
    enl_bytes_free(&p.boxes);
    enl_bytes_free(&claim);
    enl_bytes_free(&signature);
    if (good) *ret_store = store;
    else enl_bytes_free(&store);
    return good;
}
