// SPDX-License-Identifier: MIT
// Signing a file: lays it out with room for its credentials, writes and hashes it in one pass, then puts them in.
#include "credential/build.h"
#include "base/output.h"
#include "credential/bmff.h"
#include "credential/file.h"
#include "credential/limits.h"
#include "credential/source_type.h"

#include <stdio.h>
#include <string.h>

struct seal { // one file being signed
    struct enl_build build;
    const struct enl_source *source;
    const char *name; // of the source's file; NULL: it has none
    const struct enl_container *container;
    const struct enl_credential_params *p;
    struct enl_layout layout;
    struct enl_laid laid;
    struct enl_source out; // the file as it will be
    struct enl_bytes store;
    bool beside; // the store goes into a file of its own, and the source stays as it is
};

static bool params_are_good(const struct enl_credential_params *p, struct enl_error *error) {
    static const char *const makers[] = {"ai", "edited", "camera"};
    static const char *const levels[] = {"fully_autonomous", "prompt_guided", "human_validated"};
    bool maker = !p->made_by, level = !p->human;
    for (int i = 0; i < 3; i++) {
        maker = maker || !strcmp(p->made_by, makers[i]);
        level = level || !strcmp(p->human, levels[i]);
    }
    if (!maker) return enl_fail(error, ENL_USAGE, "It is made by ai, edited or camera, not \"%.40s\".", p->made_by);
    if (!level) return enl_fail(error, ENL_USAGE, "\"%.40s\" is no level of human oversight.", p->human);
    if (p->source_type && !enl_source_type_meaning(p->source_type))
        return enl_fail(error, ENL_USAGE, "\"%.40s\" is no digital source type of IPTC's.", p->source_type);
    if ((p->agent && !*p->agent) || (p->title && strlen(p->title) > 1000))
        return enl_fail(error, ENL_USAGE, "A name must not be empty, nor a title longer than 1000 bytes.");
    if (p->merkle_block && (p->merkle_block < 1024 || p->merkle_block > 1u << 30))
        return enl_fail(error, ENL_USAGE, "Blocks of a Merkle tree are 1 KB to 1 GB.");
    return true;
}

// What it was made from: the file that is named, or what the file itself carried before.
static bool read_origin(struct seal *s, struct enl_error *error) {
    const struct enl_credential_params *p = s->p;
    struct enl_origin *o = &s->build.origin;
    struct enl_file file = {.handle = -1};
    const struct enl_source *from = s->source;
    bool edited = !p->made_by || !strcmp(p->made_by, "edited");
    if (!p->from && !from) return true;
    if (p->from) {
        if (!enl_file_open(&file, p->from, error)) return false;
        from = &file.source;
    }
    bool good = enl_origin_read(from, p->check, p->redact, o, error);
    enl_file_close(&file);
    if (!good) return false;
    if (!p->from && !*o->label && !edited) { // the file is its own beginning
        enl_origin_free(o);
        return true;
    }
    if (p->made_by && !strcmp(p->made_by, "camera"))
        return enl_fail(error, ENL_USAGE,
                        "What was made from something else, or has credentials already, was not taken "
                        "with a camera; say that it was edited.");
    o->relation = p->from && !edited ? "inputTo" : "parentOf";
    const char *name = p->from_title ? p->from_title : p->from ? p->from : s->name ? s->name : "";
    const char *slash = strrchr(name, '/');
    snprintf(o->title, sizeof o->title, "%s", slash ? slash + 1 : name);
    enl_clean(o->title);
    return true;
}

static bool draft_size(struct seal *s, size_t *ret_size, struct enl_error *error) {
    struct enl_bytes draft = {0};
    bool good = enl_build_store(&s->build, false, &draft, error);
    *ret_size = draft.size;
    enl_bytes_free(&draft);
    return good && (*ret_size <= ENL_MAX_STORE || enl_fail(error, ENL_USAGE, "The credentials would be too large."));
}

