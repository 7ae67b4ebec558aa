/* SPDX-License-Identifier: Apache-2.0 */
/* app/chain_proof.h - a proof of a ledger's state as it is handed around: made from a chain,
 * written and read as JSON, checked against an app hash alone (RULE ledger.1, ledger.2, ledger.4;
 * the formats are in docs/chain-json.md).
 *
 * Heap: a proof owns what it was made of until chain_proof_free. */
#ifndef PEERWATT_APP_CHAIN_PROOF_H
#define PEERWATT_APP_CHAIN_PROOF_H

#include "app/call.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "ledger/proofs.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum chain_proof_kind { PROOF_OF_ROW, PROOF_OF_ENTRY, PROOF_OF_HISTORY };

enum { CHAIN_VERSIONS_MAX = 1 << 14 };

struct chain_proof {
    enum chain_proof_kind kind;
    const struct state_store *store;
    uint64_t number;
    uint64_t height; /* of app_hash; nothing proves it but a header */
    struct hash app_hash;
    struct proofs_row row;     /* PROOF_OF_ROW */
    struct proofs_entry entry; /* PROOF_OF_ENTRY, of `bytes` */
    struct span bytes;
    struct proofs_history history; /* PROOF_OF_HISTORY */
    void **owned;
    size_t owned_count, owned_room;
};

/* Nothing yet. */
void chain_proof_init(struct chain_proof *p);
void chain_proof_free(struct chain_proof *p);

/* Zeroed memory that the proof owns; a copy of bytes in such memory. */
void *chain_proof_room(struct chain_proof *p, size_t count, size_t item_size);
struct span chain_proof_keep(struct chain_proof *p, struct span bytes);

/* A new object. */
json_t *chain_proof_to_json(const struct chain_proof *p);

/* What somebody handed over: readable, and nothing else is said of it. @out is to be freed in any
 * case. */
MUST_USE bool chain_proof_read(struct chain_proof *out, const struct call *call,
                               const json_t *object);

/* Constant text: "complete", or for a row and an entry "holds"; else what is wrong. */
const char *chain_proof_verdict(const struct chain_proof *p, const struct hash *app_hash,
                                bool *holds);

/* A store's name or a number as it stands on the command line; each says what is wrong. */
MUST_USE bool chain_proof_store(const struct state_store **out, const struct call *call,
                                const char *name);
MUST_USE bool chain_proof_number(uint64_t *out, const struct call *call, const char *text);

#endif
