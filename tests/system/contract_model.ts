// SPDX-License-Identifier: Apache-2.0
// Contracts of one interval once more, written from table 3 of docs/state-machines.md and from
// `trade.3` to `trade.13`, `boot.6`, `num.7`, `join.10`. Each rule can be bent by name.
import { FundsModel } from "./funds_model.js";
import type { Block, ContractBend, Op, Setting, StageName } from "./contract_input.js";
import type { Did, Item } from "./score_shapes.js";
import { judge, payment, type Judgement, type Statement, type Terms } from "./judge_model.js";

type State =
    | "PREPARED"
    | "DRAWN"
    | "EXEC_WAIT"
    | "EXEC_VOTE"
    | "FINAL_WAIT"
    | "FINAL_VOTE"
    | "SETTLED"
    | "DECLINED"
    | "VOID";

interface Stage {
    ranks: { rank: number; did: Did }[];
    bits: Map<number, boolean>;
    end: number | undefined;
    failed: boolean;
}

interface Contract {
    terms: Terms;
    state: State;
    cluster: number[];
    e: number;
    judged: Judgement | undefined;
    rank: number;
    deadline: number;
    exec: Stage;
    final: Stage;
    cond: string | null;
    alpha: number;
    unwitnessed: boolean;
    closedDue: number;
    scored: boolean;
}

interface Member {
    standing: "live" | "revoked" | "ejected";
    next: "revoked" | "ejected" | undefined;
    absent: boolean;
    seq: number;
    statement: Statement | undefined;
    title: number;
    received: number;
}

interface Due {
    due: number;
    kind: number;
    number: number;
    run: () => void;
}

const newStage = (): Stage => ({ ranks: [], bits: new Map(), end: undefined, failed: false });
const order = (a: Due, b: Due) => a.due - b.due || a.kind - b.kind || a.number - b.number;

export class ContractModel {
    readonly contracts: Contract[] = [];
    readonly members = new Map<number, Member>();
    readonly results: string[][] = [];
    readonly log: { height: number; contract: number; event: string }[] = [];
    /** What was scored, in its order: the input of `study score`. */
    readonly scored: Item[] = [];
    revocations = 0;
    window: "before" | "open" | "closed" = "before";
    private readonly funds: FundsModel;
    private height = 0;
    private t = 0;
    private a = 0;
    private opened = 0;
    private due = 0;

    constructor(
        private readonly setting: Setting,
        private readonly bend?: ContractBend,
    ) {
        const members = setting.members.map(({ slot }) => ({ slot }));
        this.funds = new FundsModel({ v: 1, members, ops: [] });
        for (const m of setting.members) {
            const member = m.slot;
            const amount = m.available_micro ?? 0;
            if (amount > 0)
                this.funds.take({ op: "deposit", member, amount, reference: `${member}` });
            this.funds.take({ op: "credit_limit", member, micro: m.credit_micro ?? 0 });
            this.members.set(member, {
                standing: "live",
                next: undefined,
                absent: false,
                seq: 0,
                statement: undefined,
                title: 0,
                received: 0,
            });
        }
        for (const terms of [...setting.contracts].sort((a, b) => a.number - b.number))
            this.prepare(terms);
    }

    answer(): Record<string, unknown> {
        return {
            a_ms: this.a,
            results: this.results,
            log: this.log,
            contracts: this.contracts.map((c) => ({
                number: c.terms.number,
                state: c.state,
                cond: c.cond,
                alpha: c.alpha,
                unwitnessed: c.unwitnessed,
                settled_wh: c.state === "SETTLED" ? (c.judged?.settled_wh ?? 0) : 0,
                scored: c.scored,
            })),
            accounts: this.funds.answer()["accounts"],
            energy: [...this.members.entries()]
                .sort((a, b) => a[0] - b[0])
                .map(([slot, m]) => ({ slot, title_wh: m.title, received_wh: m.received })),
        };
    }

    block(block: Block): void {
        this.clock(block.t_ms);
        if (block.absent)
            for (const [slot, m] of this.members) m.absent = block.absent.includes(slot);
        this.due = this.a;
        this.bind();
        this.score();
        this.dueWork(block);
        this.due = this.a;
        this.score();
        this.results.push((block.ops ?? []).map((op) => this.op(op)));
        this.score();
        for (const c of this.contracts) this.decide(c);
        this.score();
    }

