/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/delta.h"

#include "crypto/mmr.h"

#include <assert.h>

enum { LINE_BYTES = 64 };

size_t delta_bytes(uint32_t capacity)
{
    return capacity * sizeof(struct hash) + LINE_BYTES;
}

void delta_init(struct delta *d, struct arena *memory, uint32_t capacity)
{
    d->leaves = arena_take_raw(memory, capacity, sizeof(struct hash), LINE_BYTES);
    assert(d->leaves);
    d->capacity = capacity;
    d->count = 0;
}

void delta_begin(struct delta *d)
{
    d->count = 0;
}

void delta_add(struct delta *d, const struct hash *leaf)
{
    assert(d->count < d->capacity);
    d->leaves[d->count++] = *leaf;
}

struct hash delta_root(const struct delta *d)
{
    return mmr_root_of_list(d->leaves, d->count);
}

void delta_prove(struct stores_step *out, const struct delta *d, uint32_t index)
{
    out->index = index;
    out->size = d->count;
    mmr_prove_in_list(&out->proof, d->leaves, d->count, index);
}
