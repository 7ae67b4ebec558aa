// SPDX-License-Identifier: Apache-2.0
// A second implementation of docs/market.md sections 2 to 4, written from the text and as plainly
// as it reads; it shares nothing with the program but the format of a book.
import { createHash } from "node:crypto";
import {
    admit,
    type Admitted,
    max,
    min,
    payment,
    sum,
    tieKey,
    tieRank,
    u32,
    u64,
} from "./market_words.js";

export interface Member {
    no: number;
    household: number;
    feeder: number;
    score: number;
}
export interface Order {
    id: string;
    no: number;
    who: string;
    energy: bigint;
    limit: bigint;
    min_score: number;
    feeder_first: boolean;
}
export interface Book {
    interval: bigint;
    seed: string;
    feedIn: bigint;
    retail: bigint;
    posted: bigint | null; // null: midpoint
    awardMin: bigint;
    orderMin: bigint;
    orderMax: bigint;
    fees: bigint[][]; // [] : none
    members: Map<string, Member>;
    funds: Map<string, bigint>;
    bids: Order[];
    offers: Order[];
}
export interface Contract {
    seller: string;
    buyer: string;
    energy: bigint;
    payment: bigint;
    fee: bigint;
    feeAmount: bigint;
}
export interface Clearing {
    result: string;
    price: bigint | null;
    dual: bigint | null;
    crossing: bigint;
    paired: bigint;
    surplus: bigint;
    ration: null | {
        side: string;
        price: bigint;
        amount: bigint;
        cap: bigint;
        extra: bigint;
        lottery: boolean;
    };
    cut: number[] | null;
    flow: [number, number, bigint][];
    quantities: Map<string, { crossing: bigint; final: bigint }>;
    contracts: Contract[];
    refused: Map<string, string>;
    fundingCut: Map<string, bigint>;
    digest: string;
}

/** What may be changed in one run, to see that the comparison would notice. */
export const RULES = [
    "funding margin",
    "funding rounds up",
    "fee_ref",
    "posted",
    "price floor",
    "equal cap",
    "extra by rank",
    "lottery",
    "household",
    "augmentation",
    "raise",
    "feeders first",
    "feeder_first",
    "half even",
] as const;
export type Rule = (typeof RULES)[number];

interface Live extends Admitted {
    net: bigint;
    funded: bigint;
    crossing: bigint;
    final: bigint;
}

