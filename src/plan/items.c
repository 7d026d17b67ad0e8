// SPDX-License-Identifier: MIT
// What a word that was understood is about.
#include "plan/kinds.h"
#include "plan/wishes.h"

#include <string.h>

const struct enl_phrase *enl_item_sense(const struct enl_item *item, enum enl_sense sense) {
    for (int i = 0; i < item->sense_count; i++)
        if (item->senses[i]->sense == sense) return item->senses[i];
    return NULL;
}

const char *enl_target_element(const struct enl_item *item) {
    const struct enl_phrase *element = enl_item_sense(item, ENL_SENSE_ELEMENT),
                            *motion = enl_item_sense(item, ENL_SENSE_MOTION);
    if (element) return element->name;
    if (motion && enl_comes_over(motion->name)) return "air";
    const struct enl_motion_kind *kind = NULL;
    for (int i = 0; motion && (kind = enl_motion_kind_at(i)) && strcmp(kind->name, motion->name); i++) {
    }
    if (!kind) return "";
    return kind->region != ENL_ELEMENTS ? enl_element_name(kind->region) : enl_is_camera(kind) ? "camera" : "air";
}

bool enl_is_target(const struct enl_item *item) {
    return enl_item_sense(item, ENL_SENSE_ELEMENT) || enl_item_sense(item, ENL_SENSE_MOTION);
}

bool enl_is_about_sound(const struct enl_item *item) {
    if (enl_item_sense(item, ENL_SENSE_HEARING)) return true;
    return enl_item_sense(item, ENL_SENSE_SOUND) && !enl_is_target(item) && !enl_item_sense(item, ENL_SENSE_MOOD) &&
           !enl_item_sense(item, ENL_SENSE_MOVING);
}

bool enl_is_target_or_sound(const struct enl_item *item) {
    return enl_is_target(item) || enl_is_about_sound(item);
}
