// SPDX-License-Identifier: Apache-2.0
// A second implementation of market.19 and market.20 of docs/market.md, written from the text and
// as plainly as it reads: every order looks at the whole book.
import { createHash } from "node:crypto";
import type { Book } from "./market_reference.js";
import { type Admitted, admit, min, payment, tieKey, tieRank, u32, u64 } from "./market_words.js";

export interface Seed {
    height: number;
    seed: string;
}
export interface Flow {
    book: Book;
    heights: Map<string, number>; // of admission, by order id
    seeds: Seed[];
}
export interface Match {
    height: number;
    bid: string;
    offer: string;
    energy: bigint;
    price: bigint;
    payment: bigint;
    fee: bigint;
    feeAmount: bigint;
}
export interface Ran {
    ran: string[];
    matches: Match[];
    bids: { id: string; energy: bigint }[];
    offers: { id: string; energy: bigint }[];
    waiting: string[];
    refused: Map<string, string>;
    digest: string;
    events: Set<string>;
}

/** What may be changed in one run, to see that the comparison would notice. */
export const RULES = [
    "a seed after the height",
    "the first such seed",
    "heights ascending",
    "domain P",
    "the key is of the height",
    "order number",
    "cut when run",
    "out below the least",
    "cut at the match",
    "one micro of margin",
    "payments lower the funds",
    "best limit first",
    "same feeder first",
    "only if asked",
    "earlier first",
    "price and fee in the limit",
    "classes",
    "passed over, not removed",
    "price of the resting order",
    "less the fee",
    "64 looks",
    "remainder of the incoming",
    "remainder of the resting",
    "half even",
] as const;
export type Rule = (typeof RULES)[number];

interface Resting extends Admitted {
    rest: bigint;
    at: number; // when it was run
}

const mayMeet = (seller: Admitted, buyer: Admitted) =>
    seller.klass >> 3 >= (buyer.klass & 7) && buyer.klass >> 3 >= (seller.klass & 7);

