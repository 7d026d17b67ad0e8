// SPDX-License-Identifier: MIT
// Planning: what prompts in two languages come to in scenes made up here, and what is refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/kinds.h"
#include "plan/lexicon.h"

#include <enliven/plan.h>

// Stand-ins for the rooms further on; weak, so that a test linked with them tests with them.
#define WEAK __attribute__((weak))

static const char *no_sky(const struct enl_scene *s) { return s->share[ENL_SKY] > 0 ? NULL : "no sky was found"; }
static const char *no_waves(const struct enl_scene *s) {
    if (s->water == ENL_WATER_NONE) return "no water was found";
    return s->water == ENL_WATER_STILL || s->water == ENL_WATER_WAVES ? NULL : "the water here is a stream";
}
static const char *no_stream(const struct enl_scene *s) {
    if (s->water == ENL_WATER_NONE) return "no water was found";
    return s->water == ENL_WATER_STREAM || s->water == ENL_WATER_FALL ? NULL : "the water here does not stream";
}
static const char *no_plants(const struct enl_scene *s) {
    return s->share[ENL_PLANTS] > 0 ? NULL : "no plants were found";
}
static const char *no_hair(const struct enl_scene *s) { return s->share[ENL_HAIR] > 0 ? NULL : "no hair was found"; }
static const char *no_face(const struct enl_scene *s) { return s->face_count ? NULL : "no face was found"; }
static const char *no_person(const struct enl_scene *s) {
    return s->share[ENL_PERSON] > 0 ? NULL : "no person was found";
}

#define USUAL .speed = 1, .amount = 1
static const struct enl_motion_kind motions[] = {
    {.name = "clouds", .region = ENL_SKY, .by_default = true, USUAL, .why_not = no_sky},
    {.name = "waves", .region = ENL_WATER, .by_default = true, .direction = 290, USUAL, .why_not = no_waves},
    {.name = "stream", .region = ENL_WATER, .by_default = true, .direction = 270, USUAL, .why_not = no_stream},
    {.name = "sway", .region = ENL_PLANTS, .by_default = true, USUAL, .why_not = no_plants},
    {.name = "hair", .region = ENL_HAIR, .by_default = true, USUAL, .why_not = no_hair},
    {.name = "smile", .region = ENL_FACE, .by_default = true, USUAL, .why_not = no_face},
    {.name = "blink", .region = ENL_FACE, .by_default = true, USUAL, .why_not = no_face},
    {.name = "breath", .region = ENL_PERSON, .by_default = true, USUAL, .why_not = no_person},
    {.name = "head", .region = ENL_FACE, .by_default = true, USUAL, .why_not = no_face},
    {.name = "zoom_in", .region = ENL_ELEMENTS, .last_resort = true, USUAL},
    {.name = "zoom_out", .region = ENL_ELEMENTS, USUAL},
    {.name = "pan", .region = ENL_ELEMENTS, USUAL},
    {.name = "orbit", .region = ENL_ELEMENTS, USUAL},
    {.name = "dolly", .region = ENL_ELEMENTS, USUAL},
    {.name = "handheld", .region = ENL_ELEMENTS, USUAL},
};

static float ocean(const struct enl_scene *s) { return s->water == ENL_WATER_WAVES ? 1 : 0; }
static float gurgle(const struct enl_scene *s) {
    return s->water == ENL_WATER_STILL ? .8f : s->water == ENL_WATER_STREAM ? .5f : 0;
}
static float stream(const struct enl_scene *s) {
    return s->water == ENL_WATER_STREAM || s->water == ENL_WATER_FALL ? 1 : 0;
}
static float wind(const struct enl_scene *s) { return s->share[ENL_SKY] > 0 ? .5f : 0; }
static float leaves(const struct enl_scene *s) { return s->share[ENL_PLANTS] > 0 ? .5f : 0; }
static float room(const struct enl_scene *s) { return s->share[ENL_SKY] > 0 ? 0 : .5f; }

static const struct enl_sound_kind sounds[] = {{"ocean", "", ocean, ENL_WATER}, {"gurgle", "", gurgle, ENL_WATER}, {"stream", "", stream, ENL_WATER},
                                               {"wind", "", wind, ENL_ELEMENTS}, {"leaves", "", leaves, ENL_PLANTS}, {"room", "", room, ENL_ELEMENTS}};

WEAK const struct enl_motion_kind *enl_motion_kind_at(int index) {
    return index >= 0 && index < (int)(sizeof motions / sizeof *motions) ? &motions[index] : NULL;
}
WEAK const struct enl_sound_kind *enl_sound_kind_at(int index) {
    return index >= 0 && index < (int)(sizeof sounds / sizeof *sounds) ? &sounds[index] : NULL;
}
WEAK const char *enl_element_name(enum enl_element element) {
    static const char *const names[ENL_ELEMENTS] = {
        [ENL_SKY] = "sky",   [ENL_WATER] = "water", [ENL_PLANTS] = "plants", [ENL_PERSON] = "person",
        [ENL_HAIR] = "hair", [ENL_FACE] = "face",   [ENL_FLAMES] = "flames", [ENL_ANIMAL] = "animal", [ENL_DEPTH] = "depth"};
    return names[element] ? names[element] : "?";
}

// Scenes by a letter: S seaside (sky, waves, plants), P portrait among plants, R river, A all of it, N nothing,
// L a lake under what may or may not be sky.
static struct enl_scene *scene_of(char letter) {
    struct enl_scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    bool has[ENL_ELEMENTS] = {[ENL_SKY] = strchr("SRAL", letter),    [ENL_WATER] = strchr("SRAL", letter),
                              [ENL_PLANTS] = strchr("SPRA", letter), [ENL_PERSON] = strchr("PA", letter),
                              [ENL_HAIR] = strchr("PA", letter),     [ENL_FACE] = strchr("PA", letter)};
    for (int i = 0; i < ENL_ELEMENTS; i++) {
        scene->share[i] = has[i] ? .3f : 0;
        scene->confidence[i] = has[i] ? .9f : 0;
    }
    scene->water = letter == 'R'    ? ENL_WATER_STREAM
                   : letter == 'L'  ? ENL_WATER_STILL
                   : has[ENL_WATER] ? ENL_WATER_WAVES
                                    : ENL_WATER_NONE;
    scene->water_direction = 200;
    scene->face_count = has[ENL_FACE];
    if (letter == 'L') scene->confidence[ENL_SKY] = .2f;
    return scene;
}

