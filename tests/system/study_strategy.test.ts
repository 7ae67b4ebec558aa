// SPDX-License-Identifier: Apache-2.0
// `peerwatt study strategy` against the model of strategy_model.ts, on homes made at random.
import { expect, test } from "vitest";
import { workedExample } from "./examples.js";
import { file, peerwatt, peerwattJson } from "./peerwatt.js";
import { Random, runSeed, Tally } from "./random.js";
import { strategy, strategyBends } from "./strategy_model.js";
import type { Case, Run, StrategyBend } from "./strategy_model.js";

const inputs = 10_000;
const perProcess = 250;

const classes = [
    ...["forward", "measured"].flatMap((r) => [`${r} offer`, `${r} bid`, `${r} nothing`]),
    ...["no base", "19 errors or fewer by a gap", "hours", "quarters", "five minutes", "capped"],
] as const;

/** Long runs with gaps; the last days come out whole often enough. */
function randomHistory(random: Random, c: { interval: number; interval_ms: number }): Run[] {
    const day = 86400000 / c.interval_ms;
    const hour = Math.max(1, Math.floor(3600000 / c.interval_ms));
    const gaps = random.of([0, 0, 0.02, 0.1]);
    const spread = random.of([0, 30, 300]);
    const level = random.of([-400, -60, 0, 60, 400]);
    const runs: Run[] = [];
    const add = (from: number, count: number) => {
        const start = Math.max(0, from, ...runs.slice(-1).map((r) => r.from + r.net_wh.length));
        const values = Array.from({ length: Math.max(0, from + count - start) }, () =>
            Math.round(level + spread * (random.below(2001) / 1000 - 1)),
        );
        let run: Run | undefined;
        values.forEach((wh, i) => {
            if (random.chance(gaps)) run = undefined;
            else if (run) run.net_wh.push(wh);
            else runs.push((run = { from: start + i, net_wh: [wh] }));
        });
    };
    for (let d = random.of([3, 7, 7, 8]); d >= 1; d--)
        add(c.interval - d * day - 3 * hour, 4 * hour + random.between(0, 3));
    if (random.chance(0.97)) add(c.interval - random.between(1, 3), random.between(1, 4));
    return runs;
}

function randomForward(random: Random): Case {
    const interval_ms = random.of([3600000, 3600000, 2700000, 1800000, 900000, 300000]);
    const day = 86400000 / interval_ms;
    const interval = random.between(random.of([0, 7 * day, 8 * day]), 9 * day);
    const history = random.chance(0.02)
        ? []
        : randomHistory(random, { interval, interval_ms });
    return { round: "forward", interval, interval_ms, history };
}

function randomMeasured(random: Random): Case {
    const c: Case = { round: "measured" };
    const wh = () => (random.chance(0.3) ? 0 : random.below(random.of([3, 40, 900])));
    if (random.chance(0.9)) c.delivered_wh = wh();
    if (random.chance(0.9)) c.taken_wh = wh();
    if (random.chance(0.4)) c.sold_wh = wh();
    if (random.chance(0.4)) c.bought_wh = wh();
    return c;
}

function randomCase(random: Random): Case {
    const c = random.chance(0.6) ? randomForward(random) : randomMeasured(random);
    if (random.chance(0.2)) c.feed_in = random.between(0, 200000);
    if (random.chance(0.2)) c.retail = random.between(200001, 400000);
    if (random.chance(0.2)) c.own_feed_in = random.between(0, 350000);
    if (random.chance(0.2)) c.own_retail = random.between(0, 450000);
    if (random.chance(0.4)) c.slider_ppm = random.of([0, 1, 333333, 500001, 1000000]);
    if (random.chance(0.2)) c.cap_wh = random.below(random.of([1, 60, 600]));
    if (random.chance(0.2)) c.order_min_wh = random.between(1, 50);
    if (random.chance(0.2)) c.offer_max_wh = random.below(400);
    if (random.chance(0.2)) c.bid_max_wh = random.below(400);
    return c;
}

