import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RowKeys, type RowPlace } from "../../src/scan/row-keys.ts";

const places: fc.Arbitrary<RowPlace> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 3 }))
    .map(([last, port]) => ({ host: `255.255.255.${last}`, address: `255.255.255.${last}`, port })),
  fc
    .tuple(
      fc.constantFrom("a", "b", "::1"),
      fc.constantFrom(null, "10.0.0.1", "::1"),
      fc.constantFrom(1, 65_535),
    )
    .map(([host, address, port]) => ({ host, address, port })),
);

describe("the keys of rows", () => {
  it("hold exactly what was added", () => {
    fc.assert(
      fc.property(fc.array(places, { maxLength: 2000 }), fc.array(places), (added, asked) => {
        const keys = new RowKeys();
        for (const place of added) keys.add(place);
        const texts = new Set(added.map((place) => JSON.stringify(place)));
        for (const place of [...asked, ...added]) {
          expect(keys.has(place)).toBe(texts.has(JSON.stringify(place)));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("know a name however it is written", () => {
    const keys = new RowKeys();
    keys.add({ host: "Server01", address: "10.0.0.1", port: 3389 });
    expect(keys.has({ host: "server01", address: "10.0.0.1", port: 3389 })).toBe(true);
    expect(keys.has({ host: "10.0.0.1", address: "10.0.0.1", port: 3389 })).toBe(false);
  });

  it("count places and not rows, and are asked between any two that are added", () => {
    const keys = new RowKeys();
    const size = 65_536;
    for (let index = 0; index < 2 * size; index += 1) {
      // An odd factor visits every number of a power of two once.
      const number = (index * 40_503) % size;
      const host = `10.9.${number >> 8}.${number & 255}`;
      const place = { host, address: host, port: 3389 };
      expect(keys.has(place)).toBe(index >= size);
      keys.add(place);
    }
    expect(keys.size).toBe(size);
  });
});
