import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseOctetPattern } from "../../src/targets/grammar/octet-pattern.ts";

interface Octet {
  readonly text: string;
  readonly has: (octet: number) => boolean;
}

const octet = fc.nat(255);
const item: fc.Arbitrary<Octet> = fc.oneof(
  octet.map((one) => ({ text: `${one}`, has: (octet: number) => octet === one })),
  fc.tuple(octet, octet).map(([a, b]) => {
    const [first, last] = [Math.min(a, b), Math.max(a, b)];
    return { text: `${first}-${last}`, has: (octet: number) => octet >= first && octet <= last };
  }),
);
const few = fc.array(item, { minLength: 1, maxLength: 4 }).map(
  (items): Octet => ({
    text: items.map(({ text }) => text).join(),
    has: (octet) => items.some(({ has }) => has(octet)),
  }),
);
const one = octet.map((one): Octet => ({ text: `${one}`, has: (octet) => octet === one }));
const all = fc.constantFrom("*", "-", "0-255").map((text): Octet => ({ text, has: () => true }));
const pattern = fc.tuple(one, fc.oneof(one, few, all), fc.oneof(one, few, all), fc.oneof(few, all));

const sizeOf = ({ has }: Octet): number =>
  Array.from({ length: 256 }, (_, octet) => octet).filter(has).length;

describe("an octet pattern", () => {
  it("is ascending ranges apart from each other, of exactly the addresses whose octets it names", () => {
    fc.assert(
      fc.property(pattern, fc.nat(2 ** 24 - 1), (octets, low) => {
        const parsed = parseOctetPattern(octets.map(({ text }) => text).join("."));
        if (!parsed.ok) throw new Error(parsed.problem);
        const address = Number(octets[0].text) * 2 ** 24 + low;
        const isNamed = octets.every(({ has }, nth) => has((address >>> (24 - 8 * nth)) & 255));
        let count = 0;
        let end = -1;
        let isIn = false;
        for (const range of parsed.value) {
          if (range.family !== 4 || range.start < end) throw new Error("out of order");
          count += range.end - range.start;
          end = range.end;
          isIn ||= address >= range.start && address < range.end;
        }
        expect(count).toBe(octets.map(sizeOf).reduce((product, size) => product * size, 1));
        expect(isIn).toBe(isNamed);
      }),
      { numRuns: 100 },
    );
  });
});
