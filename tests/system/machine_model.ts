// SPDX-License-Identifier: Apache-2.0
// Orders and join requests once more, written from tables 1 and 2 of docs/state-machines.md, a row
// here for a row there. Each row, and what is refused beside the table, can be bent by name.

export type Code = "OK" | "CLOSED" | "EARLY" | "LATE" | "NOT_MEMBER" | "VOTED" | "WRONG_STATE";

export const orderStates = [
    "OPEN",
    "FROZEN",
    "FILLED",
    "PARTIAL",
    "CANCELLED",
    "EXPIRED",
] as const;
export type OrderState = (typeof orderStates)[number];

export const orderKinds = ["cancel", "match", "gate", "statements", "owner_out", "seed"] as const;

export interface OrderEvent {
    event: (typeof orderKinds)[number];
    by_owner?: boolean;
    quiet?: boolean;
    missed?: boolean;
    filled?: boolean;
    stated?: boolean;
}

export type Round = "forward" | "measured";

interface OrderRow {
    name: string;
    from: OrderState;
    event: OrderEvent["event"];
    guard: (e: OrderEvent, round: Round) => boolean;
    next: OrderState;
}

const always = () => true;
const isMissed = (e: OrderEvent, round: Round) => e.missed === true && round === "forward";

const orderRows: readonly OrderRow[] = [
    {
        name: "a cancel",
        from: "OPEN",
        event: "cancel",
        guard: (e) => e.by_owner !== false && !e.quiet,
        next: "CANCELLED",
    },
    {
        name: "a match of a part",
        from: "OPEN",
        event: "match",
        guard: (e) => !e.filled,
        next: "OPEN",
    },
    {
        name: "a match of all",
        from: "OPEN",
        event: "match",
        guard: (e) => e.filled === true,
        next: "FILLED",
    },
    {
        name: "the gate",
        from: "OPEN",
        event: "gate",
        guard: (e, round) => round === "forward" && !isMissed(e, round),
        next: "FROZEN",
    },
    {
        name: "a missed gate",
        from: "OPEN",
        event: "gate",
        guard: (e, round) => isMissed(e, round),
        next: "EXPIRED",
    },
    {
        name: "the close with a statement",
        from: "OPEN",
        event: "statements",
        guard: (e, round) => round === "measured" && e.stated === true,
        next: "FROZEN",
    },
    {
        name: "the close without one",
        from: "OPEN",
        event: "statements",
        guard: (e, round) => round === "measured" && !e.stated,
        next: "EXPIRED",
    },
    {
        name: "an owner gone while open",
        from: "OPEN",
        event: "owner_out",
        guard: always,
        next: "CANCELLED",
    },
    {
        name: "an owner gone while frozen",
        from: "FROZEN",
        event: "owner_out",
        guard: always,
        next: "CANCELLED",
    },
    {
        name: "a seed that fills",
        from: "FROZEN",
        event: "seed",
        guard: (e, round) => !isMissed(e, round) && e.filled === true,
        next: "FILLED",
    },
    {
        name: "a seed that does not fill",
        from: "FROZEN",
        event: "seed",
        guard: (e, round) => !isMissed(e, round) && !e.filled,
        next: "PARTIAL",
    },
    {
        name: "a seed that comes too late",
        from: "FROZEN",
        event: "seed",
        guard: (e, round) => isMissed(e, round),
        next: "EXPIRED",
    },
];

const orderOtherBends = [
    "a quiet order is cancelled",
    "anyone cancels",
    "NOT_MEMBER before LATE",
    "a frozen order is in the wrong state for a cancel",
    "an ended order is in the wrong state",
    "a measured order has a gate",
    "a forward order waits for statements",
    "a measured seed can be missed",
];

export const orderBends: readonly string[] = [...orderRows.map((r) => r.name), ...orderOtherBends];

