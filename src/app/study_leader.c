/* SPDX-License-Identifier: Apache-2.0 */
#include "app/answer.h"
#include "app/study_blocks.h"
#include "app/verb_rows.h"
#include "sampling/slots.h"

struct run { /* one file under way */
    struct study_blocks at;
    struct slots slots;
    uint64_t in_spell; /* bit i: the leader of seat i was silent and has not been heard since */
    json_t *blocks, *closed;
};

static const char *name_of(enum slot_verdict verdict)
{
    switch (verdict) {
    case SLOT_NO_LEADER:
        return "no_leader";
    case SLOT_SERVED:
        return "served";
    case SLOT_NOTHING_DUE:
        return "nothing_due";
    case SLOT_TOO_SHORT:
        return "too_short";
    case SLOT_SILENT:
        return "silent";
    case SLOT_SILENT_AGAIN:
        return "silent_again";
    }
    return NULL;
}

static uint64_t bit_of(const struct run *r, uint32_t member)
{
    const uint32_t seat = leader_seat(&r->at.seats, member);
    return seat < LEADER_SEATS_MAX ? UINT64_C(1) << seat : 0;
}

static void vacate(struct run *r)
{
    const struct leader_seats *v = &r->at.seats;
    for (uint32_t seat = 0; seat < v->count; seat++)
        if (v->vacant >> seat & 1)
            slots_vacate(&r->slots, v->member[seat]);
}

static void close_slot(struct run *r)
{
    struct slot_record record;
    if (!slots_close(&r->slots, &record, r->at.slot))
        return;
    const uint64_t bit = bit_of(r, record.leader);
    const enum slot_verdict verdict = slot_judge(&record, (r->in_spell & bit) != 0);
    if (verdict == SLOT_SILENT)
        r->in_spell |= bit;
    json_array_append_new(
        r->closed, json_pack("{s:I, s:I, s:o, s:s}", "height", (json_int_t)r->at.clock.height,
                             "slot", (json_int_t)record.slot, "leader", study_member(record.leader),
                             "verdict", name_of(verdict)));
}

static bool read_served(struct run *r, const struct call *call)
{
    struct input_node list;
    if (!input_node_list(&list, call, &r->at.block, "served"))
        return false;
    for (size_t i = 0; i < input_node_count(&list); i++) {
        int64_t slot;
        if (!input_node_number_at(&slot, call, &list, i, 0, INT64_MAX))
            return false;
        if (slots_serve(&r->slots, (uint64_t)slot, r->at.slot)) /* by an envelope, so it is heard */
            r->in_spell &= ~bit_of(r, leader_get(&r->at.seats, (uint64_t)slot));
    }
    return true;
}

static bool read_seen(struct run *r, const struct call *call)
{
    struct input_node list;
    if (!input_node_list(&list, call, &r->at.block, "seen"))
        return false;
    for (size_t i = 0; i < input_node_count(&list); i++) {
        int64_t member;
        if (!input_node_number_at(&member, call, &list, i, 1, STUDY_SLOT_MAX))
            return false;
        r->in_spell &= ~bit_of(r, (uint32_t)member);
    }
    return true;
}

static bool step(struct run *r, const struct call *call)
{
    bool due;
    if (!study_blocks_step(&r->at, call) ||
        !input_node_flag(&due, call, &r->at.block, "due", false))
        return false;
    vacate(r);
    close_slot(r);
    const uint32_t leader = leader_get(&r->at.seats, r->at.slot);
    slots_enter(&r->slots, r->at.slot, leader, due);
    json_t *block = study_blocks_answer(&r->at);
    json_object_set_new(block, "leader", study_member(leader));
    const uint64_t interval = clock_interval(&r->at.times, r->at.clock.t_ms);
    json_object_set_new(block, "interval", json_integer((json_int_t)interval));
    json_array_append_new(r->blocks, block);
    return read_served(r, call) && read_seen(r, call);
}

static bool read_all(struct run *r, const struct call *call)
{
    int64_t interval;
    const struct input_field fields[] = {{"interval_ms", 1, INT64_MAX, INPUT_REQUIRED, &interval}};
    if (!input_node_fields(call, &r->at.root, fields, 1))
        return false;
    r->at.times.interval_ms = (uint64_t)interval;
    slots_init(&r->slots, r->at.grace);
    while (study_blocks_more(&r->at))
        if (!step(r, call))
            return false;
    return true;
}

enum exit_code verb_study_leader(const struct call *call)
{
    struct run r = {.in_spell = 0};
    if (!study_blocks_open(&r.at, call))
        return EXIT_USAGE;
    json_t *answer = answer_new();
    r.blocks = json_array();
    r.closed = json_array();
    json_object_set_new(answer, "blocks", r.blocks);
    json_object_set_new(answer, "closed", r.closed);
    const bool readable = read_all(&r, call);
    study_blocks_close(&r.at);
    if (readable)
        return answer_give(call, answer);
    json_decref(answer);
    return EXIT_USAGE;
}
