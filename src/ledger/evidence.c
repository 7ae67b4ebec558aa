/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/ops.h"
#include "ledger/state.h"

#include <assert.h>
#include <string.h>

enum contradiction { CONTRADICTS_NOT = 0, CONTRADICTS = 1, CONTRADICTS_BLOCK = 2 };

static bool same_verdicts(const struct verification_block *a, const struct verification_block *b)
{
    bool same = a->verdict_count == b->verdict_count && a->time_ms == b->time_ms &&
                hash_equal(&a->previous, &b->previous);
    for (uint32_t i = 0; same && i < a->verdict_count; i++)
        same = a->verdicts[i].request == b->verdicts[i].request &&
               a->verdicts[i].accept == b->verdicts[i].accept;
    return same;
}

/* RULE evid.1 (i), Condition 2 of verification. A block of another epoch can never have come in
 * beside it, so a leader that begins anew under a new V contradicts nothing. */
static bool blocks_differ(const struct verification_block *a, const struct verification_block *b)
{
    return a->slot == b->slot && a->epoch == b->epoch && !same_verdicts(a, b);
}

static bool same_statement(const struct interval_statement *a, const struct interval_statement *b)
{
    bool same = a->delivered_wh == b->delivered_wh && a->taken_wh == b->taken_wh &&
                a->refused_count == b->refused_count &&
                hash_equal(&a->register_commitment, &b->register_commitment) &&
                a->corrects_one == b->corrects_one && hash_equal(&a->corrects, &b->corrects);
    for (uint32_t i = 0; same && i < a->refused_count; i++)
        same = a->refused[i].contract == b->refused[i].contract;
    return same;
}

/* RULE evid.1 (ii) */
static bool statements_differ(const struct interval_statement *a,
                              const struct interval_statement *b)
{
    return a->interval == b->interval && a->seq == b->seq && !same_statement(a, b);
}

/* Pass before the seller's ejection and C4 after it, with the judge's amounts, are both right
 * (RULE trade.7). */
static bool is_after_ejection(const struct result_item *a, const struct result_item *b)
{
    const bool pass_and_c4 = (a->result == RESULT_PASS && b->result == RESULT_C4) ||
                             (a->result == RESULT_C4 && b->result == RESULT_PASS);
    return pass_and_c4 && a->settled_wh == b->settled_wh && a->payment_micro == b->payment_micro;
}

static bool items_differ(const struct result_item *a, const struct result_item *b)
{
    const bool same = a->result == b->result && a->settled_wh == b->settled_wh &&
                      a->payment_micro == b->payment_micro;
    return !same && !is_after_ejection(a, b);
}

/* RULE evid.1 (iii): a signer has one rank in a contract's cluster, so the contract names it. */
static bool results_differ(const struct leader_result *a, const struct leader_result *b)
{
    uint32_t j = 0;
    for (uint32_t i = 0; i < a->item_count; i++) {
        while (j < b->item_count && b->items[j].contract < a->items[i].contract)
            j++;
        const bool both = j < b->item_count && b->items[j].contract == a->items[i].contract;
        if (both && items_differ(&a->items[i], &b->items[j]))
            return true;
    }
    return false;
}

static enum contradiction compare(const struct op *a, const struct op *b)
{
    if (a->kind != b->kind)
        return CONTRADICTS_NOT;
    if (a->kind == OP_VERIFICATION_BLOCK)
        return blocks_differ(&a->verification_block, &b->verification_block) ? CONTRADICTS_BLOCK
                                                                             : CONTRADICTS_NOT;
    if (a->kind == OP_INTERVAL_STATEMENT)
        return statements_differ(&a->interval_statement, &b->interval_statement) ? CONTRADICTS
                                                                                 : CONTRADICTS_NOT;
    const bool are_results = a->kind == OP_LEADER_EXEC || a->kind == OP_LEADER_FINAL;
    return are_results && results_differ(&a->leader_result, &b->leader_result) ? CONTRADICTS
                                                                               : CONTRADICTS_NOT;
}

/* The first two ops that contradict each other: *@found is the one of the first envelope. */
static enum contradiction find(const struct envelope *a, const struct envelope *b,
                               const struct op **found)
{
    for (uint32_t i = 0; i < a->op_count; i++) {
        for (uint32_t j = 0; j < b->op_count; j++) {
            const enum contradiction what = compare(&a->ops[i], &b->ops[j]);
            *found = &a->ops[i];
            if (what != CONTRADICTS_NOT)
                return what;
        }
    }
    return CONTRADICTS_NOT;
}

/* The age is counted in blocks of the length that the genesis file hints at: an envelope has a
 * height and no time. */
static bool is_old(const struct ledger *l, const struct envelope *e)
{
    const uint64_t blocks = l->params->windows.evidence_ms / l->params->times.block_ms;
    return e->expires_height + blocks < l->now.height;
}

static void log_evidence(struct ledger *l, uint32_t accused, const struct op *op)
{
    struct bytes_writer *w = log_begin(l, RECORD_EVIDENCE);
    bytes_write_u32(w, accused);
    bytes_write_u8(w, (uint8_t)op->kind);
    log_end(l);
}

static enum err judge(struct ledger *l, const struct envelope *a, const struct envelope *b)
{
    const struct op *op = NULL;
    const enum contradiction what = find(a, b, &op);
    if (what == CONTRADICTS_NOT)
        return ERR_EVIDENCE_NONE;
    if (is_old(l, a) || is_old(l, b))
        return ERR_EVIDENCE_OLD;
    if (member_get(l, a->slot)->key_is_lost)
        return ERR_EVIDENCE_KEY;
    const enum err expelled = member_expel(l, a->slot, STATUS_EJECTED);
    if (expelled != ERR_OK) /* once per offence */
        return expelled;
    log_evidence(l, a->slot, op);
    if (what == CONTRADICTS_BLOCK)
        verification_strike(l, op->verification_block.slot, a->slot);
    return ERR_OK;
}

/* RULE evid.1: the signatures are proven (claims.c), and both envelopes are of one member. */
enum err member_evidence_op(struct ledger *l, const struct op_signer *s,
                            const struct member_evidence *op)
{
    struct envelope a, b;
    struct arena arena;
    const size_t size = 2 * (size_t)ENVELOPE_ARENA_BYTES, mark = arena_mark(&l->scratch);
    void *memory = arena_take_raw(&l->scratch, size, 1, 64);
    assert(memory);
    (void)s;
    arena_init(&arena, memory, size);
    const bool is_readable = envelope_decode(&a, op->first, &arena).verdict == WIRE_OK &&
                             envelope_decode(&b, op->second, &arena).verdict == WIRE_OK;
    const bool is_one = is_readable && a.slot == b.slot && member_find(l, a.slot);
    const enum err code = is_one ? judge(l, &a, &b) : ERR_OP_PROOF;
    arena_reset(&l->scratch, mark);
    return code;
}
