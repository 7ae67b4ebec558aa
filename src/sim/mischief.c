/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/mischief.h"

#include "crypto/vrf.h"
#include "ledger/state.h"

#include <string.h>

#define DAY_MS UINT64_C(86400000)

enum { TRADE_KINDS = 7 };

static uint32_t below(struct mischief *m, uint64_t count)
{
    return dice_below(&m->dice, count);
}

static bool hits(struct mischief *m, uint32_t times)
{
    return dice_hits(&m->dice, times);
}

static const struct ledger *state(const struct mischief *m)
{
    return m->w->ledger;
}

void mischief_init(struct mischief *m, struct honest *h, uint64_t seed)
{
    *m = (struct mischief){.w = h->w, .h = h, .dice = {seed}};
    m->kept = arena_take(&m->w->memory, MISCHIEF_KEPT, sizeof *m->kept, 64);
    world_insist(m->w, m->kept, "no room for mischief");
}

uint32_t mischief_home(struct mischief *m)
{
    const uint32_t home = mischief_live(m);
    return home == 0 || hits(m, 16) ? 1 + below(m, m->w->options.homes) : home;
}

uint32_t mischief_live(struct mischief *m)
{
    for (uint32_t i = 0; i < 20; i++) {
        const uint32_t home = 1 + below(m, m->w->options.homes);
        const struct member *member = member_find(state(m), m->w->homes[home].slot);
        if (member && member_is_live(member))
            return home;
    }
    return 0;
}

static uint32_t any_slot(struct mischief *m)
{
    return 1 + below(m, m->w->member_count + 1);
}

/* ---- joining, certificates ------------------------------------------------------------------- */

static void say_join(struct mischief *m)
{
    const uint32_t home = 1 + below(m, m->w->options.homes);
    struct voucher *voucher = &m->w->homes[home].voucher;
    const struct voucher was = *voucher;
    struct op op;
    if (hits(m, 3))
        voucher->expires_ms = m->h->t_ms > 0 ? m->h->t_ms - below(m, 2) : 1;
    if (hits(m, 3))
        voucher->feeder = 1 + below(m, 1000);
    if (hits(m, 3)) /* another's delivery point */
        voucher->nullifier = m->w->homes[1 + below(m, m->w->options.homes)].voucher.nullifier;
    world_join_request(m->w, &op, home, hits(m, 2));
    if (hits(m, 8))
        op.join_request.seal.parts[0].signature.bytes[0] ^= 1;
    *voucher = was;
    /* The envelope of a joiner is signed with the voucher's key. */
    if (m->w->homes[home].slot == 0)
        world_say(m->w, home, &op);
}

static uint64_t any_request(struct mischief *m)
{
    return 1 + below(m, state(m)->head->request_last + 2);
}

static uint64_t any_sequence(struct mischief *m)
{
    return hits(m, 6) ? 1 + below(m, state(m)->head->authority_sequence + 3)
                      : honest_sequence(m->h);
}

static void say_sealed(struct mischief *m, struct op *op)
{
    world_seal(m->w, op);
    world_say(m->w, WORLD_AUTHORITY, op);
}

static void say_admit(struct mischief *m)
{
    struct op op = {.kind = OP_AUTHORITY_ADMIT, .authority_admit.request = any_request(m)};
    op.authority_admit.sequence = any_sequence(m);
    say_sealed(m, &op);
}

static void say_issued(struct mischief *m)
{
    struct op op = {.kind = OP_CERT_ISSUED, .cert_issued.request = any_request(m)};
    const struct ledger *l = state(m);
    for (uint32_t i = 0; i < l->sizes.joins; i++) {
        const struct join *join = table_get(&l->joins, i);
        if (join->number > 0 && join->machine.state == JOIN_VERIFIED)
            op.cert_issued.request = join->number;
    }
    op.cert_issued.sequence = any_sequence(m);
    op.cert_issued.csr = honest_hash("another request", below(m, 4));
    op.cert_issued.certificate = honest_hash("another certificate", below(m, 4));
    op.cert_issued.expires_ms = m->h->t_ms + DAY_MS;
    say_sealed(m, &op);
}

static void say_revoked(struct mischief *m)
{
    struct op op = {.kind = OP_CERT_REVOKED, .cert_revoked.member = any_slot(m)};
    const struct member *member = member_find(state(m), op.cert_revoked.member);
    if (member && member_is_live(member) && !hits(m, 12))
        return;
    op.cert_revoked.sequence = any_sequence(m);
    op.cert_revoked.key_is_lost = hits(m, 2);
    say_sealed(m, &op);
}