/** The row that applies, which may be asked for with the event and round bent. */
function findOrderRow(
    state: OrderState,
    given: OrderEvent,
    round: Round,
    bend?: string,
): OrderRow | undefined {
    const e = { ...given };
    let as = round;
    if (bend === "a quiet order is cancelled") e.quiet = false;
    if (bend === "anyone cancels") e.by_owner = true;
    if (bend === "a measured order has a gate" && e.event === "gate") as = "forward";
    if (bend === "a forward order waits for statements" && e.event === "statements")
        as = "measured";
    if (bend === "a measured seed can be missed" && e.event === "seed") as = "forward";
    return orderRows.find((r) => r.from === state && r.event === e.event && r.guard(e, as));
}

function refuseOrder(state: OrderState, e: OrderEvent, bend?: string): Code {
    const isOpen = state === "OPEN";
    if (!isOpen && state !== "FROZEN")
        return bend === "an ended order is in the wrong state" ? "WRONG_STATE" : "CLOSED";
    if (e.event !== "cancel") return "WRONG_STATE";
    if (!isOpen && bend === "a frozen order is in the wrong state for a cancel")
        return "WRONG_STATE";
    if (bend === "NOT_MEMBER before LATE" && e.by_owner === false) return "NOT_MEMBER";
    return !isOpen || e.quiet ? "LATE" : "NOT_MEMBER";
}

export interface OrderStep {
    code: Code;
    state: OrderState;
}

export function runOrder(round: Round, events: readonly OrderEvent[], bend?: string): OrderStep[] {
    let state: OrderState = "OPEN";
    return events.map((e) => {
        const row = findOrderRow(state, e, round, bend);
        if (!row) return { code: refuseOrder(state, e, bend), state };
        state = row.name === bend ? (row.next === "OPEN" ? "FROZEN" : "OPEN") : row.next;
        return { code: "OK", state };
    });
}

export const requestStates = [
    ...(["PENDING", "VOTING", "VERIFIED", "ACTIVE", "REJECTED", "EXPIRED"] as const),
    ...(["REVOKED", "EJECTED", "DEPARTED"] as const),
] as const;
export type RequestState = (typeof requestStates)[number];

export const requestKinds = [
    ...(["block", "admit", "vote", "seat_lost", "decide", "deadline", "struck", "lapse"] as const),
    ...(["cert", "revoke", "eject", "depart"] as const),
] as const;

export interface RequestEvent {
    event: (typeof requestKinds)[number];
    t_ms?: number;
    a_ms?: number;
    seat?: number;
    seats?: number;
    deadline_ms?: number;
    accepts?: boolean;
    may_admit?: boolean;
    waited?: boolean;
    agrees?: boolean;
    csr_matches?: boolean;
}

export interface RequestStep {
    code: Code;
    state: RequestState;
    attempt: number;
    agree: number;
    disagree: number;
    lost: number;
}

interface RequestRow {
    name: string;
    from: readonly RequestState[];
    event: RequestEvent["event"];
    guard: (m: RequestModel, e: RequestEvent) => boolean;
    next: RequestState | "same" | "again";
}

const decided: readonly RequestState[] = requestStates.filter(
    (s) => s !== "PENDING" && s !== "VOTING",
);

