// SPDX-License-Identifier: MIT
// run_prompts [-v] FILE...: plans each prompt of the files and prints how many came out as expected, a language a line.
// Fails where a file is under 95 %. README.md tells the format. -v prints what went wrong.
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/kinds.h"

#include <enliven/plan.h>

#define LEAST 95 // percent
#define MAX_LANGS 16
#define COUNT(a) (int)(sizeof(a) / sizeof *(a))

// Stand-ins for the rooms further on, so that the suite asks for the same whatever motions a build has. Weak: they
// take the place of the library's own.
#define WEAK __attribute__((weak))

WEAK const char *enl_element_name(enum enl_element element) {
    static const char *const names[ENL_ELEMENTS] = {
        [ENL_SKY] = "sky",   [ENL_WATER] = "water", [ENL_PLANTS] = "plants", [ENL_PERSON] = "person",
        [ENL_HAIR] = "hair", [ENL_FACE] = "face",   [ENL_FLAMES] = "flames", [ENL_DEPTH] = "depth"};
    return names[element] ? names[element] : "?";
}

static const char *no_sky(const struct enl_scene *s) {
    return s->share[ENL_SKY] > 0 ? NULL : "no sky was found";
}
static const char *no_night(const struct enl_scene *s) {
    return s->night ? NULL : "it is not night here";
}
static const char *no_waves(const struct enl_scene *s) {
    return s->water == ENL_WATER_WAVES ? NULL : "no waves were found";
}
static const char *no_stream(const struct enl_scene *s) {
    return s->water == ENL_WATER_STREAM ? NULL : "no stream was found";
}
static const char *no_beach(const struct enl_scene *s) {
    return s->beach > 0 ? NULL : "no beach was found";
}
static const char *no_water(const struct enl_scene *s) {
    return s->water == ENL_WATER_NONE ? "no water was found" : NULL;
}
static const char *no_plants(const struct enl_scene *s) {
    return s->share[ENL_PLANTS] > 0 ? NULL : "no plants were found";
}
static const char *no_hair(const struct enl_scene *s) {
    return s->share[ENL_HAIR] > 0 ? NULL : "no hair was found";
}
static const char *no_face(const struct enl_scene *s) {
    return s->face_count ? NULL : "no face was found";
}
static const char *no_fire(const struct enl_scene *s) {
    return s->share[ENL_FLAMES] > 0 ? NULL : "no fire was found";
}

#define USUAL .speed = 1, .amount = 1
#define OF(element, why) .region = (element), .why_not = (why), USUAL
static const struct enl_motion_kind motions[] = {
    {.name = "clouds", .by_default = true, OF(ENL_SKY, no_sky)},
    {.name = "waves", .by_default = true, .direction = 290, OF(ENL_WATER, no_waves)},
    {.name = "stream", .by_default = true, .direction = 270, OF(ENL_WATER, no_stream)},
    {.name = "swash", .by_default = true, OF(ENL_WATER, no_beach)},
    {.name = "sway", .by_default = true, OF(ENL_PLANTS, no_plants)},
    {.name = "hair", .by_default = true, OF(ENL_HAIR, no_hair)},
    {.name = "smile", .by_default = true, OF(ENL_FACE, no_face)},
    {.name = "blink", .by_default = true, OF(ENL_FACE, no_face)},
    {.name = "breath", .by_default = true, OF(ENL_PERSON, no_face)},
    {.name = "head", .by_default = true, OF(ENL_FACE, no_face)},
    {.name = "flames", .by_default = true, OF(ENL_FLAMES, no_fire)},
    {.name = "smoke", .by_default = true, OF(ENL_DEPTH, no_fire)},
    {.name = "stars", .by_default = true, OF(ENL_SKY, no_night)},
    {.name = "lamps", .by_default = true, OF(ENL_DEPTH, no_night)},
    {.name = "glow", OF(ENL_SKY, no_sky)},
    {.name = "sparkles", OF(ENL_WATER, no_water)},
    {.name = "gaze", OF(ENL_FACE, no_face)},
    {.name = "nod", OF(ENL_FACE, no_face)},
    {.name = "turn", OF(ENL_FACE, no_face)},
    {.name = "rain", OF(ENL_ELEMENTS, NULL)},
    {.name = "snow", OF(ENL_ELEMENTS, NULL)},
    {.name = "fog", OF(ENL_ELEMENTS, NULL)},
    {.name = "sunset", OF(ENL_ELEMENTS, NULL)},
    {.name = "night", OF(ENL_ELEMENTS, NULL)},
    {.name = "day", OF(ENL_ELEMENTS, NULL)},
    {.name = "zoom_in", .last_resort = true, OF(ENL_ELEMENTS, NULL)},
    {.name = "zoom_out", OF(ENL_ELEMENTS, NULL)},
    {.name = "pan", OF(ENL_ELEMENTS, NULL)},
    {.name = "orbit", OF(ENL_ELEMENTS, NULL)},
    {.name = "dolly", OF(ENL_ELEMENTS, NULL)},
    {.name = "handheld", OF(ENL_ELEMENTS, NULL)},
};

