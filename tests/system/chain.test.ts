// SPDX-License-Identifier: Apache-2.0
// `peerwatt sim run` and `peerwatt chain ...`: the chain that a simulation leaves behind, executed
// again, damaged, shown and proved (RULE ledger.1 to ledger.5, num.3).
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { binary, file, peerwatt, peerwattJson } from "./peerwatt.js";

interface Difference {
    height: number;
    rule: string;
    expected: string;
    found: string;
}
interface Verified {
    holds: boolean;
    difference: Difference | null;
    height: number;
    app_hash: string;
    operations: number;
}
interface Part {
    at: number; // of the block, behind its length
    length: number;
}

const heights = 240;
const headBytes = 20;
const hashBytes = 32;
const kind = "peerwatt.chain.1";

function folder(): string {
    const path = mkdtempSync(join(tmpdir(), "peerwatt-chain-"));
    onTestFinished(() => rmSync(path, { recursive: true, force: true }));
    return path;
}

function simulate(out: string, seed = 7): string[] {
    const size = ["--households", "8", "--blocks", String(heights)];
    return ["sim", "run", ...size, "--seed", String(seed), "--out", out];
}

let bytes: Buffer;
let ran: Record<string, unknown>;
let parts: Part[]; // by height, the genesis first

beforeAll(() => {
    const path = mkdtempSync(join(tmpdir(), "peerwatt-chain-"));
    ran = peerwattJson(simulate(join(path, "chain")));
    bytes = readFileSync(join(path, "chain"));
    rmSync(path, { recursive: true });
    parts = [{ at: headBytes, length: bytes.readUInt32LE(kind.length) }];
    let at = headBytes + bytes.readUInt32LE(kind.length);
    while (at < bytes.length) {
        parts.push({ at: at + 4, length: bytes.readUInt32LE(at) });
        at += 4 + bytes.readUInt32LE(at) + hashBytes;
    }
});

function part(height: number): Part {
    const found = parts[height];
    if (!found) throw new Error(`no height ${height}`);
    return found;
}

function verify(content: Uint8Array): Verified & { code: number | null } {
    const said = peerwatt(["chain", "verify", file(content), "--json"]);
    expect(said.stderr).toBe("");
    return { ...(JSON.parse(said.stdout) as Verified), code: said.code };
}

function flipped(at: number): Buffer {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
    return copy;
}

/** The first difference of a chain that must not hold; all four of its parts are said. */
function difference(content: Uint8Array): Difference {
    const said = verify(content);
    expect(said.code).toBe(1);
    expect(said.holds).toBe(false);
    if (!said.difference) throw new Error("no difference is named");
    expect(said.difference.rule).toMatch(/^(format|[a-z]+\.\d+)$/);
    expect(said.difference.expected).not.toBe("");
    expect(said.difference.found).not.toBe(said.difference.expected);
    return said.difference;
}

/** The command fails with this exit code, this error and these words, in text and in JSON. */
function refused(args: readonly string[], exit: number, code: string, ...words: string[]): void {
    const said = peerwatt(args);
    expect(said.stderr).toContain(`[${code}]`);
    for (const word of words) expect(said.stderr).toContain(word);
    expect(said.stdout).toBe("");
    expect(said.code).toBe(exit);
    expect(peerwattJson(args)["error"]).toMatchObject({ code });
}

test("the same seed gives the same bytes, another seed others", () => {
    const [again, other] = [join(folder(), "again"), join(folder(), "other")];
    const second = peerwattJson(simulate(again));
    expect({ ...second, chain: "" }).toEqual({ ...ran, chain: "" });
    expect(second["chain"]).toBe(again);
    expect(readFileSync(again).equals(bytes)).toBe(true);
    const third = peerwattJson(simulate(other, 8));
    expect(third["app_hash"]).not.toBe(ran["app_hash"]);
    expect(readFileSync(other).equals(bytes)).toBe(false);
});

test("a simulation says what it has done, with and without a file", () => {
    expect(ran).toMatchObject({ v: 1, blocks: heights, members: 8 });
    expect((ran["contracts"] as { settled: number }).settled).toBeGreaterThan(0);
    const said = peerwatt(simulate("").slice(0, -2));
    expect(said.code).toBe(0);
    expect(said.stdout).toContain(`app_hash: ${ran["app_hash"] as string}\n`);
    expect(said.stdout).not.toContain("chain:");
});

