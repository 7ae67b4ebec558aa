/* SPDX-License-Identifier: Apache-2.0 */
/* Random histories of whole communities, honest and otherwise: what must hold after every block
 * holds (RULE ledger.2, ledger.3, ledger.5, trade.10), every code and every end is met, and the
 * chains are the same on every build. */
#include "sim/mischief.h"

#include "crypto/hash.h"
#include "ledger/state.h"

#include "tests/cmocka_all.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#ifdef TEST_MANY
enum { HISTORIES = 300, ENOUGH = 100, UNDO_EVERY = 8 };
#else
enum { HISTORIES = 10, ENOUGH = 0, UNDO_EVERY = 2 };
#endif

enum {
    PINNED = 6, /* histories whose digest is committed */
    BLOCKS = 460,
    QUIET = 150,
    HOMES = 24,
    TALLY = 1 << 12,
    VERSIONS_EVERY = 16
};

struct tally { /* settled in an interval, by contracts that were scored */
    uint64_t interval;
    int64_t settled_wh;
};

struct history {
    struct world w;
    struct honest h;
    struct mischief m;
    struct dice dice;
    struct tally tally[TALLY];
    uint32_t tallied;
    uint32_t growth; /* one in so many homes comes to want to be a member */
};

static struct history history;

struct totals {
    uint64_t codes[WORLD_CODES];
    struct seen seen;
    uint64_t blocks, kinds[OP_KIND_COUNT];
};

static struct totals totals;

/* ---- what must hold -------------------------------------------------------------------------- */

static struct tally *tally_of(struct history *y, uint64_t interval)
{
    struct tally *t = &y->tally[interval % TALLY];
    if (t->interval != interval)
        *t = (struct tally){.interval = interval};
    return t;
}

static void tally_ends(struct history *y)
{
    for (; y->tallied < y->w.seen.end_count; y->tallied++) {
        const struct seen_end *end = &y->w.seen.ends[y->tallied];
        tally_of(y, end->interval)->settled_wh += end->settled_wh;
    }
}

/* What was sold in an interval is what was bought in it. */
static void check_sold(struct history *y, const struct ledger_interval *row)
{
    const struct ledger *l = y->w.ledger;
    int64_t sold = tally_of(y, row->number)->settled_wh, bought = 0;
    for (uint32_t i = 0; i < l->sizes.contracts; i++) {
        const struct ledger_contract *c = contract_get(l, i);
        if (c->machine.number > 0 && c->interval == row->number && !c->machine.is_scored)
            sold += contract_settled(&c->machine).wh;
    }
    for (uint32_t slot = 1; slot <= member_count(l); slot++) {
        const uint32_t at = (row->page - 1) * (l->sizes.members + 1) + slot;
        const struct page_member *said = table_get(&l->page_members, at);
        const struct energy_account *energy = table_get(&l->page_energies, at);
        if (said->interval == row->number)
            bought += energy->received.wh;
    }
    world_insist(&y->w, sold == bought, "more or less was bought than sold");
}

static void check_intervals(struct history *y)
{
    const struct ledger *l = y->w.ledger;
    for (uint32_t i = 0; i < l->sizes.intervals; i++) {
        const struct ledger_interval *row = table_get(&l->intervals, i);
        if (!row->is_used || row->page == 0)
            continue;
        check_sold(y, row);
        const uint64_t end_ms = row->window_opened_ms + l->params->windows.statement_ms;
        world_insist(&y->w, row->window != INTERVAL_OPEN || end_ms > l->now.a_ms,
                     "a statement window is open after its end");
    }
}

/* RULE trade.10: nothing stays open behind its deadline. */
static void check_deadlines(const struct history *y)
{
    const struct ledger *l = y->w.ledger;
    for (uint32_t i = 0; i < l->sizes.contracts; i++) {
        const struct contract *c = &contract_get(l, i)->machine;
        const bool waits =
            c->number > 0 && c->state >= CONTRACT_EXEC_WAIT && c->state <= CONTRACT_FINAL_VOTE;
        world_insist(&y->w, !waits || c->deadline_ms > l->now.a_ms,
                     "a contract is open after its deadline");
    }
    for (uint32_t i = 0; i < l->sizes.joins; i++) {
        const struct join *join = table_get(&l->joins, i);
        if (join->number == 0)
            continue;
        const struct request *r = &join->machine;
        world_insist(&y->w, r->state != JOIN_VOTING || r->deadline_ms > l->now.a_ms,
                     "a request is voted on after its deadline");
        world_insist(&y->w,
                     (r->state != JOIN_PENDING && r->state != JOIN_VERIFIED) ||
                         r->expires_ms > l->now.t_ms,
                     "a request is open after its voucher's end");
    }
}

