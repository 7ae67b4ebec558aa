/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/feed.h"

#include "ledger/state.h"

#include <string.h>

enum { SAID_MAX = 512, OP_BYTES = WIRE_EVIDENCE_BYTES_MAX, LEAVE_WHO = 128 };

uint8_t feed_byte(struct feed *f)
{
    return f->at < f->end ? *f->at++ : 0;
}

uint64_t feed_u64(struct feed *f)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < sizeof value; i++)
        value = value << 8 | feed_byte(f);
    return value;
}

uint64_t feed_near(struct feed *f, uint64_t good, uint64_t least, uint64_t most)
{
    enum {
        GOOD = 0,
        LEAST = 1,
        MOST = 2,
        ONE_MORE = 3,
        ONE_LESS = 4,
        TWICE = 5,
        HALF = 6,
        WIDE = 7
    };
    const uint8_t byte = feed_byte(f);
    uint64_t value = good;
    switch (byte & 7) {
    case LEAST:
        value = least + (byte >> 3);
        break;
    case MOST:
        value = most - (byte >> 3);
        break;
    case ONE_MORE:
        value = good + 1 + (byte >> 3);
        break;
    case ONE_LESS:
        value = good - 1 - (byte >> 3);
        break;
    case TWICE:
        value = 2 * good + (byte >> 3);
        break;
    case HALF:
        value = good / 2;
        break;
    case WIDE:
        value = feed_u64(f) >> (byte >> 3) * 2;
        break;
    case GOOD:
    default:
        break;
    }
    if (value < least)
        return least;
    return value > most ? most : value;
}

/* Another signer than the one who should. */
static uint32_t other_signer(const struct feed *f, uint8_t byte)
{
    const uint32_t homes = f->h->w->options.homes;
    const uint32_t at = byte % (homes + 2);
    if (at == homes)
        return WORLD_TREASURY;
    return at > homes ? WORLD_AUTHORITY : at + 1;
}

/* Lists that fall, bitmaps that do not match: the wire does not know such operations. */
static bool can_be_read(struct feed *f, const struct op *op)
{
    struct arena *arena = &f->h->w->decode;
    const size_t mark = arena_mark(arena);
    struct codec c;
    struct op copy = *op, again;
    uint8_t *bytes = arena_take_raw(arena, OP_BYTES, 1, 8);
    world_insist(f->h->w, bytes, "no room for an operation");
    codec_init_write(&c, "Op", bytes, OP_BYTES);
    op_fields(&c, &copy);
    const struct span written = {bytes, (size_t)(c.out - bytes)};
    codec_init_read(&c, "Op", written, arena);
    memset(&again, 0, sizeof again);
    op_fields(&c, &again);
    const bool is_good = codec_end_read(&c).verdict == WIRE_OK;
    arena_reset(arena, mark);
    return is_good;
}

void feed_op(struct feed *f)
{
    struct world *w = f->h->w;
    const uint8_t kind = feed_byte(f), who = feed_byte(f);
    struct op op = {.kind = (enum op_kind)(1 + kind % (OP_KIND_COUNT - 1))};
    if (w->said_count >= SAID_MAX)
        return;
    f->who = 0;
    if (!feed_fill(f, &op))
        return;
    if (who >= LEAVE_WHO || f->who == 0)
        f->who = other_signer(f, who);
    if (can_be_read(f, &op))
        world_say(w, f->who, &op);
}

/* The bytes of what was said with some of them changed, if that can still be read. */
static void bend_bytes(struct feed *f, struct world_said *said)
{
    struct world *w = f->h->w;
    struct codec c;
    struct op copy = said->op, bent;
    uint8_t *bytes = arena_take_raw(&w->ops, OP_BYTES, 1, 8);
    world_insist(w, bytes, "too much is said in a block");
    codec_init_write(&c, "Op", bytes, OP_BYTES);
    op_fields(&c, &copy);
    const size_t len = (size_t)(c.out - bytes);
    for (uint32_t count = 1 + feed_byte(f) % 3; count > 0 && len > 0; count--) {
        const size_t at = feed_byte(f) % len;
        bytes[at] = feed_byte(f);
    }
    arena_reset(&w->ops, (size_t)(bytes - w->ops.memory) + len);
    memset(&bent, 0, sizeof bent);
    codec_init_read(&c, "Op", (struct span){bytes, len}, &w->ops);
    op_fields(&c, &bent);
    if (codec_end_read(&c).verdict == WIRE_OK)
        said->op = bent;
}

void feed_bend(struct feed *f)
{
    enum { BYTES = 0, DROP = 1, DOUBLE = 2, SIGNER = 3 };
    struct world *w = f->h->w;
    const uint8_t how = feed_byte(f);
    if (w->said_count == 0 || w->said_count >= SAID_MAX)
        return;
    struct world_said *said = &w->said[(how >> 2) % w->said_count];
    if (said->raw.len > 0)
        return;
    switch (how & 3) {
    case BYTES:
        bend_bytes(f, said);
        break;
    case DROP:
        *said = (struct world_said){.raw = span_of_text("?")};
        break;
    case DOUBLE:
        world_say(w, said->who, &said->op);
        break;
    case SIGNER:
    default:
        said->who = other_signer(f, feed_byte(f));
        break;
    }
}
