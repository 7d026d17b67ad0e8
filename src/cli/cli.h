// SPDX-License-Identifier: MIT
// The command: one file a subcommand, one line in the registry. Help and parsing come from the tables of options.
#ifndef ENL_CLI_H
#define ENL_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include <enliven/credential.h>
#include <enliven/story.h>

struct enl_photo;

struct cli_option {
    const char *name;  // "--seconds", or "-o"
    const char *value; // what it takes, for people; NULL: a switch
    const char *help;
};

struct cli_command {
    const char *name, *arguments, *help;
    const char *asks;                 // for an argument that is missing: "Which photo?"
    int most;                         // arguments; 0: one
    const struct cli_option *options; // ends with a NULL name
    int (*run)(int count, char **words); // the words after the name; returns the exit status. NULL: elsewhere
};
// What is said of those in enliven-studio by it and by `enliven`, which has them for their names alone.
#define CLI_STORY .name = "story", .arguments = "PHOTO", .help = "makes a living video of it", .asks = "photo"
#define CLI_LOOK .name = "look", .arguments = "PHOTO", .help = "tells what is in it", .asks = "photo"
#define CLI_PLAN .name = "plan", .arguments = "PHOTO", .help = "tells what would move, and how", .asks = "photo"
extern const struct cli_command cli_story, cli_look, cli_plan, cli_check, cli_credential, cli_sign, cli_trust;

#define CLI_MOST_WORDS 256

// What the words say, by the command's table.
struct cli_words {
    const struct cli_command *command;
    int argument_count;
    const char *arguments[CLI_MOST_WORDS]; // the words that are no options
    int given_count;
    struct {
        const struct cli_option *option;
        const char *value; // "" of a switch
    } given[CLI_MOST_WORDS]; // in order; an option may stand there several times
};
// False, with the mistake in `error`, for words that the table does not allow.
bool cli_parse(const struct cli_command *command, int count, char **words, struct cli_words *ret,
               struct enl_error *error);
// Whether --help or -h stands among the options, and not as a value or behind --.
bool cli_asks_help(const struct cli_command *command, int count, char **words);
const char *cli_value(const struct cli_words *words, const char *name); // the last one given; NULL: none
// The values of an option that may stand there several times, one a call; `*at` 0 begins. NULL: no more.
const char *cli_next(const struct cli_words *words, const char *name, int *at);
bool cli_number(const struct cli_words *words, const char *name, double low, double high, bool whole, double *number,
                struct enl_error *error); // leaves *number when not given
// The arrows that --arrow says, into `ret_arrows`; their number into `ret_count`.
bool cli_arrows(const struct cli_words *words, struct enl_arrow ret_arrows[ENL_MAX_ARROWS], int *ret_count,
                struct enl_error *error);

// Runs what the words ask for of `commands` (ends with NULL); returns the exit status.
int cli_main(const struct cli_command *const *commands, int count, char **words);
void cli_delay_signals(void); // until cli_settle_in, even of the program that this one becomes
// Signals, standard streams and libraries' logs, before anything else is done.
void cli_settle_in(void);
// Standard error. The stream that C calls so is deaf: libraries below us write their thoughts there.
FILE *cli_voice(void);
// A signal ends the program at once until this is called, for what has something to put in order; from then on
// cli_stopped tells of it.
void cli_hold_signals(void);
bool cli_stopped(void);

// "enliven: SENTENCE" on standard error; returns the exit status that belongs to it.
int cli_complain(const struct enl_error *error);
void cli_command_help(const struct cli_command *command);

// The models as the options and the environment say. NULL with `error` filled when a named file is unusable.
struct enl_models *cli_models(const struct cli_words *words, struct enl_error *error);

// The part of every command that looks: the photo at `path` and its scene.
struct enl_scene *cli_look_at(const char *path, struct enl_models *models, int threads, int max_side,
                              struct enl_photo **ret_photo, struct enl_error *error);
bool cli_same_file(const char *a, const char *b); // both there, and one
// The folder of settings, of which `name` is a file or folder: $ENLIVEN_HOME, $XDG_CONFIG_HOME/enliven or
// ~/.config/enliven. Free with free(). NULL with `error` filled: there is no home either.
char *cli_home(const char *name, struct enl_error *error);
// Lists of whom to trust; those with a file are kept at home.
#define CLI_TRUST_LISTS 3
extern const struct cli_trust_list {
    enum enl_trust_kind kind;
    const char *file, *option, *whose;
} cli_trust_lists[CLI_TRUST_LISTS];
void cli_name_list(const char *path, char *name, size_t size); // "the trust list of 5 Aug 2026": when it was taken in
// Whom to trust, as --trust, --tsa-trust, --allowed and the lists at home say. NULL with `error` filled.
struct enl_trust *cli_trust_of(const struct cli_words *words, struct enl_error *error);
#define CLI_TRUST_OPTIONS                                                                                              \
    {"--trust", "PEM", "certificates of those whose signatures are trusted, besides your list; may be repeated"},      \
        {"--tsa-trust", "PEM", "the same for those who attest the time"},                                             \
        {"--allowed", "PEM", "certificates of signers who are trusted by themselves"}
// Who signs, as the options, the environment and the settings at home say; a local identity where they say nothing.
// `*ret_note` is what people should be told of it (owned, free()), or NULL. NULL with `error` filled.
struct enl_signer *cli_signer_of(const struct cli_words *words, char **ret_note, struct enl_error *error);
#define CLI_SIGNER_OPTIONS                                                                                             \
    {"--sign-cert", "CHAIN", "PEM: the certificate to sign with, then those above it; a local one unless given"},      \
        {"--sign-key", "KEY", "PEM: its key"},                                                                        \
        {"--sign-command", "COMMAND", "instead of a key: hash in, signature out (docs/credentials.md)"},              \
        {"--tsa", "URL", "a time-stamp authority (RFC 3161) that attests when it was signed"}
// A whole file as a string; free with free(). NULL with `error` filled; at most a megabyte.
char *cli_read_text(const char *path, struct enl_error *error);
// "sky 32 %, waves 24 %, one face (smiling)" on standard output.
void cli_print_scene(const struct enl_scene *scene);
void cli_print_plan(const struct enl_plan *plan);

#endif