    mayAct(slot: number): boolean {
        return this.members.get(slot)?.standing === "live";
    }

    private is(bend: ContractBend): boolean {
        return this.bend === bend;
    }

    private prepare(terms: Terms): void {
        const amount = payment(terms.energy_wh, terms.price_micro_per_kwh);
        const { number, buyer } = terms;
        if (this.funds.take({ op: "reserve", contract: number, buyer, amount }) !== "OK") {
            this.log.push({ height: 0, contract: number, event: "refused FUNDS" });
            return;
        }
        this.contracts.push({
            terms,
            state: "PREPARED",
            cluster: [],
            e: 0,
            judged: undefined,
            rank: 0,
            deadline: 0,
            exec: newStage(),
            final: newStage(),
            cond: null,
            alpha: 0,
            unwitnessed: false,
            closedDue: 0,
            scored: false,
        });
    }

    private clock(t: number): void {
        const gap = this.is("windows run on T") ? Infinity : this.setting.params.gap_ms;
        if (this.height > 0) this.a += Math.min(t - this.t, gap);
        this.t = t;
        this.height++;
        if (this.window === "before" && t >= this.setting.interval_end_ms) {
            this.window = "open";
            this.opened = this.a;
        }
    }

    private bind(): void {
        const leaving = [...this.members].filter(([, m]) => m.next !== undefined);
        for (const [slot, m] of leaving.sort((x, y) => x[0] - y[0])) {
            m.standing = m.next ?? m.standing;
            if (m.standing === "ejected") this.scored.push({ kind: "ejection", slot });
            else this.revocations++;
            m.next = undefined;
            const drops = m.standing === "ejected" && this.window !== "closed";
            if (drops && !this.is("an ejected party's statement counts")) m.statement = undefined;
        }
        const gone = new Set(leaving.map(([slot]) => slot));
        for (const c of this.contracts) this.voidIfHit(c, gone);
        for (const member of gone) this.funds.take({ op: "close_member", member });
    }

    private voidIfHit(c: Contract, gone: ReadonlySet<number>): void {
        const hit = [c.terms.seller, c.terms.buyer].some((slot) => {
            const standing = this.members.get(slot)?.standing;
            const voids =
                (standing === "revoked" && !this.is("revocation lets contracts run")) ||
                (standing === "ejected" && this.is("ejection voids"));
            return gone.has(slot) && voids;
        });
        const early = c.state === "PREPARED" || c.state === "DRAWN";
        const late = this.is("revocation voids measured contracts") && c.state === "EXEC_WAIT";
        if (hit && (early || late)) this.close(c, "VOID", null, 0);
    }

    private closed(c: Contract): boolean {
        return c.state === "SETTLED" || c.state === "DECLINED" || c.state === "VOID";
    }

    /** A deadline is over when A has reached it. */
    private over(deadline: number): boolean {
        return this.a >= deadline + (this.is("a deadline needs one ms more") ? 1 : 0);
    }

    private statementsDue(): number | undefined {
        if (this.window !== "open") return undefined;
        const end = this.opened + this.setting.params.statement_ms;
        if (this.a >= end) return end;
        const forward = (this.setting.params.timing ?? "forward") === "forward";
        if (!forward && !this.is("measured closes early too")) return undefined;
        if (this.is("the statement window never closes early")) return undefined;
        const open = this.contracts.filter((c) => !this.closed(c));
        const waits = open
            .flatMap((c) => [c.terms.seller, c.terms.buyer])
            .map((slot) => this.members.get(slot))
            .some((m) => {
                const out =
                    m?.standing === "revoked" ||
                    (m?.standing === "ejected" && !this.is("an ejected party is waited for"));
                return !out && !m?.statement;
            });
        return open.length > 0 && !waits ? this.a : undefined;
    }

    private dueWork(block: Block): void {
        const work: Due[] = [];
        for (const draw of block.draws ?? []) {
            const c = this.contracts.find((x) => x.terms.number === draw.number);
            if (!c) continue;
            const run = () => this.draw(c, draw.cluster, draw.eligible ?? draw.cluster.length);
            work.push({ due: this.a, kind: 1, number: draw.number, run });
        }
        const close = this.statementsDue();
        if (close !== undefined)
            work.push({ due: close, kind: 2, number: 0, run: () => this.closeStatements() });
        for (const c of this.contracts) {
            const item = this.contractDue(c);
            if (item) work.push(item);
        }
        for (const item of work.sort(order)) {
            this.due = item.due;
            item.run();
        }
    }

