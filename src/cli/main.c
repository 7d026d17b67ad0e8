// SPDX-License-Identifier: MIT
// enliven: what needs nothing but files, and the door to enliven-studio for the rest.
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct cli_command story = {CLI_STORY}, look = {CLI_LOOK}, plan = {CLI_PLAN};

// Becomes enliven-studio, which lies beside this program.
static int hand_over(char **words) {
    char path[4096];
    struct enl_error error;
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    char *slash = n > 0 ? (path[n] = '\0', strrchr(path, '/')) : NULL;
    if (slash && (size_t)(slash - path) < sizeof path - 16) {
        memcpy(slash, "/enliven-studio", 16);
        cli_delay_signals(); // it takes a moment to load
        execv(path, words);
    }
    enl_fail(&error, ENL_INTERNAL, "enliven-studio, which should lie beside enliven, cannot be run.");
    return cli_complain(&error);
}

int main(int count, char **words) {
    static const struct cli_command *const commands[] = {&story,    &look,           &plan,      &cli_check,
                                                         &cli_sign, &cli_credential, &cli_trust, NULL};
    for (int i = 0; count > 1 && !commands[i]->run; i++)
        if (!strcmp(words[1], commands[i]->name)) return hand_over(words);
    cli_settle_in();
    return cli_main(commands, count, words);
}
