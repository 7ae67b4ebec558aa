/* SPDX-License-Identifier: Apache-2.0 */
#include "app/answer.h"
#include "app/input.h"
#include "app/input_node.h"
#include "app/verb_rows.h"
#include "base/sort.h"
#include "sampling/draw.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { CLUSTER_FLOOR = 3, VERIFIER_COUNT = 9 }; /* defaults of the genesis file */

struct community {                 /* who is there, as one file tells it */
    struct roster_member *members; /* ascending slots */
    struct tier_member *states;    /* of the same places */
    uint32_t count, active_count, feeder_max;
};

struct run { /* one file under way */
    json_t *input;
    struct input_node root;
    struct community community;
    struct draw_order order;
    struct roster roster;
    void *roster_memory, *draw_memory;
    size_t draw_bytes;
    json_t *draws;
};

static bool read_state(struct tier_member *out, const struct call *call,
                       const struct input_node *node)
{
    int64_t score, closed;
    const struct input_field fields[] = {
        {"score", -TIER_SCORE_MAX, TIER_SCORE_MAX, 0, &score},
        {"closed", 0, UINT32_MAX, 0, &closed},
    };
    if (!input_node_fields(call, node, fields, sizeof fields / sizeof fields[0]) ||
        !input_node_flag(&out->active, call, node, "active", true) ||
        !input_node_flag(&out->present, call, node, "present", true) ||
        !input_node_flag(&out->mature, call, node, "mature", false) ||
        !input_node_flag(&out->founder, call, node, "founder", false) ||
        !input_node_flag(&out->volunteer, call, node, "volunteer", false))
        return false;
    out->score = (int32_t)score;
    out->closed = (uint32_t)closed;
    return true;
}

static bool read_slot(uint32_t *out, const struct call *call, const struct input_node *node,
                      const char *name)
{
    int64_t slot;
    const struct input_field field = {name, 1, UINT32_MAX, INPUT_REQUIRED, &slot};
    if (!input_node_fields(call, node, &field, 1))
        return false;
    *out = (uint32_t)slot;
    return true;
}

static bool read_member(struct roster_member *out, struct tier_member *state,
                        const struct call *call, const struct input_node *node)
{
    int64_t feeder, household;
    memset(out, 0, sizeof *out);
    if (!read_slot(&out->slot, call, node, "slot"))
        return false;
    const struct input_field fields[] = {
        {"feeder", 1, ROSTER_FEEDERS_MAX, 1, &feeder},
        {"household", 0, INT64_MAX, out->slot, &household},
    };
    if (!input_node_fields(call, node, fields, sizeof fields / sizeof fields[0]))
        return false;
    out->feeder = (uint32_t)feeder;
    out->household = (uint64_t)household;
    return read_state(state, call, node);
}

/* Slots in the file by ascending number; places in the file are the items' numbers. */
static bool sort_slots(struct sort_item *items, const struct call *call,
                       const struct input_node *list, uint32_t count)
{
    struct sort_item *scratch = calloc((size_t)count + 1, sizeof *scratch);
    assert(scratch);
    bool readable = true;
    for (uint32_t i = 0; readable && i < count; i++) {
        struct input_node item;
        uint32_t slot = 0;
        readable = input_node_item(&item, call, list, i) && read_slot(&slot, call, &item, "slot");
        items[i] = (struct sort_item){.key = slot, .number = i};
    }
    if (readable)
        sort_items(items, scratch, count);
    free(scratch);
    for (uint32_t i = 1; readable && i < count; i++)
        if (items[i].key == items[i - 1].key) {
            input_node_refuse(call, list, NULL, "two members have the same slot");
            readable = false;
        }
    return readable;
}

static bool read_in_order(struct community *c, const struct call *call,
                          const struct input_node *list, const struct sort_item *order)
{
    for (uint32_t i = 0; i < c->count; i++) {
        struct input_node item;
        if (!input_node_item(&item, call, list, order[i].number) ||
            !read_member(&c->members[i], &c->states[i], call, &item))
            return false;
        c->active_count += c->states[i].active;
        if (c->members[i].feeder > c->feeder_max)
            c->feeder_max = c->members[i].feeder;
    }
    return true;
}

