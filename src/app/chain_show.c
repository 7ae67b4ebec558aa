/* SPDX-License-Identifier: Apache-2.0 */
/* chain show: what a chain file holds, in all or at one height, with what became of each op. */
#include "app/answer.h"
#include "app/chain_replay.h"
#include "app/input.h"
#include "app/verb_rows.h"
#include "text/message_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *hash_json(const struct hash *hash)
{
    char hex[2 * HASH_BYTES + 1];
    hex_format(hex, (struct span){hash->bytes, HASH_BYTES});
    return json_string(hex);
}

static void count_one(json_t *counts, const char *name)
{
    const json_int_t before = json_integer_value(json_object_get(counts, name));
    json_object_set_new(counts, name, json_integer(before + 1));
}

/* Every op of the last block with its code, to @show. */
struct tally {
    json_t *ops, *codes; /* counts by name */
    json_t *envelopes;   /* a list, or NULL */
};

static void tally_block(const struct replay *r, const struct tally *t)
{
    struct walk walk;
    uint32_t code = 0;
    walk_init(&walk, &r->block, r->walk_memory, r->walk_size);
    while (walk_next(&walk)) {
        const uint32_t count = walk.is_readable ? walk.envelope.op_count : 1;
        json_t *codes = json_array();
        for (uint32_t i = 0; i < count; i++) {
            const char *name = err_get((enum err)r->results.codes[code++])->name;
            json_array_append_new(codes, json_string(name));
            count_one(t->codes, name);
            if (walk.is_readable)
                count_one(t->ops, op_name(walk.envelope.ops[i].kind));
        }
        if (t->envelopes) {
            json_t *envelope = walk.is_readable ? envelope_to_json(&walk.envelope) : json_object();
            json_object_set(envelope, "codes", codes);
            json_array_append_new(t->envelopes, envelope);
        }
        json_decref(codes);
    }
}

static void add_head(json_t *answer, const struct replay *r)
{
    const struct genesis_community *c = &r->genesis.community;
    json_object_set_new(answer, "community", json_stringn((const char *)c->name.at, c->name.len));
    json_object_set_new(answer, "chain_id",
                        json_stringn((const char *)c->chain_id.at, c->chain_id.len));
    json_object_set_new(answer, "genesis_hash", hash_json(&r->genesis_hash));
    json_object_set_new(answer, "height", json_integer((json_int_t)ledger_height(r->ledger)));
    json_object_set_new(answer, "time_ms", json_integer((json_int_t)r->t_ms));
    json_object_set_new(answer, "app_hash", hash_json(&r->app_hash));
}

/* Up to @height, or the end for 0. */
static enum exit_code show(const struct call *call, struct replay *r, uint64_t height)
{
    struct tally t = {.ops = json_object(), .codes = json_object()};
    enum replay_step step = REPLAY_BLOCK;
    bool is_there = height == 0;
    while (step == REPLAY_BLOCK && (height == 0 || ledger_height(r->ledger) < height)) {
        step = replay_next(r);
        if (step != REPLAY_BLOCK)
            break;
        is_there = is_there || r->block.height == height;
        if (is_there && height > 0)
            t.envelopes = json_array();
        if (is_there)
            tally_block(r, &t);
    }
    enum exit_code code = EXIT_NOT_FOUND;
    if (step == REPLAY_DIFFERS) {
        code = replay_tell(call, r);
    } else if (!is_there) {
        answer_error(call, ERR_HEIGHT_UNKNOWN, call->operand[1]);
    } else {
        json_t *answer = answer_new();
        add_head(answer, r);
        json_object_set(answer, "operations", t.ops);
        json_object_set(answer, "codes", t.codes);
        if (t.envelopes)
            json_object_set(answer, "envelopes", t.envelopes);
        code = answer_give(call, answer);
    }
    json_decref(t.ops);
    json_decref(t.codes);
    json_decref(t.envelopes);
    return code;
}

static bool read_height(uint64_t *out, const struct call *call)
{
    char *end;
    *out = 0;
    if (call->operand_count < 2)
        return true;
    errno = 0;
    *out = strtoull(call->operand[1], &end, 10);
    return errno == 0 && *end == '\0' && *out > 0 && call->operand[1][0] >= '0' &&
           call->operand[1][0] <= '9';
}

enum exit_code verb_chain_show(const struct call *call)
{
    struct input_bytes file;
    struct replay r;
    uint64_t height;
    if (!read_height(&height, call)) {
        answer_error(call, ERR_USAGE, "HEIGHT is a whole number from 1");
        return EXIT_USAGE;
    }
    if (!input_file(&file, call, call->operand[0]))
        return EXIT_USAGE;
    const enum replay_step step = replay_open(&r, (struct span){file.at, file.len});
    const enum exit_code code =
        step == REPLAY_BLOCK ? show(call, &r, height) : replay_tell(call, &r);
    replay_close(&r);
    input_free(&file);
    return code;
}
