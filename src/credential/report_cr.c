// SPDX-License-Identifier: MIT
#include "credential/report.h"
#include "credential/limits.h"

#include <string.h>

#define BEFORE "b64'"
#define AFTER "'"

static void put_name(struct enl_json *json, const char *key, const char *c, const char *o, const char *cn) {
    enl_json_begin(json, key, '{');
    if (*c) enl_json_text(json, "C", c);
    if (*o) enl_json_text(json, "O", o);
    if (*cn) enl_json_text(json, "CN", cn);
    enl_json_end(json, '}');
}

static void put_certificate(struct enl_json *json, const struct enl_certificate *c) {
    enl_json_begin(json, "certificateInfo", '{');
    enl_json_text(json, "serialNumber", c->serial_hex);
    put_name(json, "issuer", c->issuer_country, c->issuer_organization, c->issuer_name);
    put_name(json, "subject", c->country, c->organization, c->common_name);
    enl_json_begin(json, "validity", '{');
    enl_json_time(json, "notBefore", c->from);
    enl_json_time(json, "notAfter", c->until);
    enl_json_end(json, '}');
    enl_json_end(json, '}');
}

static void put_signature(struct enl_json *json, const struct enl_signed *s) {
    char alg[12];
    if (!s->read) return;
    size_t n = strlen(s->alg);
    for (size_t i = 0; i <= n; i++) alg[i] = (char)(s->alg[i] >= 'A' && s->alg[i] <= 'Z' ? s->alg[i] + 32 : s->alg[i]);
    enl_json_begin(json, "signature", '{');
    enl_json_text(json, "algorithm", alg);
    put_certificate(json, &s->signer);
    if (s->time) {
        enl_json_begin(json, "timeStampInfo", '{');
        enl_json_time(json, "timestamp", s->time);
        put_certificate(json, &s->tsa);
        enl_json_end(json, '}');
    }
    enl_json_end(json, '}');
}

static void put_assertion(const struct enl_check *check, int box, struct enl_json *json) {
    const struct enl_jumbf_box *b = &check->jumbf.list[box];
    char uri[ENL_URI_SIZE];
    bool told = b->data_size <= ENL_MAX_REPORTED && !enl_report_is_full(json);
    const struct enl_cbor *item = told ? enl_check_item(check, box) : NULL;
    if (item) {
        enl_json_cbor(json, b->label, item, BEFORE, AFTER);
    } else if (told && !strcmp(b->content, ENL_JUMBF_JSON) && enl_json_is_good((const char *)b->data, b->data_size)) {
        enl_json_raw(json, b->label, (const char *)b->data, b->data_size);
    } else {
        const uint8_t *stop = b->data_size > 1 ? memchr(b->data + 1, '\0', b->data_size - 1) : NULL;
        enl_jumbf_uri(&check->jumbf, box, uri, sizeof uri);
        enl_json_begin(json, b->label, '{');
        if (stop) enl_json_text_n(json, "format", (const char *)b->data + 1, (size_t)(stop - b->data) - 1);
        enl_json_text(json, "identifier", uri);
        enl_json_end(json, '}');
    }
}

static void put_manifest(const struct enl_check *check, const struct enl_manifest *m, bool active,
                         struct enl_json *json) {
    const struct enl_jumbf *j = &check->jumbf;
    enl_json_begin(json, NULL, '{');
    enl_json_text(json, "label", m->label);
    enl_json_bool(json, "isUpdateManifest", m->update);
    enl_json_begin(json, "assertions", '{');
    int box = m->assertions_box < 0 ? -1 : j->list[m->assertions_box].child;
    for (; box >= 0; box = j->list[box].next) put_assertion(check, box, json);
    enl_json_end(json, '}');
    if (m->version && !enl_report_is_full(json))
        enl_json_cbor(json, m->version == 2 ? "claim.v2" : "claim", &m->claim, BEFORE, AFTER);
    put_signature(json, &m->signed_by);
    if (active) {
        enl_json_begin(json, "validationResults", '{');
        enl_report_statuses(&check->statuses, json);
        enl_json_text(json, "specVersion", "2.4.0");
        enl_json_time(json, "validationTime", check->at);
        enl_json_end(json, '}');
        enl_report_deltas(check, json);
    }
    enl_json_end(json, '}');
}

void enl_report_cr(const struct enl_check *check, struct enl_json *json) {
    enl_json_begin(json, NULL, '{');
    enl_json_begin(json, "@context", '{');
    enl_json_text(json, "@vocab", "https://c2pa.org/crjson");
    enl_json_text(json, "extras", "https://c2pa.org/crjson/extras");
    enl_json_end(json, '}');
    enl_json_begin(json, "manifests", '[');
    for (int i = check->manifest_count - 1; i >= 0; i--) // the active one first
        put_manifest(check, &check->manifests[i], i == check->manifest_count - 1, json);
    enl_json_end(json, ']');
    enl_json_begin(json, "jsonGenerator", '{');
    enl_json_text(json, "name", "Enliven");
    enl_json_text(json, "version", ENL_VERSION);
    enl_json_end(json, '}');
    enl_json_end(json, '}');
}
