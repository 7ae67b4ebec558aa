/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/member_index.h"

#include "ledger/ever.h"
#include "ledger/layout.h"
#include "ledger/state.h"

#include <assert.h>
#include <string.h>

enum { WORD_BITS = 64, KEYS_OF_MEMBER = 3 };

static struct member_index *index_of(struct ledger *l)
{
    return &l->index.members;
}

static uint32_t volunteer_words(const struct ledger *l)
{
    return l->sizes.members / WORD_BITS + 1;
}

void member_layout(struct layout *y, struct ledger *l)
{
    struct member_index *index = index_of(l);
    const size_t slots = (size_t)l->sizes.members + 1;
    layout_hashes(y, &index->households, l->sizes.members);
    layout_hashes(y, &index->nullifiers, l->sizes.members + l->sizes.joins);
    layout_hashes(y, &index->keys, l->sizes.keys);
    index->next_at_home = layout_raw(y, slots, sizeof *index->next_at_home);
    index->seats = layout_raw(y, slots, sizeof *index->seats);
    index->volunteers = layout_raw(y, volunteer_words(l), sizeof *index->volunteers);
    index->feeder_live = layout_raw(y, (size_t)l->sizes.feeders + 1, sizeof *index->feeder_live);
    index->to_bind = layout_raw(y, slots, sizeof *index->to_bind);
}

/* ---- keys and nullifiers --------------------------------------------------------------------- */

static struct hash hash_of_key(const struct pubkey *key)
{
    struct hash h;
    memcpy(h.bytes, key->bytes, HASH_BYTES);
    return h;
}

static bool is_zero(const struct hash *h)
{
    static const struct hash zero;
    return hash_equal(h, &zero);
}

bool keys_are_new(const struct ledger *l, const struct member_keys *keys)
{
    const struct pubkey *const all[KEYS_OF_MEMBER] = {&keys->sign, &keys->vrf, &keys->seal};
    for (uint32_t i = 0; i < KEYS_OF_MEMBER; i++) {
        const struct hash key = hash_of_key(all[i]);
        uint32_t value;
        if (is_zero(&key) || hash_map_find(&l->index.members.keys, &key, &value))
            return false;
        for (uint32_t j = 0; j < i; j++)
            if (pubkey_equal(all[i], all[j]))
                return false;
    }
    return true;
}

bool keys_have_room(const struct ledger *l)
{
    return l->head->key_count + KEYS_OF_MEMBER <= l->sizes.keys;
}

void keys_add(struct ledger *l, const struct member_keys *keys)
{
    const struct pubkey *const all[KEYS_OF_MEMBER] = {&keys->sign, &keys->vrf, &keys->seal};
    assert(keys_have_room(l));
    for (uint32_t i = 0; i < KEYS_OF_MEMBER; i++) {
        const struct hash key = hash_of_key(all[i]);
        hash_map_insert(&index_of(l)->keys, &key, 1);
        ever_add(l, EVER_KEY, &key);
    }
}

/* A nullifier of zeros is nobody's, so nobody can have it. */
bool nullifier_is_held(const struct ledger *l, const struct hash *nullifier)
{
    uint32_t value;
    return is_zero(nullifier) || hash_map_find(&l->index.members.nullifiers, nullifier, &value);
}

void nullifier_hold(struct ledger *l, const struct hash *nullifier)
{
    hash_map_insert(&index_of(l)->nullifiers, nullifier, 1);
}

void nullifier_free(struct ledger *l, const struct hash *nullifier)
{
    hash_map_remove(&index_of(l)->nullifiers, nullifier);
}

/* ---- households ------------------------------------------------------------------------------ */

uint32_t household_first(const struct ledger *l, const struct hash *household)
{
    uint32_t slot = 0;
    return hash_map_find(&l->index.members.households, household, &slot) ? slot : 0;
}

uint32_t household_next(const struct ledger *l, uint32_t slot)
{
    return l->index.members.next_at_home[slot];
}

static void join_household(struct ledger *l, uint32_t slot, const struct member *m)
{
    struct member_index *index = index_of(l);
    if (m->household == slot) {
        hash_map_insert(&index->households, &m->household_hash, slot);
        index->next_at_home[slot] = slot;
        return;
    }
    index->next_at_home[slot] = index->next_at_home[m->household];
    index->next_at_home[m->household] = slot;
}

