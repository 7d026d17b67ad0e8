// SPDX-License-Identifier: MIT
#include "credential/trust.h"
#include "credential/limits.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MOST_ANCHORS 4096 // of one kind
#define MOST_USAGES 64
#define MOST_FILE (8u << 20)
#define OURS "1.3.6.1.4.1.62558.2.1" // C2PA claim signing

struct anchor {
    X509 *certificate;
    char *name;
};

struct anchors { // of one kind
    struct anchor *list;
    int count, room;
    X509_STORE *store; // the same, for building chains; NULL for those who are trusted without any
};

struct enl_trust {
    struct anchors kinds[3]; // by enl_trust_kind
    ASN1_OBJECT *usages[MOST_USAGES];
    int usage_count;
    bool own_usages; // somebody said which
};

static bool add_usage(struct enl_trust *trust, const char *dotted) {
    if (trust->usage_count >= MOST_USAGES) return false;
    ASN1_OBJECT *usage = OBJ_txt2obj(dotted, 1);
    if (usage) trust->usages[trust->usage_count++] = usage;
    return usage != NULL;
}

static void forget_usages(struct enl_trust *trust) {
    while (trust->usage_count) ASN1_OBJECT_free(trust->usages[--trust->usage_count]);
}

struct enl_trust *enl_trust_new(struct enl_error *error) {
    struct enl_trust *trust = enl_alloc(1, sizeof *trust, error);
    if (!trust) return NULL;
    bool good = add_usage(trust, OURS) && add_usage(trust, "1.3.6.1.5.5.7.3.4") &&
                add_usage(trust, "1.3.6.1.5.5.7.3.36");
    for (int kind = ENL_TRUST_SIGNERS; kind <= ENL_TRUST_TSAS; kind++)
        good = good && (trust->kinds[kind].store = X509_STORE_new());
    ERR_clear_error();
    if (good) return trust;
    enl_trust_free(&trust);
    enl_fail(error, ENL_NO_MEMORY, "Not enough memory for a trust list.");
    return NULL;
}

void enl_trust_free(struct enl_trust **trust) {
    if (!trust || !*trust) return;
    for (int kind = 0; kind < 3; kind++) {
        struct anchors *a = &(*trust)->kinds[kind];
        for (int i = 0; i < a->count; i++) {
            X509_free(a->list[i].certificate);
            enl_release(a->list[i].name);
        }
        enl_release(a->list);
        X509_STORE_free(a->store);
    }
    forget_usages(*trust);
    enl_release(*trust);
    *trust = NULL;
}

// Takes the certificate. The store counts its own hold on it.
static bool add_anchor(struct anchors *a, X509 *certificate, const char *name, struct enl_error *error) {
    if (a->count >= MOST_ANCHORS) return enl_fail(error, ENL_USAGE, "There are more than %d anchors.", MOST_ANCHORS);
    if (a->count == a->room) {
        int room = 2 * a->room + 16;
        struct anchor *more = enl_alloc((size_t)room, sizeof *more, error);
        if (!more) return false;
        if (a->count) memcpy(more, a->list, (size_t)a->count * sizeof *more);
        enl_release(a->list);
        a->list = more;
        a->room = room;
    }
    size_t size = strlen(name) + 1;
    char *copy = enl_alloc(size, 1, error);
    if (!copy) return false;
    memcpy(copy, name, size);
    if (a->store && X509_STORE_add_cert(a->store, certificate) != 1) {
        enl_release(copy);
        return enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the trust list %s.", name);
    }
    X509_up_ref(certificate);
    a->list[a->count++] = (struct anchor){certificate, copy};
    return true;
}

// Lines that begin with a digit; what else there is are remarks.
static bool add_usages(struct enl_trust *trust, const char *name, const char *text, size_t size,
                       struct enl_error *error) {
    int found = 0;
    for (size_t at = 0; at < size;) {
        size_t end = at, length = 0;
        char line[128] = "";
        while (end < size && text[end] != '\n') end++;
        while (at < end && (text[at] == ' ' || text[at] == '\t')) at++;
        for (size_t i = at; i < end && ((text[i] >= '0' && text[i] <= '9') || text[i] == '.'); i++) length++;
        bool number = length > 0 && length < sizeof line;
        if (number) memcpy(line, text + at, length);
        if (number && !found++ && !trust->own_usages) forget_usages(trust);
        if (number && !add_usage(trust, line))
            return enl_fail(error, ENL_USAGE, "%s: %s is no extended key usage, or there are too many.", name, line);
        at = end + 1;
    }
    if (!found) return enl_fail(error, ENL_USAGE, "%s has no extended key usage in it.", name);
    trust->own_usages = true;
    return true;
}

bool enl_trust_add(struct enl_trust *trust, enum enl_trust_kind kind, const char *name, const void *pem, size_t size,
                   struct enl_error *error) {
    const char *why;
    if (!name) name = "A trust list";
    if (kind == ENL_TRUST_EKUS) {
        bool good = add_usages(trust, name, pem, size, error);
        ERR_clear_error();
        return good;
    }
    STACK_OF(X509) *all = enl_x509_read_pem(pem, size, MOST_ANCHORS, &why);
    if (!all) return enl_fail(error, ENL_USAGE, "%s %s.", name, why);
    bool good = true;
    for (int i = 0; good && i < sk_X509_num(all); i++)
        good = add_anchor(&trust->kinds[kind], sk_X509_value(all, i), name, error);
    sk_X509_pop_free(all, X509_free);
    ERR_clear_error();
    return good;
}

