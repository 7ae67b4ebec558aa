/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/feed.h"

#include "core/params.h"
#include "crypto/vrf.h"
#include "ledger/state.h"

#include <string.h>

enum { SETTINGS_MAX = 3, VERDICTS_MAX = 4, AMOUNT_MICRO = 5000 };

static const struct ledger *ledger_of(const struct feed *f)
{
    return f->h->w->ledger;
}

static uint32_t some_home(struct feed *f)
{
    return 1 + feed_byte(f) % f->h->w->options.homes;
}

static uint32_t some_slot(struct feed *f)
{
    const uint32_t slot = f->h->w->homes[some_home(f)].slot;
    return (uint32_t)feed_near(f, slot > 0 ? slot : 1, 1, WIRE_SLOTS_MAX);
}

static struct hash some_hash(struct feed *f)
{
    return honest_hash("fed", feed_byte(f));
}

static uint64_t sequence(struct feed *f)
{
    f->who = WORLD_AUTHORITY;
    return feed_near(f, honest_sequence(f->h), 1, WIRE_NUMBER_MAX);
}

static void seal(struct feed *f, struct op *op)
{
    world_seal(f->h->w, op);
}

/* A request in this state, or in any. */
static const struct join *some_join(struct feed *f, enum request_state state)
{
    const struct ledger *l = ledger_of(f);
    const uint32_t first = feed_byte(f);
    const struct join *other = NULL;
    for (uint32_t i = 0; i < l->sizes.joins; i++) {
        const struct join *row = table_get(&l->joins, (first + i) % l->sizes.joins);
        if (row->number > 0 && row->machine.state == state)
            return row;
        other = row->number > 0 ? row : other;
    }
    return other;
}

static bool fill_join(struct feed *f, struct op *op)
{
    struct world *w = f->h->w;
    const uint8_t byte = feed_byte(f);
    for (uint32_t home = w->options.homes; home > 0; home--) {
        if (w->homes[home].slot > 0 || f->who > 0)
            continue;
        f->who = home;
    }
    if (f->who == 0)
        f->who = some_home(f);
    world_join_request(w, op, f->who, byte & 1);
    struct voucher *v = &op->join_request.voucher;
    v->feeder = (uint32_t)feed_near(f, v->feeder, 1, WIRE_FEEDERS_MAX);
    v->max_export_wh = (int64_t)feed_near(f, (uint64_t)v->max_export_wh, 0, WIRE_ENERGY_WH_MAX);
    v->expires_ms = feed_near(f, byte & 2 ? w->t_ms + 1 : v->expires_ms, 1, WIRE_NUMBER_MAX);
    if (byte & 4)
        v->household = w->homes[some_home(f)].voucher.household;
    if (byte & 8)
        v->nullifier = some_hash(f);
    if (byte & 16)
        memcpy(v->vrf_key.bytes, some_hash(f).bytes, HASH_BYTES);
    if (byte & 32)
        memset(v->household.bytes, 0, HASH_BYTES);
    return true;
}

static bool fill_issued(struct feed *f, struct op *op)
{
    const struct join *join = some_join(f, JOIN_VERIFIED);
    op->cert_issued = (struct cert_issued){0};
    op->cert_issued.sequence = sequence(f);
    op->cert_issued.request = feed_near(f, join ? join->number : 1, 1, WIRE_NUMBER_MAX);
    op->cert_issued.certificate = some_hash(f);
    op->cert_issued.csr = join ? join->csr : some_hash(f);
    op->cert_issued.expires_ms = feed_near(f, f->h->w->t_ms + 1, 1, WIRE_NUMBER_MAX);
    seal(f, op);
    return true;
}

static bool fill_admit(struct feed *f, struct op *op)
{
    const struct join *join = some_join(f, JOIN_PENDING);
    op->authority_admit = (struct authority_admit){0};
    op->authority_admit.sequence = sequence(f);
    op->authority_admit.request = feed_near(f, join ? join->number : 1, 1, WIRE_NUMBER_MAX);
    seal(f, op);
    return true;
}

static bool fill_revoked(struct feed *f, struct op *op)
{
    op->cert_revoked = (struct cert_revoked){0};
    op->cert_revoked.sequence = sequence(f);
    op->cert_revoked.member = some_slot(f);
    op->cert_revoked.key_is_lost = feed_byte(f) & 1;
    seal(f, op);
    return true;
}

