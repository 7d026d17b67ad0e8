// SPDX-License-Identifier: MIT
// The video's content credentials: what made it, and from which photo. Signed before it appears.
#include "credential/file.h"
#include "engine/telling.h"

#include <string.h>
#include <sys/stat.h>

#define ROOM_STEP 4096 // a longer title moves nothing

// What the credentials say of this story. `check` is filled for it.
static struct enl_credential_params words_of(const struct telling *t, const char *photo,
                                             struct enl_check_params *check) {
    const char *slash = strrchr(t->outputs[0].path, '/');
    struct stat about;
    *check = (struct enl_check_params){.trust = t->p->trust};
    return (struct enl_credential_params){.made_by = "ai",
                                          .source_type = t->engine->source_type,
                                          .title = slash ? slash + 1 : t->outputs[0].path,
                                          .description = ENL_STORY_DESCRIPTION,
                                          // A photo that came through a pipe cannot be looked at again.
                                          .from = stat(photo, &about) == 0 && S_ISREG(about.st_mode) ? photo : NULL,
                                          .model_name = t->engine->model,
                                          .human = t->p->prompt || t->p->plan ? "prompt_guided" : "fully_autonomous",
                                          .check = check,
                                          .threads = t->p->threads};
}

bool enl_telling_room(const struct telling *t, const char *photo, size_t *ret_size, struct enl_error *error) {
    struct enl_check_params check;
    struct enl_credential_params words = words_of(t, photo, &check);
    *ret_size = 0;
    if (!t->p->signer) return true;
    if (!enl_credential_room(t->p->signer, &words, ret_size, error)) return false;
    *ret_size = (*ret_size + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP;
    return true;
}

// One file: into the room that it keeps, or, where it has none, into a copy that takes its place.
static bool sign_one(struct enl_output *output, struct enl_output *copy, struct enl_signer *signer,
                     const struct enl_credential_params *words, struct enl_error *error) {
    struct enl_file file;
    bool fits = false;
    struct enl_sink here = enl_file_sink(&output->file), there = enl_file_sink(&copy->file);
    if (!enl_file_of(&file, output->file, error) ||
        !enl_credential_sign_in_place(&file.source, &here, signer, words, &fits, error))
        return false;
    if (fits) return true;
    if (!enl_output_open(copy, output->path, output->force, error)) return false;
    if (!enl_credential_sign_source(&file.source, &there, signer, words, error)) {
        enl_output_abort(copy);
        return false;
    }
    enl_output_abort(output);
    *output = *copy;
    return true;
}

bool enl_telling_sign(struct telling *t, const char *photo, struct enl_error *error) {
    struct enl_check_params check;
    struct enl_credential_params words = words_of(t, photo, &check);
    struct enl_output copies[2]; // each at an address of its own: names beside are made of it
    bool good = true;
    for (int i = 0; good && t->p->signer && i < (t->format->second ? 2 : 1); i++)
        good = sign_one(&t->outputs[i], &copies[i], t->p->signer, &words, error);
    return good;
}