static void say_about_itself(struct mischief *m)
{
    const uint32_t home = mischief_home(m);
    struct op op = {.kind = OP_VOLUNTEER, .volunteer.on = !hits(m, 4)};
    if (hits(m, 3))
        op = (struct op){.kind = OP_CERT_RENEW,
                         .cert_renew = {.certificate = honest_hash("renewed", below(m, 1000)),
                                        .expires_ms = m->h->t_ms + below(m, 2) * DAY_MS}};
    else if (hits(m, 3))
        op = (struct op){.kind = OP_ERASE_RECEIPT, .erase_receipt.request = any_request(m)};
    else if (hits(m, 24))
        op = (struct op){.kind = OP_LEAVE};
    world_say(m->w, home, &op);
}

static void say_rotate(struct mischief *m)
{
    const uint32_t home = mischief_live(m);
    struct op op;
    if (home == 0)
        return;
    world_sign_rotate(m->w, &op, home);
    if (hits(m, 3)) { /* a key that somebody has, proven by nobody or by its holder */
        op.key_rotate.vrf_key = m->w->homes[mischief_home(m)].keys.vrf;
        op.key_rotate.slot = m->w->homes[home].slot;
        world_sign_rotate_as(m->w, &op, home);
    }
    if (hits(m, 8))
        op.key_rotate.new_signature.bytes[3] ^= 4;
    world_say(m->w, home, &op);
}

/* ---- slots ----------------------------------------------------------------------------------- */

static uint64_t any_slot_of_time(struct mischief *m)
{
    const uint64_t grace = state(m)->params->times.grace_slots;
    const uint64_t at = m->h->slot + below(m, 2 * grace + 4);
    return at > grace + 1 ? at - grace - 1 : 0;
}

static void say_reveal(struct mischief *m)
{
    const struct pubkey *vrf;
    uint64_t epoch;
    const struct leader_seats *v = epoch_next_v(state(m), &vrf, &epoch);
    const struct beacon *beacon = &state(m)->head->beacon;
    uint8_t input[BEACON_INPUT_BYTES] = {0};
    struct seed seed;
    if (v->count == 0)
        return;
    const uint64_t slot = any_slot_of_time(m);
    const uint32_t seat = hits(m, 4) ? below(m, v->count) : (uint32_t)(slot % v->count);
    const uint32_t home = m->w->home_of[v->member[seat]];
    if (!world_vrf_seed(m->w, home, &vrf[seat], &seed))
        return;
    struct op op = {.kind = OP_BEACON_REVEAL,
                    .beacon_reveal = {.epoch = epoch + (hits(m, 8) ? 1 : 0), .slot = slot}};
    if (slot + beacon->times.grace >= beacon->block.slot)
        beacon_input(input, beacon, slot);
    vrf_prove(&op.beacon_reveal.proof, &seed, (struct span){input, sizeof input});
    world_say(m->w, home, &op);
    if (hits(m, 3))
        world_say(m->w, home, &op);
}

static uint32_t any_verdicts(struct mischief *m, struct request_verdict *out)
{
    const struct ledger *l = state(m);
    uint32_t count = 0;
    for (uint32_t i = 0; i < l->sizes.joins && count < 8; i++) {
        const struct join *join = table_get(&l->joins, i);
        const bool is_due = join->number > 0 && join->machine.state == JOIN_PENDING;
        const bool is_next = count == 0 || join->number > out[count - 1].request;
        if (is_due && is_next && !hits(m, 6))
            out[count++] = (struct request_verdict){join->number, !hits(m, 3)};
    }
    if (count == 0)
        out[count++] = (struct request_verdict){any_request(m), true};
    return count;
}

static void say_block(struct mischief *m)
{
    const struct ledger *l = state(m);
    const struct pubkey *vrf;
    uint64_t epoch;
    struct request_verdict verdicts[8];
    const struct leader_seats *v = epoch_next_v(l, &vrf, &epoch);
    if (v->count == 0)
        return;
    const uint64_t slot = any_slot_of_time(m);
    const uint32_t seat = hits(m, 6) ? below(m, v->count) : (uint32_t)(slot % v->count);
    struct op op = {.kind = OP_VERIFICATION_BLOCK,
                    .verification_block = {.slot = slot,
                                           .epoch = epoch,
                                           .time_ms = l->times.t0_ms + slot * l->times.tau_ms,
                                           .previous = l->head->chain_head,
                                           .verdicts = verdicts}};
    op.verification_block.verdict_count = any_verdicts(m, verdicts);
    if (hits(m, 8))
        op.verification_block.epoch++;
    if (hits(m, 8))
        op.verification_block.time_ms++;
    if (hits(m, 8))
        op.verification_block.previous.bytes[0] ^= 1;
    world_say(m->w, m->w->home_of[v->member[seat]], &op);
    if (hits(m, 4))
        world_say(m->w, m->w->home_of[v->member[seat]], &op);
}

