/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/scores.h"

#include "ledger/state.h"

#include <assert.h>

void scores_open(struct ledger *l, struct qot_book *out, struct qot_counts *counts)
{
    l->scores_mark = arena_mark(&l->scratch);
    struct sort_item *items =
        arena_take_raw(&l->scratch, QOT_SCRATCH_ITEMS, sizeof *items, _Alignof(struct sort_item));
    struct qot_step *steps =
        arena_take_raw(&l->scratch, QOT_STEPS_MAX, sizeof *steps, _Alignof(struct qot_step));
    assert(items && steps);
    *out = (struct qot_book){
        .rules = {.mode = l->params->qot.mode,
                  .reference_wh = (int64_t)l->params->qot.reference_wh},
        .active = l->head->active_count,
        .now_interval = l->now.interval,
        .member_count = l->sizes.members + 1,
        .members = (struct standing *)(void *)l->standings.rows,
        .counts = counts,
        .scratch = items,
        .steps = steps,
    };
}

void scores_close(struct ledger *l, struct qot_book *book)
{
    (void)book;
    arena_reset(&l->scratch, l->scores_mark);
}
