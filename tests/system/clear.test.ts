// SPDX-License-Identifier: Apache-2.0
// `peerwatt study clear` against the worked examples and a second implementation.
import { expect, test } from "vitest";
import { bookText, randomBook, workedExamples } from "./market_books.js";
import { clear, RULES, type Book, type Clearing } from "./market_reference.js";
import { breathe, file, peerwatt, peerwattJson } from "./peerwatt.js";

const cleared = (text: string) => peerwattJson(["study", "clear", "-"], text);

test("the worked examples of docs/market-json.md come out as written", () => {
    const examples = workedExamples();
    expect(examples.length).toBe(2);
    for (const [book, clearing] of examples) expect(cleared(book)).toEqual(JSON.parse(clearing));
});

const price = (n: bigint | null) => (n === null ? null : Number(n));

/** What both must say, in the program's form. */
function expected(book: Book, c: Clearing): Record<string, unknown> {
    const byNumber = [...book.bids, ...book.offers].sort((a, b) => a.no - b.no);
    return {
        result: c.result,
        price_micro_per_kwh: price(c.price),
        dual_micro_per_kwh: price(c.dual),
        crossing_wh: Number(c.crossing),
        energy_wh: Number(c.paired),
        surplus_micro_wh: Number(c.surplus),
        ration: c.ration && {
            side: c.ration.side,
            price_micro_per_kwh: Number(c.ration.price),
            amount_wh: Number(c.ration.amount),
            cap_wh: Number(c.ration.cap),
            extra: Number(c.ration.extra),
            lottery: c.ration.lottery,
        },
        cut: c.cut,
        flow: c.flow.map(([s, b, wh]) => [s, b, Number(wh)]),
        orders: byNumber.flatMap((o) => {
            const q = c.quantities.get(o.id);
            if (!q || (q.crossing === 0n && q.final === 0n)) return [];
            return [{ id: o.id, crossing_wh: Number(q.crossing), energy_wh: Number(q.final) }];
        }),
        contracts: c.contracts.map((k, no) => ({
            no,
            seller: k.seller,
            buyer: k.buyer,
            energy_wh: Number(k.energy),
            price_micro_per_kwh: price(c.price),
            payment_micro: Number(k.payment),
            fee_micro_per_kwh: Number(k.fee),
            fee_micro: Number(k.feeAmount),
        })),
        refused: byNumber.flatMap((o) => {
            const code = c.refused.get(o.id);
            return code ? [{ id: o.id, code }] : [];
        }),
        funding_cut: byNumber.flatMap((o) => {
            const wh = c.fundingCut.get(o.id);
            return wh === undefined ? [] : [{ id: o.id, energy_wh: Number(wh) }];
        }),
        digest: c.digest,
    };
}

/** Which events a book had: a generator that never makes one proves nothing about it. */
function events(book: Book, c: Clearing): string[] {
    const said: [string, boolean][] = [
        [c.result, true],
        ["fees paid", c.contracts.some((k) => k.feeAmount > 0n)],
        ["posted", book.posted !== null && c.price !== null],
        ["funding cut", c.fundingCut.size > 0],
        ["funding cut to nothing", [...c.fundingCut.values()].includes(0n)],
        ["rationed bids", c.ration?.side === "bid"],
        ["rationed offers", c.ration?.side === "offer"],
        ["lottery", c.ration?.lottery === true],
        ["extra Wh", (c.ration?.extra ?? 0n) > 0n],
        ["scores bind", c.cut !== null],
        ["scores do not bind", c.cut === null && c.flow.length > 1],
        ["less than V", c.paired < c.crossing],
        ["beyond V", [...c.quantities.values()].some((q) => q.final > q.crossing)],
        [
            "feeder_first",
            [...book.bids, ...book.offers].some(
                (o) => o.feeder_first && (c.quantities.get(o.id)?.final ?? 0n) > 0n,
            ),
        ],
        ["five contracts", c.contracts.length >= 5],
        ...[...c.refused.values()].map((code): [string, boolean] => [code, true]),
    ];
    return said.filter(([, happened]) => happened).map(([name]) => name);
}

