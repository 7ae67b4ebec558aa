/* SPDX-License-Identifier: Apache-2.0 */
#include "core/funds.h"

#include "base/wide.h"

#include <assert.h>

static const struct funds_account *account_find(const struct funds *f, uint32_t slot)
{
    return slot <= f->slot_max && f->accounts[slot].known ? &f->accounts[slot] : NULL;
}

static struct funds_account *account_get(struct funds *f, uint32_t slot)
{
    assert(account_find(f, slot));
    return &f->accounts[slot];
}

static const struct funds_request *request_find(const struct funds *f, uint64_t number)
{
    return number >= 1 && number <= f->request_count ? &f->requests[number - 1] : NULL;
}

static struct funds_day *day_find(const struct funds *f, uint64_t day)
{
    for (uint32_t i = f->day_count; i > 0; i--) {
        if (f->days[i - 1].day == day)
            return &f->days[i - 1];
    }
    return NULL;
}

static bool in_range(struct money amount, int64_t least, struct money total)
{
    return amount.micro >= least && amount.micro <= FUNDS_TOTAL_MAX - total.micro;
}

/* RULE funds.1: above the limit of a day, or 2^61 in all, the treasury's key alone is not enough.
 */
static bool needs_authority(const struct funds *f, const struct funds_event *ev)
{
    const struct funds_day *day = day_find(f, ev->day);
    const int64_t today = day ? day->deposited.micro : 0;
    const bool above_day =
        f->has_day_limit && (i128)today + ev->amount.micro > f->deposit_day_max.micro;
    return above_day || f->deposits.micro + ev->amount.micro > FUNDS_TREASURY_MAX;
}

static enum err check_deposit(const struct funds *f, const struct funds_event *ev)
{
    const struct funds_account *account = account_find(f, ev->member);
    if (!account)
        return ERR_NO_MEMBER;
    if (!in_range(ev->amount, 1, f->deposits))
        return ERR_AMOUNT_RANGE;
    if (reference_set_has(&f->references, &ev->reference))
        return ERR_DUPLICATE;
    if (account->closed)
        return ERR_MEMBER_CLOSED;
    return !ev->t_of_n && needs_authority(f, ev) ? ERR_NEEDS_AUTHORITY : ERR_OK;
}

/* RULE funds.2: a limit never falls below the debt. */
static enum err check_credit_limit(const struct funds *f, const struct funds_event *ev)
{
    const struct funds_account *account = account_find(f, ev->member);
    if (!account)
        return ERR_NO_MEMBER;
    const struct money others = {f->credit_limits.micro - account->credit_limit.micro};
    if (!in_range(ev->amount, 0, others))
        return ERR_AMOUNT_RANGE;
    return account->available.micro < -ev->amount.micro ? ERR_CREDIT_IN_USE : ERR_OK;
}

/* RULE funds.1: credit is not cash. A closed member's request is the treasury's (join.10). */
static enum err check_withdraw_request(const struct funds *f, const struct funds_event *ev)
{
    const struct funds_account *account = account_find(f, ev->member);
    if (!account)
        return ERR_NO_MEMBER;
    if (ev->amount.micro < 1)
        return ERR_AMOUNT_RANGE;
    return ev->amount.micro > account->available.micro ? ERR_FUNDS : ERR_OK;
}

static enum err check_withdraw_rejected(const struct funds *f, const struct funds_event *ev)
{
    const struct funds_request *request = request_find(f, ev->request);
    return request && request->state == REQUEST_OPEN ? ERR_OK : ERR_WRONG_STATE;
}

static enum err check_withdraw_paid(const struct funds *f, const struct funds_event *ev)
{
    const enum err bad = check_withdraw_rejected(f, ev);
    if (bad)
        return bad;
    return reference_set_has(&f->references, &ev->reference) ? ERR_DUPLICATE : ERR_OK;
}

/* RULE trade.1: what cannot be funded is refused. A payment may be 0 (a few Wh at a low price). */
static enum err check_reserve(const struct funds *f, const struct funds_event *ev)
{
    const struct funds_account *account = account_find(f, ev->member);
    if (!account)
        return ERR_NO_MEMBER;
    if (ev->amount.micro < 0)
        return ERR_AMOUNT_RANGE;
    if (ev->hold->state != HOLD_NONE)
        return ERR_WRONG_STATE;
    if (account->closed)
        return ERR_MEMBER_CLOSED;
    const i128 after = (i128)account->available.micro - ev->amount.micro;
    return after < -account->credit_limit.micro ? ERR_FUNDS : ERR_OK;
}

