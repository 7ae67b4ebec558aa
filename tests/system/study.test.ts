// SPDX-License-Identifier: Apache-2.0
// `peerwatt study vrf|hash|merkle` in the formats of docs/study-json.md.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { file, peerwatt, peerwattJson, vector } from "./peerwatt.js";

interface VrfExample {
    SK: string;
    PK: string;
    alpha: string;
    pi: string;
    beta: string;
}

// RFC 9381 appendix B.3, example 18; 16 and 17 are read where they are stored.
const example18: VrfExample = {
    SK: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    PK: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    alpha: "af82",
    pi:
        "9bc0f79119cc5604bf02d23b4caede71393cedfbb191434dd016d30177ccbf8096bb474e53895c36" +
        "2d8628ee9f9ea3c0e52c7a5c691b6c18c9979866568add7a2d41b00b05081ed0f58ee5e31b3a970e",
    beta:
        "645427e5d00c62a23fb703732fa5d892940935942101e456ecca7bb217c61c45" +
        "2118fec1219202a0edcf038bb6373241578be7217ba85a2687f7a0310b2df19f",
};

function checkVrf(example: VrfExample): void {
    const right = { v: 1, proof: example.pi, output: example.beta, valid: true };
    const key = file(example.SK + "\n");
    expect(peerwattJson(["study", "vrf", "prove", "--key", key, "--input", example.alpha])).toEqual(
        right,
    );
    const verify = ["study", "vrf", "verify", "--key", example.PK, "--input", example.alpha];
    expect(peerwattJson([...verify, "--proof", example.pi])).toEqual(right);
    const bent = example.pi.replace(/^../, (byte) => (byte === "00" ? "01" : "00"));
    expect(peerwattJson([...verify, "--proof", bent])).toEqual({
        v: 1,
        proof: bent,
        output: null,
        valid: false,
    });
    expect(peerwatt([...verify, "--proof", bent]).code).toBe(0);
}

test("vrf gives the RFC's example 18 byte for byte", () => {
    checkVrf(example18);
});

test("vrf gives the stored examples byte for byte", () => {
    const stored = vector("ecvrf-rfc9381/ecvrf_edwards25519.json") as
        | (VrfExample & { suite: string })[]
        | undefined;
    const ours = stored?.filter((e) => e.suite === "ECVRF-EDWARDS25519-SHA512-TAI");
    ours?.forEach(checkVrf);
    expect(ours?.length ?? 2).toBe(2);
});

test("vrf with unreadable hexadecimal text exits with 2 and says why", () => {
    const verify = ["study", "vrf", "verify", "--key", example18.PK, "--input", "AF82"];
    const said = peerwatt([...verify, "--proof", example18.pi]);
    expect(said.code).toBe(2);
    expect(said.stdout).toBe("");
    expect(said.stderr).toContain("HEX_SYNTAX");
    const short = peerwatt(["study", "vrf", "prove", "--key", file("00"), "--input", ""]);
    expect(short.code).toBe(2);
    expect(short.stderr).toContain("HEX_LENGTH");
    expect(peerwatt(["study", "vrf", "prove", "--input", ""]).code).toBe(2);
});

test("hash is SHA-256 of the padded tag and the file's bytes", () => {
    const bytes = Buffer.from([0, 1, 2, 255, 254, 10, 0]);
    for (const tag of ["p", "pw-envelope", "sixteen letters."]) {
        const padded = Buffer.concat([Buffer.from(tag), Buffer.alloc(16)]).subarray(0, 16);
        const sha256 = createHash("sha256").update(padded).update(bytes).digest("hex");
        const answer = { v: 1, sha256 };
        expect(peerwattJson(["study", "hash", "--tag", tag, file(bytes)])).toEqual(answer);
    }
    expect(peerwatt(["study", "hash", "--tag", "", file(bytes)]).code).toBe(2);
    expect(peerwatt(["study", "hash", "--tag", "seventeen letters", file("")]).code).toBe(2);
});

const sha = (...parts: Uint8Array[]) =>
    createHash("sha256").update(Buffer.concat(parts)).digest();

/** RFC 9162 section 2.1.1, by its definition. */
function root(leaves: readonly string[]): Buffer {
    if (leaves.length === 0) return sha();
    if (leaves.length === 1) return sha(Buffer.from([0]), Buffer.from(leaves[0] ?? "", "hex"));
    let k = 1;
    while (k * 2 < leaves.length) k *= 2;
    return sha(Buffer.from([1]), root(leaves.slice(0, k)), root(leaves.slice(k)));
}

