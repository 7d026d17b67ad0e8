// SPDX-License-Identifier: MIT
#include "plan/arrows.h"
#include "plan/make.h"
#include "plan/say.h"

#include <stdio.h>
#include <string.h>

#define SHORTEST .004f // of the mean side; less is a slip of the finger

// Of the mask of an element at a place, 0..255.
static int seen_at(const struct enl_scene *scene, enum enl_element element, const float place[2]) {
    const struct enl_picture *mask = scene->masks[element];
    if (!mask) return 0;
    int x = enl_clampi((int)(place[0] * (float)mask->width), 0, mask->width - 1);
    int y = enl_clampi((int)(place[1] * (float)mask->height), 0, mask->height - 1);
    return mask->data[(size_t)y * (size_t)mask->width + (size_t)x];
}

enum enl_element enl_arrow_element(const struct enl_scene *scene, const struct enl_arrow *arrow) {
    static const enum enl_element flowing[] = {ENL_FLAMES, ENL_WATER, ENL_PLANTS, ENL_SKY};
    if (seen_at(scene, ENL_HAIR, arrow->from) > 127) return ENL_HAIR;
    if (seen_at(scene, ENL_PERSON, arrow->from) > 127 || seen_at(scene, ENL_FACE, arrow->from) > 127) return ENL_PERSON;
    for (int i = 0; i < scene->face_count; i++) { // a face has no mask where there is no model of persons
        float x = arrow->from[0] - scene->faces[i].x, y = arrow->from[1] - scene->faces[i].y;
        if (x >= 0 && y >= 0 && x < scene->faces[i].width && y < scene->faces[i].height) return ENL_PERSON;
    }
    enum enl_element best = ENL_ELEMENTS;
    int most = 127;
    for (size_t i = 0; i < sizeof flowing / sizeof *flowing; i++) {
        int seen = seen_at(scene, flowing[i], arrow->from);
        if (seen > most) most = seen, best = flowing[i];
    }
    return best;
}

// Of the mean side a second: what still looks like the thing itself. A fall runs at .09.
static float fastest(enum enl_element element) {
    return element == ENL_SKY ? .04f : element == ENL_PLANTS ? .03f : element == ENL_ELEMENTS ? .06f : .1f;
}

static float length_of(const struct enl_arrow *arrow, float width, float height) {
    float x = (arrow->to[0] - arrow->from[0]) * width, y = (arrow->to[1] - arrow->from[1]) * height;
    return sqrtf(x * x + y * y);
}

float enl_arrow_speed(const struct enl_arrow *arrow, enum enl_element element, float width, float height,
                      bool *ret_capped) {
    float speed = length_of(arrow, width, height) / ENL_ARROW_SECONDS * (arrow->speed > 0 ? arrow->speed : 1);
    float most = fastest(element) * .5f * (width + height);
    if (ret_capped) *ret_capped = speed > most;
    return fminf(speed, most);
}

// To what JSON keeps, so that a plan that is written and read again makes the same frames.
static float rounded(float value, double steps) {
    return (float)(floor((double)value * steps + .5) / steps);
}

// Cuts the arrow where it leaves the photo. False: it did not.
static bool cut_at_edge(struct enl_arrow *arrow) {
    float part = 1;
    for (int c = 0; c < 2; c++) {
        float way = arrow->to[c] - arrow->from[c], edge = way > 0 ? 1 : 0;
        if (arrow->to[c] < 0 || arrow->to[c] > 1) part = fminf(part, (edge - arrow->from[c]) / way);
    }
    if (part >= 1) return false;
    for (int c = 0; c < 2; c++)
        arrow->to[c] = enl_clampf(arrow->from[c] + part * (arrow->to[c] - arrow->from[c]), 0, 1);
    return true;
}

