// SPDX-License-Identifier: MIT
// The motions of a plan: the scene offers them, the words choose among them and change them.
#include "plan/arrows.h"
#include "plan/make.h"
#include "plan/say.h"

#include <stdio.h>
#include <string.h>

// What one motion was told to do.
struct choice {
    int level;                      // of the closest wish, see enl_name_means; 0: none
    bool wanted;                    // by that wish
    bool refused;                   // by that wish
    float speed, amount, direction; // as in enl_wish
    int speed_level, amount_level, direction_level;
    float mood_speed, mood_amount;
    int step; // of the closest wish, the first of several
};

static bool is_named(const char *name, const char *word) {
    return name && !strcmp(name, word);
}

static const char *element_of(const struct enl_wish *wish) {
    if (!wish->item) return wish->element ? wish->element : "all";
    const struct enl_phrase *element = enl_item_sense(wish->item, ENL_SENSE_ELEMENT);
    return element ? element->name : NULL;
}

// Whether this motion is the one that a wish for the camera, with no more said, stands for.
static bool is_camera_choice(const struct enl_work *work, const struct enl_wish *wish,
                             const struct enl_motion_kind *kind) {
    const struct enl_motion_kind *other, *pick = NULL;
    bool aimed = !isnan(wish->direction);
    for (int i = 0; (other = enl_motion_kind_at(i)); i++) {
        if (!enl_is_camera(other) || enl_work_why_not(work, other)) continue;
        bool aims = strncmp(other->name, "zoom", 4) != 0;
        if (!pick && (aimed ? aims : other->last_resort)) pick = other;
    }
    return pick == kind;
}

// Whether a motion's word, where it may mean several ("zoom"), means this one: when wanted the first that can be had.
static bool is_first_meant(const struct enl_work *work, const struct enl_wish *wish,
                           const struct enl_motion_kind *kind) {
    for (int i = 0; i < wish->item->sense_count; i++) {
        const struct enl_phrase *phrase = wish->item->senses[i];
        const struct enl_motion_kind *meant = phrase->sense == ENL_SENSE_MOTION ? enl_motion_kind_find(phrase->name) :
                                                                                  NULL;
        if (meant && !enl_why_not(meant, work->scene)) return meant == kind;
    }
    return false;
}

// The river's waves: a word for one motion of the water goes for the other where only that can be had.
static bool stands_in(const struct enl_work *work, const struct enl_wish *wish, const struct enl_motion_kind *kind) {
    if (kind->region != ENL_WATER || !kind->by_default || enl_work_why_not(work, kind)) return false;
    const struct enl_phrase *phrase = enl_item_sense(wish->item, ENL_SENSE_MOTION);
    const struct enl_motion_kind *asked = phrase ? enl_motion_kind_find(phrase->name) : NULL;
    return asked && asked->region == ENL_WATER && enl_work_why_not(work, asked);
}

// How closely a wish goes for a motion, 0..4.
int enl_wish_level(const struct enl_work *work, const struct enl_wish *wish, const struct enl_motion_kind *kind) {
    if (wish->sound) return 0;
    const char *element = element_of(wish);
    int level = 0;
    if (element) {
        bool camera = !strcmp(element, "camera");
        level = is_named("rest", element) ? 1 : enl_name_means(element, kind);
        if (camera && level && !wish->negative && !is_camera_choice(work, wish, kind)) return 0;
        // Everything is what moves by itself; a zoom has to be asked for.
        if (level == 1 && !wish->negative && !kind->by_default) level = 0;
    }
    for (int i = 0; wish->item && i < wish->item->sense_count; i++) {
        const struct enl_phrase *phrase = wish->item->senses[i];
        if (phrase->sense != ENL_SENSE_MOTION || strcmp(phrase->name, kind->name)) continue;
        if (wish->negative || is_first_meant(work, wish, kind)) level = 4;
    }
    if (!level && wish->item && stands_in(work, wish, kind)) level = 4;
    return level;
}

static void set(float *value, int *value_level, float said, int level) {
    if (isnan(said) || (level < *value_level)) return;
    *value = said;
    *value_level = level;
}

