// SPDX-License-Identifier: MIT
#include "cli/cli.h"
#include "base/base.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct cli_command *const commands[] = {&cli_story, &cli_look, &cli_plan};
#define COMMANDS (sizeof commands / sizeof *commands)

static void help(void) {
    printf("enliven %s: brings a photo to life\n\n", ENL_VERSION);
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  enliven %-6s %-18s %s\n", commands[i]->name, commands[i]->arguments, commands[i]->help);
    printf("\nenliven COMMAND --help tells the options. Exit status: 0 done, 1 a fault of ours, 2 words that make no "
           "sense,\n"
           "3 not a usable photo, 4 a file that cannot be read or written, 5 not enough memory, 130 stopped.\n"
           "Every video carries a label and metadata that say a machine made it.\n");
}

int main(int count, char **words) {
    // A reader that goes away, or a full disk, is an error to report and no reason to die.
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    setlocale(LC_CTYPE, "C.UTF-8");
    const char *name = count > 1 ? words[1] : "";
    if (count < 2 || !strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h")) {
        help();
        return count < 2 ? ENL_USAGE : ENL_OK;
    }
    if (!strcmp(name, "--version")) {
        printf("enliven %s\n", ENL_VERSION);
        return ENL_OK;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(name, commands[i]->name)) {
            for (int k = 2; k < count; k++)
                if (!strcmp(words[k], "--help") || !strcmp(words[k], "-h")) {
                    cli_command_help(commands[i]);
                    return ENL_OK;
                }
            int status = commands[i]->run(count - 2, words + 2);
            if (fflush(stdout) != 0 && status == ENL_OK) {
                struct enl_error error;
                enl_fail(&error, ENL_IO, "The output could not be written.");
                return cli_complain(&error);
            }
            return status;
        }
    struct enl_error error;
    enl_fail(&error, ENL_USAGE, "There is no command \"%.40s\"; enliven --help lists them.", name);
    return cli_complain(&error);
}
