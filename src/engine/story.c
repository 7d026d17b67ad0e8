// SPDX-License-Identifier: MIT
// The whole way of a photo: decode, look, plan, prepare, then frame by frame render, mark and encode.
#include "engine/telling.h"
#include "sound/sound.h"

#include <stdio.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define PHOTO_SIDE 1920 // of what is looked at, and at most of the size "photo"
// A preview: from when every motion is under way, so long, each side so many times smaller.
#define PREVIEW_FROM 1.2
#define PREVIEW_SECONDS .5
#define PREVIEW_SHRINK 4
#define LEAST_SIDE 64

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
    t->width = w;
    if (t->p->preview) {
        // Both sides by the same, so that the shape stays, and the shorter one no less than a video may have.
        int least = w < h ? w : h;
        double shrink = fmax(1, fmin(PREVIEW_SHRINK, (double)least / LEAST_SIDE));
        t->story->width = w = (int)(w / shrink + .5) & ~1;
        t->story->height = h = (int)(h / shrink + .5) & ~1;
    }
    enl_choose_crop(photo, t->story->scene, w, h, t->story->crop);
    return true;
}

static bool make_plan(struct telling *t, struct enl_error *error) {
    return enl_telling_plan(t, error) && next_stage(t, "plan", "prepare", .09, error);
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
    if (t->p->preview) {
        t->first = (int)(PREVIEW_FROM * s->fps);
        s->frames = (int)(PREVIEW_SECONDS * s->fps);
        s->seconds = (double)s->frames / s->fps;
    }
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

// Hands what looking and preparing have freed back to the system: the encoder's many frames come now.
static void give_back(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

static bool make_frames(struct telling *t, const char *photo, struct enl_error *error) {
    struct enl_story *s = t->story;
    size_t room;
    if (!enl_telling_room(t, photo, &room, error)) return false;
    give_back();
    t->movie = t->format->open(t->outputs,
                               &(struct enl_movie_params){.width = s->width,
                                                          .height = s->height,
                                                          .fps = s->fps,
                                                          .sound = t->sound,
                                                          .sound_frames = t->sound_frames,
                                                          .loop = t->stage.loop,
                                                          .frames = s->frames,
                                                          .room = room},
                               error);
    if (!t->movie) return false;
    for (int i = 0; i < s->frames; i++) {
        struct enl_frame frame = {.width = s->width, .height = s->height};
        if (!t->format->buffer(t->movie, frame.planes, frame.strides, error) ||
            !t->engine->draw(t->engine_state, t->first + i, &frame, error) ||
            !next_stage(t, "render", NULL, 0, error) ||
            (!t->p->preview && !enl_gauge_look(&t->gauge, &t->stage, t->p->models, i, &frame, error)) ||
            !next_stage(t, "drift", NULL, 0, error))
            return false;
        enl_label_draw(t->label, label_strength(t, t->first + i), frame.planes, frame.strides);
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

static bool finish(struct telling *t, const char *photo, struct enl_error *error) {
    char id[17];
    snprintf(id, sizeof id, "%016llx", (unsigned long long)t->story->frames_hash);
    char *aigc = enl_mark_aigc(id, error),
         *xmp = aigc ? enl_mark_xmp(t->engine->source_type, id, ENL_STORY_DESCRIPTION, aigc, error) : NULL;
    bool done = xmp && t->format->finish(
                            t->movie,
                            &(struct enl_movie_tags){.aigc = aigc,
                                                     .xmp = xmp,
                                                     .description = ENL_STORY_DESCRIPTION,
                                                     .id = t->story->frames_hash},
                            error);
    t->format->free(&t->movie);
    done = done && next_stage(t, "encode", "sign", .98, error) && enl_telling_sign(t, photo, error) &&
           next_stage(t, "sign", "finish", .99, error) &&
           enl_output_commit_all(t->outputs, t->format->second ? 2 : 1, error) &&
           next_stage(t, "finish", NULL, 1, error);
    // The video is there: too late to cancel.
    if (done && t->p->progress) (void)t->p->progress(t->p->user, "finish", 1, 0);
    enl_release(xmp);
    enl_release(aigc);
    return done;
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
    t.own.mute = t.own.mute || t.format->silent || t.own.preview;
    t.stage_began = t.began;
    if (!(t.story = enl_alloc(1, sizeof *t.story, error))) return NULL;
    bool done = enl_telling_check(&t, error) && enl_telling_open(&t, photo_path, video_path, format, error) &&
                next_stage(&t, "", "decode", 0, error) && look(&t, photo_path, error) && make_plan(&t, error) &&
                prepare(&t, error) && make_sound(&t, error) && make_frames(&t, photo_path, error) &&
                finish(&t, photo_path, error);
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
