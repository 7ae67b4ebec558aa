/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/clock.h"
#include "tests/cmocka_all.h"

static const struct clock_times times = {
    .t0_ms = 1000, .tau_ms = 100, .interval_ms = 900, .gap_ms = 50};

static void step(struct clock_state *c, uint64_t t_ms, uint64_t a_ms)
{
    assert_true(clock_step(c, &times, t_ms));
    assert_int_equal(c->a_ms, a_ms);
}

/* RULE num.7 */
static void the_active_clock_grows_by_the_gap_at_most(void **state)
{
    (void)state;
    struct clock_state c;
    clock_init(&c);
    step(&c, 1010, 0); /* block 1, wherever it stands */
    step(&c, 1010, 0); /* equal times are legal */
    step(&c, 1011, 1);
    step(&c, 1060, 50);
    step(&c, 1110, 100); /* exactly the gap */
    step(&c, 1161, 150); /* one more */
    step(&c, 9000000, 200);
    assert_int_equal(c.height, 7);
    assert_int_equal(c.t_ms, 9000000);
}

/* RULE num.7: an outage of a year ends no window of more than one gap. */
static void an_outage_moves_the_active_clock_by_one_gap(void **state)
{
    (void)state;
    struct clock_state c;
    clock_init(&c);
    step(&c, 2000, 0);
    step(&c, 2000 + UINT64_C(365) * 86400000, 50);
    step(&c, CLOCK_MS_MAX, 100);
}

/* RULE num.2 */
static void a_time_that_goes_back_or_is_too_large_changes_nothing(void **state)
{
    (void)state;
    struct clock_state c;
    clock_init(&c);
    assert_false(clock_step(&c, &times, CLOCK_MS_MAX + 1));
    assert_int_equal(c.height, 0);
    step(&c, 2000, 0);
    const struct clock_state before = c;
    assert_false(clock_step(&c, &times, 1999));
    assert_false(clock_step(&c, &times, CLOCK_MS_MAX + 1));
    assert_memory_equal(&c, &before, sizeof c);
}

/* RULE num.7 num.8 join.3: T_0 is the time of the first block; nothing lies before it. */
static void a_time_before_the_start_counts_as_the_start(void **state)
{
    (void)state;
    struct clock_state c;
    clock_init(&c);
    step(&c, 5, 0);
    assert_int_equal(c.t_ms, 1000);
    step(&c, 3, 0); /* both are the start */
    step(&c, 1001, 1);
    assert_false(clock_step(&c, &times, 999));
    assert_int_equal(clock_slot(&times, 0), 0);
    assert_int_equal(clock_interval(&times, 999), 0);
}

/* RULE join.3 num.8: both sides of each border. */
static void slots_and_intervals_begin_at_their_first_millisecond(void **state)
{
    (void)state;
    assert_int_equal(clock_slot(&times, 1000), 0);
    assert_int_equal(clock_slot(&times, 1099), 0);
    assert_int_equal(clock_slot(&times, 1100), 1);
    assert_int_equal(clock_interval(&times, 1899), 0);
    assert_int_equal(clock_interval(&times, 1900), 1);
    assert_int_equal(clock_slot(&times, CLOCK_MS_MAX), (CLOCK_MS_MAX - 1000) / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_active_clock_grows_by_the_gap_at_most),
        cmocka_unit_test(an_outage_moves_the_active_clock_by_one_gap),
        cmocka_unit_test(a_time_that_goes_back_or_is_too_large_changes_nothing),
        cmocka_unit_test(a_time_before_the_start_counts_as_the_start),
        cmocka_unit_test(slots_and_intervals_begin_at_their_first_millisecond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
