// SPDX-License-Identifier: Apache-2.0
// `peerwatt study tail` (RULE sample.3) against fractions computed here from the text of the rules:
// sums of binomial coefficients, and for the stratified tail every order of the feeders and every
// lot of RULE sample.6.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import {
    choose,
    fraction,
    isGreater,
    log2Milli,
    one,
    plus,
    times,
    zero,
    type Fraction,
} from "./fractions.js";
import { breathe, file, peerwatt, peerwattJson } from "./peerwatt.js";

interface Question {
    f_ppm: number;
    k: number;
    rule?: "majority" | "third";
    n?: number;
    bad?: number;
    feeders?: number[];
    placement?: number[];
    exact?: boolean;
    target?: number;
    k_max?: number;
}
interface Tail {
    log2_milli: number | null;
    p?: [string, string];
    bad?: number;
    placement?: number[];
}
interface Answer {
    v: number;
    binomial: Tail;
    random: Tail | null;
    stratified: Tail | null;
    smallest_k: { binomial: number | null; random: number | null } | null;
}

function ask(question: Question): Answer {
    return peerwattJson(["study", "tail", "-"], JSON.stringify(question)) as unknown as Answer;
}

/** The smallest whole X that captures: X > k / 2 or X >= k / 3. */
function threshold(question: Question, k: number): number {
    let x = 0;
    while (question.rule === "third" ? 3 * x < k : 2 * x <= k) x++;
    return x;
}

function binomial(question: Question, k: number): Fraction {
    const bad = BigInt(question.f_ppm);
    let ways = 0n;
    for (let x = threshold(question, k); x <= k; x++)
        ways += choose(k, x) * bad ** BigInt(x) * (1_000_000n - bad) ** BigInt(k - x);
    return fraction(ways, 1_000_000n ** BigInt(k));
}

/** P[X = x] of k drawn from n, b of them bad, for x = 0 to k. */
function hypergeometric(n: number, b: number, k: number): Fraction[] {
    return Array.from({ length: k + 1 }, (_, x) =>
        fraction(choose(b, x) * choose(n - b, k - x), choose(n, k)),
    );
}

const sum = (parts: Fraction[]) => parts.reduce(plus, zero);

function random(question: Question, n: number, b: number, k: number): Fraction {
    return sum(hypergeometric(n, b, k).slice(threshold(question, k)));
}

type Law = Map<string, Fraction>; // seats of each feeder, joined by commas

/** One order of the feeders: the walk of RULE sample.6, all lots, each with its probability. */
function walk(order: number[], sizes: number[], k: number, law: Law, weight: Fraction): void {
    const n = sizes.reduce((a, b) => a + b);
    const rest = sizes.map((size) => (k * size) % n);
    const next = (
        at: number,
        seats: number[],
        carried: number | null,
        x: number,
        p: Fraction,
    ): void => {
        const b = order[at];
        if (b === undefined) {
            law.set(seats.join(), plus(law.get(seats.join()) ?? zero, p));
            return;
        }
        const y = rest[b] ?? 0;
        const seated = (f: number) => seats.map((s, i) => (i === f ? s + 1 : s));
        if (y === 0) return next(at + 1, seats, carried, x, p);
        if (carried === null) return next(at + 1, seats, b, y, p);
        const a = carried;
        if (x + y <= n) {
            for (const [stays, share] of [[a, x], [b, y]] as const) {
                const q = times(p, fraction(BigInt(share), BigInt(x + y)));
                if (x + y === n) next(at + 1, seated(stays), null, 0, q);
                else next(at + 1, seats, stays, x + y, q);
            }
        } else {
            for (const [takes, goesOn, share] of [[a, b, n - y], [b, a, n - x]] as const) {
                const q = times(p, fraction(BigInt(share), BigInt(2 * n - x - y)));
                next(at + 1, seated(takes), goesOn, x + y - n, q);
            }
        }
    };
    const whole = sizes.map((size) => Math.floor((k * size) / n));
    next(0, whole, null, 0, weight);
}

function* orders(items: number[]): Generator<number[]> {
    if (items.length === 0) yield [];
    for (const first of items)
        for (const others of orders(items.filter((i) => i !== first))) yield [first, ...others];
}

function lawOfSeats(sizes: number[], k: number): Law {
    const law: Law = new Map();
    const all = [...orders(sizes.map((_, f) => f).filter((f) => (sizes[f] ?? 0) > 0))];
    const weight = fraction(1n, BigInt(all.length));
    for (const order of all) walk(order, sizes, k, law, weight);
    return law;
}

