// SPDX-License-Identifier: Apache-2.0
// The input of `peerwatt study contract` (docs/study-json.md), and the names by which the rules of
// contract_model.ts can be bent.
import type { Terms } from "./judge_model.js";

export interface Op {
    op: "statement" | "exec" | "final" | "ballot" | "revoke" | "eject";
    by?: number;
    member?: number;
    contract?: number;
    seq?: number;
    delivered_wh?: number;
    taken_wh?: number;
    refused?: number[];
    verdict?: string;
    settled_wh?: number;
    payment_micro?: number;
    stage?: StageName;
    agree?: boolean;
}

export interface Block {
    t_ms: number;
    draws?: { number: number; cluster: number[]; eligible?: number }[];
    absent?: number[];
    ops?: Op[];
}

export interface Setting {
    v: 1;
    interval_end_ms: number;
    params: {
        statement_ms: number;
        exec_ms: number;
        final_ms: number;
        vote_ms: number;
        gap_ms: number;
        ranks_max: number;
        timing?: "forward" | "measured";
    };
    members: { slot: number; available_micro?: number; credit_micro?: number }[];
    contracts: Terms[];
}

export const contractBends = [
    "windows run on T",
    "the statement window never closes early",
    "measured closes early too",
    "an ejected party is waited for",
    "an ejected party's statement counts",
    "ejection voids",
    "revocation lets contracts run",
    "revocation voids measured contracts",
    "revocation binds at once",
    "half is a quorum",
    "the leader's result is no ballot",
    "a wrong result keeps the office",
    "amounts are not compared",
    "C4 is never right",
    "an ejected seller is paid",
    "FINAL begins with rank 0",
    "absent ranks lead",
    "vacant ranks keep their window",
    "all ranks lead",
    "EXEC without quorum carries a pass out",
    "EXEC without quorum voids a failure",
    "FINAL without quorum refunds",
    "two eligible void",
    "none eligible voids",
    "alpha is 0 on every void",
    "alpha is 2 on a void for want of a quorum",
    "vacant ranks make alpha 2",
    "ballots end with the decision",
    "a second ballot counts",
    "strangers vote",
    "ballots are taken after the window",
    "early statements count",
    "any sequence goes",
    "statements after the close are late",
    "scored when closed",
    "C3 pays the seller",
    "windows start at the deadline before",
    "a deadline needs one ms more",
    "EXEC results are early in FINAL",
    "votes against the result are not kept",
] as const;
export type ContractBend = (typeof contractBends)[number];

export type StageName = "exec" | "final";
