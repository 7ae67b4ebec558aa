/* SPDX-License-Identifier: Apache-2.0 */
#include "core/order_machine.h"

#include <assert.h>

/* A cancel is late from quiet_ms before the gate on; a FROZEN order is past its gate. */
static enum err check_cancel(enum order_state state, const struct order_happening *h)
{
    if (state == ORDER_FROZEN || h->is_quiet)
        return ERR_LATE;
    return h->by_owner ? ERR_OK : ERR_NOT_MEMBER;
}

static bool is_allowed(enum order_state state, const struct order_happening *h)
{
    switch (h->event) {
    case ORDER_EV_MATCH:
        return state == ORDER_OPEN;
    case ORDER_EV_GATE:
        return state == ORDER_OPEN && h->round == ROUND_FORWARD;
    case ORDER_EV_STATEMENTS:
        return state == ORDER_OPEN && h->round == ROUND_MEASURED;
    case ORDER_EV_SEED:
        return state == ORDER_FROZEN;
    case ORDER_EV_OWNER_OUT:
        return true;
    case ORDER_EV_CANCEL:
    case ORDER_EV_COUNT:
        break;
    }
    return false;
}

/* RULE gate.1: a forward gate at or past the interval's start is missed; the measured round never
 * is, its energy has been delivered. */
static enum order_state after(enum order_state state, const struct order_happening *h)
{
    const bool is_missed = h->is_missed && h->round == ROUND_FORWARD;
    switch (h->event) {
    case ORDER_EV_CANCEL:
    case ORDER_EV_OWNER_OUT:
        return ORDER_CANCELLED;
    case ORDER_EV_MATCH:
        return h->is_filled ? ORDER_FILLED : ORDER_OPEN;
    case ORDER_EV_GATE:
        return is_missed ? ORDER_EXPIRED : ORDER_FROZEN;
    case ORDER_EV_STATEMENTS: /* RULE gate.2 */
        return h->has_stated ? ORDER_FROZEN : ORDER_EXPIRED;
    case ORDER_EV_SEED:
        if (is_missed)
            return ORDER_EXPIRED;
        return h->is_filled ? ORDER_FILLED : ORDER_PARTIAL;
    case ORDER_EV_COUNT:
        break;
    }
    return state;
}

enum err order_machine_step(enum order_state *state, const struct order_happening *h)
{
    assert(*state >= ORDER_OPEN && *state < ORDER_STATE_COUNT && h->event < ORDER_EV_COUNT);
    enum err code = is_allowed(*state, h) ? ERR_OK : ERR_WRONG_STATE;
    if (*state > ORDER_FROZEN)
        code = ERR_CLOSED;
    else if (h->event == ORDER_EV_CANCEL)
        code = check_cancel(*state, h);
    if (code == ERR_OK)
        *state = after(*state, h);
    return code;
}