    private contractDue(c: Contract): Due | undefined {
        const number = c.terms.number;
        if (c.state === "EXEC_VOTE" || c.state === "FINAL_VOTE")
            return this.over(c.deadline)
                ? { due: c.deadline, kind: 4, number, run: () => this.last(c) }
                : undefined;
        if (c.state !== "EXEC_WAIT" && c.state !== "FINAL_WAIT") return undefined;
        if (this.over(c.deadline))
            return { due: c.deadline, kind: 3, number, run: () => this.pass(c, "silent") };
        const seat = this.members.get(c.cluster[c.rank] ?? 0);
        const vacant = seat?.standing !== "live" && !this.is("vacant ranks keep their window");
        return vacant
            ? { due: this.a, kind: 3, number, run: () => this.pass(c, "vacant") }
            : undefined;
    }

    private draw(c: Contract, cluster: number[], e: number): void {
        if (c.state !== "PREPARED") return;
        c.cluster = cluster;
        c.e = e;
        c.state = "DRAWN";
        if (c.judged) this.measured(c);
    }

    private closeStatements(): void {
        this.window = "closed";
        const counted = new Map<number, Statement>();
        for (const [slot, m] of this.members) {
            if (!m.statement) continue;
            counted.set(slot, m.statement);
            m.title += m.statement.delivered_wh ?? 0;
        }
        const open = this.contracts.filter((c) => !this.closed(c));
        const { contracts } = judge(
            open.map((c) => c.terms),
            counted,
        );
        contracts.forEach((judgement, i) => {
            const c = open[i];
            if (!c) return;
            c.judged = judgement;
            if (c.state === "DRAWN") this.measured(c);
        });
    }

    private measured(c: Contract): void {
        const verdict = c.judged?.verdict;
        if (verdict === "VOID") this.close(c, "VOID", null, 0);
        else if (c.e > 0) this.office(c, "exec", 0);
        else if (this.is("none eligible voids")) this.close(c, "VOID", null, 0);
        else {
            c.unwitnessed = true;
            if (verdict === "C1" || verdict === "C2") this.decline(c, verdict);
            else {
                this.escrow(c);
                this.carryOut(c);
            }
        }
    }

    private stage(c: Contract): StageName {
        return c.state === "FINAL_WAIT" || c.state === "FINAL_VOTE" ? "final" : "exec";
    }

    private office(c: Contract, stage: StageName, from: number): void {
        const most = this.is("all ranks lead") ? Infinity : this.setting.params.ranks_max;
        const end = Math.min(c.cluster.length, most);
        let rank = from;
        for (; rank < end; rank++) {
            const seat = this.members.get(c.cluster[rank] ?? 0);
            const absent = seat?.absent && !this.is("absent ranks lead");
            if (seat?.standing === "live" && !absent) break;
            c[stage].ranks.push({ rank, did: "vacant" });
            if (this.is("vacant ranks make alpha 2")) c[stage].failed = true;
        }
        const { exec_ms, final_ms } = this.setting.params;
        c.state = stage === "exec" ? "EXEC_WAIT" : "FINAL_WAIT";
        if (rank >= end) return this.last(c);
        c.rank = rank;
        const start = this.is("windows start at the deadline before") ? this.due : this.a;
        c.deadline = start + (stage === "exec" ? exec_ms : final_ms);
    }

    private pass(c: Contract, did: Did): void {
        const stage = this.stage(c);
        c[stage].ranks.push({ rank: c.rank, did });
        if (did !== "vacant" || this.is("vacant ranks make alpha 2")) c[stage].failed = true;
        this.office(c, stage, c.rank + 1);
    }

    private note(c: Contract, event: string): void {
        this.log.push({ height: this.height, contract: c.terms.number, event });
    }

    private last(c: Contract): void {
        if (this.stage(c) === "final") return this.finalLast(c);
        this.note(c, "exec last");
        c.unwitnessed = true;
        const verdict = c.judged?.verdict;
        const few = c.e < (this.is("two eligible void") ? 2 : 3);
        if (verdict !== "pass" && !this.is("EXEC without quorum voids a failure"))
            this.decline(c, verdict ?? "");
        else if (few || this.is("EXEC without quorum carries a pass out")) {
            this.escrow(c);
            this.finalLast(c);
        } else {
            const stood = c.exec.end !== undefined;
            const forQuorum = stood && this.is("alpha is 2 on a void for want of a quorum");
            const failed = c.exec.failed && !stood && !this.is("alpha is 0 on every void");
            this.close(c, "VOID", null, failed || forQuorum ? 2 : 0);
        }
    }

