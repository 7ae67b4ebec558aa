/* SPDX-License-Identifier: Apache-2.0 */
/* Key, proof and input from outside: no bytes may stop the checker, what it accepts has one
 * output, and whoever bends one bit of an accepted proof is refused. */
#include "crypto/vrf.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct pubkey key;
    struct vrf_proof proof;
    if (len < sizeof key.bytes + sizeof proof.bytes)
        return 0;
    memcpy(key.bytes, bytes, sizeof key.bytes);
    memcpy(proof.bytes, bytes + sizeof key.bytes, sizeof proof.bytes);
    const size_t used = sizeof key.bytes + sizeof proof.bytes;
    const struct span input = {bytes + used, len - used};
    struct vrf_output checked, unchecked, other;
    if (vrf_check(&checked, &key, input, &proof) != VRF_OK)
        return 0;
    assert(vrf_proof_to_hash(&unchecked, &proof));
    assert(memcmp(checked.bytes, unchecked.bytes, sizeof checked.bytes) == 0);
    proof.bytes[len % sizeof proof.bytes] ^= 1;
    assert(vrf_check(&other, &key, input, &proof) != VRF_OK);
    return 0;
}
