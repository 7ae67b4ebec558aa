/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/beacon.h"

#include "crypto/hash.h"

#include <assert.h>
#include <string.h>

enum { U64_BYTES = 8 };

static struct span span_of_hash(const struct hash *hash)
{
    return (struct span){hash->bytes, HASH_BYTES};
}

static void write_hash(struct bytes_writer *w, const struct hash *hash)
{
    bytes_write_span(w, span_of_hash(hash));
}

static struct hash hash_of_written(const uint8_t *bytes, const struct bytes_writer *w)
{
    assert(!w->full);
    return hash_bytes((struct span){bytes, (size_t)(w->at - bytes)});
}

/* 'tag' || @first || @second, as seed_0 and the fallback have it. */
static struct hash hash_of_two(const char *tag, const struct hash *first, const struct hash *second)
{
    uint8_t bytes[16 + 2 * HASH_BYTES];
    struct bytes_writer w;
    bytes_writer_init(&w, bytes, sizeof bytes);
    bytes_write_span(&w, span_of_text(tag));
    write_hash(&w, first);
    write_hash(&w, second);
    return hash_of_written(bytes, &w);
}

void beacon_init(struct beacon *b, struct span chain_id, const struct hash *genesis,
                 const struct beacon_times *times, struct beacon_waiting *memory,
                 uint32_t waiting_max)
{
    assert(times->grace <= SLOTS_GRACE_MAX);
    memset(b, 0, sizeof *b);
    b->chain = hash_bytes(chain_id);
    b->seed = hash_of_two("pw-seed0", &b->chain, genesis);
    b->times = *times;
    b->waiting = memory;
    b->waiting_max = waiting_max;
}

static struct beacon_slot *slot_place(struct beacon *b, uint64_t slot)
{
    return &b->recent[slot % SLOTS_OPEN_MAX];
}

/* Slots jumped over begin with this block too: their leaders may still reveal in the grace, which
 * may be longer by then than it is now. */
void beacon_enter(struct beacon *b, const struct beacon_block *block)
{
    const bool is_first = b->block.height == 0;
    assert(is_first || block->slot >= b->block.slot);
    const uint64_t oldest = block->slot > SLOTS_GRACE_MAX ? block->slot - SLOTS_GRACE_MAX : 0;
    uint64_t slot = is_first ? 0 : b->block.slot + 1;
    if (slot < oldest)
        slot = oldest;
    for (; slot <= block->slot; slot++)
        *slot_place(b, slot) = (struct beacon_slot){
            .slot = slot, .seed = b->seed, .was_due = b->waiting_count > 0, .is_revealed = false};
    b->block = *block;
    b->taken_count = 0;
}

void beacon_input(uint8_t out[BEACON_INPUT_BYTES], const struct beacon *b, uint64_t slot)
{
    const struct beacon_slot *begun = &b->recent[slot % SLOTS_OPEN_MAX];
    const bool has_begun = b->block.height > 0 && slot <= b->block.slot;
    const struct hash *seed = has_begun ? &begun->seed : &b->seed;
    assert(!has_begun || begun->slot == slot);
    struct bytes_writer w;
    bytes_writer_init(&w, out, BEACON_INPUT_BYTES);
    bytes_write_span(&w, span_of_text("pw-vrf")); /* RULE beacon.1 */
    write_hash(&w, &b->chain);
    bytes_write_big_u64(&w, slot);
    write_hash(&w, seed);
    assert(!w.full && w.at == w.end);
}

static bool is_ready(const struct beacon_waiting *d, const struct leader_seats *v)
{
    /* RULE beacon.2: one reveal is enough where V has one member. */
    return d->is_ready || (d->first != LEADER_NONE && v->count == 1);
}

static bool has_waited(const struct beacon *b, const struct beacon_waiting *d,
                       const struct leader_seats *v)
{
    /* RULE boot.4: without V no reveal can come. */
    return v->count == 0 || b->block.a_ms - d->a_ms >= b->times.wait_ms;
}

/* What was admitted earlier has seen the same reveals and waited as long, so the draws made now
 * stand in front: first the ready ones, then those that have waited long enough. */
