// SPDX-License-Identifier: Apache-2.0
// What `study score` reads (docs/study-json.md "score"), and the rules that its test breaks.

export interface Member {
    slot: number;
    score?: number;
    closed?: number;
    quarters?: number;
    recent?: number[];
    partners?: number[];
    mature?: boolean;
    live?: boolean;
}
export type Did = "right" | "wrong" | "silent" | "vacant";
export interface Stage {
    stage: "exec" | "final";
    ranks: { rank: number; did: Did }[];
    ballots: Record<string, boolean>;
}
export interface Contract {
    kind?: "contract";
    number: number;
    interval: number;
    seller: number;
    buyer: number;
    energy_wh: number;
    s_wh: number;
    b_wh: number;
    settled_wh: number;
    end: "SETTLED" | "DECLINED" | "VOID";
    cond: "C1" | "C2" | "C3" | "C4" | null;
    unwitnessed: boolean;
    cluster: number[];
    stages: Stage[];
}
export type Bit = boolean | null;
export interface Verification {
    kind: "verification";
    number: number;
    interval: number;
    leader: number;
    seats: number[];
    end: "DECIDED" | "DECLINED" | "TIMED_OUT" | "STRUCK";
    outcome: Bit[];
    ballots: Record<string, Bit[]>;
}
export interface Slot {
    kind: "slot";
    number: number;
    interval: number;
    leader: number;
}
export interface Ejection {
    kind: "ejection";
    slot: number;
}
export type Item = Contract | Verification | Slot | Ejection;
export interface Input {
    v: 1;
    active?: number;
    params?: { reference_wh?: number; mode?: "repaired" | "paper" };
    members: Member[];
    closed: Item[];
}

export const scoreBends = [
    "success starts at 1",
    "success ends at 1.75",
    "g of the contract alone",
    "h of the seller under C3",
    "h of C2 by measure",
    "h of C4 by measure",
    "h of the settled part",
    "gain rounded up",
    "loss rounded down",
    "loss three times",
    "power of 5 without its middle rounding",
    "traders with 3",
    "leader with 1",
    "peers with 3",
    "silent rank with 1",
    "wrong result with 3",
    "silent bit with 3",
    "false bit with 5",
    "own fault at the outcome's x",
    "peer right pays in full",
    "leader right pays in full",
    "paper mode spares the right",
    "pair of the seller's ring only",
    "pair of both rings added",
    "pair down to a 32nd",
    "ring of 31",
    "pair counts this trade",
    "volume of a failure by what was settled",
    "volume without a limit",
    "trader's loss not weighed",
    "weighed loss rounded down",
    "peers gain in full",
    "peers' losses weighed",
    "pair weighs the leader",
    "both named by a failure",
    "alpha of C3 turned",
    "alpha of C4 turned",
    "no alpha 2",
    "alpha 2 at every end",
    "alpha 2 for the vacant",
    "alpha 2 despite a right result",
    "taken for both roles",
    "taken for ever",
    "taken is the last",
    "taken without weight",
    "seven honest steps",
    "nine honest steps",
    "honest steps of 0 do not count",
    "honest steps for ever",
    "honest below zero",
    "honest up to zero",
    "honest floor for the silent",
    "silence each time",
    "silence for both stages",
    "silence for ever",
    "silence of ranks apart",
    "silence of the verifier as of exec",
    "buyer first",
    "peers by rank",
    "leaders by office",
    "the leader is the first",
    "the leader despite its silent rank",
    "the leader despite its bad bit",
    "the exec leader owes nothing in final",
    "a rank that slept is no peer",
    "peer with one bad bit",
    "peer for each bit",
    "seat without a window is silent",
    "leader also as a peer",
    "void closes",
    "declined does not close",
    "declined adds a partner",
    "unwitnessed counts four",
    "mature at 15p",
    "mature without partners",
    "p up to 4",
    "p of all others",
    "immature threshold without end",
    "mature threshold of the immature",
    "steps of those who left",
    "verified is 1.25",
    "verification leader with 1",
    "undecided bits count",
    "missing bits are false",
    "a bit on nothing decided is silent",
    "declined spares its leader",
    "declined spares who agreed",
    "declined by one disagreement",
    "timed out punishes all",
    "struck takes the silent",
    "leader is silent too",
    "silent seats of a decided block go free",
    "ejection to zero",
    "the ejected stays",
    "slot with 1",
    "slot only once an interval",
    "silent ranks among the peers",
] as const;
export type ScoreBend = (typeof scoreBends)[number];