// The size of the store decides the layout, and the layout nothing of that size: one round is enough.
static bool lay_out(struct seal *s, struct enl_error *error) {
    size_t size;
    s->build.bmff = s->container->bmff;
    if (s->p->merkle_block && !s->container->bmff)
        return enl_fail(error, ENL_USAGE, "Only MP4 and its kin can be bound by a Merkle tree, not %s.",
                        s->container->name);
    s->build.beside = s->beside;
    if (s->p->merkle_block && s->container->bmff &&
        !enl_leaves_plan(s->source, s->p->merkle_block, &s->build.leaves, error))
        return false;
    if (s->beside) enl_layout_copy(&s->layout, 0, s->source->size);
    else if (!draft_size(s, &size, error) || !s->container->lay(s->source, size, &s->layout, error)) return false;
    s->build.left_out = s->layout.credential;
    s->laid = (struct enl_laid){.layout = &s->layout, .source = s->source};
    s->out = enl_laid_source(&s->laid);
    return true;
}

// What the hard binding covers of the file that will be.
static bool cover_of(struct seal *s, struct enl_cover *ret_cover, struct enl_error *error) {
    struct enl_bytes cbor = {0};
    struct enl_cbor exclusions;
    bool more, good;
    if (!s->container->bmff) {
        enl_cover_skip(ret_cover, s->layout.credential.at, s->layout.credential.size);
        return enl_cover_settle(ret_cover, error);
    }
    enl_bmff_put_exclusions(&cbor, s->build.leaves.mdats > 0);
    good = (!cbor.failed && enl_cbor_open(cbor.data, cbor.size, &exclusions)) ||
           enl_fail(error, ENL_NO_MEMORY, "Not enough memory to hash the file.");
    good = good && enl_bmff_cover(&s->out, &exclusions, true, s->build.leaves.mdats > 0, ret_cover, &more, error);
    enl_bytes_free(&cbor);
    return good;
}

static bool hash_leaves(struct seal *s, struct enl_error *error) {
    if (!s->build.leaves.mdats) return true;
    enl_leaves_free(&s->build.leaves);
    return enl_leaves_plan(&s->out, s->p->merkle_block, &s->build.leaves, error) &&
           enl_leaves_hash(&s->out, s->p->merkle_block, s->p->threads, &s->build.leaves, error);
}

// Pieces that were not copied, once they are known.
static bool write_pieces(struct seal *s, const struct enl_sink *sink, bool all, struct enl_error *error) {
    for (int i = 0; i < s->layout.count; i++) {
        const struct enl_piece *piece = &s->layout.pieces[i];
        const void *bytes = piece->kind == ENL_PIECE_STORE ? s->store.data + piece->from : piece->bytes;
        if (piece->kind == ENL_PIECE_COPY || (piece->kind == ENL_PIECE_BYTES && !all)) continue;
        if (!sink->write(sink->user, piece->at, bytes, (size_t)piece->size))
            return enl_fail(error, ENL_IO, "The signed file cannot be written.");
    }
    return true;
}

// Whether only the room that was kept changes.
static bool fits_in_place(const struct seal *s) {
    for (int i = 0; i < s->layout.count; i++)
        if (s->layout.pieces[i].kind == ENL_PIECE_COPY && s->layout.pieces[i].from != s->layout.pieces[i].at)
            return false;
    return s->layout.size == s->source->size;
}

static bool run(struct seal *s, const struct enl_sink *sink, bool in_place, bool *ret_fits, struct enl_error *error) {
    struct enl_cover cover = {0};
    size_t size;
    if (!params_are_good(s->p, error) || !enl_build_begin(&s->build, error) || !read_origin(s, error) ||
        !lay_out(s, error))
        return false;
    *ret_fits = fits_in_place(s);
    if (in_place && !*ret_fits) return true;
    bool good = cover_of(s, &cover, error) &&
                enl_cover_hash(&s->out, &cover, 0, s->out.size, "sha256", in_place || s->beside ? NULL : sink,
                               s->build.hash, &size, error);
    enl_cover_free(&cover);
    good = good && hash_leaves(s, error) && enl_build_store(&s->build, true, &s->store, error);
    if (good && s->beside)
        return sink->write(sink->user, 0, s->store.data, s->store.size) ||
               enl_fail(error, ENL_IO, "The credentials cannot be written.");
    if (good && s->container->seal) s->container->seal(&s->layout, s->store.data);
    return good && write_pieces(s, sink, in_place, error);
}

static bool start(struct seal *s, const struct enl_source *source, struct enl_signer *signer,
                  const struct enl_credential_params *params, struct enl_error *error) {
    static const struct enl_credential_params usual = {0};
    const char *type;
    *s = (struct seal){.source = source, .p = params ? params : &usual};
    s->build.params = s->p;
    s->build.signer = signer;
    s->container = enl_container_of(source, &type, error);
    if (!s->container) return false;
    return s->container->lay ||
           enl_fail(error, ENL_USAGE, "Credentials can't be put into %s; put them beside it.", s->container->name);
}