export function clear(book: Book, broken?: Rule): Clearing {
    const key = tieKey(book.seed, book.interval);
    const rank = (domain: string, n: number) => tieRank(key, domain, n);
    const byRank = (domain: string) => (a: number, b: number) => {
        const [ra, rb] = [rank(domain, a), rank(domain, b)];
        return ra !== rb ? (ra < rb ? -1 : 1) : a - b;
    };
    const member = (name: string): Member => {
        const found = book.members.get(name);
        if (!found) throw new Error(`no member ${name}`);
        return found;
    };
    const feeRef = broken === "fee_ref" ? 0n : book.fees.flat().reduce(max, 0n);

    const { orders, refused } = admit(book);
    const admitted: Live[] = orders.map((o) => ({
        ...o,
        net: o.isBid ? o.limit - feeRef : o.limit, // market.8
        funded: o.energy,
        crossing: 0n,
        final: 0n,
    }));

    // market.6
    const fundingCut = new Map<string, bigint>();
    const offerCount = BigInt(admitted.filter((o) => !o.isBid).length);
    for (const [buyer, funds] of book.funds) {
        const bids = admitted
            .filter((o) => o.isBid && o.who === buyer)
            .sort((a, b) => (a.limit !== b.limit ? (a.limit > b.limit ? -1 : 1) : a.no - b.no));
        let left = funds - (broken === "funding margin" ? 0n : offerCount * BigInt(bids.length));
        for (const bid of bids) {
            if (bid.limit > 0n) bid.funded = min(bid.energy, (max(0n, left) * 1000n) / bid.limit);
            left -= (bid.funded * bid.limit + (broken === "funding rounds up" ? 0n : 999n)) / 1000n;
            if (bid.funded < bid.energy) fundingCut.set(bid.id, bid.funded);
        }
    }

    // market.9
    let live = admitted.filter((o) => o.funded > 0n);
    const posted = broken === "posted" ? null : book.posted;
    if (posted !== null) {
        live = live.filter((o) => (o.isBid ? o.net >= posted : o.net <= posted));
        for (const o of live) o.net = posted;
    }

    // market.10
    const better = (a: Live, b: Live) =>
        a.net !== b.net ? (a.net > b.net === a.isBid ? -1 : 1) : a.no - b.no;
    const bids = live.filter((o) => o.isBid).sort(better);
    const offers = live.filter((o) => !o.isBid).sort(better);
    let crossing = 0n;
    let marginal: [Live, Live] | null = null;
    let [i, j] = [0, 0];
    let [usedBid, usedOffer] = [0n, 0n];
    for (;;) {
        const [b, s] = [bids[i], offers[j]];
        if (!b || !s || b.net < s.net) break;
        marginal = [b, s];
        const wh = min(b.funded - usedBid, s.funded - usedOffer);
        crossing += wh;
        usedBid += wh;
        usedOffer += wh;
        if (usedBid === b.funded) [i, usedBid] = [i + 1, 0n];
        if (usedOffer === s.funded) [j, usedOffer] = [j + 1, 0n];
    }
    const next = bids[i];
    let [price, dual]: [bigint | null, bigint | null] = [null, null];
    if (marginal) {
        const total = marginal[0].net + marginal[1].net;
        price = broken === "price floor" ? (total + 1n) / 2n : total / 2n;
        dual = next && next.net > marginal[1].net ? next.net : marginal[1].net;
    }

    // market.11
    let ration: Clearing["ration"] = null;
    function award(list: Live[], amount: bigint, claim: (o: Live) => bigint): Map<Live, bigint> {
        const given = new Map<Live, bigint>();
        const levels = [...new Set(list.map((o) => o.net))];
        for (const net of levels) {
            const level = list.filter((o) => o.net === net);
            const claims = new Map<number, bigint>();
            const house = (o: Live) => (broken === "household" ? 1000 + o.no : o.household);
            for (const o of level) claims.set(house(o), (claims.get(house(o)) ?? 0n) + claim(o));
            const total = sum([...claims.values()]);
            const ranked = [...claims.keys()].sort(byRank("R"));
            const awards = new Map<number, bigint>(claims);
            if (amount < total) {
                const m = book.awardMin;
                const capped = (cap: bigint) => sum([...claims.values()].map((c) => min(c, cap)));
                if (amount === 0n) {
                    for (const h of claims.keys()) awards.set(h, 0n);
                } else if (broken === "lottery" || capped(m) < amount) {
                    let [low, high] = [0n, amount];
                    while (low < high) {
                        const middle = (low + high + 1n) / 2n;
                        if (capped(middle) <= amount) low = middle;
                        else high = middle - 1n;
                    }
                    let extra = amount - capped(low);
                    ration = {
                        side: level[0]?.isBid ? "bid" : "offer",
                        price: net,
                        amount,
                        cap: low,
                        extra,
                        lottery: false,
                    };
                    const order = broken === "extra by rank" ? [...ranked].reverse() : ranked;
                    for (const h of order) {
                        const c = claims.get(h) ?? 0n;
                        const one = c > low && extra > 0n ? 1n : 0n;
                        extra -= one;
                        awards.set(h, min(c, low) + one);
                    }
                    if (broken === "equal cap") {
                        let rest = amount;
                        for (const h of ranked) {
                            awards.set(h, min(claims.get(h) ?? 0n, rest));
                            rest -= awards.get(h) ?? 0n;
                        }
                    }
                } else {
                    let rest = amount;
                    for (const h of ranked) {
                        const wh = min(min(claims.get(h) ?? 0n, m), rest);
                        awards.set(h, wh);
                        rest -= wh;
                    }
                    ration = {
                        side: level[0]?.isBid ? "bid" : "offer",
                        price: net,
                        amount,
                        cap: m,
                        extra: 0n,
                        lottery: true,
                    };
                }
            }
            for (const o of [...level].sort((a, b) => a.no - b.no)) {
                const wh = min(claim(o), awards.get(house(o)) ?? 0n);
                given.set(o, wh);
                awards.set(house(o), (awards.get(house(o)) ?? 0n) - wh);
            }
            amount = max(0n, amount - total);
        }
        return given;
    }
    for (const side of [bids, offers])
        for (const [o, wh] of award(side, crossing, (x) => x.funded)) o.crossing = wh;
    const crossingRation = ration as Clearing["ration"];

    // market.13
    const x = Array.from({ length: 64 }, () => Array.from({ length: 64 }, () => 0n));
    const flow = (c: number, d: number) => x[c]?.[d] ?? 0n;
    const add = (c: number, d: number, wh: bigint) => {
        const row = x[c];
        if (row) row[d] = flow(c, d) + wh;
    };
    const classes = [...Array(64).keys()];
    const may = (c: number, d: number) => c >> 3 >= (d & 7) && d >> 3 >= (c & 7);
    const supply = classes.map((c) =>
        sum(offers.filter((o) => o.klass === c).map((o) => o.crossing)),
    );
    const demand = classes.map((d) =>
        sum(bids.filter((o) => o.klass === d).map((o) => o.crossing)),
    );
    let paired = 0n;
    function augment(): number[] {
        for (;;) {
            // nodes: ["s", class] and ["b", class]
            const queue: [string, number][] = [];
            const from = new Map<string, [string, number] | null>();
            const order = broken === "augmentation" ? [...classes].reverse() : classes;
            for (const c of order)
                if ((supply[c] ?? 0n) > 0n) {
                    queue.push(["s", c]);
                    from.set(`s${c}`, null);
                }
            let found = -1;
            while (queue.length > 0 && found < 0) {
                const [kind, n] = queue.shift() ?? ["", 0];
                for (const other of order) {
                    if (kind === "s" && may(n, other) && !from.has(`b${other}`)) {
                        from.set(`b${other}`, ["s", n]);
                        queue.push(["b", other]);
                        if ((demand[other] ?? 0n) > 0n) {
                            found = other;
                            break;
                        }
                    }
                    if (kind === "b" && flow(other, n) > 0n && !from.has(`s${other}`)) {
                        from.set(`s${other}`, ["b", n]);
                        queue.push(["s", other]);
                    }
                }
            }
            if (found < 0) return classes.filter((c) => from.has(`s${c}`));
            const path: [string, number][] = [["b", found]];
            for (;;) {
                const [kind, n] = path[0] ?? ["", 0];
                const before = from.get(kind + String(n));
                if (!before) break;
                path.unshift(before);
            }
            const source = path[0]?.[1] ?? 0;
            let wh = min(supply[source] ?? 0n, demand[found] ?? 0n);
            path.forEach(([kind, n], at) => {
                const to = path[at + 1];
                if (kind === "b" && to) wh = min(wh, flow(to[1], n));
            });
            path.forEach(([kind, n], at) => {
                const to = path[at + 1];
                if (!to) return;
                if (kind === "s") add(n, to[1], wh);
                else add(to[1], n, -wh);
            });
            supply[source] = (supply[source] ?? 0n) - wh;
            demand[found] = (demand[found] ?? 0n) - wh;
            paired += wh;
        }
    }
    augment();
    let cut: number[] | null = null;
    for (const o of live) o.final = o.crossing;
    if (price !== null && paired < crossing) {
        const p = price;
        const accepts = (o: Live) => (o.isBid ? o.net >= p : o.net <= p);
        if (broken !== "raise")
            for (const o of live.filter(accepts)) {
                const side = o.isBid ? demand : supply;
                side[o.klass] = (side[o.klass] ?? 0n) + o.funded - o.crossing;
            }
        cut = augment();
        for (const side of [bids, offers])
            for (const k of classes) {
                const list = side.filter((o) => o.klass === k);
                const u = sum(classes.map((e) => (side === bids ? flow(e, k) : flow(k, e))));
                const a = sum(list.map((o) => o.crossing));
                if (u <= a) for (const [o, wh] of award(list, u, (e) => e.crossing)) o.final = wh;
                else
                    for (const [o, wh] of award(
                        list.filter(accepts),
                        u - a,
                        (e) => e.funded - e.crossing,
                    ))
                        o.final = o.crossing + wh;
            }
    }

    // market.14, market.15
    interface Lot {
        who: string;
        slot: number;
        feeder: number;
        first: boolean;
        rest: bigint;
    }
    const lots = (side: Live[], klass: number): Lot[] => {
        const found = new Map<string, Lot>();
        for (const o of side.filter((e) => e.klass === klass && e.final > 0n)) {
            const lot = found.get(o.who) ?? {
                who: o.who,
                slot: o.slot,
                feeder: o.feeder,
                first: false,
                rest: 0n,
            };
            lot.rest += o.final;
            lot.first ||= o.feeder_first && broken !== "feeder_first";
            found.set(o.who, lot);
        }
        const compare = byRank("P");
        return [...found.values()].sort((a, b) =>
            a.first !== b.first ? (a.first ? -1 : 1) : compare(a.slot, b.slot),
        );
    };
    const contracts: Contract[] = [];
    const sellerLots = classes.map((c) => lots(offers, c));
    const buyerLots = classes.map((d) => lots(bids, d));
    const cells: [number, number, bigint][] = [];
    for (const c of classes)
        for (const d of classes) if (flow(c, d) > 0n) cells.push([c, d, flow(c, d)]);
    for (const [c, d, wh] of cells) {
        let rest = wh;
        const pass = (sellers: Lot[], buyers: Lot[]) => {
            const [ss, bb] = [
                sellers.filter((l) => l.rest > 0n),
                buyers.filter((l) => l.rest > 0n),
            ];
            for (;;) {
                const [s, b] = [ss[0], bb[0]];
                if (!s || !b || rest === 0n) return;
                const energy = min(min(s.rest, b.rest), rest);
                const fee = book.fees[s.feeder]?.[b.feeder] ?? 0n;
                const money = (rate: bigint) =>
                    broken === "half even" ? (energy * rate) / 1000n : payment(energy, rate);
                contracts.push({
                    seller: s.who,
                    buyer: b.who,
                    energy,
                    payment: money(price ?? 0n),
                    fee,
                    feeAmount: money(fee),
                });
                s.rest -= energy;
                b.rest -= energy;
                rest -= energy;
                if (s.rest === 0n) ss.shift();
                if (b.rest === 0n) bb.shift();
            }
        };
        const [ss, bb] = [sellerLots[c] ?? [], buyerLots[d] ?? []];
        const feeders = [...new Set(ss.map((l) => l.feeder))].sort((a, b) => a - b);
        if (broken !== "feeders first")
            for (const f of feeders)
                pass(
                    ss.filter((l) => l.feeder === f),
                    bb.filter((l) => l.feeder === f),
                );
        pass(ss, bb);
    }

    // market.16
    const none = (n: bigint | null) => u64(n ?? -(1n << 63n));
    const digest = createHash("sha256")
        .update("peerwatt.clearing.1")
        .update(u64(book.interval))
        .update(Buffer.from(book.seed, "hex"))
        .update(Buffer.concat([none(price), none(dual), u64(crossing), u64(paired)]))
        .update(u32(contracts.length));
    for (const k of contracts)
        digest
            .update(Buffer.concat([u32(member(k.seller).no), u32(member(k.buyer).no)]))
            .update(Buffer.concat([u64(k.energy), none(price), u64(k.fee)]));
    const result =
        bids.length + offers.length === 0
            ? "no_orders"
            : bids.length === 0
              ? "no_bids"
              : offers.length === 0
                ? "no_offers"
                : crossing === 0n
                  ? "no_cross"
                  : "cleared";
    return {
        result,
        price,
        dual,
        crossing,
        paired,
        surplus: sum(live.map((o) => (o.isBid ? o.net : -o.net) * o.crossing)),
        ration: crossingRation,
        cut,
        flow: cells,
        quantities: new Map(live.map((o) => [o.id, { crossing: o.crossing, final: o.final }])),
        contracts,
        refused,
        fundingCut,
        digest: digest.digest("hex"),
    };
}
