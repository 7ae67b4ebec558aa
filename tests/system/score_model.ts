// SPDX-License-Identifier: Apache-2.0
// The Q-score a second time, written from docs/protocol.md section 9 and nothing else. Numbers of
// scores are BigInt, so nothing can overflow or be rounded unseen. Each `bent("...")` names one
// rule that can be broken: a test breaks each in turn and must then see a difference.

import type {
    Contract,
    Did,
    Bit,
    Input,
    ScoreBend,
    Slot,
    Verification,
} from "./score_shapes.js";

const ONE = 65536n;
const M = 2n ** 30n;
const FAULT = -81920n;

interface State {
    slot: number;
    score: bigint;
    closed: number;
    quarters: number;
    recent: number[];
    partners: number[];
    mature: boolean;
    live: boolean;
}
interface Cause {
    kind: "contract" | "verification" | "slot" | "ejection";
    number: number | null;
    interval: number;
    slot: number;
    role: "seller" | "buyer" | "leader" | "peer" | "member";
    why: "outcome" | "silent" | "wrong" | "false" | "ejected";
    stage: "exec" | "final" | null;
    e: 1 | 3 | 5;
    x: bigint;
    kappa: bigint;
    w: bigint;
}
type Step = Record<string, number | string | boolean | null>;
const min = (a: bigint, b: bigint) => (a < b ? a : b);
const max = (a: bigint, b: bigint) => (a > b ? a : b);

class Scores {
    readonly steps: Step[] = [];
    readonly records: Step[] = [];
    private readonly members = new Map<number, State>();
    private readonly taken = new Map<string, bigint>();
    private readonly honest = new Map<string, number>();
    private readonly silences = new Set<string>();
    private readonly active: number;
    private readonly reference: bigint;
    private readonly paper: boolean;
    private sums = { v: 0n, L: 0n, f: 0n };

    constructor(
        private readonly input: Input,
        private readonly bend: ScoreBend | null,
    ) {
        this.active = input.active ?? input.members.length;
        this.reference = BigInt(input.params?.reference_wh ?? 1000);
        this.paper = input.params?.mode === "paper";
        for (const m of input.members)
            this.members.set(m.slot, {
                slot: m.slot,
                score: BigInt(m.score ?? 0),
                closed: m.closed ?? 0,
                quarters: m.quarters ?? 0,
                recent: [...(m.recent ?? [])],
                partners: [...(m.partners ?? [])],
                mature: m.mature ?? false,
                live: m.live ?? true,
            });
    }

    private bent(name: ScoreBend): boolean {
        return this.bend === name;
    }

    private of(slot: number): State {
        const m = this.members.get(slot);
        if (!m) throw new Error(`no member ${slot}`);
        return m;
    }

    private pow(a: bigint, e: 1 | 3 | 5): bigint {
        if (e === 1) return a;
        const a2 = (a * a) >> 16n;
        const a3 = (a2 * a) >> 16n;
        if (e === 3) return a3;
        return this.bent("power of 5 without its middle rounding")
            ? (a * a * a * a * a) >> 64n
            : (a3 * a2) >> 16n;
    }

    /** qot.4 */
    private gain(r: bigint, c: Cause): bigint {
        const product = (((M - r) * this.pow(c.x, c.e)) >> 16n) * c.w;
        return (product + (this.bent("gain rounded up") ? 2n ** 27n - 1n : 0n)) >> 27n;
    }

    private loss(r: bigint, c: Cause): bigint {
        const lambda = this.bent("loss three times") ? 3n : 4n;
        const product = (((M + r) * this.pow(-c.x, c.e)) >> 16n) * c.kappa * lambda;
        return (product + (this.bent("loss rounded down") ? 0n : 2n ** 27n - 1n)) >> 27n;
    }

