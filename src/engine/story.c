// SPDX-License-Identifier: MIT
// The whole way of a photo: decode, look, plan, prepare, then frame by frame render, mark and encode.
#include "base/output.h"
#include "engine/engine.h"
#include "mark/mark.h"
#include "movie/movie.h"
#include "plan/arrows.h"
#include "plan/lexicon.h"
#include "sound/sound.h"

#include <enliven/photo.h>
#include <enliven/story.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PHOTO_SIDE 1920 // of what is looked at, and at most of the size "photo"
#define CREDENTIAL_ROOM 65536
#define LEAST_SIDE 64
#define MOST_SIDE 3840

struct telling { // one story being made
    const struct enl_story_params *p; // `own`
    struct enl_story_params own;      // as given, with what the format says
    struct enl_story *story;
    struct enl_photo *photo;
    struct enl_picture *freeze; // of the whole photo; NULL: nothing must stay
    struct enl_stage stage;
    struct enl_pool *pool;
    const struct enl_engine *engine;
    void *engine_state;
    struct enl_label *label;
    struct enl_gauge *gauge;
    char label_text[64];
    float *sound;
    size_t sound_frames;
    struct enl_output outputs[2];
    const struct enl_movie_format *format;
    struct enl_movie *movie;
    double began, stage_began;
};

// Ends the present stage's time and reports what comes next. False: cancelled.
static bool next_stage(struct telling *t, const char *ended, const char *next, double done, struct enl_error *error) {
    double now = enl_seconds();
    struct enl_story *s = t->story;
    int i = 0;
    while (i < s->stage_count && strcmp(s->stages[i].name, ended) != 0) i++;
    if (ended[0] && i < (int)(sizeof s->stages / sizeof *s->stages)) {
        if (i == s->stage_count) snprintf(s->stages[s->stage_count++].name, sizeof s->stages[0].name, "%s", ended);
        s->stages[i].seconds += now - t->stage_began;
    }
    t->stage_began = now;
    if (!next || !t->p->progress) return true;
    double spent = now - t->began, left = done > .15 ? spent / done * (1 - done) : -1;
    return t->p->progress(t->p->user, next, done, left) ? true : enl_fail(error, ENL_CANCELLED, "Cancelled.");
}

static bool choose_size(struct telling *t, int *ret_width, int *ret_height, struct enl_error *error) {
    const char *size = t->p->size ? t->p->size : "photo";
    char rest;
    *ret_width = *ret_height = 0; // the photo's own
    if (!strcmp(size, "photo")) return true;
    if (!strcmp(size, "story")) *ret_width = 1080, *ret_height = 1920;
    // Four digits cannot overflow; blanks and signs, which sscanf() takes as well, are none.
    else if (strspn(size, "0123456789x") != strlen(size) ||
             sscanf(size, "%4dx%4d%c", ret_width, ret_height, &rest) != 2) // NOLINT(cert-err34-c)
        return enl_fail(error, ENL_USAGE, "The size \"%.40s\" is not story, photo or WIDTHxHEIGHT.", size);
    if (*ret_width < LEAST_SIDE || *ret_height < LEAST_SIDE || *ret_width > MOST_SIDE || *ret_height > MOST_SIDE ||
        *ret_width % 2 || *ret_height % 2)
        return enl_fail(error, ENL_USAGE, "The size %s is not possible; each side must be even, %d to %d pixels.", size,
                        LEAST_SIDE, MOST_SIDE);
    if (*ret_width > t->format->most_side || *ret_height > t->format->most_side)
        return enl_fail(error, ENL_USAGE, "The size %s is too large for the format %s; at most %d pixels a side.", size,
                        t->format->name, t->format->most_side);
    if (*ret_width > 5 * *ret_height || *ret_height > 5 * *ret_width)
        return enl_fail(error, ENL_USAGE, "The size %s is too narrow; one side may be at most 5 times the other.",
                        size);
    return true;
}

static bool check_rate(const struct telling *t, struct enl_error *error) {
    char list[64] = "";
    const int *rates = t->format->rates;
    for (int i = 0; rates[i]; i++) {
        if (rates[i] == t->story->fps) return true;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%d", !i ? "" : rates[i + 1] ? ", " : " or ", rates[i]);
    }
    return enl_fail(error, ENL_USAGE, "%d frames a second are not possible in the format %s; choose %s.", t->p->fps,
                    t->format->name, list);
}

