/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/history.h"

/* The first version of a row, or one whose predecessor was written before the span begins. */
static bool begins(const struct history *h)
{
    const struct store_meta *const first = &h->versions[0].meta;
    if (first->version == 1)
        return first->prev_height == 0;
    return first->version > 1 && first->prev_height < first->height &&
           first->prev_height < h->first_height;
}

static bool follows(const struct store_meta *next, const struct store_meta *meta)
{
    return next->version == meta->version + 1 && next->prev_height == meta->height &&
           next->height > meta->height;
}

static bool is_linked(const struct history *h)
{
    for (uint32_t i = 1; i < h->count; i++)
        if (!follows(&h->versions[i].meta, &h->versions[i - 1].meta))
            return false;
    return h->versions[h->count - 1].meta.height <= h->last_height;
}

static bool step_holds(const struct hash *root, const struct hash *leaf,
                       const struct stores_step *step)
{
    return merkle_check_inclusion(root, leaf, step->index, step->size, &step->proof);
}

static bool was_written(const struct history_delta *delta, struct span key,
                        const struct history_version *v)
{
    const struct hash leaf = store_leaf(key, &v->meta, v->value);
    return delta->height == v->meta.height && step_holds(&delta->root, &leaf, &v->in_delta);
}

enum history_verdict history_check(const struct history *h)
{
    if (h->count == 0)
        return HISTORY_EMPTY;
    if (!begins(h))
        return HISTORY_BEGIN;
    if (!is_linked(h))
        return HISTORY_LINK;
    for (uint32_t i = 0; i < h->count; i++)
        if (!was_written(&h->deltas[i], h->key, &h->versions[i]))
            return HISTORY_DELTA;
    const struct history_version *const last = &h->versions[h->count - 1];
    const struct hash leaf = store_leaf(h->key, &last->meta, last->value);
    return step_holds(&h->state_root, &leaf, &h->in_state) ? HISTORY_COMPLETE : HISTORY_STATE;
}