    /** qot.8 and sample.5: what is left of a loss. */
    private limited(c: Cause, m: State, loss: bigint): bigint {
        const at = `${c.slot} ${c.interval}`;
        if (c.role === "seller" || c.role === "buyer") {
            const role = this.bent("taken for both roles") ? "trader" : c.role;
            const key = this.bent("taken for ever") ? `${c.slot} ${role}` : `${at} ${role}`;
            const before = this.taken.get(key) ?? 0n;
            const counted = this.bent("taken without weight") ? this.loss(m.score, c) : loss;
            this.taken.set(key, this.bent("taken is the last") ? counted : max(before, counted));
            return max(0n, loss - before);
        }
        if (c.why === "silent" && (c.kind !== "slot" || this.bent("slot only once an interval"))) {
            let stage: string = c.kind === "verification" ? "verification" : (c.stage ?? "slot");
            if (stage === "final" && this.bent("silence for both stages")) stage = "exec";
            if (stage === "verification" && this.bent("silence of the verifier as of exec"))
                stage = "exec";
            let key = this.bent("silence for ever") ? `${c.slot} ${stage}` : `${at} ${stage}`;
            if (this.bent("silence of ranks apart")) key += c.role;
            const again = this.silences.has(key) && !this.bent("silence each time");
            this.silences.add(key);
            return again ? 0n : loss;
        }
        const spared = this.bent("honest floor for the silent") && c.why !== "ejected";
        if (c.kappa >= ONE && !spared) return loss;
        const most = this.bent("seven honest steps") ? 7 : this.bent("nine honest steps") ? 9 : 8;
        const key = this.bent("honest steps for ever") ? `${c.slot}` : at;
        const count = this.honest.get(key) ?? 0;
        let left = min(loss, m.score - min(m.score, 0n));
        if (this.bent("honest below zero")) left = loss;
        if (this.bent("honest up to zero") && m.score < 0n) left = m.score;
        if (left !== 0n || !this.bent("honest steps of 0 do not count"))
            this.honest.set(key, count + 1);
        return count < most ? left : 0n;
    }

    private step(c: Cause): void {
        const m = this.of(c.slot);
        if (!m.live && !this.bent("steps of those who left")) return;
        let full: bigint, change: bigint;
        if (c.why === "ejected") {
            full = change = (this.bent("ejection to zero") ? min(m.score, 0n) : -M) - m.score;
        } else if (c.x > 0n) {
            full = change = this.gain(m.score, c);
        } else {
            let loss = this.loss(m.score, c);
            const up = this.bent("weighed loss rounded down") ? 0n : ONE - 1n;
            const duty = c.role !== "seller" && c.role !== "buyer";
            if (duty ? this.bent("peers' losses weighed") : !this.bent("trader's loss not weighed"))
                loss = (loss * c.w + up) / ONE;
            full = -loss;
            change = -this.limited(c, m, loss);
        }
        m.score += change;
        if (c.role === "peer") this.sums.v += change;
        else if (c.role === "leader")
            if (c.why === "silent" && this.bent("silent ranks among the peers"))
                this.sums.v += change;
            else this.sums.L += change;
        else this.sums.f += change;
        const sized = c.why !== "ejected";
        this.steps.push({
            kind: c.kind,
            number: c.number,
            slot: c.slot,
            role: c.role,
            why: c.why,
            stage: c.stage,
            e: sized ? c.e : null,
            x: sized ? Number(c.x) : null,
            kappa: sized ? Number(c.kappa) : null,
            w: sized ? Number(c.w) : null,
            capped: change !== full,
            step: Number(change),
            score: Number(m.score),
        });
    }

    private record(item: Contract | Verification, x: bigint | null, alpha: number | null): void {
        const { v, L, f } = this.sums;
        this.records.push({
            kind: item.kind ?? "contract",
            number: item.number,
            x: x === null ? null : Number(x),
            alpha,
            v: Number(v),
            L: Number(L),
            f: Number(f),
            Q: Number(v + L + f),
        });
    }

    /** qot.2 */
    private x(c: Contract): bigint {
        const start = this.bent("success starts at 1") ? 65536n : 81920n;
        const slope = this.bent("success ends at 1.75") ? 32768n : 49152n;
        const energy = BigInt(c.energy_wh);
        if (c.end === "SETTLED") {
            const promised = Math.min(c.energy_wh, c.b_wh);
            const whole = this.bent("g of the contract alone") ? c.energy_wh : promised;
            const g = (BigInt(c.settled_wh) * 65536n) / BigInt(whole);
            return start + ((slope * g) >> 16n);
        }
        if (c.end === "VOID") return 0n;
        let h = 65536n;
        const missing = (part: number) => ((energy - BigInt(part)) * 65536n) / energy;
        if (c.cond === "C1") h = missing(c.s_wh);
        if (c.cond === "C3") h = missing(this.bent("h of the seller under C3") ? c.s_wh : c.b_wh);
        if (c.cond === "C2" && this.bent("h of C2 by measure")) h = missing(c.b_wh);
        if (c.cond === "C4" && this.bent("h of C4 by measure")) h = missing(c.s_wh);
        if (c.cond === "C1" && this.bent("h of the settled part")) h = missing(c.settled_wh);
        return -(81920n + ((49152n * h) >> 16n));
    }

