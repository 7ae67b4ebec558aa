/* SPDX-License-Identifier: Apache-2.0 */
/* study machine: orders and join requests through events, one table of docs/state-machines.md each
 * (docs/study-json.md "machine"). */
#include "app/answer.h"
#include "app/input_node.h"
#include "app/verb_rows.h"
#include "core/order_machine.h"
#include "core/request_machine.h"
#include "sampling/leader.h"

/* In the order of the enums of core/order_machine.h and core/request_machine.h. */
static const char *const order_states[ORDER_STATE_COUNT] = {
    "-", "OPEN", "FROZEN", "FILLED", "PARTIAL", "CANCELLED", "EXPIRED"};
static const char *const order_events[] = {"cancel",    "match", "gate", "statements",
                                           "owner_out", "seed",  NULL};
static const char *const request_states[JOIN_STATE_COUNT] = {
    "-",        "PENDING", "VOTING",  "VERIFIED", "ACTIVE",
    "REJECTED", "EXPIRED", "REVOKED", "EJECTED",  "DEPARTED"};
static const char *const request_events[] = {"block",    "admit",  "vote",  "seat_lost", "decide",
                                             "deadline", "struck", "lapse", "cert",      "revoke",
                                             "eject",    "depart", NULL};

static bool read_order_event(struct order_happening *h, const struct call *call,
                             const struct input_node *node)
{
    uint32_t event;
    if (!input_node_choice(&event, call, node, "event", order_events, false) ||
        !input_node_flag(&h->by_owner, call, node, "by_owner", true) ||
        !input_node_flag(&h->is_quiet, call, node, "quiet", false) ||
        !input_node_flag(&h->is_missed, call, node, "missed", false) ||
        !input_node_flag(&h->is_filled, call, node, "filled", false) ||
        !input_node_flag(&h->has_stated, call, node, "stated", false))
        return false;
    h->event = (enum order_event)event;
    return true;
}

static bool run_order(json_t *steps, const struct call *call, const struct input_node *run,
                      const struct input_node *events)
{
    static const char *const rounds[] = {"forward", "measured", NULL};
    enum order_state state = ORDER_OPEN;
    uint32_t round;
    if (!input_node_choice(&round, call, run, "round", rounds, true))
        return false;
    for (size_t i = 0; i < input_node_count(events); i++) {
        struct input_node item;
        struct order_happening h = {.round = (enum trade_round)(ROUND_FORWARD + round)};
        if (!input_node_item(&item, call, events, i) || !read_order_event(&h, call, &item))
            return false;
        const enum err code = order_machine_step(&state, &h);
        json_array_append_new(steps, json_pack("{s:s, s:s}", "code", err_get(code)->name, "state",
                                               order_states[state]));
    }
    return true;
}

struct join { /* a request, and what its caller keeps: seats as bits */
    struct request request;
    uint32_t attempts_max;
    uint64_t voted, lost;
};

/* Who has voted already, or has fallen out, cannot fall out of the count. */
static bool seat_may_be_lost(const struct join *j, const struct call *call,
                             const struct input_node *node, int64_t seat)
{
    const uint64_t bit = UINT64_C(1) << seat;
    if (j->request.state != JOIN_VOTING ||
        (seat < j->request.seats && !((j->voted | j->lost) & bit)))
        return true;
    input_node_refuse(call, node, "seat", "a live seat of V that has not voted is needed");
    return false;
}

