/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/world_inner.h"

#include "core/params.h"
#include "crypto/hash.h"
#include "crypto/seal.h"
#include "crypto/vrf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define T0_MS UINT64_C(1767225600000)
#define CHAIN_ID "pw-sim"

enum {
    OPS_BYTES = 512 << 20, /* mapped, not used */
    DECODE_BYTES = 512 << 20,
    OWN_BYTES = 1 << 30,
    RECORDED_BYTES = 1 << 30,
    VOUCHER_DAYS = 30,
    DAY_MS = 86400000,
    EXPORT_WH = 20000
};

void *world_map(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        perror("mmap");
        abort();
    }
    return memory;
}

void world_insist(const struct world *w, bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "sim: seed=%" PRIu64 " height=%" PRIu64 " t=%" PRIu64 ": %s\n", w->options.seed,
            w->height, w->t_ms - w->genesis.times.t0_ms, what);
    abort();
}

struct hash world_hash(const struct world *w, const char *word, uint64_t a, uint64_t b)
{
    uint8_t bytes[64];
    struct bytes_writer out;
    bytes_writer_init(&out, bytes, sizeof bytes);
    bytes_write_span(&out, span_of_text(word));
    bytes_write_u64(&out, w->options.seed);
    bytes_write_u64(&out, a);
    bytes_write_u64(&out, b);
    return hash_bytes((struct span){bytes, (size_t)(out.at - bytes)});
}

static struct seed seed_of(const struct world *w, const char *word, uint64_t a, uint64_t b)
{
    const struct hash h = world_hash(w, word, a, b);
    struct seed seed;
    memcpy(seed.bytes, h.bytes, SEED_BYTES);
    return seed;
}

void world_keys(const struct world *w, uint32_t home, uint32_t generation, struct sign_key *sign,
                struct seed *vrf, struct member_keys *out)
{
    const struct seed of_sign = seed_of(w, "sign", home, generation);
    const struct seed of_seal = seed_of(w, "seal", home, generation);
    *vrf = seed_of(w, "vrf", home, generation);
    sign_key_from_seed(sign, &out->sign, &of_sign);
    vrf_public(&out->vrf, vrf);
    seal_public(&out->seal, &of_seal);
}

bool world_vrf_seed(const struct world *w, uint32_t home, const struct pubkey *key,
                    struct seed *out)
{
    for (uint32_t generation = w->homes[home].generation + 1; generation-- > 0;) {
        struct pubkey found;
        *out = seed_of(w, "vrf", home, generation);
        vrf_public(&found, out);
        if (pubkey_equal(&found, key))
            return true;
    }
    return false;
}

/* ---- homes ----------------------------------------------------------------------------------- */

static void write_voucher(struct world *w, uint32_t number)
{
    struct home *home = &w->homes[number];
    const uint32_t size = w->options.home_size > 0 ? w->options.home_size : 1;
    home->voucher =
        (struct voucher){.sign_key = home->keys.sign,
                         .vrf_key = home->keys.vrf,
                         .seal_key = home->keys.seal,
                         .feeder = 1 + (number - 1) % w->options.feeders,
                         .household = world_hash(w, "household", (number - 1) / size, 0),
                         .nullifier = world_hash(w, "nullifier", number, 0),
                         .max_export_wh = EXPORT_WH,
                         .max_import_wh = EXPORT_WH,
                         .payout = world_hash(w, "payout", number, 0),
                         .identity_commitment = world_hash(w, "identity", number, 0),
                         .expires_ms = w->genesis.times.t0_ms + (uint64_t)VOUCHER_DAYS * DAY_MS};
}

void world_live_like(struct world *w, uint32_t home, uint32_t like)
{
    w->homes[home].voucher.household = w->homes[like].voucher.household;
    w->homes[home].voucher.nullifier = w->homes[like].voucher.nullifier;
}

static void make_homes(struct world *w)
{
    const uint32_t count = w->options.homes;
    w->homes = arena_take(&w->memory, count + 1, sizeof *w->homes, 64);
    world_insist(w, w->homes && w->options.founders <= count, "too many homes");
    for (uint32_t i = 1; i <= count; i++) {
        struct home *home = &w->homes[i];
        world_keys(w, i, 0, &home->sign, &home->vrf, &home->keys);
        write_voucher(w, i);
    }
}

void world_join_request(struct world *w, struct op *out, uint32_t home, bool volunteer)
{
    struct home *h = &w->homes[home];
    *out = (struct op){.kind = OP_JOIN_REQUEST};
    out->join_request.voucher = h->voucher;
    out->join_request.csr = world_hash(w, "csr", home, h->generation);
    out->join_request.volunteer = volunteer;
    out->join_request.seal.parts = h->parts;
    world_seal(w, out);
}

