// SPDX-License-Identifier: MIT
// Who signs: keys, commands, an identity of one's own, and the time-stamp authorities that are asked.
#include "signing.h"

static char self[4096]; // this program, for signing by a command

static int answer_stamp(void *user, const uint8_t *question, size_t size, uint8_t *ret, size_t room) {
    return pki_stamp(user, question, size, ret, room);
}

static int answer_nothing(void *user, const uint8_t *question, size_t size, uint8_t *ret, size_t room) {
    (void)question, (void)size;
    if (!user) return -1;
    memset(ret, 0x30, room < 500 ? room : 500);
    return 500;
}

// The same token for every question: another nonce, another imprint.
static int answer_stale(void *user, const uint8_t *question, size_t size, uint8_t *ret, size_t room) {
    (void)question, (void)size;
    return (int)stamp_of(*(struct pki_tsa *)user, "stale", 5, ret, room);
}

static void stamped_signatures(void **state) {
    char url[64];
    struct pki_tsa t = {.signer = &tsa, .ca = &tsa_root};
    pid_t server = pki_serve("application/timestamp-reply", answer_stamp, &t, url);
    struct enl_signer *s = signer_of(state, &signer, &inter);
    struct enl_bytes cose = {0};
    struct enl_signed known;
    size_t bare = enl_signer_room(s);
    assert_true(enl_signer_set_tsa(s, url, NULL));
    assert_true(enl_signer_room(s) > bare + 8000);
    assert_true(enl_signer_sign(s, CLAIM, strlen(CLAIM), enl_signer_room(s), &cose, NULL));
    pki_end(server);
    check(!enl_signer_unstamped(s), "%s", enl_signer_unstamped(s));
    assert_string_equal(codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = trust), &known),
                        STAMPED TRUSTED SKIPPED);
    assert_true(known.time_trusted && llabs(known.time - (int64_t)time(NULL)) < 60);
    assert_string_equal(known.tsa.common_name, "TSA");
    // Long after the certificate ended, the stamp says that it had not when it signed. A stamp by nobody doesn't.
    int64_t later = (int64_t)time(NULL) + 1000 * DAY;
    assert_string_equal(codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = trust, .at = later), &known),
                        STAMPED TRUSTED SKIPPED);
    assert_true(known.trusted);
    struct enl_trust *no_tsa = trust_in(&root, NULL);
    assert_string_equal(codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = no_tsa, .at = later), &known),
                        "timeStamp.validated timeStamp.untrusted claimSignature.validated signingCredential.trusted "
                        "claimSignature.outsideValidity signingCredential.ocsp.skipped");
    assert_false(known.trusted || known.time_trusted);
    enl_trust_free(&no_tsa);
    enl_bytes_free(&cose);
    enl_signer_free(&s);
}

static void signing_goes_on_without_a_stamp(void **state) {
    struct pki_tsa refusing = {.signer = &tsa, .ca = &tsa_root, .refuse = true};
    struct {
        const char *type;
        pki_answer answer;
        void *user;
        const char *why;
    } cases[] = {{"application/timestamp-reply", answer_nothing, NULL, "does not answer"},
                 {"text/html", answer_nothing, &refusing, "something else"},
                 {"application/timestamp-reply", answer_nothing, &refusing, ""},
                 {"application/timestamp-reply", answer_stamp, &refusing, "refuses"},
                 {"application/timestamp-reply", answer_stale, &(struct pki_tsa){.signer = &tsa, .ca = &tsa_root},
                  "another question"},
                 {NULL, NULL, NULL, "does not answer"}};
    struct enl_signer *s = signer_of(state, &signer, &inter);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char url[64] = "http://127.0.0.1:9/none";
        struct enl_bytes cose = {0};
        pid_t server = cases[i].answer ? pki_serve(cases[i].type, cases[i].answer, cases[i].user, url) : 0;
        assert_true(enl_signer_set_tsa(s, url, NULL));
        assert_true(enl_signer_sign(s, CLAIM, strlen(CLAIM), enl_signer_room(s), &cose, NULL));
        if (server) pki_end(server);
        assert_int_equal(cose.size, enl_signer_room(s));
        const char *why = enl_signer_unstamped(s);
        check(why && strstr(why, url) && strstr(why, cases[i].why), "%zu: %s", i, why ? why : "stamped");
        assert_string_equal(codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = trust), NULL),
                            TRUSTED SKIPPED);
        enl_bytes_free(&cose);
    }
    struct enl_error error = {0};
    assert_false(enl_signer_set_tsa(s, "ftp://x", &error));
    assert_int_equal(error.code, ENL_USAGE);
    assert_false(enl_signer_set_tsa(s, "http://x/ y\r\nHost: z", &error));
    enl_signer_free(&s);
}

