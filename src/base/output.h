// SPDX-License-Identifier: MIT
// A file that appears only when it is whole.
#ifndef ENL_OUTPUT_H
#define ENL_OUTPUT_H

#include "base/base.h"

struct enl_output {
    int file;          // read and write; -1: not open
    char *path;        // where it is to appear
    char *beside;      // its name until then; NULL while it has none (O_TMPFILE)
    bool force;        // may replace what is there
};

// Starts a file in the folder of `path`. ENL_IO when there is something at `path` and not `force`, or the folder is
// missing or cannot be written.
bool enl_output_open(struct enl_output *output, const char *path, bool force, struct enl_error *error);
bool enl_output_put(const struct enl_output *output, const void *bytes, size_t size, struct enl_error *error);
// Makes it appear, its bytes on the disk. On failure nothing is left and what was at `path` stays.
bool enl_output_commit(struct enl_output *output, struct enl_error *error);
// The same for files that belong together, `count` up to 4: all appear or none does, and then what was there is back.
// Only a kill between two renames can part them.
bool enl_output_commit_all(struct enl_output *outputs, int count, struct enl_error *error);
// Gives it up; nothing is left. Legal after commit, and for a zeroed struct with file -1.
void enl_output_abort(struct enl_output *output);

// All of `bytes` as a file that appears whole.
bool enl_output_write(const char *path, const void *bytes, size_t size, bool force, struct enl_error *error);

#endif