static bool fill_erase(struct feed *f, struct op *op)
{
    const struct ledger *l = ledger_of(f);
    const struct join *join = some_join(f, JOIN_VERIFIED);
    const uint32_t first = feed_byte(f);
    for (uint32_t i = 0; join && i < join->had_documents.count && f->who == 0; i++)
        if (join->owes_erasure >> i & 1)
            f->who = f->h->w->home_of[join->had_documents.member[i]];
    uint64_t request = join ? join->number : 1;
    for (uint32_t i = 0; i < member_count(l) && f->who == 0; i++) {
        const uint32_t slot = 1 + (first + i) % member_count(l);
        if (!member_owes(member_get(l, slot)))
            continue;
        f->who = f->h->w->home_of[slot];
        request = member_get(l, slot)->owes_receipt[0];
    }
    op->erase_receipt.request = feed_near(f, request > 0 ? request : 1, 1, WIRE_NUMBER_MAX);
    return true;
}

/* The slot that the next block will be in, by its leader, with all that is pending. */
static bool fill_block(struct feed *f, struct op *op)
{
    const struct ledger *l = ledger_of(f);
    struct request_verdict *verdicts = arena_take(&f->h->w->ops, VERDICTS_MAX, sizeof *verdicts, 8);
    const struct pubkey *vrf;
    uint64_t epoch;
    uint32_t count = 0;
    const struct leader_seats *v = epoch_next_v(l, &vrf, &epoch);
    const uint64_t slot = feed_near(f, f->h->slot, 0, WIRE_NUMBER_MAX);
    for (uint32_t i = 0; i < l->sizes.joins && count < VERDICTS_MAX; i++) {
        const struct join *row = table_get(&l->joins, i);
        if (row->number > 0 && row->machine.state == JOIN_PENDING)
            verdicts[count++] = (struct request_verdict){row->number, feed_byte(f) % 4 != 3};
    }
    if (count == 0)
        verdicts[count++].request = feed_near(f, l->head->request_last + 1, 1, WIRE_NUMBER_MAX);
    f->who = f->h->w->home_of[leader_get(v, slot) == LEADER_NONE ? 1 : leader_get(v, slot)];
    op->verification_block = (struct verification_block){0};
    op->verification_block.slot = slot;
    op->verification_block.epoch = feed_near(f, epoch, 0, WIRE_NUMBER_MAX);
    op->verification_block.time_ms = feed_near(
        f, (l->times.t0_ms + slot * l->times.tau_ms) & WIRE_NUMBER_MAX, 0, WIRE_NUMBER_MAX);
    op->verification_block.previous = l->head->chain_head;
    op->verification_block.verdicts = verdicts;
    op->verification_block.verdict_count = count;
    return true;
}

/* A proof by the leader's key, of whatever the slot asks for. */
static bool fill_reveal(struct feed *f, struct op *op)
{
    const struct ledger *l = ledger_of(f);
    const struct pubkey *vrf;
    uint64_t epoch;
    uint8_t input[BEACON_INPUT_BYTES] = {0};
    struct seed seed;
    const struct leader_seats *v = epoch_next_v(l, &vrf, &epoch);
    const uint64_t slot = feed_near(f, f->h->slot, 0, WIRE_NUMBER_MAX);
    const uint32_t leader = leader_get(v, slot);
    f->who = leader == LEADER_NONE ? 1 : f->h->w->home_of[leader];
    op->beacon_reveal =
        (struct beacon_reveal){.epoch = feed_near(f, epoch, 0, WIRE_NUMBER_MAX), .slot = slot};
    memset(op->beacon_reveal.proof.bytes, feed_byte(f), VRF_PROOF_BYTES);
    if (f->who > 0 && world_vrf_seed(f->h->w, f->who, &f->h->w->homes[f->who].keys.vrf, &seed))
        vrf_prove(&op->beacon_reveal.proof, &seed, (struct span){input, sizeof input});
    return true;
}

static bool fill_rotate(struct feed *f, struct op *op)
{
    f->who = some_home(f);
    if (f->h->w->homes[f->who].slot == 0)
        return false;
    world_sign_rotate(f->h->w, op, f->who);
    if (feed_byte(f) & 1)
        op->key_rotate.vrf_key = f->h->w->homes[some_home(f)].keys.vrf;
    return true;
}