/* ---- genesis --------------------------------------------------------------------------------- */

static void make_key(const struct world *w, struct world_key *out, const char *word, uint64_t i)
{
    const struct seed seed = seed_of(w, word, i, 0);
    sign_key_from_seed(&out->sign, &out->key, &seed);
}

static void make_authority(struct world *w)
{
    make_key(w, &w->treasury, "treasury", 0);
    w->genesis.treasury = w->treasury.key;
    for (uint32_t i = 0; i < WORLD_AUTHORITY_KEYS; i++) {
        make_key(w, &w->authority[i], "authority", i);
        w->authority_keys[i].key = w->authority[i].key;
    }
    w->genesis.authority =
        (struct genesis_authority){w->authority_keys, WORLD_AUTHORITY_KEYS, WORLD_THRESHOLD};
}

/* Windows of some seconds, so that an hour of trading is some thousand blocks. The gap is shorter
 * than the shortest of them, or an outage would end it (RULE num.7). */
static void shorten(struct genesis *g)
{
    g->times.interval_ms = 60000;
    g->times.tau_ms = 3000;
    g->times.gap_ms = 3000;
    g->windows.statement_ms = 8000;
    g->windows.exec_ms = g->windows.final_ms = g->windows.vote_ms = 5000;
    g->windows.verify_ms = 9000;
    g->windows.doc_ms = 3000;
    g->windows.erase_ms = 60000;
    g->windows.beacon_wait_ms = 24000;
    g->windows.evidence_ms = 3600000;
    g->windows.quiet_ms = 5000;
    g->windows.param_delay_ms = 60000;
    g->market.gate_lead_ms = 30000;
    g->market.horizon_intervals = 16;
    g->market.book_max_orders = 4096;
    g->identity.joins_pending_max = 64;
    g->identity.epoch_ms = 600000;
    g->identity.boot_wait_ms = 60000;
    g->identity.rotate_min_ms = 60000;
    g->qot.penance_intervals = 4;
    g->limits.contracts_open_max = 4096;
}

static void fill_genesis(struct world *w)
{
    struct genesis *g = &w->genesis;
    const struct world_options *o = &w->options;
    params_fill(g);
    shorten(g);
    g->community.name = span_of_text("Simulation");
    g->community.chain_id = span_of_text(CHAIN_ID);
    g->community.currency = span_of_text("EUR");
    g->times.t0_ms = T0_MS;
    g->market.timing = o->timing;
    g->market.mechanism = o->mechanism;
    g->sampling.k = o->k;
    g->limits.members_max = o->homes + 1;
    w->feeders = arena_take(&w->memory, o->feeders, sizeof *w->feeders, 64);
    world_insist(w, w->feeders && o->feeders > 0, "feeders");
    for (uint32_t i = 0; i < o->feeders; i++)
        w->feeders[i].name = span_of_text("feeder");
    g->feeders = w->feeders;
    g->feeder_count = o->feeders;
}

static void *take(struct world *w, size_t count, size_t size)
{
    void *memory = arena_take(&w->memory, count, size, 64);
    world_insist(w, memory, "the world's own memory is too small");
    return memory;
}

void world_init(struct world *w, const struct world_options *options)
{
    *w = (struct world){.options = *options};
    arena_init(&w->memory, world_map(OWN_BYTES), OWN_BYTES);
    arena_init(&w->ops, world_map(OPS_BYTES), OPS_BYTES);
    arena_init(&w->block, world_map(OPS_BYTES), OPS_BYTES);
    arena_init(&w->decode, world_map(DECODE_BYTES), DECODE_BYTES);
    w->chain = hash_bytes(span_of_text(CHAIN_ID));
    fill_genesis(w);
    make_authority(w);
    make_homes(w);
    w->said = world_map(WORLD_SAID_MAX * sizeof *w->said);
    w->verdicts = world_map(WORLD_SAID_MAX * sizeof *w->verdicts);
    w->codes = world_map(LEDGER_CODES_MAX * sizeof *w->codes);
    w->last.first_code = world_map(WORLD_SAID_MAX * sizeof *w->last.first_code);
    w->bundle_ends = world_map(WORLD_SAID_MAX * sizeof *w->bundle_ends);
    w->claims = world_map(CLAIMS_MAX * sizeof *w->claims);
    seen_init(&w->seen, world_map(SEEN_ENDS_MAX * sizeof *w->seen.ends));
    w->recorded = options->records ? world_map(RECORDED_BYTES) : NULL;
    w->home_of = take(w, options->homes + 2, sizeof *w->home_of);
}

static uint32_t written_founders(const struct world *w)
{
    const uint32_t count = w->options.founders;
    return count < WIRE_FOUNDERS_MAX ? count : WIRE_FOUNDERS_MAX;
}

