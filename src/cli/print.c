// SPDX-License-Identifier: MIT
// What was seen and planned, for people.
#include "cli/cli.h"

#include <math.h>
#include <stdio.h>

void cli_print_scene(const struct enl_scene *scene) {
    const char *comma = "";
    printf("Saw:   ");
    for (int e = 0; e < ENL_DEPTH; e++) {
        if (!scene->masks[e] || e == ENL_FACE || scene->share[e] < .005f) continue;
        printf("%s%s %.0f %%", comma, enl_element_name((enum enl_element)e), (double)(100 * scene->share[e]));
        if (e == ENL_WATER) printf(" (%s)", enl_water_name(scene->water));
        if (scene->confidence[e] < .4f) printf(" (unsure)");
        comma = ", ";
    }
    if (scene->face_count) {
        printf("%s%d face%s", comma, scene->face_count, scene->face_count == 1 ? "" : "s");
        if (scene->face_count == 1 && scene->faces[0].has_landmarks)
            printf(" (%s)", scene->faces[0].smile > .6f ? "smiling" :
                            scene->faces[0].smile > .3f ? "smiling a little" :
                                                          "not smiling");
        comma = ", ";
    }
    if (scene->horizon >= 0)
        printf("%shorizon at %.0f %% of the height", comma, (double)(100 * scene->horizon)), comma = ", ";
    printf("%s\n", *comma ? "" : "nothing that moves by itself");
    if (scene->without[0]) printf("Note:  %s\n", scene->without);
}

void cli_print_plan(const struct enl_plan *plan) {
    printf("Moves: ");
    for (int i = 0; i < plan->motion_count; i++) {
        const struct enl_motion *m = &plan->motions[i];
        printf("%s%s", i ? ", " : "", m->motion);
        if (m->amount != 1) printf(" x%.2g", (double)m->amount);
        if (m->speed != 1) printf(" at %.2g speed", (double)m->speed);
    }
    printf("%s\nSound: ", plan->motion_count ? "" : "nothing");
    for (int i = 0; i < plan->sound_count; i++) printf("%s%s", i ? ", " : "", plan->sounds[i].sound);
    printf("%s\n", plan->sound_count ? "" : "none");
    if (plan->not_understood[0]) printf("Not understood: %s\n", plan->not_understood);
    if (plan->left_out[0]) printf("Left out: %s\n", plan->left_out);
    if (plan->notes[0]) printf("Changed: %s\n", plan->notes);
}
