// SPDX-License-Identifier: MIT
// enliven-studio: the commands that look at photos, with all the libraries that takes. `enliven` hands over to it, so
// that checking a file needs none of them.
#include "cli/cli.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// GLib ends the program where memory or threads run out; it should at least say so in our words.
static void on_log(const char *domain, GLogLevelFlags level, const char *message, void *user) {
    (void)domain, (void)user;
    if (!(level & G_LOG_FLAG_FATAL)) return;
    bool memory = message && (strstr(message, "alloc") || strstr(message, "thread"));
    fputs(memory ? "enliven: Not enough memory.\n" : "enliven: A library below has given up.\n", cli_voice());
    _exit(memory ? ENL_NO_MEMORY : ENL_INTERNAL);
}

int main(int count, char **words) {
    static const struct cli_command *const commands[] = {&cli_story, &cli_look, &cli_plan, NULL};
    cli_settle_in();
    g_log_set_default_handler(on_log, NULL);
    return cli_main(commands, count, words);
}
