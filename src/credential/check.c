// SPDX-License-Identifier: MIT
// Checking a file: finds its credentials, goes through them from the active manifest down, and decides what they are
// worth (C2PA 2.4 section 15).
#include "credential/check.h"
#include "credential/file.h"
#include "credential/limits.h"
#include "credential/net.h"
#include "credential/report.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

// The store beside the file, or where its XMP points to, or in it.
static bool find_store(struct enl_check *check, const struct enl_source *source, const struct enl_container *container,
                       struct enl_error *error) {
    struct enl_check_params *p = &check->params;
    if (!container->find(source, &check->found, error)) return false;
    if (p->sidecar) {
        struct enl_file file;
        if (!enl_file_open(&file, p->sidecar, error)) return false;
        check->store = enl_source_bytes(&file.source, 0, file.source.size, ENL_MAX_STORE, error);
        check->store_size = (size_t)file.source.size;
        check->sidecar = true;
        enl_file_close(&file);
        return check->store != NULL;
    }
    check->store = check->found.store;
    check->store_size = check->found.store_size;
    check->found.store = NULL;
    if (!check->store && check->found.remote && p->remote) {
        struct enl_bytes fetched = {0};
        check->remote = true;
        if (!enl_net_get(check->found.remote, ENL_MAX_STORE, &fetched, error)) {
            enl_bytes_free(&fetched);
            return false;
        }
        check->store = fetched.data;
        check->store_size = fetched.size;
    }
    return true;
}

static bool is_tolerated(const struct enl_status *s) {
    return !strcmp(s->code, "signingCredential.untrusted");
}

// Failures that say nothing against the file, only against who signed, or when.
static bool is_about_signer(const struct enl_status *s) {
    return !strncmp(s->code, "signingCredential.", 18) || !strcmp(s->code, "claimSignature.outsideValidity");
}

static bool all_failures(const struct enl_statuses *s, bool (*are)(const struct enl_status *status)) {
    for (int i = 0; i < s->count; i++)
        if (s->list[i].kind == ENL_STATUS_FAILURE && !(are && are(&s->list[i]))) return false;
    return !s->failed;
}

static enum enl_check_state decide(const struct enl_check *check) {
    static const char *const matches[] = {"assertion.bmffHash.match", "assertion.dataHash.match",
                                          "assertion.boxesHash.match"};
    const struct enl_statuses *s = &check->statuses;
    bool bound = false; // where nothing was found to bind it to this file, that no failure was told is not enough
    for (int i = 0; i < 3; i++) bound = bound || enl_told(s, matches[i]);
    bool sound = enl_told(s, "claimSignature.validated"), valid, trusted, formed;
    valid = sound && bound && enl_told(s, "claimSignature.insideValidity") && all_failures(s, is_tolerated);
    trusted = valid && enl_told(s, "signingCredential.trusted") && all_failures(s, NULL);
    formed = sound && all_failures(s, is_about_signer);
    for (int i = 0; i < check->delta_count; i++) {
        const struct enl_statuses *d = &check->deltas[i].statuses;
        valid = valid && all_failures(d, is_tolerated);
        trusted = trusted && all_failures(d, NULL);
        formed = formed && all_failures(d, is_about_signer);
    }
    return trusted && valid ? ENL_CHECK_TRUSTED :
           valid            ? ENL_CHECK_VALID :
           formed           ? ENL_CHECK_WELL_FORMED :
                              ENL_CHECK_BROKEN;
}

static bool open_store(struct enl_check *check, struct enl_error *error) {
    if (!enl_jumbf_open(check->store, check->store_size, &check->jumbf, error) || !enl_manifests_read(check, error))
        return false;
    check->contents = enl_alloc((size_t)check->jumbf.count, sizeof *check->contents, error);
    return check->contents != NULL;
}

// What is in the store, all of it. Broken ones are told, not failed. False: memory ran out.
static bool check_store(struct enl_check *check, const struct enl_source *source, const struct enl_container *container,
                        struct enl_error *error) {
    struct enl_error own = {0};
    if (!open_store(check, &own)) {
        if (own.code == ENL_NO_MEMORY) return enl_fail(error, own.code, "%s", own.text);
        check->manifest_count = 0;
        check->state = ENL_CHECK_BROKEN;
        enl_tell(&check->statuses, "claim.missing", "self#jumbf=/c2pa", "%s", own.text);
        return true;
    }
    struct enl_manifest *active = enl_check_active(check);
    enl_check_manifest(check, active, NULL, &check->statuses);
    enl_check_ingredients(check, active, NULL, 0, &check->statuses);
    enl_check_binding(check, source, container);
    check->state = decide(check);
    return true;
}

