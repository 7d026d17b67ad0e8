// SPDX-License-Identifier: MIT
#include "credential/net.h"
#include "credential/limits.h"

#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/httperr.h>
#include <openssl/ssl.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

struct address {
    char *host, *port, *path;
    int secure;
    SSL_CTX *tls;
    bool proxied; // a proxy (http_proxy, https_proxy in the environment) stands between
};

static bool parse(const char *url, struct address *a) {
    if (strncmp(url, "http://", 7) && strncmp(url, "https://", 8)) return false;
    for (const char *c = url; *c; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7F) return false; // nothing that breaks a header's line
    return OSSL_HTTP_parse_url(url, &a->secure, NULL, &a->host, &a->port, NULL, &a->path, NULL, NULL) == 1;
}

static void forget(struct address *a) {
    OPENSSL_free(a->host);
    OPENSSL_free(a->port);
    OPENSSL_free(a->path);
    SSL_CTX_free(a->tls);
}

bool enl_net_is_url(const char *url) {
    struct address a = {0};
    bool good = strlen(url) < 2048 && parse(url, &a);
    forget(&a);
    ERR_clear_error();
    return good;
}

// Puts TLS over a connection as it begins and takes it off as it ends. The certificate must be the host's.
static BIO *wrap(BIO *bio, void *user, int connect, int detail) {
    struct address *a = user;
    (void)detail;
    if (!a->secure) return bio;
    if (!connect) {
        BIO_ssl_shutdown(bio);
        BIO *inner = BIO_pop(bio);
        BIO_free(bio);
        return inner;
    }
    // The library leaves it to us to ask the proxy for a way through.
    if (a->proxied && !OSSL_HTTP_proxy_connect(bio, a->host, a->port, NULL, NULL, ENL_NET_SECONDS, NULL, NULL))
        return NULL;
    BIO *over = BIO_new_ssl(a->tls, 1);
    SSL *tls = NULL;
    if (over) BIO_get_ssl(over, &tls);
    if (!tls || SSL_set_tlsext_host_name(tls, a->host) != 1 || SSL_set1_host(tls, a->host) != 1) {
        BIO_free(over);
        return NULL;
    }
    return BIO_push(over, bio);
}

static bool prepare(struct address *a) {
    a->proxied = OSSL_HTTP_adapt_proxy(NULL, NULL, a->host, a->secure) != NULL;
    if (!a->secure) return true;
    if (!(a->tls = SSL_CTX_new(TLS_client_method()))) return false;
    SSL_CTX_set_verify(a->tls, SSL_VERIFY_PEER, NULL);
    return SSL_CTX_set_default_verify_paths(a->tls) == 1 && SSL_CTX_set_min_proto_version(a->tls, TLS1_2_VERSION) == 1;
}

// A connection to the host. The library's own way tries again and again where nobody listens, for as long as it may.
static BIO *reach(const struct address *a, time_t until) {
    BIO *bio = BIO_new(BIO_s_connect());
    bool there = false;
    if (!bio || BIO_set_conn_hostname(bio, a->host) != 1 || BIO_set_conn_port(bio, a->port) != 1) {
        BIO_free(bio);
        return NULL;
    }
    BIO_set_nbio(bio, 1);
    do there = BIO_do_connect(bio) > 0;
    while (!there && BIO_should_retry(bio) && BIO_wait(bio, until, 50) > 0);
    if (there) return bio;
    BIO_free(bio);
    return NULL;
}

// Everything of the answer.
static bool take(BIO *from, size_t most, struct enl_bytes *to) {
    char block[4096];
    for (int n; (n = BIO_read(from, block, sizeof block)) > 0;) {
        if (to->size + (size_t)n > most) return false;
        enl_bytes_put(to, block, (size_t)n);
    }
    return to->size > 0 && !to->failed;
}

// Whether it failed since the answer is of another kind: among the reasons that the library leaves. Takes them all.
static bool is_other_type(void) {
    bool other = false;
    for (unsigned long reason; (reason = ERR_get_error());)
        other = other ||
                (ERR_GET_LIB(reason) == ERR_LIB_HTTP && ERR_GET_REASON(reason) == HTTP_R_UNEXPECTED_CONTENT_TYPE);
    return other;
}

// A server that goes away kills who writes to it (SIGPIPE), unless the thread keeps that signal from itself. One that
// came for another reason stays.
struct calm {
    sigset_t before;
    bool was_there;
};

static void keep_calm(struct calm *calm) {
    sigset_t pipe, pending;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    calm->was_there = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe, &calm->before);
}

static void be_as_before(const struct calm *calm) {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    while (!calm->was_there && sigtimedwait(&pipe, NULL, &(struct timespec){0}) < 0 && errno == EINTR) {}
    pthread_sigmask(SIG_SETMASK, &calm->before, NULL);
}

bool enl_net_ask(const char *url, const char *type, const char *answer_type, const void *question, size_t size,
                 struct enl_bytes *ret_answer, struct enl_error *error) {
    struct address a = {0};
    if (!parse(url, &a) || !prepare(&a)) {
        forget(&a);
        ERR_clear_error();
        return enl_fail(error, ENL_IO, "cannot be asked");
    }
    struct calm calm;
    keep_calm(&calm);
    // A proxy is the library's business, which is told to look for one by giving it no connection.
    BIO *body = BIO_new_mem_buf(question, (int)size);
    BIO *line = a.proxied ? NULL : reach(&a, time(NULL) + ENL_NET_SECONDS);
    bool ready = body && (line || a.proxied);
    BIO *answer = !ready ? NULL :
                           OSSL_HTTP_transfer(NULL, a.host, a.port, a.path, a.secure, NULL, NULL, line, NULL, wrap, &a,
                                              0, NULL, type, body, answer_type, 1, ENL_MAX_ANSWER, ENL_NET_SECONDS, 0);
    bool other = is_other_type();
    bool good = answer && take(answer, ENL_MAX_ANSWER, ret_answer);
    BIO_free(answer);
    BIO_free(body);
    BIO_free(line);
    be_as_before(&calm);
    forget(&a);
    ERR_clear_error();
    return good || enl_fail(error, ENL_IO, other ? "answers with something else" : "does not answer");
}

bool enl_net_get(const char *url, size_t most, struct enl_bytes *ret_answer, struct enl_error *error) {
    struct address a = {0};
    BIO *answer = NULL;
    struct calm calm;
    keep_calm(&calm);
    if (parse(url, &a) && prepare(&a))
        answer = OSSL_HTTP_get(url, NULL, NULL, NULL, NULL, wrap, &a, 0, NULL, NULL, 0, most, ENL_NET_SECONDS);
    bool good = answer && take(answer, most, ret_answer);
    BIO_free_all(answer);
    be_as_before(&calm);
    forget(&a);
    ERR_clear_error();
    return good || enl_fail(error, ENL_IO, "%s cannot be fetched.", url);
}
