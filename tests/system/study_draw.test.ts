// SPDX-License-Identifier: Apache-2.0
// RULE sample.1 sample.2 sample.4 sample.6 boot.3 boot.5: `peerwatt study draw` against the model
// in draw_model.ts, seat for seat, on inputs that neither has seen.
import { expect, test } from "vitest";
import {
    drawClasses,
    modelDraws,
    type ClusterInput,
    type Member,
    type VerifiersInput,
} from "./draw_model.js";
import { file, peerwattJson } from "./peerwatt.js";
import { Random, runSeed, Tally } from "./random.js";

const M = 2 ** 30;

interface Shape {
    members: number;
    feeders: number;
    mature: number; // probabilities
    low: number;
    shared: number;
}

function someMember(random: Random, slot: number, shape: Shape): Member {
    const m: Member = { slot, feeder: random.between(1, shape.feeders) };
    if (random.chance(shape.mature)) m.mature = true;
    if (random.chance(0.1)) m.founder = true;
    if (random.chance(shape.low)) m.score = -random.below(M / 2 + 1000);
    else if (random.chance(0.3)) m.score = random.between(0, M);
    if (random.chance(shape.shared)) m.household = random.between(1, shape.members);
    if (random.chance(0.05)) m.present = false;
    if (random.chance(0.05)) m.active = false;
    if (random.chance(0.5)) m.volunteer = true;
    if (random.chance(0.5)) m.closed = random.below(25);
    return m;
}

/** Slots have gaps and stand in no order. */
function someMembers(random: Random, shape: Shape): Member[] {
    const members: Member[] = [];
    let slot = 0;
    for (let i = 0; i < shape.members; i++) {
        slot += random.between(1, 3);
        const place = random.chance(0.1) ? random.below(i + 1) : i;
        members.splice(place, 0, someMember(random, slot, shape));
    }
    return members;
}

function someShape(random: Random): Shape {
    return {
        members: random.of([
            random.between(2, 7),
            random.between(2, 30),
            random.between(20, 120),
            random.between(100, 300),
        ]),
        feeders: random.of([1, 2, 3, random.between(1, 10), random.between(1, 100)]),
        mature: random.of([0, 0.2, 0.8, 1]),
        low: random.of([0, 0.1, 0.9]),
        shared: random.of([0, 0, 0.1, 0.8]),
    };
}

function someCluster(random: Random, shape: Shape, contracts: number): ClusterInput {
    const members = someMembers(random, shape);
    const slot = () => random.of(members).slot;
    const input: ClusterInput = {
        seed: random.hex(32),
        purpose: "cluster",
        k: random.of([
            random.between(1, 5),
            random.between(1, 20),
            random.between(1, shape.members + 2),
            111,
            112,
        ]),
        members,
        contracts: Array.from({ length: contracts }, () => ({
            number: random.below(2 ** 31) * 2 ** random.below(20),
            seller: slot(),
            buyer: slot(),
        })),
    };
    if (random.chance(0.5)) input.cluster_floor = random.between(0, 12);
    if (random.chance(0.7))
        input.verifiers = Array.from({ length: random.below(10) }, () =>
            random.chance(0.9) ? slot() : 10 ** 6,
        );
    if (random.chance(0.3)) input.active = random.between(0, 20);
    if (random.chance(0.1)) {
        input.mode = "two-stage";
        input.feeders_drawn = random.between(1, 8);
    }
    return input;
}

function someVerifiers(random: Random, shape: Shape): VerifiersInput {
    const input: VerifiersInput = {
        seed: random.hex(32),
        purpose: "verifiers",
        number: random.below(1000),
        members: someMembers(random, shape),
    };
    if (random.chance(0.7)) input.verifier_count = random.between(1, 20);
    return input;
}

const tally = new Tally(drawClasses);

function compare(input: ClusterInput | VerifiersInput): number {
    const right = modelDraws(input, tally);
    const said = peerwattJson(["study", "draw", file(JSON.stringify(input))]);
    if (JSON.stringify(input).length > 100_000) expect(said["draws"]).toEqual(right);
    else
        expect(said, `PEERWATT_SEED=${runSeed}: ${JSON.stringify(input)}`).toEqual({
            v: 1,
            draws: right,
        });
    return right.length;
}

test("thousands of small draws agree with the model, seat for seat", { timeout: 120_000 }, () => {
    const random = new Random(1);
    let draws = 0;
    for (let i = 0; i < 1000; i++) {
        draws += compare(someCluster(random, someShape(random), random.between(1, 6)));
        if (i % 4 === 0) draws += compare(someVerifiers(random, someShape(random)));
    }
    expect(draws).toBeGreaterThan(3000);
});

test("large draws agree with the model, seat for seat", { timeout: 120_000 }, () => {
    const random = new Random(2);
    for (const [members, feeders] of [
        [1_000, 100],
        [10_000, 3],
        [10_000, 100],
        [100_000, 100],
    ] as const) {
        const shape = { members, feeders, mature: 0.9, low: 0.05, shared: 0.01 };
        compare({ ...someCluster(random, shape, 20), k: 111 });
        compare({ ...someCluster(random, shape, 2), k: random.between(112, members) });
    }
});

test("every case of the draw was reached", () => {
    tally.expectAll();
});
