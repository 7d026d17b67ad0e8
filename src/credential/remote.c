// SPDX-License-Identifier: MIT
#include "credential/remote.h"
#include "credential/limits.h"

#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/ssl.h>
#include <string.h>

struct wire { // of one connection
    SSL_CTX *tls; // NULL: plain
    const char *host;
};

// Puts TLS on a connection before the request and takes it off afterwards (OSSL_HTTP_bio_cb_t).
static BIO *over_tls(BIO *bio, void *argument, int connect, int detail) {
    struct wire *wire = argument;
    (void)detail;
    if (!wire->tls) return bio;
    if (!connect) return bio; // freed with its chain
    BIO *over = BIO_new_ssl(wire->tls, 1);
    SSL *ssl = NULL;
    if (!over || BIO_get_ssl(over, &ssl) != 1 || !SSL_set_tlsext_host_name(ssl, wire->host) ||
        !SSL_set1_host(ssl, wire->host)) {
        BIO_free_all(over);
        return NULL;
    }
    return BIO_push(over, bio);
}

static uint8_t *read_all(BIO *answer, size_t *ret_size, struct enl_error *error) {
    size_t room = 1 << 16, size = 0;
    uint8_t *bytes = enl_alloc(room, 1, error);
    int n = 0;
    while (bytes && size <= ENL_MAX_STORE && (n = BIO_read(answer, bytes + size, (int)(room - size))) > 0) {
        size += (size_t)n;
        if (size < room) continue;
        uint8_t *more = enl_alloc(2 * room, 1, error);
        if (more) memcpy(more, bytes, size);
        enl_release(bytes);
        bytes = more;
        room *= 2;
    }
    if (bytes && size > ENL_MAX_STORE) {
        enl_fail(error, ENL_IO, "The credentials elsewhere are larger than %u bytes.", ENL_MAX_STORE);
        enl_release(bytes);
        return NULL;
    }
    *ret_size = size;
    return bytes;
}

uint8_t *enl_fetch(const char *address, size_t *ret_size, struct enl_error *error) {
    char *host = NULL;
    int tls = 0;
    uint8_t *bytes = NULL;
    struct wire wire = {0};
    BIO *answer = NULL;
    bool good = OSSL_HTTP_parse_url(address, &tls, NULL, &host, NULL, NULL, NULL, NULL, NULL) == 1;
    if (good && tls) {
        wire.tls = SSL_CTX_new(TLS_client_method());
        good = wire.tls && SSL_CTX_set_default_verify_paths(wire.tls) == 1;
        if (wire.tls) SSL_CTX_set_verify(wire.tls, SSL_VERIFY_PEER, NULL);
    }
    wire.host = host;
    if (good)
        answer = OSSL_HTTP_get(address, NULL, NULL, NULL, NULL, over_tls, &wire, 0, NULL, NULL, 0, ENL_MAX_STORE,
                               ENL_NET_SECONDS);
    if (answer) bytes = read_all(answer, ret_size, error);
    else enl_fail(error, ENL_IO, "The credentials at %s cannot be fetched.", address);
    BIO_free_all(answer);
    SSL_CTX_free(wire.tls);
    OPENSSL_free(host);
    ERR_clear_error();
    return bytes;
}