static enum err check_escrow(const struct funds *f, const struct funds_event *ev)
{
    (void)f;
    if (ev->amount.micro < 0)
        return ERR_AMOUNT_RANGE;
    if (ev->hold->state != HOLD_RESERVED)
        return ERR_WRONG_STATE;
    return ev->amount.micro > ev->hold->reserved.micro ? ERR_FUNDS : ERR_OK;
}

static enum err check_settle(const struct funds *f, const struct funds_event *ev)
{
    if (!account_find(f, ev->member))
        return ERR_NO_MEMBER;
    return ev->hold->state == HOLD_ESCROWED ? ERR_OK : ERR_WRONG_STATE;
}

static enum err check_refund(const struct funds *f, const struct funds_event *ev)
{
    (void)f;
    const bool is_open = ev->hold->state == HOLD_RESERVED || ev->hold->state == HOLD_ESCROWED;
    return is_open ? ERR_OK : ERR_WRONG_STATE;
}

static enum err check_close_member(const struct funds *f, const struct funds_event *ev)
{
    const struct funds_account *account = account_find(f, ev->member);
    if (!account)
        return ERR_NO_MEMBER;
    return account->closed ? ERR_MEMBER_CLOSED : ERR_OK;
}

/* Below, everything has been decided and nothing can fail: sums stay below 2^63 by the bounds
 * of the header. */

/* The only writer of an account's four places, and of their running sums. */
static void add(struct money *place, struct money *sum, int64_t micro)
{
    const struct money change = {micro};
    const bool fits = money_add(place, *place, change) && money_add(sum, *sum, change);
    assert(fits);
}

static void move_to_request(struct funds *f, uint32_t slot, struct money amount)
{
    struct funds_account *account = account_get(f, slot);
    assert(f->request_count < f->request_max);
    f->requests[f->request_count++] =
        (struct funds_request){.member = slot, .state = REQUEST_OPEN, .amount = amount};
    add(&account->available, &f->available, -amount.micro);
    add(&account->withdrawing, &f->withdrawing, amount.micro);
}

static bool has_room(const struct funds *f)
{
    return f->request_count < f->request_max;
}

/* RULE join.10: what a closed member gets beyond its debt becomes a request of its own; what it
 * already had (a rejected payout) stays; where no request has room all of it does. */
static void credit(struct funds *f, uint32_t slot, struct money amount)
{
    struct funds_account *account = account_get(f, slot);
    const int64_t before = account->available.micro;
    add(&account->available, &f->available, amount.micro);
    const int64_t beyond = before >= 0 ? amount.micro : account->available.micro;
    if (account->closed && beyond > 0 && has_room(f))
        move_to_request(f, slot, (struct money){beyond});
}

static void add_to_day(struct funds *f, const struct funds_event *ev)
{
    struct funds_day *day = day_find(f, ev->day);
    if (!day && f->day_count < f->day_max) {
        day = &f->days[f->day_count++];
        *day = (struct funds_day){.day = ev->day};
    } else if (!day) {
        for (uint32_t i = 1; i < f->day_count; i++)
            f->days[i - 1] = f->days[i];
        day = &f->days[f->day_count - 1];
        *day = (struct funds_day){.day = ev->day};
    }
    day->deposited.micro += ev->amount.micro; /* at most FUNDS_TOTAL_MAX, like all deposits */
}

static void apply_deposit(struct funds *f, const struct funds_event *ev)
{
    reference_set_add(&f->references, &ev->reference);
    add_to_day(f, ev);
    f->deposits.micro += ev->amount.micro;
    add(&account_get(f, ev->member)->available, &f->available, ev->amount.micro);
}

static void apply_credit_limit(struct funds *f, const struct funds_event *ev)
{
    struct funds_account *account = account_get(f, ev->member);
    f->credit_limits.micro += ev->amount.micro - account->credit_limit.micro;
    account->credit_limit = ev->amount;
}

static void apply_withdraw_request(struct funds *f, const struct funds_event *ev)
{
    move_to_request(f, ev->member, ev->amount);
}

static void apply_withdraw_paid(struct funds *f, const struct funds_event *ev)
{
    struct funds_request *request = &f->requests[ev->request - 1];
    reference_set_add(&f->references, &ev->reference);
    request->state = REQUEST_PAID;
    add(&account_get(f, request->member)->withdrawing, &f->withdrawing, -request->amount.micro);
    f->paid_out.micro += request->amount.micro;
}

static void apply_withdraw_rejected(struct funds *f, const struct funds_event *ev)
{
    struct funds_request *request = &f->requests[ev->request - 1];
    struct funds_account *account = account_get(f, request->member);
    request->state = REQUEST_REJECTED;
    add(&account->withdrawing, &f->withdrawing, -request->amount.micro);
    add(&account->available, &f->available, request->amount.micro);
}

