/* SPDX-License-Identifier: Apache-2.0 */
#include "app/study_score.h"

#include "app/input_node.h"
#include "base/bitmap.h"
#include "wire/limits.h"

#include <stdio.h>
#include <string.h>

enum { KEY_CHARS = 16 };

static const uint64_t zero = 0;

/* In the order of the enums of core/qot.h. */
static const char *const ends[] = {"SETTLED", "DECLINED", "VOID", NULL};
static const char *const conditions[] = {"-", "C1", "C2", "C3", "C4", NULL};
static const char *const stages[] = {"exec", "final", NULL};
static const char *const dids[] = {"right", "wrong", "silent", "vacant", NULL};
static const char *const block_ends[] = {"DECIDED", "DECLINED", "TIMED_OUT", "STRUCK", NULL};

bool study_find_row(uint32_t *row, const struct study_slots *slots, uint64_t slot)
{
    uint32_t low = 0, high = slots->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (slots->items[middle].key < slot)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == slots->count || slots->items[low].key != slot)
        return false;
    *row = (uint32_t)slots->items[low].number;
    return true;
}

bool study_row(uint32_t *row, const struct call *call, const struct study_slots *slots,
               const struct input_node *object, const char *field)
{
    uint64_t slot;
    if (!input_node_number(&slot, call, object, field, UINT32_MAX, NULL))
        return false;
    if (study_find_row(row, slots, slot))
        return true;
    input_node_refuse(call, object, field, "no such slot stands in \"members\"");
    return false;
}

/* A list of slots as rows; nobody may stand in it twice. */
static bool read_rows(uint32_t *rows, uint32_t *count, uint32_t max, const struct call *call,
                      const struct study_slots *slots, const struct input_node *item,
                      const char *field)
{
    struct input_node list;
    if (!input_node_list(&list, call, item, field))
        return false;
    *count = 0;
    if (input_node_count(&list) > max) {
        input_node_refuse(call, item, field, "there are more than the rules allow");
        return false;
    }
    for (size_t i = 0; i < input_node_count(&list); i++) {
        int64_t slot;
        uint32_t row;
        if (!input_node_number_at(&slot, call, &list, i, 1, UINT32_MAX))
            return false;
        bool usable = study_find_row(&row, slots, (uint64_t)slot);
        for (uint32_t j = 0; usable && j < *count; j++)
            usable = rows[j] != row;
        if (!usable) {
            input_node_refuse(call, item, field,
                              "a slot is not in \"members\", or stands here twice");
            return false;
        }
        rows[(*count)++] = row;
    }
    return true;
}

static bool read_rank(struct qot_rank *out, const struct call *call, const struct input_node *rank,
                      uint32_t cluster_count)
{
    uint64_t place;
    uint32_t did;
    if (cluster_count == 0) {
        input_node_refuse(call, rank, NULL, "there is no cluster to lead");
        return false;
    }
    if (!input_node_number(&place, call, rank, "rank", cluster_count - 1, NULL) ||
        !input_node_choice(&did, call, rank, "did", dids, false))
        return false;
    *out = (struct qot_rank){(uint32_t)place, (enum qot_did)did};
    return true;
}

/* Offices in order; after a right result comes the vote. */
static bool read_ranks(struct qot_stage_log *log, const struct call *call,
                       const struct input_node *stage, uint32_t cluster_count, bool *has_window)
{
    struct input_node ranks;
    *has_window = false;
    if (!input_node_list(&ranks, call, stage, "ranks"))
        return false;
    if (input_node_count(&ranks) > QOT_RANKS_MAX) {
        input_node_refuse(call, &ranks, NULL, "a stage has at most 64 offices");
        return false;
    }
    log->rank_count = (uint32_t)input_node_count(&ranks);
    for (uint32_t i = 0; i < log->rank_count; i++) {
        if (*has_window) {
            input_node_refuse(call, &ranks, NULL, "nobody takes office after a right result");
            return false;
        }
        const struct input_node rank = input_node_at(&ranks, i);
        if (!read_rank(&log->ranks[i], call, &rank, cluster_count))
            return false;
        *has_window = log->ranks[i].did == QOT_RIGHT;
    }
    return true;
}

static void format_key(char key[KEY_CHARS], const struct study_slots *slots, uint32_t row)
{
    snprintf(key, KEY_CHARS, "%u", slots->members[row].slot);
}

