// SPDX-License-Identifier: Apache-2.0
// `peerwatt study funds` against the model of funds_model.ts, on inputs made at random.
import { expect, test } from "vitest";
import { workedExample } from "./examples.js";
import { FundsModel, fundsBends } from "./funds_model.js";
import type { FundsBend, FundsInput, FundsOp } from "./funds_model.js";
import { file, peerwatt, peerwattJson } from "./peerwatt.js";
import { Random, runSeed, Tally } from "./random.js";

const codes = [
    "OK",
    "NO_MEMBER",
    "AMOUNT_RANGE",
    "WRONG_STATE",
    "DUPLICATE",
    "MEMBER_CLOSED",
    "NEEDS_AUTHORITY",
    "CREDIT_IN_USE",
    "FUNDS",
] as const;

const kinds = [
    "deposit",
    "deposit",
    "credit_limit",
    "withdraw_request",
    "withdraw_paid",
    "withdraw_rejected",
    "reserve",
    "reserve",
    "escrow",
    "escrow",
    "settle",
    "settle",
    "refund",
] as const;

function randomOp(random: Random, closes: boolean): FundsOp {
    const op = closes && random.chance(0.025) ? "close_member" : random.of(kinds);
    const amount = random.chance(0.05) ? random.between(-2, 0) : random.between(1, 40);
    const member = random.between(1, random.chance(0.05) ? 6 : 4);
    const contract = random.between(1, 60);
    const reference = `r${random.below(150)}`;
    const request = random.between(0, 25);
    switch (op) {
        case "deposit":
            return {
                op,
                member,
                amount,
                reference,
                day: random.below(9),
                t_of_n: random.chance(0.2),
            };
        case "credit_limit":
            return { op, member, micro: random.chance(0.5) ? amount : 4 * amount };
        case "withdraw_paid":
            return { op, request, reference };
        case "withdraw_rejected":
            return { op, request };
        case "reserve":
            return { op, contract, buyer: member, amount };
        case "escrow":
            return { op, contract, amount: Math.min(amount, random.between(0, 40)) };
        case "settle":
            return { op, contract, seller: member };
        case "refund":
            return { op, contract };
        default:
            return { op, member, amount };
    }
}

function randomInput(random: Random): FundsInput {
    const input: FundsInput = {
        v: 1,
        members: [{ slot: 4 }, { slot: 1 }, { slot: 2 }, { slot: 3 }],
        ops: Array.from({ length: 200 }, (_, i) => randomOp(random, i > 60)),
    };
    if (random.chance(0.8)) input.deposit_day_max_micro = random.between(40, 200);
    return input;
}

const run = (input: unknown) => peerwattJson(["study", "funds", "-"], JSON.stringify(input));

test("the worked example of funds comes out as it is printed", () => {
    const { input, output } = workedExample("funds");
    expect(peerwattJson(["study", "funds", "-"], input)).toEqual(output);
    expect(new FundsModel(JSON.parse(input) as FundsInput).answer()).toEqual(output);
});

test("accounts agree with a second implementation, and with none in which a rule is bent", () => {
    const random = new Random(11);
    const tally = new Tally(codes);
    const unnoticed = new Set<FundsBend>(fundsBends);
    for (let i = 0; i < 200; i++) {
        const input = randomInput(random);
        const answer = run(input);
        const model = new FundsModel(input);
        expect(answer, `PEERWATT_SEED=${runSeed}, input ${i}`).toEqual(model.answer());
        for (const code of model.results) tally.reach(code as (typeof codes)[number]);
        const said = JSON.stringify(model.answer());
        for (const bend of unnoticed)
            if (JSON.stringify(new FundsModel(input, bend).answer()) !== said)
                unnoticed.delete(bend);
    }
    tally.expectAll();
    expect([...unnoticed], `PEERWATT_SEED=${runSeed}`).toEqual([]);
}, 120_000);

test("an input of funds that cannot be is refused with its field", () => {
    const wrong: [object, string][] = [
        [{ members: [], ops: [] }, "members"],
        [{ members: [{ slot: 1 }, { slot: 1 }], ops: [] }, "slot"],
        [{ members: [{ slot: 0 }], ops: [] }, "members"],
        [{ members: [{ slot: 1 }], ops: {} }, "ops"],
        [{ members: [{ slot: 1 }], ops: [{ op: "gift" }] }, "gift"],
        [{ members: [{ slot: 1 }], ops: [{ op: "deposit", member: 1 }] }, "amount"],
        [{ members: [{ slot: 1 }], ops: [{ op: "refund" }] }, "contract"],
        [{ members: [{ slot: 1 }], ops: [], deposit_day_max_micro: -1 }, "deposit_day_max_micro"],
    ];
    for (const [input, field] of wrong) {
        const said = peerwatt(["study", "funds", file(JSON.stringify(input))]);
        expect([said.code, said.stdout], said.stderr).toEqual([2, ""]);
        expect(said.stderr).toContain(field);
    }
});
