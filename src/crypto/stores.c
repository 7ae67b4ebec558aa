/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/stores.h"

#include "crypto/mmr.h"

#include <assert.h>
#include <string.h>

static struct hash store_leaf(const struct store_root *store)
{
    return merkle_leaf_of_pair(span_of_text(store->name),
                               (struct span){store->root.bytes, HASH_BYTES});
}

/* Names sort by their bytes, a shorter one before those it begins. */
static bool name_is_before(const char *a, const char *b)
{
    const size_t a_len = strlen(a), b_len = strlen(b);
    const int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
    return order != 0 ? order < 0 : a_len < b_len;
}

static void store_leaves(struct hash leaves[STORES_MAX], const struct store_root *stores,
                         uint32_t count)
{
    assert(count >= 1 && count <= STORES_MAX);
    for (uint32_t i = 0; i < count; i++) {
        assert(i == 0 || name_is_before(stores[i - 1].name, stores[i].name));
        leaves[i] = store_leaf(&stores[i]);
    }
}

struct hash stores_root(const struct store_root *stores, uint32_t count)
{
    struct hash leaves[STORES_MAX];
    store_leaves(leaves, stores, count);
    return mmr_root_of_list(leaves, count);
}

void stores_prove(struct merkle_proof *out, const struct store_root *stores, uint32_t count,
                  uint32_t index)
{
    struct hash leaves[STORES_MAX];
    store_leaves(leaves, stores, count);
    mmr_prove_in_list(out, leaves, count, index);
}

bool stores_check_value(const struct hash *app_hash, const struct store_root *store,
                        const struct stores_step *store_step, struct span key, struct span value,
                        const struct stores_step *value_step)
{
    const struct hash value_leaf = merkle_leaf_of_pair(key, value);
    const struct hash root_leaf = store_leaf(store);
    return merkle_check_inclusion(&store->root, &value_leaf, value_step->index, value_step->size,
                                  &value_step->proof) &&
           merkle_check_inclusion(app_hash, &root_leaf, store_step->index, store_step->size,
                                  &store_step->proof);
}
