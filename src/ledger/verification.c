/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/verification.h"

#include "crypto/merkle.h"
#include "ledger/join.h"
#include "ledger/state.h"
#include "wire/tags.h"

#include <assert.h>

enum { CHAIN_BLOCK = 1, BYTE_BITS = 8 };

/* ---- rows ------------------------------------------------------------------------------------ */

const struct verification *verification_get(const struct ledger *l, uint32_t place)
{
    return table_get(&l->blocks, place);
}

struct verification *verification_edit(struct ledger *l, uint32_t place)
{
    state_mark(l, STORE_JOINS, l->sizes.joins + place);
    return table_edit(&l->blocks, place);
}

uint32_t verification_undecided(const struct ledger *l)
{
    for (uint32_t place = 0; place < SIZES_BLOCKS; place++) {
        const struct verification *b = verification_get(l, place);
        if (b->number != 0 && b->state == BLOCK_OFFERED)
            return place;
    }
    return JOIN_NO_PLACE;
}

static uint32_t find_slot(const struct ledger *l, uint64_t slot)
{
    for (uint32_t place = 0; place < SIZES_BLOCKS; place++) {
        const struct verification *b = verification_get(l, place);
        if (b->number != 0 && b->slot == slot)
            return place;
    }
    return JOIN_NO_PLACE;
}

static uint32_t find_free(const struct ledger *l)
{
    uint32_t place = 0;
    while (place < SIZES_BLOCKS && verification_get(l, place)->number != 0)
        place++;
    return place < SIZES_BLOCKS ? place : JOIN_NO_PLACE;
}

void chain_add(struct ledger *l, const struct hash *link)
{
    const struct hash leaf = merkle_leaf((struct span){link->bytes, HASH_BYTES});
    l->head->chain_head = *link;
    state_range_add(l, RANGE_CHAIN, &leaf);
}

/* ---- its end --------------------------------------------------------------------------------- */

/* RULE join.6, join.8: a block without a request that is voted on has ended. */
static void look_for_end(struct ledger *l, uint32_t place, bool is_struck)
{
    const struct verification *b = verification_get(l, place);
    const struct block_tally tally = {.has_voting = b->open != 0,
                                      .has_decided = b->decided != 0,
                                      .has_timed_out = b->timed_out != 0,
                                      .is_struck = is_struck};
    const enum block_state state = verification_machine(&tally);
    if (state == BLOCK_OFFERED)
        return;
    struct verification *row = verification_edit(l, place);
    row->state = state;
    row->ended_interval = l->now.interval;
    if (state == BLOCK_DECIDED)
        chain_add(l, &row->hash);
    else
        epoch_want_end(l);
    if (state == BLOCK_STRUCK)
        verification_score(l, place);
}

/* Request @i of the block has left VOTING. */
static void note_end(struct ledger *l, uint32_t place, uint32_t i, enum request_state after,
                     bool timed_out)
{
    struct verification *b = verification_edit(l, place);
    const uint64_t bit = UINT64_C(1) << i;
    b->open &= ~bit;
    if (after == JOIN_VERIFIED)
        b->verified |= bit;
    if (after == JOIN_VERIFIED || after == JOIN_REJECTED)
        b->decided |= bit;
    else if (timed_out)
        b->timed_out |= bit;
}

static uint32_t join_of(const struct ledger *l, const struct verification *b, uint32_t i)
{
    const uint32_t place = join_find(l, b->requests[i]);
    assert(place != JOIN_NO_PLACE); /* a row stays while it is voted on */
    return place;
}

/* Requests by number: what has a quorum, or cannot get one, is decided. */
void verification_decide(struct ledger *l)
{
    const uint32_t place = verification_undecided(l);
    if (place == JOIN_NO_PLACE)
        return;
    const struct verification *b = verification_get(l, place);
    for (uint32_t i = 0; i < b->count; i++) {
        if (!(b->open >> i & 1))
            continue;
        const uint32_t at = join_of(l, b, i);
        const bool by_seats = verification_machine_lost_seats(&join_get(l, at)->machine);
        enum request_state after;
        if (join_step(l, at, &(struct request_happening){.event = JOIN_EV_DECIDE}, &after) ==
            ERR_OK)
            note_end(l, place, i, after, by_seats);
    }
    look_for_end(l, place, false);
}

