// SPDX-License-Identifier: MIT
// What the process is to the system: its signals, its standard streams and what libraries write to them.
#include "cli/cli.h"
#include "base/base.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

// Signals that come meanwhile wait, over an exec too.
static void make_signals_wait(bool wait) {
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaddset(&set, numbers[i]);
    sigprocmask(wait ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

void cli_delay_signals(void) { make_signals_wait(true); }

// What nohup or a shell has told us to ignore stays ignored.
static void listen_to_signals(void) {
    struct sigaction action = {.sa_handler = on_signal}, before;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    make_signals_wait(false);
}

// Libraries write warnings to standard error as they please; what matters comes back as an error.
static void silence_libraries(void) {
    (void)cli_voice();
#ifdef __GLIBC__
    FILE *deaf = fopencookie(NULL, "w", (cookie_io_functions_t){0});
    if (deaf) stderr = deaf;
#endif
}

// A closed standard stream's number would be given to the next file that is opened, and words written into it.
static void hold_standard_streams(void) {
    for (int file = 0; file < 3; file++)
        if (fcntl(file, F_GETFD) < 0 && open("/dev/null", file == 2 ? O_WRONLY : O_RDONLY) < 0) _exit(ENL_IO);
}

void cli_settle_in(void) {
    hold_standard_streams();
    silence_libraries();
    listen_to_signals();
    // A reader that goes away, or a full disk, is an error to report and no reason to die.
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}
