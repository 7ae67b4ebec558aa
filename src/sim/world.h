/* SPDX-License-Identifier: Apache-2.0 */
/* sim/world.h - a community in one thread and virtual time: keys, vouchers and a ledger that is fed
 * with signed envelopes in blocks, byte for byte as a node would (docs/protocol.md sections 3, 12,
 * 13, 15).
 *
 * Not pure: memory is mapped from the system, and what must not happen ends the program with the
 * seed and the height. No clock, no threads, no randomness but the seed's, so the same calls give
 * the same bytes. One world owns all its memory until world_close.
 *
 * A *home* is somebody who may become a member: keys and a voucher, by number from 1. Its slot is
 * the ledger's and not its number. */
#ifndef PEERWATT_SIM_WORLD_H
#define PEERWATT_SIM_WORLD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "crypto/sign.h"
#include "ledger/claims.h"
#include "ledger/ledger.h"
#include "ledger/member.h"
#include "sim/seen.h"
#include "wire/genesis.h"
#include "wire/op.h"
#include "wire/tags.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WORLD_AUTHORITY_KEYS = 3,
    WORLD_THRESHOLD = 2,
    WORLD_SAID_MAX = 1 << 16, /* operations and raw envelopes in a block */
    WORLD_CODES = 256,        /* result codes of the ledger lie below */
    WORLD_BUNDLE = 16         /* envelopes in one */
};

/* Signers beside the homes. */
#define WORLD_TREASURY UINT32_MAX
#define WORLD_AUTHORITY (UINT32_MAX - 1)

enum world_crypto {
    WORLD_SIGNED, /* Ed25519 throughout */
    WORLD_HASHED, /* a hash stands in for each signature: forgeries are still found */
    WORLD_MADE,   /* Ed25519, but only replays check: a world that says nothing wrong */
    WORLD_TOLD    /* nothing is checked: a claim that can hold does, but for world.told_false */
};

enum world_check {                       /* bits: after every block */
                   WORLD_CHECK_SUMS = 1, /* ledger_is_conserved */
                   WORLD_CHECK_UNDO = 2  /* undone, compared, applied again */
};

struct world_options {
    uint64_t seed;
    uint32_t homes; /* at least founders */
    /* The first homes. Beyond WIRE_FOUNDERS_MAX they stand in no genesis file: the ledger is given
     * a list that no bytes can hold, so that a large community need not join one by one. */
    uint32_t founders;
    uint32_t feeders; /* at least 1; homes are spread over them */
    uint32_t k;
    uint32_t home_size; /* homes of one household; 0 is 1 */
    enum market_timing timing;
    enum market_mechanism mechanism;
    enum world_crypto crypto;
    uint32_t checks; /* enum world_check */
    bool records;    /* keep the bytes of all blocks */
    bool is_dirty;   /* the ledger gets memory that held something else */
};

struct home {
    struct sign_key sign;
    struct seed vrf;
    struct member_keys keys;
    uint32_t generation; /* of its keys: KeyRotate adds 1 */
    uint32_t slot;       /* 0: no member yet */
    uint32_t said_last;  /* of its operations for the next block, place + 1; 0: none */
    uint64_t nonce;      /* next */
    struct voucher voucher;
    struct signature_part parts[WORLD_THRESHOLD];
};

struct world_said { /* one operation, or a raw envelope */
    uint32_t who;
    struct op op;
    struct span raw; /* if len > 0 */
    size_t len;      /* of the encoded op */
    uint32_t next;   /* of the same signer, place + 1 */
    uint32_t envelope, place;
};

struct world_key { /* of treasury and authority */
    struct sign_key sign;
    struct pubkey key;
    uint64_t nonce;
    uint32_t said_last; /* as of a home */
};

struct world_block { /* the last one */
    struct span bytes;
    uint32_t verdict_count, code_count, envelope_count;
    uint32_t *first_code; /* by envelope */
};

struct world {
    struct world_options options;
    struct genesis genesis; /* to be changed between world_init and world_start */
    struct hash chain;
    struct hash genesis_hash;
    struct ledger *ledger;
    uint64_t t_ms; /* T of the last block; t0 before the first */
    uint64_t height;
    struct hash block_hash, app_hash;
    struct hash digest;                /* over all app hashes so far */
    uint64_t code_counts[WORLD_CODES]; /* of everything said so far */
    uint64_t
        told_false; /* WORLD_TOLD: bit i: claims i, i + 64, ... of the next block do not hold */
    uint32_t told_count;
    struct seen seen;