static bool fill_deposit(struct feed *f, struct op *op)
{
    const uint8_t byte = feed_byte(f);
    f->who = WORLD_TREASURY;
    op->deposit = (struct deposit){0};
    op->deposit.member = some_slot(f);
    op->deposit.amount_micro = (int64_t)feed_near(f, AMOUNT_MICRO, 0, WIRE_MONEY_MICRO_MAX);
    op->deposit.reference =
        byte & 2 ? some_hash(f) : honest_hash("bank", 1000000 + f->h->references++);
    if (!(byte & 1))
        return true;
    op->deposit.sequence = feed_near(f, honest_sequence(f->h), 1, WIRE_NUMBER_MAX);
    seal(f, op);
    return true;
}

static const struct payout *some_payout(struct feed *f)
{
    const struct ledger *l = ledger_of(f);
    const uint32_t first = feed_byte(f);
    for (uint32_t i = 0; i < l->sizes.payouts; i++) {
        const struct payout *row = table_get(&l->payouts, (first + i) % l->sizes.payouts);
        if (row->number > 0)
            return row;
    }
    return NULL;
}

static bool fill_payout(struct feed *f, struct op *op)
{
    const struct payout *row = some_payout(f);
    const uint64_t number = feed_near(f, row ? row->number : 1, 1, WIRE_NUMBER_MAX);
    f->who = WORLD_TREASURY;
    if (op->kind == OP_WITHDRAW_PAID)
        op->withdraw_paid = (struct withdraw_paid){
            .request = number, .reference = honest_hash("paid", f->h->references++)};
    else
        op->withdraw_rejected = (struct withdraw_rejected){
            .request = number,
            .reason = (enum payout_reason)feed_near(f, PAYOUT_BANK, PAYOUT_ACCOUNT, PAYOUT_OTHER)};
    return true;
}

static bool fill_withdraw(struct feed *f, struct op *op)
{
    const uint8_t byte = feed_byte(f);
    f->who = byte & 1 ? WORLD_TREASURY : some_home(f);
    op->withdraw_request = (struct withdraw_request){0};
    op->withdraw_request.member = byte & 1 ? some_slot(f) : 0;
    op->withdraw_request.amount_micro = (int64_t)feed_near(f, 1, 0, WIRE_MONEY_MICRO_MAX);
    return true;
}

static bool is_number(const struct param *param)
{
    return param && (param->kind == PARAM_IS_NUMBER || param->kind == PARAM_IS_CHOICE);
}

static void fill_number(struct feed *f, struct parameter_setting *s, const struct param *param)
{
    const uint64_t least = param->least < WIRE_NUMBER_MAX ? param->least : 0;
    const uint64_t most = param->most < WIRE_NUMBER_MAX ? param->most : WIRE_NUMBER_MAX;
    s->value = feed_near(f, params_get(ledger_of(f)->params, param), least, most);
}

/* An item of a list, a key or a text. */
static void fill_bytes(struct feed *f, struct parameter_setting *s)
{
    const bool is_key = s->parameter == PARAM_AUTHORITY_KEYS || s->parameter == PARAM_TREASURY;
    const uint8_t byte = feed_byte(f);
    uint8_t *bytes = arena_take(&f->h->w->ops, WIRE_TEXT_BYTES_MAX, 1, 1);
    s->value = feed_near(f, 1, 0, WIRE_NUMBER_MAX);
    s->index = (uint32_t)feed_near(f, s->parameter == PARAM_FEES ? 65537 : 1, 0, UINT32_MAX);
    memset(bytes, 'a' + byte % 26, WIRE_TEXT_BYTES_MAX);
    s->bytes = (struct span){bytes, byte & 128 ? byte % (WIRE_TEXT_BYTES_MAX + 1) : 0};
    if (is_key)
        s->bytes.len = byte & 64 ? 0 : PUBKEY_BYTES;
    if (s->bytes.len > 0)
        s->value = 0;
}

