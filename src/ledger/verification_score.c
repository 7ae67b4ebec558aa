/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/join.h"
#include "ledger/scores.h"
#include "ledger/state.h"

#include <assert.h>

/* The members of a block as rows of a book of their own, by seat. */
struct score_rows {
    struct standing standings[LEADER_SEATS_MAX];
    struct qot_counts counts[LEADER_SEATS_MAX];
    struct qot_seat seats[LEADER_SEATS_MAX];
};

static enum qot_block_end end_of(enum block_state state)
{
    switch (state) {
    case BLOCK_DECIDED:
        return QOT_DECIDED;
    case BLOCK_DECLINED:
        return QOT_BLOCK_DECLINED;
    case BLOCK_STRUCK:
        return QOT_STRUCK;
    case BLOCK_OFFERED:
    case BLOCK_TIMED_OUT:
    case BLOCK_STATE_COUNT:
        break;
    }
    return QOT_TIMED_OUT;
}

/* RULE qot.8, sample.5: what was counted for the member in the interval, by verification alone. */
static void read_member(const struct ledger *l, struct score_rows *rows, uint32_t seat,
                        const struct verification *b)
{
    const uint32_t slot = b->v.member[seat];
    const struct member *m = member_get(l, slot);
    const bool is_same = m->scored_interval == b->ended_interval;
    rows->standings[seat] = *standing_get(l, slot);
    rows->counts[seat] = (struct qot_counts){.honest = is_same ? m->scored_honest : 0,
                                             .silent = is_same ? m->scored_silent : 0};
}

static void write_member(struct ledger *l, const struct score_rows *rows, uint32_t seat,
                         const struct verification *b)
{
    const uint32_t slot = b->v.member[seat];
    struct member *m = member_edit(l, slot);
    *standing_edit(l, slot) = rows->standings[seat];
    m->scored_interval = b->ended_interval;
    m->scored_honest = rows->counts[seat].honest;
    m->scored_silent = rows->counts[seat].silent;
}

/* Seats beside the leader's. Who fell out without a bit could not cast one any more. */
static uint32_t collect_seats(struct score_rows *rows, const struct verification *b)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < b->v.count; i++) {
        const struct block_seat *seat = &b->seats[i];
        if (i == b->leader_seat || (b->v.vacant >> i & 1 && seat->voted == 0))
            continue;
        rows->seats[count++] = (struct qot_seat){
            .member = i,
            .voted = seat->voted,
            .verified = ~(seat->agreed ^ b->accepts) & seat->voted,
        };
    }
    return count;
}

/* Number, end, slot, epoch, hash; requests with verdicts and outcome; the seats' bits; the steps'
 * sums v, L, f, Q of eq. 2. */
static void log_block(struct ledger *l, const struct verification *b, const struct qot_record *r)
{
    struct bytes_writer *w = log_begin(l, RECORD_VERIFICATION);
    bytes_write_u64(w, b->number);
    bytes_write_u8(w, (uint8_t)b->state);
    bytes_write_u64(w, b->slot);
    bytes_write_u64(w, b->epoch);
    bytes_write_span(w, (struct span){b->hash.bytes, HASH_BYTES});
    bytes_write_u8(w, (uint8_t)b->count);
    for (uint32_t i = 0; i < b->count; i++)
        bytes_write_u64(w, b->requests[i]);
    bytes_write_u64(w, b->accepts);
    bytes_write_u64(w, b->decided);
    bytes_write_u64(w, b->verified);
    bytes_write_u8(w, (uint8_t)b->v.count);
    bytes_write_u8(w, (uint8_t)b->leader_seat);
    for (uint32_t i = 0; i < b->v.count; i++) {
        bytes_write_u32(w, b->v.member[i]);
        bytes_write_u64(w, b->seats[i].voted);
        bytes_write_u64(w, b->seats[i].agreed);
    }
    bytes_write_u64(w, (uint64_t)r->v);
    bytes_write_u64(w, (uint64_t)r->l);
    bytes_write_u64(w, (uint64_t)r->f);
    bytes_write_u64(w, (uint64_t)r->q);
    log_end(l);
}

static void take_steps(struct ledger *l, const struct verification *b, struct score_rows *rows)
{
    struct qot_book book;
    for (uint32_t i = 0; i < b->v.count; i++)
        read_member(l, rows, i, b);
    const struct qot_verification v = {.number = b->number,
                                       .interval = b->ended_interval,
                                       .end = end_of(b->state),
                                       .leader = b->leader_seat,
                                       .verdicts = b->accepts,
                                       .decided = b->decided,
                                       .verified = b->verified,
                                       .seat_count = collect_seats(rows, b),
                                       .seats = rows->seats};
    scores_open(l, &book, rows->counts);
    book.members = rows->standings;
    book.member_count = b->v.count;
    qot_score_verification(&book, &v);
    for (uint32_t i = 0; i < book.step_count; i++)
        write_member(l, rows, book.steps[i].member, b);
    log_block(l, b, &book.record);
    scores_close(l, &book);
}

/* RULE qot.10 */
uint64_t verification_score(struct ledger *l, uint32_t place)
{
    const struct verification *b = verification_get(l, place);
    const uint64_t cost = 1 + b->v.count;
    const size_t mark = arena_mark(&l->scratch);
    struct score_rows *rows = arena_take(&l->scratch, 1, sizeof *rows, _Alignof(struct score_rows));
    assert(rows && b->state != BLOCK_OFFERED);
    take_steps(l, b, rows);
    arena_reset(&l->scratch, mark);
    store_renew(&l->stores[STORE_JOINS], l->sizes.joins + place);
    *verification_edit(l, place) = (struct verification){.number = 0};
    return cost;
}
