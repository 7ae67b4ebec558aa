// SPDX-License-Identifier: Apache-2.0
// `peerwatt study score` against the model of score_model.ts, on inputs made at random.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { workedExample } from "./examples.js";
import { breathe, file, peerwatt, peerwattJson } from "./peerwatt.js";
import { Random, runSeed, Tally } from "./random.js";
import { score } from "./score_model.js";
import {
    scoreBends,
    type Bit,
    type Contract,
    type Input,
    type Item,
    type Member,
    type Stage,
    type Verification,
} from "./score_shapes.js";

const classes = [
    "SETTLED",
    "C1",
    "C2",
    "C3",
    "C4",
    "VOID",
    "alpha 2",
    "unwitnessed",
    "exec window",
    "final window",
    "leader changes",
    "silent rank",
    "wrong rank",
    "vacant rank",
    "silent bit",
    "false bit",
    "DECIDED",
    "DECLINED",
    "TIMED_OUT",
    "STRUCK",
    "slot",
    "ejection",
    "paper",
    "capped",
    "became mature",
    "left",
] as const;
type Class = (typeof classes)[number];
const inputsCount = 250;
const itemsCount = 40; /* 10,000 items in all */

function randomScore(random: Random): number {
    const corner = [-(2 ** 30), 1 - 2 ** 30, -1, 0, 1, 5000, 2 ** 30 - 1, 2 ** 30];
    if (random.chance(0.3)) return random.of(corner);
    return random.between(0, 2 ** 31) - 2 ** 30;
}

function randomMember(random: Random, slot: number, slots: readonly number[]): Member {
    const m: Member = { slot };
    const others = slots.filter((other) => other !== slot);
    if (random.chance(0.7)) m.score = randomScore(random);
    if (random.chance(0.7)) m.closed = random.below(30);
    if (random.chance(0.7)) m.quarters = random.below(90);
    if (random.chance(0.7))
        m.recent = Array.from({ length: random.of([1, 5, 31, 32]) }, () => random.of(others));
    if (random.chance(0.7)) m.partners = others.filter(() => random.chance(0.3));
    if (random.chance(0.2)) m.mature = true;
    if (random.chance(0.1)) m.live = false;
    return m;
}

/** Offices in turn, from rank `first`; if `ends` the last one is right. */
function randomStage(
    random: Random,
    stage: "exec" | "final",
    cluster: readonly number[],
    first: number,
): Stage {
    const ranks: Stage["ranks"] = [];
    for (let rank = first; rank < cluster.length && rank < first + 3; rank++) {
        const did = random.of(["right", "right", "right", "silent", "wrong", "vacant"] as const);
        ranks.push({ rank, did });
        if (did === "right") break;
    }
    const honest = random.of([0.5, 0.9, 1]);
    const ballots: Record<string, boolean> = {};
    for (const slot of cluster) {
        if (random.chance(honest)) ballots[String(slot)] = true;
        else if (random.chance(0.5)) ballots[String(slot)] = false;
    }
    return { stage, ranks, ballots };
}

function drawn(random: Random, from: readonly number[], count: number): number[] {
    const left = [...from];
    return Array.from({ length: Math.min(count, left.length) }, () =>
        left.splice(random.below(left.length), 1),
    ).flat();
}

function randomContract(random: Random, number: number, slots: readonly number[]): Contract {
    const interval = random.below(2);
    const few = random.chance(0.5) ? slots.slice(0, 4) : slots;
    const [seller = 0, buyer = 0] = drawn(random, few, 2);
    const others = slots.filter((slot) => slot !== seller && slot !== buyer);
    const cluster = drawn(random, others, random.of([0, 1, 2, 3, 5, 5, 7]));
    const energy_wh = random.between(1, random.of([3, 900, 1100, 50_000]));
    const s_wh = random.below(energy_wh + 1);
    let b_wh = random.chance(0.3) ? energy_wh : random.below(energy_wh + 1);
    const stages: Stage[] = [];
    if (cluster.length > 0 && random.chance(0.9)) {
        stages.push(randomStage(random, "exec", cluster, random.below(2) % cluster.length));
        const first = stages[0]?.ranks.find((r) => r.did === "right")?.rank ?? 0;
        const next = Math.min(first + random.below(2), cluster.length - 1);
        if (random.chance(0.7)) stages.push(randomStage(random, "final", cluster, next));
    }
    const end = random.of(["SETTLED", "SETTLED", "DECLINED", "DECLINED", "VOID"] as const);
    if (end === "SETTLED") b_wh = Math.max(1, b_wh);
    const most = Math.min(energy_wh, b_wh);
    const settled_wh =
        end === "SETTLED" ? (random.chance(0.5) ? most : random.between(1, most)) : random.below(2);
    const cond = end === "DECLINED" ? random.of(["C1", "C2", "C3", "C4"] as const) : null;
    const unwitnessed = random.chance(0.3);
    const what = { seller, buyer, energy_wh, s_wh, b_wh, settled_wh, end, cond, unwitnessed };
    const contract: Contract = { number, interval, ...what, cluster, stages };
    return random.chance(0.5) ? { kind: "contract", ...contract } : contract;
}

