/* SPDX-License-Identifier: Apache-2.0 */
#include "app/chain_list.h"

#include "app/input.h"
#include "ledger/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool chain_list_init(struct chain_list *l, const struct state_store *store, uint64_t wanted)
{
    const char *name = proofs_store_name(store);
    memset(l, 0, sizeof *l);
    l->list.store = store;
    l->wanted = wanted;
    mmr_init(&l->range);
    return strcmp(name, "log") == 0 || strcmp(name, "history") == 0;
}

void chain_list_free(struct chain_list *l)
{
    free(l->nodes);
    free(l->entry);
}

static void add(struct chain_list *l, struct span entry)
{
    struct hash made[MMR_MADE_MAX];
    const struct hash leaf = merkle_leaf(entry);
    if (l->range.count == l->wanted) {
        l->entry = input_room(entry.len + 1, 1);
        l->entry_len = entry.len;
        memcpy(l->entry, entry.at, entry.len);
    }
    const uint32_t count = mmr_append(&l->range, made, &leaf);
    if (l->count + count > l->room) {
        l->room = 2 * l->room + MMR_MADE_MAX;
        l->nodes = realloc(l->nodes, l->room * sizeof *l->nodes);
        assert(l->nodes);
        l->list.nodes = l->nodes;
    }
    memcpy(&l->nodes[l->count], made, count * sizeof made[0]);
    l->count += count;
}

void chain_list_take(struct chain_list *l, const struct ledger *ledger)
{
    if (strcmp(proofs_store_name(l->list.store), "history") == 0) {
        const struct hash delta = proofs_delta(ledger);
        add(l, (struct span){delta.bytes, HASH_BYTES});
        return;
    }
    for (uint32_t i = 0; i < log_count(ledger); i++)
        add(l, log_get(ledger, i).bytes);
}