    /** trade.9 */
    private alpha(c: Contract): number {
        if (c.end === "DECLINED") {
            if (c.cond === "C1") return 1;
            if (c.cond === "C4") return this.bent("alpha of C4 turned") ? -1 : 1;
            if (c.cond === "C3") return this.bent("alpha of C3 turned") ? 1 : -1;
            return -1;
        }
        if (c.end === "SETTLED" && !this.bent("alpha 2 at every end")) return 0;
        const exec = c.stages.find((s) => s.stage === "exec")?.ranks ?? [];
        const at = (did: Did) => exec.some((r) => r.did === did);
        const fault =
            at("silent") || at("wrong") || (this.bent("alpha 2 for the vacant") && at("vacant"));
        const stood = at("right") && !this.bent("alpha 2 despite a right result");
        return fault && !stood && !this.bent("no alpha 2") ? 2 : 0;
    }

    private volume(wh: number): bigint {
        const w = (ONE * BigInt(wh)) / this.reference;
        return this.bent("volume without a limit") ? min(w, 2n * ONE) : min(ONE, w);
    }

    private pairWeight(c: Contract): bigint {
        const length = this.bent("ring of 31") ? 31 : 32;
        const count = (of: number, other: number) =>
            this.of(of)
                .recent.slice(-length)
                .filter((slot) => slot === other).length;
        const a = count(c.seller, c.buyer);
        const b = count(c.buyer, c.seller);
        let j = Math.max(a, b);
        if (this.bent("pair of the seller's ring only")) j = a;
        if (this.bent("pair of both rings added")) j = a + b;
        if (this.bent("pair counts this trade")) j += 1;
        const least = this.bent("pair down to a 32nd") ? 32n : 64n;
        return max(ONE >> BigInt(Math.min(j, 17)), ONE / least);
    }

    /** boot.2 */
    private p(): number {
        const others = this.bent("p of all others") ? this.active - 1 : (this.active - 1) / 2;
        return Math.max(1, Math.min(this.bent("p up to 4") ? 4 : 5, Math.floor(others)));
    }

    private close(c: Contract): void {
        if (c.end === "VOID" && !this.bent("void closes")) return;
        if (c.end === "DECLINED" && this.bent("declined does not close")) return;
        const settled = c.end === "SETTLED";
        const quarters = c.unwitnessed && !this.bent("unwitnessed counts four") ? 1 : 4;
        for (const [own, other] of [
            [c.seller, c.buyer],
            [c.buyer, c.seller],
        ] as const) {
            const m = this.of(own);
            m.recent = [...m.recent, other].slice(-32);
            m.closed += 1;
            if (settled) m.quarters += quarters;
            if ((settled || this.bent("declined adds a partner")) && !m.partners.includes(other))
                m.partners.push(other);
            const p = this.p();
            const enough = (this.bent("mature at 15p") ? 15 : 16) * p;
            const known = m.partners.length >= p || this.bent("mature without partners");
            if (m.quarters >= enough && known) m.mature = true;
        }
    }

    private threshold(m: State): number {
        if (m.mature && !this.bent("mature threshold of the immature")) return Number(-M / 8n);
        const p = BigInt(this.p());
        const counted = this.bent("immature threshold without end")
            ? BigInt(m.closed)
            : min(BigInt(m.closed), 4n * p);
        return Number(-M / 2n + (3n * M * counted) / (8n * 4n * p));
    }

