/* SPDX-License-Identifier: Apache-2.0 */
/* Every road that one contract can take (docs/state-machines.md, end of section 3; RULE ledger.5,
 * trade.8, trade.9, trade.10, boot.6): e = 0, 1, 2, 3, 5; two ranks; every verdict; leaders right,
 * wrong, silent, vacant; ballots; revocation and ejection. At each step money and energy are
 * constant and there is a timed exit; nothing is reserved at an end. */
#include "core/contract.h"

#include "base/bitmap.h"
#include "crypto/hash.h"

#include "tests/cmocka_all.h"

#include <string.h>

enum {
    SELLER = 1,
    BUYER = 2,
    FIRST_SEAT = 3,
    SEATS_MAX = 5,
    SLOTS = FIRST_SEAT + SEATS_MAX,
    WINDOW_MS = 10,
    PRICE = 100,
    PAID = 80,
    DELIVERED_WH = 9,
    SETTLED_WH = 8,
    VISITED = 1 << 20,
    MOVES_OF_SEATS = 2 * 2 * SEATS_MAX,
};

struct node { /* all that decides what can happen next */
    struct contract c;
    uint8_t members[SLOTS];
    uint8_t votes[4];
    int64_t buyer, seller, reserved, escrow; /* money */
    int64_t title, energy_escrow, received;  /* energy */
    uint64_t now_ms;
};

enum end_class {
    END_SETTLED,
    END_SETTLED_UNWITNESSED,
    END_C1,
    END_C2,
    END_C3,
    END_C4,
    END_C1_UNWITNESSED,
    END_C2_UNWITNESSED,
    END_C3_UNWITNESSED,
    END_C4_UNWITNESSED,
    END_VOID,
    END_VOID_CLUSTER,
    END_CLASSES
};

static struct {
    uint64_t keys[VISITED];
    uint32_t states, ends[END_CLASSES];
    struct settlement_result judged;
    uint32_t eligible;
} walk;

static const uint32_t cluster[SEATS_MAX] = {3, 4, 5, 6, 7};
static const struct contract_params params = {
    .exec_ms = WINDOW_MS, .final_ms = WINDOW_MS, .vote_ms = WINDOW_MS, .ranks_max = 2};

static uint64_t since(uint64_t end_ms, uint64_t now_ms)
{
    return end_ms > now_ms ? end_ms - now_ms : 0;
}

/* Two nodes with the same key can do the same; times count from now. */
static uint64_t key_of(const struct node *n)
{
    uint64_t parts[24] = {
        n->c.state,        n->c.is_judged,       n->c.rank,
        n->c.cond,         (uint64_t)n->c.alpha, n->c.unwitnessed,
        n->c.is_scored,    n->c.cluster != NULL, since(n->c.deadline_ms, n->now_ms),
        (uint64_t)n->title};
    uint32_t count = 10;
    for (uint32_t stage = 0; stage < CONTRACT_STAGES; stage++) {
        const struct contract_office *o = &n->c.offices[stage];
        parts[count++] = o->first_rank << 8 | o->rank_count;
        parts[count++] = (uint64_t)o->did[0] << 8 | o->did[1];
        parts[count++] = o->has_votes ? 1 + since(o->votes_end_ms, n->now_ms) : 0;
        parts[count++] = (uint64_t)n->votes[2 * stage] << 8 | n->votes[2 * stage + 1];
    }
    memcpy(&parts[count], n->members, sizeof n->members);
    const struct hash hash = hash_bytes((struct span){(const uint8_t *)parts, sizeof parts});
    uint64_t key;
    memcpy(&key, hash.bytes, sizeof key);
    return key ? key : 1;
}

static bool visit(uint64_t key)
{
    uint64_t at = key % VISITED;
    while (walk.keys[at] != 0 && walk.keys[at] != key)
        at = (at + 1) % VISITED;
    if (walk.keys[at] == key)
        return false;
    walk.keys[at] = key;
    walk.states++;
    assert_true(walk.states < VISITED / 2);
    return true;
}