// PEERWATT_BOOKS asks for more.
const PER_PROCESS = 250;
const COUNT = Number(process.env["PEERWATT_BOOKS"] ?? 10_000);
const FIRST_SEED = Number(process.env["PEERWATT_SEED"] ?? 20261122);

test("another implementation clears random books alike, RULE market.3", async () => {
    const seen = new Map<string, number>();
    const unnoticed = new Set<string>(RULES);
    for (let first = 0; first < COUNT; first += PER_PROCESS) {
        await breathe();
        const count = Math.min(PER_PROCESS, COUNT - first);
        const books = Array.from({ length: count }, (_, i) => randomBook(FIRST_SEED + first + i));
        const texts = books.map(bookText);
        const said = cleared(`{"v":1,"books":[${texts.join(",")}]}`)["books"] as unknown[];
        expect(said.length).toBe(count);
        for (const [i, book] of books.entries()) {
            const c = clear(book);
            const wanted = expected(book, c);
            const where = `seed ${FIRST_SEED + first + i}: ${texts[i] ?? ""}`;
            expect(said[i], where).toMatchObject(wanted);
            for (const event of events(book, c)) seen.set(event, (seen.get(event) ?? 0) + 1);
            for (const rule of unnoticed) {
                const changed = expected(book, clear(book, rule as (typeof RULES)[number]));
                if (JSON.stringify(changed) !== JSON.stringify(wanted)) unnoticed.delete(rule);
            }
        }
    }
    expect([...unnoticed], "rules whose change nobody would notice").toEqual([]);
    const wanted = [
        "cleared",
        "no_orders",
        "no_bids",
        "no_offers",
        "no_cross",
        "fees paid",
        "posted",
        "funding cut",
        "funding cut to nothing",
        "rationed bids",
        "rationed offers",
        "lottery",
        "extra Wh",
        "scores bind",
        "scores do not bind",
        "less than V",
        "beyond V",
        "feeder_first",
        "five contracts",
        "ORDER_ENERGY_RANGE",
        "ORDER_PRICE_RANGE",
        "ORDER_SCORE_LEVEL",
        "ORDER_CROSSES_OWN",
    ];
    const missing = wanted.filter((event) => !seen.has(event));
    expect(missing, `never happened in ${COUNT} books from seed ${FIRST_SEED}`).toEqual([]);
}, 240_000);

interface Complaint {
    code: string;
    clause: number;
}

/** What `check` says of a record: the exit code and its complaints. */
function check(book: string, record: unknown): [number | null, string[]] {
    const said = peerwatt(
        ["study", "clear", "check", file(book), "-", "--json"],
        JSON.stringify(record),
    );
    const answer = JSON.parse(said.stdout) as { complaints?: Complaint[] };
    return [said.code, (answer.complaints ?? []).map((complaint) => complaint.code)];
}

test("the certificate holds for the examples and for random books, RULE market.17", () => {
    for (const [book, clearing] of workedExamples())
        expect(check(book, JSON.parse(clearing))).toEqual([0, []]);
    for (let seed = 1; seed <= 100; seed++) {
        const book = bookText(randomBook(seed));
        expect(check(book, cleared(book)), `seed ${seed}`).toEqual([0, []]);
    }
});