/** Many declines with everybody honest: what qot.8 limits. */
function honestContract(random: Random, number: number, slots: readonly number[]): Contract {
    const contract = randomContract(random, number, slots);
    if (random.chance(0.8)) {
        contract.end = "DECLINED";
        contract.cond = random.of(["C1", "C2"] as const);
    }
    contract.cluster = slots.filter((s) => s !== contract.seller && s !== contract.buyer);
    const ballots = Object.fromEntries(contract.cluster.map((slot) => [String(slot), true]));
    contract.stages = [{ stage: "exec", ranks: [{ rank: 0, did: "right" }], ballots }];
    return contract;
}

function randomVerification(
    random: Random,
    number: number,
    slots: readonly number[],
): Verification {
    const [leader = 0, ...others] = drawn(random, slots, random.between(1, 7));
    const seats = random.chance(0.5) ? [...others, leader] : others;
    const end = random.of(["DECIDED", "DECIDED", "DECLINED", "TIMED_OUT", "STRUCK"] as const);
    const requests = random.between(1, 3);
    const bit = (): Bit => random.of([true, true, false, null]);
    const bits = <T>(make: () => T) => Array.from({ length: requests }, make);
    const outcome = bits(() => (end === "DECIDED" ? bit() : null));
    const ballots: Verification["ballots"] = {};
    if (random.chance(0.6)) ballots[String(leader)] = bits(() => random.chance(0.7));
    for (const slot of others) if (random.chance(0.8)) ballots[String(slot)] = bits(bit);
    const interval = random.below(2);
    return { kind: "verification", number, interval, leader, seats, end, outcome, ballots };
}

function randomItem(random: Random, number: number, slots: readonly number[]): Item {
    const kind = random.below(20);
    if (kind < 15) return randomContract(random, number, slots);
    if (kind < 18) return randomVerification(random, number, slots);
    if (kind === 18)
        return { kind: "slot", number, interval: random.below(2), leader: random.of(slots) };
    return random.chance(0.8)
        ? randomContract(random, number, slots)
        : { kind: "ejection", slot: random.of(slots) };
}

function randomInput(random: Random): Input {
    const make = random.chance(0.1) ? honestContract : randomItem;
    const slots = drawn(random, Array.from({ length: 30 }, (_, i) => i + 1), random.between(9, 14));
    const input: Input = {
        v: 1,
        members: slots.map((slot) => randomMember(random, slot, slots)),
        closed: Array.from({ length: itemsCount }, (_, i) => make(random, i + 1, slots)),
    };
    if (random.chance(0.8)) input.active = random.of([1, 3, 5, 7, 10, 11, 100]);
    const params: NonNullable<Input["params"]> = {};
    if (random.chance(0.5)) params.reference_wh = random.of([1, 500, 1000, 100_000]);
    if (random.chance(0.2)) params.mode = "paper";
    if (random.chance(0.8)) input.params = params;
    return input;
}

function reached(item: Item, tally: Tally<Class>): void {
    if (item.kind === "slot" || item.kind === "ejection") return tally.reach(item.kind);
    if (item.kind === "verification") return tally.reach(item.end);
    tally.reach(item.cond ?? (item.end === "VOID" ? "VOID" : "SETTLED"));
    if (item.unwitnessed) tally.reach("unwitnessed");
    const leaders = item.stages.flatMap((stage) => {
        for (const { did } of stage.ranks) if (did !== "right") tally.reach(`${did} rank`);
        const right = stage.ranks.find((r) => r.did === "right");
        if (right) tally.reach(`${stage.stage} window`);
        return right ? [right.rank] : [];
    });
    if (leaders.length === 2 && leaders[0] !== leaders[1]) tally.reach("leader changes");
}

interface Answer {
    steps: { role: string; why: string; capped: boolean }[];
    records: { alpha: number | null }[];
    members: { mature: boolean; live: boolean }[];
}

function tallyAnswer(input: Input, answer: Answer, tally: Tally<Class>): void {
    for (const step of answer.steps) {
        if (step.capped) tally.reach("capped");
        if (step.role === "peer" && step.why === "silent") tally.reach("silent bit");
        if (step.role === "peer" && step.why === "false") tally.reach("false bit");
    }
    for (const record of answer.records) if (record.alpha === 2) tally.reach("alpha 2");
    answer.members.forEach((m, i) => {
        if (m.mature && !input.members[i]?.mature) tally.reach("became mature");
        if (!m.live) tally.reach("left");
    });
    if (input.params?.mode === "paper") tally.reach("paper");
}

