/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/changes.h"

#include "core/params.h"
#include "core/request_machine.h"
#include "crypto/hash.h"
#include "ledger/market_version.h"
#include "ledger/state.h"
#include "ledger/values.h"

#include <assert.h>
#include <string.h>

enum change_end { CHANGE_BOUND = 1, CHANGE_FAILED = 2 };

static const struct change *change_get(const struct ledger *l, uint32_t place)
{
    return table_get(&l->changes, place);
}

static struct change *change_edit(struct ledger *l, uint32_t place)
{
    state_mark(l, STORE_JOINS, l->sizes.joins + SIZES_BLOCKS + place);
    return table_edit(&l->changes, place);
}

/* The place of change @number, or of a free row for 0. */
static uint32_t find(const struct ledger *l, uint64_t number)
{
    uint32_t place = 0;
    while (place < SIZES_CHANGES && change_get(l, place)->number != number)
        place++;
    return place;
}

/* Memory is given once, so what sizes it may shrink and never grow (docs/protocol.md, Changes). */
static bool fits_memory(const struct ledger *l, const struct genesis *g)
{
    struct sizes now;
    sizes_of(&now, g);
    const struct sizes *max = &l->sizes;
    return now.members <= max->members && now.contracts <= max->contracts &&
           now.orders <= max->orders && now.intervals <= max->intervals &&
           now.pages <= max->pages && now.joins <= max->joins && now.seats <= max->seats &&
           g->feeder_count <= max->feeders;
}

/* What the community would be with the settings; its lists lie in @room. */
static enum err try_settings(const struct ledger *l, const struct parameter_setting *settings,
                             uint32_t count, struct arena *room, struct genesis *out)
{
    struct params_complaint complaint;
    *out = *l->params;
    const enum err bad = params_set(out, settings, count, room, &complaint);
    if (bad != ERR_OK)
        return bad;
    return fits_memory(l, out) ? ERR_OK : ERR_PARAM_SIZE;
}

static struct arena room_for_lists(struct ledger *l)
{
    struct arena room;
    void *memory = arena_take_raw(&l->scratch, PARAMS_ROOM_BYTES, 1, 64);
    assert(memory);
    arena_init(&room, memory, PARAMS_ROOM_BYTES);
    return room;
}

static bool fits_row(const struct parameter_change *op)
{
    bool fits = op->setting_count <= CHANGE_SETTINGS_MAX;
    for (uint32_t i = 0; fits && i < op->setting_count; i++)
        fits = op->settings[i].bytes.len <= CHANGE_BYTES_MAX;
    return fits;
}

/* RULE param.1: binds after the delay, at the start of an interval. */
static bool is_soon(const struct ledger *l, const struct parameter_change *op)
{
    const uint64_t delay = l->params->windows.param_delay_ms;
    const uint64_t begins = clock_interval(&l->times, l->now.t_ms + delay);
    return op->from_interval <= begins;
}

static enum err check(struct ledger *l, const struct parameter_change *op)
{
    if (op->sequence != l->head->authority_sequence + 1)
        return ERR_AUTHORITY_SEQUENCE;
    if (find(l, 0) == SIZES_CHANGES)
        return ERR_CHANGES_FULL;
    if (!fits_row(op))
        return ERR_PARAM_FORM;
    if (is_soon(l, op))
        return ERR_OVER_SOON;
    const size_t mark = arena_mark(&l->scratch);
    struct arena room = room_for_lists(l);
    struct genesis would;
    const enum err bad = try_settings(l, op->settings, op->setting_count, &room, &would);
    arena_reset(&l->scratch, mark);
    return bad;
}

static void keep_settings(struct change *c, const struct parameter_change *op)
{
    c->count = op->setting_count;
    for (uint32_t i = 0; i < op->setting_count; i++) {
        const struct parameter_setting *s = &op->settings[i];
        c->settings[i] = (struct change_setting){.parameter = s->parameter,
                                                 .index = s->index,
                                                 .value = s->value,
                                                 .len = (uint32_t)s->bytes.len};
        if (s->bytes.len > 0)
            memcpy(c->settings[i].bytes, s->bytes.at, s->bytes.len);
    }
}

enum err parameter_change_op(struct ledger *l, const struct op_signer *s,
                             const struct parameter_change *op)
{
    (void)s;
    const enum err bad = check(l, op);
    if (bad != ERR_OK)
        return bad;
    struct change *c = change_edit(l, find(l, 0));
    *c = (struct change){.number = ++l->head->change_last,
                         .from_interval = op->from_interval,
                         .admitted_ms = l->now.a_ms,
                         .deadline_ms = l->now.a_ms + l->params->windows.param_delay_ms,
                         .is_decided = l->head->epoch.v.count == 0, /* t of n alone */
                         .v = l->head->epoch.v};
    keep_settings(c, op);
    l->head->authority_sequence = op->sequence;
    return ERR_OK;
}