static float waves(const struct enl_scene *s) {
    return s->water == ENL_WATER_WAVES;
}
static float streams(const struct enl_scene *s) {
    return s->water == ENL_WATER_STREAM;
}
static float wind(const struct enl_scene *s) {
    return s->share[ENL_SKY] > 0 ? .5f : 0;
}
static float leaves(const struct enl_scene *s) {
    return s->share[ENL_PLANTS] > 0 ? .5f : 0;
}
static float room(const struct enl_scene *s) {
    return s->share[ENL_SKY] > 0 ? 0 : .5f;
}
static float fire(const struct enl_scene *s) {
    return s->share[ENL_FLAMES] > 0;
}
static float none(const struct enl_scene *s) {
    return 0 * s->horizon;
}

static const struct enl_sound_kind sounds[] = {
    {"ocean", "", waves, ENL_WATER},   {"gurgle", "", none, ENL_WATER},    {"stream", "", streams, ENL_WATER},
    {"fall", "", none, ENL_WATER},     {"wind", "", wind, ENL_ELEMENTS},   {"leaves", "", leaves, ENL_PLANTS},
    {"room", "", room, ENL_ELEMENTS},  {"rain", "", none, ENL_ELEMENTS},   {"fire", "", fire, ENL_FLAMES},
    {"birds", "", none, ENL_PLANTS},   {"crickets", "", none, ENL_PLANTS}, {"city", "", none, ENL_ELEMENTS},
    {"crowd", "", none, ENL_PERSON},   {"snow", "", none, ENL_ELEMENTS},
};

WEAK const struct enl_motion_kind *enl_motion_kind_at(int index) {
    return index >= 0 && index < COUNT(motions) ? &motions[index] : NULL;
}
WEAK const struct enl_sound_kind *enl_sound_kind_at(int index) {
    return index >= 0 && index < COUNT(sounds) ? &sounds[index] : NULL;
}

static struct enl_scene *scene_of(char letter) {
    static const struct {
        char letter;
        const char *has; // sky, water, plants, face, flames, night, beach
    } made_up[] = {{'S', "swp"}, {'R', "swp"}, {'A', "swpf"}, {'P', "pf"}, {'K', "f"},
                   {'B', "swb"}, {'M', "sp"},  {'C', "sn"},  {'F', "fl"},   {'N', ""}};
    struct enl_scene *scene = calloc(1, sizeof *scene);
    for (int i = 0; scene && i < COUNT(made_up); i++) {
        if (made_up[i].letter != letter) continue;
        const char *has = made_up[i].has;
        scene->share[ENL_SKY] = strchr(has, 's') ? .3f : 0;
        scene->share[ENL_WATER] = strchr(has, 'w') ? .3f : 0;
        scene->share[ENL_PLANTS] = strchr(has, 'p') ? .3f : 0;
        scene->share[ENL_FLAMES] = strchr(has, 'l') ? .1f : 0;
        scene->share[ENL_PERSON] = scene->share[ENL_HAIR] = scene->share[ENL_FACE] = strchr(has, 'f') ? .2f : 0;
        scene->face_count = strchr(has, 'f') != NULL;
        scene->beach = strchr(has, 'b') ? .9f : 0;
        scene->night = strchr(has, 'n') != NULL;
        for (int e = 0; e < ENL_ELEMENTS; e++) scene->confidence[e] = scene->share[e] > 0 ? .9f : 0;
        scene->confidence[ENL_DEPTH] = 1; // what has no element yet stands there
        scene->water = !strchr(has, 'w') ? ENL_WATER_NONE : letter == 'R' ? ENL_WATER_STREAM : ENL_WATER_WAVES;
        scene->water_direction = 200;
        return scene;
    }
    fprintf(stderr, "There is no scene %c.\n", letter);
    exit(2);
}

// One line of a file.
struct prompt {
    char *lang, *scene, *text, *motions, *sounds, *unknown;
};

