// SPDX-License-Identifier: MIT
#include "credential/report.h"
#include "credential/limits.h"

#include <stdio.h>
#include <string.h>

void enl_report_statuses(const struct enl_statuses *statuses, struct enl_json *json) {
    static const char *const names[] = {"success", "informational", "failure"};
    for (int kind = 0; kind < 3; kind++) {
        enl_json_begin(json, names[kind], '[');
        for (int i = 0; i < statuses->count; i++) {
            const struct enl_status *s = &statuses->list[i];
            if ((int)s->kind != kind) continue;
            enl_json_begin(json, NULL, '{');
            enl_json_text(json, "code", s->code);
            enl_json_text(json, "url", s->url);
            enl_json_text(json, "explanation", s->why);
            enl_json_end(json, '}');
        }
        enl_json_end(json, ']');
    }
}

void enl_report_deltas(const struct enl_check *check, struct enl_json *json) {
    if (!check->delta_count) return;
    enl_json_begin(json, "ingredientDeltas", '[');
    for (int i = 0; i < check->delta_count; i++) {
        enl_json_begin(json, NULL, '{');
        enl_json_text(json, "ingredientAssertionURI", check->deltas[i].uri);
        enl_json_begin(json, "validationDeltas", '{');
        enl_report_statuses(&check->deltas[i].statuses, json);
        enl_json_end(json, '}');
        enl_json_end(json, '}');
    }
    enl_json_end(json, ']');
}

bool enl_report_is_full(const struct enl_json *json) {
    return json->text.size > 4 * (size_t)ENL_MAX_REPORTED;
}

const char *enl_report_state(const struct enl_check *check) {
    return check->state == ENL_CHECK_TRUSTED ? "Trusted" : check->state == ENL_CHECK_VALID ? "Valid" : "Invalid";
}

static void put_text_of(struct enl_json *json, const char *key, const struct enl_cbor *map, const char *from) {
    struct enl_cbor value;
    if (enl_cbor_get(map, from, &value) && value.type == ENL_CBOR_TEXT)
        enl_json_text_n(json, key, (const char *)value.data, (size_t)value.number);
}

static void put_signature(const struct enl_manifest *m, struct enl_json *json) {
    const struct enl_signed *s = &m->signed_by;
    if (!s->read) return;
    char alg[12];
    snprintf(alg, sizeof alg, "%s", s->alg);
    for (char *p = alg + 1; *alg && *p; p++)
        if (*p >= 'A' && *p <= 'Z') *p = (char)(*p - 'A' + 'a'); // "Es256"
    enl_json_begin(json, "signature_info", '{');
    enl_json_text(json, "alg", alg);
    enl_json_text(json, "issuer", *s->signer.organization ? s->signer.organization : s->signer.issuer_organization);
    enl_json_text(json, "common_name", s->signer.common_name);
    enl_json_text(json, "cert_serial_number", s->signer.serial);
    if (s->time) enl_json_time(json, "time", s->time);
    enl_json_end(json, '}');
}

static void put_thumbnail(struct enl_json *json, const char *uri, const struct enl_jumbf_box *b) {
    // A "bfdb" box: toggles, then the MIME type.
    const uint8_t *stop = b->data_size > 1 ? memchr(b->data + 1, '\0', b->data_size - 1) : NULL;
    enl_json_begin(json, "thumbnail", '{');
    if (stop) enl_json_text_n(json, "format", (const char *)b->data + 1, (size_t)(stop - b->data) - 1);
    enl_json_text(json, "identifier", uri);
    enl_json_end(json, '}');
}

static bool is_ingredient(const struct enl_jumbf_box *b) {
    return !strncmp(b->label, "c2pa.ingredient", 15);
}
static bool is_thumbnail(const struct enl_jumbf_box *b) {
    return !strncmp(b->label, "c2pa.thumbnail", 14);
}

static void put_ingredient(const struct enl_check *check, const struct enl_manifest *m, int box,
                           struct enl_json *json) {
    const struct enl_jumbf_box *b = &check->jumbf.list[box];
    const struct enl_cbor *found = b->data_size <= ENL_MAX_REPORTED ? enl_check_item(check, box) : NULL;
    struct enl_cbor item, hashed, url, results;
    if (!found || enl_report_is_full(json)) return;
    item = *found;
    enl_json_begin(json, NULL, '{');
    put_text_of(json, "title", &item, "dc:title");
    put_text_of(json, "format", &item, "dc:format");
    put_text_of(json, "instance_id", &item, "instanceID");
    put_text_of(json, "relationship", &item, "relationship");
    put_text_of(json, "description", &item, "description");
    if ((enl_cbor_get(&item, "activeManifest", &hashed) || enl_cbor_get(&item, "c2pa_manifest", &hashed)) &&
        enl_cbor_get(&hashed, "url", &url) && url.type == ENL_CBOR_TEXT) {
        struct enl_manifest *of = enl_manifest_by_uri((struct enl_check *)check, m, url.data, (size_t)url.number);
        if (of) enl_json_text(json, "active_manifest", of->label);
    }
    if (enl_cbor_get(&item, "validationResults", &results)) enl_json_cbor(json, "validation_results", &results, "", "");
    else if (enl_cbor_get(&item, "validationStatus", &results))
        enl_json_cbor(json, "validation_status", &results, "", "");
    enl_json_text(json, "label", b->label);
    enl_json_end(json, '}');
}

