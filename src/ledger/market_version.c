/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/market_version.h"

#include "core/params.h"
#include "ledger/changes.h"
#include "ledger/state.h"
#include "ledger/values.h"

#include <string.h>

static const struct market_version *version_get(const struct ledger *l)
{
    return table_get(&l->market_table, 0);
}

uint64_t market_version_from(const struct ledger *l)
{
    return version_get(l)->from;
}

const struct genesis_market *state_market(const struct ledger *l, uint64_t interval)
{
    const struct market_version *version = version_get(l);
    return interval < version->from ? &version->before : &l->params->market;
}

bool market_version_is_over(const struct ledger *l)
{
    const uint64_t from = market_version_from(l);
    bool is_over = l->now.interval >= from;
    for (uint32_t i = 0; is_over && i < l->sizes.intervals; i++) {
        const struct ledger_interval *interval = interval_get(l, i);
        is_over = !interval->is_used || interval->number >= from;
    }
    return is_over;
}

static bool is_taken(const struct ledger_interval *interval)
{
    bool taken = false;
    for (uint32_t r = 0; interval->is_used && r < MARKET_ROUNDS; r++)
        taken =
            taken || interval->rounds[r].order_count > 0 || interval->rounds[r].contract_count > 0;
    return taken;
}

void market_version_keep(struct ledger *l, uint64_t interval)
{
    const struct genesis_market *market = &l->params->market;
    uint64_t from = interval;
    for (uint32_t i = 0; i < l->sizes.intervals; i++) {
        const struct ledger_interval *row = interval_get(l, i);
        if (is_taken(row) && row->number >= from)
            from = row->number + 1;
    }
    state_keep_market(l, from, market);
    state_mark(l, STORE_PARAMS, STATE_PARAMS_BEFORE);
}

void market_version_value(const struct ledger *l, struct value *v)
{
    struct market_version copy = *version_get(l);
    struct genesis g = *l->params;
    if (copy.from == 0) {
        row_kind(&v->io, ROW_FREE);
        return;
    }
    row_kind(&v->io, ROW_MARKET);
    row_u64(&v->io, &copy.from);
    g.market = copy.before;
    for (uint32_t number = PARAM_TIMING; number < PARAM_FEES; number++) {
        uint64_t value = params_get(&g, params_find(number));
        row_u64(&v->io, &value);
    }
    struct hash fees = changes_hash_fees(&copy.before);
    row_hash(&v->io, &fees);
}
