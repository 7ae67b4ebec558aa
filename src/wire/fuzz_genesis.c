/* SPDX-License-Identifier: Apache-2.0 */
/* wire/fuzz_genesis.c - any bytes as a genesis. What is accepted is written again, by us and by
 * protobuf-c, as the same bytes (RULE num.3), and can be shown. */
#include "tests/fuzz/fuzz.h"
#include "tests/oracle/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    judge_insist(judge_genesis((struct span){bytes, len}));
    return 0;
}
