/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/roster.h"

#include "base/sort.h"

#include <assert.h>
#include <string.h>

enum { PIECES = 14, ALIGN = 8 }; /* pieces of memory at most; what each may lose to alignment */

size_t roster_size(uint32_t member_count, uint32_t feeder_max)
{
    const size_t per_member = (2 + TIER_MAX) * sizeof(uint32_t) + 2 * sizeof(struct sort_item);
    const size_t per_feeder = (2 + TIER_MAX) * sizeof(uint32_t);
    return per_member * member_count + per_feeder * ((size_t)feeder_max + 1) +
           (size_t)PIECES * ALIGN;
}

static uint32_t *take_numbers(struct arena *memory, size_t count)
{
    uint32_t *numbers = arena_take(memory, count, sizeof *numbers, ALIGN);
    assert(numbers);
    return numbers;
}

static struct sort_item *take_items(struct arena *memory, size_t count)
{
    struct sort_item *items = arena_take(memory, count, sizeof *items, ALIGN);
    assert(items);
    return items;
}

static void check_members(const struct roster_member *members, uint32_t count, uint32_t feeder_max)
{
    assert(count <= ROSTER_MEMBERS_MAX && feeder_max <= ROSTER_FEEDERS_MAX);
    for (uint32_t i = 0; i < count; i++) {
        assert(members[i].slot > (i > 0 ? members[i - 1].slot : 0));
        assert(members[i].feeder > 0 && members[i].feeder <= feeder_max);
        assert(members[i].tier <= TIER_MAX);
    }
}

/* The feeders that somebody can be drawn from, in ascending order: append-only numbers leave
 * gaps, and a draw shall not walk over them. */
static void list_feeders(struct roster *r, uint32_t feeder_max, struct arena *memory)
{
    r->feeder_index = take_numbers(memory, (size_t)feeder_max + 1);
    r->feeder = take_numbers(memory, (size_t)feeder_max + 1);
    for (uint32_t i = 0; i < r->member_count; i++)
        if (r->members[i].tier != TIER_NONE)
            r->feeder_index[r->members[i].feeder] = 1;
    r->feeder_count = 0;
    for (uint32_t number = 1; number <= feeder_max; number++)
        if (r->feeder_index[number]) {
            r->feeder_index[number] = r->feeder_count;
            r->feeder[r->feeder_count++] = number;
        }
}

static bool is_in_tier(const struct roster_member *m, uint8_t tier)
{
    return m->tier != TIER_NONE && m->tier <= tier;
}

/* The members come in ascending slots, so each feeder's list does too. */
static void fill_list(struct roster *r, uint8_t tier, struct arena *memory)
{
    struct roster_list *list = &r->list[tier - 1];
    list->first = take_numbers(memory, (size_t)r->feeder_count + 1);
    for (uint32_t i = 0; i < r->member_count; i++)
        if (is_in_tier(&r->members[i], tier))
            list->first[r->feeder_index[r->members[i].feeder] + 1]++;
    for (uint32_t i = 0; i < r->feeder_count; i++)
        list->first[i + 1] += list->first[i];
    list->slot = take_numbers(memory, list->first[r->feeder_count]);
    const size_t mark = arena_mark(memory);
    uint32_t *next = take_numbers(memory, r->feeder_count);
    memcpy(next, list->first, r->feeder_count * sizeof *next);
    for (uint32_t i = 0; i < r->member_count; i++)
        if (is_in_tier(&r->members[i], tier))
            list->slot[next[r->feeder_index[r->members[i].feeder]]++] = r->members[i].slot;
    arena_reset(memory, mark);
}

static void list_verifiers(struct roster *r, struct arena *memory)
{
    r->verifier_count = 0;
    for (uint32_t i = 0; i < r->member_count; i++)
        r->verifier_count += r->members[i].in_v && r->members[i].tier != TIER_NONE;
    r->verifier = take_numbers(memory, r->verifier_count);
    uint32_t taken = 0;
    for (uint32_t i = 0; i < r->member_count; i++)
        if (r->members[i].in_v && r->members[i].tier != TIER_NONE)
            r->verifier[taken++] = i;
}

/* Sorted by household, each run becomes a ring. */
static void join_households(struct roster *r, struct arena *memory)
{
    r->next_at_home = take_numbers(memory, r->member_count);
    const size_t mark = arena_mark(memory);
    struct sort_item *items = take_items(memory, r->member_count);
    for (uint32_t i = 0; i < r->member_count; i++)
        items[i] = (struct sort_item){.key = r->members[i].household, .number = i};
    sort_items(items, take_items(memory, r->member_count), r->member_count);
    r->household_max = 0;
    uint32_t first = 0; /* of the run */
    for (uint32_t i = 0; i < r->member_count; i++) {
        const bool ends = i + 1 == r->member_count || items[i + 1].key != items[i].key;
        r->next_at_home[items[i].number] = (uint32_t)items[ends ? first : i + 1].number;
        if (i + 1 - first > r->household_max)
            r->household_max = i + 1 - first;
        if (ends)
            first = i + 1;
    }
    arena_reset(memory, mark);
}

void roster_build(struct roster *r, const struct roster_member *members, uint32_t member_count,
                  uint32_t feeder_max, struct arena *memory)
{
    check_members(members, member_count, feeder_max);
    memset(r, 0, sizeof *r);
    r->members = members;
    r->member_count = member_count;
    list_feeders(r, feeder_max, memory);
    for (uint8_t tier = 1; tier <= TIER_MAX; tier++)
        fill_list(r, tier, memory);
    list_verifiers(r, memory);
    join_households(r, memory);
}

uint32_t roster_find(const struct roster_member *members, uint32_t count, uint32_t slot)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (members[middle].slot < slot)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && members[low].slot == slot ? low : UINT32_MAX;
}

uint32_t roster_count(const struct roster *r, uint8_t tier)
{
    assert(tier > 0 && tier <= TIER_MAX);
    return r->list[tier - 1].first[r->feeder_count];
}

uint32_t roster_place(const struct roster *r, uint8_t tier, uint32_t index)
{
    const struct roster_member *m = &r->members[index];
    assert(is_in_tier(m, tier));
    const struct roster_list *list = &r->list[tier - 1];
    const uint32_t feeder = r->feeder_index[m->feeder];
    uint32_t low = list->first[feeder], high = list->first[feeder + 1];
    while (low + 1 < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (list->slot[middle] <= m->slot)
            low = middle;
        else
            high = middle;
    }
    return low - list->first[feeder];
}
