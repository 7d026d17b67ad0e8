// SPDX-License-Identifier: MIT
// A check in plain words: one sentence first, then what is known and what isn't, each thing apart from the others.
#include "credential/check.h"
#include "credential/source_type.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct story {         // what the credentials tell of the file
    const char *made;  // of the table; NULL: it isn't said
    char type[96];     // the digital source type's last part; ""
    char program[160]; // who made the claim
    const char *from;  // "a photo", "a video", "something else"; NULL: nothing
    char from_title[128];
    const char *from_made; // what its own credentials say of that; NULL: nothing
    bool from_broken;      // they were or are broken
    bool model, edited, published;
    char model_name[96];
};

static struct enl_cbor open_box(const struct enl_check *check, int box) {
    const struct enl_cbor *item = enl_check_item(check, box);
    return item ? *item : (struct enl_cbor){0};
}

static void read_actions(const struct enl_cbor *actions, struct story *s) {
    struct enl_cbor list, action, name;
    const uint8_t *at = NULL;
    char type[sizeof s->type];
    if (!enl_cbor_get(actions, "actions", &list)) return;
    while (enl_cbor_next(&list, &at, &action)) {
        if (enl_cbor_get(&action, "action", &name) && enl_cbor_is_text(&name, "c2pa.edited")) s->edited = true;
        if (enl_cbor_get(&action, "action", &name) && enl_cbor_is_text(&name, "c2pa.published")) s->published = true;
        if (!enl_cbor_text(&action, "digitalSourceType", type, sizeof type) || s->made) continue;
        const char *last = strrchr(type, '/');
        snprintf(s->type, sizeof s->type, "%s", last ? last + 1 : type);
        s->made = enl_source_type_meaning(s->type);
    }
}

static bool is_failure_of_its_own(const struct enl_cbor *status) {
    struct enl_cbor code;
    return enl_cbor_get(status, "code", &code) && !enl_cbor_is_text(&code, "signingCredential.untrusted");
}

// Whether the credentials of an ingredient were broken when it was put in, or are now.
static bool is_broken(const struct enl_check *check, int box, const struct enl_cbor *ingredient) {
    struct enl_cbor results, active, list, one;
    const uint8_t *at = NULL;
    char uri[ENL_URI_SIZE];
    bool broken = false;
    if (enl_cbor_get(ingredient, "validationResults", &results) && enl_cbor_get(&results, "activeManifest", &active) &&
        enl_cbor_get(&active, "failure", &list))
        while (!broken && enl_cbor_next(&list, &at, &one)) broken = is_failure_of_its_own(&one);
    enl_jumbf_uri(&check->jumbf, box, uri, sizeof uri);
    for (int i = 0; i < check->delta_count; i++)
        for (int k = 0; !strcmp(check->deltas[i].uri, uri) && k < check->deltas[i].statuses.count; k++) {
            const struct enl_status *s = &check->deltas[i].statuses.list[k];
            broken = broken || (s->kind == ENL_STATUS_FAILURE && strcmp(s->code, "signingCredential.untrusted"));
        }
    return broken;
}

// What the actions of what it was made from say.
static const char *made_of(const struct enl_check *check, const struct enl_manifest *m) {
    const struct enl_jumbf *j = &check->jumbf;
    struct story story = {0};
    int box = m->assertions_box < 0 ? -1 : j->list[m->assertions_box].child;
    for (; box >= 0; box = j->list[box].next) {
        struct enl_cbor item = open_box(check, box);
        if (!strncmp(j->list[box].label, "c2pa.actions", 12)) read_actions(&item, &story);
    }
    return story.made;
}