struct enl_check *enl_check_source(const struct enl_source *source, const struct enl_check_params *params,
                                   struct enl_error *error) {
    const char *type;
    const struct enl_container *container = enl_container_of(source, &type, error);
    struct enl_check *check = container ? enl_alloc(1, sizeof *check, error) : NULL;
    if (!check) return NULL;
    if (params) check->params = *params;
    check->type = type;
    check->at = check->params.at ? check->params.at : (int64_t)time(NULL);
    check->params.at = check->at;
    if (find_store(check, source, container, error) &&
        (!check->store || check_store(check, source, container, error))) {
        enl_check_say(check);
        if (check->sentence && check->details) return check;
        enl_fail(error, ENL_NO_MEMORY, "Not enough memory to check the file.");
    }
    enl_check_free(&check);
    return NULL;
}

struct enl_check *enl_check_file(const char *path, const struct enl_check_params *params, struct enl_error *error) {
    struct enl_file file;
    struct enl_error own = {0};
    if (!enl_file_open(&file, path, error)) return NULL;
    struct enl_check *check = enl_check_source(&file.source, params, &own);
    enl_file_close(&file);
    if (!check) enl_fail(error, own.code, "%s: %s", path, own.text);
    return check;
}

void enl_check_free(struct enl_check **check_pointer) {
    struct enl_check *check = check_pointer ? *check_pointer : NULL;
    if (!check) return;
    enl_found_free(&check->found);
    enl_release(check->store);
    enl_jumbf_free(&check->jumbf);
    enl_release(check->contents);
    enl_release(check->manifests);
    enl_statuses_free(&check->statuses);
    for (int i = 0; i < check->delta_count; i++) {
        enl_release(check->deltas[i].uri);
        enl_statuses_free(&check->deltas[i].statuses);
    }
    enl_release(check->deltas);
    enl_release(check->sentence);
    enl_release(check->details);
    enl_release(check);
    *check_pointer = NULL;
}

enum enl_check_state enl_check_state(const struct enl_check *check) {
    return check->state;
}
const char *enl_check_sentence(const struct enl_check *check) {
    return check->sentence;
}
const char *enl_check_details(const struct enl_check *check) {
    return check->details;
}
bool enl_check_has(const struct enl_check *check, const char *code) {
    return enl_told(&check->statuses, code);
}

// Codes of one kind, each once, with how often.
static void put_codes(const struct enl_statuses *s, enum enl_status_kind kind, struct enl_bytes *to) {
    char text[128];
    for (int i = 0; i < s->count; i++) {
        int times = 0, before = 0;
        for (int k = 0; k < s->count; k++) {
            bool same = !strcmp(s->list[k].code, s->list[i].code);
            times += same;
            before += same && k < i;
        }
        if (s->list[i].kind != kind || before) continue;
        snprintf(text, sizeof text, times > 1 ? "%s%s (%d)" : "%s%s", to->size ? ", " : "", s->list[i].code, times);
        enl_bytes_text(to, text);
    }
}

char *enl_check_codes(const struct enl_check *check) {
    struct enl_bytes text = {0};
    for (int kind = ENL_STATUS_FAILURE; kind >= ENL_STATUS_SUCCESS; kind--)
        put_codes(&check->statuses, (enum enl_status_kind)kind, &text);
    enl_bytes_number(&text, 0, 1);
    char *copy = text.failed ? NULL : strdup((const char *)text.data);
    enl_bytes_free(&text);
    return copy;
}

const uint8_t *enl_check_store(const struct enl_check *check, size_t *ret_size) {
    *ret_size = check->store ? check->store_size : 0;
    return check->store;
}

char *enl_check_json(const struct enl_check *check, bool crjson) {
    struct enl_json json = {0};
    if (crjson) enl_report_cr(check, &json);
    else enl_report(check, &json);
    enl_bytes_number(&json.text, 0, 1);
    char *text = json.text.failed ? NULL : strdup((const char *)json.text.data);
    enl_bytes_free(&json.text);
    return text;
}