bool enl_arrows_take(struct enl_plan *plan, const struct enl_arrow *arrows, int count, bool from_json,
                     struct enl_error *error) {
    if (plan->arrow_count < 0 || count < 0 || count > ENL_MAX_ARROWS - plan->arrow_count)
        return enl_fail(error, ENL_USAGE, "There are more than %d arrows.", ENL_MAX_ARROWS);
    for (int i = 0; i < count; i++) {
        struct enl_arrow a = arrows[i];
        char name[40];
        if (from_json) snprintf(name, sizeof name, "Plan: arrows[%d]", i);
        else snprintf(name, sizeof name, "Arrow %d", i + 1);
        if (!isfinite(a.from[0]) || !isfinite(a.from[1]) || !isfinite(a.to[0]) || !isfinite(a.to[1]) ||
            !isfinite(a.speed))
            return enl_fail(error, ENL_USAGE, "%s is not made of numbers.", name);
        if (!(a.from[0] >= 0 && a.from[0] <= 1 && a.from[1] >= 0 && a.from[1] <= 1))
            return enl_fail(error, ENL_USAGE,
                            "%s begins at %g,%g, outside the photo, which reaches from 0,0 to 1,1 (fractions of its "
                            "width and height).",
                            name, (double)a.from[0], (double)a.from[1]);
        float speed = a.speed == 0 ? 1 : enl_clampf(a.speed, .1f, 4);
        if (a.speed != 0 && speed != a.speed)
            enl_plan_say(plan->notes, "An arrow's speed is %g, beyond the limits, and was taken as %g.",
                         (double)a.speed, (double)speed);
        if (cut_at_edge(&a))
            enl_plan_say(plan->notes, "The arrow from %.3g,%.3g was cut at the photo's edge.", (double)a.from[0],
                         (double)a.from[1]);
        for (int c = 0; c < 2; c++) a.from[c] = rounded(a.from[c], 1e5), a.to[c] = rounded(a.to[c], 1e5);
        a.speed = rounded(speed, 1e3);
        plan->arrows[plan->arrow_count++] = a;
    }
    return true;
}

bool enl_freeze_check(const char *path, struct enl_error *error) {
    if (!path[0]) return enl_fail(error, ENL_USAGE, "The freeze mask needs a file name.");
    if (strlen(path) > ENL_MAX_FREEZE)
        return enl_fail(error, ENL_USAGE, "The freeze mask's name is longer than %d bytes.", ENL_MAX_FREEZE);
    return enl_prompt_check(path, "The freeze mask's name", NULL, error);
}

bool enl_freeze_take(struct enl_plan *plan, const char *path, struct enl_error *error) {
    if (!path) return true;
    if (!enl_freeze_check(path, error)) return false;
    memcpy(plan->freeze, path, strlen(path) + 1);
    return true;
}

static bool has_name(const struct enl_names *names, const char *name) {
    for (int i = 0; i < names->count; i++)
        if (!strcmp(names->names[i], name)) return true;
    return false;
}

// Whether a list names arrows that begin on this element.
static bool names_it(const struct enl_names *names, enum enl_element element) {
    return has_name(names, "all") || has_name(names, "arrows") ||
           (element != ENL_ELEMENTS && has_name(names, enl_element_name(element))) ||
           (element == ENL_HAIR && has_name(names, "person"));
}

// Why an arrow cannot be, as a clause, or NULL.
static const char *arrow_why_not(const struct enl_arrow *arrow, enum enl_element element, float width, float height,
                                 const struct enl_reach *reach, const struct enl_work *work) {
    if (length_of(arrow, width, height) < SHORTEST * .5f * (width + height)) return "it points nowhere";
    if (element == ENL_PERSON) return "people move by words, such as \"she smiles\"";
    if (work && names_it(&work->without, element)) return "what it begins on must not move";
    if (work && enl_words_hold(work, element)) return "the words want what it begins on to stay still";
    if (work && work->only.given && !names_it(&work->only, element))
        return "what it begins on is not among what may move";
    return enl_reach_holds_arrow(reach, arrow, element) ? "what it would move lies under the freeze mask" : NULL;
}

void enl_arrows_fit(struct enl_plan *plan, const struct enl_reach *reach, const struct enl_work *work) {
    const struct enl_scene *scene = reach->scene;
    float width = scene->width > 0 ? (float)scene->width : 1, height = scene->height > 0 ? (float)scene->height : 1;
    int kept = 0;
    for (int i = 0; i < plan->arrow_count; i++) {
        struct enl_arrow a = plan->arrows[i];
        enum enl_element element = enl_arrow_element(scene, &a);
        const char *why = arrow_why_not(&a, element, width, height, reach, work);
        bool capped;
        enl_arrow_speed(&a, element, width, height, &capped);
        if (why)
            enl_plan_say(plan->left_out, "The arrow from %.3g,%.3g is left out: %s.", (double)a.from[0],
                         (double)a.from[1], why);
        else plan->arrows[kept++] = a;
        if (!why && capped && element != ENL_HAIR)
            enl_plan_say(plan->notes,
                         "The arrow from %.3g,%.3g is too fast and was slowed to %.2g %% of the photo a "
                         "second.",
                         (double)a.from[0], (double)a.from[1], 100 * (double)fastest(element));
    }
    plan->arrow_count = kept;
}

