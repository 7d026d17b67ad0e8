// SPDX-License-Identifier: MIT
// A program that signs for us.
#include "credential/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS 30.0

extern char **environ;

// The environment with ENL_ALG in it. Its list is new, its texts are not.
static char **make_environment(char *alg) {
    size_t count = 0, at = 0;
    while (environ && environ[count]) count++;
    char **list = enl_alloc(count + 2, sizeof *list, NULL);
    for (size_t i = 0; list && i < count; i++)
        if (strncmp(environ[i], "ENL_ALG=", 8)) list[at++] = environ[i];
    if (list) list[at] = alg;
    return list;
}

// A file in memory with the input: unlike a pipe it can be written at once, and nobody is killed who writes to one that
// nobody reads.
static int make_input(const void *input, size_t size) {
    int file = memfd_create("enliven-sign", MFD_CLOEXEC);
    for (size_t done = 0; file >= 0 && done < size;) {
        ssize_t n = write(file, (const char *)input + done, size - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            close(file);
            return -1;
        }
        done += (size_t)n;
    }
    if (file >= 0) lseek(file, 0, SEEK_SET);
    return file;
}

// Starts it in a group of its own, so that all it starts can be ended with it. -1: it cannot be.
static pid_t start(const char *command, char **environment, int in, int out) {
    char *const arguments[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    pid_t child = -1;
    if (posix_spawn_file_actions_init(&files) != 0) return -1;
    if (posix_spawnattr_init(&how) == 0) {
        bool ready = posix_spawn_file_actions_adddup2(&files, in, 0) == 0 &&
                     posix_spawn_file_actions_adddup2(&files, out, 1) == 0 && posix_spawnattr_setpgroup(&how, 0) == 0 &&
                     posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP) == 0;
        int reason = ready ? posix_spawn(&child, "/bin/sh", &files, &how, arguments, environment) : errno;
        if (reason) child = -1, errno = reason;
        posix_spawnattr_destroy(&how);
    }
    posix_spawn_file_actions_destroy(&files);
    return child;
}

// What comes out until the end. False: too much of it, or too late.
static bool drain(int from, double end, size_t most, struct enl_bytes *to) {
    for (;;) {
        char block[1024];
        double left = end - enl_seconds();
        struct pollfd wait = {.fd = from, .events = POLLIN};
        int ready = left > 0 ? poll(&wait, 1, (int)(left * 1000) + 1) : 0;
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return false;
        ssize_t n = read(from, block, sizeof block);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n == 0;
        if (to->size + (size_t)n > most) return false;
        enl_bytes_put(to, block, (size_t)n);
    }
}

// Its exit status; -1: it was ended, by us where it took too long.
static int end_of(pid_t child, double end, bool kill_it) {
    int status = 0;
    for (;;) {
        if (kill_it || enl_seconds() > end) kill(-child, SIGKILL), kill(child, SIGKILL), kill_it = true;
        pid_t got = waitpid(child, &status, kill_it ? 0 : WNOHANG);
        if (got == child) break;
        if (got < 0 && errno != EINTR) return 0; // somebody else waits for all children: what it printed must do
        if (got == 0) usleep(2000);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool enl_command_run(const char *command, const char *alg, const void *input, size_t size, size_t most,
                     struct enl_bytes *ret_output, struct enl_error *error) {
    char name[32];
    int out[2] = {-1, -1}, in = make_input(input, size);
    snprintf(name, sizeof name, "ENL_ALG=%s", alg);
    char **environment = make_environment(name);
    bool ready = in >= 0 && environment && pipe2(out, O_CLOEXEC) == 0;
    double end = enl_seconds() + SECONDS;
    pid_t child = ready ? start(command, environment, in, out[1]) : -1;
    int reason = errno;
    if (in >= 0) close(in);
    if (out[1] >= 0) close(out[1]);
    bool whole = child > 0 && drain(out[0], end, most, ret_output);
    if (out[0] >= 0) close(out[0]);
    int status = child > 0 ? end_of(child, end, !whole) : -1;
    bool late = enl_seconds() >= end;
    enl_release(environment);
    if (child < 0) return enl_fail(error, ENL_IO, "The signing command cannot be run: %s.", strerror(reason));
    if (late) return enl_fail(error, ENL_IO, "The signing command did not end within %d seconds.", (int)SECONDS);
    if (!whole) return enl_fail(error, ENL_IO, "The signing command printed more than a signature.");
    if (status) return enl_fail(error, ENL_IO, "The signing command failed (exit status %d).", status);
    return !ret_output->failed || enl_fail(error, ENL_NO_MEMORY, "Not enough memory for a signature.");
}
