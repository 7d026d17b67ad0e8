// SPDX-License-Identifier: MIT
#include "cli/cli.h"
#include "base/base.h"
#include "credential/signature.h"
#include "movie/movie.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct cli_option options[] = {
    {"-o", "OUT", "the video's name, whose ending tells the format; PHOTO's name with .story.mp4 unless given"},
    {"--format", "NAME", "mp4, webp, gif, avif, motion (a JPEG with the video in it) or live (a .mov and a .jpg)"},
    {"--prompt", "TEXT", "what should happen; \"" ENL_DEFAULT_PROMPT "\" unless given"},
    {"--seconds", "3..15", "length; 5 unless given"},
    {"--fps", "24|25|30|60", "frames a second; 30 unless given. A GIF: 10, 15, 20 or 25, and 20"},
    {"--size", "story|photo|WxH", "story is 1080x1920; photo, the default, keeps the photo's shape, at most 1920 long"},
    {"--seed", "N", "another number, another take"},
    {"--loop", NULL, "the end meets the beginning; WebP, GIF and AVIF always do"},
    {"--no-loop", NULL, "but not with this"},
    {"--mute", NULL, "no sound"},
    {"--preview", NULL, "half a second of it, each side a quarter, no sound: to see soon what it will be"},
    {"--plan", "FILE", "a plan in JSON, as enliven plan --json writes it"},
    {"--only", "ELEMENT[,..]", "move only these elements or motions"},
    {"--without", "ELEMENT[,..]", "leave these still"},
    {"--arrow", "X0,Y0,X1,Y1", "what lies there flows that way; fractions of the photo, 0,0 top left; may be repeated"},
    {"--freeze", "MASK", "a picture of the photo's shape: its white parts must stay as they are"},
    {"--lang", "L", "language of the label and of the prompt: en, de, es, fr, it, ja, pt, sl, zh"},
    {"--threads", "N", "threads to use; one a core unless given"},
    CLI_SIGNER_OPTIONS,
    CLI_TRUST_OPTIONS,
    {"--json", NULL, "tell what was done as JSON"},
    {"--force", NULL, "replace OUT if it exists"},
    {"--model", "SLOT=FILE", "a network of your own: scene_classes, sky or depth (docs/models.md)"},
    {"--no-simd", NULL, "plain code; the frames are the same"},
    {NULL, NULL, NULL}};

struct bar {
    bool shown;
    double last; // when it was last drawn
};

static bool progress(void *user, const char *stage, double done, double left) {
    struct bar *bar = user;
    double now = enl_seconds();
    if (bar->shown && (now - bar->last > .1 || done >= 1)) {
        int full = (int)(done * 30 + .5);
        fprintf(cli_voice(), "\r\033[K%-8s [%.*s%.*s] %3.0f %%", stage, full, "##############################",
                30 - full, "..............................", 100 * done);
        if (left >= 0) fprintf(cli_voice(), "  %.0f s left", left + .5);
        fflush(cli_voice());
        bar->last = now;
    }
    return !cli_stopped();
}

// PHOTO without its ending, with .story or .preview and the format's; free with free().
static char *default_output(const char *photo, const char *name_of_format, bool preview) {
    const struct enl_movie_format *format = name_of_format ? enl_movie_format_find(name_of_format) : NULL;
    const char *ending = (format ? format : enl_movie_formats[0])->usual;
    const char *slash = strrchr(photo, '/'), *dot = strrchr(photo, '.');
    size_t length = dot && dot > photo && (!slash || dot > slash + 1) ? (size_t)(dot - photo) : strlen(photo);
    const char *what = preview ? ".preview" : ".story";
    size_t size = length + strlen(what) + strlen(ending) + 1;
    char *name = malloc(size);
    if (name) snprintf(name, size, "%.*s%s%s", (int)length, photo, what, ending);
    return name;
}

// JSON is UTF-8; a name need not be.
static json_t *json_name(const char *name) {
    json_t *named = json_string(name);
    char *ascii = named ? NULL : strdup(name);
    for (char *c = ascii; c && *c; c++)
        if ((unsigned char)*c >= 0x80) *c = '?';
    if (ascii) named = json_string(ascii);
    free(ascii);
    return named;
}

// {"worst": percent, "faces": [[face, percent], ...]}, or null where no face was measured.
static json_t *json_drift(const struct enl_story *story) {
    if (!story->drift_count) return json_null();
    json_t *faces = json_array();
    float worst = 0;
    for (int i = 0; i < story->drift_count; i++) {
        worst = story->drift[i].shape > worst ? story->drift[i].shape : worst;
        json_array_append_new(faces, json_pack("{s:i, s:f}", "face", story->drift[i].face, "shape",
                                               round((double)story->drift[i].shape * 100) / 100));
    }
    return json_pack("{s:f, s:o}", "worst", round((double)worst * 100) / 100, "faces", faces);
}

