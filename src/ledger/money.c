/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/money.h"

#include "ledger/ever.h"
#include "ledger/layout.h"
#include "ledger/state.h"
#include "ledger/values.h"

#include <assert.h>
#include <string.h>

enum { DAY_MS = 86400000, MADE_MAX = 2 };

static struct money_index *index_of(struct ledger *l)
{
    return &l->index.money;
}

void money_layout(struct layout *y, struct ledger *l)
{
    uint32_t places = 1;
    while (places < 2 * l->sizes.references)
        places *= 2;
    struct hash *memory = layout_raw(y, places, sizeof *memory);
    if (y->arena)
        l->index.money.references = (struct reference_set){.places = memory, .place_count = places};
    layout_places(y, &l->index.money.places, l->sizes.payouts);
    layout_ids(y, &l->index.money.by_number, l->sizes.payouts);
}

void money_init(struct ledger *l)
{
    l->head->funds = (struct funds){.accounts = (struct funds_account *)(void *)l->accounts.rows,
                                    .days = table_edit(&l->days, 0),
                                    .day_max = 1, /* T never goes back */
                                    .has_day_limit = true};
}

void money_rebuild(struct ledger *l)
{
    struct money_index *index = index_of(l);
    const uint32_t places = index->references.place_count;
    memset(index->references.places, 0, places * sizeof *index->references.places);
    reference_set_init(&index->references, index->references.places, places);
    for (uint32_t i = 0; i < l->head->reference_count; i++)
        reference_set_add(&index->references, &l->references[i]);
    l->head->funds.references = index->references;
    places_clear(&index->places);
    id_map_clear(&index->by_number);
    for (uint32_t i = 0; i < l->sizes.payouts; i++) {
        const struct payout *p = table_get(&l->payouts, i);
        if (p->number == 0)
            continue;
        places_occupy(&index->places, i);
        id_map_insert(&index->by_number, p->number, i);
    }
}

void money_open_account(struct ledger *l, uint32_t slot)
{
    struct funds_account *account = account_edit(l, slot);
    *account = (struct funds_account){.known = true};
    l->head->funds.slot_max = slot;
}

/* The rows that an event may change besides its hold's. */
static void save_accounts(struct ledger *l, const struct funds_event *ev)
{
    const struct funds_request *request = l->head->funds.requests;
    if (ev->member > 0 && member_find(l, ev->member))
        account_edit(l, ev->member);
    if (ev->hold && ev->hold->buyer > 0)
        account_edit(l, ev->hold->buyer);
    if (ev->request > 0)
        account_edit(l, request->member);
    if (ev->kind == FUNDS_DEPOSIT) {
        struct funds_day *day = table_edit(&l->days, 0);
        (void)day;
    }
}

static struct payout *payout_edit(struct ledger *l, uint32_t place)
{
    state_mark(l, STORE_PAYOUTS, place);
    return table_edit(&l->payouts, place);
}

static void log_payout(struct ledger *l, const struct payout *p, enum funds_request_state state)
{
    struct bytes_writer *w = log_begin(l, RECORD_PAYOUT);
    bytes_write_u64(w, p->number);
    bytes_write_u8(w, (uint8_t)state);
    bytes_write_u32(w, p->member);
    bytes_write_u64(w, (uint64_t)p->micro);
    log_end(l);
}

/* Withdrawals that a step has begun become rows. */
static void keep_made(struct ledger *l, const struct funds_request *made, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t place = places_take(&index_of(l)->places);
        assert(place != PLACES_NONE);
        struct payout *p = payout_edit(l, place);
        *p = (struct payout){.number = ++l->head->payout_last,
                             .member = made[i].member,
                             .micro = made[i].amount.micro};
        id_map_insert(&index_of(l)->by_number, p->number, place);
        log_payout(l, p, REQUEST_OPEN);
    }
}

/* RULE join.10: where every row is taken the money of closed members stays available, and the
 * treasury asks for it. What members ask for leaves most rows to the others: withdraw_request_op.
 */
static uint32_t room_for_made(const struct ledger *l)
{
    const struct places *places = &l->index.money.places;
    const uint32_t room = places->capacity - places->count;
    return room < MADE_MAX ? room : MADE_MAX;
}

/* core/funds.h numbers withdrawals by their places; it is shown those of this step only. */
static enum err step_with(struct ledger *l, const struct funds_event *ev,
                          struct funds_request *requests, uint32_t count)
{
    struct funds *funds = &l->head->funds;
    const uint32_t references = funds->references.used;
    funds->requests = requests;
    funds->request_count = count;
    funds->request_max = count + room_for_made(l);
    funds->deposit_day_max.micro = (int64_t)l->params->limits.deposit_day_max_micro;
    enum err code = funds_check(funds, ev);
    if (code == ERR_OK) {
        save_accounts(l, ev);
        code = funds_step(funds, ev);
        keep_made(l, requests + count, funds->request_count - count);
    }
    if (funds->references.used > references)
        ever_add(l, EVER_REFERENCE, &ev->reference);
    funds->requests = NULL;
    index_of(l)->references = funds->references;
    return code;
}

enum err money_step(struct ledger *l, const struct funds_event *ev)
{
    struct funds_request made[MADE_MAX];
    assert(ev->request == 0);
    return step_with(l, ev, made, 0);
}

void money_do(struct ledger *l, const struct funds_event *ev)
{
    const enum err code = money_step(l, ev);
    assert(code == ERR_OK);
}

int64_t money_of_buyer(const struct ledger *l, uint32_t slot)
{
    const struct funds_account *a = account_get(l, slot);
    return a->available.micro + a->credit_limit.micro;
}

