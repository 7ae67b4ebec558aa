/* SPDX-License-Identifier: Apache-2.0 */
/* chain history: every version of a row with its proofs, and whether any is missing. */
#include "app/answer.h"
#include "app/chain_list.h"
#include "app/chain_proof.h"
#include "app/chain_replay.h"
#include "app/input.h"
#include "app/verb_rows.h"

#include <stdlib.h>
#include <string.h>

struct telling {
    struct chain_proof proof; /* of the row's last life */
    uint64_t height_wanted;
    struct chain_list deltas;
    uint8_t *bytes; /* room for a value */
    struct history_version *versions;
    struct history_delta *version_deltas;
    struct stores_step *in_history;
    uint32_t lives;              /* times that it began with version 1 */
    bool has_ended, is_too_long; /* ended: its place is free or another row's */
};

static bool begin(struct telling *t, const struct call *call)
{
    struct chain_proof *p = &t->proof;
    const char *height = call_option(call, "--height");
    memset(t, 0, sizeof *t);
    t->height_wanted = UINT64_MAX;
    if (!chain_proof_store(&p->store, call, call->operand[1]) ||
        !chain_proof_number(&p->number, call, call->operand[2]) ||
        (height && !chain_proof_number(&t->height_wanted, call, height)))
        return false;
    if (proofs_is_list(p->store)) {
        answer_error(call, ERR_STORE_UNKNOWN,
                     "this is a list, whose entries have one version only");
        return false;
    }
    p->kind = PROOF_OF_HISTORY;
    return chain_list_init(&t->deltas, proofs_store(span_of_text("history")), UINT64_MAX);
}

static void take_room(struct telling *t)
{
    struct chain_proof *p = &t->proof;
    t->bytes = chain_proof_room(p, PROOFS_BYTES_MAX, 1);
    t->versions = chain_proof_room(p, CHAIN_VERSIONS_MAX, sizeof *t->versions);
    t->version_deltas = chain_proof_room(p, CHAIN_VERSIONS_MAX, sizeof *t->version_deltas);
    t->in_history = chain_proof_room(p, CHAIN_VERSIONS_MAX, sizeof *t->in_history);
    p->history.versions = t->versions;
    p->history.deltas = t->version_deltas;
    p->history.in_history = t->in_history;
}

/* The proofs that all versions need in one state. */
static void finish(struct telling *t, struct ledger *l, enum store_view view)
{
    struct chain_proof *p = &t->proof;
    struct proofs_history *h = &p->history;
    struct proofs_entry any;
    uint8_t *last = chain_proof_room(p, PROOFS_BYTES_MAX, 1);
    uint8_t *head = chain_proof_room(p, PROOFS_BYTES_MAX, 1);
    p->height = proofs_height(l, view);
    p->app_hash = proofs_app_hash(l, view);
    if (!proofs_row(&h->last, l, view, p->store, p->number, last) ||
        !proofs_entry(&any, l, view, &t->deltas.list, p->height, head))
        return; /* the check says so */
    h->head = any.head;
    h->history_root = any.root;
    h->in_app_hash = any.in_app_hash;
    for (uint32_t i = 0; i < h->count; i++)
        proofs_in_list(&t->in_history[i], &t->deltas.list, t->version_deltas[i].height,
                       any.in_list.size);
}

static void add_version(struct telling *t, const struct ledger *l,
                        const struct history_version *found)
{
    struct proofs_history *h = &t->proof.history;
    if (found->meta.version == 1) {
        t->lives++;
        h->count = 0;
    }
    t->is_too_long = h->count == CHAIN_VERSIONS_MAX;
    if (t->is_too_long)
        return;
    struct history_version *v = &t->versions[h->count];
    *v = *found;
    v->value = chain_proof_keep(&t->proof, found->value);
    t->version_deltas[h->count] =
        (struct history_delta){.height = ledger_height(l), .root = proofs_delta(l)};
    h->count++;
    t->has_ended = false;
}

