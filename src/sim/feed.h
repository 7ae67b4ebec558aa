/* SPDX-License-Identifier: Apache-2.0 */
/* sim/feed.h - operations made of a few bytes each: zeros choose what a member would say next,
 * other bytes another signer, object or number near by, or the ends of a field's range. What is
 * made can always be encoded. Each byte is taken in a statement of its own: inside an initialiser's
 * list compilers differ in the order.
 *
 * Not pure: keys and memory are the world's. */
#ifndef PEERWATT_SIM_FEED_H
#define PEERWATT_SIM_FEED_H

#include "sim/honest.h"

#include <stdbool.h>
#include <stdint.h>

struct feed {
    const uint8_t *at, *end;
    struct honest *h;
    uint32_t who; /* of the operation that is being made */
    bool has_undone;
};

/* The next byte, 0 behind the last. */
uint8_t feed_byte(struct feed *f);
uint64_t feed_u64(struct feed *f);

/* @good or something else within @least and @most. */
uint64_t feed_near(struct feed *f, uint64_t good, uint64_t least, uint64_t most);

/* Say one operation in the next block. */
void feed_op(struct feed *f);

/* Change, drop or double something that was said for the next block. */
void feed_bend(struct feed *f);

/* feed_ops.c, feed_trade.c: fill in the fields of an operation of this kind. False if nothing of
 * the kind can be said now. */
MUST_USE bool feed_fill(struct feed *f, struct op *op);
MUST_USE bool feed_fill_trade(struct feed *f, struct op *op);

#endif
