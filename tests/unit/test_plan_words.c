// SPDX-License-Identifier: MIT
// Words: misspellings, order in time, comparisons, scripts without spaces, suggestions. With the library's own motions.
#include "unit.h"

#include "plan/lexicon.h"
#include "plan/words.h"

#include <enliven/plan.h>

// A scene with everything in it (faces only where asked for), so that any motion there is can be had.
static struct enl_scene *scene_with(bool faces, bool land) {
    struct enl_scene *scene = calloc(1, sizeof *scene);
    for (int e = 0; e < ENL_ELEMENTS; e++) {
        bool human = e == ENL_PERSON || e == ENL_HAIR || e == ENL_FACE;
        if (human ? !faces : !land) continue;
        scene->masks[e] = enl_picture_new(16, 16, 1, NULL);
        memset(scene->masks[e]->data, 255, 256);
        scene->share[e] = .3f;
        scene->confidence[e] = .9f;
    }
    scene->width = scene->height = 1000;
    scene->water = land ? ENL_WATER_WAVES : ENL_WATER_NONE;
    scene->horizon = -1;
    scene->face_count = faces;
    scene->faces[0] = (struct enl_face){.x = .3f,
                                        .y = .3f,
                                        .width = .3f,
                                        .height = .3f,
                                        .score = 1,
                                        .has_landmarks = true,
                                        .left_eye = {.5f, .4f},
                                        .right_eye = {.4f, .4f},
                                        .eyes_open = {.3f, .3f}};
    scene->person_model = scene->face_model = true;
    return scene;
}

static void free_scene(struct enl_scene *scene) {
    for (int e = 0; e < ENL_ELEMENTS; e++) enl_picture_free(&scene->masks[e]);
    free(scene);
}

static struct enl_plan *plan_of(const char *lang, const char *prompt, double seconds) {
    struct enl_scene *scene = scene_with(true, true);
    struct enl_error error = {0};
    struct enl_plan *plan = enl_plan_make(scene, enl_plan_params(.prompt = prompt, .lang = lang, .seconds = seconds),
                                          &error);
    check(plan != NULL, "%s: %s", prompt, error.text);
    free_scene(scene);
    return plan;
}

static void expect(const char *lang, const char *prompt, const char *understood, const char *not_understood) {
    struct enl_plan *plan = plan_of(lang, prompt, 0);
    check(!strcmp(plan->understood, understood), "%s: understood \"%s\"", prompt, plan->understood);
    check(!strcmp(plan->not_understood, not_understood), "%s: not understood \"%s\"", prompt, plan->not_understood);
    enl_plan_free(&plan);
}

static void misspellings(void **state) {
    (void)state;
    expect("en", "Smyle a bit", "Smyle as smile, a bit", "");
    expect("en", "the cluods drift", "cluods as clouds, drift", "");              // changed places
    expect("en", "clouuds and wavess", "clouuds as clouds, wavess as waves", ""); // one too many
    expect("en", "slowy waves", "slowy, waves", "");                              // an ending, no mistake
    expect("en", "zoom in slwoly", "zoom in, slwoly as slowly", "");              // within a sentence
    expect("de", "baeume und wolkne", "baeume, wolkne as wolke", "");             // the umlaut spelt out is no mistake
    expect("es", "arbol lento, sonirsa", "arbol, lento, sonirsa as sonrisa", "");
    expect("en", "move the boats", "move", "boats"); // a word by itself: not goats
    expect("en", "wavs drift", "drift", "wavs");     // four letters are too few
    expect("en", "clxxds drift", "drift", "clxxds"); // two letters off
    expect("en", "the stove", "", "stove");          // no stone, no store
}

static void nothing_is_guessed(void **state) {
    (void)state;
    expect("en", "the gizmo rotates left", "left", "gizmo, rotates");
    expect("zh", "\xe5\xa4\xa7\xe9\xbe\x99\xe8\x99\xbe\xe5\xbe\xae\xe7\xac\x91",
           "\xe5\xa4\xa7, \xe5\xbe\xae\xe7\xac\x91",
           "\xe9\xbe\x99, \xe8\x99\xbe"); // 大龙虾微笑: "dragon" is known for a thing, the shrimp is not
    struct enl_plan *plan = plan_of("en", "the gizmo spins wildly", 0); // nobody else spins
    assert_true(plan->motion_count > 3);
    enl_plan_free(&plan);
}

static float start_of(const struct enl_plan *plan, const char *name) {
    for (int i = 0; i < plan->motion_count; i++)
        if (!strcmp(plan->motions[i].motion, name)) return plan->motions[i].start;
    fail_msg("\"%s\" has no %s", plan->prompt, name);
    return 0;
}

