/* SPDX-License-Identifier: Apache-2.0 */
/* app/study_blocks.h - what `study leader` and `study beacon` read alike: times, V, and blocks one
 * after the other, with the clock that they move. */
#ifndef PEERWATT_APP_STUDY_BLOCKS_H
#define PEERWATT_APP_STUDY_BLOCKS_H

#include "app/call.h"
#include "app/input.h"
#include "app/input_node.h"
#include "base/must_use.h"
#include "sampling/clock.h"
#include "sampling/leader.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STUDY_SLOT_MAX ((int64_t)UINT32_MAX) /* of a member */

struct study_blocks {
    json_t *input; /* ours until study_blocks_close */
    struct input_node root, blocks, block;
    struct clock_times times;
    uint32_t grace;
    struct clock_state clock;  /* after @block */
    uint64_t slot;             /* of @block */
    struct leader_seats seats; /* V in @block */
    size_t next;               /* block to be read */
};

/* Read everything before the blocks. Nothing is left open on false. */
MUST_USE bool study_blocks_open(struct study_blocks *b, const struct call *call);
void study_blocks_close(struct study_blocks *b);

/* True while there are blocks to read. */
bool study_blocks_more(const struct study_blocks *b);

/* The next block, its time, and V where it changes with it. */
MUST_USE bool study_blocks_step(struct study_blocks *b, const struct call *call);

/* A new answer for the block: height, a_ms, slot. */
json_t *study_blocks_answer(const struct study_blocks *b);

/* A member as JSON: LEADER_NONE is null. */
json_t *study_member(uint32_t member);

#endif
