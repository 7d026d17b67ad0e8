// SPDX-License-Identifier: MIT
// Finding a command by its name and running it.
#include "cli/cli.h"
#include "base/base.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static void help(const struct cli_command *const *commands, FILE *out) {
    fprintf(out, "enliven %s: brings a photo to life\n\n", ENL_VERSION);
    for (int i = 0; commands[i]; i++)
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

int cli_main(const struct cli_command *const *commands, int count, char **words) {
    setlocale(LC_CTYPE, "C.UTF-8");
    const char *name = count > 1 ? words[1] : "";
    if (count < 2 || !strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h")) {
        help(commands, count < 2 ? cli_voice() : stdout);
        return finish(count < 2 ? ENL_USAGE : ENL_OK);
    }
    if (!strcmp(name, "--version")) {
        printf("enliven %s\n", ENL_VERSION);
        return finish(ENL_OK);
    }
    for (int i = 0; commands[i]; i++)
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
