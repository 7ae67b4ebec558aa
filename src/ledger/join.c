/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/join.h"

#include "ledger/layout.h"
#include "ledger/member_index.h"
#include "ledger/state.h"

#include <assert.h>
#include <string.h>

static struct join_index *index_of(struct ledger *l)
{
    return &l->index.joins;
}

void verification_layout(struct layout *y, struct ledger *l)
{
    struct join_index *index = index_of(l);
    layout_places(y, &index->places, l->sizes.joins);
    layout_ids(y, &index->by_number, l->sizes.joins);
    index->due_ms = layout_raw(y, l->sizes.joins, sizeof *index->due_ms);
    index->lapse_ms = layout_raw(y, l->sizes.joins, sizeof *index->lapse_ms);
    index->erase_ms = layout_raw(y, l->sizes.joins, sizeof *index->erase_ms);
    index->feeder_asks = layout_raw(y, (size_t)l->sizes.feeders + 1, sizeof *index->feeder_asks);
}

/* ---- rows ------------------------------------------------------------------------------------ */

bool join_is_open(const struct join *j)
{
    return j->number != 0 && j->machine.state <= JOIN_VERIFIED;
}

static bool is_undecided(const struct join *j)
{
    return j->number != 0 && j->machine.state <= JOIN_VOTING;
}

const struct join *join_get(const struct ledger *l, uint32_t place)
{
    return table_get(&l->joins, place);
}

struct join *join_edit(struct ledger *l, uint32_t place)
{
    state_mark(l, STORE_JOINS, place);
    return table_edit(&l->joins, place);
}

uint32_t join_find(const struct ledger *l, uint64_t number)
{
    uint32_t place;
    return id_map_find(&l->index.joins.by_number, number, &place) ? place : JOIN_NO_PLACE;
}

uint32_t join_find_open(const struct ledger *l, uint64_t number)
{
    const uint32_t place = join_find(l, number);
    return place != JOIN_NO_PLACE && join_is_open(join_get(l, place)) ? place : JOIN_NO_PLACE;
}

/* What of a row is looked for, from the row alone: a restart finds the same. */
static void look(struct ledger *l, uint32_t place)
{
    struct join_index *index = index_of(l);
    const struct join *j = join_get(l, place);
    const bool is_pending = j->number != 0 && j->machine.state == JOIN_PENDING;
    const bool can_lapse = is_pending || (j->number != 0 && j->machine.state == JOIN_VERIFIED);
    index->due_ms[place] = is_pending ? j->due_ms : UINT64_MAX;
    index->lapse_ms[place] = can_lapse ? j->machine.expires_ms : UINT64_MAX;
    index->erase_ms[place] = j->number != 0 && j->erase_by_ms > 0 ? j->erase_by_ms : UINT64_MAX;
}

bool join_has_room(const struct ledger *l)
{
    const struct join_index *index = &l->index.joins;
    return index->open_count < l->params->identity.joins_pending_max &&
           index->places.count < l->sizes.joins;
}

struct join *join_take(struct ledger *l, uint32_t *place)
{
    *place = places_take(&index_of(l)->places);
    assert(*place != PLACES_NONE);
    store_renew(&l->stores[STORE_JOINS], *place);
    struct join *j = join_edit(l, *place);
    *j = (struct join){.number = ++l->head->request_last, .epoch = l->head->epoch.number};
    id_map_insert(&index_of(l)->by_number, j->number, *place);
    return j;
}

/* A row that has ended stays for its documents, and for the limit of a feeder in its epoch. */
static void release(struct ledger *l, uint32_t place)
{
    const struct join *j = join_get(l, place);
    if (j->number == 0 || join_is_open(j) || j->owes_erasure != 0 ||
        j->epoch == l->head->epoch.number)
        return;
    id_map_remove(&index_of(l)->by_number, j->number);
    places_give(&index_of(l)->places, place);
    store_renew(&l->stores[STORE_JOINS], place);
    *join_edit(l, place) = (struct join){.number = 0};
    look(l, place);
}

/* ---- documents (RULE join.9) ----------------------------------------------------------------- */

static void forget(struct ledger *l, uint32_t place, uint64_t seats)
{
    struct join *j = join_edit(l, place);
    j->owes_erasure &= ~seats;
    if (j->owes_erasure == 0)
        j->erase_by_ms = 0;
    look(l, place);
}

void join_erased(struct ledger *l, uint32_t place, uint32_t seat)
{
    forget(l, place, UINT64_C(1) << seat);
    release(l, place);
}

