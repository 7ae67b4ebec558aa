// SPDX-License-Identifier: Apache-2.0
// Allotment and judge once more, written from `trade.3`, `trade.12`, `trade.13` and `qot.2`. Each
// rule can be bent by name.

export interface Terms {
    number: number;
    seller: number;
    buyer: number;
    energy_wh: number;
    price_micro_per_kwh: number;
    take?: "flexible" | "firm" | "pay";
    min_delivery_ppm?: number;
    tolerance_wh?: number;
}

export interface Statement {
    delivered_wh?: number;
    taken_wh?: number;
    refused?: number[];
}

export interface Judgement {
    number: number;
    verdict: "pass" | "C1" | "C2" | "C3" | "VOID";
    alpha: number;
    s_wh: number;
    b_wh: number;
    need_wh: number;
    settled_wh: number;
    payment_micro: number;
    x: number;
}

export const judgeBends = [
    "later contracts are served first",
    "a kWh is sold twice",
    "a buyer's kWh is taken twice",
    "C1 takes a buyer's allotment",
    "C2 takes a buyer's allotment",
    "pay takes nothing from its buyer's total",
    "pay is judged by what is taken",
    "pay may be refused",
    "need rounds down",
    "need may be zero",
    "tolerance is ignored",
    "the larger of share and tolerance is not taken",
    "C2 before C1",
    "firm is flexible",
    "flexible is firm",
    "nothing taken passes",
    "half of the parties is a mass",
    "the mass counts contracts, not parties",
    "there is no mass rule",
    "the mass rule voids all",
    "a void by mass takes its allotment",
    "one silent party voids",
    "h is the same for all",
    "the payment is rounded down",
    "C3 holds nothing in escrow",
    "x has no base",
] as const;
export type JudgeBend = (typeof judgeBends)[number];

/** energy * price / 1000, half to even. */
export function payment(energy: number, price: number, down = false): number {
    const product = BigInt(energy) * BigInt(price);
    const whole = product / 1000n;
    const rest = product % 1000n;
    const up = !down && (rest > 500n || (rest === 500n && whole % 2n === 1n));
    return Number(up ? whole + 1n : whole);
}

const xOf = (share: bigint) => 81920 + Number((49152n * share) >> 16n);

function needOf(c: Terms, bend?: JudgeBend): number {
    const product = BigInt(c.energy_wh) * BigInt(c.min_delivery_ppm ?? 900000);
    const up = bend === "need rounds down" ? 0n : 999999n;
    const share = c.energy_wh - Number((product + up) / 1000000n);
    const tolerance = bend === "tolerance is ignored" ? 0 : (c.tolerance_wh ?? 0);
    const slack =
        bend === "the larger of share and tolerance is not taken"
            ? Math.min(share, tolerance)
            : Math.max(share, tolerance);
    return Math.max(bend === "need may be zero" ? 0 : 1, c.energy_wh - slack);
}

function isMass(
    contracts: readonly Terms[],
    statements: Map<number, Statement>,
    bend?: JudgeBend,
): boolean {
    if (bend === "there is no mass rule") return false;
    const seats = contracts.flatMap((c) => [c.seller, c.buyer]);
    const parties = bend === "the mass counts contracts, not parties" ? seats : [...new Set(seats)];
    const silent = parties.filter((slot) => !statements.has(slot)).length;
    const half = bend === "half of the parties is a mass" && silent > 0;
    return half ? 2 * silent >= parties.length : 2 * silent > parties.length;
}