function stratified(
    question: Question,
    law: Law,
    sizes: number[],
    bad: number[],
    k: number,
): Fraction {
    let tail = zero;
    for (const [key, p] of law) {
        let all = [one];
        key.split(",").forEach((seats, f) => {
            const own = hypergeometric(sizes[f] ?? 0, bad[f] ?? 0, Number(seats));
            const product = Array.from({ length: all.length + own.length - 1 }, () => zero);
            all.forEach((u, i) =>
                own.forEach((v, j) => {
                    product[i + j] = plus(product[i + j] ?? zero, times(u, v));
                }),
            );
            all = product;
        });
        tail = plus(tail, times(p, sum(all.slice(threshold(question, k)))));
    }
    return tail;
}

/** All placements of `bad` members, ascending. */
function* placements(sizes: number[], bad: number): Generator<number[]> {
    const [first, ...others] = sizes;
    if (first === undefined) {
        if (bad === 0) yield [];
        return;
    }
    for (let b = 0; b <= Math.min(first, bad); b++)
        for (const more of placements(others, bad - b)) yield [b, ...more];
}

function worst(question: Question, sizes: number[], bad: number, k: number): [Fraction, number[]] {
    const law = lawOfSeats(sizes, k);
    let found: [Fraction, number[]] | undefined;
    for (const placement of placements(sizes, bad)) {
        const p = stratified(question, law, sizes, placement, k);
        if (!found || isGreater(p, found[0])) found = [p, placement];
    }
    if (!found) throw new Error("no placement");
    return found;
}

/** The smallest odd k from which on every odd one holds. */
function smallest(tail: (k: number) => Fraction, target: number, kMax: number): number | null {
    const limit = fraction(1n, 1n << BigInt(target));
    let found: number | null = null;
    for (let k = kMax - (kMax % 2 === 0 ? 1 : 0); k >= 1 && !isGreater(tail(k), limit); k -= 2)
        found = k;
    return found;
}

/** The whole answer with fractions. */
function expected(question: Question): Answer {
    const sizes = question.feeders ?? [];
    const n = question.n ?? (sizes.length > 0 ? sizes.reduce((a, b) => a + b) : undefined);
    const tail = (p: Fraction): Tail => ({
        log2_milli: log2Milli(p),
        p: [p.n.toString(), p.d.toString()],
    });
    const answer: Answer = {
        v: 1,
        binomial: tail(binomial(question, question.k)),
        random: null,
        stratified: null,
        smallest_k: null,
    };
    const target = question.target;
    const kMax = question.k_max ?? n ?? 1001;
    if (target !== undefined) {
        const k = smallest((odd) => binomial(question, odd), target, kMax);
        answer.smallest_k = { binomial: k, random: null };
    }
    if (n === undefined) return answer;
    const bad = question.bad ?? Math.floor((question.f_ppm * n) / 1_000_000);
    const k = Math.min(question.k, n);
    answer.random = { ...tail(random(question, n, bad, k)), bad };
    if (target !== undefined && answer.smallest_k)
        answer.smallest_k.random = smallest(
            (odd) => random(question, n, bad, odd),
            target,
            Math.min(kMax, n),
        );
    if (!question.feeders) return answer;
    const [p, placement] = question.placement
        ? [
              stratified(question, lawOfSeats(sizes, k), sizes, question.placement, k),
              question.placement,
          ]
        : worst(question, sizes, bad, k);
    answer.stratified = { ...tail(p), placement };
    return answer;
}

/** The answer in integers is that of the fractions, or one thousandth more. */
function checkRounded(rounded: Answer, exact: Answer, what: string): void {
    for (const name of ["binomial", "random", "stratified"] as const) {
        const found = rounded[name]?.log2_milli;
        const right = exact[name]?.log2_milli;
        if (typeof found === "number" && typeof right === "number")
            expect([right, right + 1], `${what}, ${name}`).toContain(found);
        else expect(found, `${what}, ${name}`).toBe(right);
        expect(rounded[name]?.p, what).toBeUndefined();
    }
    expect(rounded.smallest_k, what).toEqual(exact.smallest_k);
    expect(rounded.stratified?.placement, what).toEqual(exact.stratified?.placement);
}

const seed = Number(process.env["PEERWATT_SEED"] ?? 1904);

/** mulberry32: 0 to below - 1 */
function randomFrom(start: number): (below: number) => number {
    let state = start;
    return (below) => {
        state = (state + 0x6d2b79f5) | 0;
        let z = Math.imul(state ^ (state >>> 15), 1 | state);
        z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
        return ((z ^ (z >>> 14)) >>> 0) % below;
    };
}

const reached: Record<string, number> = {};
function count(what: string, happened: boolean): void {
    reached[what] = (reached[what] ?? 0) + (happened ? 1 : 0);
}