const requestRows: readonly RequestRow[] = [
    { name: "a block", from: ["PENDING"], event: "block", guard: always, next: "VOTING" },
    {
        name: "the authority admits",
        from: ["PENDING"],
        event: "admit",
        guard: (m, e) => e.may_admit !== false && (e.waited !== false || m.is("nobody waits")),
        next: "VERIFIED",
    },
    {
        name: "the voucher expires while pending",
        from: ["PENDING"],
        event: "lapse",
        guard: (m, e) => (e.t_ms ?? 0) >= m.expires,
        next: "EXPIRED",
    },
    {
        name: "the attempts are used up",
        from: ["PENDING"],
        event: "lapse",
        guard: (m) => m.attempt >= m.attemptsMax,
        next: "EXPIRED",
    },
    {
        name: "a ballot while voting",
        from: ["VOTING"],
        event: "vote",
        guard: (m, e) => m.ballotFault(e) === undefined,
        next: "same",
    },
    { name: "a seat falls out", from: ["VOTING"], event: "seat_lost", guard: always, next: "same" },
    {
        name: "accepted by a quorum",
        from: ["VOTING"],
        event: "decide",
        guard: (m) => m.accepts && m.agree >= m.quorum(),
        next: "VERIFIED",
    },
    {
        name: "rejected by a quorum",
        from: ["VOTING"],
        event: "decide",
        guard: (m) => !m.accepts && m.agree >= m.quorum(),
        next: "REJECTED",
    },
    {
        name: "no quorum is in reach",
        from: ["VOTING"],
        event: "decide",
        guard: (m) => m.reach() < m.quorum(),
        next: "again",
    },
    {
        name: "the deadline of a block",
        from: ["VOTING"],
        event: "deadline",
        guard: (m, e) => (e.a_ms ?? 0) >= m.deadline,
        next: "again",
    },
    { name: "a struck block", from: ["VOTING"], event: "struck", guard: always, next: "again" },
    {
        name: "a ballot on what is decided",
        from: decided,
        event: "vote",
        guard: (m, e) => m.wasDecided && m.ballotFault(e) === undefined,
        next: "same",
    },
    {
        name: "a certificate",
        from: ["VERIFIED"],
        event: "cert",
        guard: (m, e) => e.csr_matches !== false || m.is("any key is certified"),
        next: "ACTIVE",
    },
    {
        name: "the voucher expires when verified",
        from: ["VERIFIED"],
        event: "lapse",
        guard: (m, e) => (e.t_ms ?? 0) >= m.expires,
        next: "EXPIRED",
    },
    { name: "a revocation", from: ["ACTIVE"], event: "revoke", guard: always, next: "REVOKED" },
    { name: "an ejection", from: ["ACTIVE"], event: "eject", guard: always, next: "EJECTED" },
    { name: "a departure", from: ["ACTIVE"], event: "depart", guard: always, next: "DEPARTED" },
];

const requestOtherBends = [
    "nobody waits",
    "any key is certified",
    "a late ballot counts",
    "anyone votes",
    "a lost seat votes",
    "a seat votes twice",
    "VOTED before NOT_MEMBER",
    "the leader gives no ballot",
    "every ballot agrees",
    "half is a quorum",
    "two thirds are a quorum",
    "lost seats can still agree",
    "an attempt is not counted",
    "the seats of a failed block stay",
    "what the authority admits was decided by a block",
    "an early certificate is in the wrong state",
    "an ended request is in the wrong state",
];

export const requestBends: readonly string[] = [
    ...requestRows.map((r) => r.name),
    ...requestOtherBends,
];

export class RequestModel {
    state: RequestState = "PENDING";
    attempt = 0;
    accepts = false;
    seats = 0;
    deadline = 0;
    wasDecided = false;
    agree = 0;
    disagree = 0;
    private voted = new Set<number>();
    private lost = new Set<number>();

    constructor(
        readonly expires: number,
        readonly attemptsMax: number,
        private readonly bend?: string,
    ) {}

    is(name: string): boolean {
        return this.bend === name;
    }

    quorum(): number {
        if (this.is("half is a quorum")) return Math.ceil(this.seats / 2);
        if (this.is("two thirds are a quorum")) return Math.ceil((2 * this.seats) / 3);
        return Math.floor((2 * this.seats) / 3) + 1;
    }

    /** Seats that agree, or still could. */
    reach(): number {
        const lost = this.is("lost seats can still agree") ? 0 : this.lost.size;
        return this.seats - this.disagree - lost;
    }