export function runFlow(flow: Flow, broken?: Rule): Ran {
    const { book } = flow;
    const is = (rule: Rule) => broken === rule;
    const events = new Set<string>();
    const { orders, refused } = admit(book);
    const height = (o: Admitted) => flow.heights.get(o.id) ?? 0;
    const funds = new Map(book.funds);
    const resting: Resting[] = [];
    const matches: Match[] = [];
    const ran: string[] = [];
    let waiting = orders;

    function afford(bid: Admitted, wh: bigint): bigint {
        const left = funds.get(bid.who);
        if (left === undefined || bid.limit === 0n) return wh;
        const spend = is("one micro of margin") ? left : left - 1n;
        return spend < 0n ? 0n : min(wh, (spend * 1000n) / bid.limit);
    }

    /** Those of the other side, in the order in which @o looks at them. */
    function lookedAt(o: Resting): Resting[] {
        const asks = o.feeder_first || is("only if asked");
        const far = (r: Resting) =>
            asks && !is("same feeder first") && r.feeder !== o.feeder ? 1 : 0;
        return resting
            .filter((r) => r.isBid !== o.isBid)
            .sort((a, b) => {
                if (a.limit !== b.limit && !is("best limit first"))
                    return a.limit > b.limit === a.isBid ? -1 : 1;
                if (far(a) !== far(b)) return far(a) - far(b);
                return is("earlier first") ? b.at - a.at : a.at - b.at;
            });
    }

    function meet(o: Resting, r: Resting, block: number): boolean {
        const [bid, offer] = o.isBid ? [o, r] : [r, o];
        const fee = book.fees[offer.feeder]?.[bid.feeder] ?? 0n;
        const needed = is("price and fee in the limit") ? offer.limit : offer.limit + fee;
        if (needed > bid.limit) {
            if (offer.limit <= bid.limit) events.add("too dear by the fee");
            return false;
        }
        if (!mayMeet(offer, bid) && !is("classes")) {
            events.add("classes may not meet");
            return false;
        }
        // market.5 (ORDER_CROSSES_OWN) sees to it that this is never so.
        if (offer.household === bid.household) throw new Error("one household meets itself");
        const most = min(o.rest, r.rest);
        const energy = is("cut at the match") ? most : afford(bid, most);
        // An incoming bid was cut already; only the rounding of its payments can cut it again.
        if (energy < most && r.isBid) events.add("a resting bid is cut");
        if (energy === 0n) {
            events.add("passed over for money");
            return false;
        }
        let price = r.limit;
        if (r.isBid && !is("less the fee")) price -= fee;
        if (is("price of the resting order")) price = o.isBid ? o.limit - fee : o.limit;
        const paid = is("half even") ? (energy * price) / 1000n : payment(energy, price);
        const left = funds.get(bid.who);
        if (left !== undefined && !is("payments lower the funds")) funds.set(bid.who, left - paid);
        matches.push({
            height: block,
            bid: bid.id,
            offer: offer.id,
            energy,
            price,
            payment: paid,
            fee,
            feeAmount: is("half even") ? (energy * fee) / 1000n : payment(energy, fee),
        });
        events.add(r.isBid ? "at a resting bid" : "at a resting offer");
        if (fee > 0n) events.add("a fee is paid");
        if (o.feeder_first && o.feeder === r.feeder) events.add("the same feeder");
        o.rest -= energy;
        r.rest -= energy;
        for (const [x, rule] of [
            [o, "remainder of the incoming"],
            [r, "remainder of the resting"],
        ] as const)
            if (x.rest < book.orderMin && !is(rule)) {
                if (x.rest > 0n) events.add(rule);
                x.rest = 0n;
            }
        return true;
    }

    function run(admitted: Admitted, block: number): void {
        const o: Resting = { ...admitted, rest: admitted.energy, at: ran.length };
        ran.push(o.id);
        if (o.isBid && !is("cut when run")) o.rest = afford(o, o.energy);
        if (o.rest < o.energy) events.add("cut when run");
        if (o.rest < book.orderMin && !is("out below the least")) {
            if (o.rest > 0n) events.add("out below the least");
            return;
        }
        let looks = 0;
        for (const r of lookedAt(o)) {
            if (o.rest === 0n) break;
            if (looks === (is("64 looks") ? 65 : 64)) {
                events.add("64 looks and more to see");
                break;
            }
            looks++;
            const met = meet(o, r, block);
            if (!met && is("passed over, not removed")) r.rest = 0n;
            if (!met) events.add("passed over");
        }
        for (let i = resting.length - 1; i >= 0; i--)
            if (resting[i]?.rest === 0n) resting.splice(i, 1);
        if (o.rest > 0n) resting.push(o);
        if (o.rest > 0n && o.rest < admitted.energy) events.add("a part rests");
    }

    for (const { height: block, seed } of is("the first such seed")
        ? [...flow.seeds].reverse()
        : flow.seeds) {
        const isDue = (o: Admitted) =>
            height(o) < block || (is("a seed after the height") && height(o) === block);
        const due = waiting.filter(isDue);
        waiting = waiting.filter((o) => !isDue(o));
        const heights = [...new Set(due.map(height))].sort((a, b) =>
            is("heights ascending") ? b - a : a - b,
        );
        if (heights.length > 1) events.add("two heights for one seed");
        for (const h of heights) {
            const key = tieKey(seed, is("the key is of the height") ? book.interval : BigInt(h));
            const rank = (o: Admitted) => tieRank(key, is("domain P") ? "R" : "P", o.slot);
            const queue = due
                .filter((o) => height(o) === h)
                .map((o) => ({ o, rank: rank(o) }))
                .sort((a, b) => {
                    if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
                    return is("order number") ? b.o.no - a.o.no : a.o.no - b.o.no;
                });
            if (queue.some(({ o }, i) => i > 0 && o.slot === queue[i - 1]?.o.slot))
                events.add("two orders of a member at one height");
            for (const { o } of queue) run(o, block);
        }
    }

    if (waiting.length > 0) events.add("some wait");
    if (matches.length === 0) events.add("no match");
    if (matches.length >= 5) events.add("five matches");
    for (const code of refused.values()) events.add(code);
    const rests = (isBid: boolean) =>
        resting
            .filter((r) => r.isBid === isBid)
            .sort((a, b) =>
                a.limit !== b.limit ? (a.limit > b.limit === isBid ? -1 : 1) : a.at - b.at,
            );
    const number = new Map(orders.map((o) => [o.id, BigInt(o.no)]));
    const no = (id: string) => u64(number.get(id) ?? 0n);
    const side = (list: Resting[]) => [
        u32(list.length),
        ...list.flatMap((r) => [no(r.id), u64(r.rest)]),
    ];
    const [bids, offers] = [rests(true), rests(false)];
    if (bids.length > 0) events.add("bids rest");
    if (offers.length > 0) events.add("offers rest");
    const digest = createHash("sha256")
        .update("peerwatt.continuous.1")
        .update(u64(book.interval))
        .update(u32(matches.length))
        .update(
            Buffer.concat(
                matches.flatMap((m) => [
                    no(m.bid),
                    no(m.offer),
                    ...[m.energy, m.price, m.payment, m.fee, m.feeAmount].map(u64),
                ]),
            ),
        )
        .update(Buffer.concat([...side(bids), ...side(offers)]))
        .digest("hex");
    const short = (list: Resting[]) => list.map((r) => ({ id: r.id, energy: r.rest }));
    return {
        ran,
        matches,
        bids: short(bids),
        offers: short(offers),
        waiting: waiting.map((o) => o.id),
        refused,
        digest,
        events,
    };
}
