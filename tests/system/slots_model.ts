// SPDX-License-Identifier: Apache-2.0
// Leaders, slots and the beacon, written a second time from sections 2, 5, 6 and 7 of
// docs/protocol.md: everything is looked up in the history of all blocks, nothing is carried on.
import { createHash } from "node:crypto";
import type { Tally } from "./random.js";

interface Times {
    t0_ms: number;
    tau_ms: number;
    gap_ms: number;
    grace: number;
    verifiers: number[];
}

export interface LeaderInput extends Times {
    interval_ms: number;
    blocks: {
        t_ms: number;
        due?: boolean;
        served?: number[];
        seen?: number[];
        vacant?: number[];
    }[];
}

export interface BeaconInput extends Times {
    chain_id: string;
    genesis_hash: string;
    beacon_wait_ms: number;
    blocks: {
        t_ms: number;
        hash: string;
        requests?: number[];
        reveals?: { slot: number; member: number; output: string }[];
        verifiers?: number[];
        vacant?: number[];
    }[];
}

interface Moment {
    a_ms: number;
    slot: number;
}

function moments(times: Times, blocks: readonly { t_ms: number }[]): Moment[] {
    let a_ms = 0;
    return blocks.map(({ t_ms }, i) => {
        a_ms += Math.min(t_ms - (blocks[i - 1]?.t_ms ?? t_ms), times.gap_ms);
        return { a_ms, slot: Math.floor((t_ms - times.t0_ms) / times.tau_ms) };
    });
}

/** V of each block with its vacant seats: they stay so until there is a new V. */
function seatsOf(times: Times, blocks: readonly { verifiers?: number[]; vacant?: number[] }[]) {
    let v = times.verifiers;
    let out = new Set<number>();
    return blocks.map((block) => {
        if (block.verifiers) [v, out] = [block.verifiers, new Set()];
        out = new Set([...out, ...(block.vacant ?? [])]);
        return { v, out };
    });
}

function leaderOf(seats: { v: number[]; out: Set<number> }, slot: number): number | null {
    const member = seats.v[slot % seats.v.length];
    return member === undefined || seats.out.has(member) ? null : member;
}

export const leaderClasses = [
    "no_leader",
    "served",
    "nothing_due",
    "too_short",
    "silent",
    "silent_again",
    "served early",
    "served late",
    "closed later than it could be",
    "slots jumped over",
    "outage longer than the gap",
    "vacant between entering and closing",
    "empty V",
] as const;
export type LeaderClass = (typeof leaderClasses)[number];

/** What `study leader` must say to this input. */
export function modelLeader(input: LeaderInput, tally: Tally<LeaderClass>): object {
    const at = moments(input, input.blocks);
    const seats = seatsOf(input, input.blocks);
    const slotOf = (i: number) => at[i]?.slot ?? -1;
    const closed: { height: number; slot: number; leader: number | null; verdict: string }[] = [];
    const spell = new Set<number>();
    const blocks = input.blocks.map((block, i) => {
        const now = slotOf(i);
        const before = input.blocks.slice(0, i);
        const open = before.map((_, j) => slotOf(j)).filter((s) => now > s + input.grace);
        const left = open.filter((s) => !closed.some((c) => c.slot === s));
        if (left.length > 0) {
            const slot = Math.min(...left);
            const inside = before.map((_, j) => j).filter((j) => slotOf(j) === slot);
            const first = inside[0] ?? 0;
            const entered = leaderOf(seats[first] ?? { v: [], out: new Set() }, slot);
            const leader = entered !== null && seats[i]?.out.has(entered) ? null : entered;
            const said = before.flatMap((b, j) => (b.served?.includes(slot) ? [j] : []));
            const served = said.some((j) => slot <= slotOf(j) && slotOf(j) <= slot + input.grace);
            if (said.some((j) => slotOf(j) < slot)) tally.reach("served early");
            if (said.some((j) => slotOf(j) > slot + input.grace)) tally.reach("served late");
            const verdict =
                leader === null
                    ? "no_leader"
                    : served
                      ? "served"
                      : !input.blocks[first]?.due
                        ? "nothing_due"
                        : inside.length < 2
                          ? "too_short"
                          : spell.has(leader)
                            ? "silent_again"
                            : "silent";
            if (verdict === "silent" && leader !== null) spell.add(leader);
            closed.push({ height: i + 1, slot, leader, verdict });
            tally.reach(verdict);
            if (leader !== entered) tally.reach("vacant between entering and closing");
            if (slotOf(i - 1) > slot + input.grace) tally.reach("closed later than it could be");
        }
        const here = seats[i] ?? { v: [], out: new Set<number>() };
        for (const member of block.seen ?? []) spell.delete(member);
        for (const slot of block.served ?? []) {
            const leader = leaderOf(here, slot);
            if (leader !== null && slot <= now && now <= slot + input.grace) spell.delete(leader);
        }
        const passed = block.t_ms - (input.blocks[i - 1]?.t_ms ?? block.t_ms);
        if (i > 0 && now > slotOf(i - 1) + 1) tally.reach("slots jumped over");
        if (passed > input.gap_ms) tally.reach("outage longer than the gap");
        if (here.v.length === 0) tally.reach("empty V");
        return {
            height: i + 1,
            a_ms: at[i]?.a_ms,
            slot: now,
            leader: leaderOf(here, now),
            interval: Math.floor((block.t_ms - input.t0_ms) / input.interval_ms),
        };
    });
    return { v: 1, blocks, closed };
}

