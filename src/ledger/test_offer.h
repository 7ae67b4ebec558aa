/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/test_offer.h - requests, offers by the slot's leader, and votes, on the small community of
 * test_identity.h. Only tests include this file. */
#ifndef PEERWATT_LEDGER_TEST_OFFER_H
#define PEERWATT_LEDGER_TEST_OFFER_H

#include "ledger/test_identity.h"

static struct request_verdict verdicts[WIRE_LINES_MAX];

/* @verifiers founders in V, no other member. */
static inline struct kit *offer_start(uint32_t verifiers)
{
    struct kit *k = malloc(sizeof *k);
    kit_init(k, verifiers > 0 ? verifiers : 1);
    k->sound.founders[0].volunteer = verifiers > 0;
    kit_start(k);
    if (verifiers > 0)
        kit_to_v(k);
    kit_block(k, KIT_TAU_MS);
    return k;
}

static inline uint64_t join(struct kit *k, uint32_t number)
{
    const struct voucher v = kit_voucher(k, number);
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_OK);
    return k->l->head->request_last;
}

/* Documents have had their time, and a slot has just begun. Nobody is silent in a slot with one
 * block. */
static inline void to_due(struct kit *k)
{
    kit_blocks(k, 8, KIT_TAU_MS);
}

static inline uint32_t leader_of(const struct kit *k, uint64_t slot)
{
    return leader_get(&k->l->head->epoch.v, slot);
}

/* Of the present slot, as its leader would: bit i of @accepts is the verdict on the i-th. */
static inline struct op offer(const struct kit *k, uint64_t accepts)
{
    const struct ledger *l = k->l;
    struct op op = kit_op(OP_VERIFICATION_BLOCK);
    struct verification_block *b = &op.verification_block;
    *b = (struct verification_block){.slot = l->now.slot,
                                     .epoch = l->head->epoch.number,
                                     .time_ms = l->times.t0_ms + l->now.slot * KIT_TAU_MS,
                                     .previous = l->head->chain_head,
                                     .verdicts = verdicts};
    const uint64_t first_ms = epoch_slot_find(l, l->now.slot)->a_ms;
    for (uint64_t number = 1; number <= l->head->request_last; number++) {
        const uint32_t place = join_find_open(l, number);
        if (place == JOIN_NO_PLACE || !join_is_due(l, place, first_ms))
            continue;
        verdicts[b->verdict_count] =
            (struct request_verdict){number, accepts >> b->verdict_count & 1};
        b->verdict_count++;
    }
    return op;
}

/* The present slot's leader offers it; its slot number. */
static inline uint64_t offered(struct kit *k, uint64_t accepts)
{
    const struct op op = offer(k, accepts);
    assert_int_equal(kit_one(k, leader_of(k, op.verification_block.slot), op), ERR_OK);
    return op.verification_block.slot;
}

static inline enum err vote(struct kit *k, uint32_t member, uint64_t slot, uint8_t voted,
                            uint8_t agree)
{
    return kit_one(k, member, kit_ballot(slot, &voted, &agree));
}

static inline enum request_state state_of(const struct kit *k, uint64_t number)
{
    const uint32_t place = join_find(k->l, number);
    return place == JOIN_NO_PLACE ? JOIN_STATE_COUNT : join_get(k->l, place)->machine.state;
}

static inline const struct verification *block_at(const struct kit *k, uint32_t place)
{
    return verification_get(k->l, place);
}

static inline int32_t score_of(const struct kit *k, uint32_t slot)
{
    return standing_get(k->l, slot)->score;
}

/* The members of a V of three beside @leader. */
static inline void others(uint32_t leader, uint32_t out[2])
{
    uint32_t count = 0;
    for (uint32_t slot = 1; slot <= 3; slot++)
        if (slot != leader)
            out[count++] = slot;
}

/* Two blocks that @leader has signed, unlike in the first verdict of @block. */

static inline struct op offer_evidence(struct kit *k, uint32_t leader, struct op block)
{
    static uint8_t room[2][WIRE_ENVELOPE_BYTES_MAX];
    struct span two[2];
    for (uint32_t i = 0; i < 2; i++) {
        block.verification_block.verdicts[0].accept = i;
        const struct envelope e = kit_envelope(k, leader, &block);
        const struct span kept = kit_keep(k, &e);
        memcpy(room[i], kept.at, kept.len);
        two[i] = (struct span){room[i], kept.len};
    }
    struct op op = kit_op(OP_MEMBER_EVIDENCE);
    op.member_evidence = (struct member_evidence){two[0], two[1]};
    return op;
}

#endif