/* RULE ledger.2 */
static void check_versions(const struct history *y)
{
    const struct ledger *l = y->w.ledger;
    for (uint32_t id = 0; id < STORE_COUNT; id++) {
        const struct store *store = &l->stores[id];
        for (uint32_t leaf = 0; leaf < store_count(store, STORE_NOW); leaf++) {
            const struct store_meta now = store_meta(store, STORE_NOW, leaf);
            const struct store_meta before = store_meta(store, STORE_BEFORE, leaf);
            const bool is_new = now.height == l->now.height;
            const bool follows = now.version == before.version + 1 &&
                                 now.prev_height == (now.version > 1 ? before.height : 0);
            const bool begins = now.version == 1 && now.prev_height == 0; /* another key's leaf */
            const bool rests = now.version == before.version && now.height == before.height;
            world_insist(&y->w, is_new ? follows || begins : rests,
                         "a version does not follow the one before");
        }
    }
}

/* ---- a history ------------------------------------------------------------------------------- */

enum kind { /* of a history: how it is lived through */
            KIND_PLAIN,
            KIND_RECORDED, /* its blocks are applied again, by a ledger of their own */
            KIND_SIGNED    /* with Ed25519 */
};

static struct world_options draw_options(struct dice *d, uint64_t seed, enum kind kind)
{
    static const uint32_t ks[] = {1, 3, 5, 7};
    struct world_options o = {.seed = seed,
                              .homes = HOMES,
                              .founders = dice_below(d, 6),
                              .feeders = 1 + dice_below(d, 4),
                              .k = ks[dice_below(d, 4)],
                              .home_size = 1 + dice_below(d, 2),
                              .timing = (enum market_timing)(1 + dice_below(d, 3)),
                              .mechanism = MECHANISM_CALL,
                              .crypto = kind == KIND_SIGNED ? WORLD_SIGNED : WORLD_HASHED,
                              .records = kind == KIND_RECORDED,
                              .checks = WORLD_CHECK_SUMS};
    if (dice_hits(d, 4))
        o.mechanism = MECHANISM_BILATERAL;
    if (o.timing == TIMING_FORWARD && dice_hits(d, 2))
        o.mechanism = MECHANISM_CONTINUOUS;
    return o;
}

/* Blocks of five seconds, so that evidence grows old in time. */
static void slow_down(struct genesis *g)
{
    g->times.block_ms = 10000;
    g->times.tau_ms = g->times.gap_ms = 30000;
    g->times.interval_ms = 900000;
    g->windows.statement_ms = g->windows.exec_ms = g->windows.final_ms = g->windows.vote_ms = 50000;
    g->windows.verify_ms = g->windows.doc_ms = 50000;
    g->windows.beacon_wait_ms = 240000;
    g->market.gate_lead_ms = 300000;
    g->identity.epoch_ms = 600000;
}

static struct genesis_fee fees[] = {{1, 1, 1000}, {1, 2, 20000}};

/* What a community may have otherwise than others. */
static void draw_customs(struct genesis *g, struct dice *d)
{
    static const uint64_t deliveries[] = {0, 500000, 900000, 1000000};
    g->sampling.mode = dice_hits(d, 3) ? SAMPLING_TWO_STAGE : SAMPLING_STRATIFIED;
    g->sampling.verifier_count = 1 + dice_below(d, 9);
    g->sampling.cluster_floor = 1 + dice_below(d, 5);
    g->sampling.absent_after_rounds = 1 + dice_below(d, 3);
    g->trade.min_delivery_ppm = deliveries[dice_below(d, 4)];
    g->trade.tolerance_wh = dice_below(d, 2) * 50;
    g->market.price_rule = dice_hits(d, 4) ? PRICE_POSTED : PRICE_MIDPOINT;
    g->market.posted_micro_per_kwh = 150000;
    g->market.award_min_wh = dice_below(d, 2) * 50;
    g->market.fees = fees;
    g->market.fee_count = dice_below(d, g->feeder_count > 1 ? 3 : 2);
    g->identity.mode = dice_hits(d, 4) ? IDENTITY_ATTESTATION : IDENTITY_DOCUMENTS;
    g->identity.joins_per_block = 1 + dice_below(d, 8);
    g->identity.epoch_ms = 120000 + 60000 * (uint64_t)dice_below(d, 8);
    g->times.grace_slots = 1 + dice_below(d, 3);
    g->limits.draw_work_max = dice_hits(d, 4) ? 1 + dice_below(d, 3) : 2000;
    if (dice_hits(d, 8))
        g->limits.deadline_work_max = CONTRACT_CLUSTER_MAX + 3;
}

