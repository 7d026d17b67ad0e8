// SPDX-License-Identifier: MIT
// Made-up authorities for tests: certificates of any kind, a time-stamp authority, an OCSP responder, a server.
#ifndef ENL_UNIT_PKI_H
#define ENL_UNIT_PKI_H

#include "unit.h"

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

struct pki { // one who has a certificate
    EVP_PKEY *key;
    X509 *cert;
};

struct pki_spec { // what is not said is as it should be for a signer
    const char *name, *eku, *usage, *basic, *aia;
    bool no_aki, old_version;
    int from, until; // days from now
    long serial;     // 0: one that nobody has
    const EVP_MD *hash;
};
#define NOTHING "-" // leaves an extension out
#define CLAIM_EKU "1.3.6.1.4.1.62558.2.1,emailProtection"

static inline void pki_extend(X509 *cert, X509 *issuer, int nid, const char *value) {
    if (!strcmp(value, NOTHING)) return;
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(cert, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

// Takes the key. `by` NULL: signs itself.
static inline struct pki pki_issue(EVP_PKEY *key, const struct pki *by, struct pki_spec s) {
    static long next_serial = 1000;
    struct pki p = {key, X509_new()};
    X509 *issuer = by ? by->cert : p.cert;
    assert_non_null(key);
    assert_non_null(p.cert);
    X509_set_version(p.cert, s.old_version ? X509_VERSION_1 : X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(p.cert), s.serial ? s.serial : next_serial++);
    X509_time_adj_ex(X509_getm_notBefore(p.cert), s.from ? s.from : -1, 0, NULL);
    X509_time_adj_ex(X509_getm_notAfter(p.cert), s.until ? s.until : 365, 0, NULL);
    X509_NAME *name = X509_get_subject_name(p.cert);
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"Unit Tests", -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)s.name, -1, -1, 0);
    X509_set_issuer_name(p.cert, X509_get_subject_name(issuer));
    X509_set_pubkey(p.cert, key);
    if (!s.old_version) {
        pki_extend(p.cert, issuer, NID_basic_constraints, s.basic ? s.basic : "critical,CA:FALSE");
        pki_extend(p.cert, issuer, NID_key_usage, s.usage ? s.usage : "critical,digitalSignature");
        pki_extend(p.cert, issuer, NID_ext_key_usage, s.eku ? s.eku : CLAIM_EKU);
        pki_extend(p.cert, issuer, NID_subject_key_identifier, "hash");
        if (by && !s.no_aki) pki_extend(p.cert, issuer, NID_authority_key_identifier, "keyid:always");
        if (s.aia) pki_extend(p.cert, issuer, NID_info_access, s.aia);
    }
    EVP_PKEY *signer = by ? by->key : key;
    const EVP_MD *hash = EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519 ? NULL : s.hash ? s.hash : EVP_sha256();
    assert_true(X509_sign(p.cert, signer, hash) > 0);
    return p;
}

static inline struct pki pki_ca(const char *name, const struct pki *by) {
    return pki_issue(EVP_EC_gen("P-256"), by,
                     (struct pki_spec){.name = name,
                                       .eku = NOTHING,
                                       .usage = "critical,keyCertSign,cRLSign",
                                       .basic = "critical,CA:TRUE",
                                       .until = 7300});
}

static inline void pki_free(struct pki *p) {
    EVP_PKEY_free(p->key);
    X509_free(p->cert);
    *p = (struct pki){0};
}

// Certificates as a PEM text; lives until the next call.
static inline const char *pki_pem(const struct pki *first, const struct pki *second) {
    static char text[16384];
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, first->cert);
    if (second) PEM_write_bio_X509(bio, second->cert);
    int size = BIO_read(bio, text, sizeof text - 1);
    assert_true(size > 0);
    text[size] = 0;
    BIO_free(bio);
    return text;
}

