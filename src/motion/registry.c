// SPDX-License-Identifier: MIT
#include "motion/motion.h"
#include "base/plane.h"

#include <string.h>

extern const struct enl_motion_info enl_motion_clouds, enl_motion_waves, enl_motion_stream, enl_motion_sway,
    enl_motion_hair, enl_motion_smile, enl_motion_blink, enl_motion_breath, enl_motion_head, enl_motion_zoom_in,
    enl_motion_zoom_out, enl_motion_pan, enl_motion_flames, enl_motion_lamps, enl_motion_smoke, enl_motion_fog,
    enl_motion_rain, enl_motion_snow, enl_motion_day, enl_motion_sunset, enl_motion_night, enl_motion_glow,
    enl_motion_stars, enl_motion_sparkles, enl_motion_arrows;

const struct enl_motion_info *const enl_motions[] = {&enl_motion_clouds,
                                                     &enl_motion_waves,
                                                     &enl_motion_stream,
                                                     &enl_motion_sway,
                                                     &enl_motion_hair,
                                                     &enl_motion_smile,
                                                     &enl_motion_blink,
                                                     &enl_motion_breath,
                                                     &enl_motion_head,
                                                     &enl_motion_zoom_in,
                                                     &enl_motion_zoom_out,
                                                     &enl_motion_pan,
                                                     &enl_motion_flames,
                                                     &enl_motion_lamps,
                                                     &enl_motion_arrows,
                                                     // In the air: weather, the light on it, what shines.
                                                     &enl_motion_smoke,
                                                     &enl_motion_fog,
                                                     &enl_motion_rain,
                                                     &enl_motion_snow,
                                                     &enl_motion_day,
                                                     &enl_motion_sunset,
                                                     &enl_motion_night,
                                                     &enl_motion_glow,
                                                     &enl_motion_stars,
                                                     &enl_motion_sparkles,
                                                     NULL};

const struct enl_motion_info *enl_motion_find(const char *name) {
    for (int i = 0; enl_motions[i]; i++)
        if (!strcmp(enl_motions[i]->kind.name, name)) return enl_motions[i];
    return NULL;
}

const struct enl_motion_kind *enl_motion_kind_at(int index) {
    for (int i = 0; enl_motions[i]; i++)
        if (i == index) return &enl_motions[i]->kind;
    return NULL;
}

struct enl_plane *enl_matte_on_grid(const struct enl_picture *matte, const struct enl_field *field,
                                    struct enl_error *error) {
    struct enl_plane *plane = enl_plane_new(field->columns, field->rows, error);
    for (int j = 0; plane && j < field->rows; j++)
        for (int i = 0; i < field->columns; i++)
            plane->data[j * field->columns + i] = enl_matte_at_node(matte, i, j);
    return plane;
}
