// SPDX-License-Identifier: MIT
#include "sound/sound.h"

#include <string.h>

extern const struct enl_sound_info enl_sound_ocean, enl_sound_gurgle, enl_sound_stream, enl_sound_fall, enl_sound_rain,
    enl_sound_fire, enl_sound_wind, enl_sound_leaves, enl_sound_birds, enl_sound_crickets, enl_sound_city,
    enl_sound_crowd, enl_sound_room;

const struct enl_sound_info *const enl_sounds[] = {
    &enl_sound_ocean,
    &enl_sound_gurgle,
    &enl_sound_stream,
    &enl_sound_fall,
    &enl_sound_rain,
    &enl_sound_fire,
    &enl_sound_wind,
    &enl_sound_leaves,
    &enl_sound_birds,
    &enl_sound_crickets,
    &enl_sound_city,
    &enl_sound_crowd,
    &enl_sound_room,
    NULL,
};

const struct enl_sound_info *enl_sound_find(const char *name) {
    for (int i = 0; enl_sounds[i]; i++)
        if (strcmp(enl_sounds[i]->kind.name, name) == 0) return enl_sounds[i];
    return NULL;
}

const struct enl_sound_kind *enl_sound_kind_at(int index) {
    int count = (int)(sizeof enl_sounds / sizeof *enl_sounds) - 1;
    return index >= 0 && index < count ? &enl_sounds[index]->kind : NULL;
}