// What a prompt should come to. Motions and sounds: names with, after a colon, d180 (direction), s- s+ (slower, faster
// than natural), s= (natural), a- a+ a= and a2 (amount); l- l+ l= for sounds (against the scene's own level).
// "*" stands for all that moves here by itself, with the same modifiers for all. NULL sounds: whatever.
struct example {
    const char *lang;
    char scene;
    const char *prompt, *motions, *sounds;
};

// Written together with the lexicons; when one fails, the words are mended.
static const struct example tuned[] = {
    {"en", 'S', "make this photo come alive", "*", "ocean wind leaves"},
    {"en", 'S', "only the clouds", "clouds", NULL},
    {"en", 'S', "let the waves roll slowly to the left", "waves:d180,s-", NULL},
    {"en", 'S', "clouds drift right, trees sway strongly", "clouds:d0,s=,a= sway:a+", NULL},
    {"en", 'A', "keep her still", "clouds waves sway", NULL},
    {"en", 'S', "don't move the water", "clouds sway", NULL},
    {"en", 'S', "no sound", "*", ""},
    {"en", 'S', "without waves", "clouds sway", NULL},
    {"en", 'P', "smile a little", "smile:a-", NULL},
    {"en", 'P', "big smile", "smile:a+", NULL},
    {"en", 'P', "blink twice", "blink:a2", NULL},
    {"en", 'S', "zoom in slowly", "zoom_in:s-", NULL},
    {"en", 'N', "no camera", "", NULL},
    {"en", 'N', "make this photo come alive", "zoom_in", NULL},
    {"en", 'S', "stormy", "*:s+,a+", "ocean:l+ wind:l+ leaves:l+"},
    {"en", 'S', "calm evening", "*:s-,a-", "ocean:l- wind:l- leaves:l-"},
    {"en", 'A', "keep everything still", "", NULL},
    {"en", 'S', "louder waves", "*", "ocean:l+ wind:l= leaves:l="},
    {"en", 'S', "only wind", "*", "wind"},
    {"en", 'S', "with gurgling water", "*", "ocean gurgle wind leaves"},
    {"en", 'S', "silent", "*", ""},
    {"en", 'N', "move the clouds", "zoom_in", NULL},
    {"en", 'A', "clouds and water move slowly", "clouds:s- waves:s-", NULL},
    {"en", 'A', "slow clouds and fast waves", "clouds:s- waves:s+", NULL},
    {"en", 'A', "don't move the water and the trees", "clouds hair smile blink breath head", NULL},
    {"en", 'A', "everything except the water", "clouds sway hair smile blink breath head", NULL},
    {"en", 'A', "keep everything still except the clouds", "clouds", NULL},
    {"en", 'A', "she smiles and blinks twice while the clouds drift left", "smile blink:a2 clouds:d180", NULL},
    {"en", 'R', "the river flows fast", "stream:s+,d200", NULL},
    {"en", 'L', "make this photo come alive", "waves", NULL},
    {"en", 'L', "let the clouds drift", "clouds", NULL},
    {"en", 'A', "camera pans to the left", "pan:d180", NULL},
    {"en", 'A', "make this photo come alive and zoom out", "* zoom_out", NULL},
    {"en", 'A', "not too fast", "*:s-", NULL},
    {"de", 'S', "mach dieses Foto lebendig", "*", "ocean wind leaves"},
    {"de", 'S', "nur die Wolken", "clouds", NULL},
    {"de", 'S', "Lass die Wellen langsam nach links rollen", "waves:d180,s-", NULL},
    {"de", 'S', "Wolken ziehen nach rechts, Bäume wiegen sich stark", "clouds:d0 sway:a+", NULL},
    {"de", 'A', "halte sie still", "clouds waves sway", NULL},
    {"de", 'S', "Das Wasser nicht bewegen", "clouds sway", NULL},
    {"de", 'S', "kein Ton", "*", ""},
    {"de", 'S', "ohne Wellen", "clouds sway", NULL},
    {"de", 'P', "ein bisschen lächeln", "smile:a-", NULL},
    {"de", 'P', "zweimal blinzeln", "blink:a2", NULL},
    {"de", 'S', "langsam hineinzoomen", "zoom_in:s-", NULL},
    {"de", 'S', "stürmisch", "*:s+,a+", NULL},
    {"de", 'S', "ruhiger Abend", "*:s-,a-", NULL},
    {"en", 'S', "Die Wolken ziehen langsam nach links", "clouds:s-,d180", NULL},
    {"de", 'S', "slow clouds", "clouds:s-", NULL},
    {"en", 'A', "stormy", "clouds:s+,a+ waves:s+,a+ sway:s+,a+ hair:s+,a+ smile:a= blink:s= breath:s= head:a=", NULL},
    {"en", 'A', "the sea, the sky and the trees should all move gently", "clouds:a- waves:a- sway:a-", NULL},
    {"en", 'A', "all clouds", "clouds", NULL},
    {"en", 'A', "keep all still", "", NULL},
    {"de", 'A', "alle Wolken ziehen", "clouds", NULL},
    // Once held out: 38 of these 48 were right when they first ran; then they were tuned for.
    {"en", 'S', "Please make the clouds float gently from left to right.", "clouds:d0,s-,a-", NULL},
    {"en", 'A', "Her hair blows in the wind", "hair:s+,a+", NULL},
    {"en", 'S', "The sea should be wild and loud", "waves:s+,a+", "ocean:l+ wind"},
    {"en", 'P', "A gentle smile, then a slow blink", "smile:a- blink:s-", NULL},
    {"en", 'A', "animate the sky but not the people", "clouds", NULL},
    {"en", 'A', "freeze the water and the trees", "clouds hair smile blink breath head", NULL},
    {"en", 'S', "very slow clouds, no sound", "clouds:s-", ""},
    {"en", 'R', "waterfall rushing down quickly", "stream:d270,s+", NULL},
    {"en", 'A', "slow dolly in, nothing else moves", "dolly:s-", NULL},
    {"en", 'P', "make her laugh", "smile", NULL},
    {"en", 'P', "don't let her smile", "blink breath head hair sway", NULL},
    {"en", 'A', "move the grass and the flowers a bit in the breeze", "sway:a-", NULL},
    {"en", 'S', "big waves crashing, dark stormy clouds moving fast to the right", "waves:a+ clouds:d0,s+,a+", NULL},
    {"en", 'A', "I want everything to move slowly except her", "clouds:s- waves:s- sway:s-", NULL},
    {"en", 'S', "quiet ocean sounds, no wind", "*", "ocean:l- leaves"},
    {"en", 'S', "the water flows backwards", "waves:d110", NULL},
    {"en", 'A', "static camera, let the leaves rustle", "sway", NULL},
    {"en", 'P', "he winks and nods slightly", "blink head:a-", NULL},
    {"en", 'A', "dreamy atmosphere with slow clouds and a subtle zoom", "*:s- zoom_in:a-", NULL},
    {"en", 'S', "clouds: left, waves: right", "clouds:d180 waves:d0", NULL},
    {"en", 'A', "The trees on the left sway", "sway", NULL},
    {"en", 'A', "just her eyes", "blink", NULL},
    {"en", 'S', "make the waves bigger and faster", "waves:a+,s+", NULL},
    {"en", 'A', "Don't zoom. Don't pan. Just make the water move.", "waves", NULL},
    {"en", 'A', "the clouds stay as they are, the lake ripples", "waves", NULL},
    {"de", 'S', "Bitte lass die Wolken sanft von links nach rechts schweben.", "clouds:d0,s-,a-", NULL},
    {"de", 'A', "Ihre Haare wehen im Wind", "hair:s+,a+", NULL},
    {"de", 'A', "Alles bewegt sich außer dem Wasser", "clouds sway hair smile blink breath head", NULL},
    {"de", 'P', "Sie soll breit grinsen und einmal zwinkern", "smile:a+ blink:a1", NULL},
    {"de", 'P', "Sie soll nicht lächeln", "blink breath head hair sway", NULL},
    {"de", 'A', "Belebe nur den Himmel und das Meer", "clouds waves", NULL},
    {"de", 'R', "Der Bach plätschert leise", "stream", "gurgle:l- wind stream"},
    {"de", 'S', "Meeresrauschen lauter, kein Wind", "*", "ocean:l+ leaves"},
    {"de", 'A', "Kamera fährt langsam zurück", "zoom_out:s-", NULL},
    {"de", 'A', "Zoome ganz langsam heraus, sonst nichts", "zoom_out:s-", NULL},
    {"de", 'A', "Die Blätter rascheln im Wind, aber die Frau bleibt still", "sway:s+,a+", NULL},
    {"de", 'S', "Wolken schnell, Wellen langsam", "clouds:s+ waves:s-", NULL},
    {"de", 'S', "keine großen Wellen", "waves:a-", NULL},
    {"de", 'A', "Alles soll stillstehen", "", NULL},
    {"de", 'S', "Traumhafte Stimmung, ohne Ton", "*:s-", ""},
    {"de", 'P', "Kopf leicht drehen und atmen", "head:a- breath", NULL},
    {"de", 'A', "Schwenk nach rechts", "pan:d0", NULL},
    {"en", 'A', "still water, moving clouds", "clouds", NULL},
    {"en", 'A', "neither the water nor the trees should move", "clouds hair smile blink breath head", NULL},
    {"en", 'A', "bring the ocean to life", "waves", NULL},
    {"en", 'S', "mute the video and speed up the clouds", "clouds:s+", ""},
    {"en", 'A', "gently swaying trees and her blowing hair", "sway:s-,a- hair", NULL},
    {"en", 'S', "time lapse of the sky", "clouds:s+", NULL},
};