static bool is_shown(const struct enl_arrow *arrow, const float crop[4]) {
    for (int k = 0; k <= 32; k++) { // finer than the smallest part that may be shown of a photo
        float x = enl_mixf(arrow->from[0], arrow->to[0], (float)k / 32) - crop[0];
        float y = enl_mixf(arrow->from[1], arrow->to[1], (float)k / 32) - crop[1];
        if (x >= 0 && y >= 0 && x <= crop[2] && y <= crop[3]) return true;
    }
    return false;
}

void enl_arrows_frame(struct enl_plan *plan, const float crop[4]) {
    int kept = 0;
    for (int i = 0; i < plan->arrow_count; i++) {
        if (is_shown(&plan->arrows[i], crop)) plan->arrows[kept++] = plan->arrows[i];
        else
            enl_plan_say(plan->left_out,
                         "The arrow from %.3g,%.3g is left out: it lies outside the part that is shown.",
                         (double)plan->arrows[i].from[0], (double)plan->arrows[i].from[1]);
    }
    plan->arrow_count = kept;
}

static struct enl_motion *motion_of(struct enl_plan *plan, const char *name) {
    for (int i = 0; i < plan->motion_count; i++)
        if (!strcmp(plan->motions[i].motion, name)) return &plan->motions[i];
    return NULL;
}

static void take_out(struct enl_plan *plan, const char *name) {
    struct enl_motion *motion = motion_of(plan, name);
    if (!motion) return;
    int at = (int)(motion - plan->motions);
    memmove(motion, motion + 1, (size_t)(plan->motion_count - at - 1) * sizeof *motion);
    plan->motion_count--;
}

// The plan's motion of this name, put in where it is not there; NULL where there is no room.
static struct enl_motion *put_in(struct enl_plan *plan, const char *name) {
    const struct enl_motion_kind *kind = enl_motion_kind_find(name);
    struct enl_motion *motion = motion_of(plan, name);
    if (motion || !kind || plan->motion_count == ENL_MAX_MOTIONS) return motion;
    motion = &plan->motions[plan->motion_count++];
    *motion = (struct enl_motion){
        .direction = kind->direction, .speed = kind->speed, .amount = kind->amount, .start = kind->start};
    snprintf(motion->motion, sizeof motion->motion, "%s", name);
    snprintf(motion->region, sizeof motion->region, "%s", enl_region_name(kind));
    return motion;
}

// What moves an element's pixels along; what only shades it (stars, glow) goes on.
static void stand_in(struct enl_plan *plan, enum enl_element element) {
    static const struct {
        enum enl_element element;
        const char *motion;
    } own[] = {
        {ENL_SKY, "clouds"}, {ENL_WATER, "waves"}, {ENL_WATER, "stream"}, {ENL_PLANTS, "sway"}, {ENL_FLAMES, "flames"}};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (own[i].element != element || !motion_of(plan, own[i].motion)) continue;
        take_out(plan, own[i].motion);
        enl_plan_say(plan->notes, "Arrows take the place of %s.", own[i].motion);
    }
}

void enl_arrows_settle(struct enl_plan *plan, const struct enl_scene *scene) {
    bool flows = false;
    for (int i = 0; i < plan->arrow_count; i++) {
        const struct enl_arrow *a = &plan->arrows[i];
        enum enl_element element = enl_arrow_element(scene, a);
        if (element != ENL_HAIR) {
            flows = true;
            stand_in(plan, element);
            continue;
        }
        struct enl_motion *hair = put_in(plan, "hair");
        float x = (a->to[0] - a->from[0]) * (float)scene->width, y = (a->to[1] - a->from[1]) * (float)scene->height;
        float angle = rounded(atan2f(-y, x) * 180 / ENL_PI, 1);
        if (hair) hair->direction = angle < 0 ? angle + 360 : angle;
        enl_plan_say(plan->notes, "Hair is held at the head: it blows the arrow's way.");
    }
    if (!flows) take_out(plan, "arrows");
    else if (!put_in(plan, "arrows"))
        enl_plan_say(plan->left_out, "The arrows are left out: the plan has %d motions already.", ENL_MAX_MOTIONS);
}
