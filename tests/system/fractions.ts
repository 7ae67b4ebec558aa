// SPDX-License-Identifier: Apache-2.0
// Exact fractions for tests that judge the program by an implementation of their own.

export interface Fraction {
    n: bigint;
    d: bigint; // positive, in lowest terms
}

function gcd(a: bigint, b: bigint): bigint {
    while (b > 0n) [a, b] = [b, a % b];
    return a;
}

export function fraction(n: bigint, d: bigint): Fraction {
    const common = gcd(n, d);
    return common > 1n ? { n: n / common, d: d / common } : { n, d };
}

export const zero: Fraction = { n: 0n, d: 1n };
export const one: Fraction = { n: 1n, d: 1n };

export const plus = (a: Fraction, b: Fraction) => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
export const times = (a: Fraction, b: Fraction) => fraction(a.n * b.n, a.d * b.d);
export const isGreater = (a: Fraction, b: Fraction) => a.n * b.d > b.n * a.d;

/** Number of ways to choose k of n. */
export function choose(n: number, k: number): bigint {
    if (k < 0 || k > n) return 0n;
    let ways = 1n;
    for (let i = 1; i <= k; i++) ways = (ways * BigInt(n - k + i)) / BigInt(i);
    return ways;
}

const bits = (a: bigint) => a.toString(2).length;

/** floor(log2(p)), p > 0 */
function floorLog2(p: Fraction): number {
    const guess = bits(p.n) - bits(p.d);
    const isLess =
        guess >= 0 ? p.n < p.d << BigInt(guess) : p.n << BigInt(-guess) < p.d;
    return isLess ? guess - 1 : guess;
}

/** floor(1000 * log2(p)), null for 0 */
export function log2Milli(p: Fraction): number | null {
    return p.n === 0n ? null : floorLog2({ n: p.n ** 1000n, d: p.d ** 1000n });
}