/* ---- seats and volunteers -------------------------------------------------------------------- */

const uint8_t *member_seats(const struct ledger *l)
{
    return l->index.members.seats;
}

/* Who leaves comes into no office any more; ballots of clusters that it was drawn into are taken.
 */
static enum contract_member seat_of(const struct member *m)
{
    switch (m->status) {
    case STATUS_ACTIVE:
        return m->is_absent ? MEMBER_ABSENT : MEMBER_LIVE;
    case STATUS_LEAVING:
        return MEMBER_ABSENT;
    case STATUS_EJECTED:
        return MEMBER_EJECTED;
    case STATUS_NONE:
    case STATUS_REVOKED:
    case STATUS_DEPARTED:
        break;
    }
    return MEMBER_REVOKED;
}

void member_index_look(struct ledger *l, uint32_t slot)
{
    struct member_index *index = index_of(l);
    const struct member *m = member_get(l, slot);
    uint64_t *word = &index->volunteers[slot / WORD_BITS];
    const uint64_t bit = UINT64_C(1) << slot % WORD_BITS;
    index->seats[slot] = (uint8_t)seat_of(m);
    *word = m->status == STATUS_ACTIVE && m->is_volunteer ? *word | bit : *word & ~bit;
}

uint32_t volunteer_next(const struct ledger *l, uint32_t from)
{
    const uint64_t *words = l->index.members.volunteers;
    for (uint32_t i = from / WORD_BITS; i < volunteer_words(l); i++) {
        const uint64_t skipped = i == from / WORD_BITS ? from % WORD_BITS : 0;
        const uint64_t rest = words[i] >> skipped << skipped;
        if (rest != 0)
            return i * WORD_BITS + (uint32_t)__builtin_ctzll(rest);
    }
    return 0;
}

uint32_t feeder_live(const struct ledger *l, uint32_t feeder)
{
    assert(feeder <= l->sizes.feeders);
    return l->index.members.feeder_live[feeder];
}

void member_index_add(struct ledger *l, uint32_t slot)
{
    const struct member *m = member_get(l, slot);
    join_household(l, slot, m);
    index_of(l)->feeder_live[m->feeder]++;
    member_index_look(l, slot);
}

void member_index_close(struct ledger *l, uint32_t slot)
{
    const struct member *m = member_get(l, slot);
    nullifier_free(l, &m->nullifier);
    index_of(l)->feeder_live[m->feeder]--;
    member_index_look(l, slot);
}

void member_index_note(struct ledger *l, uint32_t slot)
{
    struct member_index *index = index_of(l);
    const struct member *m = member_get(l, slot);
    if (m->becomes != STATUS_NONE && m->has_next_keys)
        return; /* the first of the two has said so */
    index->to_bind[index->to_bind_count++] = slot;
}

/* ---- from the rows --------------------------------------------------------------------------- */

static void clear(struct ledger *l)
{
    struct member_index *index = index_of(l);
    hash_map_clear(&index->households);
    hash_map_clear(&index->nullifiers);
    hash_map_clear(&index->keys);
    memset(index->seats, MEMBER_REVOKED, (size_t)l->sizes.members + 1);
    memset(index->volunteers, 0, volunteer_words(l) * sizeof *index->volunteers);
    memset(index->feeder_live, 0, ((size_t)l->sizes.feeders + 1) * sizeof *index->feeder_live);
    index->to_bind_count = 0;
}

/* Whoever departs in the block of its KeyRotate has new keys as well. */
static void rebuild_member(struct ledger *l, uint32_t slot)
{
    struct member_index *index = index_of(l);
    const struct member *m = member_get(l, slot);
    if (m->becomes != STATUS_NONE || m->has_next_keys)
        index->to_bind[index->to_bind_count++] = slot;
    if (member_is_live(m)) {
        member_index_add(l, slot);
        nullifier_hold(l, &m->nullifier);
        return;
    }
    join_household(l, slot, m);
    member_index_look(l, slot);
}

void members_rebuild(struct ledger *l)
{
    clear(l);
    for (uint32_t i = 0; i < l->head->key_count; i++)
        hash_map_insert(&index_of(l)->keys, &l->keys[i], 1);
    for (uint32_t slot = 1; slot <= l->head->member_count; slot++)
        rebuild_member(l, slot);
}
