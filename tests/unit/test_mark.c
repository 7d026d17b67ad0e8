// SPDX-License-Identifier: MIT
// Marks: the label is large enough, clear of faces, inside what a square keeps, and readable on any ground; metadata
// can be read by those who read it.
#include "unit.h"

#include "base/srgb.h"
#include "mark/mark.h"
#include "plan/lexicon.h"

#include <jansson.h>

struct frame {
    int width, height, strides[3];
    uint8_t *planes[3];
};

static struct frame frame_of(const struct enl_picture *p) {
    struct frame f = {.width = p->width, .height = p->height, .strides = {p->width, p->width / 2, p->width / 2}};
    for (int c = 0; c < 3; c++) {
        f.planes[c] = malloc((size_t)p->width * (size_t)p->height);
        memset(f.planes[c], 128, (size_t)p->width * (size_t)p->height);
    }
    for (int i = 0; i < p->width * p->height; i++) {
        const uint8_t *q = p->data + 3 * i;
        f.planes[0][i] = (uint8_t)(16.5f + (.2126f * q[0] + .7152f * q[1] + .0722f * q[2]) * (219 / 255.0f));
    }
    return f;
}

static void free_frame(struct frame *f) {
    for (int c = 0; c < 3; c++) free(f->planes[c]);
}

static struct enl_label *label_on(const struct enl_picture *p, const char *text, const float (*faces)[4], int count) {
    struct enl_error error = {0};
    struct enl_label *label = enl_label_new(text, p, faces, count, NULL, &error);
    check(label != NULL, "%dx%d: %s", p->width, p->height, error.text);
    return label;
}

static struct enl_picture *grey(int w, int h, int value) {
    struct enl_picture *p = enl_picture_new(w, h, 3, NULL);
    memset(p->data, value, (size_t)w * (size_t)h * 3);
    return p;
}

// At least 5 % of the shortest side, inside the square in the middle, in every language and shape.
static void large_and_inside(void **state) {
    (void)state;
    static const int sizes[][2] = {{1080, 1920}, {1920, 1080}, {640, 640}, {1920, 384},
                                   {200, 1000},  {64, 64},     {64, 320},  {90, 120}};
    for (int l = 0; enl_lexicon_lang(l); l++)
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            int w = sizes[k][0], h = sizes[k][1], side = w < h ? w : h, box[4];
            char text[64];
            assert_true(enl_lexicon_label(enl_lexicon_lang(l), text, sizeof text));
            struct enl_picture *p = unit_picture(w, h, 3, (uint32_t)k);
            struct enl_label *label = label_on(p, text, NULL, 0);
            enl_label_box(label, box);
            check(20 * box[3] >= side, "\"%s\" is %d high in %dx%d", text, box[3], w, h);
            check(box[0] >= (w - side) / 2 && box[1] >= (h - side) / 2 && box[0] + box[2] <= (w + side) / 2 &&
                      box[1] + box[3] <= (h + side) / 2,
                  "\"%s\" at %d,%d %dx%d leaves the square of %dx%d", text, box[0], box[1], box[2], box[3], w, h);
            struct frame f = frame_of(p);
            enl_label_draw(label, 0, f.planes, f.strides);
            free_frame(&f);
            enl_label_free(&label);
            assert_null(label);
            enl_picture_free(&p);
        }
    enl_label_free(NULL);
}

static void clear_of_faces(void **state) {
    (void)state;
    static const float faces[][4] = {
        {100, 300, 400, 300}, {100, 0, 440, 200}, {0, 0, 250, 640}, {390, 0, 250, 640}, {150, 150, 340, 340}};
    struct enl_picture *p = unit_picture(640, 640, 3, 8);
    for (size_t k = 0; k < sizeof faces / sizeof *faces; k++) {
        int box[4];
        struct enl_label *label = label_on(p, "AI-generated", &faces[k], 1);
        enl_label_box(label, box);
        float x = fminf((float)(box[0] + box[2]), faces[k][0] + faces[k][2]) - fmaxf((float)box[0], faces[k][0]);
        float y = fminf((float)(box[1] + box[3]), faces[k][1] + faces[k][3]) - fmaxf((float)box[1], faces[k][1]);
        check(x <= 0 || y <= 0, "over face %zu: %d,%d %dx%d", k, box[0], box[1], box[2], box[3]);
        enl_label_free(&label);
    }
    // With faces everywhere there is still a label.
    struct enl_label *label = label_on(p, "AI-generated", &(const float[4]){0, 0, 640, 640}, 1);
    enl_label_free(&label);
    enl_picture_free(&p);
}

