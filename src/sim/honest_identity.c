/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/honest.h"

#include "crypto/vrf.h"
#include "ledger/state.h"

#include <string.h>

#define YEAR_MS UINT64_C(31536000000)

static bool does(const struct honest *h, uint32_t home, enum honest_fault fault)
{
    return home > 0 && !(h->faults[home] & (uint32_t)fault);
}

static uint32_t home_at(const struct honest *h, uint32_t slot)
{
    const struct member *m = slot == LEADER_NONE ? NULL : member_find(h->w->ledger, slot);
    return m && member_is_live(m) ? h->w->home_of[slot] : 0;
}

/* ---- joining --------------------------------------------------------------------------------- */

static void ask(struct honest *h)
{
    struct world *w = h->w;
    uint32_t said = 0;
    for (uint32_t home = 1; home <= w->options.homes && said < h->asks_max; home++) {
        if (!h->wants[home] || h->asked[home] || w->homes[home].slot > 0)
            continue;
        struct op op;
        world_join_request(w, &op, home, true);
        h->asking[home] = world_say(w, home, &op) + 1;
        said++;
    }
}

static void hear_answers(struct honest *h)
{
    for (uint32_t home = 1; home <= h->w->options.homes; home++) {
        if (h->asking[home] == 0)
            continue;
        h->asked[home] = world_code(h->w, h->asking[home] - 1) == ERR_OK;
        h->asking[home] = 0;
    }
}

static void say_authority(struct honest *h, struct op *op)
{
    world_seal(h->w, op);
    world_say(h->w, WORLD_AUTHORITY, op);
}

static void admit(struct honest *h, const struct join *join)
{
    struct op op = {.kind = OP_AUTHORITY_ADMIT,
                    .authority_admit = {.sequence = honest_sequence(h), .request = join->number}};
    say_authority(h, &op);
}

static void issue(struct honest *h, const struct join *join)
{
    struct op op = {.kind = OP_CERT_ISSUED,
                    .cert_issued = {.sequence = honest_sequence(h),
                                    .request = join->number,
                                    .certificate = honest_hash("certificate", join->number),
                                    .csr = join->csr,
                                    .expires_ms = h->t_ms + YEAR_MS}};
    say_authority(h, &op);
}

/* RULE boot.3: alone without V, beside a V of one or two after a while. */
static bool may_admit(const struct honest *h, const struct join *join, uint32_t seats)
{
    const uint64_t wait = h->w->ledger->params->identity.boot_wait_ms;
    return seats == 0 || (seats < 3 && join->admitted_ms + wait <= h->a_ms);
}

static void act_authority(struct honest *h)
{
    const struct ledger *l = h->w->ledger;
    const struct pubkey *vrf;
    uint64_t epoch;
    const uint32_t seats = epoch_next_v(l, &vrf, &epoch)->count;
    for (uint32_t i = 0; i < l->sizes.joins && !h->authority_is_gone; i++) {
        const struct join *join = table_get(&l->joins, i);
        if (join->number == 0)
            continue;
        if (join->machine.state == JOIN_PENDING && may_admit(h, join, seats))
            admit(h, join);
        else if (join->machine.state == JOIN_VERIFIED)
            issue(h, join);
    }
}

/* ---- verification ---------------------------------------------------------------------------- */

static bool is_busy(const struct ledger *l)
{
    for (uint32_t i = 0; i < SIZES_BLOCKS; i++) {
        const struct verification *b = table_get(&l->blocks, i);
        if (b->number > 0 && b->state == BLOCK_OFFERED)
            return true;
    }
    return false;
}

/* The requests that were due when the slot began, the lowest numbers first (RULE join.4). */
static uint32_t collect_due(const struct honest *h, struct request_verdict *out)
{
    const struct ledger *l = h->w->ledger;
    const uint32_t max = (uint32_t)l->params->identity.joins_per_block;
    uint32_t count = 0;
    for (uint32_t i = 0; i < l->sizes.joins; i++) {
        const struct join *join = table_get(&l->joins, i);
        if (join->number == 0 || join->machine.state != JOIN_PENDING ||
            join->due_ms > h->slot_began_ms)
            continue;
        uint32_t at = count < max ? count++ : max;
        while (at > 0 && out[at - 1].request > join->number) {
            if (at < max)
                out[at] = out[at - 1];
            at--;
        }
        if (at < max)
            out[at] = (struct request_verdict){join->number, true};
    }
    return count;
}

static void lead_slot(struct honest *h, const struct leader_seats *v, uint64_t epoch)
{
    const struct ledger *l = h->w->ledger;
    struct request_verdict verdicts[WIRE_LINES_MAX + 1];
    const uint32_t home = home_at(h, leader_get(v, h->slot));
    if (!does(h, home, HONEST_NO_BLOCK) || h->slot_served == h->slot + 1 || is_busy(l))
        return;
    const uint32_t count = collect_due(h, verdicts);
    for (uint32_t i = 0; i < count; i++)
        verdicts[i].accept = does(h, home, HONEST_WRONG_BLOCK);
    const struct op op = {
        .kind = OP_VERIFICATION_BLOCK,
        .verification_block = {.slot = h->slot,
                               .epoch = epoch,
                               .time_ms = l->times.t0_ms + h->slot * l->times.tau_ms,
                               .previous = l->head->chain_head,
                               .verdicts = verdicts,
                               .verdict_count = count}};
    if (count == 0)
        return;
    h->slot_served = h->slot + 1;
    world_say(h->w, home, &op);
}