static bool read_request_event(struct request_happening *h, int64_t *seat, const struct join *j,
                               const struct call *call, const struct input_node *node)
{
    uint32_t event;
    int64_t t, a, seats, deadline;
    const struct input_field fields[] = {
        {"t_ms", 0, INT64_MAX, 0, &t},
        {"a_ms", 0, INT64_MAX, 0, &a},
        {"seat", 0, LEADER_SEATS_MAX - 1, 0, seat},
        {"seats", 1, LEADER_SEATS_MAX, 1, &seats},
        {"deadline_ms", 0, INT64_MAX, 0, &deadline},
    };
    if (!input_node_choice(&event, call, node, "event", request_events, false) ||
        !input_node_fields(call, node, fields, sizeof fields / sizeof fields[0]) ||
        !input_node_flag(&h->accepts, call, node, "accepts", true) ||
        !input_node_flag(&h->may_admit, call, node, "may_admit", true) ||
        !input_node_flag(&h->has_waited, call, node, "waited", true) ||
        !input_node_flag(&h->agrees, call, node, "agrees", true) ||
        !input_node_flag(&h->csr_matches, call, node, "csr_matches", true))
        return false;
    const uint64_t bit = UINT64_C(1) << *seat;
    h->event = (enum request_event)event;
    h->t_ms = (uint64_t)t;
    h->a_ms = (uint64_t)a;
    h->attempts_max = j->attempts_max;
    h->seats = (uint32_t)seats;
    h->deadline_ms = (uint64_t)deadline;
    h->has_seat = *seat < j->request.seats && !(j->lost & bit);
    h->is_new = !(j->voted & bit);
    return h->event != JOIN_EV_SEAT_LOST || seat_may_be_lost(j, call, node, *seat);
}

static void keep_seats(struct join *j, const struct request_happening *h, int64_t seat)
{
    const uint64_t bit = UINT64_C(1) << seat;
    if (h->event == JOIN_EV_BLOCK) {
        j->voted = 1; /* the leader has the first seat */
        j->lost = 0;
    }
    if (h->event == JOIN_EV_VOTE)
        j->voted |= bit;
    if (h->event == JOIN_EV_SEAT_LOST)
        j->lost |= bit;
}

static json_t *request_step_json(const struct request *r, enum err code)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "code", err_get(code)->name, "state",
                     request_states[r->state], "attempt", (json_int_t)r->attempt, "agree",
                     (json_int_t)r->agree, "disagree", (json_int_t)r->disagree, "lost",
                     (json_int_t)r->lost);
}

static bool run_request(json_t *steps, const struct call *call, const struct input_node *run,
                        const struct input_node *events)
{
    int64_t expires, attempts_max;
    const struct input_field fields[] = {
        {"expires_ms", 0, INT64_MAX, INPUT_REQUIRED, &expires},
        {"attempts_max", 1, UINT32_MAX, 8, &attempts_max},
    };
    if (!input_node_fields(call, run, fields, sizeof fields / sizeof fields[0]))
        return false;
    struct join j = {.request = {.state = JOIN_PENDING, .expires_ms = (uint64_t)expires},
                     .attempts_max = (uint32_t)attempts_max};
    for (size_t i = 0; i < input_node_count(events); i++) {
        struct input_node item;
        struct request_happening h = {.event = JOIN_EV_COUNT};
        int64_t seat;
        if (!input_node_item(&item, call, events, i) ||
            !read_request_event(&h, &seat, &j, call, &item))
            return false;
        const enum err code = request_machine_step(&j.request, &h);
        if (code == ERR_OK)
            keep_seats(&j, &h, seat);
        json_array_append_new(steps, request_step_json(&j.request, code));
    }
    return true;
}

static bool run_one(json_t *steps, const struct call *call, const struct input_node *run)
{
    static const char *const machines[] = {"order", "request", NULL};
    struct input_node events;
    uint32_t machine;
    if (!input_node_choice(&machine, call, run, "machine", machines, false) ||
        !input_node_list(&events, call, run, "events"))
        return false;
    return machine == 0 ? run_order(steps, call, run, &events)
                        : run_request(steps, call, run, &events);
}

static bool run_all(json_t *all, const struct call *call, const struct input_node *input)
{
    struct input_node runs, item;
    if (!input_node_list(&runs, call, input, "runs"))
        return false;
    for (size_t i = 0; i < input_node_count(&runs); i++) {
        json_t *steps = json_array();
        json_array_append_new(all, steps);
        if (!input_node_item(&item, call, &runs, i) || !run_one(steps, call, &item))
            return false;
    }
    return true;
}

static enum exit_code run(const struct call *call, const struct input_node *input)
{
    json_t *answer = answer_new(), *all = json_array();
    json_object_set_new(answer, "runs", all);
    if (run_all(all, call, input))
        return answer_give(call, answer);
    json_decref(answer);
    return EXIT_USAGE;
}

enum exit_code verb_study_machine(const struct call *call)
{
    return input_node_serve(call, run);
}
