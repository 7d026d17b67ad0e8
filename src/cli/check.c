// SPDX-License-Identifier: MIT
#include "cli/cli.h"
#include "base/base.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Exit statuses; docs/credentials.md and the man page tell them.
enum { UNKNOWN_SIGNER = 10, BROKEN = 11, NO_CREDENTIALS = 12 };

static const struct cli_option options[] = {
    {"--json", NULL, "the whole report as JSON, shaped as c2patool's"},
    {"--crjson", NULL, "the whole report as crJSON"},
    CLI_TRUST_OPTIONS,
    {"--at", "TIME", "as if it were then: 2026-11-22, 2026-11-22T10:00:00Z, or seconds since 1970"},
    {"--sidecar", "FILE", "credentials that lie in a file of their own (.c2pa)"},
    {"--fragment", "FILE", "a segment of the fragmented MP4 whose first one is checked; may be repeated"},
    {"--online", NULL, "ask whether the signer's certificate was revoked"},
    {"--remote", NULL, "fetch credentials that the file says are elsewhere"},
    {"--threads", "N", "threads to use; one a core unless given"},
    {NULL, NULL, NULL}};

static bool read_time(const char *text, int64_t *ret_time, struct enl_error *error) {
    static const char *const forms[] = {"%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"};
    char *end;
    errno = 0;
    long long seconds = strtoll(text, &end, 10);
    if (!errno && end != text && !*end && seconds > 0) {
        *ret_time = seconds;
        return true;
    }
    for (int i = 0; i < 2; i++) {
        struct tm parts = {0};
        const char *rest = strptime(text, forms[i], &parts);
        time_t t = rest && !*rest ? timegm(&parts) : -1;
        if (t <= 0) continue;
        *ret_time = t;
        return true;
    }
    return enl_fail(error, ENL_USAGE, "--at takes a time such as 2026-11-22 or 2026-11-22T10:00:00Z, not \"%.40s\".",
                    text);
}

static bool read_params(const struct cli_words *words, const char **fragments, struct enl_check_params *p,
                        struct enl_error *error) {
    double threads = 0;
    const char *at = cli_value(words, "--at"), *fragment;
    if (!cli_number(words, "--threads", 0, 256, true, &threads, error) || (at && !read_time(at, &p->at, error)))
        return false;
    for (int i = 0; (fragment = cli_next(words, "--fragment", &i));) fragments[p->fragment_count++] = fragment;
    p->fragments = fragments;
    p->threads = (int)threads;
    p->sidecar = cli_value(words, "--sidecar");
    p->online = cli_value(words, "--online");
    p->remote = cli_value(words, "--remote");
    if (words->argument_count > 1 && (p->sidecar || p->fragment_count))
        return enl_fail(error, ENL_USAGE, "--sidecar and --fragment belong to one file: check one at a time.");
    if (cli_value(words, "--json") && cli_value(words, "--crjson"))
        return enl_fail(error, ENL_USAGE, "Either --json or --crjson.");
    return true;
}

static int status_of(const struct enl_check *check) {
    static const int statuses[] = {NO_CREDENTIALS, BROKEN, BROKEN, UNKNOWN_SIGNER, ENL_OK};
    return statuses[enl_check_state(check)];
}

// Of several files the worst counts: unreadable, broken, none, unknown signer, trusted.
static int worse(int a, int b) {
    static const int order[] = {ENL_OK, UNKNOWN_SIGNER, NO_CREDENTIALS, BROKEN};
    int place[2] = {4, 4};
    for (int i = 0; i < 4; i++) {
        if (a == order[i]) place[0] = i;
        if (b == order[i]) place[1] = i;
    }
    return place[0] >= place[1] ? a : b;
}

static bool tell(const struct enl_check *check, const char *name, const struct cli_words *words,
                 struct enl_error *error) {
    bool crjson = cli_value(words, "--crjson"), several = words->argument_count > 1;
    if (crjson || cli_value(words, "--json")) {
        char *json = enl_check_json(check, crjson);
        if (!json) return enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the report.");
        puts(json);
        free(json);
        return true;
    }
    char clean[512];
    snprintf(clean, sizeof clean, "%s", name);
    enl_clean(clean);
    printf("%s%s%s\n%s", several ? clean : "", several ? ": " : "", enl_check_sentence(check),
           enl_check_details(check));
    char *codes = enl_check_codes(check);
    if (!codes) return enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the report.");
    if (*codes) printf("Codes        %s\n", codes);
    free(codes);
    if (several) puts("");
    return true;
}

static int check_one(const char *name, const struct enl_check_params *params, const struct cli_words *words,
                     bool list) {
    struct enl_error error = {0};
    struct enl_check *check = enl_check_file(name, params, &error);
    int status = check && tell(check, name, words, &error) ? status_of(check) : -1;
    enl_check_free(&check);
    if (status >= 0) return status;
    if (list) puts("null"); // so that each file keeps its place
    cli_complain(&error);
    return error.code == ENL_BAD_PHOTO ? ENL_IO : (int)error.code; // unreadable is one thing here
}

static int run(int count, char **arguments) {
    struct cli_words words;
    struct enl_error error = {0};
    struct enl_check_params params = {0};
    const char *fragments[CLI_MOST_WORDS];
    struct enl_trust *trust = NULL;
    if (!cli_parse(&cli_check, count, arguments, &words, &error) || !read_params(&words, fragments, &params, &error) ||
        !(trust = cli_trust_of(&words, &error)))
        return cli_complain(&error);
    params.trust = trust;
    int status = ENL_OK;
    bool list = words.argument_count > 1 && (cli_value(&words, "--json") || cli_value(&words, "--crjson"));
    for (int i = 0; i < words.argument_count && !cli_stopped(); i++) {
        if (list) fputs(i ? "," : "[", stdout);
        status = worse(status, check_one(words.arguments[i], &params, &words, list));
    }
    if (list) puts("]");
    enl_trust_free(&trust);
    return status;
}

const struct cli_command cli_check = {.name = "check",
                                      .arguments = "FILE [FILE ...]",
                                      .help = "tells who made a file, how, and whether it was changed since",
                                      .asks = "file",
                                      .most = CLI_MOST_WORDS,
                                      .options = options,
                                      .run = run};