/* Who stands in no genesis file has no seal, and is no candidate for V. */
static void make_unwritten(struct world *w)
{
    for (uint32_t i = written_founders(w); i < w->options.founders; i++)
        w->founders[i] =
            (struct genesis_founder){.voucher = w->homes[i + 1].voucher,
                                     .certificate = world_hash(w, "certificate", i + 1, 0)};
}

/* Their vouchers are signed in earnest: the genesis hash covers them, and feeds the first seed. */
static void make_founders(struct world *w)
{
    const uint32_t count = written_founders(w);
    const enum world_crypto crypto = w->options.crypto;
    w->options.crypto = WORLD_SIGNED;
    w->founders = take(w, w->options.founders, sizeof *w->founders);
    for (uint32_t i = 0; i < count; i++) {
        struct op op;
        world_join_request(w, &op, i + 1, true);
        w->founders[i] =
            (struct genesis_founder){.voucher = op.join_request.voucher,
                                     .seal = op.join_request.seal,
                                     .certificate = world_hash(w, "certificate", i + 1, 0),
                                     .volunteer = true};
    }
    w->options.crypto = crypto;
    w->genesis.founders = w->founders;
    w->genesis.founder_count = count;
    make_unwritten(w);
}

/* The ledger gets what a reader of the genesis bytes would give it. */
static void read_genesis(struct world *w, struct genesis *out)
{
    uint8_t *bytes = arena_take_raw(&w->decode, WIRE_GENESIS_BYTES_MAX, 1, 64);
    struct params_complaint complaint = {.why = ""};
    const enum err bad = params_check(&w->genesis, &complaint);
    world_insist(w, bytes, "no room for a genesis");
    if (bad != ERR_OK)
        fprintf(stderr, "%s.%s: %" PRIu64 " of %" PRIu64 " to %" PRIu64 " %s\n",
                complaint.param->group, complaint.param->key, complaint.value, complaint.least,
                complaint.most, complaint.why);
    world_insist(w, bad == ERR_OK, "the genesis does not hold together");
    const struct span canonical = {bytes,
                                   genesis_encode(bytes, WIRE_GENESIS_BYTES_MAX, &w->genesis)};
    const struct wire_fault fault = genesis_decode(out, canonical, &w->decode);
    world_insist(w, fault.verdict == WIRE_OK, "the genesis cannot be read");
    w->genesis_hash = genesis_hash(canonical);
}

static void find_founders(struct world *w)
{
    w->member_count = w->options.founders;
    for (uint32_t i = 1; i <= w->member_count; i++) {
        w->homes[i].slot = i;
        w->home_of[i] = i;
    }
}

void world_start(struct world *w)
{
    struct genesis genesis;
    make_founders(w);
    read_genesis(w, &genesis);
    genesis.founders = w->founders;
    genesis.founder_count = w->genesis.founder_count = w->options.founders;
    w->ledger_size = ledger_size(&genesis);
    w->ledger_memory = world_map(w->ledger_size);
    if (w->options.is_dirty)
        memset(w->ledger_memory, 0xa5, w->ledger_size);
    w->ledger = ledger_init(w->ledger_memory, w->ledger_size, &genesis, &w->genesis_hash);
    w->t_ms = w->genesis.times.t0_ms;
    w->block_hash = w->genesis_hash;
    w->app_hash = ledger_app_hash(w->ledger);
    w->digest = w->app_hash;
    find_founders(w);
    arena_reset(&w->decode, 0);
}

void world_unmap(void *memory, size_t size)
{
    if (memory && munmap(memory, size) != 0)
        perror("munmap");
}

void world_close(struct world *w)
{
    world_unmap(w->ledger_memory, w->ledger_size);
    world_unmap(w->recorded, w->options.records ? RECORDED_BYTES : 0);
    world_unmap(w->seen.ends, SEEN_ENDS_MAX * sizeof *w->seen.ends);
    world_unmap(w->said, WORLD_SAID_MAX * sizeof *w->said);
    world_unmap(w->verdicts, WORLD_SAID_MAX * sizeof *w->verdicts);
    world_unmap(w->codes, LEDGER_CODES_MAX * sizeof *w->codes);
    world_unmap(w->last.first_code, WORLD_SAID_MAX * sizeof *w->last.first_code);
    world_unmap(w->bundle_ends, WORLD_SAID_MAX * sizeof *w->bundle_ends);
    world_unmap(w->claims, CLAIMS_MAX * sizeof *w->claims);
    world_unmap(w->decode.memory, DECODE_BYTES);
    world_unmap(w->block.memory, OPS_BYTES);
    world_unmap(w->ops.memory, OPS_BYTES);
    world_unmap(w->memory.memory, OWN_BYTES);
}
