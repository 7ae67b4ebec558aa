/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/member.h"

#include "base/sort.h"
#include "ledger/member_index.h"
#include "ledger/scores.h"
#include "ledger/state.h"

#include <assert.h>

/* ---- rows ------------------------------------------------------------------------------------ */

uint32_t member_count(const struct ledger *l)
{
    return l->head->member_count;
}

const struct member *member_find(const struct ledger *l, uint32_t slot)
{
    return slot > 0 && slot <= member_count(l) ? table_get(&l->members, slot) : NULL;
}

const struct member *member_get(const struct ledger *l, uint32_t slot)
{
    const struct member *m = member_find(l, slot);
    assert(m);
    return m;
}

static void *edit(struct ledger *l, struct table *t, uint32_t slot)
{
    assert(slot > 0 && slot <= member_count(l));
    state_mark(l, STORE_MEMBERS, slot - 1);
    return table_edit(t, slot);
}

struct member *member_edit(struct ledger *l, uint32_t slot)
{
    return edit(l, &l->members, slot);
}

const struct standing *standing_get(const struct ledger *l, uint32_t slot)
{
    assert(member_find(l, slot));
    return table_get(&l->standings, slot);
}

struct standing *standing_edit(struct ledger *l, uint32_t slot)
{
    return edit(l, &l->standings, slot);
}

const struct funds_account *account_get(const struct ledger *l, uint32_t slot)
{
    assert(member_find(l, slot));
    return table_get(&l->accounts, slot);
}

struct funds_account *account_edit(struct ledger *l, uint32_t slot)
{
    return edit(l, &l->accounts, slot);
}

bool member_is_live(const struct member *m)
{
    return m->status == STATUS_ACTIVE || m->status == STATUS_LEAVING;
}

const struct member_keys *member_keys_next(const struct member *m)
{
    return m->has_next_keys ? &m->next_keys : &m->keys;
}

void member_set_absent(struct ledger *l, uint32_t slot, bool is_absent)
{
    member_edit(l, slot)->is_absent = is_absent;
    member_index_look(l, slot);
}

/* ---- receipts (RULE join.9) ------------------------------------------------------------------ */

bool member_owes(const struct member *m)
{
    for (uint32_t i = 0; i < SIZES_RECEIPTS; i++)
        if (m->owes_receipt[i] != 0)
            return true;
    return false;
}

void member_owe(struct ledger *l, uint32_t slot, uint64_t request)
{
    const struct member *m = member_get(l, slot);
    if (!member_is_live(m))
        return;
    for (uint32_t i = 0; i < SIZES_RECEIPTS; i++) {
        if (m->owes_receipt[i] != 0)
            continue;
        member_edit(l, slot)->owes_receipt[i] = request;
        return;
    }
}

/* ---- coming ---------------------------------------------------------------------------------- */

/* RULE join.12: whoever comes from a household stands no better than its members do or did. */
static int32_t score_of_household(const struct ledger *l, uint32_t first)
{
    int32_t score = 0;
    for (uint32_t slot = first; slot != 0;) {
        const int32_t again = standing_rejoin(standing_get(l, slot)->score);
        score = again < score ? again : score;
        slot = household_next(l, slot);
        if (slot == first)
            break;
    }
    return score;
}

static struct member born(const struct ledger *l, const struct member_birth *birth)
{
    const struct voucher *v = birth->voucher;
    return (struct member){
        .status = STATUS_ACTIVE,
        .is_founder = birth->is_founder,
        .is_volunteer = birth->is_volunteer,
        .feeder = v->feeder,
        .household_hash = v->household,
        .nullifier = v->nullifier,
        .payout = v->payout,
        .max_export_wh = v->max_export_wh,
        .max_import_wh = v->max_import_wh,
        .keys = {.sign = v->sign_key, .vrf = v->vrf_key, .seal = v->seal_key},
        .rotated_ms = l->now.a_ms,
        .certificates = {birth->certificate},
        .certificate_expires_ms = {birth->certificate_expires_ms},
        .admitted_height = l->now.height,
    };
}

uint32_t member_add(struct ledger *l, const struct member_birth *birth)
{
    const uint32_t first = household_first(l, &birth->voucher->household);
    const int32_t score = score_of_household(l, first);
    const uint32_t slot = ++l->head->member_count;
    assert(slot <= l->sizes.members);
    l->head->active_count++;
    struct member *m = member_edit(l, slot);
    *m = born(l, birth);
    m->household = first > 0 ? first : slot;
    struct standing *standing = standing_edit(l, slot);
    *standing = (struct standing){.slot = slot, .score = score, .live = true};
    standing_look(standing, l->head->active_count, l->now.interval, false);
    money_open_account(l, slot);
    member_index_add(l, slot);
    return slot;
}