static char *trim(char *text) {
    while (isspace((unsigned char)*text)) text++;
    size_t length = strlen(text);
    while (length && isspace((unsigned char)text[length - 1])) text[--length] = 0;
    return text;
}

static bool read_line(char *line, struct prompt *ret_prompt) {
    char **fields[] = {&ret_prompt->lang,    &ret_prompt->scene,  &ret_prompt->text,
                       &ret_prompt->motions, &ret_prompt->sounds, &ret_prompt->unknown};
    for (int i = 0; i < COUNT(fields); i++) {
        if (!line) return false;
        char *bar = strchr(line, '|');
        if (bar) *bar = 0;
        *fields[i] = trim(line);
        line = bar ? bar + 1 : NULL;
    }
    return !line;
}

static bool compares(char sign, double value, double natural) {
    if (sign == '-') return value < natural - 1e-4;
    if (sign == '+') return value > natural + 1e-4;
    if (sign == '=') return fabs(value - natural) < 1e-4;
    return fabs(value - (sign - '0')) < 1e-4;
}

static const struct enl_motion *find_motion(const struct enl_plan *plan, const char *name) {
    for (int i = 0; i < plan->motion_count; i++)
        if (!strcmp(plan->motions[i].motion, name)) return &plan->motions[i];
    return NULL;
}

// When each step of the order begins; a step seen first sets it, and must be later than those before.
struct clock {
    double at[10];
    bool known[10];
};

static bool is_in_time(struct clock *clock, int step, double start) {
    if (step == 0 && start > 1) return false;
    if (clock->known[step]) return fabs(clock->at[step] - start) < .01 || step == 0;
    clock->known[step] = true;
    clock->at[step] = start;
    for (int i = 0; i < step; i++)
        if (clock->known[i] && start < clock->at[i] + .5) return false;
    return start <= 4.5; // of the usual five seconds
}

static bool motion_is(const struct enl_motion *motion, const char *said, struct clock *clock) {
    bool ok = true;
    for (const char *m = said; ok && *m; m += strcspn(m, ",") + (m[strcspn(m, ",")] == ',')) {
        if (*m == 'd') ok = fabs((double)motion->direction - strtod(m + 1, NULL)) < .01;
        if (*m == 's') ok = compares(m[1], (double)motion->speed, 1);
        if (*m == 'a') ok = compares(m[1], (double)motion->amount, 1);
        if (*m == 't') ok = is_in_time(clock, m[1] - '0', (double)motion->start);
    }
    return ok;
}

static bool motions_are(const struct prompt *prompt, const struct enl_scene *scene, const struct enl_plan *plan) {
    char text[400], *rest = NULL;
    struct clock clock = {0};
    bool ok = true, expected[COUNT(motions)] = {false};
    snprintf(text, sizeof text, "%s", prompt->motions);
    for (char *name = strtok_r(text, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        char *said = strchr(name, ':');
        if (said) *said++ = 0;
        bool known = !strcmp(name, "none") || !strcmp(name, "*");
        for (int i = 0; i < COUNT(motions); i++) {
            bool by_itself = motions[i].by_default && !enl_why_not(&motions[i], scene);
            if (!strcmp(name, "*") ? !by_itself : strcmp(name, motions[i].name) != 0) continue;
            const struct enl_motion *motion = find_motion(plan, motions[i].name);
            ok = ok && motion && (!said || motion_is(motion, said, &clock));
            expected[i] = known = true;
        }
        if (!known) fprintf(stderr, "There is no motion %s.\n", name), exit(2);
    }
    int count = 0;
    for (int i = 0; i < COUNT(motions); i++) count += expected[i];
    return ok && count == plan->motion_count;
}

static bool sounds_are(const struct prompt *prompt, const struct enl_scene *scene, const struct enl_plan *plan) {
    char text[400], *rest = NULL;
    if (!strcmp(prompt->sounds, "none")) return plan->sound_count == 0;
    snprintf(text, sizeof text, "%s", prompt->sounds);
    for (char *name = strtok_r(text, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        if (!strcmp(name, "-")) continue;
        char *said = strchr(name, ':');
        if (said) *said++ = 0;
        bool unwanted = *name == '!', ok = unwanted, known = false;
        for (int k = 0; k < COUNT(sounds); k++) known |= !strcmp(sounds[k].name, name + unwanted);
        if (!known) fprintf(stderr, "There is no sound %s.\n", name), exit(2);
        for (int i = 0; i < plan->sound_count; i++) {
            if (strcmp(plan->sounds[i].sound, name + unwanted)) continue;
            ok = !unwanted;
            for (int k = 0; said && k < COUNT(sounds); k++)
                if (!strcmp(sounds[k].name, name))
                    ok = compares(said[1], (double)plan->sounds[i].level, (double)sounds[k].level(scene));
        }
        if (!ok) return false;
    }
    return true;
}

static bool has_word(const char *list, const char *word) {
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at++)
        if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ',')) return true;
    return false;
}

