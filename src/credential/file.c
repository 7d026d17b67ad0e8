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

bool enl_file_of(struct enl_file *ret_file, int handle, struct enl_error *error) {
    struct stat about;
    if (fstat(handle, &about)) return enl_fail(error, ENL_IO, "The file cannot be read: %s.", strerror(errno));
    *ret_file = (struct enl_file){.handle = handle};
    ret_file->source = (struct enl_source){.read = read_file, .user = ret_file, .size = (uint64_t)about.st_size};
    return true;
}

static bool write_file(void *user, uint64_t at, const void *bytes, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(*(const int *)user, (const uint8_t *)bytes + done, size - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        done += (size_t)n;
    }
    return true;
}

struct enl_sink enl_file_sink(int *handle) {
    return (struct enl_sink){write_file, handle};
}

void enl_file_close(struct enl_file *file) {
    if (file->handle >= 0) close(file->handle);
    file->handle = -1;
}