static struct choice choose(const struct enl_work *work, const struct enl_motion_kind *kind) {
    struct choice choice = {.direction = NAN, .mood_speed = 1, .mood_amount = 1};
    for (int i = 0; i < work->wishes->count; i++) {
        const struct enl_wish *wish = &work->wishes->list[i];
        int level = enl_wish_level(work, wish, kind);
        if (!level) continue;
        if (level > choice.level || (level == choice.level && !wish->negative && wish->step < choice.step))
            choice.step = wish->step;
        if (level >= choice.level) {
            choice.level = level;
            choice.wanted = !wish->negative;
            choice.refused = wish->negative;
        }
        if (wish->negative) continue;
        set(&choice.speed, &choice.speed_level, wish->speed > 0 ? wish->speed : NAN, level);
        set(&choice.amount, &choice.amount_level, wish->amount > 0 ? wish->amount : NAN, level);
        set(&choice.direction, &choice.direction_level, wish->direction, level);
        choice.mood_speed *= wish->mood_speed;
        choice.mood_amount *= wish->mood_amount;
    }
    return choice;
}

static float usual_direction(const struct enl_work *work, const struct enl_motion_kind *kind) {
    bool flows = work->scene->water == ENL_WATER_STREAM || work->scene->water == ENL_WATER_FALL;
    float direction = kind->region == ENL_WATER && flows ? work->scene->water_direction : kind->direction;
    direction = fmodf(direction, 360);
    return direction < 0 ? direction + 360 : direction;
}

// When a step of the order begins: the video's length in equal parts.
static float start_of(const struct enl_work *work, int step) {
    if (step <= 0 || step >= work->wishes->steps) return 0;
    return roundf(10 * work->seconds * (float)step / (float)work->wishes->steps) / 10;
}

static void add_motion(const struct enl_work *work, const struct enl_motion_kind *kind, const struct choice *choice) {
    struct enl_plan *plan = work->plan;
    if (plan->motion_count == ENL_MAX_MOTIONS) return;
    struct enl_motion *motion = &plan->motions[plan->motion_count++];
    snprintf(motion->motion, sizeof motion->motion, "%s", kind->name);
    snprintf(motion->region, sizeof motion->region, "%s", enl_region_name(kind));
    motion->direction = usual_direction(work, kind);
    if (!isnan(choice->direction) && enl_takes_direction(kind))
        motion->direction = choice->direction == ENL_REVERSE ? fmodf(motion->direction + 180, 360) : choice->direction;
    float speed = choice->speed > 0 ? choice->speed : 1, amount = choice->amount > 0 ? choice->amount : 1;
    speed *= kind->speed * choice->mood_speed * work->wishes->mood_speed;
    amount *= kind->amount * choice->mood_amount * work->wishes->mood_amount;
    bool lives = kind->region == ENL_FACE || kind->region == ENL_PERSON || kind->region == ENL_ANIMAL;
    if (!lives && kind->region != ENL_ELEMENTS) {
        speed *= work->wishes->weather_speed;
        amount *= work->wishes->weather_amount;
    }
    motion->speed = enl_clampf(speed, .1f, 4);
    motion->amount = enl_clampf(amount, 0, 3);
    motion->start = kind->start + start_of(work, choice->step);
}

// "The clouds stay still: no sky was found."
static void leave_out(const struct enl_work *work, const char *name, bool thing, const char *why) {
    char spoken[24], text[200];
    snprintf(spoken, sizeof spoken, "%s", name);
    for (char *c = spoken; *c; c++)
        if (*c == '_') *c = ' ';
    bool many = spoken[0] && spoken[strlen(spoken) - 1] == 's';
    const char *verb = thing ? many ? "stay still" : "stays still" : "is left out";
    int length = snprintf(text, sizeof text, "The %s %s: %s.", spoken, verb, why);
    enl_list_add(work->plan->left_out, sizeof work->plan->left_out, " ", text, (size_t)length);
}

// Says why what was asked for by this name cannot be had, unless something for it was found.
static void note_impossible(const struct enl_work *work, const char *name, bool found) {
    if (found || !strcmp(name, "all") || !strcmp(name, "rest") || !strcmp(name, "camera")) return;
    const struct enl_motion_kind *kind, *best = NULL;
    int best_level = 0;
    for (int i = 0; (kind = enl_motion_kind_at(i)); i++) {
        int level = enl_name_means(name, kind);
        if (level <= best_level) continue;
        best_level = level;
        best = kind;
    }
    bool thing = enl_sense_has(ENL_SENSE_ELEMENT, name); // it stays still; a doing is left out
    if (best)
        thing = best_level < 4 ||
                (best->region != ENL_FACE && best->region != ENL_PERSON && best->region != ENL_ELEMENTS);
    const char *why = best ? enl_work_why_not(work, best) : "there is no motion for that yet";
    if (why) leave_out(work, name, thing, why);
}