    struct home *homes; /* by number, [0] unused */
    uint32_t *home_of;  /* by slot */
    uint32_t member_count;
    struct world_key treasury, authority[WORLD_AUTHORITY_KEYS];
    struct genesis_key authority_keys[WORLD_AUTHORITY_KEYS];
    struct genesis_feeder *feeders;
    struct genesis_founder *founders;

    struct world_said *said;
    uint32_t said_count, answered_count;
    uint64_t shuffle; /* not 0: envelopes stand in another order in the next block */
    struct world_block last;
    struct door_verdict *verdicts;
    uint16_t *codes;
    uint32_t *bundle_ends;
    struct claim *claims;
    uint8_t *recorded; /* length (8 bytes) and bytes of each block */
    size_t recorded_len;

    struct arena ops;    /* what was said for the next block */
    struct arena block;  /* the last block */
    struct arena decode; /* while it is applied */
    struct arena memory; /* of the world itself */
    void *ledger_memory;
    size_t ledger_size;
};

/* Keys, and a genesis of short windows in w->genesis. */
void world_init(struct world *w, const struct world_options *options);
/* Vouchers of the founders, the genesis as bytes and read again, the ledger. Whoever wants other
 * parameters has written them into w->genesis. */
void world_start(struct world *w);
void world_close(struct world *w);

/* ---- what is said in the next block ---------------------------------------------------------- */

/* @op is copied, with lists and bytes. @who: a home, WORLD_TREASURY, WORLD_AUTHORITY. A home
 * without a slot signs with the key of its voucher. Returns a ticket for world_code. */
uint32_t world_say(struct world *w, uint32_t who, const struct op *op);
/* An envelope as bytes; its code is that of its first operation. */
uint32_t world_say_bytes(struct world *w, struct span envelope);
/* Nothing was said for the next block. */
void world_forget_said(struct world *w);
/* The code of what was said for the last block. */
MUST_USE enum err world_code(const struct world *w, uint32_t ticket);

/* The signatures inside an operation, by the authority, both parties, the new key. */
void world_seal(struct world *w, struct op *op);
void world_sign_agreement(struct world *w, struct op *op, uint32_t seller, uint32_t buyer);
void world_sign_rotate(struct world *w, struct op *op, uint32_t home);
/* The new key's signature over keys that the caller has changed. */
void world_sign_rotate_as(struct world *w, struct op *op, uint32_t home);

/* A signed envelope by itself, to be shown as evidence or said more than once; lives until the next
 * block. */
struct span world_envelope(struct world *w, uint32_t who, const struct op *ops, uint32_t count);

/* The same with a nonce and an expiry of the caller's. */
struct span world_envelope_with(struct world *w, uint32_t who, const struct op *ops, uint32_t count,
                                uint64_t nonce, uint64_t expires_height);

/* The JoinRequest of a home, signed. */
void world_join_request(struct world *w, struct op *out, uint32_t home, bool volunteer);
/* Another tenancy or another try: @home takes household and delivery point of @like. */
void world_live_like(struct world *w, uint32_t home, uint32_t like);

/* The seed of the home's VRF key @key, of this or an earlier generation, or of nothing. */
MUST_USE bool world_vrf_seed(const struct world *w, uint32_t home, const struct pubkey *key,
                             struct seed *out);
/* The keys that a home would have in a generation. */
void world_keys(const struct world *w, uint32_t home, uint32_t generation, struct sign_key *sign,
                struct seed *vrf, struct member_keys *out);

/* ---- blocks ---------------------------------------------------------------------------------- */

/* Everything said goes into one block, @dt_ms after the last. */
void world_block(struct world *w, uint64_t dt_ms);
/* Apply a block, as bytes, to any ledger of this community; its app hash. Its codes are w->codes,
 * w->last.code_count of them. */
struct hash world_apply(struct world *w, struct ledger *l, struct span block);

/* Apply all recorded blocks to a ledger of its own (sim/rerun.h): the digest of its app hashes. */
MUST_USE struct hash world_replay(struct world *w);

/* A digest of what the ledger answers that no app hash covers: duty lists, seats, sums. */
MUST_USE struct hash world_answers(const struct world *w);

/* If @holds is false say @what with seed and height, and end the program. */
void world_insist(const struct world *w, bool holds, const char *what);

#endif