static void stop(struct seal *s) {
    enl_origin_free(&s->build.origin);
    enl_leaves_free(&s->build.leaves);
    enl_layout_free(&s->layout);
    enl_bytes_free(&s->store);
}

bool enl_credential_sign_source(const struct enl_source *source, const struct enl_sink *sink, struct enl_signer *signer,
                                const struct enl_credential_params *params, struct enl_error *error) {
    struct seal s;
    bool fits;
    bool good = start(&s, source, signer, params, error) && run(&s, sink, false, &fits, error);
    stop(&s);
    return good;
}

bool enl_credential_sign_in_place(const struct enl_source *source, const struct enl_sink *sink,
                                  struct enl_signer *signer, const struct enl_credential_params *params, bool *ret_fits,
                                  struct enl_error *error) {
    struct seal s;
    bool good = start(&s, source, signer, params, error) && run(&s, sink, true, ret_fits, error);
    stop(&s);
    return good;
}

bool enl_credential_room(struct enl_signer *signer, const struct enl_credential_params *params, size_t *ret_size,
                         struct enl_error *error) {
    struct seal s = {.p = params, .build = {.params = params, .signer = signer, .bmff = true}};
    size_t size = 0;
    bool good = params_are_good(params, error) && enl_build_begin(&s.build, error) && read_origin(&s, error) &&
                draft_size(&s, &size, error);
    if (good) *ret_size = size + ENL_BMFF_BEFORE_STORE;
    stop(&s);
    return good;
}

static bool name_path(const char *path, const struct enl_error *own, struct enl_error *error) {
    return enl_fail(error, own->code, "%s: %s", path, own->text);
}

static bool sign_path(const char *path, const char *out, bool force, bool beside, struct enl_signer *signer,
                      const struct enl_credential_params *params, struct enl_error *error) {
    struct enl_file file;
    struct enl_output output;
    struct enl_error own = {0};
    struct seal s;
    bool fits;
    if (!enl_file_open(&file, path, error)) return false;
    bool good = enl_output_open(&output, out, force, error);
    if (good) {
        struct enl_sink sink = enl_file_sink(&output.file);
        bool ready = start(&s, &file.source, signer, params, &own);
        s.beside = beside;
        s.name = path;
        // Beside it, a kind that is only read will do.
        good = ((ready || (beside && s.container)) && run(&s, &sink, false, &fits, &own)) ||
               name_path(path, &own, error);
        stop(&s);
        good = good && enl_output_commit(&output, error);
        enl_output_abort(&output);
    }
    enl_file_close(&file);
    return good;
}

bool enl_credential_sign_beside(const char *path, const char *out, bool force, struct enl_signer *signer,
                                const struct enl_credential_params *params, struct enl_error *error) {
    return sign_path(path, out, force, true, signer, params, error);
}

bool enl_credential_sign(const char *path, const char *out, bool force, struct enl_signer *signer,
                         const struct enl_credential_params *params, struct enl_error *error) {
    return sign_path(path, out, force, false, signer, params, error);
}

bool enl_credential_strip(const char *path, const char *out, bool force, struct enl_error *error) {
    struct enl_file file;
    struct enl_output output;
    struct enl_error own = {0};
    struct enl_layout layout = {0};
    struct enl_cover nothing = {0};
    const char *type;
    uint8_t hash[64];
    size_t size;
    if (!enl_file_open(&file, path, error)) return false;
    const struct enl_container *c = enl_container_of(&file.source, &type, &own);
    if (c && !c->lay) enl_fail(&own, ENL_USAGE, "Credentials can't be taken out of %s.", c->name);
    bool good = c && c->lay && c->lay(&file.source, 0, &layout, &own);
    if (!good) name_path(path, &own, error);
    if (good && (good = enl_output_open(&output, out, force, error))) {
        struct enl_laid laid = {.layout = &layout, .source = &file.source};
        struct enl_source laid_source = enl_laid_source(&laid);
        struct enl_sink sink = enl_file_sink(&output.file);
        good = enl_cover_hash(&laid_source, &nothing, 0, layout.size, "sha256", &sink, hash, &size, error) &&
               enl_output_commit(&output, error);
        enl_output_abort(&output);
    }
    enl_layout_free(&layout);
    enl_file_close(&file);
    return good;
}
