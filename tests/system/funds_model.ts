// SPDX-License-Identifier: Apache-2.0
// Accounts once more, written from docs/protocol.md sections 3 and 11 and `join.10`. Each rule can
// be bent by name: the tests show that the program differs from every bent model.

export interface FundsOp {
    op: string;
    member?: number;
    buyer?: number;
    seller?: number;
    contract?: number;
    request?: number;
    amount?: number;
    micro?: number;
    reference?: string;
    t_of_n?: boolean;
    day?: number;
}

export interface FundsInput {
    v: 1;
    deposit_day_max_micro?: number;
    members: { slot: number }[];
    ops: FundsOp[];
}

interface Account {
    available: number;
    withdrawing: number;
    credit: number;
    reserved: number;
    escrow: number;
    closed: boolean;
}

interface Hold {
    state: "reserved" | "escrowed" | "closed";
    buyer: number;
    reserved: number;
    escrow: number;
}

export const fundsBends = [
    "a reference may be used twice",
    "payouts do not share the list of references",
    "the day's limit is each member's own",
    "the day's limit is not kept",
    "the authority's deposits do not count for the day",
    "credit may be paid out",
    "credit is not used for reservations",
    "a limit may fall below the debt",
    "a rejected payout is lost",
    "a paid request may be paid again",
    "escrow may exceed the reservation",
    "the rest of a reservation stays",
    "the buyer gets the escrow",
    "a closed member keeps what it has",
    "a closed member keeps what comes later",
    "what comes later pays no debt first",
    "a rejected payout of a closed member moves again",
    "a closed member takes deposits",
    "a closed member buys",
    "a member is closed twice",
    "zero may be deposited",
    "funds before credit in use",
    "wrong state after duplicate",
] as const;
export type FundsBend = (typeof fundsBends)[number];

export class FundsModel {
    readonly accounts = new Map<number, Account>();
    readonly results: string[] = [];
    deposits = 0;
    paidOut = 0;
    private readonly holds = new Map<number, Hold>();
    private readonly requests: { member: number; amount: number; open: boolean }[] = [];
    private readonly references = new Set<string>();
    private readonly days = new Map<string, number>();

    constructor(
        private readonly input: FundsInput,
        private readonly bend?: FundsBend,
    ) {
        for (const { slot } of input.members)
            this.accounts.set(slot, {
                available: 0,
                withdrawing: 0,
                credit: 0,
                reserved: 0,
                escrow: 0,
                closed: false,
            });
        for (const op of input.ops) this.results.push(this.take(op));
    }

    answer(): Record<string, unknown> {
        return {
            v: 1,
            results: this.results,
            accounts: [...this.accounts.entries()]
                .sort((a, b) => a[0] - b[0])
                .map(([slot, a]) => ({
                    slot,
                    available_micro: a.available,
                    withdrawing_micro: a.withdrawing,
                    credit_micro: a.credit,
                    reserved_micro: a.reserved,
                    escrow_micro: a.escrow,
                    closed: a.closed,
                })),
            deposits_micro: this.deposits,
            paid_out_micro: this.paidOut,
        };
    }

    private is(bend: FundsBend): boolean {
        return this.bend === bend;
    }

    take(op: FundsOp): string {
        switch (op.op) {
            case "deposit":
                return this.deposit(op);
            case "credit_limit":
                return this.creditLimit(op);
            case "withdraw_request":
                return this.withdraw(op);
            case "withdraw_paid":
            case "withdraw_rejected":
                return this.finish(op);
            case "reserve":
                return this.reserve(op);
            case "escrow":
                return this.toEscrow(op);
            case "settle":
            case "refund":
                return this.release(op);
            case "close_member":
                return this.close(op);
            default:
                throw new Error(op.op);
        }
    }

    private deposit(op: FundsOp): string {
        const account = this.accounts.get(op.member ?? 0);
        const amount = op.amount ?? 0;
        const reference = op.reference ?? "";
        if (!account) return "NO_MEMBER";
        if (amount < (this.is("zero may be deposited") ? 0 : 1)) return "AMOUNT_RANGE";
        if (this.references.has(reference) && !this.is("a reference may be used twice"))
            return "DUPLICATE";
        if (account.closed && !this.is("a closed member takes deposits")) return "MEMBER_CLOSED";
        const own = this.is("the day's limit is each member's own") ? `/${op.member}` : "";
        const day = `${op.day ?? 0}${own}`;
        const today = (this.days.get(day) ?? 0) + amount;
        const limit = this.input.deposit_day_max_micro;
        const lax = this.is("the day's limit is not kept");
        if (!op.t_of_n && limit !== undefined && today > limit && !lax) return "NEEDS_AUTHORITY";
        const counts = !op.t_of_n || !this.is("the authority's deposits do not count for the day");
        if (counts) this.days.set(day, today);
        this.references.add(reference);
        this.deposits += amount;
        account.available += amount;
        return "OK";
    }

    private creditLimit(op: FundsOp): string {
        const account = this.accounts.get(op.member ?? 0);
        const limit = op.micro ?? 0;
        if (!account) return "NO_MEMBER";
        if (limit < 0) return "AMOUNT_RANGE";
        if (account.available + limit < 0 && !this.is("a limit may fall below the debt"))
            return this.is("funds before credit in use") ? "FUNDS" : "CREDIT_IN_USE";
        account.credit = limit;
        return "OK";
    }

