/* SPDX-License-Identifier: Apache-2.0 */
/* store/zeros.h - rows without their runs of zeros: two thirds of a row are the high bytes of small
 * numbers, keys that are not there and lists that are not full.
 *
 * A byte below 128 says how many bytes follow, less one; one from 128 on, how many zeros stand
 * here, less 126. No heap, no state. */
#ifndef PEERWATT_STORE_ZEROS_H
#define PEERWATT_STORE_ZEROS_H

#include "base/bytes.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest that @len bytes can become. */
#define ZEROS_BYTES_MAX(len) ((len) + (len) / 128 + 1)

/* Returns how many bytes were written to @out, which holds ZEROS_BYTES_MAX(@row.len). */
MUST_USE size_t zeros_pack(uint8_t *out, struct span row);

/* False if these bytes end too early or become more than @size. */
MUST_USE bool zeros_unpack(uint8_t *out, size_t size, size_t *len, struct span packed);

#endif