bool enl_trust_add_file(struct enl_trust *trust, enum enl_trust_kind kind, const char *name, const char *path,
                        struct enl_error *error) {
    FILE *file = fopen(path, "rbe");
    if (!file) return enl_fail(error, ENL_IO, "%s cannot be read: %s.", path, strerror(errno));
    struct enl_bytes text = {0};
    char block[4096];
    for (size_t n; text.size <= MOST_FILE && !text.failed && (n = fread(block, 1, sizeof block, file)) > 0;)
        enl_bytes_put(&text, block, n);
    bool broken = ferror(file) != 0, good = false;
    fclose(file);
    if (broken) enl_fail(error, ENL_IO, "%s cannot be read.", path);
    else if (text.failed) enl_fail(error, ENL_NO_MEMORY, "Not enough memory for the trust list %s.", path);
    else if (text.size > MOST_FILE) enl_fail(error, ENL_USAGE, "%s is too large for a trust list.", path);
    else good = enl_trust_add(trust, kind, name ? name : path, text.data ? text.data : (uint8_t *)"", text.size, error);
    enl_bytes_free(&text);
    return good;
}

bool enl_trust_has_usage(const struct enl_trust *trust, const ASN1_OBJECT *usage) {
    char dotted[64];
    for (int i = 0; trust && i < trust->usage_count; i++)
        if (OBJ_cmp(trust->usages[i], usage) == 0) return true;
    if (trust) return false;
    int nid = OBJ_obj2nid(usage);
    if (nid == NID_email_protect) return true;
    OBJ_obj2txt(dotted, sizeof dotted, usage, 1);
    return !strcmp(dotted, OURS) || !strcmp(dotted, "1.3.6.1.5.5.7.3.36");
}

static const char *name_of(const struct anchors *a, const X509 *certificate) {
    for (int i = 0; i < a->count; i++)
        if (X509_cmp(a->list[i].certificate, certificate) == 0) return a->list[i].name;
    return NULL;
}

X509 *enl_trust_issuer(const struct enl_trust *trust, X509 *certificate) {
    const struct anchors *a = trust ? &trust->kinds[ENL_TRUST_SIGNERS] : NULL;
    for (int i = 0; a && i < a->count; i++)
        if (X509_check_issued(a->list[i].certificate, certificate) == X509_V_OK &&
            X509_verify(certificate, X509_get0_pubkey(a->list[i].certificate)) == 1)
            return a->list[i].certificate;
    return NULL;
}

static bool builds(const struct anchors *a, X509 *leaf, const STACK_OF(X509) * others, int64_t at, bool timeless,
                   char ret_anchor[128]) {
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    bool good = context && X509_STORE_CTX_init(context, a->store, leaf, (STACK_OF(X509) *)others) == 1;
    X509_VERIFY_PARAM *param = good ? X509_STORE_CTX_get0_param(context) : NULL;
    if (param) {
        // The lists name intermediates: who is on one is an anchor, whether it signed itself or not.
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN | (timeless ? X509_V_FLAG_NO_CHECK_TIME : 0));
        if (!timeless) X509_VERIFY_PARAM_set_time(param, (time_t)at);
        X509_VERIFY_PARAM_set_depth(param, ENL_MAX_CHAIN);
        X509_VERIFY_PARAM_set_auth_level(param, 2); // no SHA-1, no RSA below 2048 bits
        good = X509_verify_cert(context) == 1;
    }
    const STACK_OF(X509) *chain = good ? X509_STORE_CTX_get0_chain(context) : NULL;
    int last = chain ? sk_X509_num(chain) - 1 : -1;
    const char *name = last >= 0 ? name_of(a, sk_X509_value(chain, last)) : NULL;
    if (good && ret_anchor) snprintf(ret_anchor, 128, "%s", name ? name : "");
    X509_STORE_CTX_free(context);
    return good;
}

enum enl_chain enl_trust_chain(const struct enl_trust *trust, enum enl_role role, X509 *leaf,
                               const STACK_OF(X509) * others, int64_t at, char ret_anchor[128]) {
    if (ret_anchor) ret_anchor[0] = '\0';
    if (!trust || role == ENL_ROLE_OCSP) return ENL_CHAIN_NONE;
    const char *allowed = role == ENL_ROLE_SIGNER ? name_of(&trust->kinds[ENL_TRUST_ALLOWED], leaf) : NULL;
    if (allowed) {
        if (ret_anchor) snprintf(ret_anchor, 128, "%s", allowed);
        return enl_x509_valid_at(leaf, at) ? ENL_CHAIN_GOOD : ENL_CHAIN_EXPIRED;
    }
    const struct anchors *a = &trust->kinds[role == ENL_ROLE_TSA ? ENL_TRUST_TSAS : ENL_TRUST_SIGNERS];
    enum enl_chain result = a->count == 0                                  ? ENL_CHAIN_NONE :
                            builds(a, leaf, others, at, false, ret_anchor) ? ENL_CHAIN_GOOD :
                            builds(a, leaf, others, at, true, ret_anchor)  ? ENL_CHAIN_EXPIRED :
                                                                             ENL_CHAIN_NONE;
    ERR_clear_error();
    return result;
}