static bool check(struct telling *t, struct enl_error *error) {
    const struct enl_story_params *p = t->p;
    t->story->fps = p->fps ? p->fps : t->format->fps;
    t->story->seconds = p->seconds != 0 ? p->seconds : t->format->seconds;
    if (!(t->story->seconds >= 3 && t->story->seconds <= 15))
        return enl_fail(error, ENL_USAGE, "%g seconds are not possible; choose 3 to 15.", p->seconds);
    if (!check_rate(t, error)) return false;
    if (p->threads < 0 || p->threads > 64)
        return enl_fail(error, ENL_USAGE, "%d threads are not possible; choose 1 to 64, or 0 for one a core.",
                        p->threads);
    char langs[128];
    enl_lexicon_langs(langs, sizeof langs);
    const char *lang = p->lang ? p->lang : p->plan && p->plan->lang[0] ? p->plan->lang : "en";
    if (!enl_lexicon_label(lang, t->label_text, sizeof t->label_text))
        return enl_fail(error, ENL_USAGE, "There is no language \"%.20s\"; choose one of: %s.", lang, langs);
    return choose_size(t, &t->story->width, &t->story->height, error);
}

static bool still_wanted(void *user) {
    const struct telling *t = user;
    return !t->p->progress || t->p->progress(t->p->user, "look", .03, -1);
}

static bool look(struct telling *t, const char *path, struct enl_error *error) {
    int w = t->story->width, h = t->story->height;
    // No more is decoded than the frame can show, nor less than makes a small frame's scene that of a large one.
    t->photo = enl_photo_load(path,
                              w ? enl_photo_params(.cover_width = w, .cover_height = h, .least_side = PHOTO_SIDE) :
                                  enl_photo_params(.max_side = PHOTO_SIDE),
                              error);
    if (!t->photo || !next_stage(t, "decode", "look", .03, error)) return false;
    const struct enl_picture *photo = t->photo->picture;
    t->story->scene = enl_scene_look(
        photo, enl_scene_params(.models = t->p->models, .threads = t->p->threads, .go_on = still_wanted, .user = t),
        error);
    if (!t->story->scene || !next_stage(t, "look", "plan", .08, error)) return false;
    if (!w) {
        int side = photo->width > photo->height ? photo->width : photo->height, most = t->format->max_side;
        double scale = side > most ? (double)most / side : 1;
        t->story->width = w = (int)(photo->width * scale + .5) & ~1;
        t->story->height = h = (int)(photo->height * scale + .5) & ~1;
    }
    enl_choose_crop(photo, t->story->scene, w, h, t->story->crop);
    return true;
}

// Why a motion of a plan that came from outside cannot be seen here, or NULL.
static const char *why_unseen(const struct telling *t, const struct enl_motion *motion) {
    const struct enl_motion_info *info = enl_motion_find(motion->motion);
    const struct enl_scene *scene = t->story->scene;
    if (!info) return "there is no such motion";
    if ((double)motion->start >= t->story->seconds) return "it would start after the end";
    enum enl_element region = info->kind.region;
    // Faces are known by their landmarks, not by a mask.
    bool there = region == ENL_ELEMENTS || (region != ENL_FACE && scene->masks[region]);
    return there ? NULL : enl_why_not(&info->kind, scene);
}

// A plan may have been made for another photo: what cannot be seen in this one is left out, and said to be.
static void take_plan(const struct telling *t, struct enl_plan *plan) {
    int kept = 0;
    size_t told = 0;
    plan->left_out[0] = 0; // what was true of that photo
    for (int i = 0; i < plan->motion_count; i++) {
        const char *why = why_unseen(t, &plan->motions[i]);
        if (!why) plan->motions[kept++] = plan->motions[i];
        else if (told < sizeof plan->left_out)
            told += (size_t)snprintf(plan->left_out + told, sizeof plan->left_out - told,
                                     "%sThe motion %s is left out: %s.", told ? " " : "", plan->motions[i].motion, why);
    }
    plan->motion_count = kept;
}

// The freeze mask of the params or else of the plan.
static bool take_freeze(struct telling *t, struct enl_error *error) {
    const struct enl_story_params *p = t->p;
    struct enl_plan *plan = t->story->plan;
    int width = t->photo->file_width, height = t->photo->file_height;
    if (p->freeze_mask) t->freeze = enl_freeze_copy(p->freeze_mask, width, height, error);
    else if (plan->freeze[0]) t->freeze = enl_freeze_load(plan->freeze, width, height, error);
    else return true;
    if (t->freeze && enl_freeze_is_all(t->freeze))
        enl_plan_say(plan->notes, "The freeze mask is white all over, so only camera, light and weather may change.");
    return t->freeze != NULL;
}