static float light_of(int luma) { // of a limited-range luma, linear
    return enl_linear_of_srgb[enl_clampi((int)((float)(luma - 16) * (255 / 219.0f) + .5f), 0, 255)];
}

static float contrast(float a, float b) {
    return (fmaxf(a, b) + .05f) / (fminf(a, b) + .05f);
}

// Which pixels of the label's box are full ink: learnt on a ground of one grey, where they are the extreme.
static int ink_of(const char *text, int side, uint8_t *ret_ink, int box[4]) {
    struct enl_picture *p = grey(side, side, 128);
    struct enl_label *label = label_on(p, text, NULL, 0);
    struct frame f = frame_of(p);
    int back = f.planes[0][0], far = 0, count = 0;
    enl_label_draw(label, 0, f.planes, f.strides);
    enl_label_box(label, box);
    for (int pass = 0; pass < 2; pass++)
        for (int y = 0; y < box[3]; y++)
            for (int x = 0; x < box[2]; x++) {
                int off = abs(f.planes[0][(box[1] + y) * side + box[0] + x] - back);
                if (!pass) far = off > far ? off : far;
                else count += ret_ink[y * box[2] + x] = off >= far - 1;
            }
    free_frame(&f);
    enl_label_free(&label);
    enl_picture_free(&p);
    return count;
}

static void ground(struct enl_picture *p, int kind) {
    struct enl_random random = {1};
    for (int y = 0; y < p->height; y++)
        for (int x = 0; x < p->width; x++) {
            int value[] = {0,
                           255,
                           128,
                           60,
                           190,
                           (x / 8 + y / 8) % 2 ? 255 : 0,
                           (x + y) % 2 ? 255 : 0,
                           x * 255 / p->width,
                           y / 3 % 2 ? 250 : 10,
                           (int)(255 * enl_random_unit(&random))};
            memset(p->data + 3 * (y * p->width + x), value[kind], 3);
        }
}

// WCAG 2.2, 1.4.3: 3 : 1 against the mean of the ground behind, as of large letters, at strength 0 and 4.5 : 1, as of
// all letters, at strength 1 (a little less on a middle grey, where black and white end); what is beside a stroke stays
// apart from it.
static void readable_on_any_ground(void **state) {
    (void)state;
    static const char *const kinds[] = {"black",        "white",  "grey", "dark grey", "light grey",
                                        "checkerboard", "pixels", "ramp", "stripes",   "noise"};
    const int side = 480;
    int box[4], here[4];
    uint8_t *ink = calloc((size_t)side, (size_t)side);
    int count = ink_of("AI-generated", side, ink, box);
    assert_true(count > 50);
    for (int k = 0; k < 20; k++) {
        int kind = k / 2, strength = k % 2;
        struct enl_picture *p = enl_picture_new(side, side, 3, NULL);
        ground(p, kind);
        struct frame before = frame_of(p), after = frame_of(p);
        struct enl_label *label = label_on(p, "AI-generated", NULL, 0);
        enl_label_box(label, here);
        assert_int_equal(here[2], box[2]);
        enl_label_draw(label, (float)strength, after.planes, after.strides);
        int unreadable = 0, close = 0, drowned = 0;
        for (int y = 0; y < box[3]; y++)
            for (int x = 0; x < box[2]; x++) {
                if (!ink[y * box[2] + x]) continue;
                int px = here[0] + x, py = here[1] + y, sum = 0, n = 0;
                float letter = light_of(after.planes[0][py * side + px]);
                for (int j = here[1]; j < here[1] + here[3]; j++)
                    for (int i = px - here[3]; i <= px + here[3]; i++, n++)
                        sum += before.planes[0][j * side + enl_clampi(i, 0, side - 1)];
                unreadable += contrast(letter, light_of((sum + n / 2) / n)) < (strength ? 4.2f : 2.75f);
                for (int i = -2; i <= 2; i += 4) { // beside the stroke, where it is no ink
                    int bx = x + i;
                    if (bx < 1 || bx >= box[2] - 1 || ink[y * box[2] + bx] || ink[y * box[2] + bx - 1] ||
                        ink[y * box[2] + bx + 1])
                        continue;
                    close++;
                    drowned += contrast(letter, light_of(after.planes[0][py * side + here[0] + bx])) < 1.2f;
                }
            }
        check(unreadable <= count / 50, "on %s %d of %d pixels are too pale at strength %d", kinds[kind], unreadable,
              count, strength);
        check(drowned <= close / 8, "on %s %d of %d neighbours are as the letters", kinds[kind], drowned, close);
        enl_label_free(&label);
        free_frame(&before);
        free_frame(&after);
        enl_picture_free(&p);
    }
    free(ink);
}

