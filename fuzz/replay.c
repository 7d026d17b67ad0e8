// SPDX-License-Identifier: MIT
// In place of libFuzzer: gives each file of the folders named to the fuzzer once. For the tests, with any compiler.
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return 0;
    uint8_t *data = malloc(1 << 20);
    size_t size = data ? fread(data, 1, 1 << 20, file) : 0;
    fclose(file);
    uint8_t *exact = malloc(size + !size); // so that a sanitizer sees every step beyond
    for (size_t i = 0; exact && i < size; i++) exact[i] = data[i];
    free(data);
    if (exact) LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return exact != NULL;
}

int main(int count, char **folders) {
    int done = 0;
    for (int i = 1; i < count; i++) {
        DIR *dir = opendir(folders[i]);
        if (!dir) {
            fprintf(stderr, "%s cannot be read.\n", folders[i]);
            return 1;
        }
        for (struct dirent *entry; (entry = readdir(dir));) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", folders[i], entry->d_name);
            if (entry->d_name[0] != '.') done += replay(path);
        }
        closedir(dir);
    }
    printf("%d inputs\n", done);
    return done ? 0 : 1;
}