static void read_ingredient(const struct enl_check *check, const struct enl_manifest *m, int box, struct story *s) {
    const struct enl_cbor item = open_box(check, box);
    struct enl_cbor hashed, url;
    char format[64];
    if (s->from) return;
    enl_cbor_text(&item, "dc:format", format, sizeof format);
    enl_cbor_text(&item, "dc:title", s->from_title, sizeof s->from_title);
    s->from = !strncmp(format, "image/", 6) ? "a photo" : !strncmp(format, "video/", 6) ? "a video" : "another file";
    s->from_broken = is_broken(check, box, &item);
    if ((enl_cbor_get(&item, "activeManifest", &hashed) || enl_cbor_get(&item, "c2pa_manifest", &hashed)) &&
        enl_cbor_get(&hashed, "url", &url) && url.type == ENL_CBOR_TEXT) {
        const struct enl_manifest *of = enl_manifest_by_uri((struct enl_check *)check, m, url.data, (size_t)url.number);
        if (of) s->from_made = made_of(check, of);
    }
}

static void read_story(const struct enl_check *check, const struct enl_manifest *m, struct story *s) {
    const struct enl_jumbf *j = &check->jumbf;
    struct enl_cbor info, item;
    char name[96] = "", version[48] = "";
    int box = m->assertions_box < 0 ? -1 : j->list[m->assertions_box].child;
    for (; box >= 0; box = j->list[box].next) {
        const char *label = j->list[box].label;
        item = open_box(check, box);
        if (!strncmp(label, "c2pa.actions", 12)) read_actions(&item, s);
        else if (!strncmp(label, "c2pa.ingredient", 15)) read_ingredient(check, m, box, s);
        else if (!strcmp(label, "c2pa.ai-disclosure")) {
            s->model = true;
            enl_cbor_text(&item, "modelName", s->model_name, sizeof s->model_name);
        }
    }
    if (enl_cbor_get(&m->claim, "claim_generator_info", &info)) {
        if (info.type == ENL_CBOR_ARRAY && enl_cbor_index(&info, 0, &item)) info = item;
        enl_cbor_text(&info, "name", name, sizeof name);
        enl_cbor_text(&info, "version", version, sizeof version);
    }
    if (!*name) enl_cbor_text(&m->claim, "claim_generator", name, sizeof name);
    snprintf(s->program, sizeof s->program, "%s%s%s", name, *version ? " " : "", version);
}

static void put(struct enl_bytes *to, const char *format, ...) ENL_PRINTF(2, 3);
static void put(struct enl_bytes *to, const char *format, ...) {
    char text[1200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments); // NOLINT(clang-analyzer-valist.Uninitialized)
    va_end(arguments);
    enl_clean(text); // it may quote a stranger
    enl_bytes_text(to, text);
}

static void put_date(struct enl_bytes *to, int64_t seconds) {
    struct tm parts;
    time_t t = (time_t)seconds;
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (gmtime_r(&t, &parts)) put(to, "%d %.3s %d", parts.tm_mday, months + 3 * parts.tm_mon, parts.tm_year + 1900);
}

#define NAME 80 // bytes of a name as it is told; longer ones are cut

// A stranger's name between quotation marks, which it can't end: it must not be read as words of ours.
static const char *quoted(const char *name, char ret[NAME]) {
    snprintf(ret, NAME, "\"%.60s%s\"", name, strlen(name) > 60 ? "..." : "");
    for (char *c = ret + 1; c[0] && c[1]; c++)
        if (*c == '"') *c = '\'';
    enl_clean(ret);
    return ret;
}

static const char *name_of(const struct enl_certificate *c, char ret[NAME]) {
    const char *name = *c->common_name ? c->common_name : c->organization;
    return *name ? quoted(name, ret) : "somebody without a name";
}

static const char *changed(const struct enl_statuses *s) { // NULL: it can't be said
    static const char *const kinds[] = {"bmffHash", "dataHash", "boxesHash"};
    char code[64];
    bool match = false;
    for (int i = 0; i < 3; i++) {
        snprintf(code, sizeof code, "assertion.%s.mismatch", kinds[i]);
        if (enl_told(s, code) || enl_told(s, "assertion.boxesHash.unknownBox")) return "CHANGED since it was signed";
        snprintf(code, sizeof code, "assertion.%s.match", kinds[i]);
        match = match || enl_told(s, code);
    }
    return match ? "not changed since" : NULL;
}