function countAnswer(question: Question, answer: Answer): void {
    const tails = [answer.binomial, answer.random, answer.stratified];
    count("impossible", tails.some((t) => t?.log2_milli === null));
    count("certain", tails.some((t) => t?.log2_milli === 0));
    count("even k", question.k % 2 === 0);
    count("third", question.rule === "third");
    count("more seats than members", question.k > (answer.random ? (question.n ?? 30) : 1e9));
    count("stratified", answer.stratified !== null);
    count("worst placement", answer.stratified !== null && !question.placement);
    const n = (question.feeders ?? []).reduce((a, b) => a + b, 0);
    count("lots", (question.feeders ?? []).some((size) => (question.k * size) % n > 0));
    count("smallest k", typeof answer.smallest_k?.binomial === "number");
    count("no smallest k", answer.smallest_k?.binomial === null);
    count("smallest k at random", typeof answer.smallest_k?.random === "number");
}

function compare(question: Question, what: string): void {
    const right = expected(question);
    const told = `${what}: ${JSON.stringify(question)}`;
    expect(ask({ ...question, exact: true }), told).toEqual(right);
    checkRounded(ask(question), right, told);
    countAnswer(question, right);
}

/** An infinite or finite urn; sometimes with nobody or everybody bad. */
function drawUrn(below: (n: number) => number): Question {
    const share = [0, 1_000_000, 500_000, 250_000][below(30)] ?? below(600_000);
    const question: Question = { f_ppm: share, k: 1 + below(45) };
    if (below(2) === 1) question.rule = below(3) > 0 ? "third" : "majority";
    if (below(3) > 0) question.n = 1 + below(40);
    if (question.n !== undefined && below(2) === 1) question.bad = below(question.n + 1);
    if (below(2) === 1) question.target = below(12);
    if (below(2) === 1 || question.target !== undefined) question.k_max = 1 + below(60);
    return question;
}

/** Small feeders, often of equal sizes, some empty; half the time with a placement. */
function drawFeeders(below: (n: number) => number): Question {
    const feeders = Array.from({ length: 1 + below(5) }, () => below(7));
    feeders[0] = 1 + below(6);
    const n = feeders.reduce((a, b) => a + b);
    const question: Question = { f_ppm: below(700_000), k: 1 + below(n + 2), feeders };
    if (below(2) === 1) question.rule = "third";
    if (below(2) === 1) question.placement = feeders.map((size) => below(size + 1));
    else if (n > 14) question.bad = below(5);
    return question;
}

test("some hundred random urns agree with fractions, digit for digit", async () => {
    const below = randomFrom(seed);
    for (let i = 0; i < 250; i++) {
        await breathe();
        compare(drawUrn(below), `seed ${seed}, urn ${i}`);
    }
}, 120_000);

test("some hundred random lists of feeders agree with every order and every lot", async () => {
    const below = randomFrom(seed + 1);
    for (let i = 0; i < 200; i++) {
        await breathe();
        compare(drawFeeders(below), `seed ${seed}, feeders ${i}`);
    }
    const least = Object.values(reached).reduce((a, b) => Math.min(a, b));
    expect(least, JSON.stringify(reached)).toBeGreaterThan(10);
    expect(Object.keys(reached).length).toBe(11);
}, 120_000);