static bool read_members(struct community *c, const struct call *call,
                         const struct input_node *root)
{
    struct input_node list;
    if (!input_node_list(&list, call, root, "members"))
        return false;
    if (input_node_count(&list) > ROSTER_MEMBERS_MAX) {
        input_node_refuse(call, root, "members", "there are at most 1,048,576");
        return false;
    }
    c->count = (uint32_t)input_node_count(&list);
    c->members = calloc((size_t)c->count + 1, sizeof *c->members);
    c->states = calloc((size_t)c->count + 1, sizeof *c->states);
    struct sort_item *order = calloc((size_t)c->count + 1, sizeof *order);
    assert(c->members && c->states && order);
    const bool readable =
        sort_slots(order, call, &list, c->count) && read_in_order(c, call, &list, order);
    free(order);
    int64_t active;
    const struct input_field fields[] = {{"active", 0, UINT32_MAX, c->active_count, &active}};
    if (!readable || !input_node_fields(call, root, fields, 1))
        return false;
    c->active_count = (uint32_t)active;
    return true;
}

static bool read_verifiers(struct community *c, const struct call *call,
                           const struct input_node *root)
{
    struct input_node list;
    if (!input_node_list(&list, call, root, "verifiers"))
        return false;
    for (size_t i = 0; i < input_node_count(&list); i++) {
        int64_t slot;
        if (!input_node_number_at(&slot, call, &list, i, 1, UINT32_MAX))
            return false;
        const uint32_t index = roster_find(c->members, c->count, (uint32_t)slot);
        if (index != UINT32_MAX)
            c->members[index].in_v = true;
    }
    return true;
}

static bool read_purpose(struct draw_order *order, const struct call *call,
                         const struct input_node *root)
{
    const char *purpose;
    if (!input_node_text(&purpose, call, root, "purpose"))
        return false;
    if (strcmp(purpose, "cluster") == 0)
        order->purpose = STREAM_CLUSTER;
    else if (strcmp(purpose, "verifiers") == 0)
        order->purpose = STREAM_VERIFIERS;
    else {
        input_node_refuse(call, root, "purpose", "\"cluster\" or \"verifiers\" is needed");
        return false;
    }
    return true;
}

/* RULE sample.2: two-stage is kept for study. */
static bool read_mode(struct draw_order *order, const struct call *call,
                      const struct input_node *root)
{
    const json_t *mode = json_object_get(root->value, "mode");
    const char *text = mode ? json_string_value(mode) : "stratified";
    order->feeders_max = 0;
    if (text && strcmp(text, "stratified") == 0)
        return true;
    if (!text || strcmp(text, "two-stage") != 0) {
        input_node_refuse(call, root, "mode", "\"stratified\" or \"two-stage\" is needed");
        return false;
    }
    int64_t feeders;
    const struct input_field fields[] = {
        {"feeders_drawn", 1, ROSTER_FEEDERS_MAX, INPUT_REQUIRED, &feeders}};
    if (!input_node_fields(call, root, fields, 1))
        return false;
    order->feeders_max = (uint32_t)feeders;
    return true;
}

static bool read_order(struct draw_order *order, const struct call *call,
                       const struct input_node *root)
{
    int64_t k, floor = 0, number = 0;
    const struct input_field of_cluster[] = {
        {"k", 1, ROSTER_MEMBERS_MAX, INPUT_REQUIRED, &k},
        {"cluster_floor", 0, ROSTER_MEMBERS_MAX, CLUSTER_FLOOR, &floor},
    };
    const struct input_field of_verifiers[] = {
        {"verifier_count", 1, ROSTER_MEMBERS_MAX, VERIFIER_COUNT, &k},
        {"number", 0, INT64_MAX, INPUT_REQUIRED, &number},
    };
    if (!read_purpose(order, call, root) || !read_mode(order, call, root) ||
        !input_node_id(order->seed.bytes, HASH_BYTES, call, root, "seed"))
        return false;
    const bool is_cluster = order->purpose == STREAM_CLUSTER;
    if (!input_node_fields(call, root, is_cluster ? of_cluster : of_verifiers, 2))
        return false;
    order->k = (uint32_t)k;
    order->cluster_floor = (uint32_t)floor;
    order->number = (uint64_t)number;
    return true;
}

