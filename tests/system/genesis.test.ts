// SPDX-License-Identifier: Apache-2.0
// `peerwatt genesis ...`: a community's first file (RULE market.4, param.1, dos.5, sample.3,
// boot.1; protocol section 15).
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { file, peerwatt, peerwattJson, root } from "./peerwatt.js";

interface Parameter {
    number: number;
    parameter: string;
    default: number | string | null;
    range: string;
    changes: boolean;
    note: string;
}
interface Shown {
    parameter: string;
    value: number | string;
    default: number | string | null;
}
interface Check {
    community: string;
    founders: number;
    feeders: number;
    genesis_hash: string;
    genesis_bytes: number;
    capture: string;
    capture_log2_milli: number;
    smallest_k: number | null;
    differs: { parameter: string; value: number | string; default: number | string }[];
    warnings: string[];
}

const key = (digit: string): string => digit.repeat(64);
const least = `community: {name: Nord, chain_id: pw-nord, currency: EUR}
time: {t0_ms: 1767225600000}
authority: {keys: [${key("1")}], threshold: 1}
treasury: {key: ${key("2")}}
`;

function check(yaml: string): Check {
    return peerwattJson(["genesis", "check", "-"], yaml) as unknown as Check;
}

function table(): Parameter[] {
    return peerwattJson(["genesis", "parameters"])["parameters"] as Parameter[];
}

function folder(): string {
    const path = mkdtempSync(join(tmpdir(), "peerwatt-genesis-"));
    onTestFinished(() => rmSync(path, { recursive: true, force: true }));
    return path;
}

/** The command fails as unreadable input, with this code and these words, nothing on stdout. */
function refused(yaml: string, code: string, ...words: string[]): void {
    const said = peerwatt(["genesis", "check", file(yaml)]);
    expect(said.stderr).toContain(`[${code}]`);
    for (const word of words) expect(said.stderr).toContain(word);
    expect(said.code).toBe(2);
    expect(said.stdout).toBe("");
}

