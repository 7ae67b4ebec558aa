// SPDX-License-Identifier: Apache-2.0
// `peerwatt study qot`: equation (2) of the paper to the letter, and the defects it has.
import { expect, test } from "vitest";
import { peerwatt, peerwattJson } from "./peerwatt.js";
import { Random, runSeed, Tally } from "./random.js";

interface Row {
    v: string;
    L: string;
    f: string;
    Q: string;
    saturated: boolean;
}
interface Input {
    x: bigint[];
    alpha: number[];
    v: bigint;
    L: bigint;
    S: bigint;
    B: bigint;
}
const one = 65536n;
const end = 2n ** 62n;

/** BigInt goes out and comes back as text: 2^62 is beyond what JSON.parse can hold. */
function ask(input: Input, words: string[] = []): Row[] {
    const text = JSON.stringify(input, (_, value: unknown) =>
        typeof value === "bigint" ? `#${value}#` : value,
    ).replace(/"#(-?\d+)#"/g, "$1");
    const said = peerwatt(["study", "qot", "-", "--json", ...words], text);
    expect(said.code, said.stderr).toBe(0);
    const answer = said.stdout.replace(/:(-?\d+)/g, ':"$1"').replace('"v":"1"', '"v":1');
    return (JSON.parse(answer) as { transactions: Row[] }).transactions;
}

/** Eq. (2) again: v x, L x^3, (S + B | S | B) x^5, in exact numbers, cut at 2^62. */
function expected(input: Input): Row[] {
    let { v, L } = input;
    let saturated = false;
    const cut = (value: bigint) => {
        if (value >= -end && value <= end) return value;
        saturated = true;
        return value < 0n ? -end : end;
    };
    const size = (value: bigint) => (value < 0n ? -value : value);
    const times = (a: bigint, b: bigint) => {
        const product = (size(a) * size(b)) / one;
        return cut(a < 0n === b < 0n ? product : -product);
    };
    return input.x.map((x, i) => {
        const x2 = times(x, x);
        const x3 = times(x2, x);
        const x5 = times(x3, x2);
        v = times(v, x);
        L = times(L, x3);
        const alpha = input.alpha[i];
        let stake = 0n;
        if (x > 0n) stake = cut(input.S + input.B);
        else if (x < 0n && alpha === 1) stake = input.S;
        else if (x < 0n && alpha === -1) stake = input.B;
        const f = times(stake, x5);
        const q = cut(v + L + f);
        return { v: String(v), L: String(L), f: String(f), Q: String(q), saturated };
    });
}

const start = { v: one, L: one, S: one, B: one };
const twelve = 78643n; /* 1.2 */

test("the paper's score flips its sign with each failure and stays at zero", () => {
    const x = [twelve, twelve, twelve, -twelve, -twelve];
    const rows = ask({ ...start, x, alpha: [0, 0, 0, 1, 1] }, ["--paper"]);
    expect(rows.map((row) => Number(row.v) > 0)).toEqual([true, true, true, false, true]);
    expect(Number(rows[4]?.v)).toBeGreaterThan(Number(rows[2]?.v)); /* two failures raise it */
    expect(Number(rows[3]?.f)).toBeLessThan(0);
    const bad = ask({ ...start, S: -one, x: [-twelve], alpha: [1] });
    expect(Number(bad[0]?.f)).toBeGreaterThan(0); /* a bad seller is rewarded */
    const zero = ask({ ...start, x: [0n, twelve], alpha: [0, 0] });
    expect([zero[1]?.v, zero[1]?.L, zero[0]?.f]).toEqual(["0", "0", "0"]);
});

test("the paper's score grows to 2^62, says so and goes on saying so", () => {
    const x = [...Array.from({ length: 20 }, () => 2n * one), one / 4n];
    const rows = ask({ ...start, x, alpha: x.map(() => 0) });
    expect(rows[14]?.saturated).toBe(false); /* L = 2^45 in units of 2^-16 */
    expect(rows[15]).toMatchObject({ L: String(end), saturated: true });
    expect(rows[19]?.Q).toBe(String(end));
    expect(rows[20]?.saturated).toBe(true);
    expect(rows[20]?.L).not.toBe(String(end));
});

test("the recurrences agree with exact numbers on random rows", () => {
    const random = new Random(6);
    const tally = new Tally(["saturated", "not", "success", "seller", "buyer", "nobody"]);
    const value = () => BigInt(random.below(2 ** 31)) * (random.chance(0.5) ? one : 1n);
    const signed = () => (random.chance(0.4) ? -value() : value()) >> BigInt(random.below(48));
    for (let i = 0; i < 60; i++) {
        const usual = () => BigInt(random.between(40000, 131072)) * (random.chance(0.7) ? 1n : -1n);
        const x = Array.from({ length: 40 }, () => (random.chance(0.1) ? signed() : usual()));
        const alpha = x.map(() => random.of([1, -1, 0, 2]));
        const input = { x, alpha, v: signed(), L: signed(), S: signed(), B: signed() };
        const rows = ask(input);
        expect(rows, `PEERWATT_SEED=${runSeed}`).toEqual(expected(input));
        x.forEach((value, at) => {
            const party = alpha[at] === 1 ? "seller" : alpha[at] === -1 ? "buyer" : "nobody";
            tally.reach(value > 0n ? "success" : party);
            tally.reach(rows[at]?.saturated ? "saturated" : "not");
        });
    }
    tally.expectAll();
});

test("qot refuses what is no row of transactions", () => {
    const right = { x: [1], alpha: [0], v: 1, L: 1, S: 1, B: 1 };
    const empty = { ...right, x: [], alpha: [] };
    expect(peerwattJson(["study", "qot", "-"], JSON.stringify(empty))["transactions"]).toEqual([]);
    const impossible: [string, string][] = [
        ["alpha", JSON.stringify({ ...right, alpha: [] })],
        ["x[0]", JSON.stringify({ ...right, x: ["1"] })],
        ["x[0]", JSON.stringify({ ...right, x: [0.5] })],
        ["x[0]", JSON.stringify(right).replace("[1]", `[${end + 1n}]`)],
        ["B", JSON.stringify({ x: [1], alpha: [0], v: 1, L: 1, S: 1 })],
        ["S", JSON.stringify(right).replace('"S":1', `"S":${-end - 1n}`)],
    ];
    for (const [field, text] of impossible) {
        const said = peerwatt(["study", "qot", "-"], text);
        expect([said.code, said.stdout], said.stderr).toEqual([2, ""]);
        expect(said.stderr).toContain(`field "${field}"`);
    }
    expect(peerwatt(["study", "qot", "-"], "[]").stderr).toContain("JSON_SYNTAX");
});