/* RULE boot.1 */
void member_add_founder(struct ledger *l, const struct genesis_founder *founder)
{
    const struct member_birth birth = {.voucher = &founder->voucher,
                                       .certificate = founder->certificate,
                                       .certificate_expires_ms = founder->voucher.expires_ms,
                                       .is_founder = true,
                                       .is_volunteer = founder->volunteer};
    const uint32_t slot = member_add(l, &birth);
    keys_add(l, &member_get(l, slot)->keys);
    nullifier_hold(l, &founder->voucher.nullifier);
}

/* ---- going ----------------------------------------------------------------------------------- */

static void log_member(struct ledger *l, uint32_t slot)
{
    struct bytes_writer *w = log_begin(l, RECORD_MEMBER);
    bytes_write_u32(w, slot);
    bytes_write_u8(w, (uint8_t)member_get(l, slot)->status);
    log_end(l);
}

/* RULE join.10: what is left of contracts runs to its end; money follows as it is freed. */
static void close_member(struct ledger *l, uint32_t slot, enum member_status status)
{
    struct member *m = member_edit(l, slot);
    m->status = status;
    m->becomes = STATUS_NONE;
    standing_edit(l, slot)->live = false;
    l->head->active_count--;
    member_index_close(l, slot);
    market_cancel_of(l, slot);
    if (status == STATUS_REVOKED)
        trade_void_of(l, slot);
    if (status == STATUS_EJECTED)
        trade_drop_statements(l, slot);
    epoch_vacate(l, slot);
    trade_seat_vacant(l, slot);
    money_do(l, &(struct funds_event){.kind = FUNDS_CLOSE_MEMBER, .member = slot});
    log_member(l, slot);
}

enum err member_expel(struct ledger *l, uint32_t slot, enum member_status becomes)
{
    const struct member *m = member_get(l, slot);
    assert(becomes == STATUS_REVOKED || becomes == STATUS_EJECTED);
    if (!member_is_live(m) || m->becomes != STATUS_NONE)
        return ERR_WRONG_STATE;
    member_edit(l, slot)->becomes = becomes;
    member_index_note(l, slot);
    if (becomes == STATUS_EJECTED) {
        struct qot_book book;
        scores_open(l, &book, NULL);
        standing_edit(l, slot);
        qot_score_ejection(&book, slot);
        scores_close(l, &book);
    }
    return ERR_OK;
}

enum err member_leave(struct ledger *l, uint32_t slot)
{
    const struct member *m = member_get(l, slot);
    if (m->status != STATUS_ACTIVE || m->becomes != STATUS_NONE)
        return ERR_WRONG_STATE;
    member_edit(l, slot)->status = STATUS_LEAVING;
    member_index_look(l, slot);
    market_cancel_of(l, slot);
    epoch_vacate(l, slot);
    log_member(l, slot);
    member_has_closed(l, slot);
    return ERR_OK;
}

void member_has_closed(struct ledger *l, uint32_t slot)
{
    const struct member *m = member_get(l, slot);
    if (m->status == STATUS_LEAVING && m->open_contracts == 0)
        close_member(l, slot, STATUS_DEPARTED);
}

/* ---- phase 2 --------------------------------------------------------------------------------- */

/* RULE join.11: in the epoch whose draw has been asked for the old VRF key counts, so that nobody
 * chooses a key when the seed can be guessed. */
static void bind_keys(struct ledger *l, uint32_t slot)
{
    const struct epoch *epoch = &l->head->epoch;
    struct member *m = member_edit(l, slot);
    m->old_sign = m->keys.sign;
    m->old_sign_until = l->now.height;
    if (epoch->is_drawing && m->vrf_before_epoch != epoch->number + 1) {
        m->vrf_before = m->keys.vrf;
        m->vrf_before_epoch = epoch->number + 1;
    }
    m->keys = m->next_keys;
    m->has_next_keys = false;
}

/* The slots for which something binds, ascending. Returns how many. */
static uint32_t take_noted(struct ledger *l, struct sort_item **out)
{
    struct member_index *index = &l->index.members;
    const uint32_t count = index->to_bind_count;
    struct sort_item *items =
        arena_take_raw(&l->scratch, 2 * (size_t)count, sizeof *items, _Alignof(struct sort_item));
    assert(items || count == 0);
    for (uint32_t i = 0; i < count; i++)
        items[i] = (struct sort_item){index->to_bind[i], i};
    sort_items(items, items + count, count);
    index->to_bind_count = 0;
    *out = items;
    return count;
}

void members_bind(struct ledger *l)
{
    if (l->index.members.to_bind_count == 0)
        return;
    struct sort_item *items;
    const size_t mark = arena_mark(&l->scratch);
    const uint32_t count = take_noted(l, &items);
    for (uint32_t i = 0; i < count; i++)
        if (member_get(l, (uint32_t)items[i].key)->has_next_keys)
            bind_keys(l, (uint32_t)items[i].key);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t slot = (uint32_t)items[i].key;
        const struct member *m = member_get(l, slot);
        if (member_is_live(m) && m->becomes != STATUS_NONE)
            close_member(l, slot, m->becomes);
    }
    arena_reset(&l->scratch, mark);
}
