/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/replay.c - runs a fuzz target over the files of its committed corpus.
 *
 * Each input is copied to a heap block of its exact size, so that the address sanitizer sees a
 * read one byte beyond it. No input at all is a failure: an empty corpus tests nothing. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLAY_INPUT_BYTES_MAX = 1 << 22 };

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 1;
    }
    uint8_t *whole = malloc(REPLAY_INPUT_BYTES_MAX);
    if (!whole)
        abort();
    const size_t len = fread(whole, 1, REPLAY_INPUT_BYTES_MAX, file);
    fclose(file);
    uint8_t *exact = malloc(len ? len : 1);
    if (!exact)
        abort();
    memcpy(exact, whole, len);
    free(whole);
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
        return 2;
    }
    DIR *folder = opendir(argv[1]);
    if (!folder) {
        perror(argv[1]);
        return 1;
    }
    unsigned count = 0;
    int failed = 0;
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        failed |= replay_file(path);
        count++;
    }
    closedir(folder);
    printf("%u inputs replayed\n", count);
    if (count == 0)
        fprintf(stderr, "%s: no input: an empty corpus tests nothing\n", argv[1]);
    return failed || count == 0;
}