/* The time is over: whoever has not said so owes it, and is not drawn meanwhile. */
static void give_up(struct ledger *l, uint32_t place)
{
    const struct join *j = join_get(l, place);
    for (uint32_t i = 0; i < j->had_documents.count; i++)
        if (j->owes_erasure >> i & 1)
            member_owe(l, j->had_documents.member[i], j->number);
    forget(l, place, j->owes_erasure);
    release(l, place);
}

/* A seat for one more holder: a new one or, where all are taken, that of the first holder who is
 * not in V any more; it owes its receipt at once. V has no more members than there are seats. */
static uint32_t holder_seat(struct ledger *l, struct join *j)
{
    if (j->had_documents.count < LEADER_SEATS_MAX)
        return j->had_documents.count++;
    uint32_t seat = 0;
    while (leader_seat(&l->head->epoch.v, j->had_documents.member[seat]) < LEADER_SEATS_MAX)
        seat++;
    assert(seat < LEADER_SEATS_MAX);
    if (j->owes_erasure >> seat & 1)
        member_owe(l, j->had_documents.member[seat], j->number);
    return seat;
}

/* V has, or is about to have, the request's document. */
static void seal_to_v(struct ledger *l, struct join *j)
{
    const struct leader_seats *v = &l->head->epoch.v;
    if (l->params->identity.mode != IDENTITY_DOCUMENTS)
        return;
    for (uint32_t i = 0; i < v->count; i++) {
        uint32_t seat = leader_seat(&j->had_documents, v->member[i]);
        if (seat == LEADER_SEATS_MAX)
            seat = holder_seat(l, j);
        j->had_documents.member[seat] = v->member[i];
        j->owes_erasure |= UINT64_C(1) << seat;
    }
}

/* ---- the machine ----------------------------------------------------------------------------- */

static void log_request(struct ledger *l, const struct join *j)
{
    struct bytes_writer *w = log_begin(l, RECORD_REQUEST);
    bytes_write_u64(w, j->number);
    bytes_write_u8(w, (uint8_t)j->machine.state);
    bytes_write_u32(w, j->machine.attempt);
    bytes_write_u32(w, j->voucher.feeder);
    log_end(l);
}

void join_open(struct ledger *l, uint32_t place)
{
    struct join *j = join_edit(l, place);
    seal_to_v(l, j);
    nullifier_hold(l, &j->voucher.nullifier);
    index_of(l)->open_count++;
    index_of(l)->feeder_asks[j->voucher.feeder]++;
    look(l, place);
    log_request(l, j);
}

/* The end of the vote: its document is not needed any more. */
static void begin_erasure(struct ledger *l, struct join *j)
{
    if (j->owes_erasure != 0)
        j->erase_by_ms = l->now.a_ms + l->params->windows.erase_ms;
}

static void ended(struct ledger *l, const struct join *j)
{
    index_of(l)->open_count--;
    if (j->machine.state != JOIN_ACTIVE) /* else the member holds it */
        nullifier_free(l, &j->voucher.nullifier);
}

/* What follows from a move between states. */
static void follow(struct ledger *l, uint32_t place, enum request_state before)
{
    struct join *j = join_edit(l, place);
    const enum request_state now = j->machine.state;
    if (now == JOIN_PENDING && j->due_ms <= l->now.a_ms)
        j->due_ms = l->now.a_ms + 1; /* was not pending at the first block of this slot */
    if (now > JOIN_VOTING) {
        if (before <= JOIN_VOTING)
            begin_erasure(l, j);
        if (!join_is_open(j))
            ended(l, j);
        log_request(l, j);
    }
    look(l, place);
    release(l, place);
}

/* All attempts are used. */
static void lapse_if_spent(struct ledger *l, struct request *r,
                           const struct request_happening *happening)
{
    if (r->state != JOIN_PENDING || r->attempt < happening->attempts_max)
        return;
    const struct request_happening lapse = {.event = JOIN_EV_LAPSE,
                                            .t_ms = l->now.t_ms,
                                            .a_ms = l->now.a_ms,
                                            .attempts_max = happening->attempts_max};
    const enum err code = request_machine_step(r, &lapse);
    assert(code == ERR_OK);
}

enum err join_step(struct ledger *l, uint32_t place, struct request_happening *happening,
                   enum request_state *after)
{
    struct request r = join_get(l, place)->machine;
    const enum request_state before = r.state;
    happening->t_ms = l->now.t_ms;
    happening->a_ms = l->now.a_ms;
    happening->attempts_max = (uint32_t)l->params->identity.attempts_max;
    const enum err code = request_machine_step(&r, happening);
    if (code != ERR_OK)
        return code;
    lapse_if_spent(l, &r, happening);
    join_edit(l, place)->machine = r;
    *after = r.state;
    if (r.state != before)
        follow(l, place, before);
    return ERR_OK;
}

