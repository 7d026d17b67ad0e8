// SPDX-License-Identifier: MIT
// The depth that a camera can move over. There is one picture and nothing behind its edges, so what a move uncovers is
// filled by drawing the background out. That is not seen while it is little: the nearness of what is near is carried on
// into the background and sinks so slowly there that no displacement changes by more than a fraction of the way.
#include "motion/camera.h"
#include "base/plane.h"

// By how much of its length anything may be drawn out or pushed together: it is not seen below this where straight
// lines may run, and a sky, which has none, takes more.
#define STRETCH .07f
#define STRETCH_SKY .26f

struct ellipse {
    float x, y, rx, ry;
};

// 0 at the centre, 1 on the ellipse.
static float from_centre(const struct ellipse *e, int i, int j) {
    return hypotf(((float)(i * ENL_GRID) - e->x) / e->rx, ((float)(j * ENL_GRID) - e->y) / e->ry);
}

static float mean_within(const struct enl_plane *near, const struct ellipse *e) {
    float sum = 0, count = 0;
    for (int j = 0; j < near->height; j++)
        for (int i = 0; i < near->width; i++)
            if (from_centre(e, i, j) < 1) sum += near->data[j * near->width + i], count++;
    return count > 0 ? sum / count : 0;
}

// A face has one depth, whatever a network says of its nose.
static void level_face(struct enl_plane *near, const struct ellipse *e) {
    float mean = mean_within(near, e);
    for (int j = 0; j < near->height; j++)
        for (int i = 0; i < near->width; i++) {
            float *at = &near->data[j * near->width + i];
            *at = enl_mixf(*at, mean, enl_smoothstep(1.3f, 1, from_centre(e, i, j)));
        }
}

// The largest of the `radius` nodes to either side, in rows and then in columns.
static bool widen(struct enl_plane *near, int radius, struct enl_error *error) {
    int longest = near->width > near->height ? near->width : near->height;
    float *line = enl_alloc((size_t)longest, sizeof *line, error);
    for (int axis = 0; line && axis < 2; axis++) {
        int count = axis ? near->width : near->height, length = axis ? near->height : near->width;
        int step = axis ? near->width : 1;
        for (int k = 0; k < count; k++) {
            float *first = near->data + (axis ? k : k * near->width);
            for (int i = 0; i < length; i++) line[i] = first[i * step];
            for (int i = 0; i < length; i++)
                for (int at = i - radius; at <= i + radius; at++)
                    if (at >= 0 && at < length) first[i * step] = fmaxf(first[i * step], line[at]);
        }
    }
    enl_release(line);
    return line != NULL;
}

// The least that is nowhere below `near` and sinks from node to node by at most `slope`: two passes that carry it on to
// the right and downwards, and back, as a chamfer carries distances.
static void carry_on(struct enl_plane *near, const float *slope) {
    int w = near->width, count = w * near->height;
    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < count; k++) {
            int n = pass ? count - 1 - k : k, i = n % w, j = n / w, back = pass ? 1 : -1;
            bool side = pass ? i + 1 < w : i > 0, behind = pass ? j + 1 < near->height : j > 0;
            bool other = pass ? i > 0 : i + 1 < w;
            float *at = &near->data[n], diagonal = 1.414f * slope[n];
            if (side) *at = fmaxf(*at, near->data[n + back] - slope[n]);
            if (behind) *at = fmaxf(*at, near->data[n + back * w] - slope[n]);
            if (behind && side) *at = fmaxf(*at, near->data[n + back * w + back] - diagonal);
            if (behind && other) *at = fmaxf(*at, near->data[n + back * w - back] - diagonal);
        }
}

// How much nearness may change from each node to the next; NULL without memory.
static float *new_slope(const struct enl_camera *camera, const struct enl_field *field, struct enl_camera_reach reach,
                        struct enl_error *error) {
    float *slope = enl_alloc((size_t)field->columns * (size_t)field->rows, sizeof *slope, error);
    const struct enl_picture *sky = camera->stage->matte[ENL_SKY];
    for (int j = 0; slope && j < field->rows; j++)
        for (int i = 0; i < field->columns; i++) {
            float away = hypotf((float)(i * ENL_GRID) - camera->cx, (float)(j * ENL_GRID) - camera->cy);
            float stretch = enl_mixf(STRETCH, STRETCH_SKY, sky ? enl_matte_at_node(sky, i, j) : 0);
            slope[j * field->columns + i] = stretch * ENL_GRID / (reach.shift + reach.grow * away + 1e-3f);
        }
    return slope;
}

