// SPDX-License-Identifier: Apache-2.0
// `peerwatt study continuous` against its worked example and a second implementation.
import { expect, test } from "vitest";
import { type Flow, type Ran, RULES, type Rule, runFlow } from "./continuous_model.js";
import { workedExample } from "./examples.js";
import { bookText, Random, randomBook } from "./market_books.js";
import type { Order } from "./market_reference.js";
import { breathe, peerwatt, peerwattJson } from "./peerwatt.js";

const ran = (text: string) => peerwattJson(["study", "continuous", "-"], text);

test("the worked example of docs/study-json.md comes out as written", () => {
    const { input, output } = workedExample("continuous");
    expect(ran(input)).toEqual(output);
});

/** About 64 orders that hardly anybody may take, in front of one that fits. */
function crowd(r: Random, flow: Flow): void {
    const { book } = flow;
    const isBid = r.chance(50);
    const side = isBid ? book.bids : book.offers;
    const [who] = book.members.keys();
    const limit = isBid ? book.retail : book.feedIn;
    const count = r.pick([63, 64, 64, 70]);
    const order = (i: number, price: bigint, min_score: number): Order => ({
        id: `c${i}`,
        no: 0,
        who: who ?? "",
        energy: 100n,
        limit: price,
        min_score,
        feeder_first: false,
    });
    side.length = 0;
    for (let i = 0; i < count; i++) side.push(order(i, limit, 7));
    side.push(order(count, isBid ? limit - 1n : limit + 1n, 0));
}

function randomFlow(seed: number): Flow {
    const book = randomBook(seed);
    const r = new Random(seed ^ 0x5eed);
    const flow: Flow = { book, heights: new Map(), seeds: [] };
    book.orderMin = BigInt(r.pick([1, 1, 10, 40]));
    if (r.chance(8)) crowd(r, flow);
    // Scores are in the way of some flows only, or hardly anything would meet.
    if (r.chance(50)) for (const m of book.members.values()) m.score = 0;
    const orders = [...book.bids, ...book.offers];
    if (r.chance(50)) for (const o of orders) if (r.chance(80)) o.min_score = 0;
    // Money that is just enough for so many Wh, or a micro off.
    for (const o of book.bids)
        if (book.funds.has(o.who) && r.chance(50))
            book.funds.set(o.who, (BigInt(r.below(100)) * o.limit) / 1000n + BigInt(r.below(3)));
    const crowded = orders.filter((o) => o.id.startsWith("c"));
    const others = orders.filter((o) => !o.id.startsWith("c"));
    for (let i = others.length - 1; i > 0; i--) {
        const j = r.below(i + 1);
        [others[i], others[j]] = [others[j] as Order, others[i] as Order];
    }
    let [no, height] = [r.below(3), r.below(4)];
    for (const o of [...crowded, ...others]) {
        o.no = no;
        no += 1 + r.below(3);
        const chance = o === others[0] ? 100 : crowded.includes(o) ? 0 : 30;
        if (r.chance(chance)) height += 1 + r.below(3);
        flow.heights.set(o.id, height);
    }
    for (let h = r.below(3); h <= height + 2; h += 1 + r.below(4))
        if (r.chance(80)) flow.seeds.push({ height: h, seed: r64(r) });
    return flow;
}

const r64 = (r: Random) =>
    Array.from({ length: 8 }, () => r.next().toString(16).padStart(8, "0")).join("");

function flowText(flow: Flow): string {
    const book = JSON.parse(bookText(flow.book)) as Record<"bids" | "offers", { id: string }[]>;
    const tall = (o: { id: string }) => ({ ...o, height: flow.heights.get(o.id) });
    return JSON.stringify({
        ...book,
        bids: book.bids.map(tall),
        offers: book.offers.map(tall),
        seeds: flow.seeds,
    });
}

/** What both must say, in the program's form. */
function expected(flow: Flow, said: Ran): Record<string, unknown> {
    const byNumber = [...flow.book.bids, ...flow.book.offers].sort((a, b) => a.no - b.no);
    const rests = (list: Ran["bids"]) =>
        list.map((o) => ({ id: o.id, energy_wh: Number(o.energy) }));
    return {
        interval: Number(flow.book.interval),
        ran: said.ran,
        matches: said.matches.map((m) => ({
            height: m.height,
            bid: m.bid,
            offer: m.offer,
            energy_wh: Number(m.energy),
            price_micro_per_kwh: Number(m.price),
            payment_micro: Number(m.payment),
            fee_micro_per_kwh: Number(m.fee),
            fee_micro: Number(m.feeAmount),
        })),
        bids: rests(said.bids),
        offers: rests(said.offers),
        waiting: said.waiting,
        refused: byNumber.flatMap((o) => {
            const code = said.refused.get(o.id);
            return code ? [{ id: o.id, code }] : [];
        }),
        digest: said.digest,
    };
}

const WANTED = [
    "at a resting bid",
    "at a resting offer",
    "a fee is paid",
    "the same feeder",
    "too dear by the fee",
    "classes may not meet",
    "cut when run",
    "out below the least",
    "a resting bid is cut",
    "passed over for money",
    "passed over",
    "64 looks and more to see",
    "remainder of the incoming",
    "remainder of the resting",
    "a part rests",
    "two heights for one seed",
    "two orders of a member at one height",
    "some wait",
    "bids rest",
    "offers rest",
    "no match",
    "five matches",
    "ORDER_ENERGY_RANGE",
    "ORDER_PRICE_RANGE",
    "ORDER_SCORE_LEVEL",
    "ORDER_CROSSES_OWN",
];