test("a file with what is required only is all defaults", () => {
    const answer = check(least);
    expect(answer).toMatchObject({ community: "Nord", founders: 0, feeders: 1, differs: [] });
    expect(answer.genesis_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(answer.warnings).toEqual([]);
    const text = peerwatt(["genesis", "check", "-"], least);
    expect(text.code).toBe(0);
    expect(text.stdout).toContain("community: Nord\n");
    expect(text.stdout).toContain(`genesis_hash: ${answer.genesis_hash}\n`);
});

test("what differs from the defaults is listed, and changes the hash", () => {
    const answer = check(least + "trade: {ranks_max: 5}\nmarket: {price_rule: posted}\n");
    expect(answer.differs).toEqual([
        { parameter: "market.price_rule", value: "posted", default: "midpoint" },
        { parameter: "trade.ranks_max", value: 5, default: 3 },
    ]);
    expect(answer.genesis_hash).not.toBe(check(least).genesis_hash);
});

test("a default that is written out changes nothing", () => {
    const said = check(least + "trade: {ranks_max: 3}\nfeeders: [{name: main}]\n");
    expect(said.genesis_hash).toBe(check(least).genesis_hash);
    expect(said.differs).toEqual([]);
});

/** P[Bin(k, f) > k / 2] by floating point: enough digits for a thousandth of a bit. */
function capture(k: number, f: number): number {
    let sum = 0;
    for (let x = (k + 1) / 2; x <= k; x++) {
        let log = 0;
        for (let i = 0; i < x; i++) log += Math.log2((k - i) / (x - i));
        sum += 2 ** (log + x * Math.log2(f) + (k - x) * Math.log2(1 - f));
    }
    return Math.log2(sum);
}

// RULE sample.3
test("the capture of the chosen k is said, and a small k is warned of", () => {
    for (const k of [1, 5, 109, 111, 1023]) {
        const answer = check(least + `sampling: {k: ${k}}\n`);
        expect(Math.abs(answer.capture_log2_milli / 1000 - capture(k, 0.2))).toBeLessThan(0.002);
        expect(answer.smallest_k).toBe(111);
        expect(answer.warnings.length).toBe(k < 111 ? 1 : 0);
        if (k < 111) expect(answer.warnings[0]).toContain(`k = ${k} is small: 111 is the smallest`);
    }
    const hopeless = check(least + "sampling: {f_ppm: 499999}\n");
    expect(hopeless.smallest_k).toBeNull();
    expect(hopeless.warnings[0]).toContain("no k up to 1023");
    expect(check(least + "sampling: {mode: two-stage}\n").warnings[0]).toContain("two-stage");
});

test("a beginning beside the hour is warned of", () => {
    const answer = check(least.replace("1767225600000", "1767225600001"));
    expect(answer.warnings[0]).toContain("t0_ms is no multiple of interval_ms");
});

test("written bytes have the hash that was said, and are never written over", () => {
    const out = join(folder(), "genesis.bin");
    const answer = peerwattJson(["genesis", "write", "-", out], least) as unknown as Check;
    const bytes = readFileSync(out);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(answer.genesis_hash);
    expect(bytes.length).toBe(answer.genesis_bytes);
    expect(check(least).genesis_hash).toBe(answer.genesis_hash);

    const again = peerwatt(["genesis", "write", "-", out], least + "trade: {ranks_max: 5}\n");
    expect(again.stderr).toContain("[FILE_EXISTS]");
    expect(again.code).toBe(2);
    expect(readFileSync(out)).toEqual(bytes);
});

test("nothing is written of a file that is refused, or where nothing can be", () => {
    const out = join(folder(), "genesis.bin");
    expect(peerwatt(["genesis", "write", "-", out], "community: 1\n").code).toBe(2);
    expect(existsSync(out)).toBe(false);
    const lost = peerwatt(["genesis", "write", "-", join(out, "deeper")], least);
    expect(lost.stderr).toContain("[OUTPUT_WRITE]");
    expect(lost.code).toBe(1);
});

test("every parameter is shown with value and default", () => {
    const shown = peerwattJson(["genesis", "show", "-"], least + "qot: {mode: paper}\n");
    const parameters = shown["parameters"] as Shown[];
    expect(parameters.map((p) => p.parameter)).toEqual(table().map((p) => p.parameter));
    const find = (name: string): Shown | undefined => parameters.find((p) => p.parameter === name);
    expect(find("qot.mode")).toMatchObject({ value: "paper", default: "repaired" });
    expect(find("windows.beacon_wait_ms")).toMatchObject({ value: 40000, default: 40000 });
    expect(find("treasury.key")).toMatchObject({ value: key("2"), default: null });
    expect(find("feeders")).toMatchObject({ value: 1, default: 1 });
});

// RULE param.1
test("the table says what never changes", () => {
    const fixed = table().filter((p) => !p.changes);
    expect(fixed.map((p) => p.parameter)).toEqual([
        "community.chain_id",
        "community.currency",
        "time.t0_ms",
        "time.interval_ms",
        "time.tau_ms",
        "time.grace_slots",
        "time.gap_ms",
        "time.jump_max_ms",
        "windows.ttl_max_blocks",
        "limits.ops_per_envelope",
        "limits.envelope_bytes",
        "founders",
    ]);
});

test("both ends of every range are judged by the program as the table says", () => {
    let numbers = 0;
    for (const p of table()) {
        const ends = /^(\d+) to (\d+)$/.exec(p.range);
        if (!ends || p.default === null) continue;
        const [group, name] = p.parameter.split(".");
        const [low, high] = [BigInt(ends[1] ?? ""), BigInt(ends[2] ?? "")];
        const base = group === "time" ? least.replace(/time.*\n/, "") : least;
        const line = (value: bigint): string =>
            base + `${group}: {${name}: ${value}${group === "time" ? ", t0_ms: 0" : ""}}\n`;
        const said = `${p.parameter} is ${high + 1n}: ${low} to ${high} is possible`;
        refused(line(high + 1n), "PARAM_RANGE", said);
        if (low > 0n) refused(line(low - 1n), "PARAM_RANGE", `${p.parameter} is ${low - 1n}`);
        const own = new RegExp(`${p.parameter} is .*\\[PARAM_RANGE\\]`);
        for (const end of [low, high])
            expect(peerwatt(["genesis", "check", "-"], line(end)).stderr).not.toMatch(own);
        numbers++;
    }
    expect(numbers).toBeGreaterThan(50);
}, 60_000);

test("bad files are refused with line and column", () => {
    refused("a: [1\n", "YAML_SYNTAX", "line 2, column 1");
    refused("", "YAML_SYNTAX", "the file is empty");
    refused(least + "x: &a 1\n", "YAML_FEATURE", "line 5, column 4", "anchor");
    refused("[[[[[[[1]]]]]]]\n", "YAML_LARGE", "line 1, column 7");
    refused(least + "makret:\n", "GENESIS_KEY", "line 5, column 1", "makret");
    refused(least + "market:\n  retail: 5\n", "GENESIS_KEY", "line 6, column 3", "retail");
    refused(least + "treasury: {}\n", "GENESIS_TWICE", "line 5, column 1");
    refused("time: {t0_ms: 1}\n", "GENESIS_MISSING", "community.name");
    refused(least + "sampling: {k: 111.0}\n", "GENESIS_VALUE", "line 5, column 15", "whole number");
    refused(least + "sampling: {k: 110}\n", "PARAM_RANGE", "line 5, column 15", "odd");
    refused(least + "market: {mechanism: continuous}\n", "PARAM_RELATION", "line 5, column 21");
    refused(least + "windows:\n  exec_ms: 2999\n", "PARAM_RELATION", "line 6, column 12", "12000");
});

test("a refusal in JSON has code, detail and hint", () => {
    const answer = peerwattJson(["genesis", "check", "-"], least + "sampling: {k: 2}\n");
    expect(answer["error"]).toMatchObject({ code: "PARAM_RANGE", number: 144 });
    expect(JSON.stringify(answer["error"])).toContain("-, line 5, column 15: sampling.k is 2");
});

test("a file that is not there is said, one that is too large is not read", () => {
    const none = peerwatt(["genesis", "check", join(folder(), "none.yaml")]);
    expect(none.stderr).toContain("[FILE_READ]");
    refused("#" + " ".repeat(8 * 1024 * 1024), "YAML_LARGE");
});

// RULE boot.1
test("founders are read, and one that does not fit is named by its line", () => {
    const founder = (digits: string): string => `  - voucher:
      sign_key: ${key(digits[0] ?? "")}
      vrf_key: ${key(digits[1] ?? "")}
      seal_key: ${key(digits[2] ?? "")}
      feeder: 1
      household: ${key("a")}
      nullifier: ${key(digits[3] ?? "")}
      max_export_wh: 5000
      max_import_wh: 5000
      payout: ${key("b")}
      identity_commitment: ${key("c")}
      expires_ms: 1798761600000
    parts: [{key: 0, signature: ${key("d").repeat(2)}}]
    certificate: ${key("e")}
`;
    const two = check(least + "founders:\n" + founder("3451") + founder("6782"));
    expect(two.founders).toBe(2);
    const again = least + "founders:\n" + founder("3451") + founder("6781");
    refused(again, "PARAM_RELATION", "line 20, column 5", "nullifier");
});

test("the example is a whole file of defaults with keys that are warned of", () => {
    const example = peerwatt(["genesis", "example"]).stdout;
    expect(readFileSync(join(root, "docs/operate/genesis.example.yaml"), "utf8")).toBe(example);
    expect(peerwattJson(["genesis", "example"])["yaml"]).toBe(example);
    expect(example).toContain("THE KEYS BELOW ARE TEST KEYS");
    const answer = check(example);
    expect(answer.differs).toEqual([]);
    expect(answer.warnings).toEqual([expect.stringContaining("anybody can sign")]);
    for (const p of table()) expect(example).toContain(` ${p.parameter.split(".").pop()}:`);

    // Its remarks are the defaults: taken as said they mean the same.
    const said = example.replace(/^( {2})# ([a-z0-9_]+: [a-z0-9-]+)$/gm, "$1$2");
    expect(said.split("\n").filter((line) => /^ {2}[a-z]/.test(line)).length).toBeGreaterThan(65);
    expect(check(said).genesis_hash).toBe(answer.genesis_hash);
});