export const beaconClasses = [
    "OK",
    "NOT_LEADER",
    "EARLY",
    "LATE",
    "DUPLICATE",
    "NOT_DUE",
    "two reveals in a block, later slot first",
    "reveal for a slot jumped over",
    "ready by two members",
    "ready by one member of one at phase 6",
    "ready by one member of one in phase 3",
    "ready and waited long enough",
    "fallback after the wait",
    "fallback without V",
    "ready and fallback draws in one block",
    "still waiting",
] as const;
export type BeaconClass = (typeof beaconClasses)[number];

const sha = (...parts: (Buffer | string)[]) => {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(part);
    return hash.digest();
};
const bytes = (hex: string) => Buffer.from(hex, "hex");
const u64 = (value: number) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigUInt64BE(BigInt(value));
    return buffer;
};

interface Request {
    number: number;
    block: number; // index
    drawn: boolean;
    ready: boolean;
}

/** What `study beacon` must say to this input. */
export function modelBeacon(input: BeaconInput, tally: Tally<BeaconClass>): object {
    const at = moments(input, input.blocks);
    const seats = seatsOf(input, input.blocks);
    const slotOf = (i: number) => at[i]?.slot ?? -1;
    const chain = sha(input.chain_id);
    const seed0 = sha("pw-seed0", chain, bytes(input.genesis_hash));
    const seedBefore: Buffer[] = [];
    const pendingBefore: boolean[] = [];
    const requests: Request[] = [];
    const accepted: { slot: number; member: number; block: number; output: string }[] = [];
    const draws: object[] = [];
    let seed = seed0;

    /** The members who have revealed slots that began after the request's block. */
    const revealers = (r: Request) =>
        new Set(accepted.filter((x) => x.slot > slotOf(r.block)).map((x) => x.member)).size;
    /** The first block with a time in this slot or later, up to block i. */
    const firstBlock = (slot: number) => at.findIndex((m) => m.slot >= slot);

    const blocks = input.blocks.map((block, i) => {
        const now = slotOf(i);
        const here = seats[i] ?? { v: [], out: new Set<number>() };
        const previous = bytes(input.blocks[i - 1]?.hash ?? input.genesis_hash);
        seedBefore.push(seed);
        pendingBefore.push(requests.some((r) => !r.drawn));

        const give = (r: Request, fallback: boolean) => {
            r.drawn = true;
            draws.push({
                number: r.number,
                admitted: r.block + 1,
                drawn: i + 1,
                seed: seed.toString("hex"),
                fallback,
            });
        };
        const age = (r: Request) => (at[i]?.a_ms ?? 0) - (at[r.block]?.a_ms ?? 0);
        const open = requests.filter((r) => !r.drawn);
        const isReady = (r: Request) => r.ready || (here.v.length === 1 && revealers(r) > 0);
        const ready = open.filter(isReady);
        const late = open.filter(
            (r) => !isReady(r) && (age(r) >= input.beacon_wait_ms || here.v.length === 0),
        );
        for (const r of ready) {
            if (!r.ready) tally.reach("ready by one member of one in phase 3");
            if (age(r) >= input.beacon_wait_ms) tally.reach("ready and waited long enough");
            give(r, false);
        }
        if (late.length > 0) {
            seed = sha("pw-fallback", seed, previous);
            tally.reach(here.v.length === 0 ? "fallback without V" : "fallback after the wait");
            if (ready.length > 0) tally.reach("ready and fallback draws in one block");
        }
        for (const r of late) give(r, true);
        for (const number of block.requests ?? [])
            requests.push({ number, block: i, drawn: false, ready: false });

        const refused: string[] = [];
        for (const { slot, member, output } of block.reveals ?? []) {
            const first = firstBlock(slot);
            const verdict =
                leaderOf(here, slot) !== member
                    ? "NOT_LEADER"
                    : slot > now
                      ? "EARLY"
                      : now > slot + input.grace
                        ? "LATE"
                        : accepted.some((x) => x.slot === slot)
                          ? "DUPLICATE"
                          : pendingBefore[first]
                            ? "OK"
                            : "NOT_DUE";
            tally.reach(verdict);
            if (verdict !== "OK") {
                refused.push(verdict);
                continue;
            }
            if (slotOf(first) !== slot) tally.reach("reveal for a slot jumped over");
            if (accepted.some((x) => x.block === i && x.slot > slot))
                tally.reach("two reveals in a block, later slot first");
            accepted.push({ slot, member, block: i, output });
        }
        const mine = accepted.filter((x) => x.block === i).sort((a, b) => a.slot - b.slot);
        for (const { slot, output } of mine)
            seed = sha("pw-seed", seed, u64(slot), bytes(output), previous);
        for (const r of requests.filter((x) => !x.drawn && !x.ready)) {
            const count = revealers(r);
            r.ready = count >= 2 || (count === 1 && here.v.length === 1);
            if (r.ready)
                tally.reach(
                    count >= 2 ? "ready by two members" : "ready by one member of one at phase 6",
                );
        }
        const frozen = seedBefore[firstBlock(now)] ?? seed0;
        return {
            height: i + 1,
            refused,
            a_ms: at[i]?.a_ms,
            slot: now,
            seed: seed.toString("hex"),
            vrf_input: Buffer.concat([Buffer.from("pw-vrf"), chain, u64(now), frozen]).toString(
                "hex",
            ),
        };
    });
    const waiting = requests.filter((r) => !r.drawn).map((r) => r.number);
    if (waiting.length > 0) tally.reach("still waiting");
    return { v: 1, seed0: seed0.toString("hex"), blocks, draws, waiting };
}
