// SPDX-License-Identifier: MIT
// Linked into the command where it is built with a sanitizer: tests that take the environment away take lsan.supp
// with it. The same list; the reasons are there.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libfontconfig.so.1\nleak:x264_malloc\nleak:x265::x265_malloc\n";
}

const char *__lsan_default_options(void);
const char *__lsan_default_options(void) { return "print_suppressions=0"; }
