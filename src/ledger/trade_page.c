/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/trade_inner.h"

#include <assert.h>
#include <string.h>

static const struct page_member empty_row; /* has said nothing */

uint32_t page_row(const struct ledger *l, uint32_t page, uint32_t slot)
{
    assert(page < l->sizes.pages && slot >= 1 && slot <= l->sizes.members);
    return page * (l->sizes.members + 1) + slot;
}

const struct page_member *page_get(const struct ledger *l, uint32_t page, uint32_t slot,
                                   uint64_t interval)
{
    const struct page_member *row = table_get(&l->page_members, page_row(l, page, slot));
    return row->interval == interval ? row : &empty_row;
}

/* The page was another interval's when the row was last touched. */
static void begin_row(struct ledger *l, uint32_t index, struct page_member *row, uint64_t interval)
{
    *row = (struct page_member){.interval = interval};
    struct energy_account *energy = table_edit(&l->page_energies, index);
    struct qot_counts *counts = table_edit(&l->page_counts, index);
    memset(energy, 0, sizeof *energy);
    memset(counts, 0, sizeof *counts);
}

struct page_member *page_edit(struct ledger *l, uint32_t page, uint32_t slot, uint64_t interval)
{
    const uint32_t index = page_row(l, page, slot);
    struct page_member *row = table_edit(&l->page_members, index);
    state_mark(l, STORE_STATEMENTS, page * l->sizes.members + slot - 1);
    if (row->interval != interval)
        begin_row(l, index, row, interval);
    return row;
}

/* Saves the row; what it holds is reached by way of the book. */
void page_energy_edit(struct ledger *l, uint32_t page, uint32_t slot, uint64_t interval)
{
    page_edit(l, page, slot, interval);
    const void *row = table_edit(&l->page_energies, page_row(l, page, slot));
    (void)row;
}

struct qot_counts *page_counts_edit(struct ledger *l, uint32_t page, uint32_t slot,
                                    uint64_t interval)
{
    page_edit(l, page, slot, interval);
    return table_edit(&l->page_counts, page_row(l, page, slot));
}

struct energy_book page_book(const struct ledger *l, uint32_t place)
{
    const struct ledger_interval *interval = interval_get(l, place);
    assert(interval->page > 0);
    struct energy_account *rows = (struct energy_account *)(void *)l->page_energies.rows;
    return (struct energy_book){.accounts =
                                    rows + (size_t)(interval->page - 1) * (l->sizes.members + 1),
                                .slot_max = l->sizes.members,
                                .delivered_wh = interval->delivered_wh,
                                .held_wh = interval->held_wh};
}

void page_book_keep(struct ledger *l, uint32_t place, const struct energy_book *book)
{
    struct ledger_interval *interval = interval_edit(l, place);
    assert(book->held_wh == book->delivered_wh); /* RULE ledger.5 */
    interval->delivered_wh = book->delivered_wh;
    interval->held_wh = book->held_wh;
}

static uint32_t *list_of(const struct ledger *l, uint32_t page)
{
    return l->index.contracts.stated + (size_t)page * l->sizes.members;
}

void page_list_add(struct ledger *l, uint32_t page, uint32_t slot)
{
    uint32_t *count = &l->index.contracts.stated_count[page];
    assert(*count < l->sizes.members);
    list_of(l, page)[(*count)++] = slot;
}

/* Only an ejection takes a statement away, so this may search. */
void page_list_remove(struct ledger *l, uint32_t page, uint32_t slot)
{
    uint32_t *list = list_of(l, page);
    uint32_t *count = &l->index.contracts.stated_count[page];
    uint32_t at = 0;
    while (at < *count && list[at] != slot)
        at++;
    assert(at < *count);
    list[at] = list[--*count];
}

void page_list_clear(struct ledger *l, uint32_t page)
{
    l->index.contracts.stated_count[page] = 0;
}

static void list_again(struct ledger *l, const struct ledger_interval *interval)
{
    const uint32_t page = interval->page - 1;
    for (uint32_t slot = 1; slot <= member_count(l); slot++) {
        if (page_get(l, page, slot, interval->number)->has_stated)
            page_list_add(l, page, slot);
    }
}

void page_list_rebuild(struct ledger *l)
{
    for (uint32_t page = 0; page < l->sizes.pages; page++)
        page_list_clear(l, page);
    for (uint32_t place = 0; place < l->sizes.intervals; place++) {
        const struct ledger_interval *interval = interval_get(l, place);
        if (interval->is_used && interval->window == INTERVAL_OPEN)
            list_again(l, interval);
    }
}