    private finalLast(c: Contract): void {
        this.note(c, "final last");
        c.unwitnessed = true;
        if (this.is("FINAL without quorum refunds")) {
            this.giveBack(c);
            this.close(c, "VOID", null, 0);
        } else this.carryOut(c);
    }

    private seller(c: Contract): Member {
        return this.members.get(c.terms.seller) as Member;
    }

    private escrow(c: Contract): void {
        this.seller(c).title -= c.judged?.settled_wh ?? 0;
        const amount = c.judged?.payment_micro ?? 0;
        this.funds.take({ op: "escrow", contract: c.terms.number, amount });
    }

    private giveBack(c: Contract): void {
        this.seller(c).title += c.judged?.settled_wh ?? 0;
    }

    private carryOut(c: Contract): void {
        const passes = c.judged?.verdict === "pass" || this.is("C3 pays the seller");
        const ejected =
            this.seller(c).standing === "ejected" && !this.is("an ejected seller is paid");
        if (passes && !ejected) return this.close(c, "SETTLED", null, 0);
        this.giveBack(c);
        this.decline(c, passes ? "C4" : "C3");
    }

    private decline(c: Contract, cond: string): void {
        this.close(c, "DECLINED", cond, cond === "C1" || cond === "C4" ? 1 : -1);
    }

    private close(c: Contract, state: State, cond: string | null, alpha: number): void {
        const contract = c.terms.number;
        c.state = state;
        c.cond = cond;
        c.alpha = alpha;
        c.closedDue = this.due;
        if (state === "VOID") c.unwitnessed = false;
        if (state === "SETTLED") {
            const buyer = this.members.get(c.terms.buyer);
            if (buyer) buyer.received += c.judged?.settled_wh ?? 0;
            this.funds.take({ op: "settle", contract, seller: c.terms.seller });
        } else this.funds.take({ op: "refund", contract });
        this.note(c, `${state}${cond ? ` ${cond}` : ""}${c.unwitnessed ? " unwitnessed" : ""}`);
    }

    /** qot.1: in the order of (due time, number). */
    private score(): void {
        const ready = this.contracts
            .filter((c) => this.closed(c) && !c.scored)
            .map((c) => {
                const ends = [c.exec.end, c.final.end].filter((end) => end !== undefined);
                const end = this.is("scored when closed") ? 0 : Math.max(0, ...ends);
                return { c, due: Math.max(end, c.closedDue) };
            })
            .filter(({ due }) => this.a >= due)
            .sort((x, y) => x.due - y.due || x.c.terms.number - y.c.terms.number);
        for (const { c } of ready) {
            c.scored = true;
            this.scored.push(this.item(c));
        }
    }

    private item(c: Contract): Item {
        const { number, seller, buyer, energy_wh } = c.terms;
        const settled = c.state === "SETTLED" ? (c.judged?.settled_wh ?? 0) : 0;
        return {
            number,
            interval: 0,
            seller,
            buyer,
            energy_wh,
            s_wh: c.judged?.s_wh ?? 0,
            b_wh: c.judged?.b_wh ?? 0,
            settled_wh: settled,
            end: c.state as "SETTLED" | "DECLINED" | "VOID",
            cond: c.cond as "C1" | "C2" | "C3" | "C4" | null,
            unwitnessed: c.unwitnessed,
            cluster: c.cluster,
            stages: (["exec", "final"] as const)
                .filter((stage) => c[stage].ranks.length > 0)
                .map((stage) => ({
                    stage,
                    ranks: c[stage].ranks,
                    ballots: Object.fromEntries(c[stage].bits),
                })),
        };
    }

    private op(op: Op): string {
        if (op.op === "revoke" || op.op === "eject") return this.expel(op);
        const by = op.by ?? 0;
        if (!this.mayAct(by)) return "INADMISSIBLE";
        if (op.op === "statement") return this.state(op, by);
        const c = this.contracts.find((x) => x.terms.number === op.contract);
        if (!c) return "NO_CONTRACT";
        return op.op === "ballot" ? this.ballot(c, op, by) : this.result(c, op, by);
    }

