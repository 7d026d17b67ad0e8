// SPDX-License-Identifier: MIT
#include "credential/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int64_t read_file(void *user, uint64_t at, void *ret_bytes, size_t size) {
    const struct enl_file *file = user;
    ssize_t n;
    do n = pread(file->handle, ret_bytes, size, (off_t)at);
    while (n < 0 && errno == EINTR);
    return n;
}

bool enl_file_open(struct enl_file *ret_file, const char *path, struct enl_error *error) {
    struct stat about;
    ret_file->handle = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (ret_file->handle < 0) return enl_fail(error, ENL_IO, "%s cannot be read: %s.", path, strerror(errno));
    if (fstat(ret_file->handle, &about) || !S_ISREG(about.st_mode)) {
        enl_file_close(ret_file);
        return enl_fail(error, ENL_IO, "%s is not a file.", path);
    }
    ret_file->source = (struct enl_source){.read = read_file, .user = ret_file, .size = (uint64_t)about.st_size};
    return true;
}

void enl_file_close(struct enl_file *file) {
    if (file->handle >= 0) close(file->handle);
    file->handle = -1;
}