function tell(tally: Tally<string>, c: Case): void {
    const order = strategy(c);
    tally.reach(`${c.round} ${order?.side ?? "nothing"}`);
    if (c.cap_wh !== undefined && order && order.energy_wh <= c.cap_wh) tally.reach("capped");
    if (c.round !== "forward") return;
    if (c.history?.length === 0) tally.reach("no base");
    if (!order && strategy(c, "nineteen errors are enough"))
        tally.reach("19 errors or fewer by a gap");
    if (c.interval_ms === 3600000) tally.reach("hours");
    if (c.interval_ms === 900000) tally.reach("quarters");
    if (c.interval_ms === 300000) tally.reach("five minutes");
}

test("the worked example of strategy comes out as it is printed", () => {
    const { input, output } = workedExample("strategy");
    expect(peerwattJson(["study", "strategy", "-"], input)).toEqual(output);
    const { cases } = JSON.parse(input) as { cases: Case[] };
    expect({ v: 1, orders: cases.map((c) => strategy(c)) }).toEqual(output);
});

test("strategies agree with a second implementation, and with none in which a rule is bent", () => {
    const random = new Random(23);
    const tally = new Tally<string>(classes);
    const unnoticed = new Set<StrategyBend>(strategyBends);
    for (let i = 0; i < inputs; i += perProcess) {
        const cases = Array.from({ length: perProcess }, () => randomCase(random));
        const answer = peerwattJson(["study", "strategy", "-"], JSON.stringify({ v: 1, cases }));
        const orders = answer["orders"] as unknown[];
        for (const [at, c] of cases.entries()) {
            const expected = strategy(c);
            expect(orders[at], `PEERWATT_SEED=${runSeed}: ${JSON.stringify(c)}`).toEqual(expected);
            tell(tally, c);
            const said = JSON.stringify(expected);
            for (const bend of unnoticed)
                if (JSON.stringify(strategy(c, bend)) !== said) unnoticed.delete(bend);
        }
    }
    tally.expectAll();
    expect([...unnoticed], `PEERWATT_SEED=${runSeed}`).toEqual([]);
}, 120_000);

test("an input of strategy that cannot be is refused with its field", () => {
    const forward = { round: "forward", interval: 5 };
    const wrong: [object, string][] = [
        [{}, "cases[0].round"],
        [{ round: "later" }, "later"],
        [{ round: "forward" }, "cases[0].interval"],
        [{ ...forward, interval_ms: 59999 }, "interval_ms"],
        [{ ...forward, interval_ms: 70000 }, "interval_ms"],
        [{ ...forward, history: [{ net_wh: [1] }] }, "history[0].from"],
        [{ ...forward, history: [{ from: 1, net_wh: [0.5] }] }, "history[0].net_wh[0]"],
        [{ ...forward, history: [{ from: 1, net_wh: [1e12 + 1] }] }, "history[0].net_wh[0]"],
        [{ ...forward, history: [{ from: 3, net_wh: [1, 2] }, { from: 4 }] }, "history[1].from"],
        [{ ...forward, history: [{ from: 0 }, { from: 1048577 }] }, "history[1].from"],
        [{ round: "measured", taken_wh: -1 }, "taken_wh"],
        [{ round: "measured", feed_in: 300000 }, "feed_in"],
        [{ round: "measured", retail: 80000 }, "feed_in"],
        [{ round: "measured", slider_ppm: 1000001 }, "slider_ppm"],
        [{ round: "measured", order_min_wh: 0 }, "order_min_wh"],
    ];
    for (const [c, field] of wrong) {
        const said = peerwatt(["study", "strategy", file(JSON.stringify({ cases: [c] }))]);
        expect([said.code, said.stdout], said.stderr).toEqual([2, ""]);
        expect(said.stderr).toContain(field);
    }
});
