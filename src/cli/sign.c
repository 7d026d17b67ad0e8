// SPDX-License-Identifier: MIT
#include "cli/cli.h"
#include "base/base.h"
#include "credential/signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct cli_option options[] = {
    {"-o", "OUT", "the signed file's name; with .c2pa: only the credentials, and FILE stays as it is"},
    {"--made-by", "ai|edited|camera", "how it came to be; not said unless given"},
    {"--source-type", "NAME", "an IPTC digital source type instead: algorithmicMedia, screenCapture ..."},
    {"--from", "FILE", "what it was made from; its credentials travel along"},
    {"--title", "TEXT", "its title; OUT's name unless given"},
    {"--description", "TEXT", "what was done, in plain words"},
    {"--agent", "NAME", "the program that made it, if not Enliven"},
    {"--model-name", "NAME", "the model that made it"},
    {"--human", "LEVEL", "of oversight: fully_autonomous, prompt_guided or human_validated"},
    {"--no-training", NULL, "it may not be used to train models"},
    {"--merkle", "BYTES", "MP4: bind the media in blocks of so many bytes"},
    {"--redact", "URI", "take this assertion (self#jumbf=..., see check --json) out of what it was made from"},
    CLI_SIGNER_OPTIONS,
    CLI_TRUST_OPTIONS,
    {"--force", NULL, "replace OUT if it exists"},
    {"--threads", "N", "threads to use; one a core unless given"},
    {NULL, NULL, NULL}};

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool read_params(const struct cli_words *words, const char **redact, struct enl_credential_params *p,
                        struct enl_error *error) {
    double merkle = 0, threads = 0;
    const char *uri;
    int count = 0;
    int from = 0;
    for (int i = 0; cli_next(words, "--from", &i); from++) continue;
    if (from > 1) return enl_fail(error, ENL_USAGE, "--from once: sign names one thing that it was made from.");
    if (cli_value(words, "--made-by") && cli_value(words, "--source-type"))
        return enl_fail(error, ENL_USAGE, "Either --made-by or --source-type.");
    if (!cli_value(words, "-o")) return enl_fail(error, ENL_USAGE, "Which name shall it get? Say: -o OUT.");
    if (!cli_number(words, "--merkle", 1024, 1 << 30, true, &merkle, error) ||
        !cli_number(words, "--threads", 0, 256, true, &threads, error))
        return false;
    for (int i = 0; (uri = cli_next(words, "--redact", &i));) redact[count++] = uri;
    redact[count] = NULL;
    *p = (struct enl_credential_params){.made_by = cli_value(words, "--made-by"),
                                        .source_type = cli_value(words, "--source-type"),
                                        .title = cli_value(words, "--title"),
                                        .description = cli_value(words, "--description"),
                                        .agent = cli_value(words, "--agent"),
                                        .from = cli_value(words, "--from"),
                                        .model_name = cli_value(words, "--model-name"),
                                        .human = cli_value(words, "--human"),
                                        .no_training = cli_value(words, "--no-training"),
                                        .merkle_block = (size_t)merkle,
                                        .redact = count ? redact : NULL,
                                        .threads = (int)threads};
    if (!p->title) p->title = file_name(cli_value(words, "-o"));
    return true;
}

static int run(int count, char **arguments) {
    struct cli_words words;
    struct enl_error error = {0};
    struct enl_credential_params params;
    const char *redact[CLI_MOST_WORDS + 1];
    char *note = NULL;
    struct enl_signer *signer = NULL;
    struct enl_trust *trust = NULL;
    bool good = cli_parse(&cli_sign, count, arguments, &words, &error) && read_params(&words, redact, &params, &error);
    good = good && (trust = cli_trust_of(&words, &error)) && (signer = cli_signer_of(&words, &note, &error));
    params.check = enl_check_params(.trust = trust);
    const char *out = cli_value(&words, "-o"), *dot = out ? strrchr(out, '.') : NULL;
    bool beside = dot && !strcasecmp(dot, ".c2pa");
    good = good && (beside ? enl_credential_sign_beside : enl_credential_sign)(
                       words.arguments[0], out, cli_value(&words, "--force"), signer, &params, &error);
    if (good) {
        char clean[512];
        snprintf(clean, sizeof clean, "%s", out);
        enl_clean(clean); // a name may hold anything
        printf("Signed: %s, by %s\n", clean, enl_signer_certificate(signer)->common_name);
    }
    if (good && note) printf("%s\n", note);
    if (good && enl_signer_unstamped(signer))
        fprintf(cli_voice(), "enliven: No time-stamp: %s\n", enl_signer_unstamped(signer));
    free(note);
    enl_signer_free(&signer);
    enl_trust_free(&trust);
    return good ? ENL_OK : cli_complain(&error);
}

const struct cli_command cli_sign = {.name = "sign",
                                     .arguments = "FILE -o OUT",
                                     .help = "gives a file content credentials",
                                     .asks = "file",
                                     .options = options,
                                     .run = run};
