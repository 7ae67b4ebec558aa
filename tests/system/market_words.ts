// SPDX-License-Identifier: Apache-2.0
// What the second implementations of docs/market.md share: its words (market.4), payments, and
// admission as far as a file can tell (market.5). They share nothing with the program.
import { createHash } from "node:crypto";
import type { Book, Member, Order } from "./market_reference.js";

const MASK = (1n << 64n) - 1n;
export const u64 = (n: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, n));
    return bytes;
};
export const u32 = (n: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(n);
    return bytes;
};
export const min = (a: bigint, b: bigint) => (a < b ? a : b);
export const max = (a: bigint, b: bigint) => (a > b ? a : b);
export const sum = (list: bigint[]) => list.reduce((a, b) => a + b, 0n);
const rotl = (x: bigint, b: bigint) => ((x << b) | (x >> (64n - b))) & MASK;

/** SipHash-2-4 of Aumasson and Bernstein; messages here are shorter than 16 bytes. */
function sipHash(key: Buffer, message: Buffer): bigint {
    const k0 = key.readBigUInt64LE(0);
    const k1 = key.readBigUInt64LE(8);
    let v0 = k0 ^ 0x736f6d6570736575n;
    let v1 = k1 ^ 0x646f72616e646f6dn;
    let v2 = k0 ^ 0x6c7967656e657261n;
    let v3 = k1 ^ 0x7465646279746573n;
    const round = () => {
        v0 = (v0 + v1) & MASK;
        v1 = rotl(v1, 13n) ^ v0;
        v0 = rotl(v0, 32n);
        v2 = (v2 + v3) & MASK;
        v3 = rotl(v3, 16n) ^ v2;
        v0 = (v0 + v3) & MASK;
        v3 = rotl(v3, 21n) ^ v0;
        v2 = (v2 + v1) & MASK;
        v1 = rotl(v1, 17n) ^ v2;
        v2 = rotl(v2, 32n);
    };
    const words = Math.floor(message.length / 8) + 1;
    const padded = Buffer.alloc(8 * words);
    message.copy(padded);
    padded.writeUInt8(message.length & 255, 8 * words - 1);
    for (let i = 0; i < words; i++) {
        const m = padded.readBigUInt64LE(8 * i);
        v3 ^= m;
        round();
        round();
        v0 ^= m;
    }
    v2 ^= 0xffn;
    for (let i = 0; i < 4; i++) round();
    return v0 ^ v1 ^ v2 ^ v3;
}

/** energy * price / 1000, half to even */
export function payment(energy: bigint, price: bigint): bigint {
    const product = energy * price;
    const down = product / 1000n;
    const twice = 2n * (product % 1000n);
    return down + (twice > 1000n || (twice === 1000n && down % 2n === 1n) ? 1n : 0n);
}

const STEPS = [-(2 ** 29), -(2 ** 28), 0, 2 ** 27, 2 ** 28, 2 ** 29, 3 * 2 ** 28];
const levelOf = (score: number) => STEPS.filter((step) => score >= step).length;

export function tieKey(seed: string, interval: bigint): Buffer {
    return createHash("sha256")
        .update("peerwatt.market.tie.1")
        .update(Buffer.from(seed, "hex"))
        .update(u64(interval))
        .digest()
        .subarray(0, 16);
}

export function tieRank(key: Buffer, domain: string, n: number): bigint {
    return sipHash(key, Buffer.concat([Buffer.from(domain), u64(BigInt(n))]));
}

export interface Admitted extends Order {
    isBid: boolean;
    slot: number;
    household: number;
    feeder: number;
    klass: number;
}

/** Orders by number: those that are admitted, and the codes of the others. */
export function admit(book: Book): { orders: Admitted[]; refused: Map<string, string> } {
    const refused = new Map<string, string>();
    const admitted: Admitted[] = [];
    const member = (name: string): Member => {
        const found = book.members.get(name);
        if (!found) throw new Error(`no member ${name}`);
        return found;
    };
    const all = [
        ...book.bids.map((o) => ({ ...o, isBid: true })),
        ...book.offers.map((o) => ({ ...o, isBid: false })),
    ].sort((a, b) => a.no - b.no);
    for (const o of all) {
        const m = member(o.who);
        const own = admitted.filter((x) => x.household === m.household && x.isBid !== o.isBid);
        if (o.energy < book.orderMin || o.energy > book.orderMax)
            refused.set(o.id, "ORDER_ENERGY_RANGE");
        else if (o.limit < book.feedIn || o.limit > book.retail)
            refused.set(o.id, "ORDER_PRICE_RANGE");
        else if (o.min_score > 7) refused.set(o.id, "ORDER_SCORE_LEVEL");
        else if (own.some((x) => (o.isBid ? o.limit >= x.limit : o.limit <= x.limit)))
            refused.set(o.id, "ORDER_CROSSES_OWN");
        else
            admitted.push({
                ...o,
                slot: m.no,
                household: m.household,
                feeder: m.feeder,
                klass: 8 * levelOf(m.score) + o.min_score,
            });
    }
    return { orders: admitted, refused };
}