/* What the last block, or the genesis, did to the row. */
static void hear(struct telling *t, struct ledger *l)
{
    struct history_version found;
    const struct chain_proof *p = &t->proof;
    chain_list_take(&t->deltas, l);
    if (proofs_version(&found, l, p->store, p->number, t->bytes)) {
        add_version(t, l, &found);
    } else if (t->lives > 0 && !t->has_ended &&
               !proofs_has_row(l, STORE_NOW, p->store, p->number)) {
        finish(t, l, STORE_BEFORE);
        t->has_ended = true;
    }
}

static enum replay_step run(struct telling *t, struct replay *r)
{
    enum replay_step step = REPLAY_BLOCK;
    while (step == REPLAY_BLOCK) {
        hear(t, r->ledger);
        if (t->is_too_long || ledger_height(r->ledger) == t->height_wanted)
            return REPLAY_END;
        step = replay_next(r);
    }
    return step;
}

/* For a person: no proofs. */
static json_t *brief(const struct telling *t)
{
    const struct proofs_history *h = &t->proof.history;
    json_t *answer = answer_new(), *versions = json_array();
    for (uint32_t i = 0; i < h->count; i++) {
        const struct store_meta *m = &h->versions[i].meta;
        json_array_append_new(versions,
                              json_pack("{s:I, s:I, s:I, s:I}", "version", (json_int_t)m->version,
                                        "written", (json_int_t)m->height, "previous",
                                        (json_int_t)m->prev_height, "bytes",
                                        (json_int_t)h->versions[i].value.len));
    }
    json_object_set_new(answer, "store", json_string(proofs_store_name(t->proof.store)));
    json_object_set_new(answer, "number", json_integer((json_int_t)t->proof.number));
    json_object_set_new(answer, "height", json_integer((json_int_t)t->proof.height));
    json_object_set_new(answer, "versions", versions);
    return answer;
}

static enum exit_code give(const struct call *call, const struct telling *t)
{
    bool is_complete;
    json_t *answer = call->format == ANSWER_JSON ? chain_proof_to_json(&t->proof) : brief(t);
    const char *verdict = chain_proof_verdict(&t->proof, &t->proof.app_hash, &is_complete);
    json_object_set_new(answer, "complete", json_boolean(is_complete));
    json_object_set_new(answer, "verdict", json_string(verdict));
    json_object_set_new(answer, "ended", json_boolean(t->has_ended));
    json_object_set_new(answer, "lives", json_integer(t->lives));
    const enum exit_code code = answer_give(call, answer);
    return code == EXIT_DONE && !is_complete ? EXIT_REFUSED : code;
}

static enum exit_code answer(const struct call *call, struct telling *t, struct replay *r,
                             enum replay_step step)
{
    if (step == REPLAY_DIFFERS)
        return replay_tell(call, r);
    if (t->is_too_long)
        return answer_error(call, ERR_HISTORY_LONG, call->operand[2]);
    if (t->height_wanted != UINT64_MAX && ledger_height(r->ledger) != t->height_wanted)
        return answer_error(call, ERR_HEIGHT_UNKNOWN, call_option(call, "--height"));
    if (t->lives == 0)
        return answer_error(call, ERR_ROW_UNKNOWN, call->operand[2]);
    if (!t->has_ended)
        finish(t, r->ledger, STORE_NOW);
    return give(call, t);
}

enum exit_code verb_chain_history(const struct call *call)
{
    struct input_bytes file;
    struct replay r;
    struct telling t;
    if (!begin(&t, call) || !input_file(&file, call, call->operand[0]))
        return EXIT_USAGE;
    take_room(&t);
    enum replay_step step = replay_open(&r, (struct span){file.at, file.len});
    if (step == REPLAY_BLOCK)
        step = run(&t, &r);
    const enum exit_code code = answer(call, &t, &r, step);
    chain_list_free(&t.deltas);
    chain_proof_free(&t.proof);
    replay_close(&r);
    input_free(&file);
    return code;
}