static void note_wishes(const struct enl_work *work) {
    const struct enl_motion_kind *kind;
    for (int i = 0; i < work->wishes->count; i++) {
        const struct enl_wish *wish = &work->wishes->list[i];
        if (wish->sound || wish->negative || !wish->item) continue;
        bool found = false;
        for (int k = 0; (kind = enl_motion_kind_at(k)); k++)
            found |= enl_wish_level(work, wish, kind) && !enl_work_why_not(work, kind);
        const struct enl_phrase *motion = enl_item_sense(wish->item, ENL_SENSE_MOTION);
        const char *element = element_of(wish);
        note_impossible(work, motion ? motion->name : element ? element : "all", found);
    }
    for (int i = 0; i < work->only.count; i++) {
        bool found = false;
        for (int k = 0; (kind = enl_motion_kind_at(k)); k++)
            found |= enl_name_means(work->only.names[i], kind) && !enl_work_why_not(work, kind);
        note_impossible(work, work->only.names[i], found);
    }
}

// Whether words and lists want this motion, be it possible or not.
static bool is_wanted(const struct enl_work *work, const struct enl_motion_kind *kind, const struct choice *choice) {
    if (choice->refused) return false;
    if (enl_names_have(&work->without, kind)) return false;
    if (work->only.given && !enl_names_have(&work->only, kind)) return false;
    // By its element's name a motion is wanted only if it comes by itself, by its own name always.
    if (choice->wanted && choice->level >= 2)
        return choice->level == 4 || kind->by_default || kind->region == ENL_ELEMENTS;
    if (work->exclusive) return false;
    for (int i = 0; i < work->only.count; i++)
        if (enl_name_means(work->only.names[i], kind) == 4) return true;
    if (!kind->by_default) return false;
    bool sure = kind->region == ENL_ELEMENTS || work->scene->confidence[kind->region] >= ENL_SURE_ENOUGH;
    return sure || work->only.given;
}

// Whether words and lists leave the camera free to move where nothing else can.
static bool camera_is_free(const struct enl_work *work, const struct enl_motion_kind *kind,
                           const struct choice *choice) {
    if (choice->refused || work->all_refused || enl_names_have(&work->without, kind)) return false;
    return !work->only.given || enl_names_have(&work->only, kind);
}

static bool comes_over(const struct enl_wish *wish) {
    const struct enl_phrase *motion = wish->item ? enl_item_sense(wish->item, ENL_SENSE_MOTION) : NULL;
    return motion && enl_comes_over(motion->name);
}

// What words and lists want and this scene has, but for the mask: "The freeze mask holds clouds and waves."
static void note_held(const struct enl_work *work, const char *held) {
    if (work->reach->all_held)
        enl_plan_say(work->plan->notes, ENL_ALL_HELD);
    else if (held[0]) enl_plan_say(work->plan->notes, "The freeze mask covers all that would move by %s.", held);
}

void enl_plan_motions(struct enl_work *work) {
    bool named = false, painted = false;
    char held[160] = "";
    for (int i = 0; i < work->wishes->count; i++) {
        const struct enl_wish *wish = &work->wishes->list[i];
        if (wish->sound) continue;
        const char *element = element_of(wish);
        bool all = is_named(element, "all"), rest = is_named(element, "rest");
        if (all || rest) {
            if (wish->negative) work->all_refused = true;
            else work->wishes->generic = true;
        } else if (!wish->negative && !comes_over(wish)) {
            named = true; // rain falls on a picture that lives on; what is named moves alone
        }
    }
    work->exclusive = work->wishes->only || (named && !work->wishes->generic);
    const struct enl_motion_kind *kind;
    for (int i = 0; (kind = enl_motion_kind_at(i)); i++) {
        struct choice choice = choose(work, kind);
        if (!is_wanted(work, kind, &choice)) continue;
        if (!enl_work_why_not(work, kind)) add_motion(work, kind, &choice);
        if (!enl_reach_holds(work->reach, kind)) continue;
        painted = true;
        if (choice.level < 2) enl_list_add(held, sizeof held, ", ", kind->name, strlen(kind->name)); // else note_wishes
    }
    note_held(work, held);
    // Where a person painted over all that would move, nothing else is moved instead.
    bool none = work->plan->motion_count == 0 && work->plan->arrow_count == 0 && !painted && !work->reach->all_held;
    for (int i = 0; none && (kind = enl_motion_kind_at(i)); i++) {
        struct choice choice = choose(work, kind);
        if (!kind->last_resort || enl_work_why_not(work, kind) || !camera_is_free(work, kind, &choice)) continue;
        add_motion(work, kind, &choice);
    }
    note_wishes(work);
}
