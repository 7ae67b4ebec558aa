/* SPDX-License-Identifier: Apache-2.0 */
/* wire/limits.h - the one table of what bytes from outside may hold at most (RULE dos.3).
 *
 * These are the limits of the format; a community's own (docs/protocol.md section 15) may be
 * tighter and are judged by the ledger. Whole numbers stay below 2^63, so that every language
 * and every JSON reader can hold them. */
#ifndef PEERWATT_WIRE_LIMITS_H
#define PEERWATT_WIRE_LIMITS_H

#include <stdint.h>

#define WIRE_NUMBER_MAX INT64_MAX
#define WIRE_MONEY_MICRO_MAX (INT64_C(1) << 61) /* funds.1 */
#define WIRE_ENERGY_WH_MAX INT64_C(1000000000000)
#define WIRE_PRICE_MAX INT64_C(1000000000) /* micro per kWh, market.4 */

enum {
    WIRE_ENVELOPE_BYTES_MAX = 8192,
    /* Two envelopes and their frame: an envelope that holds one MemberEvidence and nothing else. */
    WIRE_EVIDENCE_BYTES_MAX = 2 * WIRE_ENVELOPE_BYTES_MAX + 512,
    WIRE_OPS_MAX = 64,            /* in an envelope, num.4 */
    WIRE_LINES_MAX = 64,          /* items of any list in an op */
    WIRE_PARTS_MAX = 15,          /* signatures of the authority */
    WIRE_BITMAP_BYTES_MAX = 2048, /* of a ballot: 16,384 duties */
    WIRE_SLOTS_MAX = 1 << 20,     /* members */
    WIRE_FEEDERS_MAX = 65535,
    WIRE_TEXT_BYTES_MAX = 64, /* a name */
    WIRE_SCORE_LEVEL_MAX = 7, /* market.4 */
    WIRE_PPM = 1000000,
    WIRE_FOUNDERS_MAX = 64, /* boot.1 */
    WIRE_FEES_MAX = 65536,  /* entries that are not 0 */
    WIRE_BUNDLE_BYTES_MAX = 2097152,
    WIRE_BUNDLE_ENVELOPES_MAX = 65536,
    WIRE_BLOCK_BUNDLES_MAX = 65536,
    WIRE_BLOCK_BYTES_MAX = 4 * 2097152,
    WIRE_VALIDATORS_MAX = 256,
    WIRE_GENESIS_BYTES_MAX = 4 * 1048576,
    /* Decoded size is at most this many times the size on the wire; arenas are made so large. */
    WIRE_DECODED_TIMES = 16,
};

#endif
