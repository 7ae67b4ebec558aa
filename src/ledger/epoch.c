/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/join.h"
#include "ledger/member_index.h"
#include "ledger/state.h"
#include "sampling/draw.h"
#include "sampling/roster.h"
#include "sampling/tier.h"

#include <assert.h>

static struct epoch *epoch_of(struct ledger *l)
{
    return &l->head->epoch;
}

void epoch_init(struct ledger *l)
{
    *epoch_of(l) = (struct epoch){.wants_end = true};
}

void epoch_want_end(struct ledger *l)
{
    epoch_of(l)->wants_end = true;
}

const struct leader_seats *epoch_next_v(const struct ledger *l, const struct pubkey **vrf,
                                        uint64_t *number)
{
    const struct epoch *e = &l->head->epoch;
    *vrf = e->has_next ? e->next_vrf : e->vrf;
    *number = e->number + e->has_next;
    return e->has_next ? &e->next : &e->v;
}

/* ---- slots ----------------------------------------------------------------------------------- */

/* A slot that was jumped over begins, for its requests, with the first block behind it. */
static void note_slots(struct ledger *l)
{
    struct epoch *e = epoch_of(l);
    const uint64_t now = l->now.slot;
    if (now < e->slot_end)
        return;
    const uint64_t oldest = now >= SLOTS_OPEN_MAX ? now - SLOTS_OPEN_MAX + 1 : 0;
    uint64_t slot = e->slot_end > oldest ? e->slot_end : oldest;
    if (e->slot_end == 0)
        slot = now; /* block 1 */
    for (; slot <= now; slot++)
        e->slots[slot % SLOTS_OPEN_MAX] = (struct epoch_slot){.slot = slot, .a_ms = l->now.a_ms};
    e->slot_end = now + 1;
}

const struct epoch_slot *epoch_slot_find(const struct ledger *l, uint64_t slot)
{
    const struct epoch *e = &l->head->epoch;
    const struct epoch_slot *s = &e->slots[slot % SLOTS_OPEN_MAX];
    return slot < e->slot_end && s->slot == slot ? s : NULL;
}

void epoch_note_block(struct ledger *l, uint64_t slot)
{
    epoch_of(l)->slots[slot % SLOTS_OPEN_MAX].has_block = true;
}

/* ---- seats ----------------------------------------------------------------------------------- */

/* RULE join.3 */
static bool may_sit(const struct ledger *l, uint32_t slot)
{
    return member_get(l, slot)->status == STATUS_ACTIVE && standing_serves(standing_get(l, slot));
}

void epoch_vacate(struct ledger *l, uint32_t slot)
{
    struct epoch *e = epoch_of(l);
    if (leader_seat(&e->v, slot) < LEADER_SEATS_MAX) {
        leader_vacate(&e->v, slot);
        slots_vacate(&l->head->slots, slot);
    }
    verification_vacate(l, slot);
    changes_vacate(l, slot);
}

static void vacate_unfit(struct ledger *l, const struct leader_seats *v)
{
    for (uint32_t i = 0; i < v->count; i++)
        if (!(v->vacant >> i & 1) && !may_sit(l, v->member[i]))
            epoch_vacate(l, v->member[i]);
}

static uint32_t live_seats(const struct leader_seats *v)
{
    return v->count - (uint32_t)__builtin_popcountll(v->vacant);
}

/* Under the new V a slot that is open may have another leader: nobody is to blame for it then. */
static void excuse_slots(struct ledger *l)
{
    struct slots *slots = &l->head->slots;
    for (uint32_t i = 0; i < slots->count; i++)
        if (slots->open[i].leader != leader_get(&epoch_of(l)->v, slots->open[i].slot))
            slots->open[i].leader = LEADER_NONE;
}

void epoch_bind(struct ledger *l)
{
    struct epoch *e = epoch_of(l);
    note_slots(l);
    if (!e->has_next)
        return;
    e->v = e->next;
    for (uint32_t i = 0; i < e->v.count; i++)
        e->vrf[i] = e->next_vrf[i];
    e->number++;
    e->began_ms = l->now.a_ms;
    e->has_next = false;
    excuse_slots(l);
    vacate_unfit(l, &e->v);
    joins_epoch_began(l);
}

/* ---- the draw -------------------------------------------------------------------------------- */

