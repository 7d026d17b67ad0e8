// SPDX-License-Identifier: MIT
// The label of every language can be written with the fonts that the program asks for: no glyph is missing.
#include "unit.h"

#include "mark/mark.h"
#include "plan/lexicon.h"

#include <pango/pangocairo.h>

static int missing(const char *text) {
    PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    PangoLayout *layout = pango_layout_new(context);
    PangoFontDescription *font = pango_font_description_from_string(ENL_LABEL_FONT " 40");
    pango_layout_set_font_description(layout, font);
    pango_layout_set_text(layout, text, -1);
    int count = pango_layout_get_unknown_glyphs_count(layout);
    pango_font_description_free(font);
    g_object_unref(layout);
    g_object_unref(context);
    return count;
}

static void every_glyph_is_there(void **state) {
    (void)state;
    char text[64];
    int count = 0;
    for (; enl_lexicon_lang(count); count++) {
        assert_true(enl_lexicon_label(enl_lexicon_lang(count), text, sizeof text));
        check(missing(text) == 0, "%s: \"%s\" has %d glyphs that no font has; install fonts-droid-fallback",
              enl_lexicon_lang(count), text, missing(text));
    }
    assert_true(count >= 9);
    check(missing("\xf4\x8f\xbf\xbd") > 0, "the test sees no missing glyph"); // U+10FFFD, which no font has
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_glyph_is_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