export function judge(
    given: readonly Terms[],
    statements: Map<number, Statement>,
    bend?: JudgeBend,
): { mass: boolean; contracts: Judgement[] } {
    const is = (name: JudgeBend) => bend === name;
    const contracts = [...given].sort((a, b) => a.number - b.number);
    const mass = isMass(contracts, statements, bend);
    const delivered = new Map([...statements].map(([slot, s]) => [slot, s.delivered_wh ?? 0]));
    const taken = new Map([...statements].map(([slot, s]) => [slot, s.taken_wh ?? 0]));
    const take = (left: Map<number, number>, slot: number, energy: number, keeps: boolean) => {
        const amount = Math.min(left.get(slot) ?? 0, energy);
        if (!keeps) left.set(slot, (left.get(slot) ?? 0) - amount);
        return amount;
    };
    const missing = (c: Terms) =>
        !statements.has(c.seller) || !statements.has(c.buyer) || is("the mass rule voids all");
    const byMass = (c: Terms) => mass && missing(c);
    const order = is("later contracts are served first") ? [...contracts].reverse() : contracts;
    const sold = new Map<number, number>();
    for (const c of order) {
        const out = byMass(c);
        const wanted = out && !is("a void by mass takes its allotment") ? 0 : c.energy_wh;
        const amount = take(delivered, c.seller, wanted, is("a kWh is sold twice"));
        sold.set(c.number, out ? 0 : amount);
    }
    const judged = new Map<number, Judgement>();
    for (const c of order) judged.set(c.number, judgeOne(c));
    return { mass, contracts: contracts.map((c) => judged.get(c.number) as Judgement) };

    function judgeOne(c: Terms): Judgement {
        const s = sold.get(c.number) ?? 0;
        const need = needOf(c, bend);
        const pay = c.take === "pay";
        const first = firstVerdict(c, s, need, pay);
        const takes =
            (first === "open" && (!pay || !is("pay takes nothing from its buyer's total"))) ||
            (first === "C1" && is("C1 takes a buyer's allotment")) ||
            (first === "C2" && is("C2 takes a buyer's allotment"));
        let b = takes ? take(taken, c.buyer, c.energy_wh, is("a buyer's kWh is taken twice")) : 0;
        if (pay && !byMass(c) && !is("pay is judged by what is taken")) b = c.energy_wh;
        const firm =
            (c.take === "firm" && !is("firm is flexible")) ||
            ((c.take ?? "flexible") === "flexible" && is("flexible is firm"));
        const settled = Math.min(s, b);
        const nothing = settled === 0 && !is("nothing taken passes");
        const verdict =
            first !== "open" ? first : firm && b < need ? "C3" : nothing ? "VOID" : "pass";
        return finish(c, verdict, s, b, need);
    }

    function firstVerdict(
        c: Terms,
        s: number,
        need: number,
        pay: boolean,
    ): "open" | "C1" | "C2" | "VOID" {
        const seller = statements.get(c.seller);
        const buyer = statements.get(c.buyer);
        if (byMass(c) || (!seller && !buyer)) return "VOID";
        if (is("one silent party voids") && (!seller || !buyer)) return "VOID";
        const short = !seller || s < need;
        const refuses = !buyer || (buyer.refused ?? []).includes(c.number);
        const unpaid = refuses && (!pay || is("pay may be refused"));
        if (is("C2 before C1") && unpaid) return "C2";
        return short ? "C1" : unpaid ? "C2" : "open";
    }

    function finish(
        c: Terms,
        verdict: Judgement["verdict"],
        s: number,
        b: number,
        need: number,
    ): Judgement {
        const escrowed =
            verdict === "pass" || (verdict === "C3" && !is("C3 holds nothing in escrow"));
        const settled = escrowed ? Math.min(s, b) : 0;
        const alpha = verdict === "C1" ? 1 : verdict === "C2" || verdict === "C3" ? -1 : 0;
        return {
            number: c.number,
            verdict,
            alpha,
            s_wh: s,
            b_wh: b,
            need_wh: need,
            settled_wh: settled,
            payment_micro: payment(
                settled,
                c.price_micro_per_kwh,
                is("the payment is rounded down"),
            ),
            x: value(c, verdict, s, b, settled),
        };
    }

    function value(
        c: Terms,
        verdict: Judgement["verdict"],
        s: number,
        b: number,
        settled: number,
    ): number {
        const ratio = (over: number, under: number) =>
            under === 0 ? 0n : (BigInt(over) << 16n) / BigInt(under);
        const base = is("x has no base") ? 81920 : 0;
        if (verdict === "VOID") return 0;
        if (verdict === "pass")
            return xOf(ratio(settled, Math.min(c.energy_wh, b))) - base;
        const missed = verdict === "C1" ? c.energy_wh - s : c.energy_wh - b;
        const whole = verdict === "C2" || is("h is the same for all");
        const h = whole ? 65536n : ratio(missed, c.energy_wh);
        return -(xOf(h) - base);
    }
}