/* Every open request of it goes back. */
static void stop(struct ledger *l, uint32_t place, enum request_event event)
{
    const struct verification *b = verification_get(l, place);
    for (uint32_t i = 0; i < b->count; i++) {
        if (!(b->open >> i & 1))
            continue;
        struct request_happening h = {.event = event};
        const enum request_state after = join_run(l, join_of(l, b, i), &h);
        note_end(l, place, i, after, event == JOIN_EV_DEADLINE);
    }
    look_for_end(l, place, event == JOIN_EV_STRUCK);
}

void verification_strike(struct ledger *l, uint64_t slot, uint32_t leader)
{
    const uint32_t place = find_slot(l, slot);
    if (place == JOIN_NO_PLACE)
        return;
    const struct verification *b = verification_get(l, place);
    if (b->state == BLOCK_OFFERED && b->v.member[b->leader_seat] == leader)
        stop(l, place, JOIN_EV_STRUCK);
}

static void lose_seat(struct ledger *l, uint32_t place, uint32_t seat)
{
    const struct verification *b = verification_get(l, place);
    const uint64_t unvoted = b->open & ~b->seats[seat].voted;
    for (uint32_t i = 0; i < b->count; i++)
        if (unvoted >> i & 1)
            join_run(l, join_of(l, b, i), &(struct request_happening){.event = JOIN_EV_SEAT_LOST});
}

void verification_vacate(struct ledger *l, uint32_t slot)
{
    for (uint32_t place = 0; place < SIZES_BLOCKS; place++) {
        const struct verification *b = verification_get(l, place);
        const uint32_t seat = b->number != 0 ? leader_seat(&b->v, slot) : LEADER_SEATS_MAX;
        if (seat == LEADER_SEATS_MAX || b->v.vacant >> seat & 1)
            continue;
        leader_vacate(&verification_edit(l, place)->v, slot);
        lose_seat(l, place, seat);
    }
}

/* ---- VerificationBlock ----------------------------------------------------------------------- */

/* RULE join.4: exactly the requests that were due, the lowest joins_per_block by number. */
static bool are_due_verdicts(const struct ledger *l, const struct verification_block *op,
                             uint64_t first_ms)
{
    const uint64_t most = l->params->identity.joins_per_block;
    const uint64_t last = op->verdicts[op->verdict_count - 1].request;
    uint32_t due = 0, up_to_last = 0;
    for (uint32_t place = 0; place < l->sizes.joins; place++) {
        if (!join_is_due(l, place, first_ms))
            continue;
        due++;
        up_to_last += join_get(l, place)->number <= last;
    }
    for (uint32_t i = 0; i < op->verdict_count; i++) {
        const uint32_t place = join_find(l, op->verdicts[i].request);
        if (place == JOIN_NO_PLACE || !join_is_due(l, place, first_ms))
            return false;
    }
    return op->verdict_count == (due < most ? due : most) && up_to_last == op->verdict_count;
}

static enum err check_time(const struct ledger *l, const struct op_signer *s,
                           const struct verification_block *op)
{
    const struct epoch *epoch = &l->head->epoch;
    if (op->epoch != epoch->number)
        return ERR_EPOCH_OTHER;
    if (leader_get(&epoch->v, op->slot) != s->slot)
        return ERR_NOT_LEADER;
    if (op->slot > l->now.slot)
        return ERR_EARLY;
    if (l->now.slot > op->slot + l->head->slots.grace)
        return ERR_LATE;
    return ERR_OK;
}

static enum err check_block(const struct ledger *l, const struct op_signer *s,
                            const struct verification_block *op)
{
    const enum err refused = check_time(l, s, op);
    if (refused != ERR_OK)
        return refused;
    const struct epoch_slot *slot = epoch_slot_find(l, op->slot);
    if (!slot) /* before block 1 */
        return ERR_LATE;
    if (slot->has_block)
        return ERR_DUPLICATE;
    if (verification_undecided(l) != JOIN_NO_PLACE || find_free(l) == JOIN_NO_PLACE)
        return ERR_VERIFY_BUSY;
    if (op->time_ms != l->times.t0_ms + op->slot * l->times.tau_ms)
        return ERR_TIME_OTHER;
    if (!hash_equal(&op->previous, &l->head->chain_head))
        return ERR_PREVIOUS_OTHER;
    return are_due_verdicts(l, op, slot->a_ms) ? ERR_OK : ERR_VERDICTS_OTHER;
}

