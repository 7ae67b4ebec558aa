// SPDX-License-Identifier: Apache-2.0
// What every command promises: docs/study-json.md, the exit codes of `peerwatt help`.
import { openSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { binary, peerwatt, peerwattJson } from "./peerwatt.js";

interface Command {
    command: string;
}

const commands = (peerwattJson(["help"])["commands"] as Command[]).map((c) => c.command);

test("help lists every command, and each has its own with three examples first", () => {
    expect(commands.length).toBeGreaterThan(10);
    const all = peerwatt(["help"]);
    for (const command of commands) {
        expect(all.stdout).toContain(command);
        const words = command.split(" ");
        const own = peerwatt([...words, "-h"]);
        expect(own.code).toBe(0);
        expect(own.stdout.split("\n").slice(0, 4)).toEqual([
            "Examples:",
            ...[1, 2, 3].map(() => expect.stringContaining(`  peerwatt ${command}`)),
        ]);
        expect(peerwatt(["help", ...words]).stdout).toBe(own.stdout);
    }
    expect(peerwatt([]).stdout).toBe(all.stdout);
});

test("an unknown command names the nearest, half a command its group", () => {
    const wrong = peerwatt(["versoin"]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("did you mean `peerwatt version`?");
    const half = peerwatt(["study", "vrf"]);
    expect(half.code).toBe(2);
    expect(half.stderr).toContain("study vrf prove");
    expect(half.stderr).not.toContain("study merkle");
    const option = peerwatt(["version", "--fast"]);
    expect([option.code, option.stderr.includes("OPTION_UNKNOWN")]).toEqual([2, true]);
    expect(option.stderr).toContain("usage: peerwatt version");
});

test("with --json an error is an object on stdout as well", () => {
    for (const args of [["versoin"], ["version", "--fast"], ["study", "hash", "--tag", "x", "/"]]) {
        const said = peerwatt([...args, "--json"]);
        expect(said.code).toBe(2);
        const answer = JSON.parse(said.stdout) as { v: number; error: Record<string, unknown> };
        expect(answer.v).toBe(1);
        expect(Object.keys(answer.error)).toEqual([
            "code",
            "number",
            "sentence",
            "detail",
            "hint",
        ]);
        expect(said.stderr).toContain(String(answer.error["code"]));
    }
});

test("explain shows each error by name and by number, and 4 for none", () => {
    const errors = peerwattJson(["explain"])["errors"] as { code: string; number: number }[];
    expect(errors.length).toBeGreaterThan(15);
    for (const error of errors) {
        expect(peerwattJson(["explain", error.code])).toEqual({ v: 1, ...error });
        expect(peerwattJson(["explain", String(error.number)])).toEqual({ v: 1, ...error });
    }
    const none = peerwatt(["explain", "NO_SUCH_CODE"]);
    expect([none.code, none.stdout]).toEqual([4, ""]);
});

test("version names the program, the commit and the libraries", () => {
    const version = peerwattJson(["version"]);
    expect(Object.keys(version)).toEqual(["v", "version", "commit", "libsodium", "openssl"]);
    expect(version["version"]).toMatch(/^\d+\.\d+\.\d+$/);
});

test("an answer that cannot be written is an error", () => {
    const full = openSync("/dev/full", "w");
    const run = spawnSync(binary, ["version"], { stdio: ["ignore", full, "pipe"] });
    expect(run.status).toBe(1);
    expect(run.stderr.toString()).toContain("OUTPUT_WRITE");
});

interface Row {
    name: string;
    members?: number | null;
    ops?: number | null;
    ps: number;
    of_check_ppm: number;
}

function bench(...args: string[]): Row[] {
    const rows = peerwattJson(["bench", ...args])["rows"] as Row[];
    for (const row of rows) expect(row.ps > 0 && row.of_check_ppm > 0).toBe(true);
    expect(rows[0]?.of_check_ppm).toBe(1_000_000);
    return rows;
}

test("bench prints every figure beside its ratio to one signature check", () => {
    expect(bench("crypto", "--leaves", "1000").map((row) => row.name)).toEqual([
        "signature check",
        "signature",
        "VRF proof",
        "VRF check",
        "SHA-256 of 65 bytes",
        "tree leaf, all changed",
        "tree leaf, 1 in 100 changed",
    ]);
    expect(peerwatt(["bench", "crypto", "--leaves", "7"]).code).toBe(2);
    const names = ["orders", "statements"].flatMap((what) => [
        [`envelope of ${what}, read`, 1],
        [`envelope of ${what}, written`, 1],
        [`envelope of ${what}, read`, 8],
        [`envelope of ${what}, written`, 8],
        [`envelope of ${what}, read`, 64],
        [`envelope of ${what}, written`, 64],
    ]);
    expect(bench("wire").map((row) => [row.name, row.ops])).toEqual([
        ["signature check", null],
        ...names,
    ]);
    expect(bench("sampling").map((row) => [row.name, row.members])).toEqual([
        ["signature check", null],
        ["roster, per member", 1000],
        ["draw of 111 seats", 1000],
        ["roster, per member", 1_000_000],
        ["draw of 111 seats", 1_000_000],
    ]);
});

test("bench apply tells what a settled trade costs, and by part", () => {
    const said = peerwattJson(["bench", "apply", "--members", "20", "--cluster", "3"]);
    expect(Object.keys(said)).toEqual([
        "v",
        "members",
        "cluster",
        "feeders",
        "trades",
        "blocks",
        "efficiency",
        "cpu_us_per_trade",
        "parts_us",
        "signatures_per_trade",
        "check_us",
        "checks_per_trade",
        "bytes_per_trade",
        "resident_bytes_per_member",
        "idle_bytes_per_member",
        "trades_per_s",
    ]);
    expect(said).toMatchObject({ members: 20, cluster: 3, trades: 10 });
    const parts = said["parts_us"] as Record<string, number>;
    expect(Object.keys(parts)).toEqual(["decode", "verify", "apply", "root"]);
    const sum = Object.values(parts).reduce((all, part) => all + part, 0);
    expect(sum).toBeLessThanOrEqual(said["cpu_us_per_trade"] as number);
    const efficiency = said["efficiency"] as number;
    expect(efficiency > 0 && efficiency < 1).toBe(true);
    expect(said["signatures_per_trade"] as number).toBeGreaterThan(2);
    for (const wrong of [
        ["--members", "3"],
        ["--cluster", "4"],
        ["--trades-per-member", "5"],
    ])
        expect(peerwatt(["bench", "apply", ...wrong]).code).toBe(2);
});
