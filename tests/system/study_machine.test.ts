// SPDX-License-Identifier: Apache-2.0
// `peerwatt study machine` against the models of machine_model.ts, on sequences made at random.
import { expect, test } from "vitest";
import { workedExample } from "./examples.js";
import * as model from "./machine_model.js";
import type { OrderEvent, RequestEvent, Round } from "./machine_model.js";
import { file, peerwatt, peerwattJson } from "./peerwatt.js";
import { Random, runSeed, Tally } from "./random.js";

const sequences = 10_000;
const perProcess = 1_000;

interface OrderRun {
    machine: "order";
    round?: Round;
    events: OrderEvent[];
}

interface RequestRun {
    machine: "request";
    expires_ms: number;
    attempts_max: number;
    events: RequestEvent[];
}

const pairs = (states: readonly string[], events: readonly string[]) =>
    states.flatMap((state) => events.map((event) => `${state} ${event}`));

function playRequest(run: RequestRun, bend?: string): model.RequestStep[] {
    const m = new model.RequestModel(run.expires_ms, run.attempts_max, bend);
    return run.events.map((e) => m.step(e));
}

const play = (run: OrderRun | RequestRun, bend?: string) =>
    run.machine === "order"
        ? model.runOrder(run.round ?? "forward", run.events, bend)
        : playRequest(run, bend);

/** Compare run by run, count every pair of state and event, and strike off the bends noticed. */
function compare(
    runs: readonly (OrderRun | RequestRun)[],
    start: string,
    tally: Tally<string>,
    unnoticed: Set<string>,
): void {
    const answer = peerwattJson(["study", "machine", "-"], JSON.stringify({ v: 1, runs }));
    const said = answer["runs"] as { state: string }[][];
    for (const [i, run] of runs.entries()) {
        const expected = play(run);
        expect(said[i], `PEERWATT_SEED=${runSeed}: ${JSON.stringify(run)}`).toEqual(expected);
        const states = [start, ...expected.map((step) => step.state)];
        for (const [at, e] of run.events.entries()) tally.reach(`${states[at] ?? ""} ${e.event}`);
        for (const step of expected) tally.reach(step.code);
        const text = JSON.stringify(expected);
        for (const bend of unnoticed)
            if (JSON.stringify(play(run, bend)) !== text) unnoticed.delete(bend);
    }
}

function randomOrder(random: Random): OrderRun {
    const flag = () => random.chance(0.5);
    const events = Array.from({ length: random.between(1, 6) }, () => {
        const e: OrderEvent = { event: random.of(model.orderKinds) };
        if (flag()) e.by_owner = random.chance(0.7);
        if (flag()) e.quiet = random.chance(0.3);
        if (flag()) e.missed = flag();
        if (flag()) e.filled = flag();
        if (flag()) e.stated = flag();
        return e;
    });
    return { machine: "order", round: random.of(["forward", "measured"] as const), events };
}

/** What takes a request on, so that sequences get far. */
const onward: Record<string, readonly RequestEvent["event"][]> = {
    PENDING: ["block", "block", "block", "admit", "lapse"],
    VOTING: ["vote", "vote", "vote", "vote", "decide", "decide", "seat_lost", "deadline"],
    VERIFIED: ["cert", "vote", "lapse"],
    ACTIVE: ["vote", "revoke", "eject", "depart"],
};

function randomRequestEvent(random: Random, m: model.RequestModel): RequestEvent {
    const kinds = random.chance(0.6) ? onward[m.state] : undefined;
    const e: RequestEvent = { event: random.of(kinds ?? model.requestKinds) };
    if (random.chance(0.9)) e.a_ms = random.between(0, 12) * 5;
    if (random.chance(0.9)) e.t_ms = random.between(0, 12) * 5;
    if (random.chance(0.9)) e.seat = random.between(0, m.seats);
    if (random.chance(0.9)) e.seats = random.between(1, random.of([3, 6, 9]));
    if (random.chance(0.9)) e.deadline_ms = random.between(4, 10) * 5;
    if (random.chance(0.5)) e.accepts = random.chance(0.5);
    if (random.chance(0.5)) e.agrees = random.chance(0.5);
    if (random.chance(0.2)) e.may_admit = random.chance(0.5);
    if (random.chance(0.2)) e.waited = random.chance(0.5);
    if (random.chance(0.2)) e.csr_matches = random.chance(0.5);
    const open = m.openSeats();
    if (e.event === "vote" && open.length > 0 && random.chance(0.5))
        return { ...e, seat: random.of(open), a_ms: random.between(0, 4) * 5 };
    if (e.event !== "seat_lost" || m.state !== "VOTING") return e;
    return open.length > 0 ? { ...e, seat: random.of(open) } : { ...e, event: "decide" };
}