static void keys_that_do_not_fit(void **state) {
    struct enl_error error = {0};
    const char *chain = unit_path(state, "chain.pem"), *key = unit_path(state, "key.pem");
    pki_write(chain, pki_pem(&signer, &inter));
    pki_write_key(key, inter.key, NULL);
    assert_null(enl_signer_new(chain, key, &error));
    assert_non_null(strstr(error.text, "not the one"));
    pki_write_key(key, signer.key, "secret");
    assert_null(enl_signer_new(chain, key, &error));
    assert_non_null(strstr(error.text, "encrypted"));
    assert_int_equal(error.code, ENL_USAGE);
    pki_write(key, "no key\n");
    assert_null(enl_signer_new(chain, key, &error));
    assert_non_null(strstr(error.text, "key.pem has no private key"));
    assert_null(enl_signer_new(chain, "/nowhere/key.pem", &error));
    assert_int_equal(error.code, ENL_IO);
    pki_write(chain, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assert_null(enl_signer_new(chain, key, &error));
    assert_non_null(strstr(error.text, "chain.pem has a broken certificate"));
    struct enl_signer *none = NULL;
    enl_signer_free(&none);
}

// What somebody's program does: signs a hash (or, for Ed25519, a message) with `key`. Its size; 0: it failed.
static size_t sign_hash(EVP_PKEY *key, const char *alg, const uint8_t *in, size_t size, uint8_t *out, size_t room) {
    bool pss = alg[0] == 'P', good;
    size_t length = room;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    if (!strcmp(alg, "Ed25519")) {
        good = EVP_DigestSignInit(md, NULL, NULL, NULL, key) == 1 && EVP_DigestSign(md, out, &length, in, size) == 1;
    } else {
        const char *hash = strstr(alg, "256") ? "SHA256" : strstr(alg, "384") ? "SHA384" : "SHA512";
        good = EVP_PKEY_sign_init(context) == 1 &&
               (!pss || EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1) &&
               EVP_PKEY_CTX_set_signature_md(context, EVP_get_digestbyname(hash)) == 1 &&
               (!pss || EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1) &&
               EVP_PKEY_sign(context, out, &length, in, size) == 1;
    }
    EVP_PKEY_CTX_free(context);
    EVP_MD_CTX_free(md);
    return good ? length : 0;
}

// This program as a signing command, with the key in a file. "raw": ECDSA's not as DER.
static int be_command(const char *how, const char *path) {
    static uint8_t in[65536], out[1024];
    uint8_t raw[132];
    const char *alg = getenv("ENL_ALG");
    FILE *file = fopen(path, "rb");
    EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    if (file) fclose(file);
    size_t size = fread(in, 1, sizeof in, stdin), half = key ? (size_t)(EVP_PKEY_get_bits(key) + 7) / 8 : 0;
    size_t length = key && alg ? sign_hash(key, alg, in, size, out, sizeof out) : 0;
    bool turn = length && !strcmp(how, "raw") && alg[0] == 'E' && enl_ecdsa_raw(out, length, raw, 2 * half);
    fwrite(turn ? raw : out, 1, turn ? 2 * half : length, stdout);
    EVP_PKEY_free(key);
    return length ? 0 : 3;
}

static void signing_by_command(void **state) {
    static const char *const names[] = {"ES256", "ES512", "PS256", "Ed25519"};
    char command[9000];
    struct enl_error error = {0};
    const char *chain = unit_path(state, "chain.pem"), *key = unit_path(state, "key.pem");
    for (int i = 0; i < 8; i++) {
        struct pki leaf = pki_issue(key_of(names[i / 2]), &inter, (struct pki_spec){.name = "Command"});
        struct enl_bytes cose = {0};
        pki_write(chain, pki_pem(&leaf, &inter));
        pki_write_key(key, leaf.key, NULL);
        snprintf(command, sizeof command, "'%s' --sign %s '%s'", self, i % 2 ? "raw" : "der", key);
        struct enl_signer *s = enl_signer_new_command(chain, command, &error);
        check(s, "%s", error.text);
        check(enl_signer_sign(s, CLAIM, strlen(CLAIM), enl_signer_room(s), &cose, &error), "%s", error.text);
        assert_string_equal(codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = trust), NULL),
                            TRUSTED SKIPPED);
        enl_bytes_free(&cose);
        enl_signer_free(&s);
        pki_free(&leaf);
    }
    pki_write(chain, pki_pem(&signer, &inter));
    pki_write_key(key, inter.key, NULL); // somebody else's
    snprintf(command, sizeof command, "'%s' --sign der '%s'", self, key);
    const char *const bad[][2] = {{command, "no ES256 signature"},
                                  {"exit 7", "exit status 7"},
                                  {"true", "no ES256"},
                                  {"echo hello", "no ES256"},
                                  {"/no/such/program", "exit status 127"},
                                  {"yes", "more than a signature"},
                                  {"kill -9 $$", "failed"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct enl_bytes cose = {0};
        struct enl_signer *s = enl_signer_new_command(chain, bad[i][0], &error);
        assert_non_null(s);
        assert_false(enl_signer_sign(s, CLAIM, strlen(CLAIM), enl_signer_room(s), &cose, &error));
        check(strstr(error.text, bad[i][1]), "%s: %s", bad[i][0], error.text);
        assert_int_equal(cose.size, 0);
        enl_bytes_free(&cose);
        enl_signer_free(&s);
    }
}

