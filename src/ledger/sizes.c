/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/sizes.h"

enum {
    PAYOUTS_LEAST = 64,
    REFERENCES_LEAST = 65536,
    REFERENCES_PER_MEMBER = 16,
    KEYS_LEAST = 4096,
    KEYS_PER_MEMBER = 16,
    FEEDERS_TO_COME = 64,
    WINDOWS_IN_A_ROUND = 4 /* gaps beside those of the ranks: gate, draw, statements, scoring */
};

/* How long a page is needed at most, from an interval's gate to its last score, without outage. */
static uint64_t page_life_ms(const struct genesis *g)
{
    const struct genesis_windows *w = &g->windows;
    const uint64_t ranks_ms = g->trade.ranks_max * (w->exec_ms + w->final_ms);
    const uint64_t windows = 2 * g->trade.ranks_max + WINDOWS_IN_A_ROUND;
    return g->market.gate_lead_ms + g->times.interval_ms + w->statement_ms + 2 * w->beacon_wait_ms +
           ranks_ms + 2 * w->vote_ms + windows * g->times.gap_ms;
}

void sizes_of(struct sizes *out, const struct genesis *g)
{
    const uint32_t members = (uint32_t)g->limits.members_max;
    const uint32_t feeders = g->feeder_count + FEEDERS_TO_COME;
    const uint64_t pages = 2 + page_life_ms(g) / g->times.interval_ms;
    *out = (struct sizes){
        .members = members,
        .feeders = feeders < WIRE_FEEDERS_MAX ? feeders : WIRE_FEEDERS_MAX,
        .contracts = (uint32_t)g->limits.contracts_open_max,
        .orders = (uint32_t)g->market.book_max_orders,
        .pages = (uint32_t)(pages < SIZES_PAGES_MAX ? pages : SIZES_PAGES_MAX),
        .joins = 2 * (uint32_t)g->identity.joins_pending_max,
        .references = REFERENCES_LEAST + REFERENCES_PER_MEMBER * members,
        .keys = KEYS_LEAST + KEYS_PER_MEMBER * members,
        .seats = (uint32_t)g->sampling.k,
        .signers = members + 1 + WIRE_PARTS_MAX,
    };
    out->intervals = (uint32_t)g->market.horizon_intervals + 2 * out->pages;
    out->payouts = 2 * members + out->contracts + PAYOUTS_LEAST;
    /* Both rounds of each interval that has a page, the continuous book, and V. */
    out->waiting = 2 * out->pages + SIZES_CONTINUOUS + 1;
}