test("the worked example of the formats follows from the rules", () => {
    const path = fileURLToPath(new URL("../../docs/study-json.md", import.meta.url));
    const section = readFileSync(path, "utf8").split(/^## /m).find((s) => s.startsWith("tail "));
    const blocks = [...(section ?? "").matchAll(/^```json\n(.*?)^```/gms)].map((m) => m[1] ?? "");
    expect(blocks.length).toBe(2);
    const question = JSON.parse(blocks[0] ?? "") as Question;
    const answer = JSON.parse(blocks[1] ?? "") as Answer;
    expect(ask(question)).toEqual(answer);
    expect(expected(question)).toEqual(answer);
    checkRounded(ask({ ...question, exact: false }), answer, "worked example");
});

test("a cluster of 99 of 1,000 with a fifth bad: 2^-40.8, by the bound 2^-36.1", () => {
    const answer = ask({ f_ppm: 200_000, k: 99, n: 1000, target: 40 });
    expect(answer.random).toEqual({ log2_milli: -40816, bad: 200 });
    expect(answer.binomial.log2_milli).toBe(-36132);
    expect(answer.smallest_k).toEqual({ binomial: 111, random: 99 });
    expect(ask({ f_ppm: 200_000, k: 111 }).binomial.log2_milli).toBeLessThan(-40_000);
    expect(ask({ f_ppm: 200_000, k: 109 }).binomial.log2_milli).toBeGreaterThan(-40_000);
    const exact = ask({ f_ppm: 200_000, k: 99, n: 1000, exact: true });
    checkRounded({ ...answer, smallest_k: null }, exact, "99 of 1,000");
});

test("ten feeders of real size are answered, with their fraction too", () => {
    const feeders = [80, 90, 100, 110, 120, 130, 140, 70, 60, 50];
    const placement = feeders.map((size) => size / 5);
    const question: Question = { f_ppm: 200_000, k: 99, feeders, placement };
    const exact = ask({ ...question, exact: true });
    checkRounded(ask(question), exact, "ten feeders");
    const bound = exact.binomial.log2_milli ?? 0;
    expect(exact.stratified?.log2_milli).toBeLessThan(bound);
});

test("a million members and thirds near a third are answered", () => {
    const million = ask({ f_ppm: 200_000, k: 111, n: 1_000_000, target: 40 });
    expect(million.smallest_k).toEqual({ binomial: 111, random: 111 });
    const thirds = ask({ f_ppm: 330_000, k: 989_932, rule: "third", k_max: 1_000_000 });
    expect(thirds.binomial.log2_milli).toBe(-40_001);
});

test("for people the same stands in lines", () => {
    const said = peerwatt(["study", "tail", file('{"f_ppm":200000,"k":99,"n":1000,"target":40}')]);
    expect(said.stdout).toBe(
        "binomial: log2_milli -36132\nrandom: log2_milli -40816, bad 200\nstratified: -\n" +
            "smallest_k: binomial 111, random 99\n",
    );
});

test("what is just within the limits is answered", () => {
    const eleven = Array.from({ length: 11 }, (_, i) => 101 + i);
    const possible: Question[] = [
        { f_ppm: 1_000_000, k: 1 },
        { f_ppm: 200_000, k: 10_000, exact: true },
        { f_ppm: 1, k: 2 ** 24, n: 2 ** 24 },
        { f_ppm: 1, k: 1, feeders: [2 ** 24 - 1, 1], placement: [0, 1], bad: 1 },
        { f_ppm: 1, k: 99, feeders: eleven, placement: eleven.map(() => 1) },
        { f_ppm: 4000, k: 3, feeders: Array.from({ length: 256 }, () => 1) },
        { f_ppm: 0, k: 3, target: 2 ** 20, k_max: 2 ** 24 },
    ];
    for (const question of possible)
        expect(ask(question).binomial, JSON.stringify(question)).toBeDefined();
});

test("what is impossible or too large exits with 2 and names the field", () => {
    const twelve = Array.from({ length: 12 }, (_, i) => 101 + i);
    const impossible: [string, object][] = [
        ["f_ppm", { k: 3 }],
        ["f_ppm", { f_ppm: 1_000_001, k: 3 }],
        ["k", { f_ppm: 1 }],
        ["k", { f_ppm: 1, k: 0 }],
        ["k", { f_ppm: 1, k: 2 ** 24 + 1 }],
        ["rule", { f_ppm: 1, k: 3, rule: "half" }],
        ["rule", { f_ppm: 1, k: 3, rule: 2 }],
        ["exact", { f_ppm: 1, k: 3, exact: 1 }],
        ["exact", { f_ppm: 1, k: 10_001, exact: true }],
        ["n", { f_ppm: 1, k: 3, n: 0 }],
        ["n", { f_ppm: 1, k: 3, n: 9, feeders: [3, 5] }],
        ["bad", { f_ppm: 1, k: 3, n: 9, bad: 10 }],
        ["feeders", { f_ppm: 1, k: 3, feeders: [] }],
        ["feeders", { f_ppm: 1, k: 3, feeders: [0, 0] }],
        ["feeders", { f_ppm: 1, k: 3, feeders: [3, -1] }],
        ["feeders", { f_ppm: 1, k: 3, feeders: 3 }],
        ["feeders", { f_ppm: 1, k: 3, feeders: [2 ** 24, 1] }],
        ["feeders", { f_ppm: 1, k: 3, feeders: Array.from({ length: 257 }, () => 1) }],
        ["feeders", { f_ppm: 1, k: 99, feeders: twelve, placement: twelve.map(() => 1) }],
        ["feeders", { f_ppm: 200_000, k: 99, feeders: twelve.slice(5) }],
        ["placement", { f_ppm: 1, k: 3, feeders: [3, 5], placement: [4, 0] }],
        ["placement", { f_ppm: 1, k: 3, feeders: [3, 5], placement: [1] }],
        ["placement", { f_ppm: 1, k: 3, feeders: [3, 5], placement: [1, 1], bad: 3 }],
        ["placement", { f_ppm: 1, k: 3, placement: [1] }],
        ["target", { f_ppm: 1, k: 3, target: -1 }],
        ["target", { f_ppm: 1, k: 3, target: 2 ** 20 + 1 }],
        ["k_max", { f_ppm: 1, k: 3, target: 4, k_max: 0 }],
    ];
    for (const [field, input] of impossible) {
        const said = peerwatt(["study", "tail", "-"], JSON.stringify(input));
        expect([said.code, said.stdout], JSON.stringify(input)).toEqual([2, ""]);
        expect(said.stderr).toContain(`field "${field}"`);
    }
});
