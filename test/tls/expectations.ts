/** What holds for every decoder of a whole structure: a handshake body, an extension's data. */
import fc from "fast-check";
import { expect } from "vitest";
import type { Decoded, DecodeFault } from "../../src/bytes/decoded.ts";
import { expectNoClaimBeyond } from "../support/codec-laws.ts";

/** The value, which must be there and take up all of `bytes`. */
export const valueIn = <T>(decoded: Decoded<T>, bytes: Uint8Array): T => {
  if (decoded.status !== "done") throw new Error(`not decoded: ${JSON.stringify(decoded)}`);
  expect(decoded.size).toBe(bytes.length);
  return decoded.value;
};

/** The fault, which must be there. */
export const faultIn = (decoded: Decoded<unknown>): DecodeFault => {
  if (decoded.status !== "bad") throw new Error(`no fault: ${JSON.stringify(decoded)}`);
  return decoded.fault;
};

/** A pair of functions under test. */
export interface Codec<T> {
  readonly decode: (bytes: Uint8Array) => Decoded<T>;
  readonly encode: (value: T) => Uint8Array;
}

/** A value survives the way to bytes and back, and its bytes survive the way back again. */
export const expectRoundTrip = <T>({ decode, encode }: Codec<T>, values: fc.Arbitrary<T>): void => {
  fc.assert(
    fc.property(values, (value) => {
      const bytes = encode(value);
      const decoded = valueIn(decode(bytes), bytes);
      expect(decoded).toEqual(value);
      expect(encode(decoded)).toEqual(bytes);
    }),
  );
};

/** Nothing that a peer sends makes it throw, and whatever decodes encodes to the same bytes. */
export const expectTolerance = <T>(
  { decode, encode }: Codec<T>,
  seeds: fc.Arbitrary<Uint8Array> = fc.constant(new Uint8Array(0)),
): void => {
  fc.assert(
    fc.property(mutated(seeds), (bytes) => {
      expectNoClaimBeyond(decode, bytes);
      const decoded = decode(bytes);
      if (decoded.status === "done") expect(encode(decoded.value)).toEqual(bytes.subarray(0, decoded.size));
    }),
    { numRuns: 300 },
  );
};

/** Arbitrary bytes, or well-formed ones with a byte changed or the end cut off: these get deeper. */
const mutated = (seeds: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    fc.tuple(seeds, fc.nat(), fc.nat({ max: 255 })).map(([bytes, at, value]) => {
      const changed = Uint8Array.from(bytes);
      if (changed.length > 0) changed[at % changed.length] = value;
      return changed;
    }),
    fc.tuple(seeds, fc.nat()).map(([bytes, at]) => bytes.slice(0, at % (bytes.length + 1))),
  );
