// SPDX-License-Identifier: Apache-2.0
// `peerwatt study judge` against the model of judge_model.ts, on inputs made at random.
import { expect, test } from "vitest";
import { workedExample } from "./examples.js";
import { judge, judgeBends, type JudgeBend, type Statement, type Terms } from "./judge_model.js";
import { file, peerwatt, peerwattJson } from "./peerwatt.js";
import { Random, runSeed, Tally } from "./random.js";

const classes = ["pass", "C1", "C2", "C3", "VOID", "mass", "no mass", "firm", "pay"] as const;

interface Input {
    v: 1;
    contracts: Terms[];
    statements: Record<string, Statement>;
}

function randomTerms(random: Random, number: number, members: number): Terms {
    const seller = random.between(1, members);
    const buyer = ((seller + random.between(0, members - 2)) % members) + 1;
    const terms: Terms = {
        number,
        seller,
        buyer,
        energy_wh: random.between(1, random.chance(0.3) ? 9 : 1200),
        price_micro_per_kwh: random.between(0, 400000),
    };
    if (random.chance(0.5)) terms.take = random.of(["firm", "pay", "flexible"] as const);
    if (random.chance(0.5)) terms.min_delivery_ppm = random.of([0, 1, 333333, 950001, 1000000]);
    if (random.chance(0.3)) terms.tolerance_wh = random.between(0, 300);
    return terms;
}

function randomInput(random: Random): Input {
    const members = random.between(2, 7);
    const numbers = Array.from({ length: random.between(1, 24) }, (_, i) => 3 * i + 1);
    const contracts = numbers.map((n) => randomTerms(random, n, members));
    if (random.chance(0.5)) contracts.reverse();
    const statements: Record<string, Statement> = {};
    const talkative = random.of([0.35, 0.45, 0.6, 1]);
    for (let slot = 1; slot <= members; slot++) {
        if (!random.chance(talkative)) continue;
        const s: Statement = { delivered_wh: random.below(random.of([2, 900, 5000])) };
        if (random.chance(0.9)) s.taken_wh = random.below(random.of([2, 900, 5000]));
        if (random.chance(0.3)) s.refused = numbers.filter(() => random.chance(0.3));
        statements[String(slot)] = s;
    }
    return { v: 1, contracts, statements };
}

const asMap = (statements: Input["statements"]) =>
    new Map(Object.entries(statements).map(([slot, s]) => [Number(slot), s]));

test("the worked example of judge comes out as it is printed", () => {
    const { input, output } = workedExample("judge");
    expect(peerwattJson(["study", "judge", "-"], input)).toEqual(output);
    const { contracts, statements } = JSON.parse(input) as Input;
    expect({ v: 1, ...judge(contracts, asMap(statements)) }).toEqual(output);
});

test("verdicts agree with a second implementation, and with none in which a rule is bent", () => {
    const random = new Random(12);
    const tally = new Tally(classes);
    const unnoticed = new Set<JudgeBend>(judgeBends);
    for (let i = 0; i < 1000; i++) {
        const input = randomInput(random);
        const statements = asMap(input.statements);
        const model = judge(input.contracts, statements);
        const answer = peerwattJson(["study", "judge", "-"], JSON.stringify(input));
        expect(answer, `PEERWATT_SEED=${runSeed}, input ${i}`).toEqual({ v: 1, ...model });
        tally.reach(model.mass ? "mass" : "no mass");
        for (const c of model.contracts) tally.reach(c.verdict);
        for (const c of input.contracts)
            if (c.take === "firm" || c.take === "pay") tally.reach(c.take);
        const said = JSON.stringify(model);
        for (const bend of unnoticed)
            if (JSON.stringify(judge(input.contracts, statements, bend)) !== said)
                unnoticed.delete(bend);
    }
    tally.expectAll();
    expect([...unnoticed], `PEERWATT_SEED=${runSeed}`).toEqual([]);
}, 120_000);

test("an input of judge that cannot be is refused with its field", () => {
    const terms = { number: 1, seller: 1, buyer: 2, energy_wh: 5, price_micro_per_kwh: 7 };
    const wrong: [object, string][] = [
        [{ contracts: [terms, terms] }, "number"],
        [{ contracts: [{ ...terms, energy_wh: 0 }] }, "energy_wh"],
        [{ contracts: [{ ...terms, buyer: 1 }] }, "seller"],
        [{ contracts: [{ ...terms, take: "gift" }] }, "gift"],
        [{ contracts: [{ ...terms, min_delivery_ppm: 1000001 }] }, "min_delivery_ppm"],
        [{ contracts: [terms], statements: [] }, "statements"],
        [{ contracts: [terms], statements: { "1": 7 } }, "statements"],
        [{ contracts: [terms], statements: { "1": { refused: [0.5] } } }, "refused"],
    ];
    for (const [input, field] of wrong) {
        const said = peerwatt(["study", "judge", file(JSON.stringify(input))]);
        expect([said.code, said.stdout], said.stderr).toEqual([2, ""]);
        expect(said.stderr).toContain(field);
    }
});