test("a spoiled record does not hold, and the complaint names what was spoiled", () => {
    const [book, clearing] = workedExamples()[0] ?? ["", ""];
    const spoiled: [string, string, string][] = [
        ['"interval":7', '"interval":8', "BOOK"],
        ['"refused":[]', '"refused":[{"id":"b0","code":"ORDER_PRICE_RANGE"}]', "BOOK"],
        ['"no":0', '"no":5', "RECORD"],
        ['"result":"cleared"', '"result":"no_cross"', "RESULT"],
        ['"surplus_micro_wh":105150000', '"surplus_micro_wh":105150000000000000000000', "SURPLUS"],
        ['"crossing_wh":710', '"crossing_wh":711', "BALANCE"],
        ['"crossing_wh":310,"energy_wh":310', '"crossing_wh":311,"energy_wh":310', "RANGE"],
        ['"dual_micro_per_kwh":95000', '"dual_micro_per_kwh":95001', "DUAL"],
        ['"cap_wh":360', '"cap_wh":361', "RATION"],
        ["[[24,24,710]]", "[[24,25,710]]", "FLOW"],
        ['"cut":null', '"cut":[]', "CUT"],
        ['"cut":null', '"cut":[24]', "CUT"],
        ['"payment_micro":50375', '"payment_micro":50376', "PAYMENT"],
        ['"seller":"ben"', '"seller":"dora"', "PARTIES"],
        ['"energy_wh":50,', '"energy_wh":49,', "SUMS"],
        ['"id":"b0","energy_wh":310}]', '"id":"b0","energy_wh":309}]', "FUNDING"],
        ['"digest":"4', '"digest":"5', "DIGEST"],
    ];
    for (const [from, to, code] of spoiled) {
        expect(clearing).toContain(from);
        const text = clearing.replace(from, to);
        const said = peerwatt(["study", "clear", "check", file(book), "-", "--json"], text);
        expect([said.code, said.stdout.includes(`"${code}"`)], to).toEqual([1, true]);
    }
    for (const [from, to] of [
        ['"flow":[', '"flow":[7,'],
        ['"id":"b0"', '"id":"b9"'],
        ['"buyer":"anna"', '"buyer":"nobody"'],
        ['"digest":"4', '"digest":"X'],
        ['"price_micro_per_kwh":162500', '"price_micro_per_kwh":162500.5'],
    ]) {
        const text = clearing.replace(from ?? "", to ?? "");
        const said = peerwatt(["study", "clear", "check", file(book), "-"], text);
        expect([said.code, said.stdout], to).toEqual([2, ""]);
    }
});

test("decimal text is read exactly, and what does not agree is refused, RULE num.1", () => {
    const book = (offer: string) =>
        `{"bids":[{"id":"b","energy_wh":5000,"price_micro_per_kwh":1000000}],"offers":[${offer}]}`;
    const offered: [string, number, number][] = [
        ['{"id":"s","energy":0.30000000000000004,"energy_rate":9.5}', 300, 95000],
        ['{"id":"s","energy":0.0125,"energy_rate":9.00005}', 12, 90000],
        ['{"id":"s","energy":0.0135,"energy_rate":9.00015}', 14, 90002],
        ['{"id":"s","energy":1,"energy_wh":1000,"energy_rate":1e1}', 1000, 100000],
        ['{"id":"s","energy":0.35,"price":3.325,"attributes":{"x":1.5}}', 350, 95000],
        ['{"id":"s","energy":0.35,"price":99,"energy_rate":9.5}', 350, 95000],
    ];
    for (const [offer, wh, limit] of offered)
        expect(cleared(book(offer)), offer).toMatchObject({
            crossing_wh: wh,
            best_offer_micro_per_kwh: limit,
        });
    for (const offer of [
        '{"id":"s","energy":0.35,"energy_wh":351,"energy_rate":9.5}',
        '{"id":"s","energy":0.35,"energy_rate":9.5,"price_micro_per_kwh":95001}',
        '{"id":"s","energy":0.35}',
        '{"id":"s","energy":1e30,"energy_rate":9.5}',
        '{"id":"s","energy":"0.35","energy_rate":9.5}',
        '{"id":"b","energy":0.35,"energy_rate":9.5}',
        '{"energy":0.35,"energy_rate":9.5}',
        '{"id":"s","energy_wh":350.5,"energy_rate":9.5}',
    ]) {
        const said = peerwatt(["study", "clear", "-"], book(offer));
        expect([said.code, said.stdout], offer).toEqual([2, ""]);
        expect(said.stderr).toContain("JSON_FIELD");
    }
});