static void fill_setting(struct feed *f, struct parameter_setting *s, uint32_t after)
{
    const uint32_t number = after + 1 + feed_byte(f) % (PARAM_FOUNDERS + 1);
    const struct param *param = params_find(number);
    *s = (struct parameter_setting){.parameter = number};
    if (is_number(param))
        fill_number(f, s, param);
    else
        fill_bytes(f, s);
}

static bool fill_change(struct feed *f, struct op *op)
{
    const struct ledger *l = ledger_of(f);
    struct parameter_setting *settings =
        arena_take(&f->h->w->ops, SETTINGS_MAX, sizeof *settings, 8);
    const uint32_t count = 1 + feed_byte(f) % SETTINGS_MAX;
    const uint64_t soon = clock_interval(&l->times, f->h->t_ms + l->params->windows.param_delay_ms);
    for (uint32_t i = 0; i < count; i++)
        fill_setting(f, &settings[i], i > 0 ? settings[i - 1].parameter : 0);
    op->parameter_change = (struct parameter_change){0};
    op->parameter_change.sequence = sequence(f);
    op->parameter_change.from_interval = feed_near(f, soon + 1, 1, WIRE_NUMBER_MAX);
    op->parameter_change.settings = settings;
    op->parameter_change.setting_count = count;
    seal(f, op);
    return true;
}

static bool fill_renew(struct feed *f, struct op *op)
{
    f->who = some_home(f);
    op->cert_renew = (struct cert_renew){0};
    op->cert_renew.certificate = some_hash(f);
    op->cert_renew.expires_ms = feed_near(f, f->h->w->t_ms + 1, 1, WIRE_NUMBER_MAX);
    return true;
}

static bool fill_funds(struct feed *f, struct op *op)
{
    switch ((int)op->kind) {
    case OP_DEPOSIT:
        return fill_deposit(f, op);
    case OP_WITHDRAW_REQUEST:
        return fill_withdraw(f, op);
    case OP_CREDIT_LIMIT:
        f->who = WORLD_TREASURY;
        op->credit_limit.member = some_slot(f);
        op->credit_limit.limit_micro = (int64_t)feed_near(f, AMOUNT_MICRO, 0, WIRE_MONEY_MICRO_MAX);
        return true;
    default:
        return fill_payout(f, op);
    }
}

static bool fill_member(struct feed *f, struct op *op)
{
    switch ((int)op->kind) {
    case OP_VOLUNTEER:
        f->who = some_home(f);
        op->volunteer.on = feed_byte(f) & 1;
        return true;
    case OP_KEY_ROTATE:
        return fill_rotate(f, op);
    case OP_CERT_RENEW:
        return fill_renew(f, op);
    case OP_ERASE_RECEIPT:
        return fill_erase(f, op);
    default: /* OP_LEAVE */
        f->who = some_home(f);
        return true;
    }
}

static bool fill_identity(struct feed *f, struct op *op)
{
    switch ((int)op->kind) {
    case OP_BEACON_REVEAL:
        return fill_reveal(f, op);
    case OP_VERIFICATION_BLOCK:
        return fill_block(f, op);
    case OP_JOIN_REQUEST:
        return fill_join(f, op);
    case OP_CERT_ISSUED:
        return fill_issued(f, op);
    case OP_CERT_REVOKED:
        return fill_revoked(f, op);
    case OP_AUTHORITY_ADMIT:
        return fill_admit(f, op);
    default:
        return fill_change(f, op);
    }
}

bool feed_fill(struct feed *f, struct op *op)
{
    switch ((int)op->kind) {
    case OP_ORDER:
    case OP_ORDER_CANCEL:
    case OP_INTERVAL_STATEMENT:
    case OP_BALLOT:
    case OP_LEADER_EXEC:
    case OP_LEADER_FINAL:
    case OP_AGREEMENT:
    case OP_MEMBER_EVIDENCE:
        return feed_fill_trade(f, op);
    case OP_DEPOSIT:
    case OP_WITHDRAW_REQUEST:
    case OP_WITHDRAW_PAID:
    case OP_WITHDRAW_REJECTED:
    case OP_CREDIT_LIMIT:
        return fill_funds(f, op);
    case OP_VOLUNTEER:
    case OP_KEY_ROTATE:
    case OP_CERT_RENEW:
    case OP_LEAVE:
    case OP_ERASE_RECEIPT:
        return fill_member(f, op);
    default:
        return fill_identity(f, op);
    }
}