/* ---- money ----------------------------------------------------------------------------------- */

static int64_t any_amount(struct mischief *m)
{
    if (hits(m, 6))
        return 0;
    if (hits(m, 6))
        return WIRE_MONEY_MICRO_MAX;
    return 1 + below(m, 3000000);
}

static void say_deposit(struct mischief *m)
{
    struct op op = {.kind = OP_DEPOSIT,
                    .deposit = {.member = any_slot(m), .amount_micro = any_amount(m)}};
    op.deposit.reference = honest_hash("bank", hits(m, 4) ? 1 : ++m->h->references);
    if (op.deposit.amount_micro > 0 && hits(m, 4) && op.deposit.amount_micro < 3000001) {
        op.deposit.sequence = any_sequence(m);
        world_seal(m->w, &op);
    }
    world_say(m->w, WORLD_TREASURY, &op);
}

static void say_withdraw(struct mischief *m)
{
    const uint32_t home = mischief_live(m);
    struct op op = {.kind = OP_WITHDRAW_REQUEST, .withdraw_request.amount_micro = any_amount(m)};
    if (hits(m, 4)) {
        op.withdraw_request.member = any_slot(m);
        world_say(m->w, WORLD_TREASURY, &op);
    } else if (home > 0) {
        op.withdraw_request.member = hits(m, 8) ? any_slot(m) : 0;
        world_say(m->w, home, &op);
    }
}

/* As many as may be open, and more. */
static void say_many_withdrawals(struct mischief *m)
{
    const uint32_t home = mischief_live(m);
    const struct op op = {.kind = OP_WITHDRAW_REQUEST, .withdraw_request.amount_micro = 1};
    for (uint32_t i = 0; i < m->w->options.homes + 80 && home > 0; i++)
        world_say(m->w, home, &op);
}

static void say_payout(struct mischief *m)
{
    const uint64_t request = 1 + below(m, state(m)->head->payout_last + 2);
    struct op op = {
        .kind = OP_WITHDRAW_PAID,
        .withdraw_paid = {.request = request,
                          .reference = honest_hash("bank", hits(m, 6) ? 1 : ++m->h->references)}};
    if (hits(m, 3))
        op = (struct op){.kind = OP_WITHDRAW_REJECTED,
                         .withdraw_rejected = {.request = request, .reason = PAYOUT_BANK}};
    world_say(m->w, WORLD_TREASURY, &op);
}

static void pay_everything(struct mischief *m)
{
    const struct ledger *l = state(m);
    for (uint32_t i = 0; i < l->sizes.payouts; i++) {
        const struct payout *p = table_get(&l->payouts, i);
        const struct op op = {
            .kind = OP_WITHDRAW_PAID,
            .withdraw_paid = {.request = p->number,
                              .reference = honest_hash("bank", ++m->h->references)}};
        if (p->number > 0)
            world_say(m->w, WORLD_TREASURY, &op);
    }
}

/* Who is in debt, or anybody. */
static uint32_t any_debtor(struct mischief *m)
{
    const bool is_wanted = !hits(m, 4);
    for (uint32_t slot = 1; slot <= m->w->member_count && is_wanted; slot++)
        if (account_get(state(m), slot)->available.micro < 0)
            return slot;
    return any_slot(m);
}

static void say_credit(struct mischief *m)
{
    static const int64_t limits[] = {0, 1000, 2000000, 2000000, WIRE_MONEY_MICRO_MAX};
    const struct op op = {
        .kind = OP_CREDIT_LIMIT,
        .credit_limit = {.member = any_debtor(m), .limit_micro = limits[below(m, 5)]}};
    world_say(m->w, WORLD_TREASURY, &op);
}

/* All of it: what is bought then is bought on credit. */
static void withdraw_everything(struct mischief *m)
{
    const uint32_t home = mischief_live(m);
    if (home == 0)
        return;
    const int64_t available = account_get(state(m), m->w->homes[home].slot)->available.micro;
    const struct op op = {.kind = OP_WITHDRAW_REQUEST, .withdraw_request.amount_micro = available};
    if (available > 0)
        world_say(m->w, home, &op);
}

