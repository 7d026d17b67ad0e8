// SPDX-License-Identifier: MIT
// What a plan tells people: sentences in its notes and in what it left out.
#ifndef ENL_PLAN_SAY_H
#define ENL_PLAN_SAY_H

#include <stdbool.h>
#include <stddef.h>

// Appends a sentence to `text`, the plan's `left_out` or `notes`, unless it stands there or has no room.
__attribute__((format(printf, 2, 3))) void enl_plan_say(char text[512], const char *format, ...);
// Appends to a list in a fixed buffer unless it is in already. Where there is no room the list ends with "and 3 more".
void enl_list_add(char *list, size_t size, const char *separator, const char *text, size_t length);

#endif