static bool has_reference_room(const struct ledger *l)
{
    return l->head->reference_count < l->sizes.references;
}

static void log_deposit(struct ledger *l, const struct deposit *op)
{
    struct bytes_writer *w = log_begin(l, RECORD_DEPOSIT);
    bytes_write_u32(w, op->member);
    bytes_write_u64(w, (uint64_t)op->amount_micro);
    bytes_write_span(w, (struct span){op->reference.bytes, HASH_BYTES});
    bytes_write_u64(w, op->sequence);
    log_end(l);
}

/* RULE funds.1 */
enum err deposit_op(struct ledger *l, const struct op_signer *s, const struct deposit *op)
{
    const struct funds_event ev = {.kind = FUNDS_DEPOSIT,
                                   .member = op->member,
                                   .amount = {op->amount_micro},
                                   .reference = op->reference,
                                   .t_of_n = op->sequence > 0,
                                   .day = l->now.t_ms / DAY_MS};
    (void)s;
    if (op->sequence > 0 && op->sequence != l->head->authority_sequence + 1)
        return ERR_AUTHORITY_SEQUENCE;
    if (!has_reference_room(l))
        return ERR_REFERENCES_FULL;
    const enum err code = money_step(l, &ev);
    if (code != ERR_OK)
        return code;
    if (op->sequence > 0)
        l->head->authority_sequence = op->sequence;
    log_deposit(l, op);
    return ERR_OK;
}

/* Who may ask: a member for itself, the treasury for a closed one (RULE join.10). */
static enum err check_asker(const struct ledger *l, const struct op_signer *s,
                            const struct withdraw_request *op)
{
    if (s->role == SIGNER_MEMBER)
        return op->member == 0 ? ERR_OK : ERR_OP_SIGNER;
    if (op->member == 0)
        return ERR_OP_SIGNER;
    if (!member_find(l, op->member))
        return ERR_NO_MEMBER;
    return account_get(l, op->member)->closed ? ERR_OK : ERR_OP_SIGNER;
}

/* Members leave room for what closings and settlements of closed members make. */
static uint32_t asked_max(const struct ledger *l, const struct op_signer *s)
{
    const uint32_t kept = s->role == SIGNER_MEMBER ? l->sizes.contracts + l->sizes.members : 0;
    return l->sizes.payouts - kept;
}

enum err withdraw_request_op(struct ledger *l, const struct op_signer *s,
                             const struct withdraw_request *op)
{
    const struct funds_event ev = {.kind = FUNDS_WITHDRAW_REQUEST,
                                   .member = op->member > 0 ? op->member : s->slot,
                                   .amount = {op->amount_micro}};
    const enum err refused = check_asker(l, s, op);
    if (refused != ERR_OK)
        return refused;
    if (l->index.money.places.count >= asked_max(l, s))
        return ERR_PAYOUTS_FULL;
    return money_step(l, &ev);
}

/* What a payout's end does; the row is free then. */
static enum err end_payout(struct ledger *l, struct funds_event *ev, uint64_t number)
{
    uint32_t place;
    if (!id_map_find(&index_of(l)->by_number, number, &place))
        return ERR_NO_PAYOUT;
    const struct payout row = *(const struct payout *)table_get(&l->payouts, place);
    struct funds_request requests[1 + MADE_MAX] = {
        {.member = row.member, .state = REQUEST_OPEN, .amount = {row.micro}}};
    ev->request = 1;
    const enum err code = step_with(l, ev, requests, 1);
    if (code != ERR_OK)
        return code;
    log_payout(l, &row, requests[0].state);
    *payout_edit(l, place) = (struct payout){.number = 0};
    id_map_remove(&index_of(l)->by_number, number);
    places_give(&index_of(l)->places, place);
    return ERR_OK;
}

enum err withdraw_paid_op(struct ledger *l, const struct op_signer *s,
                          const struct withdraw_paid *op)
{
    struct funds_event ev = {.kind = FUNDS_WITHDRAW_PAID, .reference = op->reference};
    (void)s;
    if (!has_reference_room(l))
        return ERR_REFERENCES_FULL;
    return end_payout(l, &ev, op->request);
}

enum err withdraw_rejected_op(struct ledger *l, const struct op_signer *s,
                              const struct withdraw_rejected *op)
{
    struct funds_event ev = {.kind = FUNDS_WITHDRAW_REJECTED};
    (void)s;
    return end_payout(l, &ev, op->request);
}

/* RULE funds.2 */
enum err credit_limit_op(struct ledger *l, const struct op_signer *s, const struct credit_limit *op)
{
    const struct funds_event ev = {
        .kind = FUNDS_CREDIT_LIMIT, .member = op->member, .amount = {op->limit_micro}};
    (void)s;
    const enum err code = money_step(l, &ev);
    if (code != ERR_OK)
        return code;
    struct bytes_writer *w = log_begin(l, RECORD_CREDIT);
    bytes_write_u32(w, op->member);
    bytes_write_u64(w, (uint64_t)op->limit_micro);
    log_end(l);
    return ERR_OK;
}

static void payout_io(struct row_io *io, struct payout *p)
{
    row_kind(io, ROW_PAYOUT);
    row_u64(io, &p->number);
    row_u32(io, &p->member);
    row_i64(io, &p->micro);
}

void payout_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    struct payout copy = *(const struct payout *)table_get(&l->payouts, leaf);
    v->number = copy.number;
    if (copy.number > 0)
        payout_io(&v->io, &copy);
    else
        row_kind(&v->io, ROW_FREE);
}

void payout_read(struct ledger *l, uint32_t leaf, struct row_io *io)
{
    payout_io(io, table_fill(&l->payouts, leaf));
}
