// SPDX-License-Identifier: Apache-2.0
// The draw, written a second time from sections 4, 7 and 9 of docs/protocol.md and nothing else:
// lists are filtered and shuffled as they stand there, without a thought for their length.
import { createHash } from "node:crypto";
import type { Tally } from "./random.js";

export interface Member {
    slot: number;
    feeder?: number;
    score?: number;
    household?: number;
    active?: boolean;
    present?: boolean;
    mature?: boolean;
    founder?: boolean;
    volunteer?: boolean;
    closed?: number;
}

interface Common {
    seed: string;
    members: Member[];
    active?: number;
    mode?: "stratified" | "two-stage";
    feeders_drawn?: number;
}

export interface ClusterInput extends Common {
    purpose: "cluster";
    k: number;
    cluster_floor?: number;
    verifiers?: number[];
    contracts: { number: number; seller: number; buyer: number }[];
}

export interface VerifiersInput extends Common {
    purpose: "verifiers";
    number: number;
    verifier_count?: number;
}

export interface Draw {
    number: number;
    eligible: number;
    tier: number;
    verifiers_used: boolean;
    seats: [number, number][];
    members: number[];
    dropped: number[];
    quorum: number;
}

export const drawClasses = [
    "tier 1",
    "tier 2",
    "tier 3",
    "tier 1 of V",
    "tier 2 of V",
    "V left the pool",
    "V stayed in the pool",
    "exactly k outside V",
    "k - 1 outside V",
    "e = 0",
    "e = 1",
    "e = 2",
    "e > 2",
    "k > e",
    "k = e",
    "dropped",
    "two seats kept",
    "household left out",
    "one household of both parties",
    "founder drawn",
    "score below R_trade",
    "inactive",
    "absent",
    "feeder without a seat",
    "carried anew after a full seat",
    "carried on: a",
    "carried on: b",
    "filled exactly",
    "seat for a, b carried",
    "seat for b, a carried",
    "one feeder",
    "more than 50 feeders",
    "two-stage",
] as const;
export type DrawClass = (typeof drawClasses)[number];
type Reached = Tally<DrawClass>;

class Stream {
    private words: bigint[] = [];
    private counter = 0n;

    constructor(
        private readonly seed: Buffer,
        private readonly purpose: string,
        private readonly number: number,
    ) {}

    private refill(): void {
        const tail = Buffer.alloc(16);
        tail.writeBigUInt64BE(BigInt(this.number), 0);
        tail.writeBigUInt64BE(this.counter++, 8);
        const hash = createHash("sha256")
            .update("pw-draw")
            .update(this.seed)
            .update(this.purpose)
            .update(tail)
            .digest();
        for (let at = 0; at < 32; at += 8) this.words.push(hash.readBigUInt64BE(at));
    }

    uniform(m: number): number {
        if (m === 1) return 0;
        const size = BigInt(m);
        const limit = (2n ** 64n / size) * size;
        for (;;) {
            if (this.words.length === 0) this.refill();
            const word = this.words.shift();
            if (word !== undefined && word < limit) return Number(word % size);
        }
    }

    /** The first `seats` of the shuffled items, which are changed. */
    shuffle<T>(items: T[], seats = items.length): T[] {
        const n = items.length;
        for (let i = 0; i <= n - 2 && i < seats; i++) {
            const j = i + this.uniform(n - i);
            [items[i], items[j]] = [items[j] as T, items[i] as T];
        }
        return items.slice(0, seats);
    }
}

const M = 2 ** 30;

function tradeThreshold(m: Member, active: number): number {
    if (m.mature) return -M / 8;
    const p = Math.max(1, Math.min(5, Math.floor((active - 1) / 2)));
    return -M / 2 + Math.floor((3 * M * Math.min(m.closed ?? 0, 4 * p)) / (8 * 4 * p));
}

const isHere = (m: Member) => (m.active ?? true) && (m.present ?? true);
const score = (m: Member) => m.score ?? 0;
const isMature = (m: Member) => (m.mature ?? false) || (m.founder ?? false);
const home = (m: Member) => m.household ?? m.slot;

interface Pool {
    members: Member[];
    tier: number;
}

function fill(tiers: Member[][], floor: number): Pool {
    const pool: Pool = { members: [], tier: 0 };
    for (const tier of tiers) {
        pool.members.push(...tier);
        pool.tier++;
        if (pool.members.length >= floor) break;
    }
    return pool;
}

/** The remainder seats of section 7, feeder by feeder in shuffled order. */
function dealRemainders(
    order: number[],
    rest: Map<number, number>,
    seats: Map<number, number>,
    n: number,
    stream: Stream,
    tally: Reached,
): void {
    const take = (f: number) => seats.set(f, (seats.get(f) ?? 0) + 1);
    let a: number | undefined;
    let x = 0;
    let filled = false;
    for (const b of order.filter((f) => (rest.get(f) ?? 0) > 0)) {
        const y = rest.get(b) ?? 0;
        if (a === undefined) {
            [a, x] = [b, y];
            if (filled) tally.reach("carried anew after a full seat");
        } else if (x + y <= n) {
            const stays = stream.uniform(x + y) < x;
            tally.reach(stays ? "carried on: a" : "carried on: b");
            if (!stays) a = b;
            x += y;
            if (x === n) {
                take(a);
                a = undefined;
                filled = true;
                tally.reach("filled exactly");
            }
        } else {
            const aSits = stream.uniform(2 * n - x - y) < n - y;
            tally.reach(aSits ? "seat for a, b carried" : "seat for b, a carried");
            take(aSits ? a : b);
            if (aSits) a = b;
            x += y - n;
        }
    }
    if (a !== undefined) throw new Error("somebody is left carried");
}