enum request_state join_run(struct ledger *l, uint32_t place, struct request_happening *happening)
{
    enum request_state after = JOIN_PENDING;
    const enum err code = join_step(l, place, happening, &after);
    assert(code == ERR_OK);
    return after;
}

bool join_is_due(const struct ledger *l, uint32_t place, uint64_t first_ms)
{
    const struct join_index *index = &l->index.joins;
    return index->due_ms[place] <= first_ms && index->lapse_ms[place] > l->now.t_ms;
}

/* ---- epochs and due work --------------------------------------------------------------------- */

/* A quorum of V has been in a V since the admission, and so has its document. */
static bool quorum_holds(const struct ledger *l, const struct join *j)
{
    const struct leader_seats *v = &l->head->epoch.v;
    uint32_t holders = 0;
    for (uint32_t i = 0; i < v->count; i++)
        holders += leader_seat(&j->had_documents, v->member[i]) < LEADER_SEATS_MAX;
    return v->count > 0 && holders >= request_machine_quorum(v->count);
}

/* RULE join.2: it seals again. Where less than a quorum has the document it is due doc_ms after the
 * epoch's start; else epochs that follow one another closely would put it off for ever. */
static void began(struct ledger *l, uint32_t place)
{
    struct join *j = join_edit(l, place);
    const uint64_t due_ms = l->head->epoch.began_ms + l->params->windows.doc_ms;
    const bool waits = l->params->identity.mode == IDENTITY_DOCUMENTS && !quorum_holds(l, j);
    seal_to_v(l, j);
    if (waits && j->due_ms < due_ms)
        j->due_ms = due_ms;
    look(l, place);
}

void joins_epoch_began(struct ledger *l)
{
    for (uint32_t place = 0; place < l->sizes.joins; place++) {
        if (is_undecided(join_get(l, place)))
            began(l, place);
        else
            release(l, place);
    }
    memset(index_of(l)->feeder_asks, 0,
           ((size_t)l->sizes.feeders + 1) * sizeof *index_of(l)->feeder_asks);
}

void joins_note_lapses(struct ledger *l)
{
    for (uint32_t place = 0; place < l->sizes.joins; place++)
        if (index_of(l)->lapse_ms[place] <= l->now.t_ms && join_get(l, place)->lapsed_ms == 0)
            join_edit(l, place)->lapsed_ms = l->now.a_ms;
}

static uint64_t due_of(const struct ledger *l, uint32_t place)
{
    const struct join_index *index = &l->index.joins;
    const uint64_t noted_ms = join_get(l, place)->lapsed_ms;
    const uint64_t lapsed_ms = noted_ms > 0 ? noted_ms : l->now.a_ms; /* pending since this phase */
    if (index->lapse_ms[place] > l->now.t_ms)
        return index->erase_ms[place];
    return index->erase_ms[place] < lapsed_ms ? index->erase_ms[place] : lapsed_ms;
}

void joins_due(const struct ledger *l, struct due_list *list)
{
    const struct join_index *index = &l->index.joins;
    for (uint32_t place = 0; place < l->sizes.joins; place++) {
        const bool erases = index->erase_ms[place] <= l->now.a_ms;
        if (!erases && index->lapse_ms[place] > l->now.t_ms)
            continue;
        const struct due_item item = {
            .due_ms = due_of(l, place),
            .kind = DUE_EXPIRY,
            .number = join_get(l, place)->number,
            .place = place,
        };
        due_add(list, &item);
    }
}

uint64_t joins_do(struct ledger *l, const struct due_item *item)
{
    const struct join_index *index = &l->index.joins;
    const uint32_t place = item->place;
    if (index->lapse_ms[place] <= l->now.t_ms && join_get(l, place)->number == item->number)
        join_run(l, place, &(struct request_happening){.event = JOIN_EV_LAPSE});
    if (index->erase_ms[place] <= l->now.a_ms && join_get(l, place)->number == item->number)
        give_up(l, place);
    return 1;
}

void joins_rebuild(struct ledger *l)
{
    struct join_index *index = index_of(l);
    places_clear(&index->places);
    id_map_clear(&index->by_number);
    index->open_count = 0;
    memset(index->feeder_asks, 0, ((size_t)l->sizes.feeders + 1) * sizeof *index->feeder_asks);
    for (uint32_t place = 0; place < l->sizes.joins; place++) {
        const struct join *j = join_get(l, place);
        look(l, place);
        if (j->number == 0)
            continue;
        places_occupy(&index->places, place);
        id_map_insert(&index->by_number, j->number, place);
        if (j->epoch == l->head->epoch.number)
            index->feeder_asks[j->voucher.feeder]++;
        if (join_is_open(j)) {
            index->open_count++;
            nullifier_hold(l, &j->voucher.nullifier);
        }
    }
}
