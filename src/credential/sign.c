// SPDX-License-Identifier: MIT
// Making a signature with a signer.
#include "credential/limits.h"
#include "credential/signer.h"
#include "credential/timestamp.h"

#include <openssl/err.h>

#include <stdio.h>
#include <string.h>

// What a command printed as the raw signature that COSE wants. It is only taken where it holds.
static bool take_signature(const struct enl_signer *s, const struct enl_bytes *message, const struct enl_bytes *given,
                           struct enl_bytes *ret_signature) {
    EVP_PKEY *key = X509_get0_pubkey(s->leaf);
    uint8_t raw[132];
    if (enl_alg_verify(s->alg, key, message->data, message->size, given->data, given->size)) {
        enl_bytes_put(ret_signature, given->data, given->size);
        return !ret_signature->failed;
    }
    if (s->alg->key != EVP_PKEY_EC || s->signature_size > sizeof raw) return false;
    if (!enl_ecdsa_raw(given->data, given->size, raw, s->signature_size)) return false;
    if (!enl_alg_verify(s->alg, key, message->data, message->size, raw, s->signature_size)) return false;
    enl_bytes_put(ret_signature, raw, s->signature_size);
    return !ret_signature->failed;
}

static bool sign_by_command(const struct enl_signer *s, const struct enl_bytes *message,
                            struct enl_bytes *ret_signature, struct enl_error *error) {
    static const char *const hashes[] = {"SHA256", "sha256", "SHA384", "sha384", "SHA512", "sha512"};
    struct enl_bytes given = {0};
    uint8_t hash[64];
    size_t size = 0;
    for (int i = 0; s->alg->digest && i < 6; i += 2)
        if (!strcmp(hashes[i], s->alg->digest)) enl_digest_of(hashes[i + 1], message->data, message->size, hash, &size);
    if (s->alg->digest && !size) return enl_fail(error, ENL_INTERNAL, "The claim cannot be hashed.");
    bool good = enl_command_run(s->command, s->alg->name, size ? hash : message->data, size ? size : message->size,
                                4096, &given, error);
    if (good && !take_signature(s, message, &given, ret_signature))
        good = enl_fail(error, ENL_USAGE,
                        "The signing command gave %zu bytes that are no %s signature by the certificate in %s.",
                        given.size, s->alg->name, s->chain_path);
    enl_bytes_free(&given);
    return good;
}

static bool make_signature(const struct enl_signer *s, const void *claim, size_t claim_size,
                           struct enl_bytes *ret_signature, struct enl_error *error) {
    struct enl_bytes message = {0};
    enl_cose_structure("Signature1", s->headers.data, s->headers.size, claim, claim_size, &message);
    bool good = !message.failed || enl_fail(error, ENL_NO_MEMORY, "Not enough memory to sign.");
    if (good && s->command) good = sign_by_command(s, &message, ret_signature, error);
    // Verified too: a faulty machine must not give away a signature that is wrong.
    else if (good && !(enl_alg_sign(s->alg, s->key, message.data, message.size, ret_signature) &&
                       enl_alg_verify(s->alg, X509_get0_pubkey(s->leaf), message.data, message.size,
                                      ret_signature->data, ret_signature->size)))
        good = enl_fail(error, ENL_INTERNAL, "The key of the certificate in %s does not sign.", s->chain_path);
    enl_bytes_free(&message);
    return good;
}

// A token over the signature, or nothing and a reason that the signer keeps.
static void stamp(struct enl_signer *s, const struct enl_bytes *signature, struct enl_bytes *ret_token) {
    struct enl_bytes wrapped = {0}, message = {0};
    struct enl_error why = {.text = "There is not enough memory for a time-stamp."};
    enl_cbor_put_bytes(&wrapped, signature->data, signature->size);
    enl_cose_structure("CounterSignature", s->headers.data, s->headers.size, wrapped.data, wrapped.size, &message);
    bool good = !wrapped.failed && !message.failed &&
                enl_stamp_ask(s->tsa, message.data, message.size, ret_token, &why);
    if (!good) snprintf(s->unstamped, sizeof s->unstamped, "%s", why.text);
    enl_bytes_free(&wrapped);
    enl_bytes_free(&message);
}

bool enl_signer_sign(struct enl_signer *signer, const void *claim, size_t claim_size, size_t size, struct enl_bytes *to,
                     struct enl_error *error) {
    struct enl_bytes signature = {0}, token = {0};
    signer->unstamped[0] = '\0';
    bool good = make_signature(signer, claim, claim_size, &signature, error);
    if (good && signer->tsa) stamp(signer, &signature, &token);
    bool done = good && token.size && enl_cose_write(&signer->headers, &signature, &token, size, to);
    if (good && token.size && !done && !to->failed)
        snprintf(signer->unstamped, sizeof signer->unstamped, "The time-stamp of %s is too large.", signer->tsa);
    if (good && !done) done = enl_cose_write(&signer->headers, &signature, NULL, size, to);
    if (good && !done && to->failed) enl_fail(error, ENL_NO_MEMORY, "Not enough memory for a signature.");
    else if (good && !done) enl_fail(error, ENL_INTERNAL, "A signature does not fit into %zu bytes.", size);
    enl_bytes_free(&signature);
    enl_bytes_free(&token);
    ERR_clear_error();
    return done;
}
