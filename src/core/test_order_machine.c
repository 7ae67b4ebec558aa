/* SPDX-License-Identifier: Apache-2.0 */
/* Table 2 of docs/state-machines.md, every state and event: RULE gate.1, gate.2. */
#include "core/order_machine.h"

#include "tests/cmocka_all.h"

#define FORWARD .round = ROUND_FORWARD
#define MEASURED .round = ROUND_MEASURED

struct row {
    struct order_happening h;
    enum err from_open;
    enum order_state open_becomes;
    enum err from_frozen;
    enum order_state frozen_becomes;
};

/* Each event in each variant its guard knows. */
static const struct row rows[] = {
    {{.event = ORDER_EV_CANCEL, .by_owner = true}, ERR_OK, ORDER_CANCELLED, ERR_LATE, ORDER_FROZEN},
    {{.event = ORDER_EV_CANCEL}, ERR_NOT_MEMBER, ORDER_OPEN, ERR_LATE, ORDER_FROZEN},
    {{.event = ORDER_EV_CANCEL, .by_owner = true, .is_quiet = true},
     ERR_LATE,
     ORDER_OPEN,
     ERR_LATE,
     ORDER_FROZEN},
    {{.event = ORDER_EV_CANCEL, .is_quiet = true}, ERR_LATE, ORDER_OPEN, ERR_LATE, ORDER_FROZEN},
    {{.event = ORDER_EV_MATCH}, ERR_OK, ORDER_OPEN, ERR_WRONG_STATE, ORDER_FROZEN},
    {{.event = ORDER_EV_MATCH, .is_filled = true},
     ERR_OK,
     ORDER_FILLED,
     ERR_WRONG_STATE,
     ORDER_FROZEN},
    {{.event = ORDER_EV_GATE, FORWARD}, ERR_OK, ORDER_FROZEN, ERR_WRONG_STATE, ORDER_FROZEN},
    {{.event = ORDER_EV_GATE, FORWARD, .is_missed = true},
     ERR_OK,
     ORDER_EXPIRED,
     ERR_WRONG_STATE,
     ORDER_FROZEN},
    {{.event = ORDER_EV_GATE, MEASURED},
     ERR_WRONG_STATE,
     ORDER_OPEN,
     ERR_WRONG_STATE,
     ORDER_FROZEN},
    {{.event = ORDER_EV_STATEMENTS, MEASURED, .has_stated = true},
     ERR_OK,
     ORDER_FROZEN,
     ERR_WRONG_STATE,
     ORDER_FROZEN},
    {{.event = ORDER_EV_STATEMENTS, MEASURED},
     ERR_OK,
     ORDER_EXPIRED,
     ERR_WRONG_STATE,
     ORDER_FROZEN},
    {{.event = ORDER_EV_STATEMENTS, FORWARD},
     ERR_WRONG_STATE,
     ORDER_OPEN,
     ERR_WRONG_STATE,
     ORDER_FROZEN},
    {{.event = ORDER_EV_OWNER_OUT}, ERR_OK, ORDER_CANCELLED, ERR_OK, ORDER_CANCELLED},
    {{.event = ORDER_EV_SEED, FORWARD, .is_filled = true},
     ERR_WRONG_STATE,
     ORDER_OPEN,
     ERR_OK,
     ORDER_FILLED},
    {{.event = ORDER_EV_SEED, FORWARD}, ERR_WRONG_STATE, ORDER_OPEN, ERR_OK, ORDER_PARTIAL},
    {{.event = ORDER_EV_SEED, FORWARD, .is_missed = true, .is_filled = true},
     ERR_WRONG_STATE,
     ORDER_OPEN,
     ERR_OK,
     ORDER_EXPIRED},
    {{.event = ORDER_EV_SEED, MEASURED, .is_missed = true, .is_filled = true},
     ERR_WRONG_STATE,
     ORDER_OPEN,
     ERR_OK,
     ORDER_FILLED},
};

static void check(enum order_state from, const struct order_happening *h, enum err code,
                  enum order_state to)
{
    enum order_state state = from;
    assert_int_equal(order_machine_step(&state, h), code);
    assert_int_equal(state, to);
}

static void every_event_in_every_state_of_an_order_moves_it_or_has_its_code(void **state)
{
    (void)state;
    bool seen[ORDER_EV_COUNT] = {false};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        seen[r->h.event] = true;
        check(ORDER_OPEN, &r->h, r->from_open, r->open_becomes);
        check(ORDER_FROZEN, &r->h, r->from_frozen, r->frozen_becomes);
        for (enum order_state end = ORDER_FILLED; end < ORDER_STATE_COUNT; end++)
            check(end, &r->h, ERR_CLOSED, end);
    }
    for (uint32_t event = 0; event < ORDER_EV_COUNT; event++)
        assert_true(seen[event]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_in_every_state_of_an_order_moves_it_or_has_its_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