    /** qot.1, qot.5, qot.6 */
    private contract(c: Contract): void {
        const x = this.x(c);
        const alpha = this.alpha(c);
        const settled = c.end === "SETTLED";
        const wh =
            settled || this.bent("volume of a failure by what was settled")
                ? c.settled_wh
                : c.energy_wh;
        const volume = this.volume(wh);
        const pair = this.pairWeight(c);
        const base = { kind: "contract", number: c.number, interval: c.interval } as const;
        const outcome = { ...base, why: "outcome", stage: null, x, kappa: ONE } as const;
        const traders = this.bent("buyer first")
            ? (["buyer", "seller"] as const)
            : (["seller", "buyer"] as const);
        for (const role of traders) {
            const named = alpha === (role === "seller" ? 1 : -1);
            const spared = !named && !this.bent("both named by a failure");
            if (x === 0n || (x < 0n && spared)) continue;
            const e = this.bent("traders with 3") ? 3 : 5;
            this.step({ ...outcome, slot: c[role], role, e, w: (pair * volume) >> 16n });
        }

        // Which rank's right result stood in a stage, and in which stage last.
        const stages = (["exec", "final"] as const).flatMap((name) =>
            c.stages.filter((s) => s.stage === name),
        );
        const windows = stages.flatMap((s) => {
            const right = s.ranks.find((r) => r.did === "right");
            return right ? [{ stage: s.stage, ballots: s.ballots, led: right.rank }] : [];
        });
        const last = windows[this.bent("the leader is the first") ? 0 : windows.length - 1];
        const leader = last?.led ?? -1;

        // A seat's bits: in each used window all but that window's leader owe one.
        const bits = (rank: number) =>
            windows
                .filter((w) => w.led !== rank)
                .filter(
                    (w) =>
                        !this.bent("the exec leader owes nothing in final") ||
                        windows[0]?.led !== rank ||
                        w === windows[0],
                )
                .map((w) => {
                    const bit = w.ballots[String(c.cluster[rank])];
                    return { stage: w.stage, said: bit === undefined ? "silent" : bit };
                });
        const badBit = (rank: number) => bits(rank).some((b) => b.said !== true);
        const fault = (
            rank: number,
            role: "leader" | "peer",
            why: "silent" | "wrong" | "false",
            stage: "exec" | "final",
        ) => {
            let e: 1 | 3 | 5 = role === "peer" ? 1 : why === "wrong" ? 5 : 3;
            if (role === "leader" && why === "silent" && this.bent("silent rank with 1")) e = 1;
            if (why === "wrong" && this.bent("wrong result with 3")) e = 3;
            if (role === "peer" && why === "silent" && this.bent("silent bit with 3")) e = 3;
            if (why === "false" && this.bent("false bit with 5")) e = 5;
            const at = this.bent("own fault at the outcome's x") && x < 0n ? x : FAULT;
            const slot = c.cluster[rank] ?? 0;
            this.step({ ...base, slot, role, why, stage, e, x: at, kappa: ONE, w: ONE });
        };
        const duty = (rank: number, role: "leader" | "peer") => {
            if (x === 0n) return;
            const right = `${role} right pays in full` as const;
            const spares = !this.paper || this.bent("paper mode spares the right");
            const kappa = x < 0n && spares && !this.bent(right) ? ONE / 8n : ONE;
            let e: 1 | 3 | 5 = role === "leader" ? 3 : 1;
            if (role === "leader" && this.bent("leader with 1")) e = 1;
            if (role === "peer" && this.bent("peers with 3")) e = 3;
            let w = x > 0n ? volume : ONE;
            if (this.bent("peers gain in full")) w = ONE;
            if (x > 0n && role === "leader" && this.bent("pair weighs the leader"))
                w = (pair * volume) >> 16n;
            if (x < 0n && this.bent("peers' losses weighed")) w = volume;
            this.step({ ...outcome, slot: c.cluster[rank] ?? 0, role, e, kappa, w });
        };

        const offices = stages.flatMap((s) =>
            s.ranks.map((r) => ({ rank: r.rank, did: r.did, stage: s.stage })),
        );
        const byRank = this.bent("leaders by office")
            ? [...new Set(offices.map((o) => o.rank))]
            : [...new Set(offices.map((o) => o.rank))].sort((a, b) => a - b);
        for (const rank of byRank) {
            const faults = offices.filter(
                (o) => o.rank === rank && (o.did === "silent" || o.did === "wrong"),
            );
            for (const o of faults)
                fault(rank, "leader", o.did === "silent" ? "silent" : "wrong", o.stage);
            const slept = faults.length > 0 && !this.bent("the leader despite its silent rank");
            const bad = badBit(rank) && !this.bent("the leader despite its bad bit");
            if (rank === leader && !slept && !bad) duty(rank, "leader");
        }

        const seats = c.cluster.map((slot, rank) => ({ slot, rank }));
        if (!this.bent("peers by rank")) seats.sort((a, b) => a.slot - b.slot);
        for (const { rank } of seats) {
            const own = bits(rank);
            if (windows.length === 0 && this.bent("seat without a window is silent"))
                fault(rank, "peer", "silent", "exec");
            for (const { said, stage } of own)
                if (said !== true) fault(rank, "peer", said === false ? "false" : "silent", stage);
            const good = own.filter((b) => b.said === true);
            if (good.length === 0) continue;
            if (rank === leader && !this.bent("leader also as a peer")) continue;
            const erred = offices.some(
                (o) => o.rank === rank && (o.did === "silent" || o.did === "wrong"),
            );
            if (erred && this.bent("a rank that slept is no peer")) continue;
            if (good.length < own.length && !this.bent("peer with one bad bit")) continue;
            const times = this.bent("peer for each bit") ? good.length : 1;
            for (let i = 0; i < times; i++) duty(rank, "peer");
        }
        this.record(c, x, alpha);
        this.close(c);
    }