uint32_t beacon_draw(struct beacon *b, struct beacon_drawn *out, const struct leader_seats *v)
{
    uint32_t ready = 0;
    while (ready < b->waiting_count && is_ready(&b->waiting[ready], v))
        ready++;
    uint32_t count = ready;
    while (count < b->waiting_count && has_waited(b, &b->waiting[count], v))
        count++;
    const struct hash seed = b->seed;
    if (count > ready)
        b->seed = hash_of_two("pw-fallback", &seed, &b->block.previous);
    for (uint32_t i = 0; i < count; i++)
        out[i] = (struct beacon_drawn){.number = b->waiting[i].number,
                                       .admitted = b->waiting[i].height,
                                       .seed = i < ready ? seed : b->seed,
                                       .is_fallback = i >= ready};
    b->waiting_count -= count;
    if (count > 0)
        memmove(b->waiting, b->waiting + count, b->waiting_count * sizeof *b->waiting);
    return count;
}

bool beacon_admit(struct beacon *b, uint64_t number)
{
    if (b->waiting_count == b->waiting_max)
        return false;
    b->waiting[b->waiting_count++] = (struct beacon_waiting){.number = number,
                                                             .height = b->block.height,
                                                             .slot = b->block.slot,
                                                             .a_ms = b->block.a_ms,
                                                             .first = LEADER_NONE,
                                                             .is_ready = false};
    return true;
}

enum beacon_verdict beacon_check(const struct beacon *b, const struct beacon_share *reveal,
                                 const struct leader_seats *v)
{
    assert(b->block.height > 0);
    const uint32_t leader = leader_get(v, reveal->slot);
    if (leader == LEADER_NONE || leader != reveal->member)
        return BEACON_NOT_LEADER;
    if (reveal->slot > b->block.slot)
        return BEACON_EARLY;
    if (b->block.slot - reveal->slot > b->times.grace)
        return BEACON_LATE;
    const struct beacon_slot *begun = &b->recent[reveal->slot % SLOTS_OPEN_MAX];
    if (begun->is_revealed)
        return BEACON_DUPLICATE;
    return begun->was_due ? BEACON_OK : BEACON_NOT_DUE;
}

enum beacon_verdict beacon_reveal(struct beacon *b, const struct beacon_share *reveal,
                                  const struct leader_seats *v)
{
    const enum beacon_verdict verdict = beacon_check(b, reveal, v);
    if (verdict != BEACON_OK)
        return verdict;
    slot_place(b, reveal->slot)->is_revealed = true;
    uint32_t at = b->taken_count++;
    for (; at > 0 && b->taken[at - 1].slot > reveal->slot; at--)
        b->taken[at] = b->taken[at - 1];
    b->taken[at] = *reveal;
    return BEACON_OK;
}

static void mix_one(struct beacon *b, const struct beacon_share *reveal)
{
    uint8_t bytes[7 + 2 * HASH_BYTES + U64_BYTES + VRF_OUTPUT_BYTES];
    struct bytes_writer w;
    bytes_writer_init(&w, bytes, sizeof bytes);
    bytes_write_span(&w, span_of_text("pw-seed")); /* RULE beacon.1 */
    write_hash(&w, &b->seed);
    bytes_write_big_u64(&w, reveal->slot);
    bytes_write_span(&w, (struct span){reveal->output.bytes, VRF_OUTPUT_BYTES});
    write_hash(&w, &b->block.previous);
    b->seed = hash_of_written(bytes, &w);
}

/* RULE beacon.2: only slots that began after the draw was admitted count for it, so that nobody
 * who knew what is drawn could choose whether to reveal before. */
static void count_reveal(struct beacon_waiting *d, const struct beacon_share *reveal)
{
    if (reveal->slot <= d->slot)
        return;
    if (d->first == LEADER_NONE)
        d->first = reveal->member;
    else if (d->first != reveal->member)
        d->is_ready = true;
}

void beacon_mix(struct beacon *b, const struct leader_seats *v)
{
    for (uint32_t i = 0; i < b->taken_count; i++) {
        mix_one(b, &b->taken[i]);
        for (uint32_t j = 0; j < b->waiting_count; j++)
            count_reveal(&b->waiting[j], &b->taken[i]);
    }
    for (uint32_t j = 0; j < b->waiting_count; j++)
        b->waiting[j].is_ready = is_ready(&b->waiting[j], v);
}
