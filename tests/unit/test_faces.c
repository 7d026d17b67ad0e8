// SPDX-License-Identifier: MIT
// What motions of faces promise: who is left alone, what must not move, and how drift is measured.
#include "motion/head.h"
#include "stage.h"

// A motion that is made ready for a scene.
struct ready {
    const struct enl_motion_info *info;
    struct enl_stage stage;
    struct enl_field field;
    void *state;
};

static void get_ready(struct ready *r, const char *name, const struct enl_scene *scene, bool loop, float direction,
                      float amount) {
    struct enl_pool *pool = enl_pool_new(1, NULL);
    r->info = enl_motion_find(name);
    assert_non_null(r->info);
    unit_stage(&r->stage, scene, loop, pool);
    r->field = unit_field();
    r->state = NULL;
    struct enl_motion motion = unit_motion(r->info);
    motion.direction = direction, motion.amount = amount;
    assert_true(r->info->prepare(&r->stage, &motion, &r->field, &r->state, NULL));
    enl_pool_free(&pool);
}

static void put_away(struct ready *r) {
    r->info->release(r->state);
    unit_field_free(&r->field);
    enl_stage_free(&r->stage);
}

static void fetch(struct ready *r, double t, float x, float y, float ret[2]) {
    int i = (int)(x / ENL_GRID + .5f), j = (int)(y / ENL_GRID + .5f);
    memset(r->field.nodes, 0, (size_t)r->field.columns * (size_t)r->field.rows * sizeof *r->field.nodes);
    r->info->displace(r->state, t, &r->field, 0, r->field.rows);
    const struct enl_node *node = &r->field.nodes[j * r->field.columns + i];
    ret[0] = x + node->x, ret[1] = y + node->y;
    if (r->info->bend) r->info->bend(r->state, t, &ret[0], &ret[1], 1);
}

static float moved(struct ready *r, double t, float x, float y) {
    float at[2];
    fetch(r, t, x, y, at);
    return hypotf(at[0] - x, at[1] - y);
}

static float most_moved(struct ready *r) {
    float most = 0;
    for (int k = 0; k < r->stage.frames; k += 3)
        for (float y = 0; y < STAGE_HEIGHT; y += 2)
            for (float x = 0; r->info->bend && x < STAGE_WIDTH; x += 2) {
                float at[2] = {x, y};
                r->info->bend(r->state, (double)k / r->stage.fps, &at[0], &at[1], 1);
                most = fmaxf(most, hypotf(at[0] - x, at[1] - y));
            }
    for (int k = 0; k < r->stage.frames; k += 3) {
        memset(r->field.nodes, 0, (size_t)r->field.columns * (size_t)r->field.rows * sizeof *r->field.nodes);
        r->info->displace(r->state, (double)k / r->stage.fps, &r->field, 0, r->field.rows);
        for (int n = 0; n < r->field.columns * r->field.rows; n++)
            most = fmaxf(most, hypotf(r->field.nodes[n].x, r->field.nodes[n].y));
    }
    return most;
}

static void an_iris_glances_as_a_whole(void **state) {
    (void)state;
    static const float ways[3][3] = {{180, -1, 0}, {0, 1, 0}, {90, 0, -1}}; // direction, and to where
    struct enl_scene *scene = unit_scene(ENL_WATER_WAVES);
    for (int w = 0; w < 3; w++) {
        struct ready r;
        get_ready(&r, "gaze", scene, true, ways[w][0], 1);
        const struct enl_face *face = &r.stage.faces[0];
        float width = .2f * face->width, radius = .2f * width, middle[2], at[2];
        float x = face->right_eye[0], y = face->right_eye[1];
        fetch(&r, 1.2, x, y, middle);
        float go[2] = {x - middle[0], y - middle[1]};
        check(go[0] * ways[w][1] + go[1] * ways[w][2] > .3f, "at %g it goes by %g, %g", (double)ways[w][0],
              (double)go[0], (double)go[1]);
        for (int k = 0; k < 8; k++) { // round: all of it goes as far as its middle
            float px = x + go[0] + .9f * radius * cosf((float)k * ENL_PI / 4),
                  py = y + go[1] + .5f * radius * sinf((float)k * ENL_PI / 4);
            fetch(&r, 1.2, px, py, at);
            check(hypotf(px - at[0] - go[0], py - at[1] - go[1]) < .25f * hypotf(go[0], go[1]) + .05f,
                  "the iris bends at %d by %g of %g", k, (double)hypotf(px - at[0] - go[0], py - at[1] - go[1]),
                  (double)hypotf(go[0], go[1]));
        }
        struct enl_opening lids = enl_face_opening(face, 0);
        for (int k = 0; k < ENL_LID; k++) { // lids, and what is beyond them, stay
            check(moved(&r, 1.2, lids.upper[0][k], lids.upper[1][k]) < .02f, "the upper lid moves at %d", k);
            check(moved(&r, 1.2, lids.lower[0][k], lids.lower[1][k]) < .02f, "the lower lid moves at %d", k);
            check(moved(&r, 1.2, lids.upper[0][k], lids.upper[1][k] - 3) == 0, "the lashes move at %d", k);
        }
        check(moved(&r, 0, x, y) == 0 && moved(&r, r.stage.seconds, x, y) == 0, "it does not come back");
        put_away(&r);
    }
    enl_scene_free(&scene);
}

