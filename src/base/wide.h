/* SPDX-License-Identifier: Apache-2.0 */
/* base/wide.h - 128-bit integers for products (RULE num.1). gcc and clang have them on every
 * 64-bit machine; `__extension__` lets -Wpedantic pass. */
#ifndef PEERWATT_BASE_WIDE_H
#define PEERWATT_BASE_WIDE_H

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

#endif
