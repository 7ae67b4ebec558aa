/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/pool.h"

#include "base/sort.h"

#include <assert.h>

enum { PIECES = 5, ALIGN = 8 };

struct outs { /* those who are left out, as indexes of the roster's members, each once */
    uint32_t *index;
    uint32_t count, max;
};

static uint32_t outs_max(const struct roster *r)
{
    return 2 * r->household_max + r->verifier_count;
}

size_t pool_size(const struct roster *r)
{
    const size_t per_out = 2 * sizeof(uint32_t) + 2 * sizeof(struct sort_item);
    return per_out * outs_max(r) + sizeof(struct pool_feeder) * r->feeder_count +
           (size_t)PIECES * ALIGN;
}

static void *take(struct arena *memory, size_t count, size_t item_size)
{
    void *piece = arena_take(memory, count, item_size, ALIGN);
    assert(piece);
    return piece;
}

static void leave_out(struct outs *o, uint32_t index)
{
    assert(o->count < o->max);
    o->index[o->count++] = index;
}

static uint32_t index_of_party(const struct roster *r, uint32_t slot)
{
    const uint32_t index = roster_find(r->members, r->member_count, slot);
    assert(index != UINT32_MAX);
    return index;
}

static void leave_household_out(struct outs *o, const struct roster *r, uint32_t party)
{
    uint32_t at = party;
    do {
        leave_out(o, at);
        at = r->next_at_home[at];
    } while (at != party);
}

/* RULE sample.4: parties and their households, whatever the tier. */
static void leave_parties_out(struct outs *o, const struct roster *r, const struct pool_rule *rule)
{
    if (rule->seller == 0)
        return;
    const uint32_t seller = index_of_party(r, rule->seller);
    const uint32_t buyer = index_of_party(r, rule->buyer);
    leave_household_out(o, r, seller);
    if (r->members[buyer].household != r->members[seller].household)
        leave_household_out(o, r, buyer);
}

static bool has_tier(const struct roster *r, uint32_t index, uint8_t tier)
{
    return r->members[index].tier != TIER_NONE && r->members[index].tier <= tier;
}

/* RULE boot.5: the next tier only if those before give too few. */
static void open_tiers(struct pool *p, const struct roster *r, const struct pool_rule *rule,
                       const struct outs *parties)
{
    for (p->tier = 1;; p->tier++) {
        p->eligible = roster_count(r, p->tier);
        for (uint32_t i = 0; i < parties->count; i++)
            p->eligible -= has_tier(r, parties->index[i], p->tier);
        if (p->eligible >= rule->floor || p->tier == rule->tiers)
            return;
    }
}

static bool shares_home(const struct roster *r, uint32_t index, uint32_t party)
{
    return party != 0 &&
           r->members[index].household == r->members[index_of_party(r, party)].household;
}

/* RULE sample.4: if at least k of the pool are outside V, those of V leave it. */
static void settle_verifiers(struct pool *p, const struct roster *r, const struct pool_rule *rule,
                             struct outs *o)
{
    const uint32_t parties = o->count;
    for (uint32_t i = 0; i < r->verifier_count; i++) {
        const uint32_t index = r->verifier[i];
        if (has_tier(r, index, p->tier) && !shares_home(r, index, rule->seller) &&
            !shares_home(r, index, rule->buyer))
            leave_out(o, index);
    }
    const uint32_t in_v = o->count - parties;
    p->verifiers_used = in_v > 0 && p->eligible - in_v < rule->k;
    if (p->verifiers_used)
        o->count = parties;
    else
        p->eligible -= in_v;
}

/* Those left out by feeder and place, ascending; the key is feeder << 32 | place. */
static uint32_t sort_places(struct sort_item *items, struct sort_item *scratch,
                            const struct pool *p, const struct roster *r, const struct outs *o)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < o->count; i++) {
        const uint32_t index = o->index[i];
        if (!has_tier(r, index, p->tier))
            continue;
        const uint64_t feeder = r->feeder_index[r->members[index].feeder];
        items[count++] =
            (struct sort_item){.key = feeder << 32 | roster_place(r, p->tier, index), .number = i};
    }
    sort_items(items, scratch, count);
    return count;
}

static void list_feeders(struct pool *p, const struct roster *r, const struct outs *o,
                         struct arena *memory)
{
    p->feeder = take(memory, r->feeder_count, sizeof *p->feeder);
    uint32_t *place = take(memory, o->count, sizeof *place);
    const size_t mark = arena_mark(memory);
    struct sort_item *items = take(memory, o->count, sizeof *items);
    struct sort_item *scratch = take(memory, o->count, sizeof *scratch);
    const uint32_t count = sort_places(items, scratch, p, r, o);
    const struct roster_list *list = &r->list[p->tier - 1];
    uint32_t next = 0;
    p->feeder_count = 0;
    for (uint32_t i = 0; i < r->feeder_count; i++) {
        const uint32_t first = next;
        for (; next < count && items[next].key >> 32 == i; next++)
            place[next] = (uint32_t)items[next].key;
        const uint32_t size = list->first[i + 1] - list->first[i] - (next - first);
        if (size > 0)
            p->feeder[p->feeder_count++] = (struct pool_feeder){.number = r->feeder[i],
                                                                .size = size,
                                                                .slot = list->slot + list->first[i],
                                                                .left_out = place + first,
                                                                .left_out_count = next - first};
    }
    arena_reset(memory, mark);
}

void pool_build(struct pool *p, const struct roster *r, const struct pool_rule *rule,
                struct arena *memory)
{
    assert(rule->tiers > 0 && rule->tiers <= TIER_MAX);
    assert((rule->seller == 0) == (rule->buyer == 0));
    struct outs o = {.count = 0, .max = outs_max(r)};
    o.index = take(memory, o.max, sizeof *o.index);
    leave_parties_out(&o, r, rule);
    open_tiers(p, r, rule, &o);
    settle_verifiers(p, r, rule, &o);
    list_feeders(p, r, &o, memory);
}

/* left_out[i] - i never falls, so how many of them stand before the member is found by halving. */
uint32_t pool_slot(const struct pool_feeder *f, uint32_t index)
{
    assert(index < f->size);
    uint32_t low = 0, high = f->left_out_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (f->left_out[middle] - middle <= index)
            low = middle + 1;
        else
            high = middle;
    }
    return f->slot[index + low];
}