function randomRequest(random: Random): RequestRun {
    const expires_ms = random.between(9, 13) * 5;
    const attempts_max = random.between(1, 3);
    const m = new model.RequestModel(expires_ms, attempts_max);
    const events = Array.from({ length: random.between(1, 20) }, () => {
        const e = randomRequestEvent(random, m);
        m.step(e);
        return e;
    });
    return { machine: "request", expires_ms, attempts_max, events };
}

test("the worked example of machine comes out as it is printed", () => {
    const { input, output } = workedExample("machine");
    expect(peerwattJson(["study", "machine", "-"], input)).toEqual(output);
    const { runs } = JSON.parse(input) as { runs: (OrderRun | RequestRun)[] };
    expect({ v: 1, runs: runs.map((run) => play(run)) }).toEqual(output);
});

test("orders agree with a second implementation, and with none in which a row is bent", () => {
    const random = new Random(21);
    const codes = ["OK", "CLOSED", "LATE", "NOT_MEMBER", "WRONG_STATE"];
    const tally = new Tally([...pairs(model.orderStates, model.orderKinds), ...codes]);
    const unnoticed = new Set(model.orderBends);
    for (let i = 0; i < sequences; i += perProcess) {
        const runs = Array.from({ length: perProcess }, () => randomOrder(random));
        compare(runs, "OPEN", tally, unnoticed);
    }
    tally.expectAll();
    expect([...unnoticed], `PEERWATT_SEED=${runSeed}`).toEqual([]);
}, 120_000);

test("requests agree with a second implementation, and with none in which a row is bent", () => {
    const random = new Random(22);
    const codes = ["OK", "CLOSED", "EARLY", "LATE", "NOT_MEMBER", "VOTED", "WRONG_STATE"];
    const tally = new Tally([...pairs(model.requestStates, model.requestKinds), ...codes]);
    const unnoticed = new Set(model.requestBends);
    for (let i = 0; i < sequences; i += perProcess) {
        const runs = Array.from({ length: perProcess }, () => randomRequest(random));
        compare(runs, "PENDING", tally, unnoticed);
    }
    tally.expectAll();
    expect([...unnoticed], `PEERWATT_SEED=${runSeed}`).toEqual([]);
}, 120_000);

test("an input of machine that cannot be is refused with its field", () => {
    const block = { event: "block", seats: 3, deadline_ms: 9 };
    const request = { machine: "request", expires_ms: 9 };
    const wrong: [object, string][] = [
        [{ machine: "contract" }, "runs[0].machine"],
        [{ machine: "order", round: "both" }, "runs[0].round"],
        [{ machine: "order", events: [{ event: "wait" }] }, "runs[0].events[0].event"],
        [{ machine: "order", events: [{ event: "gate", missed: 1 }] }, "events[0].missed"],
        [{ machine: "order", events: [7] }, "runs[0].events[0]"],
        [{ machine: "request" }, "runs[0].expires_ms"],
        [{ ...request, attempts_max: 0 }, "attempts_max"],
        [{ ...request, events: [{ ...block, seats: 64 }] }, "events[0].seats"],
        [{ ...request, events: [{ event: "vote", seat: 63 }] }, "events[0].seat"],
        [{ ...request, events: [block, { event: "seat_lost", seat: 0 }] }, "events[1].seat"],
        [{ ...request, events: [block, { event: "seat_lost", seat: 3 }] }, "events[1].seat"],
    ];
    for (const [run, field] of wrong) {
        const said = peerwatt(["study", "machine", file(JSON.stringify({ runs: [run] }))]);
        expect([said.code, said.stdout], said.stderr).toEqual([2, ""]);
        expect(said.stderr).toContain(field);
    }
});
