// SPDX-License-Identifier: MIT
// A file as a source.
#ifndef ENL_CREDENTIAL_FILE_H
#define ENL_CREDENTIAL_FILE_H

#include <enliven/credential.h>

struct enl_file {
    int handle;               // -1: none
    struct enl_source source; // borrows the struct, which must stay where it is
};
// False with `error` (ENL_IO) where it cannot be read or is no regular file; then it need not, but may, be closed.
bool enl_file_open(struct enl_file *ret_file, const char *path, struct enl_error *error);
// A file that is open already, which enl_file_close would close.
bool enl_file_of(struct enl_file *ret_file, int handle, struct enl_error *error);
// Where bytes go into a file that is open; borrows the number.
struct enl_sink enl_file_sink(int *handle);
void enl_file_close(struct enl_file *file);

#endif
