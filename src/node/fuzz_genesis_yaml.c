/* SPDX-License-Identifier: Apache-2.0 */
/* node/fuzz_genesis_yaml.c - any bytes as a genesis file. What is refused has a reason and a place
 * inside the file; what is accepted encodes to the same bytes again. */
#include "node/genesis_yaml.h"

#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void insist(bool holds)
{
    if (!holds)
        abort();
}

static uint32_t lines_of(struct span text)
{
    uint32_t lines = 2; /* the end of the file may be the line behind the last */
    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n' || text.at[i] == '\r' || text.at[i] >= 0x80;
    return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct genesis_file file;
    struct yaml_fault fault;
    const struct span input = {bytes, len};
    const enum err bad = genesis_yaml_read(&file, input, &fault);
    insist(bad == fault.code);
    if (bad) {
        insist(file.bytes == NULL && fault.line <= lines_of(input));
        insist(fault.what[0] != '\0' && (fault.line > 0) == (fault.column > 0));
        return 0;
    }
    uint8_t *again = malloc(file.canonical.len + 1);
    insist(again != NULL);
    const size_t again_len = genesis_encode(again, file.canonical.len + 1, &file.genesis);
    insist(span_equal(file.canonical, (struct span){again, again_len}));
    free(again);
    genesis_file_free(&file);
    return 0;
}