test("one member's orders are at most 4096, so that the largest payment still fits", () => {
    const side = (kind: string, party: string, count: number) =>
        Array.from({ length: count }, (_, i) => ({
            id: `${kind}${i}`,
            [party]: kind,
            energy_wh: 1e9,
            price_micro_per_kwh: 1e9,
        }));
    const book = (count: number) =>
        JSON.stringify({ bids: side("b", "buyer", count), offers: side("s", "seller", count) });
    const contracts = cleared(book(4096))["contracts"];
    expect(contracts).toMatchObject([{ energy_wh: 4096e9, payment_micro: 4096e15 }]);
    const said = peerwatt(["study", "clear", "-"], book(4097));
    expect([said.code, said.stdout]).toEqual([2, ""]);
});

test("books of one file are cleared each by itself, and one that is wrong refuses the file", () => {
    const texts = [7, 8, 9].map((seed) => bookText(randomBook(seed)));
    const alone = texts.map((text) => {
        const { v, ...rest } = cleared(text);
        expect(v).toBe(1);
        return rest;
    });
    expect(cleared(`{"v":1,"books":[${texts.join(",")}]}`)).toEqual({ v: 1, books: alone });
    expect(cleared('{"books":[]}')).toEqual({ v: 1, books: [] });
    for (const [text, place] of [
        [`{"books":[${texts[0] ?? ""},{"bids":[],"offers":[{"id":7}]}]}`, "books[1].offers[0].id"],
        [`{"books":[${texts[0] ?? ""},7]}`, "books[1]"],
        ['{"books":7}', "bids"],
    ] as const) {
        const said = peerwatt(["study", "clear", "-"], text);
        expect([said.code, said.stdout], text).toEqual([2, ""]);
        expect(said.stderr, text).toContain(`field "${place}"`);
    }
});

/** The inside of {market: {slot: ...}}. */
function inside(gsy: Record<string, unknown>): Record<string, unknown> {
    const slots = Object.values(gsy)[0] as Record<string, Record<string, unknown>>;
    return Object.values(slots)[0] ?? {};
}

test("a book goes to gsy's shape and back with the same integers and the same clearing", () => {
    for (const rate of [1, 3, 7919, 10000, 1000000]) {
        const book = { ...JSON.parse(bookText(randomBook(7 + rate))), rate_micro: rate };
        const gsy = peerwatt(["study", "clear", "to-gsy", "-", "--json"], JSON.stringify(book));
        expect(gsy.code, gsy.stderr).toBe(0);
        expect(cleared(gsy.stdout)).toEqual(cleared(JSON.stringify(book)));
        const back = peerwattJson(["study", "clear", "from-gsy", "-"], gsy.stdout);
        expect(back).toEqual({ ...book, market: "peerwatt", slot: String(book.interval) });
        // Without our own fields the decimal text alone must give the same integers.
        const text = gsy.stdout.replaceAll(/"(energy_wh|price_micro_per_kwh)":\d+,?/g, "");
        expect(
            peerwattJson(["study", "clear", "from-gsy", "-"], text.replaceAll(",}", "}")),
        ).toEqual(back);
    }
});

test("gsy's own files are read: decimals, unknown fields, one market and one slot", () => {
    const slot = {
        bids: [
            {
                id: "b",
                buyer: "A",
                energy: 1.05,
                energy_rate: 30.5,
                type: "Bid",
                requirements: [{ x: 1.5 }],
            },
        ],
        offers: [
            { id: "o", seller: "B", energy: 1.05, energy_rate: 9.25, creation_time: "2022-03-01" },
        ],
        current_time: "2022-03-01T00:00",
    };
    const said = cleared(JSON.stringify({ m: { "2022-03-01T00:15": slot } }));
    expect(said).toMatchObject({ crossing_wh: 1050, price_micro_per_kwh: 198750 });
    const written = inside(
        peerwattJson(["study", "clear", "to-gsy", "-"], JSON.stringify({ m: { s: slot } })),
    );
    expect(written["bids"]).toMatchObject([{ energy: 1.05, energy_rate: 30.5, energy_wh: 1050 }]);
    for (const wrong of [{ m: { s: slot, t: slot } }, { m: { s: slot }, n: {} }, {}, { m: 7 }])
        expect(peerwatt(["study", "clear", "-"], JSON.stringify(wrong)).code).toBe(2);
});
