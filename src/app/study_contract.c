/* SPDX-License-Identifier: Apache-2.0 */
/* study contract: the contracts of one interval through blocks of operations (docs/study-json.md
 * "contract", docs/state-machines.md table 3). */
#include "app/answer.h"
#include "app/input_node.h"
#include "app/study_accounts.h"
#include "app/study_round.h"
#include "app/verb_rows.h"

#include <assert.h>
#include <stdio.h>

enum { EVENT_CHARS = 32 };

static void describe(char out[EVENT_CHARS], const struct contract *c, enum contract_effect event)
{
    static const char *const names[] = {[EFFECT_EXEC_QUORUM] = "exec quorum",
                                        [EFFECT_FINAL_QUORUM] = "final quorum",
                                        [EFFECT_EXEC_LAST] = "exec last",
                                        [EFFECT_FINAL_LAST] = "final last"};
    if (event != EFFECT_CLOSED) {
        snprintf(out, EVENT_CHARS, "%s", names[event]);
        return;
    }
    const bool is_declined = c->state == CONTRACT_DECLINED;
    snprintf(out, EVENT_CHARS, "%s%s%s%s", contract_state_name(c->state), is_declined ? " " : "",
             is_declined ? settlement_verdict_name(c->cond) : "",
             c->unwitnessed ? " unwitnessed" : "");
}

static json_t *log_row(uint64_t height, uint64_t number, const char *event)
{
    return json_pack("{s:I, s:I, s:s}", "height", (json_int_t)height, "contract",
                     (json_int_t)number, "event", event);
}

static json_t *answer_log(const struct study_round *s)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < s->refused_count; i++)
        json_array_append_new(list, log_row(0, s->refused_funding[i], "refused FUNDS"));
    for (uint32_t i = 0; i < s->round.log_count; i++) {
        const struct round_log *entry = &s->round.log[i];
        const struct contract *c = &s->round.contracts[entry->index];
        char event[EVENT_CHARS];
        describe(event, c, entry->event);
        json_array_append_new(list, log_row(entry->height, c->number, event));
    }
    return list;
}

static json_t *answer_contracts(const struct round *r)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < r->count; i++) {
        const struct contract *c = &r->contracts[i];
        const bool is_declined = c->state == CONTRACT_DECLINED;
        json_array_append_new(
            list, json_pack("{s:I, s:s, s:s?, s:i, s:b, s:I, s:b}", "number", (json_int_t)c->number,
                            "state", contract_state_name(c->state), "cond",
                            is_declined ? settlement_verdict_name(c->cond) : NULL, "alpha",
                            (int)c->alpha, "unwitnessed", c->unwitnessed, "settled_wh",
                            (json_int_t)contract_settled(c).wh, "scored", c->is_scored));
    }
    return list;
}

static json_t *answer_energy(const struct study_round *s)
{
    json_t *list = json_array();
    for (uint32_t slot = 1; slot <= s->energy.slot_max; slot++) {
        const struct energy_account *a = &s->energy.accounts[slot];
        if (!s->funds.accounts[slot].known)
            continue;
        json_array_append_new(list, json_pack("{s:I, s:I, s:I}", "slot", (json_int_t)slot,
                                              "title_wh", (json_int_t)a->title.wh, "received_wh",
                                              (json_int_t)a->received.wh));
    }
    return list;
}

static bool read_absent(struct study_round *s, const struct call *call,
                        const struct input_node *block)
{
    struct input_node list;
    if (!input_node_list(&list, call, block, "absent"))
        return false;
    if (!list.value)
        return true; /* kept until given again */
    for (uint32_t slot = 1; slot <= s->round.slot_max; slot++)
        s->round.members[slot].is_absent = false;
    for (size_t i = 0; i < input_node_count(&list); i++) {
        int64_t slot;
        if (!input_node_number_at(&slot, call, &list, i, 1, s->round.slot_max))
            return false;
        s->round.members[slot].is_absent = true;
    }
    return true;
}

static bool run_block(struct study_round *s, json_t *results, const struct call *call,
                      const struct input_node *block)
{
    struct round_draw *draws;
    uint32_t draw_count;
    uint64_t t_ms;
    json_t *codes = json_array();
    json_array_append_new(results, codes);
    if (!input_node_number(&t_ms, call, block, "t_ms", INT64_MAX, NULL) ||
        !read_absent(s, call, block) || !study_round_draws(&draws, &draw_count, s, call, block))
        return false;
    if (s->round.height > 0 && t_ms < s->round.t_ms) {
        input_node_refuse(call, block, "t_ms", "time does not go back");
        return false;
    }
    round_begin(&s->round, t_ms);
    study_round_score_expelled(s);
    study_round_score(s);
    round_due(&s->round, draws, draw_count);
    study_round_score(s);
    if (!study_round_ops(s, codes, call, block))
        return false;
    study_round_score(s);
    round_decide(&s->round);
    study_round_score(s);
    assert(funds_is_conserved_in_full(&s->funds)); /* RULE ledger.5 */
    assert(energy_book_is_conserved(&s->energy));
    return true;
}

/* A new list of lists of codes, or NULL after saying what cannot be read. */
static json_t *run_blocks(struct study_round *s, const struct call *call,
                          const struct input_node *input)
{
    struct input_node blocks;
    if (!input_node_list(&blocks, call, input, "blocks"))
        return NULL;
    json_t *results = json_array();
    for (size_t i = 0; i < input_node_count(&blocks); i++) {
        const struct input_node block = input_node_at(&blocks, i);
        if (!run_block(s, results, call, &block)) {
            json_decref(results);
            return NULL;
        }
    }
    return results;
}

static enum exit_code run(const struct call *call, const struct input_node *input)
{
    struct study_round s;
    json_t *results = study_round_open(&s, call, input) ? run_blocks(&s, call, input) : NULL;
    json_t *answer = results ? answer_new() : NULL;
    if (answer) {
        json_object_set_new(answer, "a_ms", json_integer((json_int_t)s.round.a_ms));
        json_object_set_new(answer, "results", results);
        json_object_set_new(answer, "log", answer_log(&s));
        json_object_set_new(answer, "contracts", answer_contracts(&s.round));
        json_object_set_new(answer, "accounts", study_accounts_answer(&s.funds));
        json_object_set_new(answer, "energy", answer_energy(&s));
        study_round_answer_scores(&s, answer);
    }
    study_round_close(&s);
    return answer ? answer_give(call, answer) : EXIT_USAGE;
}

enum exit_code verb_study_contract(const struct call *call)
{
    return input_node_serve(call, run);
}