test("nothing is written over", () => {
    const there = file("dear to somebody");
    refused(simulate(there), 2, "FILE_EXISTS", there);
    expect(readFileSync(there, "utf8")).toBe("dear to somebody");
});

test("where no file can be, the reason is said", () => {
    refused(simulate(join(folder(), "no", "file")), 1, "OUTPUT_WRITE", "No such file");
});

test("a chain that could not be written whole is taken away", () => {
    const out = join(folder(), "chain");
    const limited = `trap "" XFSZ; ulimit -f 8; exec "$0" "$@"`;
    const run = spawnSync("sh", ["-c", limited, binary, ...simulate(out)], { encoding: "utf8" });
    expect(run.stderr).toContain("[OUTPUT_WRITE]");
    expect(run.status).toBe(1);
    expect(existsSync(out)).toBe(false);
});

test("a number that cannot be is refused with its option and its range", () => {
    const wrong: [string, string[], string][] = [
        ["--households", ["0", "301", "abc", "-1", "", " 4", "+4", "4.5", "4x"], "from 1 to 300"],
        ["--blocks", ["100001", "abc", "99999999999999999999"], "from 0 to 100000"],
        ["--seed", ["9223372036854775808", "x"], "from 0 to 9223372036854775807"],
    ];
    for (const [option, values, range] of wrong)
        for (const value of values)
            refused(["sim", "run", option, value], 2, "USAGE", `${option} ${value} (`, range);
    for (const homes of ["1", "300"]) {
        const said = peerwattJson(["sim", "run", "--households", homes, "--blocks", "0"]);
        expect(said["blocks"]).toBe(0);
    }
});

// RULE ledger.3
test("an honest chain holds to its last block", () => {
    const said = verify(bytes);
    expect(said).toMatchObject({ code: 0, holds: true, difference: null, height: heights });
    expect(said.app_hash).toBe(ran["app_hash"]);
    expect(said.operations).toBe(ran["operations"]);
    expect(parts.length).toBe(heights + 1);
    const piped = spawnSync(binary, ["chain", "verify", "-"], { input: bytes, encoding: "utf8" });
    expect(piped.stdout).toContain("holds: yes\n");
    expect(piped.status).toBe(0);
});

test("a flipped byte of the genesis is found before the second block", () => {
    const { at, length } = part(0);
    const rules = new Set<string>();
    for (let i = 0; i < length; i += 57) {
        const found = difference(flipped(at + i));
        expect(found.height).toBeLessThanOrEqual(1);
        rules.add(found.rule);
    }
    expect([...rules]).toEqual(expect.arrayContaining(["boot.1", "num.3"]));
});

test("a flipped byte of a block is found at its height", () => {
    const rules = new Set<string>();
    const long = parts.map((p, height) => ({ ...p, height })).filter((p) => p.height > 0);
    for (const p of long.filter((q) => q.length > 500).slice(0, 8)) {
        for (let i = 0; i < p.length; i += 97) {
            const found = difference(flipped(p.at + i));
            expect(found.height).toBe(p.height);
            rules.add(found.rule);
        }
    }
    expect([...rules]).toEqual(expect.arrayContaining(["ledger.4", "num.3"]));
});

// RULE ledger.4
test("a flipped byte of an app hash is found at its height, with both hashes", () => {
    for (const height of [1, 120, heights]) {
        const { at, length } = part(height);
        const spoiled = flipped(at + length + 31);
        const stored = spoiled.toString("hex", at + length, at + length + hashBytes);
        const computed = bytes.toString("hex", at + length, at + length + hashBytes);
        const wanted = { height, rule: "ledger.4", expected: computed, found: stored };
        expect(difference(spoiled)).toEqual(wanted);
    }
});

test("a file cut short is found where it ends, and whole blocks are a whole chain", () => {
    const { at, length } = part(180);
    for (const end of [at - 3, at, at + 1, at + length, at + length + hashBytes - 1]) {
        const found = difference(bytes.subarray(0, end));
        expect(found).toMatchObject({ height: 180, rule: "format", expected: "a whole block" });
    }
    const fewer = verify(bytes.subarray(0, at + length + hashBytes));
    expect(fewer).toMatchObject({ code: 0, holds: true, height: 180 });
    for (const end of [kind.length, headBytes, headBytes + 100]) {
        const found = difference(bytes.subarray(0, end));
        expect(found).toMatchObject({ height: 0, rule: "format", expected: "a whole genesis" });
    }
});

