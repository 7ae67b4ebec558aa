/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.6, dos.3: phase 3 alone. The modules whose work it is are played by this file: their
 * functions below are the ones that due.c finds. */
#include "tests/cmocka_all.h"

#include "ledger/state.h"

#include <stdlib.h>

enum { ITEMS_MAX = 4096, SCRATCH = ITEMS_MAX * sizeof(struct due_item) };

static struct work { /* what there is to do */
    struct due_item item;
    uint64_t cost;
    uint32_t makes; /* items of @child that fall due when it is done */
    struct due_item child;
    bool is_due, is_stale, is_stuck;
} works[ITEMS_MAX];
static uint32_t work_count, done_count;
static struct due_item done[ITEMS_MAX];
static uint64_t due_seen[ITEMS_MAX];

static uint32_t module_of(enum due_kind kind)
{
    if (kind == DUE_GATE)
        return 0;
    return kind < DUE_BLOCK ? 1 : 2;
}

static void add_due(struct due_list *list, uint32_t module)
{
    for (uint32_t i = work_count; i > 0; i--) /* not in the order wanted */
        if (works[i - 1].is_due && module_of(works[i - 1].item.kind) == module)
            due_add(list, &works[i - 1].item);
}

void market_due(const struct ledger *l, struct due_list *list)
{
    (void)l;
    add_due(list, 0);
}

void trade_due(const struct ledger *l, struct due_list *list)
{
    (void)l;
    add_due(list, 1);
}

void verification_due(const struct ledger *l, struct due_list *list)
{
    (void)l;
    add_due(list, 2);
}

static uint64_t do_work(struct ledger *l, const struct due_item *item, uint32_t module)
{
    struct work *w = &works[item->place];
    assert_int_equal(module_of(item->kind), module);
    assert_true(w->is_due);
    due_seen[done_count] = l->now.due_ms;
    done[done_count++] = *item;
    w->is_due = w->is_stuck;
    if (w->makes) {
        works[work_count] = (struct work){
            .item = w->child, .cost = 1, .makes = w->makes - 1, .child = w->child, .is_due = true};
        works[work_count].item.place = work_count;
        work_count++;
    }
    return w->cost;
}

uint64_t market_do(struct ledger *l, const struct due_item *item)
{
    return do_work(l, item, 0);
}

uint64_t trade_do(struct ledger *l, const struct due_item *item)
{
    return do_work(l, item, 1);
}

uint64_t verification_do(struct ledger *l, const struct due_item *item)
{
    return do_work(l, item, 2);
}

static struct ledger *start(uint64_t steps)
{
    struct ledger *l = calloc(1, sizeof *l);
    assert_non_null(l);
    l->due =
        (struct due_list){.items = calloc(ITEMS_MAX, sizeof *l->due.items), .count_max = ITEMS_MAX};
    arena_init(&l->scratch, malloc(SCRATCH), SCRATCH);
    l->now.a_ms = 5000;
    l->now.steps_left = steps;
    work_count = done_count = 0;
    return l;
}

static void stop(struct ledger *l)
{
    free(l->scratch.memory);
    free(l->due.items);
    free(l);
}

static struct work *add(uint64_t due_ms, enum due_kind kind, uint64_t number, uint64_t cost)
{
    struct work *w = &works[work_count];
    *w = (struct work){.item = {due_ms, kind, number, work_count}, .cost = cost, .is_due = true};
    work_count++;
    return w;
}

static void assert_sorted(uint32_t from, uint32_t to)
{
    for (uint32_t i = from + 1; i < to; i++) {
        const struct due_item *a = &done[i - 1], *b = &done[i];
        const bool is_before =
            a->due_ms < b->due_ms ||
            (a->due_ms == b->due_ms &&
             (a->kind < b->kind || (a->kind == b->kind && a->number < b->number)));
        assert_true(is_before);
    }
}

static void work_is_done_by_due_time_kind_and_number(void **state)
{
    (void)state;
    struct ledger *l = start(100);
    add(30, DUE_GATE, 1, 1);
    add(20, DUE_EXPIRY, 1, 1);
    add(20, DUE_STAGE, 9, 1);
    add(20, DUE_STAGE, 8, 1);
    add(10, DUE_EXPIRY, 7, 1);
    due_run(l);
    static const uint32_t order[] = {4, 3, 2, 1, 0};
    assert_int_equal(done_count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(done[i].place, order[i]);
        assert_int_equal(due_seen[i], done[i].due_ms);
    }
    assert_int_equal(l->now.steps_left, 95);
    assert_int_equal(l->now.due_ms, l->now.a_ms);
    stop(l);
}

