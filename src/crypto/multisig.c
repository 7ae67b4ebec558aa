/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/multisig.h"

#include "crypto/sign.h"

#include <assert.h>

enum multisig_verdict multisig_check_form(const struct multisig_keys *keys,
                                          const struct multisig_part *parts, uint32_t count)
{
    assert(keys->count >= 1 && keys->count <= MULTISIG_KEYS_MAX);
    assert(keys->threshold >= 1 && keys->threshold <= keys->count);
    if (count < keys->threshold)
        return MULTISIG_TOO_FEW;
    for (uint32_t i = 0; i < count; i++)
        if (parts[i].key_index >= keys->count)
            return MULTISIG_KEY_INDEX;
    for (uint32_t i = 1; i < count; i++)
        if (parts[i].key_index <= parts[i - 1].key_index)
            return MULTISIG_ORDER;
    return MULTISIG_OK;
}

enum multisig_verdict multisig_check(const struct multisig_keys *keys, struct span message,
                                     const struct multisig_part *parts, uint32_t count)
{
    const enum multisig_verdict form = multisig_check_form(keys, parts, count);
    if (form != MULTISIG_OK)
        return form;
    for (uint32_t i = 0; i < count; i++)
        if (!sign_check(&keys->key[parts[i].key_index], message, &parts[i].signature))
            return MULTISIG_SIGNATURE;
    return MULTISIG_OK;
}