function draw(
    input: ClusterInput | VerifiersInput,
    pool: Pool,
    k: number,
    number: number,
    tally: Reached,
): Omit<Draw, "verifiers_used"> {
    const purpose = input.purpose === "cluster" ? "C" : "V";
    const stream = new Stream(Buffer.from(input.seed, "hex"), purpose, number);
    const feeders = new Map<number, number[]>();
    for (const m of [...pool.members].sort((a, b) => a.slot - b.slot)) {
        const f = m.feeder ?? 1;
        feeders.set(f, [...(feeders.get(f) ?? []), m.slot]);
    }
    let order = [...feeders.keys()].sort((a, b) => a - b);
    stream.shuffle(order);
    if (input.mode === "two-stage") {
        order = order.slice(0, input.feeders_drawn);
        tally.reach("two-stage");
    }
    const size = (f: number) => feeders.get(f)?.length ?? 0;
    const n = order.reduce((sum, f) => sum + size(f), 0);
    const K = Math.min(k, n);
    const seats = new Map(order.map((f) => [f, Math.floor((K * size(f)) / n)]));
    const rest = new Map(order.map((f) => [f, (K * size(f)) % n]));
    dealRemainders(order, rest, seats, n, stream, tally);
    const byNumber = [...order].sort((a, b) => a - b);
    const drawn = byNumber.flatMap((f) => stream.shuffle(feeders.get(f) ?? [], seats.get(f) ?? 0));
    stream.shuffle(drawn);
    const dropped = K > 2 && K % 2 === 0 ? drawn.splice(-1) : [];
    if (dropped.length > 0) tally.reach("dropped");
    if (K === 2) tally.reach("two seats kept");
    const e = pool.members.length;
    tally.reach(e > 2 ? "e > 2" : (`e = ${e}` as DrawClass));
    if (k >= e) tally.reach(k > e ? "k > e" : "k = e");
    if (order.length === 1) tally.reach("one feeder");
    if (order.length > 50) tally.reach("more than 50 feeders");
    if ([...seats.values()].includes(0)) tally.reach("feeder without a seat");
    return {
        number,
        eligible: e,
        tier: pool.tier,
        seats: byNumber.map((f) => [f, seats.get(f) ?? 0]),
        members: drawn,
        dropped,
        quorum: Math.floor(drawn.length / 2) + 1,
    };
}

function drawContract(
    input: ClusterInput,
    contract: ClusterInput["contracts"][number],
    tally: Reached,
): Draw {
    const active = input.active ?? input.members.filter((m) => m.active ?? true).length;
    const parties = input.members.filter((m) => [contract.seller, contract.buyer].includes(m.slot));
    const homes = new Set(parties.map(home));
    if (homes.size < parties.length) tally.reach("one household of both parties");
    const others = input.members.filter((m) => !homes.has(home(m)));
    if (others.length < input.members.length - parties.length) tally.reach("household left out");
    const here = others.filter(isHere);
    const good = here.filter((m) => score(m) >= 0);
    const low = here.filter((m) => score(m) < 0 && score(m) >= tradeThreshold(m, active));
    const pool = fill(
        [good.filter(isMature), good.filter((m) => !isMature(m)), low],
        input.cluster_floor ?? 3,
    );
    tally.reach(`tier ${pool.tier}` as DrawClass);
    const v = new Set(input.verifiers ?? []);
    const outside = pool.members.filter((m) => !v.has(m.slot));
    const inV = pool.members.length - outside.length;
    const used = inV > 0 && outside.length < input.k;
    if (inV > 0) tally.reach(used ? "V stayed in the pool" : "V left the pool");
    if (inV > 0 && outside.length === input.k) tally.reach("exactly k outside V");
    if (inV > 0 && outside.length === input.k - 1) tally.reach("k - 1 outside V");
    if (!used) pool.members = outside;
    const drawn = draw(input, pool, input.k, contract.number, tally);
    const founders = new Set(
        input.members.filter((m) => m.founder && !m.mature && pool.tier === 1).map((m) => m.slot),
    );
    if (drawn.members.some((slot) => founders.has(slot))) tally.reach("founder drawn");
    tally.reach("score below R_trade", here.length - good.length - low.length);
    tally.reach("inactive", others.filter((m) => m.active === false).length);
    tally.reach("absent", others.filter((m) => m.present === false).length);
    return { ...drawn, verifiers_used: used };
}

function drawVerifiers(input: VerifiersInput, tally: Reached): Draw {
    const here = input.members.filter((m) => m.volunteer && isHere(m) && score(m) >= 0);
    const pool = fill([here.filter(isMature), here.filter((m) => !isMature(m))], 3);
    tally.reach(`tier ${pool.tier} of V` as DrawClass);
    const drawn = draw(input, pool, input.verifier_count ?? 9, input.number, tally);
    return { ...drawn, verifiers_used: false };
}

/** What `study draw` must say to this input. */
export function modelDraws(input: ClusterInput | VerifiersInput, tally: Reached): Draw[] {
    return input.purpose === "cluster"
        ? input.contracts.map((contract) => drawContract(input, contract, tally))
        : [drawVerifiers(input, tally)];
}
