// SPDX-License-Identifier: MIT
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

// A name beside the file, for file systems without O_TMPFILE and for the moment of renaming. Short, since the file's
// own may be as long as names can be.
static char *name_beside(const struct enl_output *output, const char *path) {
    char *name = NULL, *folder = folder_of(path);
    // No two outputs of one program are at one address at one time.
    unsigned long which = (unsigned long)(uintptr_t)output;
    if (folder && asprintf(&name, "%s/.enliven-%ld-%lx.part", folder, (long)getpid(), which) < 0) name = NULL;
    free(folder);
    return name;
}

bool enl_output_open(struct enl_output *output, const char *path, bool force, struct enl_error *error) {
    struct stat info;
    *output = (struct enl_output){.file = -1, .force = force};
    if (stat(path, &info) == 0) {
        if (S_ISDIR(info.st_mode)) return enl_fail(error, ENL_IO, "%s is a folder; name a file in it.", path);
        if (!S_ISREG(info.st_mode))
            return enl_fail(error, ENL_IO, "%s is not a regular file and cannot be replaced.", path);
        if (!force)
            return enl_fail(error, ENL_IO, "%s exists; choose another name, or replace it with --force.", path);
    } else if (errno != ENOENT && errno != ELOOP) {
        return enl_fail(error, ENL_IO, "%s cannot be written: %s.", path, strerror(errno));
    } else if (lstat(path, &info) == 0 && !force) {
        return enl_fail(error, ENL_IO, "%s is a link to nothing; choose another name, or replace it with --force.",
                        path);
    }
    char *folder = folder_of(path);
    output->path = strdup(path);
    if (folder && output->path) output->file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
    bool unsupported = output->file < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL);
    if (unsupported && (output->beside = name_beside(output, path)))
        output->file = open(output->beside, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
    if (output->file < 0) enl_fail(error, ENL_IO, "%s cannot be written: %s.", path, strerror(errno));
    free(folder);
    if (output->file >= 0) return true;
    enl_output_abort(output);
    return false;
}

// Gives the file at `from` the name `to`, which is only replaced when `force`.
static bool rename_to(const char *from, const char *to, bool force) {
    if (force) return rename(from, to) == 0;
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return true;
    // Some file systems do not know how not to replace; a second name is refused where one is taken.
    return (errno == EINVAL || errno == ENOSYS) && link(from, to) == 0 && unlink(from) == 0;
}

// Bytes to the disk, and a name beside their place.
static bool name_it(struct enl_output *output) {
    if (!output->path || fsync(output->file) != 0) return false;
    if (output->beside) return true;
    char link[64], *beside = name_beside(output, output->path);
    snprintf(link, sizeof link, "/proc/self/fd/%d", output->file);
    if (beside && linkat(AT_FDCWD, link, AT_FDCWD, beside, AT_SYMLINK_FOLLOW) == 0) {
        output->beside = beside;
        return true;
    }
    free(beside);
    return false;
}

// From beside to its place. What was there and may be replaced changes places with it, where the file system can.
static bool place(struct enl_output *output, bool *ret_swapped) {
    struct stat info;
    bool folder = lstat(output->path, &info) == 0 && S_ISDIR(info.st_mode); // since; it cannot be replaced
    *ret_swapped = output->force && !folder &&
                   renameat2(AT_FDCWD, output->beside, AT_FDCWD, output->path, RENAME_EXCHANGE) == 0;
    if (*ret_swapped) return true;
    if (!rename_to(output->beside, output->path, output->force)) return false;
    free(output->beside);
    output->beside = NULL;
    return true;
}

bool enl_output_commit_all(struct enl_output *outputs, int count, struct enl_error *error) {
    bool swapped[4] = {false};
    int named = 0, placed = 0;
    if (count == 1) return enl_output_commit(outputs, error);
    while (named < count && name_it(&outputs[named])) named++;
    while (named == count && placed < count && place(&outputs[placed], &swapped[placed])) placed++;
    bool done = placed == count;
    if (!done)
        enl_fail(error, ENL_IO, "%s cannot be written: %s.", outputs[named < count ? named : placed].path,
                 strerror(errno));
    for (int i = 0; i < count; i++) {
        struct enl_output *o = &outputs[i];
        if (!done && i < placed && swapped[i]) renameat2(AT_FDCWD, o->beside, AT_FDCWD, o->path, RENAME_EXCHANGE);
        else if (!done && i < placed) unlink(o->path);
        enl_output_abort(o); // removes what is beside: the file that was replaced, or ours that has no place
    }
    return done;
}

bool enl_output_commit(struct enl_output *output, struct enl_error *error) {
    bool done = output->path && fsync(output->file) == 0;
    if (done && !output->beside) {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", output->file);
        // linkat() never replaces, which is what is wanted without --force: no moment between a check and the act.
        if (!output->force && linkat(AT_FDCWD, link, AT_FDCWD, output->path, AT_SYMLINK_FOLLOW) == 0) {
            close(output->file);
            output->file = -1;
            enl_output_abort(output);
            return true;
        }
        done = output->force && name_it(output);
    }
    done = done && rename_to(output->beside, output->path, output->force);
    if (done) {
        free(output->beside);
        output->beside = NULL;
    } else {
        enl_fail(error, ENL_IO, "%s cannot be written: %s.", output->path, strerror(errno));
    }
    enl_output_abort(output);
    return done;
}

void enl_output_abort(struct enl_output *output) {
    if (output->file >= 0) close(output->file);
    if (output->beside) unlink(output->beside);
    free(output->beside);
    free(output->path);
    *output = (struct enl_output){.file = -1};
}

bool enl_output_put(const struct enl_output *output, const void *bytes, size_t size, struct enl_error *error) {
    for (size_t done = 0; done < size;) {
        ssize_t n = write(output->file, (const char *)bytes + done, size - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return enl_fail(error, ENL_IO, "%s cannot be written: %s.", output->path, strerror(errno));
        done += (size_t)n;
    }
    return true;
}

bool enl_output_write(const char *path, const void *bytes, size_t size, bool force, struct enl_error *error) {
    struct enl_output output;
    if (!enl_output_open(&output, path, force, error)) return false;
    if (enl_output_put(&output, bytes, size, error)) return enl_output_commit(&output, error);
    enl_output_abort(&output);
    return false;
}
