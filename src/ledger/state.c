/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/state.h"

#include "crypto/hash.h"
#include "ledger/layout.h"
#include "ledger/values.h"

#include <assert.h>
#include <string.h>

/* In ascending order of names. */
static const struct state_store stores[STATE_STORES] = {{"chain", true, RANGE_CHAIN},
                                                        {"contracts", false, STORE_CONTRACTS},
                                                        {"eligible", false, STORE_ELIGIBLE},
                                                        {"head", false, STORE_HEAD},
                                                        {"history", true, RANGE_HISTORY},
                                                        {"intervals", false, STORE_INTERVALS},
                                                        {"joins", false, STORE_JOINS},
                                                        {"keys", true, RANGE_KEYS},
                                                        {"log", true, RANGE_LOG},
                                                        {"members", false, STORE_MEMBERS},
                                                        {"orders", false, STORE_ORDERS},
                                                        {"params", false, STORE_PARAMS},
                                                        {"payouts", false, STORE_PAYOUTS},
                                                        {"statements", false, STORE_STATEMENTS},
                                                        {"windows", false, STORE_WINDOWS}};

const struct state_store *state_store_at(uint32_t place)
{
    assert(place < STATE_STORES);
    return &stores[place];
}

void state_mark(struct ledger *l, enum store_id store, uint32_t leaf)
{
    store_mark(&l->stores[store], leaf);
}

void state_range_add(struct ledger *l, enum range_id range, const struct hash *entry)
{
    struct hash made[MMR_MADE_MAX];
    const uint32_t count = mmr_append(&l->head->ranges[range], made, entry);
    (void)count; /* whoever stores nodes makes them again from the entries */
}

static struct hash root_of(const struct ledger *l, enum store_view view,
                           const struct state_store *store)
{
    if (!store->is_list)
        return view == STORE_NOW ? l->roots[store->id] : store_root_before(&l->stores[store->id]);
    return mmr_root(&state_head(l, view)->ranges[store->id]);
}

const struct head *state_head(const struct ledger *l, enum store_view view)
{
    return view == STORE_NOW ? l->head : table_before(&l->head_table, 0);
}

void state_roots(struct store_root roots[STATE_STORES], const struct ledger *l,
                 enum store_view view)
{
    for (uint32_t i = 0; i < STATE_STORES; i++)
        roots[i] =
            (struct store_root){.name = stores[i].name, .root = root_of(l, view, &stores[i])};
}

struct hash ledger_app_hash(const struct ledger *l)
{
    struct store_root roots[STATE_STORES];
    state_roots(roots, l, STORE_NOW);
    return stores_root(roots, STATE_STORES);
}

uint64_t ledger_height(const struct ledger *l)
{
    return l->head->last.height;
}

/* A place that was given to another row begins again with version 1 of that row's key. */
static void renew(struct ledger *l, enum store_id id, uint32_t leaf, uint64_t number)
{
    const uint64_t *was = table_get(&l->numbers[id], leaf);
    if (*was == number)
        return;
    *(uint64_t *)table_edit(&l->numbers[id], leaf) = number;
    store_renew(&l->stores[id], leaf);
}

static void seal_store(struct ledger *l, enum store_id id)
{
    uint8_t key[VALUES_KEY_BYTES];
    const uint32_t *leaves;
    const uint32_t count = store_dirty(&l->stores[id], &leaves);
    for (uint32_t i = 0; i < count; i++) {
        const struct value_bytes v = value_write(l, id, leaves[i], key, l->value_bytes);
        renew(l, id, leaves[i], v.number);
        const struct hash leaf =
            store_put(&l->stores[id], leaves[i], l->now.height, v.key, v.value);
        delta_add(&l->delta, &leaf);
    }
    if (count > 0)
        l->roots[id] = store_root(&l->stores[id]);
}

struct hash state_seal(struct ledger *l)
{
    for (uint32_t id = 0; id < STORE_COUNT; id++)
        seal_store(l, (enum store_id)id);
    const struct hash delta = delta_root(&l->delta);
    const struct hash entry = merkle_leaf((struct span){delta.bytes, HASH_BYTES});
    state_range_add(l, RANGE_HISTORY, &entry);
    return ledger_app_hash(l);
}

size_t ledger_size(const struct genesis *genesis)
{
    struct ledger probe;
    struct layout y = {.arena = NULL, .bytes = sizeof probe};
    memset(&probe, 0, sizeof probe);
    sizes_of(&probe.sizes, genesis);
    layout_ledger(&y, &probe);
    return y.bytes + 64;
}