/* What the leader has signed, in fixed widths: the link of the verification chain. */
static struct hash hash_block(const struct verification_block *op, uint32_t leader)
{
    enum { LINE = sizeof(uint64_t) + 1, HEAD = 1 + 3 * sizeof(uint64_t) + 2 * sizeof(uint32_t) };
    uint8_t bytes[HEAD + HASH_BYTES + WIRE_LINES_MAX * LINE];
    struct bytes_writer w;
    bytes_writer_init(&w, bytes, sizeof bytes);
    bytes_write_u8(&w, CHAIN_BLOCK);
    bytes_write_u64(&w, op->slot);
    bytes_write_u64(&w, op->epoch);
    bytes_write_u64(&w, op->time_ms);
    bytes_write_span(&w, (struct span){op->previous.bytes, HASH_BYTES});
    bytes_write_u32(&w, leader);
    bytes_write_u32(&w, op->verdict_count);
    for (uint32_t i = 0; i < op->verdict_count; i++) {
        bytes_write_u64(&w, op->verdicts[i].request);
        bytes_write_u8(&w, op->verdicts[i].accept);
    }
    assert(!w.full);
    return hash_tagged(tag_get(TAG_BLOCK), (struct span){bytes, (size_t)(w.at - bytes)});
}

static void write_block(struct ledger *l, struct verification *b, uint32_t leader,
                        const struct verification_block *op)
{
    const struct epoch *epoch = &l->head->epoch;
    *b = (struct verification){
        .number = ++l->head->block_last,
        .state = BLOCK_OFFERED,
        .slot = op->slot,
        .epoch = epoch->number,
        .deadline_ms = l->now.a_ms + l->params->windows.verify_ms,
        .hash = hash_block(op, leader),
        .v = epoch->v,
        .leader_seat = leader_seat(&epoch->v, leader),
        .count = op->verdict_count,
        .open = join_bits(op->verdict_count),
    };
    for (uint32_t i = 0; i < op->verdict_count; i++) {
        b->requests[i] = op->verdicts[i].request;
        b->accepts |= (uint64_t)op->verdicts[i].accept << i;
    }
    b->seats[b->leader_seat] = (struct block_seat){.voted = b->open, .agreed = b->open};
}

static void open_votes(struct ledger *l, uint32_t place)
{
    const struct verification *b = verification_get(l, place);
    for (uint32_t i = 0; i < b->count; i++) {
        struct request_happening h = {.event = JOIN_EV_BLOCK,
                                      .accepts = b->accepts >> i & 1,
                                      .seats = b->v.count,
                                      .deadline_ms = b->deadline_ms};
        const uint32_t at = join_of(l, b, i);
        join_run(l, at, &h);
        join_edit(l, at)->block = b->number;
    }
    for (uint32_t seat = 0; seat < b->v.count; seat++)
        if (b->v.vacant >> seat & 1)
            lose_seat(l, place, seat);
}

enum err verification_block_op(struct ledger *l, const struct op_signer *s,
                               const struct verification_block *op)
{
    const enum err refused = op->verdict_count > 0 ? check_block(l, s, op) : ERR_VERDICTS_OTHER;
    if (refused != ERR_OK)
        return refused;
    const uint32_t place = find_free(l);
    store_renew(&l->stores[STORE_JOINS], l->sizes.joins + place);
    write_block(l, verification_edit(l, place), s->slot, op);
    open_votes(l, place);
    epoch_note_block(l, op->slot);
    presence_serve(l, op->slot);
    return ERR_OK;
}

/* ---- Ballot ---------------------------------------------------------------------------------- */

struct bits {
    uint64_t voted, agreed;
};