static void say_money(struct mischief *m)
{
    const uint32_t kind = below(m, 44);
    if (kind == 0)
        say_many_withdrawals(m);
    else if (kind < 4)
        pay_everything(m);
    else if (kind < 8)
        withdraw_everything(m);
    else if (kind < 14)
        say_deposit(m);
    else if (kind < 24)
        say_withdraw(m);
    else if (kind < 34)
        say_payout(m);
    else
        say_credit(m);
}

/* ---- parameters ------------------------------------------------------------------------------ */

static void say_change(struct mischief *m)
{
    static const struct parameter_setting settings[] = {
        {.parameter = 12, .value = 6000},   /* exec_ms */
        {.parameter = 14, .value = 7000},   /* vote_ms */
        {.parameter = 38, .value = 2},      /* ranks_max */
        {.parameter = 12, .value = 1},      /* below its range */
        {.parameter = 27, .value = 400000}, /* feed-in above retail */
        {.parameter = 999, .value = 1},     /* none */
        {.parameter = 5, .value = 60000},   /* fixed */
        {.parameter = 12, .value = 0, .bytes = {(const uint8_t *)"x", 1}},
        {.parameter = 69,
         .index = 9,
         .bytes = {(const uint8_t *)"12345678901234567890123456789012", 32}}, /* no such key */
        {.parameter = 58, .value = 1 << 20}}; /* more contracts than there is memory for */
    struct parameter_setting setting = settings[below(m, sizeof settings / sizeof settings[0])];
    const uint64_t delay = state(m)->params->windows.param_delay_ms;
    const uint64_t intervals = delay / state(m)->times.interval_ms + 2;
    struct op op = {.kind = OP_PARAMETER_CHANGE,
                    .parameter_change = {.settings = &setting, .setting_count = 1}};
    op.parameter_change.from_interval =
        m->h->interval + 1 + (hits(m, 4) ? 0 : intervals + below(m, 4));
    op.parameter_change.sequence = any_sequence(m);
    say_sealed(m, &op);
}

/* ---- evidence -------------------------------------------------------------------------------- */

/* Whom it would hurt most: the seller of a contract that is all but settled. */
static uint32_t any_accused(struct mischief *m)
{
    const struct ledger *l = state(m);
    for (uint32_t i = 0; i < l->sizes.contracts && i < 64 && !hits(m, 64); i++) {
        const struct contract *c = &contract_get(l, i)->machine;
        const bool is_final = c->state == CONTRACT_FINAL_WAIT || c->state == CONTRACT_FINAL_VOTE;
        if (c->number > 0 && is_final)
            return m->w->home_of[c->seller];
    }
    return mischief_live(m);
}

/* Two statements of one member that nobody else has seen; they contradict each other or not. */
static void say_evidence(struct mischief *m)
{
    const uint32_t home = any_accused(m);
    const struct genesis *params = state(m)->params;
    const uint64_t age_max = params->windows.evidence_ms / params->times.block_ms;
    const bool is_old = hits(m, 2) && m->w->height > age_max + 1, is_proof = hits(m, 8) || is_old;
    struct op ops[2] = {{.kind = OP_INTERVAL_STATEMENT}, {.kind = OP_INTERVAL_STATEMENT}};
    struct span shown[2];
    if (home == 0)
        return;
    for (uint32_t i = 0; i < 2; i++) {
        ops[i].interval_statement.interval = m->h->interval;
        ops[i].interval_statement.delivered_wh = is_proof && i == 1 ? 7 : 8;
        shown[i] = world_envelope_with(m->w, home, &ops[i], 1, i, is_old ? 1 : m->w->height + 5);
    }
    if (hits(m, 8))
        ((uint8_t *)(uintptr_t)shown[1].at)[shown[1].len - 1] ^= 1;
    const struct op op = {.kind = OP_MEMBER_EVIDENCE, .member_evidence = {shown[0], shown[1]}};
    world_say(m->w, mischief_home(m), &op);
}

/* Two blocks of the leader whose block is being voted on (evid.1, i). */
static void say_two_blocks(struct mischief *m)
{
    const struct ledger *l = state(m);
    const struct verification *b = NULL;
    struct span shown[2];
    for (uint32_t i = 0; i < SIZES_BLOCKS && !b; i++) {
        const struct verification *row = table_get(&l->blocks, i);
        b = row->number > 0 && row->state == BLOCK_OFFERED ? row : NULL;
    }
    if (!b)
        return;
    for (uint32_t i = 0; i < 2; i++) {
        struct request_verdict verdict = {b->requests[0], i == 0};
        const struct op op = {
            .kind = OP_VERIFICATION_BLOCK,
            .verification_block = {.slot = b->slot,
                                   .epoch = b->epoch,
                                   .time_ms = l->times.t0_ms + b->slot * l->times.tau_ms,
                                   .previous = l->head->chain_head,
                                   .verdicts = &verdict,
                                   .verdict_count = 1}};
        const uint32_t home = m->w->home_of[b->v.member[b->leader_seat]];
        shown[i] = world_envelope_with(m->w, home, &op, 1, i, m->w->height + 5);
    }
    const struct op op = {.kind = OP_MEMBER_EVIDENCE, .member_evidence = {shown[0], shown[1]}};
    world_say(m->w, mischief_home(m), &op);
}

