// SPDX-License-Identifier: MIT
// Every motion of the registry against what motion.h promises of all of them. A new motion is tested by being there.
#include "motion/course.h"
#include "stage.h"

static void displace(const struct enl_motion_info *info, const void *state, double t, struct enl_field *f) {
    memset(f->nodes, 0, (size_t)f->columns * (size_t)f->rows * sizeof *f->nodes);
    if (state && info->displace) info->displace(state, t, f, 0, f->rows);
}

static void descriptors_are_whole(void **state) {
    (void)state;
    int count = 0;
    for (; enl_motions[count]; count++) {
        const struct enl_motion_info *m = enl_motions[count];
        const struct enl_motion_kind *k = &m->kind;
        check(k->name && strlen(k->name) > 1 && strlen(k->name) < sizeof((struct enl_motion *)0)->motion, "motion %d",
              count);
        check(k->help && strlen(k->help) > 5 && !strchr(k->help, '\n'), "%s has no help", k->name);
        check(k->region >= 0 && k->region <= ENL_ELEMENTS && k->region != ENL_DEPTH, "%s", k->name);
        check(k->speed >= .1f && k->speed <= 4 && k->amount > 0 && k->amount <= 3 && k->start >= 0 && k->start <= 15,
              "%s", k->name);
        check(k->direction >= 0 && k->direction < 360, "%s", k->name);
        check(m->prepare && (m->displace || m->shade) && m->release, "%s lacks a function", k->name);
        check(m->layer >= 0 && m->layer < ENL_LAYERS, "%s", k->name);
        check((m->layer == ENL_LAYER_AIR) == (m->shade != NULL), "%s shades elsewhere than in the air", k->name);
        check(m->displace || !m->bend, "%s", k->name);
        check(enl_motion_find(k->name) == m && enl_motion_kind_at(count) == k, "%s is there twice", k->name);
    }
    assert_true(count > 0);
    assert_null(enl_motion_kind_at(count));
    assert_null(enl_motion_find("no such motion"));
    assert_null(enl_motion_find(""));
}

// With nothing there, a motion says why not, and if asked all the same does nothing or little and does not fail.
static void nothing_to_move(void **state) {
    (void)state;
    struct enl_pool *pool = enl_pool_new(2, NULL);
    struct enl_scene *scene = unit_empty_scene();
    struct enl_stage stage;
    unit_stage(&stage, scene, false, pool);
    for (int i = 0; enl_motions[i]; i++) {
        const struct enl_motion_info *m = enl_motions[i];
        const char *reason = enl_why_not(&m->kind, scene);
        check(m->kind.region == ENL_ELEMENTS ? !reason : reason && strlen(reason) > 5 && !strchr(reason, '.'), "%s: %s",
              m->kind.name, reason ? reason : "no reason");
        struct enl_field f = unit_field();
        struct enl_motion motion = unit_motion(m);
        struct enl_error error = {0};
        void *moving = NULL;
        check(m->prepare(&stage, &motion, &f, &moving, &error), "%s: %s", m->kind.name, error.text);
        displace(m, moving, 2, &f);
        for (int n = 0; m->kind.region != ENL_ELEMENTS && n < f.columns * f.rows; n++)
            check(f.nodes[n].x == 0 && f.nodes[n].y == 0 && !f.support[n], "%s moves what is not there", m->kind.name);
        m->release(moving);
        unit_field_free(&f);
    }
    enl_stage_free(&stage);
    enl_scene_free(&scene);
    enl_pool_free(&pool);
}

// Where a node's pixels come from and how bright they are, whatever the phases: 0 when the photo is shown.
static float shown(const struct enl_node *n) {
    float one = n->mix < 1 ? fmaxf(fabsf(n->x), fabsf(n->y)) : 0,
          two = n->mix > 0 ? fmaxf(fabsf(n->x2), fabsf(n->y2)) : 0;
    return fmaxf(fmaxf(one, two), fabsf(n->light));
}

// A tile of grey noise at a place of the picture, seen without a camera.
static void fill_tile(struct enl_tile *tile, int x, int y) {
    struct enl_random random = {(uint64_t)(y * STAGE_WIDTH + x)};
    *tile = (struct enl_tile){.x = x, .y = y, .u = (float)x, .v = (float)y, .du = 1, .dv = 1};
    for (int i = 0; i < ENL_TILE * ENL_TILE; i++)
        for (int c = 0; c < 3; c++) tile->light[c][i] = .9f * enl_random_unit(&random);
}