/* A ballot of one bit: its subject is the change's number. */
enum err parameter_ballot_op(struct ledger *l, const struct op_signer *s, const struct ballot *op)
{
    if (op->first != 0 || op->voted.len != 1 || op->voted.at[0] != 1)
        return ERR_NO_DUTY;
    const uint32_t place = op->subject > 0 ? find(l, op->subject) : SIZES_CHANGES;
    if (place == SIZES_CHANGES)
        return op->subject > 0 && op->subject <= l->head->change_last ? ERR_CLOSED : ERR_NO_CHANGE;
    const struct change *c = change_get(l, place);
    const uint32_t seat = leader_seat(&c->v, s->slot);
    if (l->now.a_ms >= c->deadline_ms)
        return ERR_LATE;
    if (seat == LEADER_SEATS_MAX || c->v.vacant >> seat & 1)
        return ERR_NOT_MEMBER;
    if (c->voted >> seat & 1)
        return ERR_VOTED;
    struct change *row = change_edit(l, place);
    row->voted |= UINT64_C(1) << seat;
    row->agreed |= (uint64_t)(op->agree.at[0] & 1) << seat;
    return ERR_OK;
}

void changes_vacate(struct ledger *l, uint32_t slot)
{
    for (uint32_t place = 0; place < SIZES_CHANGES; place++) {
        const struct change *c = change_get(l, place);
        if (c->number > 0 && leader_seat(&c->v, slot) != LEADER_SEATS_MAX)
            leader_vacate(&change_edit(l, place)->v, slot);
    }
}

void changes_decide(struct ledger *l)
{
    for (uint32_t place = 0; place < SIZES_CHANGES; place++) {
        const struct change *c = change_get(l, place);
        if (c->number == 0 || c->is_decided)
            continue;
        const uint32_t agreed = (uint32_t)__builtin_popcountll(c->agreed);
        if (agreed >= request_machine_quorum(c->v.count))
            change_edit(l, place)->is_decided = true;
    }
}

static void log_change(struct ledger *l, const struct change *c, enum change_end end)
{
    struct bytes_writer *w = log_begin(l, RECORD_PARAMETER);
    bytes_write_u64(w, c->number);
    bytes_write_u8(w, (uint8_t)end);
    bytes_write_u8(w, (uint8_t)c->count);
    for (uint32_t i = 0; i < c->count; i++) {
        const struct change_setting *s = &c->settings[i];
        bytes_write_u32(w, s->parameter);
        bytes_write_u32(w, s->index);
        bytes_write_u64(w, s->value);
        bytes_write_u8(w, (uint8_t)s->len);
        bytes_write_span(w, (struct span){s->bytes, s->len});
    }
    log_end(l);
}

static void keep_names(struct ledger *l, struct genesis *g)
{
    g->community.name = state_keep_text(l, STATE_TEXT_NAME, g->community.name);
    for (uint32_t i = 0; i < g->feeder_count; i++)
        g->feeders[i].name = state_keep_text(l, STATE_TEXT_FEEDERS + i, g->feeders[i].name);
}

static void bind(struct ledger *l, struct genesis *would)
{
    if (would->feeders != l->params->feeders ||
        would->community.name.at != l->params->community.name.at)
        keep_names(l, would);
    table_keep(&l->fees, would->market.fees, would->market.fee_count);
    table_keep(&l->feeders, would->feeders, would->feeder_count);
    table_keep(&l->authority, would->authority.keys, would->authority.key_count);
    would->market.fees = (struct genesis_fee *)(void *)l->fees.rows;
    would->feeders = (struct genesis_feeder *)(void *)l->feeders.rows;
    would->authority.keys = (struct genesis_key *)(void *)l->authority.rows;
    *(struct genesis *)table_edit(&l->params_table, 0) = *would;
    l->head->beacon.times.wait_ms = would->windows.beacon_wait_ms; /* the beacon has its own */
    l->head->parameters_version++;
    for (uint32_t i = 0; i < STATE_PARAMS_LEAVES; i++)
        state_mark(l, STORE_PARAMS, i);
}

static bool changes_market(const struct change *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (c->settings[i].parameter >= PARAM_TIMING && c->settings[i].parameter <= PARAM_FEES)
            return true;
    return false;
}

