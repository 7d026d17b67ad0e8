// SPDX-License-Identifier: MIT
#include "cli/cli.h"
#include "base/base.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static const struct cli_command *const commands[] = {&cli_story, &cli_look, &cli_plan, &cli_check, &cli_sign, &cli_credential,
                                                   &cli_trust};
#define COMMANDS (sizeof commands / sizeof *commands)

static void help(FILE *out) {
    fprintf(out, "enliven %s: brings a photo to life\n\n", ENL_VERSION);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  enliven %-6s %-18s %s\n", commands[i]->name, commands[i]->arguments, commands[i]->help);
    fputs("\nenliven COMMAND --help tells the options. Exit status: 0 done, 1 a fault of ours, 2 words that make no "
          "sense,\n"
          "3 not a usable photo, 4 a file that cannot be read or written, 5 not enough memory, 130 stopped;\n"
          "of check: 0 trusted, 10 valid but signed by nobody known, 11 broken, 12 no credentials.\n"
          "Every video carries a label and metadata that say a machine made it.\n",
          out);
}

// The exit status, when what was printed also went out.
static int finish(int status) {
    cli_hold_signals(); // what is done is not cancelled
    struct enl_error error;
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    if (status != ENL_OK) return status;
    enl_fail(&error, ENL_IO, "The output could not be written.");
    return cli_complain(&error);
}

int main(int count, char **words) {
    cli_settle_in();
    setlocale(LC_CTYPE, "C.UTF-8");
    const char *name = count > 1 ? words[1] : "";
    if (count < 2 || !strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h")) {
        help(count < 2 ? cli_voice() : stdout);
        return finish(count < 2 ? ENL_USAGE : ENL_OK);
    }
    if (!strcmp(name, "--version")) {
        printf("enliven %s\n", ENL_VERSION);
        return finish(ENL_OK);
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(name, commands[i]->name)) {
            if (!cli_asks_help(commands[i], count - 2, words + 2))
                return finish(commands[i]->run(count - 2, words + 2));
            cli_command_help(commands[i]);
            return finish(ENL_OK);
        }
    struct enl_error error;
    enl_fail(&error, ENL_USAGE, "There is no command \"%.40s\"; enliven --help lists them.", name);
    return cli_complain(&error);
}