    private request(member: number, amount: number): void {
        const account = this.accounts.get(member);
        if (!account) throw new Error("no account");
        this.requests.push({ member, amount, open: true });
        account.available -= amount;
        account.withdrawing += amount;
    }

    private withdraw(op: FundsOp): string {
        const account = this.accounts.get(op.member ?? 0);
        const amount = op.amount ?? 0;
        if (!account) return "NO_MEMBER";
        if (amount <= 0) return "AMOUNT_RANGE";
        const credit = this.is("credit may be paid out") ? account.credit : 0;
        if (amount > account.available + credit) return "FUNDS";
        this.request(op.member ?? 0, amount);
        return "OK";
    }

    private finish(op: FundsOp): string {
        const request = this.requests[(op.request ?? 0) - 1];
        const paid = op.op === "withdraw_paid";
        const again = paid && this.is("a paid request may be paid again");
        const known =
            paid &&
            this.references.has(op.reference ?? "") &&
            !this.is("payouts do not share the list of references");
        if (known && this.is("wrong state after duplicate")) return "DUPLICATE";
        if (!request || (!request.open && !again)) return "WRONG_STATE";
        if (known) return "DUPLICATE";
        const account = this.accounts.get(request.member);
        if (!account) throw new Error("no account");
        request.open = false;
        account.withdrawing -= request.amount;
        if (paid) {
            this.references.add(op.reference ?? "");
            this.paidOut += request.amount;
        } else if (!this.is("a rejected payout is lost")) {
            account.available += request.amount;
            if (account.closed && this.is("a rejected payout of a closed member moves again"))
                this.request(request.member, request.amount);
        }
        return "OK";
    }

    private reserve(op: FundsOp): string {
        const account = this.accounts.get(op.buyer ?? 0);
        const amount = op.amount ?? 0;
        if (!account) return "NO_MEMBER";
        if (amount < 0) return "AMOUNT_RANGE";
        if (this.holds.has(op.contract ?? 0)) return "WRONG_STATE";
        if (account.closed && !this.is("a closed member buys")) return "MEMBER_CLOSED";
        const credit = this.is("credit is not used for reservations") ? 0 : account.credit;
        if (account.available - amount < -credit) return "FUNDS";
        account.available -= amount;
        account.reserved += amount;
        this.holds.set(op.contract ?? 0, {
            state: "reserved",
            buyer: op.buyer ?? 0,
            reserved: amount,
            escrow: 0,
        });
        return "OK";
    }

    private toEscrow(op: FundsOp): string {
        const hold = this.holds.get(op.contract ?? 0);
        const amount = op.amount ?? 0;
        if (amount < 0) return "AMOUNT_RANGE";
        if (hold?.state !== "reserved") return "WRONG_STATE";
        if (amount > hold.reserved && !this.is("escrow may exceed the reservation"))
            return "FUNDS";
        const account = this.accounts.get(hold.buyer);
        if (!account) throw new Error("no account");
        hold.state = "escrowed";
        hold.escrow = amount;
        hold.reserved -= amount;
        account.reserved -= amount;
        account.escrow += amount;
        return "OK";
    }

    /** join.10: beyond its debt, as a request of its own. */
    private give(member: number, amount: number): void {
        const account = this.accounts.get(member);
        if (!account) throw new Error("no account");
        const debt = Math.max(0, -account.available);
        account.available += amount;
        const paysDebt = !this.is("what comes later pays no debt first");
        const beyond = paysDebt ? Math.max(0, amount - debt) : amount;
        if (account.closed && beyond > 0 && !this.is("a closed member keeps what comes later"))
            this.request(member, beyond);
    }

    private release(op: FundsOp): string {
        const hold = this.holds.get(op.contract ?? 0);
        const settles = op.op === "settle";
        if (settles && !this.accounts.has(op.seller ?? 0)) return "NO_MEMBER";
        if (!hold || hold.state === "closed") return "WRONG_STATE";
        if (settles && hold.state !== "escrowed") return "WRONG_STATE";
        const account = this.accounts.get(hold.buyer);
        if (!account) throw new Error("no account");
        account.reserved -= hold.reserved;
        account.escrow -= hold.escrow;
        const toSeller = settles && !this.is("the buyer gets the escrow");
        const payee = toSeller ? (op.seller ?? 0) : hold.buyer;
        const rest = settles && this.is("the rest of a reservation stays") ? 0 : hold.reserved;
        if (payee === hold.buyer) this.give(payee, hold.escrow + rest);
        else {
            this.give(payee, hold.escrow);
            this.give(hold.buyer, rest);
        }
        hold.state = "closed";
        return "OK";
    }

    private close(op: FundsOp): string {
        const account = this.accounts.get(op.member ?? 0);
        if (!account) return "NO_MEMBER";
        if (account.closed && !this.is("a member is closed twice")) return "MEMBER_CLOSED";
        account.closed = true;
        if (account.available > 0 && !this.is("a closed member keeps what it has"))
            this.request(op.member ?? 0, account.available);
        return "OK";
    }
}