static bool smooth(struct enl_camera *camera, struct enl_field *field, struct enl_plane *near,
                   struct enl_camera_reach reach, struct enl_error *error) {
    int radius = field->columns / 120 + 1;
    float *slope = new_slope(camera, field, reach, error);
    // Widened as far as the blur takes away again, so that the foreground keeps its depth up to the outline.
    bool done = slope && widen(near, 2 * radius, error);
    for (int pass = 0; done && pass < 2; pass++) carry_on(near, slope);
    enl_release(slope);
    return done && enl_plane_blur(near, radius, error);
}

static struct ellipse about_face(const struct enl_face *face, float across, float along) {
    return (struct ellipse){face->x + .5f * face->width, face->y + .5f * face->height, across * face->width,
                            along * face->height};
}

bool enl_camera_fill(struct enl_camera *camera, const struct enl_stage *stage, const struct enl_motion *motion,
                     struct enl_field *field, struct enl_camera_reach reach, struct enl_error *error) {
    float w = (float)stage->width, h = (float)stage->height;
    struct ellipse subject = {.5f * w, .5f * h, .3f * w, .3f * h};
    if (stage->face_count) subject = about_face(&stage->faces[0], .55f, .55f);
    // Sideways the middle stays what it is, or the subject would drift out of it.
    *camera = (struct enl_camera){.stage = stage, .start = motion->start, .cx = .5f * w, .cy = subject.y};
    size_t nodes = (size_t)field->columns * (size_t)field->rows;
    camera->nearness = enl_alloc(nodes, sizeof *camera->nearness, error);
    if (!camera->nearness) return false;
    for (size_t n = 0; n < nodes; n++) field->support[n] = 1;
    if (!stage->matte[ENL_DEPTH]) return true;
    struct enl_plane *near = enl_matte_on_grid(stage->matte[ENL_DEPTH], field, error);
    for (int f = 0; near && f < stage->face_count; f++) {
        struct ellipse face = about_face(&stage->faces[f], .6f, .65f);
        level_face(near, &face);
    }
    bool done = near && smooth(camera, field, near, reach, error);
    if (done) {
        camera->pivot = mean_within(near, &subject);
        for (size_t n = 0; n < nodes; n++) camera->nearness[n] = near->data[n];
    }
    enl_plane_free(&near);
    return done;
}

float enl_camera_look(const struct enl_camera *camera, const struct enl_field *field, int i, int j, float *ret_x,
                      float *ret_y) {
    const struct enl_node *node = &field->nodes[j * field->columns + i];
    float x = (float)(i * ENL_GRID) + node->x, y = (float)(j * ENL_GRID) + node->y;
    float u = enl_clampf(x / ENL_GRID, 0, (float)(field->columns - 1)),
          v = enl_clampf(y / ENL_GRID, 0, (float)(field->rows - 1));
    int left = (int)u, top = (int)v, step = left + 1 < field->columns;
    int down = top + 1 < field->rows ? field->columns : 0;
    const float *near = &camera->nearness[top * field->columns + left];
    float above = enl_mixf(near[0], near[step], u - (float)left),
          below = enl_mixf(near[down], near[down + step], u - (float)left);
    *ret_x = x, *ret_y = y;
    return enl_mixf(above, below, v - (float)top);
}

float enl_camera_path(const struct enl_camera *camera, double t) {
    double length = camera->stage->seconds;
    if (camera->stage->loop) return (float)(.5 - .5 * cos(2 * 3.14159265358979 * t / length));
    return (float)(enl_ease_integral(t, camera->start, 1.2) / fmax(.1, length - camera->start));
}

float enl_camera_trust(const struct enl_stage *stage) {
    return stage->matte[ENL_DEPTH] ? fminf(stage->scene->confidence[ENL_DEPTH] / .9f, 1) : 0;
}

float enl_camera_reach_of(const struct enl_stage *stage, const struct enl_motion *motion, float usual, float most) {
    return fminf(usual * motion->amount * motion->speed * (float)(stage->seconds / 5), most);
}

void enl_camera_release(void *state) {
    struct enl_camera *camera = state;
    if (camera) enl_release(camera->nearness);
    enl_release(state);
}