struct span state_keep_text(struct ledger *l, uint32_t place, struct span text)
{
    uint8_t *to = table_edit(&l->texts, place);
    assert(text.len <= WIRE_TEXT_BYTES_MAX);
    memmove(to, text.at, text.len);
    return (struct span){to, text.len};
}

/* The parameters in force are a row; their lists are tables of their own. */
void state_keep_params(struct ledger *l, const struct genesis *genesis)
{
    struct genesis *p = table_edit(&l->params_table, 0);
    struct genesis_feeder *feeders = (struct genesis_feeder *)(void *)l->feeders.rows;
    *p = *genesis;
    l->params = p;
    p->community.name = state_keep_text(l, STATE_TEXT_NAME, genesis->community.name);
    p->community.chain_id = state_keep_text(l, STATE_TEXT_CHAIN, genesis->community.chain_id);
    p->community.currency = state_keep_text(l, STATE_TEXT_CURRENCY, genesis->community.currency);
    for (uint32_t i = 0; i < genesis->feeder_count; i++)
        feeders[i].name = state_keep_text(l, STATE_TEXT_FEEDERS + i, genesis->feeders[i].name);
    if (genesis->market.fee_count > 0)
        memcpy(l->fees.rows, genesis->market.fees,
               genesis->market.fee_count * sizeof(struct genesis_fee));
    memcpy(l->authority.rows, genesis->authority.keys,
           genesis->authority.key_count * sizeof(struct genesis_key));
    p->feeders = feeders;
    p->market.fees = (struct genesis_fee *)(void *)l->fees.rows;
    p->authority.keys = (struct genesis_key *)(void *)l->authority.rows;
    p->founders = NULL; /* they are members */
    p->founder_count = 0;
}

void state_keep_market(struct ledger *l, uint64_t from, const struct genesis_market *before)
{
    struct market_version *version = table_edit(&l->market_table, 0);
    *version = (struct market_version){.from = from, .before = *before};
    version->before.fees = (struct genesis_fee *)(void *)l->fees_before.rows;
    table_keep(&l->fees_before, before->fees, before->fee_count);
}

static void init_head(struct ledger *l)
{
    struct head *head = l->head;
    const struct beacon_times times = {.wait_ms = l->params->windows.beacon_wait_ms,
                                       .grace = (uint32_t)l->params->times.grace_slots};
    l->times = (struct clock_times){.t0_ms = l->params->times.t0_ms,
                                    .tau_ms = l->params->times.tau_ms,
                                    .interval_ms = l->params->times.interval_ms,
                                    .gap_ms = l->params->times.gap_ms};
    clock_init(&head->last);
    head->block_hash = l->genesis_hash;
    beacon_init(&head->beacon, l->params->community.chain_id, &l->genesis_hash, &times,
                table_edit(&l->waiting_table, 0), l->sizes.waiting);
    slots_init(&head->slots, times.grace);
    for (uint32_t i = 0; i < RANGE_COUNT; i++)
        mmr_init(&head->ranges[i]);
}

struct ledger *state_blank(void *memory, size_t size, const struct genesis *genesis,
                           const struct hash *genesis_hash)
{
    struct arena arena;
    arena_init(&arena, memory, size);
    struct ledger *l = arena_take(&arena, 1, sizeof *l, 64);
    assert(l && size >= ledger_size(genesis));
    sizes_of(&l->sizes, genesis);
    struct layout y = {.arena = &arena};
    layout_ledger(&y, l);
    for (uint32_t i = 0; i < STORE_COUNT; i++)
        l->roots[i] = store_root(&l->stores[i]);
    l->genesis_hash = *genesis_hash;
    l->chain = hash_bytes(genesis->community.chain_id);
    l->head = table_edit(&l->head_table, 0);
    state_keep_params(l, genesis);
    init_head(l);
    money_init(l);
    return l;
}

struct ledger *ledger_init(void *memory, size_t size, const struct genesis *genesis,
                           const struct hash *genesis_hash)
{
    struct ledger *l = state_blank(memory, size, genesis, genesis_hash);
    for (uint32_t i = 0; i < STATE_PARAMS_LEAVES; i++)
        state_mark(l, STORE_PARAMS, i);
    state_mark(l, STORE_HEAD, 0);
    state_rebuild(l);
    for (uint32_t i = 0; i < genesis->founder_count; i++)
        member_add_founder(l, &genesis->founders[i]);
    epoch_init(l);
    state_seal(l); /* the state before block 1 */
    return l;
}

/* What is derived from the rows, in the order in which it depends on one another. */
void state_rebuild(struct ledger *l)
{
    members_rebuild(l);
    money_rebuild(l);
    verification_rebuild(l);
    market_rebuild(l);
    trade_rebuild(l);
}