static void say_ballot(struct honest *h, uint32_t home, enum ballot_stage stage, uint64_t subject,
                       uint64_t bits)
{
    uint8_t voted[8], agree[8];
    size_t len = 0;
    const bool agrees = does(h, home, HONEST_WRONG_APPROVAL);
    for (; bits > 0; bits >>= 8, len++) {
        voted[len] = (uint8_t)bits;
        agree[len] = agrees ? (uint8_t)bits : 0;
    }
    const struct op op = {
        .kind = OP_BALLOT,
        .ballot = {
            .stage = stage, .subject = subject, .voted = {voted, len}, .agree = {agree, len}}};
    world_say(h->w, home, &op);
}

static void approve_block(struct honest *h, const struct verification *b)
{
    const uint64_t all = b->count == 64 ? UINT64_MAX : (UINT64_C(1) << b->count) - 1;
    for (uint32_t i = 0; i < b->v.count; i++) {
        const uint32_t home = home_at(h, b->v.member[i]);
        const uint64_t bits = all & ~b->seats[i].voted;
        if (bits > 0 && does(h, home, HONEST_NO_APPROVAL) && !(b->v.vacant >> i & 1))
            say_ballot(h, home, STAGE_VERIFICATION, b->slot, bits);
    }
}

static void approve_change(struct honest *h, const struct change *c)
{
    for (uint32_t i = 0; i < c->v.count; i++) {
        const uint32_t home = home_at(h, c->v.member[i]);
        if (!(c->voted >> i & 1) && does(h, home, HONEST_NO_APPROVAL) && !(c->v.vacant >> i & 1))
            say_ballot(h, home, STAGE_PARAMETER, c->number, 1);
    }
}

static void approve(struct honest *h)
{
    const struct ledger *l = h->w->ledger;
    for (uint32_t i = 0; i < SIZES_BLOCKS; i++) {
        const struct verification *b = table_get(&l->blocks, i);
        const bool votes = b->state == BLOCK_OFFERED || b->state == BLOCK_DECIDED;
        if (b->number > 0 && votes && b->deadline_ms > h->a_ms)
            approve_block(h, b);
    }
    for (uint32_t i = 0; i < SIZES_CHANGES; i++) {
        const struct change *c = table_get(&l->changes, i);
        if (c->number > 0 && !c->is_decided)
            approve_change(h, c);
    }
}

/* ---- the beacon ------------------------------------------------------------------------------ */

static bool reveal_is_due(const struct honest *h)
{
    const struct beacon *beacon = &h->w->ledger->head->beacon;
    const struct beacon_slot *known = &beacon->recent[h->slot % SLOTS_OPEN_MAX];
    if (h->slot > beacon->block.slot || h->w->height == 0)
        return beacon->waiting_count > 0;
    return known->slot == h->slot && known->was_due && !known->is_revealed;
}

static void reveal(struct honest *h, const struct leader_seats *v, const struct pubkey *vrf,
                   uint64_t epoch)
{
    const uint32_t leader = leader_get(v, h->slot);
    const uint32_t home = home_at(h, leader);
    uint8_t input[BEACON_INPUT_BYTES];
    struct seed seed;
    if (!does(h, home, HONEST_NO_REVEAL) || !reveal_is_due(h) ||
        !world_vrf_seed(h->w, home, &vrf[leader_seat(v, leader)], &seed))
        return;
    struct op op = {.kind = OP_BEACON_REVEAL, .beacon_reveal = {.epoch = epoch, .slot = h->slot}};
    beacon_input(input, &h->w->ledger->head->beacon, h->slot);
    vrf_prove(&op.beacon_reveal.proof, &seed, (struct span){input, sizeof input});
    world_say(h->w, home, &op);
}

static void lead(struct honest *h)
{
    const struct pubkey *vrf;
    uint64_t epoch;
    const struct leader_seats *v = epoch_next_v(h->w->ledger, &vrf, &epoch);
    if (v->count == 0)
        return;
    lead_slot(h, v, epoch);
    reveal(h, v, vrf, epoch);
}

static void erase(struct honest *h)
{
    const struct ledger *l = h->w->ledger;
    for (uint32_t slot = 1; slot <= member_count(l); slot++) {
        const struct member *m = member_get(l, slot);
        const uint32_t home = home_at(h, slot);
        for (uint32_t i = 0; i < SIZES_RECEIPTS && does(h, home, HONEST_NO_RECEIPT); i++) {
            const struct op op = {.kind = OP_ERASE_RECEIPT,
                                  .erase_receipt = {.request = m->owes_receipt[i]}};
            if (m->owes_receipt[i] > 0)
                world_say(h->w, home, &op);
        }
    }
}

void honest_act_identity(struct honest *h)
{
    hear_answers(h);
    ask(h);
    act_authority(h);
    lead(h);
    approve(h);
    erase(h);
}
