// SPDX-License-Identifier: MIT
// The numbers behind the words. Chosen by eye and ear: a step that can just be told apart without looking twice.
#include "plan/lexicon.h"

#include <string.h>

static const struct enl_effect effects[] = {
    {ENL_SENSE_SPEED, "very_slow", .speed = .4f},
    {ENL_SENSE_SPEED, "slow", .speed = .6f},
    {ENL_SENSE_SPEED, "normal", .speed = 1},
    {ENL_SENSE_SPEED, "fast", .speed = 1.7f},
    {ENL_SENSE_SPEED, "very_fast", .speed = 2.5f},
    {ENL_SENSE_AMOUNT, "tiny", .amount = .3f, .level = .3f},
    {ENL_SENSE_AMOUNT, "small", .amount = .6f, .level = .6f},
    {ENL_SENSE_AMOUNT, "normal", .amount = 1, .level = 1},
    {ENL_SENSE_AMOUNT, "big", .amount = 1.6f, .level = 1.4f},
    {ENL_SENSE_AMOUNT, "huge", .amount = 2.3f, .level = 1.8f},
    {ENL_SENSE_MANNER, "gentle", .speed = .8f, .amount = .7f, .level = .6f},
    {ENL_SENSE_MANNER, "wild", .speed = 1.4f, .amount = 1.6f, .level = 1.4f},
    // Standing alone; before another word enl_bind_degrees changes that word instead.
    {ENL_SENSE_DEGREE, "very", .speed = 0},
    {ENL_SENSE_DEGREE, "much", .amount = 1.6f, .level = 1.4f},
    {ENL_SENSE_DEGREE, "slightly", .amount = .6f, .level = .6f},
    {ENL_SENSE_DEGREE, "less", .amount = .6f, .level = .6f},
    {ENL_SENSE_COUNT, "1", .amount = 1},
    {ENL_SENSE_COUNT, "2", .amount = 2},
    {ENL_SENSE_COUNT, "3", .amount = 3},
    {ENL_SENSE_MOOD, "calm", .speed = .7f, .amount = .7f, .level = .7f},
    {ENL_SENSE_MOOD, "stormy", .speed = 1.6f, .amount = 1.6f, .level = 1.4f, .sound = "wind"},
    {ENL_SENSE_MOOD, "dreamy", .speed = .6f, .amount = .85f, .level = .7f},
    {ENL_SENSE_MOOD, "dramatic", .speed = 1.2f, .amount = 1.4f, .level = 1.2f},
    {ENL_SENSE_MOOD, "windy", .speed = 1.3f, .amount = 1.4f, .level = 1.1f, .sound = "wind"},
    {ENL_SENSE_MOOD, "breezy", .speed = .9f, .amount = .8f, .level = .8f, .sound = "wind"},
    {ENL_SENSE_MOOD, "lively", .speed = 1.3f, .amount = 1.3f, .level = 1.1f},
    {ENL_SENSE_HEARING, "sound", .level = 0},
    {ENL_SENSE_HEARING, "silent", .level = 0},
    {ENL_SENSE_HEARING, "very_quiet", .level = .3f},
    {ENL_SENSE_HEARING, "quiet", .level = .5f},
    {ENL_SENSE_HEARING, "loud", .level = 1.5f},
    {ENL_SENSE_HEARING, "very_loud", .level = 2},
    {ENL_SENSE_DIRECTION, "right", .direction = 0},
    {ENL_SENSE_DIRECTION, "up_right", .direction = 45},
    {ENL_SENSE_DIRECTION, "up", .direction = 90},
    {ENL_SENSE_DIRECTION, "up_left", .direction = 135},
    {ENL_SENSE_DIRECTION, "left", .direction = 180},
    {ENL_SENSE_DIRECTION, "down_left", .direction = 225},
    {ENL_SENSE_DIRECTION, "down", .direction = 270},
    {ENL_SENSE_DIRECTION, "down_right", .direction = 315},
    {ENL_SENSE_DIRECTION, "reverse", .direction = ENL_REVERSE},
};

// Names that do something other than change numbers.
static const struct {
    enum enl_sense sense;
    const char *name;
} words[] = {
    {ENL_SENSE_ELEMENT, "sky"},       {ENL_SENSE_ELEMENT, "water"},   {ENL_SENSE_ELEMENT, "plants"},
    {ENL_SENSE_ELEMENT, "person"},    {ENL_SENSE_ELEMENT, "hair"},    {ENL_SENSE_ELEMENT, "face"},
    {ENL_SENSE_ELEMENT, "flames"},    {ENL_SENSE_ELEMENT, "smoke"},   {ENL_SENSE_ELEMENT, "lamps"},
    {ENL_SENSE_ELEMENT, "stars"},     {ENL_SENSE_ELEMENT, "animal"},  {ENL_SENSE_ELEMENT, "building"},
    {ENL_SENSE_ELEMENT, "camera"},    {ENL_SENSE_ELEMENT, "all"},     {ENL_SENSE_ELEMENT, "rest"},
    {ENL_SENSE_NEGATION, "not"},      {ENL_SENSE_NEGATION, "except"}, {ENL_SENSE_NEGATION, "except_back"},
    {ENL_SENSE_STILL, "still"},       {ENL_SENSE_MOVING, "move"},     {ENL_SENSE_MOVING, "enliven"},
    {ENL_SENSE_ONLY, "only"},         {ENL_SENSE_JOIN, "and"},        {ENL_SENSE_JOIN, "with"},
    {ENL_SENSE_JOIN, "break"},        {ENL_SENSE_ORDER, "first"},     {ENL_SENSE_ORDER, "then"},
    {ENL_SENSE_ORDER, "together"},    {ENL_SENSE_ORDER, "before"},    {ENL_SENSE_ORDER, "after"},
    {ENL_SENSE_COMPARISON, "than"},   {ENL_SENSE_COMPARISON, "of"},   {ENL_SENSE_COMPARISON, "against"},
    {ENL_SENSE_COMPARISON, "behind"}, {ENL_SENSE_PLACE, "places"},    {ENL_SENSE_PLACE, "things"},
    {ENL_SENSE_FILLER, ""},
};

const struct enl_effect *enl_effect_find(enum enl_sense sense, const char *name) {
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
        if (effects[i].sense == sense && !strcmp(effects[i].name, name)) return &effects[i];
    return NULL;
}

bool enl_sense_has(enum enl_sense sense, const char *name) {
    if (sense == ENL_SENSE_MOTION || sense == ENL_SENSE_SOUND) return name[0] && strlen(name) < 16;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].sense == sense && !strcmp(words[i].name, name)) return true;
    return enl_effect_find(sense, name) != NULL;
}
