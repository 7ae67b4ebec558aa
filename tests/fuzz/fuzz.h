/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz.h - what every fuzz target defines: one input, no state kept between calls.
 *
 * Under clang libFuzzer calls it; under gcc tests/fuzz/replay.c calls it for each file of the
 * committed corpus. A finding is an abort or a sanitizer report. */
#ifndef PEERWATT_TESTS_FUZZ_FUZZ_H
#define PEERWATT_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* @bytes is @len bytes in a block of exactly that size. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#endif