static const json_t *ballot_of(const json_t *ballots, const struct study_slots *slots, uint32_t row)
{
    char key[KEY_CHARS];
    format_key(key, slots, row);
    return json_object_get(ballots, key);
}

static bool read_ballots(uint8_t *voted, uint8_t *agree, const struct call *call,
                         const struct study_contract *c, const struct study_slots *slots,
                         const struct input_node *ballots)
{
    if (ballots->value && !json_is_object(ballots->value)) {
        input_node_refuse(call, ballots, NULL, "an object with slots as keys is needed");
        return false;
    }
    const char *key;
    const json_t *bit;
    json_t *given;
    json_object_foreach((json_t *)(uintptr_t)ballots->value, key, given)
    {
        if (!json_is_boolean(given)) {
            input_node_refuse(call, ballots, key, "true or false is needed");
            return false;
        }
    }
    for (uint32_t rank = 0; rank < c->contract.cluster_count; rank++) {
        bit = ballot_of(ballots->value, slots, c->cluster[rank]);
        if (bit)
            bitmap_set(voted, c->contract.cluster_count, rank);
        if (json_is_true(bit))
            bitmap_set(agree, c->contract.cluster_count, rank);
    }
    return true;
}

static bool read_stage(struct study_contract *out, const struct call *call,
                       const struct study_slots *slots, const struct input_node *item)
{
    uint32_t stage;
    if (!input_node_choice(&stage, call, item, "stage", stages, false))
        return false;
    if (out->contract.stages[stage]) {
        input_node_refuse(call, item, "stage", "a contract passes each stage once");
        return false;
    }
    struct qot_stage_log *log = &out->stages[stage];
    const struct input_node ballots = input_node_field(item, "ballots");
    bool has_window;
    if (!read_ranks(log, call, item, out->contract.cluster_count, &has_window) ||
        !read_ballots(out->voted[stage], out->agree[stage], call, out, slots, &ballots))
        return false;
    out->contract.stages[stage] = log;
    if (has_window) {
        log->voted = out->voted[stage];
        log->agree = out->agree[stage];
    }
    return true;
}

static bool read_condition(enum qot_condition *out, const struct call *call,
                           const struct input_node *item)
{
    uint32_t condition = 0;
    const json_t *given = json_object_get(item->value, "cond");
    if (given && !json_is_null(given) &&
        !input_node_choice(&condition, call, item, "cond", conditions, false))
        return false;
    *out = (enum qot_condition)condition;
    return true;
}

/* What the judge and the contract's machine can never leave behind. */
static bool end_is_possible(const struct call *call, const struct input_node *item,
                            const struct qot_contract *c)
{
    const int64_t promised = c->b_wh < c->energy_wh ? c->b_wh : c->energy_wh;
    const char *field = NULL;
    if (c->seller == c->buyer)
        field = "buyer";
    else if ((c->end == QOT_DECLINED) != (c->condition != QOT_NONE))
        field = "cond";
    else if (c->end == QOT_SETTLED && (c->settled_wh < 1 || c->settled_wh > promised))
        field = "settled_wh";
    else if (c->condition == QOT_C1 && c->s_wh > c->energy_wh)
        field = "s_wh";
    else if (c->condition == QOT_C3 && c->b_wh > c->energy_wh)
        field = "b_wh";
    if (field)
        input_node_refuse(call, item, field, "no contract ends so");
    return !field;
}

static bool read_terms(struct qot_contract *c, const struct call *call,
                       const struct study_slots *slots, const struct input_node *item)
{
    const uint64_t most = (uint64_t)WIRE_ENERGY_WH_MAX;
    uint64_t energy, s, b, settled;
    uint32_t end;
    if (!input_node_number(&c->number, call, item, "number", INT64_MAX, NULL) ||
        !input_node_number(&c->interval, call, item, "interval", INT64_MAX, NULL) ||
        !study_row(&c->seller, call, slots, item, "seller") ||
        !study_row(&c->buyer, call, slots, item, "buyer") ||
        !input_node_number(&energy, call, item, "energy_wh", most, NULL) ||
        !input_node_number(&s, call, item, "s_wh", most, &zero) ||
        !input_node_number(&b, call, item, "b_wh", most, &zero) ||
        !input_node_number(&settled, call, item, "settled_wh", most, &zero) ||
        !input_node_choice(&end, call, item, "end", ends, false) ||
        !read_condition(&c->condition, call, item) ||
        !input_node_flag(&c->unwitnessed, call, item, "unwitnessed", false))
        return false;
    if (energy == 0) {
        input_node_refuse(call, item, "energy_wh", "a contract is about 1 Wh at least");
        return false;
    }
    c->energy_wh = (int64_t)energy;
    c->s_wh = (int64_t)s;
    c->b_wh = (int64_t)b;
    c->settled_wh = (int64_t)settled;
    c->end = (enum qot_end)end;
    return end_is_possible(call, item, c);
}

