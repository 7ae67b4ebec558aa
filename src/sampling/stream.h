/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/stream.h - the numbers of one draw: SHA-256 of seed, purpose, number and a counter,
 * read as 8-byte big-endian words, and what is made of them (RULE sample.6).
 *
 * Pure. The same seed, purpose and number give the same words on every node. */
#ifndef PEERWATT_SAMPLING_STREAM_H
#define PEERWATT_SAMPLING_STREAM_H

#include "base/ids.h"
#include "base/must_use.h"
#include "crypto/hash.h"

#include <stdint.h>

enum stream_purpose { /* one byte of the hashed text */
                      STREAM_CLUSTER = 'C',
                      STREAM_VERIFIERS = 'V'
};

struct stream {
    struct hash_ctx prefix; /* everything before the counter */
    struct hash block;      /* the words of the last counter */
    uint64_t words;         /* taken so far; the counter is words / 4 */
};

void stream_init(struct stream *s, const struct hash *seed, enum stream_purpose purpose,
                 uint64_t number);

MUST_USE uint64_t stream_word(struct stream *s);

/* 0 to @m - 1, each equally likely: a word at or above the largest multiple of @m is rejected and
 * the next one taken. @m > 0; for 1 no word is taken. */
MUST_USE uint64_t stream_uniform(struct stream *s, uint64_t m);

/* Every order of @items equally likely: item i changes places with item i + uniform(count - i). */
void stream_shuffle(struct stream *s, uint32_t *items, uint32_t count);

#endif
