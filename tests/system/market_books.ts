// SPDX-License-Identifier: Apache-2.0
// Random books in which everything of docs/market.md happens, and the worked examples.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Book, Member, Order } from "./market_reference.js";
import { root } from "./peerwatt.js";

/** SplitMix32: the same seed, the same books. */
export class Random {
    constructor(private state: number) {}
    next(): number {
        this.state = (this.state + 0x9e3779b9) | 0;
        let z = this.state;
        z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
        z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
        return (z ^ (z >>> 16)) >>> 0;
    }
    below(count: number): number {
        return this.next() % count;
    }
    pick<T>(list: readonly T[]): T {
        const item = list[this.below(list.length)];
        if (item === undefined) throw new Error("an empty list");
        return item;
    }
    chance(percent: number): boolean {
        return this.below(100) < percent;
    }
}

function randomMembers(r: Random): Map<string, Member> {
    const members = new Map<string, Member>();
    const count = 2 + r.below(10);
    const scored = r.chance(50);
    let slot = r.below(3);
    let household = slot;
    for (let i = 0; i < count; i++, slot += 1 + r.below(3)) {
        if (!r.chance(25)) household = slot;
        const score = scored
            ? r.pick([-536870913, -536870912, 0, 134217728, 268435456, 805306368])
            : 0;
        members.set(`m${i}`, { no: slot, household, feeder: r.below(3), score });
    }
    return members;
}

function randomOrders(
    r: Random,
    book: Book,
    isBid: boolean,
    scored: number,
    range: bigint[],
): Order[] {
    const names = [...book.members.keys()];
    return Array.from({ length: r.below(14) }, (_, i) => ({
        id: `${isBid ? "b" : "s"}${i}`,
        no: 0,
        who: r.pick(names),
        energy: BigInt(r.chance(3) ? 0 : r.chance(50) ? 10 * (1 + r.below(6)) : 1 + r.below(1000)),
        limit: r.chance(2) ? book.retail + 1n : r.pick(range),
        min_score: r.chance(scored) ? r.below(r.chance(5) ? 9 : 8) : 0,
        feeder_first: r.chance(30),
    }));
}

export function randomBook(seed: number): Book {
    const r = new Random(seed);
    const fees = r.chance(60)
        ? [0, 1, 2].map((f) =>
              [0, 1, 2].map((g) => BigInt(f === g ? r.below(2) : r.below(30)) * 1000n),
          )
        : [];
    const book: Book = {
        interval: BigInt(r.next()),
        seed: Array.from({ length: 8 }, () => r.next().toString(16).padStart(8, "0")).join(""),
        feedIn: 80000n,
        retail: 300000n,
        posted: r.chance(25) ? r.pick([100000n, 170000n, 185001n, 250000n]) : null,
        awardMin: BigInt(r.pick([0, 1, 10, 50, 200])),
        orderMin: 1n,
        orderMax: 1000000n,
        fees,
        members: randomMembers(r),
        funds: new Map(),
        bids: [],
        offers: [],
    };
    const ranges = [
        [[300000n], [80000n]],
        [
            [300000n, 200001n, 150000n],
            [80000n, 150000n, 120000n],
        ],
        [
            [299999n, 250000n, 180003n, 120000n, 90000n],
            [80000n, 95001n, 140000n, 200000n, 280000n],
        ],
    ];
    const [high, low] = r.pick(ranges);
    const scored = r.pick([0, 0, 10, 60]);
    book.bids = randomOrders(r, book, true, scored, high ?? []);
    book.offers = randomOrders(r, book, false, scored, low ?? []);
    const orders = [...book.bids, ...book.offers];
    const numbers = orders.map((_, i) => 3 * i + r.below(3));
    for (const o of orders) o.no = numbers.splice(r.below(numbers.length), 1)[0] ?? 0;
    for (const name of book.members.keys())
        if (r.chance(20)) book.funds.set(name, BigInt(r.below(200000)));
    return book;
}

/** Whole numbers are written as digits: none is above 2^53 here but `interval`, which is not. */
export function bookText(book: Book): string {
    const order = (o: Order, party: string) => ({
        id: o.id,
        no: o.no,
        [party]: o.who,
        energy_wh: Number(o.energy),
        price_micro_per_kwh: Number(o.limit),
        min_score: o.min_score,
        feeder_first: o.feeder_first,
    });
    return JSON.stringify({
        v: 1,
        interval: Number(book.interval),
        seed: book.seed,
        params: {
            feed_in: Number(book.feedIn),
            retail: Number(book.retail),
            price_rule: book.posted === null ? "midpoint" : "posted",
            posted: book.posted === null ? null : Number(book.posted),
            award_min_wh: Number(book.awardMin),
            order_min_wh: Number(book.orderMin),
            order_max_wh: Number(book.orderMax),
            ...(book.fees.length > 0 ? { fees: book.fees.map((row) => row.map(Number)) } : {}),
        },
        members: Object.fromEntries(book.members),
        funds_micro: Object.fromEntries(
            [...book.funds].map(([name, funds]) => [name, Number(funds)]),
        ),
        bids: book.bids.map((o) => order(o, "buyer")),
        offers: book.offers.map((o) => order(o, "seller")),
    });
}

/** The fenced json blocks of the worked examples, as [book, clearing] pairs. */
export function workedExamples(): [string, string][] {
    const text =
        readFileSync(join(root, "docs/market-json.md"), "utf8").split("## Worked examples")[1] ??
        "";
    const blocks = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
    return blocks.flatMap((block, i) =>
        i % 2 === 0 ? [[block, blocks[i + 1] ?? ""] as [string, string]] : [],
    );
}
