// SPDX-License-Identifier: MIT
#include "plan/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MORE_ROOM 18 // bytes, of "and 2000 more"

// Whether `text` stands between separators, or at the list's ends.
static bool has_entry(const char *list, const char *separator, const char *text, size_t length) {
    size_t gap = strlen(separator), used = strlen(list);
    for (size_t at = 0; at + length <= used; at++) {
        bool begins = !at || (at >= gap && !memcmp(list + at - gap, separator, gap));
        bool ends = at + length == used || !strncmp(list + at + length, separator, gap);
        if (begins && ends && !memcmp(list + at, text, length)) return true;
    }
    return false;
}

// Ends a full list with "and 3 more", or counts on where it ends so.
static void count_more(char *list, size_t size, const char *separator) {
    bool sentences = !strcmp(separator, " ");
    size_t used = strlen(list), from = used;
    const char *word = sentences ? "And " : "and ", *end = sentences ? " more." : " more";
    int count = 0, read = 0;
    while (from && used - from < MORE_ROOM && strncmp(list + from, word, 4) != 0) from--;
    if (sscanf(list + from + (from < used ? 4 : 0), "%4d%n", &count, &read) != 1 || // NOLINT(cert-err34-c)
        strcmp(list + from + 4 + read, end) != 0)
        count = 0;
    if (!count) from = used;
    snprintf(list + from, size - from, "%s%s%d%s", count || !used ? "" : separator, word, count + 1, end);
}

void enl_list_add(char *list, size_t size, const char *separator, const char *text, size_t length) {
    size_t used = strlen(list), gap = used ? strlen(separator) : 0;
    if (has_entry(list, separator, text, length)) return;
    if (used + gap + length + 1 + MORE_ROOM > size) {
        count_more(list, size, separator);
        return;
    }
    memcpy(list + used, separator, gap);
    memcpy(list + used + gap, text, length);
    list[used + gap + length] = 0;
}

void enl_plan_say(char text[512], const char *format, ...) {
    char sentence[256];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(sentence, sizeof sentence, format, values); // NOLINT(clang-analyzer-valist.Uninitialized)
    va_end(values);
    if (length > 0 && (size_t)length < sizeof sentence) enl_list_add(text, 512, " ", sentence, (size_t)length);
}
