/* SPDX-License-Identifier: Apache-2.0 */
/* RULE op.1: lists of duties. */
#include "ledger/trade_duty.h"

#include "base/test_random.h"

#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

enum { LISTS = 5, DUTIES = 4000, ROUNDS = 4000 };

struct model {
    struct duty_lists lists;
    uint32_t count[LISTS];
    struct duty duty[LISTS][DUTIES];
};

static struct model *model_open(void)
{
    struct model *m = calloc(1, sizeof *m);
    assert_non_null(m);
    m->lists.chunk_max = duty_chunks(DUTIES, LISTS);
    m->lists.list_count = LISTS;
    m->lists.chunks = malloc(m->lists.chunk_max * sizeof *m->lists.chunks);
    m->lists.lists = malloc(LISTS * sizeof *m->lists.lists);
    assert_true(m->lists.chunks && m->lists.lists);
    duty_clear(&m->lists);
    return m;
}

static void model_close(struct model *m)
{
    free(m->lists.chunks);
    free(m->lists.lists);
    free(m);
}

static void add(struct model *m, uint32_t list, struct test_random *r)
{
    const struct duty duty = {.place = (uint32_t)test_random_below(r, DUTY_PLACES_MAX),
                              .rank = (uint32_t)test_random_below(r, 1U << DUTY_RANK_BITS)};
    duty_add(&m->lists, list, duty);
    m->duty[list][m->count[list]++] = duty;
}

static void expect_duty(const struct model *m, uint32_t list, uint32_t position, struct duty found)
{
    assert_int_equal(found.place, m->duty[list][position].place);
    assert_int_equal(found.rank, m->duty[list][position].rank);
}

static void every_position_is_found_and_read_on_from(void **state)
{
    (void)state;
    struct model *m = model_open();
    struct test_random r = {1};
    for (uint32_t i = 0; i < DUTIES; i++)
        add(m, (uint32_t)test_random_below(&r, 10) < 7 ? 0 : i % LISTS, &r);
    uint32_t far = 0;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        struct duty_reader reader;
        const uint32_t list = i % LISTS, count = m->count[list];
        uint32_t position = (uint32_t)test_random_below(&r, count);
        far += count > 1000 && position < 500;
        assert_int_equal(duty_count(&m->lists, list), count);
        duty_reader_init(&reader, &m->lists, list, position);
        for (uint32_t step = 0; position < count && step < 20; step++) {
            expect_duty(m, list, position, duty_read(&reader, position));
            position += (uint32_t)test_random_below(&r, 40);
        }
    }
    assert_true(far > 100);
    model_close(m);
}

static void drop_list(struct model *m, uint32_t list)
{
    struct duty_reader reader;
    if (m->count[list] > 0)
        duty_reader_init(&reader, &m->lists, list, 0);
    for (uint32_t i = 0; i < m->count[list]; i++)
        expect_duty(m, list, i, duty_read(&reader, i));
    duty_drop(&m->lists, list);
    assert_int_equal(duty_count(&m->lists, list), 0);
    m->count[list] = 0;
}

/* As many duties as there is room for, dropped and given out again in other lists. */
static void what_is_dropped_is_used_again(void **state)
{
    (void)state;
    struct model *m = model_open();
    struct test_random r = {2};
    for (uint32_t turn = 0; turn < 50; turn++) {
        for (uint32_t i = 0; i < DUTIES; i++)
            add(m, (uint32_t)test_random_below(&r, 1 + turn % LISTS), &r);
        for (uint32_t list = 0; list < LISTS; list++)
            drop_list(m, list);
    }
    assert_true(m->lists.chunk_used <= m->lists.chunk_max);
    model_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_position_is_found_and_read_on_from),
        cmocka_unit_test(what_is_dropped_is_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
