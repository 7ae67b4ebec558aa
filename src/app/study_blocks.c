/* SPDX-License-Identifier: Apache-2.0 */
#include "app/study_blocks.h"

#include "sampling/slots.h"

#include <string.h>

static bool read_times(struct study_blocks *b, const struct call *call)
{
    int64_t t0, tau, gap, grace;
    const struct input_field fields[] = {
        {"t0_ms", 0, INT64_MAX, INPUT_REQUIRED, &t0},
        {"tau_ms", 1, INT64_MAX, INPUT_REQUIRED, &tau},
        {"gap_ms", 0, INT64_MAX, INPUT_REQUIRED, &gap},
        {"grace", 0, SLOTS_GRACE_MAX, INPUT_REQUIRED, &grace},
    };
    if (!input_node_fields(call, &b->root, fields, sizeof fields / sizeof fields[0]))
        return false;
    b->times = (struct clock_times){
        .t0_ms = (uint64_t)t0, .tau_ms = (uint64_t)tau, .interval_ms = 1, .gap_ms = (uint64_t)gap};
    b->grace = (uint32_t)grace;
    return true;
}

static bool read_seats(struct study_blocks *b, const struct call *call,
                       const struct input_node *node)
{
    struct input_node list;
    uint32_t members[LEADER_SEATS_MAX];
    if (!input_node_list(&list, call, node, "verifiers"))
        return false;
    const size_t count = input_node_count(&list);
    if (!list.value || count > LEADER_SEATS_MAX) {
        input_node_refuse(call, node, "verifiers", "a list of up to 63 members is needed");
        return false;
    }
    struct leader_seats seats = {.count = 0};
    for (size_t i = 0; i < count; i++) {
        int64_t member;
        if (!input_node_number_at(&member, call, &list, i, 1, STUDY_SLOT_MAX))
            return false;
        members[i] = (uint32_t)member;
        if (leader_seat(&seats, members[i]) < LEADER_SEATS_MAX) {
            input_node_refuse(call, node, "verifiers", "a member has one seat at most");
            return false;
        }
        leader_seats_init(&seats, members, (uint32_t)i + 1);
    }
    b->seats = seats;
    return true;
}

bool study_blocks_open(struct study_blocks *b, const struct call *call)
{
    memset(b, 0, sizeof *b);
    b->input = input_object(call, call->operand[0]);
    if (!b->input)
        return false;
    input_node_root(&b->root, b->input);
    clock_init(&b->clock);
    if (read_times(b, call) && read_seats(b, call, &b->root) &&
        input_node_list(&b->blocks, call, &b->root, "blocks"))
        return true;
    study_blocks_close(b);
    return false;
}

void study_blocks_close(struct study_blocks *b)
{
    json_decref(b->input);
}

bool study_blocks_more(const struct study_blocks *b)
{
    return b->next < input_node_count(&b->blocks);
}

static bool read_vacant(struct study_blocks *b, const struct call *call)
{
    struct input_node list;
    if (!input_node_list(&list, call, &b->block, "vacant"))
        return false;
    for (size_t i = 0; i < input_node_count(&list); i++) {
        int64_t member;
        if (!input_node_number_at(&member, call, &list, i, 1, STUDY_SLOT_MAX))
            return false;
        leader_vacate(&b->seats, (uint32_t)member);
    }
    return true;
}

bool study_blocks_step(struct study_blocks *b, const struct call *call)
{
    int64_t t;
    const struct input_field fields[] = {{"t_ms", 0, INT64_MAX, INPUT_REQUIRED, &t}};
    if (!input_node_item(&b->block, call, &b->blocks, b->next++) ||
        !input_node_fields(call, &b->block, fields, 1))
        return false;
    if ((uint64_t)t < b->times.t0_ms || !clock_step(&b->clock, &b->times, (uint64_t)t)) {
        input_node_refuse(call, &b->block, "t_ms",
                          "block time begins at t0_ms and never goes back");
        return false;
    }
    b->slot = clock_slot(&b->times, b->clock.t_ms);
    if (json_object_get(b->block.value, "verifiers") && !read_seats(b, call, &b->block))
        return false;
    return read_vacant(b, call);
}

json_t *study_blocks_answer(const struct study_blocks *b)
{
    return json_pack("{s:I, s:I, s:I}", "height", (json_int_t)b->clock.height, "a_ms",
                     (json_int_t)b->clock.a_ms, "slot", (json_int_t)b->slot);
}

json_t *study_member(uint32_t member)
{
    return member == LEADER_NONE ? json_null() : json_integer(member);
}