static bool is_marked(const struct enl_field *f, int x, int y) {
    for (int j = y / ENL_GRID; j <= (y + ENL_TILE) / ENL_GRID && j < f->rows; j++)
        for (int i = x / ENL_GRID; i <= (x + ENL_TILE) / ENL_GRID && i < f->columns; i++)
            if (f->support[j * f->columns + i]) return true;
    return false;
}

// What shades: nothing at first, then light that is finite and not negative, only where it says so, the same each time,
// also under a camera that looks past the photo's edge. Returns the most that any pixel changed.
static float check_shade(const struct enl_motion_info *m, const struct enl_stage *stage, const struct enl_field *f,
                         const void *moving) {
    static struct enl_tile was, tile, again;
    float most = 0;
    for (int frame = 0; frame < stage->frames; frame += UNIT_SLOW ? 31 : 9)
        for (int y = 0; y < STAGE_HEIGHT; y += ENL_TILE)
            for (int x = 0; x < STAGE_WIDTH; x += ENL_TILE) {
                double t = (double)frame / stage->fps;
                fill_tile(&was, x, y);
                tile = again = was;
                m->shade(moving, t, &tile);
                m->shade(moving, t, &again);
                check(!memcmp(&tile, &again, sizeof tile), "%s shades differently again", m->kind.name);
                for (int k = 0; k < 3 * ENL_TILE * ENL_TILE; k++) {
                    int c = k % 3, i = k / 3;
                    float now = tile.light[c][i], change = fabsf(now - was.light[c][i]);
                    check(isfinite(now) && now > -.001f && now < 8, "%s makes light %g", m->kind.name, (double)now);
                    check(change == 0 || is_marked(f, x, y), "%s shades %d,%d without saying so", m->kind.name, x, y);
                    check(frame || change < .002f, "%s: the first frame is changed by %g", m->kind.name,
                          (double)change);
                    most = fmaxf(most, change);
                }
                tile.u = 1.3f * (float)x - 40, tile.v = 1.3f * (float)y - 30, tile.du = tile.dv = 1.3f;
                m->shade(moving, t, &tile);
                for (int i = 0; i < ENL_TILE * ENL_TILE; i++)
                    assert_true(isfinite(tile.light[0][i] + tile.light[1][i] + tile.light[2][i]));
            }
    return most;
}

static void check_motion(const struct enl_motion_info *m, const struct enl_stage *stage,
                         const struct enl_motion *motion) {
    struct enl_field f = unit_field(), parts = unit_field();
    struct enl_error error = {0};
    void *moving = NULL;
    const char *name = m->kind.name;
    size_t nodes = (size_t)f.columns * (size_t)f.rows;
    check(m->prepare(stage, motion, &f, &moving, &error), "%s: %s", name, error.text);
    check(moving != NULL, "%s prepares nothing", name);
    memcpy(parts.support, f.support, nodes);
    float most = m->shade ? check_shade(m, stage, &f, moving) : 0;
    bool starts_closer = !strcmp(name, "zoom_out"); // there is nothing beyond the photo's edge to start from
    for (int frame = 0; m->displace && frame < stage->frames; frame += UNIT_SLOW ? 31 : 5) {
        double t = (double)frame / stage->fps;
        displace(m, moving, t, &f);
        for (size_t n = 0; n < nodes; n++) {
            const struct enl_node *node = &f.nodes[n];
            float move = shown(node);
            check(isfinite(move) && node->mix >= 0 && node->mix <= 1, "%s at %g s is not finite", name, t);
            // The sky's own matte says where it is seen, and a camera moves everything.
            bool told = f.support[n] || m->layer == ENL_LAYER_CAMERA || m->layer == ENL_LAYER_FAR;
            check(move == 0 || told, "%s moves node %zu without saying so", name, n);
            check(fmaxf(fabsf(node->x), fabsf(node->y)) < STAGE_WIDTH, "%s fetches from %g pixels away", name,
                  (double)node->x);
            check(node->light > -1 && node->light < 2, "%s changes light by %g", name, (double)node->light);
            if (!frame && !starts_closer) check(move < .01f, "%s: the first frame is moved by %g", name, (double)move);
            most = fmaxf(most, move);
        }
        memset(parts.nodes, 0, nodes * sizeof *parts.nodes); // in bands, as threads do it
        for (int first = 0; first < f.rows; first += 7)
            m->displace(moving, t, &parts, first, first + 7 < f.rows ? first + 7 : f.rows);
        check(!memcmp(parts.nodes, f.nodes, nodes * sizeof *f.nodes), "%s differs between one band and many", name);
        for (int y = 0; m->bend && y < STAGE_HEIGHT; y += 3) {
            float xs[16], ys[16];
            for (int i = 0; i < 16; i++) xs[i] = (float)(20 * i), ys[i] = (float)y;
            m->bend(moving, t, xs, ys, 16);
            for (int i = 0; i < 16; i++) {
                float away = fmaxf(fabsf(xs[i] - (float)(20 * i)), fabsf(ys[i] - (float)y));
                check(isfinite(away) && away < STAGE_WIDTH && (frame || away < .01f), "%s bends by %g at %g s", name,
                      (double)away, t);
                most = fmaxf(most, away);
            }
        }
    }
    // A blink or a quick nod may lie between the few frames that are tried.
    bool seen = !(UNIT_SLOW && (m->bend || m->kind.region == ENL_FACE));
    check(!seen || most > .004f, "%s at speed %g, amount %g moves by %g", name, (double)motion->speed,
          (double)motion->amount, (double)most);
    m->release(moving);
    m->release(NULL);
    unit_field_free(&f);
    unit_field_free(&parts);
}

