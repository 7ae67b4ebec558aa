// SPDX-License-Identifier: Apache-2.0
// `peerwatt study contract` against the model of contract_model.ts. The blocks are made at random
// with an eye on the model, so that contracts get to all their ends.
import { expect, test } from "vitest";
import { contractBends } from "./contract_input.js";
import type { Block, ContractBend, Op, Setting } from "./contract_input.js";
import { ContractModel } from "./contract_model.js";
import { workedExample } from "./examples.js";
import { breathe, file, peerwatt, peerwattJson } from "./peerwatt.js";
import { Random, runSeed, Tally } from "./random.js";
import { score } from "./score_model.js";

const fields = ["a_ms", "results", "log", "contracts", "accounts", "energy"] as const;

const classes = [
    ...["OK", "EARLY", "SEQUENCE", "RECORD_ONLY", "RESULT_WRONG", "NOT_RANK", "NOT_MEMBER"],
    ...["VOTED", "LATE", "WRONG_STATE", "CLOSED", "NO_CONTRACT", "INADMISSIBLE"],
    ...["refused FUNDS", "exec quorum", "final quorum", "exec last", "final last", "VOID"],
    ...["SETTLED", "SETTLED unwitnessed"],
    ...["C1", "C2", "C3", "C4"].flatMap((c) => [`DECLINED ${c}`, `DECLINED ${c} unwitnessed`]),
    ...["alpha 2", "alpha 1", "alpha 0", "alpha -1", "open at the end"],
    ...["scores compared", "seller", "buyer", "leader", "peer", "member"],
];

function randomSetting(random: Random): Setting {
    const ms = () => random.between(1, 4) * 10;
    const setting: Setting = {
        v: 1,
        interval_end_ms: random.between(0, 3) * 10,
        params: {
            statement_ms: ms(),
            exec_ms: ms(),
            final_ms: ms(),
            vote_ms: ms(),
            gap_ms: 10,
            ranks_max: random.between(1, 3),
        },
        members: Array.from({ length: 9 }, (_, i) => ({
            slot: 9 - i,
            available_micro: random.between(50000, 600000),
            credit_micro: random.of([0, 0, 100000]),
        })),
        contracts: Array.from({ length: random.between(1, 4) }, (_, i) => {
            const seller = random.between(1, 4);
            return {
                number: 5 * i + 2,
                seller,
                buyer: ((seller + random.below(3)) % 4) + 1,
                energy_wh: random.between(1, 1000),
                price_micro_per_kwh: 190000,
                take: random.of(["flexible", "firm", "firm", "pay"] as const),
            };
        }),
    };
    if (random.chance(0.3)) setting.params.timing = "measured";
    return setting;
}

class Player {
    private readonly good: number;

    constructor(
        private readonly random: Random,
        private readonly model: ContractModel,
    ) {
        this.good = random.of([0.4, 0.9, 0.9, 1]);
    }

    ops(): Op[] {
        const ops: Op[] = [];
        if (this.model.window !== "before" || this.random.chance(0.2)) this.state(ops);
        for (const c of this.model.contracts) {
            if (this.random.chance(0.7)) this.result(ops, c);
            if (this.random.chance(0.8)) this.votes(ops, c);
        }
        this.expel(ops);
        return ops;
    }

    /** Those on whom something hangs just then, and now and then anybody. */
    private expel(ops: Op[]): void {
        const { random } = this;
        const op = random.of(["revoke", "eject", "eject"] as const);
        for (const c of this.model.contracts) {
            const rank = c.cluster[c.rank];
            if (c.state.startsWith("FINAL") && random.chance(0.15))
                ops.push({ op: "eject", member: c.terms.seller });
            if (c.state === "EXEC_WAIT" && random.chance(0.04))
                ops.push({ op: "revoke", member: c.terms.buyer });
            if (c.state.endsWith("WAIT") && rank !== undefined && random.chance(0.04))
                ops.push({ op, member: rank });
        }
        if (random.chance(0.06)) ops.push({ op, member: random.between(1, 10) });
    }

