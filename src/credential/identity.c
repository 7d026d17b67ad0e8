// SPDX-License-Identifier: MIT
// An identity of one's own: a root that is in nobody's list, and a certificate under it that signs.
#include "credential/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DAY ((int64_t)86400)
#define RENEW_DAYS 30

// FOLDER/NAME; NULL: memory ran out. Released with enl_release.
static char *path_of(const char *folder, const char *name, struct enl_error *error) {
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = enl_alloc(size, 1, error);
    if (path) snprintf(path, size, "%s/%s", folder, name);
    return path;
}

// The folder and those it lies in, for its owner alone.
static bool make_folder(const char *folder, struct enl_error *error) {
    size_t size = strlen(folder) + 1;
    char *path = enl_alloc(size, 1, error);
    if (!path) return false;
    memcpy(path, folder, size);
    for (char *slash = path; (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        mkdir(path, 0700); // that one is there already is the usual case; the last one tells
        *slash = '/';
    }
    bool good = mkdir(path, 0700) == 0 || errno == EEXIST;
    if (!good) enl_fail(error, ENL_IO, "The folder %s cannot be made: %s.", folder, strerror(errno));
    enl_release(path);
    return good;
}

// A file that only its owner can read, which appears whole in the place of what was there. Under the folder's lock.
static bool put_file(int folder, const char *name, const struct enl_bytes *bytes) {
    char beside[64];
    snprintf(beside, sizeof beside, ".%s.part", name);
    unlinkat(folder, beside, 0); // of somebody who was killed
    int file = bytes->failed ? -1 : openat(folder, beside, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return false;
    bool good = true;
    for (size_t done = 0; good && done < bytes->size;) {
        ssize_t n = write(file, bytes->data + done, bytes->size - done);
        good = n > 0 || (n < 0 && errno == EINTR);
        if (n > 0) done += (size_t)n;
    }
    good = fsync(file) == 0 && good;
    good = close(file) == 0 && good;
    good = good && renameat(folder, beside, folder, name) == 0 && fsync(folder) == 0;
    int reason = errno;
    if (!good) unlinkat(folder, beside, 0);
    errno = reason;
    return good;
}

// Puts all of them in their places; the chain last, which is what tells that there is an identity.
static bool put_files(int folder, struct enl_identity *identity) {
    static const char *const names[4] = {"root.key", "root.pem", "key.pem", "chain.pem"};
    struct enl_bytes *files[4] = {&identity->root_key, &identity->root, &identity->key, &identity->chain};
    for (int i = 0; i < 4; i++)
        if (files[i]->size && !put_file(folder, names[i], files[i])) return false;
    return true;
}

// Makes what is missing: everything, or a new certificate for the key that is there.
static bool make(int folder, const char *path, bool renew, struct enl_error *error) {
    struct enl_identity identity = {0};
    char *root = path_of(path, "root.pem", error), *root_key = root ? path_of(path, "root.key", error) : NULL;
    char *key = root_key ? path_of(path, "key.pem", error) : NULL;
    bool good = key && (renew ? enl_identity_renew(&identity, root, root_key, key, error) :
                                enl_identity_make(&identity, error));
    if (good && !put_files(folder, &identity))
        good = enl_fail(error, ENL_IO, "The identity in %s cannot be written: %s.", path, strerror(errno));
    enl_identity_free(&identity);
    enl_release(root);
    enl_release(root_key);
    enl_release(key);
    return good;
}

// How many days a chain's first certificate still has; -1: it cannot be read.
static int64_t days_left(const char *chain) {
    size_t size;
    const char *why;
    char *pem = enl_file_read(chain, 1u << 20, &size, NULL);
    STACK_OF(X509) *all = pem ? enl_x509_read_pem(pem, size, 16, &why) : NULL;
    int64_t until = all ? enl_time(X509_get0_notAfter(sk_X509_value(all, 0))) : ENL_LONG_AGO;
    sk_X509_pop_free(all, X509_free);
    enl_release(pem);
    if (!all || until == ENL_LONG_AGO) return -1;
    int64_t left = until - (int64_t)time(NULL);
    return left < 0 ? 0 : left / DAY;
}

// One process makes an identity, the others wait for it and use the same.
static bool make_ready(int folder, const char *path, const char *chain, bool *ret_made, struct enl_error *error) {
    while (flock(folder, LOCK_EX) != 0 && errno == EINTR) {}
    if (access(chain, F_OK) != 0) {
        if (errno != ENOENT) return enl_fail(error, ENL_IO, "%s cannot be read: %s.", chain, strerror(errno));
        *ret_made = make(folder, path, false, error);
        return *ret_made;
    }
    int64_t left = days_left(chain);
    if (left < 0 || left >= RENEW_DAYS) return true; // what is broken is told by who reads it
    struct enl_error why;
    // As long as the old one holds, one that cannot be renewed (a disk that is full or only read) is no reason to stop.
    return make(folder, path, true, &why) || left > 0 || enl_fail(error, why.code, "%s", why.text);
}

// An identity for one run alone, in memory: the chain and the key in files that have no names.
static struct enl_signer *new_passing(struct enl_error *error) {
    struct enl_identity identity = {0};
    struct enl_signer *signer = NULL;
    char names[2][32];
    int files[2] = {memfd_create("chain", MFD_CLOEXEC), memfd_create("key", MFD_CLOEXEC)};
    bool good = enl_identity_make(&identity, error);
    const struct enl_bytes *bytes[2] = {&identity.chain, &identity.key};
    for (int i = 0; i < 2; i++) {
        if (good && (files[i] < 0 || write(files[i], bytes[i]->data, bytes[i]->size) != (ssize_t)bytes[i]->size))
            good = enl_fail(error, ENL_INTERNAL, "No signing identity can be made: %s.", strerror(errno));
        snprintf(names[i], sizeof names[i], "/proc/self/fd/%d", files[i]);
    }
    if (good) signer = enl_signer_new(names[0], names[1], error);
    for (int i = 0; i < 2; i++)
        if (files[i] >= 0) close(files[i]);
    enl_identity_free(&identity);
    return signer;
}

struct enl_signer *enl_signer_new_local(const char *folder, bool *ret_made, struct enl_error *error) {
    struct enl_signer *signer = NULL;
    bool made = false;
    if (!folder) return new_passing(error);
    char *chain = path_of(folder, "chain.pem", error), *key = chain ? path_of(folder, "key.pem", error) : NULL;
    int file = key && make_folder(folder, error) ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -2;
    if (file == -1) enl_fail(error, ENL_IO, "The folder %s cannot be opened: %s.", folder, strerror(errno));
    if (file >= 0 && make_ready(file, folder, chain, &made, error)) signer = enl_signer_new(chain, key, error);
    if (file >= 0) close(file); // and with it the lock
    enl_release(chain);
    enl_release(key);
    if (ret_made) *ret_made = made && signer;
    return signer;
}