// Drawn into a picture that ends right after its last row and column: nothing is written or read beyond.
static void draws_only_near_its_box(void **state) {
    (void)state;
    struct enl_picture *p = unit_picture(300, 200, 3, 4);
    struct frame before = frame_of(p), after = frame_of(p);
    struct enl_label *label = label_on(p, "AI-generated", NULL, 0);
    int box[4], changed = 0;
    enl_label_box(label, box);
    enl_label_draw(label, 0, after.planes, after.strides);
    for (int y = 0; y < 200; y++)
        for (int x = 0; x < 300; x++) {
            bool differs = before.planes[0][y * 300 + x] != after.planes[0][y * 300 + x];
            bool near = x >= box[0] - 12 && x < box[0] + box[2] + 12 && y >= box[1] - 12 && y < box[1] + box[3] + 12;
            check(near || !differs, "pixel %d,%d", x, y);
            changed += differs;
        }
    assert_true(changed > 100);
    enl_label_free(&label);
    free_frame(&before);
    free_frame(&after);
    enl_picture_free(&p);
}

static void aigc_has_its_seven_keys(void **state) {
    (void)state;
    static const char *const keys[] = {
        "Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2"};
    char *text = enl_mark_aigc("0123456789abcdef", NULL);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_true(json_is_object(root));
    assert_int_equal(json_object_size(root), 7);
    for (int i = 0; i < 7; i++) check(json_is_string(json_object_get(root, keys[i])), "no %s", keys[i]);
    assert_string_equal(json_string_value(json_object_get(root, "Label")), "1");
    assert_string_equal(json_string_value(json_object_get(root, "ProduceID")), "0123456789abcdef");
    json_decref(root);
    enl_release(text);
}

// Well-formed: every element that opens closes, in order, and quotes come in pairs.
static void xmp_is_well_formed(void **state) {
    (void)state;
    char *text = enl_mark_xmp("algorithmicallyEnhanced", "0123456789abcdef", "Words & <signs> \"quoted\"",
                              "{\"Label\":\"1\"}", NULL);
    char stack[16][64];
    int depth = 0, elements = 0;
    assert_non_null(strstr(text, "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced\""));
    assert_int_equal(strncmp(text, "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>", 53), 0);
    for (const char *c = text; *c;) {
        if (*c == '&') {
            check(!strncmp(c, "&amp;", 5) || !strncmp(c, "&lt;", 4) || !strncmp(c, "&gt;", 4) ||
                      !strncmp(c, "&quot;", 6),
                  "a bare &: %.20s", c);
            c++;
        } else if (*c != '<') {
            c++;
        } else {
            const char *end = c + 1;
            for (int quote = 0; *end && (quote || *end != '>'); end++) {
                if (*end == '"') quote ^= 1;
                check(*end != '<', "a < within a tag: %.20s", end);
            }
            check(*end == '>', "no end: %.20s", c);
            char name[64];
            sscanf(c + 1 + (c[1] == '/'), "%63[A-Za-z0-9:]", name);
            if (c[1] == '/') check(depth > 0 && !strcmp(stack[--depth], name), "</%s> closes nothing", name);
            else if (c[1] != '?' && end[-1] != '/') {
                assert_true(depth < 16);
                snprintf(stack[depth++], sizeof stack[0], "%s", name);
                elements++;
            }
            c = end + 1;
        }
    }
    assert_int_equal(depth, 0);
    assert_true(elements >= 4);
    enl_release(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_and_inside),        cmocka_unit_test(clear_of_faces),
        cmocka_unit_test(readable_on_any_ground),  cmocka_unit_test(draws_only_near_its_box),
        cmocka_unit_test(aigc_has_its_seven_keys), cmocka_unit_test(xmp_is_well_formed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
