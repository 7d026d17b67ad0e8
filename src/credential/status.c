// SPDX-License-Identifier: MIT
#include "credential/status.h"
#include "credential/limits.h"

#include <stdio.h>
#include <string.h>

// C2PA 2.4 section 15.2.2. All others are failures.
static const char *const successes[] = {"assertion.accessible",
                                        "assertion.bmffHash.match",
                                        "assertion.boxesHash.match",
                                        "assertion.collectionHash.match",
                                        "assertion.dataHash.match",
                                        "assertion.hashedURI.match",
                                        "assertion.multiAssetHash.match",
                                        "claimSignature.insideValidity",
                                        "claimSignature.validated",
                                        "ingredient.claimSignature.validated",
                                        "ingredient.manifest.validated",
                                        "signingCredential.ocsp.notRevoked",
                                        "signingCredential.trusted",
                                        "timeStamp.trusted",
                                        "timeStamp.validated",
                                        NULL};
static const char *const informational[] = {"algorithm.deprecated",
                                            "assertion.bmffHash.additionalExclusionsPresent",
                                            "assertion.boxesHash.additionalExclusionsPresent",
                                            "assertion.dataHash.additionalExclusionsPresent",
                                            "ingredient.unknownProvenance",
                                            "signingCredential.ocsp.inaccessible",
                                            "signingCredential.ocsp.skipped",
                                            "signingCredential.ocsp.unknown",
                                            "timeOfSigning.insideValidity",
                                            "timeOfSigning.outsideValidity",
                                            "timeStamp.credentialInvalid",
                                            "timeStamp.malformed",
                                            "timeStamp.mismatch",
                                            "timeStamp.outsideValidity",
                                            "timeStamp.untrusted",
                                            NULL};

static bool is_among(const char *const *codes, const char *code) {
    for (; *codes; codes++)
        if (!strcmp(*codes, code)) return true;
    return false;
}

enum enl_status_kind enl_status_kind(const char *code) {
    if (is_among(successes, code)) return ENL_STATUS_SUCCESS;
    return is_among(informational, code) ? ENL_STATUS_INFORMATIONAL : ENL_STATUS_FAILURE;
}

static char *copy_text(const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = enl_alloc(size, 1, NULL);
    if (copy) memcpy(copy, text, size);
    return copy;
}

static bool make_room(struct enl_statuses *s) {
    if (s->count < s->room) return true;
    int room = 2 * s->room + 16;
    struct enl_status *list = s->count < ENL_MAX_STATUSES ? enl_alloc((size_t)room, sizeof *list, NULL) : NULL;
    if (!list) return false;
    if (s->count) memcpy(list, s->list, (size_t)s->count * sizeof *list);
    enl_release(s->list);
    s->list = list;
    s->room = room;
    return true;
}

void enl_tell(struct enl_statuses *statuses, const char *code, const char *url, const char *format, ...) {
    char why[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments); // NOLINT(clang-analyzer-valist.Uninitialized)
    va_end(arguments);
    enl_clean(why);
    struct enl_status s = {.kind = enl_status_kind(code), .code = code};
    if (!make_room(statuses) || !(s.url = copy_text(url)) || !(s.why = copy_text(why))) {
        enl_release(s.url);
        statuses->failed = true;
        return;
    }
    statuses->list[statuses->count++] = s;
}

bool enl_told(const struct enl_statuses *statuses, const char *code) {
    for (int i = 0; i < statuses->count; i++)
        if (!strcmp(statuses->list[i].code, code)) return true;
    return false;
}

bool enl_told_failure(const struct enl_statuses *statuses) {
    for (int i = 0; i < statuses->count; i++)
        if (statuses->list[i].kind == ENL_STATUS_FAILURE) return true;
    return statuses->failed;
}

void enl_statuses_free(struct enl_statuses *statuses) {
    for (int i = 0; i < statuses->count; i++) {
        enl_release(statuses->list[i].url);
        enl_release(statuses->list[i].why);
    }
    enl_release(statuses->list);
    *statuses = (struct enl_statuses){0};
}
