// SPDX-License-Identifier: MIT
// Signs a file with an identity of its own and checks what came of it, without the rest of the library:
//   cc -std=c17 example_credential.c $(pkg-config --cflags --libs enliven-credential) -o sign
//   ./sign in.jpg out.jpg identity/
#include <enliven/credential.h>
#include <stdio.h>

int main(int count, char **words) {
    struct enl_error error = {0};
    if (count != 4) return fprintf(stderr, "usage: %s IN OUT FOLDER\n", words[0]), ENL_USAGE;
    struct enl_signer *signer = enl_signer_new_local(words[3], NULL, &error);
    bool done = signer &&
                enl_credential_sign(words[1], words[2], true, signer,
                                    enl_credential_params(.made_by = "camera", .title = "An example"), &error);
    enl_signer_free(&signer);
    struct enl_check *check = done ? enl_check_file(words[2], NULL, &error) : NULL;
    if (check) puts(enl_check_sentence(check));
    else fprintf(stderr, "%s\n", error.text);
    int status = check && enl_check_state(check) == ENL_CHECK_VALID ? ENL_OK : ENL_INTERNAL;
    enl_check_free(&check);
    return status;
}