static void give_tiers(struct community *c, enum stream_purpose purpose)
{
    for (uint32_t i = 0; i < c->count; i++)
        c->members[i].tier = purpose == STREAM_CLUSTER
                                 ? tier_for_cluster(&c->states[i], c->active_count)
                                 : tier_for_verifiers(&c->states[i]);
}

static void build_roster(struct run *r)
{
    const struct community *c = &r->community;
    struct arena memory;
    const size_t size = roster_size(c->count, c->feeder_max);
    r->roster_memory = malloc(size);
    assert(r->roster_memory);
    arena_init(&memory, r->roster_memory, size);
    roster_build(&r->roster, c->members, c->count, c->feeder_max, &memory);
    r->draw_bytes = draw_size(&r->roster, r->order.k);
    r->draw_memory = malloc(r->draw_bytes);
    assert(r->draw_memory);
}

static json_t *list_slots(const uint32_t *slots, uint32_t count)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(list, json_integer(slots[i]));
    return list;
}

static void make_draw(struct run *r)
{
    struct arena memory;
    struct draw d;
    arena_init(&memory, r->draw_memory, r->draw_bytes);
    draw_make(&d, &r->roster, &r->order, &memory);
    json_t *seats = json_array();
    for (uint32_t i = 0; i < d.seats_count; i++)
        json_array_append_new(seats, json_pack("[I, I]", (json_int_t)d.seats[i].feeder,
                                               (json_int_t)d.seats[i].seats));
    json_array_append_new(
        r->draws, json_pack("{s:I, s:I, s:i, s:b, s:o, s:o, s:o, s:I}", "number",
                            (json_int_t)r->order.number, "eligible", (json_int_t)d.eligible, "tier",
                            (int)d.tier, "verifiers_used", (int)d.verifiers_used, "seats", seats,
                            "members", list_slots(d.member, d.member_count), "dropped",
                            list_slots(d.member + d.member_count, d.dropped_count), "quorum",
                            (json_int_t)draw_quorum(d.member_count)));
}

static bool read_party(uint32_t *out, const struct run *r, const struct call *call,
                       const struct input_node *contract, const char *name)
{
    if (!read_slot(out, call, contract, name))
        return false;
    if (roster_find(r->community.members, r->community.count, *out) != UINT32_MAX)
        return true;
    input_node_refuse(call, contract, name, "this slot is not among the members");
    return false;
}

static bool draw_contracts(struct run *r, const struct call *call)
{
    struct input_node list, item;
    if (!input_node_list(&list, call, &r->root, "contracts"))
        return false;
    for (size_t i = 0; i < input_node_count(&list); i++) {
        int64_t number;
        const struct input_field fields[] = {{"number", 0, INT64_MAX, INPUT_REQUIRED, &number}};
        if (!input_node_item(&item, call, &list, i) || !input_node_fields(call, &item, fields, 1) ||
            !read_party(&r->order.seller, r, call, &item, "seller") ||
            !read_party(&r->order.buyer, r, call, &item, "buyer"))
            return false;
        r->order.number = (uint64_t)number;
        make_draw(r);
    }
    return true;
}

static bool draw_all(struct run *r, const struct call *call)
{
    const bool readable =
        read_order(&r->order, call, &r->root) && read_members(&r->community, call, &r->root) &&
        (r->order.purpose == STREAM_VERIFIERS || read_verifiers(&r->community, call, &r->root));
    if (!readable)
        return false;
    give_tiers(&r->community, r->order.purpose);
    build_roster(r);
    if (r->order.purpose == STREAM_CLUSTER)
        return draw_contracts(r, call);
    make_draw(r);
    return true;
}

enum exit_code verb_study_draw(const struct call *call)
{
    struct run r;
    memset(&r, 0, sizeof r);
    r.input = input_object(call, call->operand[0]);
    if (!r.input)
        return EXIT_USAGE;
    input_node_root(&r.root, r.input);
    r.draws = json_array();
    const bool readable = draw_all(&r, call);
    json_decref(r.input);
    free(r.community.members);
    free(r.community.states);
    free(r.roster_memory);
    free(r.draw_memory);
    if (!readable) {
        json_decref(r.draws);
        return EXIT_USAGE;
    }
    json_t *answer = answer_new();
    json_object_set_new(answer, "draws", r.draws);
    return answer_give(call, answer);
}
