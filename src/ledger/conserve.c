/* SPDX-License-Identifier: Apache-2.0 */
#include "base/price.h"
#include "core/energy_book.h"
#include "ledger/state.h"

/* What is withdrawing are the open payouts (RULE funds.1). */
static bool payouts_are_whole(const struct ledger *l)
{
    i128 sum = 0;
    for (uint32_t i = 0; i < l->sizes.payouts; i++) {
        const struct payout *p = table_get(&l->payouts, i);
        if (p->number > 0)
            sum += p->micro;
    }
    return sum == l->head->funds.withdrawing.micro;
}

/* Until the contract closes reserved and escrow are its reservation, then nothing. */
static bool hold_is_sound(const struct ledger_contract *c)
{
    const struct funds_hold *h = &c->hold;
    struct money payment;
    if (c->machine.number == 0)
        return true;
    if (contract_is_closed(&c->machine))
        return h->state == HOLD_CLOSED;
    return (h->state == HOLD_RESERVED || h->state == HOLD_ESCROWED) && h->reserved.micro >= 0 &&
           h->escrow.micro >= 0 && price_payment(&payment, c->terms.price, c->terms.energy) &&
           h->reserved.micro + h->escrow.micro == payment.micro;
}

/* What is reserved or in escrow belongs to a contract that is open (RULE trade.1, trade.8). */
static bool holds_are_whole(const struct ledger *l)
{
    i128 reserved = 0, escrow = 0;
    for (uint32_t i = 0; i < l->sizes.contracts; i++) {
        const struct ledger_contract *c = table_get(&l->contracts, i);
        if (!hold_is_sound(c))
            return false;
        if (c->machine.number == 0 || contract_is_closed(&c->machine))
            continue;
        reserved += c->hold.reserved.micro;
        escrow += c->hold.escrow.micro;
    }
    return reserved == l->head->funds.reserved.micro && escrow == l->head->funds.escrow.micro;
}

/* Of one member in an interval; a row of an interval past is empty. False if a term is negative. */
static bool add_energy(const struct ledger *l, const struct ledger_interval *interval,
                       uint32_t slot, struct energy_account *sum)
{
    const uint32_t row = (interval->page - 1) * (l->sizes.members + 1) + slot;
    const struct page_member *said = table_get(&l->page_members, row);
    const struct energy_account *a = table_get(&l->page_energies, row);
    if (said->interval != interval->number)
        return true;
    sum->title.wh += a->title.wh;
    sum->escrow.wh += a->escrow.wh;
    sum->received.wh += a->received.wh;
    return a->title.wh >= 0 && a->escrow.wh >= 0 && a->received.wh >= 0;
}

/* Terms are at most WIRE_ENERGY_WH_MAX a statement, so sums over all members fit 64 bits. */
static bool energy_is_whole(const struct ledger *l, const struct ledger_interval *interval)
{
    struct energy_account sum = {{0}, {0}, {0}};
    for (uint32_t slot = 1; slot <= member_count(l); slot++)
        if (!add_energy(l, interval, slot, &sum))
            return false;
    const i128 held = (i128)sum.title.wh + sum.escrow.wh + sum.received.wh;
    return held == interval->held_wh && held == interval->delivered_wh;
}

bool ledger_sums_hold(const struct ledger *l)
{
    bool holds = funds_is_conserved(&l->head->funds);
    for (uint32_t i = 0; i < l->accounts.touched_count; i++)
        holds = holds && funds_account_is_sound(table_get(&l->accounts, l->accounts.touched[i]));
    for (uint32_t i = 0; i < l->contracts.touched_count; i++)
        holds = holds && hold_is_sound(table_get(&l->contracts, l->contracts.touched[i]));
    for (uint32_t i = 0; i < l->sizes.intervals; i++) {
        const struct ledger_interval *interval = table_get(&l->intervals, i);
        if (interval->is_used && interval->page > 0)
            holds = holds && interval->held_wh == interval->delivered_wh;
    }
    return holds;
}

/* RULE ledger.5 */
bool ledger_is_conserved(const struct ledger *l)
{
    if (!funds_is_conserved_in_full(&l->head->funds) || !payouts_are_whole(l) ||
        !holds_are_whole(l))
        return false;
    for (uint32_t i = 0; i < l->sizes.intervals; i++) {
        const struct ledger_interval *interval = table_get(&l->intervals, i);
        if (interval->is_used && interval->page > 0 && !energy_is_whole(l, interval))
            return false;
    }
    return true;
}
