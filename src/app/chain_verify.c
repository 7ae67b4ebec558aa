/* SPDX-License-Identifier: Apache-2.0 */
/* chain verify: is the chain in this file what its rules make of its blocks? */
#include "app/answer.h"
#include "app/chain_replay.h"
#include "app/input.h"
#include "app/verb_rows.h"

static json_t *hash_json(const struct hash *hash)
{
    char hex[2 * HASH_BYTES + 1];
    hex_format(hex, (struct span){hash->bytes, HASH_BYTES});
    return json_string(hex);
}

static json_t *difference_json(const struct replay_difference *d)
{
    return json_pack("{s:I, s:s, s:s, s:s}", "height", (json_int_t)d->height, "rule", d->rule,
                     "expected", d->expected, "found", d->found);
}

static enum exit_code answer_replay(const struct call *call, const struct replay *r,
                                    enum replay_step end)
{
    json_t *answer = answer_new();
    const bool holds = end == REPLAY_END;
    json_object_set_new(answer, "holds", json_boolean(holds));
    json_object_set_new(answer, "difference",
                        holds ? json_null() : difference_json(&r->difference));
    if (r->ledger) {
        json_object_set_new(answer, "genesis_hash", hash_json(&r->genesis_hash));
        json_object_set_new(answer, "height", json_integer((json_int_t)ledger_height(r->ledger)));
        json_object_set_new(answer, "app_hash", hash_json(&r->app_hash));
        json_object_set_new(answer, "envelopes", json_integer((json_int_t)r->envelopes));
        json_object_set_new(answer, "operations", json_integer((json_int_t)r->ops));
        json_object_set_new(answer, "signatures", json_integer((json_int_t)r->claims));
    }
    const enum exit_code code = answer_give(call, answer);
    return code == EXIT_DONE && !holds ? EXIT_REFUSED : code;
}

enum exit_code verb_chain_verify(const struct call *call)
{
    struct input_bytes file;
    struct replay r;
    if (!input_file(&file, call, call->operand[0]))
        return EXIT_USAGE;
    enum replay_step step = replay_open(&r, (struct span){file.at, file.len});
    while (step == REPLAY_BLOCK)
        step = replay_next(&r);
    const enum exit_code code =
        r.is_foreign ? replay_tell(call, &r) : answer_replay(call, &r, step);
    replay_close(&r);
    input_free(&file);
    return code;
}