test("a block left out is found by its height", () => {
    const gap = part(130).at - 4;
    const spoiled = Buffer.concat([bytes.subarray(0, gap), bytes.subarray(part(131).at - 4)]);
    const wanted = { height: 130, rule: "ledger.3", expected: "130", found: "131" };
    expect(difference(spoiled)).toEqual(wanted);
});

test("what is not a chain file is said to be none, by every command", () => {
    for (const content of ["", "hello\n", kind.slice(0, -1), "peerwatt.chain.2????"]) {
        const other = file(content);
        const words = [other, "it is not a chain file"];
        refused(["chain", "verify", other], 2, "FILE_READ", ...words);
        refused(["chain", "show", other], 2, "FILE_READ", ...words);
        refused(["chain", "prove", other, "members", "1"], 2, "FILE_READ", ...words);
        refused(["chain", "history", other, "members", "1"], 2, "FILE_READ", ...words);
    }
    refused(["chain", "verify", join(folder(), "none")], 2, "FILE_READ", "No such file");
});

test("the other commands refuse a spoiled chain with height and rule", () => {
    const { at, length } = part(200);
    const spoiled = file(flipped(at + length));
    const words = [spoiled, "height 200, rule ledger.4, expected "];
    refused(["chain", "show", spoiled], 2, "CHAIN_DIFFERS", ...words);
    refused(["chain", "prove", spoiled, "members", "1"], 2, "CHAIN_DIFFERS", ...words);
    refused(["chain", "history", spoiled, "members", "1"], 2, "CHAIN_DIFFERS", ...words);
    expect(peerwattJson(["chain", "show", spoiled, "199"])["height"]).toBe(199);
});

test("a chain's operations are counted by kind and by what became of them", () => {
    const shown = peerwattJson(["chain", "show", file(bytes)]);
    expect(shown).toMatchObject({ height: heights, app_hash: ran["app_hash"] });
    const kinds = Object.values(shown["operations"] as Record<string, number>);
    const codes = shown["codes"] as Record<string, number>;
    expect(kinds.reduce((a, b) => a + b)).toBe(verify(bytes).operations);
    expect(codes["OK"]).toBe(ran["operations"]);
    expect(shown["envelopes"]).toBeUndefined();
});

test("one height is shown with its envelopes, an empty one too", () => {
    const chain = file(bytes);
    const busy = parts.findIndex((p, height) => height > 180 && p.length > 500);
    const shown = peerwattJson(["chain", "show", chain, String(busy)]);
    const { at, length } = part(busy);
    expect(shown["height"]).toBe(busy);
    expect(shown["app_hash"]).toBe(bytes.toString("hex", at + length, at + length + hashBytes));
    const envelopes = shown["envelopes"] as { codes: string[] }[];
    expect(envelopes.length).toBeGreaterThan(0);
    const count = envelopes.reduce((sum, envelope) => sum + envelope.codes.length, 0);
    const kinds = Object.values(shown["operations"] as Record<string, number>);
    expect(kinds.reduce((a, b) => a + b)).toBe(count);

    const quiet = peerwattJson(["chain", "show", chain, "200"]);
    expect(quiet).toMatchObject({ height: 200, operations: {}, codes: {}, envelopes: [] });
    const text = peerwatt(["chain", "show", chain, "200"]);
    expect(text.stdout).toContain("height: 200\n");
    expect(text.stdout).toContain("operations: -\ncodes: -\nenvelopes: 0\n");
});

test("a height beyond the last is not found, no height is a wrong word", () => {
    const chain = file(bytes);
    const beyond = String(heights + 1);
    expect(peerwatt(["chain", "show", chain, String(heights)]).code).toBe(0);
    refused(["chain", "show", chain, beyond], 4, "HEIGHT_UNKNOWN", beyond);
    for (const verb of ["prove", "history"]) {
        const row = ["chain", verb, chain, "members", "1", "--height"];
        expect(peerwatt([...row, String(heights)]).code).toBe(0);
        refused([...row, beyond], 4, "HEIGHT_UNKNOWN", beyond);
        refused([...row, "x"], 2, "USAGE", "x (a whole number from 0");
    }
    for (const word of ["0", "x", "", " 7", "+7"])
        refused(["chain", "show", chain, word], 2, "USAGE", "HEIGHT is a whole number from 1");
});