test("the worked example of score comes out as it is printed", () => {
    const { input, output } = workedExample("score");
    const shortened = output as { members: unknown[] };
    const parsed = JSON.parse(input) as Input;
    const answers = [peerwattJson(["study", "score", "-"], input), score(parsed)];
    for (const answer of answers) {
        const members = (answer["members"] as unknown[]).slice(0, shortened.members.length);
        expect({ ...answer, members }).toEqual(output);
        expect(answer["members"]).toHaveLength(5);
    }
    const said = JSON.stringify(answers[0]);
    expect(said.indexOf(JSON.stringify(shortened.members[0]))).toBeGreaterThan(0); /* keys' order */
});

test(
    "scores agree with a second implementation, and with none in which a rule is bent",
    { timeout: 120_000 },
    async () => {
        const random = new Random(5);
        const tally = new Tally(classes);
        const unseen = new Set<string>(scoreBends);
        for (let i = 0; i < inputsCount; i++) {
            await breathe();
            const input = randomInput(random);
            const text = JSON.stringify(input);
            const answer = peerwattJson(["study", "score", "-"], text);
            const expected = JSON.stringify(score(input));
            if (JSON.stringify(answer) !== expected)
                expect(answer, `PEERWATT_SEED=${runSeed}: ${text}`).toEqual(JSON.parse(expected));
            for (const item of input.closed) reached(item, tally);
            tallyAnswer(input, answer as unknown as Answer, tally);
            for (const bend of scoreBends)
                if (unseen.has(bend) && JSON.stringify(score(input, bend)) !== expected)
                    unseen.delete(bend);
        }
        tally.expectAll();
        expect([...unseen], `broken unseen; PEERWATT_SEED=${runSeed}`).toEqual([]);
    },
);

/** The table of docs/protocol.md section 9: R, x, then the new R of peers, leader and trader. */
function goldenTable(): [number, number, number[]][] {
    const path = fileURLToPath(new URL("../../docs/protocol.md", import.meta.url));
    const section = readFileSync(path, "utf8").split(/^\| R \| x \| peers \|.*$/m)[1] ?? "";
    return [...section.matchAll(/^\| (-?\d+) \| ([+-][\d.]+) \|(.*)\|$/gm)].map((row) => [
        Number(row[1]),
        Number(row[2]),
        (row[3] ?? "").split("|").map(Number),
    ]);
}

/* RULE qot.4: a million Wh, of which 1 is settled or missing, give x = 1.25; in paper mode kappa
   is one, by a reference of 1 Wh the weights are. */
test("the golden table of the protocol comes out for peers, leader and trader", () => {
    const table = goldenTable();
    expect(table.length).toBe(9);
    for (const [score, x, after] of table) {
        const energy_wh = 1_000_000;
        const half = { number: 1, interval: 0, seller: 1, buyer: 2, energy_wh, b_wh: energy_wh };
        const settled = { end: "SETTLED", settled_wh: x === 2 ? energy_wh : 1 };
        const failed = { end: "DECLINED", cond: "C1", s_wh: x === -2 ? 0 : energy_wh };
        const ballots = { 3: true, 4: true };
        const stages = [{ stage: "exec", ranks: [{ rank: 0, did: "right" }], ballots }];
        const closed = [{ ...half, ...(x > 0 ? settled : failed), cluster: [3, 4], stages }];
        const rows = [1, 2, 3, 4].map((slot) => ({ slot, score }));
        const params = { mode: "paper", reference_wh: 1 };
        const text = JSON.stringify({ v: 1, params, members: rows, closed });
        const answer = peerwattJson(["study", "score", "-"], text);
        const scores = (answer["members"] as { score: number }[]).map((m) => m.score);
        expect([scores[3], scores[2], scores[0]]).toEqual(after);
        expect((answer["records"] as { x: number }[])[0]?.x).toBe(x * 65536);
    }
});

const member = (slot: number) => ({ slot });
const members = [1, 2, 3, 4].map(member);
const contract = {
    number: 1,
    interval: 0,
    seller: 1,
    buyer: 2,
    energy_wh: 1000,
    s_wh: 1000,
    b_wh: 900,
    settled_wh: 900,
    end: "SETTLED",
    cond: null,
    unwitnessed: false,
    cluster: [3, 4],
    stages: [],
};
const outline = { kind: "verification", number: 1, interval: 0 };
const block = { ...outline, leader: 1, seats: [2], end: "DECIDED" };