static void every_motion_keeps_its_word(void **state) {
    (void)state;
    static const float limits[][2] = {{1, 1}, {.1f, .3f}, {4, 3}}; // speed, amount
    struct enl_pool *pool = enl_pool_new(2, NULL);
    for (int i = 0; enl_motions[i]; i++) {
        const struct enl_motion_info *m = enl_motions[i];
        struct enl_scene *scene = unit_scene(unit_water(m));
        struct enl_motion motion = unit_motion(m);
        check(!enl_why_not(&m->kind, scene), "%s: %s", m->kind.name, enl_why_not(&m->kind, scene));
        for (int loop = 0; loop < 2; loop++) {
            struct enl_stage stage;
            unit_stage(&stage, scene, loop, pool);
            for (int k = 0; k < 3; k++) {
                motion.speed = limits[k][0], motion.amount = limits[k][1];
                check_motion(m, &stage, &motion);
            }
            enl_stage_free(&stage);
        }
        enl_scene_free(&scene);
    }
    enl_pool_free(&pool);
}

// Another seed is another take, the same is the same.
static void seeds_decide(void **state) {
    (void)state;
    struct enl_pool *pool = enl_pool_new(2, NULL);
    int differ = 0;
    for (int i = 0; enl_motions[i]; i++) {
        const struct enl_motion_info *m = enl_motions[i];
        struct enl_scene *scene = unit_scene(unit_water(m));
        struct enl_motion motion = unit_motion(m);
        struct enl_field f[3];
        for (int k = 0; k < 3; k++) {
            struct enl_stage stage;
            unit_stage(&stage, scene, false, pool);
            stage.seed = k == 2 ? 1234567 : 5;
            f[k] = unit_field();
            void *moving = NULL;
            assert_true(m->prepare(&stage, &motion, &f[k], &moving, NULL));
            displace(m, moving, 2.5, &f[k]);
            m->release(moving);
            enl_stage_free(&stage);
        }
        size_t bytes = (size_t)f[0].columns * (size_t)f[0].rows * sizeof *f[0].nodes;
        check(!memcmp(f[0].nodes, f[1].nodes, bytes), "%s differs with the same seed", m->kind.name);
        differ += memcmp(f[0].nodes, f[2].nodes, bytes) != 0;
        for (int k = 0; k < 3; k++) unit_field_free(&f[k]);
        enl_scene_free(&scene);
    }
    assert_true(differ >= 4);
    enl_pool_free(&pool);
}

// However wild and long: the sky swirls, but is not folded over itself.
static void wild_clouds_never_fold(void **state) {
    (void)state;
    const struct enl_motion_info *m = enl_motion_find("clouds");
    struct enl_pool *pool = enl_pool_new(2, NULL);
    struct enl_scene *scene = unit_scene(ENL_WATER_WAVES);
    struct enl_motion motion = unit_motion(m);
    motion.speed = 4, motion.amount = 3;
    struct enl_stage stage;
    unit_stage(&stage, scene, false, pool);
    stage.seconds = 15;
    struct enl_field f = unit_field();
    void *moving = NULL;
    assert_true(m->prepare(&stage, &motion, &f, &moving, NULL));
    displace(m, moving, stage.seconds, &f);
    for (int j = 0; (j + 1) * ENL_GRID < .45f * STAGE_HEIGHT; j++)
        for (int i = 0; i + 1 < f.columns; i++) {
            const struct enl_node *node = &f.nodes[j * f.columns + i];
            float across = 1 + (node[1].x - node->x) / ENL_GRID, along = 1 + (node[f.columns].y - node->y) / ENL_GRID;
            check(across > .5f && across < 1.5f && along > .5f && along < 1.5f, "node %d,%d: %g across, %g along", i, j,
                  (double)across, (double)along);
        }
    m->release(moving);
    unit_field_free(&f);
    enl_stage_free(&stage);
    enl_scene_free(&scene);
    enl_pool_free(&pool);
}