static void apply(struct node *n, enum contract_effect effect)
{
    const int64_t payment = n->c.judged.payment.micro, energy = n->c.judged.settled.wh;
    if (effect == EFFECT_ESCROW) {
        n->reserved -= payment;
        n->escrow += payment;
        n->title -= energy;
        n->energy_escrow += energy;
    } else if (effect == EFFECT_RETURN) {
        n->title += n->energy_escrow;
        n->energy_escrow = 0;
    } else if (effect == EFFECT_SETTLE || effect == EFFECT_REFUND) {
        int64_t *payee = effect == EFFECT_SETTLE ? &n->seller : &n->buyer;
        *payee += n->escrow;
        n->buyer += n->reserved;
        n->escrow = n->reserved = 0;
        n->received += effect == EFFECT_SETTLE ? n->energy_escrow : 0;
        n->energy_escrow -= effect == EFFECT_SETTLE ? n->energy_escrow : 0;
    }
}

static void check(const struct node *n)
{
    assert_int_equal(n->buyer + n->seller + n->reserved + n->escrow, PRICE);
    assert_int_equal(n->title + n->energy_escrow + n->received, DELIVERED_WH);
    assert_true(n->reserved >= 0 && n->escrow >= 0 && n->title >= 0 && n->energy_escrow >= 0);
    if (contract_is_closed(&n->c))
        assert_true(n->reserved == 0 && n->escrow == 0 && n->energy_escrow == 0);
    else
        assert_int_equal(n->reserved + n->escrow, PRICE); /* its reservation until it closes */
}

/* Grows with every move, so no road comes back to where it was. */
static uint32_t progress(const struct node *n)
{
    uint32_t sum = (uint32_t)n->c.state * 1000 + n->c.is_judged + n->c.is_scored +
                   100 * (n->c.offices[0].rank_count + n->c.offices[1].rank_count);
    for (uint32_t i = 0; i < 4; i++)
        sum += bitmap_sum(&n->votes[i], 8);
    for (uint32_t slot = 0; slot < SLOTS; slot++)
        sum += n->members[slot];
    return sum;
}

static void explore(const struct node *n);

/* Take one event; what it leads to is explored too. False if it is refused. */
static bool go(const struct node *from, const struct contract_event *ev, uint64_t now_ms)
{
    struct node n = *from;
    n.now_ms = now_ms;
    for (uint32_t stage = 0; n.c.cluster && stage < CONTRACT_STAGES; stage++) {
        n.c.offices[stage].voted = &n.votes[2 * stage];
        n.c.offices[stage].agree = &n.votes[2 * stage + 1];
    }
    struct contract_event own = *ev;
    own.votes = n.votes;
    const struct contract_world w = {
        .params = &params, .members = n.members, .now_ms = now_ms, .due_ms = now_ms};
    struct contract_effects effects;
    const enum err code = contract_step(&n.c, &own, &w, &effects);
    if (code != ERR_OK && code != ERR_RESULT_WRONG)
        return false;
    for (uint32_t i = 0; i < effects.count; i++)
        apply(&n, effects.at[i]);
    assert_true(progress(&n) > progress(from));
    explore(&n);
    return true;
}

static bool go_plain(const struct node *n, enum contract_event_kind kind, uint64_t now_ms)
{
    const struct contract_event ev = {.kind = kind};
    return go(n, &ev, now_ms);
}

static void go_results(const struct node *n)
{
    static const enum settlement_verdict said[] = {VERDICT_PASS, VERDICT_C1, VERDICT_C2, VERDICT_C3,
                                                   VERDICT_C4};
    for (uint32_t i = 0; n->c.cluster_count > 0 && i < 5; i++) {
        for (uint32_t kind = CONTRACT_EV_EXEC; kind <= CONTRACT_EV_FINAL; kind++) {
            const struct contract_event ev = {.kind = (enum contract_event_kind)kind,
                                              .by = n->c.cluster[n->c.rank],
                                              .verdict = said[i],
                                              .settled = n->c.judged.settled,
                                              .payment = n->c.judged.payment};
            go(n, &ev, n->now_ms);
        }
    }
}

static void go_votes(const struct node *n)
{
    for (uint32_t i = 0; n->c.cluster && i < MOVES_OF_SEATS; i++) {
        const uint32_t seat = i / 4;
        const struct contract_event ev = {.kind = i & 1 ? CONTRACT_EV_VOTE_FINAL
                                                        : CONTRACT_EV_VOTE_EXEC,
                                          .by = cluster[seat],
                                          .agrees = (i & 2) != 0};
        if (seat < n->c.cluster_count)
            go(n, &ev, n->now_ms);
    }
}

