/* SPDX-License-Identifier: Apache-2.0 */
/* Random verifiers: every end of a verification block is reached, and what must always hold of
 * blocks, requests and the chain holds after each block (RULE join.4, join.6, join.8, join.9). */
#include "ledger/test_offer.h"

#include "base/test_random.h"

enum { FOUNDERS = 7, BLOCKS = 400, SEEDS = 8, RECORD_HEAD = 10 };

struct reached {
    uint32_t blocks[BLOCK_STATE_COUNT], requests[JOIN_STATE_COUNT], boots, receipts, votes;
};

struct walk {
    struct kit *k;
    struct test_random r;
    struct op last_offer;
    uint32_t last_leader, number;
};

static bool one_in(struct walk *w, uint64_t n)
{
    return test_random_below(&w->r, n) == 0;
}

/* Each member of V may say its bits, mostly the right ones. */
static void say_votes(struct walk *w)
{
    static uint8_t voted[LEADER_SEATS_MAX], agreed[LEADER_SEATS_MAX];
    const uint32_t place = verification_undecided(w->k->l);
    if (place == JOIN_NO_PLACE)
        return;
    const struct verification *b = verification_get(w->k->l, place);
    const bool all_against = b->number % 3 == 0;
    for (uint32_t i = 0; i < b->v.count; i++) {
        if (!member_is_live(member_get(w->k->l, b->v.member[i])) || one_in(w, 3))
            continue;
        voted[i] = (uint8_t)(join_bits(b->count < 8 ? b->count : 8) & ~(one_in(w, 3) ? 1u : 0u));
        agreed[i] = all_against ? 0 : voted[i];
        if (voted[i] != 0)
            kit_say(w->k, b->v.member[i], kit_ballot(b->slot, &voted[i], &agreed[i]));
    }
}

static void say_offer(struct walk *w)
{
    const struct op op = offer(w->k, test_random_next(&w->r));
    const uint32_t leader = leader_of(w->k, op.verification_block.slot);
    if (op.verification_block.verdict_count == 0 || leader == LEADER_NONE ||
        !member_is_live(member_get(w->k->l, leader)))
        return;
    kit_say(w->k, leader, op);
    w->last_offer = op;
    w->last_leader = leader;
}

/* Whatever the authority can do for one request. */
static void say_authority(struct walk *w)
{
    struct kit *k = w->k;
    const uint64_t request = 1 + test_random_below(&w->r, k->l->head->request_last + 1);
    const uint32_t place = join_find_open(k->l, request);
    k->sequence = k->l->head->authority_sequence;
    struct op op = one_in(w, 2) ? kit_admit(k, request) : kit_issue(k, request, 0);
    if (op.kind == OP_CERT_ISSUED && place != JOIN_NO_PLACE)
        op.cert_issued.csr = join_get(k->l, place)->csr;
    kit_say(k, 0, op);
}

static void say_receipts(struct walk *w)
{
    struct op op = kit_op(OP_ERASE_RECEIPT);
    op.erase_receipt.request = 1 + test_random_below(&w->r, w->k->l->head->request_last + 1);
    for (uint32_t slot = 1; slot <= 3; slot++)
        if (member_is_live(member_get(w->k->l, slot)))
            kit_say(w->k, slot, op);
}

static void say_something(struct walk *w)
{
    struct kit *k = w->k;
    const uint32_t slot = 1 + (uint32_t)test_random_below(&w->r, member_count(k->l));
    struct voucher v = kit_voucher(k, w->number);
    if (one_in(w, 3))
        v.expires_ms = k->t_ms + 90000;
    if (one_in(w, 4)) {
        struct op op = kit_join(k, &v);
        op.join_request.volunteer = true;
        w->number++;
        kit_say(k, 0, op);
    }
    if (one_in(w, 4))
        say_offer(w);
    say_votes(w);
    if (one_in(w, 8))
        say_authority(w);
    if (one_in(w, 8))
        say_receipts(w);
    if (one_in(w, 80) && member_is_live(member_get(k->l, slot)))
        kit_say(k, slot, kit_op(OP_LEAVE));
    if (verification_undecided(k->l) != JOIN_NO_PLACE && one_in(w, 20) &&
        member_is_live(member_get(k->l, slot)))
        kit_say(k, slot, offer_evidence(k, w->last_leader, w->last_offer));
}