static void print_drift(const struct enl_story *story) {
    float worst = 0;
    for (int i = 0; i < story->drift_count; i++) worst = story->drift[i].shape > worst ? story->drift[i].shape : worst;
    if (story->drift_count)
        printf("Drift: faces keep their shape to %.1f %% of the distance between the eyes (%d measured)\n",
               (double)worst, story->drift_count);
    else if (story->scene->face_count) printf("Drift: not measured\n");
    if (story->faces_small)
        printf("Left alone: %d face%s under 60 pixels\n", story->faces_small, story->faces_small == 1 ? "" : "s");
}

static void print_json(const struct enl_story *story, const struct enl_signer *signer, const char *out) {
    char *plan = enl_plan_to_json(story->plan, NULL), *scene = enl_scene_to_json(story->scene, NULL), hash[20];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)story->frames_hash);
    json_t *stages = json_object(), *seen = json_loads(scene ? scene : "null", JSON_DECODE_ANY, NULL);
    for (int i = 0; i < story->stage_count; i++)
        json_object_set_new(stages, story->stages[i].name, json_real(round(story->stages[i].seconds * 1e4) / 1e4));
    size_t index;
    json_t *face;
    json_array_foreach(json_object_get(seen, "faces"), index, face)
        json_object_del(face, "landmarks"); // enliven look has them
    json_t *root = json_pack("{s:o, s:i, s:i, s:i, s:i, s:f, s:s, s:[f,f,f,f], s:o, s:o, s:o}", "video", json_name(out),
                             "width", story->width, "height", story->height, "fps", story->fps, "frames", story->frames,
                             "seconds", story->seconds, "frames_hash", hash, "crop", (double)story->crop[0],
                             (double)story->crop[1], (double)story->crop[2], (double)story->crop[3], "stages", stages,
                             "scene", seen, "plan", json_loads(plan ? plan : "null", JSON_DECODE_ANY, NULL));
    if (root) json_object_set_new(root, "drift", json_drift(story));
    if (root) json_object_set_new(root, "signed_by", json_name(enl_signer_certificate(signer)->common_name));
    if (root && enl_signer_unstamped(signer))
        json_object_set_new(root, "no_time_stamp", json_name(enl_signer_unstamped(signer)));
    if (root) json_object_set_new(root, "faces_small", json_integer(story->faces_small));
    if (root && story->second) json_object_set_new(root, "second", json_name(story->second));
    if (root) json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    printf("\n");
    json_decref(root);
    free(plan);
    free(scene);
}

static void print_story(struct enl_story *story, const struct enl_signer *signer, const char *note, char *out,
                        double seconds) {
    cli_print_scene(story->scene);
    cli_print_plan(story->plan);
    print_drift(story);
    printf("Signed: by %s%s%s\n", enl_signer_certificate(signer)->common_name, note ? ". " : "", note ? note : "");
    enl_clean(out); // a name may hold anything
    if (story->second) enl_clean(story->second);
    printf("Wrote: %s%s%s, %dx%d, %g s, in %.1f s\n", out, story->second ? " and " : "",
           story->second ? story->second : "", story->width, story->height, story->seconds, seconds);
}

static bool read_fps(const struct cli_words *words, int *fps, struct enl_error *error) {
    const char *text = cli_value(words, "--fps");
    if (!text) return true;
    static const int rates[] = {10, 15, 20, 24, 25, 30, 60}; // the format chooses among them
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        char name[4];
        snprintf(name, sizeof name, "%d", rates[i]);
        if (!strcmp(text, name)) return *fps = rates[i], true;
    }
    return enl_fail(error, ENL_USAGE, "--fps must be 24, 25, 30 or 60 (a GIF's: 10, 15, 20 or 25), not \"%.40s\".",
                    text);
}

// The plan's freeze mask lies where the plan lies, unless that is no file but a pipe.
static bool place_freeze(struct enl_plan *plan, const char *path, struct enl_error *error) {
    const char *slash = strrchr(path, '/');
    struct stat info;
    if (!plan->freeze[0] || plan->freeze[0] == '/' || !slash) return true;
    if (stat(path, &info) || !S_ISREG(info.st_mode)) return true;
    size_t folder = (size_t)(slash + 1 - path), length = strlen(plan->freeze) + 1;
    if (folder + length > sizeof plan->freeze)
        return enl_fail(error, ENL_USAGE, "The path of the plan's freeze mask is longer than %d bytes.",
                        ENL_MAX_FREEZE);
    memmove(plan->freeze + folder, plan->freeze, length);
    memcpy(plan->freeze, path, folder);
    return true;
}

