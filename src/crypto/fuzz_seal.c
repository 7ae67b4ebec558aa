/* SPDX-License-Identifier: Apache-2.0 */
/* A sealed box from the mailbox: no bytes may stop the opener; a box that was made here opens,
 * and a bent one does not. */
#include "crypto/seal.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const struct seed recipient = {{1}}, ephemeral = {{2}};
    uint8_t *opened = malloc(len + 1), *sealed = malloc(len + SEAL_EXTRA_BYTES);
    if (!opened || !sealed)
        abort();
    assert(!seal_open(opened, &recipient, (struct span){bytes, len}));
    struct pubkey key;
    seal_public(&key, &recipient);
    assert(seal_make(sealed, &key, &ephemeral, (struct span){bytes, len}));
    const struct span box = {sealed, len + SEAL_EXTRA_BYTES};
    assert(seal_open(opened, &recipient, box));
    assert(memcmp(opened, bytes, len) == 0);
    sealed[len % box.len] ^= 1;
    assert(!seal_open(opened, &recipient, box));
    free(opened);
    free(sealed);
    return 0;
}
