/* SPDX-License-Identifier: Apache-2.0 */
/* wire/fuzz_block.c - any bytes as a block, and what is in it as bundles and envelopes. What is
 * accepted is written again, by us and by protobuf-c, as the same bytes (RULE num.3). */
#include "tests/fuzz/fuzz.h"
#include "tests/oracle/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    judge_insist(judge_block((struct span){bytes, len}));
    return 0;
}
