// SPDX-License-Identifier: Apache-2.0
// Runs the built program as a user would and hands back what it said.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const binary = process.env["PEERWATT_BIN"] ?? join(root, "build/release/bin/peerwatt");

export interface Said {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** Run one command to its end; it may take ten seconds. */
export function peerwatt(args: readonly string[], stdin = ""): Said {
    const run = spawnSync(binary, args, { input: stdin, encoding: "utf8", timeout: 10_000 });
    if (run.error) throw run.error;
    return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}

/** The same with --json: the one object on stdout. */
export function peerwattJson(args: readonly string[], stdin = ""): Record<string, unknown> {
    const said = peerwatt([...args, "--json"], stdin);
    if (said.stdout.split("\n").length !== 2) throw new Error(`not one line: ${said.stdout}`);
    return JSON.parse(said.stdout) as Record<string, unknown>;
}

/** Between the inputs of a long test: its runner hears from it, however busy the machine is. */
export function breathe(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
}

/** A file with this content, removed when the running test has ended. */
export function file(content: string | Uint8Array): string {
    const folder = mkdtempSync(join(tmpdir(), "peerwatt-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "input");
    writeFileSync(path, content);
    return path;
}

/** A stored third-party vector file, or undefined (said once) where ../shared is not here. */
export function vector(path: string): unknown {
    const folder = process.env["PEERWATT_VECTORS"] ?? join(root, "../shared/vectors");
    if (!existsSync(folder)) {
        console.log(`SKIPPED: the third-party vectors (../shared/vectors) are not here: ${path}`);
        return undefined;
    }
    return JSON.parse(readFileSync(join(folder, path), "utf8"));
}