static void draw_genesis(struct genesis *g, struct dice *d)
{
    if (dice_hits(d, 4))
        g->limits.members_max = HOMES - 8;
    if (dice_hits(d, 4))
        g->limits.contracts_open_max = 12;
    else
        g->limits.contracts_open_max = 512;
    g->market.book_max_orders = dice_hits(d, 4) ? 10 : 512;
    g->identity.joins_pending_max = 2 + dice_below(d, 8);
    g->identity.attempts_max = 1 + dice_below(d, 4);
    g->limits.block_claims_max = dice_hits(d, 3) ? 1088 : 6500;
    g->limits.deposit_day_max_micro = 300000000;
    g->qot.mode = dice_hits(d, 6) ? QOT_PAPER : QOT_REPAIRED;
    g->trade.unwitnessed = dice_hits(d, 3) ? UNWITNESSED_REFUSE : UNWITNESSED_ALLOW;
    g->identity.handover = dice_hits(d, 4) ? HANDOVER_MOVE : HANDOVER_ERASE;
    g->trade.ranks_max = 1 + dice_below(d, 4);
    g->windows.ttl_max_blocks = 100;
    draw_customs(g, d);
    if (dice_hits(d, 5))
        slow_down(g);
}

static uint64_t draw_dt(struct history *y)
{
    const uint64_t block_ms = y->w.genesis.times.block_ms;
    if (dice_hits(&y->dice, 60))
        return dice_hits(&y->dice, 2) ? UINT64_C(3600000) : UINT64_C(86400000);
    if (dice_hits(&y->dice, 20))
        return 0;
    return block_ms * (1 + dice_below(&y->dice, 2));
}

/* Other people behave badly now; others want to come. */
static void change_moods(struct history *y)
{
    static const uint32_t faults[] = {
        HONEST_SHORT,        HONEST_GREEDY,
        HONEST_REFUSES,      HONEST_NO_STATEMENT,
        HONEST_WRONG_EXEC,   HONEST_WRONG_FINAL,
        HONEST_WRONG_BALLOT, HONEST_WRONG_APPROVAL | HONEST_WRONG_BLOCK,
        HONEST_NO_APPROVAL,  HONEST_NO_EXEC | HONEST_NO_FINAL,
        HONEST_NO_BALLOT,    HONEST_SILENT};
    static const uint32_t verifying[] = {HONEST_WRONG_APPROVAL, HONEST_WRONG_BLOCK};
    const uint32_t kinds = sizeof faults / sizeof faults[0];
    const bool is_bad = dice_hits(&y->dice, 3), is_common = dice_hits(&y->dice, 3);
    const bool is_about_joining = dice_hits(&y->dice, 3);
    const uint32_t common =
        is_about_joining ? verifying[dice_below(&y->dice, 2)] : faults[dice_below(&y->dice, kinds)];
    for (uint32_t home = 1; home <= HOMES; home++) {
        y->h.faults[home] = 0;
        if (dice_hits(&y->dice, is_bad ? 2 : 6))
            y->h.faults[home] = is_common ? common : faults[dice_below(&y->dice, kinds)];
        if (dice_hits(&y->dice, y->growth))
            y->h.wants[home] = true;
    }
    y->h.take = (enum trade_take)(1 + dice_below(&y->dice, 3));
    y->h.trades = dice_below(&y->dice, 8);
    y->h.deposit_micro = dice_hits(&y->dice, 3) ? 0 : 2000000;
    y->h.authority_is_gone = dice_hits(&y->dice, 6);
}

static void begin(struct history *y, uint64_t seed, enum kind kind)
{
    *y = (struct history){.dice = {seed}};
    const struct world_options options = draw_options(&y->dice, seed, kind);
    world_init(&y->w, &options);
    draw_genesis(&y->w.genesis, &y->dice);
    y->growth = dice_hits(&y->dice, 4) ? 60 : 4;
    for (uint32_t home = HOMES - 5; home <= HOMES; home++)
        world_live_like(&y->w, home, home - 12);
    world_start(&y->w);
    honest_init(&y->h, &y->w);
    mischief_init(&y->m, &y->h, seed ^ 0x5eed);
    change_moods(y);
}