static void put_assertion(const struct enl_check *check, int box, struct enl_json *json) {
    const struct enl_jumbf_box *b = &check->jumbf.list[box];
    bool told = b->data_size <= ENL_MAX_REPORTED && !enl_report_is_full(json);
    const struct enl_cbor *cbor = told ? enl_check_item(check, box) : NULL;
    bool text = told && !strcmp(b->content, ENL_JUMBF_JSON) && enl_json_is_good((const char *)b->data, b->data_size);
    enl_json_begin(json, NULL, '{');
    enl_json_text(json, "label", b->label);
    if (cbor) enl_json_cbor(json, "data", cbor, "", "");
    else if (!told) enl_json_bool(json, "left_out", true);
    else if (text) enl_json_raw(json, "data", (const char *)b->data, b->data_size);
    enl_json_end(json, '}');
}

static void put_manifest(const struct enl_check *check, const struct enl_manifest *m, struct enl_json *json) {
    const struct enl_jumbf *j = &check->jumbf;
    struct enl_cbor info;
    char uri[ENL_URI_SIZE];
    int first = m->assertions_box < 0 ? -1 : j->list[m->assertions_box].child;
    enl_json_begin(json, m->label, '{');
    if (enl_cbor_get(&m->claim, "claim_generator_info", &info)) {
        if (info.type == ENL_CBOR_MAP) enl_json_begin(json, "claim_generator_info", '[');
        enl_json_cbor(json, info.type == ENL_CBOR_MAP ? NULL : "claim_generator_info", &info, "", "");
        if (info.type == ENL_CBOR_MAP) enl_json_end(json, ']');
    }
    put_text_of(json, "claim_generator", &m->claim, "claim_generator");
    put_text_of(json, "title", &m->claim, "dc:title");
    put_text_of(json, "format", &m->claim, "dc:format");
    put_text_of(json, "instance_id", &m->claim, "instanceID");
    for (int i = first; i >= 0; i = j->list[i].next)
        if (!strncmp(j->list[i].label, "c2pa.thumbnail.claim", 20)) {
            enl_jumbf_uri(j, i, uri, sizeof uri);
            put_thumbnail(json, uri, &j->list[i]);
            break;
        }
    enl_json_begin(json, "ingredients", '[');
    for (int i = first; i >= 0; i = j->list[i].next)
        if (is_ingredient(&j->list[i])) put_ingredient(check, m, i, json);
    enl_json_end(json, ']');
    enl_json_begin(json, "assertions", '[');
    for (int i = first; i >= 0; i = j->list[i].next)
        if (!is_ingredient(&j->list[i]) && !is_thumbnail(&j->list[i])) put_assertion(check, i, json);
    enl_json_end(json, ']');
    put_signature(m, json);
    enl_json_text(json, "label", m->label);
    enl_json_number(json, "claim_version", m->version);
    enl_json_end(json, '}');
}

// What only we say.
static void put_ours(const struct enl_check *check, struct enl_json *json) {
    static const char *const states[] = {"none", "broken", "well-formed", "valid", "trusted"};
    const struct enl_manifest *m = enl_check_active(check);
    enl_json_begin(json, "enliven", '{');
    enl_json_text(json, "state", states[check->state]);
    enl_json_text(json, "sentence", check->sentence);
    enl_json_text(json, "type", check->type);
    enl_json_time(json, "checked", check->at);
    if (m && m->signed_by.trusted) enl_json_text(json, "trusted_by", m->signed_by.anchor);
    if (m && m->signed_by.time) enl_json_bool(json, "time_trusted", m->signed_by.time_trusted);
    if (check->found.remote) enl_json_text(json, "remote_manifest", check->found.remote);
    if (check->sidecar || check->remote) enl_json_text(json, "found", check->sidecar ? "sidecar" : "remote");
    enl_json_end(json, '}');
}

void enl_report(const struct enl_check *check, struct enl_json *json) {
    const struct enl_manifest *active = enl_check_active(check);
    enl_json_begin(json, NULL, '{');
    if (active) enl_json_text(json, "active_manifest", active->label);
    enl_json_begin(json, "manifests", '{');
    for (int i = 0; i < check->manifest_count; i++) put_manifest(check, &check->manifests[i], json);
    enl_json_end(json, '}');
    if (check->store) {
        enl_json_begin(json, "validation_results", '{');
        enl_json_begin(json, "activeManifest", '{');
        enl_report_statuses(&check->statuses, json);
        enl_json_end(json, '}');
        enl_report_deltas(check, json);
        enl_json_end(json, '}');
        enl_json_text(json, "validation_state", enl_report_state(check));
    }
    put_ours(check, json);
    enl_json_end(json, '}');
}
