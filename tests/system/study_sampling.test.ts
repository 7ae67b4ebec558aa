// SPDX-License-Identifier: Apache-2.0
// RULE num.7 num.8 join.3 sample.5 beacon.1 beacon.2 boot.4: `peerwatt study leader|beacon` against
// the models in slots_model.ts; the worked examples of these and of `study draw`; and what is
// refused as impossible.
import { expect, test } from "vitest";
import { workedExample } from "./examples.js";
import { file, peerwatt, peerwattJson } from "./peerwatt.js";
import { Random, runSeed, Tally } from "./random.js";
import {
    beaconClasses,
    leaderClasses,
    modelBeacon,
    modelLeader,
    type BeaconInput,
    type LeaderInput,
} from "./slots_model.js";

test.each(["draw", "leader", "beacon"])("the worked example of study %s holds", (verb) => {
    const { input, output } = workedExample(verb);
    expect(peerwattJson(["study", verb, file(input)])).toEqual(output);
});

const few = (random: Random) => random.of([0, 0, 0, 1, 1, 2]);

function someSet(random: Random, most: number): number[] {
    const members = Array.from({ length: random.below(most + 1) }, () => random.between(1, 9));
    return [...new Set(members)];
}

function someTimes(random: Random) {
    const tau_ms = random.of([1, 7, 100, 1000]);
    return {
        t0_ms: random.of([0, 12_345, 1_700_000_000_000]),
        tau_ms,
        gap_ms: random.of([0, tau_ms, 3 * tau_ms, 1_000_000]),
        grace: random.of([0, 1, 2, 16]),
        verifiers: someSet(random, random.of([1, 3, 5])),
    };
}

/** Block times: mostly within a slot or the next one, some jump over many. */
function someSteps(random: Random, t0_ms: number, tau_ms: number): number[] {
    let t_ms = t0_ms + random.below(3 * tau_ms);
    return Array.from({ length: random.between(1, 40) }, () => {
        t_ms += random.chance(0.1)
            ? random.below(20 * tau_ms)
            : random.below(random.of([1, tau_ms, 2 * tau_ms]) + 1);
        return t_ms;
    });
}

function someLeaderInput(random: Random): LeaderInput {
    const times = someTimes(random);
    const vacates = random.of([0, 0.02]);
    const serves = random.of([0, 0.1, 0.5]);
    const blocks = someSteps(random, times.t0_ms, times.tau_ms).map((t_ms) => {
        const slot = Math.floor((t_ms - times.t0_ms) / times.tau_ms);
        const near = () => Math.max(0, slot + 1 - random.below(times.grace + 4));
        const block: LeaderInput["blocks"][number] = { t_ms };
        if (random.chance(0.8)) block.due = random.chance(0.9);
        if (random.chance(serves)) block.served = [near(), near()];
        if (random.chance(0.1)) block.seen = someSet(random, 3);
        if (random.chance(vacates)) block.vacant = someSet(random, 2);
        return block;
    });
    return { ...times, interval_ms: random.of([1, 50, 900_000]), blocks };
}

function someBeaconInput(random: Random): BeaconInput {
    const times = someTimes(random);
    const changes = random.of([0, 0, 0.1]);
    let number = 0;
    let v = times.verifiers;
    const blocks = someSteps(random, times.t0_ms, times.tau_ms).map((t_ms) => {
        const slot = Math.floor((t_ms - times.t0_ms) / times.tau_ms);
        const block: BeaconInput["blocks"][number] = { t_ms, hash: random.hex(32) };
        if (random.chance(changes)) v = block.verifiers = someSet(random, random.of([1, 3]));
        if (random.chance(0.02)) block.vacant = someSet(random, 2);
        const requests = Array.from({ length: few(random) }, () => ++number);
        if (requests.length > 0) block.requests = requests;
        block.reveals = Array.from({ length: few(random) }, () => {
            const of = Math.max(0, slot + 1 - random.below(times.grace + 3));
            const leader = v[of % v.length] ?? 1;
            const member = random.chance(0.9) ? leader : random.between(1, 9);
            return { slot: of, member, output: random.hex(64) };
        });
        return block;
    });
    return {
        ...times,
        chain_id: random.of(["pw-test", "x", "Straße 7"]),
        genesis_hash: random.hex(32),
        beacon_wait_ms: random.of([0, 3 * times.tau_ms, 8 * times.tau_ms, 1_000_000]),
        blocks,
    };
}

const inputs = 1000;

function expectAnswer(verb: string, input: object, right: object): void {
    const text = JSON.stringify(input);
    const said = peerwattJson(["study", verb, "-"], text);
    expect(said, `PEERWATT_SEED=${runSeed}: ${text}`).toEqual(right);
}

test("study leader agrees with the model in every verdict", { timeout: 120_000 }, () => {
    const random = new Random(3);
    const tally = new Tally(leaderClasses);
    for (let i = 0; i < inputs; i++) {
        const input = someLeaderInput(random);
        expectAnswer("leader", input, modelLeader(input, tally));
    }
    tally.expectAll();
});