static void count_kinds(const struct world *w)
{
    for (uint32_t i = 0; i < w->said_count; i++)
        totals.kinds[w->said[i].op.kind]++;
}

static void one_block(struct history *y, uint32_t i)
{
    const uint64_t dt_ms = draw_dt(y);
    honest_act(&y->h, dt_ms);
    mischief_act(&y->m, dice_below(&y->dice, 12));
    count_kinds(&y->w);
    y->w.options.checks = WORLD_CHECK_SUMS | (i % UNDO_EVERY == 0 ? WORLD_CHECK_UNDO : 0);
    world_block(&y->w, dt_ms);
    tally_ends(y);
    check_intervals(y);
    check_deadlines(y);
    if (i % VERSIONS_EVERY == 0)
        check_versions(y);
}

static void add_seen(const struct seen *s)
{
    struct seen *t = &totals.seen;
    for (uint32_t i = 0; i < SEEN_RECORDS; i++)
        t->records[i] += s->records[i];
    for (uint32_t i = 0; i < CONTRACT_STATE_COUNT * VERDICT_COUNT; i++)
        t->contracts[i / VERDICT_COUNT][i % VERDICT_COUNT] +=
            s->contracts[i / VERDICT_COUNT][i % VERDICT_COUNT];
    for (uint32_t i = 0; i < JOIN_STATE_COUNT; i++)
        t->requests[i] += s->requests[i];
    for (uint32_t i = 0; i < SEEN_STATES; i++) {
        t->blocks[i] += s->blocks[i];
        t->members[i] += s->members[i];
    }
    t->alpha_two += s->alpha_two;
    t->unwitnessed += s->unwitnessed;
}

/* Nobody begins anything any more: what is open comes to its end. */
static void end_all(struct history *y)
{
    const struct ledger *l = y->w.ledger;
    memset(y->h.faults, 0, (HOMES + 1) * sizeof *y->h.faults);
    memset(y->h.wants, 0, (HOMES + 1) * sizeof *y->h.wants);
    y->h.trades = 0;
    for (uint32_t i = 0; i < QUIET; i++) {
        honest_run(&y->h, l->times.interval_ms / 2, 1);
        check_deadlines(y);
    }
    for (uint32_t i = 0; i < l->sizes.contracts; i++)
        world_insist(&y->w, contract_get(l, i)->machine.number == 0, "a contract has not ended");
    for (uint32_t i = 0; i < l->sizes.orders; i++)
        world_insist(&y->w, ((const struct ledger_order *)table_get(&l->orders, i))->number == 0,
                     "an order has not ended");
}

static struct hash live(struct history *y, uint64_t seed, enum kind kind)
{
    begin(y, seed, kind);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        if (i % 40 == 39)
            change_moods(y);
        one_block(y, i);
    }
    end_all(y);
    const struct hash digest = y->w.digest;
    if (kind == KIND_RECORDED) {
        const struct hash again = world_replay(&y->w);
        world_insist(&y->w, hash_equal(&again, &digest), "the same blocks give another chain");
    }
    for (uint32_t code = 0; code < WORLD_CODES; code++)
        totals.codes[code] += y->w.code_counts[code];
    add_seen(&y->w.seen);
    totals.blocks += BLOCKS;
    world_close(&y->w);
    return digest;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void print_table(void)
{
    printf("%" PRIu64 " blocks\n", totals.blocks);
    for (uint32_t i = 0; err_at(i) && err_at(i)->number < WORLD_CODES; i++)
        printf("  %-22s %" PRIu64 "\n", err_at(i)->name, totals.codes[err_at(i)->number]);
    for (uint32_t s = CONTRACT_SETTLED; s < CONTRACT_STATE_COUNT; s++)
        for (uint32_t c = 0; c < VERDICT_COUNT; c++)
            if (totals.seen.contracts[s][c] > 0)
                printf("  %s %s: %" PRIu64 "\n", contract_state_name((enum contract_state)s),
                       settlement_verdict_name((enum settlement_verdict)c),
                       totals.seen.contracts[s][c]);
    printf("  alpha +2: %" PRIu64 ", unwitnessed: %" PRIu64 "\n", totals.seen.alpha_two,
           totals.seen.unwitnessed);
    for (uint32_t i = 1; i < JOIN_STATE_COUNT; i++)
        printf("  requests in state %u: %" PRIu64 "\n", (unsigned)i, totals.seen.requests[i]);
    for (uint32_t i = 1; i < SEEN_STATES; i++)
        printf("  verification blocks in state %u: %" PRIu64 ", members: %" PRIu64 "\n",
               (unsigned)i, totals.seen.blocks[i], totals.seen.members[i]);
    for (uint32_t i = 1; i < SEEN_RECORDS; i++)
        printf("  records of kind %u: %" PRIu64 "\n", (unsigned)i, totals.seen.records[i]);
    for (uint32_t i = 1; i < OP_KIND_COUNT; i++)
        printf("  %s: %" PRIu64 "\n", op_name((enum op_kind)i), totals.kinds[i]);
}

