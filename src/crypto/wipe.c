/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/wipe.h"

#include <sodium.h>

void wipe(void *secret, size_t len)
{
    sodium_memzero(secret, len);
}
