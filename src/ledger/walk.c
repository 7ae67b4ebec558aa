/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/walk.h"

#include <assert.h>

enum { BUNDLE_ARENA_BYTES = WIRE_DECODED_TIMES * WIRE_BUNDLE_BYTES_MAX + 4096 };

size_t walk_bytes(void)
{
    return (size_t)BUNDLE_ARENA_BYTES + ENVELOPE_ARENA_BYTES;
}

void walk_init(struct walk *w, const struct block *block, void *memory, size_t size)
{
    assert(size >= walk_bytes());
    *w = (struct walk){.block = block};
    arena_init(&w->arena, memory, size);
}

/* True if a bundle was opened, or found unreadable (then in_bundle is false). */
static bool open_bundle(struct walk *w)
{
    if (w->bundle_next == w->block->bundle_count)
        return false;
    arena_reset(&w->arena, 0);
    const struct span bytes = w->block->bundles[w->bundle_next++];
    const struct wire_fault fault = bundle_decode(&w->bundle, bytes, &w->arena);
    w->in_bundle = fault.verdict == WIRE_OK;
    w->bundle_mark = arena_mark(&w->arena);
    w->envelope_next = 0;
    return true;
}

static void take_envelope(struct walk *w)
{
    arena_reset(&w->arena, w->bundle_mark);
    const struct span bytes = w->bundle.envelopes[w->envelope_next++];
    const struct wire_fault fault = envelope_decode(&w->envelope, bytes, &w->arena);
    w->is_readable = fault.verdict == WIRE_OK;
    w->ends_bundle = w->envelope_next == w->bundle.envelope_count;
    w->in_bundle = !w->ends_bundle;
}

bool walk_next(struct walk *w)
{
    while (!w->in_bundle) {
        if (!open_bundle(w))
            return false;
        if (!w->in_bundle) {
            w->is_readable = false;
            w->ends_bundle = true;
            return true;
        }
        if (w->bundle.envelope_count == 0)
            w->in_bundle = false;
    }
    take_envelope(w);
    return true;
}