// Written when the rules and words stood: 32 of these 36 were right when they first ran, which says more about
// strangers' prompts than the table above. A rule ("only the water stays still") and a word ("I") were mended after;
// the two that are still wrong are left as they are.
static const struct example held_out[] = {
    {"en", 'A', "I'd like the ocean to be calm and the sky to move quickly", "waves:s-,a- clouds:s+", NULL},
    {"en", 'A', "the woman should breathe and blink, nothing more", "breath blink", NULL},
    {"en", 'P', "give him a broad smile", "smile:a+", NULL},
    {"en", 'S', "No movement in the sky, please", "waves sway", NULL},
    {"en", 'A', "add a slow pan to the right and keep everyone still", "pan:d0,s-", NULL},
    {"en", 'S', "a stormy sea", "waves:s+,a+", NULL},
    {"en", 'R', "peaceful river with soft murmuring", "stream:s-,a-", NULL},
    {"en", 'S', "turn the sound off", "*", ""},
    {"en", 'S', "turn down the wind a little", "*", "ocean wind:l- leaves"},
    {"en", 'A', "let her hair flow to the left", "hair:d180", NULL},
    {"en", 'S', "clouds rolling in from the right", "clouds:d180", NULL},
    {"en", 'A', "the leaves tremble and the water glitters", "sway waves", NULL},
    {"en", 'S', "waves, but no wind noise", "waves", "ocean leaves"},
    {"en", 'P', "bring grandma's portrait to life with a warm smile", "smile", NULL},
    {"en", 'A', "make the flowers dance wildly", "sway:a+", NULL},
    {"en", 'A', "zoom out while the clouds pass by slowly", "zoom_out clouds:s-", NULL},
    {"en", 'A', "don't animate the face", "clouds waves sway hair breath", NULL},
    {"en", 'S', "everything moves, only the water stays still", "clouds sway", NULL},
    {"en", 'S', "subtle motion", "*:a-", NULL},
    {"en", 'A', "I only want her to smile", "smile", NULL},
    {"en", 'S', "dramatic clouds over a quiet sea", "clouds:a+ waves", NULL},
    {"en", 'A', "people stay frozen, nature moves", "clouds waves sway", NULL},
    {"de", 'S', "Die Wolken sollen sich nicht bewegen", "waves sway", NULL},
    {"de", 'A', "Das Meer ist ruhig und der Himmel zieht schnell", "waves:s-,a- clouds:s+", NULL},
    {"de", 'P', "Gib ihm ein breites Lächeln", "smile:a+", NULL},
    {"de", 'A', "Kamera langsam nach links schwenken, Personen bleiben still", "pan:d180,s-", NULL},
    {"de", 'S', "Mach das Bild lebendig, aber ohne Geräusche", "*", ""},
    {"de", 'S', "Die Wellen etwas lauter", "*", "ocean:l+ wind leaves"},
    {"de", 'A', "Lass ihr Haar leicht nach rechts wehen", "hair:d0,a-", NULL},
    {"de", 'A', "Bäume und Gräser wiegen sich sanft", "sway:s-,a-", NULL},
    {"de", 'A', "Nichts außer den Wolken soll sich bewegen", "clouds", NULL},
    {"de", 'S', "Himmel im Zeitraffer", "clouds:s+", NULL},
    {"de", 'A', "Zoom auf ihr Gesicht", "zoom_in", NULL},
    {"de", 'P', "Sie zwinkert zweimal und lächelt dann ein wenig", "blink:a2 smile:a-", NULL},
    {"de", 'S', "nicht so schnell", "*:s-", NULL},
    {"en", 'P', "Sie lächelt", "smile", NULL},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct enl_plan *make(const struct example *example, struct enl_error *error) {
    struct enl_scene *scene = scene_of(example->scene);
    struct enl_plan *plan =
        enl_plan_make(scene, &(struct enl_plan_params){.prompt = example->prompt, .lang = example->lang}, error);
    free(scene);
    return plan;
}

static bool compares(char sign, double value, double natural) {
    if (sign == '-') return value < natural - 1e-4;
    if (sign == '+') return value > natural + 1e-4;
    if (sign == '=') return fabs(value - natural) < 1e-4;
    return fabs(value - (sign - '0')) < 1e-4;
}

static bool motion_is(const struct enl_motion *motion, const char *modifiers) {
    bool ok = true;
    for (const char *m = modifiers; ok && *m; m += strcspn(m, ",") + (m[strcspn(m, ",")] == ',')) {
        if (*m == 'd') ok = fabs(motion->direction - atof(m + 1)) < .01;
        if (*m == 's') ok = compares(m[1], (double)motion->speed, 1);
        if (*m == 'a') ok = compares(m[1], (double)motion->amount, 1);
    }
    return ok;
}

static const struct enl_motion *find_motion(const struct enl_plan *plan, const char *name) {
    for (int i = 0; i < plan->motion_count; i++)
        if (!strcmp(plan->motions[i].motion, name)) return &plan->motions[i];
    return NULL;
}

static bool motions_are(const struct example *example, const struct enl_plan *plan) {
    struct enl_scene *scene = scene_of(example->scene);
    char text[200], *rest = NULL;
    int expected = 0;
    bool ok = true;
    snprintf(text, sizeof text, "%s", example->motions);
    for (char *name = strtok_r(text, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        char *modifiers = strchr(name, ':');
        if (modifiers) *modifiers++ = 0;
        const struct enl_motion_kind *kind;
        for (int i = 0; (kind = enl_motion_kind_at(i)); i++) {
            bool by_itself = kind->by_default && !enl_why_not(kind, scene) && scene->confidence[kind->region] >= .4f;
            if (!strcmp(name, "*") ? !by_itself : strcmp(name, kind->name) != 0) continue;
            const struct enl_motion *motion = find_motion(plan, kind->name);
            ok = ok && motion && (!modifiers || motion_is(motion, modifiers));
            expected++;
        }
    }
    free(scene);
    return ok && expected == plan->motion_count;
}

static bool sounds_are(const struct example *example, const struct enl_plan *plan) {
    if (!example->sounds) return true;
    struct enl_scene *scene = scene_of(example->scene);
    char text[200], *rest = NULL;
    int expected = 0;
    bool ok = true;
    snprintf(text, sizeof text, "%s", example->sounds);
    for (char *name = strtok_r(text, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        char *modifiers = strchr(name, ':');
        if (modifiers) *modifiers++ = 0;
        bool found = false;
        for (int i = 0; i < plan->sound_count; i++) {
            if (strcmp(plan->sounds[i].sound, name)) continue;
            const struct enl_sound_kind *kind = NULL;
            for (int k = 0; (kind = enl_sound_kind_at(k)) && strcmp(kind->name, name); k++) {
            }
            found = kind &&
                    (!modifiers || compares(modifiers[1], (double)plan->sounds[i].level, (double)kind->level(scene)));
        }
        ok = ok && found;
        expected++;
    }
    free(scene);
    return ok && expected == plan->sound_count;
}

static int count_right(const char *title, const struct example *examples, size_t count) {
    int right = 0;
    for (size_t i = 0; i < count; i++) {
        struct enl_error error = {0};
        struct enl_plan *plan = make(&examples[i], &error);
        if (!plan) fail_msg("%s: %s", examples[i].prompt, error.text);
        bool ok = motions_are(&examples[i], plan) && sounds_are(&examples[i], plan);
        right += ok;
        if (!ok) {
            char *json = enl_plan_to_json(plan, NULL);
            print_message("%s, %c: \"%s\"\n  expected %s | %s\n  got ", examples[i].lang, examples[i].scene,
                          examples[i].prompt, examples[i].motions, examples[i].sounds ? examples[i].sounds : "-");
            for (int m = 0; m < plan->motion_count; m++)
                print_message("%s:d%g,s%.2f,a%.2f ", plan->motions[m].motion, (double)plan->motions[m].direction,
                              (double)plan->motions[m].speed, (double)plan->motions[m].amount);
            for (int m = 0; m < plan->sound_count; m++)
                print_message("| %s:l%.2f ", plan->sounds[m].sound, (double)plan->sounds[m].level);
            print_message("\n  not understood: %s; left out: %s\n", plan->not_understood, plan->left_out);
            free(json);
        }
        enl_plan_free(&plan);
        assert_null(plan);
    }
    print_message("%s: %d of %zu right\n", title, right, count);
    return right;
}

static void test_tuned(void **state) {
    (void)state;
    assert_int_equal(count_right("tuned", tuned, COUNT(tuned)), COUNT(tuned));
}

static void test_held_out(void **state) {
    (void)state;
    assert_true(count_right("held out", held_out, COUNT(held_out)) >= (int)(COUNT(held_out) * 4 / 5));
}

static struct enl_plan *plan_with(char letter, const struct enl_plan_params *params, struct enl_error *error) {
    struct enl_scene *scene = scene_of(letter);
    struct enl_plan *plan = enl_plan_make(scene, params, error);
    free(scene);
    return plan;
}

static void expect_words(char letter, const char *prompt, const char *understood, const char *not_understood,
                         const char *left_out) {
    struct enl_plan *plan = plan_with(letter, &(struct enl_plan_params){.prompt = prompt}, NULL);
    assert_non_null(plan);
    if (understood) assert_string_equal(plan->understood, understood);
    if (not_understood) assert_string_equal(plan->not_understood, not_understood);
    if (left_out) assert_string_equal(plan->left_out, left_out);
    enl_plan_free(&plan);
}

static void test_words_are_reported(void **state) {
    (void)state;
    expect_words('S', "Clouds drift slowly", "Clouds, drift, slowly", "", "");
    expect_words('S', "let the Zebras drift \xf0\x9f\xa6\x93", NULL, "Zebras, \xf0\x9f\xa6\x93", "");
    expect_words('S', "the boat on the left", NULL, "boat, on the left", "");
    expect_words('P', "clouds drift", NULL, NULL, "The clouds stay still: no sky was found.");
    expect_words('P', "clouds, clouds and the sky", NULL, NULL,
                 "The clouds stay still: no sky was found. The sky stays still: no sky was found.");
    expect_words('S', "smile", NULL, NULL, "The smile is left out: no face was found.");
    expect_words('S', "the candle flickers", NULL, "",
                 "The flames stay still: there is no motion for that yet.");
    expect_words('S', "let it rain", NULL, "", "The rain is left out: there is no motion for that yet.");
    expect_words('P', "smile to the left", NULL, "to the left", "");
    expect_words('R', "waves", NULL, "", ""); // the stream moves in their place
}

static void expect_refused(const struct enl_plan_params *params, const char *says) {
    struct enl_error error = {0};
    struct enl_plan *plan = plan_with('A', params, &error);
    assert_null(plan);
    assert_int_equal(error.code, ENL_USAGE);
    if (!strstr(error.text, says)) fail_msg("\"%s\" does not say \"%s\"", error.text, says);
    for (const char *c = error.text; *c; c++) assert_true((unsigned char)*c >= 0x20);
}

static void expect_prompt_refused(const char *prompt, const char *says) {
    expect_refused(&(struct enl_plan_params){.prompt = prompt}, says);
}

static void test_bad_prompts_are_refused(void **state) {
    (void)state;
    char text[4 * ENL_MAX_PROMPT + 8] = "";
    expect_prompt_refused("", "The prompt is empty");
    expect_prompt_refused(" \t\n\xc2\xa0\xe2\x80\x8b", "The prompt is empty");
    expect_prompt_refused("clouds\x1b[31m", "control character (character 7)");
    expect_prompt_refused("clouds\x7f", "control character");
    expect_prompt_refused("clouds\xc2\x9b", "control character");
    expect_prompt_refused("clouds\rwaves", "control character");
    expect_prompt_refused("clouds \xff", "not valid UTF-8 (character 8)");
    expect_prompt_refused("\xed\xa0\x80", "not valid UTF-8");
    expect_prompt_refused("clouds \xe2\x82", "not valid UTF-8");
    for (int i = 0; i < ENL_MAX_PROMPT; i++) memcpy(text + 4 * i, "\xf0\x9f\x98\x80", 5);
    struct enl_plan *plan = plan_with('A', &(struct enl_plan_params){.prompt = text}, NULL);
    assert_non_null(plan);
    assert_string_equal(plan->prompt, text);
    enl_plan_free(&plan);
    strcat(text, "x");
    expect_prompt_refused(text, "longer than 2000 characters");
    expect_refused(&(struct enl_plan_params){.lang = "xx"}, "there are en, de");
    expect_refused(&(struct enl_plan_params){.lang = ""}, "en");
}

static void test_line_ends_and_default(void **state) {
    (void)state;
    struct enl_plan *plan = plan_with('S', &(struct enl_plan_params){.prompt = "clouds\r\n\twaves"}, NULL);
    assert_int_equal(plan->motion_count, 2);
    enl_plan_free(&plan);
    plan = plan_with('S', NULL, NULL);
    assert_string_equal(plan->prompt, ENL_DEFAULT_PROMPT);
    assert_string_equal(plan->lang, "en");
    assert_int_equal(plan->motion_count, 3);
    assert_string_equal(plan->not_understood, "");
    enl_plan_free(&plan);
}

static void expect_names(char letter, const struct enl_plan_params *params, const char *names) {
    struct enl_error error = {0};
    struct enl_plan *plan = plan_with(letter, params, &error);
    if (!plan) fail_msg("%s", error.text);
    char got[200] = "";
    for (int i = 0; i < plan->motion_count; i++) {
        strcat(got, i ? " " : "");
        strcat(got, plan->motions[i].motion);
    }
    assert_string_equal(got, names);
    enl_plan_free(&plan);
}

static void test_only_and_without(void **state) {
    (void)state;
    expect_names('A', &(struct enl_plan_params){.only = "sky, waves"}, "clouds waves");
    expect_names('A', &(struct enl_plan_params){.without = "person,water"}, "clouds sway");
    expect_names('L', &(struct enl_plan_params){.only = "sky"}, "clouds");
    expect_names('S', &(struct enl_plan_params){.only = "zoom_out"}, "zoom_out");
    expect_names('N', &(struct enl_plan_params){.only = "sky"}, "");
    expect_names('N', &(struct enl_plan_params){.without = "camera"}, "");
    expect_names('A', &(struct enl_plan_params){.prompt = "clouds and waves", .without = "sky"}, "waves");
    expect_refused(&(struct enl_plan_params){.only = " , "}, "names no element or motion");
    expect_refused(&(struct enl_plan_params){.only = "sky,unicorns"},
                   "\"unicorns\" in \"only\" is no element or motion; there are sky, water");
    expect_refused(&(struct enl_plan_params){.without = "depth"}, "\"depth\"");
    expect_refused(&(struct enl_plan_params){.only = "a\xff\x1b\xc2\x9b"}, "\"a???\" in");
    expect_refused(&(struct enl_plan_params){.only = "a name that is far too long \xc3\xa4\xc3\xa4\xc3\xa4"},
                   "no element");
    struct enl_plan *plan = plan_with('S', &(struct enl_plan_params){.mute = true, .prompt = "loud waves"}, NULL);
    assert_int_equal(plan->sound_count, 0);
    enl_plan_free(&plan);
}

static void test_same_input_same_plan(void **state) {
    (void)state;
    struct enl_plan *a = plan_with('A', &(struct enl_plan_params){.prompt = "stormy sea, clouds left"}, NULL);
    struct enl_plan *b = plan_with('A', &(struct enl_plan_params){.prompt = "stormy sea, clouds left"}, NULL);
    assert_memory_equal(a, b, sizeof *a);
    enl_plan_free(&a);
    enl_plan_free(&b);
}

static void test_lexicons(void **state) {
    (void)state;
    char label[64];
    assert_true(enl_lexicon_label("en", label, sizeof label));
    assert_string_equal(label, "AI-generated");
    assert_true(enl_lexicon_label("de", label, sizeof label));
    assert_string_equal(label, "KI-generiert");
    assert_false(enl_lexicon_label("xx", label, sizeof label));
    for (int i = 0; enl_lexicon_lang(i); i++) {
        struct enl_error error = {0};
        struct enl_lexicon *lexicon = enl_lexicon_parse(&enl_lexicon_files[i], &error);
        if (!lexicon) fail_msg("%s", error.text);
        assert_true(enl_lexicon_label(enl_lexicon_lang(i), label, sizeof label));
        enl_lexicon_free(&lexicon);
    }
    static const char *const broken[] = {"[nonsense]\n",
                                         "[moods]\nsleepyish: a\n",
                                         "words\n",
                                         "[moods]\nwords\n",
                                         "[moods]\ncalm: ... a\n",
                                         "[moods]\ncalm: a ...\n",
                                         "[moods]\ncalm: a b c d e f g h i j k l m\n",
                                         "[moods]\ncalm: a\n  b\n",
                                         "[filler]\na\nb\n"};
    for (size_t i = 0; i < COUNT(broken); i++) {
        struct enl_error error = {0};
        assert_null(enl_lexicon_parse(&(struct enl_lexicon_file){"xx", broken[i]}, &error));
        assert_non_null(strstr(error.text, "Lexicon xx.txt, line "));
    }
}

static void test_json_round_trip(void **state) {
    (void)state;
    struct enl_plan *plan =
        plan_with('A', &(struct enl_plan_params){.prompt = "slow \"clouds\" left,\nloud waves, \xc3\xa4pfel"}, NULL);
    char *json = enl_plan_to_json(plan, NULL);
    assert_non_null(strstr(json, "{\n  \"enliven_plan\": 1,\n  \"prompt\": "));
    assert_non_null(strstr(json, "\"speed\": 0.6,"));
    struct enl_error error = {0};
    struct enl_plan *read = enl_plan_from_json(json, &error);
    if (!read) fail_msg("%s", error.text);
    char *again = enl_plan_to_json(read, NULL);
    assert_string_equal(json, again);
    free(json);
    free(again);
    enl_plan_free(&plan);
    enl_plan_free(&read);
    read = enl_plan_from_json(
        "{\"motions\": [{\"motion\": \"pan\", \"direction\": -90}], \"sounds\": [{\"sound\": \"wind\"}]}", &error);
    assert_non_null(read);
    assert_true(fabs((double)read->motions[0].direction - 270) < .001 &&
                fabs((double)read->sounds[0].level - 1) < .001);
    assert_string_equal(read->motions[0].region, "all");
    enl_plan_free(&read);
}

static void test_bad_json_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *json, *says;
    } bad[] = {
        {"", "line "},
        {"{\n\"motions\": [,]}", "line 2"},
        {"{\"motions\": [], \"motions\": [], \"sounds\": []}", "duplicate"},
        {"[]", "must be an object"},
        {"{\"sounds\": []}", "motions is missing"},
        {"{\"motions\": {}, \"sounds\": []}", "motions must be a list"},
        {"{\"motions\": [3], \"sounds\": []}", "motions[0] must be an object"},
        {"{\"motions\": [], \"sounds\": [], \"colour\": 1}", "colour is unknown"},
        {"{\"motions\": [{\"motion\": \"pan\", \"sped\": 1}], \"sounds\": []}", "motions[0].sped is unknown"},
        {"{\"motions\": [{\"motion\": \"pan\", \"amount\": \"1\"}], \"sounds\": []}",
         "motions[0].amount must be a number"},
        {"{\"motions\": [{\"motion\": \"pan\", \"amount\": NaN}], \"sounds\": []}", "line 1"},
        {"{\"motions\": [{\"motion\": \"pan\", \"amount\": 1e999}], \"sounds\": []}", "line 1"},
        {"{\"motions\": [{\"motion\": \"pan\", \"direction\": 720}], \"sounds\": []}", "direction"},
        {"{\"motions\": [{\"motion\": \"fly\"}], \"sounds\": []}", "motions[0].motion \"fly\" is unknown"},
        {"{\"motions\": [{\"motion\": \"pan\", \"region\": \"moon\"}], \"sounds\": []}", "motions[0].region"},
        {"{\"motions\": [{}], \"sounds\": []}", "motions[0].motion is missing"},
        {"{\"motions\": [], \"sounds\": [{\"sound\": \"drum\"}]}", "sounds[0].sound \"drum\" is unknown"},
        {"{\"motions\": [], \"sounds\": [], \"arrows\": 1}", "arrows must be a list"},
        {"{\"motions\": [], \"sounds\": [], \"arrows\": [[0, 0, 1, 1]]}", "arrows[0] must be an object"},
        {"{\"motions\": [], \"sounds\": [], \"arrows\": [{\"from\": [0, 0]}]}", "arrows[0].to is missing"},
        {"{\"motions\": [], \"sounds\": [], \"arrows\": [{\"from\": [0, 0, 0], \"to\": [1, 1]}]}",
         "arrows[0].from must be two numbers"},
        {"{\"motions\": [], \"sounds\": [], \"arrows\": [{\"from\": [0, 0], \"to\": [1, \"1\"]}]}",
         "arrows[0].to must be two numbers"},
        {"{\"motions\": [], \"sounds\": [], \"arrows\": [{\"from\": [0, 0], \"to\": [1, 1]}, {\"from\": [640, 20], "
         "\"to\": [1, 1]}]}",
         "arrows[1] begins at 640,20, outside the photo"},
        {"{\"motions\": [], \"sounds\": [], \"freeze\": 1}", "freeze must be text"},
        {"{\"motions\": [], \"sounds\": [], \"freeze\": \"a\\nb\\u0007\"}", "control character"},
        {"{\"motions\": [], \"sounds\": [], \"enliven_plan\": 2}", "must be 1"},
        {"{\"motions\": [], \"sounds\": [], \"enliven_plan\": 1.0}", "must be 1"},
        {"{\"motions\": [], \"sounds\": [], \"lang\": \"xx\"}", "lang"},
        {"{\"motions\": [], \"sounds\": [], \"lang\": \"much too long\"}", "lang"},
        {"{\"motions\": [], \"sounds\": [], \"prompt\": \"a\\u0007\"}", "control character"},
        {"{\"motions\": [], \"sounds\": [], \"prompt\": \"a\\u0000\"}", "line 1"},
        {"{\"motions\": [], \"sounds\": []} x", "line 1"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct enl_error error = {0};
        if (enl_plan_from_json(bad[i].json, &error)) fail_msg("accepted: %s", bad[i].json);
        assert_int_equal(error.code, ENL_USAGE);
        if (!strstr(error.text, bad[i].says))
            fail_msg("%s: \"%s\" does not say \"%s\"", bad[i].json, error.text, bad[i].says);
    }
}

// A number beyond its limits is brought to the nearest, and said with its field; so is a motion that stands there twice.
static void test_numbers_are_brought_within_limits(void **state) {
    (void)state;
    struct enl_error error = {0};
    struct enl_plan *plan = enl_plan_from_json(
        "{\"motions\": [{\"motion\": \"pan\", \"speed\": 9, \"amount\": -1, \"start\": 1e30}, {\"motion\": \"pan\"}], "
        "\"sounds\": [{\"sound\": \"wind\", \"level\": 2.5}], \"notes\": \"old news\", "
        "\"arrows\": [{\"from\": [0.5, 0.5], \"to\": [0.5, 1.5], \"speed\": 0.01}]}",
        &error);
    if (!plan) fail_msg("%s", error.text);
    assert_int_equal(plan->motion_count, 1);
    assert_true(plan->motions[0].speed == 4 && plan->motions[0].amount == 0 && plan->motions[0].start == 15);
    assert_true(plan->sounds[0].level == 2 && plan->arrows[0].speed == .1f);
    assert_true(plan->arrows[0].to[0] == .5f && plan->arrows[0].to[1] == 1);
    static const char *const said[] = {
        "motions[0].speed is 9, beyond the limits, and was taken as 4.", "motions[0].amount is -1",
        "motions[0].start is 1e+30", "motions[1] is pan a second time and was left out.",
        "sounds[0].level is 2.5, beyond the limits, and was taken as 2.", "arrows[0].speed is 0.01",
        "cut at the photo's edge"};
    for (size_t i = 0; i < COUNT(said); i++)
        if (!strstr(plan->notes, said[i])) fail_msg("\"%s\" does not say \"%s\"", plan->notes, said[i]);
    assert_null(strstr(plan->notes, "old news"));
    enl_plan_free(&plan);
}

// A plan may say nothing of sounds, or have arrows for motions; of sounds, too, the first counts.
static void test_lenient_plans(void **state) {
    (void)state;
    struct enl_error error = {0};
    struct enl_plan *plan = enl_plan_from_json("{\"motions\": [{\"motion\": \"pan\"}]}", &error);
    if (!plan) fail_msg("%s", error.text);
    assert_int_equal(plan->sound_count, 0);
    enl_plan_free(&plan);
    plan = enl_plan_from_json("{\"arrows\": [{\"from\": [0.5, 0.5], \"to\": [0.6, 0.5]}], \"sounds\": "
                              "[{\"sound\": \"wind\", \"level\": 0.5}, {\"sound\": \"room\"}, {\"sound\": \"wind\"}]}",
                              &error);
    if (!plan) fail_msg("%s", error.text);
    assert_int_equal(plan->sound_count, 2);
    assert_true(plan->sounds[0].level == .5f && !strcmp(plan->sounds[1].sound, "room"));
    assert_string_equal(plan->notes, "sounds[2] is wind a second time and was left out.");
    enl_plan_free(&plan);
}

// What finds no room among the sentences is counted.
static void test_more_than_fits_is_counted(void **state) {
    (void)state;
    struct enl_error error = {0};
    char json[4096] = "{\"motions\": [";
    for (int i = 0; i < 12; i++) strcat(json, i ? ", {\"motion\": \"pan\"}" : "{\"motion\": \"pan\"}");
    strcat(json, "]}");
    struct enl_plan *plan = enl_plan_from_json(json, &error);
    if (!plan) fail_msg("%s", error.text);
    int told = 0, more = 0;
    for (const char *at = plan->notes; (at = strstr(at, "a second time")); at++) told++;
    const char *end = strstr(plan->notes, " And ");
    assert_non_null(end);
    assert_int_equal(sscanf(end, " And %d more.", &more), 1);
    assert_true(told > 3 && more > 1);
    assert_int_equal(told + more, 11);
    assert_string_equal(plan->notes + strlen(plan->notes) - 6, " more.");
    enl_plan_free(&plan);
}

static struct enl_plan *plan_of(struct enl_scene *scene, const struct enl_plan_params *params) {
    struct enl_error error = {0};
    struct enl_plan *plan = enl_plan_make(scene, params, &error);
    if (!plan) fail_msg("%s", error.text);
    return plan;
}

// Two that speak against each other, and two ways for one motion, are said; a rest that stays still is no contradiction.
static void test_contradictions_are_said(void **state) {
    (void)state;
    static const struct {
        const char *prompt, *says; // NULL: nothing
    } cases[] = {
        {"orbit but keep the camera still", "The words ask for orbit and want the camera still; orbit is kept."},
        {"the waves roll but keep the water still", "waves and want the water still; waves is kept."},
        {"smile and do not smile", "The words ask for smile and against it; smile is left out."},
        {"the head moves but keep her still", "head and want the person still; head is kept."},
        {"pan left and right", "more than one way what can go only one: pan"},
        {"the clouds drift left, the clouds drift right", "can go only one: clouds"},
        {"she smiles but keeps still", NULL},
        {"zoom in, everything else stays still", NULL},
        {"nothing moves except the waves", NULL},
        {"clouds to the left, waves to the right", NULL},
        {"everything but the water moves", NULL},
    };
    struct enl_scene *scene = scene_of('A');
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct enl_plan *plan = plan_of(scene, enl_plan_params(.prompt = cases[i].prompt));
        if (cases[i].says ? !strstr(plan->notes, cases[i].says) : plan->notes[0])
            fail_msg("\"%s\" says \"%s\"", cases[i].prompt, plan->notes);
        enl_plan_free(&plan);
    }
    free(scene);
}

static bool hears(const struct enl_plan *plan, const char *name) {
    for (int i = 0; i < plan->sound_count; i++)
        if (!strcmp(plan->sounds[i].sound, name)) return true;
    return false;
}

// Where nothing moves nothing is heard, but for what words ask for; what stands still is not heard beside what moves.
static void test_sound_follows_motion(void **state) {
    (void)state;
    struct enl_scene *scene = scene_of('S');
    struct enl_plan *plan = plan_of(scene, enl_plan_params(.without = "all"));
    assert_true(plan->motion_count == 0 && plan->sound_count == 0);
    enl_plan_free(&plan);
    plan = plan_of(scene, enl_plan_params(.prompt = "nothing moves, but let me hear the waves"));
    assert_true(plan->motion_count == 0 && plan->sound_count == 1 && hears(plan, "ocean"));
    enl_plan_free(&plan);
    plan = plan_of(scene, enl_plan_params(.prompt = "the clouds drift"));
    assert_true(hears(plan, "wind") && !hears(plan, "ocean") && !hears(plan, "leaves"));
    enl_plan_free(&plan);
    plan = plan_of(scene, enl_plan_params(.prompt = "the camera pans to the right"));
    assert_true(hears(plan, "wind") && hears(plan, "ocean"));
    enl_plan_free(&plan);
    free(scene);
}

// A mask whose upper half is painted, over a sky above water, with a face below.
static void test_masks_and_frames_are_known(void **state) {
    (void)state;
    struct enl_error error = {0};
    struct enl_scene *scene = scene_of('A');
    struct enl_picture *sky = enl_picture_new(64, 64, 1, &error), *water = enl_picture_new(64, 64, 1, &error);
    struct enl_picture *held = enl_picture_new(100, 100, 1, &error);
    assert_true(sky && water && held);
    memset(sky->data, 255, 64 * 30);
    memset(water->data + 64 * 34, 255, 64 * 30);
    memset(held->data, 255, 100 * 50);
    scene->masks[ENL_SKY] = sky, scene->masks[ENL_WATER] = water;
    scene->width = scene->height = 1000;
    scene->faces[0] = (struct enl_face){.x = .4f, .y = .6f, .width = .2f, .height = .2f};
    struct enl_plan *plan = plan_of(scene, enl_plan_params(.held = held));
    assert_null(find_motion(plan, "clouds"));
    assert_non_null(find_motion(plan, "waves"));
    assert_non_null(find_motion(plan, "smile"));
    assert_non_null(strstr(plan->notes, "The freeze mask covers all that would move by clouds."));
    enl_plan_free(&plan);
    plan = plan_of(scene, enl_plan_params(.prompt = "let the clouds drift", .held = held));
    assert_int_equal(plan->motion_count, 0); // nor does a camera stand in for what was painted over
    assert_non_null(strstr(plan->left_out, "lies under the freeze mask"));
    enl_plan_free(&plan);
    const float below[4] = {0, .5f, 1, .5f}; // of the photo
    plan = plan_of(scene, enl_plan_params(.prompt = "clouds and waves", .shown = below));
    assert_null(find_motion(plan, "clouds"));
    assert_non_null(strstr(plan->left_out, "outside the part that is shown"));
    enl_plan_free(&plan);
    struct enl_arrow arrow = {{.5f, .2f}, {.6f, .2f}, 1};
    plan = plan_of(scene, enl_plan_params(.arrows = &arrow, .arrow_count = 1, .held = held));
    assert_int_equal(plan->arrow_count, 0);
    assert_non_null(strstr(plan->left_out, "freeze mask"));
    enl_plan_free(&plan);
    arrow.from[1] = arrow.to[1] = .9f;
    plan = plan_of(scene, enl_plan_params(.prompt = "keep the water still", .arrows = &arrow, .arrow_count = 1));
    assert_int_equal(plan->arrow_count, 0);
    assert_non_null(strstr(plan->left_out, "the words want what it begins on to stay still"));
    enl_plan_free(&plan);
    memset(held->data, 255, 100 * 100);
    plan = plan_of(scene, enl_plan_params(.held = held));
    assert_true(plan->motion_count == 0 && plan->sound_count == 0);
    assert_non_null(strstr(plan->notes, "white all over"));
    enl_plan_free(&plan);
    enl_picture_free(&sky), enl_picture_free(&water), enl_picture_free(&held);
    free(scene);
}

static void test_too_many_faces_are_said(void **state) {
    (void)state;
    struct enl_scene *scene = scene_of('P');
    scene->face_count = 11;
    struct enl_plan *plan = plan_of(scene, enl_plan_params(.prompt = "smile"));
    assert_string_equal(plan->notes, "Only the 8 largest of 11 faces move.");
    enl_plan_free(&plan);
    scene->face_count = 8;
    plan = plan_of(scene, enl_plan_params(.prompt = "smile"));
    assert_string_equal(plan->notes, "");
    enl_plan_free(&plan);
    free(scene);
}

static void test_too_many_are_refused(void **state) {
    (void)state;
    char json[4096] = "{\"sounds\": [], \"motions\": [";
    for (int i = 0; i <= ENL_MAX_MOTIONS; i++) strcat(json, i ? ", {\"motion\": \"pan\"}" : "{\"motion\": \"pan\"}");
    strcat(json, "]}");
    struct enl_error error = {0};
    assert_null(enl_plan_from_json(json, &error));
    assert_non_null(strstr(error.text, "more than 48"));
    char *large = calloc(1, (1u << 20) + 2);
    memset(large, ' ', (1u << 20) + 1);
    assert_null(enl_plan_from_json(large, &error));
    assert_non_null(strstr(error.text, "larger"));
    free(large);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tuned),
        cmocka_unit_test(test_held_out),
        cmocka_unit_test(test_words_are_reported),
        cmocka_unit_test(test_bad_prompts_are_refused),
        cmocka_unit_test(test_line_ends_and_default),
        cmocka_unit_test(test_only_and_without),
        cmocka_unit_test(test_same_input_same_plan),
        cmocka_unit_test(test_lexicons),
        cmocka_unit_test(test_json_round_trip),
        cmocka_unit_test(test_bad_json_is_refused),
        cmocka_unit_test(test_numbers_are_brought_within_limits),
        cmocka_unit_test(test_lenient_plans),
        cmocka_unit_test(test_more_than_fits_is_counted),
        cmocka_unit_test(test_contradictions_are_said),
        cmocka_unit_test(test_sound_follows_motion),
        cmocka_unit_test(test_masks_and_frames_are_known),
        cmocka_unit_test(test_too_many_faces_are_said),
        cmocka_unit_test(test_too_many_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