static void apply_reserve(struct funds *f, const struct funds_event *ev)
{
    struct funds_account *account = account_get(f, ev->member);
    *ev->hold =
        (struct funds_hold){.state = HOLD_RESERVED, .buyer = ev->member, .reserved = ev->amount};
    add(&account->available, &f->available, -ev->amount.micro);
    add(&account->reserved, &f->reserved, ev->amount.micro);
}

static void apply_escrow(struct funds *f, const struct funds_event *ev)
{
    struct funds_hold *hold = ev->hold;
    struct funds_account *account = account_get(f, hold->buyer);
    hold->state = HOLD_ESCROWED;
    hold->reserved.micro -= ev->amount.micro;
    hold->escrow = ev->amount;
    add(&account->reserved, &f->reserved, -ev->amount.micro);
    add(&account->escrow, &f->escrow, ev->amount.micro);
}

/* RULE trade.8: escrow has two exits, settle and refund; @payee takes the escrowed part. */
static void release(struct funds *f, struct funds_hold *hold, uint32_t payee)
{
    struct funds_account *buyer = account_get(f, hold->buyer);
    add(&buyer->reserved, &f->reserved, -hold->reserved.micro);
    add(&buyer->escrow, &f->escrow, -hold->escrow.micro);
    if (payee == hold->buyer) {
        credit(f, payee, (struct money){hold->escrow.micro + hold->reserved.micro});
    } else {
        credit(f, payee, hold->escrow);
        credit(f, hold->buyer, hold->reserved);
    }
    *hold = (struct funds_hold){.state = HOLD_CLOSED, .buyer = hold->buyer};
}

static void apply_settle(struct funds *f, const struct funds_event *ev)
{
    release(f, ev->hold, ev->member);
}

static void apply_refund(struct funds *f, const struct funds_event *ev)
{
    release(f, ev->hold, ev->hold->buyer);
}

static void apply_close_member(struct funds *f, const struct funds_event *ev)
{
    struct funds_account *account = account_get(f, ev->member);
    account->closed = true;
    if (account->available.micro > 0 && has_room(f))
        move_to_request(f, ev->member, account->available);
}

static const struct {
    enum err (*check)(const struct funds *f, const struct funds_event *ev);
    void (*apply)(struct funds *f, const struct funds_event *ev);
} rules[FUNDS_KIND_COUNT] = {
    [FUNDS_DEPOSIT] = {check_deposit, apply_deposit},
    [FUNDS_CREDIT_LIMIT] = {check_credit_limit, apply_credit_limit},
    [FUNDS_WITHDRAW_REQUEST] = {check_withdraw_request, apply_withdraw_request},
    [FUNDS_WITHDRAW_PAID] = {check_withdraw_paid, apply_withdraw_paid},
    [FUNDS_WITHDRAW_REJECTED] = {check_withdraw_rejected, apply_withdraw_rejected},
    [FUNDS_RESERVE] = {check_reserve, apply_reserve},
    [FUNDS_HOLD_ESCROW] = {check_escrow, apply_escrow},
    [FUNDS_SETTLE] = {check_settle, apply_settle},
    [FUNDS_REFUND] = {check_refund, apply_refund},
    [FUNDS_CLOSE_MEMBER] = {check_close_member, apply_close_member},
};

enum err funds_check(const struct funds *f, const struct funds_event *ev)
{
    assert(ev->kind < FUNDS_KIND_COUNT);
    return rules[ev->kind].check(f, ev);
}

enum err funds_step(struct funds *f, const struct funds_event *ev)
{
    const enum err bad = funds_check(f, ev);
    if (!bad)
        rules[ev->kind].apply(f, ev);
    return bad;
}

bool funds_is_conserved(const struct funds *f)
{
    const i128 held =
        (i128)f->available.micro + f->withdrawing.micro + f->reserved.micro + f->escrow.micro;
    return held == (i128)f->deposits.micro - f->paid_out.micro;
}

bool funds_account_is_sound(const struct funds_account *a)
{
    return a->available.micro >= -a->credit_limit.micro && a->withdrawing.micro >= 0 &&
           a->reserved.micro >= 0 && a->escrow.micro >= 0;
}

bool funds_is_conserved_in_full(const struct funds *f)
{
    i128 available = 0, withdrawing = 0, reserved = 0, escrow = 0;
    for (uint32_t slot = 1; slot <= f->slot_max; slot++) {
        const struct funds_account *a = &f->accounts[slot];
        if (!funds_account_is_sound(a))
            return false;
        available += a->available.micro;
        withdrawing += a->withdrawing.micro;
        reserved += a->reserved.micro;
        escrow += a->escrow.micro;
    }
    return available == f->available.micro && withdrawing == f->withdrawing.micro &&
           reserved == f->reserved.micro && escrow == f->escrow.micro && funds_is_conserved(f);
}