/* ---- envelopes ------------------------------------------------------------------------------- */

static void keep(struct mischief *m, struct span envelope)
{
    struct mischief_kept *kept = &m->kept[below(m, MISCHIEF_KEPT)];
    if (envelope.len > sizeof kept->bytes)
        return;
    memcpy(kept->bytes, envelope.at, envelope.len);
    kept->len = envelope.len;
}

static void say_envelope(struct mischief *m)
{
    const uint32_t home = mischief_live(m);
    const struct op op = {.kind = OP_VOLUNTEER, .volunteer.on = true};
    if (home == 0)
        return;
    const uint64_t ttl = state(m)->params->windows.ttl_max_blocks;
    uint64_t nonce = m->w->homes[home].nonce, expires = m->w->height + 2;
    switch (below(m, 4)) {
    case 0:
        nonce += 100000;
        break;
    case 1:
        expires = m->w->height + 2 + ttl;
        break;
    case 2:
        expires = m->w->height > 0 ? m->w->height : 1;
        break;
    default:
        m->w->homes[home].nonce++;
    }
    const struct span envelope = world_envelope_with(m->w, home, &op, 1, nonce, expires);
    keep(m, envelope);
    world_say_bytes(m->w, envelope);
    if (hits(m, 4))
        world_say_bytes(m->w, envelope);
}

/* One that was said before, as it was or with a byte that is another. */
static void say_kept(struct mischief *m)
{
    struct mischief_kept copy = m->kept[below(m, MISCHIEF_KEPT)];
    if (copy.len == 0)
        return;
    if (hits(m, 2))
        copy.bytes[below(m, copy.len)] ^= (uint8_t)(1 << below(m, 8));
    else if (hits(m, 4))
        copy.len = 1 + below(m, copy.len);
    world_say_bytes(m->w, (struct span){copy.bytes, copy.len});
}

/* An operation that its signer may not say. */
static void say_out_of_turn(struct mischief *m)
{
    const struct op leave = {.kind = OP_LEAVE};
    const struct op deposit = {
        .kind = OP_DEPOSIT,
        .deposit = {.member = 1, .amount_micro = 5, .reference = honest_hash("forged", 1)}};
    if (hits(m, 2))
        world_say(m->w, hits(m, 2) ? WORLD_TREASURY : WORLD_AUTHORITY, &leave);
    else
        world_say(m->w, mischief_home(m), &deposit);
}

/* More claims than a block may have (dos.3). */
static void say_too_much(struct mischief *m)
{
    struct op op = {.kind = OP_AUTHORITY_ADMIT, .authority_admit = {.sequence = 1, .request = 1}};
    const uint64_t most = state(m)->params->limits.block_claims_max;
    if (!hits(m, 6))
        return;
    world_seal(m->w, &op);
    for (uint64_t i = 0; i < most / 2 && most < 2000; i++)
        world_say(m->w, WORLD_AUTHORITY, &op);
}

static void say_trade(struct mischief *m)
{
    mischief_say_trade(m, below(m, TRADE_KINDS));
}

static void say_one(struct mischief *m)
{
    static const struct {
        uint32_t share; /* of a hundred */
        void (*say)(struct mischief *m);
    } kinds[] = {{40, say_trade},     {5, say_join},         {3, say_admit},  {2, say_issued},
                 {2, say_revoked},    {6, say_about_itself}, {2, say_rotate}, {4, say_reveal},
                 {6, say_block},      {10, say_money},       {4, say_change}, {3, say_evidence},
                 {1, say_two_blocks}, {5, say_envelope},     {4, say_kept},   {2, say_out_of_turn},
                 {1, say_too_much}};
    uint32_t at = 0;
    for (uint32_t left = below(m, 100); left >= kinds[at].share; at++)
        left -= kinds[at].share;
    kinds[at].say(m);
}

void mischief_act(struct mischief *m, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        say_one(m);
    if (hits(m, 2))
        m->w->shuffle = 1 + below(m, 1 << 20);
}