static void look_at_log(const struct walk *w, struct reached *reached)
{
    for (uint32_t i = 0; i < log_count(w->k->l); i++) {
        const struct span record = log_get(w->k->l, i).bytes;
        const uint8_t kind = record.at[0], state = record.at[RECORD_HEAD + 8];
        if (kind == RECORD_VERIFICATION)
            reached->blocks[state]++;
        if (kind == RECORD_REQUEST)
            reached->requests[state]++;
        reached->boots += kind == RECORD_BOOT;
    }
}

/* What is being voted on is so in one block, and what is pending is in none. */
static void check_state(const struct walk *w)
{
    const struct ledger *l = w->k->l;
    uint32_t offered_count = 0, voting = 0, open = 0;
    for (uint32_t place = 0; place < SIZES_BLOCKS; place++) {
        const struct verification *b = verification_get(l, place);
        if (b->number == 0)
            continue;
        offered_count += b->state == BLOCK_OFFERED;
        assert_int_equal(b->state == BLOCK_OFFERED, b->open != 0);
        assert_int_equal(b->verified & ~b->decided, 0);
        assert_int_equal(b->open & b->decided, 0);
        open += (uint32_t)__builtin_popcountll(b->open);
    }
    for (uint32_t place = 0; place < l->sizes.joins; place++) {
        const struct join *j = join_get(l, place);
        voting += j->number != 0 && j->machine.state == JOIN_VOTING;
        assert_true(j->erase_by_ms == 0 || j->owes_erasure != 0);
    }
    assert_true(offered_count <= 1);
    assert_int_equal(open, voting);
}

static void walk(uint64_t seed, struct reached *reached)
{
    struct walk w = {.k = malloc(sizeof *w.k), .r = {seed}, .number = 100};
    kit_init(w.k, FOUNDERS);
    kit_start(w.k);
    kit_block(w.k, 0);
    w.k->l->params->identity.boot_wait_ms = 20000;
    w.k->l->params->identity.attempts_max = 3;
    w.k->l->params->windows.erase_ms = 60000;
    uint64_t decided_before = reached->blocks[BLOCK_DECIDED], boots_before = reached->boots;
    for (uint32_t i = 0; i < BLOCKS; i++) {
        say_something(&w);
        /* Mostly one block a slot: nobody is silent in it, who has no reveals to give here. */
        kit_block(w.k, one_in(&w, 8) ? KIT_BLOCK_MS : KIT_TAU_MS + test_random_below(&w.r, 2000));
        look_at_log(&w, reached);
        check_state(&w);
    }
    const uint64_t links = reached->blocks[BLOCK_DECIDED] - decided_before + reached->boots -
                           boots_before; /* a decided block may still wait for its record */
    assert_in_range(w.k->l->head->ranges[RANGE_CHAIN].count, links, links + SIZES_BLOCKS);
    kit_stop(w.k);
}

static void random_verifiers_reach_every_end_and_keep_the_order(void **state)
{
    (void)state;
    struct reached reached = {.boots = 0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        walk(seed, &reached);
    for (uint32_t i = BLOCK_DECIDED; i < BLOCK_STATE_COUNT; i++)
        if (reached.blocks[i] == 0)
            fail_msg("no block ended in state %u (seeds 1 to %d)", i, SEEDS);
    const uint32_t ends[] = {JOIN_PENDING, JOIN_VERIFIED, JOIN_ACTIVE, JOIN_REJECTED, JOIN_EXPIRED};
    for (uint32_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (reached.requests[ends[i]] == 0)
            fail_msg("no request came to state %u (seeds 1 to %d)", ends[i], SEEDS);
    if (reached.boots == 0)
        fail_msg("the authority admitted nobody (seeds 1 to %d)", SEEDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_verifiers_reach_every_end_and_keep_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
