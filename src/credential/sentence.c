// SPDX-License-Identifier: MIT
// A check in plain words: one sentence first, then what is known and what isn't, each thing apart from the others.
#include "credential/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

// What IPTC's and C2PA's digital source types mean, said of a file.
static const struct {
    const char *type, *made;
} sources[] = {{"trainedAlgorithmicMedia", "Made by AI"},
               {"compositeWithTrainedAlgorithmicMedia", "Made with AI"},
               {"compositeSynthetic", "Made in part by a machine"},
               {"algorithmicMedia", "Made by a machine"},
               {"algorithmicallyEnhanced", "Made by a machine"},
               {"dataDrivenMedia", "Made by a machine"},
               {"virtualRecording", "Recorded from a virtual world"},
               {"digitalCapture", "Taken with a camera"},
               {"computationalCapture", "Taken with a camera"},
               {"negativeFilm", "Scanned from film"},
               {"positiveFilm", "Scanned from film"},
               {"print", "Scanned from paper"},
               {"screenCapture", "Taken from a screen"},
               {"humanEdits", "Edited by a person"},
               {"minorHumanEdits", "Edited by a person"},
               {"compositeCapture", "Put together from captures"},
               {"digitalCreation", "Drawn by a person"},
               {"digitalArt", "Drawn by a person"},
               {"composite", "Put together from several things"}};

struct story {         // what the credentials tell of the file
    const char *made;  // of the table; NULL: it isn't said
    char type[96];     // the digital source type's last part; ""
    char program[160]; // who made the claim
    const char *from;  // "a photo", "a video", "something else"; NULL: nothing
    char from_title[128];
    bool model, edited;
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
        if (!enl_cbor_text(&action, "digitalSourceType", type, sizeof type) || s->made) continue;
        const char *last = strrchr(type, '/');
        snprintf(s->type, sizeof s->type, "%s", last ? last + 1 : type);
        for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
            if (!strcmp(s->type, sources[i].type)) s->made = sources[i].made;
    }
}

static void read_ingredient(const struct enl_cbor *ingredient, struct story *s) {
    char format[64];
    if (s->from) return;
    enl_cbor_text(ingredient, "dc:format", format, sizeof format);
    enl_cbor_text(ingredient, "dc:title", s->from_title, sizeof s->from_title);
    s->from = !strncmp(format, "image/", 6) ? "a photo" : !strncmp(format, "video/", 6) ? "a video" : "another file";
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
        else if (!strncmp(label, "c2pa.ingredient", 15)) read_ingredient(&item, s);
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

static const char *name_of(const struct enl_certificate *c) {
    return *c->common_name ? c->common_name : *c->organization ? c->organization : "somebody without a name";
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

static void say_made(const struct story *s, const struct enl_signed *by, struct enl_bytes *to) {
    put(to, "%s", s->made ? s->made : s->edited ? "Edited" : "Made (how isn't said)");
    if (s->from) put(to, " from %s", s->from);
    if (*s->program) put(to, ", by %s", s->program);
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
    for (int i = 0; i < 3; i++)
        if (enl_told(&check->statuses, faults[i][0])) {
            put(to, "signed by %s, %s", name_of(&by->signer), faults[i][1]);
            return;
        }
    if (by->trusted) put(to, "signed by %s, who is on %s", name_of(&by->signer), by->anchor);
    else put(to, "signed by %s, who is not on a trust list", name_of(&by->signer));
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
    if (by->time) put_date(&date, by->time);
    enl_bytes_number(&date, 0, 1);
    if (date.failed) to->failed = true;
    else if (!by->time) line(to, "When", "not attested by anybody");
    else
        line(to, "When", "%s, attested by %s%s", (char *)date.data, name_of(&by->tsa),
             by->time_trusted ? "" : ", who is not on a trust list");
    enl_bytes_free(&date);
}

static void say_details(const struct enl_check *check, const struct enl_manifest *m, const struct story *s,
                        struct enl_bytes *to) {
    const char *state = check->store ? changed(&check->statuses) : NULL;
    line(to, "Credentials", "%s",
         !check->store  ? "none" :
         check->sidecar ? "in a file of their own" :
         check->remote  ? "fetched from where the file points to" :
                          "in the file");
    if (!check->store && check->found.remote)
        line(to, "Elsewhere", "%s (fetched only when asked)", check->found.remote);
    if (!m) return;
    const struct enl_signed *by = &m->signed_by;
    line(to, "Unchanged", "%s", !state ? "can't be said" : !strncmp(state, "not", 3) ? "yes" : "no");
    if (enl_told(&check->statuses, "assertion.bmffHash.additionalExclusionsPresent") ||
        enl_told(&check->statuses, "assertion.dataHash.additionalExclusionsPresent") ||
        enl_told(&check->statuses, "assertion.boxesHash.additionalExclusionsPresent"))
        line(to, "But", "parts besides the credentials are not covered by the signature");
    line(to, "Signature", "%s%s%s%s",
         by->holds ? "holds" :
         by->read  ? "does not hold" :
                     "none that can be read",
         *by->alg ? " (" : "", by->alg, *by->alg ? ")" : "");
    if (by->read)
        line(to, "Signer", "%s%s%s, %s%s", name_of(&by->signer), *by->signer.organization ? " of " : "",
             by->signer.organization, by->trusted ? "on " : "not on a trust list", by->trusted ? by->anchor : "");
    say_time(by, to);
    line(to, "Made", "%s%s%s%s", s->made ? s->made : "not said", *s->type ? " (" : "", s->type, *s->type ? ")" : "");
    if (*s->program) line(to, "With", "%s%s%s", s->program, *s->model_name ? ", model " : "", s->model_name);
    if (s->from) line(to, "From", "%s%s%s", s->from, *s->from_title ? ": " : "", s->from_title);
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
