/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/seen.h"

#include <assert.h>

void seen_init(struct seen *s, struct seen_end *memory)
{
    *s = (struct seen){.ends = memory};
}

static void skip(struct bytes_reader *r, size_t len)
{
    const struct span passed = bytes_read_span(r, len);
    (void)passed;
}

/* The fields of RECORD_CONTRACT as trade_score.c writes them. */
static void read_terms(struct bytes_reader *r, struct seen_end *end)
{
    end->number = bytes_read_u64(r);
    end->interval = bytes_read_u64(r);
    end->round = (enum trade_round)bytes_read_u8(r);
    end->seller = bytes_read_u32(r);
    end->buyer = bytes_read_u32(r);
    end->energy_wh = (int64_t)bytes_read_u64(r);
    skip(r, 8); /* price */
    end->take = (enum trade_take)bytes_read_u8(r);
    skip(r, 4 + 8 + 8 + 8); /* delivery, tolerance, fees */
    if (bytes_read_u8(r) != 0)
        skip(r, HASH_BYTES);
}

static void look_contract(struct seen *s, struct bytes_reader *r, uint64_t height)
{
    assert(s->end_count < SEEN_ENDS_MAX);
    struct seen_end *end = &s->ends[s->end_count++];
    *end = (struct seen_end){.height = height};
    read_terms(r, end);
    end->state = (enum contract_state)bytes_read_u8(r);
    end->cond = (enum settlement_verdict)bytes_read_u8(r);
    end->alpha = (int32_t)bytes_read_u32(r);
    end->unwitnessed = bytes_read_u8(r) != 0;
    end->settled_wh = (int64_t)bytes_read_u64(r);
    skip(r, 8 + 8 + 8 + HASH_BYTES + 8); /* payment, s, b, seed, height */
    end->cluster = bytes_read_u32(r);
    end->eligible = bytes_read_u32(r);
    assert(end->state < CONTRACT_STATE_COUNT && end->cond < VERDICT_COUNT && !r->short_of);
    s->contracts[end->state][end->cond]++;
    s->alpha_two += end->alpha == 2;
    s->unwitnessed += end->unwitnessed;
}

static void look_at(struct seen *s, struct span record)
{
    struct bytes_reader r;
    bytes_reader_init(&r, record);
    const uint8_t kind = bytes_read_u8(&r);
    skip(&r, 1);
    const uint64_t height = bytes_read_u64(&r);
    assert(kind < SEEN_RECORDS);
    s->records[kind]++;
    if (kind == RECORD_CONTRACT) {
        look_contract(s, &r, height);
        return;
    }
    if (kind == RECORD_REQUEST || kind == RECORD_VERIFICATION)
        skip(&r, 8);
    if (kind == RECORD_MEMBER)
        skip(&r, 4);
    const uint8_t state = bytes_read_u8(&r);
    if (kind == RECORD_REQUEST && state < JOIN_STATE_COUNT)
        s->requests[state]++;
    if (kind == RECORD_VERIFICATION && state < SEEN_STATES)
        s->blocks[state]++;
    if (kind == RECORD_MEMBER && state < SEEN_STATES)
        s->members[state]++;
}

void seen_look(struct seen *s, const struct ledger *l)
{
    for (uint32_t i = 0; i < log_count(l); i++)
        look_at(s, log_get(l, i).bytes);
}