static bool read_params(const struct cli_words *words, struct enl_story_params *p, struct enl_plan **ret_plan,
                        struct enl_error *error) {
    double seconds = 0, seed = 0, threads = 0;
    int fps = 0;
    if (!cli_number(words, "--seconds", 3, 15, false, &seconds, error) || !read_fps(words, &fps, error) ||
        !cli_number(words, "--seed", 0, 9007199254740991, true, &seed, error) ||
        !cli_number(words, "--threads", 1, 64, true, &threads, error))
        return false;
    const char *plan = cli_value(words, "--plan");
    if (plan) {
        char *json = cli_read_text(plan, error);
        *ret_plan = json ? enl_plan_from_json(json, error) : NULL;
        free(json);
        if (!*ret_plan || !place_freeze(*ret_plan, plan, error)) return false;
        if (cli_value(words, "--prompt") || cli_value(words, "--only") || cli_value(words, "--without"))
            return enl_fail(error, ENL_USAGE,
                            "--plan says it all; leave out --prompt, --only and --without, or edit the plan.");
    }
    if (cli_value(words, "--loop") && cli_value(words, "--no-loop"))
        return enl_fail(error, ENL_USAGE, "--loop or --no-loop, not both.");
    *p = (struct enl_story_params){.prompt = cli_value(words, "--prompt"),
                                   .lang = cli_value(words, "--lang"),
                                   .seconds = seconds,
                                   .fps = fps,
                                   .size = cli_value(words, "--size"),
                                   .seed = (uint64_t)seed,
                                   .format = cli_value(words, "--format"),
                                   .loop = cli_value(words, "--loop"),
                                   .once = cli_value(words, "--no-loop"),
                                   .mute = cli_value(words, "--mute"),
                                   .preview = cli_value(words, "--preview"),
                                   .force = cli_value(words, "--force"),
                                   .plan = *ret_plan,
                                   .only = cli_value(words, "--only"),
                                   .without = cli_value(words, "--without"),
                                   .freeze = cli_value(words, "--freeze"),
                                   .threads = (int)threads,
                                   .no_simd = cli_value(words, "--no-simd")};
    return true;
}

static int run(int count, char **arguments) {
    struct cli_words words;
    struct enl_error error = {0};
    struct enl_story_params params = {0};
    struct enl_plan *plan = NULL;
    struct enl_arrow arrows[ENL_MAX_ARROWS];
    if (!cli_parse(&cli_story, count, arguments, &words, &error)) return cli_complain(&error);
    if (!read_params(&words, &params, &plan, &error) || !cli_arrows(&words, arrows, &params.arrow_count, &error)) {
        enl_plan_free(&plan);
        return cli_complain(&error);
    }
    struct bar bar = {.shown = isatty(STDERR_FILENO)};
    params.progress = progress;
    params.user = &bar;
    params.arrows = arrows;
    double began = enl_seconds();
    char *named = cli_value(&words, "-o") ? strdup(cli_value(&words, "-o")) :
                                            default_output(words.arguments[0], params.format, params.preview);
    struct enl_story *story = NULL;
    struct enl_signer *signer = NULL;
    struct enl_trust *trust = NULL;
    char *note = NULL;
    if (!named) enl_fail(&error, ENL_NO_MEMORY, "Not enough memory.");
    else if (!*named) enl_fail(&error, ENL_USAGE, "-o needs a file name.");
    else if (cli_same_file(named, words.arguments[0]))
        enl_fail(&error, ENL_USAGE, "The video cannot replace the photo; choose another name with -o.");
    else if ((trust = cli_trust_of(&words, &error)) && (signer = cli_signer_of(&words, &note, &error)) &&
             (params.models = cli_models(&words, &error))) {
        cli_hold_signals(); // it puts its file in order
        params.signer = signer;
        params.trust = trust;
        story = enl_story_make(words.arguments[0], named, &params, &error);
    }
    if (bar.shown) fprintf(cli_voice(), "\r\033[K");
    if (story && cli_value(&words, "--json")) print_json(story, signer, named);
    else if (story) print_story(story, signer, note, named, enl_seconds() - began);
    if (story && enl_signer_unstamped(signer))
        fprintf(cli_voice(), "enliven: No time-stamp: %s\n", enl_signer_unstamped(signer));
    int status = story ? ENL_OK : cli_complain(&error);
    enl_story_free(&story);
    enl_plan_free(&plan);
    enl_models_free(&params.models);
    enl_signer_free(&signer);
    enl_trust_free(&trust);
    free(note);
    free(named);
    return status;
}

const struct cli_command cli_story = {CLI_STORY, .options = options, .run = run};
