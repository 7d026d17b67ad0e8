// SPDX-License-Identifier: MIT
// What is kept at home: settings, an identity, trust lists.
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

const struct cli_trust_list cli_trust_lists[CLI_TRUST_LISTS] = {
    {ENL_TRUST_SIGNERS, "trust-signers.pem", "--trust", "signers"},
    {ENL_TRUST_TSAS, "trust-tsas.pem", "--tsa-trust", "time-stamp authorities"},
    {ENL_TRUST_ALLOWED, NULL, "--allowed", "allowed signers"}};

char *cli_home(const char *name, struct enl_error *error) {
    const char *own = getenv("ENLIVEN_HOME"), *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    struct stat about;
    char *path = NULL;
    if (home && (stat(home, &about) || !S_ISDIR(about.st_mode))) home = NULL; // it is not for us to make
    int n = own && *own       ? asprintf(&path, "%s/%s", own, name) :
            config && *config ? asprintf(&path, "%s/enliven/%s", config, name) :
            home && *home     ? asprintf(&path, "%s/.config/enliven/%s", home, name) :
                                -2;
    if (n >= 0) return path;
    if (n == -2)
        enl_fail(error, ENL_IO, "HOME is no folder, so there is no place for settings; set ENLIVEN_HOME to one.");
    else enl_fail(error, ENL_NO_MEMORY, "Not enough memory.");
    return NULL;
}

void cli_name_list(const char *path, char *name, size_t size) {
    struct stat about;
    struct tm parts;
    char day[32] = "an unknown day";
    if (stat(path, &about) == 0 && gmtime_r(&about.st_mtime, &parts)) strftime(day, sizeof day, "%e %b %Y", &parts);
    snprintf(name, size, "the trust list of %s", day + (day[0] == ' '));
}

static bool add_kept(struct enl_trust *trust, int list, struct enl_error *error) {
    char name[80], *path = cli_trust_lists[list].file ? cli_home(cli_trust_lists[list].file, NULL) : NULL;
    struct stat about;
    bool good = true;
    if (path && stat(path, &about) == 0) {
        cli_name_list(path, name, sizeof name);
        struct enl_error own = {0};
        good = enl_trust_add_file(trust, cli_trust_lists[list].kind, name, path, &own) ||
               enl_fail(error, own.code, "%s cannot be used: %s", path, own.text);
    }
    free(path);
    return good;
}

struct enl_trust *cli_trust_of(const struct cli_words *words, struct enl_error *error) {
    struct enl_trust *trust = enl_trust_new(error);
    bool good = trust;
    for (int i = 0; good && i < CLI_TRUST_LISTS; i++) {
        const char *path;
        good = add_kept(trust, i, error);
        for (int at = 0; good && (path = cli_next(words, cli_trust_lists[i].option, &at));) {
            const char *slash = strrchr(path, '/');
            char name[128];
            snprintf(name, sizeof name, "the trust list %s", slash ? slash + 1 : path);
            good = enl_trust_add_file(trust, cli_trust_lists[i].kind, name, path, error);
        }
    }
    if (!good) enl_trust_free(&trust);
    return trust;
}
