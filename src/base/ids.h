/* SPDX-License-Identifier: Apache-2.0 */
/* base/ids.h - hashes, keys and signatures as types of their own, and their text forms.
 *
 * Pure. Fixed-size values: copied by assignment, compared by *_equal, never hashed or stored as
 * C structs but by their bytes. Text is lower-case hexadecimal; the short form shown to people is
 * the first eight digits. */
#ifndef PEERWATT_BASE_IDS_H
#define PEERWATT_BASE_IDS_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HASH_BYTES = 32,
    PUBKEY_BYTES = 32,
    SEED_BYTES = 32,
    SIGNATURE_BYTES = 64,
    VRF_PROOF_BYTES = 80,
    VRF_OUTPUT_BYTES = 64,
    ID_SHORT_CHARS = 8,
};

struct hash { /* SHA-256 */
    uint8_t bytes[HASH_BYTES];
};
struct pubkey { /* of Ed25519, the VRF or X25519; the field's name says which */
    uint8_t bytes[PUBKEY_BYTES];
};
struct seed { /* what a secret key is made from; wipe it at the end of its scope */
    uint8_t bytes[SEED_BYTES];
};
struct signature {
    uint8_t bytes[SIGNATURE_BYTES];
};
struct vrf_proof {
    uint8_t bytes[VRF_PROOF_BYTES];
};
struct vrf_output {
    uint8_t bytes[VRF_OUTPUT_BYTES];
};

MUST_USE bool hash_equal(const struct hash *a, const struct hash *b);
MUST_USE bool pubkey_equal(const struct pubkey *a, const struct pubkey *b);

/* Write 2 * @bytes.len digits and an ending zero to @text, which has room for them. */
void hex_format(char *text, struct span bytes);

/* Read exactly 2 * @len lower-case digits. On an error @bytes is not to be used.
 * ERR_HEX_LENGTH, ERR_HEX_SYNTAX. */
MUST_USE enum err hex_parse(uint8_t *bytes, size_t len, struct span text);

/* The first eight digits of an id and an ending zero. */
void id_format_short(char text[ID_SHORT_CHARS + 1], struct span id);

#endif