/** RFC 9162 section 2.1.3.1 */
function path(index: number, leaves: readonly string[]): string[] {
    if (leaves.length <= 1) return [];
    let k = 1;
    while (k * 2 < leaves.length) k *= 2;
    return index < k
        ? [...path(index, leaves.slice(0, k)), root(leaves.slice(k)).toString("hex")]
        : [...path(index - k, leaves.slice(k)), root(leaves.slice(0, k)).toString("hex")];
}

/** RFC 9162 section 2.1.4.1 */
function subproof(m: number, leaves: readonly string[], whole: boolean): string[] {
    if (m === leaves.length) return whole ? [] : [root(leaves).toString("hex")];
    let k = 1;
    while (k * 2 < leaves.length) k *= 2;
    return m <= k
        ? [...subproof(m, leaves.slice(0, k), whole), root(leaves.slice(k)).toString("hex")]
        : [...subproof(m - k, leaves.slice(k), false), root(leaves.slice(0, k)).toString("hex")];
}

const leavesOf = (count: number) =>
    Array.from({ length: count }, (_, i) => "ab".repeat(i % 5) + i.toString(16).padStart(4, "0"));

function merkle(verb: string, input: object): Record<string, unknown> {
    return peerwattJson(["study", "merkle", verb, "-"], JSON.stringify(input));
}

test("merkle root, proof and consistency are those of the RFC's definitions", () => {
    for (const count of [1, 2, 3, 4, 5, 7, 8, 13]) {
        const leaves = leavesOf(count);
        const hex = root(leaves).toString("hex");
        expect(merkle("root", { leaves })).toEqual({ v: 1, root: hex, proof: null, valid: null });
        for (let i = 0; i < count; i += 1 + (count >> 2)) {
            const proof = path(i, leaves);
            const answer = { v: 1, root: hex, proof, valid: true };
            expect(merkle("proof", { leaves, index: i })).toEqual(answer);
            expect(merkle("verify", { leaves, index: i, root: hex, proof })).toEqual(answer);
            const alone = { leaves: [leaves[i]], index: i, size: count, root: hex, proof };
            expect(merkle("verify", alone)).toEqual(answer);
            const elsewhere = { ...alone, index: i + 1 };
            expect(merkle("verify", elsewhere)).toEqual({ ...answer, valid: false });
            const older = subproof(i + 1, leaves, true);
            expect(merkle("consistency", { leaves, size: i + 1 })).toEqual({
                ...answer,
                proof: older,
            });
        }
    }
});

test("the root of nothing is the hash of nothing, and nothing is proved about it", () => {
    expect(merkle("root", { leaves: [] })["root"]).toBe(sha().toString("hex"));
    const impossible: [string, object, string][] = [
        ["proof", { leaves: [], index: 0 }, "empty tree"],
        ["consistency", { leaves: ["00"], size: 0 }, "empty tree"],
        ["consistency", { leaves: [], size: 0 }, "empty tree"],
        ["proof", { leaves: ["00"], index: 1 }, "from 0 to 0"],
        ["consistency", { leaves: ["00"], size: 2 }, "from 0 to 1"],
        ["consistency", { leaves: ["00"] }, "from 0 to 1"],
        ["root", {}, "leaves"],
        ["root", { leaves: [7] }, "leaves"],
        ["root", { leaves: ["0"] }, "leaves"],
        ["root", { v: 2, leaves: [] }, "version 1"],
        ["verify", { leaves: ["00", "01"], index: 5, root: "00", proof: [] }, "root"],
    ];
    for (const [verb, input, reason] of impossible) {
        const said = peerwatt(["study", "merkle", verb, file(JSON.stringify(input))]);
        expect([said.code, said.stdout], said.stderr).toEqual([2, ""]);
        expect(said.stderr).toContain(reason);
        expect(said.stderr.match(/JSON_FIELD|HEX_/g)).toHaveLength(1); // said once
    }
});

test("a file that is no object, or holds a fraction or a key twice, is refused by line", () => {
    for (const text of ["", "[]", "{", '{"leaves":[],"leaves":[]}', '{"leaves":[]} x', "\u0000"]) {
        const said = peerwatt(["study", "merkle", "root", file(text)]);
        expect(said.code).toBe(2);
        expect(said.stderr).toContain("JSON_SYNTAX");
    }
    const said = peerwatt(["study", "merkle", "proof", file('{"leaves":["00"],"index":0.5}')]);
    expect([said.code, said.stderr.includes("whole number")]).toEqual([2, true]);
});
