// SPDX-License-Identifier: Apache-2.0
// The worked examples of docs/study-json.md, read where they stand so that they cannot drift.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const formats = readFileSync(
    fileURLToPath(new URL("../../docs/study-json.md", import.meta.url)),
    "utf8",
);

/** The input and the output under the heading `## VERB`. */
export function workedExample(verb: string): { input: string; output: unknown } {
    const section = formats.split(/^## /m).find((text) => text.startsWith(`${verb} `));
    const blocks = [...(section ?? "").matchAll(/^```json\n(.*?)^```$/gms)].map((b) => b[1] ?? "");
    const [input, output] = blocks;
    if (blocks.length !== 2 || !input || !output)
        throw new Error(`docs/study-json.md, ${verb}: ${blocks.length} blocks of JSON, not 2`);
    return { input, output: JSON.parse(output) };
}