// PEERWATT_BOOKS asks for more.
const PER_PROCESS = 250;
const COUNT = Number(process.env["PEERWATT_BOOKS"] ?? 10_000);
const FIRST_SEED = Number(process.env["PEERWATT_SEED"] ?? 20261122);

test("another implementation runs random flows alike, RULE market.19 and market.20", async () => {
    const seen = new Map<string, number>();
    const noticed = new Map<Rule, number>();
    for (let first = 0; first < COUNT; first += PER_PROCESS) {
        await breathe();
        const count = Math.min(PER_PROCESS, COUNT - first);
        const flows = Array.from({ length: count }, (_, i) => randomFlow(FIRST_SEED + first + i));
        const texts = flows.map(flowText);
        const said = ran(`{"v":1,"books":[${texts.join(",")}]}`)["books"] as unknown[];
        expect(said.length).toBe(count);
        for (const [i, flow] of flows.entries()) {
            const model = runFlow(flow);
            const wanted = expected(flow, model);
            const where = `seed ${FIRST_SEED + first + i}: ${texts[i] ?? ""}`;
            expect(said[i], where).toEqual(wanted);
            for (const event of model.events) seen.set(event, (seen.get(event) ?? 0) + 1);
            for (const rule of RULES) {
                if ((noticed.get(rule) ?? 0) >= 3) continue;
                const bent = JSON.stringify(expected(flow, runFlow(flow, rule)));
                if (bent !== JSON.stringify(wanted))
                    noticed.set(rule, (noticed.get(rule) ?? 0) + 1);
            }
        }
    }
    console.log([...seen].map(([event, times]) => `${event} ${times}`).join(", "));
    const unnoticed = RULES.filter((rule) => !noticed.has(rule));
    expect(unnoticed, "rules whose change nobody would notice").toEqual([]);
    const missing = WANTED.filter((event) => !seen.has(event));
    expect(missing, `never happened in ${COUNT} flows from seed ${FIRST_SEED}`).toEqual([]);
}, 240_000);

const order = (id: string, height: unknown) =>
    `{"id":"${id}","energy_wh":10,"price_micro_per_kwh":1,"height":${JSON.stringify(height)}}`;
const small = (bid: unknown, offer: unknown, seeds: unknown) =>
    `{"bids":[${order("b", bid)}],"offers":[${order("s", offer)}],` +
    `"seeds":${JSON.stringify(seeds)}}`;
const at = (height: number) => ({ height, seed: "ab".repeat(32) });
const read = (text: string) => peerwatt(["study", "continuous", "-"], text);

test("heights that fall, seeds that do not rise and seeds of another length are refused", () => {
    for (const [text, place] of [
        [small(5, 4, [at(6)]), "offers[0].height"],
        [small(5, -1, [at(6)]), "offers[0].height"],
        [small("5", 5, [at(6)]), "bids[0].height"],
        [small(5, 5, [at(6), at(6)]), "seeds[1].height"],
        [small(5, 5, [{ height: 6 }]), "seeds[0].seed"],
        [small(5, 5, [{ seed: at(6).seed }]), "seeds[0].height"],
        [small(5, 5, [{ height: 6, seed: "ab" }]), "seeds[0].seed"],
        [small(5, 5, [7]), "seeds[0]"],
        [small(5, 5, 7), "seeds"],
        ['{"bids":7,"offers":[]}', "bids"],
    ] as const) {
        const said = read(text);
        expect([said.code, said.stdout], text).toEqual([2, ""]);
        expect(said.stderr, text).toContain(`field "${place}"`);
    }
    expect(read(small(5, 5, [at(5), at(6)])).code).toBe(0);
    expect(ran(small(5, 5, [at(5)]))).toMatchObject({ waiting: ["b", "s"], ran: [], matches: [] });
    expect(ran(small(5, 5, [at(6)]))).toMatchObject({ waiting: [], bids: [], offers: [] });
});

test("flows of one file run each by itself, and one that is wrong refuses the file", () => {
    const one = small(5, 5, [at(6)]);
    const other = `{"elm":{"noon":${small(5, 6, [at(6)])}}}`;
    const alone = [one, other].map((text) => {
        const { v, ...rest } = ran(text);
        expect(v).toBe(1);
        return rest;
    });
    expect(ran(`{"v":1,"books":[${one},${other},${one}]}`)).toEqual({
        v: 1,
        books: [alone[0], alone[1], alone[0]],
    });
    expect(ran('{"v":1,"books":[]}')).toEqual({ v: 1, books: [] });
    const wrong = `{"elm":{"noon":${small(5, 4, [at(6)])}}}`;
    for (const [text, place] of [
        [`{"books":[${one},${small(5, 4, [at(6)])}]}`, "books[1].offers[0].height"],
        [`{"books":[${wrong}]}`, "books[0].elm.noon.offers[0].height"],
        [`{"books":[${one},7]}`, "books[1]"],
        ['{"books":7}', "bids"],
    ] as const) {
        const said = read(text);
        expect([said.code, said.stdout], text).toEqual([2, ""]);
        expect(said.stderr, text).toContain(`field "${place}"`);
    }
});