// The plan that was given, with the arrows and the mask of the params.
static bool join_plan(struct telling *t, struct enl_plan *plan, struct enl_error *error) {
    const struct enl_story_params *p = t->p;
    int own = p->plan->arrow_count;
    *plan = *p->plan;
    take_plan(t, plan);
    plan->arrow_count = 0;
    if (!enl_arrows_take(plan, p->plan->arrows, own, false, error) ||
        !enl_arrows_take(plan, p->arrows, p->arrow_count, false, error))
        return false;
    if (p->mute) plan->sound_count = 0;
    return enl_freeze_take(plan, p->freeze, error);
}

static bool make_plan(struct telling *t, struct enl_error *error) {
    const struct enl_story_params *p = t->p;
    if (p->plan) {
        t->story->plan = enl_alloc(1, sizeof *t->story->plan, error);
        if (!t->story->plan || !join_plan(t, t->story->plan, error)) return false;
        enl_arrows_frame(t->story->plan, t->story->crop);
        enl_arrows_fit(t->story->plan, t->story->scene, NULL, NULL);
        enl_arrows_settle(t->story->plan, t->story->scene);
    } else {
        t->story->plan = enl_plan_make(t->story->scene,
                                       enl_plan_params(.prompt = p->prompt, .lang = p->lang, .seconds = p->seconds,
                                                       .only = p->only, .without = p->without, .mute = p->mute,
                                                       .arrows = p->arrows, .arrow_count = p->arrow_count,
                                                       .shown = t->story->crop, .freeze = p->freeze),
                                       error);
    }
    return t->story->plan && take_freeze(t, error) && next_stage(t, "plan", "prepare", .09, error);
}

// The mattes of all that the plan moves, together, but for people, who hardly leave their place. NULL without memory.
static struct enl_picture *what_moves(const struct telling *t, struct enl_error *error) {
    struct enl_picture *all = enl_picture_new(t->stage.width, t->stage.height, 1, error);
    for (int e = 0; all && e < ENL_ELEMENTS; e++) {
        const struct enl_picture *matte = t->stage.matte[e];
        if (e == ENL_PERSON || e == ENL_HAIR || e == ENL_FACE) continue;
        bool moves = false;
        for (int i = 0; i < t->story->plan->motion_count; i++)
            moves |= !strcmp(t->story->plan->motions[i].region, enl_element_name((enum enl_element)e));
        for (int i = 0; i < t->stage.pointer_count; i++)
            moves |= t->stage.pointers[i].element == (enum enl_element)e;
        for (size_t i = 0; moves && matte && i < (size_t)all->width * (size_t)all->height; i++)
            if (matte->data[i] > all->data[i]) all->data[i] = matte->data[i];
    }
    return all;
}

static bool prepare(struct telling *t, struct enl_error *error) {
    struct enl_story *s = t->story;
    if (!(t->pool = enl_pool_new(t->p->threads, error))) return false;
    if (!enl_stage_make(&t->stage,
                        &(struct enl_stage_params){.photo = t->photo->picture,
                                                   .scene = s->scene,
                                                   .width = s->width,
                                                   .height = s->height,
                                                   .fps = s->fps,
                                                   .seconds = s->seconds,
                                                   .loop = t->p->loop,
                                                   .seed = t->p->seed,
                                                   .crop = s->crop,
                                                   .arrows = s->plan->arrows,
                                                   .arrow_count = s->plan->arrow_count,
                                                   .freeze = t->freeze},
                        t->pool, error))
        return false;
    enl_picture_free(&t->freeze);
    enl_photo_free(&t->photo); // the stage has its own, and the rest needs the memory
    s->frames = t->stage.frames;
    if (!next_stage(t, "prepare", "prepare", .12, error)) return false;
    t->engine = &enl_engine_classic;
    t->engine_state = t->engine->open(&t->stage, s->plan, t->pool, t->p->no_simd, error);
    float faces[ENL_MAX_FACES][4];
    for (int i = 0; i < t->stage.face_count; i++)
        memcpy(faces[i], &t->stage.faces[i].x, sizeof faces[i]); // x, y, width, height stand together
    struct enl_picture *moving = t->engine_state ? what_moves(t, error) : NULL;
    if (moving)
        t->label = enl_label_new(t->label_text, t->stage.picture, (const float(*)[4])faces, t->stage.face_count, moving,
                                 error);
    enl_picture_free(&moving);
    return t->label && next_stage(t, "prepare", "sound", .16, error);
}