// Eyes in which no iris can be told from the white, small eyes, half profiles: left alone.
static void some_eyes_do_not_glance(void **state) {
    (void)state;
    for (int k = 0; k < 4; k++) {
        struct enl_scene *scene = unit_scene(ENL_WATER_WAVES);
        struct enl_face *face = &scene->faces[0];
        if (k == 0) unit_face(face, .2f, .2f, .24f, .3f);        // small
        if (k == 1) face->yaw = 35;                              // turned aside
        if (k == 2) face->eyes_open[0] = face->eyes_open[1] = 0; // closed
        struct ready r;
        get_ready(&r, "gaze", scene, false, 180, 1);
        if (k == 3) { // behind dark glasses
            memset(r.stage.picture->data, 30, (size_t)STAGE_WIDTH * STAGE_HEIGHT * 3);
            struct enl_motion motion = unit_motion(r.info);
            r.info->release(r.state);
            assert_true(r.info->prepare(&r.stage, &motion, &r.field, &r.state, NULL));
        }
        check(most_moved(&r) == 0, "case %d glances", k);
        put_away(&r);
        enl_scene_free(&scene);
    }
}

static void small_faces_and_profiles_are_left_alone(void **state) {
    (void)state;
    static const char *const names[] = {"smile", "blink", "head", "gaze", "nod", "turn"};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        for (int k = 0; k < 2; k++) {
            struct enl_scene *scene = unit_scene(ENL_WATER_WAVES);
            if (k) scene->faces[0].yaw = -60;
            else unit_face(&scene->faces[0], .4f, .3f, 59.0f / STAGE_WIDTH, .3f);
            struct ready r;
            get_ready(&r, names[n], scene, false, 180, 3);
            check(most_moved(&r) == 0, "%s moves face %d", names[n], k);
            put_away(&r);
            enl_scene_free(&scene);
        }
    struct enl_face face = {.yaw = 44};
    assert_true(enl_face_frontal(&face) == 1);
    face.yaw = -50;
    assert_true(enl_face_frontal(&face) > .1f && enl_face_frontal(&face) < .9f);
}

// Many people at once: the eight largest move, the others are calm, and no memory is overrun.
static void eight_of_a_crowd_move(void **state) {
    (void)state;
    static const char *const names[] = {"smile", "blink", "head", "gaze", "nod", "turn", "breath"};
    struct enl_scene *scene = unit_scene(ENL_WATER_WAVES);
    struct enl_face face = scene->faces[0];
    for (scene->face_count = 0; scene->face_count < ENL_MAX_FACES; scene->face_count++)
        scene->faces[scene->face_count] = face;
    for (int i = ENL_FACES_MOVED; i < ENL_MAX_FACES; i++) unit_face(&scene->faces[i], .0f, .7f, .2f, .3f);
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        struct ready r;
        get_ready(&r, names[n], scene, false, 180, 1);
        check(most_moved(&r) > .004f, "%s moves nobody", names[n]);
        // A head's reach may come as far as where the others are; what moves in a face does not.
        bool wide = !strcmp(names[n], "breath") || !strcmp(names[n], "head") || n >= 4;
        for (int j = 46; j < r.field.rows && !wide; j++)
            check(!r.field.support[j * r.field.columns + 5], "%s moves more than %d", names[n], ENL_FACES_MOVED);
        put_away(&r);
    }
    enl_scene_free(&scene);
}

// A smile leaves brows and the corners of the eyes alone, and the mouth where teeth show.
static void a_smile_keeps_eyes_and_teeth(void **state) {
    (void)state;
    float corner[2];
    for (int teeth = 0; teeth < 2; teeth++) {
        struct enl_scene *scene = unit_scene(ENL_WATER_WAVES);
        scene->faces[0].mouth_open = teeth ? .2f : 0;
        struct ready r;
        get_ready(&r, "smile", scene, false, 0, 1);
        const struct enl_face *face = &r.stage.faces[0];
        corner[teeth] = moved(&r, 2, face->landmarks[ENL_MOUTH_LEFT][0], face->landmarks[ENL_MOUTH_LEFT][1]);
        float iod = enl_face_axes(face).iod;
        check(moved(&r, 2, face->landmarks[ENL_EYE_LEFT_IN][0], face->landmarks[ENL_EYE_LEFT_IN][1]) < .006f * iod,
              "corners of eyes move");
        check(moved(&r, 2, face->left_eye[0], face->left_eye[1] - .3f * iod) < .002f * iod, "brows move");
        put_away(&r);
        enl_scene_free(&scene);
    }
    assert_true(corner[0] > 1 && corner[1] < .2f * corner[0]);
}