static bool words_are(const struct prompt *prompt, const struct enl_plan *plan) {
    char text[200], *rest = NULL;
    snprintf(text, sizeof text, "%s", prompt->unknown);
    for (char *word = strtok_r(text, ", ", &rest); word; word = strtok_r(NULL, ", ", &rest))
        if (strcmp(word, ".") && !has_word(plan->not_understood, word)) return false;
    return true;
}

static void show(const struct prompt *prompt, const struct enl_plan *plan) {
    printf("  %s %s \"%s\"\n    expected %s | %s | %s\n    got", prompt->lang, prompt->scene, prompt->text,
           prompt->motions, prompt->sounds, prompt->unknown);
    for (int m = 0; m < plan->motion_count; m++)
        printf(" %s:d%g,s%.2f,a%.2f,t%.1f", plan->motions[m].motion, (double)plan->motions[m].direction,
               (double)plan->motions[m].speed, (double)plan->motions[m].amount, (double)plan->motions[m].start);
    for (int m = 0; m < plan->sound_count; m++)
        printf("%s%s:%.2f", m ? " " : " | ", plan->sounds[m].sound, (double)plan->sounds[m].level);
    printf("\n    understood: %s; not: %s; left out: %s; changed: %s\n", plan->understood, plan->not_understood,
           plan->left_out, plan->notes);
}

struct score {
    char lang[8];
    int right, clean, of;
};

static struct score *score_of(struct score *scores, const char *lang) {
    for (int i = 0; i < MAX_LANGS; i++) {
        if (!scores[i].of) snprintf(scores[i].lang, sizeof scores[i].lang, "%s", lang);
        if (!strcmp(scores[i].lang, lang)) return &scores[i];
    }
    fprintf(stderr, "More than %d languages.\n", MAX_LANGS);
    exit(2);
}

static void judge(const struct prompt *prompt, bool verbose, struct score *score) {
    struct enl_scene *scene = scene_of(prompt->scene[0]);
    struct enl_error error = {0};
    struct enl_plan *plan = enl_plan_make(scene, enl_plan_params(.prompt = prompt->text, .lang = prompt->lang), &error);
    if (!plan) printf("  \"%s\": %s\n", prompt->text, error.text);
    bool right = plan && motions_are(prompt, scene, plan) && sounds_are(prompt, scene, plan) && words_are(prompt, plan);
    bool clean = plan && (strcmp(prompt->unknown, ".") != 0 || !plan->not_understood[0]);
    score->of++;
    score->right += right;
    score->clean += clean;
    if (plan && verbose && (!right || !clean)) {
        printf(right ? " words only:\n" : " WRONG:\n");
        show(prompt, plan);
    }
    enl_plan_free(&plan);
    free(scene);
}

// Whether enough of a file came out right.
static bool run(const char *path, bool verbose) {
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        return false;
    }
    struct score scores[MAX_LANGS] = {0}, all = {.lang = "all"};
    char line[2000];
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        struct prompt prompt;
        if (!*trim(line) || line[0] == '#') continue;
        if (!read_line(line, &prompt)) {
            fprintf(stderr, "%s:%d: six fields with | between are wanted.\n", path, number);
            exit(2);
        }
        judge(&prompt, verbose, score_of(scores, prompt.lang));
    }
    fclose(file);
    const char *slash = strrchr(path, '/');
    printf("%s\n", slash ? slash + 1 : path);
    for (int i = 0; i < MAX_LANGS && scores[i].of; i++) {
        printf("  %s: %d of %d right, %d with no word left over\n", scores[i].lang, scores[i].right, scores[i].of,
               scores[i].clean);
        all.right += scores[i].right, all.clean += scores[i].clean, all.of += scores[i].of;
    }
    printf("  %s: %d of %d right (%.1f %%), %d with no word left over\n", all.lang, all.right, all.of,
           all.of ? 100. * all.right / all.of : 0, all.clean);
    return all.of && 100 * all.right >= LEAST * all.of;
}

int main(int count, char **arguments) {
    bool verbose = count > 1 && !strcmp(arguments[1], "-v"), ok = count > 1 + verbose;
    for (int i = 1 + verbose; i < count; i++) ok &= run(arguments[i], verbose);
    return !ok;
}
