/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.2: a row's history that a client may believe with an app hash alone. */
#include "ledger/test_proofs.h"

struct told { /* a row's history as it is served */
    struct history_version versions[VERSIONS_MAX];
    struct history_delta deltas[VERSIONS_MAX];
    struct stores_step in_history[VERSIONS_MAX];
    uint8_t values[VERSIONS_MAX][256];
    uint8_t last[PROOFS_BYTES_MAX], head[PROOFS_BYTES_MAX];
    struct proofs_history h;
};

static void hear(struct told *t, struct fixture *f, uint64_t number)
{
    struct history_version *v = &t->versions[t->h.count];
    if (!proofs_version(v, f->l, store("payouts"), number, value_bytes))
        return;
    assert_true(v->value.len <= sizeof t->values[0]);
    memcpy(t->values[t->h.count], v->value.at, v->value.len);
    v->value.at = t->values[t->h.count];
    t->deltas[t->h.count].height = ledger_height(f->l);
    t->deltas[t->h.count].root = proofs_delta(f->l);
    t->h.count++;
}

static void finish(struct told *t, struct fixture *f, enum store_view view, uint64_t number)
{
    const struct proofs_list list = {.store = store("history"), .nodes = f->history.at};
    struct proofs_entry e;
    assert_true(proofs_row(&t->h.last, f->l, view, store("payouts"), number, t->last));
    for (uint32_t i = 0; i < t->h.count; i++) {
        assert_true(proofs_entry(&e, f->l, view, &list, t->deltas[i].height, t->head));
        t->in_history[i] = e.in_list;
    }
    t->h.head = e.head;
    t->h.history_root = e.root;
    t->h.in_app_hash = e.in_app_hash;
    t->h.versions = t->versions;
    t->h.deltas = t->deltas;
    t->h.in_history = t->in_history;
}

/* Payout 3 is written in blocks 2, 3, 5, 6 and 8 of 9; block 10 ends it. */
static struct told *tell(struct fixture *f, uint32_t blocks)
{
    struct told *t = calloc(1, sizeof *t);
    static const bool writes[] = {0, 0, 1, 1, 0, 1, 1, 0, 1, 0, 0};
    for (uint32_t b = 1; b <= blocks; b++) {
        begin(f);
        if (writes[b])
            set_payout(f, 2, 3, 100 * b);
        if (b == 10)
            set_payout(f, 2, 0, 0);
        set_payout(f, b % 2, 50 + b, b); /* others */
        seal(f);
        hear(t, f, 3);
    }
    assert_int_equal(t->h.count, 5);
    return t;
}

static void assert_verdict(const struct told *t, const struct fixture *f,
                           enum history_verdict expected)
{
    assert_int_equal(proofs_history_check(&t->h, &f->app_hash), expected);
}

/* RULE ledger.2 */
static void a_history_is_complete_by_the_last_app_hash_alone(void **state)
{
    (void)state;
    struct fixture *f = open_ledger();
    struct told *t = tell(f, 9);
    finish(t, f, STORE_NOW, 3);
    assert_verdict(t, f, HISTORY_COMPLETE);
    assert_int_equal(proofs_history_check(&t->h, &f->before), HISTORY_STATE);
    t->h.count = 4; /* the last one is left out */
    assert_verdict(t, f, HISTORY_STATE);
    t->h.count = 0;
    assert_verdict(t, f, HISTORY_EMPTY);
    t->h.count = 4; /* the first one is left out */
    t->h.versions++;
    t->h.deltas++;
    t->h.in_history++;
    assert_verdict(t, f, HISTORY_BEGIN);
    t->h.first_height = 3; /* it is before what is asked for */
    assert_verdict(t, f, HISTORY_COMPLETE);
    t->h.first_height = 2;
    assert_verdict(t, f, HISTORY_BEGIN);
    close_ledger(f);
    free(t);
}

static void a_history_told_wrongly_is_not_believed(void **state)
{
    (void)state;
    struct fixture *f = open_ledger();
    struct told *t = tell(f, 9);
    finish(t, f, STORE_NOW, 3);
    t->values[2][5] ^= 1;
    assert_verdict(t, f, HISTORY_DELTA);
    t->values[2][5] ^= 1;
    t->deltas[1].root.bytes[0] ^= 1;
    assert_verdict(t, f, HISTORY_DELTA);
    t->deltas[1].root.bytes[0] ^= 1;
    t->deltas[1].height++;
    assert_verdict(t, f, HISTORY_DELTA);
    t->deltas[1].height--;
    t->in_history[1].index++;
    assert_verdict(t, f, HISTORY_DELTA);
    t->in_history[1].index--;
    t->in_history[1].size++;
    assert_verdict(t, f, HISTORY_DELTA);
    t->in_history[1].size--;
    t->h.history_root.bytes[0] ^= 1;
    assert_verdict(t, f, HISTORY_DELTA);
    t->h.history_root.bytes[0] ^= 1;
    t->versions[3] = t->versions[2];
    assert_verdict(t, f, HISTORY_LINK);
    t->versions[3] = t->versions[4];
    t->h.count = 4; /* one in the middle is left out */
    assert_verdict(t, f, HISTORY_LINK);
    t->head[40] ^= 1;
    assert_verdict(t, f, HISTORY_STATE);
    close_ledger(f);
    free(t);
}

/* A row that has ended was complete in the state before the block that ended it. */
static void the_history_of_a_row_that_is_gone_ends_with_the_state_before(void **state)
{
    (void)state;
    struct fixture *f = open_ledger();
    struct told *t = tell(f, 10);
    assert_false(exists(f, STORE_NOW, "payouts", 3));
    finish(t, f, STORE_BEFORE, 3);
    assert_int_equal(proofs_history_check(&t->h, &f->before), HISTORY_COMPLETE);
    assert_int_equal(proofs_history_check(&t->h, &f->app_hash), HISTORY_STATE);
    close_ledger(f);
    free(t);
}

static void a_version_is_only_of_the_block_that_wrote_it(void **state)
{
    (void)state;
    struct fixture *f = open_ledger();
    struct history_version v;
    begin(f);
    set_payout(f, 2, 3, 100);
    seal(f);
    assert_true(proofs_version(&v, f->l, store("payouts"), 3, value_bytes));
    assert_int_equal(v.meta.version, 1);
    assert_true(proofs_version(&v, f->l, store("head"), 0, value_bytes));
    assert_int_equal(v.meta.version, 2);
    assert_false(proofs_version(&v, f->l, store("members"), 1, value_bytes));
    assert_false(proofs_version(&v, f->l, store("payouts"), 4, value_bytes));
    assert_false(proofs_version(&v, f->l, store("log"), 0, value_bytes));
    begin(f);
    seal(f);
    assert_false(proofs_version(&v, f->l, store("payouts"), 3, value_bytes));
    close_ledger(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_history_is_complete_by_the_last_app_hash_alone),
        cmocka_unit_test(a_history_told_wrongly_is_not_believed),
        cmocka_unit_test(the_history_of_a_row_that_is_gone_ends_with_the_state_before),
        cmocka_unit_test(a_version_is_only_of_the_block_that_wrote_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