test("study beacon agrees with the model in every seed and draw", { timeout: 120_000 }, () => {
    const random = new Random(4);
    const tally = new Tally(beaconClasses);
    for (let i = 0; i < inputs; i++) {
        const input = someBeaconInput(random);
        expectAnswer("beacon", input, modelBeacon(input, tally));
    }
    tally.expectAll();
});

type Json = Record<string, unknown>;

/** The worked example with one thing changed: [verb, change, what the message must name]. */
const impossible: [string, (input: Json) => Json, string][] = [
    ["draw", (x) => ({ ...x, seed: "00" }), "seed"],
    ["draw", (x) => ({ ...x, purpose: "jury" }), "purpose"],
    ["draw", (x) => ({ ...x, mode: "ranked" }), "mode"],
    ["draw", (x) => ({ ...x, mode: "two-stage" }), "feeders_drawn"],
    ["draw", (x) => ({ ...x, k: 0 }), "k"],
    ["draw", (x) => ({ ...x, k: 1_048_577 }), "from 1 to 1048576"],
    ["draw", (x) => ({ ...x, k: undefined }), "k"],
    ["draw", (x) => ({ ...x, verifiers: [0] }), "verifiers[0]"],
    ["draw", (x) => ({ ...x, members: [{ slot: 0 }] }), "members[0].slot"],
    ["draw", (x) => ({ ...x, members: [{ slot: 2 }, { slot: 2 }] }), "same slot"],
    ["draw", (x) => ({ ...x, members: [{ slot: 1, feeder: 0 }] }), "members[0].feeder"],
    ["draw", (x) => ({ ...x, members: [{ slot: 1, feeder: 65536 }] }), "members[0].feeder"],
    ["draw", (x) => ({ ...x, members: [{ slot: 1, score: 2 ** 30 + 1 }] }), "members[0].score"],
    ["draw", (x) => ({ ...x, members: [{ slot: 1, mature: 1 }] }), "members[0].mature"],
    ["draw", (x) => ({ ...x, members: [7] }), "members[0]"],
    ["draw", (x) => ({ ...x, members: 7 }), "members"],
    ["draw", (x) => ({ ...x, contracts: [{ number: 1, seller: 1, buyer: 99 }] }), "buyer"],
    ["draw", (x) => ({ ...x, contracts: [{ seller: 1, buyer: 2 }] }), "contracts[0].number"],
    ["draw", (x) => ({ ...x, purpose: "verifiers" }), "number"],
    ["leader", (x) => ({ ...x, tau_ms: 0 }), "tau_ms"],
    ["leader", (x) => ({ ...x, interval_ms: 0 }), "interval_ms"],
    ["leader", (x) => ({ ...x, grace: 17 }), "grace"],
    ["leader", (x) => ({ ...x, verifiers: undefined }), "verifiers"],
    ["leader", (x) => ({ ...x, verifiers: [7, 8, 7] }), "one seat"],
    ["leader", (x) => ({ ...x, verifiers: Array.from({ length: 64 }, (_, i) => i + 1) }), "63"],
    ["leader", (x) => ({ ...x, t0_ms: 1 }), "blocks[0].t_ms"],
    ["leader", (x) => ({ ...x, blocks: [{ t_ms: 5 }, { t_ms: 4 }] }), "blocks[1].t_ms"],
    ["leader", (x) => ({ ...x, blocks: [{ t_ms: 5, served: ["1"] }] }), "blocks[0].served[0]"],
    ["leader", (x) => ({ ...x, blocks: [{ t_ms: 5, due: 1 }] }), "blocks[0].due"],
    ["beacon", (x) => ({ ...x, chain_id: 7 }), "chain_id"],
    ["beacon", (x) => ({ ...x, beacon_wait_ms: -1 }), "beacon_wait_ms"],
    ["beacon", (x) => ({ ...x, blocks: [{ t_ms: 0 }] }), "blocks[0].hash"],
    [
        "beacon",
        (x) => ({ ...x, blocks: [{ t_ms: 0, reveals: [{ slot: 0, member: 7, output: "" }] }] }),
        "blocks[0].reveals[0].output",
    ],
];

test.each(impossible)("study %s refuses impossible input %#", (verb, change, named) => {
    const changed = change(JSON.parse(workedExample(verb).input) as Json);
    const said = peerwatt(["study", verb, file(JSON.stringify(changed))]);
    expect([said.code, said.stdout], said.stderr).toEqual([2, ""]);
    expect(said.stderr).toContain("JSON_FIELD");
    expect(said.stderr).toContain(named);
});

test("unknown fields are ignored, also inside members and blocks", () => {
    for (const verb of ["draw", "leader", "beacon"]) {
        const { input, output } = workedExample(verb);
        const more = input.replaceAll('{"', '{"unknown":{"x":[0.5]},"');
        expect(peerwattJson(["study", verb, "-"], more)).toEqual(output);
    }
});

test("as text an answer shows its lists too", () => {
    const said = peerwatt(["study", "draw", file(workedExample("draw").input)]);
    expect(said.stdout).toContain("members [6 3 4]");
    expect(said.stdout).toContain("seats [[1 2] [2 1] [3 1]]");
});
