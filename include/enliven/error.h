// SPDX-License-Identifier: MIT
// Errors: what went wrong, in one sentence that a person can act on.
#ifndef ENLIVEN_ERROR_H
#define ENLIVEN_ERROR_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define ENL_API __attribute__((visibility("default")))
#define ENL_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define ENL_API
#define ENL_PRINTF(f, a)
#endif

// What kind of thing went wrong. The command's exit status is the same number.
enum enl_code {
    ENL_OK = 0,
    ENL_INTERNAL = 1,   // a fault of ours or of a library below us
    ENL_USAGE = 2,      // an option, prompt or plan that cannot be understood
    ENL_BAD_PHOTO = 3,  // not a photo, broken, or beyond the limits
    ENL_IO = 4,         // a file that cannot be read or written, a full disk
    ENL_NO_MEMORY = 5,  // memory ran out
    ENL_CANCELLED = 130 // the caller asked to stop
};

// Filled by every function that can fail; untouched on success.
struct enl_error {
    enum enl_code code;
    char text[320]; // UTF-8, one sentence without a newline, naming the file or field
};

// Fills `error` (which may be NULL) and returns false, so that callers can `return enl_fail(...)`.
// Control characters and broken UTF-8 in the finished text become '?': it may quote what a stranger wrote.
ENL_API bool enl_fail(struct enl_error *error, enum enl_code code, const char *format, ...) ENL_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif
#endif
