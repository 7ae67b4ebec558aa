/* SPDX-License-Identifier: Apache-2.0 */
/* chain prove: a row or an entry of a list with its proof under the app hash of a height. */
#include "app/answer.h"
#include "app/chain_list.h"
#include "app/chain_proof.h"
#include "app/chain_replay.h"
#include "app/input.h"
#include "app/verb_rows.h"

#include <stdlib.h>

struct wish { /* what is to be proved */
    const struct state_store *store;
    uint64_t number, height; /* height: UINT64_MAX for the last one */
    struct chain_list list;  /* where the store is one */
};

static bool read_wish(struct wish *w, const struct call *call)
{
    const char *height = call_option(call, "--height");
    w->height = UINT64_MAX;
    if (!chain_proof_store(&w->store, call, call->operand[1]) ||
        !chain_proof_number(&w->number, call, call->operand[2]) ||
        (height && !chain_proof_number(&w->height, call, height)))
        return false;
    const bool has_entries = chain_list_init(&w->list, w->store, w->number);
    if (!proofs_is_list(w->store) || has_entries)
        return true;
    answer_error(call, ERR_STORE_UNKNOWN, "entries of this list do not stand in a chain file");
    return false;
}

static enum replay_step run(struct replay *r, struct wish *w)
{
    const bool is_list = proofs_is_list(w->store);
    enum replay_step step = REPLAY_BLOCK;
    while (step == REPLAY_BLOCK) {
        if (is_list)
            chain_list_take(&w->list, r->ledger);
        if (ledger_height(r->ledger) == w->height)
            return REPLAY_END;
        step = replay_next(r);
    }
    return step;
}

static bool prove(struct chain_proof *p, struct replay *r, struct wish *w)
{
    uint8_t *bytes = chain_proof_room(p, PROOFS_BYTES_MAX, 1);
    p->store = w->store;
    p->number = w->number;
    p->height = ledger_height(r->ledger);
    p->app_hash = r->app_hash;
    p->kind = proofs_is_list(w->store) ? PROOF_OF_ENTRY : PROOF_OF_ROW;
    if (p->kind == PROOF_OF_ROW)
        return proofs_row(&p->row, r->ledger, STORE_NOW, w->store, w->number, bytes);
    p->bytes = (struct span){w->list.entry, w->list.entry_len};
    return proofs_entry(&p->entry, r->ledger, STORE_NOW, &w->list.list, w->number, bytes);
}

static enum exit_code give(const struct call *call, struct replay *r, struct wish *w)
{
    struct chain_proof p;
    chain_proof_init(&p);
    const enum exit_code code = prove(&p, r, w)
                                    ? answer_give(call, chain_proof_to_json(&p))
                                    : answer_error(call, ERR_ROW_UNKNOWN, call->operand[2]);
    chain_proof_free(&p);
    return code;
}

enum exit_code verb_chain_prove(const struct call *call)
{
    struct input_bytes file;
    struct replay r;
    struct wish w;
    if (!read_wish(&w, call) || !input_file(&file, call, call->operand[0]))
        return EXIT_USAGE;
    enum exit_code code;
    enum replay_step step = replay_open(&r, (struct span){file.at, file.len});
    if (step == REPLAY_BLOCK)
        step = run(&r, &w);
    if (step == REPLAY_DIFFERS)
        code = replay_tell(call, &r);
    else if (w.height != UINT64_MAX && ledger_height(r.ledger) != w.height)
        code = answer_error(call, ERR_HEIGHT_UNKNOWN, call_option(call, "--height"));
    else
        code = give(call, &r, &w);
    chain_list_free(&w.list);
    replay_close(&r);
    input_free(&file);
    return code;
}
