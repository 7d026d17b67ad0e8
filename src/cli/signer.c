// SPDX-License-Identifier: MIT
// Who signs. What an option says comes before the environment, and that before the settings at home.
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *option, *environment, *setting;
} places[] = {{"--sign-cert", "ENLIVEN_SIGN_CERT", "sign_cert"},
              {"--sign-key", "ENLIVEN_SIGN_KEY", "sign_key"},
              {"--sign-command", "ENLIVEN_SIGN_COMMAND", "sign_command"},
              {"--tsa", "ENLIVEN_TSA", "tsa"}};
enum { CERT, KEY, COMMAND, TSA, PLACES };

// Whether every line of the settings is a setting that there is, a remark (#) or empty: a slip here would sign with
// somebody else's name.
static bool settings_are_good(const char *path, const char *text, struct enl_error *error) {
    int number = 1;
    for (const char *line = text; line && *line; number++) {
        const char *at = line + strspn(line, " \t\r"), *end = strchr(line, '\n');
        bool good = !*at || *at == '\n' || *at == '#';
        for (int i = 0; !good && i < PLACES; i++) {
            size_t n = strlen(places[i].setting);
            good = !strncmp(at, places[i].setting, n) && *(at + n + strspn(at + n, " \t")) == '=';
        }
        if (!good)
            return enl_fail(error, ENL_USAGE,
                            "%s, line %d: a setting is sign_cert, sign_key, sign_command or tsa, then = and a value.",
                            path, number);
        line = end ? end + 1 : NULL;
    }
    return true;
}

// The value of "name = value" in the settings' text; free with free(). NULL: there is none.
static char *setting(const char *text, const char *name) {
    for (const char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        size_t n = strlen(name);
        line += strspn(line, " \t");
        if (strncmp(line, name, n)) continue;
        const char *at = line + n + strspn(line + n, " \t");
        if (*at++ != '=') continue;
        at += strspn(at, " \t");
        size_t length = strcspn(at, "\r\n");
        while (length && (at[length - 1] == ' ' || at[length - 1] == '\t')) length--;
        return length ? strndup(at, length) : NULL;
    }
    return NULL;
}

static bool read_places(const struct cli_words *words, char *values[PLACES], struct enl_error *error) {
    char *path = cli_home("settings", NULL), *text = NULL;
    bool good = true;
    if (path && access(path, F_OK) == 0)
        good = (text = cli_read_text(path, error)) && settings_are_good(path, text, error);
    for (int i = 0; good && i < PLACES; i++) {
        const char *option = cli_value(words, places[i].option), *around = getenv(places[i].environment);
        values[i] = option ? strdup(option) : around && *around ? strdup(around) : setting(text, places[i].setting);
    }
    // A key on the command line is not overruled by a command in the settings, nor the other way round.
    int other = cli_value(words, "--sign-key") ? COMMAND : cli_value(words, "--sign-command") ? KEY : PLACES;
    if (other < PLACES && !cli_value(words, places[other].option)) free(values[other]), values[other] = NULL;
    free(text);
    free(path);
    return good;
}

static struct enl_signer *open_signer(char *values[PLACES], char **ret_note, struct enl_error *error) {
    if (values[CERT] && values[COMMAND] && !values[KEY])
        return enl_signer_new_command(values[CERT], values[COMMAND], error);
    if (values[CERT] && values[KEY] && !values[COMMAND]) return enl_signer_new(values[CERT], values[KEY], error);
    if (values[CERT] || values[KEY] || values[COMMAND]) {
        enl_fail(error, ENL_USAGE,
                 "To sign takes a certificate (--sign-cert) and either its key (--sign-key) or a "
                 "command (--sign-command).");
        return NULL;
    }
    bool made = false;
    char *folder = cli_home("identity", error);
    struct enl_signer *signer = folder ? enl_signer_new_local(folder, &made, error) : NULL;
    // No home, or one that can't be written: no credentials would be worse than those of a stranger.
    if (!signer && error->code == ENL_IO && (signer = enl_signer_new_local(NULL, NULL, error)) &&
        asprintf(ret_note, "Signed with an identity for this one time. %s", error->text) < 0)
        *ret_note = NULL;
    if (signer && made &&
        asprintf(ret_note,
                 "Made a signing identity of your own in %s. Others will see that its "
                 "signer is not on a trust list.",
                 folder) < 0)
        *ret_note = NULL;
    free(folder);
    return signer;
}

struct enl_signer *cli_signer_of(const struct cli_words *words, char **ret_note, struct enl_error *error) {
    char *values[PLACES] = {NULL};
    *ret_note = NULL;
    struct enl_signer *signer = read_places(words, values, error) ? open_signer(values, ret_note, error) : NULL;
    if (signer && values[TSA] && !enl_signer_set_tsa(signer, values[TSA], error)) enl_signer_free(&signer);
    for (int i = 0; i < PLACES; i++) free(values[i]);
    return signer;
}
