// SPDX-License-Identifier: Apache-2.0
// The automatic strategy once more, written from `market.23`, `market.1` and section 8 of
// market.md. Each rule can be bent by name.

export interface Run {
    from: number;
    net_wh: number[];
}

export interface Case {
    round: "forward" | "measured";
    interval?: number;
    interval_ms?: number;
    history?: Run[];
    delivered_wh?: number;
    taken_wh?: number;
    sold_wh?: number;
    bought_wh?: number;
    feed_in?: number;
    retail?: number;
    own_feed_in?: number;
    own_retail?: number;
    slider_ppm?: number;
    cap_wh?: number;
    order_min_wh?: number;
    offer_max_wh?: number;
    bid_max_wh?: number;
}

export interface Order {
    side: "bid" | "offer";
    energy_wh: number;
    price_micro_per_kwh: number;
}

export const strategyBends = [
    "the base is the first that is known",
    "a base of today's own interval counts",
    "errors are those of the next interval",
    "six days",
    "eight days",
    "half an hour around",
    "the hour before only",
    "the time of day itself is left out",
    "the offer is the least error",
    "the offer is the tenth part",
    "the bid is the least error",
    "the bid stands one place higher",
    "nineteen errors are enough",
    "twenty errors are too few",
    "errors are not sorted",
    "forward is not rounded",
    "forward is rounded to the nearest",
    "forward is rounded before it is cut",
    "measured is rounded",
    "the bid comes first",
    "both sides need an order",
    "a small offer keeps the bid away",
    "nothing is too small",
    "what was sold counts again",
    "what was bought counts again",
    "there is no cap",
    "the cap forgets the forward round",
    "offers have no maximum",
    "bids have no maximum",
    "the own tariff is ignored",
    "a tariff above the market still offers",
    "a tariff below the market still bids",
    "a tariff outside the market is a limit",
    "the slider does not move offers",
    "the slider does not move bids",
    "the slider moves both ways at once",
    "the slider rounds up",
] as const;
export type StrategyBend = (typeof strategyBends)[number];