// "made by AI", within a sentence.
static void put_small(struct enl_bytes *to, const char *made) {
    put(to, "%c%s", made[0] + ('a' - 'A'), made + 1);
}

static void say_from(const struct story *s, struct enl_bytes *to) {
    put(to, " from %s", s->from);
    if (!s->from_made && !s->from_broken) return;
    put(to, " (");
    if (s->from_broken) put(to, "whose own credentials are broken");
    else put_small(to, s->from_made);
    put(to, ")");
}

static void say_made(const struct story *s, const struct enl_signed *by, struct enl_bytes *to) {
    char name[NAME];
    put(to, "%s",
        s->made      ? s->made :
        s->edited    ? "Edited" :
        s->published ? s->from_made ? "Published" : "Published (how it was made isn't said)" :
                       "Made (how isn't said)");
    if (s->from && (!s->published || s->from_made || s->from_broken)) say_from(s, to);
    if (*s->program) put(to, ", by %s", quoted(s->program, name));
    if (by->time_trusted) {
        put(to, ", on ");
        put_date(to, by->time);
    }
    put(to, "; ");
}

static void say_signed(const struct enl_check *check, const struct enl_manifest *m, struct enl_bytes *to) {
    static const char *const faults[][2] = {
        {"signingCredential.ocsp.revoked", "whose certificate was revoked"},
        {"signingCredential.invalid", "whose certificate may not sign this"},
        {"claimSignature.outsideValidity", "whose certificate had run out, or nobody trusted says that it had not"}};
    const struct enl_signed *by = &m->signed_by;
    char name[NAME];
    put(to, "signed by %s, ", name_of(&by->signer, name));
    for (int i = 0; i < 3; i++)
        if (enl_told(&check->statuses, faults[i][0])) {
            put(to, "%s", faults[i][1]);
            return;
        }
    if (by->trusted) put(to, "who is on %s", by->anchor);
    else put(to, "who is not on a trust list");
}

static void say_sentence(struct enl_check *check, const struct enl_manifest *m, const struct story *s,
                         struct enl_bytes *to) {
    const char *state = changed(&check->statuses);
    if (!check->store) {
        put(to, "No content credentials%s: that proves nothing, neither that it is real nor that it was made.",
            check->found.remote ? " in the file itself" : "");
    } else if (!m || !m->signed_by.read) {
        put(to, "The content credentials of this file are broken: nothing they say can be relied on.");
    } else if (!m->signed_by.holds) {
        put(to, "The signature of this file's content credentials does not hold: nothing they say can be relied on.");
    } else if (check->state == ENL_CHECK_BROKEN && (!state || !strncmp(state, "not", 3))) {
        put(to, "The content credentials of this file, ");
        say_signed(check, m, to);
        put(to, ", were changed or are wrong: what they say can't be relied on.");
    } else {
        say_made(s, &m->signed_by, to);
        say_signed(check, m, to);
        put(to, "; %s.", state ? state : "whether it was changed since can't be said");
    }
}

static void line(struct enl_bytes *to, const char *what, const char *format, ...) ENL_PRINTF(3, 4);
static void line(struct enl_bytes *to, const char *what, const char *format, ...) {
    char text[1200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments); // NOLINT(clang-analyzer-valist.Uninitialized)
    va_end(arguments);
    put(to, "%-12s %s", what, text);
    enl_bytes_text(to, "\n");
}

static void say_time(const struct enl_signed *by, struct enl_bytes *to) {
    struct enl_bytes date = {0};
    char name[NAME];
    if (by->time) put_date(&date, by->time);
    enl_bytes_number(&date, 0, 1);
    if (date.failed) to->failed = true;
    else if (!by->time) line(to, "When", "not attested by anybody");
    else
        line(to, "When", "%s, attested by %s%s", (char *)date.data, name_of(&by->tsa, name),
             by->time_trusted ? "" : ", who is not on a trust list");
    enl_bytes_free(&date);
}