    /** qot.10 */
    private verification(v: Verification): void {
        const base = {
            kind: "verification",
            number: v.number,
            interval: v.interval,
            stage: null,
            kappa: ONE,
            w: ONE,
        } as const;
        const struck = v.end === "STRUCK" && !this.bent("struck takes the silent");
        const own = v.ballots[String(v.leader)] ?? [];
        const verdict = (i: number) => own[i] ?? true;
        const wrongOn = (said: Bit, i: number) => {
            const outcome = v.outcome[i] ?? null;
            if (outcome === null && !this.bent("undecided bits count")) return false;
            if (said === null) return this.bent("missing bits are false");
            return said !== outcome;
        };
        const judged = (slot: number, role: "leader" | "peer", said: Bit[]) => {
            const wrong = v.outcome.some((_, i) => wrongOn(said[i] ?? null, i));
            const e = role === "leader" && !this.bent("verification leader with 1") ? 3 : 1;
            const x = this.bent("verified is 1.25") ? 81920n : 131072n;
            if (wrong) this.step({ ...base, slot, role, why: "false", e, x: FAULT });
            else this.step({ ...base, slot, role, why: "outcome", e, x });
        };
        if (v.end === "DECIDED") {
            const verdicts = v.outcome.map((_, i) => verdict(i));
            judged(v.leader, "leader", verdicts);
        } else if (v.end === "DECLINED" && !this.bent("declined spares its leader")) {
            const e = this.bent("verification leader with 1") ? 1 : 3;
            this.step({ ...base, slot: v.leader, role: "leader", why: "outcome", e, x: FAULT });
        }
        const seats = [...v.seats].sort((a, b) => a - b);
        for (const slot of struck ? [] : seats) {
            if (slot === v.leader && !this.bent("leader is silent too")) continue;
            const said = v.ballots[String(slot)] ?? [];
            const peer = { ...base, slot, role: "peer", e: 1 } as const;
            const onDecided = said.some((b, i) => b !== null && (v.outcome[i] ?? null) !== null);
            const decided = v.end === "DECIDED";
            let mute = said.every((b) => b === null);
            if (decided && !onDecided && this.bent("a bit on nothing decided is silent"))
                mute = true;
            const punishes = v.end === "TIMED_OUT" && this.bent("timed out punishes all");
            if (mute) {
                if (decided && this.bent("silent seats of a decided block go free")) continue;
                this.step({ ...peer, why: "silent", x: FAULT });
            } else if (decided) {
                judged(slot, "peer", said);
            } else if (v.end === "DECLINED" || punishes) {
                const given = said.flatMap((b, i) => (b === null ? [] : [b === verdict(i)]));
                const agreed = this.bent("declined by one disagreement")
                    ? given.every((same) => same)
                    : given.some((same) => same);
                const spared = agreed === this.bent("declined spares who agreed") && !this.paper;
                const kappa = spared ? ONE / 8n : ONE;
                this.step({ ...peer, why: "outcome", x: FAULT, kappa });
            }
        }
        this.record(v, null, null);
    }

    private slot(s: Slot): void {
        this.step({
            kind: "slot",
            number: s.number,
            interval: s.interval,
            slot: s.leader,
            role: "leader",
            why: "silent",
            stage: null,
            e: this.bent("slot with 1") ? 1 : 3,
            x: FAULT,
            kappa: ONE,
            w: ONE,
        });
    }

    private ejection(slot: number): void {
        const base = { kind: "ejection", number: null, interval: 0, stage: null } as const;
        const sizes = { e: 1, x: 0n, kappa: ONE, w: ONE } as const;
        this.step({ ...base, ...sizes, slot, role: "member", why: "ejected" });
        if (!this.bent("the ejected stays")) this.of(slot).live = false;
    }

    run(): Record<string, unknown> {
        for (const item of this.input.closed) {
            this.sums = { v: 0n, L: 0n, f: 0n };
            if (item.kind === "verification") this.verification(item);
            else if (item.kind === "slot") this.slot(item);
            else if (item.kind === "ejection") this.ejection(item.slot);
            else this.contract(item);
        }
        const members = this.input.members.map(({ slot }) => {
            const m = this.of(slot);
            return { ...m, score: Number(m.score), trade_threshold: this.threshold(m) };
        });
        return { v: 1, steps: this.steps, records: this.records, members };
    }
}

/** What `study score` must answer; under a bend, what it would answer with that rule broken. */
export function score(input: Input, bend: ScoreBend | null = null): Record<string, unknown> {
    return new Scores(input, bend).run();
}