/* False if a bit lies beyond the @count requests. */
static bool read_bits(struct bits *out, const struct ballot *op, uint32_t count)
{
    *out = (struct bits){0, 0};
    for (size_t i = 0; i < op->voted.len * BYTE_BITS; i++) {
        const uint64_t position = op->first + (uint64_t)i;
        if (!(op->voted.at[i / BYTE_BITS] >> i % BYTE_BITS & 1))
            continue;
        if (position >= count)
            return false;
        out->voted |= UINT64_C(1) << position;
        out->agreed |= (uint64_t)(op->agree.at[i / BYTE_BITS] >> i % BYTE_BITS & 1) << position;
    }
    return true;
}

static enum err check_ballot(const struct ledger *l, const struct verification *b, uint32_t seat)
{
    if (l->now.a_ms >= b->deadline_ms) /* its steps wait for the budget */
        return b->state == BLOCK_OFFERED ? ERR_LATE : ERR_CLOSED;
    return seat == LEADER_SEATS_MAX || b->v.vacant >> seat & 1 ? ERR_NOT_MEMBER : ERR_OK;
}

/* Bits on requests that are voted on count; the others are kept for the steps (RULE qot.10). */
static void take_bits(struct ledger *l, uint32_t place, uint32_t seat, struct bits fresh)
{
    struct verification *b = verification_edit(l, place);
    b->seats[seat].voted |= fresh.voted;
    b->seats[seat].agreed |= fresh.agreed;
    for (uint32_t i = 0; i < b->count; i++) {
        if (!(fresh.voted & b->open & UINT64_C(1) << i))
            continue;
        struct request_happening h = {.event = JOIN_EV_VOTE,
                                      .has_seat = true,
                                      .is_new = true,
                                      .agrees = fresh.agreed >> i & 1};
        join_run(l, join_of(l, b, i), &h);
    }
}

/* RULE join.5, op.1 */
enum err verification_ballot_op(struct ledger *l, const struct op_signer *s,
                                const struct ballot *op)
{
    struct bits bits;
    const uint32_t place = find_slot(l, op->subject);
    const struct verification *b = place != JOIN_NO_PLACE ? verification_get(l, place) : NULL;
    if (!b || !read_bits(&bits, op, b->count))
        return ERR_NO_DUTY;
    const uint32_t seat = leader_seat(&b->v, s->slot);
    const enum err refused = check_ballot(l, b, seat);
    if (refused != ERR_OK)
        return refused;
    const uint64_t known = b->seats[seat].voted;
    const struct bits fresh = {bits.voted & ~known, bits.agreed & ~known};
    if (fresh.voted != 0)
        take_bits(l, place, seat, fresh);
    return bits.voted & known ? ERR_VOTED : ERR_OK;
}

/* ---- due work -------------------------------------------------------------------------------- */

bool verification_is_due(const struct ledger *l)
{
    if (l->index.joins.open_count == 0 || verification_undecided(l) != JOIN_NO_PLACE)
        return false;
    for (uint32_t place = 0; place < l->sizes.joins; place++)
        if (join_is_due(l, place, l->now.a_ms))
            return true;
    return false;
}

void verification_note(struct ledger *l)
{
    joins_note_lapses(l);
}

void verification_due(const struct ledger *l, struct due_list *list)
{
    joins_due(l, list);
    for (uint32_t place = 0; place < SIZES_BLOCKS; place++) {
        const struct verification *b = verification_get(l, place);
        if (b->number == 0 || b->deadline_ms > l->now.a_ms)
            continue;
        const struct due_item item = {
            .due_ms = b->deadline_ms, .kind = DUE_BLOCK, .number = b->number, .place = place};
        due_add(list, &item);
    }
}

uint64_t verification_do(struct ledger *l, const struct due_item *item)
{
    if (item->kind == DUE_EXPIRY)
        return joins_do(l, item);
    if (verification_get(l, item->place)->number != item->number)
        return 1;
    if (verification_get(l, item->place)->state == BLOCK_OFFERED)
        stop(l, item->place, JOIN_EV_DEADLINE);
    return verification_score(l, item->place);
}

void verification_rebuild(struct ledger *l)
{
    joins_rebuild(l);
}