    private expel(op: Op): string {
        const m = this.members.get(op.member ?? 0);
        if (m?.standing !== "live" || m.next) return "WRONG_STATE";
        m.next = op.op === "revoke" ? "revoked" : "ejected";
        if (this.is("revocation binds at once")) m.standing = m.next;
        return "OK";
    }

    private state(op: Op, by: number): string {
        const m = this.members.get(by) as Member;
        if (this.window === "before" && !this.is("early statements count")) return "EARLY";
        if (op.seq !== m.seq && !this.is("any sequence goes")) return "SEQUENCE";
        m.seq++;
        if (this.window === "closed")
            return this.is("statements after the close are late") ? "LATE" : "RECORD_ONLY";
        m.statement = {
            delivered_wh: op.delivered_wh ?? 0,
            taken_wh: op.taken_wh ?? 0,
            refused: op.refused ?? [],
        };
        return "OK";
    }

    private result(c: Contract, op: Op, by: number): string {
        if (this.closed(c)) return "CLOSED";
        const rising: State[] = ["PREPARED", "DRAWN", "EXEC_WAIT", "EXEC_VOTE", "FINAL_WAIT"];
        const at = rising.indexOf(c.state);
        const wanted = op.op === "exec" ? 2 : 4;
        if (at >= 0 && at < wanted) return "EARLY";
        if (at !== wanted)
            return this.is("EXEC results are early in FINAL") && op.op === "exec" && at === 4
                ? "EARLY"
                : "WRONG_STATE";
        if (c.cluster[c.rank] !== by) return "NOT_RANK";
        if (!this.right(c, op)) {
            if (this.is("a wrong result keeps the office")) return "RESULT_WRONG";
            this.pass(c, "wrong");
            return "RESULT_WRONG";
        }
        const stage = c[this.stage(c)];
        stage.ranks.push({ rank: c.rank, did: "right" });
        stage.end = c.deadline = this.a + this.setting.params.vote_ms;
        if (!this.is("the leader's result is no ballot")) stage.bits.set(by, true);
        c.state = op.op === "exec" ? "EXEC_VOTE" : "FINAL_VOTE";
        return "OK";
    }

    private right(c: Contract, op: Op): boolean {
        const j = c.judged;
        const amounts =
            (op.settled_wh ?? j?.settled_wh) === j?.settled_wh &&
            (op.payment_micro ?? j?.payment_micro) === j?.payment_micro;
        const c4 =
            op.op === "final" &&
            op.verdict === "C4" &&
            j?.verdict === "pass" &&
            this.seller(c).standing === "ejected" &&
            !this.is("C4 is never right");
        return (
            (op.verdict === j?.verdict || c4) && (amounts || this.is("amounts are not compared"))
        );
    }

    private ballot(c: Contract, op: Op, by: number): string {
        const stage = c[op.stage ?? "exec"];
        const decided = this.is("ballots end with the decision");
        const past = decided && (this.closed(c) || this.stage(c) !== op.stage);
        const open = stage.end !== undefined && this.a < stage.end && !past;
        if (this.closed(c) && !open) return "CLOSED";
        if (stage.end === undefined) return "EARLY";
        if (!open && !this.is("ballots are taken after the window")) return "LATE";
        if (!c.cluster.includes(by) && !this.is("strangers vote")) return "NOT_MEMBER";
        if (stage.bits.has(by) && !this.is("a second ballot counts")) return "VOTED";
        const agrees = op.agree === true;
        if (agrees || !this.is("votes against the result are not kept")) stage.bits.set(by, agrees);
        return "OK";
    }

    private decide(c: Contract): void {
        if (c.state !== "EXEC_VOTE" && c.state !== "FINAL_VOTE") return;
        const stage = this.stage(c);
        const agree = [...c[stage].bits.values()].filter((bit) => bit).length;
        const half = Math.ceil(c.cluster.length / 2);
        const quorum = this.is("half is a quorum") ? half : Math.floor(c.cluster.length / 2) + 1;
        if (agree < quorum) return;
        this.note(c, `${stage} quorum`);
        const verdict = c.judged?.verdict;
        if (stage === "final") this.carryOut(c);
        else if (verdict === "C1" || verdict === "C2") this.decline(c, verdict);
        else {
            this.escrow(c);
            this.office(c, "final", this.is("FINAL begins with rank 0") ? 0 : c.rank);
        }
    }
}
