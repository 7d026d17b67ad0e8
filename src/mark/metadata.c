// SPDX-License-Identifier: MIT
// Metadata marks: IPTC's digital source type in XMP, and the AIGC entry of GB 45438-2025.
#include "mark/mark.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A string of enl_alloc from one of malloc, which it frees.
static char *keep(char *text, int length, struct enl_error *error) {
    char *kept = length >= 0 ? enl_alloc((size_t)length + 1, 1, error) : NULL;
    if (kept) memcpy(kept, text, (size_t)length);
    if (length >= 0) free(text);
    else enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the video's metadata.");
    return kept;
}

// Text for XML, its marks as entities. NULL without memory.
static char *escape(const char *text, struct enl_error *error) {
    char *out = enl_alloc(6 * strlen(text) + 1, 1, error), *to = out; // no entity is longer than six
    for (; out && *text; text++) {
        const char *entity = *text == '&' ? "&amp;" :
                             *text == '<' ? "&lt;" :
                             *text == '>' ? "&gt;" :
                             *text == '"' ? "&quot;" :
                                            NULL;
        if (entity) to = stpcpy(to, entity);
        else *to++ = *text;
    }
    return out;
}

char *enl_mark_aigc(const char *id, struct enl_error *error) {
    char *text = NULL;
    int length = asprintf(
        &text,
        "{\"Label\":\"1\",\"ContentProducer\":\"Enliven\",\"ProduceID\":\"%s\",\"ReservedCode1\":\"\","
        "\"ContentPropagator\":\"\",\"PropagateID\":\"\",\"ReservedCode2\":\"\"}",
        id);
    return keep(text, length, error);
}

// AIGC stands where TC260's guide to GB 45438-2025 has it in pictures.
char *enl_mark_xmp(const char *source_type, const char *id, const char *description, const char *aigc,
                   struct enl_error *error) {
    char *text = NULL, *words = escape(description, error), *label = words ? escape(aigc, error) : NULL;
    int length = !label ? -1 : asprintf(&text,
        "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
        " <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
        "  <rdf:Description rdf:about=\"\"\n"
        "    xmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n"
        "    xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"\n"
        "    xmlns:xmpMM=\"http://ns.adobe.com/xap/1.0/mm/\"\n"
        "    xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\"\n"
        "    xmlns:TC260=\"http://www.tc260.org.cn/ns/AIGC/1.0/\"\n"
        "    xmp:CreatorTool=\"Enliven %s\"\n"
        "    xmpMM:DocumentID=\"xmp.did:%s\"\n"
        "    Iptc4xmpExt:DigitalSourceType=\"http://cv.iptc.org/newscodes/digitalsourcetype/%s\"\n"
        "    TC260:AIGC=\"%s\">\n"
        "   <dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">%s</rdf:li></rdf:Alt></dc:description>\n"
        "  </rdf:Description>\n"
        " </rdf:RDF>\n"
        "</x:xmpmeta>\n"
        "<?xpacket end=\"r\"?>", ENL_VERSION, id, source_type, label, words);
    enl_release(words);
    enl_release(label);
    return keep(text, length, error);
}

char *enl_mark_xmp_with(const char *xmp, const char *description, struct enl_error *error) {
    const char *end = strstr(xmp, " </rdf:RDF>");
    char *text = NULL;
    if (!end) end = xmp + strlen(xmp);
    int length = asprintf(&text, "%.*s%s%s", (int)(end - xmp), xmp, description, end);
    return keep(text, length, error);
}