    private state(ops: Op[]): void {
        for (const [slot, m] of this.model.members) {
            if (slot > 4 || !this.random.chance(m.statement ? 0.1 : 0.6)) continue;
            const op: Op = {
                op: "statement",
                by: slot,
                seq: this.random.chance(0.9) ? m.seq : this.random.below(3),
                delivered_wh: this.random.below(this.random.chance(0.25) ? 900 : 6000),
                taken_wh: this.random.below(this.random.chance(0.5) ? 900 : 6000),
            };
            if (this.random.chance(0.2)) op.refused = [2, 7];
            ops.push(op);
        }
    }

    private result(ops: Op[], c: ContractModel["contracts"][number]): void {
        const { random } = this;
        const waits = c.state === "EXEC_WAIT" || c.state === "FINAL_WAIT";
        const stage = c.state === "FINAL_WAIT" ? "final" : "exec";
        const seller = this.model.members.get(c.terms.seller);
        const ejected = seller?.standing === "ejected" || seller?.next === "ejected";
        const right = ejected || random.chance(this.good);
        const op: Op = {
            op: random.chance(0.88) ? stage : random.of(["exec", "final"] as const),
            by: (right ? c.cluster[c.rank] : undefined) ?? random.between(1, 10),
            contract: random.chance(0.98) ? c.terms.number : random.of([1, 3]),
            verdict: (right ? c.judged?.verdict : undefined) ?? random.of(["pass", "C1", "C4"]),
        };
        if (op.verdict === "VOID") return;
        if (op.op === "final" && random.chance(ejected ? 0.7 : 0.05)) op.verdict = "C4";
        if (random.chance(0.2)) op.settled_wh = c.judged?.settled_wh ?? 0;
        if (random.chance(0.2)) op.payment_micro = c.judged?.payment_micro ?? 0;
        if (random.chance(0.05)) op.settled_wh = 1;
        if (waits || random.chance(0.2)) ops.push(op);
    }

    private votes(ops: Op[], c: ContractModel["contracts"][number]): void {
        const { random } = this;
        const stage = c.state.startsWith("FINAL") || c.final.end !== undefined ? "final" : "exec";
        for (const by of c.cluster) {
            if (!random.chance(0.5)) continue;
            const usual = random.chance(stage === "exec" ? 0.9 : 0.6);
            ops.push({
                op: "ballot",
                by: random.chance(0.95) ? by : random.between(1, 10),
                contract: c.terms.number,
                stage: usual ? stage : random.of(["exec", "final"] as const),
                agree: random.chance(this.good),
            });
        }
    }

    draws(): NonNullable<Block["draws"]> {
        const { random } = this;
        return this.model.contracts
            .filter((c) => c.state === "PREPARED" && random.chance(0.4))
            .map((c) => {
                const seats = [5, 6, 7, 8, 9].sort(() => random.below(3) - 1);
                const size = random.of([0, 1, 2, 3, 3, 3, 5]);
                const draw = { number: c.terms.number, cluster: seats.slice(0, size) };
                return random.chance(0.1) && size > 2 ? { ...draw, eligible: 5 } : draw;
            });
    }
}

function randomBlocks(random: Random, setting: Setting): Block[] {
    const model = new ContractModel(setting);
    const player = new Player(random, model);
    const blocks: Block[] = [];
    let t = random.below(20);
    for (let i = random.between(8, 26); i > 0; i--) {
        const block: Block = { t_ms: t, draws: player.draws(), ops: player.ops() };
        if (random.chance(0.1))
            block.absent = [5, 6, 7, 8, 9].filter(() => random.chance(0.3));
        model.block(block);
        blocks.push(block);
        t += random.chance(0.1) ? random.between(0, 200) : random.of([0, 3, 5, 10, 10]);
    }
    return blocks;
}

function play(setting: Setting, blocks: readonly Block[], bend?: ContractBend): ContractModel {
    const model = new ContractModel(setting, bend);
    for (const block of blocks) model.block(block);
    return model;
}

function pick(answer: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(fields.map((field) => [field, answer[field]]));
}

/** The scores by the model of `study score`, which knows no revocations. */
function compareScores(
    answer: Record<string, unknown>,
    setting: Setting,
    model: ContractModel,
    tally: Tally<string>,
): void {
    if (model.revocations > 0) return;
    const members = setting.members.map(({ slot }) => ({ slot }));
    const wanted = score({ v: 1, active: 9, members, closed: model.scored });
    const said = `PEERWATT_SEED=${runSeed}`;
    expect(answer["steps"], said).toEqual(wanted["steps"]);
    expect(answer["records"], said).toEqual(wanted["records"]);
    const rows = wanted["members"] as { slot: number; score: number }[];
    const scores = rows.map((row) => [row.slot, row.score]).sort((a, b) => a[0]! - b[0]!);
    expect(answer["scores"], said).toEqual(scores);
    tally.reach("scores compared");
    for (const { role } of wanted["steps"] as { role: string }[]) tally.reach(role);
}