    /** A seat that may fall out now. */
    openSeats(): number[] {
        const all = Array.from({ length: this.seats }, (_, seat) => seat);
        return all.filter((seat) => !this.voted.has(seat) && !this.lost.has(seat));
    }

    ballotFault(e: RequestEvent): Code | undefined {
        const seat = e.seat ?? 0;
        const isOut = seat >= this.seats && !this.is("anyone votes");
        const isLost = this.lost.has(seat) && !this.is("a lost seat votes");
        const isOld = this.voted.has(seat) && !this.is("a seat votes twice");
        if ((e.a_ms ?? 0) >= this.deadline && !this.is("a late ballot counts")) return "LATE";
        if (this.is("VOTED before NOT_MEMBER") && (isOld || isLost)) return "VOTED";
        if (isOut || isLost) return "NOT_MEMBER";
        return isOld ? "VOTED" : undefined;
    }

    private refuse(e: RequestEvent): Code {
        const { state } = this;
        const isEnded = decided.includes(state) && state !== "VERIFIED" && state !== "ACTIVE";
        if (e.event === "vote") return this.refuseVote(e);
        if (isEnded)
            return this.is("an ended request is in the wrong state") ? "WRONG_STATE" : "CLOSED";
        if (e.event === "admit" && state === "PENDING" && e.may_admit !== false) return "EARLY";
        const isEarly = e.event === "cert" && (state === "PENDING" || state === "VOTING");
        if (isEarly && !this.is("an early certificate is in the wrong state")) return "EARLY";
        return "WRONG_STATE";
    }

    private refuseVote(e: RequestEvent): Code {
        if (this.state === "PENDING") return "EARLY";
        const isOpen = this.state === "VOTING" || this.wasDecided;
        const fault = isOpen ? (this.ballotFault(e) ?? "LATE") : "LATE";
        const isOver = this.state !== "VOTING" && this.state !== "VERIFIED";
        return fault === "LATE" && isOver ? "CLOSED" : fault;
    }

    private count(e: RequestEvent): void {
        const seat = e.seat ?? 0;
        this.voted.add(seat);
        if (this.state !== "VOTING") return;
        if (e.agrees !== false || this.is("every ballot agrees")) this.agree++;
        else this.disagree++;
    }

    private open(e: RequestEvent): void {
        this.accepts = e.accepts !== false;
        this.seats = e.seats ?? 1;
        this.deadline = e.deadline_ms ?? 0;
        this.agree = this.is("the leader gives no ballot") ? 0 : 1;
        this.disagree = 0;
        this.voted = new Set([0]);
        this.lost = new Set();
    }

    private tryAgain(): void {
        this.state = "PENDING";
        if (!this.is("an attempt is not counted")) this.attempt++;
        if (this.is("the seats of a failed block stay")) return;
        this.agree = this.disagree = this.seats = 0;
        this.lost = new Set();
    }

    private move(row: RequestRow, e: RequestEvent): void {
        if (e.event === "block") this.open(e);
        if (e.event === "vote") this.count(e);
        if (e.event === "seat_lost") this.lost.add(e.seat ?? 0);
        const byAuthority =
            e.event === "admit" && this.is("what the authority admits was decided by a block");
        if ((e.event === "decide" && row.next !== "again") || byAuthority) this.wasDecided = true;
        if (row.name === this.bend) this.state = row.next === "ACTIVE" ? "PENDING" : "ACTIVE";
        else if (row.next === "again") this.tryAgain();
        else if (row.next !== "same") this.state = row.next;
    }

    step(e: RequestEvent): RequestStep {
        const row = requestRows.find(
            (r) => r.from.includes(this.state) && r.event === e.event && r.guard(this, e),
        );
        const code = row ? "OK" : this.refuse(e);
        if (row) this.move(row, e);
        const { state, attempt, agree, disagree } = this;
        return { code, state, attempt, agree, disagree, lost: this.lost.size };
    }
}
