// SPDX-License-Identifier: MIT
#include "cli/cli.h"
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool cli_parse(const struct cli_command *command, int count, char **words, struct cli_words *ret,
               struct enl_error *error) {
    *ret = (struct cli_words){.command = command};
    bool options = true;
    if (count > CLI_MOST_WORDS) return enl_fail(error, ENL_USAGE, "There are more than %d words.", CLI_MOST_WORDS);
    for (int i = 0; i < count; i++) {
        const char *word = words[i], *equals = strchr(word, '=');
        if (options && !strcmp(word, "--")) {
            options = false;
        } else if (options && word[0] == '-' && word[1]) {
            size_t length = word[1] == '-' && equals ? (size_t)(equals - word) : strlen(word);
            int k = 0;
            while (command->options[k].name &&
                   (strlen(command->options[k].name) != length || strncmp(command->options[k].name, word, length) != 0))
                k++;
            const struct cli_option *option = &command->options[k];
            if (!option->name)
                return enl_fail(error, ENL_USAGE, "There is no option %.40s; enliven %s --help lists them.", word,
                                command->name);
            if (!option->value && word[length] == '=')
                return enl_fail(error, ENL_USAGE, "The option %s takes no value.", option->name);
            if (option->value && word[length] != '=' && i + 1 >= count)
                return enl_fail(error, ENL_USAGE, "The option %s needs a value: %s.", option->name, option->value);
            ret->given[ret->given_count].option = option;
            ret->given[ret->given_count++].value = !option->value       ? ""
                                                   : word[length] == '=' ? word + length + 1
                                                                         : words[++i];
        } else if (ret->argument_count == (command->most ? command->most : 1)) {
            return enl_fail(error, ENL_USAGE, "One %s at a time: \"%.60s\" is too many.", command->asks, word);
        } else {
            ret->arguments[ret->argument_count++] = word;
        }
    }
    if (!ret->argument_count || !ret->arguments[0][0])
        return enl_fail(error, ENL_USAGE, "Which %s? Say: enliven %s %s.", command->asks, command->name,
                        command->arguments);
    return true;
}

bool cli_asks_help(const struct cli_command *command, int count, char **words) {
    for (int i = 0; i < count && strcmp(words[i], "--") != 0; i++) {
        if (!strcmp(words[i], "--help") || !strcmp(words[i], "-h")) return true;
        for (const struct cli_option *o = command->options; o->name; o++)
            if (o->value && !strcmp(o->name, words[i])) {
                i++; // its value
                break;
            }
    }
    return false;
}

const char *cli_next(const struct cli_words *words, const char *name, int *at) {
    while (*at < words->given_count) {
        int i = (*at)++;
        if (!strcmp(words->given[i].option->name, name)) return words->given[i].value;
    }
    return NULL;
}

const char *cli_value(const struct cli_words *words, const char *name) {
    const char *value = NULL, *next;
    for (int at = 0; (next = cli_next(words, name, &at));) value = next;
    return value;
}

bool cli_number(const struct cli_words *words, const char *name, double low, double high, bool whole, double *number,
                struct enl_error *error) {
    const char *text = cli_value(words, name);
    char *end;
    if (!text) return true;
    errno = 0;
    double value = strtod(text, &end);
    // Plain decimals only: strtod() takes 0x5 and blanks as well.
    bool plain = end != text && !*end && strspn(text, "0123456789.eE-") == strlen(text);
    if (errno || !plain || !(value >= low && value <= high) || (whole && value != floor(value)))
        return enl_fail(error, ENL_USAGE, "%s must be a %snumber from %.16g to %.16g, not \"%.40s\".", name,
                        whole ? "whole " : "", low, high, text);
    *number = value;
    return true;
}

bool cli_arrows(const struct cli_words *words, struct enl_arrow ret_arrows[ENL_MAX_ARROWS], int *ret_count,
                struct enl_error *error) {
    const char *text;
    *ret_count = 0;
    for (int i = 0, next = 0; (text = cli_next(words, "--arrow", &next)); i++) {
        if (i == ENL_MAX_ARROWS) return enl_fail(error, ENL_USAGE, "There are more than %d arrows.", ENL_MAX_ARROWS);
        const char *at = text;
        float *places[4] = {&ret_arrows[i].from[0], &ret_arrows[i].from[1], &ret_arrows[i].to[0],
                            &ret_arrows[i].to[1]};
        bool good = strspn(at, "0123456789.eE-,") == strlen(at); // strtod() takes more than plain decimals
        for (int k = 0; good && k < 4; k++) {
            char *end;
            double value = strtod(at, &end);
            good = end != at && *end == (k < 3 ? ',' : 0) && fabs(value) < 1e6;
            *places[k] = (float)value;
            at = end + (k < 3);
        }
        if (!good)
            return enl_fail(error, ENL_USAGE,
                            "--arrow takes x0,y0,x1,y1, fractions of the photo's width and height, not \"%.40s\".",
                            text);
        ret_arrows[i].speed = 1;
        ++*ret_count;
    }
    return true;
}

int cli_complain(const struct enl_error *error) {
    fprintf(cli_voice(), "enliven: %s\n", error->text);
    return (int)error->code;
}

void cli_command_help(const struct cli_command *command) {
    printf("enliven %s %s [OPTIONS]\n%s\n\n", command->name, command->arguments, command->help);
    for (const struct cli_option *o = command->options; o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
        printf("  %-24s %s\n", left, o->help);
    }
}


bool cli_same_file(const char *a, const char *b) {
    char *x = realpath(a, NULL), *y = realpath(b, NULL);
    bool same = x && y && !strcmp(x, y);
    free(x);
    free(y);
    return same;
}

// Up to `size` bytes; less at the end. Negative on failure.
static ssize_t read_up_to(int file, char *bytes, size_t size) {
    size_t done = 0;
    while (done < size) {
        ssize_t n = read(file, bytes + done, size - done);
        if (n == 0) break;
        if (n > 0) done += (size_t)n;
        else if (errno == EAGAIN) poll(&(struct pollfd){.fd = file, .events = POLLIN}, 1, -1); // its writer is slow
        else if (errno != EINTR) return -1;
    }
    return (ssize_t)done;
}

char *cli_read_text(const char *path, struct enl_error *error) {
    const size_t limit = 1 << 20;
    // O_NONBLOCK: a FIFO that nobody writes to is empty, and does not hold us up.
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char *text = file >= 0 ? malloc(limit + 1) : NULL;
    ssize_t size = text ? read_up_to(file, text, limit + 1) : -1;
    bool good = size >= 0;
    if (!good) enl_fail(error, ENL_IO, "%s cannot be read: %s.", path, strerror(errno));
    else if ((size_t)size > limit) good = enl_fail(error, ENL_USAGE, "%s is larger than a megabyte.", path);
    else text[size] = 0;
    if (good && strlen(text) != (size_t)size) good = enl_fail(error, ENL_USAGE, "%s is not text.", path);
    if (file >= 0) close(file);
    if (good) return text;
    free(text);
    return NULL;
}