static inline void pki_write(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static inline void pki_write_key(const char *path, EVP_PKEY *key, const char *password) {
    BIO *bio = BIO_new_file(path, "wb");
    assert_non_null(bio);
    assert_int_equal(
        PEM_write_bio_PKCS8PrivateKey(bio, key, password ? EVP_aes_128_cbc() : NULL, NULL, 0, NULL, (void *)password),
        1);
    BIO_free(bio);
}

// ---- A time-stamp authority.
struct pki_tsa {
    const struct pki *signer, *ca;
    long at;     // 0: now
    bool refuse; // says no
};

static inline ASN1_INTEGER *pki_serial(TS_RESP_CTX *context, void *user) {
    (void)context, (void)user;
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    ASN1_INTEGER_set(serial, 7);
    return serial;
}

static inline int pki_time(TS_RESP_CTX *context, void *user, long *seconds, long *micro) {
    (void)context;
    const struct pki_tsa *tsa = user;
    *seconds = tsa->at ? tsa->at : (long)time(NULL);
    *micro = 0;
    return 1;
}

// The answer to a question in DER; its size.
static inline int pki_stamp(struct pki_tsa *tsa, const uint8_t *question, size_t size, uint8_t *ret, size_t room) {
    TS_RESP_CTX *context = TS_RESP_CTX_new();
    STACK_OF(X509) *chain = sk_X509_new_null();
    sk_X509_push(chain, tsa->ca->cert);
    TS_RESP_CTX_set_signer_cert(context, tsa->signer->cert);
    TS_RESP_CTX_set_signer_key(context, tsa->signer->key);
    TS_RESP_CTX_set_certs(context, chain);
    TS_RESP_CTX_set_signer_digest(context, EVP_sha256());
    TS_RESP_CTX_set_ess_cert_id_digest(context, EVP_sha256());
    ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4.1", 1);
    TS_RESP_CTX_set_def_policy(context, policy);
    ASN1_OBJECT_free(policy);
    if (!tsa->refuse) TS_RESP_CTX_add_md(context, EVP_sha256());
    TS_RESP_CTX_set_serial_cb(context, pki_serial, NULL);
    TS_RESP_CTX_set_time_cb(context, pki_time, tsa);
    BIO *bio = BIO_new_mem_buf(question, (int)size);
    TS_RESP *answer = TS_RESP_create_response(context, bio);
    unsigned char *at = ret;
    int length = answer ? i2d_TS_RESP(answer, NULL) : 0;
    assert_true(length <= (int)room);
    if (answer) i2d_TS_RESP(answer, &at);
    TS_RESP_free(answer);
    BIO_free(bio);
    sk_X509_free(chain);
    TS_RESP_CTX_free(context);
    return length;
}

// ---- An OCSP responder: what it says of a certificate.
struct pki_ocsp {
    const struct pki *responder, *issuer;
    const X509 *about;
    int status, reason;
    int from, until, revoked; // days from now; until 0: nothing is said
};

static inline int pki_ocsp_answer(const struct pki_ocsp *o, uint8_t *ret, size_t room) {
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), o->about, o->issuer->cert);
    ASN1_TIME *revoked = X509_time_adj_ex(NULL, o->revoked, 0, NULL),
              *from = X509_time_adj_ex(NULL, o->from, -60, NULL), *until = X509_time_adj_ex(NULL, o->until, 0, NULL);
    ASN1_TIME *times[3] = {ASN1_TIME_to_generalizedtime(revoked, NULL), ASN1_TIME_to_generalizedtime(from, NULL),
                           ASN1_TIME_to_generalizedtime(until, NULL)};
    assert_non_null(
        OCSP_basic_add1_status(basic, id, o->status, o->reason, times[0], times[1], o->until ? times[2] : NULL));
    assert_int_equal(OCSP_basic_sign(basic, o->responder->cert, o->responder->key, EVP_sha256(), NULL, 0), 1);
    OCSP_RESPONSE *response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    unsigned char *at = ret;
    assert_true(i2d_OCSP_RESPONSE(response, NULL) <= (int)room);
    int length = i2d_OCSP_RESPONSE(response, &at);
    for (int i = 0; i < 3; i++) ASN1_TIME_free(times[i]);
    ASN1_TIME_free(revoked), ASN1_TIME_free(from), ASN1_TIME_free(until);
    OCSP_CERTID_free(id);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    return length;
}

// ---- A server in a process of its own, on the loopback: every question is answered by `answer`.
typedef int (*pki_answer)(void *user, const uint8_t *question, size_t size, uint8_t *ret, size_t room);

static inline void pki_serve_one(int client, const char *type, pki_answer answer, void *user) {
    static uint8_t in[65536], out[65536];
    size_t got = 0, head = 0, want = 0;
    for (ssize_t n; got < sizeof in - 1 && (n = read(client, in + got, sizeof in - 1 - got)) > 0;) {
        got += (size_t)n;
        in[got] = 0;
        char *end = head ? NULL : memmem(in, got, "\r\n\r\n", 4), *length = strstr((char *)in, "Content-Length: ");
        if (end) head = (size_t)((uint8_t *)end + 4 - in);
        if (end && length) want = (size_t)strtoul(length + 16, NULL, 10);
        if (head && got >= head + want) break;
    }
    int size = answer(user, in + head, want, out, sizeof out);
    if (size < 0) dprintf(client, "HTTP/1.0 500 No\r\n\r\n");
    else dprintf(client, "HTTP/1.0 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", type, size);
    if (size > 0 && write(client, out, (size_t)size) != size) _exit(1);
    close(client);
}

static inline pid_t pki_serve(const char *type, pki_answer answer, void *user, char ret_url[64]) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    snprintf(ret_url, 64, "http://127.0.0.1:%d/ask", ntohs(address.sin_port));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(120); // never left behind
        for (;;) {
            int client = accept(listener, NULL, NULL);
            if (client >= 0) pki_serve_one(client, type, answer, user);
        }
    }
    close(listener);
    return child;
}

static inline void pki_end(pid_t server) {
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
}

#endif