/* A change that another one has made impossible meanwhile fails, as one without a quorum does. */
static enum change_end end_of(struct ledger *l, const struct change *c)
{
    struct parameter_setting settings[CHANGE_SETTINGS_MAX];
    struct genesis would;
    enum change_end end = CHANGE_FAILED;
    for (uint32_t i = 0; i < c->count; i++)
        settings[i] =
            (struct parameter_setting){.parameter = c->settings[i].parameter,
                                       .index = c->settings[i].index,
                                       .value = c->settings[i].value,
                                       .bytes = {c->settings[i].bytes, c->settings[i].len}};
    const size_t mark = arena_mark(&l->scratch);
    struct arena room = room_for_lists(l);
    if (c->is_decided && try_settings(l, settings, c->count, &room, &would) == ERR_OK) {
        if (changes_market(c))
            market_version_keep(l, c->from_interval);
        bind(l, &would);
        end = CHANGE_BOUND;
    }
    arena_reset(&l->scratch, mark);
    return end;
}

/* One without a quorum ends with its ballot; one of the market waits for the one before it. */
static bool is_time(const struct ledger *l, const struct change *c)
{
    if (c->number == 0 || l->now.a_ms < c->deadline_ms)
        return false;
    if (!c->is_decided)
        return true;
    return l->now.interval >= c->from_interval && (!changes_market(c) || market_version_is_over(l));
}

/* The lowest number whose time has come, or SIZES_CHANGES. */
static uint32_t next_in_time(const struct ledger *l)
{
    uint32_t found = SIZES_CHANGES;
    for (uint32_t place = 0; place < SIZES_CHANGES; place++) {
        const struct change *c = change_get(l, place);
        if (is_time(l, c) && (found == SIZES_CHANGES || c->number < change_get(l, found)->number))
            found = place;
    }
    return found;
}

/* RULE param.1: by number. */
void changes_bind(struct ledger *l)
{
    for (uint32_t place = next_in_time(l); place < SIZES_CHANGES; place = next_in_time(l)) {
        const struct change *c = change_get(l, place);
        log_change(l, c, end_of(l, c));
        *change_edit(l, place) = (struct change){.number = 0};
    }
}

struct hash changes_hash_fees(const struct genesis_market *market)
{
    struct hash_ctx ctx;
    hash_init(&ctx);
    for (uint32_t i = 0; i < market->fee_count; i++) {
        uint8_t bytes[16];
        struct bytes_writer w;
        bytes_writer_init(&w, bytes, sizeof bytes);
        bytes_write_u32(&w, market->fees[i].seller_feeder);
        bytes_write_u32(&w, market->fees[i].buyer_feeder);
        bytes_write_u64(&w, (uint64_t)market->fees[i].micro_per_kwh);
        hash_update(&ctx, (struct span){bytes, sizeof bytes});
    }
    return hash_final(&ctx);
}

/* Names of any bytes, so each has its length. */
static struct hash hash_names(const struct genesis *g)
{
    struct hash_ctx ctx;
    hash_init(&ctx);
    for (uint32_t i = 0; i < g->feeder_count; i++) {
        const uint8_t len = (uint8_t)g->feeders[i].name.len;
        hash_update(&ctx, (struct span){&len, 1});
        hash_update(&ctx, g->feeders[i].name);
    }
    return hash_final(&ctx);
}

static void list_value(struct row_io *io, uint32_t number, const struct genesis *g)
{
    if (number == PARAM_AUTHORITY_KEYS) {
        for (uint32_t i = 0; i < g->authority.key_count; i++)
            row_bytes(io, g->authority.keys[i].key.bytes, PUBKEY_BYTES);
    } else if (number == PARAM_FEEDERS) {
        uint32_t count = g->feeder_count;
        struct hash names = hash_names(g);
        row_u32(io, &count);
        row_hash(io, &names);
    } else if (number == PARAM_FEES) {
        struct hash fees = changes_hash_fees(&g->market);
        row_hash(io, &fees);
    }
}

/* A leaf a parameter: numbers and choices as they are, texts and keys as bytes, of the list of fees
 * the hash of (seller's feeder, buyer's feeder, fee), of the feeders how many there are and the
 * hash of (length, name). The last leaf has the market's parameters before their last change. */
void parameter_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    const struct param *param = params_find(leaf + 1);
    struct genesis *g = l->params;
    v->number = leaf + 1;
    if (leaf == STATE_PARAMS_BEFORE) {
        market_version_value(l, v);
        return;
    }
    if (!param) {
        row_kind(&v->io, ROW_FREE);
        return;
    }
    row_kind(&v->io, ROW_PARAMETER);
    if (param->kind == PARAM_IS_NUMBER || param->kind == PARAM_IS_CHOICE) {
        uint64_t value = params_get(g, param);
        row_u64(&v->io, &value);
    } else if (param->kind == PARAM_IS_LIST) {
        list_value(&v->io, param->number, g);
    } else if (param->kind == PARAM_IS_KEY) {
        row_bytes(&v->io, g->treasury.bytes, PUBKEY_BYTES);
    } else {
        struct span *text = (struct span *)(void *)((uint8_t *)g + param->offset);
        row_bytes(&v->io, (void *)(uintptr_t)text->at, text->len);
    }
}
