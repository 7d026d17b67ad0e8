// SPDX-License-Identifier: MIT
// Credentials by themselves: taken out, taken away, compared.
#include "cli/cli.h"
#include "base/output.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {{"-o", "OUT", "extract: a .c2pa file; strip: the file without credentials"},
                                            {"--force", NULL, "replace OUT if it exists"},
                                            {NULL, NULL, NULL}};

static bool extract(const char *path, const char *out, bool force, struct enl_error *error) {
    struct enl_check *check = enl_check_file(path, NULL, error);
    size_t size = 0;
    const uint8_t *store = check ? enl_check_store(check, &size) : NULL;
    bool good = check;
    if (good && !store) good = enl_fail(error, ENL_USAGE, "%s has no credentials to be extracted.", path);
    if (good && cli_same_file(path, out))
        good = enl_fail(error, ENL_USAGE, "The credentials alone cannot replace the file they are in.");
    good = good && enl_output_write(out, store, size, force, error);
    if (good) printf("Extracted: %s (%zu bytes)\n", out, size);
    enl_check_free(&check);
    return good;
}

static json_t *report(const char *path, struct enl_error *error) {
    struct enl_check *check = enl_check_file(path, NULL, error);
    char *text = check ? enl_check_json(check, false) : NULL;
    json_t *json = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    if (check && !json) enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the report.");
    free(text);
    enl_check_free(&check);
    if (json) json_object_del(json, "enliven"); // when it was checked is no difference
    return json;
}

static bool say(const char *where, char sign, const json_t *value) {
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
    printf("%c %s %.300s\n", sign, where, text ? text : "");
    free(text);
    return false;
}

// Prints what differs, a line each. Whether nothing does.
static bool compare(const char *where, json_t *a, json_t *b) {
    const char *key;
    json_t *value;
    bool same = true;
    char inner[4096]; // what is longer is cut
    if (a && b && json_equal(a, b)) return true;
    if (json_is_object(a) && json_is_object(b)) {
        json_object_foreach(a, key, value) {
            snprintf(inner, sizeof inner, "%.2000s/%.200s", where, key);
            same = compare(inner, value, json_object_get(b, key)) && same;
        }
        json_object_foreach(b, key, value) {
            snprintf(inner, sizeof inner, "%.2000s/%.200s", where, key);
            if (!json_object_get(a, key)) same = compare(inner, NULL, value);
        }
        return same;
    }
    if (json_is_array(a) && json_is_array(b)) {
        size_t most = json_array_size(a) > json_array_size(b) ? json_array_size(a) : json_array_size(b);
        for (size_t i = 0; i < most; i++) {
            snprintf(inner, sizeof inner, "%.2000s/%zu", where, i);
            same = compare(inner, json_array_get(a, i), json_array_get(b, i)) && same;
        }
        return same;
    }
    if (a) say(where, '-', a);
    if (b) say(where, '+', b);
    return false;
}

static bool diff(const char *a, const char *b, bool *ret_same, struct enl_error *error) {
    json_t *first = report(a, error), *second = first ? report(b, error) : NULL;
    if (first && second) *ret_same = compare("", first, second);
    bool good = first && second;
    json_decref(first);
    json_decref(second);
    return good;
}

static int run(int count, char **arguments) {
    struct cli_words words;
    struct enl_error error = {0};
    if (!cli_parse(&cli_credential, count, arguments, &words, &error)) return cli_complain(&error);
    const char *what = words.arguments[0], *path = words.argument_count > 1 ? words.arguments[1] : NULL;
    const char *out = cli_value(&words, "-o");
    bool force = cli_value(&words, "--force"), same = true, good;
    bool pair = !strcmp(what, "diff");
    if (!pair && strcmp(what, "extract") && strcmp(what, "strip"))
        good = enl_fail(&error, ENL_USAGE, "Credentials can be extracted, stripped or compared (diff), not \"%.40s\".",
                        what);
    else if (words.argument_count != 2 + pair)
        good = enl_fail(&error, ENL_USAGE, "Which file%s? Say: enliven credential %s.", pair ? "s" : "",
                        pair ? "diff FILE FILE" : "extract|strip FILE -o OUT");
    else if (!pair && !out) good = enl_fail(&error, ENL_USAGE, "Which name shall it get? Say: -o OUT.");
    else if (pair) good = diff(path, words.arguments[2], &same, &error);
    else if (!strcmp(what, "extract")) good = extract(path, out, force, &error);
    else if ((good = enl_credential_strip(path, out, force, &error))) printf("Stripped: %s\n", out);
    return !good ? cli_complain(&error) : same ? ENL_OK : 1;
}

const struct cli_command cli_credential = {.name = "credential",
                                           .arguments = "extract|strip|diff FILE",
                                           .help = "credentials by themselves: taken out, taken away, compared",
                                           .asks = "file",
                                           .most = 3,
                                           .options = options,
                                           .run = run};
