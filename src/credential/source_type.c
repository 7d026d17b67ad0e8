// SPDX-License-Identifier: MIT
#include "credential/source_type.h"

#include <stddef.h>
#include <string.h>

// What IPTC's and C2PA's digital source types mean, said of a file.
static const struct {
    const char *type, *made;
} sources[] = {{"trainedAlgorithmicMedia", "Made by AI"},
               {"compositeWithTrainedAlgorithmicMedia", "Made with AI"},
               {"compositeSynthetic", "Made in part by a machine"},
               {"algorithmicMedia", "Made by a machine"},
               {"algorithmicallyEnhanced", "Made by a machine"},
               {"dataDrivenMedia", "Made by a machine"},
               {"virtualRecording", "Recorded from a virtual world"},
               {"digitalCapture", "Taken with a camera"},
               {"computationalCapture", "Taken with a camera"},
               {"negativeFilm", "Scanned from film"},
               {"positiveFilm", "Scanned from film"},
               {"print", "Scanned from paper"},
               {"screenCapture", "Taken from a screen"},
               {"humanEdits", "Edited by a person"},
               {"minorHumanEdits", "Edited by a person"},
               {"compositeCapture", "Put together from captures"},
               {"digitalCreation", "Drawn by a person"},
               {"digitalArt", "Drawn by a person"},
               {"composite", "Put together from several things"}};

const char *enl_source_type_meaning(const char *type) {
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (!strcmp(type, sources[i].type)) return sources[i].made;
    return NULL;
}
