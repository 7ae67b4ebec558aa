/* SPDX-License-Identifier: Apache-2.0 */
/* chain check-proof: what a client does that has an app hash and no chain. */
#include "app/answer.h"
#include "app/chain_proof.h"
#include "app/input.h"
#include "app/verb_rows.h"

static json_t *hash_json(const struct hash *hash)
{
    char hex[2 * HASH_BYTES + 1];
    hex_format(hex, (struct span){hash->bytes, HASH_BYTES});
    return json_string(hex);
}

static enum exit_code judge(const struct call *call, const struct chain_proof *p,
                            const struct hash *app_hash)
{
    bool holds;
    const char *verdict = chain_proof_verdict(p, app_hash, &holds);
    json_t *answer = answer_new();
    json_object_set_new(answer, "holds", json_boolean(holds));
    json_object_set_new(answer, "verdict", json_string(verdict));
    json_object_set_new(answer, "store", json_string(proofs_store_name(p->store)));
    json_object_set_new(answer, "number", json_integer((json_int_t)p->number));
    json_object_set_new(answer, "app_hash", hash_json(app_hash));
    const enum exit_code code = answer_give(call, answer);
    return code == EXIT_DONE && !holds ? EXIT_REFUSED : code;
}

enum exit_code verb_chain_check_proof(const struct call *call)
{
    struct chain_proof p;
    struct hash app_hash;
    const char *given = call_option(call, "--app-hash");
    if (given && !input_hex_exact(app_hash.bytes, HASH_BYTES, call, given, "--app-hash"))
        return EXIT_USAGE;
    json_t *object = input_object(call, call->operand[0]);
    if (!object)
        return EXIT_USAGE;
    const enum exit_code code = chain_proof_read(&p, call, object)
                                    ? judge(call, &p, given ? &app_hash : &p.app_hash)
                                    : EXIT_USAGE;
    chain_proof_free(&p);
    json_decref(object);
    return code;
}