static void mode_is(const char *path, mode_t mode) {
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    check((info.st_mode & 0777) == mode, "%s: %o", path, (unsigned)info.st_mode & 0777);
}

static void an_identity_of_ones_own(void **state) {
    static const char *const names[] = {"chain.pem", "key.pem", "root.pem", "root.key"};
    char folder[4096], path[4200], serial[80];
    struct enl_error error = {0};
    struct enl_bytes cose = {0};
    struct enl_signed known;
    bool made = false;
    snprintf(folder, sizeof folder, "%s/deep/identity", (char *)*state);
    // Several at once agree on one.
    pid_t children[4];
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            struct enl_signer *one = enl_signer_new_local(folder, &made, NULL);
            _exit(one ? 10 + made : 1);
        }
    }
    int makers = 0;
    for (int i = 0; i < 4; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) >= 10);
        makers += WEXITSTATUS(status) - 10;
    }
    assert_int_equal(makers, 1);
    struct enl_signer *s = enl_signer_new_local(folder, &made, &error);
    check(s, "%s", error.text);
    assert_false(made);
    assert_int_equal(unit_count_files(folder), 4);
    mode_is(folder, 0700);
    for (int i = 0; i < 4; i++) snprintf(path, sizeof path, "%s/%s", folder, names[i]), mode_is(path, 0600);
    const struct enl_certificate *c = enl_signer_certificate(s);
    assert_string_equal(c->organization, "Enliven");
    assert_memory_equal(c->common_name, "Enliven local signer ", 21);
    assert_int_equal(strlen(c->common_name), 29);
    snprintf(serial, sizeof serial, "%s", c->serial);
    assert_true(enl_signer_sign(s, CLAIM, strlen(CLAIM), enl_signer_room(s), &cose, NULL));
    assert_string_equal(codes_of(cose.data, cose.size, CLAIM, NULL, NULL), UNTRUSTED SKIPPED);
    struct enl_trust *own = enl_trust_new(NULL);
    snprintf(path, sizeof path, "%s/root.pem", folder);
    assert_true(enl_trust_add_file(own, ENL_TRUST_SIGNERS, NULL, path, NULL));
    assert_string_equal(codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = own), &known), TRUSTED SKIPPED);
    assert_string_equal(known.signer.serial, serial);
    assert_string_equal(known.anchor, path);
    enl_bytes_free(&cose);
    enl_signer_free(&s);
    // Ten days before its end it gets a new certificate, by the same root.
    struct pki soon = {0}, by = {0};
    snprintf(path, sizeof path, "%s/root.key", folder);
    FILE *file = fopen(path, "rb");
    by.key = PEM_read_PrivateKey(file, NULL, NULL, NULL), fclose(file);
    snprintf(path, sizeof path, "%s/root.pem", folder), file = fopen(path, "rb");
    by.cert = PEM_read_X509(file, NULL, NULL, NULL), fclose(file);
    snprintf(path, sizeof path, "%s/key.pem", folder), file = fopen(path, "rb");
    soon = pki_issue(PEM_read_PrivateKey(file, NULL, NULL, NULL), &by, (struct pki_spec){.name = "Soon", .until = 10});
    fclose(file);
    snprintf(path, sizeof path, "%s/chain.pem", folder);
    pki_write(path, pki_pem(&soon, NULL));
    s = enl_signer_new_local(folder, &made, &error);
    check(s && !made, "%s", error.text);
    assert_true(enl_signer_certificate(s)->until > (int64_t)time(NULL) + 700 * DAY);
    assert_true(enl_signer_sign(s, CLAIM, strlen(CLAIM), enl_signer_room(s), &cose, NULL));
    assert_string_equal(codes_of(cose.data, cose.size, CLAIM, enl_check_params(.trust = own), NULL), TRUSTED SKIPPED);
    enl_bytes_free(&cose);
    enl_signer_free(&s);
    pki_free(&soon), pki_free(&by);
    enl_trust_free(&own);
    for (int i = 0; i < 4; i++) snprintf(path, sizeof path, "%s/%s", folder, names[i]), unlink(path);
    rmdir(folder);
    snprintf(path, sizeof path, "%s/deep", (char *)*state), rmdir(path);
    snprintf(path, sizeof path, "%s/file", (char *)*state);
    pki_write(path, "in the way");
    assert_null(enl_signer_new_local(path, NULL, &error));
    assert_int_equal(error.code, ENL_IO);
}

int main(int count, char **arguments) {
    if (count == 4 && !strcmp(arguments[1], "--sign")) return be_command(arguments[2], arguments[3]);
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) return 1;
    make_authorities();
    const struct CMUnitTest tests[] = {
        in_folder(stamped_signatures), in_folder(signing_goes_on_without_a_stamp), in_folder(keys_that_do_not_fit),
        in_folder(signing_by_command), in_folder(an_identity_of_ones_own),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free_authorities();
    return failed;
}