/* Revoke a rank, or eject the seller: they change what the contract meets, not itself. */
static void go_members(const struct node *n)
{
    static const struct {
        uint32_t slot;
        uint8_t becomes;
    } fates[] = {
        {FIRST_SEAT, MEMBER_REVOKED}, {FIRST_SEAT + 1, MEMBER_REVOKED}, {SELLER, MEMBER_EJECTED}};
    for (uint32_t i = 0; i < sizeof fates / sizeof fates[0]; i++) {
        struct node next = *n;
        if (next.members[fates[i].slot] != MEMBER_LIVE || contract_is_closed(&n->c))
            continue;
        next.members[fates[i].slot] = fates[i].becomes;
        explore(&next);
    }
}

static void count_end(const struct contract *c)
{
    const uint32_t unwitnessed = c->unwitnessed ? END_C1_UNWITNESSED - END_C1 : 0;
    enum end_class class = c->unwitnessed ? END_SETTLED_UNWITNESSED : END_SETTLED;
    if (c->state == CONTRACT_DECLINED)
        class = (enum end_class)(END_C1 + (c->cond - VERDICT_C1) + unwitnessed);
    if (c->state == CONTRACT_VOID)
        class = c->alpha == 2 ? END_VOID_CLUSTER : END_VOID;
    assert_true(c->state != CONTRACT_VOID || !c->unwitnessed);
    assert_int_equal(c->alpha, c->state == CONTRACT_VOID                        ? c->alpha
                               : c->state == CONTRACT_SETTLED                   ? 0
                               : c->cond == VERDICT_C1 || c->cond == VERDICT_C4 ? 1
                                                                                : -1);
    walk.ends[class]++;
}

/* Time alone leads on from every state that is not an end. */
static void go_on(const struct node *n)
{
    const struct contract_event drawn = {.kind = CONTRACT_EV_DRAW,
                                         .cluster = cluster,
                                         .cluster_count = walk.eligible,
                                         .eligible = walk.eligible};
    const struct contract_event judged = {.kind = CONTRACT_EV_JUDGED, .judged = &walk.judged};
    bool leads_on;
    if (contract_is_closed(&n->c)) {
        leads_on = go_plain(n, CONTRACT_EV_SCORED, n->now_ms + WINDOW_MS);
    } else if (n->c.state <= CONTRACT_DRAWN) {
        leads_on = go(n, &judged, n->now_ms);
        leads_on = go(n, &drawn, n->now_ms) || leads_on;
        assert_true(go_plain(n, CONTRACT_EV_REVOKED, n->now_ms));
    } else {
        leads_on = go_plain(n, CONTRACT_EV_TIME, n->c.deadline_ms);
        go_plain(n, CONTRACT_EV_TIME, n->now_ms); /* a vacant rank */
    }
    assert_true(leads_on);
}

static void explore(const struct node *n)
{
    check(n);
    if (!visit(key_of(n)))
        return;
    if (n->c.is_scored) {
        count_end(&n->c);
        return;
    }
    go_on(n);
    go_results(n);
    go_votes(n);
    go_plain(n, CONTRACT_EV_DECIDE, n->now_ms);
    go_members(n);
}

static void walk_from(uint32_t eligible, enum settlement_verdict verdict)
{
    const bool holds = verdict == VERDICT_PASS || verdict == VERDICT_C3;
    walk.eligible = eligible;
    walk.judged = (struct settlement_result){
        .verdict = verdict, .settled = {holds ? SETTLED_WH : 0}, .payment = {holds ? PAID : 0}};
    memset(walk.keys, 0, sizeof walk.keys); /* the key does not tell verdict and e */
    const struct node start = {
        .c = {.number = 1, .seller = SELLER, .buyer = BUYER, .state = CONTRACT_PREPARED},
        .reserved = PRICE,
        .title = DELIVERED_WH};
    explore(&start);
}

static void every_road_of_a_contract_ends_and_keeps_money_and_energy(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 1, 2, 3, 5};
    static const enum settlement_verdict verdicts[] = {VERDICT_VOID, VERDICT_PASS, VERDICT_C1,
                                                       VERDICT_C2, VERDICT_C3};
    uint32_t states = 0;
    for (uint32_t i = 0; i < 5; i++) {
        for (uint32_t j = 0; j < 5; j++) {
            walk.states = 0;
            walk_from(sizes[i], verdicts[j]);
            states += walk.states;
        }
    }
    print_message("%u states\n", states);
    for (uint32_t class = 0; class < END_CLASSES; class ++) {
        print_message("end %u: %u\n", class, walk.ends[class]);
        assert_true(walk.ends[class] > 0);
    }
    assert_true(states > 362); /* the count of the design's coarser enumeration */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_road_of_a_contract_ends_and_keeps_money_and_energy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