// RULE ledger.1
test("a proof of a row holds by the app hash alone, and no more when it is spoiled", () => {
    const proof = peerwattJson(["chain", "prove", file(bytes), "members", "1"]);
    expect(proof).toMatchObject({ kind: "row", store: "members", number: 1, height: heights });
    const trusted = ["--app-hash", ran["app_hash"] as string];
    const check = (json: unknown, options: string[]): unknown => {
        const words = ["chain", "check-proof", "-", "--json", ...options];
        const said = peerwatt(words, JSON.stringify(json));
        const { holds } = JSON.parse(said.stdout) as { holds: boolean };
        expect(said.code).toBe(holds ? 0 : 1);
        return holds;
    };
    expect(check(proof, trusted)).toBe(true);
    expect(check(proof, [])).toBe(true);
    expect(check(proof, ["--app-hash", "0".repeat(64)])).toBe(false);
    const value = proof["value"] as string;
    const last = value.endsWith("0") ? "1" : "0";
    expect(check({ ...proof, value: value.slice(0, -1) + last }, trusted)).toBe(false);
    expect(check({ ...proof, number: 2 }, trusted)).toBe(false);
    expect(check({ ...proof, version: (proof["version"] as number) - 1 }, trusted)).toBe(false);
    expect(check({ ...proof, meaning: "checked by nobody" }, trusted)).toBe(true);
    refused(["chain", "check-proof", file("{}")], 2, "JSON_FIELD", `field "kind"`);
    refused(["chain", "check-proof", file(bytes)], 2, "JSON_SYNTAX");
});

// RULE ledger.2
test("a row's history is complete, and no more when a version is left out", () => {
    const chain = file(bytes);
    const told = peerwattJson(["chain", "history", chain, "members", "2"]);
    expect(told).toMatchObject({ kind: "history", complete: true, ended: false, lives: 1 });
    const versions = told["versions"] as { version: number }[];
    expect(versions.length).toBeGreaterThan(2);
    expect(versions.map((v) => v.version)).toEqual(versions.map((_, i) => i + 1));
    expect(peerwattJson(["chain", "check-proof", "-"], JSON.stringify(told))["holds"]).toBe(true);
    const fewer = { ...told, versions: versions.filter((v) => v.version !== 2) };
    const said = peerwatt(["chain", "check-proof", "-"], JSON.stringify(fewer));
    expect(said.stdout).toContain("two versions do not follow one another");
    expect(said.code).toBe(1);
    const text = peerwatt(["chain", "history", chain, "members", "2"]);
    expect(text.stdout).toContain(`versions: ${versions.length}\n`);
    expect(text.stdout).toContain("complete: yes\n");
});

test("a row, an entry or a store that is not there is not found", () => {
    const chain = file(bytes);
    for (const verb of ["prove", "history"]) {
        refused(["chain", verb, chain, "members", "9"], 4, "ROW_UNKNOWN", "9");
        refused(["chain", verb, chain, "member", "1"], 2, "STORE_UNKNOWN", "members");
        refused(["chain", verb, chain, "members", "one"], 2, "USAGE", "one (a whole number from 0");
    }
    refused(["chain", "prove", chain, "log", "100000"], 4, "ROW_UNKNOWN");
    refused(["chain", "history", chain, "log", "1"], 2, "STORE_UNKNOWN", "one version only");
});

test("a command without its words says how it is used", () => {
    for (const verb of ["show", "verify", "prove", "history", "check-proof"]) {
        refused(["chain", verb], 2, "USAGE", `usage: peerwatt chain ${verb} FILE`);
        const help = peerwatt(["chain", verb, "-h"]);
        expect(help.code).toBe(0);
        expect(help.stdout).toContain(`  peerwatt chain ${verb} `);
    }
    refused(["sim", "run", "elm.chain"], 2, "USAGE", "elm.chain", "usage: peerwatt sim run");
});
