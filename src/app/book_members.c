/* SPDX-License-Identifier: Apache-2.0 */
#include "app/book_members.h"

#include "app/input.h"
#include "app/input_node.h"
#include "base/sort.h"
#include "core/admission.h"

#include <assert.h>
#include <stdlib.h>

const char *book_party(const json_t *order, enum order_side side)
{
    const char *party =
        json_string_value(json_object_get(order, side == ORDER_BID ? "buyer" : "seller"));
    if (!party)
        party = json_string_value(json_object_get(order, "id"));
    return party ? party : "";
}

/* Names in order of appearance: `members` first, then bids, then offers. */
static json_t *collect_names(const struct book_file *file)
{
    json_t *names = json_object();
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json_object_get(file->at->value, "members"), name,
                        value)
        json_object_set_new(names, name, json_integer((json_int_t)json_object_size(names)));
    for (enum order_side side = ORDER_BID; side <= ORDER_OFFER; side++) {
        const json_t *list =
            json_object_get(file->at->value, side == ORDER_BID ? "bids" : "offers");
        for (size_t i = 0; i < json_array_size(list); i++) {
            name = book_party(json_array_get(list, i), side);
            if (!json_object_get(names, name))
                json_object_set_new(names, name, json_integer((json_int_t)json_object_size(names)));
        }
    }
    return names;
}

static bool read_member(struct book_member *out, const struct book_file *file,
                        const struct call *call, const char *name, uint64_t appearance)
{
    const struct input_node members = input_node_field(file->at, "members"),
                            funds = input_node_field(file->at, "funds_micro"),
                            m = input_node_field(&members, name);
    const uint64_t none = 0;
    const int64_t zero = 0;
    const uint32_t feeders = file->feeder_count > 0 ? file->feeder_count : WIRE_FEEDERS_MAX;
    uint64_t slot, household, feeder;
    int64_t score;
    if (!input_node_number(&slot, call, &m, "no", UINT32_MAX, &appearance) ||
        !input_node_number(&household, call, &m, "household", UINT32_MAX, &slot) ||
        !input_node_number(&feeder, call, &m, "feeder", feeders - 1, &none) ||
        !input_node_whole(&score, call, &m, "score", -(1 << 30), 1 << 30, &zero))
        return false;
    *out = (struct book_member){.funds_micro = BOOK_FUNDS_ENOUGH,
                                .slot = (uint32_t)slot,
                                .household = (uint32_t)household,
                                .feeder = (uint32_t)feeder + 1,
                                .level = book_level((int32_t)score)};
    return !json_object_get(funds.value, name) ||
           input_node_whole(&out->funds_micro, call, &funds, name, INT64_MIN, INT64_MAX, NULL);
}

/* Members by ascending slots, and the index by name. */
static bool lay_out(struct book_file *file, const struct call *call, const struct book_member *read,
                    const char *const *names)
{
    const uint32_t count = file->book.member_count;
    struct sort_item *items = input_room(count, sizeof *items),
                     *scratch = input_room(count, sizeof *scratch);
    bool are_unique = true;
    for (uint32_t i = 0; i < count; i++)
        items[i] = (struct sort_item){read[i].slot, i};
    sort_keys(items, scratch, count);
    for (uint32_t i = 0; i < count; i++) {
        file->members[i] = read[items[i].number];
        file->names[i] = names[items[i].number];
        json_object_set_new(file->index, file->names[i], json_integer(i));
        are_unique &= i == 0 || items[i].key != items[i - 1].key;
    }
    free(items);
    free(scratch);
    if (!are_unique)
        input_node_refuse(call, file->at, "no", "no two members may have the same slot");
    return are_unique;
}

bool book_members_read(struct book_file *file, const struct call *call)
{
    file->index = collect_names(file);
    const uint32_t count = (uint32_t)json_object_size(file->index);
    file->book.member_count = count;
    file->members = input_room(count, sizeof *file->members);
    file->names = input_room(count, sizeof *file->names);
    struct book_member *read = input_room(count, sizeof *read);
    const char **names = input_room(count, sizeof *names);
    const char *name;
    json_t *value;
    uint32_t at = 0;
    bool done = true;
    json_object_foreach(file->index, name, value)
    {
        done = done && read_member(&read[at], file, call, name, at);
        names[at++] = name;
    }
    done = done && lay_out(file, call, read, names);
    free(read);
    free(names);
    return done;
}

struct book_household *book_households(const struct book_member *members, uint32_t count)
{
    struct book_household *rows = input_room(count, sizeof *rows);
    struct sort_item *items = input_room(count, sizeof *items),
                     *scratch = input_room(count, sizeof *scratch);
    for (uint32_t i = 0; i < count; i++)
        items[i] = (struct sort_item){members[i].household, i};
    sort_keys(items, scratch, count);
    uint32_t first = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || items[i].key != items[i - 1].key)
            first = (uint32_t)items[i].number;
        rows[items[i].number] =
            (struct book_household){first, ADMISSION_NO_BID, ADMISSION_NO_OFFER};
    }
    free(items);
    free(scratch);
    return rows;
}