/* RULE boot.3, join.9 */
static uint8_t tier_of(const struct ledger *l, uint32_t slot)
{
    const struct member *m = member_get(l, slot);
    const struct standing *s = standing_get(l, slot);
    const struct tier_member t = {.score = s->score,
                                  .closed = s->closed,
                                  .active = m->status == STATUS_ACTIVE,
                                  .present = !m->is_absent,
                                  .volunteer = m->is_volunteer,
                                  .mature = s->mature,
                                  .founder = m->is_founder};
    return member_owes(m) ? TIER_NONE : tier_for_verifiers(&t);
}

static bool has_candidate(const struct ledger *l)
{
    for (uint32_t slot = volunteer_next(l, 1); slot > 0; slot = volunteer_next(l, slot + 1))
        if (tier_of(l, slot) != TIER_NONE)
            return true;
    return false;
}

static uint32_t collect_candidates(const struct ledger *l, struct roster_member *out)
{
    uint32_t count = 0;
    for (uint32_t slot = volunteer_next(l, 1); slot > 0; slot = volunteer_next(l, slot + 1)) {
        const struct member *m = member_get(l, slot);
        const uint8_t tier = tier_of(l, slot);
        if (tier == TIER_NONE)
            continue;
        out[count++] = (struct roster_member){
            .household = m->household, .slot = slot, .feeder = m->feeder, .tier = tier};
    }
    return count;
}

/* RULE join.11: keys as they were when the draw was asked for. */
static const struct pubkey *vrf_of(const struct ledger *l, uint32_t slot, uint64_t epoch)
{
    const struct member *m = member_get(l, slot);
    return m->vrf_before_epoch == epoch ? &m->vrf_before : &m->keys.vrf;
}

static void take_drawn(struct ledger *l, const uint32_t *members, uint32_t count)
{
    struct epoch *e = epoch_of(l);
    leader_seats_init(&e->next, members, count);
    for (uint32_t i = 0; i < count; i++)
        e->next_vrf[i] = *vrf_of(l, members[i], e->number + 1);
    e->has_next = true;
    e->is_drawing = false;
}

/* RULE join.8, sample.6 */
static void draw(struct ledger *l, const struct hash *seed, const struct roster_member *members,
                 uint32_t count)
{
    const struct draw_order order = {.seed = *seed,
                                     .purpose = STREAM_VERIFIERS,
                                     .number = epoch_of(l)->number + 1,
                                     .k = (uint32_t)l->params->sampling.verifier_count,
                                     .cluster_floor = TIER_VERIFIERS_FLOOR};
    struct roster roster;
    struct draw drawn;
    roster_build(&roster, members, count, l->sizes.feeders, &l->scratch);
    draw_make(&drawn, &roster, &order, &l->scratch);
    take_drawn(l, drawn.member, drawn.member_count);
}

void epoch_draw(struct ledger *l, const struct hash *seed)
{
    const size_t mark = arena_mark(&l->scratch);
    assert(epoch_of(l)->is_drawing);
    struct roster_member *members = arena_take_raw(&l->scratch, l->sizes.members, sizeof *members,
                                                   _Alignof(struct roster_member));
    assert(members);
    const uint32_t count = collect_candidates(l, members);
    if (count > 0)
        draw(l, seed, members, count);
    else
        take_drawn(l, NULL, 0);
    arena_reset(&l->scratch, mark);
}

/* ---- its end --------------------------------------------------------------------------------- */

/* RULE join.8. An empty V ends for want of seats only where somebody could take one. */
static bool has_to_end(const struct ledger *l)
{
    const struct epoch *e = &l->head->epoch;
    if (e->wants_end || l->now.a_ms - e->began_ms >= l->params->identity.epoch_ms)
        return true;
    if (live_seats(&e->v) >= request_machine_quorum(e->v.count))
        return false;
    return e->v.count > 0 || has_candidate(l);
}

void epoch_look(struct ledger *l)
{
    struct epoch *e = epoch_of(l);
    const uint32_t undecided = verification_undecided(l);
    vacate_unfit(l, &e->v);
    if (undecided != JOIN_NO_PLACE)
        vacate_unfit(l, &verification_get(l, undecided)->v);
    if (e->is_drawing)
        e->wants_end = false; /* the draw that waits will see it */
    if (e->is_drawing || e->has_next || !has_to_end(l))
        return;
    e->wants_end = false;
    e->is_drawing = true;
    presence_ask(l, DRAW_EPOCH, e->number + 1);
}
