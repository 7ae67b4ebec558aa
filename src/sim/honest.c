/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/honest.h"

#include "crypto/hash.h"
#include "ledger/state.h"

#include <string.h>

enum { ASKS_MAX = 8, DEPOSIT_MICRO = 5000000, LOAD_LEAST_WH = 600, LOAD_RANGE_WH = 900 };

static void *take(struct world *w, size_t size)
{
    void *memory = arena_take(&w->memory, w->options.homes + 1, size, 64);
    world_insist(w, memory, "no room for honest members");
    return memory;
}

void honest_init(struct honest *h, struct world *w)
{
    *h = (struct honest){.w = w,
                         .faults = take(w, sizeof *h->faults),
                         .wants = take(w, sizeof *h->wants),
                         .asked = take(w, sizeof *h->asked),
                         .asking = take(w, sizeof *h->asking),
                         .traded = take(w, sizeof *h->traded),
                         .agreed = take(w, sizeof *h->agreed),
                         .asks_max = ASKS_MAX,
                         .deposit_micro = DEPOSIT_MICRO,
                         .take = TAKE_FLEXIBLE};
}

struct hash honest_hash(const char *what, uint64_t number)
{
    struct hash_ctx ctx;
    hash_init(&ctx);
    hash_update(&ctx, span_of_text(what));
    hash_update(&ctx, (struct span){(const uint8_t *)&number, sizeof number});
    return hash_final(&ctx);
}

uint64_t honest_sequence(struct honest *h)
{
    return h->w->ledger->head->authority_sequence + ++h->authority_said;
}

/* ---- loads ----------------------------------------------------------------------------------- */

struct honest_load honest_load_of(const struct honest *h, uint32_t home, uint64_t interval)
{
    if (h->table)
        return h->table[interval % h->table_intervals * h->w->options.homes + home - 1];
    const struct hash drawn =
        honest_hash("load", h->w->options.seed << 40 ^ interval << 20 ^ (uint64_t)home);
    const int64_t wh = LOAD_LEAST_WH + (drawn.bytes[0] << 8 | drawn.bytes[1]) % LOAD_RANGE_WH;
    return home % 2 == 1 ? (struct honest_load){.made_wh = wh}
                         : (struct honest_load){.used_wh = wh};
}

struct honest_load honest_metered(const struct honest *h, uint32_t home, uint64_t interval)
{
    struct honest_load load = honest_load_of(h, home, interval);
    if (h->faults[home] & HONEST_SHORT)
        load.made_wh /= 3;
    if (h->faults[home] & HONEST_GREEDY)
        load.used_wh /= 3;
    return load;
}

/* ---- acting ---------------------------------------------------------------------------------- */

/* RULE num.7 */
void honest_look_ahead(struct honest *h, uint64_t dt_ms)
{
    const struct ledger *l = h->w->ledger;
    const struct clock_state *last = &l->head->last;
    const uint64_t gap = l->times.gap_ms;
    h->t_ms = h->w->t_ms + dt_ms;
    const uint64_t passed = h->t_ms - last->t_ms;
    h->a_ms = last->height == 0 ? 0 : last->a_ms + (passed < gap ? passed : gap);
    h->slot = clock_slot(&l->times, h->t_ms);
    h->interval = clock_interval(&l->times, h->t_ms);
    h->authority_said = 0;
    if (h->slot_known == h->slot + 1)
        return;
    h->slot_known = h->slot + 1;
    h->slot_began_ms = h->a_ms;
}

void honest_act(struct honest *h, uint64_t dt_ms)
{
    honest_look_ahead(h, dt_ms);
    honest_act_identity(h);
    honest_act_trade(h);
}

void honest_run(struct honest *h, uint64_t dt_ms, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        honest_act(h, dt_ms);
        world_block(h->w, dt_ms);
    }
}