/* Never given by any ledger, or only after more blocks than a test has. */
static bool is_out_of_reach(enum err code)
{
    switch ((int)code) {
    case ERR_KEYS_FULL:         /* thousands of keys */
    case ERR_REFERENCES_FULL:   /* 65,536 bank references */
    case ERR_ORDER_SCORE_LEVEL: /* the wire has refused it */
    case ERR_EVIDENCE_KEY:      /* such evidence has no proof: OP_PROOF */
    case ERR_INADMISSIBLE:      /* of studies without blocks */
        return true;
    default:
        return false;
    }
}

static void check_enough(uint64_t count, const char *what)
{
    const uint64_t enough = ENOUGH;
    if (count < enough)
        fail_msg("%s: only %" PRIu64 " times", what, count);
}

static void check_all_met(void)
{
    const struct seen *s = &totals.seen;
    for (uint32_t i = 0; err_at(i) && err_at(i)->number < WORLD_CODES; i++)
        if (!is_out_of_reach((enum err)err_at(i)->number))
            check_enough(totals.codes[err_at(i)->number], err_at(i)->name);
    for (uint32_t cond = VERDICT_C1; cond <= VERDICT_C4; cond++)
        check_enough(s->contracts[CONTRACT_DECLINED][cond], "DECLINED by a condition");
    check_enough(s->contracts[CONTRACT_SETTLED][VERDICT_VOID], "SETTLED");
    check_enough(s->contracts[CONTRACT_VOID][VERDICT_VOID], "VOID");
    check_enough(s->alpha_two, "alpha +2");
    check_enough(s->unwitnessed, "unwitnessed");
    check_enough(s->requests[JOIN_ACTIVE], "request ACTIVE");
    check_enough(s->requests[JOIN_REJECTED], "request REJECTED");
    check_enough(s->requests[JOIN_EXPIRED], "request EXPIRED");
    for (uint32_t i = BLOCK_DECIDED; i <= BLOCK_STRUCK; i++)
        check_enough(s->blocks[i], "verification block's end");
    for (uint32_t i = STATUS_REVOKED; i <= STATUS_DEPARTED; i++)
        check_enough(s->members[i], "member's end");
    for (uint32_t i = 1; i < OP_KIND_COUNT; i++)
        check_enough(totals.kinds[i], op_name((enum op_kind)i));
}

static void random_histories_hold_together(void **state)
{
    (void)state;
    for (uint64_t seed = PINNED + 1; seed <= HISTORIES; seed++)
        (void)live(&history, seed, KIND_PLAIN);
    print_table();
    check_all_met();
}

/* What these chains come to on every build. Whoever changes what a block does on purpose writes
 * down the new value that the failure shows. */
static void the_first_histories_are_the_same_on_every_build(void **state)
{
    static const char pinned[] = "6b5ccd57c686dde969081cbc169877d8eb0bdcaf9e0601da2ab0524e032c7e73";
    char text[2 * HASH_BYTES + 1];
    struct hash_ctx ctx;
    (void)state;
    hash_init(&ctx);
    for (uint64_t seed = 1; seed <= PINNED; seed++) {
        const struct hash digest = live(&history, seed, seed % 2 ? KIND_RECORDED : KIND_PLAIN);
        hash_update(&ctx, (struct span){digest.bytes, HASH_BYTES});
    }
    const struct hash all = hash_final(&ctx);
    hex_format(text, (struct span){all.bytes, HASH_BYTES});
    assert_string_equal(text, pinned);
}

static void signatures_change_nothing_but_who_is_believed(void **state)
{
    (void)state;
    const struct hash hashed = live(&history, 2, KIND_PLAIN);
    const struct hash is_signed = live(&history, 2, KIND_SIGNED);
    assert_true(hash_equal(&hashed, &is_signed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_histories_are_the_same_on_every_build),
        cmocka_unit_test(signatures_change_nothing_but_who_is_believed),
        cmocka_unit_test(random_histories_hold_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