// Whether what the credentials say is what was signed.
static const char *statements_of(const struct enl_check *check) {
    static const char *const wrong[] = {"assertion.hashedURI.mismatch", "assertion.missing",
                                        "assertion.undeclared",         "claimSignature.mismatch",
                                        "claimSignature.missing",       "claim.malformed"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (enl_told(&check->statuses, wrong[i])) return "CHANGED since they were signed, or wrong";
    return "as they were signed";
}

static void say_signer(const struct enl_check *check, const struct enl_signed *by, struct enl_bytes *to) {
    char name[NAME], house[NAME];
    bool known = by->trusted || enl_told(&check->statuses, "signingCredential.trusted");
    line(to, "Signer", "%s%s%s, %s%s", name_of(&by->signer, name), *by->signer.organization ? " of " : "",
         *by->signer.organization ? quoted(by->signer.organization, house) : "", known ? "on " : "not on a trust list",
         known ? by->anchor : "");
}

static void say_details(const struct enl_check *check, const struct enl_manifest *m, const struct story *s,
                        struct enl_bytes *to) {
    const char *state = check->store ? changed(&check->statuses) : NULL;
    char name[NAME], second[NAME];
    line(to, "Credentials", "%s",
         !check->store  ? "none" :
         check->sidecar ? "in a file of their own" :
         check->remote  ? "fetched from where the file points to" :
                          "in the file");
    if (!check->store && check->found.remote)
        line(to, "Elsewhere", "%s (fetched only when asked)", check->found.remote);
    if (!m) return;
    const struct enl_signed *by = &m->signed_by;
    line(to, "File", "%s",
         !state                    ? "whether it was changed can't be said" :
         !strncmp(state, "not", 3) ? "as it was signed" :
                                     state);
    if (enl_told(&check->statuses, "assertion.bmffHash.additionalExclusionsPresent") ||
        enl_told(&check->statuses, "assertion.dataHash.additionalExclusionsPresent") ||
        enl_told(&check->statuses, "assertion.boxesHash.additionalExclusionsPresent"))
        line(to, "But", "parts besides the credentials are not covered by the signature");
    line(to, "Statements", "%s", statements_of(check));
    line(to, "Signature", "%s%s%s%s",
         by->holds ? "holds" :
         by->read  ? "does not hold" :
                     "none that can be read",
         *by->alg ? " (" : "", by->alg, *by->alg ? ")" : "");
    if (by->read) say_signer(check, by, to);
    say_time(by, to);
    line(to, "Made", "%s%s%s%s", s->made ? s->made : "not said", *s->type ? " (" : "", s->type, *s->type ? ")" : "");
    if (*s->program)
        line(to, "With", "%s%s%s", quoted(s->program, name), *s->model_name ? ", model " : "",
             *s->model_name ? quoted(s->model_name, second) : "");
    if (s->from)
        line(to, "From", "%s%s%s%s%s", s->from, *s->from_title ? ": " : "",
             *s->from_title ? quoted(s->from_title, name) : "", s->from_made ? "; its own credentials say: " : "",
             s->from_made ? s->from_made : "");
    if (s->from_broken) line(to, "", "its own credentials are broken: it was changed, or they were");
}

static char *text_of(struct enl_bytes *from) {
    enl_bytes_number(from, 0, 1);
    if (from->failed) enl_bytes_free(from);
    return (char *)from->data;
}

void enl_check_say(struct enl_check *check) {
    struct enl_bytes sentence = {0}, details = {0};
    struct story story = {0};
    const struct enl_manifest *m = enl_check_active(check);
    if (m) read_story(check, m, &story);
    say_sentence(check, m, &story, &sentence);
    say_details(check, m, &story, &details);
    check->sentence = text_of(&sentence);
    check->details = text_of(&details);
}
