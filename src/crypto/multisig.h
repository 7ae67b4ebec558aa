/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/multisig.h - t of n: at least t of n listed keys have signed one message.
 *
 * Pure. Used for everything the authority says: vouchers, CertIssued, CertRevoked, ... The form
 * is checked apart from the signatures, because the node checks signatures in worker threads. */
#ifndef PEERWATT_CRYPTO_MULTISIG_H
#define PEERWATT_CRYPTO_MULTISIG_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"

#include <stdint.h>

enum { MULTISIG_KEYS_MAX = 15 };

struct multisig_keys {
    struct pubkey key[MULTISIG_KEYS_MAX];
    uint32_t count;     /* n, 1 to MULTISIG_KEYS_MAX */
    uint32_t threshold; /* t, 1 to n */
};

struct multisig_part {
    uint32_t key_index; /* into multisig_keys.key */
    struct signature signature;
};

enum multisig_verdict { /* in order of precedence */
                        MULTISIG_OK = 0,
                        MULTISIG_TOO_FEW = 1,   /* fewer parts than the threshold */
                        MULTISIG_KEY_INDEX = 2, /* a part names a key that is not there */
                        MULTISIG_ORDER =
                            3, /* key indices do not rise strictly: a key would count twice */
                        MULTISIG_SIGNATURE =
                            4 /* a signature is wrong; surplus ones count here too */
};

/* Everything but the signatures. @count parts at @parts. */
MUST_USE enum multisig_verdict multisig_check_form(const struct multisig_keys *keys,
                                                   const struct multisig_part *parts,
                                                   uint32_t count);

/* Form first, then each signature over @message. */
MUST_USE enum multisig_verdict multisig_check(const struct multisig_keys *keys, struct span message,
                                              const struct multisig_part *parts, uint32_t count);

#endif
