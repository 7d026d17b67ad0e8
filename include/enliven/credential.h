// SPDX-License-Identifier: MIT
// Content credentials (C2PA 2.4): who made a file, how, and from what, signed; read, checked, built and written.
// This header is usable alone: it needs libcrypto and nothing else of Enliven.
#ifndef ENLIVEN_CREDENTIAL_H
#define ENLIVEN_CREDENTIAL_H

#include <stddef.h>
#include <stdint.h>

#include <enliven/error.h>

#ifdef __cplusplus
extern "C" {
#endif

// Bytes that can be read anywhere: a file, memory, something of the caller's.
struct enl_source {
    // Puts up to `size` bytes from `at` on into `ret_bytes`; returns how many, fewer only at the end, -1 where reading
    // failed. May be called from several threads at once.
    int64_t (*read)(void *user, uint64_t at, void *ret_bytes, size_t size);
    void *user;
    uint64_t size;
};
// Where bytes are written, anywhere. False where writing failed.
struct enl_sink {
    bool (*write)(void *user, uint64_t at, const void *bytes, size_t size);
    void *user;
};

// ---- Whom to trust. Made once, then only read: one may serve many threads.
struct enl_trust;
enum enl_trust_kind {
    ENL_TRUST_SIGNERS, // PEM certificates: anchors of those who sign claims; intermediates may be anchors
    ENL_TRUST_TSAS,    // the same for those who stamp the time
    ENL_TRUST_ALLOWED, // PEM certificates of signers who are trusted without any anchor
    ENL_TRUST_EKUS     // extended key usages (dotted numbers, a line each) that claim signers may have, instead of ours
};
ENL_API struct enl_trust *enl_trust_new(struct enl_error *error);
// `name` is told with the result ("the C2PA trust list"). ENL_USAGE where there is no certificate in it.
ENL_API bool enl_trust_add(struct enl_trust *trust, enum enl_trust_kind kind, const char *name, const void *pem,
                           size_t size, struct enl_error *error);
ENL_API bool enl_trust_add_file(struct enl_trust *trust, enum enl_trust_kind kind, const char *name, const char *path,
                                struct enl_error *error);
ENL_API void enl_trust_free(struct enl_trust **trust); // sets NULL; NULL is legal

// ---- Checking.
struct enl_check_params {
    const struct enl_trust *trust; // borrowed; NULL: nobody is known
    int64_t at;                    // the moment it is checked at, seconds since 1970; 0: now
    bool online;                   // may ask the OCSP responders that certificates name
    bool remote;                   // may fetch the manifest that the file's XMP names
    const char *sidecar;           // path of a manifest store that goes with the file; NULL: what is in it
    const char *const *fragments;  // paths of the segments of a fragmented MP4 whose first one is checked
    int fragment_count;
    int threads; // 0: one a core
};
#define enl_check_params(...) (&(struct enl_check_params){__VA_ARGS__})

enum enl_check_state {
    ENL_CHECK_NONE,        // no credentials: proves nothing
    ENL_CHECK_BROKEN,      // there are some, but they are not well-formed or don't fit the file
    ENL_CHECK_WELL_FORMED, // can be read, but what it says can't all be confirmed
    ENL_CHECK_VALID,       // fits the file, and the signature holds; who signed is not known
    ENL_CHECK_TRUSTED      // and who signed is
};

struct enl_check; // what a check found
// NULL with `error` where the file can't be read (ENL_IO), is of no kind that we know (ENL_BAD_PHOTO), or memory runs
// out. Broken credentials are a result, no error. Free with enl_check_free. Thread-safe.
ENL_API struct enl_check *enl_check_file(const char *path, const struct enl_check_params *params,
                                         struct enl_error *error);
ENL_API struct enl_check *enl_check_source(const struct enl_source *source, const struct enl_check_params *params,
                                           struct enl_error *error);
ENL_API void enl_check_free(struct enl_check **check); // sets NULL; NULL is legal

ENL_API enum enl_check_state enl_check_state(const struct enl_check *check);
// One plain sentence. Owned by the check.
ENL_API const char *enl_check_sentence(const struct enl_check *check);
// Some lines: what is known and what isn't. Owned by the check.
ENL_API const char *enl_check_details(const struct enl_check *check);
// Whether a code of C2PA 2.4 section 15.2.2 was given for the file's own (active) manifest.
ENL_API bool enl_check_has(const struct enl_check *check, const char *code);
// All codes of the file's own manifest, "code, code (2), ...", failures first. Released with
// free(); NULL: no memory.
ENL_API char *enl_check_codes(const struct enl_check *check);
// The whole report as JSON: shaped as c2patool's, or with `crjson` as crJSON. Released with free(); NULL: no memory.
ENL_API char *enl_check_json(const struct enl_check *check, bool crjson);
// The manifest store as it was found; NULL: none. Owned by the check.
ENL_API const uint8_t *enl_check_store(const struct enl_check *check, size_t *ret_size);

// ---- Signing.
struct enl_signer; // who signs: a key and its certificates; one thread at a time
// A key of one's own. `chain`: PEM, the signer's certificate first; `key`: PEM. ENL_USAGE where they don't belong
// together, or the certificate may not sign claims now.
ENL_API struct enl_signer *enl_signer_new(const char *chain_path, const char *key_path, struct enl_error *error);
// The key is somebody else's business: `command` (run by /bin/sh) gets the hash to be signed on its standard input, as
// raw bytes, and prints the signature: DER or raw for ECDSA, raw for RSA-PSS; Ed25519 gets the whole message. ENL_ALG
// in its environment names the algorithm ("ES256").
ENL_API struct enl_signer *enl_signer_new_command(const char *chain_path, const char *command, struct enl_error *error);
// The identity in `folder`, which is made where there is none: an ES256 key with a root of its own, files that only
// their owner can read. Its certificate is renewed before it ends. `*ret_made`: it was made now. Without a folder
// (NULL): one that is gone with the signer.
ENL_API struct enl_signer *enl_signer_new_local(const char *folder, bool *ret_made, struct enl_error *error);
// Time-stamps from now on. `url` is copied. Where the TSA fails thrice, signing goes on without, and
// enl_signer_unstamped tells why.
ENL_API bool enl_signer_set_tsa(struct enl_signer *signer, const char *url, struct enl_error *error);
ENL_API const char *enl_signer_unstamped(const struct enl_signer *signer); // NULL: nothing to tell
ENL_API void enl_signer_free(struct enl_signer **signer);

// What the credentials say. Strings are borrowed.
struct enl_credential_params {
    const char *made_by;       // "ai": by a model; "edited": by a person; "camera": taken; NULL: it isn't said
    const char *source_type;   // last part of an IPTC digital source type; NULL: what made_by means
    const char *title;         // NULL: none
    const char *description;   // of what was done, plain words; NULL: none
    const char *agent;         // the program that did it; NULL: "Enliven"
    const char *agent_version; // NULL: this library's version
    const char *from;          // path of what it was made from; its credentials travel along; NULL: nothing
    const char *from_title;    // NULL: the name of that file
    const char *model_name;    // of what made it: c2pa.ai-disclosure; NULL: none is written
    const char *human;         // "fully_autonomous", "prompt_guided", "human_validated"; NULL: none
    const char *soft_alg;      // a soft binding: its algorithm and value; NULL: none
    const void *soft_value;
    size_t soft_size;
    const char *const *steps;  // further actions after the first ("c2pa.edited" ...), ends with NULL; NULL: none
    bool no_training;          // cawg.training-mining: not allowed
    size_t merkle_block;       // MP4: bind the media by a Merkle tree over blocks of so many bytes; 0: by one hash
    const char *const *redact; // JUMBF URIs of assertions of what it was made from to be taken out; ends with NULL
    const struct enl_check_params *check; // for what it was made from; NULL: nobody is known
    int threads;                          // 0: one a core
};
#define enl_credential_params(...) (&(struct enl_credential_params){__VA_ARGS__})

// Writes `path`, signed, as `out`, which appears whole or not at all and may be `path` itself with `force`.
ENL_API bool enl_credential_sign(const char *path, const char *out, bool force, struct enl_signer *signer,
                                 const struct enl_credential_params *params, struct enl_error *error);
// Leaves `path` as it is and writes its credentials as `out`, a manifest store (.c2pa).
ENL_API bool enl_credential_sign_beside(const char *path, const char *out, bool force, struct enl_signer *signer,
                                        const struct enl_credential_params *params, struct enl_error *error);
// The same as enl_credential_sign over callbacks: reads `source` once, writes everything to `sink` from front to back,
// then goes back for the credentials. May not write into what it reads.
ENL_API bool enl_credential_sign_source(const struct enl_source *source, const struct enl_sink *sink,
                                        struct enl_signer *signer, const struct enl_credential_params *params,
                                        struct enl_error *error);
// The same for a file that has room for its credentials after its head (an MP4 with a free box there): only that is
// written. `*ret_fits` false: there is not enough room, nothing was written, and nothing is wrong.
ENL_API bool enl_credential_sign_in_place(const struct enl_source *source, const struct enl_sink *sink,
                                          struct enl_signer *signer, const struct enl_credential_params *params,
                                          bool *ret_fits, struct enl_error *error);
// How many bytes of room an MP4 must keep free after its head for that, whatever is in it; `merkle_block` must be 0.
ENL_API bool enl_credential_room(struct enl_signer *signer, const struct enl_credential_params *params,
                                 size_t *ret_size, struct enl_error *error);
// Without its credentials.
ENL_API bool enl_credential_strip(const char *path, const char *out, bool force, struct enl_error *error);

#ifdef __cplusplus
}
#endif
#endif
