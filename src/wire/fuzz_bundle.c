/* SPDX-License-Identifier: Apache-2.0 */
/* wire/fuzz_bundle.c - any bytes as a bundle, and what is in it as envelopes. What is accepted is
 * written again, by us and by protobuf-c, as the same bytes (RULE num.3);
 * one bad envelope fails alone (RULE num.4). */
#include "tests/fuzz/fuzz.h"
#include "tests/oracle/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    judge_insist(judge_bundle((struct span){bytes, len}));
    return 0;
}