// Where an element lies from left to right, and how wide it is.
static struct enl_sound_place place_of(const struct enl_picture *m) {
    double sum = 0, x1 = 0, x2 = 0;
    for (int y = 0; m && y < m->height; y += 8)
        for (int x = 0; x < m->width; x += 8) {
            double weight = m->data[(size_t)y * (size_t)m->width + (size_t)x], u = 2.0 * x / m->width - 1;
            sum += weight, x1 += weight * u, x2 += weight * u * u;
        }
    if (sum <= 0) return (struct enl_sound_place){0, 1};
    double spread = sqrt(fmax(0, x2 / sum - x1 * x1 / (sum * sum)));
    return (struct enl_sound_place){(float)(x1 / sum), enl_clampf((float)spread * 1.7f, .2f, 1)};
}

static bool make_sound(struct telling *t, struct enl_error *error) {
    if (t->format->silent) return next_stage(t, "sound", "render", .17, error);
    struct enl_sound_place places[ENL_ELEMENTS];
    for (int e = 0; e < ENL_ELEMENTS; e++) places[e] = place_of(t->stage.matte[e]);
    struct enl_sound_scene scene = {.seconds = (double)t->stage.frames / t->stage.fps,
                                    .loop = t->stage.loop,
                                    .seed = t->stage.seed,
                                    .wind = t->stage.wind,
                                    .swell = t->stage.swell,
                                    .curve_length = t->stage.frames,
                                    .curve_rate = t->stage.fps,
                                    .places = places};
    return enl_sound_mix(t->story->plan, &scene, &t->sound, &t->sound_frames, error) &&
           next_stage(t, "sound", "render", .17, error);
}

// The first frame is the photo as nearly as a label lets it be; a loop comes back to it.
static float label_strength(const struct telling *t, int frame) {
    double at = (double)frame / t->stage.fps, left = (double)(t->stage.frames - frame) / t->stage.fps;
    return (float)(enl_ease(at, 0, 1.2) * (t->stage.loop ? enl_ease(left, 0, 1.2) : 1));
}

static bool make_frames(struct telling *t, struct enl_error *error) {
    struct enl_story *s = t->story;
    t->movie = t->format->open(t->outputs,
                               &(struct enl_movie_params){.width = s->width,
                                                          .height = s->height,
                                                          .fps = s->fps,
                                                          .sound = t->sound,
                                                          .sound_frames = t->sound_frames,
                                                          .loop = t->stage.loop,
                                                          .frames = s->frames,
                                                          .room = CREDENTIAL_ROOM},
                               error);
    if (!t->movie) return false;
    for (int i = 0; i < s->frames; i++) {
        struct enl_frame frame = {.width = s->width, .height = s->height};
        if (!t->format->buffer(t->movie, frame.planes, frame.strides, error) ||
            !t->engine->draw(t->engine_state, i, &frame, error) || !next_stage(t, "render", NULL, 0, error) ||
            !enl_gauge_look(&t->gauge, &t->stage, t->p->models, i, &frame, error) ||
            !next_stage(t, "drift", NULL, 0, error))
            return false;
        enl_label_draw(t->label, label_strength(t, i), frame.planes, frame.strides);
        for (int c = 0; c < 3; c++)
            for (int y = 0; y < (c ? s->height / 2 : s->height); y++)
                s->frames_hash = enl_hash_bytes(s->frames_hash, frame.planes[c] + (size_t)y * (size_t)frame.strides[c],
                                                (size_t)(c ? s->width / 2 : s->width));
        if (!next_stage(t, "mark", NULL, 0, error) || !t->format->add(t->movie, error) ||
            !next_stage(t, "encode", "render", .17 + .8 * (i + 1) / s->frames, error))
            return false;
    }
    enl_gauge_read(t->gauge, s);
    return true;
}