export function strategy(c: Case, bend?: StrategyBend): Order | null {
    const is = (name: StrategyBend) => bend === name;
    const F = c.feed_in ?? 80000;
    const R = c.retail ?? 300000;
    const least = c.order_min_wh ?? 1;
    const cap = is("there is no cap") ? Infinity : (c.cap_wh ?? Infinity);
    const most = {
        offer: is("offers have no maximum") ? Infinity : (c.offer_max_wh ?? 1000000),
        bid: is("bids have no maximum") ? Infinity : (c.bid_max_wh ?? 1000000),
    };
    const tens = (wh: number) =>
        is("forward is rounded to the nearest")
            ? 10 * Math.round(wh / 10)
            : is("forward is not rounded")
              ? wh
              : 10 * Math.floor(wh / 10);
    const wanted = c.round === "forward" ? forward() : measured();
    return wanted && choose(wanted);

    function limits(): { offer: number | undefined; bid: number | undefined } {
        const ignored = is("the own tariff is ignored");
        const own = ignored ? F : (c.own_feed_in ?? F);
        const ask = ignored ? R : (c.own_retail ?? R);
        const outside = is("a tariff outside the market is a limit");
        const low = outside ? own : Math.max(own, F);
        const high = outside ? ask : Math.min(ask, R);
        const ppm = c.slider_ppm ?? 0;
        const round = is("the slider rounds up") ? Math.ceil : Math.floor;
        const slid = (span: number) => round((span * ppm) / 1000000);
        const back = is("the slider moves both ways at once") ? -1 : 1;
        const offer = low + (is("the slider does not move offers") ? 0 : slid(R - low));
        const bid = high - back * (is("the slider does not move bids") ? 0 : slid(high - F));
        return {
            offer: own > R && !is("a tariff above the market still offers") ? undefined : offer,
            bid: ask < F && !is("a tariff below the market still bids") ? undefined : bid,
        };
    }

    function choose(q: { offer: number; bid: number }): Order | null {
        const { offer, bid } = limits();
        const fits = (wh: number) => wh > 0 && (wh >= least || is("nothing is too small"));
        const sells = fits(q.offer) && offer !== undefined;
        const buys = fits(q.bid) && bid !== undefined;
        if (is("both sides need an order") && !(sells && buys)) return null;
        const isKept = is("a small offer keeps the bid away") && q.offer > 0;
        if (sells && !(is("the bid comes first") && buys))
            return { side: "offer", energy_wh: q.offer, price_micro_per_kwh: offer };
        if (buys && !isKept) return { side: "bid", energy_wh: q.bid, price_micro_per_kwh: bid };
        return null;
    }

    function measured(): { offer: number; bid: number } {
        const sold = c.sold_wh ?? 0;
        const bought = c.bought_wh ?? 0;
        const side = (stated: number, used: number, max: number, again: boolean) => {
            const room = is("the cap forgets the forward round") ? cap : cap - used;
            const wh = Math.min(stated - (again ? 0 : used), room, max);
            return is("measured is rounded") ? 10 * Math.floor(wh / 10) : wh;
        };
        return {
            offer: side(c.delivered_wh ?? 0, sold, most.offer, is("what was sold counts again")),
            bid: side(c.taken_wh ?? 0, bought, most.bid, is("what was bought counts again")),
        };
    }

    function forward(): { offer: number; bid: number } | null {
        const net = new Map<number, number>();
        for (const run of c.history ?? [])
            run.net_wh.forEach((wh, i) => net.set(run.from + i, wh));
        const now = c.interval ?? 0;
        const before = [...net.keys()].filter(
            (i) => i < now + (is("a base of today's own interval counts") ? 1 : 0),
        );
        if (before.length === 0) return null;
        const first = is("the base is the first that is known");
        const base = before.reduce((a, b) => (first ? Math.min(a, b) : Math.max(a, b)));
        const errors = errorsOf(net, now, now - base);
        const fewer = is("nineteen errors are enough") ? 1 : 0;
        const enough = 20 - fewer + (is("twenty errors are too few") ? 1 : 0);
        const n = errors.length;
        if (n < enough) return null;
        if (!is("errors are not sorted")) errors.sort((a, b) => a - b);
        const tenth = is("the offer is the tenth part") ? 10 : 20;
        const parts = is("the offer is the least error") ? n + 1 : tenth;
        const place = is("the bid stands one place higher") ? 1 : 0;
        const middle = is("the bid is the least error") ? 0 : Math.floor(n / 2) + place;
        const at = (i: number) => (net.get(base) ?? 0) + (errors[i] ?? 0);
        const cut = (wh: number, max: number) => {
            if (is("forward is rounded before it is cut")) return Math.min(tens(wh), max, cap);
            return tens(Math.min(wh, max, cap));
        };
        const low = Math.floor(n / parts);
        return { offer: cut(at(low), most.offer), bid: cut(-at(middle), most.bid) };
    }

    function errorsOf(net: Map<number, number>, now: number, lag: number): number[] {
        const length = c.interval_ms ?? 900000;
        const day = 86400000 / length;
        const whole = Math.floor(3600000 / length);
        const hour = is("half an hour around") ? Math.floor(whole / 2) : whole;
        const days = is("six days") ? 6 : is("eight days") ? 8 : 7;
        const aside = is("errors are those of the next interval") ? 1 : 0;
        const errors: number[] = [];
        for (let d = 1; d <= days; d++) {
            for (let h = -hour; h <= hour; h++) {
                if (h > 0 && is("the hour before only")) continue;
                if (h === 0 && is("the time of day itself is left out")) continue;
                const at = now - d * day + h + aside;
                const actual = net.get(at);
                const forecast = net.get(at - lag);
                if (actual !== undefined && forecast !== undefined) errors.push(actual - forecast);
            }
        }
        return errors;
    }
}