test("an input that no run can leave behind is refused with its field", () => {
    const first = { rank: 0, did: "right" };
    const right = { stage: "exec", ranks: [first], ballots: {} };
    const staged = (stage: object) => ({ closed: [{ ...contract, stages: [stage] }] });
    const ranked = (...ranks: object[]) => staged({ ...right, ranks });
    const impossible: [string, object][] = [
        ["members[0].slot", { members: [{ slot: 0 }] }],
        ["members[0].score", { members: [{ slot: 1, score: 2 ** 30 + 1 }] }],
        ["members[0].score", { members: [{ slot: 1, score: -(2 ** 30) - 1 }] }],
        ["members", { members: [member(1), member(1)] }],
        [
            "members[0].recent",
            { members: [{ slot: 1, recent: Array.from({ length: 33 }, () => 2) }] },
        ],
        ["members[0].partners[0]", { members: [{ slot: 1, partners: [0] }] }],
        ["members[0].live", { members: [{ slot: 1, live: 1 }] }],
        ["active", { active: -1 }],
        ["params.reference_wh", { params: { reference_wh: 0 } }],
        ["params.mode", { params: { mode: "mild" } }],
        ["closed[0].kind", { closed: [{ kind: "order" }] }],
        ["closed[0].seller", { closed: [{ ...contract, seller: 9 }] }],
        ["closed[0].buyer", { closed: [{ ...contract, buyer: 1 }] }],
        ["closed[0].energy_wh", { closed: [{ ...contract, energy_wh: 0 }] }],
        ["closed[0].settled_wh", { closed: [{ ...contract, settled_wh: 901 }] }],
        ["closed[0].settled_wh", { closed: [{ ...contract, settled_wh: 0 }] }],
        ["closed[0].cond", { closed: [{ ...contract, cond: "C1" }] }],
        ["closed[0].cond", { closed: [{ ...contract, end: "DECLINED" }] }],
        ["closed[0].s_wh", { closed: [{ ...contract, end: "DECLINED", cond: "C1", s_wh: 1001 }] }],
        ["closed[0].b_wh", { closed: [{ ...contract, end: "DECLINED", cond: "C3", b_wh: 1001 }] }],
        ["closed[0].cluster", { closed: [{ ...contract, cluster: [3, 3] }] }],
        ["closed[0].cluster", { closed: [{ ...contract, cluster: [9] }] }],
        ["closed[0].stages[1].stage", { closed: [{ ...contract, stages: [right, right] }] }],
        [
            "closed[0].stages[0].ranks[0]",
            { closed: [{ ...contract, cluster: [], stages: [right] }] },
        ],
        ["closed[0].stages[0].ranks[0].rank", ranked({ rank: 2, did: "right" })],
        ["closed[0].stages[0].ranks[0].did", ranked({ rank: 0, did: "slept" })],
        ["closed[0].stages[0].ranks", ranked(first, { rank: 1, did: "silent" })],
        [
            "closed[0].stages[0].ranks",
            ranked(...Array.from({ length: 65 }, () => ({ rank: 1, did: "silent" }))),
        ],
        ["closed[0].stages[0].ballots.3", staged({ ...right, ballots: { 3: null } })],
        ["closed[0].stages[0].ballots", staged({ ...right, ballots: [] })],
        ["closed[0].leader", { closed: [{ ...block, leader: 5 }] }],
        ["closed[0].seats", { closed: [{ ...block, seats: [2, 2] }] }],
        ["closed[0].outcome[0]", { closed: [{ ...block, outcome: [1] }] }],
        [
            "closed[0].outcome",
            { closed: [{ ...block, outcome: Array.from({ length: 65 }, () => true) }] },
        ],
        [
            "closed[0].ballots.2[0]",
            { closed: [{ ...block, outcome: [true], ballots: { 2: [0] } }] },
        ],
        ["closed[0].leader", { closed: [{ kind: "slot", number: 1, interval: 0 }] }],
        ["closed[0].slot", { closed: [{ kind: "ejection", slot: 5 }] }],
    ];
    for (const [place, input] of impossible) {
        const path = file(JSON.stringify({ v: 1, members, ...input }));
        const said = peerwatt(["study", "score", path]);
        expect([said.code, said.stdout], said.stderr).toEqual([2, ""]);
        expect(said.stderr).toContain(`field "${place}"`);
    }
});

test("a missing field has its default, and an empty input an empty answer", () => {
    const empty = { v: 1, steps: [], records: [], members: [] };
    expect(peerwattJson(["study", "score", "-"], '{"members":[]}')).toEqual(empty);
    const input = { v: 1 as const, members, closed: [contract as unknown as Item] };
    const answer = peerwattJson(["study", "score", "-"], JSON.stringify(input));
    expect(answer).toEqual(score(input));
    expect(peerwatt(["study", "score", "-"], JSON.stringify(input)).stdout).toContain("steps: 2");
});
