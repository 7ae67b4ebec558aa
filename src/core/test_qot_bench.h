/* SPDX-License-Identifier: Apache-2.0 */
/* core/test_qot_bench.h - one book with ten members and one contract, for the tests of qot.h.
 *
 * Only tests include this file. */
#ifndef PEERWATT_CORE_TEST_QOT_BENCH_H
#define PEERWATT_CORE_TEST_QOT_BENCH_H

#include "core/qot.h"

#include "base/fixed.h"
#include "core/score.h"

#include <string.h>

enum { MEMBERS = 10, SEATS = 5, FULL_GAIN = 16777216 /* trader, R = 0, x = +2 */ };

struct bench { /* rows 0 to 9 are the slots 1 to 10; rows 0 and 1 trade */
    struct standing members[MEMBERS];
    struct qot_counts counts[MEMBERS];
    struct sort_item scratch[QOT_SCRATCH_ITEMS];
    struct qot_step steps[QOT_STEPS_MAX];
    struct qot_book book;
    struct qot_contract contract;
    struct qot_stage_log stages[QOT_STAGES];
    uint32_t cluster[SEATS];
    uint8_t voted[QOT_STAGES], agree[QOT_STAGES];
};
static struct bench t; /* 170 KB: not for the stack */

/* A settled contract of 1 kWh with five seats; rank 0 led both stages and all agreed. */
static inline void reset(void)
{
    memset(&t, 0, sizeof t);
    for (uint32_t i = 0; i < MEMBERS; i++)
        t.members[i] = (struct standing){.slot = i + 1, .live = true};
    t.book = (struct qot_book){.rules = {.mode = QOT_REPAIRED, .reference_wh = 1000},
                               .active = 100,
                               .member_count = MEMBERS,
                               .members = t.members,
                               .counts = t.counts,
                               .scratch = t.scratch,
                               .steps = t.steps};
    t.contract = (struct qot_contract){.seller = 0,
                                       .buyer = 1,
                                       .energy_wh = 1000,
                                       .s_wh = 1000,
                                       .b_wh = 1000,
                                       .settled_wh = 1000,
                                       .end = QOT_SETTLED,
                                       .cluster_count = SEATS,
                                       .cluster = t.cluster};
    for (uint32_t i = 0; i < SEATS; i++)
        t.cluster[i] = 2 + i;
    for (uint32_t stage = 0; stage < QOT_STAGES; stage++) {
        t.voted[stage] = t.agree[stage] = (1 << SEATS) - 1;
        t.stages[stage] = (struct qot_stage_log){.rank_count = 1,
                                                 .ranks = {{0, QOT_RIGHT}},
                                                 .voted = &t.voted[stage],
                                                 .agree = &t.agree[stage]};
        t.contract.stages[stage] = &t.stages[stage];
    }
}

static inline void decline(enum qot_condition condition)
{
    t.contract.end = QOT_DECLINED;
    t.contract.condition = condition;
    t.contract.settled_wh = 0;
}

static inline const struct qot_step *step_of(uint32_t member, uint32_t nth)
{
    for (uint32_t i = 0; i < t.book.step_count; i++)
        if (t.steps[i].member == member && nth-- == 0)
            return &t.steps[i];
    return NULL;
}

#endif
