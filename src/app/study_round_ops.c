/* SPDX-License-Identifier: Apache-2.0 */
/* study contract: the operations of a block (phase 4). */
#include "app/input_node.h"
#include "app/study_round.h"

#define STUDY_STATED_MAX (INT64_C(1) << 46)

enum op_kind { OP_STATEMENT, OP_EXEC, OP_FINAL, OP_BALLOT, OP_REVOKE, OP_EJECT, OP_KINDS };

static const char *const op_names[] = {"statement", "exec",  "final", "ballot",
                                       "revoke",    "eject", NULL};

/* As a result's verdict, in the order of enum settlement_verdict from pass on. */
static const char *const verdict_names[] = {"pass", "C1", "C2", "C3", "C4", NULL};

struct op { /* one operation on its way; @code is what became of it */
    struct study_round *s;
    const struct call *call;
    const struct input_node *from;
    uint32_t by;
    enum err code;
};

static bool take_statement(struct op *op)
{
    const uint64_t none = 0;
    uint64_t seq, delivered, taken;
    struct round_statement st = {.refused = NULL};
    uint64_t *refused;
    if (!input_node_number(&seq, op->call, op->from, "seq", INT64_MAX, NULL) ||
        !input_node_number(&delivered, op->call, op->from, "delivered_wh", STUDY_STATED_MAX,
                           &none) ||
        !input_node_number(&taken, op->call, op->from, "taken_wh", STUDY_STATED_MAX, &none) ||
        !study_refused_read(&refused, &st.refused_count, op->call, op->from))
        return false;
    study_round_keep(op->s, refused);
    st.refused = refused;
    st.delivered.wh = (int64_t)delivered;
    st.taken.wh = (int64_t)taken;
    op->code = round_may_sign(&op->s->round, op->by) ? round_state(&op->s->round, op->by, seq, &st)
                                                     : ERR_INADMISSIBLE;
    return true;
}

static bool take_for_contract(struct op *op, uint64_t number, struct contract_event *ev)
{
    ev->by = op->by;
    op->code = round_may_sign(&op->s->round, op->by) ? round_take(&op->s->round, number, ev)
                                                     : ERR_INADMISSIBLE;
    return true;
}

/* Amounts that are left out count as right. */
static bool take_result(struct op *op, enum contract_event_kind kind)
{
    struct contract_event ev = {.kind = kind};
    uint64_t number;
    uint32_t verdict;
    if (!input_node_number(&number, op->call, op->from, "contract", INT64_MAX, NULL) ||
        !input_node_choice(&verdict, op->call, op->from, "verdict", verdict_names, false))
        return false;
    const struct contract *c = round_find(&op->s->round, number);
    const struct settlement_result right = c ? c->judged : (struct settlement_result){0};
    ev.verdict = (enum settlement_verdict)(VERDICT_PASS + verdict);
    return input_node_whole(&ev.settled.wh, op->call, op->from, "settled_wh", INT64_MIN, INT64_MAX,
                            &right.settled.wh) &&
           input_node_whole(&ev.payment.micro, op->call, op->from, "payment_micro", INT64_MIN,
                            INT64_MAX, &right.payment.micro) &&
           take_for_contract(op, number, &ev);
}

static bool take_ballot(struct op *op)
{
    static const char *const stages[] = {"exec", "final", NULL};
    struct contract_event ev = {.kind = CONTRACT_EV_VOTE_EXEC};
    uint64_t number;
    uint32_t stage;
    if (!input_node_number(&number, op->call, op->from, "contract", INT64_MAX, NULL) ||
        !input_node_choice(&stage, op->call, op->from, "stage", stages, false) ||
        !input_node_flag(&ev.agrees, op->call, op->from, "agree", true))
        return false;
    ev.kind = stage == 0 ? CONTRACT_EV_VOTE_EXEC : CONTRACT_EV_VOTE_FINAL;
    return take_for_contract(op, number, &ev);
}

static bool take_op(struct op *op)
{
    uint32_t kind;
    uint64_t by;
    if (!input_node_choice(&kind, op->call, op->from, "op", op_names, false) ||
        !input_node_number(&by, op->call, op->from, kind < OP_REVOKE ? "by" : "member", UINT32_MAX,
                           NULL))
        return false;
    op->by = (uint32_t)by;
    switch ((enum op_kind)kind) {
    case OP_STATEMENT:
        return take_statement(op);
    case OP_EXEC:
        return take_result(op, CONTRACT_EV_EXEC);
    case OP_FINAL:
        return take_result(op, CONTRACT_EV_FINAL);
    case OP_BALLOT:
        return take_ballot(op);
    case OP_REVOKE:
        op->code = round_expel(&op->s->round, op->by, MEMBER_REVOKED);
        break;
    case OP_EJECT:
        op->code = round_expel(&op->s->round, op->by, MEMBER_EJECTED);
        break;
    case OP_KINDS:
        break;
    }
    return true;
}

bool study_round_ops(struct study_round *s, json_t *codes, const struct call *call,
                     const struct input_node *block)
{
    struct input_node list;
    if (!input_node_list(&list, call, block, "ops"))
        return false;
    for (size_t i = 0; i < input_node_count(&list); i++) {
        const struct input_node from = input_node_at(&list, i);
        struct op op = {.s = s, .call = call, .from = &from};
        if (!take_op(&op))
            return false;
        json_array_append_new(codes, json_string(err_get(op.code)->name));
    }
    return true;
}