function reached(tally: Tally<string>, model: ContractModel): void {
    for (const code of model.results.flat()) tally.reach(code);
    for (const { event } of model.log) tally.reach(event);
    for (const c of model.contracts) {
        tally.reach(`alpha ${c.alpha}`);
        if (!["SETTLED", "DECLINED", "VOID"].includes(c.state)) tally.reach("open at the end");
    }
}

test("the worked example of contract comes out as it is printed", () => {
    const { input, output } = workedExample("contract");
    const wanted = output as Record<string, Record<string, unknown>[]>;
    const answer = peerwattJson(["study", "contract", "-"], input);
    for (const field of ["a_ms", "results", "log", "contracts", "records", "scores"])
        expect(answer[field]).toEqual(wanted[field]);
    for (const field of ["accounts", "energy", "steps"]) {
        expect(wanted[field]?.length).toBeGreaterThan(0); // shortened there
        expect(answer[field]).toEqual(expect.arrayContaining(wanted[field] ?? []));
    }
});

// RULE num.7, ledger.6, join.10, boot.6, trade.4 to trade.13
test("contracts agree with a second implementation, and with none that is bent", async () => {
    const random = new Random(13);
    const tally = new Tally(classes);
    const unnoticed = new Set<ContractBend>(contractBends);
    for (let i = 0; i < 4_500; i++) {
        await breathe();
        const setting = randomSetting(random);
        const blocks = randomBlocks(random, setting);
        const model = play(setting, blocks);
        const answer = peerwattJson(
            ["study", "contract", "-"],
            JSON.stringify({ ...setting, active: 9, blocks }),
        );
        expect(pick(answer), `PEERWATT_SEED=${runSeed}, input ${i}`).toEqual(model.answer());
        reached(tally, model);
        compareScores(answer, setting, model, tally);
        const said = JSON.stringify(model.answer());
        for (const bend of unnoticed)
            if (JSON.stringify(play(setting, blocks, bend).answer()) !== said)
                unnoticed.delete(bend);
    }
    tally.expectAll();
    expect([...unnoticed], `PEERWATT_SEED=${runSeed}`).toEqual([]);
}, 300_000);

test("an input of contract that cannot be is refused with its field", () => {
    const members = [{ slot: 1, available_micro: 9 }, { slot: 2 }];
    const terms = { number: 1, seller: 2, buyer: 1, energy_wh: 5, price_micro_per_kwh: 7 };
    const usual = { interval_end_ms: 1, members, contracts: [terms] };
    const wrong: [object, string][] = [
        [{ ...usual, interval_end_ms: -1 }, "interval_end_ms"],
        [{ ...usual, params: { vote_ms: 0 } }, "vote_ms"],
        [{ ...usual, params: { ranks_max: 0 } }, "ranks_max"],
        [{ ...usual, contracts: [{ ...terms, seller: 3 }] }, "contracts"],
        [{ ...usual, blocks: [{ t_ms: 5 }, { t_ms: 4 }] }, "t_ms"],
        [{ ...usual, blocks: [{ t_ms: 5, ops: [{ op: "wait" }] }] }, "wait"],
        [{ ...usual, blocks: [{ t_ms: 5, absent: [7] }] }, "absent"],
        [{ ...usual, blocks: [{ t_ms: 5, draws: [{ number: 1, eligible: 3 }] }] }, "cluster"],
        [{ ...usual, blocks: [{ t_ms: 5, draws: [{ number: 1, cluster: [3] }] }] }, "cluster"],
        [{ ...usual, blocks: [{ t_ms: 5, draws: [{ number: 1, cluster: [2, 2] }] }] }, "twice"],
    ];
    for (const [input, field] of wrong) {
        const said = peerwatt(["study", "contract", file(JSON.stringify(input))]);
        expect([said.code, said.stdout], said.stderr).toEqual([2, ""]);
        expect(said.stderr).toContain(field);
    }
});