static void order_in_time(void **state) {
    (void)state;
    static const struct {
        const char *prompt;
        bool smile_first;
    } prompts[] = {{"first the clouds, then she smiles", false},   {"the clouds drift and then she smiles", false},
                   {"she smiles after the clouds", false},         {"after the clouds, she smiles", false},
                   {"before she smiles, the clouds drift", false}, {"she smiles before the clouds drift", true},
                   {"she first smiles, finally the clouds", true}};
    for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++)
        for (int seconds = 3; seconds <= 15; seconds += 6) {
            struct enl_plan *plan = plan_of("en", prompts[i].prompt, seconds);
            float smile = start_of(plan, "smile"), clouds = start_of(plan, "clouds"),
                  gap = prompts[i].smile_first ? clouds - smile : smile - clouds;
            check(gap > .3f * (float)seconds, "%s, %d s: %g and %g", prompts[i].prompt, seconds, (double)clouds,
                  (double)smile);
            check(fmaxf(smile, clouds) < .8f * (float)seconds, "%s: too late", prompts[i].prompt);
            enl_plan_free(&plan);
        }
    struct enl_plan *plan = plan_of("en", "she smiles and at the same time the clouds drift", 5);
    check(fabsf(start_of(plan, "smile") - start_of(plan, "clouds")) < 1, "not at the same time");
    enl_plan_free(&plan);
    plan = plan_of("en", "first zoom in, then she blinks, then she smiles", 9);
    check(start_of(plan, "zoom_in") < start_of(plan, "blink") && start_of(plan, "blink") + 1 < start_of(plan, "smile"),
          "three steps");
    enl_plan_free(&plan);
}

static void scripts_without_spaces(void **state) {
    (void)state;
    assert_true(enl_stands_alone("\xe4\xba\x91")); // 云
    assert_true(enl_stands_alone("\xe3\x81\x82")); // あ
    assert_false(enl_stands_alone("a"));
    assert_int_equal(enl_word_length("abc\xe4\xba\x91"), 3);
    assert_int_equal(enl_word_length("\xe4\xba\x91"
                                     "abc"),
                     3);
    struct enl_words *words = enl_words_new("3d\xe6\x95\x88\xe6\x9e\x9c \xe2\x98\x81\xef\xb8\x8f\xf0\x9f\x99\x8f",
                                            NULL);
    assert_int_equal(words->count, 5);            // 3d 效 果 ☁️ 🙏
    assert_int_equal(words->tokens[3].length, 3); // without what only asks for colour
    enl_words_free(&words);
}

// Three to five in every language, of which every word is understood and all can be done.
static void suggestions(void **state) {
    (void)state;
    for (int l = 0; enl_lexicon_lang(l); l++)
        for (int kind = 0; kind < 4; kind++) {
            struct enl_scene *scene = scene_with(kind & 1, kind & 2);
            const char *lang = enl_lexicon_lang(l);
            char text[ENL_MAX_SUGGESTION];
            int count = 0;
            for (; enl_plan_suggest(scene, lang, count, text, sizeof text); count++) {
                struct enl_plan *plan = enl_plan_make(scene, enl_plan_params(.prompt = text, .lang = lang), NULL);
                check(plan && plan->motion_count, "%s: %s", lang, text);
                check(!plan->not_understood[0] && !plan->left_out[0], "%s: \"%s\": not %s; %s", lang, text,
                      plan->not_understood, plan->left_out);
                enl_plan_free(&plan);
            }
            check(count >= (kind ? 3 : 2) && count <= ENL_MAX_SUGGESTIONS, "%s, scene %d: %d", lang, kind, count);
            free_scene(scene);
        }
    struct enl_scene *scene = scene_with(true, true);
    char text[ENL_MAX_SUGGESTION] = "kept";
    assert_false(enl_plan_suggest(scene, "xx", 0, text, sizeof text));
    assert_false(enl_plan_suggest(scene, "en", -1, text, sizeof text));
    assert_false(enl_plan_suggest(scene, "en", 0, text, 4));
    assert_string_equal(text, "kept");
    free_scene(scene);
}

// The same parts in every language: a translator who forgets a section is told.
static void lexicons_are_whole(void **state) {
    (void)state;
    static const struct {
        enum enl_sense sense;
        const char *name;
    } needed[] = {{ENL_SENSE_ELEMENT, "sky"},  {ENL_SENSE_ELEMENT, "animal"},  {ENL_SENSE_ELEMENT, "rest"},
                  {ENL_SENSE_MOTION, "rain"},  {ENL_SENSE_MOTION, "handheld"}, {ENL_SENSE_MOTION, "gaze"},
                  {ENL_SENSE_ORDER, "first"},  {ENL_SENSE_ORDER, "then"},      {ENL_SENSE_ORDER, "together"},
                  {ENL_SENSE_DEGREE, "less"},  {ENL_SENSE_SOUND, "birds"},     {ENL_SENSE_SOUND, "crowd"},
                  {ENL_SENSE_NEGATION, "not"}, {ENL_SENSE_ONLY, "only"},       {ENL_SENSE_PLACE, "things"}};
    for (int l = 0; enl_lexicon_lang(l); l++) {
        struct enl_lexicon *lexicon = enl_lexicon_parse(&enl_lexicon_files[l], NULL);
        bool compares = false;
        for (size_t n = 0; n < sizeof needed / sizeof *needed; n++) {
            bool found = false;
            for (int i = 0; i < lexicon->count; i++) {
                compares |= lexicon->phrases[i].sense == ENL_SENSE_COMPARISON;
                found |= lexicon->phrases[i].sense == needed[n].sense &&
                         !strcmp(lexicon->phrases[i].name, needed[n].name);
            }
            check(found, "%s has no %s", enl_lexicon_lang(l), needed[n].name);
        }
        check(compares, "%s compares nothing", enl_lexicon_lang(l));
        enl_lexicon_free(&lexicon);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misspellings), cmocka_unit_test(nothing_is_guessed),     cmocka_unit_test(order_in_time),
        cmocka_unit_test(suggestions),  cmocka_unit_test(scripts_without_spaces), cmocka_unit_test(lexicons_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
