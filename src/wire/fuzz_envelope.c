/* SPDX-License-Identifier: Apache-2.0 */
/* wire/fuzz_envelope.c - any bytes as an envelope. What is accepted is written again, by us and by
 * protobuf-c, as the same bytes (RULE num.3), and can be shown. */
#include "tests/fuzz/fuzz.h"
#include "tests/oracle/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct envelope e;
    judge_insist(judge_envelope(&e, (struct span){bytes, len}));
    return 0;
}
