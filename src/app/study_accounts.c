/* SPDX-License-Identifier: Apache-2.0 */
#include "app/study_accounts.h"

#include "app/input_node.h"

#include <assert.h>
#include <stdlib.h>

enum { REQUESTS_PER_EVENT = 2 };

void *study_take(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    assert(memory);
    return memory;
}

static uint32_t power_of_two_above(uint32_t count)
{
    uint32_t power = 2;
    while (power <= count)
        power *= 2;
    return power;
}

/* The highest slot of `members`, or 0 after saying what is wrong. */
static uint32_t highest_slot(const struct call *call, const struct input_node *members)
{
    uint64_t highest = 0;
    for (size_t i = 0; i < input_node_count(members); i++) {
        uint64_t slot;
        const struct input_node member = input_node_at(members, i);
        if (!input_node_number(&slot, call, &member, "slot", STUDY_SLOT_MAX, NULL))
            return 0;
        highest = slot > highest ? slot : highest;
    }
    if (highest == 0)
        input_node_refuse(call, members, NULL, "at least one member with a slot from 1 is needed");
    return (uint32_t)highest;
}

static bool open_each(struct funds *f, const struct call *call, const struct input_node *members)
{
    for (size_t i = 0; i < input_node_count(members); i++) {
        const struct input_node member = input_node_at(members, i);
        const json_int_t slot = json_integer_value(json_object_get(member.value, "slot"));
        if (slot < 1 || f->accounts[slot].known) {
            input_node_refuse(call, &member, "slot", "each member needs its own, from 1");
            return false;
        }
        f->accounts[slot].known = true;
    }
    return true;
}

bool study_accounts_open(struct funds *f, const struct call *call, const struct input_node *input,
                         uint32_t events)
{
    struct input_node members;
    if (!input_node_list(&members, call, input, "members"))
        return false;
    const uint32_t highest = highest_slot(call, &members);
    if (highest == 0)
        return false;
    const uint32_t places = power_of_two_above(2 * events);
    *f = (struct funds){
        .accounts = study_take((size_t)highest + 1, sizeof *f->accounts),
        .slot_max = highest,
        .requests = study_take((size_t)REQUESTS_PER_EVENT * events, sizeof *f->requests),
        .request_max = REQUESTS_PER_EVENT * events,
        .days = study_take(events, sizeof *f->days),
        .day_max = events,
    };
    reference_set_init(&f->references, study_take(places, sizeof(struct hash)), places);
    if (open_each(f, call, &members))
        return true;
    study_accounts_close(f);
    return false;
}

void study_accounts_close(struct funds *f)
{
    free(f->accounts);
    free(f->requests);
    free(f->days);
    free(f->references.places);
}

json_t *study_accounts_answer(const struct funds *f)
{
    json_t *list = json_array();
    for (uint32_t slot = 1; slot <= f->slot_max; slot++) {
        const struct funds_account *a = &f->accounts[slot];
        if (!a->known)
            continue;
        json_array_append_new(list, json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:b}", "slot",
                                              (json_int_t)slot, "available_micro",
                                              (json_int_t)a->available.micro, "withdrawing_micro",
                                              (json_int_t)a->withdrawing.micro, "credit_micro",
                                              (json_int_t)a->credit_limit.micro, "reserved_micro",
                                              (json_int_t)a->reserved.micro, "escrow_micro",
                                              (json_int_t)a->escrow.micro, "closed", a->closed));
    }
    return list;
}
