// SPDX-License-Identifier: MIT
#include "cli/cli.h"
#include "base/base.h"

#include <enliven/photo.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool cli_parse(const struct cli_command *command, int count, char **words, struct cli_words *ret,
               struct enl_error *error) {
    *ret = (struct cli_words){.command = command};
    bool options = true;
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
            ret->values[k] = !option->value ? "" : word[length] == '=' ? word + length + 1 : words[++i];
        } else if (ret->argument) {
            return enl_fail(error, ENL_USAGE, "One photo at a time: \"%.60s\" is too many.", word);
        } else {
            ret->argument = word;
        }
    }
    if (!ret->argument || !ret->argument[0])
        return enl_fail(error, ENL_USAGE, "Which photo? Say: enliven %s %s.", command->name, command->arguments);
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

const char *cli_value(const struct cli_words *words, const char *name) {
    for (int k = 0; words->command->options[k].name; k++)
        if (!strcmp(words->command->options[k].name, name)) return words->values[k];
    return NULL;
}

bool cli_number(const struct cli_words *words, const char *name, double low, double high, bool whole, double *number,
                struct enl_error *error) {
    const char *text = cli_value(words, name);
    char *end;
    if (!text) return true;
    errno = 0;
    double value = strtod(text, &end);
    if (errno || end == text || *end || !(value >= low && value <= high) || (whole && value != floor(value)))
        return enl_fail(error, ENL_USAGE, "%s must be a %snumber from %g to %g, not \"%.40s\".", name,
                        whole ? "whole " : "", low, high, text);
    *number = value;
    return true;
}

int cli_complain(const struct enl_error *error) {
    fprintf(stderr, "enliven: %s\n", error->text);
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


struct enl_models *cli_models(const struct cli_words *words, struct enl_error *error) {
    struct enl_models_params params = {0};
    const char *text = cli_value(words, "--model");
    for (int slot = 0; text && slot < ENL_MODEL_SLOTS; slot++) {
        size_t length = strlen(enl_model_name((enum enl_model_slot)slot));
        if (!strncmp(text, enl_model_name((enum enl_model_slot)slot), length) && text[length] == '=')
            return enl_models_open((params.files[slot] = text + length + 1, &params), error);
    }
    if (!text) return enl_models_open(&params, error);
    enl_fail(error, ENL_USAGE, "--model takes SLOT=FILE, where SLOT is scene_classes, sky or depth.");
    return NULL;
}

char *cli_read_text(const char *path, struct enl_error *error) {
    const size_t limit = 1 << 20;
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(limit + 1) : NULL;
    size_t size = text ? fread(text, 1, limit + 1, file) : 0;
    bool good = text && !ferror(file);
    if (!good) enl_fail(error, ENL_IO, "%s cannot be read: %s.", path, strerror(errno));
    else if (size > limit) good = enl_fail(error, ENL_USAGE, "%s is larger than a megabyte.", path);
    else text[size] = 0;
    if (good && strlen(text) != size) good = enl_fail(error, ENL_USAGE, "%s is not text.", path);
    if (file) fclose(file);
    if (good) return text;
    free(text);
    return NULL;
}

struct enl_scene *cli_look_at(const char *path, struct enl_models *models, int threads, int max_side,
                              struct enl_photo **ret_photo, struct enl_error *error) {
    *ret_photo = enl_photo_load(path, enl_photo_params(.max_side = max_side), error);
    return *ret_photo ?
               enl_scene_look((*ret_photo)->picture, enl_scene_params(.models = models, .threads = threads), error) :
               NULL;
}