// The water's edge is carried over the sand and back; the sand beyond it and the water far out stand still.
static void swash_runs_up_and_back(void **state) {
    (void)state;
    const struct enl_motion_info *m = enl_motion_find("swash");
    struct enl_pool *pool = enl_pool_new(2, NULL);
    struct enl_scene *scene = unit_scene(ENL_WATER_WAVES);
    struct enl_motion motion = unit_motion(m);
    struct enl_stage stage;
    unit_stage(&stage, scene, true, pool);
    struct enl_field f = unit_field();
    void *moving = NULL;
    assert_true(m->prepare(&stage, &motion, &f, &moving, NULL));
    int edge = (int)(.86f * STAGE_HEIGHT / ENL_GRID), column = 12; // far from the picture's and the water's sides
    float most = 0, last = 0;
    int turns = 0;
    for (int frame = 0; frame < stage.frames; frame++) {
        displace(m, moving, (double)frame / stage.fps, &f);
        const struct enl_node *node = &f.nodes[(edge - 1) * f.columns + column];
        float run = -node->y; // fetched from above: the water has come down
        check(run > -.01f && fabsf(node->x) < .5f * run + .01f, "frame %d: %g, %g", frame, (double)node->x,
              (double)run);
        turns += last > 0 && run < last && run > .98f * most;
        most = fmaxf(most, run), last = run;
        for (int j = 0; j < f.rows; j++) {
            if (j > edge - 14 && j < edge + 5) continue;
            assert_true(f.nodes[j * f.columns + column].y == 0);
        }
    }
    check(most > .006f * STAGE_HEIGHT && most < .04f * STAGE_HEIGHT, "runs %g pixels", (double)most);
    check(turns >= 1 && last < .2f * most, "does not come back: %g of %g", (double)last, (double)most);
    m->release(moving);
    scene->beach = 0;
    assert_string_equal(enl_why_not(&m->kind, scene), "no beach was found");
    unit_field_free(&f);
    enl_stage_free(&stage);
    enl_scene_free(&scene);
    enl_pool_free(&pool);
}

static void easing(void **state) {
    (void)state;
    assert_true(enl_ease(1, 1, 2) == 0 && enl_ease(3, 1, 2) == 1 && enl_ease(0, 1, 2) == 0);
    double sum = 0;
    for (int i = 0; i < 6000; i++) sum += enl_ease((i + .5) * .001, 1, 2) * .001;
    assert_true(fabs(sum - enl_ease_integral(6, 1, 2)) < 1e-6);
    struct enl_stage stage = {.loop = true, .seconds = 4};
    assert_true(enl_loop_frequency(&stage, .3) == .25 && enl_loop_frequency(&stage, .01) == .25);
    stage.loop = false;
    assert_true(enl_loop_frequency(&stage, .3) == .3);
}

// An L: down the left side, then along the foot to the right.
static void a_course_follows_its_bed(void **state) {
    (void)state;
    enum { W = 60, H = 50, BED = 10 };
    struct enl_plane *bed = enl_plane_new(W, H, NULL);
    static float way[W * H][2];
    assert_non_null(bed);
    for (int i = 0; i < W * H; i++) bed->data[i] = i % W < BED || i / W >= H - BED;
    bed->data[5 * W + 50] = 1;                    // a drop beside it is no bed
    assert_true(enl_course(bed, 315, way, NULL)); // down to the right
    for (int i = 0; i < W * H; i++) {
        int x = i % W, y = i / W;
        float length = hypotf(way[i][0], way[i][1]);
        bool inside = x < BED || y >= H - BED;
        check(inside ? fabsf(length - 1) < 1e-3f : length == 0, "%d,%d: %f", x, y, (double)length);
        if (inside && y > BED && y < H - 2 * BED) check(way[i][1] > .9f, "%d,%d does not run down", x, y);
        if (inside && x > 2 * BED && x < W - 2 * BED) check(way[i][0] > .9f, "%d,%d does not run right", x, y);
    }
    enl_plane_free(&bed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptors_are_whole),
        cmocka_unit_test(nothing_to_move),
        cmocka_unit_test(a_course_follows_its_bed),
        cmocka_unit_test(every_motion_keeps_its_word),
        cmocka_unit_test(seeds_decide),
        cmocka_unit_test(wild_clouds_never_fold),
        cmocka_unit_test(swash_runs_up_and_back),
        cmocka_unit_test(easing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