static void random_work_is_sorted_whatever_its_number(void **state)
{
    (void)state;
    uint64_t draw = 7;
    for (uint32_t count = 0; count < 300; count++) {
        struct ledger *l = start(UINT64_MAX);
        for (uint32_t i = 0; i < count; i++) {
            draw = draw * UINT64_C(6364136223846793005) + 1442695040888963407U;
            add(draw >> 60, (enum due_kind)((draw >> 40) % DUE_KINDS), i * 7 % 1009 + 1, 1);
        }
        due_run(l);
        assert_int_equal(done_count, count);
        assert_sorted(0, count);
        stop(l);
    }
}

/* What the budget leaves is the first of the next block. */
static void the_rest_is_done_in_the_next_block(void **state)
{
    (void)state;
    struct ledger *l = start(10);
    add(10, DUE_RANK, 1, 4);
    add(10, DUE_RANK, 2, 5);
    add(10, DUE_RANK, 3, 50); /* one step is left: it is begun, and the block is full */
    add(10, DUE_RANK, 4, 1);
    due_run(l);
    assert_int_equal(done_count, 3);
    assert_int_equal(l->now.steps_left, 0);
    due_run(l); /* nothing without a budget */
    assert_int_equal(done_count, 3);
    l->now.steps_left = 10;
    add(9, DUE_STAGE, 1, 1);
    add(11, DUE_GATE, 1, 1);
    due_run(l);
    assert_int_equal(done_count, 6);
    assert_int_equal(done[3].kind, DUE_STAGE);
    assert_int_equal(done[4].number, 4);
    assert_int_equal(done[5].kind, DUE_GATE);
    stop(l);
}

static void exactly_the_budget_is_done(void **state)
{
    (void)state;
    struct ledger *l = start(3);
    for (uint32_t i = 1; i <= 4; i++)
        add(10, DUE_SCORE, i, 1);
    due_run(l);
    assert_int_equal(done_count, 3);
    stop(l);
}

/* What falls due meanwhile comes in a further pass, even where its due time is earlier. */
static void what_falls_due_meanwhile_is_done_after_it(void **state)
{
    (void)state;
    struct ledger *l = start(100);
    struct work *w = add(20, DUE_STAGE, 1, 1);
    w->makes = 3;
    w->child = (struct due_item){.due_ms = 10, .kind = DUE_SCORE, .number = 5};
    add(30, DUE_BLOCK, 1, 1);
    due_run(l);
    assert_int_equal(done_count, 5);
    assert_int_equal(done[1].kind, DUE_BLOCK);
    for (uint32_t i = 2; i < 5; i++)
        assert_int_equal(done[i].kind, DUE_SCORE);
    stop(l);
}

static void a_further_pass_has_the_rest_of_the_budget(void **state)
{
    (void)state;
    struct ledger *l = start(3);
    struct work *w = add(20, DUE_STAGE, 1, 1);
    w->makes = 9;
    w->child = (struct due_item){.due_ms = 10, .kind = DUE_SCORE, .number = 5};
    due_run(l);
    assert_int_equal(done_count, 3);
    stop(l);
}

/* Even what never ends does not hold a block. */
static void passes_have_a_bound(void **state)
{
    (void)state;
    struct ledger *l = start(UINT64_MAX);
    add(1, DUE_GATE, 1, 1)->is_stuck = true;
    due_run(l);
    assert_int_equal(done_count, 64);
    stop(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_is_done_by_due_time_kind_and_number),
        cmocka_unit_test(random_work_is_sorted_whatever_its_number),
        cmocka_unit_test(the_rest_is_done_in_the_next_block),
        cmocka_unit_test(exactly_the_budget_is_done),
        cmocka_unit_test(what_falls_due_meanwhile_is_done_after_it),
        cmocka_unit_test(a_further_pass_has_the_rest_of_the_budget),
        cmocka_unit_test(passes_have_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
