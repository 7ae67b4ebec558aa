// SPDX-License-Identifier: Apache-2.0
// Random inputs that can be had again: one seed a run, printed when a test fails, taken from
// PEERWATT_SEED if that is set. And a tally of what they reached.
import { expect } from "vitest";

export const runSeed = Number(process.env["PEERWATT_SEED"] ?? Date.now() % 2 ** 31);

export class Random {
    private state: number;

    constructor(stream: number) {
        this.state = (runSeed ^ Math.imul(stream, 0x9e3779b1)) >>> 0;
    }

    /** Mulberry32. */
    private next(): number {
        this.state = (this.state + 0x6d2b79f5) >>> 0;
        let t = this.state;
        t = Math.imul(t ^ (t >>> 15), t | 1);
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
        return (t ^ (t >>> 14)) >>> 0;
    }

    /** 0 to count - 1. */
    below(count: number): number {
        return this.next() % count;
    }

    between(least: number, most: number): number {
        return least + this.below(most - least + 1);
    }

    chance(probability: number): boolean {
        return this.next() / 2 ** 32 < probability;
    }

    of<T>(choices: readonly T[]): T {
        const choice = choices[this.below(choices.length)];
        if (choice === undefined) throw new Error("nothing to choose from");
        return choice;
    }

    hex(bytes: number): string {
        return Array.from({ length: bytes }, () =>
            this.below(256).toString(16).padStart(2, "0"),
        ).join("");
    }
}

export class Tally<Class extends string> {
    private readonly counts = new Map<Class, number>();

    constructor(private readonly classes: readonly Class[]) {}

    reach(name: Class, times = 1): void {
        this.counts.set(name, (this.counts.get(name) ?? 0) + times);
    }

    /** Fails if a class never occurred: such a test would prove nothing about it. */
    expectAll(): void {
        const missed = this.classes.filter((name) => !this.counts.get(name));
        console.log(this.classes.map((name) => `${name} ${this.counts.get(name) ?? 0}`).join(", "));
        expect(missed, `never reached; PEERWATT_SEED=${runSeed}`).toEqual([]);
    }
}
