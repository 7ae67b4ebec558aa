/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/ever.h"

#include "crypto/merkle.h"
#include "ledger/state.h"

#include <assert.h>
#include <string.h>

enum { WORD_BITS = 64 };

struct hash ever_leaf(const uint8_t entry[EVER_BYTES])
{
    return merkle_leaf((struct span){entry, EVER_BYTES});
}

static void entry_of(uint8_t out[EVER_BYTES], enum ever_kind kind, const struct hash *what)
{
    out[0] = (uint8_t)kind;
    memcpy(out + 1, what->bytes, HASH_BYTES);
}

void ever_fill(struct ledger *l, uint64_t index, const uint8_t entry[EVER_BYTES], uint32_t of_kind)
{
    const uint64_t bit = UINT64_C(1) << index % WORD_BITS;
    uint64_t *word = &l->ever_kinds[index / WORD_BITS];
    const bool is_key = entry[0] == EVER_KEY;
    assert(of_kind < (is_key ? l->sizes.keys : l->sizes.references));
    struct hash *list = is_key ? l->keys : l->references;
    memcpy(list[of_kind].bytes, entry + 1, HASH_BYTES);
    *word = is_key ? *word | bit : *word & ~bit;
}

void ever_add(struct ledger *l, enum ever_kind kind, const struct hash *what)
{
    struct head *h = l->head;
    uint8_t entry[EVER_BYTES];
    entry_of(entry, kind, what);
    const struct hash leaf = ever_leaf(entry);
    ever_fill(l, h->ranges[RANGE_KEYS].count, entry,
              kind == EVER_KEY ? h->key_count++ : h->reference_count++);
    state_range_add(l, RANGE_KEYS, &leaf);
}

void ever_walk_init(struct ever_walk *w, const struct ledger *l)
{
    const struct head *before = state_head(l, STORE_BEFORE);
    *w = (struct ever_walk){.index = before->ranges[RANGE_KEYS].count,
                            .keys = before->key_count,
                            .references = before->reference_count};
}

bool ever_next(struct ever_walk *w, uint8_t out[EVER_BYTES], const struct ledger *l)
{
    if (w->index >= l->head->ranges[RANGE_KEYS].count)
        return false;
    const bool is_key = l->ever_kinds[w->index / WORD_BITS] >> w->index % WORD_BITS & 1;
    if (is_key)
        entry_of(out, EVER_KEY, &l->keys[w->keys++]);
    else
        entry_of(out, EVER_REFERENCE, &l->references[w->references++]);
    w->index++;
    return true;
}
