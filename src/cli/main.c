// SPDX-License-Identifier: MIT
#include "cli/cli.h"
#include "base/base.h"

#include <fcntl.h>
#include <glib.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct cli_command *const commands[] = {&cli_story, &cli_look, &cli_plan};
#define COMMANDS (sizeof commands / sizeof *commands)

FILE *cli_voice(void) {
    static FILE *voice; // first asked for before silence_libraries() changes stderr
    return voice ? voice : (voice = stderr);
}

static volatile sig_atomic_t held;
static volatile sig_atomic_t stopped;

static void on_signal(int number) {
    static const char said[] = "enliven: Cancelled.\n";
    (void)number;
    stopped = 1;
    if (held) return;
    if (write(STDERR_FILENO, said, sizeof said - 1) < 0) _exit(ENL_CANCELLED);
    _exit(ENL_CANCELLED);
}

void cli_hold_signals(void) { held = 1; }
bool cli_stopped(void) { return stopped; }

// What nohup or a shell has told us to ignore stays ignored.
static void listen_to_signals(void) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal}, before;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
}

// GLib ends the program where memory or threads run out; it should at least say so in our words.
static void on_log(const char *domain, GLogLevelFlags level, const char *message, void *user) {
    (void)domain, (void)user;
    if (!(level & G_LOG_FLAG_FATAL)) return;
    bool memory = message && (strstr(message, "alloc") || strstr(message, "thread"));
    fputs(memory ? "enliven: Not enough memory.\n" : "enliven: A library below has given up.\n", cli_voice());
    _exit(memory ? ENL_NO_MEMORY : ENL_INTERNAL);
}

// Libraries write warnings to standard error as they please; what matters comes back as an error.
static void silence_libraries(void) {
    (void)cli_voice();
#ifdef __GLIBC__
    FILE *deaf = fopencookie(NULL, "w", (cookie_io_functions_t){0});
    if (deaf) stderr = deaf;
#endif
    g_log_set_default_handler(on_log, NULL);
}

static void help(FILE *out) {
    fprintf(out, "enliven %s: brings a photo to life\n\n", ENL_VERSION);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  enliven %-6s %-18s %s\n", commands[i]->name, commands[i]->arguments, commands[i]->help);
    fputs("\nenliven COMMAND --help tells the options. Exit status: 0 done, 1 a fault of ours, 2 words that make no "
          "sense,\n"
          "3 not a usable photo, 4 a file that cannot be read or written, 5 not enough memory, 130 stopped.\n"
          "Every video carries a label and metadata that say a machine made it.\n",
          out);
}

// A closed standard stream's number would be given to the next file that is opened, and words written into it.
static void hold_standard_streams(void) {
    for (int file = 0; file < 3; file++)
        if (fcntl(file, F_GETFD) < 0 && open("/dev/null", file == 2 ? O_WRONLY : O_RDONLY) < 0) _exit(ENL_IO);
}

// The exit status, when what was printed also went out.
static int finish(int status) {
    struct enl_error error;
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    if (status != ENL_OK) return status;
    enl_fail(&error, ENL_IO, "The output could not be written.");
    return cli_complain(&error);
}

int main(int count, char **words) {
    hold_standard_streams();
    silence_libraries();
    listen_to_signals();
    // A reader that goes away, or a full disk, is an error to report and no reason to die.
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
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
