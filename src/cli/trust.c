// SPDX-License-Identifier: MIT
// Trust lists: kept at home, taken in on purpose, told with the day that they came. None is shipped: it would go stale
// without anybody noticing.
#include "cli/cli.h"
#include "base/output.h"
#include "credential/net.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct cli_option options[] = {{"--tsa", NULL, "the list is of those who attest the time"},
                                            {"--remove", NULL, "forget the list"},
                                            {NULL, NULL, NULL}};

// Makes the folder that a file at home is in, its owner's alone.
static bool make_home(const char *path, struct enl_error *error) {
    char *folder = strdup(path);
    bool good = folder;
    for (char *slash = folder ? strchr(folder + 1, '/') : NULL; good && slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        good = mkdir(folder, 0700) == 0 || errno == EEXIST;
        if (!good) enl_fail(error, ENL_IO, "%s cannot be made: %s.", folder, strerror(errno));
        *slash = '/';
    }
    free(folder);
    return good;
}

// A list is looked at before it takes the old one's place.
static bool take_in(int list, const char *from, const char *path, struct enl_error *error) {
    struct enl_trust *trust = enl_trust_new(error);
    struct enl_bytes pem = {0};
    char *text = NULL;
    bool good = trust;
    if (good && enl_net_is_url(from)) good = enl_net_get(from, 1 << 20, &pem, error);
    else if (good && (good = (text = cli_read_text(from, error)))) enl_bytes_text(&pem, text);
    good = good && enl_bytes_good(&pem, error) &&
           enl_trust_add(trust, cli_trust_lists[list].kind, from, pem.data, pem.size, error);
    good = good && make_home(path, error) && enl_output_write(path, pem.data, pem.size, true, error);
    enl_bytes_free(&pem);
    free(text);
    enl_trust_free(&trust);
    return good;
}

static void show(int list) {
    char name[80], *path = cli_home(cli_trust_lists[list].file, NULL);
    struct stat about;
    if (path && stat(path, &about) == 0) {
        cli_name_list(path, name, sizeof name);
        printf("%s: %s (%s)\n", cli_trust_lists[list].whose, name, path);
    } else {
        printf("%s: no list; enliven trust update FILE-OR-ADDRESS%s takes one in\n", cli_trust_lists[list].whose,
               list ? " --tsa" : "");
    }
    free(path);
}

static int run(int count, char **arguments) {
    struct cli_words words;
    struct enl_error error = {0};
    if (!cli_parse(&cli_trust, count, arguments, &words, &error)) return cli_complain(&error);
    int list = cli_value(&words, "--tsa") ? 1 : 0;
    const char *what = words.arguments[0];
    bool update = !strcmp(what, "update"), good = true;
    char *path = cli_home(cli_trust_lists[list].file, &error);
    if (!path) return cli_complain(&error);
    if (!update && strcmp(what, "show"))
        good = enl_fail(&error, ENL_USAGE, "enliven trust shows or updates: \"%.40s\" is neither.", what);
    else if (update && cli_value(&words, "--remove"))
        good = remove(path) == 0 || errno == ENOENT ||
               enl_fail(&error, ENL_IO, "%s cannot be removed: %s.", path, strerror(errno));
    else if (update && words.argument_count < 2)
        good = enl_fail(&error, ENL_USAGE, "Which list? Say: enliven trust update FILE-OR-ADDRESS [--tsa].");
    else if (update) good = take_in(list, words.arguments[1], path, &error);
    free(path);
    if (!good) return cli_complain(&error);
    for (int i = 0; i < 2; i++) show(i);
    return ENL_OK;
}

const struct cli_command cli_trust = {.name = "trust",
                                      .arguments = "show | update FILE-OR-ADDRESS",
                                      .help = "whose signatures are trusted",
                                      .asks = "list",
                                      .most = 2,
                                      .options = options,
                                      .run = run};