static bool finish(struct telling *t, struct enl_error *error) {
    char id[17];
    const char *description = "A photo brought to life by a machine (AI-generated motion and sound).";
    snprintf(id, sizeof id, "%016llx", (unsigned long long)t->story->frames_hash);
    char *aigc = enl_mark_aigc(id, error),
         *xmp = aigc ? enl_mark_xmp(t->engine->source_type, id, description, aigc, error) : NULL;
    bool done = xmp && t->format->finish(
                            t->movie,
                            &(struct enl_movie_tags){
                                .aigc = aigc, .xmp = xmp, .description = description, .id = t->story->frames_hash},
                            error);
    t->format->free(&t->movie);
    done = done && next_stage(t, "encode", "finish", .98, error) &&
           enl_output_commit_all(t->outputs, t->format->second ? 2 : 1, error) &&
           next_stage(t, "finish", NULL, 1, error);
    // The video is there: too late to cancel.
    if (done && t->p->progress) (void)t->p->progress(t->p->user, "finish", 1, 0);
    enl_release(xmp);
    enl_release(aigc);
    return done;
}

static bool same_file(const char *a, const char *b) {
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool open_second(struct telling *t, const char *photo, const char *path, struct enl_error *error) {
    char *second = t->story->second = enl_movie_second_name(t->format, path, error);
    if (!second) return false;
    if (!strcmp(second, path))
        return enl_fail(error, ENL_USAGE, "%s is the name of the still; name the film, which ends in %s.", path,
                        t->format->endings[0]);
    if (same_file(second, photo))
        return enl_fail(error, ENL_USAGE, "The still %s cannot replace the photo; choose another name.", second);
    return enl_output_open(&t->outputs[1], second, t->p->force, error);
}

// What a file system says about the name comes before what we do.
static bool open_outputs(struct telling *t, const char *photo, const char *path, bool known, struct enl_error *error) {
    char endings[80];
    enl_movie_list_endings(endings, sizeof endings);
    if (!enl_output_open(&t->outputs[0], path, t->p->force, error)) return false;
    if (!known)
        return enl_fail(error, ENL_USAGE, "%s has none of the endings %s; choose one, or name the format.", path,
                        endings);
    return !t->format->second || open_second(t, photo, path, error);
}

// The format that the params name, else the one of the path. False: there is no such format.
static bool choose_format(const char *path, const struct enl_story_params *p, const struct enl_movie_format **ret,
                          struct enl_error *error) {
    char names[80];
    enl_movie_list_names(names, sizeof names);
    *ret = p->format ? enl_movie_format_find(p->format) : enl_movie_format_for(path);
    return *ret || !p->format ||
           enl_fail(error, ENL_USAGE, "There is no format \"%.20s\"; choose one of: %s.", p->format, names);
}

struct enl_story *enl_story_make_as(const struct enl_movie_format *format, const char *photo_path,
                                    const char *video_path, const struct enl_story_params *params,
                                    struct enl_error *error) {
    struct telling t = {.format = format ? format : enl_movie_formats[0],
                        .outputs = {{.file = -1}, {.file = -1}},
                        .began = enl_seconds()};
    if (params) t.own = *params;
    t.p = &t.own;
    t.own.loop = (t.own.loop || t.format->loop) && !t.own.once;
    t.own.mute = t.own.mute || t.format->silent;
    t.stage_began = t.began;
    if (!(t.story = enl_alloc(1, sizeof *t.story, error))) return NULL;
    bool done = check(&t, error) && open_outputs(&t, photo_path, video_path, format, error) &&
                next_stage(&t, "", "decode", 0, error) && look(&t, photo_path, error) && make_plan(&t, error) &&
                prepare(&t, error) && make_sound(&t, error) && make_frames(&t, error) && finish(&t, error);
    if (t.movie) t.format->free(&t.movie);
    for (int i = 0; i < 2; i++) enl_output_abort(&t.outputs[i]);
    enl_gauge_free(&t.gauge);
    enl_label_free(&t.label);
    if (t.engine_state) t.engine->close(t.engine_state);
    enl_release(t.sound);
    enl_stage_free(&t.stage);
    enl_pool_free(&t.pool);
    enl_photo_free(&t.photo);
    enl_picture_free(&t.freeze);
    if (!done) enl_story_free(&t.story);
    return t.story;
}

struct enl_story *enl_story_make(const char *photo_path, const char *video_path, const struct enl_story_params *params,
                                 struct enl_error *error) {
    const struct enl_story_params none = {0};
    const struct enl_movie_format *format;
    if (!params) params = &none;
    if (!choose_format(video_path, params, &format, error)) return NULL;
    return enl_story_make_as(format, photo_path, video_path, params, error);
}

void enl_story_free(struct enl_story **story) {
    if (!story || !*story) return;
    enl_scene_free(&(*story)->scene);
    enl_plan_free(&(*story)->plan);
    enl_release((*story)->second);
    enl_release(*story);
    *story = NULL;
}