bool study_contract_read(struct study_contract *out, const struct call *call,
                         const struct study_slots *slots, const struct input_node *item)
{
    struct qot_contract *c = &out->contract;
    struct input_node list;
    memset(out, 0, sizeof *out);
    c->cluster = out->cluster;
    if (!read_terms(c, call, slots, item) ||
        !read_rows(out->cluster, &c->cluster_count, QOT_CLUSTER_MAX, call, slots, item,
                   "cluster") ||
        !input_node_list(&list, call, item, "stages"))
        return false;
    for (size_t i = 0; i < input_node_count(&list); i++) {
        const struct input_node stage = input_node_at(&list, i);
        if (!read_stage(out, call, slots, &stage))
            return false;
    }
    return true;
}

/* A list of true, false and null: which are not null, and which are true. */
static bool read_bits(uint64_t *given, uint64_t *yes, const struct call *call,
                      const struct input_node *bits)
{
    *given = *yes = 0;
    if (!bits->value)
        return true;
    if (!json_is_array(bits->value) || input_node_count(bits) > QOT_REQUESTS_MAX) {
        input_node_refuse(call, bits, NULL, "a list of true, false or null for up to 64 requests");
        return false;
    }
    for (size_t i = 0; i < input_node_count(bits); i++) {
        const struct input_node at = input_node_at(bits, i);
        const json_t *bit = at.value;
        if (!json_is_boolean(bit) && !json_is_null(bit)) {
            input_node_refuse(call, &at, NULL, "true, false or null is needed");
            return false;
        }
        *given |= (uint64_t)json_is_boolean(bit) << i;
        *yes |= (uint64_t)json_is_true(bit) << i;
    }
    return true;
}

/* The bits that the member of @row gave. */
static bool read_ballot(uint64_t *given, uint64_t *yes, const struct call *call,
                        const struct study_slots *slots, const struct input_node *ballots,
                        uint32_t row)
{
    char key[KEY_CHARS];
    format_key(key, slots, row);
    const struct input_node ballot = input_node_field(ballots, key);
    return read_bits(given, yes, call, &ballot);
}

static bool read_seats(struct study_verification *out, const struct call *call,
                       const struct study_slots *slots, const struct input_node *item)
{
    struct qot_verification *v = &out->block;
    const struct input_node ballots = input_node_field(item, "ballots");
    uint32_t rows[QOT_SEATS_MAX], count;
    uint64_t given, yes;
    if (!read_rows(rows, &count, QOT_SEATS_MAX, call, slots, item, "seats") ||
        !read_ballot(&given, &yes, call, slots, &ballots, v->leader))
        return false;
    v->verdicts = ~given | yes;
    for (uint32_t i = 0; i < count; i++) {
        struct qot_seat *seat = &out->seats[v->seat_count];
        if (rows[i] == v->leader)
            continue;
        seat->member = rows[i];
        v->seat_count++;
        if (!read_ballot(&seat->voted, &seat->verified, call, slots, &ballots, rows[i]))
            return false;
    }
    return true;
}

bool study_verification_read(struct study_verification *out, const struct call *call,
                             const struct study_slots *slots, const struct input_node *item)
{
    struct qot_verification *v = &out->block;
    uint32_t end;
    memset(out, 0, sizeof *out);
    v->seats = out->seats;
    const struct input_node outcome = input_node_field(item, "outcome");
    if (!input_node_number(&v->number, call, item, "number", INT64_MAX, NULL) ||
        !input_node_number(&v->interval, call, item, "interval", INT64_MAX, NULL) ||
        !study_row(&v->leader, call, slots, item, "leader") ||
        !input_node_choice(&end, call, item, "end", block_ends, false) ||
        !read_bits(&v->decided, &v->verified, call, &outcome))
        return false;
    v->end = (enum qot_block_end)end;
    return read_seats(out, call, slots, item);
}
