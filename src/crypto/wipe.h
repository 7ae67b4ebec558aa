/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/wipe.h - makes secrets unreadable at the end of their scope.
 *
 * Pure. The compiler may not remove it. */
#ifndef PEERWATT_CRYPTO_WIPE_H
#define PEERWATT_CRYPTO_WIPE_H

#include <stddef.h>

/* Overwrite @len bytes at @secret with zeros. */
void wipe(void *secret, size_t len);

#endif
