/* SPDX-License-Identifier: Apache-2.0 */
/* study funds: operations on accounts, one after the other (docs/study-json.md "funds"). */
#include "app/answer.h"
#include "app/input_node.h"
#include "app/study_accounts.h"
#include "app/verb_rows.h"
#include "crypto/hash.h"

#include <assert.h>
#include <stdlib.h>

enum { OPS_MAX = 1 << 20 };

struct books {
    struct funds funds;
    struct funds_hold *holds; /* at most one an operation */
    uint64_t *contracts;      /* the number of each hold */
    uint32_t hold_count;
};

/* In the order of enum funds_kind. */
static const char *const op_names[] = {
    "deposit", "credit_limit", "withdraw_request", "withdraw_paid", "withdraw_rejected",
    "reserve", "escrow",       "settle",           "refund",        "close_member",
    NULL};

/* Which field names the member, in the same order. */
static const char *const member_fields[FUNDS_KIND_COUNT] = {
    [FUNDS_DEPOSIT] = "member",          [FUNDS_CREDIT_LIMIT] = "member",
    [FUNDS_WITHDRAW_REQUEST] = "member", [FUNDS_RESERVE] = "buyer",
    [FUNDS_SETTLE] = "seller",           [FUNDS_CLOSE_MEMBER] = "member"};

static const char *const amount_fields[FUNDS_KIND_COUNT] = {[FUNDS_DEPOSIT] = "amount",
                                                            [FUNDS_CREDIT_LIMIT] = "micro",
                                                            [FUNDS_WITHDRAW_REQUEST] = "amount",
                                                            [FUNDS_RESERVE] = "amount",
                                                            [FUNDS_HOLD_ESCROW] = "amount"};

/* The hold of a contract that may be unknown so far; its state is then HOLD_NONE. */
static struct funds_hold *hold_of(struct books *b, uint64_t contract)
{
    for (uint32_t i = b->hold_count; i > 0; i--) {
        if (b->contracts[i - 1] == contract)
            return &b->holds[i - 1];
    }
    b->contracts[b->hold_count] = contract;
    return &b->holds[b->hold_count++];
}

static bool read_hold(struct funds_event *ev, struct books *b, const struct call *call,
                      const struct input_node *op)
{
    uint64_t contract;
    if (!input_node_number(&contract, call, op, "contract", INT64_MAX, NULL))
        return false;
    ev->hold = hold_of(b, contract);
    return true;
}

static bool read_reference(struct funds_event *ev, const struct call *call,
                           const struct input_node *op)
{
    const char *text;
    if (!input_node_text(&text, call, op, "reference"))
        return false;
    ev->reference = hash_bytes(span_of_text(text));
    return true;
}

static bool read_parties(struct funds_event *ev, const struct call *call,
                         const struct input_node *op)
{
    uint64_t member = 0;
    const char *who = member_fields[ev->kind], *amount = amount_fields[ev->kind];
    if (who && !input_node_number(&member, call, op, who, UINT32_MAX, NULL))
        return false;
    ev->member = (uint32_t)member;
    return !amount ||
           input_node_whole(&ev->amount.micro, call, op, amount, INT64_MIN, INT64_MAX, NULL);
}

static bool read_event(struct funds_event *ev, struct books *b, const struct call *call,
                       const struct input_node *op)
{
    uint32_t kind;
    const uint64_t day_zero = 0;
    *ev = (struct funds_event){0};
    if (!input_node_choice(&kind, call, op, "op", op_names, false))
        return false;
    ev->kind = (enum funds_kind)kind;
    if (!read_parties(ev, call, op))
        return false;
    switch (ev->kind) {
    case FUNDS_DEPOSIT:
        return read_reference(ev, call, op) &&
               input_node_flag(&ev->t_of_n, call, op, "t_of_n", false) &&
               input_node_number(&ev->day, call, op, "day", INT64_MAX, &day_zero);
    case FUNDS_WITHDRAW_PAID:
        return read_reference(ev, call, op) &&
               input_node_number(&ev->request, call, op, "request", INT64_MAX, NULL);
    case FUNDS_WITHDRAW_REJECTED:
        return input_node_number(&ev->request, call, op, "request", INT64_MAX, NULL);
    case FUNDS_RESERVE:
    case FUNDS_HOLD_ESCROW:
    case FUNDS_SETTLE:
    case FUNDS_REFUND:
        return read_hold(ev, b, call, op);
    case FUNDS_CREDIT_LIMIT:
    case FUNDS_WITHDRAW_REQUEST:
    case FUNDS_CLOSE_MEMBER:
    case FUNDS_KIND_COUNT:
        break;
    }
    return true;
}

static bool read_day_limit(struct funds *f, const struct call *call, const struct input_node *input)
{
    uint64_t limit = 0;
    f->has_day_limit = json_object_get(input->value, "deposit_day_max_micro") != NULL;
    if (f->has_day_limit &&
        !input_node_number(&limit, call, input, "deposit_day_max_micro", INT64_MAX, NULL))
        return false;
    f->deposit_day_max.micro = (int64_t)limit;
    return true;
}

/* A new list of the results, or NULL after saying which op cannot be read. */
static json_t *run_ops(struct books *b, const struct call *call, const struct input_node *ops)
{
    json_t *results = json_array();
    for (size_t i = 0; i < input_node_count(ops); i++) {
        struct funds_event ev;
        const struct input_node op = input_node_at(ops, i);
        if (!read_event(&ev, b, call, &op)) {
            json_decref(results);
            return NULL;
        }
        const enum err code = funds_step(&b->funds, &ev);
        assert(funds_is_conserved(&b->funds)); /* RULE ledger.5 */
        json_array_append_new(results, json_string(err_get(code)->name));
    }
    assert(funds_is_conserved_in_full(&b->funds));
    return results;
}

static enum exit_code run(const struct call *call, const struct input_node *input)
{
    struct input_node ops;
    struct books b = {.hold_count = 0};
    if (!input_node_list(&ops, call, input, "ops"))
        return EXIT_USAGE;
    const size_t count = input_node_count(&ops);
    if (count > OPS_MAX)
        return input_node_refuse(call, &ops, NULL, "at most 1,048,576 can be read");
    if (!study_accounts_open(&b.funds, call, input, (uint32_t)count))
        return EXIT_USAGE;
    b.holds = study_take(count, sizeof *b.holds);
    b.contracts = study_take(count, sizeof *b.contracts);
    json_t *results = read_day_limit(&b.funds, call, input) ? run_ops(&b, call, &ops) : NULL;
    json_t *answer = results ? answer_new() : NULL;
    if (answer) {
        json_object_set_new(answer, "results", results);
        json_object_set_new(answer, "accounts", study_accounts_answer(&b.funds));
        json_object_set_new(answer, "deposits_micro", json_integer(b.funds.deposits.micro));
        json_object_set_new(answer, "paid_out_micro", json_integer(b.funds.paid_out.micro));
    }
    study_accounts_close(&b.funds);
    free(b.holds);
    free(b.contracts);
    return answer ? answer_give(call, answer) : EXIT_USAGE;
}

enum exit_code verb_study_funds(const struct call *call)
{
    return input_node_serve(call, run);
}