static void heads_turn_whole_and_come_back(void **state) {
    (void)state;
    struct enl_scene *scene = unit_scene(ENL_WATER_WAVES);
    struct ready r;
    for (int k = 0; k < 3; k++) {
        get_ready(&r, k ? "turn" : "nod", scene, true, k == 2 ? 0 : 180, 1);
        const struct enl_face *face = &r.stage.faces[0];
        const float *nose = face->landmarks[ENL_NOSE_TIP];
        double t = k ? 2 : .4 + .2 + .3;
        float at[2], size = enl_face_axes(face).iod;
        fetch(&r, t, nose[0], nose[1], at);
        float x = nose[0] - at[0], y = nose[1] - at[1];
        check(k ? (k == 2 ? x : -x) > .04f * size && fabsf(y) < .01f * size : y > .02f * size && fabsf(x) < .01f * size,
              "%d: the nose goes by %g, %g", k, (double)x, (double)y);
        check(moved(&r, r.stage.seconds, nose[0], nose[1]) < .01f, "%d does not come back", k);
        check(moved(&r, t, 2, 2) == 0, "%d drags the background along", k);
        // Nowhere is the picture folded: positions fetched from stay in order.
        for (int j = 0; j < r.field.rows; j++)
            for (int i = 1; i < r.field.columns; i++) {
                const struct enl_node *node = &r.field.nodes[j * r.field.columns + i];
                check(ENL_GRID + node[0].x - node[-1].x > 0, "%d folds at %d, %d", k, i, j);
            }
        put_away(&r);
    }
    // Who looks that way already turns less.
    float reach[2];
    for (int k = 0; k < 2; k++) {
        scene->faces[0].yaw = k ? 40 : 0;
        get_ready(&r, "turn", scene, false, 0, 1);
        reach[k] = most_moved(&r);
        put_away(&r);
    }
    assert_true(reach[1] < .6f * reach[0]);
    enl_scene_free(&scene);
}

// "Twice" is two.
static void nods_are_counted(void **state) {
    (void)state;
    struct enl_scene *scene = unit_scene(ENL_WATER_WAVES);
    for (int times = 1; times <= 3; times++) {
        struct ready r;
        int peaks = 0;
        float before = 0, rising = 0;
        get_ready(&r, "nod", scene, false, 0, (float)times);
        const float *nose = r.stage.faces[0].landmarks[ENL_NOSE_TIP];
        for (int k = 0; k < r.stage.frames; k++) {
            float now = moved(&r, (double)k / r.stage.fps, nose[0], nose[1]);
            if (now < before - .01f && rising > 0) peaks++, rising = 0;
            if (now > before + .01f) rising = 1;
            before = now;
        }
        check(peaks == times, "%d nods for %d", peaks, times);
        put_away(&r);
    }
    enl_scene_free(&scene);
}

// A face that turns, comes nearer and goes aside has not drifted; one whose brow is bent has.
static void drift_is_what_is_left(void **state) {
    (void)state;
    static float a[ENL_LANDMARKS][3], b[ENL_LANDMARKS][3];
    struct enl_random random = {3};
    for (int i = 0; i < ENL_LANDMARKS; i++)
        for (int c = 0; c < 3; c++) a[i][c] = 100 * enl_random_unit(&random);
    for (int e = 0; e < 2; e++) // eyes 100 apart
        for (int k = 0; k < 2; k++) {
            static const int corners[2][2] = {{33, 133}, {263, 362}};
            a[corners[e][k]][0] = 100.0f * (float)e, a[corners[e][k]][1] = a[corners[e][k]][2] = 50;
        }
    assert_true(enl_drift_between(a, a) < .001f);
    float c = cosf(.3f), s = sinf(.3f);
    for (int i = 0; i < ENL_LANDMARKS; i++) {
        b[i][0] = 1.2f * (c * a[i][0] + s * a[i][2]) + 30;
        b[i][1] = 1.2f * a[i][1] - 7;
        b[i][2] = 1.2f * (c * a[i][2] - s * a[i][0]);
    }
    check(enl_drift_between(a, b) < .01f, "a turn is taken for %g %%", (double)enl_drift_between(a, b));
    memcpy(b, a, sizeof b);
    b[105][1] += 10;
    float bent = enl_drift_between(a, b); // one point of 33, ten percent away
    check(bent > .9f * 10 / sqrtf(33) * .9f && bent < 10 / sqrtf(33), "a bent brow is %g %%", (double)bent);
    memcpy(b, a, sizeof b);
    b[61][1] += 30; // the mouth may move
    assert_true(enl_drift_between(a, b) < .001f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_iris_glances_as_a_whole),
        cmocka_unit_test(some_eyes_do_not_glance),
        cmocka_unit_test(small_faces_and_profiles_are_left_alone),
        cmocka_unit_test(eight_of_a_crowd_move),
        cmocka_unit_test(a_smile_keeps_eyes_and_teeth),
        cmocka_unit_test(heads_turn_whole_and_come_back),
        cmocka_unit_test(nods_are_counted),
        cmocka_unit_test(drift_is_what_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
