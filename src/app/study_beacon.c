/* SPDX-License-Identifier: Apache-2.0 */
#include "app/answer.h"
#include "app/study_blocks.h"
#include "app/verb_rows.h"
#include "sampling/beacon.h"
#include "text/bytes_json.h"

#include <assert.h>
#include <stdlib.h>

struct run { /* one file under way */
    struct study_blocks at;
    struct beacon beacon;
    struct beacon_waiting *waiting;
    struct beacon_drawn *drawn;
    struct hash previous; /* hash of the last block, at first of the genesis file */
    json_t *blocks, *draws;
};

static const char *name_of(enum beacon_verdict verdict)
{
    switch (verdict) {
    case BEACON_OK:
        break;
    case BEACON_NOT_LEADER:
        return "NOT_LEADER";
    case BEACON_EARLY:
        return "EARLY";
    case BEACON_LATE:
        return "LATE";
    case BEACON_DUPLICATE:
        return "DUPLICATE";
    case BEACON_NOT_DUE:
        return "NOT_DUE";
    }
    return NULL;
}

static json_t *text_of(const struct hash *hash)
{
    return bytes_to_json((struct span){hash->bytes, HASH_BYTES});
}

static void make_draws(struct run *r)
{
    const uint32_t count = beacon_draw(&r->beacon, r->drawn, &r->at.seats);
    for (uint32_t i = 0; i < count; i++) {
        const struct beacon_drawn *d = &r->drawn[i];
        json_array_append_new(r->draws,
                              json_pack("{s:I, s:I, s:I, s:o, s:b}", "number",
                                        (json_int_t)d->number, "admitted", (json_int_t)d->admitted,
                                        "drawn", (json_int_t)r->at.clock.height, "seed",
                                        text_of(&d->seed), "fallback", (int)d->is_fallback));
    }
}

static bool read_requests(struct run *r, const struct call *call)
{
    struct input_node list;
    if (!input_node_list(&list, call, &r->at.block, "requests"))
        return false;
    for (size_t i = 0; i < input_node_count(&list); i++) {
        int64_t number;
        if (!input_node_number_at(&number, call, &list, i, 0, INT64_MAX))
            return false;
        const bool taken = beacon_admit(&r->beacon, (uint64_t)number);
        assert(taken); /* there is room for every request of the file */
    }
    return true;
}

static bool read_reveal(struct beacon_share *out, const struct call *call,
                        const struct input_node *node)
{
    int64_t slot, member;
    const struct input_field fields[] = {
        {"slot", 0, INT64_MAX, INPUT_REQUIRED, &slot},
        {"member", 1, STUDY_SLOT_MAX, INPUT_REQUIRED, &member},
    };
    if (!input_node_fields(call, node, fields, sizeof fields / sizeof fields[0]) ||
        !input_node_id(out->output.bytes, VRF_OUTPUT_BYTES, call, node, "output"))
        return false;
    out->slot = (uint64_t)slot;
    out->member = (uint32_t)member;
    return true;
}

static bool read_reveals(struct run *r, const struct call *call, json_t *refused)
{
    struct input_node list, item;
    if (!input_node_list(&list, call, &r->at.block, "reveals"))
        return false;
    for (size_t i = 0; i < input_node_count(&list); i++) {
        struct beacon_share reveal;
        if (!input_node_item(&item, call, &list, i) || !read_reveal(&reveal, call, &item))
            return false;
        const enum beacon_verdict verdict = beacon_reveal(&r->beacon, &reveal, &r->at.seats);
        if (verdict != BEACON_OK)
            json_array_append_new(refused, json_string(name_of(verdict)));
    }
    return true;
}

static void end_block(struct run *r, json_t *answer)
{
    uint8_t input[BEACON_INPUT_BYTES];
    beacon_mix(&r->beacon, &r->at.seats);
    beacon_input(input, &r->beacon, r->at.slot);
    json_object_set_new(answer, "seed", text_of(&r->beacon.seed));
    json_object_set_new(answer, "vrf_input", bytes_to_json((struct span){input, sizeof input}));
}

static bool step(struct run *r, const struct call *call)
{
    if (!study_blocks_step(&r->at, call))
        return false;
    const struct beacon_block block = {.height = r->at.clock.height,
                                       .slot = r->at.slot,
                                       .a_ms = r->at.clock.a_ms,
                                       .previous = r->previous};
    beacon_enter(&r->beacon, &block);
    make_draws(r);
    json_t *answer = study_blocks_answer(&r->at), *refused = json_array();
    json_object_set_new(answer, "refused", refused);
    json_array_append_new(r->blocks, answer);
    if (!read_requests(r, call) || !read_reveals(r, call, refused) ||
        !input_node_id(r->previous.bytes, HASH_BYTES, call, &r->at.block, "hash"))
        return false;
    end_block(r, answer);
    return true;
}

/* More than any block can ask for: every request of the file. */
static size_t count_requests(const struct study_blocks *at)
{
    size_t count = 0;
    for (size_t i = 0; i < input_node_count(&at->blocks); i++)
        count += json_array_size(json_object_get(json_array_get(at->blocks.value, i), "requests"));
    return count;
}

static bool run_open(struct run *r, const struct call *call)
{
    int64_t wait;
    const char *chain;
    const struct input_field fields[] = {{"beacon_wait_ms", 0, INT64_MAX, INPUT_REQUIRED, &wait}};
    if (!input_node_fields(call, &r->at.root, fields, 1) ||
        !input_node_text(&chain, call, &r->at.root, "chain_id") ||
        !input_node_id(r->previous.bytes, HASH_BYTES, call, &r->at.root, "genesis_hash"))
        return false;
    const size_t requests = count_requests(&r->at);
    r->waiting = calloc(requests + 1, sizeof *r->waiting);
    r->drawn = calloc(requests + 1, sizeof *r->drawn);
    assert(r->waiting && r->drawn && requests <= UINT32_MAX);
    const struct beacon_times times = {.wait_ms = (uint64_t)wait, .grace = r->at.grace};
    beacon_init(&r->beacon, span_of_text(chain), &r->previous, &times, r->waiting,
                (uint32_t)requests);
    return true;
}

static bool read_all(struct run *r, const struct call *call)
{
    while (study_blocks_more(&r->at))
        if (!step(r, call))
            return false;
    return true;
}

static json_t *list_waiting(const struct run *r)
{
    json_t *waiting = json_array();
    for (uint32_t i = 0; i < r->beacon.waiting_count; i++)
        json_array_append_new(waiting, json_integer((json_int_t)r->beacon.waiting[i].number));
    return waiting;
}

enum exit_code verb_study_beacon(const struct call *call)
{
    struct run r = {.waiting = NULL};
    if (!study_blocks_open(&r.at, call))
        return EXIT_USAGE;
    json_t *answer = answer_new();
    r.blocks = json_array();
    r.draws = json_array();
    bool readable = run_open(&r, call);
    if (readable)
        json_object_set_new(answer, "seed0", text_of(&r.beacon.seed));
    json_object_set_new(answer, "blocks", r.blocks);
    json_object_set_new(answer, "draws", r.draws);
    readable = readable && read_all(&r, call);
    if (readable)
        json_object_set_new(answer, "waiting", list_waiting(&r));
    study_blocks_close(&r.at);
    free(r.waiting);
    free(r.drawn);
    if (readable)
        return answer_give(call, answer);
    json_decref(answer);
    return EXIT_USAGE;
}
