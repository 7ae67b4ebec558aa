/* SPDX-License-Identifier: Apache-2.0 */
/* tests/oracle/judge.h - what must hold for any bytes that src/wire is given. Random tests and
 * fuzz targets ask the same questions:
 *
 *   - an arena of the size that the header states is never too small,
 *   - what is accepted is written again, by our encoder and by protobuf-c, as the same bytes,
 *     and is within the ranges of the second statement of the format,
 *   - what is accepted can be shown to a visitor.
 *
 * Arenas are heap blocks of the exact size, so that the address sanitizer sees one byte too many.
 * One thread. */
#ifndef PEERWATT_TESTS_ORACLE_JUDGE_H
#define PEERWATT_TESTS_ORACLE_JUDGE_H

#include "base/bytes.h"
#include "base/must_use.h"
#include "wire/envelope.h"

struct judgement {
    struct wire_fault fault; /* what the decoder said */
    const char *finding;     /* what does not hold; NULL if all does */
};

/* *@out, its ops too, live until the next call. */
MUST_USE struct judgement judge_envelope(struct envelope *out, struct span input);
MUST_USE struct judgement judge_genesis(struct span input);
/* These look at what is inside as well, each by itself: one bad envelope fails alone. */
MUST_USE struct judgement judge_bundle(struct span input);
MUST_USE struct judgement judge_block(struct span input);

/* Fuzz targets: say what was found and abort. */
void judge_insist(struct judgement j);

#endif
