// SPDX-License-Identifier: MIT
// What bench_credential.py measures: credentials with nothing of Enliven but their own library.
//
//   bench-credential measure COMMAND WORD...        runs it, mute; prints "SECONDS CPU-SECONDS PEAK-KIB"
//   bench-credential sign IN OUT CHAIN KEY BLOCK    BLOCK 0: no Merkle tree
//   bench-credential check FILE ROOT THREADS
//   bench-credential small IN OUT CHAIN KEY         prints milliseconds of one signing: all, of CPU, of the key
#include <enliven/credential.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TIMES 40 // a small file is signed

static double seconds(struct timeval t) {
    return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

// From a small process: what a process was before exec counts as its own memory.
static int measure(char **words) {
    struct rusage used;
    int status = 0;
    double began = now(CLOCK_MONOTONIC);
    pid_t child = fork();
    if (child < 0) return 1;
    if (child == 0) {
        int nothing = open("/dev/null", O_RDWR);
        dup2(nothing, 0);
        dup2(nothing, 1);
        execvp(words[0], words);
        perror(words[0]);
        _exit(127);
    }
    if (wait4(child, &status, 0, &used) != child) return 1;
    printf("%.3f %.3f %ld\n", now(CLOCK_MONOTONIC) - began, seconds(used.ru_utime) + seconds(used.ru_stime),
           used.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int complain(const struct enl_error *error) {
    fprintf(stderr, "bench-credential: %s\n", error->text);
    return 1;
}

static int sign(char **words, size_t block) {
    struct enl_error error = {0};
    struct enl_signer *signer = enl_signer_new(words[2], words[3], &error);
    bool good = signer && enl_credential_sign(words[0], words[1], true, signer,
                                              enl_credential_params(.made_by = "ai", .merkle_block = block), &error);
    enl_signer_free(&signer);
    return good ? 0 : complain(&error);
}

static int check(char **words) {
    struct enl_error error = {0};
    struct enl_trust *trust = enl_trust_new(&error);
    struct enl_check *result = NULL;
    if (trust && enl_trust_add_file(trust, ENL_TRUST_SIGNERS, "test", words[1], &error))
        result = enl_check_file(words[0], enl_check_params(.trust = trust, .threads = (int)strtol(words[2], NULL, 10)),
                                &error);
    bool good = result && enl_check_state(result) == ENL_CHECK_TRUSTED;
    if (result && !good) fprintf(stderr, "bench-credential: %s\n", enl_check_sentence(result));
    enl_check_free(&result);
    enl_trust_free(&trust);
    return good ? 0 : *error.text ? complain(&error) : 1;
}

// CPU seconds that one ES256 signature takes, verified too, as signing does it.
static double key_time(const char *path) {
    FILE *file = fopen(path, "r");
    EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    if (file) fclose(file);
    uint8_t bytes[256], message[400] = {0};
    double began = now(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; key && i < TIMES; i++) {
        size_t size = sizeof bytes;
        EVP_MD_CTX *one = EVP_MD_CTX_new(), *two = EVP_MD_CTX_new();
        bool good = one && two && EVP_DigestSignInit(one, NULL, EVP_sha256(), NULL, key) == 1 &&
                    EVP_DigestSign(one, bytes, &size, message, sizeof message) == 1 &&
                    EVP_DigestVerifyInit(two, NULL, EVP_sha256(), NULL, key) == 1 &&
                    EVP_DigestVerify(two, bytes, size, message, sizeof message) == 1;
        EVP_MD_CTX_free(one);
        EVP_MD_CTX_free(two);
        if (!good) return -1;
    }
    EVP_PKEY_free(key);
    return key ? (now(CLOCK_PROCESS_CPUTIME_ID) - began) / TIMES : -1;
}

static int small(char **words) {
    struct enl_error error = {0};
    struct enl_signer *signer = enl_signer_new(words[2], words[3], &error);
    bool good = signer;
    double began = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; good && i < TIMES; i++)
        good = enl_credential_sign(words[0], words[1], true, signer, enl_credential_params(.made_by = "ai"), &error);
    double one = (now(CLOCK_MONOTONIC) - began) / TIMES;
    cpu = (now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / TIMES;
    double key = key_time(words[3]);
    enl_signer_free(&signer);
    if (!good) return complain(&error);
    printf("%.3f %.3f %.3f\n", one * 1e3, cpu * 1e3, key * 1e3);
    return key < 0;
}

int main(int count, char **words) {
    if (count >= 3 && !strcmp(words[1], "measure")) return measure(words + 2);
    if (count == 7 && !strcmp(words[1], "sign")) return sign(words + 2, (size_t)strtoul(words[6], NULL, 10));
    if (count == 5 && !strcmp(words[1], "check")) return check(words + 2);
    if (count == 6 && !strcmp(words[1], "small")) return small(words + 2);
    fputs("usage: bench-credential measure|sign|check|small WORD...\n", stderr);
    return 2;
}
